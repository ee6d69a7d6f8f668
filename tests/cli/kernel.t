#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Targets that boot a kernel: built by the kernel's own build, kept, booted in
# a guest that says by its words how far it is.  The tree is a toy (toy.sh).
# Where Debian's user-mode-linux is installed, a real kernel boots as well.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
command -v cc >/dev/null || skip_all "there is no C compiler"

. "$top/tests/cli/toy.sh"

line_repo "$tmp/line" 12 Makefile kernel.c
session=$tmp/session
export XDG_CACHE_HOME="$tmp/cache"

# settings FILE [WORD]: the toy's; WORD is for the kernel's command line
settings()
{
	append=
	test -z "${2-}" || append="append = \"$2\";"
	cat >"$1" <<-SETTINGS
	target = "uml";
	confirm = false;
	policy = "syzkaller/2/2";
	title = "kernel NULL pointer dereference";
	build = { config = "toy.config"; ccache = false; ahead = ${ahead-0}; };
	guest = { memory = 16; boot_timeout = ${3-60};
		  $append };
	test = { timeout = 60; settle = 1; slots = 2; };
	SETTINGS
}

# ends_as WORD PATTERN: a run of a kernel started with this word
ends_as()
{
	settings one.cfg "$1" "${3-60}"
	begin one.cfg c6 c1
	culprit run || :
	culprit log >log
	grep "end run 0 of .*: $2" log
}

settings toy.cfg
check "a kernel is built, booted and blamed" '
	begin toy.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	title="BUG: unable to handle kernel NULL pointer dereference in toy_write"
	culprit log | grep "end run 0 of $(short c9): crashed .*, $title"
	git -C "$repo" status --porcelain | grep . && exit 1
	grep "^\$ .*make .* olddefconfig" "$session/builds/$(full c9).log"
'
check "its signature says what would be loaded" '
	kernel=$(grep -l "version 6.1.0-toy" \
		"$XDG_CACHE_HOME"/culprit/kernels/*/kernel | head -n 1)
	python3 "$top/tests/run/signature.py" of "$kernel" >expected
	culprit log --format json >out
	json "\"$(cat expected)\" in [x[\"signature\"] for x in e
		if x[\"kind\"] == \"build\"]" <out
'
check "with the culprit known its objects go, and the kernels are kept" '
	test ! -e "$session/out"
	test ! -e "$session/worktree"
	ls "$XDG_CACHE_HOME"/culprit/kernels/*/kernel
'
check "ahead of time all are built in one further worktree, and kept" '
	rm -rf "$XDG_CACHE_HOME"
	ahead=2 settings ahead.cfg
	begin ahead.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	culprit log >log
	grep "ahead of time" log
	grep "/ahead/1/worktree" "$session"/builds/*.log
	fails grep "$session/worktree" "$session"/builds/*.log
	fails grep "end run .*infra" log
	test ! -e "$session/ahead"
	rm -rf "$XDG_CACHE_HOME"
	settings toy.cfg
	begin toy.cfg c12 c1
	culprit run --batch >said
'
check "another session of the same range builds nothing" '
	built=$(logged "  build of .* ok")
	begin toy.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	test "$(logged "  build of .* ok")" = "$built"
	test "$(grep -l "was kept: $XDG_CACHE_HOME/culprit/kernels/" \
		"$session"/builds/*.log | wc -l)" = "$built"
	test -z "$(grep -l olddefconfig "$session"/builds/*.log)"
'
check "a configuration edited during a build is not kept under another key" '
	rm -rf "$XDG_CACHE_HOME"
	cp toy.config kept.config
	mkdir -p "$repo/.git/hooks"
	echo "echo CONFIG_LATE=y >>$tmp/toy.config" >"$repo/.git/hooks/post-checkout"
	chmod +x "$repo/.git/hooks/post-checkout"
	begin toy.cfg c3 c1
	culprit run || :
	rm "$repo/.git/hooks/post-checkout"
	grep LATE toy.config
	mv kept.config toy.config
	entries=$(echo "$XDG_CACHE_HOME"/culprit/kernels/*/.key)
	for key in $entries; do
		a=$(grep -c LATE "$key" || :)
		b=$(grep -c LATE "${key%/.key}/config" || :)
		test "$a" = "$b"
	done
'
check "a kernel with a fixup is not one without it" '
	rm -rf "$XDG_CACHE_HOME"
	cat >toy.patch <<-"PATCH"
	--- a/kernel.c
	+++ b/kernel.c
	@@ -1,3 +1,4 @@
	+#define FIXED 1
	 #include <stdio.h>
	 #include <string.h>
	 #include <unistd.h>
	PATCH
	begin toy.cfg c3 c1
	culprit run || :
	begin toy.cfg c3 c1
	culprit fixup add "$tmp/toy.patch"
	culprit run || :
	grep apply "$session/builds/$(full c2).log"
	grep "a kernel .* was kept" "$session/builds/$(full c2).log" && exit 1
	set -- "$XDG_CACHE_HOME"/culprit/kernels/*/.key
	test $# = 2
	test "$(grep -l "^fixup $(sha256sum <toy.patch | cut -d" " -f1)$" \
		"$@" | wc -l)" = 1
	begin toy.cfg c3 c1
	culprit fixup add "$tmp/toy.patch"
	culprit run || :
	grep "a kernel .* was kept" "$session/builds/$(full c2).log"
'
check "with other flags in the environment it is another kernel" '
	begin toy.cfg c12 c1
	KCFLAGS=-O1 culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	test -z "$(grep -l "was kept: " "$session"/builds/*.log)"
'
check "a kernel that takes in a file from outside is not kept" '
	echo "CONFIG_INITRAMFS_SOURCE=\"/x\"" >>toy.config
	for time in first second; do
		begin toy.cfg c12 c8
		culprit run --batch >said
		grep "^$(full c9) is the first bad commit$" said
		test -z "$(grep -l "was kept: " "$session"/builds/*.log)"
	done
	sed -i /INITRAMFS/d toy.config
'
check "after a build that was cut short nothing of it is trusted" '
	begin toy.cfg c12 c1
	rm -rf "$XDG_CACHE_HOME"
	mkdir -p "$session/out"
	touch "$session/out/.unfinished"
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	test "$(grep -l "^\$ .* clean$" "$session"/builds/*.log | wc -l)" = 1
'
check "the ends are tested first, and a good one that crashes is asked about" '
	sed "/^confirm/d" toy.cfg >sure.cfg
	begin sure.cfg c12 c10
	exits 2 culprit run >said
	grep "the good commit $(short c10) is bad by its test, 2 of 2" said
	grep "^    XX  bad, as it was given$" said
	grep "^    XX  bad, not as it was given$" said
	test "$(logged "begin run .* of $(short c12)")" = 2
	culprit status --json | json "j[\"confirming\"] and
		j[\"suspects\"] is j[\"left\"] is j[\"steps_left\"] is None
		and j[\"engine\"] == {\"alive\": False, \"pid\": None,
			\"host\": None}"
	culprit report --no-maintainers >out
	grep "^These ends are not confirmed yet\.$" out
	fails grep "suspect" out
	begin sure.cfg c12 c8
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	culprit status | grep "the bug shows in 2 of 2 valid runs of $(short c9)"
'
check "a guest that dies without a word is a lost connection" '
	ends_as dies "crashed after .*, lost connection to test machine"
'
check "a guest that cannot do the simplest thing was not tested" '
	ends_as unfit "test-failed after .* - the check in the guest failed: \
exit code 3"
'
check "objects stay while a person is needed, and go when the session is left" '
	test -e "$session/out"
	culprit reset
	test ! -e "$session/out"
	test -e "$session/session.db"
'
check "a reproducer that the guest cannot start was no test" '
	ends_as absent "test-failed after .* - the reproducer.s exit code is 127"
'
check "what never was a kernel is no fault of the commit" '
	ends_as broken "infra after .* - the guest could not be started: \
no memory for a guest"
'
check "a kernel that does not come up in its time did not boot" '
	ends_as hangs "boot-failed after .* - did not boot within 1 s" 1
'
check "culprit check says what is there and what is not" '
	"$CULPRIT" -C "$repo" check -c "$tmp/toy.cfg" >out || :
	grep "^ok     build.config: $tmp/toy.config$" out
	grep "^ok     compiler: /.* for HEAD$" out
	grep "^note   guest: neither initrd nor image" out
	sed "s/toy.config/no.config/" toy.cfg >no.cfg
	exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/no.cfg" >out
	grep "^wrong  build.config: cannot read .*: No such file" out
	exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/absent.cfg" 2>err
	grep "absent.cfg" err
'
check "a mistake in the table of versions is said with its line" '
	printf "\n\nswitches = 5;\n" >bad-versions.cfg
	sed "s/toy.config\";/&; versions = \"bad-versions.cfg\";/" toy.cfg |
		sed "s/;;/;/" >versions.cfg
	exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/versions.cfg" >out
	grep "^wrong  compiler: $tmp/bad-versions.cfg:3: " out
'
check "a culprit is verified by kernels of one compiler, its own" '
	mkdir -p bin
	for name in new old; do
		printf "#!/bin/sh\nexec cc \"\$@\"\n" >bin/cc-$name
	done
	chmod +x bin/*
	git -C "$repo" tag v6.0 c9
	echo "compilers = { gcc = ( { reached = \"v6.0\"; use = [ \"cc-new\" ]; },
		{ use = [ \"cc-old\" ]; } ); };" >ages.cfg
	sed "s/toy.config\";/&; versions = \"ages.cfg\";/; s/;;/;/" toy.cfg >ages-toy.cfg
	PATH=$PATH:$tmp/bin XDG_CACHE_HOME=$tmp/ages
	begin ages-toy.cfg c9 c1
	culprit run --batch
	grep -q " CC=.*/cc-old" "$session/builds/$(full c8).log"
	culprit verify --runs 2
	culprit run --batch >said
	grep "^verified: culprit 2/2 crashed, parent 0/2, revert on culprit 0/2: the revert fixes it$" said
	grep " CC=.*/cc-new" "$session/builds/$(full c8).log"
	culprit status --json >out
	json "[t[\"letters\"] for t in j[\"verify\"][\"trees\"]] ==
		[\"XX\", \"..\", \"==\"]" <out
	json "j[\"verify\"][\"trees\"][2][\"same_as\"] == \"$(full c8)\"" <out
	revert=$(json "j[\"verify\"][\"trees\"][2][\"commit\"]" <out)
	fails grep " CC=.*/cc-old" "$session/builds/$revert.log"
'
check "a configuration that is not there is said before anything begins" '
	sed "s/toy.config/no.config/" toy.cfg >no.cfg
	begin no.cfg c12 c1
	exits 1 culprit run 2>err
	grep "build.config: cannot read .*/no.config.: No such file" err
	test "$(logged "build of")" = 0
'

# Stands for a qemu whose KVM opens, and then stops its guests.
cat >qemu.sh <<SCRIPT
#!/bin/sh
echo "\$*" >>$tmp/started
case "\$*" in
*"-accel kvm"*)
	echo "KVM internal error. Suberror: 1"
	exec sleep 1000
	;;
esac
echo "Linux version 6.1.0-toy"
echo "culprit: started"
echo "culprit: done 0"
SCRIPT
chmod +x qemu.sh
cat >kvm.cfg <<SETTINGS
target = "qemu";
confirm = false;
policy = "syzkaller/2/2";
build = { command = "true"; };
guest = { kernel = "number"; program = "$tmp/qemu.sh"; };
test = { timeout = 60; };
SETTINGS
if test -r /dev/kvm && test -w /dev/kvm; then
	check "where KVM does not really boot, qemu does without it" '
		begin kvm.cfg c3 c1
		culprit run || :
		culprit log | grep "end run 1 of $(short c2): ok"
		test "$(grep -c -e "-accel kvm" started)" = 1
		test "$(grep -c -e "-accel tcg" started)" = 2
	'
else
	check "where KVM does not really boot # SKIP no /dev/kvm" 'true'
fi

# One that runs the kernel that it is given: c2 and later ones panic.
cat >panics.sh <<\SCRIPT
#!/bin/sh
for word; do
	test "$before" != -kernel || number=$(cat "$word")
	before=$word
done
echo "Linux version 6.1.0-toy (gcc 12.2.0)"
echo "culprit: started"
test "$number" -lt 2 || echo "Kernel panic - not syncing: toys are gone"
echo "culprit: done 0"
SCRIPT
chmod +x panics.sh
sed "s/qemu.sh/panics.sh/; s/^guest = {/& kvm = \"never\";/" kvm.cfg >panics.cfg
check "the report has the kernel and its compiler in their own words" '
	begin panics.cfg c3 c1
	culprit run
	culprit report --no-maintainers >out
	grep "^  kernel: Linux version 6.1.0-toy (gcc 12.2.0)$" out
	grep "^Kernel panic - not syncing: toys are gone$" out
'

# The same, but most commits change nothing of the kernel.
mkdir quiet
sed "s/^#include .number./	VERSION/" kernel.c >quiet/kernel.c
sed "s/cc -g/cc -g -DVERSION=\$\$((\$\$(cat number) < 9 ? 1 : 9))/" Makefile \
	>quiet/Makefile
line_repo "$tmp/quiet.repo" 12 quiet/Makefile quiet/kernel.c
check "a kernel that is the same is not run again: its runs count" '
	begin toy.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	test "$(logged "begin run")" = 4
	culprit log | grep "good .*: the same kernel as $(short c6): 0 crashes"
	culprit status | grep "good  $(short c8) .* ==  commit 8$"
	culprit status --json | json "[s[\"same_runs\"] for s in j[\"steps\"]
		if s[\"commit\"] == \"$(full c8)\"] == [2]"
'
check "who retracts such a verdict has it tested by itself" '
	culprit retract c8
	culprit run --batch >said
	test "$(logged "begin run 0 of $(short c8)")" = 1
	culprit status | grep "good  $(short c8) .* \.\.  commit 8$"
'

cat >reproducer <<'SCRIPT'
#!/bin/sh
echo "reproducing on $(uname -r)"
SCRIPT

if command -v busybox >/dev/null && command -v cpio >/dev/null &&
	command -v gcc >/dev/null; then
	check "mkinitramfs compiles a reproducer in C" '
		echo "int main(void) { return 7; }" >repro.c
		"$top/data/guest/mkinitramfs" -r repro.c c.gz
		mkdir unpacked
		(cd unpacked && gzip -dc ../c.gz |
			cpio -id --quiet culprit/reproducer)
		exits 7 unpacked/culprit/reproducer
		echo "int main(void) { return missing; }" >repro.c
		exits 1 "$top/data/guest/mkinitramfs" -r repro.c d.gz 2>err
		grep "^mkinitramfs: cannot compile .repro.c.$" err
		test ! -e d.gz
	'
else
	check "mkinitramfs compiles # SKIP no busybox, cpio or gcc" 'true'
fi
# Debian's kernel warns at some of its boots.
cat >real.rules <<RULES
ignores = [ "WARNING:*crypto_wait_for_test" ];
RULES
cat >real.cfg <<SETTINGS
target = "uml";
confirm = false;
oops = "real.rules";
policy = "syzkaller/1/1";
build = { command = "true"; };
guest = { kernel = "/usr/bin/linux.uml"; initrd = "guest.gz"; memory = 64; };
test = { timeout = 60; };
SETTINGS
# On some processors (AMX) a UML kernel of that age cannot reach user space.
uml_boots()
{
	test -x /usr/bin/linux.uml && command -v busybox &&
		command -v cpio &&
		"$top/data/guest/mkinitramfs" -r reproducer guest.gz &&
		timeout 60 /usr/bin/linux.uml mem=64M con0=fd:0,fd:1 con=null \
			panic=-1 initrd=guest.gz | grep "culprit: done 0"
} >/dev/null 2>&1 </dev/null

if uml_boots; then
	check "a real kernel boots as a program, and its guest is heard" '
		begin real.cfg c3 c1
		culprit run || :
		culprit log | grep "end run 0 of $(short c2): ok"
		grep "^reproducing on " "$session/runs/$(full c2)/0.console"
	'
else
	check "a real kernel boots as a program # SKIP none boots here" 'true'
fi
plan
