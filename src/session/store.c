/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "session/folder.h"

#define BUSY_SECONDS 10

/* Errors. */

static bool failed_with(const struct store *store, int code)
{
	return store->db && (sqlite3_errcode(store->db) & 0xff) == code;
}

int store_damaged(const struct store *store, const char *what,
		  struct error *err)
{
	return error_set(err, ERROR_STORE,
			 "'%s' is damaged: %s; keep a copy of the folder and "
			 "try the .recover command of sqlite3 on it",
			 store->path, what);
}

static const char *system_says(const struct store *store)
{
	int number = sqlite3_system_errno(store->db);

	return number ? strerror(number) : sqlite3_errmsg(store->db);
}

/* Some of SQLite's files have no other word for it than trouble. */
static bool is_full(const struct store *store)
{
	int number = sqlite3_system_errno(store->db);

	return failed_with(store, SQLITE_FULL) ||
	       (failed_with(store, SQLITE_IOERR) &&
		(number == ENOSPC || number == EDQUOT));
}

int store_failed(const struct store *store, const char *doing,
		 struct error *err)
{
	if (is_full(store))
		return error_set(err, ERROR_STORE,
				 "cannot %s '%s': the disk is full; "
				 "make room and try again",
				 doing, store->path);
	switch (sqlite3_errcode(store->db) & 0xff) {
	case SQLITE_READONLY:
		return error_set(err, ERROR_STORE,
				 "cannot %s '%s': it is read-only; check the "
				 "permissions of the file and its folder",
				 doing, store->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERROR_BUSY,
				 "cannot %s '%s': another process has been "
				 "using it for %d seconds; try again",
				 doing, store->path, BUSY_SECONDS);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return store_damaged(store, sqlite3_errmsg(store->db), err);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return error_set(err, ERROR_STORE,
				 "cannot %s '%s': %s; check the disk and the "
				 "permissions",
				 doing, store->path, system_says(store));
	default:
		return error_set(err, ERROR_STORE, "cannot %s '%s': %s", doing,
				 store->path, sqlite3_errmsg(store->db));
	}
}

/* Statements without parameters. */

int store_run(struct store *store, const char *sql, struct error *err)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return store_failed(store, "write", err);
}

int store_number(struct store *store, const char *sql, int64_t *out,
		 struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int ret = -1;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) !=
		    SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW) {
		store_failed(store, "read", err);
		goto out;
	}
	*out = sqlite3_column_int64(statement, 0);
	ret = 0;
out:
	sqlite3_finalize(statement);
	return ret;
}

/* Opening. */

static int connect_to(struct store *store, const char *name, int flags,
		      struct error *err)
{
	int code;

	sqlite3_close(store->db);
	store->db = NULL;
	code = sqlite3_open_v2(
		name, &store->db,
		flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (!store->db)
		return error_set(err, ERROR_STORE, "cannot open '%s': %s",
				 store->path, sqlite3_errstr(code));
	if (code != SQLITE_OK)
		return store_failed(store, "open", err);
	sqlite3_busy_timeout(store->db, BUSY_SECONDS * 1000);
	/* A session may come from somebody else: trust nothing in it. */
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	if (sqlite3_exec(store->db,
			 "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON",
			 NULL, NULL, NULL) != SQLITE_OK)
		return store_failed(store, "read", err);
	return 0;
}

/* Can SQLite get at the contents, with the WAL if there is one? */
static int probe(struct store *store, struct error *err)
{
	int64_t version;

	return store_number(store, "PRAGMA schema_version", &version, err);
}

static char *immutable_uri(const char *path)
{
	struct buf uri;
	char *text;

	buf_init(&uri, 0);
	buf_puts(&uri, "file:");
	for (const char *p = path; *p; p++) {
		if (*p == '?' || *p == '#' || *p == '%')
			buf_printf(&uri, "%%%02X", (unsigned int)*p);
		else
			buf_putc(&uri, *p);
	}
	buf_puts(&uri, "?immutable=1");
	text = buf_take(&uri);
	buf_release(&uri);
	return text;
}

static int open_immutable(struct store *store, struct error *err)
{
	char *uri = immutable_uri(store->path);
	int ret = connect_to(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
			     err);

	free(uri);
	return ret;
}

/*
 * A file in WAL mode can be read without write permission only while its
 * -wal and -shm are there.  Without them it must be taken as immutable, which
 * is right only when no -wal holds events that the file lacks.
 */
static int open_read_only(struct store *store, struct error *err)
{
	char *wal = xasprintf("%s-wal", store->path);
	struct stat st;
	int ret = -1;

	store->read_only = true;
	if (stat(wal, &st) == 0) {
		ret = connect_to(store, store->path, SQLITE_OPEN_READONLY, err);
		if (ret == 0)
			ret = probe(store, err);
		if (ret == 0 || !(failed_with(store, SQLITE_CANTOPEN) ||
				  failed_with(store, SQLITE_READONLY)))
			goto out;
		if (st.st_size > 0) {
			error_set(err, ERROR_STORE,
				  "cannot read '%s': its last events are in "
				  "'%s', which needs a folder that can be "
				  "written; copy the folder to such a place",
				  store->path, wal);
			goto out;
		}
	}
	ret = open_immutable(store, err);
out:
	free(wal);
	return ret;
}

static bool can_write(const char *path)
{
	char *folder = folder_of(path);
	bool yes = eaccess(path, W_OK) == 0 && eaccess(folder, W_OK) == 0;

	free(folder);
	return yes;
}

static int check_identity(struct store *store, struct error *err)
{
	int64_t application, format;

	if (store_number(store, "PRAGMA application_id", &application, err) <
		    0 ||
	    store_number(store, "PRAGMA user_version", &format, err) < 0)
		return -1;
	if (application != STORE_APPLICATION)
		return error_set(err, ERROR_STORE,
				 "'%s' is a database of another program, "
				 "not a session of culprit",
				 store->path);
	if (format > STORE_FORMAT)
		return error_set(err, ERROR_STORE,
				 "'%s' was made by a newer culprit (its format "
				 "is %d, this culprit knows %d); use that one",
				 store->path, (int)format, STORE_FORMAT);
	if (format < STORE_OLDEST)
		return store_damaged(store, "its format has no number", err);
	store->format = (int)format;
	return 0;
}

/* What can be said without SQLite. */
static int check_file(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_set(err, ERROR_STORE, "cannot read '%s': %s", path,
				 strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_STORE,
				 "'%s' is not a file, so it is no session of "
				 "culprit",
				 path);
	if (st.st_size == 0)
		return error_set(err, ERROR_STORE,
				 "'%s' is empty, so it is no session of "
				 "culprit; nothing can be read from it",
				 path);
	if (eaccess(path, R_OK) < 0)
		return error_set(err, ERROR_STORE,
				 "cannot read '%s': %s; check its permissions",
				 path, strerror(errno));
	return 0;
}

/* Connected, or not (ret): is it a session's? */
static int finish_open(struct store *store, int ret, struct store **out,
		       struct error *err)
{
	if (ret == 0)
		ret = check_identity(store, err);
	if (ret < 0)
		store_close(store);
	else
		*out = store;
	return ret;
}

int store_open(const char *path, struct store **out, struct error *err)
{
	struct store *store;
	int ret;

	if (check_file(path, err) < 0)
		return -1;
	store = xcalloc(1, sizeof(*store));
	store->path = xstrdup(path);
	if (can_write(path))
		ret = connect_to(store, path, SQLITE_OPEN_READWRITE, err);
	else
		ret = open_read_only(store, err);
	if (ret == 0)
		ret = probe(store, err);
	if (ret == 0 && sqlite3_db_readonly(store->db, "main") == 1)
		store->read_only = true;
	if (ret < 0 && failed_with(store, SQLITE_NOTADB))
		error_set(err, ERROR_STORE,
			  "'%s' is not a database, so it is no session of "
			  "culprit, or it was overwritten",
			  path);
	return finish_open(store, ret, out, err);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	sqlite3_close(store->db);
	if (store->passing)
		unlink(store->passing);
	free(store->passing);
	free(store->path);
	free(store);
}

int store_open_foreign(const char *path, struct store **out, struct error *err)
{
	struct store *store;

	if (check_file(path, err) < 0)
		return -1;
	store = xcalloc(1, sizeof(*store));
	store->path = xstrdup(path);
	store->read_only = true;
	return finish_open(store, open_immutable(store, err), out, err);
}

/* Making. */

int store_new(const char *path, struct store **out, struct error *err)
{
	struct store *store = xcalloc(1, sizeof(*store));
	int fd;

	store->format = STORE_FORMAT;
	store->path = xstrdup(path);
	store->passing = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(store->passing, O_CLOEXEC);
	/* SQLite gives its -wal and -shm the permissions of this file. */
	if (fd < 0 || fchmod(fd, 0600) < 0) {
		error_set(err, ERROR_STORE, "cannot make '%s': %s", path,
			  strerror(errno));
		if (fd < 0) {
			free(store->passing);
			store->passing = NULL;
		}
		goto failed;
	}
	close(fd);
	fd = -1;
	if (connect_to(store, store->passing, SQLITE_OPEN_READWRITE, err) < 0)
		goto failed;
	*out = store;
	return 0;
failed:
	if (fd >= 0)
		close(fd);
	store_close(store);
	return -1;
}

static int copy_into(struct store *from, const char *path, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int ret = 0;

	if (sqlite3_prepare_v2(from->db, "VACUUM INTO ?1", -1, &statement,
			       NULL) != SQLITE_OK ||
	    sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC) !=
		    SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_DONE)
		ret = store_failed(from, "copy", err);
	sqlite3_finalize(statement);
	return ret;
}

int store_copy(struct store *from, const char *path, struct store **out,
	       struct error *err)
{
	struct store *store;

	if (store_new(path, &store, err) < 0)
		return -1;
	store->format = from->format;
	/* the file is still empty, and of no interest to our connection */
	if (copy_into(from, store->passing, err) < 0 ||
	    connect_to(store, store->passing, SQLITE_OPEN_READWRITE, err) < 0) {
		store_close(store);
		return -1;
	}
	*out = store;
	return 0;
}

static int set_identity(struct store *store, int format, struct error *err)
{
	char pragmas[96];

	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 STORE_APPLICATION, format);
	return store_run(store, pragmas, err);
}

static int set_wal(struct store *store, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	const char *mode = NULL;
	int ret = 0;

	if (sqlite3_prepare_v2(store->db, "PRAGMA journal_mode=WAL", -1,
			       &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		mode = (const char *)sqlite3_column_text(statement, 0);
	if (!mode)
		ret = store_failed(store, "write", err);
	else if (!str_equal(mode, "wal"))
		ret = error_set(err, ERROR_STORE,
				"cannot make '%s': this file system cannot "
				"hold a session (no write-ahead log); choose "
				"another folder with --session-dir",
				store->path);
	sqlite3_finalize(statement);
	return ret;
}

static int publish(struct store *store, bool wal, struct error *err)
{
	char *folder = folder_of(store->path);
	int ret = -1;

	if (set_identity(store, store->format, err) < 0 ||
	    (wal && set_wal(store, err) < 0))
		goto out;
	if (sqlite3_close(store->db) != SQLITE_OK) {
		store_failed(store, "write", err);
		goto out;
	}
	store->db = NULL;
	if (folder_give_name(store->passing, store->path) < 0) {
		if (errno == EEXIST)
			error_set(err, ERROR_STATE,
				  wal ? "'%s' already holds a session"
				      : "'%s' is there already",
				  wal ? folder : store->path);
		else
			error_set(err, ERROR_STORE, "cannot make '%s': %s",
				  store->path, strerror(errno));
		goto out;
	}
	free(store->passing);
	store->passing = NULL;
	ret = folder_sync(folder, err);
out:
	store_close(store);
	free(folder);
	return ret;
}

int store_publish(struct store *store, struct error *err)
{
	return publish(store, true, err);
}

int store_publish_file(struct store *store, struct error *err)
{
	return publish(store, false, err);
}

/* Transactions. */

int store_begin_read(struct store *store, struct error *err)
{
	if (sqlite3_exec(store->db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return store_failed(store, "read", err);
}

int store_begin_write(struct store *store, struct error *err)
{
	int moved = 0;

	if (store->read_only)
		return error_set(err, ERROR_STORE,
				 "cannot write '%s': it is read-only; check "
				 "the permissions of the file and its folder, "
				 "or work on a copy",
				 store->path);
	/* What is written to a file without a name would be lost. */
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (moved)
		return error_set(err, ERROR_STORE,
				 "cannot write '%s': it was moved, replaced "
				 "or removed; put it back and open it again",
				 store->path);
	if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) ==
	    SQLITE_OK)
		return 0;
	return store_failed(store, "write", err);
}

int store_commit(struct store *store, struct error *err)
{
	if (sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	store_failed(store, "write", err);
	store_rollback(store);
	return -1;
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static int upgrade_from(struct store *store, int64_t format,
			const char *const *upgrades, struct error *err)
{
	if (format < STORE_OLDEST || format >= STORE_FORMAT)
		return 0;
	while (++format <= STORE_FORMAT)
		if (upgrades[format] &&
		    store_run(store, upgrades[format], err) < 0)
			return -1;
	return set_identity(store, STORE_FORMAT, err);
}

int store_upgrade(struct store *store,
		  const char *const upgrades[STORE_FORMAT + 1],
		  struct error *err)
{
	int64_t format = store->format;
	int ret = 0;

	if (format >= STORE_FORMAT || store->read_only)
		return 0;
	if (store_begin_write(store, err) < 0)
		return -1;
	if (store_number(store, "PRAGMA user_version", &format, err) < 0)
		ret = -1;
	else
		ret = upgrade_from(store, format, upgrades, err);
	if (ret == 0)
		ret = store_commit(store, err);
	else
		store_rollback(store);
	if (ret == 0)
		store->format = STORE_FORMAT;
	return ret;
}
