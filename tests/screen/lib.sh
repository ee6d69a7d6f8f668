# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of the screen on a terminal share.  Sourced after tap.sh and
# tests/cli/lib.sh.

vt=$build/tests/vt/vt
test -x "$vt" || skip_all "there is no tests/vt/vt: apt install libvterm-dev"
TERM=xterm-256color
export TERM
unset TMUX NO_COLOR COLORFGBG COLUMNS LINES
session=$tmp/session
repo=$tmp/line
export session repo

# for steps: the program on the session of this test
mkdir "$tmp/bin"
cat >"$tmp/bin/culprit" <<'END'
#!/bin/sh
exec "$CULPRIT" -C "$repo" --session-dir "$session" "$@"
END
chmod +x "$tmp/bin/culprit"
PATH=$tmp/bin:$PATH

# screen [COLUMNSxROWS [WORDS...]] <STEPS: a person at a terminal, see
# tests/vt/script.c; the screen on this test's session is there already, and
# drawn, and knows nothing of where the last one left
screen()
{
	rm -f "$session/screen.place"
	size=${1-100x30}
	test $# = 0 || shift
	words=$*
	{
		echo "size $size"
		echo "start culprit $words"
		echo "full"
		echo "idle"
		cat
	} | "$vt"
}

# A session that is done, of 20 commits with all that can happen to one; its
# culprit is c13.
story()
{
	line_repo "$tmp/line" 20
	fake_settings "$tmp/story.cfg" syzkaller/5/10 2 <<-'END'
	c1 runs=.
	c11 build=failed:"drivers/net.c:7: error"
	c10 runs=.
	c12 runs=BT.i.
	c14 runs=IXX title="KASAN: use-after-free in ring_release"
	* runs=X title="KASAN: use-after-free in ring_release"
	END
	begin story.cfg c20 c1 && culprit run --batch
}
