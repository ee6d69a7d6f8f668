#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Git's own bisect state in the session's worktree: what is decided here git
# has there, what is marked there is known here, and a git bisect that is under
# way is taken over.  The user's own checkout and its bisection are left alone.
# LONG=1 mixes both at random for longer.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

line_repo "$tmp/line" 40
session=$tmp/session
work=$session/worktree

# begin ARGUMENTS of start
begin()
{
	rm -rf "$session"
	git -C "$repo" worktree prune
	culprit start "$@"
}

# git, in the session's worktree
there()
{
	git -C "$work" "$@"
}

# what is marked there: "bad cN", "good-... cN", one a line
marks()
{
	there for-each-ref --format='%(refname:lstrip=2) %(subject)' \
		refs/bisect | sed 's/-[0-9a-f]* / /; s/commit /c/' | sort
}

marks_are()
{
	marks >marks.are
	tr ',' '\n' <<-WANTED | sed 's/^ //' | sort | diff - marks.are
	$1
	WANTED
}

# The file NAME of git's, of the worktree.
state_file()
{
	cat "$(there rev-parse --absolute-git-dir)/$1"
}

check "git has what a session begins with, and its commands work there" '
	begin c40 c1
	marks_are "bad c40, good c1"
	there status | grep "^You are currently bisecting, started from"
	test "$(state_file BISECT_EXPECTED_REV)" = "$(there rev-parse HEAD)"
	set -x; 	there bisect log >log
	culprit log --format git | diff - log
	there bisect visualize --oneline >out
	test "$(wc -l <out)" = 39
	there log --bisect --oneline | cmp - out
	there bisect terms | grep "good.*for the old"
'
check "every verdict given here is a mark there, and gone with an undo" '
	begin c40 c1
	culprit good
	culprit bad c30
	culprit skip c25
	culprit skip c26..c28
	marks_are "bad c30, good c1, good c20, skip c25, skip c27, skip c28"
	culprit undo
	culprit retract c25
	marks_are "bad c30, good c1, good c20"
	culprit undo
	culprit redo
	marks_are "bad c30, good c1, good c20"
	there rev-parse HEAD >head
	there bisect next
	there rev-parse HEAD | diff head -
'
check "marks made there are verdicts by git, each exactly once" '
	begin c40 c1
	there bisect good
	there bisect bad c30
	there bisect skip
	culprit status 2>said
	test "$(grep -c "^marked in the worktree: " said)" = 3
	culprit status 2>said >out
	test ! -s said
	grep "good\* $(short c20)" out
	culprit log >log
	test "$(grep -c "(by git)" log)" = 3
	culprit status --json | json "
		[s[\"by\"] for s in j[\"steps\"]][2:] == [\"git\"] * 3 and
		j[\"testing\"] == \"$(there rev-parse HEAD)\""
'
check "what is marked there comes before what is ordered here" '
	begin c40 c1
	there bisect good
	culprit bad >out
	culprit status --json | json "j[\"good\"] == sorted([\"$(full c1)\",
		\"$(full c20)\"]) and j[\"bad\"] == \"$(full c30)\""
	culprit log | grep "good $(short c20) (by git)"
'
check "a mark made there is undone here" '
	begin c40 c1
	there bisect good
	culprit undo | grep "^undone: good $(short c20)"
	marks_are "bad c40, good c1"
	test "$(there rev-parse HEAD)" = "$(full c20)"
'
check "a whole bisection there by git bisect run ends here too" '
	begin c40 c1
	there bisect run sh -c "test \$(cat number) -lt 23" >said
	culprit status | grep "^$(full c23) is the first bad commit"
	there bisect log | grep "^# first bad commit: .$(full c23)"
	culprit log >log
	culprit status
	culprit log | diff log -
'
check "a mark taken out by replay is retracted, what comes in is given" '
	begin c40 c1
	there bisect good
	there bisect bad
	there bisect skip
	culprit status
	there bisect log | grep -v "good.*$(full c20)" >edited
	echo "git bisect good $(full c12)" >>edited
	there bisect replay "$(pwd)/edited"
	culprit status >out
	marks_are "bad c30, good c1, good c12, skip c25"
	culprit log >log
	grep "retract $(short c20) (by git)" log
	test "$(grep -c "(by git)" log)" = 5
'
check "a bad mark further up widens the search, as git has it" '
	begin c40 c1
	culprit bad c20
	culprit bad c10
	there bisect bad c30
	culprit status --json | json "j[\"bad\"] == \"$(full c30)\" and
		j[\"suspects\"] == 29"
	marks_are "bad c30, good c1"
'
check "beyond the range, too" '
	begin c20 c10
	there bisect bad c35
	there bisect good c5
	culprit status --json | json "j[\"bad\"] == \"$(full c35)\" and
		j[\"suspects\"] == 25"
	marks_are "bad c35, good c10, good c5"
'
check "a mark that excludes another is set aside, and not lost" '
	begin c40 c1
	culprit good c20
	fails there bisect bad c10
	culprit status >out
	grep "^warning: set aside.* $(short c10) (bad)" out
	marks_are "bad c40, good c1, good c20"
	test "$(there rev-parse HEAD)" = "$(full c30)"
	culprit retract c20
	marks_are "bad c10, good c1"
'
check "a commit that was skipped and then is good is not skipped any more" '
	begin c40 c1
	there bisect skip
	there bisect good "$(full c20)"
	culprit status
	marks_are "bad c40, good c1, good c20"
	there rev-parse HEAD >head
	there bisect next
	there rev-parse HEAD | diff head -
'
check "a skip does not take away a verdict, as in git" '
	begin c40 c1
	culprit bad c30
	there bisect skip c30
	culprit status --json | json "j[\"bad\"] == \"$(full c30)\""
	marks_are "bad c30, good c1"
'
check "git bisect reset is a pause, and resume puts it all back" '
	begin c40 c1
	culprit good
	marks >before
	there bisect reset
	culprit status | grep "^paused: .culprit resume. goes on"
	fails there bisect log
	culprit log | grep "pause at once: git bisect reset .*(by git)"
	culprit status
	test "$(logged "pause at once")" = 1
	culprit resume
	marks | diff before -
	there status | grep "currently bisecting"
	test "$(there rev-parse HEAD)" = "$(full c30)"
'
check "git bisect start there begins anew, and goes on after a reset" '
	begin c40 c1
	culprit good
	there bisect reset
	culprit status
	there bisect start c35 c15
	culprit status >out
	fails grep paused out
	marks_are "bad c35, good c15"
	culprit status --json | json "j[\"bad\"] == \"$(full c35)\" and
		j[\"good\"] == [\"$(full c15)\"]"
	there bisect start
	culprit status | grep "a bad commit is needed"
	there bisect bad c33
	there bisect good c31
	culprit status | grep "^Bisecting: 0 revisions left"
'
check "a search for a fix has its terms there" '
	begin --fix c1 c40
	marks_are "broken c1, fixed c40"
	there bisect terms | grep fixed
	there bisect broken
	culprit status --json | json "\"$(full c20)\" in j[\"bad\"] and
		j[\"good\"] == \"$(full c40)\""
	there bisect fixed
	culprit good
	there bisect run sh -c "test \$(cat number) -lt 23"
	culprit status | grep "^$(full c23) is the first fixed commit"
'
check "terms that search the other way round are not taken over" '
	begin c40 c1
	there bisect start --term-new fixed --term-old broken
	there bisect fixed c30
	culprit status
	marks_are "bad c40, good c1"
	culprit log | grep "search the other way round"
'
check "a remark written into the log there is a note here, and stays" '
	begin c40 c1
	there bisect good
	echo "# looked at it for an hour" >>"$(there rev-parse \
		--absolute-git-dir)/BISECT_LOG"
	culprit status
	culprit log | grep "note: looked at it for an hour (by git)"
	culprit good
	there bisect log | grep "^# looked at it for an hour$"
	test "$(logged "looked at it")" = 1
'
check "local changes there are not thrown away for a mark" '
	begin c40 c1
	echo mine >>"$work/number"
	fails there bisect good
	culprit status >out 2>err
	grep "cannot move the worktree to $(short c30)" err
	grep mine "$work/number"
	marks_are "bad c40, good c1, good c20"
'
check "first parents only, there as here" '
	begin --first-parent c40 c1
	state_file BISECT_FIRST_PARENT
	there bisect log | grep "^git bisect start .--first-parent.$"
'
check "a bisection of the users own is never touched" '
	rm -rf own && git clone -q "$tmp/line" own
	repo=$tmp/own
	git -C own bisect start c38 c3 >/dev/null
	git -C own bisect skip >/dev/null
	(cd own && users_things . || :; cat .git/BISECT_*) >before
	begin c40 c1
	culprit good
	there bisect bad
	culprit undo
	there bisect reset
	culprit status
	culprit resume
	culprit reset
	(cd own && users_things . || :; cat .git/BISECT_*) | diff before -
'
check "a git bisect under way is taken over, and stays as it is" '
	rm -rf own && git clone -q "$tmp/line" own
	repo=$tmp/own
	git -C own bisect start c38 c3 >/dev/null
	git -C own bisect skip >/dev/null
	git -C own bisect good c10 >/dev/null
	echo "# three nights of it" >>own/.git/BISECT_LOG
	git -C own bisect skip c14..c16 >/dev/null
	(cd own && users_things . || :; cat .git/BISECT_*) >before
	begin >out
	grep "taken over from git bisect" out
	git -C own for-each-ref --format="%(refname) %(objectname)" \
		refs/bisect >theirs
	there for-each-ref --format="%(refname) %(objectname)" refs/bisect |
		diff theirs -
	test "$(there rev-parse HEAD)" = "$(git -C own rev-parse HEAD)"
	culprit log | grep "note: three nights of it (by git)"
	(cd own && users_things . || :; cat .git/BISECT_*) | diff before -
	culprit bad c12
	culprit good c11 | grep "^$(full c12) is the first bad commit"
	(cd own && users_things . || :; cat .git/BISECT_*) | diff before -
'
check "with terms of its own, which the log has for git bisect replay" '
	rm -rf own && git clone -q "$tmp/line" own
	repo=$tmp/own
	git -C own bisect start --term-new slow --term-old fast >/dev/null
	exits 1 culprit start 2>err
	grep "has no slow commit yet" err
	git -C own bisect slow c40 >/dev/null
	git -C own bisect fast c2 >/dev/null
	begin >out
	there bisect fast
	culprit bad
	marks_are "fast c2, fast c21, slow c30"
	culprit log --format git >log
	grep "^git bisect slow $(full c30)$" log
	rm -rf clone && git clone -q "$repo" clone
	git -C clone bisect replay "$(pwd)/log"
	test "$(git -C clone rev-parse HEAD)" = "$(there rev-parse HEAD)"
	git -C clone bisect log >again
	git -C clone bisect reset
	git -C clone bisect replay "$(pwd)/again"
'
check "fixed and broken are a search for the fix; none is an error" '
	rm -rf own && git clone -q "$tmp/line" own
	repo=$tmp/own
	exits 1 culprit start 2>err
	grep "no git bisect is under way here" err
	git -C own bisect start --term-new fixed --term-old broken \
		--first-parent >/dev/null
	git -C own bisect fixed c40 >/dev/null
	git -C own bisect broken c2 c4 >/dev/null
	begin
	culprit status --json | json "j[\"fix\"] and
		j[\"good\"] == \"$(full c40)\" and
		sorted(j[\"bad\"]) == sorted([\"$(full c2)\",
		\"$(full c4)\"])"
	state_file BISECT_FIRST_PARENT
	marks_are "broken c2, broken c4, fixed c40"
'

# While an engine works.
repo=$tmp/line

cat >test.sh <<-TEST
test -e $tmp/open || echo \$(cat number) >>$tmp/waits
until test -e $tmp/open; do sleep 0.05; done
test \$(cat number) -lt 23
TEST
cat >engine.cfg <<-SETTINGS
test = { command = "sh $tmp/test.sh"; };
SETTINGS

engine()
{
	rm -f open waits
	"$CULPRIT" --session-dir "$session" run >engine.said 2>&1 &
	engine=$!
	until_true "grep . waits"
}

cleanup()
{
	touch "$tmp/open"
	test -z "$engine" || ! kill -9 "$engine"
}
engine=

engine_ends()
{
	until_true "! kill -0 $engine" 60
	wait $engine
}

check "a mark made there while it runs is followed, and the run given up" '
	begin -c "$tmp/engine.cfg" c40 c1
	engine
	grep "^20$" waits
	marks_are "bad c40, good c1"
	there bisect bad
	until_true "culprit log | grep \"bad $(short c20) (by git)\""
	until_true "grep -v \"^20$\" waits"
	culprit log | grep "stopped run 0 of $(short c20)"
	culprit undo
	touch open
	engine_ends
	culprit status | grep "^$(full c23) is the first bad commit"
'
check "its verdicts are marks there, and a reset there holds it" '
	begin -c "$tmp/engine.cfg" c40 c1
	engine
	culprit good c15
	until_true "test \"\$(marks)\" = \"bad c40
good c1
good c15\""
	there bisect reset
	until_true "culprit status | grep ^paused"
	until_true "! kill -0 $engine"
	fails there bisect log
	culprit resume
	touch open
	culprit run | grep "^$(full c23) is the first bad commit"
'
check "killed at any time, what it left is mended and told once" '
	begin -c "$tmp/engine.cfg" c40 c1
	engine
	there bisect good c12
	until_true "culprit log | grep \"good $(short c12) (by git)\""
	kill -9 $engine
	wait $engine || :
	git_dir=$(there rev-parse --absolute-git-dir)
	cp "$git_dir/culprit-bisect" "$git_dir/culprit-bisect.next"
	there update-ref -d refs/bisect/good-"$(full c12)"
	sed -i "/^good $(full c12)/d; s/^stamp.*/stamp x/" \
		"$git_dir/culprit-bisect"
	: >"$git_dir/BISECT_LOG"
	culprit status
	marks_are "bad c40, good c1, good c12"
	test "$(logged "$(short c12) (by git)")" = 1
	fails grep . "$git_dir/culprit-bisect.next"
	there bisect log | grep "good $(full c12)"
	touch open
	culprit run | grep "^$(full c23) is the first bad commit"
'
# Stops a git in SUBCOMMAND: says so in `stopped`, and waits there for `go`.
stops_in()
{
	rm -f stopped go
	mkdir -p bin
	cat >bin/git <<-STOPS
	#!/bin/sh
	case " \$* " in
	*" $1 "*)
		touch "$tmp/stopped"
		until test -e "$tmp/go"; do sleep 0.02; done
	esac
	exec $(command -v git) "\$@"
	STOPS
	chmod +x bin/git
}

# Gives an order, and kills it where git stops.
killed_there()
{
	PATH=$tmp/bin:$PATH "$CULPRIT" -C "$repo" --session-dir "$session" \
		"$@" &
	order=$!
	until_true "test -e stopped"
	kill -9 $order
	wait $order || :
}

check "a mark that is being written is written whole, whoever is killed" '
	begin c40 c1
	stops_in update-ref
	killed_there good c12
	marks_are "bad c40, good c1"
	touch go
	until_true "marks_are \"bad c40, good c1, good c12\""
	culprit status
	there bisect log | grep "good $(full c12)"
'
check "who is killed in a checkout leaves half a tree, which is made whole" '
	begin c40 c1
	stops_in checkout
	killed_there good c12
	echo half >"$work/number"
	touch "$(there rev-parse --absolute-git-dir)/index.lock"
	culprit status
	there diff --exit-code HEAD
	test "$(there rev-parse HEAD)" = "$(state_file BISECT_EXPECTED_REV)"
	test "$(there rev-parse HEAD)" = "$(full c26)"
'
engine=

# Both at random.

cases=8
test "${LONG-0}" = 1 && cases=400
python3 "$top/tests/cli/next.py" make random.git random || exit 1

check "$cases random mixtures of git bisect and culprit agree at each step" '
	python3 "$top/tests/cli/mirror.py" random.git $cases
'
plan
