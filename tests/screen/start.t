#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The form with which a bisection begins, on a terminal.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/screen/lib.sh"

# form [COLUMNSxROWS] <STEPS: `culprit` alone in a repository without a session
form()
{
	{
		echo "size ${1-100x30}"
		echo "start $CULPRIT -C $repo"
		echo "full"
		echo "wait Begin a bisection"
		cat
	} | "$vt"
}

cleanup()
{
	"$CULPRIT" -C "$repo" stop >/dev/null 2>&1 || :
}

line_repo "$tmp/line" 20
git -C "$repo" tag v1.0 c3

check "what is written is checked, and nothing is begun by that" '
	form <<-END
	wait $(short c20)  commit 20
	wait empty: back over 1 release, v1.0 first
	key Tab
	text nonsense
	wait nonsense
	wait revspec
	key C-u
	text c20
	wait is the bad commit itself
	key C-u
	text c2
	wait 18 commits, ~3 steps
	key Tab
	text $tmp/broken.cfg
	wait broken.cfg
	wait cannot
	sh printf "x = 1;\n" >$tmp/broken.cfg
	key Backspace
	text g
	wait broken.cfg:1
	key Esc
	ended 0
	restored
	END
	test ! -e "$repo/.git/culprit"
'

check "what is wrong with the fields is told of them, not of a file" '
	form <<-END
	key C-u
	text c20
	key Tab
	text c2
	wait 18 commits, ~3 steps
	key Tab
	key Tab Space
	wait build.config: it is needed
	key Enter
	wait builds it
	gone /culprit.
	key Esc
	ended 0
	END
	test ! -e "$repo/.git/culprit"
'

check "an end that is behind the other is noticed, and Enter loses nothing" '
	form <<-END
	key C-u
	text c2
	key Tab
	text c9
	wait is an ancestor of c9
	key Enter
	wait mistook good and bad
	wait c9
	key Esc
	ended 0
	END
	fails ls "$repo"/.git/culprit/*/session.db 2>err
'

check "ends without a common commit are noticed" '
	git -C "$repo" tag other $(git -C "$repo" commit-tree -m other c1^{tree})
	form <<-END
	key Tab
	text other
	wait 20 commits, ~3 steps; no merge base with bad
	key Esc
	ended 0
	END
'

check "a bisection begins, and the screen follows it to the end" '
	form <<-END
	wait commit 20
	key Tab
	text c2
	wait 18 commits
	key Tab Tab Tab Tab
	text test \$(cat number) -lt 14
	wait shell commands build and test
	key Enter
	wait $(full c14)
	key q
	ended 0
	restored
	END
	test ! -e "$repo/culprit.cfg"
	culprit() { "$CULPRIT" -C "$repo" "$@"; }
	culprit status | grep "^$(full c14) is the first bad commit$"
'

check "with a session there is no form" '
	"$vt" <<-END
	size 80x24
	start $CULPRIT -C $repo
	wait DONE
	key q
	ended 0
	END
'

check "the settings are kept where one asks for it" '
	"$CULPRIT" -C "$repo" reset
	form 80x24 <<-END
	key Tab
	text c2
	key Tab Tab Tab Tab
	text true
	key Tab
	text nonsense
	wait adaptive, strict, syzkaller or exit-code
	key C-u
	text exit-code
	key Tab Space
	wait yes
	wait culprit.cfg
	key Enter
	wait first bad commit
	key q
	ended 0
	END
	grep "command = \"true\";" "$repo/culprit.cfg"
	grep "policy = \"exit-code\";" "$repo/culprit.cfg"
'
check "what could not begin is told, and left" '
	"$CULPRIT" -C "$repo" stop >/dev/null 2>&1 || :
	"$CULPRIT" -C "$repo" reset
	rm -f "$repo/culprit.cfg"
	test ! -e "$repo/.git/worktrees"
	echo in the way >"$repo/.git/worktrees"
	form <<-END
	key Tab
	text c2
	wait 18 commits
	key Enter
	wait could not create
	wait Begin a bisection
	key Esc
	ended 0
	restored
	END
	rm "$repo/.git/worktrees"
'
plan
