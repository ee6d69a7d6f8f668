#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds ahead of time, for real: every test runs in the worktree of its own
# commit, git's HEAD is where people look for it, and at the end, after a
# reset, or after kill -9 nothing is left of it.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

children()
{
	grep -l -s -a -z "^CULPRIT_SESSION=$session$" /proc/[0-9]*/environ |
		sed "s/[^0-9]//g"
}

cleanup()
{
	for pid in $(cat "$tmp/engine.pid" 2>/dev/null) $(children); do
		kill -9 "$pid" 2>/dev/null
	done
}

# The product lies where it was made; one that is half made is never run.
cat >build.sh <<'SCRIPT'
number=$(cat number)
printf half >product
echo "$number $CULPRIT_WORKTREE" >>"$TOP/built"
if test -e "$TOP/hold" && test "$CULPRIT_WORKTREE" != "$CULPRIT_SESSION/worktree"; then
	touch "$TOP/held"
	while test -e "$TOP/hold"; do sleep 0.05; done
fi
echo "$number" >product
SCRIPT
# It waits until something was built ahead, and git shows the commit.
cat >test.sh <<'SCRIPT'
grep -q "^$(cat product) $PWD\$" "$TOP/built" || exit 255
test "$(cat product)" = "$(cat number)" || exit 255
test "$(git rev-parse HEAD)" = "$CULPRIT_COMMIT" || exit 255
asked=0
while test -e "$TOP/look" && test $asked -lt 200 &&
	test "$(git -C "$CULPRIT_SESSION/worktree" rev-parse HEAD)" != \
		"$CULPRIT_COMMIT"; do
	asked=$((asked + 1))
	sleep 0.05
done
echo "$asked $CULPRIT_COMMIT" >>"$TOP/looked"
test "$(cat product)" -lt 23 || echo "BUG: number too high"
SCRIPT
settings()
{
	cat >settings.cfg <<-SETTINGS
	policy = "${policy-exit-code}";
	build: { command = "TOP=$tmp sh $tmp/build.sh"; $1 };
	test: {
		command = "TOP=$tmp sh $tmp/test.sh";
		crash = "BUG: .*";
		slots = ${2-1};
	};
	SETTINGS
}

nothing_is_left()
{
	test ! -e "$session/ahead"
	test "$(git -C "$repo" worktree list | wc -l)" = 1
	test -z "$(ls "$repo/.git/worktrees" 2>/dev/null)"
	test -z "$(children)"
}

found()
{
	grep "^$(full c23) is the first bad commit$" said
}

line_repo "$tmp/line" 64
session=$tmp/session

check "commits are built ahead and run where they were built" '
	settings "ahead = 2;"
	touch look
	begin settings.cfg c64 c1
	culprit run >said
	found
	culprit log >log
	grep "ahead of time" log
	grep "begun ahead, is wanted now" log
	grep "/ahead/1/worktree" built
	fails grep "end run .*infra" log
'
check "in the session worktree git shows the commit under test" '
	test -s looked
	fails grep "^200 " looked
'
rm -f look
check "with the culprit known the further worktrees are gone" '
	nothing_is_left
'
check "two are built at once, and the answer is the same" '
	settings "slots = 2;" 4
	rm -f built
	begin settings.cfg c64 c1
	culprit run >said
	found
	grep "/ahead/2/worktree" built
	nothing_is_left
'
check "the policy of many runs is not disturbed" '
	policy=syzkaller/3/3
	settings "slots = 2; ahead = 3;" 2
	begin settings.cfg c64 c1
	culprit run >said
	found
	culprit status --json >out
	json "all(len(s[\"runs\"]) == 3 for s in j[\"steps\"] if s[\"runs\"])" <out ||
		culprit status
	nothing_is_left
'
check "kill -9 with builds under way ahead leaves no process behind" '
	settings "slots = 2;"
	touch hold
	begin settings.cfg c64 c1
	"$CULPRIT" --session-dir "$session" run >engine.said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e held"
	until_true "test \$(culprit log | grep -c \"ahead of time\") -ge 1"
	kill -9 $engine
	rm engine.pid
	until_true "test -z \"\$(children)\""
	rm hold
	test -e "$session/ahead/1/worktree"
'
check "and the next engine goes on in what it left" '
	culprit run >said
	found
	fails sh -c "culprit log | grep \"end run .*infra\""
	nothing_is_left
'
check "an engine that builds nothing ahead removes what another one left" '
	touch hold
	rm -f held
	settings "slots = 2;"
	begin settings.cfg c64 c1
	"$CULPRIT" --session-dir "$session" run >engine.said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e held"
	kill -9 $engine
	rm engine.pid hold
	until_true "test -z \"\$(children)\""
	sed "s/slots = 2;/ahead = 0;/" "$session/culprit.cfg" >fresh.cfg
	cp fresh.cfg "$session/culprit.cfg"
	culprit run >said
	found
	nothing_is_left
'
check "a session that is left takes its worktrees along" '
	settings "slots = 2;"
	touch hold
	rm -f held
	begin settings.cfg c64 c1
	"$CULPRIT" --session-dir "$session" run >engine.said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e held"
	kill $engine
	wait $engine || :
	rm engine.pid hold
	test -e "$session/ahead/1/worktree"
	culprit reset
	nothing_is_left
'
check "a fixup is in what is built ahead, and what was built before is not run" '
	printf "%s\n" "--- a/extra" "+++ b/extra" "@@ -0,0 +1 @@" "+more" >extra.patch
	sed -i "s|--- a/extra|--- /dev/null|" extra.patch
	settings "ahead = 2;"
	begin settings.cfg c64 c1
	culprit fixup add "$tmp/extra.patch"
	culprit run >said
	found
	culprit log | grep "with fixup 1.*ahead of time\|ahead of time.*fixup 1"
	nothing_is_left
'
check "a mistake in the settings is said" '
	settings "slots = 3; ahead = 0;"
	fails culprit check -c "$tmp/settings.cfg" >err 2>&1
	cat err
	grep "settings.cfg:2: build.slots: with build.ahead = 0 there is one build at a time" err
	settings "ahead = 7;"
	fails culprit check -c "$tmp/settings.cfg" >err 2>&1
	cat err
	grep "build.ahead: expected a whole number of commits, 0 to 6" err
'
plan
