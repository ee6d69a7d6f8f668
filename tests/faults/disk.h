/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FAULTS_DISK_H
#define TESTS_FAULTS_DISK_H

/*
 * A disk between SQLite and the real one: it records what is written to a
 * session's database and its WAL, in order, so that a test can ask what would
 * be there had the power been cut after any of it; and it can be full from a
 * write on.  As real ones do it holds back what was not synced: which of that
 * survives a cut is up to chance.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_op_kind {
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC,
	DISK_DELETE,
};

enum disk_file {
	DISK_DB,
	DISK_WAL,
	DISK_FILES,
};

struct disk_op {
	enum disk_op_kind kind;
	enum disk_file file;
	int64_t offset; /* DISK_TRUNCATE: the new size */
	size_t length;
	unsigned char *bytes;
};

struct disk {
	struct disk_op *ops;
	size_t count, room;
	size_t full_at; /* no room from this op on; SIZE_MAX: never */
	size_t full_to; /* but from this one on again */
	bool was_full;	/* something could not be written */
};

/* What a file holds; bytes NULL: it is not there. */
struct image {
	unsigned char *bytes;
	size_t size;
};

/* How the last things before the cut went. */
enum cut {
	CUT_CLEAN, /* all that was written is there */
	CUT_TORN,  /* of the last write a part only */
	CUT_LOSES, /* some writes that were not synced are not there */
	CUT_DROPS, /* nor any other: what a disk without sync may come to */
};

/* From now on SQLite's files are on this disk; until disk_take_away. */
void disk_put(struct disk *disk);
void disk_take_away(struct disk *disk);

/*
 * What the files would hold after the first `count` ops on top of base.  The
 * images are the caller's to release.
 */
void disk_cut(const struct disk *disk, size_t count, enum cut how,
	      unsigned seed, const struct image base[DISK_FILES],
	      struct image out[DISK_FILES]);

/* The images of a session's folder now, or the other way round. */
void image_load(const char *dir, struct image out[DISK_FILES]);
void image_store(const char *dir, const struct image images[DISK_FILES]);
void image_release(struct image images[DISK_FILES]);

#endif
