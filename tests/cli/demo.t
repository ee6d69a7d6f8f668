#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit demo`: a practice repository anywhere, bisected for real, by
# anybody, and with the engine killed ten times.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
command -v make >/dev/null || skip_all "make is not installed"
command -v cc >/dev/null || skip_all "cc is not installed"

cleanup()
{
	for pid in $(cat "$tmp/engine.pid" 2>/dev/null) $(children); do
		kill -9 "$pid" 2>/dev/null
	done
}

children()
{
	grep -l -s -a -z "^CULPRIT_SESSION=$tmp/" /proc/[0-9]*/environ |
		sed "s/[^0-9]//g"
}

# names_answer DIR FILE: the last lines are git's, of the commit to be found;
# what there is to warn of is behind them, as the runs have it.
names_answer()
{
	answer=$(git -C "$1" rev-parse refs/demo/answer)
	grep "^$answer is the first bad commit$" "$2"
	sed "1,/is the first bad commit/d; /^warning: only one run of /d" \
		"$2" >end
	git -C "$1" show --no-color --stat --summary --no-abbrev-commit \
		"$answer" | diff - end
}

check "demo --batch finds the answer in a fresh folder, within a minute" '
	mkdir fresh
	cd fresh
	timeout 60 "$CULPRIT" demo --batch >../out
	cd ..
	names_answer fresh/culprit-demo out
	test -z "$(git -C fresh/culprit-demo status --porcelain)"
	test "$(ls fresh)" = culprit-demo
'
check "the session stays there to be looked at" '
	"$CULPRIT" -C fresh/culprit-demo status |
		grep "^$answer.*is the first bad commit$"
	"$CULPRIT" -C fresh/culprit-demo log --format json |
		json "len(e) > 100"
'
check "its culprit can be verified: taken back, the bug is gone" '
	answer=$(git -C fresh/culprit-demo rev-parse refs/demo/answer)
	"$CULPRIT" -C fresh/culprit-demo verify --runs 10
	"$CULPRIT" -C fresh/culprit-demo run --batch >out
	grep "^$answer is the first bad commit$" out
	shows="[1-9][0-9]*/[0-9]*" clean="0/[1-9][0-9]*"
	grep "^verified: culprit $shows crashed, parent $clean, revert on culprit $clean, revert on bad end $clean: the revert fixes it$" out
	test "$(git -C fresh/culprit-demo worktree list | wc -l)" = 1
'
check "it takes nothing of the user: no name, no configuration, no settings" '
	cat >home/.gitconfig <<-CONFIG
	[user]
		name = Somebody Else
		email = else@example.com
	[commit]
		gpgsign = true
	[core]
		hooksPath = $tmp/hooks
		autocrlf = true
	[init]
		defaultBranch = trunk
		templateDir = $tmp/nowhere
	[log]
		showSignature = true
	[color]
		ui = always
	CONFIG
	mkdir hooks
	for hook in pre-commit post-checkout reference-transaction; do
		printf "#!/bin/sh\ntouch $tmp/hooked\n" >hooks/$hook
		chmod +x hooks/$hook
	done
	GIT_AUTHOR_NAME=Somebody GIT_COMMITTER_EMAIL=else@example.com \
		"$CULPRIT" demo --batch --dir mine >out 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "\"$CULPRIT\" -C mine log | grep \"end run 2\""
	"$CULPRIT" -C mine stop
	exits 1 wait $engine
	rm engine.pid
	test "$(git -C mine rev-parse refs/demo/answer)" = \
		"$(git -C fresh/culprit-demo rev-parse refs/demo/answer)"
	test -z "$(git -C mine log --all --format="%an %ae %cn %ce" |
		grep -i "somebody\|else")"
	git config --file mine/.git/config --get user.name && exit 1
	rm home/.gitconfig
'
check "--dir may be there and empty, but not hold anything" '
	mkdir killed full
	echo mine >full/file
	exits 1 "$CULPRIT" demo --batch --dir full >out 2>err
	grep "^culprit: .*full" err
	test "$(ls -A full)" = file
	exits 1 "$CULPRIT" demo --batch --dir fresh/culprit-demo 2>err
	grep "^culprit: .*culprit-demo" err
	exits 1 "$CULPRIT" demo --batch --seed red 2>err
	grep "^culprit: .red. is not a seed" err
	exits 1 "$CULPRIT" demo --batch --rate 101 2>err
	grep "^culprit: .101. is not a rate" err
	exits 1 "$CULPRIT" demo --batch --policy coin 2>err
	grep "^culprit: .coin. is not a policy" err
'
# ended N: so many builds and runs have ended by now.
ended()
{
	test "$("$CULPRIT" -C killed log |
		grep -c -e "  end run" -e "  build of .* after")" -ge "$1"
}

# engines N: so many engines have begun; one may be killed before it has.
engines()
{
	test "$("$CULPRIT" -C killed log | grep -c "  engine [0-9]")" = "$1"
}

check "killed ten times, with another seed, it finds its answer" '
	"$CULPRIT" demo --batch --dir killed --seed 7 \
		--policy syzkaller >out 2>&1 &
	engine=$!
	echo $engine >engine.pid
	count=0
	for goal in 1 5 11 19 22 30 33 41 45 52; do
		count=$((count + 1))
		until_true "engines $count && ended $goal" 30
		"$CULPRIT" -C killed log >acknowledged
		kill -9 $engine
		until_true "test -z \"\$(children)\""
		"$CULPRIT" -C killed log | head -n "$(wc -l <acknowledged)" |
			diff acknowledged -
		"$CULPRIT" -C killed run --batch >out 2>&1 &
		engine=$!
		echo $engine >engine.pid
	done
	wait $engine
	rm engine.pid
	names_answer killed out
	test "$(git -C killed rev-parse refs/demo/answer)" != \
		"$(git -C fresh/culprit-demo rev-parse refs/demo/answer)"
	"$CULPRIT" -C killed log --format json >log.json
	python3 -c "
import collections, json
events = json.load(open(\"log.json\"))[\"events\"]
ends = collections.Counter((e[\"commit\"], e[\"number\"]) for e in events
	if e[\"kind\"] == \"run\")
assert set(ends.values()) == {1}
for commit in {commit for commit, _ in ends}:
	numbers = sorted(n for c, n in ends if c == commit)
	assert numbers == list(range(len(numbers))), (commit, numbers)
assert len([e for e in events if e[\"kind\"] == \"engine\"]) == 11"
'
check "and leaves no child, no lock and no worktree of its own behind" '
	test -z "$(children)"
	test -z "$(find killed/.git -name "*.lock")"
	test "$(git -C killed worktree list | wc -l)" -le 2
	git -C killed fsck
	"$CULPRIT" -C killed status | grep "^engine: none"
'
plan
