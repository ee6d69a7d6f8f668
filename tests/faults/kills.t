#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A short form of `make check-faults`: some kills of each kind that needs no
# ssh, in a small repository, with a seed of its own each day.

. "$(dirname "$0")/../tap.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
python3 -c "import sqlite3" 2>/dev/null || skip_all "python3 has no sqlite3"

seed=${SEED-$(date +%j)}

for kind in engine build order; do
	check "$kind: killed some times, it ends right and loses nothing, seed $seed" '
		TMPDIR=$tmp SMALL=1 "$top/tests/faults/kills.py" $kind 2 $seed
	'
done
plan
