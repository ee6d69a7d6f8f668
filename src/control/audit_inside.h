/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_AUDIT_INSIDE_H
#define CONTROL_AUDIT_INSIDE_H

/*
 * What the parts of the audit share: audit.c collects and sums up, audit_look.c
 * looks for one thing after another.  Nobody else includes this.
 */

#include "control/audit.h"
#include "engine/engine.h"

struct graph;

enum { TITLES_MAX = 16 };

/* One verdict with the evidence that it was given on. */
struct judged {
	int commit;
	int step; /* its position, 1, 2, 3... */
	const struct event *verdict;
	struct tally tally; /* of its last test before the verdict */
	bool build_fails;
	const char *titles[TITLES_MAX]; /* of its crashes, no two alike */
	int counts[TITLES_MAX];
	int title_count;
	int left_before, left_after; /* -1: not told */
	enum verdict today;	     /* VERDICT_NONE: cannot be said */
	double miss; /* a good one: how likely a bad kernel looks so */
};

struct look {
	struct audit *audit;
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	const struct policy *policy;
	struct judged *judged;
	int count;
	int first_bad;	    /* the first of them that crashed, or -1 */
	double rate;	    /* how often the bug shows in a valid run, or -1 */
	int weakest;	    /* one of them, or -1 */
	int drifted;	    /* bad ones without a title of the first's */
	int tests, unbuilt; /* revisions tested, those that did not build */
	bool fragment;	    /* a log whose beginning is missing */
	const struct event *end; /* EVENT_RESULT, or NULL */
	enum result result;
};

void audit_find(struct look *look, enum audit_kind kind, bool doubt,
		const char *format, ...) __attribute__((format(printf, 4, 5)));

const char *audit_short(const struct look *look, int commit, char out[13]);
int audit_valid(const struct judged *judged);

void audit_look_at_reading(struct look *look);
void audit_look_at_numbers(struct look *look);
void audit_look_at_rule(struct look *look);
void audit_look_at_titles(struct look *look);
void audit_look_at_waste(struct look *look);
void audit_look_at_weakest(struct look *look);
void audit_look_at_signatures(struct look *look);
void audit_look_at_graph(struct look *look);

#endif
