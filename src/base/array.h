/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

/*
 * Growing arrays without a type of their own: the owner keeps a pointer, a
 * count and a room, and array_grow makes sure that `want` elements fit.
 *
 *     array_grow(list->items, list->count + 1, &list->room);
 *     list->items[list->count++] = item;
 */

#include <stddef.h>

#include "base/xalloc.h"

#define array_grow(items, want, room) \
	((items) = array_grow_bytes((items), (want), (room), sizeof(*(items))))

static inline void *array_grow_bytes(void *items, size_t want, size_t *room,
				     size_t size)
{
	if (want <= *room)
		return items;
	*room = want < 8 ? 8 : want + want / 2;
	return xreallocarray(items, *room, size);
}

#endif
