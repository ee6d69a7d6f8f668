#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a cluster is worth, and what it costs: the same bisection on one node and
# on two, and the processor time of the engine with 200 jobs in the queue.
# A run only waits, so the machine's own load says little.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/cluster.sh"

lacks=$(cluster_lacks)
test -z "$lacks" || skip_all "$lacks"

cleanup()
{
	cluster_down
}

row()
{
	printf 'BENCH\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# of the engine itself, not of what it starts, in ms
processor_ms()
{
	awk -v "tick=$(getconf CLK_TCK)" \
		'{ print int(($14 + $15) * 1000 / tick) }' "/proc/$1/stat"
}

now_ms()
{
	date +%s%3N
}

cat >settings.cfg <<CFG
build = { command = "true"; };
test = { command = "sleep \$(cat $tmp/long)"; timeout = 3600; };
policy = "exit-code/16"; confirm = false;
executor = "slurm"; slurm = { poll = 3; };
CFG
sed 's|/16|/200|' settings.cfg >many.cfg
line_repo repo 3
repo=$tmp/repo
session=$tmp/session
cluster_up 2 || exit 1

# in ms
once()
{
	begin settings.cfg c3 c1 >&2
	began=$(now_ms)
	culprit run --batch >&2
	echo $(($(now_ms) - began))
}

echo 2 >long
two=$(once)
scontrol update nodename=n2 state=drain reason=bench
one=$(once)
scontrol update nodename=n2 state=resume
row "two nodes, one node" "$two" "$one" \
	"$(awk "BEGIN { printf \"%.2f\", $one / $two }")" ms

echo 1000 >long
begin many.cfg c3 c1 >/dev/null
"$CULPRIT" -C "$repo" --session-dir "$session" run --batch >/dev/null 2>&1 &
engine=$!
until_true 'test "$(squeue -h -r | wc -l)" = 200'
before=$(processor_ms $engine)
sleep 30
after=$(processor_ms $engine)
row "engine, 200 jobs queued for 30 s" $((after - before)) 600 \
	"$(awk "BEGIN { printf \"%.4f\", ($after - $before) / 600 }")" "ms of 2 %"
kill $engine
wait $engine || :
