/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void ids_release(struct ids *ids)
{
	free(ids->items);
	free(ids->slots);
	*ids = (struct ids){ .items = NULL };
}

void ids_rest(struct ids *ids)
{
	free(ids->slots);
	ids->slots = NULL;
	ids->slot_count = 0;
}

/* Where the id is, or belongs.  An id is a good hash of itself. */
static uint32_t *slot_of(const struct ids *ids, const git_oid *id)
{
	size_t mask = ids->slot_count - 1;
	uint64_t at;

	memcpy(&at, id->id, sizeof(at));
	while (ids->slots[at & mask] &&
	       memcmp(ids->items[ids->slots[at & mask] - 1].id.id, id->id,
		      sizeof(id->id)) != 0)
		at++;
	return &ids->slots[at & mask];
}

/* At least twice as many slots as ids, with the one to come. */
static void make_slots(struct ids *ids)
{
	size_t count = 1024;

	if (ids->slot_count > ids->count * 2)
		return;
	while (count <= ids->count * 2)
		count *= 2;
	free(ids->slots);
	ids->slots = xcalloc(count, sizeof(*ids->slots));
	ids->slot_count = count;
	for (size_t i = 0; i < ids->count; i++)
		*slot_of(ids, &ids->items[i].id) = (uint32_t)i + 1;
}

uint32_t ids_add(struct ids *ids, const git_oid *id)
{
	uint32_t *slot;

	make_slots(ids);
	slot = slot_of(ids, id);
	if (!*slot) {
		array_grow(ids->items, ids->count + 1, &ids->room);
		ids->items[ids->count++] = (struct id_known){ *id, -1 };
		*slot = (uint32_t)ids->count;
	}
	return *slot - 1;
}

int ids_number(const struct ids *ids, const git_oid *id)
{
	uint32_t slot = ids->slot_count ? *slot_of(ids, id) : 0;

	return slot ? ids->items[slot - 1].number : -1;
}
