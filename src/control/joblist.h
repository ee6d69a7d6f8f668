/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_JOBLIST_H
#define CONTROL_JOBLIST_H

/*
 * The jobs of a session that a cluster has now, as its engine wrote them down
 * last (run/farm.h); for whoever shows them.  Asks no cluster.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;

struct joblist_item {
	bool build; /* else a run */
	const char *commit;
	int number;	   /* of the run */
	const char *id;	   /* the cluster's; NULL: it has none yet */
	const char *state; /* "waits", "queued", "runs", "stopping" */
	const char *node;  /* or "" */
	const char *words; /* the cluster's, of why it waits; or "" */
	int64_t since;	   /* ms since 1970: in that state */
};

struct joblist {
	struct joblist_item *items;
	int count;
	const char *away; /* "slurm": it does not answer; or NULL */
	char *text;	  /* what the pointers are of */
};

/* Of a session by its folder; none where there is no cluster. */
void joblist_read(struct joblist *list, const char *session);
void joblist_release(struct joblist *list);

/* number: -1 for the build; NULL when there is none. */
const struct joblist_item *joblist_find(const struct joblist *list,
					const char *commit, int number);

/* Is it a job that no node has begun yet? */
bool joblist_waits(const struct joblist *list, const char *commit, int number);

/* "n2, job 17_3", "Resources, job 17_3", "waits"; cut to size.  Returns out. */
char *joblist_say(const struct joblist_item *item, char *out, size_t size);

/* The same of a run that is over, by its fact: "n2, job 17_3", or "" where it
   was no job. */
char *joblist_say_past(const struct event *run, char *out, size_t size);

#endif
