#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What guests are made of, and the settings that go with it: initramfs and
# disk have the same in them, and nobody's rights are needed for either.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
for program in busybox cpio mke2fs debugfs dropbear ssh-keygen; do
	command -v $program >/dev/null || skip_all "$program is not installed"
done
guest=$top/data/guest

printf '#!/bin/sh\necho reproduced\n' >repro
ssh-keygen -q -t ed25519 -N "" -f id

# inode FILE: its line of the disk guest.img
inode()
{
	debugfs -R "stat $1" guest.img 2>/dev/null
}

check "an initramfs has the reproducer and busybox, and all is root's" '
	"$guest/mkinitramfs" -r repro guest.gz
	gzip -dc guest.gz | cpio -t --quiet >list
	for file in init bin/sh culprit/reproducer; do
		grep "^$file$" list
	done
	test "$(gzip -dc guest.gz | cpio -tnv --quiet |
		grep -vc "^[^ ]* *[0-9]* 0 *0 ")" = 0
'
check "a disk has them too, and a console before there are devices" '
	"$guest/mkimage" -r repro guest.img
	e2fsck -fn guest.img
	for file in /init /sbin/init /bin/sh /culprit/reproducer; do
		inode $file | grep "User: *0 *Group: *0"
	done
	inode /dev/console | grep "character special"
	inode /dev/console | grep "Device major/minor number: 05:01"
'
check "an ordinary user makes the same disk" '
	test "$(id -u)" = 0 || exit 0
	chmod 755 "$tmp"
	install -d -o nobody theirs
	install -t theirs "$guest"/*
	setpriv --reuid=nobody --clear-groups sh -c "cd theirs &&
		./mkimage -s ../id.pub guest.img"
	mv theirs/guest.img .
	inode /root/.ssh/authorized_keys | grep "User: *0 *Group: *0"
	inode /root/.ssh | grep "Mode: *0700"
'
check "the host key of an ssh server is written beside the guest" '
	"$guest/mkimage" -s id.pub guest.img
	grep "^ssh-ed25519 " guest.img.key
	"$guest/mkinitramfs" -s id.pub guest.gz
	grep "^ssh-ed25519 " guest.gz.key
'
check "what is wrong on the command line is said, and nothing is made" '
	exits 1 "$guest/mkimage" 2>err
	grep "^mkimage: usage: mkimage " err
	exits 1 "$guest/mkinitramfs" -r none new.gz 2>err
	grep "^mkinitramfs: cannot read .none.$" err
	exits 1 "$guest/mkimage" -s id new.img 2>err
	grep "^mkimage: .id. is a private key, wanted is the public one" err
	test -z "$(ls new.* 2>/dev/null)"
'
line_repo "$tmp/line" 3
check "a session can begin with every example, given what it names" '
	cp "$top"/data/examples/* .
	echo "CONFIG_SMP=y" >my.config
	for example in *.cfg; do
		sed "s|/home/me/.ssh/id_ed25519|id|
		     s|/home/me/linux/arch/um.*_defconfig|my.config|" \
			$example >$example.mine
		"$CULPRIT" -C "$repo" check -c "$tmp/$example.mine" >said || :
		cat said
		fails grep "^wrong .*cannot read" said
		"$CULPRIT" -C "$repo" --session-dir "$tmp/s-$example" start \
			-c "$tmp/$example.mine" c3 c1
	done
'
check "the options of the fragment are read as a configuration" '
	"$CULPRIT" -C "$repo" check -c "$tmp/uml.cfg.mine" |
		grep "^ok     build.fragments: $tmp/uml.config$"
'
plan
