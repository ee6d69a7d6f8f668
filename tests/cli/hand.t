#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A session that a person drives by hand, without any settings: git's words,
# git's choices, and nothing of the user's is touched.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

# beside_git BAD GOOD IS_NEW: the same bisection with git in a clone and with
# culprit, step by step, each step's words compared.  IS_NEW: a command that
# says of $commit whether it is of the newer kind.  $old and $new are the
# words; $goods may be more than one.
beside_git()
{
	rm -rf theirs "$session"
	git clone -q "$repo" theirs
	git -C theirs bisect start $terms >/dev/null
	if test "$new" = bad; then
		culprit start "$1" $2 >ours.said
	else
		culprit start --fix $2 "$1" >ours.said
	fi
	for mark in $2; do
		git -C theirs bisect "$4" "$mark" >theirs.said 2>&1
	done
	git -C theirs bisect "$5" "$1" >theirs.said 2>&1
	steps=0
	while :; do
		sed -i '/^session /d; /^checked out in /d; /^test it there/d' ours.said
		head -n "$(wc -l <ours.said)" theirs.said | cmp - ours.said ||
			{ cat theirs.said ours.said; return 1; }
		grep -q "is the first" ours.said && break
		commit=$(sed -n 's/^\[\(.*\)\] .*/\1/p' ours.said)
		if eval "$3"; then
			git -C theirs bisect "$5" >theirs.said 2>&1
			culprit "$new" >ours.said
		else
			git -C theirs bisect "$4" >theirs.said 2>&1
			culprit "$old" >ours.said
		fi
		steps=$((steps + 1))
	done
	echo "$steps steps"
	test $steps -ge 4
}

line_repo "$tmp/line" 40
session=$tmp/session

check "every step on a line of commits has git's words and git's choice" '
	terms= old=good new=bad
	beside_git c40 c2 "test \$(git -C line show \$commit:number) -ge 23" \
		good bad
	grep "^$(full c23) is the first bad commit$" ours.said
'
check "a search for the fix has git's words for other terms" '
	terms="--term-old=broken --term-new=fixed" old=bad new=good
	beside_git c40 c2 "test \$(git -C line show \$commit:number) -ge 17" \
		broken fixed
	grep "^$(full c17) is the first fixed commit$" ours.said
'
check "where one commit can be it there is nothing to test, nor a word of that" '
	rm -rf "$session"
	culprit start c8 c7 >said
	grep "^$(full c8) is the first bad commit$" said
	fails grep "test it there" said
	test ! -e "$session/worktree"
'

# two lines that fork at a commit named base and are merged twice
git init -q -b main forked
(
	cd forked || exit 1
	n=0
	grow()
	{
		for _ in $(seq "$1"); do
			n=$((n + 1))
			export GIT_AUTHOR_DATE="$((1700000000 + n * 60)) +0000"
			export GIT_COMMITTER_DATE="$GIT_AUTHOR_DATE"
			git commit -q --allow-empty -m "$branch $n"
		done
	}
	branch=trunk && grow 5 && git tag base
	git checkout -q -b side && branch=side && grow 6 && git tag side6
	git checkout -q main && branch=main && grow 6 && git tag main6
	git merge -q -m "merge one" side && branch=late && grow 4
	git tag guilty
	git checkout -q side && branch=more && grow 5
	git checkout -q main && git merge -q -m "merge two" side && grow 3
	git tag tip
) || exit 1
repo=$tmp/forked

check "every step on a history with merges, too" '
	terms= old=good new=bad
	beside_git tip base "git -C forked merge-base --is-ancestor guilty \
		\$commit" good bad
	grep "^$(full guilty) is the first bad commit$" ours.said
'
check "a good commit beside the bad one: git's merge base is tested first" '
	terms= old=good new=bad
	beside_git main6 side6 "git -C forked merge-base --is-ancestor \
		main6~1 \$commit" good bad
	culprit log | grep "good $(short base)"
'
check "a bad merge base is said, with what it means" '
	rm -rf "$session"
	culprit start main6 side6 | grep "a merge base must be tested"
	culprit bad >out
	grep "merge base $(short base) is bad" out
	grep "fixed between" out
	culprit status --json | json "j[\"state\"] == \"merge-base-bad\" and
		j[\"needs_person\"]"
'

# From here on: what a person gives, takes back and changes.
repo=$tmp/line

check "commits are named by HEAD~n, tags and short ids" '
	rm -rf "$session"
	culprit start HEAD~10 "$(git -C line rev-parse --short=8 c10)"
	culprit status --json >out
	json "j[\"bad\"] == \"$(full c30)\" and
		j[\"good\"] == [\"$(full c10)\"]" <out
	culprit good c14
	culprit bad HEAD~15
	culprit skip "$(git -C line rev-parse --short=7 c20)"
	culprit status --json >out
	json "j[\"bad\"] == \"$(full c25)\" and
		\"$(full c14)\" in j[\"good\"] and
		j[\"suspects\"] == 11" <out
'
check "the session's worktree is where the next test is" '
	testing=$(git -C "$session/worktree" rev-parse HEAD)
	culprit status --json | json "j[\"testing\"] == \"$testing\""
	culprit status | grep "^by hand: test what is in $session/worktree,"
'
check "a mistake is undone, and the undo too" '
	rm -rf "$session"
	culprit start c40 c1
	culprit status >before
	culprit bad >out
	culprit status >mistaken
	culprit undo >out
	grep "^undone: bad" out
	culprit status >after
	cmp before after
	culprit redo >out
	grep "^redone: bad" out
	culprit status >after
	cmp mistaken after
	culprit undo
	culprit good
	exits 1 culprit redo 2>err
	grep "nothing to redo" err
'
check "several decisions are undone at once, the last first" '
	rm -rf "$session"
	culprit start c40 c1
	culprit good
	culprit status >one
	culprit good
	culprit bad
	culprit skip
	culprit undo 3 >out
	test "$(grep -c "^undone: " out)" = 3
	culprit status >after
	cmp one after
	culprit redo 3 >out
	test "$(grep -c "^redone: " out)" = 3
'
check "a verdict is changed by giving another one, or taken back" '
	rm -rf "$session"
	culprit start c40 c1
	culprit good c20
	culprit bad c20 | grep "^$(short c20) was good so far$"
	culprit status --json | json "j[\"bad\"] == \"$(full c20)\""
	culprit retract c20 -m "wrong machine"
	culprit status --json | json "j[\"bad\"] == \"$(full c40)\" and
		j[\"good\"] == [\"$(full c1)\"]"
	culprit log | grep "retract $(short c20): wrong machine"
'
check "a mistake found late is mended and the right commit comes out" '
	rm -rf "$session"
	culprit start c40 c1
	culprit bad c15
	culprit good c14 >out
	grep "^$(full c15) is the first bad commit" out
	culprit retract c15
	culprit good c15
	culprit good c20
	culprit bad c22
	culprit good c21 >out
	grep "^$(full c22) is the first bad commit" out
'
check "verdicts that contradict each other are refused, with the way out" '
	rm -rf "$session"
	culprit start c40 c1
	culprit good c20
	culprit log >before
	exits 1 culprit bad c10 2>err
	grep "^culprit: " err
	grep "$(short c20)" err
	culprit log | cmp before -
'
check "a picked commit is tested next, one with a verdict is not" '
	rm -rf "$session"
	culprit start c40 c10
	culprit pick c33 | grep "^\[$(full c33)\]"
	culprit bad | grep "revisions left to test"
	culprit status --json | json "j[\"bad\"] == \"$(full c33)\""
	exits 1 culprit pick c33 2>err
	grep "verdict already" err
'
check "skipping moves on, and a range is skipped as git skips it" '
	rm -rf "$session" theirs
	git clone -q "$repo" theirs
	git -C theirs bisect start c40 c1 >/dev/null
	git -C theirs bisect skip >theirs.said
	culprit start c40 c1
	culprit skip | sed "/^checked out/d" | cmp - theirs.said
	git -C theirs bisect skip c10..c30 >/dev/null
	culprit skip c10..c30 -m "does not build" >out
	test "$(git -C theirs rev-parse HEAD)" = \
		"$(sed -n "s/^\[\(.*\)\] .*/\1/p" out)"
'
check "only skipped commits left is said in git's words" '
	rm -rf "$session" theirs
	git clone -q "$repo" theirs
	git -C theirs bisect start c12 c8 >/dev/null
	git -C theirs bisect skip c8..c11 >theirs.said || test $? = 2
	culprit start c12 c8
	culprit skip c8..c11 >out
	head -n "$(wc -l <theirs.said)" out >ours
	sort theirs.said >theirs.sorted
	sort ours | diff theirs.sorted -
	culprit status --json | json "j[\"state\"] == \"only-skipped\" and
		j[\"needs_person\"] and sorted(j[\"candidates\"]) == sorted([
		\"$(full c9)\", \"$(full c10)\", \"$(full c11)\",
		\"$(full c12)\"])"
	culprit undo | grep "left to test after this"
'
check "the ends are moved beyond the first ones, either way" '
	rm -rf "$session"
	culprit start c20 c15
	culprit retract c15 | grep "a good commit is needed"
	culprit good c5 | grep "^Bisecting: 7 revisions left"
	culprit retract c20 | grep "a bad commit is needed"
	culprit bad c35 | grep "^Bisecting: 14 revisions left"
	culprit good c30
	culprit bad c31 | grep "^$(full c31) is the first bad commit$"
'
check "a wider range is read whole, though one way through it was known" '
	repo=$tmp/round
	line_repo "$repo" 40
	(
		cd "$repo" &&
		git checkout -q c1 && git commit -q --allow-empty -m side &&
		git tag side && git checkout -q c40 &&
		git merge -q -m round side && git tag round
	)
	rm -rf "$session"
	culprit start round c1 c30 | grep "^Bisecting: 5 revisions left"
	culprit status --json | json "j[\"steps\"][1][\"left\"] is None"
	culprit retract c30 >said
	git -C "$repo" rev-list --bisect-vars round ^c1 >vars
	. ./vars
	grep "^Bisecting: $bisect_good revisions left" said
	grep "^\\[$bisect_rev\\]" said
'
check "a commit newer than the bad one, or older than the good one, is known" '
	rm -rf "$session"
	culprit start c20 c15
	culprit bad c30
	culprit good c3
	culprit status --json | json "j[\"bad\"] == \"$(full c20)\" and
		j[\"suspects\"] == 5"
	exits 1 culprit good c31 2>err
	grep "$(short c31).*retract" err
'
check "more runs are refused where there is no test that could be run" '
	rm -rf "$session"
	culprit start c40 c1
	exits 1 culprit more c20 3 2>err
	grep "no test command" err
'
check "a note is one argument or several words" '
	culprit note "looks like the scheduler"
	culprit note two words
	culprit log >out
	grep "note: looks like the scheduler" out
	grep "note: two words" out
'
check "several commits are good, or skipped, at once: all or none" '
	rm -rf "$session"
	culprit start c40 c1
	exits 1 culprit good c10 nonsense 2>err
	culprit status >out
	exits 1 grep "$(short c10)" out
	culprit good c10 c12
	culprit skip c20 c30..c32 c25
	culprit status >out
	grep "good\* $(short c10)" out
	grep "good\* $(short c12)" out
	grep "skip\* $(short c25)" out
	culprit log | grep "skip $(short c30)..$(short c32)"
	exits 1 culprit bad c38 c39 2>err
	grep "usage: culprit bad" err
'
check "reset leaves the session: no worktree, and its evidence stays" '
	rm -rf plain && git clone -q "$tmp/line" plain
	"$CULPRIT" -C plain start c9 c1
	test -e plain/.git/culprit/1/worktree/number
	"$CULPRIT" -C plain reset >out
	grep "stays in $tmp/plain/.git/culprit/1$" out
	test ! -e plain/.git/culprit/1/worktree
	test "$(git -C plain worktree list | wc -l)" = 1
	exits 1 "$CULPRIT" -C plain status 2>err
	grep "no session is the current one: take one of" err
	"$CULPRIT" -C plain --session-dir .git/culprit/1 status
	rm -rf plain
'
check "nothing else of it stays, neither with git nor in the folder" '
	git clone -q "$tmp/line" plain
	(cd plain/.git && find . -not -path "./objects/*") | sort >before
	cat >plain.cfg <<-SETTINGS
	build = { command = "true"; ahead = 2; };
	test = { command = "touch junk; test \$(cat number) -lt 5; exit 125"; };
	SETTINGS
	"$CULPRIT" -C plain start -c "$tmp/plain.cfg" c9 c1
	exits 2 "$CULPRIT" -C plain run --batch
	test -e plain/.git/culprit/1/worktree/junk
	# what a cluster, a reproducer in C and a power cut leave
	mkdir plain/.git/culprit/1/jobs
	touch plain/.git/culprit/1/jobs/a-1.ticket plain/.git/culprit/1/jobs.state
	touch plain/.git/culprit/1/reproducer plain/.git/culprit/1/reproducer.from
	echo "1 here of-an-earlier-boot" >plain/.git/culprit/1/lock
	"$CULPRIT" -C plain reset
	(cd plain/.git && find . -not -path "./objects/*") | sort |
		comm -13 before - | grep -v "^./culprit/1/\(runs\|builds\)/" >left
	printf "./culprit%s\n" "" /1 /1/builds /1/culprit.cfg \
		/1/culprit.cfg.folder /1/runs /1/session.db | diff - left
	"$CULPRIT" -C plain switch 1
	"$CULPRIT" -C plain more c5 2
	exits 2 "$CULPRIT" -C plain run --batch
	test -e plain/.git/culprit/1/worktree/junk
	rm -rf plain
'
check "without --session-dir the session is in the repository" '
	repo=$tmp/plain
	git clone -q "$tmp/line" plain
	"$CULPRIT" -C plain start c9 c1 >out
	grep "^session $tmp/plain/.git/culprit/1$" out
	"$CULPRIT" -C plain good c5
	mkdir -p plain/deep/er
	cd plain/deep/er
	"$CULPRIT" bad c7
	"$CULPRIT" bad c6 | grep "^$(full c6) is the first bad commit"
	cd ../..
	"$CULPRIT" start c20 c10 >out
	grep "before this one stays in $tmp/plain/.git/culprit/1$" out
	grep "^session $tmp/plain/.git/culprit/2$" out
'
check "a dirty checkout, index, stash and refs stay byte for byte" '
	git clone -q "$tmp/line" dirty
	repo=$tmp/dirty session=$tmp/elsewhere
	cd dirty
	echo stashed >>number && git stash -q
	echo staged >new && git add new && echo more >>new
	echo changed >>number && echo untracked >loose
	git update-index -q --refresh || :
	users_things . >../before
	culprit start HEAD~2 c3
	culprit good
	culprit bad
	culprit skip
	culprit undo 2
	culprit good c30
	culprit bad c32
	culprit bad c31 | grep "is the first bad commit"
	culprit log
	culprit status --json
	users_things . >../after
	diff ../before ../after
	rm -rf "$session"
	culprit start HEAD~2 c3
	culprit good
	users_things . | diff ../before -
'
check "a verdict can be pinned, and taken back" '
	repo=$tmp/line
	rm -rf "$session"
	culprit start c40 c1
	fails culprit pin c20 2>err
	grep "has no verdict that could be pinned: say good or bad" err
	fails culprit pin c20 skip 2>err
	grep "cannot be beyond doubt: good or bad" err
	culprit pin c20 good -m "it is documented"
	culprit log | grep "good $(short c20), beyond doubt: it is documented (by "
	culprit status | grep "good! $(short c20) "
	culprit status --json | json "[s[\"pinned\"] for s in j[\"steps\"]] == [False, False, True]"
	culprit retract c20
	culprit bad c20
	culprit pin c20
	culprit log | grep "bad $(short c20), beyond doubt (by "
'

plan
