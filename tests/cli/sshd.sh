# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests over ssh share: a configuration for a private sshd of this
# machine, keys, and a console with a crash.  Sourced after lib.sh.

command -v python3 >/dev/null || skip_all "python3 is not installed"
command -v ssh-keygen >/dev/null || skip_all "openssh-client is not installed"
sshd=$(command -v sshd || echo /usr/sbin/sshd)
test -x "$sshd" || skip_all "openssh-server is not installed"
sftp=/usr/lib/openssh/sftp-server
test -x $sftp || skip_all "openssh-sftp-server is not installed"
if test "$(id -u)" = 0 && ! test -d /run/sshd; then
	mkdir -m 755 /run/sshd || skip_all "sshd has no /run/sshd"
fi

# The reproducer has one name on every peer, and these share the /tmp of this
# machine: another test like this one waits.
exec 8>/tmp/culprit-visit.lock
flock 8

for key in host user other; do
	ssh-keygen -q -t ed25519 -N "" -f $key
done
cat >sshd.conf <<CONFIG
ListenAddress 127.0.0.1
HostKey $tmp/host
AuthorizedKeysFile $tmp/user.pub
PidFile none
StrictModes no
UsePAM no
Subsystem sftp $sftp
CONFIG

cat >crash.log <<'CONSOLE'
[   12.1][  T311] BUG: kernel NULL pointer dereference, address: 0000000000000000
[   12.1][  T311] RIP: 0010:ring_release+0x1c4/0x230
[   12.1][  T311] Call Trace:
[   12.1][  T311]  ring_release+0x1c4/0x230
[   12.1][  T311]  __fput+0x1f5/0x650
[   12.1][  T311]  task_work_run+0x11b/0x200
CONSOLE

# ends_as PATTERN: the run of c2 in a session with one.cfg
ends_as()
{
	begin one.cfg c3 c1
	culprit run || :
	culprit log >log
	grep "end run 0 of $(short c2): $1" log
}
