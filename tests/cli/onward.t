#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A past bisection that goes on for real, in a repository.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

session=$tmp/own
line_repo "$tmp/line" 40
export XDG_CACHE_HOME="$tmp/cache"

{ broken_from 25 40 "runs=X"; echo "*"; } |
	fake_settings settings syzkaller/3/3 1
culprit start -c "$tmp/settings" c40 c1 >/dev/null
culprit run --batch >/dev/null
culprit log --format git >git.log
culprit log --format syzbot >syzbot.log

# here WORDS...: the program in the repository, on its current session
here()
{
	(cd "$repo" && "$CULPRIT" "$@")
}

check "it is asked first: what it would be, and what is missing" '
	exits 2 here replay "$tmp/git.log" --continue --at 4 >said
	grep "^git.log, up to step 4 of 7, would become a session of $repo" said
	grep "^settings: none: build and test by hand, or --continue -c" said
	grep "^--yes makes it" said
	test ! -e "$repo/.git/culprit"
	exits 2 here replay "$tmp/git.log" --continue -c "$tmp/settings" >said
	grep "^settings: $tmp/settings$" said
	fails grep "nothing says" said
'
check "verdicts of the log count, the rest is tested for real" '
	here replay "$tmp/git.log" --continue --at 4 --yes \
		-c "$tmp/settings" >said
	grep "^session .*/1 goes on from step 4 of git.log" said
	grep "^Bisecting: 4 revisions left" said
	here log >said
	grep "bad $(short c30) .*by import" said
	grep "note: continued from git.log at step 4 of 7" said
	here run --batch >said
	grep "^$(full c25) is the first bad commit" said
	here log >said
	test "$(grep -c "end run .* of $(short c20)" said)" = 0
	test "$(grep -c "end run .* of $(short c25)" said)" = 3
	here status --json | json "j[\"culprit\"] == \"$(full c25)\""
'
check "runs of a log of syzbot'\''s are evidence" '
	here replay "$tmp/syzbot.log" --continue --at 5 --yes \
		-c "$tmp/settings" >said
	here log >said
	test "$(grep -c "end run .* of $(short c20): ok" said)" = 3
	here status >said
	grep "bad  *$(short c25) .* XXX" said
	here run --batch >said
	grep "^$(full c25) is the first bad commit" said
'
check "without settings it is driven by hand, where the worktree is put" '
	here replay "$tmp/git.log" --continue --at 3 --yes >said
	grep "^checked out in " said
	test "$(cat "$repo/.git/culprit/3/worktree/number")" = 30
	here bad >/dev/null
	here status >said
	grep "bad . *$(short c30)" said
'
check "what is imagined is decided, from the step that it changes" '
	here replay "$tmp/git.log" --repo "$repo" --continue --yes \
		--what-if "bad 3" -c "$tmp/settings" >said
	grep "goes on from step 3 of git.log" said
	grep "^.$(full c10). commit 10$" said
	here log >said
	grep "bad $(short c20) (by .*@" said
'
check "what is imagined of later runs leaves nothing behind" '
	ls "$repo/.git/culprit" >before
	exits 1 here replay "$tmp/syzbot.log" --repo "$repo" --continue \
		--at 3 --yes --what-if "judge 6#0 ok" -c "$tmp/settings" 2>err
	grep "has no finished run 0" err
	ls "$repo/.git/culprit" | sed /current/d >after
	sed /current/d before | diff - after
'
check "commits that the repository lacks stay behind, and are counted" '
	lost=0123456789012345678901234567890123456789
	sed "s/$(full c22)/$lost/" git.log >other.log
	exits 2 here replay "$tmp/other.log" --continue >said
	grep "^commits: the repository lacks 1, as 012345678901" said
	here replay "$tmp/other.log" --continue --yes >said
	here log >said
	fails grep 012345678901 said
	sed "s/$(full c40)/$lost/" git.log >other.log
	exits 1 here replay "$tmp/other.log" --continue 2>err
	grep "^culprit: the bad commit 012345678901 is not in this repo" err
'
check "before both ends are known there is nothing to go on from" '
	exits 1 here replay "$tmp/git.log" --continue --at 1 2>err
	grep "^culprit: no good commit is known by then: continue from a later" err
	exits 1 here replay "$tmp/git.log" --continue --at 99 2>err
	grep "there is no step 99" err
	exits 1 here replay "$tmp/git.log" --yes 2>err
	grep "^culprit: --yes is for --continue" err
	mkdir nowhere
	(cd nowhere && GIT_CEILING_DIRECTORIES=$tmp \
		exits 1 "$CULPRIT" replay ../git.log --continue) 2>err
	grep "a repository is needed (--repo)" err
'
check "a session from elsewhere brings its evidence, and runs nothing unseen" '
	culprit export "$tmp/s.culprit" >/dev/null
	git clone -q "$repo" copy
	cd copy
	exits 2 "$CULPRIT" replay ../s.culprit --continue --at 4 >../said
	grep "^settings: those that came with it wait to be trusted" ../said
	"$CULPRIT" replay ../s.culprit --continue --at 4 --yes >../said
	grep "^session .*copy/.git/culprit/1 goes on from step 4" ../said
	grep "^see .culprit trust." ../said
	exits 1 "$CULPRIT" run --batch 2>../err
	grep trust ../err
	"$CULPRIT" trust --yes
	"$CULPRIT" run --batch >../said
	grep "^$(full c25) is the first bad commit" ../said
	"$CULPRIT" log >../said
	test "$(grep -c "end run .* of $(short c20): ok" ../said)" = 3
	test -s ".git/culprit/1/runs/$(full c20)/0.console"
	exits 1 "$CULPRIT" replay ../s.culprit --continue -c ../settings \
		2>../err
	grep "keeps the settings" ../err
'
plan
