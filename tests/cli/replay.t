#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit replay`: the seeds beside another reading of them, the audit, logs
# of git's, and what is no log at all.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

seeds=$top/tests/data/seeds
line_repo "$tmp/line" 40
export XDG_CACHE_HOME="$tmp/cache"

check "every field of the seeds is as another reading has it" '
	command -v python3 >/dev/null || { echo "no python3"; exit; }
	python3 "$top/tests/cli/replay.py" "$seeds"/*.txt >said || {
		cat said
		exit 1
	}
	grep "fields compared" said
	test "$(sed "s/ .*//" said)" -gt 800
'
check "a seed that is cut off comes back as far as it goes" '
	command -v python3 >/dev/null || { echo "no python3"; exit; }
	python3 "$top/tests/cli/replay.py" --cut "$seeds/001.txt" 211
'
check "the audit names the one verdict that the rule of today would not give" '
	"$CULPRIT" replay --check "$seeds/000.txt" >said
	test "$(grep -c "^! rule" said)" = 1
	grep "^! rule .* step 4, 6f9b5ed8cadd: recorded good, .* says skip" said
	test "$(grep -c "^[1-5]\. " said)" = 5
	grep "^4\. .* agrees with 15 of 16 verdicts" said
	for seed in 001 002 003 004; do
		"$CULPRIT" replay --check "$seeds/$seed.txt" >said
		fails grep "^! rule" said
	done
'
check "the audit names a title that drifts, and steps that gained nothing" '
	"$CULPRIT" replay --check "$seeds/001.txt" >said
	grep "^! titles .*collapse_file.* but 5 of the 5 bad .*retract_page" said
	"$CULPRIT" replay --check "$seeds/004.txt" >said
	grep "^! waste .* 9 steps (5 to 13) after the skip of step 4 " said
	grep "from 6895 to 5573 left" said
'
check "the audit is in the object too, under another policy if wanted" '
	"$CULPRIT" replay --check --json --policy exit-code "$seeds/000.txt" \
		>said
	grep "\"findings\":\[{\"kind\":\"numbers\"" said
	fails grep "\"kind\":\"rule\",\"text\":\"step 4" said
'
check "numbers that contradict each other are named" '
	sed "s/^revisions tested: 16/revisions tested: 15/
		s/^Bisecting: 133 /Bisecting: 433 /" "$seeds/000.txt" >wrong
	"$CULPRIT" replay --check wrong >said
	grep "^! numbers .* 15 revisions were tested, but 16 are told" said
	grep "^! numbers .* more is left than before: 261, then 433" said
	grep "^5\. look first where it contradicts itself" said
'
check "the table has a line a step" '
	"$CULPRIT" replay --print "$seeds/003.txt" >said
	test "$(grep -cE "^ +[0-9]+ +(good|bad|skip) " said)" = 16
	tail -n 1 said | grep "^71335f37c5e8.* is the first bad commit$"
	"$CULPRIT" replay "$seeds/003.txt" | diff said -
'
check "nothing is left behind, and a session folder is where it was asked for" '
	mkdir here
	TMPDIR=$tmp/here "$CULPRIT" replay --json "$seeds/003.txt" >/dev/null
	rmdir here
	test ! -e "$XDG_CACHE_HOME"
	"$CULPRIT" --session-dir s replay --print "$seeds/003.txt" >said
	"$CULPRIT" --session-dir s log --format syzbot | cmp - "$seeds/003.txt"
	"$CULPRIT" replay --print s | diff said -
	"$CULPRIT" replay --print s/session.db | diff said -
	"$CULPRIT" --session-dir s export s.culprit
	"$CULPRIT" replay --print s.culprit | diff said -
'

git_log()
{
	git -C "$repo" bisect reset >/dev/null 2>&1 || true
	git -C "$repo" bisect "$@" >/dev/null
}

# git_search FIRST_BAD: answer until git is done
git_search()
{
	until git -C "$repo" bisect log | grep "^# first "; do
		n=$(cat "$repo/number")
		term=$old
		test "$n" -lt "$1" || term=$new
		git -C "$repo" bisect $term >/dev/null || true
	done
}

check "a log of git is read, and git takes what comes out of it" '
	old=good new=bad
	git_log start c40 c1
	git -C "$repo" bisect skip >/dev/null
	git_search 23
	git -C "$repo" bisect log >log
	"$CULPRIT" replay --json log >said
	grep "\"format\":\"git\"" said
	grep "\"unsure_line\":null" said
	grep "\"result\":\"found\"" said
	grep "\"culprit\":\"$(full c23)\"" said
	grep "\"subject\":\"commit 23\"" said
	"$CULPRIT" replay --export git log >again
	git -C "$repo" bisect reset >/dev/null
	git -C "$repo" bisect replay "$(pwd)/again" >out
	grep "^$(full c23) is the first bad commit" out
	test "$(grep -c "^git bisect" again)" = \
		"$(grep -c "^git bisect" log)"
'
check "its terms stay, and that nothing was to be checked out" '
	old=fast new=slow
	git_log start --term-new=slow --term-old=fast c40 c1
	git_search 23
	git -C "$repo" bisect log |
		sed "s/^git bisect start /&--no-checkout /" >terms.log
	git -C "$repo" bisect reset >/dev/null
	"$CULPRIT" replay --export git terms.log >again
	grep "^git bisect start .*--no-checkout" again
	test "$(grep -c "^git bisect slow" again)" = \
		"$(grep -c "^git bisect slow" terms.log)"
	git -C "$repo" bisect replay "$(pwd)/again" >out
	grep "^$(full c23) is the first slow commit" out
	git -C "$repo" bisect reset >/dev/null
'
check "with its repository the midpoints are worked out again" '
	"$CULPRIT" replay --check --repo "$repo" log >said
	grep "^  graph .* git would have tested the same commits" said
	"$CULPRIT" replay --json --repo "$repo" log >said
	grep "\"left\":19" said
	sed "s/$(full c21)/$(full c20)/" log >other
	"$CULPRIT" replay --check --repo "$repo" other >said
	grep "^! graph .* was tested where git would have tested" said
'
check "the border is the culprit, though another commit was marked later" '
	printf "git bisect %s\n" start "bad $(full c4)" "good $(full c1)" \
		"bad $(full c2)" "bad $(full c3)" >later
	echo "# first bad commit: [$(full c2)] commit 2" >>later
	"$CULPRIT" replay --check later >said
	grep "^2. the border: $(full c2 | cut -c1-12) bad.*; $(full c1 |
		cut -c1-12) good" said
'
check "a repository that lacks its commits is told what to do" '
	lacks=$(full c40 | tr 0-9a-f 1-9a-f0)
	sed "s/$(full c40)/$lacks/" log >other
	grep "$lacks" other
	fails "$CULPRIT" replay --print --repo "$repo" other 2>err
	grep "^culprit: cannot read commit $lacks: .* fetch it, or name" err
'
check "its repository knows what names and short ids meant" '
	git -C "$repo" tag -f v1 c1
	{
		echo "git bisect start c40 v1"
		echo "git bisect bad $(git -C "$repo" rev-parse --short=9 c20)"
		echo "git bisect good HEAD~4"
	} >log
	"$CULPRIT" replay --json --repo "$repo" log >said 2>err
	grep "{\"commit\":\"$(full c1)\",[^}]*\"verdict\":\"good\"" said
	grep "{\"commit\":\"$(full c20)\",[^}]*\"verdict\":\"bad\"" said
	grep "line 3: .* that is called .HEAD~4." err
	"$CULPRIT" replay --json log >said 2>err
	grep "\"steps\":\[\]" said
	grep "line 1: .* that is called .c40." err
'
check "terms of one'\''s own are understood, and which way they search" '
	old=slow new=fast
	git_log start --term-old slow --term-new fast c40 c1
	git_search 12
	git -C "$repo" bisect log >log
	"$CULPRIT" replay --json log >said
	grep "\"fix\":true" said
	grep "\"culprit\":\"$(full c12)\"" said
	grep "{\"commit\":\"$(full c40)\",[^}]*\"verdict\":\"good\"" said
	old=old new=new
	git_log start
	git -C "$repo" bisect new c40 >/dev/null
	git -C "$repo" bisect old c2 >/dev/null
	git_search 30
	git -C "$repo" bisect log >log
	"$CULPRIT" replay --json log >said
	grep "\"fix\":false" said
	grep "\"culprit\":\"$(full c30)\"" said
'
check "a session of our own can be told as syzbot would, and read again" '
	{ broken_from 25 40 "runs=X"; echo "*"; } |
		fake_settings settings syzkaller/3/3 1
	(cd "$repo" &&
		"$CULPRIT" --session-dir "$tmp/own" start -c "$tmp/settings" \
			c40 c1)
	(cd "$repo" && "$CULPRIT" --session-dir "$tmp/own" run --batch) >out
	grep "^$(full c25) is the first bad commit" out
	"$CULPRIT" --session-dir own log --format syzbot >log
	"$CULPRIT" replay --json log >said
	grep "\"format\":\"syzbot\"" said
	grep "\"unsure_line\":null" said
	grep "\"culprit\":\"$(full c25)\"" said
	"$CULPRIT" replay --check log >said
	grep "^  rule " said
	fails grep "^! " said
'
check "what is no log is said so, with status 1" '
	head -c 100000 /dev/urandom >junk
	exits 1 "$CULPRIT" replay --json junk >said 2>err
	grep "^culprit: .junk. is no log of a bisection that culprit knows" err
	grep "\"format\":null" said
	exits 1 "$CULPRIT" replay --print missing 2>err
	grep "^culprit: cannot open .missing.: No such file" err
	exits 1 "$CULPRIT" replay 2>err
	grep "name a log, an exported session" err
'
check "a mail that only names its log says where to get it, with status 1" '
	cat >mail <<-END
	Subject: [syzbot] WARNING in example_open

	syzbot has bisected this issue to:

	bisection log:  https://syzkaller.example/x/bisect.txt?x=3D1234

	kernel config:  https://syzkaller.example/x/.config?x=3D5678
	END
	exits 1 "$CULPRIT" replay --print mail >said 2>err
	grep "that it names, https://syzkaller.example/x/bisect.txt?x=1234$" err
	test ! -s said
'
check "a mail before the log is no part of it, what is before a cut is unsure" '
	{ cat mail; echo; cat "$seeds/002.txt"; } >pasted
	"$CULPRIT" replay --json pasted >said 2>err
	test ! -s err
	grep "\"unsure_line\":null" said
	"$CULPRIT" replay --export syzbot pasted | cmp - pasted
	{ echo "ashed: WARNING in example_open"; cat "$seeds/002.txt"; } >cut
	"$CULPRIT" replay --print cut 2>err
	grep "^culprit: .cut., line 1: reading became unsure" err
'
check "what is too long, and what is empty, is said" '
	{ cat "$seeds/002.txt"; yes "a line" | head -c 70000000; } >long
	"$CULPRIT" replay --check long >said 2>err
	grep "^culprit: .long. is longer than 64 MB: the rest was not read" err
	grep "^! reading .* longer than 64 MB" said
	"$CULPRIT" replay --export syzbot long 2>/dev/null | cmp -n 67108864 \
		- long
	rm long
	: >empty
	exits 1 "$CULPRIT" replay --print empty 2>err
	grep "^culprit: .empty. is empty" err
'
check "of a part of a log it is said that it is one" '
	sed "1,/^# git bisect start/d" "$seeds/001.txt" >part
	"$CULPRIT" replay --check part >said
	grep "^! reading .* its beginning is missing: of 16 revisions" said
	grep "^5\. get the whole log first" said
	test "$(sed "1,/^How far/d" said | wc -l)" -le 5
	sed "s/^/> /" part >quoted
	"$CULPRIT" replay --check quoted | diff said -
	"$CULPRIT" replay --export syzbot quoted | cmp - quoted
'
check "a log from standard input, and where reading became unsure" '
	sed "5s/.*/words of another year/" "$seeds/002.txt" |
		"$CULPRIT" replay --print - >said 2>err
	grep "^culprit: .-., line 5: reading became unsure: " err
	test "$(grep -cE "^ +[0-9]+ +(good|bad|skip) " said)" = 16
'
plan
