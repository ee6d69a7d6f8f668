/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BENCH_POLICY_RULES_H
#define TESTS_BENCH_POLICY_RULES_H

/*
 * The policies that are compared.  Each searches a world to its end and pays
 * for the tests of both ends.  None knows how often the bug shows.
 */

#include <stdbool.h>

struct sim;

struct answer {
	bool single; /* one commit is named: */
	int commit;
	/* none is, and several are left: the culprit is among them; and all
	   of them do not build, or a parent does not, so nobody could say
	   more */
	bool in_set, enclosed;
};

struct rule {
	const char *name;
	const char *what;
	void (*search)(struct sim *sim, struct answer *answer);
	bool asked; /* only run where it is asked for: it takes long */
};

/* The last one has no name. */
extern const struct rule rules[];

/* Several that are left, as the answer. */
void answer_set(struct answer *answer, const struct sim *sim,
		const int *commits, int count);

const struct rule *rule_find(const char *name);

/* adaptive.c: the engine's advice. */
void search_adaptive(struct sim *sim, struct answer *answer);

/* session.c: whole sessions. */
void search_session(struct sim *sim, struct answer *answer);
void search_session_table(struct sim *sim, struct answer *answer);

#endif
