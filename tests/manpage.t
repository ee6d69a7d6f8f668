#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The manual pages are well-formed, and tell of every command, every setting
# and every key, and of no other.

. "$(dirname "$0")/tap.sh"

page=$top/data/culprit.1
settings=$top/data/culprit.cfg.5
src=$top/src/control

command -v mandoc >/dev/null || skip_all "mandoc is not installed"

# the names in the list of one section
listed()
{
	sed -n "/^\.Sh $1/,/^\.Sh /{
		s/^\.It Ic \([a-z-]*\).*/\1/p
		/^\.It Xo/{n;s/^\.Ic \([a-z-]*\).*/\1/p;}
	}" "$page" | sort
}

# GROUP.KEY of all settings, by the tables of the program
known()
{
	awk '
	/^static const struct key .*_keys\[\]/ {
		array = $5; sub(/\[.*/, "", array)
	}
	/^static const struct group/ { array = ""; groups = 1 }
	groups {
		while (match($0, /{ "[a-z]*", [a-z_]* }/)) {
			split(substr($0, RSTART, RLENGTH), part, /[", }]+/)
			name[part[3]] = part[2]
			$0 = substr($0, RSTART + RLENGTH)
		}
	}
	/^};/ { array = "" }
	array && /^\t{ "/ {
		split($0, part, "\"")
		keys[++count] = array SUBSEP part[2]
	}
	END {
		for (i = 1; i <= count; i++) {
			split(keys[i], part, SUBSEP)
			if (part[1] == "top_keys")
				print part[2]
			else if (name[part[1]] != "fake")
				print name[part[1]] "." part[2]
		}
	}' "$src/settings_keys.c"
}

# those that the page describes; with "= EXAMPLE;" if $1 is "examples"
described()
{
	sed -n "/^\.Sh SETTINGS/,/^\.Ss What/p" "$settings" | awk -v "what=$1" '
	/^\.Ss The group/ { group = $4 "." }
	/^\.It Va/ {
		example = $0
		sub(/^\.It Va [a-z_]* Li "/, "", example)
		sub(/"$/, "", example)
		gsub(/\\\(dq/, "\"", example)
		if (what != "examples")
			print group $3
		else if (group)
			print substr(group, 1, length(group) - 1) \
				" = { " $3 " " example " };"
		else
			print $3 " " example
	}'
}

for file in "$page" "$settings"; do
	check "mandoc has nothing to complain of in ${file##*/}" '
		mandoc -Tlint -W warning "$file"
	'
done
check "it has every command of the program and no other" '
	"$CULPRIT" help --names | sort >have
	listed COMMANDS | uniq >told
	test "$(wc -l <have)" -gt 10
	diff have told
'
check "the settings it describes are those that the program knows" '
	known | sort >have
	described | sort >told
	test "$(wc -l <have)" -gt 60
	grep -qx test.command have
	diff have told
'
check "each with an example that the program takes" '
	described examples >told
	test "$(wc -l <told)" -eq "$(wc -l <have)"
	git init -q .
	while read -r line; do
		# alone it may lack something, or contradict what is usual
		echo "$line" >one.cfg
		"$CULPRIT" check -c one.cfg >out 2>&1 || true
		fails grep ": expected \|no key\|not a policy\|error:" out
	done <told
	echo "test = { timeout = 0; };" >one.cfg
	fails "$CULPRIT" check -c one.cfg >out 2>&1
	grep "one.cfg:1: test.timeout: expected " out
'
check "and all stand in the example file" '
	sed "s/.*\.//" have | sort -u >keys
	sed -n "s/^[ \t#]*\([a-z_]*\) = .*/\1/p" \
		"$top/data/culprit.cfg.example" | sort -u >told
	diff keys told
'
check "it describes the settings of the screen, and the names of its keys" '
	sed -n "s/^\t{ \"\([a-z_]*\)\", [A-Z]*, .*/\1/p" \
		"$src/screen_settings.c" | sort >have
	sed -n "/^\.Sh SCREEN/,/^\.Sh CRASH/s/^\.It Va \([a-z_]*\) Li.*/\1/p" \
		"$settings" | sort >told
	test "$(wc -l <have)" -gt 8
	diff have told
	sed -n "/names\[\]/,/^};/s/^\t{ \"\([a-z-]*\)\", .*/\1/p" \
		"$top/tui/keymap.c" | sort >have
	sed -n "/^\.Sh SCREEN/,/^\.Sh CRASH/s/^\.It \([a-z-]* Ta .*\)/\1/p" \
		"$settings" | sed "s/ Ta /\n/g" | sed -n "/^[a-z-]\{2,\}$/p" |
		sort >told
	test "$(wc -l <have)" -gt 40
	diff have told
'
check "it describes every key of a table of crash titles" '
	sed -n "s/.*{ \"\([a-z_]*\)\", &rules->.*/\1/p
		s/.*str_equal(name, \"\([a-z_]*\)\").*/\1/p" "$src/rules.c" |
		sort -u >have
	sed -n "/^\.Sh CRASH/,/^\.Sh KERNEL/{
		s/^\.It Va \(.*\)/\1/p
		s/^\.Va \(.*\)/\1/p
	}" "$settings" | tr -d "," | tr " " "\n" | grep "[a-z]" | sort -u >told
	test "$(wc -l <have)" -gt 30
	test -z "$(comm -23 have told)"
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
