#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit range`: the folded range as text.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

line_repo "$tmp/line" 60
session=$tmp/session

short()
{
	full "$1" | cut -c 1-12
}

check "suspects are folded around the commit under test" '
	culprit start c60 c1
	culprit range >out
	cat >want <<-END
	bad  $(short c60)  o               commit 60
	                     |               29 suspects
	next $(short c30)  *               commit 30
	                     |               28 suspects
	good $(short c1)  o               commit 1
	END
	sed "s/^	*//" want >wanted
	tr -s " " <wanted >a
	tr -s " " <out | sed "s/ *$//" >b
	diff a b
'
check "what was ruled out names its step" '
	culprit bad c30
	culprit good c16
	culprit skip c17..c20
	culprit range >out
	grep "29 commits, ruled out by step 3$" out
	grep "14 commits, known good by step 4$" out
	grep "^skip  $(short c18)  |" out
	test "$(grep -c "^?" out)" = 9
'
check "all of it has a line for each commit, newest first or last" '
	culprit range --all >out
	test "$(wc -l <out)" = 60
	culprit range --all --reverse >turned
	sed -n "1!G;h;\$p" out | diff - turned
	head -1 turned | grep "^good  $(short c1) "
'
check "wrong words are refused" '
	fails culprit range --everything 2>err
	grep "^culprit: " err
	fails culprit range c1 2>err
	grep "one word too many" err
'
check "what a subject holds is harmless" '
	git -C "$repo" commit -q --allow-empty -m "$(printf "an \033[31mevil one")"
	rm -rf "$session"
	culprit start HEAD c1
	culprit range >out
	grep "an .*evil one" out
	fails grep "$(printf "\033")" out
'

plan
