#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The walls of HACKING.md, and the few rules of style that a script can see.

. "$(dirname "$0")/tap.sh"

# what a file of a layer may include: folders of ours, then foreign headers
may_include()
{
	case $1 in
	base) echo base: ;;
	engine) echo base engine: ;;
	oops) echo base oops: ;;
	session) echo base engine oops session: sqlite3.h zlib.h ;;
	repo) echo base engine repo: git2.h ;;
	# libelf finds the sections of a kernel; nettle has the SHA-256 that
	# signatures of kernels and names in the cache are made of
	run) echo base engine oops run: uv.h gelf.h nettle/sha2.h \
		libssh2.h openssl/ ;;
	control) echo base engine oops session repo run control: \
		uv.h libconfig.h libiberty/demangle.h ;;
	cli) echo base engine oops session repo run control cli tui/tui.h: ;;
	tui) echo base engine oops session control tui: \
		curses.h ncurses.h term.h uv.h pcre2.h ;;
	*) echo : ;;
	esac
}

# a symbol that a layer must not need, as an extended regular expression
may_not_need()
{
	streams='printf|puts|putchar|putc|fputc|fprintf|perror'
	files='open|open64|fopen|fopen64|read|write|close|stat|fork|execv.*'
	clocks='time|clock|clock_gettime|gettimeofday|localtime.*|sleep|usleep'
	ssh='libssh2_|EVP_|BN_|OSSL_'
	others="sqlite3_|git_|uv_|config_|(rust|cplus)_demangle|$ssh|pcre2_"
	outside='getenv|setlocale|rand|random|exit|_exit'
	pure="($streams|$files|$clocks|$outside)\$"
	case $1 in
	base) echo "$pure|$others|initscr" ;; # base/io excepted
	engine | oops) # base writes when memory runs out, before it aborts
		echo "fwrite\$|fputs\$|$pure|$others|initscr"
		;;
	session) echo "pcre2_|git_|uv_|config_|$ssh|.*_demangle|(printf|puts|perror)\$" ;;
	repo) echo "pcre2_|sqlite3_|uv_|config_|$ssh|.*_demangle|(printf|puts|perror)\$" ;;
	run) echo "pcre2_|sqlite3_|git_|config_|.*_demangle|(printf|puts|perror)\$" ;;
	control) echo "pcre2_|sqlite3_|git_|$ssh|(printf|puts|perror)\$" ;;
	tui) echo "sqlite3_|git_|config_|$ssh|.*_demangle" ;;
	esac
}

sources()
{
	(cd "$top" && find src tui "$@" -type f -name '*.[ch]' | sort)
}

layer_of()
{
	case $1 in
	tui/*) echo tui ;;
	*) echo "$1" | cut -d/ -f2 ;;
	esac
}

# FILE<TAB>HEADER for every include, the header as it is written
sources | while read -r file; do
	sed -n 's/^#[ \t]*include[ \t]*\([<"].*[>"]\).*/\1/p' "$top/$file" |
		sed "s|^|$file	|"
done >includes

foreign='git2|sqlite3|uv|libconfig|curses|ncurses|term|cmocka|libssh2|libelf'
foreign="$foreign|libiberty|gelf|nettle|openssl|pcre2|zlib"

check "there are sources to look at" '
	test "$(sources | wc -l)" -gt 40
	test "$(wc -l <includes)" -gt 200
'

check "every include stays inside the walls" '
	while IFS="	" read -r file header; do
		allowed=$(may_include "$(layer_of "$file")")
		name=$(echo "$header" | tr -d "<>\"")
		case $header in
		\"*)
			folder=${name%%/*}
			case " ${allowed%%:*} " in
			*" $folder "* | *" $name "*) ;;
			*) echo "$file must not include $header" ;;
			esac
			test -f "$top/src/$name" || test -f "$top/$name" ||
				echo "$file: $header is no path from the top"
			;;
		*)
			echo "$name" | grep -Eq "^($foreign)(\.h|/)" || continue
			case " ${allowed#*:} " in
			*" $name "* | *" ${name%%/*}/ "*) ;;
			*) echo "$file must not include $header" ;;
			esac
			;;
		esac
	done <includes >wrong
	cat wrong
	test ! -s wrong
'

check "who is pure does not read or write files through base" '
	while IFS="	" read -r file header; do
		case $file$header in
		src/engine/*\"base/io.h\" | src/oops/*\"base/io.h\")
			echo "$file must not include $header"
			;;
		esac
	done <includes >wrong
	cat wrong
	test ! -s wrong
'

check "no header includes itself through others" '
	tr -d "\"" <includes | awk -F "\t" "/\.h\t/ && !/</ {
		sub(/^src\//, \"\", \$1); print \$1, \$2 }" >edges
	test -s edges
	tsort edges >/dev/null
'

check "every .c includes its own header first" '
	for file in $(sources | grep "\.c$"); do
		test "$file" != src/cli/main.c || continue
		own=${file%.c}.h
		test -f "$top/$own" || {
			# one of several files behind a common header
			grep -q "^$file	\"$(layer_of "$file")/" includes ||
				echo "$file has no header at all"
			continue
		}
		first=$(awk -F "\t" -v f="$file" "\$1 == f {
			print \$2; exit }" includes)
		test "$first" = "\"${own#src/}\"" ||
			echo "$file: $first comes first"
	done >wrong
	cat wrong
	test ! -s wrong
'

check "every file begins with its licence" '
	for file in $(sources $(cd "$top" && find tests -name "*.c")); do
		head -n 1 "$top/$file" | grep -qxF \
			"/* SPDX-License-Identifier: GPL-2.0-or-later */" ||
			echo "$file"
	done >wrong
	cat wrong
	test ! -s wrong
'

check "the guard of a header is its path" '
	for file in $(sources | grep "\.h$"); do
		guard=$(echo "${file#src/}" | tr "a-z/.-" "A-Z___")
		grep -qx "#ifndef $guard" "$top/$file" &&
		grep -qx "#define $guard" "$top/$file" || echo "$file: $guard"
	done >wrong
	cat wrong
	test ! -s wrong
'

banned="strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|alloca|system"
banned="$banned|popen|signal|rand|asctime|ctime"

# our own objects: those that the archives of the build hold
objects()
{
	for archive in "$build"/lib*.a; do
		nm -A "$archive" 2>/dev/null
	done
}

if test -f "$build/libengine.a" && command -v nm >/dev/null &&
	command -v objdump >/dev/null; then
	check "nobody calls what is banned" '
		objects | grep -E " U ($banned)(@.*)?$" >wrong || true
		cat wrong
		test ! -s wrong
	'
	check "no layer needs what it must not" '
		for archive in "$build"/lib*.a; do
			layer=${archive##*/lib}
			never=$(may_not_need "${layer%.a}")
			test -n "$never" || echo "$layer has no rule"
			nm -A -u "$archive" 2>/dev/null |
				grep -v "/libbase\.a:[^:]*io\.o:" |
				grep -E " U ($never)" || true
		done >wrong
		cat wrong
		test ! -s wrong
	'
	# .data.rel.ro holds constants with pointers, and is fine; the
	# sanitizers add tables of their own.  rescue is what a signal handler
	# of the screen writes to give the terminal back; no_prompt and
	# no_protocol are strings for envp, which is not const.
	may_change="(rescue|no_(prompt|protocol)\.[0-9]+)\$"
	check "no object of ours can change that is not owned by somebody" '
		for archive in "$build"/lib*.a; do
			objdump -t "$archive" 2>/dev/null |
				sed "s|^|${archive##*/}: |"
		done | grep -E " O (\.data|\.bss|\.tdata|\.tbss|\*COM\*)" |
			grep -Ev "\.data\.rel\.ro" |
			grep -Ev "__odr_asan|__asan|\.L|_ubsan" |
			grep -Ev " $may_change" >wrong || true
		cat wrong
		test ! -s wrong
	'
else
	check "the sources name nothing that is banned" '
		for file in $(sources); do
			grep -nHE "(^|[^a-z_])($banned)\(" "$top/$file" || true
		done >wrong
		cat wrong
		test ! -s wrong
	'
fi

# under set -e a command with `!` in front counts only as the last one
check "no check holds a ! that cannot fail it" '
	for file in $(cd "$top" && find tests -name "*.t"); do
		awk -v file="$file" "
			held != \"\" && !/^\047/ { print held }
			{ held = \"\" }
			/^\t+! / && !/(&&|[|][|]|\\\\|; do|; then)\$/ {
				held = file \":\" NR \": \" \$0
			}" "$top/$file"
	done >wrong
	cat wrong
	test ! -s wrong
'
plan
