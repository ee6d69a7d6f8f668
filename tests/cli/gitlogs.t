#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Logs of git bisect as people hand them on: quoted, wrapped, encoded, pasted
# together, in the middle of mails and terminals; each beside another reading.

. "$(dirname "$0")/../tap.sh"

command -v python3 >/dev/null || skip_all "no python3"
logs="python3 $top/tests/cli/gitlogs.py"

check "files from mails and terminals are read as a careful person would" '
	$logs --files "$top"/tests/data/gitlogs/*.txt >said || {
		cat said
		exit 1
	}
	grep "fields compared" said
'
check "git'\''s own logs are read in every shape, and git takes them back" '
	$logs repo "${GITLOGS_SEED-1}" "${GITLOGS_COUNT-8}" >said || {
		cat said
		exit 1
	}
	grep "fields compared" said
'
plan
