#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a job does on a node, without a cluster: it is given a ticket, as an
# engine writes one, and leaves an end.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

line_repo "$tmp/line" 3
session=$tmp/session
jobs=$session/jobs

# What is built and run ends by the word in a file, or waits to be killed.
cat >work <<WORK
#!/bin/sh
if test -e $tmp/waits; then
	echo \$\$ >$tmp/pid
	exec sleep 1000
fi
exit \$(cat $tmp/word)
WORK
chmod +x work
cat >job.cfg <<CFG
build = { command = "exec $tmp/work"; };
test = { command = "exec $tmp/work"; };
policy = "exit-code"; confirm = false;
CFG
begin job.cfg c3 c1 >/dev/null || exit 1
git -C "$repo" worktree add -q --detach "$session/worktree" c2
mkdir -p "$jobs" "$session/out" "$session/runs"

# ticket NAME build|run
ticket()
{
	rm -f "$jobs/$1".*
	{
		printf 'do %s\ncommit %s\nplace 0\n' "$2" "$(full c2)"
		printf 'worktree %s\nout %s\n' "$session/worktree" "$session/out"
		if test "$2" = build; then
			printf 'log %s\n' "$session/$1.log"
		else
			printf 'number 0\nconsole %s\noutput %s\n' \
				"$session/$1.console" "$session/$1.output"
			printf 'needs_place 1\nboot_only 0\nasks 0\n'
		fi
		printf 'name culprit:%s\n' "$1"
	} >"$jobs/$1.ticket"
}

# Begins a job whose work waits, and says nothing until it does.
job_waits()
{
	rm -f pid
	touch waits
	ticket "$@"
	"$CULPRIT" job "$session" "$1" &
	job=$!
	until_true "grep -q sleep /proc/\$(cat pid)/cmdline"
}

# stopped_late NAME build|run: first its work is killed, as a scheduler does it
# that tells all processes of a job, one after the other; when that is over the
# job itself.
stopped_late()
{
	job_waits "$@"
	keeper=$(pgrep -P $job)
	kill "$(cat pid)"
	until_true "! kill -0 $keeper"
	kill $job
	wait $job || :
	cat "$jobs/$1.end"
	grep "^stopped 1" "$jobs/$1.end"
}

# A machine under load may be late with the signal; not each time.
one_of_five()
{
	for _ in 1 2 3 4 5; do
		"$@" && return
	done
	return 1
}

echo 0 >word
check "a run that ends leaves its end" '
	ticket a run
	"$CULPRIT" job "$session" a
	grep "^outcome ok" "$jobs/a.end"
	grep "^stopped 0" "$jobs/a.end"
'
check "so does one that goes wrong by itself" '
	echo 3 >word
	ticket b run
	"$CULPRIT" job "$session" b
	grep "^outcome crashed\|^outcome test-failed" "$jobs/b.end"
	grep "^exit 3" "$jobs/b.end"
	grep "^stopped 0" "$jobs/b.end"
	ticket c build
	"$CULPRIT" job "$session" c
	grep "^result failed" "$jobs/c.end"
	grep "^stopped 0" "$jobs/c.end"
'
check "a run whose processes are killed before its job is stopped" '
	one_of_five stopped_late d run
'
check "and so is a build" '
	one_of_five stopped_late e build
'
check "a job whose own process is killed first, too" '
	job_waits f run
	kill $job
	wait $job || :
	grep "^stopped 1" "$jobs/f.end"
	until_true "! kill -0 \$(cat pid)"
'
check "a job without a ticket does nothing" '
	"$CULPRIT" job "$session" nobody
	test ! -e "$jobs/nobody.end"
'
check "one whose ticket is taken away stops" '
	job_waits g run
	rm "$jobs/g.ticket"
	wait $job || :
	grep "^stopped 1" "$jobs/g.end"
'
check "a ticket that was cut is a job that says so" '
	ticket h run
	head -c 60 "$jobs/h.ticket" >half
	mv half "$jobs/h.ticket"
	exits 1 "$CULPRIT" job "$session" h 2>err
	cat err
	grep "^culprit: a ticket says not all it should" err
'

plan
