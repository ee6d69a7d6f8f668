# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of the command line share: small repositories, sessions with
# the scripted runner, and questions to a session's log.  Sourced after
# tap.sh.

# until_true 'commands' [SECONDS]: ask every 20 ms, and ever less often, since
# what is asked may be dear and the machine busy; at most so long, by the clock.
until_true()
{
	asked=0
	given_up=$(($(date +%s) + ${2-60}))
	while ! (eval "$1") >/dev/null 2>&1; do
		asked=$((asked + 1))
		if test "$(date +%s)" -gt $given_up; then
			echo "still not true: $1"
			return 1
		fi
		if test $asked -lt 100; then
			sleep 0.02
		else
			sleep 0.25
		fi
	done
}

# line_repo DIR COUNT [FILE...]: a straight line of commits c1, c2... on main;
# each writes its number into the file `number`, and all have the FILEs.
line_repo()
{
	git init -q -b main "$1" || return 1
	repo=$1
	shift
	line_stream "$@" | git -C "$repo" fast-import --quiet &&
		git -C "$repo" checkout -q main
}

line_stream()
{
	count=$1
	shift
	n=1
	while test $n -le "$count"; do
		printf 'commit refs/heads/main\nmark :%s\n' $n
		printf 'author A U Thor <author@example.com> %s +0000\n' \
			$((1700000000 + n * 60))
		printf 'committer C O Mitter <c@example.com> %s +0000\n' \
			$((1700000000 + n * 60))
		printf 'data %s\ncommit %s\n' $((7 + ${#n})) $n
		printf 'M 644 inline number\ndata %s\n%s\n\n' \
			$((${#n} + 1)) $n
		for file; do
			test $n = 1 || break
			printf 'M 755 inline %s\ndata %s\n' \
				"$(basename "$file")" "$(($(wc -c <"$file")))"
			cat "$file"
			echo
		done
		printf 'reset refs/tags/c%s\nfrom :%s\n\n' $n $n
		n=$((n + 1))
	done
}

# fake_settings FILE POLICY SLOTS: the scripted runner; its script is read
# from standard input, where cN stands for that commit's id in $repo.
fake_settings()
{
	{
		printf 'policy = "%s";\nfake: {\n\tslots = %s;\n' "$2" "$3"
		printf '\tscript = ""\n'
		while read -r commit rest; do
			test "$commit" = "*" ||
				commit=$(git -C "$repo" rev-parse "$commit")
			printf '%s %s' "$commit" "$rest" |
				sed 's/["\\]/\\&/g; s/.*/\t\t"&\\n"/'
			echo
		done
		printf '\t;\n};\n'
	} >"$1"
}

# broken_from N COUNT FIELDS: lines of a script, all commits from cN crash.
broken_from()
{
	n=$1
	while test "$n" -le "$2"; do
		echo "c$n $3"
		n=$((n + 1))
	done
}

# How many lines of the session's log match?
logged()
{
	culprit log | grep -c -e "$1" || :
}

# The program on the session of this test: $session is its folder.
culprit()
{
	"$CULPRIT" -C "$repo" --session-dir "$session" "$@"
}

short()
{
	git -C "$repo" rev-parse --short=12 "$1"
}

full()
{
	git -C "$repo" rev-parse "$1"
}

# json 'EXPRESSION' <FILE: what it is, and a failure when it is false; the
# object is j, and e is the list of events where there is one.
json()
{
	python3 -c '
import json, sys
j = json.load(sys.stdin)
e = j.get("events")
value = eval("(" + sys.argv[1] + ")")
print(value)
sys.exit(0 if value else 1)' "$1"
}

# begin FILE BAD [GOOD...]: a new session in $session, with these settings
begin()
{
	rm -rf "$session"
	settings=$1
	shift
	culprit start -c "$tmp/$settings" "$@"
}

# Everything of a checkout that is the user's: its files, index, refs, stash.
# What culprit and git keep for the session's worktree is left out.
users_things()
{
	(cd "$1" && find . \( -path ./.git/culprit -o -path ./.git/worktrees \
		\) -prune -o -type f -print | sort | xargs -d "\n" sha256sum
	git for-each-ref && git stash list && git symbolic-ref HEAD)
}

# $lib is what is loaded before the program, tests/faults/NAME.so: preloads NAME
preloads()
{
	lib=$build/tests/faults/$1.so
	test -e "$lib" || skip_all "$lib was not built"
	if grep -q __asan_init "$CULPRIT"; then
		skip_all "sanitizers want to be loaded before all else"
	fi
}
