#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# culprit check: what is missing for a bisection is said before it begins, in
# a sentence that says what to do.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

command -v ssh-keygen >/dev/null || skip_all "ssh-keygen is not installed"

line_repo "$tmp/line" 3
# stand-ins for what is looked for by PATH; nothing of it is started
mkdir bin
for name in make flex bison bc gcc qemu-system-x86_64; do
	printf '#!/bin/sh\nexit 1\n' >"bin/$name"
	chmod +x "bin/$name"
done
ln -s "$(command -v git)" bin/git
echo "CONFIG_SMP=y" >my.config
echo "CONFIG_PRINTK=y" >guest.config
echo >guest.gz
echo >repro
ssh-keygen -q -t ed25519 -N "" -f id
cp id.pub guest.gz.key
cat >good.cfg <<SETTINGS
target = "qemu";
build = { config = "my.config"; fragments = [ "guest.config" ];
	  ccache = false; };
guest = { initrd = "guest.gz"; append = "ip=dhcp"; };
ssh = { user = "root"; keys = [ "id" ]; host_key = "guest.gz.key"; };
reproducer = { file = "repro"; };
SETTINGS

# look [SED]: at good.cfg with this change; what is said is in out
look()
{
	sed "${1-}" good.cfg >changed.cfg
	code=0
	env -u SSH_AUTH_SOCK PATH="$tmp/bin" "$CULPRIT" -C "$repo" check \
		-c "$tmp/changed.cfg" >out 2>err || code=$?
	cat out err
	return $code
}

# wrong SED PATTERN: with this change it is wrong, and this is the one line
# that says so
wrong()
{
	if look "$1"; then
		return 1
	fi
	test "$(grep -c "^wrong" out)" = 1
	grep "^wrong  $2" out
}

check "with all in place nothing is wrong" '
	look
	grep "^ok     guest.initrd: $tmp/guest.gz$" out
	grep "^ok     ssh.keys: $tmp/id$" out
'
check "a program that the build needs is named with its package" '
	mv bin/flex hidden
	wrong "" "flex is not installed: apt install flex$"
	mv hidden bin/flex
'
check "a qemu that is missing is named with its package" '
	mv bin/qemu-system-x86_64 hidden
	wrong "" "qemu-system-x86_64 is not installed: apt install \
qemu-system-x86$"
	mv hidden bin/qemu-system-x86_64
'
check "an initramfs or a disk that is not there" '
	wrong "s/guest.gz\"; app/none.gz\"; app/" \
		"guest.initrd: cannot read .$tmp/none.gz.: No such file"
	wrong "s/initrd = .guest.gz/image = \"none.img/" \
		"guest.image: cannot read .$tmp/none.img.: No such file"
'
check "a key that is not there, is public, or has a passphrase" '
	wrong "s/\"id\"/\"none\"/" \
		"ssh.keys: cannot read .$tmp/none.: No such file"
	wrong "s/\"id\"/\"id.pub\"/" \
		"ssh.keys: .$tmp/id.pub. is no private key that can be read here$"
	ssh-keygen -q -t ed25519 -N secret -f locked
	wrong "s/\"id\"/\"locked\"/" \
		"ssh.keys: .*locked. has a passphrase: use an agent"
'
check "a key that others may read is worth a note" '
	cp id open-key
	chmod 644 open-key
	look "s/\"id\"/\"open-key\"/"
	grep "^note   ssh.keys: others may read $tmp/open-key$" out
'
check "an architecture whose machine is not known" '
	wrong "s/my.config\"/&; arch = \"sparc\"/" \
		"build.arch: how qemu boots a kernel of .sparc. is not known \
here: give the whole command with guest.command$"
'
check "a configuration of another architecture, or none at all" '
	echo "CONFIG_UML=y" >um.config
	wrong "s/my.config/um.config/" "build.config: it is one of ARCH=um, \
and build.arch is x86_64$"
	echo "my notes" >notes
	wrong "s/my.config/notes/" "build.config: $tmp/notes:1: expected CONFIG_"
'
check "what the configuration asks for, the last fragment's word counting" '
	echo "CONFIG_KERNEL_LZO=y" >my.config
	wrong "" "lzop is not installed, which CONFIG_KERNEL_LZO asks for: \
apt install lzop$"
	echo "# CONFIG_KERNEL_LZO is not set" >guest.config
	look
'
check "uncommitted changes are no part of what is tested" '
	echo 99 >"$repo/number"
	look
	grep "^note   repository: $repo has uncommitted changes: they are \
left alone, and are no part of what is tested$" out
	git -C "$repo" checkout -q number
	look
	fails grep uncommitted out
'
check "a start says the same as a warning, and begins" '
	git -C "$repo" tag -f c0 HEAD~1 >/dev/null
	sed "s/guest.gz\"/absent.gz\"/" good.cfg >changed.cfg
	PATH="$tmp/bin" "$CULPRIT" -C "$repo" --session-dir "$tmp/begun" start \
		-c "$tmp/changed.cfg" HEAD c0 >out 2>err || { cat err; false; }
	grep "^session $tmp/begun" out
	grep "^culprit: warning: guest.initrd: cannot read .$tmp/absent.gz.:" \
		err
	grep "^culprit: mend this, or the settings in .$tmp/begun/culprit.cfg" \
		err
'
plan
