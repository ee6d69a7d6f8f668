/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITSTART_H
#define SESSION_GITSTART_H

/*
 * How git would have started this session's search: its two terms, and what a
 * log of git's says of its own start.
 *
 * Writes nothing.
 */

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct event;

/* git's words for the newer and the older kind. */
struct gitterms {
	char *newer, *older;
};

/*
 * Those chosen at the start, or that the log which was read has; else "fixed"
 * and "broken" in a search for a fix, else "bad" and "good".  gitterms_release
 * when done.
 */
void gitterms_of(const struct engine *engine, struct gitterms *out);
void gitterms_release(struct gitterms *terms);

/* Would one who chose these terms look for what fixed it? */
bool gitterms_mean_fix(const char *newer, const char *older);

/*
 * In a log that was read: the command that started it, or NULL; of the events
 * behind it those up to *until are verdicts on what it was given.
 */
const struct event *gitstart_find(const struct engine *engine, int64_t *until);

/* Was that start told to check nothing out? */
bool gitstart_is_bare(const struct engine *engine);

#endif
