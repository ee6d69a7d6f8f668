/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_PLACE_H
#define TUI_PLACE_H

/*
 * Where a person was on the screen, kept in the session's folder, so that the
 * next screen begins there.
 *
 * Nothing depends on it: a file that is not there, cannot be written or makes
 * no sense is as good as none.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/oid.h"

struct place {
	int view;		   /* its digit; 0: not known */
	char row[OID_HEX_MAX + 1]; /* the commit; "": the one under test */
	int pane;		   /* of the steps */
	int run;		   /* the line of its runs */
	bool paused;		   /* the console does not follow */
};

/* From the folder; all of it is unknown where there is none. */
void place_load(struct place *place, const char *folder);
void place_save(const struct place *place, const char *folder);

/* The same as text. */
void place_parse(struct place *place, const char *text);
void place_format(const struct place *place, char *out, size_t size);

#endif
