#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit run`: builds and tests by shell scripts, and the engine's loop on
# the scripted runner; what people decide meanwhile from elsewhere.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

# What a failed check has left behind.
cleanup()
{
	touch "$tmp/go" "$tmp/engines"
	while read -r pid; do
		running "$pid" && kill "$pid"
	done <"$tmp/engines"
}

# A process that has ended but was not waited for does not run.
running()
{
	grep -q "^State:.[^Z]" "/proc/$1/status" 2>/dev/null
}

# begin FILE [ARGUMENTS of start]: a new session with these settings.
begin()
{
	rm -rf "$session"
	settings=$1
	shift
	culprit start -c "$tmp/$settings" "$@"
}

# Start an engine in the background; wait until it holds the session.
engine()
{
	"$CULPRIT" --session-dir "$session" run "$@" >"$tmp/engine.said" 2>&1 \
		3>/dev/null &
	engine=$!
	echo $engine >>"$tmp/engines"
	until_true "culprit status | grep '^engine: process' ||
		fails running $engine"
	running $engine && return
	echo "the engine has ended:"
	cat "$tmp/engine.said"
	return 1
}

# The engine ends by itself, with this exit status.
engine_ends()
{
	status=0
	until_true "! running $engine" || kill -9 "$engine"
	wait "$engine" || status=$?
	test $status = "$1" && return
	echo "the engine's exit status is $status, not $1"
	cat "$tmp/engine.said"
	return 1
}

line_repo "$tmp/line" 20
session=$tmp/session

# The target `command`: real children.

cat >build.sh <<'SCRIPT'
echo "CC kernel"
if test "$(cat number)" = 10; then
	echo "drivers/net.c:7:2: error: unknown type name 'u33'"
	echo "make: *** [drivers/net.o] Error 1"
	exit 2
fi
cp number kernel
SCRIPT
cat >test.sh <<'SCRIPT'
echo "Linux version $(cat kernel), run $CULPRIT_RUN"
test "$(cat kernel)" -lt 12 && exit 0
echo "BUG: unable to handle page fault in net_open"
exit 1
SCRIPT
cat >command.cfg <<SETTINGS
title = "page fault in net_open";
build: { command = "sh $tmp/build.sh"; };
policy = "exit-code";
test: { command = "sh $tmp/test.sh"; crash = "BUG: .*"; };
SETTINGS

check "building and testing by shell scripts finds the commit, exit 0" '
	users_things "$repo" >before
	begin command.cfg c20 c1
	culprit run --batch >said
	grep "^$(full c12) is the first bad commit$" said
	users_things "$repo" | diff before -
'
check "its last lines are those of git bisect" '
	git clone -q "$repo" theirs
	git -C theirs bisect start c20 c1 >/dev/null
	git -C theirs bisect run sh -c "
		test \$(cat number) = 10 && exit 125
		test \$(cat number) -lt 12" >theirs.said
	sed -n "/is the first bad commit/,\$p" theirs.said |
		grep -v "^bisect " >theirs.end
	sed -n "/is the first bad commit/,\$p" said | diff theirs.end -
	test "$(wc -l <theirs.end)" -ge 8
'
check "a commit that does not build is skipped, with its error lines" '
	culprit status --json >out
	json "[s for s in j[\"steps\"] if s[\"commit\"] == \"$(full c10)\" and
		s[\"verdict\"] == \"skip\" and s[\"by\"] == \"policy\" and
		s[\"build\"] == \"failed\" and not s[\"runs\"] and
		\"unknown type name\" in s[\"build_error\"]]" <out
	grep "unknown type name" "$session/builds/$(full c10).log"
	grep "build failed: .*unknown type name" said
'
check "the status says how sure it is, and what a person is asked" '
	culprit status --json | json "j[\"belief\"][\"word\"] in
		(\"suspect\", \"likely\", \"confirmed\") and
		j[\"belief\"][\"commit\"] == j[\"culprit\"] and
		j[\"belief\"][\"chance\"] == j[\"confidence\"] and
		0 < j[\"belief\"][\"chance\"] <= 1 and
		not [q for q in j[\"questions\"] if q[\"waits\"]] and
		all(0 <= s[\"has_bug\"] <= 1 for s in j[\"steps\"]
			if s[\"runs\"])"
	culprit status |
		grep -E "^(suspect|likely|confirmed): .* % that it is "
'
check "a crash has its title, a console its file" '
	json "{r[\"title\"] for s in j[\"steps\"] for r in s[\"runs\"]
		if r[\"outcome\"] == \"crashed\"} ==
		{\"BUG: unable to handle page fault in net_open\"}" <out
	grep "^Linux version 12, run 0$" "$session/runs/$(full c12)/0.console"
	culprit status | grep "^page fault in net_open$"
'
check "where nothing is left to do nothing is checked out" '
	grep "^checking out to" said
	culprit run >again
	grep "^$(full c12) is the first bad commit$" again
	fails grep "^checking out" again
	culprit more c12 1
	culprit run >again
	grep "^checking out to" again
'
check "what an engine says of being ready is never written into the journal" '
	printf "test: { command = \"test \$(cat number) -lt 2\"; };\n" >quick.cfg
	begin quick.cfg c3 c1
	culprit run --stay 3>&- >said
	grep "^$(full c2) is the first bad commit$" said
	culprit log | grep "engine ended"
'
# The screen that started it was closed while the sources were checked out.
check "an engine works though nobody is left to hear that it is ready" '
	cat >quick.cfg <<-\SETTINGS
	test: { command = "test $(cat number) -lt 2"; };
	SETTINGS
	begin quick.cfg c3 c1
	{
		(trap "" PIPE; while echo >&3; do :; done 2>/dev/null)
		culprit run --stay >said
		echo $? >status
	} 3>&1 | :
	grep "^0$" status
	grep "^$(full c2) is the first bad commit$" said
'
check "the commands know the commit, the run, the worktree and the session" '
	cat >env.cfg <<-SETTINGS
	test: { command = "env >$tmp/env.\$CULPRIT_SLOT; pwd >>$tmp/env.1"; };
	SETTINGS
	begin env.cfg c3 c1
	culprit run
	grep "^CULPRIT_COMMIT=$(full c2)$" env.1
	grep "^CULPRIT_RUN=0$" env.1
	grep "^CULPRIT_SESSION=$session$" env.1
	grep "^CULPRIT_WORKTREE=$session/worktree$" env.1
	grep "^$session/worktree$" env.1
'
check "slots run at once" '
	cat >meet.sh <<-\SCRIPT
	touch "$MEET/$CULPRIT_COMMIT.$CULPRIT_SLOT"
	tries=0
	while ! test -e "$MEET/$CULPRIT_COMMIT.1" ||
		! test -e "$MEET/$CULPRIT_COMMIT.2"; do
		tries=$((tries + 1))
		test $tries -lt 500 || exit 255
		sleep 0.02
	done
	SCRIPT
	cat >slots.cfg <<-SETTINGS
	policy = "syzkaller/2/2";
	test: { command = "MEET=$tmp/meet sh $tmp/meet.sh"; slots = 2; };
	SETTINGS
	mkdir meet
	begin slots.cfg c3 c1
	culprit run | grep "^$(full c3) is the first bad commit$"
	culprit log --format json | json "[x[\"kind\"] for x in e
		if x[\"kind\"] in (\"run-begin\", \"run\")] ==
		[\"run-begin\"] * 2 + [\"run\"] * 2"
'

# The scripted runner: policies.

{ broken_from 9 20 "runs=X"; echo "*"; } |
	fake_settings exit.cfg exit-code 1

check "two commands are settings enough, and say what a flaky test needs" '
	rm -rf "$session"
	mkdir passing
	export TMPDIR="$tmp/passing"
	culprit start --build "printf \"%s\\n\" \"a \\\\ b\" >said" \
		--test "test \$(cat number) -lt 7 -a -s said" c9 c1 |
		grep "each commit is tested once.*policy adaptive"
	culprit run --batch | grep "^$(full c7) is the first"
	rm -rf "$session"
	culprit start --test "test \$(cat number) -lt 7" --policy strict c9 c1 \
		>said
	fails grep "tested once" said
	culprit status --json | grep "strict/1%/1%"
	test -z "$(ls passing)"
'
check "whose runs a line shows is said where commits take turns" '
	cat >turns.cfg <<-END
	build = { command = "true"; ahead = 2; };
	test = { command = "test \$(cat number) -lt 7"; slots = 3; };
	policy = "adaptive";
	END
	begin turns.cfg c20 c1
	culprit run --batch >said
	awk "/^[0-9a-f]+  /{ name = \$1 }
		/^    [.X>]+  (good|bad)/ { sub(/[:,]/, \"\", \$2)
			print name, \$2 }" said | sort -u >told
	culprit status | awk "\$1 ~ /^[0-9]+\$/ { print \$3, \$2 }" >steps
	test "$(wc -l <told)" -gt 3
	while read -r line; do
		grep "^$line$" steps
	done <told
'
check "words beside a file, or half of them, are refused" '
	echo "title = \"x\";" >title.cfg
	exits 1 culprit start -c "$tmp/title.cfg" --test true c9 c1 2>err
	grep "title.cfg.: leave out --build, --test and --policy" err
	exits 1 culprit start --build true c9 c1 2>err
	grep "go with --test" err
	exits 1 culprit start --test true --policy nonsense c9 c1 2>err
	grep "nonsense. is not a policy" err
	exits 1 culprit start --test "" c9 c1 2>err
	grep "a command is empty" err
'
check "exit-code: one run a commit" '
	begin exit.cfg c20 c1
	culprit status | grep "^engine: none is at work, .culprit run. starts"
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit status | grep "^engine: none is at work$"
	culprit log --format json | json "len([x for x in e
		if x[\"kind\"] == \"run\"]) == len({x[\"commit\"] for x in e
		if x[\"kind\"] == \"run\"}) == 5 and {x[\"who\"] for x in e
		if x[\"by\"] == \"policy\"} == {\"exit-code-1\"}"
'
check "syzkaller: twenty runs of the first commit, ten of the others" '
	{ broken_from 9 20 "runs=X"; echo "*"; } |
		fake_settings ten.cfg syzkaller 4
	begin ten.cfg c20 c1
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit log --format json | json "[len([x for x in e if
		x[\"kind\"] == \"run\" and x[\"commit\"] == v[\"commit\"]])
		for v in e if v[\"kind\"] == \"verdict\" and
		v[\"by\"] == \"policy\"] == [20, 10, 10, 10, 10] and
		{x[\"who\"] for x in e if x[\"by\"] == \"policy\"} ==
		{\"syzkaller-2024.12\"}"
'
check "syzkaller: a flaky bug gets twenty runs of every commit" '
	{ broken_from 9 20 "runs=..X....X...X...X...."; echo "*"; } |
		fake_settings flaky.cfg syzkaller 4
	begin flaky.cfg c20 c1
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit status --json | json "j[\"flaky\"] and
		[len(s[\"runs\"]) for s in j[\"steps\"]] == [0, 0] + [20] * 5"
	culprit status | grep "  \.\.X\.\.\.\.X\.\.\.X\.\.\.X\.\.\.\."
'
check "strict: the bad end tells the rate, a sure wave is stopped" '
	{ broken_from 9 20 "runs=XXX~"; echo "*"; } |
		fake_settings strict.cfg strict 4
	begin strict.cfg c20 c1
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit log --format json | json "[x for x in e
		if x[\"kind\"] == \"run-begin\"][0][\"commit\"] == \"$(full c20)\"
		and {x[\"who\"] for x in e if x[\"by\"] == \"policy\"} ==
		{\"strict-1\"} and
		any(x[\"kind\"] == \"run-stopped\" for x in e)"
'
check "adaptive: a wave is stopped, and the culprit seen on both sides" '
	{ broken_from 9 20 "runs=XXX~"; echo "*"; } |
		fake_settings adaptive.cfg adaptive 4
	begin adaptive.cfg c20 c1
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit log --format json | json "{x[\"who\"] for x in e
		if x[\"by\"] == \"policy\"} == {\"adaptive-1\"} and
		any(x[\"kind\"] == \"run-stopped\" for x in e)"
	culprit status --json | json "j[\"policy\"] == \"adaptive/5%\" and
		j[\"culprit\"] == \"$(full c9)\" and
		j[\"confidence\"] > 0.95 and
		{s[\"verdict\"] for s in j[\"steps\"]
		if s[\"commit\"] in (\"$(full c8)\", \"$(full c9)\")} ==
		{\"good\", \"bad\"}"
'
check "the policy may change while the session runs" '
	{ broken_from 9 20 "runs=X"; echo "*"; } |
		fake_settings change.cfg exit-code 1
	begin change.cfg c20 c1
	culprit policy syzkaller/2 -m "once is not enough"
	culprit status --json | json "j[\"policy\"] == \"syzkaller/2/20\""
	culprit run >said
	grep "^$(full c9) is the first bad commit$" said
	culprit log | grep "policy syzkaller/2/20"
	exits 1 culprit policy coin 2>err
	grep "expected exit-code/RUNS, syzkaller" err
	culprit undo
	culprit status --json | json "j[\"policy\"] == \"exit-code/1/1\""
'
check "runs that could not be tested skip the commit" '
	{ echo "c10 runs=T"; echo "c11 runs=B"
	broken_from 12 20 "runs=X"; echo "*"; } |
		fake_settings skips.cfg syzkaller/3/3 1
	begin skips.cfg c20 c1
	exits 2 culprit run >said
	grep "could be any of" said
	grep "^$(full c12)$" said
	culprit status --json | json "sorted(j[\"candidates\"]) == sorted([
		\"$(full c10)\", \"$(full c11)\", \"$(full c12)\"]) and
		j[\"culprit\"] is None"
'
check "only skipped commits left: exit 2, and a verdict goes on" '
	culprit good c11 | grep "^$(full c12) is the first bad commit$"
	culprit run
'
check "a bug that is gone: the first fixed commit" '
	{ broken_from 1 7 "runs=X"; echo "*"; } |
		fake_settings fix.cfg exit-code 1
	begin fix.cfg --fix c1 c20
	culprit run | grep "^$(full c8) is the first fixed commit$"
'
check "without a good commit releases are tried, from the newest back" '
	git clone -q "$repo" tagged
	for n in 2 5 8 11 14; do
		git -C tagged tag -m "release $n" v0.$n c$n
	done
	repo=$tmp/tagged
	{ broken_from 7 20 "runs=X"; echo "*"; } |
		fake_settings release.cfg exit-code 1
	begin release.cfg c16 >said
	grep "trying release v0\.14" said
	culprit run >said
	grep "^$(full c7) is the first bad commit$" said
	culprit status --json | json "[s[\"commit\"] for s in j[\"steps\"]
		][1:5] == [\"$(full c14)\", \"$(full c11)\", \"$(full c8)\",
		\"$(full c2)\"]"
'
check "no release is good: a person is asked, and says one" '
	repo=$tmp/tagged
	{ broken_from 1 20 "runs=X"; } | fake_settings none.cfg exit-code 1
	begin none.cfg c16
	exits 2 culprit run >said
	grep "no release is good down to v0\.2: give a good commit" said
	culprit good c1 >said
	grep "^$(full c2) is the first bad commit$" said
'

check "an end that was told wrongly: a resume tests older releases" '
	repo=$tmp/tagged
	{ broken_from 7 20 "runs=X"; echo "*"; } |
		fake_settings widen.cfg adaptive 4
	begin widen.cfg c20 c9
	culprit run | grep "^$(full c10) is the first bad commit$"
	culprit more c9 4
	exits 2 culprit run >said
	grep "that the change is older than $(short c9), or that this end was told wrongly: resume to test older releases" said
	culprit resume >said
	grep "3 older commits are to try, from v0\.8 on" said
	grep "trying release v0\.8" said
	culprit run | grep "^$(full c7) is the first bad commit$"
	culprit log | grep "skip $(short c9): the range may be too narrow (by "
'
check "a range is widened down to a commit that is named, and back" '
	repo=$tmp/tagged
	begin widen.cfg c20 c9
	fails culprit widen c12 2>err
	grep "is not older than the end" err
	culprit widen c6 >said
	grep "1 older commit is to try, from c6 on" said
	culprit undo
	test "$(culprit status --json | json "j[\"good\"][0]")" = "$(full c9)"
	culprit redo
	culprit run | grep "^$(full c7) is the first bad commit$"
	fails culprit widen c6 2>err
	grep "is to be tried already" err || grep "is not older than" err
'

# Trouble of our own.

check "infra trouble ends with a question and exit 2" '
	{ echo "c10 runs=IX"; broken_from 9 20 "runs=X"; echo "*"; } |
		fake_settings infra.cfg exit-code 1
	begin infra.cfg c20 c1
	exits 2 culprit run >said
	grep "infrastructure trouble at $(short c10)" said
	culprit status --json | json "j[\"needs_person\"] and
		\"$(short c10)\" in j[\"question\"]"
	exits 2 culprit run
'
check "resume replaces the spoilt run, and nothing else is run again" '
	culprit resume
	culprit run | grep "^$(full c9) is the first bad commit$"
	culprit log --format json | json "[(x[\"number\"], x[\"outcome\"])
		for x in e if x[\"kind\"] == \"run\" and
		x[\"commit\"] == \"$(full c10)\"] ==
		[(0, \"infra\"), (1, \"crashed\")]"
'
check "a build that fails for our own reasons is not a skip" '
	{ echo "c10 build=infra:\"no space left on device\""; echo "*"; } |
		fake_settings disk.cfg exit-code 1
	begin disk.cfg c20 c1
	exits 2 culprit run >said
	grep "build of $(short c10) could not be made here (no space left" said
	culprit status --json | json "not [s for s in j[\"steps\"]
		if s[\"verdict\"] == \"skip\"]"
'

# Overruling: facts stay, nothing is built again.

builds_and_runs()
{
	culprit log | grep -c -e "  build of" -e "  end run" || :
}

check "a judged run changes the answer, without a build or a run" '
	begin exit.cfg c20 c1
	culprit run | grep "^$(full c9) is the first bad commit$"
	builds_and_runs >before
	culprit judge c9#0 ok -m "the known console bug"
	culprit run | grep "^$(full c10) is the first bad commit$"
	builds_and_runs | diff before -
	culprit undo
	culprit run | grep "^$(full c9) is the first bad commit$"
	builds_and_runs | diff before -
'
check "a verdict of a person beats the policy at once" '
	culprit good c9 | grep "^$(full c10) is the first bad commit$"
	culprit undo | grep "^$(full c9) is the first bad commit$"
	culprit bad c7 -m "seen on my desk" >said
	grep "left to test after this" said
	culprit run | grep "^$(full c7) is the first bad commit$"
'
check "more runs are made of a commit that has its verdict" '
	begin ten.cfg c20 c1
	culprit run
	culprit more c9 5
	culprit run | grep "^$(full c9) is the first bad commit$"
	culprit status --json | json "[len(s[\"runs\"]) for s in j[\"steps\"]
		if s[\"commit\"] == \"$(full c9)\"] == [15]"
'

# Decisions of other processes while the engine works.  `endless` holds it at
# the first midpoint, c10.

{ echo "c10 runs=~"; broken_from 9 20 "runs=X"; echo "*"; } |
	fake_settings endless.cfg syzkaller/2/2 2

held()
{
	begin endless.cfg c20 c1
	engine "$@"
	until_true "logged 'begin run 1 of $(short c10)' | grep 1"
}

for word in good bad skip; do
	check "a $word from elsewhere stops what nobody wishes for any more" '
		held
		culprit $word c10
		until_true "logged \"stopped run . of $(short c10)\" | grep 2"
		wanted=$(full c9)
		test $word = bad || test $word = skip || wanted=$(full c11)
		engine_ends 0
		grep "^$wanted is the first bad commit$" "$tmp/engine.said"
		logged "end run . of $(short c10)" | grep "^0$"
	'
done
check "a pick from elsewhere is followed at once" '
	held
	culprit pick c9
	until_true "logged \"end run 1 of $(short c9): crashed\" | grep 1"
	engine_ends 0
	grep "^$(full c9) is the first bad commit$" engine.said
	logged "stopped run . of $(short c10)" | grep "^2$"
	logged "end run . of $(short c10)" | grep "^0$"
'
cat >gate.cfg <<SETTINGS
policy = "syzkaller/3/3";
test: { command = "until test -e $tmp/go; do sleep 0.02; done"; };
SETTINGS
check "pause lets a run end and starts none; resume goes on" '
	begin gate.cfg c3 c1
	engine --stay
	until_true "logged \"begin run 0\" | grep 1"
	culprit pause | grep "^paused"
	exits 1 culprit pause
	touch go
	until_true "logged \"end run 0\" | grep 1"
	culprit note "seen that it waits"
	culprit status --json | json "j[\"paused\"] and j[\"engine\"][\"alive\"]"
	culprit resume
	engine_ends 0
	rm go
	culprit log --format json | json "[x[\"kind\"] for x in e if
		x[\"kind\"] in (\"pause\", \"resume\", \"run-begin\", \"run\")
		] == [\"run-begin\", \"pause\", \"run\", \"resume\"] +
		[\"run-begin\", \"run\"] * 2"
'
check "a pause can give up the run in flight; it is made again" '
	begin gate.cfg c3 c1
	engine --stay
	until_true "logged \"begin run 0\" | grep 1"
	culprit pause
	culprit pause --now | grep "^paused"
	until_true "logged \"stopped run 0\" | grep 1"
	exits 1 culprit pause --now
	touch go
	culprit resume
	engine_ends 0
	rm go
	culprit log | grep "pause at once"
	logged "begin run 0" | grep "^2$"
	logged "end run 0" | grep "^1$"
'
check "a paused session is not run, and says so: exit 2" '
	begin exit.cfg c20 c1
	culprit pause
	exits 2 culprit run >said
	grep "^paused: .*resume" said
	logged "build of" | grep "^0$"
	culprit resume
	culprit run
'

# One engine at a time, and its end.

check "a second engine is refused and says who holds the session" '
	held
	exits 1 culprit run 2>err
	grep "^culprit: process $engine on $(uname -n) is .*engine" err
	culprit status | grep "^engine: process $engine on $(uname -n)$"
	culprit status --json | json "j[\"engine\"] == {\"alive\": True,
		\"pid\": $engine, \"host\": \"$(uname -n)\"}"
	culprit stop
	engine_ends 1
'
check "stop ends the engine, gives up what runs, and says when there is none" '
	held
	culprit stop | grep "the engine has ended"
	engine_ends 1
	culprit status | grep "^engine: none"
	logged "stopped run . of $(short c10)" | grep "^2$"
	culprit log | tail -n 1 | grep "engine ended: stopped"
	exits 1 culprit stop 2>err
	grep "no engine is at work" err
'
for signal in TERM INT HUP; do
	check "SIG$signal ends the engine cleanly, and the next one goes on" '
		begin gate.cfg c3 c1
		# a shell without job control starts children deaf to SIGINT
		engine=$(python3 -c "
import os, signal, sys
if os.fork():
	os._exit(0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
out = os.open(\"engine.said\", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
print(os.getpid(), flush=True)
os.dup2(out, 1)
os.dup2(out, 2)
os.execv(sys.argv[1], sys.argv[1:])
" "$CULPRIT" -C "$repo" --session-dir "$session" run)
		echo $engine >>engines
		until_true "logged \"begin run 0\" | grep 1"
		kill -$signal $engine
		until_true "! running $engine"
		grep "^culprit: stopped; .culprit run. goes on from here$" \
			engine.said
		logged "stopped run 0 of $(short c2)" | grep "^1$"
		culprit log | tail -n 1 | grep "engine ended: stopped"
		test -z "$(grep -l -s -a "$session" /proc/[0-9]*/environ)"
		touch go
		culprit run | grep "^$(full c3) is the first bad commit$"
		rm go
	'
done

# What other programs read.

check "status says what is being built, and where its output goes" '
	mkfifo gate
	cat >building.cfg <<-SETTINGS
	build = { command = "test -e $tmp/open || read word <$tmp/gate"; };
	test = { command = "true"; };
	SETTINGS
	begin building.cfg c3 c1
	engine
	until_true "culprit status | grep \"^building $(short c2), its output \
goes to $session/builds/$(full c2).log$\""
	echo go >gate
	touch open
	until_true "! running $engine"
	culprit status | fails grep "^building"
'
check "status --json has its documented keys before, during and after" '
	begin exit.cfg c20 c1
	culprit status --json >before
	json "{\"state\", \"bad\", \"good\", \"suspects\", \"steps_left\",
		\"testing\", \"culprit\", \"confidence\"} <= set(j) and
		j[\"state\"] == \"test\" and j[\"bad\"] == \"$(full c20)\" and
		j[\"good\"] == [\"$(full c1)\"] and j[\"suspects\"] == 19 and
		j[\"steps_left\"] == 3 and j[\"culprit\"] is None and
		j[\"testing\"] == \"$(full c10)\"" <before
	culprit run
	culprit status --json >after
	json "j[\"state\"] == \"found\" and j[\"testing\"] is None and
		j[\"culprit\"] == \"$(full c9)\" and j[\"steps_left\"] == 0" \
		<after
	python3 -c "
import json, sys
before, after = (list(json.load(open(n))) for n in sys.argv[1:])
sys.exit(before != after)" before after
'
check "log --format json is one object with every event in order" '
	culprit log --format json >out
	json "[x[\"seq\"] for x in e] == list(range(1, len(e) + 1)) and
		all({\"seq\", \"at_ms\", \"kind\", \"by\"} <= set(x)
		for x in e) and [x[\"at_ms\"] for x in e] ==
		sorted(x[\"at_ms\"] for x in e)" <out
	culprit log | wc -l | grep "^$(python3 -c "
import json
print(len(json.load(open(\"out\"))[\"events\"]))")$"
'
check "a whole session without the repository can still be looked at" '
	git clone -q "$repo" gone
	repo=$tmp/gone
	begin exit.cfg c20 c1
	culprit run
	rm -rf gone
	repo=/
	culprit status | grep "^$(git -C line rev-parse c9) is the first bad"
	culprit log --format json | json "len(e) > 10"
'
plan
