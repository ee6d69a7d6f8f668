/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/carry.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "session/archive.h"
#include "session/folder.h"
#include "session/journal.h"
#include "session/session.h"
#include "session/store.h"

#define ASIDE	"imported.cfg"
#define INFLATE 200		     /* bytes out of one, at most */
#define ALWAYS	(64LL * 1024 * 1024) /* however small the file is */

#define SETTINGS_MAX (1024 * 1024) /* bytes that a person is shown */

/*
 * Which files a session has.
 */

/* A name of so many hex digits as an id has, up to `end`; -> behind it. */
static const char *after_id(const char *name, char end)
{
	size_t length = strspn(name, "0123456789abcdef");

	if ((length != OID_HEX_MIN && length != OID_HEX_MAX) ||
	    name[length] != end)
		return NULL;
	return name + length + 1;
}

static bool is_run_file(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits > 0 && digits < 10 &&
	       (str_equal(name + digits, ".console") ||
		str_equal(name + digits, ".output"));
}

/* "builds/<commit>.log", "runs/<commit>/<n>.console": nothing else. */
static bool is_ours(const char *name)
{
	const char *rest;

	if (str_equal(name, "culprit.cfg") || str_equal(name, "oops.cfg"))
		return true;
	if (str_starts(name, "builds/")) {
		rest = after_id(name + strlen("builds/"), '.');
		return rest && str_equal(rest, "log");
	}
	if (str_starts(name, "fixups/")) {
		rest = after_id(name + strlen("fixups/"), '.');
		return rest && str_equal(rest, "patch");
	}
	if (str_starts(name, "runs/")) {
		rest = after_id(name + strlen("runs/"), '/');
		return rest && is_run_file(rest);
	}
	return false;
}

/*
 * Out.
 */

struct outgoing {
	struct store *store;
	const char *dir; /* of the session */
};

/* All of a folder's files that are the session's; name: "" or "runs/". */
static int add_folder(const struct outgoing *out, const char *name,
		      struct error *err)
{
	char *path = xasprintf("%s/%s", out->dir, name);
	DIR *folder = opendir(path);
	struct dirent *entry;
	int ret = 0;

	while (folder && ret == 0 && (entry = readdir(folder))) {
		char *inner = xasprintf("%s%s", name, entry->d_name);
		char *file = xasprintf("%s/%s", out->dir, inner);

		if (is_ours(inner))
			ret = archive_add(out->store, inner, file, err);
		free(inner);
		free(file);
	}
	if (folder)
		closedir(folder);
	free(path);
	return ret;
}

static int add_runs(const struct outgoing *out, struct error *err)
{
	char *path = xasprintf("%s/runs", out->dir);
	DIR *folder = opendir(path);
	struct dirent *entry;
	int ret = 0;

	while (folder && ret == 0 && (entry = readdir(folder))) {
		char *inner;

		if (!after_id(entry->d_name, '\0'))
			continue;
		inner = xasprintf("runs/%s/", entry->d_name);
		ret = add_folder(out, inner, err);
		free(inner);
	}
	if (folder)
		closedir(folder);
	free(path);
	return ret;
}

/* Settings that nobody trusted yet are the session's all the same. */
static int add_aside(const struct outgoing *out, struct error *err)
{
	char *aside = xasprintf("%s/%s", out->dir, ASIDE);
	char *settings = xasprintf("%s/culprit.cfg", out->dir);
	int ret = 0;

	if (access(aside, F_OK) == 0 && access(settings, F_OK) < 0)
		ret = archive_add(out->store, "culprit.cfg", aside, err);
	free(settings);
	free(aside);
	return ret;
}

static int add_files(const struct outgoing *out, struct error *err)
{
	int ret = -1;

	if (store_begin_write(out->store, err) < 0)
		return -1;
	if (archive_make(out->store, err) == 0 &&
	    add_folder(out, "", err) == 0 && add_aside(out, err) == 0 &&
	    add_folder(out, "builds/", err) == 0 &&
	    add_folder(out, "fixups/", err) == 0 && add_runs(out, err) == 0)
		ret = store_commit(out->store, err);
	if (ret < 0)
		store_rollback(out->store);
	return ret;
}

int carry_out(struct session *session, const char *path, struct error *err)
{
	struct outgoing out = { NULL, session_dir(session) };
	char *from = xasprintf("%s/session.db", out.dir);
	struct store *store = NULL;
	int ret = -1;

	if (store_open(from, &store, err) < 0 ||
	    store_copy(store, path, &out.store, err) < 0)
		goto out;
	ret = add_files(&out, err);
	if (ret == 0)
		ret = store_publish_file(out.store, err);
	else
		store_close(out.store);
out:
	store_close(store);
	free(from);
	return ret;
}

/*
 * In.
 */

bool carry_is(const char *path)
{
	struct store *store;
	bool yes;

	if (store_open_foreign(path, &store, NULL) < 0)
		return false;
	yes = archive_is_there(store);
	store_close(store);
	return yes;
}

/* Settings are not what is run until a person says so. */
static char *place_of(void *data, const char *name)
{
	const char *dir = data;
	char *path, *folder;

	if (!is_ours(name))
		return NULL;
	path = xasprintf("%s/%s", dir,
			 str_equal(name, "culprit.cfg") ? ASIDE : name);
	folder = folder_of(path);
	folder_make(folder, NULL);
	free(folder);
	return path;
}

/* All tables, indices and triggers as SQL, sorted; the caller frees. */
static char *schema_in(struct store *store, struct error *err)
{
	sqlite3_stmt *row = NULL;
	struct buf all;
	char *text = NULL;

	buf_init(&all, 0);
	if (sqlite3_prepare_v2(store->db,
			       "SELECT type, name, tbl_name, sql"
			       " FROM sqlite_schema ORDER BY type, name",
			       -1, &row, NULL) == SQLITE_OK) {
		while (sqlite3_step(row) == SQLITE_ROW)
			for (int i = 0; i < 4; i++) {
				const unsigned char *word =
					sqlite3_column_text(row, i);

				buf_printf(&all, "%s\n",
					   word ? (const char *)word : "");
			}
		text = buf_take(&all);
	} else {
		store_failed(store, "read", err);
	}
	sqlite3_finalize(row);
	buf_release(&all);
	return text;
}

static char *schema_of(const char *path, struct error *err)
{
	struct store *store;
	char *text;

	if (store_open(path, &store, err) < 0)
		return NULL;
	text = schema_in(store, err);
	store_close(store);
	return text;
}

/* That of a session as we would make one. */
static char *model_schema(const char *dir, struct error *err)
{
	char *model = xasprintf("%s/model.db", dir), *text = NULL;

	if (journal_create(model, NULL, 0, err) == 0)
		text = schema_of(model, err);
	unlink(model);
	free(model);
	return text;
}

static int is_none_of_ours(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "'%s' is no session as culprit exports them: its "
			 "tables are others",
			 path);
}

/* Is it made as the one is that we would make? */
static int check_schema(const char *dir, const char *journal, const char *path,
			struct error *err)
{
	char *ours = model_schema(dir, err);
	char *theirs = ours ? schema_of(journal, err) : NULL;
	int ret = theirs ? 0 : -1;

	if (theirs && !str_equal(ours, theirs))
		ret = is_none_of_ours(path, err);
	free(ours);
	free(theirs);
	return ret;
}

/*
 * Before anything is made of a file: does it hold what acts by itself, when
 * something is written or copied?  No trigger and no index but our own, which
 * a session of an older format has too, fewer of them; no view, and no table
 * that a module makes up.
 */
static int check_inert(struct store *foreign, const char *dir,
		       struct error *err)
{
	char *ours = model_schema(dir, err);
	sqlite3_stmt *row = NULL;
	int ret = -1, code = SQLITE_DONE;

	if (!ours)
		return -1;
	if (sqlite3_prepare_v2(foreign->db,
			       "SELECT printf('%s\n%s\n%s\n%s\n', type, name,"
			       " tbl_name, sql) FROM sqlite_schema"
			       " WHERE sql IS NOT NULL AND (type <> 'table'"
			       " OR sql NOT LIKE 'CREATE TABLE%')",
			       -1, &row, NULL) != SQLITE_OK) {
		store_failed(foreign, "read", err);
		goto out;
	}
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		const char *entry = (const char *)sqlite3_column_text(row, 0);

		if (!entry || !strstr(ours, entry))
			break;
	}
	if (code == SQLITE_ROW)
		is_none_of_ours(foreign->path, err);
	else if (code != SQLITE_DONE)
		store_failed(foreign, "read", err);
	else
		ret = 0;
out:
	sqlite3_finalize(row);
	free(ours);
	return ret;
}

static int set_repository(struct store *store, const char *repository,
			  struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int ret = 0;

	if (sqlite3_prepare_v2(
		    store->db,
		    "UPDATE meta SET value = ?1 WHERE name = 'repository'", -1,
		    &statement, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(statement, 1, repository, -1, SQLITE_STATIC) !=
		    SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_DONE)
		ret = store_failed(store, "write", err);
	sqlite3_finalize(statement);
	return ret;
}

/* From the file as it came to a session's journal and its files beside it. */
static int unpack(const char *path, const char *dir, const char *repository,
		  struct error *err)
{
	char *journal = xasprintf("%s/session.db", dir);
	struct store *foreign = NULL, *store = NULL;
	struct stat st = { .st_size = 0 };
	int ret = -1;

	stat(path, &st);
	if (store_open_foreign(path, &foreign, err) < 0)
		goto out;
	if (!archive_is_there(foreign)) {
		error_set(err, ERROR_INPUT,
			  "'%s' is no session as culprit exports them", path);
		goto out;
	}
	if (check_inert(foreign, dir, err) < 0 ||
	    archive_unpack(foreign, place_of, (void *)(uintptr_t)dir,
			   (int64_t)st.st_size * INFLATE + ALWAYS, err) < 0 ||
	    store_copy(foreign, journal, &store, err) < 0)
		goto out;
	if (archive_drop(store, err) < 0 ||
	    set_repository(store, repository, err) < 0 ||
	    store_run(store, "VACUUM", err) < 0)
		store_close(store);
	else
		ret = store_publish(store, err);
out:
	store_close(foreign);
	free(journal);
	return ret;
}

/* An older format is brought to the present one by being opened. */
static int check_journal(const char *path, const char *dir, struct error *err)
{
	char *name = xasprintf("%s/session.db", dir);
	struct journal *journal = NULL;
	struct session *session = NULL;
	int ret = -1;

	if (journal_open(name, &journal, err) < 0)
		goto out;
	journal_close(journal);
	if (check_schema(dir, name, path, err) < 0)
		goto out;
	ret = session_open(dir, &session, err);
	session_close(session);
out:
	if (ret < 0)
		error_prefix(err, "cannot import '%s'", path);
	free(name);
	return ret;
}

int carry_in(const char *path, const char *dir, const char *repository,
	     struct error *err)
{
	char *passing;
	int ret;

	if (access(dir, F_OK) == 0)
		return error_set(err, ERROR_STATE, "'%s' is there already",
				 dir);
	if (folder_begin(dir, &passing, err) < 0)
		return -1;
	ret = unpack(path, passing, repository, err);
	if (ret == 0)
		ret = check_journal(path, passing, err);
	return folder_end(passing, dir, ret, err);
}

/*
 * The settings.
 */

static char *aside_of(const struct session *session)
{
	return xasprintf("%s/%s", session_dir(session), ASIDE);
}

char *carry_untrusted(const struct session *session)
{
	char *path = aside_of(session);

	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

int carry_show(const struct session *session, struct buf *out,
	       struct error *err)
{
	char *aside = aside_of(session);
	struct buf text;
	int ret;

	buf_init(&text, SETTINGS_MAX);
	ret = io_load(aside, &text, err);
	buf_add(out, text.text, text.length);
	if (ret == 0 && text.cut)
		ret = error_set(err, ERROR_INPUT,
				"'%s' is longer than settings are: nobody can "
				"read that",
				aside);
	buf_release(&text);
	free(aside);
	return ret;
}

int carry_trust(const struct session *session, struct error *err)
{
	char *aside = aside_of(session), *settings = session_settings(session);
	struct buf text;
	int ret;

	buf_init(&text, 0);
	ret = carry_show(session, &text, err);
	buf_release(&text);
	if (ret == 0 && folder_give_name(aside, settings) < 0)
		ret = error_errno(err, "cannot make '%s' of '%s'", settings,
				  aside);
	free(aside);
	free(settings);
	return ret;
}
