#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Going another way from an earlier event, and the sessions of a repository.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

# The session is the current one of the repository one is in.
culprit()
{
	"$CULPRIT" -C "$repo" "$@"
}

line_repo "$tmp/repo" 20
{ broken_from 14 20 "runs=X"; echo "*"; } | fake_settings fake.cfg exit-code 1
home=$repo/.git/culprit

check "without a session there is none to fork or to list" '
	fails culprit fork 2>err
	grep "has no session" err
	culprit sessions | grep "has no session: begin one"
'

check "one that was left is told of, and can be taken up" '
	culprit start -c "$tmp/fake.cfg" c20 c1
	culprit reset
	fails culprit status 2>err
	grep "no session is the current one: .*culprit switch N" err
	culprit switch 1
	culprit status | grep "^Bisecting:"
	culprit reset
	rm -r "$home"
'

check "a finished bisection is forked at a verdict in its middle" '
	culprit start -c "$tmp/fake.cfg" c20 c1
	culprit run --batch >found
	grep "^$(full c14) is the first bad commit$" found
	culprit log >before
	at=$(culprit log | sed -n "s/^ *\([0-9]*\) .*good $(short c10).*/\1/p")
	test -n "$at"
	culprit fork other --at "$at" >said
	grep "^session other goes on from event $at; 1 stays as it is$" said
'

check "it has the events up to there, and says where it is from" '
	at=$(sed -n "s/.*from event \([0-9]*\);.*/\1/p" said)
	culprit log >after
	head -n "$at" before >expected
	head -n "$at" after | cmp - expected
	grep "forked from $home/1 at event $at" after
	culprit status --json | json "j[\"state\"] == \"test\" and
		j[\"culprit\"] is None"
	culprit --session-dir "$home/1" log | cmp - before
'

check "the evidence of its runs is there" '
	c10=$(full c10)
	test -s "$home/other/runs/$c10/0.console"
	test "$(stat -c %i "$home/other/runs/$c10/0.console")" = \
		"$(stat -c %i "$home/1/runs/$c10/0.console")"
	test -f "$home/other/culprit.cfg"
'

check "it goes its own way, and only there" '
	culprit bad c13 -m "the box was unplugged"
	culprit run --batch >found
	grep "^$(full c13) is the first bad commit$" found
	culprit --session-dir "$home/1" status |
		grep "^$(full c14) is the first bad commit$"
'

check "undo is as before in a fork" '
	culprit undo | grep "^undone: bad $(short c13)"
	culprit run --batch >found
	grep "^$(full c14) is the first bad commit$" found
'

check "the sessions are listed, the current one marked" '
	culprit sessions >list
	test "$(wc -l <list)" = 2
	grep "^  1  found $(short c14)  20..-..-.. ..:.." list
	grep "^\* other  found $(short c14)  20" list
'

check "one switches between them" '
	culprit switch 1 | grep "^session 1 is the current one$"
	culprit sessions | grep "^\* 1  "
	culprit log | cmp - before
	culprit fork
	culprit sessions | grep "^\* 2  "
'

check "what cannot be is said, and nothing is left" '
	ls "$home" >there
	fails culprit fork other 2>err
	grep "other. is there already$" err
	fails culprit fork ../out 2>err
	grep "cannot be the name of a session" err
	fails culprit fork current 2>err
	grep "cannot be the name of a session" err
	fails culprit fork late --at 9999 2>err
	grep "there is no event 9999 to fork from: it must be one from" err
	fails culprit fork late --at nine 2>err
	grep "nine. is not an event" err
	fails culprit fork one two 2>err
	grep "^culprit: usage: culprit fork" err
	fails culprit switch nowhere 2>err
	grep "there is no session .nowhere. here" err
	fails culprit switch 2>err
	ls "$home" | cmp - there
'

check "beside a session of another folder the fork lies there too" '
	"$CULPRIT" -C "$repo" --session-dir "$tmp/mine" start c20 c1
	"$CULPRIT" -C "$repo" --session-dir "$tmp/mine" fork >said
	grep "^it is in .*/mine-2$" said
	test -f mine-2/session.db
	culprit sessions | grep "^\* 2  "
'
plan
