#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Repositories that are not quite whole, each a real one: what works in them,
# and what is said where something does not.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

# libgit2 1.5 leaks where a repository has extensions, as these have
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"

# Eight commits with a file in each of two folders; the fifth is the culprit.
git init -q -b main whole || exit 1
(
	cd whole || exit 1
	git config uploadpack.allowFilter true
	git config uploadpack.allowAnySHA1InWant true
	for n in 1 2 3 4 5 6 7 8; do
		mkdir -p wanted left
		echo "$n" >wanted/number && echo "$n" >left/number
		git add . && git commit -q -m "commit $n" && git tag "c$n"
	done
) || exit 1
url="file://$tmp/whole"

# by_hand DIR: a session there finds c5 of c1..c8, and each commit is checked
# out with its own files.
by_hand()
{
	cd "$1"
	"$CULPRIT" start c8 c1 >../out
	while "$CULPRIT" status --json >../status &&
		grep -q "\"state\":\"test\"" ../status; do
		commit=$(sed -n "s/.*\"testing\":\"\([0-9a-f]*\)\".*/\1/p" ../status)
		worktree=$(find .git/culprit -name worktree -type d)
		number=$(git -C "$worktree" show "$commit:wanted/number")
		test "$(cat "$worktree/wanted/number")" = "$number"
		if test "$number" -ge 5; then
			"$CULPRIT" bad >>../out
		else
			"$CULPRIT" good >>../out
		fi
	done
	grep "\"culprit\":\"$(git rev-parse c5)\"" ../status
	cd ..
}

check "a clone that borrows its objects, and one that borrows from that" '
	git clone -q --shared whole shared
	by_hand shared
	git clone -q --shared shared shared2
	by_hand shared2
'
check "a commit-graph is no matter to any of them" '
	git -C whole commit-graph write --reachable --no-progress
	git clone -q --shared whole shared3
	by_hand shared3
'
check "a sparse checkout: the worktree is as sparse" '
	git clone -q --sparse whole sparse
	git -C sparse sparse-checkout set wanted
	test ! -e sparse/left
	by_hand sparse
	test ! -e sparse/left
	test -z "$(git -C sparse status --porcelain)"
'
check "a sparse index too, which libgit2 cannot read" '
	git clone -q --sparse whole index
	git -C index sparse-checkout set --sparse-index wanted
	by_hand index
	test -z "$(git -C index status --porcelain)"
'
check "a partial clone without blobs: git fetches what is checked out" '
	git clone -q --filter=blob:none "$url" partial
	by_hand partial
	test -f partial/.git/objects/pack/*.promisor ||
		ls partial/.git/objects/pack | grep -q promisor
'
check "one without trees" '
	git clone -q --filter=tree:0 "$url" treeless
	by_hand treeless
'
check "a linked worktree of another branch" '
	git -C whole worktree add -q --detach ../linked c8
	cd linked
	"$CULPRIT" start c8 c1 >../out
	"$CULPRIT" status | grep "roughly 2 steps"
	cd ../whole && rm -rf .git/culprit && git worktree prune
	git worktree remove --force ../linked
'
check "a shallow clone: nothing is begun, and it says how to go on" '
	git clone -q --depth 4 "$url" shallow
	cd shallow
	git fetch -q --depth 1 origin tag c5
	exits 1 "$CULPRIT" start main c5 2>err
	grep "^culprit: this is a shallow clone.*git fetch --unshallow" err
	test ! -e .git/culprit
	git fetch -q --unshallow && git fetch -q --tags
	cd ..
	by_hand shallow
'
check "extensions that concern neither objects nor refs are no matter" '
	git clone -q whole extended
	git -C extended config core.repositoryformatversion 1
	git -C extended config extensions.preciousObjects true
	git -C extended config extensions.worktreeConfig true
	by_hand extended
'
check "an unknown one is said by its name" '
	git init -q unknown && cd unknown
	git commit -q --allow-empty -m 1
	git config core.repositoryformatversion 1
	git config extensions.tomorrow true
	exits 1 "$CULPRIT" start HEAD HEAD^ 2>err
	grep "^culprit: .*tomorrow" err
'
check "refs as a reftable: it says so, and how to go on" '
	git init -q reftable && cd reftable
	git commit -q --allow-empty -m 1
	git config core.repositoryformatversion 1
	git config extensions.refStorage reftable
	exits 1 "$CULPRIT" start HEAD HEAD^ 2>err
	grep "^culprit: .*as reftable, which libgit2 cannot read.*refs migrate" err
	test $(wc -l <err) = 1
'
if git init -q --object-format=sha256 sha256 2>/dev/null; then
	check "ids of SHA-256: it says that they cannot be read" '
		cd sha256
		git commit -q --allow-empty -m 1
		git commit -q --allow-empty -m 2
		exits 1 "$CULPRIT" start HEAD HEAD^ 2>err
		grep "^culprit: .*sha256, which libgit2 cannot read" err
		test $(wc -l <err) = 1
		exits 1 "$CULPRIT" next --bad HEAD --good HEAD^ 2>err
		grep "sha256" err
	'
fi
plan
