#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kill -9 of the engine, ten times in one bisection, in checkouts,
# builds and runs: each time it goes on where it was, with the same answer, and
# leaves nothing behind.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

# The children of the session: it is in their environment, whatever session,
# process group or parent they have.
children()
{
	grep -l -s -a -z "^CULPRIT_SESSION=$session$" /proc/[0-9]*/environ |
		sed "s/[^0-9]//g"
}

cleanup()
{
	session=$tmp/.*
	for pid in $(cat "$tmp/engine.pid" 2>/dev/null) $(children); do
		kill -9 "$pid" 2>/dev/null
	done
}

# As make does it: what is there is not built again.  The object is first
# half written.  Offspring is left behind, in sessions of its own too.
cat >build.sh <<'SCRIPT'
offspring()
{
	sleep 1000 &
	setsid sh -c "sleep 1000 & setsid sleep 1000" &
}
number=$(cat number)
if ! test -e "object.$number"; then
	printf half >"object.$number"
	offspring
	if test "$(cat "$TOP/hold")" = build; then
		touch "$TOP/reached"
		exec sleep 1000
	fi
	echo "$number" >"object.$number"
fi
cp "object.$number" kernel
SCRIPT
cat >test.sh <<'SCRIPT'
echo "run $CULPRIT_RUN of $(cat kernel)"
if test "$(cat "$TOP/hold")" = "run $CULPRIT_RUN"; then
	sleep 1000 &
	setsid sh -c "sleep 1000 & sleep 1000" &
	touch "$TOP/reached"
	wait
fi
test "$(cat kernel)" -lt 23 && exit 0
test "$(cat kernel)" -ge 23 && echo "BUG: number too high"
SCRIPT
# git holds its lock on the index while it waits for this one.
cat >smudge.sh <<'SCRIPT'
if test -n "$CULPRIT_COMMIT" && test "$(cat "$TOP/hold")" = checkout; then
	touch "$TOP/reached"
	exec sleep 1000
fi
cat
SCRIPT
cat >settings.cfg <<SETTINGS
policy = "syzkaller/3/3";
build: { command = "TOP=$tmp sh $tmp/build.sh"; };
test: {
	command = "TOP=$tmp sh $tmp/test.sh";
	crash = "BUG: .*|half.*";
	slots = 2;
};
SETTINGS

line_repo "$tmp/line" 64
echo "number filter=slow" >line/.git/info/attributes
git -C line config filter.slow.smudge "TOP=$tmp sh $tmp/smudge.sh"
session=$tmp/undisturbed
echo none >hold
culprit start -c "$tmp/settings.cfg" c64 c1 >/dev/null

check "undisturbed, it finds the commit" '
	culprit run >out
	grep "^$(full c23) is the first bad commit$" out
	test -z "$(children)"
'
culprit status --json >undisturbed.json
session=$tmp/killed
culprit start -c "$tmp/settings.cfg" c64 c1 >/dev/null

# killed_in POINT: run until it is reached, then kill -9.
killed_in()
{
	echo "$1" >hold
	rm -f reached
	"$CULPRIT" --session-dir "$session" run >engine.said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e reached"
	case $1 in
	build | checkout) culprit log | tail -n 1 | grep "  build of [0-9a-f]*$" ;;
	run*) culprit log | grep "  begin $1 of" ;;
	esac
	# what is held is there, and so is its offspring
	test "$(children | wc -l)" -ge 3
	culprit log >acknowledged
	kill -9 $engine
	rm engine.pid
	echo none >hold
}

kills=0
for point in build "run 0" build "run 2" checkout "run 1" build "run 0" \
	checkout "run 2"; do
	kills=$((kills + 1))
	check "kill $kills, in a $point: no child is left, no event is lost" '
		killed_in "$point"
		until_true "test -z \"\$(children)\""
		culprit log >out
		head -n "$(wc -l <acknowledged)" out | diff acknowledged -
		culprit status | grep "^engine: none"
	'
done
check "after ten kills it ends with the same answer, and the same steps" '
	culprit run >out
	grep "^$(full c23) is the first bad commit$" out
	culprit status --json >killed.json
	python3 -c "
import json
def steps(name):
	return [(s[\"commit\"], s[\"verdict\"], s[\"build\"],
		[(r[\"number\"], r[\"outcome\"]) for r in s[\"runs\"]])
		for s in json.load(open(name))[\"steps\"]]
one, other = steps(\"undisturbed.json\"), steps(\"killed.json\")
print(one, other, sep=\"\\n\")
assert one == other and len(one) > 6"
'
check "each run has exactly one end: none is lost, none made twice" '
	culprit log --format json >log.json
	python3 -c "
import collections, json
events = json.load(open(\"log.json\"))[\"events\"]
ends = collections.Counter((e[\"commit\"], e[\"number\"]) for e in events
	if e[\"kind\"] == \"run\")
assert set(ends.values()) == {1}
commits = {commit for commit, _ in ends}
assert sorted(ends) == sorted((c, n) for c in commits for n in range(3))
assert [e[\"seq\"] for e in events] == list(range(1, len(events) + 1))
engines = [e for e in events if e[\"kind\"] == \"engine\"]
assert len(engines) == 11, len(engines)"
'
check "a build that was cut short did not spoil the next one" '
	exits 1 grep -l half "$session"/runs/*/*.console
	test "$(cat "$session"/runs/*/*.console | wc -l)" -ge 15
'
check "no lock and no worktree is left behind" '
	test -z "$(find line/.git -name "*.lock")"
	git -C line worktree prune
	test "$(git -C line worktree list | wc -l)" -le 2
	git -C line fsck
	culprit status | grep "^engine: none"
	test -z "$(children)"
'
plan
