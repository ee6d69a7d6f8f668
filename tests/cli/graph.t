#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# With git's commit-graph, of whatever kind and in whatever state, the answers
# are git's.

. "$(dirname "$0")/../tap.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

percent=${NEXT_PERCENT-100}
some=$((300 * percent / 100))
few=$((60 * percent / 100 + 20))

next_py()
{
	python3 "$top/tests/cli/next.py" "$@"
}

next_py make random.git random || exit 1
graph=random.git/objects/info/commit-graph

write_graph()
{
	git -C random.git "$@" commit-graph write --reachable --no-progress
}

check "$some ranges, with a commit-graph of generation v2" '
	write_graph
	next_py ranges random.git $some
'
check "some along first parents, and with skips" '
	next_py ranges random.git $few --first-parent
	next_py skips random.git $few
'
check "$few ranges, with generation v1" '
	rm -f "$graph"
	write_graph -c commitGraph.generationVersion=1
	next_py ranges random.git $few
	rm -f "$graph"
'

# Three layers, and the newest third of the graphs not in it.
check "$some ranges, with a split chain that is stale" '
	git -C random.git for-each-ref --format="%(objectname)" >tips
	test $(wc -l <tips) -gt 90
	third=$(($(wc -l <tips) / 4))
	for part in 1 2 3; do
		sed -n "$(((part - 1) * third + 1)),$((part * third))p" tips |
			git -C random.git commit-graph write --stdin-commits \
				--split=no-merge
	done
	test "$(wc -l <random.git/objects/info/commit-graphs/commit-graph-chain)" = 3
	next_py ranges random.git $some
'
check "the chain is found through an alternate" '
	git clone -q --bare --shared random.git shared.git
	cp random.git/graphs.json shared.git
	test ! -e shared.git/objects/info/commit-graphs
	next_py ranges shared.git $few
'
check "a chain whose file is gone is said, and answers stay right" '
	chain=random.git/objects/info/commit-graphs
	layer=$(head -1 "$chain/commit-graph-chain")
	mv "$chain/graph-$layer.graph" kept
	tip=$(tail -1 tips)
	good=$(git -C random.git rev-list "$tip" | tail -1)
	"$CULPRIT" next --repo random.git --bad "$tip" --good "$good" \
		>out 2>err
	git -C random.git -c core.commitGraph=false rev-list --bisect \
		"$tip" "^$good" | cmp - out
	grep "commit-graph.*is not used: a file that it lists is missing" err
	rm -r "$chain"
'

# A history that is long enough to be damaged in many places: octopuses too.
git init -q -b main history
(
	cd history || exit 1
	python3 - <<-"END" | git fast-import --quiet
	n = 0
	def commit(branch, parents):
	    global n
	    n += 1
	    print("commit refs/heads/%s\nmark :%d\ncommitter C <c@example.com> %d +0000\ndata 2\nc\n" % (branch, n, 1600000000 + n * 60))
	    for place, parent in enumerate(parents):
	        print("%s :%d" % ("merge" if place else "from", parent))
	    return n
	tip = commit("main", [])
	for k in range(60):
	    side = [commit("side%d" % s, [tip]) for s in range(k % 5)]
	    side = [commit("side%d" % s, [c]) for s, c in enumerate(side)]
	    tip = commit("main", [commit("main", [tip])] + side)
	END
) || exit 1
first=$(git -C history rev-list --reverse main | head -1)
git -C history commit-graph write --reachable --no-progress
git -C history rev-list --bisect main "^$first" >wanted
file=history/.git/objects/info/commit-graph
cp "$file" whole

midpoint()
{
	"$CULPRIT" next --repo history --bad main --good "$first"
}

# edit EXPRESSION: $file becomes what it makes of the whole one, `b`
edit()
{
	chmod u+w "$file"
	python3 - "$1" "$file" <<-"END"
	import struct, sys
	b = bytearray(open("whole", "rb").read())
	def chunk(name):
	    for i in range(b[6]):
	        at = 8 + i * 12
	        if bytes(b[at:at + 4]) == name:
	            return struct.unpack(">Q", b[at + 4:at + 12])[0]
	exec(sys.argv[1])
	open(sys.argv[2], "wb").write(b)
	END
}

check "octopuses are read from it" '
	midpoint 2>err | cmp - wanted
	test ! -s err
	git -C history rev-list --min-parents=3 main | grep -q .
'

# wrong WHAT EXPRESSION PATTERN
wrong()
{
	check "$1: said, and the objects are read" "
		edit '$2'
		midpoint >out 2>err
		cmp out wanted
		grep \"^culprit: the commit-graph .*not used: .*$3\" err
		test \$(wc -l <err) = 1
	"
}
wrong "a file of another kind" 'b[0:4] = b"XXXX"' "no commit-graph"
wrong "a version of a later git" 'b[4] = 9' "version is 9"
wrong "ids of another kind" 'b[5] = 2' "ids are not"
wrong "an empty file" 'b = b""' "empty"
wrong "a file that ends in its header" 'b = b[:30]' "cut off"
wrong "a file that ends in a part" 'b = b[:len(b) // 2]' "cut off"
wrong "an index that goes down" 'b[chunk(b"OIDF"):chunk(b"OIDF") + 4] = b"\x7f\0\0\0"' "makes no sense"
wrong "a part twice" 'b[20:24] = b[8:12]' "part"
wrong "parents that are not there" '
n = struct.unpack(">I", b[chunk(b"OIDL") - 4:chunk(b"OIDL")])[0]
for i in range(n):
    at = chunk(b"CDAT") + i * 36 + 20
    b[at:at + 4] = struct.pack(">I", n + 7)' "parent is missing"
wrong "parents that go round" '
n = struct.unpack(">I", b[chunk(b"OIDL") - 4:chunk(b"OIDL")])[0]
for i in range(n):
    at = chunk(b"CDAT") + i * 36 + 20
    b[at:at + 4] = struct.pack(">I", i)' "generation"
wrong "another history" '
n = struct.unpack(">I", b[chunk(b"OIDL") - 4:chunk(b"OIDL")])[0]
for i in range(n):
    at = chunk(b"CDAT") + i * 36 + 20
    b[at:at + 4] = struct.pack(">I", 0x70000000)' "wrong about commit"

check "a byte changed anywhere: an answer or a sentence, no more" '
	for byte in $(seq 8 977 $(wc -c <whole)); do
		edit "b[$byte] ^= 0x55"
		status=0
		midpoint >out 2>err || status=$?
		test $status = 0 || { test $status = 1 && test ! -s out; }
	done
'
check "the start of a session holds each commit against its object" '
	git -C history rev-parse main "$first" >ends
	edit "
ends = [bytes.fromhex(line) for line in open(\"ends\")]
n = struct.unpack(\">I\", b[chunk(b\"OIDL\") - 4:chunk(b\"OIDL\")])[0]
for i in range(n):
    at = chunk(b\"OIDL\") + i * 20
    if bytes(b[at:at + 20]) not in ends:
        b[chunk(b\"CDAT\") + i * 36 + 35] ^= 1
"
	cd history
	"$CULPRIT" start main "$first" >../out 2>../err
	grep "commit-graph is not used: it is wrong about commit" ../err
	"$CULPRIT" status --json | grep "$(cat ../wanted)"
'
chmod u+w "$file"
cp whole "$file"

check "replaced objects are not followed, and that is said" '
	cd history
	git replace main "$first"
	cd ..
	midpoint >out 2>err
	cmp out wanted
	grep "replaced objects are not followed.*git replace -l" err
	test $(wc -l <err) = 1
	GIT_NO_REPLACE_OBJECTS=1 midpoint >out 2>err
	cmp out wanted
	test ! -s err
	git -C history pack-refs --all --prune
	rm -rf history/.git/refs/replace
	midpoint 2>&1 >out | grep "replaced objects are not followed"
	git -C history replace -d main
	midpoint >out 2>err
	test ! -s err
'
check "nor are grafts" '
	git -C history rev-parse main >history/.git/info/grafts
	midpoint >out 2>err
	rm history/.git/info/grafts
	cmp out wanted
	grep "grafts are not followed.*info/grafts" err
'
check "it is not asked where core.commitGraph is off" '
	edit "b = b[:30]"
	git -C history config core.commitGraph false
	midpoint >out 2>err
	cmp out wanted
	test ! -s err
	git -C history config --unset core.commitGraph
'
plan
