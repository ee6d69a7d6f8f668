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
check "its example settings are those that are installed" '
	mandoc -Tascii "$page" | col -b | grep -q culprit.cfg.example
	test -s "$top/data/culprit.cfg.example"
'
plan
