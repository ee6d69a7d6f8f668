#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual page is well-formed and tells of every command.

. "$(dirname "$0")/tap.sh"

page=$top/data/culprit.1

command -v mandoc >/dev/null || skip_all "mandoc is not installed"

# the names in the list of one section
listed()
{
	sed -n "/^\.Sh $1/,/^\.Sh /{
		s/^\.It Ic \([a-z-]*\).*/\1/p
		/^\.It Xo/{n;s/^\.Ic \([a-z-]*\).*/\1/p;}
	}" "$page" | sort
}

check "mandoc has nothing to complain of" '
	mandoc -Tlint -W warning "$page"
'
check "it has every command of the program and no other" '
	"$CULPRIT" help --names | sort >have
	listed COMMANDS | uniq >told
	test "$(wc -l <have)" -gt 10
	diff have told
'
check "every setting it describes is in the example" '
	sed -n "/^\.Sh SETTINGS/,/^\.Sh /{
		/^\.It Va/{s///;s/,//g;s/[a-z]*\.//g;p;}
	}" "$page" | tr " " "\n" | sort -u | grep . >told
	sed -n "s/^[ \t#]*\([a-z_]*\) = .*/\1/p" \
		"$top/data/culprit.cfg.example" | sort -u >have
	test "$(wc -l <have)" -gt 8
	diff have told
'
check "a session can begin with each example" '
	git init -q line && cd line
	for n in 1 2 3; do
		git commit -q --allow-empty -m "$n" && git tag "c$n"
	done
	"$CULPRIT" start -c "$top/data/culprit.cfg.example" c3 c1
	"$CULPRIT" status
	"$CULPRIT" reset
	"$CULPRIT" start -c "$top/data/examples/machine.cfg" c3 c1
'
plan
