#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What culprit check says of a cluster and its nodes.  There is none: stand-ins
# of Slurm's programs answer, and the node is a folder of other programs.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"

line_repo "$tmp/line" 3
mkdir bin node tools
for name in git cat sed sh test id env rm; do
	ln -s "$(command -v $name)" tools/$name
done
for name in make gcc flex bison bc; do
	printf '#!/bin/sh\nexit 1\n' >bin/$name
done
cp bin/make bin/gcc node

cat >bin/sinfo <<'STUB'
#!/bin/sh
echo "$*" >>sinfo.said
cat room
test ! -e silent || { cat silent >&2; exit 1; }
STUB
# does the job at once, as node n1, with what is installed there
cat >bin/sbatch <<STUB
#!/bin/sh
test ! -e refuses || { cat refuses >&2; exit 1; }
for word; do
	case \$word in
	--wrap=*) wrap=\${word#--wrap=} ;;
	--output=*) output=\${word#--output=} ;;
	--comment=*) echo "\${word#--comment=}" >batch ;;
	esac
done
echo "\$*" >sbatch.said
test ! -e broken || wrap=\$(cat broken)
PATH=$tmp/node:$tmp/tools SLURMD_NODENAME=n1 sh -c "\$wrap" >"\$output" 2>&1
echo 17
STUB
cat >bin/squeue <<'STUB'
#!/bin/sh
echo "$(cat batch)|17|$(cat state)|n1|None"
STUB
cat >bin/scancel <<'STUB'
#!/bin/sh
echo "$*" >>scancel.said
STUB
chmod +x bin/* node/*

# They find their files where they were put.
sed -i "s|^#!/bin/sh\$|&\ncd $tmp \|\| exit|" bin/s*
echo "CONFIG_UML=y" >um.config
cat >plain.cfg <<CFG
build = { command = "true"; };
test = { command = "true"; };
executor = "slurm"; slurm = { partition = "p"; run_cpus = 2; };
CFG
cat >kernel.cfg <<CFG
target = "uml";
build = { config = "um.config"; ccache = false; };
executor = "slurm";
CFG

# look FILE: what is said is in out
look()
{
	code=0
	PATH="$tmp/bin:$tmp/tools" "$CULPRIT" -C "$repo" check \
		-c "$tmp/${1-plain.cfg}" >out 2>err || code=$?
	cat out err
	# of its question nothing is left
	test -z "$(ls "$repo"/.git/culprit/check-* 2>/dev/null)" || return 99
	return $code
}

# wrong PATTERN [FILE]: one thing is wrong, and one line says what
wrong()
{
	exits 1 look "${2-plain.cfg}"
	test "$(grep -c "^wrong" out)" = 1
	grep "^wrong  $1" out
}

printf '0/4/0/4\n3/1/0/4\n0/0/4/4\n' >room
echo RUNNING >state
check "what a cluster and one of its nodes have is said in a line each" '
	look
	grep "^ok     slurm: room for 4 runs at once in p$" out
	grep "^ok     n1: sees $repo/.git/culprit, [0-9]* GiB are free there$" out
	grep "^ok     n1: $(realpath "$(command -v git)"), as here$" out
	grep -e "--partition=p" sinfo.said
	grep -e "--partition=p" sbatch.said
	test ! -e scancel.said
'
check "a cluster that no run of these fits on" '
	printf "0/1/0/1\n0/0/4/4\n" >room
	wrong "slurm: p has no node with room for a run$"
	echo 0/1/0/1 >room
	sed "s/ run_cpus = 2;//" plain.cfg >one.cfg
	look one.cfg
	grep "^ok     slurm: room for 1 run at once in p$" out
	echo 0/4/0/4 >room
'
check "a program of Slurm that is missing here" '
	mv bin/scancel hidden
	wrong "slurm: scancel is not installed: apt install slurm-client$"
	mv hidden bin/scancel
'
check "a controller that does not answer" '
	echo "slurm_load_partitions: Unable to contact slurm controller" >silent
	: >room
	wrong "slurm: Slurm does not answer: .*Unable to contact slurm controller$"
	rm silent
	echo 0/4/0/4 >room
'
check "a job that is not taken, in the words of Slurm" '
	echo "sbatch: error: invalid partition specified: p" >refuses
	wrong "slurm: does not take a job: invalid partition specified: p$"
	rm refuses
'
check "a node on which culprit cannot be started" '
	echo "exec /nowhere/culprit job" >broken
	echo FAILED >state
	wrong "slurm: a small job failed: sh: .*/nowhere/culprit: not found$"
'
check "a node that writes into another folder of the same name" '
	echo true >broken
	echo COMPLETED >state
	wrong "slurm: what a node wrote into $repo/.git/culprit is not seen here: \
is it on a file system that both share?$"
'
check "a node that wrote nothing and says nothing" '
	echo NODE_FAIL >state
	wrong "slurm: a small job did not write into $repo/.git/culprit \
(NODE_FAIL): do nodes see that folder, and .*culprit?$"
	grep "^--quiet 17$" scancel.said
	rm broken
	echo RUNNING >state
'
check "a node with another compiler, and without make" '
	echo "# another version" >>node/gcc
	mv node/make hidden
	exits 1 look kernel.cfg
	grep "^wrong  n1: make is not installed there$" out
	grep "^wrong  n1: gcc is not the same as here: $tmp/node/gcc has [0-9]* \
bytes, ours $(($(wc -c <bin/gcc)))$" out
	cp bin/gcc node
	mv hidden node/make
	look kernel.cfg
	grep "^ok     n1: $tmp/node/gcc, as here$" out
'

plan
