#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Looking for what does not build, or does not boot, instead of a crash.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

# "boots" up to the fifth commit; what comes up stays up for ever
cat >kernel.sh <<'SCRIPT'
#!/bin/sh
cd "$(dirname "$0")"
echo "[    0.000000][    T0] Linux version 6.1.0-toy"
test "$(cat number)" -lt 6 || {
	echo "[    0.500000][    T0] Kernel panic - not syncing: No root"
	exit 1
}
echo "culprit: started"
exec sleep 1000
SCRIPT
line_repo "$tmp/line" 12 kernel.sh
session=$tmp/session

cat >build.cfg <<'SETTINGS'
bad = "build-failed";
build = { command = "test $(cat number) -lt 8 || { echo k.c:1: error: x; exit 1; }"; };
SETTINGS
check "the commit that broke the build is found, and nothing is run" '
	begin build.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c8) is the first bad commit$" said
	test "$(logged "run .* of")" = 0
	culprit log | grep "bad $(short c8): does not build (by policy"
'
check "its report speaks of builds, not of runs" '
	culprit report --no-maintainers >out
	grep "^  [0-9 ]* good  *$(short c7)  builds$" out
	grep "^  [0-9 ]* bad  *$(short c8)  build fails$" out
	fails grep "no runs" out
	fails grep "a letter for each run" out
'
check "what was found by builds alone counts for nothing when a crash is sought" '
	culprit symptom crash >said
	culprit status --json | json "j[\"culprit\"] is None and
		j[\"state\"] == \"test\""
	culprit undo
	culprit status --json | json "j[\"culprit\"] == \"$(full c8)\""
'
check "asking for runs is refused then" '
	exits 1 culprit more c8 3 2>err
	grep "nothing is run" err
'
check "a crash that is sought without a test is found nowhere" '
	begin build.cfg c12 c1
	culprit symptom crash
	exits 2 culprit run --batch >said
	culprit log | grep "end run 0 of .*: infra.*no test command"
'
check "a test is not needed, a build command is" '
	echo "bad = \"build-failed\";" >none.cfg
	exits 1 "$CULPRIT" -C "$repo" --session-dir "$session.2" \
		start -c "$tmp/none.cfg" c12 c1 2>err
	grep "none.cfg:1: build.command: it is needed" err
'
cat >boot.cfg <<'SETTINGS'
bad = "boot-failed";
target = "uml";
policy = "syzkaller/2/2";
build = { command = "true"; };
guest = { kernel = "kernel.sh"; memory = 16; boot_timeout = 60; };
test = { timeout = 1000; settle = 1; slots = 2; };
SETTINGS
check "the commit that broke the boot is found; one that came up is done" '
	begin boot.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c6) is the first bad commit$" said
	culprit log >log
	grep "end run 0 of $(short c5): ok" log
	grep "end run 0 of $(short c6): boot-failed" log
	grep "bad $(short c6).*: 2 boot failures in 2 valid runs" log
'
check "what is looked for is said" '
	culprit status --json | json "j[\"symptom\"] == \"boot-failed\"
		and j[\"title\"] == \"does not boot\""
'
cat >words.cfg <<'SETTINGS'
bad = "boot-failed";
test = { command = "echo hello"; };
SETTINGS
check "a test command needs the word by which one sees that it booted" '
	exits 1 "$CULPRIT" -C "$repo" --session-dir "$session.2" \
		start -c "$tmp/words.cfg" c12 c1 2>err
	grep "words.cfg:[0-9]*: test.boot: it is needed" err
'
check "any test command will do with it" '
	cat >words.cfg <<-"SETTINGS"
	bad = "boot-failed";
	test = { command = "test $(cat number) -lt 4 && echo hello || :";
		 boot = "^hello"; };
	SETTINGS
	begin words.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c4) is the first bad commit$" said
'
plan
