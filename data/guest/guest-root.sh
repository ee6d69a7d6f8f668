# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the guests of mkinitramfs and mkimage have in them; sourced by both.
# The words on the command line are theirs too:
#
#     -r FILE   the guest runs this program, says how it ended in the words
#               that culprit listens to, and switches itself off; a FILE in C
#               (.c) is compiled first, by $CC or gcc
#     -s FILE   the guest runs an ssh server that lets the owner of this
#               public key in as root; its own host key is written to OUT.key
#               (for ssh.host_key in the settings)
#
# Needs busybox-static; for -s dropbear-bin, and openssh-sftp-server where
# reproducers are to be copied by sftp.

set -eu
PATH=$PATH:/usr/sbin:/sbin

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# need PROGRAM PACKAGE
need()
{
	command -v "$1" >/dev/null || die "$1 is missing: apt install $2"
}

# put PROGRAM PLACE: a program with the libraries it needs
put()
{
	mkdir -p "$root$(dirname "$2")"
	cp "$1" "$root$2"
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
}

put_busybox()
{
	need busybox busybox-static
	busybox=$(command -v busybox)
	mkdir -p "$root/bin" "$root/sbin" "$root/dev" "$root/proc" \
		"$root/sys" "$root/tmp" "$root/run" "$root/etc" "$root/root"
	cp "$busybox" "$root/bin/busybox"
	for name in $("$busybox" --list); do
		test "$name" = busybox || ln -s busybox "$root/bin/$name"
	done
	ln -s ../init "$root/sbin/init"
}

# put_reproducer FILE
put_reproducer()
{
	test -r "$1" || die "cannot read '$1'"
	case $1 in
	*.c)
		mkdir -p "$root/culprit"
		${CC-gcc} -static -O1 -pthread -w \
			-o "$root/culprit/reproducer" "$1" ||
			die "cannot compile '$1'"
		;;
	*) put "$1" /culprit/reproducer ;;
	esac
	chmod 755 "$root/culprit/reproducer"
}

# put_server KEY.pub OUT
put_server()
{
	test -r "$1" || die "cannot read '$1'"
	if grep -q "PRIVATE KEY" "$1"; then
		die "'$1' is a private key, wanted is the public one: $1.pub"
	fi
	need dropbear dropbear-bin
	put "$(command -v dropbear)" /bin/dropbear
	sftp=/usr/lib/openssh/sftp-server
	if test -x $sftp; then
		put $sftp $sftp
		ln -s openssh/sftp-server "$root/usr/lib/sftp-server"
	fi
	mkdir -p "$root/etc/dropbear" "$root/root/.ssh"
	dropbearkey -t ed25519 -f "$root/etc/dropbear/host_key" 2>/dev/null |
		grep '^ssh-ed25519 ' >"$2.key"
	cp "$1" "$root/root/.ssh/authorized_keys"
	chmod 700 "$root/root" "$root/root/.ssh"
	chmod 600 "$root/root/.ssh/authorized_keys"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	echo /bin/sh >"$root/etc/shells"
}

put_init()
{
	cat >"$root/init" <<'INIT'
#!/bin/sh
export PATH=/bin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts 2>/dev/null
mount -t tmpfs tmp /tmp
ip link set lo up 2>/dev/null

off()
{
	# a guest without ACPI only halts on poweroff; qemu -no-reboot ends
	grep -q "User Mode" /proc/cpuinfo && poweroff -f
	reboot -f
}

if test -x /culprit/reproducer; then
	echo "culprit: started"
	/bin/true
	echo "culprit: check $?"
	/culprit/reproducer
	echo "culprit: done $?"
	off
fi
# the kernel's ip=dhcp may have done it, else qemu's own address
ip addr show eth0 2>/dev/null | grep -q "inet " || {
	ip addr add 10.0.2.15/24 dev eth0
	ip link set eth0 up
	ip route add default via 10.0.2.2
} 2>/dev/null
echo "culprit: started"
if test -x /bin/dropbear; then
	dropbear -F -E -s -r /etc/dropbear/host_key -p 22
else
	echo "culprit: nothing to do here" && setsid cttyhack sh
fi
off
INIT
	chmod 755 "$root/init"
}

# make_root WORDS...: by the words of the command line fill the folder $root,
# which is new and goes at the end; $out is what is to be made.
make_root()
{
	reproducer=
	key=
	usage="usage: ${0##*/} [-r REPRODUCER] [-s KEY.pub] OUT"
	while getopts r:s: option; do
		case $option in
		r) reproducer=$OPTARG ;;
		s) key=$OPTARG ;;
		*) die "$usage" ;;
		esac
	done
	shift $((OPTIND - 1))
	test $# = 1 || die "$usage"
	out=$1
	root=$(mktemp -d)
	trap 'rm -rf "$root"' EXIT
	chmod 755 "$root"
	put_busybox
	test -z "$reproducer" || put_reproducer "$reproducer"
	test -z "$key" || put_server "$key" "$out"
	put_init
}
