#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds and runs as jobs of a private Slurm with two nodes: the same culprit
# and the same journal as here, whatever goes wrong meanwhile.  LONG=1 searches
# all of the practice repository, and twice.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/cluster.sh"

lacks=$(cluster_lacks)
test -z "$lacks" || skip_all "$lacks"
command -v cc >/dev/null || skip_all "there is no C compiler"

cleanup()
{
	cluster_down
}

line_repo repo 12
repo=$tmp/repo
session=$tmp/session
export XDG_CACHE_HOME="$tmp/cache"

# Crashes from c7 on; c5 does not build.
settings()
{
	cat <<CFG
build = { command = "test \$(cat number) != 5 || { echo 'x.c:1: error: no'; exit 1; }; cp number built"; };
test = {
	command = "echo run; test \$(cat built) -lt 7 || echo 'BUG: too high'";
	slots = 2; crash = "BUG: .*"; settle = 1;
};
policy = "exit-code"; confirm = false;
$1
CFG
}
settings >"$tmp/local.cfg"
settings 'executor = "slurm"; slurm = { poll = 1; };' >"$tmp/slurm.cfg"

# What happened, without what differs from one time to the next.
shape()
{
	culprit log --format json | python3 -c '
import json, sys
for event in json.load(sys.stdin)["events"]:
    if event["kind"] in ("build", "build-begin", "verdict", "run"):
        print(event["kind"], event.get("commit"), event.get("outcome"),
              event.get("verdict"), event.get("result"))' | sort
}

check "a private cluster of two nodes is up" 'cluster_up 2'
test "$test_failed" = 0 || { cat "$cluster"/*.log; }

check "what is found on the cluster is what is found here" '
	begin local.cfg c9 c3 && culprit run --batch >here && shape >here.shape
	begin slurm.cfg c9 c3 && culprit run --batch >there
	grep "^$(full c7) is the first bad commit" here
	grep "^$(full c7) is the first bad commit" there
	shape >there.shape && cat here.shape && diff here.shape there.shape
'

# Kernels, of a toy's build.
. "$top/tests/cli/toy.sh"
line_repo kernels 12 Makefile kernel.c
kernels=$tmp/kernels
cat >toy.cfg <<CFG
target = "uml";
build = { config = "toy.config"; ccache = false; ahead = 0; };
guest = { memory = 16; };
test = { timeout = 60; settle = 1; slots = 2; };
title = "kernel NULL pointer dereference";
policy = "syzkaller/1/1"; confirm = false;
executor = "slurm"; slurm = { poll = 1; };
CFG

# how many builds of a session took a kernel that was kept
were_kept()
{
	grep -l "was kept: $XDG_CACHE_HOME/culprit/kernels/" \
		"$1"/builds/*.log | wc -l
}

check "two sessions at once do not disturb each other" '
	for session in "$tmp/one" "$tmp/two"; do
		case $session in
		*/one) repo=$kernels settings=toy.cfg ;;
		*/two) repo=$tmp/repo settings=slurm.cfg ;;
		esac
		begin $settings c10 c6
		culprit run --batch >"$session.out" &
	done
	wait
	repo=$kernels
	grep "^$(full c9) is the first bad commit" one.out
	repo=$tmp/repo
	grep "^$(full c7) is the first bad commit" two.out
	test "$(were_kept "$tmp/one")" = 0
'
check "a kernel that a job built is kept for the next session" '
	repo=$kernels
	session=$tmp/three
	begin toy.cfg c10 c6
	culprit run --batch >three.out
	grep "^$(full c9) is the first bad commit" three.out
	test "$(were_kept "$tmp/three")" = "$(ls "$tmp"/one/builds/*.log | wc -l)"
	fails grep olddefconfig "$tmp"/three/builds/*.log
	culprit log --format json | json "all(\"slurm: job\" in
		x[\"commands\"][-1][\"line\"] for x in e if x[\"kind\"] == \"build\")"
'

# The practice repository, whose runs wait as long as there is a file.  In the
# short form its bug is sure and the range is some commits.
session=$tmp/practice-session
repo=$tmp/practice
hold=$tmp/hold
export CULPRIT_DEMO_SEED=1
rate=100
test -z "${LONG-}" || rate=60

check "there is a practice repository" '
	# without a terminal that is all that it does
	exits 1 "$CULPRIT" demo --rate $rate --dir "$repo" >demo
	{
		sed "s|timeout = 20;|timeout = 600;|; s|command = \"./practice\"|command = \"while test -e $hold; do sleep 0.05; done; ./practice\"|" \
			"$repo/culprit.cfg"
		echo "executor = \"slurm\"; slurm = { poll = 1; };"
	} >"$tmp/practice.cfg"
	grep "test -e $hold" "$tmp/practice.cfg"
'
answer=$(git -C "$repo" rev-parse refs/demo/answer)
good=$answer~3
bad=$(git -C "$repo" rev-list --reverse --ancestry-path "$answer..master" |
	sed -n 3p)

if test -n "${LONG-}"; then
	good=v1.0
	bad=master
	check "it has the same culprit there" '
		begin practice.cfg $bad $good
		culprit run --batch >practice.out
		grep "^$answer is the first bad commit" practice.out
		test -z "$(ls "$session/jobs" 2>/dev/null)"
	'
fi

# The same, and everything goes wrong in one session.

# each with all its words
facts()
{
	culprit log --format json
}

engine_up()
{
	culprit run --batch >>"$tmp/faults.out" 2>&1 &
	engine=$!
	until_true "culprit status --json | json 'j[\"engine\"][\"alive\"]'"
	culprit status --json | json 'j["engine"]["pid"]' >"$tmp/engine.pid"
}

# the id of a run that goes on, on a node
running()
{
	squeue -h -r -t R -w "$1" -o "%i %j" | sed -n "/:run/s/ .*//p" |
		head -n 1
}

runs_on()
{
	until_true "test -n \"\$(running $1)\"" 120
}

check "kill -9 of the engine loses no job" '
	touch "$hold"
	begin practice.cfg $bad $good
	engine_up
	runs_on n1
	id=$(running n1)
	kill -9 "$(cat engine.pid)"
	wait "$engine" || :
	engine_up
	until_true "culprit status | grep \"job $id: run .*, runs on n1\"" 60
	test "$(running n1)" = "$id"
'
check "neither a node that dies nor a run that others cancel is a verdict" '
	runs_on n1
	runs_on n2
	node_kill n1
	id=$(running n2)
	scancel "$id"
	until_true "facts | grep \"job $id on n2 was stopped, and not by this session\"" 60
	until_true "facts | grep \"on n1 is gone.*NODE_FAIL\"" 120
	facts | json "sum(x[\"kind\"] == \"run\" for x in e) == 2 ==
		sum(x[\"outcome\"] == \"infra\" for x in e if x[\"kind\"] == \"run\")"
	node_up n1
'
check "a controller that is away is waited for, and that is said once" '
	runs_on n2
	controller_down
	rm "$hold"
	until_true "grep \"slurm does not answer\" faults.out" 120
	controller_up
	until_true "grep \"slurm answers again\" faults.out" 120
	test "$(grep -c "does not answer" faults.out)" = 1
'
check "and the culprit is the same" '
	until_true "grep \"is the first bad commit\" faults.out" 600
	grep "^$answer is the first bad commit" faults.out
	until_true "test -z \"\$(squeue -h -o %i)\""
'

plan
