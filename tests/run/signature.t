#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The signature of kernels (src/run/signature.h), with what gcc and objcopy
# make standing for vmlinux.

. "$(dirname "$0")/../tap.sh"

command -v python3 >/dev/null || skip_all "there is no python3"
command -v gcc >/dev/null || skip_all "there is no gcc"
sign=$build/tests/run/sign
test -x "$sign" || skip_all "tests/run/sign is not built"

by_definition()
{
	python3 "$top/tests/run/signature.py" of "$@"
}

# compiled "TEXT OF main.c" FILE
compiled()
{
	printf '%s\n' "$1" >main.c
	gcc -g -O1 -Wl,--build-id=sha1 -o "$2" main.c
}

code='static int zero[999]; int main(void) { return zero[9] + 7; }'
compiled "$code" plain
compiled "/* a comment, and another
line */ $code /* the end */" comment
compiled "$(echo "$code" | sed 's/+ 7/+ 8/')" changed
# with DWARF that differs a note that holds its checksum differs, too
compiled "$code /* 1 */
struct another { int a, b; }; struct another *nothing(void) { return 0; }" more

check "the signature is that of the definition" '
	"$sign" plain comment changed >ours
	by_definition plain comment changed >theirs
	diff ours theirs
	grep -Eqx "[0-9a-f]{64}" ours
'

check "a change of comments alone gives the same signature" '
	fails cmp plain comment
	test "$("$sign" plain)" = "$("$sign" comment)"
'

check "a change of the code gives another one" '
	test "$("$sign" plain)" != "$("$sign" changed)"
	test "$("$sign" plain)" != "$("$sign" more)"
'

check "without debug information and build id it is the same" '
	strip --strip-debug -o stripped plain
	test "$(wc -c <stripped)" -lt "$(wc -c <plain)"
	test "$("$sign" plain)" = "$("$sign" stripped)"
	cp plain other-id
	printf xxxx >id
	objcopy --update-section .note.gnu.build-id=id other-id
	fails cmp plain other-id
	test "$("$sign" plain)" = "$("$sign" other-id)"
'

check "files of 32 bits and of the other byte order are read" '
	objcopy -I elf64-x86-64 -O elf32-i386 plain small || cp plain small
	for target in elf32-big elf64-big elf32-little; do
		objcopy -I binary -O $target main.c $target
	done
	"$sign" small elf32-big elf64-big elf32-little >ours
	by_definition small elf32-big elf64-big elf32-little >theirs
	diff ours theirs
'

check "what is no ELF file is said" '
	: >empty
	mkfifo pipe
	cp plain cut
	truncate -s 64 cut
	exits 1 "$sign" main.c empty . pipe none cut >said
	cat >wanted <<-end
	no signature of '\''main.c'\'': it is no ELF file
	no signature of '\''empty'\'': it is no ELF file
	no signature of '\''.'\'': it is no regular file
	no signature of '\''pipe'\'': it is no regular file
	no signature of '\''none'\'': it cannot be opened: No such file or directory
	end
	diff wanted - <<-end
	$(head -n 5 said)
	end
	sed -n 6p said | grep "of .cut.: the ELF file is damaged: "
'

check "a file that ends within a section is damaged, not short" '
	# the sections of an object lie before the table, so move the table
	python3 - <<-end
	import struct
	data = bytearray(open("plain", "rb").read())
	table, = struct.unpack_from("<Q", data, 40)
	struct.pack_into("<Q", data, table + 2 * 64 + 24, len(data) - 3)
	struct.pack_into("<I", data, table + 2 * 64 + 4, 1)
	struct.pack_into("<Q", data, table + 2 * 64 + 32, 4)
	open("short", "wb").write(data)
	end
	exits 1 "$sign" short >said
	grep "the ELF file is damaged: a section ends behind the file" said
'

check "nothing that is loaded gives no signature" '
	echo "int x;" | gcc -c -x c - -o nothing.o
	objcopy --remove-section "*" nothing.o nothing 2>/dev/null ||
		cp /dev/null nothing
	exits 1 "$sign" nothing
'

check "however a file is damaged, it is an error or a signature" '
	mkdir mangled
	python3 "$top/tests/run/signature.py" mangle plain mangled 400
	exits 1 "$sign" mangled/* >said
	test "$(wc -l <said)" = 400
	fails grep -Evx "[0-9a-f]{64}|no signature of .*: .*" said
	test "$(grep -c damaged said)" -gt 100
'

check "memory does not grow with the file" '
	truncate -s 100M zeros
	objcopy -I binary -O elf64-little zeros large
	by_definition large >theirs
	(nm "$sign" | grep -q __asan || ulimit -v 60000
	"$sign" large) >ours
	diff ours theirs
'
plan
