#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit report`: a mail from a session to whoever answers for the culprit,
# and the warnings that others print too.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

cat >kasan.log <<'LOG'
[   12.000000][  T311] ==================================================================
[   12.000101][  T311] BUG: KASAN: slab-use-after-free in ring_release+0x1c4/0x230
[   12.000202][  T311] Read of size 8 at addr ffff888012345678 by task repro/311
[   12.000303][  T311]
[   12.000404][  T311] CPU: 1 PID: 311 Comm: repro Not tainted 6.12.0 #1
[   12.000505][  T311] Call Trace:
[   12.000606][  T311]  <TASK>
[   12.000707][  T311]  dump_stack_lvl+0x6e/0xa0
[   12.000808][  T311]  kasan_report+0xd8/0x110
[   12.000909][  T311]  ring_release+0x1c4/0x230
[   12.001010][  T311]  __fput+0x1f5/0x650
[   12.001111][  T311]  </TASK>
LOG
cat >test.sh <<'SCRIPT'
echo "[    0.000000][    T0] Booting the kernel."
test "$(cat number)" -lt "$FIRST" || cat "$LOGS/kasan.log"
exit 0
SCRIPT
cat >kernel.cfg <<SETTINGS
title = "KASAN: slab-use-after-free Read in ring_release";
policy = "syzkaller/3/3";
test: {
	command = "FIRST=9 LOGS=$tmp sh $tmp/test.sh";
	console = "kernel";
	settle = 1;
};
SETTINGS

# c1..c12, where c9 has a message with trailers.
line_repo "$tmp/line" 12
session=$tmp/session
git -C "$repo" config user.name "R E Porter"
git -C "$repo" config user.email reporter@example.com
git -C "$repo" checkout -q -b told c8
printf "%s\n" "ring: release at once" "" "Nobody needs the lock here." "" \
	"Fixes: 0123456789ab (\"ring: begin\")" \
	"Cc: C C <cc@example.com>" "Cc: stable@vger.kernel.org" \
	"Link: https://lore.example.com/ring" \
	"Reviewed-by: \"Viewer, R E\" <VIEWER@example.com>" \
	"Signed-off-by: A U Thor <author@example.com>" \
	"Signed-off-by: Main Tainer <tainer@example.com>" >message
for n in 9 10 11 12; do
	echo $n >"$repo/number"
	echo "commit $n" >subject
	test $n = 9 && cp message subject
	GIT_AUTHOR_DATE="$((1700000000 + n)) +0000" \
		GIT_COMMITTER_DATE="$((1700000000 + n)) +0000" \
		git -C "$repo" commit -q -a -F "$tmp/subject"
	git -C "$repo" tag -f c$n >/dev/null
done

begin()
{
	rm -rf "$session"
	culprit start "$@"
}

# maintainer_script TEXT: get_maintainer.pl of the user's checkout.
maintainer_script()
{
	mkdir -p "$repo/scripts"
	printf "#!/bin/sh\n%s\n" "$1" >"$repo/scripts/get_maintainer.pl"
	chmod +x "$repo/scripts/get_maintainer.pl"
}

# part FIRST LAST <REPORT: the lines from one that matches to another.
part()
{
	sed -n "/$1/,/$2/p"
}

begin -c "$tmp/kernel.cfg" c12 c1 >/dev/null
check "while the search goes on it tells what is known so far" '
	culprit report >out 2>err
	grep "^Subject: \[bisecting\] KASAN: slab-use-after-free Read in ring" out
	grep "^The search is not over; this is what is known so far" out
	fails grep "^To:" out
	test ! -s err
'
check "the result is told with recipients, commit, runs and tags" '
	culprit run --batch >said
	culprit report >out 2>err
	cat err
	test ! -s err
	id=$(short c9)
	part "^From" "^$" <out | diff - - <<-HEADER
	From: R E Porter <reporter@example.com>
	To: A U Thor <author@example.com>,
	    Main Tainer <tainer@example.com>,
	    "Viewer, R E" <viewer@example.com>
	Subject: [bisected] KASAN: slab-use-after-free Read in ring_release, caused by $id ("ring: release at once")

	HEADER
	grep "^        commit $(full c9)$" out
	grep "^        Author: A U Thor <author@example.com>$" out
	grep "^        Date:   2023-11-14 22:13:29 +0000$" out
	grep "^        https://lore.example.com/ring$" out
	grep "^The bug shows in 3 of 3 runs of this commit,$" out
	grep "^0 of 3 runs of its parent $(short c8)\.$" out
	grep "^Fixes: $id (\"ring: release at once\")$" out
	grep "^Reported-by: R E Porter <reporter@example.com>$" out
	grep "bad    $id  XXX *3x\[1\]$" out
	grep "^  \[1\] KASAN: slab-use-after-free Read in ring_release$" out
	grep "^  tested by: FIRST=9 " out
	grep "^  verdicts: policy syzkaller/3/3; crashes compared by family" out
'
check "the crash stands at its end, as the console of a run has it" '
	sed -n "/^The crash, from run [0-9]* of $(short c9):$/,\$p" out >crash
	grep "^BUG: KASAN: slab-use-after-free in ring_release+0x1c4/0x230$" \
		crash
	grep "^ __fput+0x1f5/0x650$" crash
'
check "whom to tell, and the crash, can be had alone" '
	culprit report --to >to 2>err
	test ! -s err
	diff - to <<-PEOPLE
	To: A U Thor <author@example.com>
	To: Main Tainer <tainer@example.com>
	To: "Viewer, R E" <viewer@example.com>
	PEOPLE
	culprit report --to "$(full c9)" | diff - to
	culprit report --crash >alone
	sed 1,2d crash | diff - alone
	culprit report --crash "$(short c9)#1" >of-run
	grep "^BUG: KASAN: slab-use-after-free in ring_release+0x1c4/0x230$" \
		of-run
	exits 1 culprit report --crash "$(short c9)#9" 2>err
	grep "^culprit: .$(short c9)#9. is no run of a tested commit" err
	exits 1 culprit report --to --crash 2>err
	grep "^culprit: --to and --crash exclude each other$" err
'
check "a part of a title in the settings is told whole" '
	sed "s/^title.*/title = \"slab-use-after-free\";/" kernel.cfg >part.cfg
	begin -c "$tmp/part.cfg" c12 c1
	culprit run --batch >said
	culprit report --no-maintainers >part.out
	grep "^Subject: \[bisected\] KASAN: slab-use-after-free Read in \
ring_release, caused by $(short c9) " part.out
	begin -c "$tmp/kernel.cfg" c12 c1
	culprit run --batch >said
'
check "git replays the log that is in it" '
	sed -n "/^git bisect start/,/^# first bad commit/p" out >log
	git clone -q "$repo" clone
	git -C clone bisect replay "$tmp/log" |
		grep "^$(full c9) is the first bad commit$"
'
check "nothing is left in the checkout, and nothing of it was touched" '
	users_things "$repo" >before
	culprit report >out
	users_things "$repo" | diff before -
'
check "what get_maintainer.pl of the checkout names is there, by its roles" '
	maintainer_script "
		echo \"M A <ma@example.com> (maintainer:RING)\"
		echo \"R V <rv@example.com> (reviewer:RING)\"
		echo \"ring@lists.example.com (open list:RING)\"
		echo \"linux-kernel@vger.kernel.org (open list)\""
	culprit report >out 2>err
	test ! -s err
	part "^To" "^Subject" <out | sed "/^Subject/d" | diff - - <<-HEADER
	To: A U Thor <author@example.com>,
	    M A <ma@example.com>,
	    ring@lists.example.com,
	    Main Tainer <tainer@example.com>,
	    "Viewer, R E" <viewer@example.com>
	Cc: linux-kernel@vger.kernel.org,
	    R V <rv@example.com>
	HEADER
'
check "it is not run with --no-maintainers" '
	maintainer_script "touch $tmp/ran; exit 1"
	culprit report --no-maintainers >out 2>err
	test ! -e ran
	test ! -s err
	grep "^To: A U Thor" out
'
check "one that fails or floods is a note, and the report is there" '
	maintainer_script "echo no such tree >&2; exit 3"
	culprit report >out 2>err
	grep "^culprit: note: scripts/get_maintainer.pl failed: no such tree: " \
		err
	grep "^Fixes: " out
	maintainer_script "yes \"x <x@example.com> (maintainer:X)\""
	culprit report >out 2>err
	grep "^culprit: note: scripts/get_maintainer.pl wrote more than" err
	grep "^Fixes: " out
	fails grep "x@example.com" out
	rm -r "$repo/scripts"
'
check "without a name and an address in git nobody is the reporter" '
	git -C "$repo" config --unset user.email
	culprit report >out
	fails grep "^From:" out
	fails grep "^Reported-by:" out
	git -C "$repo" config user.email reporter@example.com
'
check "consoles that were cleaned away are said to be" '
	cp -r "$session" cleaned
	rm -r cleaned/runs
	"$CULPRIT" -C "$repo" --session-dir "$tmp/cleaned" report >out
	tail -n 1 out | grep "^The console of run 0 of $(short c9), which shows \
the bug, is not kept any more$"
'
check "a session without its repository can be reported" '
	mv "$repo" "$repo.away"
	"$CULPRIT" --session-dir "$session" report >out 2>err || status=$?
	mv "$repo.away" "$repo"
	test -z "$status"
	grep "^culprit: note: the repository is not there" err
	grep "^Fixes: " out
'
check "a clean result has no warnings" '
	culprit status --json | json "j[\"warnings\"] == []"
	fails grep "^warning" said
'
check "a release as culprit is warned of, by run, status and report" '
	git -C "$repo" tag v2.0 c9
	culprit status --json | json "len(j[\"warnings\"]) == 1 and
		\"the culprit is the release v2.0\" in j[\"warnings\"][0]"
	culprit report | grep "^Warning: the culprit is the release v2.0 itself"
	culprit run --batch >said
	tail -n 1 said | grep "^warning: the culprit is the release v2.0 itself"
	git -C "$repo" tag -d v2.0
'
check "what a person overruled is told with the reason" '
	culprit judge c9#1 ignored -m "the power failed" >/dev/null
	culprit report >out
	grep "^  judge run 1 of $(short c9): ignored: the power failed (by " out
	grep "^Warning: a person overruled run $(short c9)#1 (ignored)\.$" out
	culprit status --json | json "\"overruled\" in j[\"warnings\"][-1]"
'
check "an untested end that the result leans on is warned of" '
	sed "s/FIRST=9/FIRST=2/" kernel.cfg >two.cfg
	begin -c "$tmp/two.cfg" c4 c1
	culprit run --batch >said
	grep "^$(full c2) is the first bad commit$" said
	tail -n 1 said | grep "^warning: $(short c1), a parent of the culprit, "
'
check "a merge as culprit is warned of, also in a search by hand" '
	git -C "$repo" checkout -q --detach c5
	git -C "$repo" merge -q --no-ff -s ours -m "a merge" \
		"$(git -C "$repo" commit-tree "c3^{tree}" -p c3 -m side)"
	git -C "$repo" tag merge
	begin merge c5
	culprit good merge^2
	culprit report | grep "^Warning: the culprit is a merge: "
	git -C "$repo" checkout -q told
'
check "a kernel that does not build is told with what its build says" '
	cat >build.cfg <<-SETTINGS
	bad = "build-failed";
	build: { command = "test \$(cat number) -lt 9 ||
		{ echo \"ring.c:7:2: error: no such ring\"; exit 2; }"; };
	SETTINGS
	begin -c "$tmp/build.cfg" c12 c1
	culprit run --batch >/dev/null
	culprit report >out
	grep "^Subject: \[bisected\] kernel does not build, caused by " out
	grep "^The bug shows in 1 of 1 build of this commit,$" out
	sed -n "/^The build of $(short c9) says:$/,\$p" out |
		grep "^ring.c:7:2: error: no such ring$"
'
check "words that are too many, and unknown options, are refused" '
	exits 1 culprit report now 2>err
	grep "^culprit: .now. is one word too many$" err
	grep "^usage: culprit report \[--no-maintainers\] \[--to" err
	exits 1 culprit report --mail 2>err
	grep "^culprit: .--mail. is not an option here$" err
'
plan
