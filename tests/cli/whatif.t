#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Past searches with other decisions, and two of them beside each other.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

seeds=$top/tests/data/seeds
session=$tmp/own
line_repo "$tmp/line" 40
export XDG_CACHE_HOME="$tmp/cache"

{ broken_from 25 40 "runs=X"; echo "*"; } |
	fake_settings settings syzkaller/3/3 1
culprit start -c "$tmp/settings" c40 c1 >/dev/null
culprit run --batch >/dev/null

check "without the graph it is said what cannot be known" '
	"$CULPRIT" replay --what-if "skip 4" "$seeds/000.txt" >said
	grep "^What if: skip 6f9b5ed8cadd (step 4), which was good$" said
	grep "^  3 .*4485  good .*4485$" said
	grep "^  4  good 6f9b5ed8cadd .* skip 6f9b5ed8cadd .* changed$" said
	test "$(grep -c " not known$" said)" = 12
	grep "^12 tests (steps 5 to 16) came after that.* cannot be known" said
'
check "today'\''s rule is a what-if that flips one step of seed 000" '
	"$CULPRIT" replay --what-if "policy syzkaller" "$seeds/000.txt" >said
	test "$(grep -c " changed$" said)" = 1
	grep "^Step 4, 6f9b5ed8cadd, is skip, not good" said
	for seed in 002 003 004; do
		"$CULPRIT" replay --what-if "policy syzkaller" \
			"$seeds/$seed.txt" >said
		grep "^Nothing changes by that" said
	done
'
check "a session of one'\''s own has the graph: the rest is worked out" '
	culprit log >before
	culprit replay --what-if "bad 3" >said
	grep "^  3  good $(short c20) .* bad  $(short c20) .* changed$" said
	grep "^  4 .* next $(short c10) .* not made$" said
	grep "^2 tests (steps 1 to 2) would have been made" said
	grep "^4 tests (steps 4 to 7) would not have been made" said
	grep "^Then $(short c10) would be tested next .*nobody tested" said
	grep "^2 verdicts contradict this and are set aside" said
	culprit log | cmp - before
'
check "the session that is worked on has short forms" '
	culprit replay --what-if "bad 3" >wanted
	culprit what-if bad 3 | diff wanted -
	culprit what-if --json "bad 3" | json "j[\"known\"]"
	culprit log --format git >mine.log
	culprit replay --compare "$PWD/mine.log" >wanted
	culprit compare "$PWD/mine.log" | diff wanted -
	culprit compare --json "$PWD/mine.log" >said
	json "\"parting\" in j" <said
'
check "the object has both courses, and where they part" '
	next=$("$CULPRIT" next --repo "$repo" --bad c30 --good c25)
	culprit replay --json --what-if "good $(full c25)" >said
	json "j[\"known\"]" <said
	json "j[\"imagined\"][\"end\"][\"next\"] == \"$next\"" <said
	json "j[\"recorded\"][\"end\"][\"culprit\"] == \"$(full c25)\"" <said
	json "j[\"parting\"][\"kind\"] == \"verdict\"" <said
	json "[s for s in j[\"recorded\"][\"steps\"]
		if s[\"fate\"] == \"changed\"][0][\"verdict\"] == \"bad\"" <said
	json "all(s[\"midpoint\"] in (None, s[\"commit\"])
		for s in j[\"recorded\"][\"steps\"])" <said
'
check "a skip at the border leaves two commits that it may be" '
	culprit replay --what-if "skip 7" >said
	grep "^6 tests (steps 1 to 6) would have been made" said
	culprit replay --json --what-if "skip 7" --what-if "good 5" >said
	json "j[\"parting\"][\"alike\"] == 4" <said
	culprit replay --json --what-if "skip c23" --what-if "skip c24" >said
	json "j[\"imagined\"][\"end\"][\"state\"] == \"only-skipped\"" <said
'
check "a run, and several changes at once" '
	culprit replay --what-if "judge $(short c25)#0 ok" \
		--what-if "judge $(short c25)#1 ok" \
		--what-if "judge $(short c25)#2 ok" >said
	grep "^Step 5, $(short c25), is good, not bad" said
	grep "^4 tests (steps 1 to 4) would have been made" said
'
check "what cannot be imagined is said, with status 1" '
	exits 1 culprit replay --what-if "skip 99" 2>err
	grep "^culprit: there is no step 99: the search has [0-9]*$" err
	exits 1 culprit replay --what-if "wish me luck" 2>err
	grep "^culprit: .wish. cannot be imagined: expected good, bad" err
	exits 1 culprit replay --what-if "judge 3#77 ok" 2>err
	grep "has no finished run 77" err
	exits 1 culprit replay --what-if "policy none" 2>err
	grep "is not a policy" err
	exits 1 culprit replay --check --what-if "skip 3" 2>err
	grep "stand alone" err
	exits 1 culprit replay --what-if "matching title" --at 99 2>err
	grep "there is no step 99" err
'
check "a log of git, with its repository, and midpoints that differ are named" '
	culprit log --format git >log
	"$CULPRIT" replay log --repo "$repo" --what-if "skip 3" >said
	fails grep "git today would test" said
	sed "s/$(full c20)/$(full c19)/" log >other
	"$CULPRIT" replay other --repo "$repo" --what-if "skip 3" >said
	grep "^At step 3 git today would test $(short c20), the log tested" said
'
check "two pasts: where they part, and what differs after it" '
	"$CULPRIT" replay log --compare other >said
	grep "^They part at step 3: log tests $(short c20), other tests" said
	grep "^Only log tests 1 commit: $(short c20) good" said
	grep "^Both come to this: $(short c25) is the first bad commit" said
	"$CULPRIT" replay log --compare log >said
	grep "^Both are the same search" said
	"$CULPRIT" replay --json log --compare other >said
	json "j[\"parting\"][\"kind\"] == \"commit\"" <said
	json "j[\"parting\"][\"alike\"] == 2" <said
	json "j[\"parting\"][\"same_end\"]" <said
	"$CULPRIT" replay log --compare "$seeds/000.txt" >said
	grep "^They are two searches" said
'
check "a fork and its origin" '
	exits 1 culprit replay --compare origin 2>err
	grep "is no fork" err
	at=$(culprit log | sed -n "s/^ *\([0-9]*\) .* good $(short c20).*/\1/p")
	culprit fork other-way --at "$at" >said
	session=$tmp/other-way
	culprit bad "$(short c20)" -m "looked at it" >said
	culprit replay --compare origin >said
	grep "^They part at step 3: $(short c20) is bad in other-way, good in" \
		said
	session=$tmp/own
'
plan
