# SPDX-License-Identifier: GPL-2.0-or-later
#
# guests.sh FOLDER: 16 commits in FOLDER/repo, of which each is a guest with a
# private sshd of this machine; the reproducer finds the bug from c9 on.
# guests.cfg has the settings.

set -e
top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/cli/lib.sh"
cd "$1"
tmp=$(pwd)
sshd=$(command -v sshd || echo /usr/sbin/sshd)
for key in host user; do
	ssh-keygen -q -t ed25519 -N "" -f $key
done
if test "$(id -u)" = 0; then
	mkdir -p -m 755 /run/sshd
fi
# SHLVL keeps a login shell that is bash from the user's .bashrc: what is done
# there is not to be killed in the middle.
cat >sshd.conf <<CONFIG
SetEnv SHLVL=1
ListenAddress 127.0.0.1
HostKey $tmp/host
AuthorizedKeysFile $tmp/user.pub
PidFile none
StrictModes no
UsePAM no
Subsystem sftp /usr/lib/openssh/sftp-server
CONFIG
cat >crash.log <<'CONSOLE'
[   12.1][  T311] BUG: kernel NULL pointer dereference, address: 0000000000000000
[   12.1][  T311] RIP: 0010:ring_release+0x1c4/0x230
[   12.1][  T311] Call Trace:
[   12.1][  T311]  ring_release+0x1c4/0x230
[   12.1][  T311]  __fput+0x1f5/0x650
[   12.1][  T311]  task_work_run+0x11b/0x200
CONSOLE
cat >guest.sh <<SCRIPT
echo "[    0.000000][    T0] Linux version 6.1.0-toy"
cp number $tmp/number.\$CULPRIT_PORT
: >$tmp/console.\$CULPRIT_PORT
tail -f $tmp/console.\$CULPRIT_PORT &
exec $sshd -D -p \$CULPRIT_PORT -f $tmp/sshd.conf -E $tmp/sshd.log
SCRIPT
cat >reproducer <<SCRIPT
#!/bin/sh
port=\${SSH_CONNECTION##* }
echo "reproducing"
sleep 0.2
test "\$(cat $tmp/number.\$port)" -ge 9 || exit 0
cat $tmp/crash.log >>$tmp/console.\$port
exit 0
SCRIPT
line_repo "$tmp/repo" 16
cat >guests.cfg <<SETTINGS
title = "BUG: unable to handle kernel NULL pointer dereference in ring_release";
target = "qemu";
confirm = false;
policy = "syzkaller/2/2";
matching = "title";
build: { command = "true"; };
guest: { kernel = "number"; command = "sh $tmp/guest.sh";
	boot_timeout = 30; };
ssh: { user = "$(id -un)"; keys = [ "user" ]; host_key = "host.pub"; };
reproducer: { file = "reproducer"; };
test: { timeout = 30; settle = 1; };
SETTINGS
