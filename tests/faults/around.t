#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a user does around a session that is at work: the worktree is deleted
# under it, the repository collected, fetched into and rebased; the disk is
# full for what runs write.  The answer stays right, or a sentence says what to
# do and the session goes on afterwards.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

cleanup()
{
	kill "$(cat "$tmp/engine.pid")"
} 2>/dev/null

line_repo "$tmp/line" 8
session=$tmp/session
cat >test.sh <<'SCRIPT'
touch "$TOP/reached"
until test -e "$TOP/go"; do sleep 0.05; done
test "$(cat number)" -lt 5
SCRIPT
cat >settings.cfg <<SETTINGS
policy = "syzkaller/1/1";
build: { command = "true"; };
test: { command = "TOP=$tmp sh $tmp/test.sh"; timeout = 60; };
SETTINGS

engine_at_work()
{
	rm -f go reached
	"$CULPRIT" -C "$repo" --session-dir "$session" run --batch >said 2>&1 &
	engine=$!
	echo $engine >engine.pid
	until_true "test -e reached"
}

# It ends, or asks and is told to go on.
ends_right()
{
	touch go
	status=0
	wait $engine || status=$?
	rm engine.pid
	while test $status = 2; do
		culprit resume
		status=0
		culprit run --batch >said 2>&1 || status=$?
	done
	cat said
	test $status = 0
	grep "^$(full c5) is the first bad commit$" said
}

check "the worktree may be deleted under a run: it is made again" '
	begin settings.cfg c8 c1
	engine_at_work
	rm -rf "$session/worktree"
	ends_right
'
check "or removed by git, which forgets it too" '
	begin settings.cfg c8 c1
	engine_at_work
	git -C line worktree remove --force "$session/worktree"
	ends_right
'
check "gc, prune, fetch and rebase by the user change nothing" '
	begin settings.cfg c8 c1
	git clone -q line other
	git -C other -c user.name=A -c user.email=a@x commit -q --allow-empty -m new
	engine_at_work
	git -C line reflog expire --expire=now --all
	git -C line gc -q --prune=now
	git -C line worktree prune
	git -C line fetch -q ../other main:fetched
	git -C line checkout -q -b topic c2
	git -C line -c user.name=A -c user.email=a@x commit -q --allow-empty -m mine
	git -C line -c user.name=A -c user.email=a@x rebase -q fetched
	git -C line checkout -q main
	git -C line branch -q -D topic
	ends_right
'
check "no room for a console: the run is trouble of ours, and made again" '
	begin settings.cfg c8 c1
	touch go
	cat >full.cfg <<-SETTINGS
	policy = "syzkaller/1/1";
	build: { command = "true"; };
	test: { command = "head -c 3000000 /dev/zero; TOP=$tmp sh $tmp/test.sh";
		timeout = 60; };
	SETTINGS
	cp full.cfg "$session/culprit.cfg"
	exits 2 sh -c "ulimit -f 2000; trap \"\" XFSZ; exec \"\$0\" \"\$@\"" \
		"$CULPRIT" -C "$repo" --session-dir "$session" run --batch >said 2>&1
	cat said
	grep "cannot write .*/[0-9].console.: File too large" said
	grep -i "resume" said
	fails grep "end run .*: \(ok\|crashed\)" said
	culprit resume
	culprit run --batch >said
	grep "^$(full c5) is the first bad commit$" said
'
plan
