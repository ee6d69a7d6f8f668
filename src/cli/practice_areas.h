/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PRACTICE_AREAS_H
#define CLI_PRACTICE_AREAS_H

/*
 * The areas of the practice kernel and what is developed in them: the words of
 * its commits, its files and its functions.  Data only.
 */

enum {
	PRACTICE_AREAS = 14, /* source files, each with a folder beside it */
	PRACTICE_ROWS = 12,  /* features that one may get, a file each */
};

/* Those that do something beside having features. */
enum {
	AREA_SCHED = 0,
	AREA_TIMER = 1,
	AREA_SUPER = 6,
	AREA_NET = 7,
	AREA_RING = 8,
	AREA_FILE = 12,
	AREA_SOCKET = 13,
};

struct practice_area {
	const char *name; /* "mm/slab", as commit subjects begin */
	const char *path;
	const char *word; /* of the functions and the console */
	const char *about;
	const char *unit;		 /* "caches" */
	const char *rows[PRACTICE_ROWS]; /* "partial lists" */
};

extern const struct practice_area practice_areas[PRACTICE_AREAS];

#endif
