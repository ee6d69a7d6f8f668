/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_ARCHIVE_H
#define SESSION_ARCHIVE_H

/*
 * Files inside an SQLite database, in the table that the sqlite3 program's
 * own archives have (https://sqlite.org/sqlar.html), so that `sqlite3 -A`
 * lists and unpacks them too.  What is deflated is what zlib's compress gives.
 *
 * Knows nothing of sessions.  An archive may be anybody's: its names are given
 * out as they are, and its sizes are claims that are held against the bytes.
 */

#include <stdbool.h>
#include <stdint.h>

struct error;
struct store;

#define ARCHIVE_FILE_MAX (900LL * 1024 * 1024) /* of one file, deflated */

/* The table, in a database that has none. */
int archive_make(struct store *store, struct error *err);
bool archive_is_there(struct store *store);
/* Drop it, with all that is in it. */
int archive_drop(struct store *store, struct error *err);

/* A file is added under a name; one that does not exist is left out. */
int archive_add(struct store *store, const char *name, const char *path,
		struct error *err);

/*
 * Where a file is to be unpacked: a path for the caller of it to free, or NULL
 * to leave the file out.
 */
typedef char *archive_place(void *data, const char *name);

/*
 * Unpack all files into new ones of mode 0600; `limit` is how many bytes that
 * may be together.  ERROR_INPUT when the archive claims what is not so; what
 * was unpacked by then stays.
 */
int archive_unpack(struct store *store, archive_place *place, void *data,
		   int64_t limit, struct error *err);

#endif
