/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/shape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"

/*
 *     number of the first, count, bytes of an id    numbers
 *     ids                                           bytes
 *     for each: its date less the last one's, signed
 *               0: not expanded, else its parents plus 1
 *               each parent: its number less the commit's, signed
 *
 * A number is 7 bits a byte, the lowest first, the top bit set but in its
 * last; a signed one has its sign in the lowest bit.
 */

static void put(struct buf *out, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		buf_putc(out, (char)(0x80 | (number & 0x7f)));
	buf_putc(out, (char)number);
}

static void put_signed(struct buf *out, int64_t number)
{
	put(out, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void put_id(struct buf *out, const struct oid *oid, size_t bytes)
{
	unsigned char id[OID_HEX_MAX / 2];

	for (size_t i = 0; i < bytes; i++)
		id[i] = (unsigned char)(digit(oid->hex[i * 2]) << 4 |
					digit(oid->hex[i * 2 + 1]));
	buf_add(out, id, bytes);
}

static bool fits(const struct graph *graph, int first, size_t digits)
{
	for (int i = first; i < graph_count(graph); i++) {
		struct oid same;

		if (graph_date(graph, i) == 0 ||
		    strlen(graph_oid(graph, i)->hex) != digits ||
		    !oid_parse(&same, graph_oid(graph, i)->hex))
			return false;
	}
	return true;
}

bool shape_write(struct buf *out, const struct graph *graph, int first)
{
	int count = graph_count(graph) - first;
	int64_t date = 0;
	size_t digits;

	if (count <= 0)
		return false;
	digits = strlen(graph_oid(graph, first)->hex);
	if (!fits(graph, first, digits))
		return false;
	put(out, (uint64_t)first);
	put(out, (uint64_t)count);
	put(out, digits / 2);
	for (int i = first; i < first + count; i++)
		put_id(out, graph_oid(graph, i), digits / 2);
	for (int i = first; i < first + count; i++) {
		const int *parents;
		int n = graph_parents(graph, i, &parents);

		put_signed(out, (int64_t)((uint64_t)graph_date(graph, i) -
					  (uint64_t)date));
		date = graph_date(graph, i);
		put(out, graph_is_expanded(graph, i) ? (uint64_t)n + 1 : 0);
		for (int k = 0; k < n; k++)
			put_signed(out, parents[k] - i);
	}
	return true;
}

struct reader {
	const unsigned char *at, *stop;
	bool bad;
};

static uint64_t take(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (reader->at == reader->stop)
			break;
		byte = *reader->at++;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
	reader->bad = true;
	return 0;
}

static int64_t take_signed(struct reader *reader)
{
	uint64_t number = take(reader);

	return (int64_t)(number >> 1 ^ (number & 1 ? UINT64_MAX : 0));
}

static int refuse(struct error *err)
{
	return error_set(err, ERROR_STORE,
			 "the shape of its history makes no sense");
}

static bool read_one(struct reader *reader, struct graph *graph, int commit,
		     int **parents, size_t *room)
{
	int all = graph_count(graph);
	uint64_t count = take(reader);

	if (count == 0 || reader->bad)
		return !reader->bad;
	count--;
	/* each takes a byte at least */
	if (count > (uint64_t)(reader->stop - reader->at))
		return false;
	array_grow(*parents, count + 1, room);
	for (size_t i = 0; i < count; i++) {
		int64_t away = take_signed(reader);

		if (away < -(int64_t)commit || away >= all - (int64_t)commit)
			return false;
		(*parents)[i] = commit + (int)away;
	}
	graph_expand(graph, commit, *parents, (int)count);
	return !reader->bad;
}

/* dates lie behind the ids, and before the parents, which need all commits */
static bool read_dates(struct reader reader, int64_t *dates, size_t count)
{
	int64_t date = 0;

	for (size_t i = 0; i < count && !reader.bad; i++) {
		uint64_t parents;

		date = (int64_t)((uint64_t)date +
				 (uint64_t)take_signed(&reader));
		dates[i] = date;
		for (parents = take(&reader); parents > 1 && !reader.bad;
		     parents--)
			take(&reader);
	}
	return !reader.bad && reader.at == reader.stop;
}

static bool add_all(struct graph *graph, const unsigned char *ids, size_t bytes,
		    const int64_t *dates, size_t count)
{
	int first = graph_count(graph);

	graph_reserve(graph, first + (int)count);
	for (size_t i = 0; i < count; i++) {
		struct oid oid;

		oid_from_bytes(&oid, ids + i * bytes, bytes);
		if (graph_add(graph, &oid, dates[i]) != first + (int)i)
			return false;
	}
	return true;
}

int shape_read(const void *bytes, size_t length, struct graph *graph,
	       struct error *err)
{
	struct reader reader = { bytes, NULL, false };
	uint64_t first, count, size;
	const unsigned char *ids;
	int64_t *dates;
	int *parents = NULL;
	size_t room = 0;
	bool fine;

	reader.stop = reader.at + length;
	first = take(&reader);
	count = take(&reader);
	size = take(&reader);
	if (reader.bad || first != (uint64_t)graph_count(graph) ||
	    (size != 20 && size != 32) ||
	    count > (uint64_t)(reader.stop - reader.at) / size ||
	    count > INT32_MAX / 4)
		return refuse(err);
	ids = reader.at;
	reader.at += count * size;
	dates = xcalloc(count + 1, sizeof(*dates));
	fine = read_dates(reader, dates, count) &&
	       add_all(graph, ids, size, dates, count);
	for (uint64_t i = 0; fine && i < count; i++) {
		take_signed(&reader);
		fine = read_one(&reader, graph, (int)(first + i), &parents,
				&room);
	}
	free(parents);
	free(dates);
	return fine ? 0 : refuse(err);
}
