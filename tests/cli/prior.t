#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What commits are weighed by before any test: the files that the crash's
# report names.  The "kernels" are shell scripts that say what real ones do.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

# 41 commits; c30 changes the file that the report names, and brings the bug
make_repo()
{
	git init -q -b main "$1" || return 1
	n=1
	{
		while test $n -le 41; do
			file=fs/other$((n % 5)).c
			test $n != 30 || file=mm/gup.c
			test $n != 12 || file=mm/swap.c
			printf 'commit refs/heads/main\nmark :%s\n' $n
			printf 'committer C <c@example.com> %s +0000\n' \
				$((1700000000 + n * 60))
			printf 'data %s\ncommit %s\n' $((7 + ${#n})) $n
			for name in number "$file"; do
				printf 'M 644 inline %s\ndata %s\n%s\n\n' \
					"$name" $((${#n} + 1)) $n
			done
			printf 'reset refs/tags/c%s\nfrom :%s\n\n' $n $n
			n=$((n + 1))
		done
	} | git -C "$1" fast-import --quiet && git -C "$1" checkout -q main
}

cat >test.sh <<'SCRIPT'
echo "[    0.500000][    T1] init: started"
test "$(cat number)" -ge 30 || exit 0
cat <<'EOT'
[   11.100000][  T300] ------------[ cut here ]------------
[   11.100101][  T300] WARNING: CPU: 0 PID: 300 at mm/gup.c:42 gup_fast+0x5c/0x90
[   11.100202][  T300] Modules linked in:
[   11.100303][  T300] RIP: 0010:gup_fast+0x5c/0x90
[   11.100404][  T300] Call Trace:
[   11.100505][  T300]  <TASK>
[   11.100606][  T300]  really_ready+0x10/0x20
[   11.100808][  T300]  </TASK>
EOT
SCRIPT

settings_with()
{
	cat <<SETTINGS
title = "WARNING in gup_fast";
policy = "adaptive";
$1
test: {
	command = "sh $tmp/test.sh";
	console = "kernel";
	settle = 1;
	slots = 2;
};
SETTINGS
}

settings_with "" >weighed.cfg
settings_with 'prior = "none";' >plain.cfg
settings_with 'prior = "stars";' >wrong.cfg

make_repo "$tmp/repo"
repo=$tmp/repo
session=$tmp/session
answer=$(git -C "$repo" rev-parse c30)

# field NAME...: of the belief in the status
field()
{
	culprit status --json | python3 -c '
import json, sys
value = json.load(sys.stdin)["belief"]
for name in sys.argv[1:]:
    value = value[int(name) if name.isdigit() else name]
print(json.dumps(value))' "$@"
}

steps()
{
	culprit status --json | python3 -c '
import json, sys
print(len(json.load(sys.stdin)["steps"]))'
}

check "the commit that changes the named file is found" '
	begin weighed.cfg c41 c1
	culprit run --batch >out
	grep "^$answer is the first bad commit" out
'

check "what the commits change is a fact, told in one line" '
	culprit log | grep "of the commits 1 change a file that the report names, 1 another one beside it, 0 nothing that is compiled: mm/gup.c$"
'

check "the status says where the prior is from" '
	culprit status | grep "^before any test: 1 that changes mm/gup.c has 31 %, 1 beside such a file 11 %, 38 others 56 %$"
'

check "in the JSON are the files, and which commits got how much" '
	test "$(field prior files)" = "[\"mm/gup.c\"]"
	test "$(field prior file commits)" = 1
	test "$(field prior touching 0 commit)" = "\"$answer\""
	test "$(field prior touching 0 chance)" = "$(field prior file chance)"
'

check "the order alone lists the commits" '
	culprit prior >out
	grep "^prior: files$" out
	grep "^31 %  file of the report  $(short c30)  commit 30$" out
	grep "^11 %  same folder         $(short c12)  commit 12$" out
'

weighed=$(steps)

check "while it searches bits and runs are left, and no steps" '
	session=$tmp/going
	begin weighed.cfg c41 c1
	culprit run --batch >out
	grep "^    [0-9.]* bits left" out
	fails grep "steps\{0,1\}$" out
	culprit retract c30
	culprit skip c30 >out
	grep "^Bisecting: [0-9.]* bits left, .*; 12 suspects by the verdicts$" out
	culprit status --json >json
	json "j[\"state\"] == \"test\" and j[\"suspects\"] == 12 and
		j[\"left\"] is None and j[\"steps_left\"] is None and
		j[\"belief\"][\"bits_left\"] > 0 and
		j[\"belief\"][\"runs_left\"] > 0" <json
	session=$tmp/session
'

check "it can be taken away and back, and nothing is run for it" '
	culprit prior none -m "the report misleads"
	culprit prior | grep "^before any test all commits are alike"
	test "$(field prior)" = null
	culprit undo
	test "$(field prior file commits)" = 1
	fails culprit prior stars 2>err
	grep "is not where a prior can be from: files or none" err
'

check "a session that is forked has what was told" '
	culprit fork >/dev/null
	culprit log | grep "of the commits 1 change a file"
'

check "without it the same is found, by more steps" '
	session=$tmp/plain
	begin plain.cfg c41 c1
	culprit run --batch >out
	grep "^$answer is the first bad commit" out
	fails grep "of the commits" out
	test "$(field prior)" = null
	test "$(steps)" -gt "$weighed"
'

check "a setting that is none is refused" '
	session=$tmp/wrong
	fails begin wrong.cfg c41 c1 2>err
	grep "wrong.cfg:3: prior: expected .none. or .files." err
'

plan
