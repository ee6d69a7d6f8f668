#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# culprit verify: the culprit and its parent are built and run again, and so is
# what is left when the culprit is taken back, on top of itself and of the bad
# end.  A commit is bad where `a` or `b` has the word bad; c5 is the culprit.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

repo=$tmp/repo
session=$tmp/session
git init -q -b main "$repo"
git -C "$repo" config user.name A
git -C "$repo" config user.email a@example.com

# commit TAG 'commands': they change the files
commit()
{
	(cd "$repo" && eval "$2" && git add -A && git commit -q -m "$1" &&
		git tag "$1")
}

commit c1 'seq 9 >a; seq 9 >b; cp a c; touch n1'
for n in 2 3 4; do
	commit c$n "touch n$n"
done
commit c5 'sed -i "s/5/bad/" a'
for n in 6 7 8; do
	commit c$n "touch n$n"
done
git -C "$repo" checkout -q -b two c8
commit two 'sed -i "s/5/bad/" b'
git -C "$repo" checkout -q -b moved c8
commit moved 'sed -i "s/bad/a bad one/" a; sed -i "s/1/one/" c'
git -C "$repo" checkout -q main
cat >plain.cfg <<SETTINGS
policy = "exit-code";
build = { command = "test ! -e n4 || test ! -e $tmp/broken"; };
test = { command = "sh $tmp/test.sh"; };
SETTINGS
cat >test.sh <<SCRIPT
if test -e n3 && test -e $tmp/flaky; then exit 1; fi
fails=0
cat a b | grep -q bad && fails=1
echo "\$(ls n* | tail -1) \$fails" >>$tmp/tested
if test -e $tmp/hold && test "\$(cat $tmp/hold)" = "\$(wc -l <$tmp/tested)"; then
	touch $tmp/reached
	exec sleep 1000
fi
exit \$fails
SCRIPT

found()
{
	begin "$@"
	rm -f tested
	culprit run --batch >said
	grep "^$(full c5) is the first bad commit$" said
}

check "before there is a culprit nothing can be verified" '
	begin plain.cfg c8 c1
	exits 1 culprit verify 2>err
	grep "^culprit: no culprit is known yet that could be verified$" err
	exits 1 culprit verify --runs none 2>err
	grep "is not a number of runs" err
'
check "four trees are built and run" '
	found plain.cfg c8 c1
	users_things "$repo" | grep -v " ./.git/objects/" >before
	culprit verify --runs 3 | grep "are run 3 times each: .culprit run. does it"
	culprit status | grep "^verifying: culprit not tested yet, "
	rm tested
	culprit run --batch >said
	grep "^verified: culprit 3/3 crashed, parent 0/3, revert on culprit 0/3, revert on bad end 0/3: the revert fixes it$" said
	grep "^    parent: 0/3 crashed$" said
	grep "^$(full c5) is the first bad commit$" said
	test "$(sort tested | uniq -c | tr -s " ")" = " 6 n4 0
 3 n4 1
 3 n8 0"
	users_things "$repo" | grep -v " ./.git/objects/" | diff before -
	test "$(git -C "$repo" worktree list | wc -l)" = 1
'
check "status and log tell what was made of what" '
	culprit status --json >out
	json "[(t[\"kind\"], t[\"state\"], t[\"base\"], t[\"shows\"], t[\"valid\"])
		for t in j[\"verify\"][\"trees\"]] == [
		(\"culprit\", \"shows\", \"$(full c5)\", 3, 3),
		(\"parent\", \"clean\", \"$(full c4)\", 0, 3),
		(\"revert-on-culprit\", \"clean\", \"$(full c5)\", 0, 3),
		(\"revert-on-end\", \"clean\", \"$(full c8)\", 0, 3)]" <out
	json "j[\"verify\"][\"result\"] == \"confirmed\" and
		j[\"verify\"][\"done\"] and j[\"verify\"][\"current\"]" <out
	json "j[\"verify\"][\"trees\"][2][\"tree\"] ==
		\"$(full c4^{tree})\"" <out
	json "len(j[\"steps\"]) == 5" <out
	culprit log >log
	grep "verify $(short c5), 3 runs of each (by " log
	grep "revert of $(short c5) on $(short c8) made: " log
	grep "build of $(short c4) by the compiler of $(short c5)" log
	culprit log --format git >log
	fails grep -i revert log
'
check "more runs are asked for, and only these are made" '
	exits 1 culprit verify --runs 3 2>err
	grep "that is verified already, with 3 runs of each: --runs N asks for more" err
	rm tested
	culprit verify --runs 4
	culprit run --batch | grep "culprit 4/4 crashed, parent 0/4, revert on culprit 0/4, revert on bad end 0/4: "
	test "$(wc -l <tested)" = 4
'
# git throws away what nothing refers to any more.
throw_away()
{
	git -C "$repo" reflog expire --expire=now --all
	git -C "$repo" gc -q --prune=now
	reverts=$(culprit log --format json | python3 -c "
import json, sys
print(*(e[\"commit\"] for e in json.load(sys.stdin)[\"events\"]
	if e[\"kind\"] == \"revert\"))")
	test "$(echo $reverts | wc -w)" = 2
	for revert in $reverts; do
		fails git -C "$repo" cat-file -e $revert
	done
}

check "a revert that git threw away is made again, and is the same" '
	throw_away
	rm tested
	culprit verify --runs 5
	culprit run --batch | grep "culprit 5/5 crashed, parent 0/5, revert on culprit 0/5, revert on bad end 0/5: the revert fixes it$"
	test "$(wc -l <tested)" = 4
	test "$(logged "revert of .* made")" = 2
	culprit undo
'
check "the order can be taken back" '
	culprit undo 2
	culprit status >out
	fails grep "^verif" out
	culprit status --json | json "j[\"verify\"] is None"
'
# killed_at N: run, and kill the engine in the middle of its Nth run
killed_at()
{
	rm -f reached
	echo $1 >hold
	"$CULPRIT" -C "$repo" --session-dir "$session" run --batch >said 2>&1 &
	engine=$!
	until_true "test -e reached"
	kill -9 $engine
	rm hold
	wait $engine || :
}

check "an engine that is killed while it verifies is followed by one that goes on" '
	found plain.cfg c8 c1
	culprit verify --runs 2
	for at in 1 2 2 2 2 2 1; do
		: >tested
		killed_at $at
	done
	git -C "$repo" reflog expire --expire=now --all
	git -C "$repo" gc -q --prune=now
	culprit run --batch >said
	grep "^verified: culprit 2/2 crashed, parent 0/2, revert on culprit 0/2, revert on bad end 0/2: the revert fixes it$" said
	test "$(git -C "$repo" worktree list | wc -l)" = 1
'
check "a bug with two causes stays when one is taken back" '
	found plain.cfg two c1
	culprit verify --runs 2
	culprit run --batch >said
	grep "revert on culprit 0/2, revert on bad end 2/2: taken back on the newer end the bug stays: it has another cause there too$" said
	grep "^$(full c5) is the first bad commit$" said
'
check "a revert that conflicts is left for a person, when all else is done" '
	found plain.cfg moved c1
	culprit verify --runs 2
	exits 2 culprit run --batch >said
	grep "^revert of $(short c5) on $(short moved) conflicts in a (in $session/revert)$" said
	grep "^taking $(short c5) back on top of $(short moved) conflicts in a (in $session/revert): mend it there, .git add. it, and resume; or verify --no-revert$" said
	grep "^verifying: culprit 2/2 crashed, parent 0/2, revert on culprit 0/2, revert on bad end conflicts$" said
	grep "^<<<<<<<" "$session/revert/a"
	culprit status --json | json "j[\"needs_person\"] and
		j[\"verify\"][\"trees\"][3][\"state\"] == \"conflict\""
'
check "unmended it is asked about again" '
	culprit resume
	exits 2 culprit run --batch >said
	grep "^taking $(short c5) back on top of " said
'
check "mended it goes on" '
	seq 9 >"$session/revert/a"
	culprit resume
	culprit run --batch >said
	grep "revert on bad end 0/2: the revert fixes it$" said
	test ! -e "$session/revert"
	test "$(git -C "$repo" worktree list | wc -l)" = 1
'
check "git does not throw away what a person mended, until the session is left" '
	git -C "$repo" reflog expire --expire=now --all
	git -C "$repo" gc -q --prune=now
	culprit verify --runs 3
	culprit run --batch >said
	grep "revert on bad end 0/3: the revert fixes it$" said
	test "$(git -C "$repo" for-each-ref refs/culprit | wc -l)" = 1
	culprit reset
	fails git -C "$repo" for-each-ref refs/culprit | grep .
'
check "or one order leaves it out" '
	found plain.cfg moved c1
	culprit verify --runs 1
	exits 2 culprit run --batch
	culprit verify --no-revert
	culprit run --batch >said
	grep "revert on culprit 0/1, revert on bad end conflicts: the revert fixes it on the culprit itself$" said
	test ! -e "$session/revert"
'
check "reset takes the place of a conflict along" '
	found plain.cfg moved c1
	culprit verify --runs 1
	exits 2 culprit run --batch
	culprit reset
	test ! -e "$session/revert"
'
check "without a revert culprit and parent are run" '
	found plain.cfg c8 c1
	culprit verify --runs 2 --no-revert | grep "^the culprit and its parent are run 2 times"
	culprit run --batch | grep "^verified: culprit 2/2 crashed, parent 0/2, revert on culprit left out, revert on bad end left out: confirmed$"
'
check "what overturns the culprit lets the search go on" '
	found plain.cfg c8 c1
	culprit verify --runs 2
	touch flaky
	culprit run --batch >said
	rm flaky
	grep "^$(full c3) is the first bad commit$" said
	grep "^verifying overturned $(short c5): culprit 2/2 crashed, parent 2/2, revert on culprit left out, revert on bad end left out: the parent shows the bug too: this is not what brought it$" said
'
check "a parent that does not build any more leaves the answer open" '
	found plain.cfg c8 c1
	culprit verify --runs 1 --no-revert
	touch broken
	culprit run --batch >said
	rm broken
	grep "^verified: culprit does not build, parent does not build, " said
	grep "culprit and parent could not both be tested again$" said
	grep "^$(full c5) is the first bad commit$" said
'
check "of a fix the bug comes back without it" '
	git -C "$repo" checkout -q -b fixed c8
	commit f1 "touch o1"
	commit f2 "git show c4:a >a"
	commit f3 "touch o3"
	git -C "$repo" checkout -q main
	rm -rf "$session"
	culprit start --fix -c "$tmp/plain.cfg" c8 f3
	culprit run --batch | grep "^$(full f2) is the first fixed commit$"
	culprit verify --runs 2
	culprit run --batch | grep "^verified: culprit 0/2 crashed, parent 2/2, revert on culprit 2/2, revert on good end 2/2: without the fix the bug is back$"
'
check "a merge is taken back with its first parent kept" '
	git -C "$repo" checkout -q -b left c3
	commit l1 "touch l1"
	git -C "$repo" checkout -q -b right c3
	commit r1 "touch r1"
	(cd "$repo" && git merge -q --no-commit left && sed -i "s/5/bad/" a &&
		git add a && git commit -q -m merge && git tag merge)
	commit m2 "touch m2"
	git -C "$repo" checkout -q main
	begin plain.cfg m2 c1
	culprit run --batch | grep "^$(full merge) is the first bad commit$"
	culprit verify --runs 1
	culprit run --batch >said
	grep "^verified: culprit 1/1 crashed, parent $(short r1) 0/1, parent $(short l1) 0/1, revert on culprit 0/1, revert on bad end 0/1: the revert fixes it$" said
'
check "a session by hand has nothing that could be run" '
	rm -rf "$session"
	culprit start c8 c1
	culprit good c4
	culprit bad c5
	exits 1 culprit verify 2>err
	grep "this session has no test command that could be run" err
'
plan
