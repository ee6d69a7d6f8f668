#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Guests that are visited over ssh.  What boots here is a script that runs a
# private sshd of this machine, so everything behind it is real: keys, copies,
# the check, the reproducer, its time.  The console is a file that it follows.

. "$(dirname "$0")/../tap.sh"
. "$top/tests/cli/lib.sh"
. "$top/tests/cli/sshd.sh"

cleanup()
{
	culprit stop
	rm -f /tmp/culprit-reproducer
} >/dev/null 2>&1

# A guest of commit n, which the word in $tmp/how makes behave.
cat >guest.sh <<SCRIPT
echo "[    0.000000][    T0] Linux version 6.1.0-toy"
cp number $tmp/number.\$CULPRIT_PORT
echo \$\$ >$tmp/guest.\$CULPRIT_PORT
: >$tmp/console.\$CULPRIT_PORT
tail -f $tmp/console.\$CULPRIT_PORT &
case \$(cat $tmp/how) in
silent) exec sleep 1000 ;;
dies) kill -KILL \$\$ ;;
esac
exec $sshd -D -p \$CULPRIT_PORT -f $tmp/sshd.conf -E $tmp/sshd.log
SCRIPT
cat >reproducer <<SCRIPT
#!/bin/sh
port=\${SSH_CONNECTION##* }
echo "reproducing"
case \$(cat $tmp/how) in
absent) exit 127 ;;
lost) kill \$PPID; sleep 1000 ;;
killed) kill -KILL \$(cat $tmp/guest.\$port); sleep 1000 ;;
floods) head -c 3000000 /dev/zero | tr "\\0" x ;;
esac
test "\$(cat $tmp/number.\$port)" -ge 9 || exit 0
cat $tmp/crash.log >>$tmp/console.\$port
exit 0
SCRIPT
echo well >how

line_repo "$tmp/line" 12
session=$tmp/session

# settings FILE KEY [MORE]: as the user of this key
settings()
{
	cat >"$1" <<-SETTINGS
	target = "qemu";
	confirm = false;
	policy = "syzkaller/1/1";
	matching = "any";
	build = { command = "true"; };
	guest = { kernel = "number"; command = "sh $tmp/guest.sh";
		  boot_timeout = ${4-30}; };
	ssh = { user = "$(id -un)"; keys = [ "$2" ]; host_key = "host.pub"; };
	reproducer = { file = "reproducer"; ${3-} };
	test = { timeout = 30; settle = 1; output_limit = 2; };
	SETTINGS
}

settings one.cfg user
check "a reproducer that cannot be started was no test" '
	echo absent >how
	ends_as "test-failed .* - the reproducer.s exit code is 127"
	echo well >how
'
check "the reproducer is copied and run, and the console has the last word" '
	begin one.cfg c12 c1
	culprit run --batch >said
	grep "^$(full c9) is the first bad commit$" said
	title="BUG: unable to handle kernel NULL pointer dereference in ring_release"
	culprit log | grep "end run 0 of $(short c9): crashed .*, $title"
	grep "^reproducing$" "$session/runs/$(full c9)/0.output"
'
check "phases and commands of a run, and how they ended, are kept" '
	culprit log --format json >log.json
	python3 - <<-TEST
	import json
	runs = [e for e in json.load(open("log.json"))["events"]
	        if e["kind"] == "run"]
	for run in runs:
	    assert run["boot_ms"] > 0 and run["copy_ms"] > 0, run
	    assert run["boot_ms"] + run["copy_ms"] <= run["duration_ms"] + 2
	    lines = [(c["line"], c["exit_status"]) for c in run["commands"]]
	    assert lines[0][0].startswith("ssh: scp "), lines
	    assert lines[:3] == [(lines[0][0], 0), ("ssh: true", 0),
	                         ("ssh: /tmp/culprit-reproducer", 0)], lines
	    assert lines[3] == ("sh $tmp/guest.sh", -1), lines
	TEST
'
check "a run without a crash is ok" '
	ends_as "ok"
'
check "what a reproducer says is kept up to the limit of output" '
	echo floods >how
	ends_as "ok"
	said=$session/runs/$(full c2)/0.output
	grep "^\[culprit: more than 2097152 bytes, the rest was left out\]$" \
		"$said"
	test "$(wc -c <"$said")" -lt 2100000
	echo well >how
'
check "a check that fails says that the guest cannot be tested" '
	settings one.cfg user "check = \"exit 3\";"
	ends_as "test-failed after .* - the check there failed: exit status 3"
'
check "a key that is refused is no fault of the commit" '
	settings one.cfg other
	ends_as "infra after .*$(id -un)@127.0.0.1.*key"
'
check "a host that is not the one we know is not talked to" '
	mv host.pub host.kept && cp other.pub host.pub
	settings one.cfg user
	ends_as "infra after .*127.0.0.1.*key"
	mv host.kept host.pub
'
check "a connection that is cut is lost, if no crash tells more" '
	echo lost >how
	settings one.cfg user
	ends_as "crashed after .*, lost connection to test machine"
	echo well >how
'
check "a guest that something of this machine killed says nothing" '
	settings one.cfg user
	for how in killed dies; do
		echo $how >how
		ends_as "infra after .* - .*killed by signal 9 (out of memory?)"
	done
	echo well >how
'
check "a guest that nobody can reach did not boot" '
	echo silent >how
	settings one.cfg user "" 1
	ends_as "boot-failed after .* - did not boot: .*127.0.0.1"
	echo well >how
'

if command -v gcc >/dev/null; then
	cat >repro.c <<-SOURCE
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>

	int main(void)
	{
		const char *ssh = strrchr(getenv("SSH_CONNECTION"), 32);
		char path[200];
		int number;

		puts("in C");
		snprintf(path, sizeof(path), "$tmp/number.%s", ssh + 1);
		if (fscanf(fopen(path, "r"), "%d", &number) == 1 && number >= 9) {
			snprintf(path, sizeof(path),
				 "cat $tmp/crash.log >>$tmp/console.%s", ssh + 1);
			return system(path);
		}
		return 0;
	}
	SOURCE
	settings one.cfg user
	sed "s/file = \"reproducer\"/file = \"repro.c\"/" one.cfg >c.cfg
	check "a reproducer in C is compiled once, and run" '
		begin c.cfg c10 c8
		culprit run --batch >said
		culprit log | grep "end run"
		grep "^$(full c9) is the first bad commit$" said
		grep "^in C$" "$session/runs/$(full c9)/0.output"
		made=$(stat -c %y "$session/reproducer")
		culprit more c9 1
		culprit run --batch >/dev/null
		test "$(stat -c %y "$session/reproducer")" = "$made"
		echo "/* changed */" >>repro.c
		culprit more c9 1
		culprit run --batch >/dev/null
		test "$(stat -c %y "$session/reproducer")" != "$made"
	'
	check "check says by what it will be compiled" '
		"$CULPRIT" -C "$repo" check -c "$tmp/c.cfg" >out || :
		grep "^ok     reproducer: to be compiled by /.*gcc$" out
		sed "s/repro.c\";/& cc = \"no-such-gcc\";/" c.cfg >no.cfg
		exits 1 "$CULPRIT" -C "$repo" check -c "$tmp/no.cfg" >out
		grep "^wrong  reproducer: there is no no-such-gcc" out
	'
	check "what does not compile is said before anything is begun" '
		echo "int main(void) { return missing; }" >repro.c
		begin c.cfg c12 c1
		exits 1 culprit run --batch 2>err
		grep "^culprit: cannot compile the reproducer .*repro.c.: repro.c:1:.*error: .missing. undeclared" err
		test "$(logged "engine\|build of")" = 0
		echo "int main(void) { return 0; }" >repro.c
		sed -i "s/repro.c\";/& cflags = [ \"-DX\" ];/" c.cfg
		begin c.cfg c3 c1
		culprit run --batch >/dev/null || :
		culprit log >log
		grep "end run 0 of $(short c2)" log
		grep "end run 0 of $(short c2): ok" log
		grep -x -e "-DX" "$session/reproducer.from"
	'
else
	check "a reproducer in C is compiled # SKIP gcc is not installed" 'true'
fi
plan
