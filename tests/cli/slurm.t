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

plan
