#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit log --format git`: what git makes of it is what was found here.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

line_repo "$tmp/line" 20
session=$tmp/session

begin()
{
	rm -rf "$session"
	culprit start "$@"
}

# replayed FILE: what git says at last when it reads the log in a clone.
replayed()
{
	rm -rf clone
	git clone -q "$repo" clone
	git -C clone bisect replay "$(pwd)/$1"
}

check "git replays it and finds the same commit" '
	begin c20 c1
	culprit good c10
	culprit bad c15
	culprit good c12
	culprit bad c14
	culprit good c13
	culprit log --format git >log
	replayed log >said
	grep "^$(full c14) is the first bad commit$" said
	grep "^# first bad commit: \[$(full c14)\] commit 14$" log
	test "$(grep -c "^git bisect" log)" = 8
'
check "it is what git writes itself" '
	git -C clone bisect log >theirs
	grep -v "^# status: " theirs >theirs.marks
	grep -v "^# status: " log | diff theirs.marks -
'
check "what was taken back is not in it" '
	begin c20 c1
	culprit bad c10
	culprit undo
	culprit good c10
	culprit good c12
	culprit retract c12
	culprit log --format git >log
	grep "^git bisect good $(full c10)$" log
	fails grep "bad $(full c10)" log
	fails grep "$(full c12)" log
	replayed log >said
	grep "^Bisecting: 4 revisions left to test after this" said
	culprit status | grep "^Bisecting: 4 revisions left to test after this"
'
check "skipped ranges are in it commit by commit" '
	begin c20 c1
	culprit bad c12
	culprit good c6
	culprit skip c6..c11 -m "do not build"
	culprit log --format git >log
	test "$(grep -c "^git bisect skip" log)" = 5
	grep "^# possible first bad commit: \[$(full c12)\] commit 12$" log
	exits 2 replayed log >said
	grep "only .skip.ped commits left" said
	sed -n "s/^# possible first bad commit: .\([0-9a-f]*\).*/\1/p" log |
		sort >ours
	grep -E "^[0-9a-f]{40}$" said | sort | diff - ours
'
check "a search for a fix has its terms" '
	begin --fix c1 c20
	culprit bad c10
	culprit good c12
	culprit good c11
	culprit log --format git >log
	grep "^git bisect broken $(full c10)$" log
	replayed log >said
	grep "^$(full c11) is the first fixed commit$" said
'
check "a subject cannot add a line to it" '
	tree=$(git -C "$repo" rev-parse "c20^{tree}")
	evil=$(printf "one\rgit bisect good c5\n" |
		git -C "$repo" commit-tree "$tree" -p c20)
	begin "$evil" c1
	culprit log --format git >log
	test "$(grep -c "^git bisect" log)" = 3
	fails grep "^git bisect good c5" log
'
check "an unknown format is refused" '
	exits 1 culprit log --format xml 2>err
	grep "not a format: expected text, git, syzbot or json" err
'
check "-f goes on with a line an event, until nobody reads it" '
	begin c20 c1
	"$CULPRIT" --session-dir "$session" log -f >followed &
	follower=$!
	until_true "grep \"good $(full c1 | cut -c1-12)\" followed"
	culprit note "a remark
	of two lines"
	until_true "grep \"a remark *of two lines\" followed"
	culprit log >all
	until_true "cmp all followed"
	kill $follower
	refused() { exits 1 culprit "$@" 2>err; grep "^culprit: " err; }
	refused log -f --format json | grep "only the text"
'

check "-f ends when its reader is gone" '
	begin c20 c1
	timeout 20 "$CULPRIT" --session-dir "$session" log -f | head -n 1
'

plan
