/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A commit-graph file of any bytes: what it holds can be read, or is refused,
 * and nothing outside of it is touched.  The first byte says how long ids are.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "repo/graphfile.h"

#define MOST 4096 /* commits looked at */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
	if (!holds)
		abort();
}

static void read_one(const struct graphfile *file, uint32_t place)
{
	struct graphfile_commit commit;
	uint32_t parent = 0, found;
	uint64_t offset;

	graphfile_read(file, place, &commit);
	need(commit.date >= 0);
	graphfile_offset(file, place, &offset, NULL);
	for (int i = 0;
	     graphfile_parent(file, &commit, i, file->count, &parent, NULL) > 0;
	     i++)
		need(parent < file->count);
	/* found or not, as far as ids are in order: but never elsewhere */
	if (graphfile_find(file, graphfile_id(file, place), &found))
		need(found < file->count &&
		     memcmp(graphfile_id(file, found),
			    graphfile_id(file, place), file->id_size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct graphfile file;
	struct error err = ERROR_INIT;
	unsigned char *bytes;
	bool wide;

	if (size == 0)
		return 0;
	wide = data[0] & 1;
	/* of its own, so that a byte too far is seen */
	bytes = malloc(size);
	memcpy(bytes, data + 1, size - 1);
	if (graphfile_open(&file, bytes, size - 1, wide ? 32 : 20, &err) == 0)
		for (uint32_t i = 0; i < file.count && i < MOST; i++)
			read_one(&file, i);
	else
		need(err.text[0]);
	free(bytes);
	return 0;
}
