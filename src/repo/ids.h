/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_IDS_H
#define REPO_IDS_H

/*
 * Ids of commits, each once, as they were met, and what number a graph has
 * for them.  Knows neither graphs nor repositories.
 */

#include <stddef.h>
#include <stdint.h>

#include <git2.h>

struct id_known {
	git_oid id;
	int number; /* -1: none yet */
};

/* All zero is an empty one. */
struct ids {
	struct id_known *items;
	size_t count, room;
	uint32_t *slots; /* indices plus 1, open addressing; 0: free */
	size_t slot_count;
};

void ids_release(struct ids *ids);

/* The index of an id in items, added if it is new. */
uint32_t ids_add(struct ids *ids, const git_oid *id);

/* The number of an id; -1: it has none, or was never added. */
int ids_number(const struct ids *ids, const git_oid *id);

/* Neither is called again, but for what is in items: their table is freed. */
void ids_rest(struct ids *ids);

#endif
