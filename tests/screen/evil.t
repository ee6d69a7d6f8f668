#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests, commits and people that attack the terminal they are shown on: in
# every view and dialog, what is written to it is what curses writes, and
# text.  The bytes themselves are looked at, before any terminal read them.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/screen/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

evil()
{
	python3 "$top/tests/data/evil.py" "$@"
}

evil subject >"$tmp/subject"
evil console >"$tmp/console"
title=$(printf 'EVIL \033]0;evil\007 \033[5;8mx \233 \302\233 \342\200\256y \177')

# Commits whose every word is an attack; authors with the shorter ones.
evil_stream()
{
	n=1
	while test $n -le 6; do
		author=$(tail -c +$((n * 400)) "$tmp/subject" | head -c 300 |
			tr -d '<>\n\0')
		printf 'commit refs/heads/main\nmark :%s\n' $n
		printf 'author %s <%s> %s +0000\n' "$author" "$author" \
			$((1700000000 + n * 60))
		printf 'committer %s <%s> %s +0000\n' "$author" "$author" \
			$((1700000000 + n * 60))
		{
			printf '%s ' $n
			tail -c +$((n * 500)) "$tmp/subject"
			printf '\n\n'
			tr -d '\0' <"$top/tests/data/evil.bin"
		} >"$tmp/message"
		printf 'data %s\n' "$(($(wc -c <"$tmp/message")))"
		cat "$tmp/message"
		printf 'M 644 inline number\ndata 2\n%s\n\n' $n
		printf 'M 644 inline evil\ndata %s\n' \
			"$(($(wc -c <"$top/tests/data/evil.bin") + 2))"
		echo $n
		cat "$top/tests/data/evil.bin"
		printf '\nreset refs/tags/c%s\nfrom :%s\n\n' $n $n
		n=$((n + 1))
	done
}

cat >build.sh <<END
cat "$top/tests/data/evil.bin"
test "\$(cat number)" != 4 || {
	printf 'drivers/\033]0;evil\007.c:1:1: error: \033[5;8m\302\233 evil\n'
	exit 2
}
END
cat >test.sh <<END
cat "$tmp/console"
test "\$(cat number)" -lt 3 || {
	printf '\n%s\n' '$title'
	exit 1
}
END
cat >evil.cfg <<END
title = "the bug";
policy = "syzkaller/2/2";
build: { command = "sh $tmp/build.sh"; };
test: {
	command = "sh $tmp/test.sh";
	crash = "EVIL.*";
	output_limit = 32;
};
END

# no C0 but newline and tab, no DEL, no C1, nothing that hides
cat >plain.py <<'END'
import sys, unicodedata
for number, line in enumerate(sys.stdin.buffer, 1):
    text = line.decode("utf-8")
    for c in text:
        if c not in "\n\t" and unicodedata.category(c) in (
                "Cc", "Cf", "Co", "Cs", "Zl", "Zp") and c not in "\u0600":
            sys.exit("line %d: %r in %r" % (number, c, text))
END

check "a session is made of attacks" '
	test "$(evil | cksum)" = "$(cksum <"$top/tests/data/evil.bin")"
	git init -q -b main "$repo"
	evil_stream | git -C "$repo" fast-import --quiet
	git -C "$repo" checkout -q main
	begin evil.cfg c6 c1
	exits 2 culprit run --batch
	culprit note "$title $(head -c 3000 "$tmp/subject")"
	culprit status | grep "is it the same bug"
'

# every view, moved through in every way; keys that a view has not are harmless
check "no view lets one through" '
	{
		echo wait ASKS
		for key in Tab Down Up PgDn PgUp Home End Tab Up G g; do
			echo key $key
			echo idle
		done
		for view in 1 2 3 4 5 6 7 8 9; do
			for key in $view g j j PgDn PgDn C-d l l l h w r T w r \
				! F G PgUp k k C-u z o z Enter Tab G Esc; do
				echo key $key
				echo idle
			done
			echo clean
			echo key 1
			echo idle
		done
		echo raw $tmp/raw
	} | screen
	test "$(wc -c <"$tmp/raw")" -gt 20000
'

check "nor where consoles have their colours" '
	mkdir -p "$tmp/home/.config/culprit"
	echo "screen = { console_colours = true; };" \
		>"$tmp/home/.config/culprit/screen.cfg"
	{
		for key in Up Down 4 g PgDn l r w G 5 g PgDn PgDn l w r G / E V \
			Enter n T Esc; do
			echo key $key
			echo idle
		done
		echo clean
	} | screen
	rm -r "$tmp/home/.config"
'

check "no dialog, palette or search lets one through" '
	screen 100x30 <<-END
	key m
	wait EVIL
	key j j k Tab
	idle
	clean
	key Esc
	idle
	key v s
	text evil \033]0;x
	idle
	key Up Esc
	idle
	clean
	key :
	text same E
	key Tab
	wait EVIL
	key Tab Tab Esc
	idle
	key :
	text pick
	key Space Tab Tab Tab Esc
	idle
	clean
	key 9 /
	text EVIL
	key Enter
	idle
	key n N /
	text \[5
	key Enter
	idle
	key n N Esc
	idle
	clean
	key 7 /
	text invalid
	key Enter
	wait invalid
	key n l l l l l l l l
	idle
	clean
	END
'

check "a toast tells of it in plain text" '
	screen <<-END
	key :
	text noise EVIL $(printf "\\303\\251\\342\\202\\254")
	key Enter
	idle
	key :
	text note said
	key Enter
	idle
	key u
	wait undone
	key 9
	wait EVIL
	clean
	END
'

for size in 39x9 40x12 80x24 160x45; do
	check "nor in a window of $size, in ASCII too" "
		for locale in C.UTF-8 C; do
			{
				for key in 1 2 3 4 5 6 7 9 m Esc v Esc : Esc; do
					echo key \$key
					echo idle
				done
				echo clean
			} | LC_ALL=\$locale screen $size
		done
	"
done

check "what the command line prints is plain text" '
	for words in status log "log --format git" report range titles; do
		case $words in
		titles) words="titles --all $tmp/console" ;;
		esac
		culprit $words >said 2>&1 || test "$words" = report
		test -s said
		python3 "$tmp/plain.py" <said || { echo "in: $words"; exit 1; }
	done
'

plan
