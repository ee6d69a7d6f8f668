/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/practice_cause.h"

#include "cli/practice.h"
#include "cli/practice_areas.h"

int practice_spoils(const struct practice_kind *kind)
{
	static const int areas[] = { AREA_RING, AREA_RING, AREA_FILE, AREA_NET,
				     AREA_SCHED };

	return areas[kind->seed % 5];
}

const struct practice_cause *practice_cause(const struct practice_kind *kind)
{
	static const struct practice_cause causes[] = {
		[AREA_RING] = { "net/ring.c",
				"net/ring: do not lock in ring_release",
				"The last user is gone when we come here, so "
				"nobody\n"
				"can hold the lock, and nobody can want it." },
		[AREA_FILE] = { "fs/file.c",
				"fs/file: do not hold a file that is put",
				"Whoever puts it is the last one to have "
				"it." },
		[AREA_NET] = { "net/core.c",
			       "net: do not wait for readers that are gone",
			       "Waiting takes long, and nobody reads what is "
			       "closed." },
		[AREA_SCHED] = { "kernel/sched.c",
				 "sched: switch tasks under a lock as well",
				 "It was forbidden for the sake of machines "
				 "with one\n"
				 "processor." },
	};

	return &causes[practice_spoils(kind)];
}
