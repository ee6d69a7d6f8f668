# SPDX-License-Identifier: GPL-2.0-or-later
#
# A private Slurm on loopback: a munged, a controller and some nodes of its own,
# in a folder of the test, as whoever runs the test.  Nothing of the system's
# is touched.  Sourced after tap.sh and lib.sh.

# Debian keeps the daemons where a user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin
cluster=$tmp/cluster
export SLURM_CONF="$cluster/slurm.conf"

# Says what is missing to have one, or nothing.
cluster_lacks()
{
	for program in munged slurmctld slurmd sbatch squeue scancel sinfo; do
		command -v $program >/dev/null ||
			{ echo "$program is not installed" && return; }
	done
	command -v python3 >/dev/null || echo "python3 is not installed"
}

# so many TCP ports that nobody listens on just now
free_ports()
{
	python3 -c '
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])' "$1"
}

cluster_conf()
{
	host=$(hostname -s)
	me=$(id -un)
	cat <<CONF
ClusterName=culprit
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.sock
CredType=cred/munge
SlurmUser=$me
SlurmdUser=$me
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool-%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd-%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1
SlurmdTimeout=5
InactiveLimit=0
KillWait=2
MessageTimeout=4
TCPTimeout=1
MinJobAge=60
CONF
	shift
	node=0
	for port; do
		node=$((node + 1))
		echo "NodeName=n$node NodeHostname=$host NodeAddr=127.0.0.1" \
			"Port=$port CPUs=1 RealMemory=500 State=UNKNOWN"
	done
	echo "PartitionName=test Nodes=n[1-$node] Default=YES" \
		"MaxTime=INFINITE State=UP OverSubscribe=NO"
}

# cluster_up COUNT: so many nodes, n1 and on, all idle
cluster_up()
{
	mkdir "$cluster" "$cluster/state"
	(umask 077 && head -c 1024 /dev/urandom >"$cluster/munge.key")
	# shellcheck disable=SC2046 # a list of numbers
	cluster_conf $(free_ports $((1 + $1))) >"$cluster/slurm.conf"
	echo "CgroupPlugin=cgroup/v1" >"$cluster/cgroup.conf"
	munged --force --key-file="$cluster/munge.key" \
		--socket="$cluster/munge.sock" \
		--pid-file="$cluster/munged.pid" \
		--log-file="$cluster/munged.log" \
		--seed-file="$cluster/munged.seed" || return
	controller_up || return
	node=0
	while test $node -lt "$1"; do
		node=$((node + 1))
		node_up n$node || return
	done
	until_true "test \$(sinfo -h -N -t idle -o %N | wc -l) = $1"
}

controller_up()
{
	slurmctld -i -f "$SLURM_CONF"
}

# It is gone, and so is its port.
controller_down()
{
	pid=$(cat "$cluster/slurmctld.pid")
	kill "$pid"
	until_true "! kill -0 $pid"
}

node_up()
{
	mkdir -p "$cluster/spool-$1"
	slurmd -N "$1" -f "$SLURM_CONF"
}

# node_kill NODE: at once, with all that runs there, as when the power goes
node_kill()
{
	pid=$(cat "$cluster/slurmd-$1.pid")
	kill -9 "$pid"
	for step in $(pgrep -f "slurmstepd: " 2>/dev/null); do
		grep -q -s -z "^SLURMD_NODENAME=$1$" "/proc/$step/environ" ||
			continue
		kill -9 "$step"
	done
}

# All of it is the test's own: it need not end in order.
cluster_down()
{
	test -d "$cluster" || return 0
	scancel --user="$(id -un)" 2>/dev/null
	until_true 'test -z "$(squeue -h -t R,CG)"' 10 >/dev/null
	for pid in "$cluster"/slurm*.pid "$cluster/munged.pid"; do
		test ! -s "$pid" || kill -9 "$(cat "$pid")" 2>/dev/null
	done
}
