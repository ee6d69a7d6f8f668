#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit next` gives git's answers: on random graphs, with skips, and on
# the shape of git's own history (81,966 commits, a quarter of them merges).
# LONG=1 compares many more, NEXT_PERCENT=10 a tenth.

. "$(dirname "$0")/../tap.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

percent=${NEXT_PERCENT-100}
random=$((2000 * percent / 100))
first_parent=$((400 * percent / 100))
skips=$((300 * percent / 100))
real=$((25 * percent / 100 + 1))
real_skips=$((10 * percent / 100 + 1))
if test "${LONG-0}" = 1; then
	random=10000 first_parent=3000 skips=2500 real=600 real_skips=200
fi

next_py()
{
	python3 "$top/tests/cli/next.py" "$@"
}

next_py make random.git random || exit 1
next_py make real.git "$top/tests/data/git.dag.gz" || exit 1

check "$random ranges of random graphs have git's midpoint and numbers" '
	next_py ranges random.git $random
'
check "$first_parent of them along first parents" '
	next_py ranges random.git $first_parent --first-parent
'
check "$skips ranges with skips give what git bisect would check out" '
	next_py skips random.git $skips
'
check "$real ranges of git's own history have its midpoint and numbers" '
	next_py ranges real.git $real
'
check "$real_skips ranges of it with skips" '
	next_py skips real.git $real_skips
'

# the small print, on one line of five commits
git init -q line && cd line || exit 1
for n in 1 2 3 4 5; do
	git commit -q --allow-empty -m "$n" && git tag "c$n"
done

check "revisions are given by any name that git knows" '
	test "$("$CULPRIT" next --bad c5 --good HEAD~4)" = "$(git rev-parse c3)"
'
check "nothing to bisect prints nothing and is no failure" '
	"$CULPRIT" next --bad c1 --good c5 >out
	test ! -s out
'
check "one suspect is the answer itself" '
	test "$("$CULPRIT" next --bad c5 --good c4)" = "$(git rev-parse c5)"
'
check "only skipped commits left: nothing on stdout, exit 2" '
	exits 2 "$CULPRIT" next --bad c5 --good c2 --skip c3 --skip c4 \
		>out 2>err
	test ! -s out
	grep skip err
'
check "an unknown revision is named and nothing is printed" '
	exits 1 "$CULPRIT" next --bad nonsense --good c1 >out 2>err
	test ! -s out
	grep "^culprit: .*nonsense" err
'
check "no bad commit is a wrong command line" '
	exits 1 "$CULPRIT" next --good c1 2>err
	grep "^culprit: " err
'
plan
