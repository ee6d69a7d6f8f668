# SPDX-License-Identifier: GPL-2.0-or-later
#
# The few words of the shell tests.  A test sources this file, says
#
#     check "a sentence that is true" 'commands that fail when it is not'
#
# any number of times and ends with `plan`.  The commands run in a shell of
# their own under set -e; what they print is shown when they fail.  A test
# starts in a folder of its own, $tmp, which is removed at the end, after the
# function `cleanup` where a test defines one.  $CULPRIT is the program, $top
# the source tree, $build the build tree.  git sees no configuration.

test_count=0
test_failed=0

check()
{
	test_count=$((test_count + 1))
	(set -e; eval "$2") >"$tmp/.said" 2>&1 </dev/null
	if test $? = 0; then
		echo "ok $test_count - $1"
	else
		test_failed=$((test_failed + 1))
		echo "not ok $test_count - $1"
		sed 's/^/# /' "$tmp/.said"
	fi
}

# A command fails with just this status: exits 1 "$CULPRIT" nonsense 2>err
# (`!` in front of a command is no use under set -e, it never ends the shell.)
exits()
{
	wanted=$1
	shift
	status=0
	"$@" || status=$?
	test $status = "$wanted" && return
	echo "exit status $status, not $wanted: $*"
	return 1
}

# A command fails, with whatever status: fails grep "$secret" log
fails()
{
	"$@" || return 0
	echo "did not fail: $*"
	return 1
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

plan()
{
	echo "1..$test_count"
	test "$test_failed" = 0
	exit
}

cleanup()
{
	:
}

build=$(pwd)
CULPRIT=$(realpath "${CULPRIT-./culprit}")
top=$(cd "$(dirname "$0")" && pwd)
top=${top%/tests*}
tmp=$(mktemp -d "${TMPDIR-/tmp}/culprit-test.XXXXXX") || exit 1
trap 'status=$?; cleanup; cd /; rm -rf "$tmp"; exit $status' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/home"
cd "$tmp" || exit 1

unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_EDITOR \
	XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME
export CULPRIT HOME="$tmp/home" GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat \
	GIT_AUTHOR_NAME="A U Thor" GIT_AUTHOR_EMAIL=author@example.com \
	GIT_COMMITTER_NAME="C O Mitter" GIT_COMMITTER_EMAIL=c@example.com \
	LC_ALL=C.UTF-8 TZ=UTC
