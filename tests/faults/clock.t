#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clocks that jump, a machine that sleeps, an engine that is stopped for an
# hour: what was in flight is made again and never judged, the lease is kept by
# who has it, and no time that is told is nonsense.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
preloads clock

cleanup()
{
	for pid in $(cat "$tmp/engine.pid" 2>/dev/null); do
		kill -CONT "$pid"
		kill "$pid"
	done 2>/dev/null
}

# jump WALL RUNNING ALL: seconds that the clocks are ahead from now on
jump()
{
	python3 -c '
import struct, sys
with open("clock", "r+b") as file:
    file.write(struct.pack("=3q", *(int(w) * 10**9 for w in sys.argv[1:])))' \
		"$@"
}

# The program, and all that it starts, by these clocks.
culprit()
{
	FAULTS_CLOCK=$tmp/clock LD_PRELOAD=$lib \
		"$CULPRIT" -C "$repo" --session-dir "$session" "$@"
}

head -c 24 /dev/zero >clock
line_repo "$tmp/line" 8
session=$tmp/session
cat >test.sh <<'SCRIPT'
touch "$TOP/reached"
until test -e "$TOP/go"; do sleep 0.05; done
test "$(cat number)" -lt 5
SCRIPT
cat >settings.cfg <<SETTINGS
policy = "syzkaller/2/2";
build: { command = "test ! -e $tmp/hold || {
	touch $tmp/reached; until test -e $tmp/go; do sleep 0.05; done; }";
	timeout = 60; };
test: {
	command = "TOP=$tmp sh $tmp/test.sh";
	timeout = 60;
	on_timeout = "crashed";
	slots = 2;
};
SETTINGS

# An engine in the background that is in the middle of a run, or a build.
engine_at_work()
{
	rm -f go reached
	FAULTS_CLOCK=$tmp/clock LD_PRELOAD=$lib "$CULPRIT" -C "$repo" \
		--session-dir "$session" run --batch >said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e reached"
}

ends_right()
{
	touch go
	wait $engine || { cat said; return 1; }
	rm engine.pid
	grep "^$(full c5) is the first bad commit$" said
	rm -f go
	touch go
}

check "an engine that was stopped for an hour makes its runs again" '
	begin settings.cfg c8 c1
	engine_at_work
	kill -STOP $engine
	jump 3600 3600 3600
	kill -CONT $engine
	until_true "culprit log | grep stopped"
	culprit log >log
	grep "  stopped run 0 of [0-9a-f]* - the engine was stopped for 36[0-9][0-9] s$" log
	fails grep "end run" log
	ends_right
	culprit log >log
	test "$(grep -c "stopped run" log)" -le 2
	fails grep "crashed after 1:" log
'
check "so it does when the machine slept" '
	jump 0 0 0
	begin settings.cfg c8 c1
	engine_at_work
	jump 7200 0 7200
	until_true "culprit log | grep stopped"
	culprit log | grep "  stopped run 0 of [0-9a-f]* - this machine slept for 72[0-9][0-9] s$"
	ends_right
'
check "a build is made again whose limits passed meanwhile" '
	jump 0 0 0
	touch hold
	begin settings.cfg c8 c1
	engine_at_work
	kill -STOP $engine
	jump 3600 3600 3600
	kill -CONT $engine
	until_true "culprit log | grep stopped"
	rm hold
	culprit log | grep "  build stopped: [0-9a-f]* - the engine was stopped"
	ends_right
	culprit status --json | json "not [s for s in j[\"steps\"]
		if s[\"build_error\"]]"
'
check "a build goes on while the machine only sleeps" '
	jump 0 0 0
	touch hold
	begin settings.cfg c8 c1
	engine_at_work
	jump 3600 0 3600
	rm hold
	ends_right
	test "$(logged "build stopped")" = 0
'
# A hook of git's that needs an hour the first time.
check "an engine that waited for its sources has not slept" '
	jump 0 0 0
	begin settings.cfg c8 c1
	cat >"$repo/.git/hooks/post-checkout" <<-HOOK
	#!/bin/sh
	test -e "$tmp/slow" || exit 0
	rm "$tmp/slow"
	cp "$tmp/hour" "$tmp/clock"
	HOOK
	chmod +x "$repo/.git/hooks/post-checkout"
	jump 3600 3600 3600
	cp clock hour
	jump 0 0 0
	touch slow hold
	engine_at_work
	rm hold
	rm "$repo/.git/hooks/post-checkout"
	fails test -e slow
	ends_right
	test "$(logged "build stopped")" = 0
	test "$(logged "stopped run")" = 0
'
check "who is stopped keeps the session: a second engine is refused" '
	jump 0 0 0
	begin settings.cfg c8 c1
	engine_at_work
	kill -STOP $engine
	jump 3600 3600 3600
	exits 1 culprit run --batch 2>err
	grep "^culprit: process $engine on .* is this session.s engine already" err
	culprit status | grep "^engine: .*$engine"
	exits 1 culprit reset 2>err
	grep "process $engine on .*: stop it first (culprit stop)$" err
	kill -CONT $engine
	ends_right
'
check "an engine whose lock was taken away under it stops, and says so" '
	jump 0 0 0
	begin settings.cfg c8 c1
	engine_at_work
	rm "$session/lock"
	exits 1 wait $engine
	rm engine.pid
	grep "^culprit: .*/lock. was removed or replaced, so another engine could have begun" said
	touch go
	culprit run --batch | grep "^$(full c5) is the first bad commit$"
'
check "the wall clock may jump back and forward at any time" '
	jump 0 0 0
	begin settings.cfg c8 c1
	engine_at_work
	for by in -86400 400000000 -1000000000 0 -31536000; do
		jump $by 0 0
		culprit note "at $by"
		culprit status >>told
		culprit status --json >>told
		culprit log >>told
		culprit sessions >>told 2>&1 || :
	done
	ends_right
	culprit status --json >last
	culprit log --format json >log.json
	python3 -c "
import json
events = json.load(open(\"log.json\"))[\"events\"]
for event in events:
    assert event.get(\"duration_ms\", 0) < 60000, event
    assert event.get(\"duration_ms\", 0) >= 0, event
assert len([e for e in events if e[\"kind\"] == \"note\"]) == 5"
	culprit report >report
	fails grep -E -e "-[0-9]+:[0-9]|-[0-9]+ (s|min|h|days)" told report
'
plan
