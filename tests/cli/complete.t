#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Words that are begun are completed in a shell; and git finds culprit.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

mkdir bin
ln -s "$CULPRIT" bin/culprit
ln -s culprit bin/git-culprit
export PATH="$tmp/bin:$PATH"

line_repo repo 5
cd repo
"$CULPRIT" start c5 c1 >/dev/null
tested=$(git rev-parse c5 | cut -c 1-12)

# What the words after `culprit`, the last one unfinished, may become.
completed()
{
	"$CULPRIT" help --complete -- "$@"
}

check "commands and what stands before them" '
	completed re | sort >said
	printf "%s\n" redo replay report reset resume retract >wanted
	diff wanted said
	completed --p | grep -qx -e --plain
	test "$(completed -C "")" = =folders
'
check "options, and the words that may stand behind them" '
	completed log --f | grep -qx -e --format
	completed log --format s | grep -qx syzbot
	completed matching f | grep -qx family
	completed replay "" | grep -qx =files
	completed policy s | sort >said
	printf "%s\n" strict syzkaller >wanted
	diff wanted said
	test -z "$(completed note "")"
'
check "commits by name and the steps by id, in any folder" '
	completed good c | sort >said
	printf "%s\n" c1 c2 c3 c4 c5 >wanted
	diff wanted said
	completed good "$(echo "$tested" | cut -c 1-5)" | grep -qx "$tested"
	cd /
	completed -C "$tmp/repo" pick c | grep -qx c3
'
check "where there is no repository it is silent" '
	mkdir "$tmp/none"
	cd "$tmp/none"
	"$CULPRIT" help --complete -- good "" >said 2>&1
	test ! -s said
'

# What bash would offer for the words of a line; the last one is being typed.
in_bash()
{
	bash --norc -c "
		. \"$top/data/completion/culprit\"
		COMP_WORDS=(\"\$@\") COMP_CWORD=\$((\$# - 1))
		compopt() { :; } # says that it is not completing
		if test \"\$1\" = git; then _git_culprit; else _culprit; fi
		printf '%s\n' \"\${COMPREPLY[@]}\"" bash "$@"
}

if command -v bash >/dev/null; then
	check "bash completes culprit" '
		in_bash culprit st | sort >said
		printf "%s\n" start status stop >wanted
		diff wanted said
		in_bash culprit pick c | grep -qx c4
		>"a file"
		in_bash culprit replay "a f" | grep -qx "a file"
	'
	check "bash completes git culprit" '
		in_bash git culprit log --format j | grep -qx json
	'
fi
if command -v zsh >/dev/null; then
	# the function itself, with what it calls of zsh replaced
	in_zsh()
	{
		zsh -f -c "
			compadd() { print -l -- \${(P)2}; }
			_files() { print -- files \"\$@\"; }
			words=(\"\$@\") CURRENT=\$#
			. \"$top/data/completion/_culprit\"" zsh "$@"
	}
	check "zsh completes culprit" '
		in_zsh culprit st | sort >said
		printf "%s\n" start status stop >wanted
		diff wanted said
		in_zsh culprit pick c | grep -qx c4
		test "$(in_zsh culprit replay x)" = files
	'
fi

check "git finds it" '
	git culprit --version | grep -q "^culprit [0-9]"
	git culprit status >said
	grep -q "$tested" said
	cd /
	git -C "$tmp/repo" culprit status | grep -q "$tested"
'
plan
