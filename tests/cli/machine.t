#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A real machine over ssh.  What plays it is a process of this machine: told to
# boot it ends its sshd and all who are logged in, chooses a kernel, has
# another boot id, says so on its console and starts sshd again.  A kernel is a
# file with a number.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/sshd.sh"

cleanup()
{
	culprit stop
	echo end >"$tmp/order"
	wait "$machine"
	rm -f /tmp/culprit-reproducer
} >/dev/null 2>&1

port=$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
echo "[127.0.0.1]:$port $(cat host.pub)" >known_hosts
# SHLVL keeps a login shell that is bash from the user's .bashrc: it may be
# slow, and is not to be killed in the middle of what it does.
cat >>sshd.conf <<CONFIG
SetEnv SHLVL=1
Port $port
CONFIG

# What is stopped first cannot start anybody while the others are found.
family()
{
	kill -STOP "$1"
	for child in $(cat /proc/"$1"/task/*/children); do
		family "$child"
	done
	kill -KILL "$1"
} 2>/dev/null

# boot WORD: the word is "reboot" or "power"; what comes of it says $tmp/how.
boot()
{
	boots=$((boots + 1))
	echo "$1" >>boots
	test "$(cat how)" != noisy || cat crash.log >>console
	case $(cat how).$1 in
	dead.* | hangs.reboot) return ;;
	back.*) echo 0 >running ;;
	*) cp installed running ;;
	esac
	echo "boot-$boots" >boot_id
	echo "[    0.000000][    T0] Linux version 6.1.$(cat running)" >>console
	test "$(cat how)" != warns || cat crash.log >>console
	"$sshd" -D -f sshd.conf -E sshd.log &
	up=$!
}

machine()
{
	boots=0 up=
	boot power
	while read -r word; do
		test -z "$up" || family $up
		up=
		test "$word" != end || exit 0
		boot "$word"
	done
}

# now WORD: the machine, switched on again, will behave like this
now()
{
	before=$(cat boot_id)
	echo well >how
	echo power >order
	until_true "test \"\$(cat boot_id)\" != '$before'"
	# it has a boot id before it can be talked to
	until_true "ssh-keyscan -p $port 127.0.0.1 2>/dev/null | grep ssh-"
	echo "$1" >how
	: >boots
}

cat >reproducer <<SCRIPT
#!/bin/sh
echo "reproducing"
case \$(cat $tmp/how) in
lost) kill \$PPID; sleep 1000 ;;
esac
test "\$(cat $tmp/running)" -ge 9 || exit 0
cat $tmp/crash.log >>$tmp/console
exit 0
SCRIPT

echo well >how
echo 0 >installed
echo none >boot_id
: >console
mkfifo order
exec 9<>order
machine <&9 9<&- &
machine=$!
line_repo "$tmp/line" 12
session=$tmp/session

tail="console = \"tail -n 0 -f $tmp/console\";"

# settings FILE [MACHINE [TEST]]: more settings of these groups
settings()
{
	cat >"$1" <<-SETTINGS
	target = "ssh";
	confirm = false;
	policy = "syzkaller/1/1";
	matching = "any";
	build = { command = "true"; };
	machine = {
		host = "127.0.0.1";
		port = $port;
		kernel = "number";
		install = "cp \$CULPRIT_KERNEL $tmp/installed";
		reboot_command = "echo reboot >$tmp/order";
		running = "cat $tmp/boot_id $tmp/running";
		expected = "cat \$CULPRIT_KERNEL";
		${2-$tail}
	};
	ssh = { user = "$(id -un)"; keys = [ "user" ];
		known_hosts = "known_hosts"; };
	reproducer = { file = "reproducer"; };
	test = { timeout = 30; settle = 1; ${3-} };
	SETTINGS
}

until_true 'test "$(cat boot_id)" = boot-1'
settings one.cfg
check "each kernel is installed, booted and judged by its console" '
	now well
	begin one.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	title="BUG: unable to handle kernel NULL pointer dereference in ring_release"
	culprit log | grep "end run 0 of $(short c9): crashed .*, $title"
	grep "^reproducing$" "$session/runs/$(full c9)/0.output"
	grep "Linux version 6.1.9" "$session/runs/$(full c9)/0.console"
'
check "each run has a boot of its own" '
	runs=$(logged "end run")
	test "$runs" -ge 3
	test "$(grep -c reboot boots)" = "$runs"
'
check "or each kernel has one, where the settings say so" '
	now well
	sed "s,syzkaller/1/1,syzkaller/2/2,
		s,port =,reboot = \"new-kernel\"; port =," one.cfg >kernel.cfg
	begin kernel.cfg c3 c1
	culprit run || :
	culprit log | grep "end run 1 of $(short c2): ok"
	test "$(grep -c reboot boots)" = 1
'
check "a machine that fell back to another kernel is never judged" '
	now back
	ends_as "boot-failed after .* - did not boot: the machine runs 0, not \
the kernel of $(short c2)"
	test "$(logged "run .*: ok")" = 0
'
check "one that does not come back has its power cycled, and goes on" '
	now hangs
	settings one.cfg "boot_timeout = 2;
		power_cycle = \"echo power >$tmp/order\";"
	ends_as "ok after"
	test "$(head -n 2 boots | tr "\n" " ")" = "reboot power "
'
check "one that never comes back did not boot" '
	now dead
	settings one.cfg "boot_timeout = 2;"
	ends_as "boot-failed after .* - did not boot: the machine did not come \
up within 2 s: .*127.0.0.1"
'
check "one that was off before is switched on" '
	echo well >how
	settings one.cfg "power_cycle = \"echo power >$tmp/order\";"
	ends_as "ok after"
'
check "a power cycle that fails is trouble of ours" '
	now hangs
	settings one.cfg "boot_timeout = 2; power_cycle = \"echo no bmc; exit 7\";"
	ends_as "infra after .* - the power cycle command failed: exit code 7: \
no bmc"
'
check "a machine that does not restart is trouble of ours" '
	now well
	settings one.cfg "boot_timeout = 2;"
	sed "s,reboot_command = .*,reboot_command = \"true\";," one.cfg >no.cfg
	mv no.cfg one.cfg
	ends_as "infra after .* - the machine did not restart within 2 s"
	culprit status >said
	grep "trouble at $(short c2) (the machine did not restart within 2 s): \
mend it and resume" said
'
check "a connection that is cut without a word is lost" '
	now lost
	settings one.cfg
	ends_as "crashed after .*, lost connection to test machine"
	now lost
	settings one.cfg ""
	ends_as "crashed after .*, lost connection to test machine"
'
check "without a console what ssh tells is all there is" '
	now well
	settings one.cfg ""
	ends_as "ok after"
'
check "what another kernel said before the reboot does not count" '
	now noisy
	settings one.cfg
	ends_as "ok after"
'
check "what its own says while it boots does" '
	now warns
	ends_as "crashed after .* in ring_release"
'
check "that it comes up is enough where only that is asked for" '
	now well
	settings one.cfg
	echo "bad = \"boot-failed\";" >>one.cfg
	ends_as "ok after"
	test -z "$(grep reproducing "$session/runs/$(full c2)/0.output")"
'
check "a console command that ends is said" '
	now well
	settings one.cfg "console = \"echo console is taken; exit 3\";"
	ends_as "infra after .* - the console command ended: exit code 3: \
console is taken"
'
check "an install command that fails is said, and nothing is booted" '
	now well
	settings one.cfg
	sed "s,install = .*,install = \"echo no room; exit 1\";," one.cfg >no.cfg
	mv no.cfg one.cfg
	ends_as "infra after .* - the install command failed: exit code 1: no room"
	test ! -s boots
'
check "the kernel can be copied, and installed by a command there" '
	now well
	settings one.cfg
	sed "s,install = .*,image = \"$tmp/copied\"; \
install_there = \"mv $tmp/copied $tmp/installed\";," one.cfg >no.cfg
	mv no.cfg one.cfg
	ends_as "ok after"
	test "$(cat running)" = 2 || test "$(cat running)" = 3
'
check "a host that nobody knows is not talked to" '
	now well
	settings one.cfg
	mv known_hosts known.kept && : >known_hosts
	ends_as "infra after .* - .*127.0.0.1:$port: its host key (.*) is not in \
.*known_hosts"
	test ! -s boots
	mv known.kept known_hosts
'
check "culprit check asks the machine what it runs" '
	now well
	settings one.cfg ""
	"$CULPRIT" -C "$repo" check -c "$tmp/one.cfg" >out
	grep "^ok     machine: 127.0.0.1 runs $(cat running)$" out
	grep "^note   machine: there is no console" out
	mv known_hosts known.kept && : >known_hosts
	exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/one.cfg" >out
	grep "^wrong  machine: .*its host key (.*) is not in" out
	mv known.kept known_hosts
'
check "what the settings lack is said" '
	sed "/host =/d" one.cfg >no.cfg
	exits 1 culprit start -c "$tmp/no.cfg" c3 c1 2>err
	grep "no.cfg:[0-9]*: machine.host: it is needed" err
	sed "/expected =/d" one.cfg >no.cfg
	exits 1 culprit start -c "$tmp/no.cfg" c3 c1 2>err
	grep "running and expected belong together" err
	settings no.cfg "" "slots = 2;"
	exits 1 culprit start -c "$tmp/no.cfg" c3 c1 2>err
	grep "a machine does one run at a time" err
'
plan
