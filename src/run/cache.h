/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CACHE_H
#define RUN_CACHE_H

/*
 * Kept products of builds: files under a key, bounded in bytes, the least
 * recently used go first.
 *
 * Several processes may use one folder at once.  An entry is there whole or
 * not at all: it is written beside, synced, and renamed.  What a killed
 * process left is removed by the next cache_open.  The cache never changes an
 * entry, never looks into the files, and never builds; a failure here is no
 * failure of a build, the caller goes on without.
 *
 *	FOLDER/lock		held while entries come and go
 *	FOLDER/<SHA-256>/	an entry, named by its key
 *		.key		the key, for people
 *		.lock		shared: in use; its date: last used
 *	FOLDER/new-XXXXXX/	being written, its .lock held by the writer
 *	FOLDER/old-<SHA-256>/	being removed
 *
 * Locks are flock's, given back by the operating system however a process
 * ends.  All calls block on the disk.
 */

#include <stdint.h>

struct cache;
struct cache_entry;
struct error;

/* Nanoseconds since 1970. */
typedef int64_t cache_clock(void *data);

struct cache_spec {
	const char *folder; /* is made, with those it lies in */
	int64_t limit;	    /* bytes in all entries, 0: none */
	cache_clock *now;   /* NULL: the system's */
	void *data;	    /* of now */
};

/* What goes into an entry: a copy of a file, or a text. */
struct cache_file {
	const char *name; /* in the entry: no path, no dot in front */
	const char *from; /* file to copy, its mode kept; or NULL */
	const char *text; /* then this */
};

/*
 * Open the cache, and remove what dead processes left in it.  The folder may
 * be on a read-only file system: then what is there can be found.
 */
int cache_open(const struct cache_spec *spec, struct cache **out,
	       struct error *err);
void cache_close(struct cache *cache); /* NULL is fine; entries live on */

/*
 * The entry of a key (any text), marked as used now; *out is NULL when there
 * is none.  It stays in place until it is released.
 */
int cache_find(struct cache *cache, const char *key, struct cache_entry **out,
	       struct error *err);

/*
 * The same for the entry that this file lies in, whoever put it there; NULL
 * too for what is not in this cache.
 */
int cache_hold(struct cache *cache, const char *file, struct cache_entry **out,
	       struct error *err);

/*
 * Keep files (copied; shared blocks where the file system can) under a key and
 * remove others to stay within the limit.  When there is an entry with this
 * key, that one stays as it is.  *out as from cache_find; out may be NULL.
 * ERROR_INPUT when the files alone are larger than the limit, ERROR_SYSTEM
 * when the disk is full and the like; nothing is left behind then.
 */
int cache_put(struct cache *cache, const char *key,
	      const struct cache_file *files, int count,
	      struct cache_entry **out, struct error *err);

/*
 * Remove the least recently used entries that nobody uses until at most the
 * limit is taken.  What is in use may keep it above.
 */
int cache_trim(struct cache *cache, struct error *err);

/* The folder of the entry, borrowed. */
const char *cache_entry_path(const struct cache_entry *entry);

/* From now on it may be removed by anybody; NULL is fine. */
void cache_entry_release(struct cache_entry *entry);

#endif
