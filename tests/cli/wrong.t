#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Wrong input: each is said in one clear sentence with the way out, and
# nothing is begun, lost or left behind by it.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

esc=$(printf '\033')

cleanup()
{
	"$CULPRIT" --session-dir "$tmp/session" stop >/dev/null 2>&1
}

# refused PATTERN ARGUMENTS...: exit 1, one message that fits, no output.
refused()
{
	pattern=$1
	shift
	exits 1 culprit "$@" >out 2>err || { cat err; return 1; }
	cat err
	test ! -s out
	head -n 1 err | grep -q -e "^culprit: .*$pattern" ||
		{ echo "it does not say: $pattern"; return 1; }
	exits 1 grep -n "$esc" err
}

# wrong_settings LINE PATTERN: what is read from standard input is refused
# with file:line, and no session is begun.
wrong_settings()
{
	cat >wrong.cfg
	rm -rf "$session"
	refused "wrong.cfg:$1: $2" start -c "$tmp/wrong.cfg" c9 c1
	test ! -e "$session"
}

begin()
{
	rm -rf "$session"
	culprit start c20 c1
}

line_repo "$tmp/line" 20
session=$tmp/session

# Settings.

check "an option that there is not is named as it was written" '
	refused ".-repo. is not an option here$" next -repo x
	refused ".--nonsense. is not an option here$" status --nonsense
	refused ".-x. is not an option here$" start -c a.cfg -x
'
check "a typo in the settings: the line, the word, and those that are known" '
	printf "title = \"x\";\n\ntest: {\n\tcomand = \"true\";\n};\n" |
		wrong_settings 4 ".*comand.*expected one of command, timeout"
'
check "an unknown group, and a known one in a wrong place" '
	printf "tests: { command = \"true\"; };\n" |
		wrong_settings 1 ".*tests.*expected one of title.*build, test"
	printf "build: {\n\ttest: { command = \"true\"; };\n};\n" |
		wrong_settings 2 ".*test"
'
check "a wrong type: the key and what was expected" '
	printf "test: {\n\tcommand = true;\n};\n" |
		wrong_settings 2 "test.command: expected a text in quotes"
	printf "test: {\n\tcommand = \"x\";\n\ttimeout = \"10\";\n};\n" |
		wrong_settings 3 "test.timeout: expected a whole number of seconds"
	printf "test = \"make check\";\n" |
		wrong_settings 1 "test: expected a group"
'
check "a number out of bounds: the bounds" '
	printf "test: {\n\tcommand = \"x\";\n\tslots = 0;\n};\n" |
		wrong_settings 3 "test.slots: expected .*1 to 64"
	printf "build: {\n\ttimeout = 9999999999;\n};\n" |
		wrong_settings 2 "build.timeout: expected .*1 to 604800"
'
check "a bad regular expression: what is wrong with it" '
	printf "test: {\n\tcommand = \"x\";\n\tcrash = \"BUG(\";\n};\n" |
		wrong_settings 3 "test.crash: expected .*regular expression (.*)"
'
check "a policy, an outcome or a target that does not exist" '
	printf "policy = \"coin\";\n" |
		wrong_settings 1 "policy: .coin. .*exit-code.*adaptive"
	printf "policy = \"syzkaller/0\";\n" | wrong_settings 1 "policy: "
	printf "test: {\n\tcommand = \"x\";\n\ton_timeout = \"bad\";\n};\n" |
		wrong_settings 3 "test.on_timeout: expected \"ok\", \"crashed\""
	printf "target = \"vmware\";\n" |
		wrong_settings 1 "target: expected \"command\", \"uml\", \"qemu\" or \"ssh\""
'
check "what is no settings file at all: the line where it stops" '
	printf "title = \"x\";\ntest {\n" | wrong_settings 2 "."
	printf "\000\001\377binary" | wrong_settings 1 "."
	printf "title = \"never ends" | wrong_settings 1 "."
'
check "no settings file there" '
	rm -rf "$session"
	refused "absent.cfg.: No such file" start -c absent.cfg c9 c1
	test ! -e "$session"
'
check "a build command without a test command" '
	printf "build: { command = \"make\"; };\n" >wrong.cfg
	refused "wrong.cfg:1: test.command: it is needed" start -c "$tmp/wrong.cfg" c9 c1
	test ! -e "$session"
'
check "settings that went wrong later stop the engine, not the looking" '
	printf "test: { command = \"true\"; };\n" >right.cfg
	rm -rf "$session"
	culprit start -c "$tmp/right.cfg" c9 c1
	echo "tset: 1;" >>"$session/culprit.cfg"
	refused "culprit.cfg:2: .*tset" run
	culprit status | grep "left to test after this"
'
check "a script of the tests that is wrong" '
	printf "fake: { script = \"zz runs=X\"; };\n" >fake.cfg
	rm -rf "$session"
	culprit start -c "$tmp/fake.cfg" c9 c1
	refused "line 1" run
	culprit status | grep "^engine: none"
'

# The ends.

check "an unknown revision is named, and no session is begun" '
	rm -rf "$session"
	refused "nonsense" start nonsense c1
	refused "v99" start c9 c1 v99
	refused "c3^{tree}.*not a commit" start "c3^{tree}" c1
	test ! -e "$session"
'
check "good equals bad" '
	refused "same commit" start c9 c1 "c9~0"
	test ! -e "$session"
'
check "good and bad swapped: the sense of it is said" '
	refused "\(ancestor\|swap\|--fix\)" start c1 c9
	test ! -e "$session"
	refused "\(ancestor\|swap\)" start --fix c9 c1
	test ! -e "$session"
'
check "ends without a common commit are bisected, as git does, and it is said" '
	git clone -q "$repo" two
	repo=$tmp/two
	git -C two checkout -q --orphan other
	git -C two commit -q -m "another root"
	git -C two bisect start c9 other >theirs
	culprit start c9 other >ours
	sed "1d; /^warning/d; /^checked out/d; /^test it there/d" ours |
		diff theirs -
	grep "^warning: good $(short other) has no merge base with bad $(short c9), .*: all that is behind the latter is searched; .culprit good COMMIT. with an ancestor of it leaves less$" ours
	culprit good c1 | grep "^warning: .*: that leaves out nothing of what is searched$"
	culprit status | grep "^warning: good $(short other) has no merge base"
	culprit retract other
	culprit status >ours
	fails grep "no merge base" ours
	rm -rf "$session"
	culprit start c9 c1
	culprit good other | grep "^warning: good $(short other) has no merge base"
	rm -rf "$session"
'
check "a shallow clone: the way out" '
	git clone -q --depth 5 "file://$repo" shallow 2>/dev/null
	repo=$tmp/shallow
	refused "shallow.*git fetch --unshallow" start HEAD HEAD~2
	test ! -e "$session"
	git -C shallow fetch -q --unshallow
	culprit start HEAD HEAD~12
'
check "no release to walk back to" '
	rm -rf "$session"
	refused "no release tag.*give a good commit" start c9
	refused "fix" start --fix c9
	test ! -e "$session"
'
check "no commit at all" '
	git init -q empty
	repo=$tmp/empty
	refused "HEAD" start HEAD
	rm -rf "$session"
'

# The command line.

check "not a repository, and no session in one" '
	mkdir bare
	for words in "start c9 c1" "status" "good" "run"; do
		exits 1 "$CULPRIT" -C bare $words 2>err
		grep "^culprit: .*repository" err
	done
	exits 1 "$CULPRIT" -C line status 2>err
	grep "no session.*culprit start" err
	exits 1 "$CULPRIT" --session-dir nowhere status 2>err
	grep "^culprit: .*nowhere.*culprit start" err
	test ! -e nowhere
	exits 1 "$CULPRIT" -C nowhere status 2>err
	grep "^culprit: cannot go to .nowhere.: No such file" err
'
check "an unknown command, option or word, and one that is missing" '
	begin
	refused "bisect.* is not a culprit command" bisect
	for name in start run good status log next demo; do
		refused "--nonsense" $name --nonsense
		tail -n 1 err | grep "^usage: culprit $name"
	done
	refused "bad commit is needed" start
	refused "-m needs a reason" bad -m
	refused "csv.*" log --format csv
	refused "usage: culprit judge" judge c5
	refused "usage: culprit retract" retract
	refused "usage: culprit more" more c5
	refused "usage: culprit pick" pick
	refused "usage: culprit note" note
	refused "usage: culprit bad" bad c1 c2
	refused "usage: culprit pause" pause now
	exits 1 "$CULPRIT" --session-dir 2>err
	grep "^culprit: --session-dir needs a folder" err
	exits 1 "$CULPRIT" --nonsense status 2>err
	grep "^culprit: .*--nonsense" err
	exits 1 "$CULPRIT" --ascii status 2>err
	grep "^culprit: .--ascii. is for the screen" err
	exits 1 "$CULPRIT" --color=red 2>err
	grep "^culprit: .*--color=red" err
'
check "the screen without a terminal says what to use" '
	begin
	refused "needs a terminal.*culprit status.*culprit log -f"
'
check "every command has its help, without a session" '
	for name in $("$CULPRIT" help | sed -n "s/^  \([a-z]*\) .*/\1/p"); do
		"$CULPRIT" $name --help >out 2>err
		grep "^usage: culprit $name" out
		test ! -s err
	done
	"$CULPRIT" help | grep -c "^  [a-z]" | grep "^[1-9][0-9]$"
'
check "and tells of each of its options" '
	for name in $("$CULPRIT" help --names); do
		"$CULPRIT" help $name >out
		sed "1,/^$/d" out >told
		sed "/^$/,\$d" out | tr " |[]" "\n" | grep "^-" |
			sort -u >options
		while read -r option; do
			grep -q -e "$option" told ||
				{ echo "$name: $option"; exit 1; }
		done <options
		cat options >>all
		awk "length > 80" out | fails grep .
	done
	test "$(wc -l <all)" -gt 40
'

# Orders that do not fit; the session stays as it is.

check "orders on commits that are none of the session's change nothing" '
	begin
	culprit log >before
	refused "nonsense" good nonsense
	refused "nonsense" skip "nonsense..c5"
	refused "not a range" skip "c5.."
	refused "nonsense" retract nonsense
	refused "no verdict to take back" retract c5
	refused "no finished run 3" judge "c5#3" ok
	refused "does not name a run" judge c5 ok
	refused "not an outcome" judge "c5#0" green
	refused "not a number of runs" more c5 many
	refused "not a number of runs" more c5 -- -1
	refused "no test command" more c5 3
	refused "verdict already" pick c20
	refused "nothing to undo" undo
	refused "nothing to redo" redo
	refused "usage: culprit undo" undo zero
	refused "usage: culprit undo" undo 0
	refused "no engine is at work" stop
	culprit log | diff before -
'
check "a verdict on a commit beside the range is refused or has no effect" '
	git clone -q "$repo" beside
	repo=$tmp/beside
	git -C beside checkout -q -b aside c1
	git -C beside commit -q --allow-empty -m aside
	begin
	culprit status --json >before
	culprit skip aside >out 2>err || grep "not one of the session" err
	culprit status --json | json "j[\"suspects\"] == 19 and
		j[\"testing\"] == \"$(full c10)\""
'
check "undo takes back decisions only, never a fact or the start" '
	printf "fake: { script = \"* runs=X\"; };\n" >fake.cfg
	rm -rf "$session"
	culprit start -c "$tmp/fake.cfg" c9 c1
	culprit run
	culprit log --format json | json "len([x for x in e
		if x[\"kind\"] == \"run\"]) == 3"
	culprit undo 100 >out || :
	culprit log --format json | json "len([x for x in e
		if x[\"kind\"] == \"run\"]) == 3 and
		not [x for x in e if x[\"undone\"] and
		(x[\"by\"] == \"start\" or x[\"kind\"] in (\"run\", \"build\"))]"
	refused "nothing to undo" undo
'

# The session's files.

check "a database that is damaged, of somebody else, or cut" '
	begin
	cp -r "$session" whole
	for damage in \
		"echo text >\$session/session.db" \
		": >\$session/session.db" \
		"truncate -s 3000 \$session/session.db" \
		"dd if=/dev/zero of=\$session/session.db bs=512 count=1 \
			conv=notrunc" \
		"rm \$session/session.db"; do
		rm -rf "$session"
		cp -r whole "$session"
		rm -f "$session"/session.db-*
		eval "$damage" 2>/dev/null
		for order in status log good run; do
			refused "session.db\|no session" $order
		done
	done
	rm -rf "$session"
	cp -r whole "$session"
	culprit status
'
check "garbage in the middle of the database is no crash" '
	rm -rf "$session"
	cp -r whole "$session"
	culprit good
	size=$(($(wc -c <"$session/session.db")))
	at=4096
	while test $at -lt $size; do
		rm -rf "$session"
		cp -r whole "$session"
		rm -f "$session"/session.db-*
		head -c 2048 /dev/urandom | dd of="$session/session.db" bs=1 \
			seek=$at conv=notrunc 2>/dev/null
		for order in status good; do
			status=0
			culprit $order >out 2>err || status=$?
			test $status = 0 || test $status = 1
			test $status = 0 || grep "^culprit: " err
		done
		at=$((at + 4096))
	done
	rm -rf whole
'
check "a worktree removed under it is made again" '
	begin
	rm -rf "$session/worktree"
	culprit good
	test "$(cat "$session/worktree/number")" = 15
	git -C line worktree remove --force "$session/worktree"
	culprit bad
	test "$(cat "$session/worktree/number")" = 12
'
check "something of the user's in the worktree's place stays, and is named" '
	begin
	rm -rf "$session/worktree"
	mkdir "$session/worktree"
	echo mine >"$session/worktree/file"
	exits 1 culprit good >out 2>err
	grep "^culprit: .*worktree.* is in the way" err
	grep mine "$session/worktree/file"
	culprit log | grep "good $(short c10)"
'
check "a session that may only be read is shown, and no order is lost on it" '
	begin
	culprit good
	chmod -R a-w "$session"
	if test "$(id -u)" = 0; then
		chattr -R +i "$session" 2>/dev/null || exit 0
	fi
	trap "chattr -R -i \"$session\" 2>/dev/null; chmod -R u+w \"$session\"" 0
	culprit status | grep "left to test after this"
	refused "." bad
'
check "the folder of a new session is taken already" '
	begin
	refused "session.*already" start c9 c1
	culprit status | grep "^\[$(full c10)\]"
	echo file >taken
	session=$tmp/taken
	refused "taken" start c9 c1
	grep file taken
'

# What others wrote never reaches the terminal raw.

check "escape sequences in a subject, a console and a build come out harmless" '
	git clone -q "$repo" evil
	repo=$tmp/evil
	bell=$(printf "\007") csi=$(printf "\302\233")
	for n in 1 2 3; do
		echo $n >evil/number
		git -C evil commit -q -a -m "${esc}]0;owned${bell}
${esc}[2J commit $n${csi}31m ${esc}(0 $(printf "\342\200\256")"
		git -C evil tag e$n
	done
	cat >evil.sh <<-SCRIPT
	printf "BUG: ${esc}[31mred${bell} \\\\000 \\\\377\\\\376 ${csi}2J\\\\r\\\\n"
	exit 1
	SCRIPT
	cat >evil.cfg <<-SETTINGS
	title = "bug ${esc}[5m";
	build: { command = "test \$(cat number) != 2 || {
		printf \\"x.c:1: error: ${esc}[1mbad\\\\n\\"; exit 1; }"; };
	policy = "exit-code";
	test: { command = "sh $tmp/evil.sh"; crash = "BUG: .*"; };
	SETTINGS
	rm -rf "$session"
	culprit start -c "$tmp/evil.cfg" e3 c20 >out 2>&1
	culprit run >>out 2>&1 || test $? = 2
	culprit note "${esc}[41m" >>out 2>&1
	culprit status >>out 2>&1
	culprit log >>out 2>&1
	culprit undo >>out 2>&1
	exits 1 culprit good "${esc}[31m" >>out 2>&1
	culprit status --json >>out
	culprit log --format json >>out
	exits 1 grep -a -n "[$esc$bell]" out
	exits 1 env LC_ALL=C grep -a -n "$csi" out
	exits 1 grep -a -n "$(printf "\342\200\256")" out
	grep "commit 3" out
	grep "BUG: .*red" out
	culprit log --format json | json "[x for x in e if
		x[\"kind\"] == \"note\" and x[\"text\"] == \"\\x1b[41m\"]"
	LC_ALL=C grep -a "$esc" "$session"/runs/*/0.console
'
plan
