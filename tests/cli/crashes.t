#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Crashes in a bisection: kernel consoles read while they are written, titles
# that are not the bug's, a person's word on them, rules of the user's.  The
# "kernels" are shell scripts that say what real ones do.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

cleanup()
{
	touch "$tmp/go"
	culprit stop
} >/dev/null 2>&1

bug="KASAN: slab-use-after-free Read in ring_release"
warning="WARNING in other_probe"

cat >kasan.log <<'EOT'
[   12.100000][  T311] ==================================================================
[   12.100101][  T311] BUG: KASAN: slab-use-after-free in ring_release+0x1c4/0x230
[   12.100202][  T311] Read of size 8 at addr ffff88810a5c1e10 by task repro/311
[   12.100303][  T311]
[   12.100404][  T311] CPU: 1 UID: 0 PID: 311 Comm: repro Not tainted 6.12.0 #1
[   12.100505][  T311] Call Trace:
[   12.100606][  T311]  <TASK>
[   12.100707][  T311]  dump_stack_lvl+0x6e/0xa0
[   12.100808][  T311]  print_report+0xce/0x660
[   12.100909][  T311]  kasan_report+0xd8/0x110
[   12.101010][  T311]  ring_release+0x1c4/0x230
[   12.101111][  T311]  __fput+0x1f5/0x650
[   12.101212][  T311]  task_work_run+0x11b/0x200
[   12.101313][  T311]  </TASK>
EOT
cat >warning.log <<'EOT'
[   11.100000][  T300] ------------[ cut here ]------------
[   11.100101][  T300] WARNING: CPU: 0 PID: 300 at drivers/misc/other.c:42 other_probe+0x5c/0x90
[   11.100202][  T300] Modules linked in:
[   11.100303][  T300] RIP: 0010:other_probe+0x5c/0x90
[   11.100404][  T300] Call Trace:
[   11.100505][  T300]  <TASK>
[   11.100606][  T300]  really_ready+0x10/0x20
[   11.100707][  T300]  do_syscall_64+0x82/0x190
[   11.100808][  T300]  </TASK>
EOT

# Up to c4 all is well; c5 to c8 warn, from c9 on the bug crashes the guest,
# which then hangs.
cat >test.sh <<'SCRIPT'
n=$(cat number)
echo "[    0.000000][    T0] Booting the kernel."
echo "[    0.500000][    T1] init: started"
if test "$n" -ge 9; then
	cat "$LOGS/kasan.log"
	exec sleep 1000
fi
test "$n" -lt 5 || cat "$LOGS/warning.log"
exit 0
SCRIPT
cat >kernel.cfg <<SETTINGS
title = "$bug";
policy = "syzkaller/3/3";
test: {
	command = "LOGS=$tmp sh $tmp/test.sh";
	console = "kernel";
	settle = 1;
	slots = 3;
};
SETTINGS

line_repo "$tmp/line" 12
session=$tmp/session

check "an unknown crash asks what it is, by its title" '
	begin kernel.cfg c12 c4
	exits 2 culprit run --batch
	culprit status | grep "^is it the same bug, another one or noise: "
	culprit status --json >out
	json "j[\"question_title\"] == \"$warning\" and j[\"needs_person\"] and
		[r[\"letter\"] for r in j[\"steps\"][-1][\"runs\"]] ==
		[\"x\"] * 3" <out
	culprit status | grep "xxx"
'
check "noise leaves what the runs were without it, and the search goes on" '
	culprit noise "$warning" -m "other.c always warns" >out
	grep "^3 runs now come to something else$" out
	culprit run --batch >out
	grep "^$(full c9) is the first bad commit$" out
	culprit log | grep "noise: .$warning.: other.c always warns (by "
'
check "a guest that hangs after the crash was not waited for" '
	culprit log --format json >out
	json "[x[\"exit_status\"] for x in e if x[\"kind\"] == \"run\" and
		x[\"commit\"] == \"$(full c10)\" and
		x[\"crashes\"][0][\"title\"] == \"$bug\"] == [265] * 3" <out
'
check "a word on a title may be taken back, and the runs with it" '
	culprit undo
	culprit status | grep "xxx"
	culprit other $warning
	culprit status --json >out
	json "[s for s in j[\"steps\"] if s[\"runs\"] and
		s[\"runs\"][0][\"title\"] == \"$warning\" and
		{r[\"outcome\"] for r in s[\"runs\"]} == {\"ignored\"}]" <out
'
check "the same bug by another title moves the culprit, without a run" '
	begin kernel.cfg c12 c4
	exits 2 culprit run --batch
	before=$(logged "begin run")
	commit=$(culprit status --json | python3 -c "
import json, sys
print(json.load(sys.stdin)[\"testing\"])")
	culprit same "$commit#0"
	culprit run --batch >out
	grep "^$(full c5) is the first bad commit$" out
	culprit log | grep "the same bug: .$warning."
	test "$(logged "begin run")" -gt "$before"
'
check "any crash counts with the matching that syzkaller has" '
	sed "1i matching = \"any\";" kernel.cfg >any.cfg
	begin any.cfg c12 c4
	culprit run --batch >out
	grep "^$(full c5) is the first bad commit$" out
'
check "the matching may change while the session runs" '
	begin kernel.cfg c12 c4
	exits 2 culprit run --batch
	culprit matching title >out
	grep "^3 runs now come to something else$" out
	culprit matching any >out
	culprit run --batch >out
	grep "^$(full c5) is the first bad commit$" out
	exits 1 culprit matching most 2>err
	grep "expected any, family or title" err
'
check "a title that no run has shown is said to be new" '
	culprit same "WARNING in nobody" >out
	grep "^no run shows .WARNING in nobody. so far" out
	exits 1 culprit other "$bug" 2>err
	grep "is the title of the bug that is looked for" err
'

cat >live.cfg <<SETTINGS
title = "$bug";
policy = "syzkaller/1/1";
test: {
	command = "cat $tmp/kasan.log; until test -e $tmp/go; do sleep 0.02; done";
	settle = 3600;
};
SETTINGS
check "a crash has its title while the run still goes on" '
	begin live.cfg c3 c1
	"$CULPRIT" --session-dir "$session" run >said 2>&1 3>/dev/null &
	until_true "logged \"crash in run 0 of .*: $bug\" | grep 1"
	culprit status --json >out
	json "j[\"steps\"][-1][\"runs\"] == [{\"number\": 0, \"running\": True,
		\"outcome\": None, \"judged\": False, \"title\": \"$bug\",
		\"letter\": \">\", \"asks\": False}]" <out
	touch go
	wait
'

cat >ends.sh <<'SCRIPT'
case $(cat number) in
2) exec sleep 1000 ;;
3) echo "init: started"; exit 255 ;;
4) echo "init: started"; exec sleep 1000 ;;
5) cat "$LOGS/warning.log"; exit 3 ;;
*) echo "init: started"; cat "$LOGS/kasan.log" ;;
esac
SCRIPT
cat >ends.cfg <<SETTINGS
policy = "syzkaller/1/1";
matching = "any";
test: {
	command = "LOGS=$tmp sh $tmp/ends.sh";
	boot = "init: started";
	silence = 5;
};
SETTINGS
# A shell that says something at once may take a second for it on a busy machine.
check "no output, a lost connection and a boot that failed are told apart" '
	begin ends.cfg c6 c1
	for n in 2 3 4 5; do
		culprit pick c$n || : # it was tested meanwhile
		culprit run || :
	done
	culprit log >log
	grep "of $(short c2): boot-failed .*did not boot: no output" log
	grep "of $(short c3): crashed .*, lost connection to test machine" log
	grep "of $(short c4): crashed .*, no output from test machine" log
	grep "of $(short c5): boot-failed .*, $warning - did not boot" log
'

cat >mine.cfg <<'RULES'
headers = ( {
	text = "ACME:";
	formats = ( { match = "ACME: {w} died"; title = "ACME {1} died";
		      no_stack = true; } );
} );
ignores = [ "WARNING: CPU: * drivers/misc/other.c" ];
RULES
cat >acme.sh <<'SCRIPT'
cat "$LOGS/warning.log"
test "$(cat number)" -lt 7 || echo "[    9.1][    T9] ACME: motor died"
SCRIPT
cat >acme.cfg <<SETTINGS
policy = "syzkaller/2/2";
oops = "mine.cfg";
test: { command = "LOGS=$tmp sh $tmp/acme.sh"; };
SETTINGS
check "rules of the user title crashes and have lines ignored" '
	begin acme.cfg c12 c4
	rm -f mine.kept && mv mine.cfg mine.kept
	culprit run --batch >out
	mv mine.kept mine.cfg
	grep "^$(full c7) is the first bad commit$" out
	culprit status | grep "^ACME motor died$"
	diff mine.cfg "$session/oops.cfg"
'
check "a mistake in them is said with its line, and nothing is begun" '
	printf "\nheaders = ( { txt = \"X\"; } );\n" >mine.cfg
	rm -rf "$session"
	exits 1 culprit start -c "$tmp/acme.cfg" c12 c4 2>err
	grep "mine.cfg:2: " err
	test ! -e "$session"
'
plan
