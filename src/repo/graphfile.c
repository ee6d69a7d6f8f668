/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/graphfile.h"

#include <string.h>

#include "base/error.h"

#define HEADER	  8
#define ENTRY	  12 /* of the table of contents */
#define FANOUT	  256
#define DATE_SIZE 16 /* of a commit's data, behind the tree's id */

static uint32_t number32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static uint64_t number64(const unsigned char *at)
{
	return (uint64_t)number32(at) << 32 | number32(at + 4);
}

/* What the table of contents says: where a chunk is, and how long. */
struct chunk {
	const unsigned char *at;
	size_t length;
};

struct contents {
	struct chunk fanout, ids, data, edges, offsets, big_offsets, bases;
};

static struct chunk *chunk_of(struct contents *contents, uint32_t name)
{
	switch (name) {
	case UINT32_C(0x4f494446): /* OIDF */
		return &contents->fanout;
	case UINT32_C(0x4f49444c): /* OIDL */
		return &contents->ids;
	case UINT32_C(0x43444154): /* CDAT */
		return &contents->data;
	case UINT32_C(0x45444745): /* EDGE */
		return &contents->edges;
	case UINT32_C(0x47444132): /* GDA2 */
		return &contents->offsets;
	case UINT32_C(0x47444f32): /* GDO2 */
		return &contents->big_offsets;
	case UINT32_C(0x42415345): /* BASE */
		return &contents->bases;
	default: /* of a newer git, or its Bloom filters */
		return NULL;
	}
}

/* length: without the checksum */
static int read_contents(struct contents *contents, const unsigned char *bytes,
			 size_t length, struct error *err)
{
	unsigned int count = bytes[6];
	uint64_t first = HEADER + ((uint64_t)count + 1) * ENTRY;

	if (first > length)
		return error_set(err, ERROR_GIT, "it is cut off");
	for (unsigned int i = 0; i < count; i++) {
		const unsigned char *entry = bytes + HEADER + (size_t)i * ENTRY;
		uint64_t from = number64(entry + 4);
		uint64_t to = number64(entry + ENTRY + 4);
		struct chunk *chunk = chunk_of(contents, number32(entry));

		if (from < first || to < from || to > length)
			return error_set(err, ERROR_GIT, "it is cut off");
		if (!chunk)
			continue;
		if (chunk->at)
			return error_set(err, ERROR_GIT, "it has a part twice");
		*chunk = (struct chunk){ bytes + from, (size_t)(to - from) };
	}
	return 0;
}

/* The numbers of commits with a first byte up to 0, 1, 2... only grow. */
static bool fanout_fits(const unsigned char *fanout, uint32_t *count)
{
	uint32_t before = 0;

	for (size_t i = 0; i < FANOUT; i++) {
		uint32_t here = number32(fanout + i * 4);

		if (here < before)
			return false;
		before = here;
	}
	*count = before;
	return before < GRAPHFILE_NONE;
}

static int take_chunks(struct graphfile *file, const struct contents *contents,
		       struct error *err)
{
	size_t count;

	if (contents->fanout.length != FANOUT * 4 ||
	    !fanout_fits(contents->fanout.at, &file->count))
		return error_set(err, ERROR_GIT, "its index makes no sense");
	count = file->count;
	if (contents->ids.length != count * file->id_size ||
	    contents->data.length != count * (file->id_size + DATE_SIZE) ||
	    (contents->offsets.at && contents->offsets.length != count * 4) ||
	    contents->bases.length != file->base_count * file->id_size)
		return error_set(err, ERROR_GIT,
				 "its parts do not fit together");
	file->fanout = contents->fanout.at;
	file->ids = contents->ids.at;
	file->data = contents->data.at;
	file->edges = contents->edges.at;
	file->edge_count = (uint32_t)(contents->edges.length / 4);
	file->offsets = contents->offsets.at;
	file->big_offsets = contents->big_offsets.at;
	file->big_offset_count = (uint32_t)(contents->big_offsets.length / 8);
	file->bases = contents->bases.at;
	return 0;
}

int graphfile_open(struct graphfile *file, const unsigned char *bytes,
		   size_t length, size_t id_size, struct error *err)
{
	struct contents contents;
	unsigned int hash = id_size == 20 ? 1 : 2;

	memset(file, 0, sizeof(*file));
	memset(&contents, 0, sizeof(contents));
	if (length < HEADER + ENTRY + id_size)
		return error_set(err, ERROR_GIT, "it is cut off");
	if (memcmp(bytes, "CGPH", 4) != 0)
		return error_set(err, ERROR_GIT, "it is no commit-graph");
	if (bytes[4] != 1)
		return error_set(err, ERROR_GIT, "its version is %d, not 1",
				 bytes[4]);
	if (bytes[5] != hash)
		return error_set(err, ERROR_GIT,
				 "its ids are not the repository's");
	file->id_size = id_size;
	file->base_count = bytes[7];
	file->own = bytes + length - id_size;
	if (read_contents(&contents, bytes, length - id_size, err) < 0)
		return -1;
	return take_chunks(file, &contents, err);
}

const unsigned char *graphfile_id(const struct graphfile *file, uint32_t place)
{
	return file->ids + (size_t)place * file->id_size;
}

bool graphfile_find(const struct graphfile *file, const unsigned char *id,
		    uint32_t *place)
{
	uint32_t low = 0, high;

	if (id[0])
		low = number32(file->fanout + ((size_t)id[0] - 1) * 4);
	high = number32(file->fanout + (size_t)id[0] * 4);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order =
			memcmp(id, graphfile_id(file, middle), file->id_size);

		if (order == 0) {
			*place = middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

void graphfile_read(const struct graphfile *file, uint32_t place,
		    struct graphfile_commit *out)
{
	const unsigned char *at = file->data +
				  (size_t)place * (file->id_size + DATE_SIZE) +
				  file->id_size;
	uint32_t high = number32(at + 8);

	out->first = number32(at);
	out->second = number32(at + 4);
	out->level = high >> 2;
	out->date = (int64_t)((uint64_t)(high & 3) << 32 | number32(at + 12));
}

void graphfile_soon(const struct graphfile *file, uint32_t place)
{
	__builtin_prefetch(file->data +
			   (size_t)place * (file->id_size + DATE_SIZE) +
			   file->id_size);
}

int graphfile_offset(const struct graphfile *file, uint32_t place,
		     uint64_t *out, struct error *err)
{
	uint32_t offset;

	*out = 0;
	if (!file->offsets)
		return 0;
	offset = number32(file->offsets + (size_t)place * 4);
	*out = offset;
	if (!(offset & GRAPHFILE_MORE))
		return 0;
	offset &= ~GRAPHFILE_MORE;
	if (offset >= file->big_offset_count)
		return error_set(err, ERROR_GIT,
				 "a generation number is missing");
	*out = number64(file->big_offsets + (size_t)offset * 8);
	return 0;
}

static int in_bounds(uint32_t parent, uint32_t all, uint32_t *out,
		     struct error *err)
{
	if (parent >= all)
		return error_set(err, ERROR_GIT, "a parent is missing");
	*out = parent;
	return 1;
}

int graphfile_parent(const struct graphfile *file,
		     const struct graphfile_commit *commit, int i, uint32_t all,
		     uint32_t *out, struct error *err)
{
	uint64_t edge;
	uint32_t parent;

	if (i == 0)
		return commit->first == GRAPHFILE_NONE
			       ? 0
			       : in_bounds(commit->first, all, out, err);
	if (commit->first == GRAPHFILE_NONE || commit->second == GRAPHFILE_NONE)
		return 0;
	if (!(commit->second & GRAPHFILE_MORE))
		return i > 1 ? 0 : in_bounds(commit->second, all, out, err);
	edge = (uint64_t)(commit->second & ~GRAPHFILE_MORE) + (uint64_t)i - 1;
	/* the one before was read, and may have said that it is the last */
	if (i > 1 &&
	    number32(file->edges + (size_t)(edge - 1) * 4) & GRAPHFILE_MORE)
		return 0;
	if (edge >= file->edge_count)
		return error_set(err, ERROR_GIT, "a parent is missing");
	parent = number32(file->edges + (size_t)edge * 4);
	return in_bounds(parent & ~GRAPHFILE_MORE, all, out, err);
}
