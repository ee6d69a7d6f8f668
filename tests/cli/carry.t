#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A session goes out as one file, and is looked at and gone on with elsewhere.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

# The session is the current one of the repository one is in.
culprit()
{
	"$CULPRIT" "$@"
}

line_repo "$tmp/here" 20
git clone -q here there
{ broken_from 14 20 "runs=X"; echo "*"; } | fake_settings fake.cfg exit-code 1

check "a finished bisection goes out as one file" '
	(cd here && "$CULPRIT" start -c ../fake.cfg c20 c1 >/dev/null &&
		"$CULPRIT" run --batch >../found &&
		"$CULPRIT" export ../one.culprit >../said)
	grep "^$(full c14) is the first bad commit$" found
	grep "events and what belongs to them are in .../one.culprit. (" said
'

check "it is not written over" '
	cp one.culprit kept
	fails culprit -C here export ../one.culprit 2>err
	grep "^culprit: .../one.culprit. is there already$" err
	cmp one.culprit kept
'

check "sqlite3 can list what is in it" '
	python3 - <<-EOF
	import sqlite3
	names = [r[0] for r in sqlite3.connect("one.culprit").execute(
		"SELECT name FROM sqlar ORDER BY name")]
	assert "culprit.cfg" in names, names
	assert any(n.startswith("runs/") and n.endswith(".console")
		for n in names), names
	EOF
'

check "it comes in elsewhere with all that is known" '
	culprit -C there import ../one.culprit >said
	grep "^the session is in .*/there/.git/culprit/1.$" said
	grep "is the first bad commit" said
	grep "see .culprit trust" said
	culprit -C here log >log.here
	culprit -C there log >log.there
	cmp log.here log.there
	culprit -C here status --json >status.here
	culprit -C there status --json >status.there
	sed -i "s,/here/,/,; s,/there/,/," status.here status.there
	cmp status.here status.there
'

check "nothing that came with it is run unseen" '
	commit=$(full c14)
	culprit -C there bad c13 -m "it does crash, look at the log" >/dev/null
	culprit -C there pick c11
	fails culprit -C there run --batch 2>err
	grep "^culprit: this session was imported, .*culprit trust" err
	culprit -C there trust >said || test $? = 2
	grep "^| fake: {" said
	fails culprit -C there run --batch 2>err
'

check "after that it goes on" '
	culprit -C there trust --yes
	fails culprit -C there trust 2>err
	grep "no settings of this session wait" err
	culprit -C there run --batch >said || test $? = 2
	cat said
	culprit -C here log >before
	fails grep "run 0 of $(short c11)" before
	culprit -C there log | grep "end run 0 of $(short c11)"
'

check "without a repository it needs a folder" '
	mkdir nowhere
	GIT_CEILING_DIRECTORIES=$tmp
	export GIT_CEILING_DIRECTORIES
	fails sh -c "cd nowhere && \"$CULPRIT\" import ../one.culprit" 2>err
	grep "needs --session-dir" err
	(cd nowhere && "$CULPRIT" --session-dir s import ../one.culprit)
	(cd nowhere && "$CULPRIT" --session-dir s status) >said
	grep "first bad commit" said
	fails sh -c "cd nowhere && \"$CULPRIT\" --session-dir s import ../one.culprit" 2>err
	grep "is there already" err
'

check "settings hide nothing from who is to trust them" '
	aside=there/.git/culprit/2/imported.cfg
	culprit -C there import ../one.culprit >/dev/null
	{ printf "/* \\0 */ x = \"behind a nul\"; #"
	  printf "%5000s" " "
	  printf "behind %4000s\n" "blanks"; } >$aside
	culprit -C there trust >said || test $? = 2
	grep "^| .*behind a nul" said
	grep "^+ .*blanks$" said
	head -c 1100000 /dev/zero | tr "\\0" "#" >>$aside
	fails culprit -C there trust 2>err
	grep "longer than settings are" err
	fails culprit -C there trust --yes 2>err
	test -e $aside
'

check "what is no exported session is said" '
	echo hello >text
	fails culprit -C there import ../text 2>err
	grep "^culprit: " err
	fails culprit -C there import ../missing 2>err
	grep "cannot read" err
	fails culprit -C there import 2>err
	grep "one file is wanted" err
'

plan
