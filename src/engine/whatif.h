/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_WHATIF_H
#define ENGINE_WHATIF_H

/*
 * A past search with other decisions: another verdict, another word on a run,
 * another policy or matching.  Everything that was built and run stays what it
 * was; what it would have come to is worked out from the beginning.
 *
 * Two questions are answered.  How would the search have gone?  It is followed
 * as long as the rule asks for the tests that were made; where it asks for
 * another commit, that one's evidence is taken if it was tested at some other
 * time, else the imagined search ends there: nobody knows.  And what does all
 * evidence come to, also of tests that would not have been made?
 *
 * Verdicts that rest on runs are given anew where the rule they rest on has
 * changed; with as many runs as there were, for nobody knows what more would
 * have given.  Without the graph nothing can be said of what would have been
 * tested, and it is not: whatif.known.
 *
 * Pure as the engine is.  Nothing becomes an event of a journal.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/course.h"

struct error;
struct event;
struct graph;

/*
 * EVENT_VERDICT (in place of all that the commit had), EVENT_RETRACT (it had
 * none), EVENT_JUDGE, EVENT_POLICY, EVENT_MATCHING, EVENT_SAME, EVENT_OTHER,
 * EVENT_NOISE.  Only the texts of the event are looked at, and its by is a
 * person's.
 */
struct whatif_change {
	struct event event; /* the texts are borrowed */
	size_t from; /* of a rule: it counts from behind so many events on */
};

struct whatif {
	struct course recorded;
	struct course imagined;
	struct course all;    /* every test that was made, under the changes */
	bool known;	      /* what would have been tested can be said */
	bool complete;	      /* the imagined search came to an end by itself */
	size_t first_changed; /* the first recorded stop that comes to something
				 else; how many there are: none does */
};

/*
 * ERROR_STATE, with the reason, for a change that fits nothing that happened.
 * whatif_release frees what out has, which borrows the graph.
 */
int whatif_make(struct whatif *out, const struct graph *graph,
		const struct event *const *events, size_t count,
		const struct whatif_change *changes, size_t change_count,
		struct error *err);
void whatif_release(struct whatif *whatif);

/* The same, given up (ERROR_BUSY) soon after another thread sets stop. */
int whatif_make_until(struct whatif *out, const struct graph *graph,
		      const struct event *const *events, size_t count,
		      const struct whatif_change *changes, size_t change_count,
		      const atomic_bool *stop, struct error *err);

/* What became of a test that was made. */
enum whatif_fate {
	WHATIF_STANDS,	 /* it would have been made, and come to the same */
	WHATIF_CHANGED,	 /* it would have been made, and come to another end */
	WHATIF_ELSEWHEN, /* it would have been made, at another time */
	WHATIF_NOT_MADE,
	WHATIF_UNKNOWN, /* the graph cannot tell */
};

/* Of a stop of the recorded course. */
enum whatif_fate whatif_fate(const struct whatif *whatif, size_t stop);

/* "stands", "changed", "elsewhen", "not-made", "unknown" */
const char *whatif_fate_name(enum whatif_fate fate);

/* The same for a person: "", "changed", "at another time"... */
const char *whatif_fate_words(enum whatif_fate fate);

#endif
