#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `culprit titles`: what it prints, and what it says about wrong words.  With
# CRASH_CORPUS, a folder of logs with their expected.tsv, it is held against
# that too.

. "$(dirname "$0")/../tap.sh"

tab=$(printf '\t')
cat >crash.log <<'EOF'
[    1.000000][    T1] BUG: unable to handle page fault for address: ffff
[    1.000001][    T1] RIP: 0010:teapot_lid+0x1/0x2
[    1.000002][    T1] Call Trace:
[    1.000003][    T1]  teapot_open+0x1/0x2
[    1.000004][    T1]  do_syscall_64+0x1/0x2
[    1.000005][    T1] Kernel panic - not syncing: Fatal exception
EOF
echo "all is well" >clean.log
title="BUG: unable to handle kernel paging request in teapot_lid"

check "a line a log: path, title, type, corrupted" '
	"$CULPRIT" titles crash.log clean.log >out
	test "$(wc -l <out)" = 2
	test "$(sed -n 1p out)" = \
		"crash.log$tab$title${tab}MEMORY_SAFETY_BUG${tab}N"
	test "$(sed -n 2p out)" = "clean.log$tab"
'
check "standard input is read for -" '
	"$CULPRIT" titles - <crash.log | grep "^-$tab$title$tab"
'
check "--all prints each crash" '
	"$CULPRIT" titles --all crash.log | cut -f 2 >out
	test "$(sed -n 2p out)" = "kernel panic: Fatal exception"
'
check "--json is one object a log" '
	command -v python3 >/dev/null || exit 0
	"$CULPRIT" titles --json crash.log clean.log >out
	python3 -c "
import json
crash, clean = [json.loads(line) for line in open(\"out\")]
assert clean == {\"path\": \"clean.log\", \"crashes\": []}
first = crash[\"crashes\"][0]
assert first[\"title\"] == \"$title\"
assert first[\"frame\"] == \"teapot_lid\"
assert first[\"panicked\"] is True
assert first[\"start\"] == 0
"
'
check "a file of rules adds a header, an ignore and functions to skip" '
	cat >my.cfg <<EOF
headers = ( { text = "ACME:"; formats = ( {
	match = "ACME: {w} died"; title = "ACME {1} died in {F}";
	frames = [ "trace", "frames" ]; } ); } );
ignores = [ "WARNING: acme is slow" ];
skip = { acme = [ "^acme_log" ]; };
EOF
	cat >acme.log <<EOF
WARNING: acme is slow
ACME: pump died
Call Trace:
 acme_log_all+0x1/0x2
 acme_pump+0x1/0x2
 acme_main+0x1/0x2
EOF
	"$CULPRIT" titles --oops my.cfg acme.log | cut -f 2 >out
	test "$(cat out)" = "ACME pump died in acme_pump"
'
check "a mistake in the rules is said with its line" '
	printf "\nskip = 1;\n" >bad.cfg
	exits 1 "$CULPRIT" titles --oops bad.cfg clean.log 2>err
	grep "^culprit: bad.cfg:2: skip: expected" err
'
check "a log that is not there is an error, the others are read" '
	exits 1 "$CULPRIT" titles nowhere.log crash.log >out 2>err
	grep "cannot open .nowhere.log." err
	grep "^crash.log$tab" out
'
check "no log at all is a wrong use" '
	exits 1 "$CULPRIT" titles 2>err
	grep titles err
'

corpus=${CRASH_CORPUS-$top/../shared/data/crash-corpus/dev}
if test -f "$corpus/expected.tsv"; then
	check "98 in 100 titles of the corpus are right" '
		sed 1d "$corpus/expected.tsv" | cut -f 1,2 | sort >want
		(cd "$corpus" && "$CULPRIT" titles *.txt) |
			cut -f 1,2 | sort >have
		test "$(wc -l <want)" -gt 100
		right=$(comm -12 want have | wc -l)
		test $((right * 100)) -ge $(($(wc -l <want) * 98))
	'
	check "a log of it that tells of no crash has no title" '
		awk -F "$tab" "\$2 == \"\"" want >clean
		comm -23 clean have >wrong
		test ! -s wrong
	'
	check "99 in 100 of their types are right, 97 of their soundness" '
		sed 1d "$corpus/expected.tsv" | awk -F "$tab" -v OFS="$tab" "
			\$2 != \"\" { print \$1, \$4,
				\$5 == \"Y\" ? \"Y\" : \"N\" }" | sort >want
		(cd "$corpus" && "$CULPRIT" titles *.txt) |
			awk -F "$tab" -v OFS="$tab" \
				"\$2 != \"\" { print \$1, \$3, \$4 }" |
			sort >have
		for columns in 99:1,2 97:1,3; do
			cut -f "${columns#*:}" want >a
			cut -f "${columns#*:}" have >b
			right=$(comm -12 a b | wc -l)
			test $((right * 100)) -ge \
				$(($(wc -l <want) * ${columns%:*})) || exit 1
		done
	'
else
	echo "# there is no corpus in $corpus: not scored"
fi
plan
