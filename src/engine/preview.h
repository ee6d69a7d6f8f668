/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_PREVIEW_H
#define ENGINE_PREVIEW_H

/*
 * What a decision would change, before it is given: the fold of a session
 * beside the fold of the same session with one more event.
 *
 * The engine that is asked stays as it is.  Verdicts that the policy would
 * give at once on the evidence that is there are given in both, as the engine
 * process would; builds and runs are not imagined.
 */

#include <stdbool.h>

#include "engine/engine.h"

struct error;
struct event;

/* Where the search stands, of one of the two. */
struct preview_end {
	enum plan_state state;
	int commit; /* under test, or the culprit; -1 for none */
	int suspects, left, steps;
	bool believed; /* the steps say nothing */
	bool paused;
	bool needs_person;
};

enum preview_change_kind {
	PREVIEW_ASIDE, /* its verdict counted, and is set aside */
	PREVIEW_AGAIN, /* its verdict was set aside, and counts again */
	PREVIEW_OTHER, /* another verdict, or one where there was none */
	PREVIEW_GONE,  /* no verdict any more */
};

struct preview_change {
	enum preview_change_kind kind;
	int commit;
	enum verdict before, after; /* those that count, VERDICT_NONE for none
				       or one that is set aside */
};

struct preview {
	struct preview_end before, after;
	struct preview_change *changes; /* in the order of the steps */
	int change_count;
	int stand; /* verdicts that count before and after, the same ones */

	int runs_changed; /* finished runs that come to something else */
	/* what is in flight, and nobody would wish for any more */
	int stopped_commit; /* -1: nothing is stopped */
	int stopped_runs;
	bool stopped_build;
};

/*
 * ERROR_STATE, with the reason, for an event that the engine would refuse.
 * seq and at of the event are not looked at.  On success preview_release
 * frees what out owns.
 */
int preview_make(struct preview *out, struct engine *engine,
		 const struct event *event, struct error *err);
void preview_release(struct preview *preview);

#endif
