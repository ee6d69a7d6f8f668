#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds and runs as jobs of a private Slurm with two nodes: the same culprit
# and the same journal as here.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/cluster.sh"

lacks=$(cluster_lacks)
test -z "$lacks" || skip_all "$lacks"

cleanup()
{
	cluster_down
}

line_repo repo 8
repo=$tmp/repo
session=$tmp/session
mkdir "$tmp/gate"

# Crashes from c6 on; c4 does not build.
settings()
{
	cat <<CFG
build = { command = "test \$(cat number) != 4 || { echo 'x.c:1: error: no'; exit 1; }; cp number built"; };
test = {
	command = "echo run; test \$(cat built) -lt 6 || echo 'BUG: too high'";
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
	begin local.cfg c8 c1 && culprit run --batch >here && shape >here.shape
	begin slurm.cfg c8 c1 && culprit run --batch >there
	grep "^$(full c6) is the first bad commit" here
	grep "^$(full c6) is the first bad commit" there
	shape >there.shape && cat here.shape && diff here.shape there.shape
'

check "another session on the same cluster does not disturb it" '
	for session in "$tmp/one" "$tmp/two"; do
		begin slurm.cfg c8 c1
		culprit run --batch >"$session.out" &
	done
	wait
	for session in "$tmp/one" "$tmp/two"; do
		grep "^$(full c6) is the first bad commit" "$session.out"
		shape | diff here.shape -
	done
'

test -n "${LONG-}" || plan

# The practice repository, whose runs wait as long as there is a file.
session=$tmp/practice-session
repo=$tmp/practice
hold=$tmp/hold
export CULPRIT_DEMO_SEED=1

check "there is a practice repository" '
	"$CULPRIT" demo --batch --dir "$repo" >demo
	{
		sed "s|timeout = 20;|timeout = 600;|; s|command = \"./practice\"|command = \"while test -e $hold; do sleep 0.05; done; ./practice\"|" \
			"$repo/culprit.cfg"
		echo "executor = \"slurm\"; slurm = { poll = 1; };"
	} >"$tmp/practice.cfg"
	grep "test -e $hold" "$tmp/practice.cfg"
'
answer=$(git -C "$repo" rev-parse refs/demo/answer)

check "it has the same culprit there" '
	begin practice.cfg master v1.0
	culprit run --batch >practice.out
	grep "^$answer is the first bad commit" practice.out
	test -z "$(ls "$session/jobs" 2>/dev/null)"
'

# The same, and everything goes wrong.

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
	begin practice.cfg master v1.0
	engine_up
	runs_on n1
	id=$(running n1)
	kill -9 "$(cat engine.pid)"
	wait "$engine" || :
	engine_up
	until_true "culprit status | grep \"job $id: run .*, runs on n1\"" 60
	test "$(running n1)" = "$id"
'
check "a run that somebody else cancels is trouble of ours, no verdict" '
	runs_on n2
	scancel "$(running n2)"
	until_true "facts | grep \"stopped, and not by this session\"" 60
'
check "a node that dies loses nothing but its run" '
	runs_on n1
	node_kill n1
	until_true "facts | grep \"on n1 is gone.*NODE_FAIL\"" 120
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
