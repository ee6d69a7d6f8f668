#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The power is cut while an engine is at work: no fact is without its evidence.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
preloads power

line_repo "$tmp/line" 8
session=$tmp/session
cat >settings.cfg <<'SETTINGS'
policy = "syzkaller/2/2";
build: { command = "echo building; echo done"; };
test: {
	command = "echo started; echo $CULPRIT_RUN; test $(cat number) -lt 5 ||
		echo BUG: number too high";
	crash = "BUG: .*";
	slots = 2;
};
SETTINGS
"$CULPRIT" -C "$repo" --session-dir "$session" start \
	-c "$tmp/settings.cfg" c8 c1 >/dev/null
mkdir taken
cp -R "$session" taken/before

# after_cuts [LOST]
after_cuts()
{
	"$top/tests/faults/power.py" "$CULPRIT" "$session" "$tmp/taken" "$@"
}

check "the engine finds the culprit beside a disk that is watched" '
	FAULTS_POWER=$tmp/taken LD_PRELOAD=$lib "$CULPRIT" -C "$repo" \
		--session-dir "$session" run --batch >out
	grep "^$(git -C "$repo" rev-parse c5) is the first bad commit" out
	test -s taken/log
'
check "whenever the power is cut, each run and build has all it said" '
	after_cuts >said || { cat said; exit 1; }
	grep " 0 without" said
	grep "^[1-9][0-9]" said
'
check "this would be seen where consoles, or logs of builds, are not synced" '
	exits 1 after_cuts .console >said
	grep " [1-9][0-9]* without" said
	exits 1 after_cuts .log >said
	grep " [1-9][0-9]* without" said
'
log=$session/builds/$(full c4).log

# ended SIGNAL: an engine gets it while it runs the kernel that it has built
ended()
{
	rm -rf "$session" reached go taken/*
	culprit start -c "$tmp/settings.cfg" c8 c1
	FAULTS_POWER=$tmp/taken LD_PRELOAD=$lib "$CULPRIT" -C "$repo" \
		--session-dir "$session" run --batch &
	until_true "test -e reached"
	kill -$1 $!
	wait $! || :
}

check "what was built when the power went is built anew, and else is not" '
	cat >settings.cfg <<-SETTINGS
	policy = "syzkaller/1/1";
	build: { command = "ls; touch leaving"; };
	test: { command = "touch $tmp/reached
		until test -e $tmp/go; do sleep 0.05; done
		test \$(cat number) -lt 5"; timeout = 60; };
	SETTINGS
	ended KILL
	touch go
	culprit run --batch
	grep -x leaving "$log"
	ended KILL
	sed -i "s/[^ ]*$/of-an-earlier-boot/" "$session/lock"
	touch go
	culprit run --batch
	test "$(grep -cx number "$log")" = 2
	fails grep -x leaving "$log"
'
check "who leaves by himself has the disk take it, or leaves word" '
	ended TERM
	grep "^-2.*/worktree$" taken/log
	test ! -s "$session/lock"
	touch go
	culprit run --batch
	grep -x leaving "$log"
	export FAULTS_POWER_FULL=yes
	ended TERM
	unset FAULTS_POWER_FULL
	test -s "$session/lock"
	sed -i "s/[^ ]*$/of-an-earlier-boot/" "$session/lock"
	touch go
	culprit run --batch
	fails grep -x leaving "$log"
	test ! -s "$session/lock"
'
check "a cut stays known until something was built anew" '
	ended KILL
	sed -i "s/[^ ]*$/of-an-earlier-boot/" "$session/lock"
	mv "$session/worktree" kept
	mkdir "$session/worktree"
	touch "$session/worktree/in-the-way"
	exits 1 culprit run --batch 2>err
	grep "is in the way" err
	rm -r "$session/worktree"
	mv kept "$session/worktree"
	grep of-an-earlier-boot "$session/lock"
	touch go
	culprit run --batch
	fails grep -x leaving "$log"
'
plan
