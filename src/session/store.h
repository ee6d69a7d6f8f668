/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_STORE_H
#define SESSION_STORE_H

/*
 * One connection to the SQLite file of a session: how it is made, opened,
 * locked and complained about.  What is in it is the journal's business.
 *
 * The file is in WAL mode with synchronous=FULL: after store_commit returns
 * neither a killed process nor a power cut loses what was written.
 *
 * Never opens the file other than through SQLite: closing a descriptor of
 * our own would drop the locks that SQLite holds on it in this process.
 */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct error;

struct store {
	sqlite3 *db;
	char *path;
	bool read_only;
	int format;
	char *passing; /* the name it has until it is published, or NULL */
};

/*
 * What a culprit session's file says of itself, in the file's header.  What is
 * new in a format says schema.h.
 */
#define STORE_APPLICATION 0x63756c70 /* "culp" */
#define STORE_FORMAT	  7
#define STORE_OLDEST	  1

/*
 * A new and empty database that will be `path`, under a passing name beside
 * it, so that a session is either there and whole or not there.
 * store_publish takes the store, ends it and gives the file its name;
 * ERROR_STATE when that name is taken.
 */
int store_new(const char *path, struct store **out, struct error *err);
int store_publish(struct store *store, struct error *err);

/*
 * Likewise a copy of all that is in another store, to be published as a
 * session; or with store_publish_file as a single file, without a WAL.
 */
int store_copy(struct store *from, const char *path, struct store **out,
	       struct error *err);
int store_publish_file(struct store *store, struct error *err);

/*
 * Open a file that was published.  Where it cannot be written it is
 * opened for reading, as far as SQLite can.  ERROR_STORE when it is not
 * there, not a session's, a newer culprit's, or damaged.
 */
int store_open(const char *path, struct store **out, struct error *err);
void store_close(struct store *store);

/* The same for a single file that nobody writes: nothing is made beside it. */
int store_open_foreign(const char *path, struct store **out, struct error *err);

/*
 * Bring the file of an older format to the present one: upgrades[n] are the
 * statements that make a format n of the one before, NULL for none.  Does
 * nothing where another process was faster, or to one that is read-only.
 */
int store_upgrade(struct store *store,
		  const char *const upgrades[STORE_FORMAT + 1],
		  struct error *err);

/* Transactions.  store_rollback does nothing when none is open. */
int store_begin_read(struct store *store, struct error *err);
int store_begin_write(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

int store_run(struct store *store, const char *sql, struct error *err);

/* The first column of the first row that sql gives; an error if none. */
int store_number(struct store *store, const char *sql, int64_t *out,
		 struct error *err);

/*
 * Turn the last failure of SQLite on this connection into a sentence that
 * names the file and a way out.  doing: "read" or "write".
 */
int store_failed(const struct store *store, const char *doing,
		 struct error *err);

/* The same for contents that SQLite read well but that make no sense. */
int store_damaged(const struct store *store, const char *what,
		  struct error *err);

#endif
