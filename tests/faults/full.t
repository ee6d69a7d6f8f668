#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Disks that are full: for the session, for its worktree, for the kernels that
# are kept.  One sentence says so and what to do, and when there is room the
# session goes on.  The disks are small ones in memory, which root may mount,
# or who may be root in a namespace of his own.

if test -z "${MOUNTS_ARE_OURS-}"; then
	export MOUNTS_ARE_OURS=1
	for how in "-m" "-r -m"; do
		unshare $how mount -t tmpfs none /mnt 2>/dev/null &&
			exec unshare $how "$0"
	done
	echo "1..0 # SKIP nothing can be mounted here"
	exit 0
fi

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

cleanup()
{
	cd /
	umount "$session/worktree"
	umount "$tmp/disk"
} 2>/dev/null

# disk KB: it has so much, and is empty
disk()
{
	umount "$session/worktree" 2>/dev/null || :
	umount "$tmp/disk" 2>/dev/null || :
	mkdir -p "$tmp/disk"
	mount -t tmpfs -o "size=${1}k,mode=700" none "$tmp/disk"
}

# room KB: it has so much from now on
room()
{
	mount -o "remount,size=${1}k" "$tmp/disk"
}

# filling BUILD TEST: settings with more to do for the first of each
filling()
{
	rm -f built tested
	cat >filling.cfg <<-SETTINGS
	policy = "syzkaller/1/1";
	build: { command = "test -e $tmp/built ||
		{ touch $tmp/built; $1; } 2>/dev/null; true"; };
	test: { command = "test -e $tmp/tested ||
		{ touch $tmp/tested; $2; } 2>/dev/null
		test \$(cat number) -lt 5"; timeout = 60; };
	SETTINGS
}

# one_sentence FILE: that it is all there is, and the program's
one_sentence()
{
	cat "$1"
	test "$(grep -c . "$1")" = 1
	grep "^culprit: .*make room" "$1"
}

ends_right()
{
	culprit run --batch >said 2>&1 || { cat said; return 1; }
	grep "^$(full c5) is the first bad commit$" said
}

cat >kernel.sh <<'TOY'
echo "[    0.000000][    T0] Linux version 6.1.0-toy"
echo "[    0.100000][    T1] culprit: started"
echo "culprit: check 0"
if test $number -ge 5; then
	echo "[    1.000000][    T9] Kernel panic - not syncing: toy"
	exec sleep 1000
fi
echo "culprit: done 0"
TOY
cat >Makefile <<'TOY'
KCONFIG_CONFIG ?= $(O)/.config
olddefconfig:
	echo CONFIG_TOY=y >>$(KCONFIG_CONFIG)
clean:
	rm -f $(O)/linux
linux:
	echo '#!/bin/sh' >$(O)/linux
	echo "number=`cat number`" >>$(O)/linux
	cat kernel.sh >>$(O)/linux
	chmod +x $(O)/linux
.PHONY: olddefconfig clean linux
TOY
head -c 60000 /dev/urandom >big
line_repo "$tmp/line" 8 Makefile kernel.sh big
session=$tmp/session
cat >settings.cfg <<SETTINGS
policy = "syzkaller/1/1";
build: { command = "true"; };
test: { command = "test \$(cat number) -lt 5"; timeout = 60; };
SETTINGS

check "a session that has no room to begin leaves nothing behind" '
	session=$tmp/disk/session
	for size in 20 40 56 64 80 96; do
		disk $size
		exits 1 begin settings.cfg c8 c1 2>err
		one_sentence err
		test ! -e "$session/session.db"
	done
	room 4000
	begin settings.cfg c8 c1
	ends_right
'
check "no room for the worktree: git says so, and with room it is made" '
	begin settings.cfg c8 c1
	disk 40
	mkdir "$session/worktree"
	mount --bind disk "$session/worktree"
	exits 1 "$CULPRIT" -C "$repo" --session-dir "$session" run --batch 2>err
	one_sentence err
	grep "git checkout: unable to write file big" err
	room 4000
	ends_right
'
check "no room for the next commit in it: a person is told, and resumes" '
	disk 200
	filling "rm big; cat /dev/zero >zero" "true"
	begin filling.cfg c8 c1
	mkdir "$session/worktree"
	mount --bind disk "$session/worktree"
	exits 2 "$CULPRIT" -C "$repo" --session-dir "$session" run --batch \
		>said 2>&1
	cat said
	grep "unable to write file.*; if its disk is full, make room there" said
	grep "resume" said
	room 4000
	culprit resume
	ends_right
'
check "no room for the journal: the engine stops, and what was is kept" '
	disk 4000
	session=$tmp/disk/session
	filling "true" "cat /dev/zero >$tmp/disk/zero"
	begin filling.cfg c8 c1
	exits 1 "$CULPRIT" -C "$repo" --session-dir "$session" run --batch \
		>said 2>err
	one_sentence err
	grep "session.db.: the disk is full" err
	rm disk/zero
	culprit log | grep " build of $(short c4) ok "
	ends_right
'
check "no room for kernels that are kept: the log of a build says so" '
	cat >toy.cfg <<-SETTINGS
	target = "uml";
	confirm = false;
	policy = "syzkaller/1/1";
	title = "kernel panic: toy";
	build = { config = "toy.config"; ccache = false; };
	guest = { memory = 16; boot_timeout = 60; };
	test = { timeout = 60; settle = 1; slots = 2; };
	SETTINGS
	echo CONFIG_TOY=y >toy.config
	disk 20
	export XDG_CACHE_HOME="$tmp/disk"
	begin toy.cfg c8 c1
	ends_right
	grep "^\$ # cannot keep the kernel in .*/disk/culprit/kernels.*make room" \
		"$session"/builds/*.log
	test -z "$(find disk -name "new-*")"
	room 4000
	begin toy.cfg c8 c1
	ends_right
	ls disk/culprit/kernels/*/kernel
'
plan
