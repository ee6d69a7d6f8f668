#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fixups: patches that git applies to the session's worktree before a commit
# is built, where their condition holds, and that the next checkout undoes.
# The commits 4 to 10 do not build as they are; the bug comes with 8.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

echo broken >state
line_repo "$tmp/line" 12 state
cat >build.sh <<SCRIPT
n=\$(cat number)
dirty=\$(git status --porcelain | wc -l)
echo "\$n \$(cat state) \$(test ! -e extra || echo extra) \$dirty" >>$tmp/builds
test "\$(cat state)" = mended || test \$n -lt 4 || test \$n -gt 10
while test -e $tmp/wait; do sleep 0.1; done
SCRIPT
sed -i 's/^test .*/& || exit 1/' build.sh
cat >mend.patch <<'PATCH'
A mail may stand before it.

diff --git a/extra b/extra
new file mode 100644
index 0000000..0cfbf08
--- /dev/null
+++ b/extra
@@ -0,0 +1 @@
+2
diff --git a/state b/state
--- a/state
+++ b/state
@@ -1 +1 @@
-broken
+mended
PATCH
cat >five.patch <<'PATCH'
--- a/number
+++ b/number
@@ -1 +1 @@
-5
+5 and a half
PATCH
cat >plain.cfg <<SETTINGS
build = { command = "sh $tmp/build.sh"; };
test = { command = "test \$(cat number) -lt 8"; };
SETTINGS
cat >mend.cfg <<SETTINGS
fixups = ( { patch = "mend.patch"; if_has = "c4"; unless_has = "c11"; } );
SETTINGS
cat plain.cfg >>mend.cfg
session=$tmp/session

begin()
{
	rm -rf "$session" builds
	culprit start -c "$tmp/$1" "$2" "$3"
}

check "without a fixup a stretch that does not build hides the culprit" '
	begin plain.cfg c12 c1
	exits 2 culprit run --batch >said
	grep "only .skip.ped commits left" said
'
check "a fixup is applied where its condition holds, and nowhere else" '
	users_things "$repo" | grep -v " ./.git/objects/" >before
	begin mend.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c8) is the first bad commit$" said
	test "$(wc -l <builds)" -ge 3
	awk "{ want = \$1 >= 4 && \$1 <= 10 ? \"mended extra 2\" : \"broken 0\"
		is = \$2; for (i = 3; i <= NF; i++) is = is \" \" \$i
		if (is != want) { print; bad = 1 } } END { exit bad }" builds
	users_things "$repo" | grep -v " ./.git/objects/" | diff before -
'
check "the log says what a commit was built with" '
	culprit log >log
	grep "fixup 1, mend.patch, if it has $(short c4), unless it has $(short c11) .*at the start" log
	grep "build of $(short c8) with fixup 1$" log
	culprit status | grep "$(short c8).*\[fixup 1\]$"
	culprit status --json >out
	json "j[\"fixups\"] == [{\"number\": 1, \"name\": \"mend.patch\",
		\"if_has\": \"$(full c4)\", \"unless_has\": \"$(full c11)\"}]" \
		<out
	json "[s[\"fixups\"] for s in j[\"steps\"]
		if s[\"commit\"] == \"$(full c8)\"] == [\"1\"]" <out
	grep "^\$ git .* apply .*/fixups/[0-9a-f]*\.patch$" \
		"$session/builds/$(full c8).log"
'
check "what was skipped is built again once there is a fixup for it" '
	begin plain.cfg c12 c1
	exits 2 culprit run --batch
	culprit fixup add "$tmp/mend.patch" --if-has c4 >said
	grep "^fixup 1, mend.patch, if it has $(short c4)$" said
	skipped=$(sed -n "s/^  \([0-9a-f]*\) skip, build fails$/\1/p" said)
	grep "commits would be built differently now" said
	test "$(echo "$skipped" | wc -l)" = "$(culprit status |
		grep -c "build fails")"
	for commit in $skipped; do
		culprit retract "$commit"
	done
	culprit run --batch >said
	grep "^$(full c8) is the first bad commit$" said
'
check "a fixup can be undone, redone and dropped" '
	begin plain.cfg c12 c1
	culprit fixup add "$tmp/mend.patch" -m "the old compiler"
	culprit undo | grep "^undone: fixup 1, mend.patch (1 event ago)$"
	test -z "$(culprit fixup list)"
	culprit redo
	test "$(culprit fixup list)" = "fixup 1, mend.patch"
	culprit fixup drop 1
	test -z "$(culprit fixup list)"
	exits 1 culprit fixup drop 1 2>err
	grep "culprit: there is no fixup 1$" err
	culprit fixup add "$tmp/five.patch" --unless-has c3
	test "$(culprit fixup list)" = \
		"fixup 2, five.patch, unless it has $(short c3)"
	exits 2 culprit run --batch
	grep "mended" builds && exit 1
	grep "^5 and a half" builds && exit 1
	true
'
check "a patch that does not apply is told apart from a broken build" '
	begin plain.cfg c3 c1
	culprit fixup add "$tmp/five.patch"
	exits 2 culprit run --batch
	why="fixup 1 (five.patch) does not apply to $(short c2): patch failed"
	culprit log | grep -F "build of $(short c2) failed after" |
		grep -F "$why: number:1"
	culprit status | grep "skip .*fixup 1 does not apply"
	culprit status --json >out
	json "[(s[\"fixup_refused\"], s[\"verdict\"]) for s in j[\"steps\"]
		if s[\"commit\"] == \"$(full c2)\"] == [(1, \"skip\")]" <out
	test ! -e builds
'
check "two fixups are applied in their order, and a third that fails says so" '
	begin plain.cfg c6 c4
	culprit fixup add "$tmp/mend.patch"
	sed "s/-5/-5 and a half/; s/+5.*/+5 and more/" five.patch >six.patch
	culprit fixup add "$tmp/five.patch"
	culprit fixup add "$tmp/six.patch"
	culprit run --batch
	grep "^5 and more mended extra" builds
	culprit log | grep "build of $(short c5) with fixup 1, 2, 3$"
	culprit fixup drop 2
	culprit retract c5
	exits 2 culprit run --batch
	culprit log | grep "fixup 3 (six.patch) does not apply"
'

git -C "$repo" checkout -q -b more c12
(cd "$repo" && git apply "$tmp/mend.patch" && git add -A &&
	git commit -qm mended && git tag c13 && echo 14 >number &&
	git commit -qam last && git tag c14)

check "a fixup that is in already is passed over, and noted" '
	begin plain.cfg c14 c12
	culprit fixup add "$tmp/mend.patch"
	culprit run --batch || :
	log=$session/builds/$(full c13).log
	grep "^\$ # fixup 1 (mend.patch) is in already$" "$log"
	fails grep "apply" "$log"
	grep "^12 mended extra 0$" builds
'
check "a commit stands for what it changes" '
	sed "s/mend.patch/c13/" mend.cfg >commit.cfg
	begin commit.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c8) is the first bad commit$" said
	culprit fixup list | grep "^fixup 1, $(short c13), if it has"
'
check "a patch may come from the standard input" '
	begin plain.cfg c12 c1
	culprit fixup add - <mend.patch
	cmp mend.patch "$session"/fixups/*.patch
'
check "what names nothing is refused at once, in words of git" '
	begin plain.cfg c12 c1
	exits 1 culprit fixup add "$tmp/mend.patch" --if-has nonsense 2>err
	grep "cannot resolve .nonsense.:" err
	exits 1 culprit fixup add no.patch 2>err
	grep "there is no file .no.patch., and: cannot resolve .no.patch." err
	exits 1 culprit fixup add "$tmp/plain.cfg" 2>err
	grep "plain.cfg. is no patch: git apply: " err
	git -C "$repo" commit -q --allow-empty -m empty
	exits 1 culprit fixup add HEAD 2>err
	grep "is a merge or changes nothing" err
	exits 1 culprit fixup add 2>err
	grep "^culprit: usage: culprit fixup add PATCH" err
	test "$(logged fixup)" = 0
	sed "s/c11/nonsense/" mend.cfg >bad.cfg
	rm -rf "$session"
	exits 1 culprit start -c "$tmp/bad.cfg" c12 c1 2>err
	grep "fixup 1 of the settings: cannot resolve .nonsense.:" err
	test ! -e "$session"
	exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/bad.cfg" >out
	grep "^wrong  fixup: cannot resolve" out
	sed "s/if_has/if_hat/" mend.cfg >bad.cfg
	exits 1 culprit start -c "$tmp/bad.cfg" c12 c1 2>err
	grep "bad.cfg:1: fixups.if_hat: there is no such key here" err
'
check "a session by hand builds nothing, so it takes no fixup" '
	rm -rf "$session"
	culprit start c12 c1
	exits 1 culprit fixup add "$tmp/mend.patch" 2>err
	grep "tested by hand" err
'
check "a patch that was changed in the session is not applied" '
	begin mend.cfg c12 c1
	echo "# changed" >>"$(echo "$session"/fixups/*.patch)"
	exits 2 culprit run --batch
	culprit log | grep "build of .* infra .*is not what was added as fixup 1"
'
check "killed between patch and build, the next engine begins with a clean tree" '
	begin mend.cfg c12 c1
	touch wait
	culprit run --batch >/dev/null 2>&1 &
	until_true "grep extra builds"
	pid=$(culprit status --json | python3 -c "
import json, sys
print(json.load(sys.stdin)[\"engine\"][\"pid\"])")
	kill -9 "$pid"
	wait || :
	git -C "$session/worktree" status --porcelain | grep extra
	# as a git that was killed while it applied
	git -C "$session/worktree" reset -q
	touch "$(git -C "$session/worktree" rev-parse --git-dir)/index.lock"
	rm wait builds
	culprit run --batch >said
	grep "^$(full c8) is the first bad commit$" said
	awk "\$1 < 4 || \$1 > 10 { if (\$2 \$3 != \"broken0\") exit 1 }" builds
	grep "^[4-9] mended extra 2$" builds
'
check "a fixup that comes while a commit is tested is in its further runs" '
	cat >slow.cfg <<-SETTINGS
	policy = "syzkaller/2/2";
	build = { command = "sh $tmp/build.sh"; };
	test = { command = "echo \$(cat state) >>$tmp/tests;
		while test -e $tmp/hold; do sleep 0.1; done"; };
	SETTINGS
	begin slow.cfg c3 c1
	rm -f tests
	touch hold
	culprit run --batch >/dev/null 2>&1 &
	until_true "grep broken tests"
	culprit fixup add "$tmp/mend.patch"
	rm hold
	wait || :
	test "$(cat tests | tr "\n" " ")" = "broken mended "
	grep -c "^2 " builds | grep 2
'
plan
