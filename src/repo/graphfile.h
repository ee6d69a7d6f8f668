/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_GRAPHFILE_H
#define REPO_GRAPHFILE_H

/*
 * One file of git's commit-graph (gitformat-commit-graph(5)), as bytes that
 * somebody else holds in memory.
 *
 * The bytes may be anything: nothing is read outside of them, and what makes
 * no sense is an error.  Opening looks at the table of contents and the sizes
 * only; a commit's own entry is checked when it is read.  The checksum is not
 * computed, as git does not when it reads one: that would cost more than all
 * the rest.
 *
 * Never reads a file, and knows nothing of other files of a chain: parents
 * are positions in the whole chain, base files first.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct graphfile {
	const unsigned char *fanout;  /* 256 numbers */
	const unsigned char *ids;     /* count of them, in order */
	const unsigned char *data;    /* likewise: a commit's entry */
	const unsigned char *edges;   /* parents behind the first, or NULL */
	const unsigned char *offsets; /* generation v2, or NULL */
	const unsigned char *big_offsets; /* those that need 64 bits, or NULL */
	const unsigned char *bases;	  /* ids of the files below, or NULL */
	const unsigned char *own; /* the checksum at its end: its own id */
	uint32_t count;
	uint32_t edge_count, big_offset_count;
	unsigned int base_count;
	size_t id_size; /* 20 or 32 */
};

/* A commit's entry, without its parents. */
struct graphfile_commit {
	int64_t date;
	uint32_t level;	 /* generation v1; 0: not computed */
	uint32_t first;	 /* GRAPHFILE_NONE, or the first parent */
	uint32_t second; /* likewise; or in edges, with GRAPHFILE_MORE */
};

#define GRAPHFILE_NONE UINT32_C(0x70000000)
#define GRAPHFILE_MORE UINT32_C(0x80000000)

/* id_size: of the repository.  The bytes must outlive the file. */
int graphfile_open(struct graphfile *file, const unsigned char *bytes,
		   size_t length, size_t id_size, struct error *err);

bool graphfile_find(const struct graphfile *file, const unsigned char *id,
		    uint32_t *place);

/* place < file->count */
const unsigned char *graphfile_id(const struct graphfile *file, uint32_t place);
void graphfile_read(const struct graphfile *file, uint32_t place,
		    struct graphfile_commit *out);

/* It will be read soon: the memory may be fetched. */
void graphfile_soon(const struct graphfile *file, uint32_t place);

/* Its generation v2 minus its date; 0 in a file that has none of these. */
int graphfile_offset(const struct graphfile *file, uint32_t place,
		     uint64_t *out, struct error *err);

/*
 * The parents of a commit that was read: the i-th, from 0.  1: there is one,
 * 0: there are no more, -1 where it makes no sense.  all: how many commits the
 * chain has.  They are asked for in order, from 0.
 */
int graphfile_parent(const struct graphfile *file,
		     const struct graphfile_commit *commit, int i, uint32_t all,
		     uint32_t *out, struct error *err);

#endif
