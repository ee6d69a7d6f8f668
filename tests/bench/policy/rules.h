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
};

struct rule {
	const char *name;
	const char *what;
	void (*search)(struct sim *sim, struct answer *answer);
};

/* The last one has no name. */
extern const struct rule rules[];
const struct rule *rule_find(const char *name);

/* adaptive.c: the engine's advice. */
void search_adaptive(struct sim *sim, struct answer *answer);

#endif
