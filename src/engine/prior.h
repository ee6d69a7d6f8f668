/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_PRIOR_H
#define ENGINE_PRIOR_H

/*
 * How likely each commit is the culprit before anything was tested, by the
 * files that it changes: those that the report of the crash names, others in
 * the same folders, or only what the configuration does not compile.
 *
 * A mixture and never a filter: the crash may be far from what caused it, so
 * most of the chance stays spread over all commits.  What a commit changes is a
 * fact that a session was told (EVENT_TOUCHED); nothing here reads a file.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"

struct buf;
struct engine;
struct event;
struct graph;

#define PRIOR_FILES   0.3 /* the share of those that touch a named file */
#define PRIOR_FOLDERS 0.1 /* of those that touch another one beside it */
#define PRIOR_NOTHING \
	0.001 /* of a commit that changes nothing compiled,
			       against any other one's */

/* The strongest that holds of a commit. */
enum touch {
	TOUCH_OTHER,   /* or not known: a merge */
	TOUCH_NOTHING, /* nothing that is compiled */
	TOUCH_FOLDER,  /* a file in a folder of a file that the report names */
	TOUCH_FILE,    /* a file that it names */
	TOUCH_COUNT,
};

/* "other", "not compiled", "same folder", "file of the report" */
const char *touch_words(enum touch touch);
/* "other", "not-compiled", "folder", "file" */
const char *touch_name(enum touch touch);

/* One line of the text of an EVENT_TOUCHED; nothing for TOUCH_OTHER. */
void touch_write(struct buf *out, enum touch touch, const struct oid *commit);

/*
 * Such a text, line by line: moves *text on; false at its end.  What is no such
 * line, or a commit that the graph has not, is passed over.
 */
bool touch_read(const char **text, const struct graph *graph, int *commit,
		enum touch *touch);

/* How many lines of each kind it has. */
void touch_count(const char *text, int counts[TOUCH_COUNT]);

/*
 * The chance of each of these commits, as a number that is put at weights[its
 * number]; they add up to 1.  touch is by number too; where one lies at
 * touch_count or beyond, nothing is known of it.  files: does what the report
 * names count?
 */
void prior_weights(const unsigned char *touch, int touch_count, bool files,
		   const int *commits, int count, double *weights);

/* What a session knows, and whether it is used. */
struct prior {
	bool wanted;		  /* a person's word, or the settings' */
	const struct event *fact; /* the latest EVENT_TOUCHED, or NULL */
	bool files;		  /* the run whose report names files shows the
				     bug by all that is said today */
	bool used;		  /* it bears on what is believed */
};

void engine_prior(struct engine *engine, struct prior *out);
enum touch engine_touch(const struct engine *engine, int commit);

#endif
