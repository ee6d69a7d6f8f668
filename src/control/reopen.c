/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/reopen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/extend.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "session/carry.h"
#include "session/draft.h"
#include "session/folder.h"
#include "session/session.h"

/* A name for the log's folder: its own, and a number made of its bytes. */
static char *name_of(const char *path, const struct buf *bytes)
{
	const char *slash = strrchr(path, '/'),
		   *name = slash ? slash + 1 : path;
	uint64_t hash = 14695981039346656037u;
	struct buf out;
	char *text;

	for (size_t i = 0; i < bytes->length; i++)
		hash = (hash ^ (unsigned char)bytes->text[i]) * 1099511628211u;
	buf_init(&out, 80);
	for (; *name; name++)
		buf_putc(&out,
			 strchr("/ \t", *name) || (unsigned char)*name < ' '
				 ? '_'
				 : *name);
	text = xasprintf("%s-%016" PRIx64, out.text, hash);
	buf_release(&out);
	return text;
}

/* NULL where nobody's cache is known: a name in /tmp could be guessed. */
static char *cache_folder(const char *path, const struct buf *bytes)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *name = name_of(path, bytes), *folder = NULL;

	if (!str_empty(cache) && *cache == '/')
		folder = xasprintf("%s/culprit/replays/%s", cache, name);
	else if (!str_empty(home))
		folder = xasprintf("%s/.cache/culprit/replays/%s", home, name);
	free(name);
	return folder;
}

static char *passing_folder(struct error *err)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = xasprintf("%s/culprit-replay.XXXXXX",
				 str_empty(tmp) ? "/tmp" : tmp);

	if (mkdtemp(folder))
		return folder;
	error_errno(err, "cannot make a folder like '%s'", folder);
	free(folder);
	return NULL;
}

static bool is_session(const char *folder)
{
	char *path = xasprintf("%s/session.db", folder);
	struct stat st;
	bool yes = stat(path, &st) == 0;

	free(path);
	return yes;
}

/* Where the session is to be: made up, and whether it goes again. */
static char *choose_folder(const struct reopening *what,
			   const struct buf *bytes, struct reopened *out,
			   struct error *err)
{
	char *folder = NULL;

	if (what->folder)
		return xstrdup(what->folder);
	if (what->keep)
		folder = cache_folder(what->path, bytes);
	if (folder)
		return folder;
	folder = passing_folder(err);
	if (folder)
		out->passing = xstrdup(folder);
	return folder;
}

/* The ends that a log began with, by its first verdict of each side. */
static void first_ends(struct session *session, struct oid *bad,
		       struct oid **goods, size_t *good_count)
{
	bool fix = engine_is_fix(session_engine(session));
	size_t room = 0;

	for (size_t i = 0; i < session_event_count(session); i++) {
		const struct event *event = session_event(session, i);
		bool newer = (event->verdict == VERDICT_BAD) != fix;

		if (event->kind != EVENT_VERDICT ||
		    event->verdict == VERDICT_SKIP)
			continue;
		if (newer) {
			if (oid_is_none(bad))
				*bad = event->commit;
			continue;
		}
		array_grow(*goods, *good_count + 1, &room);
		(*goods)[(*good_count)++] = event->commit;
	}
}

/* Is the range there already? */
static bool is_loaded(const struct session *session, const struct oid *bad)
{
	const struct graph *graph = session_graph(session);
	int commit = graph_find(graph, bad);

	return commit >= 0 && graph_is_expanded(graph, commit);
}

/* With its repository the midpoints can be worked out again. */
static int load_range(struct session *session, struct repo *repo,
		      struct error *err)
{
	struct oid bad = { "" }, *goods = NULL;
	size_t count = 0;
	int ret = 0;

	first_ends(session, &bad, &goods, &count);
	if (!oid_is_none(&bad) && count > 0 && !is_loaded(session, &bad))
		ret = extend_range(session, repo, &bad, goods, count, err);
	free(goods);
	return ret;
}

/* What moves, as HEAD does, was another commit then. */
static bool find_name(void *data, const char *name, struct oid *out)
{
	struct repo *repo = data;
	char *tag;
	bool yes;

	if (strstr(name, "HEAD") || strstr(name, "..") || strchr(name, '@'))
		return false;
	if (str_hex(name))
		return repo_resolve(repo, name, out, NULL) == 0;
	tag = xasprintf("refs/tags/%s", name);
	yes = repo_resolve(repo, tag, out, NULL) == 0;
	free(tag);
	return yes;
}

static int read_log(const struct reopening *what, const struct buf *bytes,
		    struct reopened *out, struct error *err)
{
	const struct draft_names names = { find_name, what->repo };

	if (import_bytes(out->session, what->path, bytes->text, bytes->length,
			 what->repo ? &names : NULL, &out->imported, err) < 0)
		return -1;
	return what->repo ? load_range(out->session, what->repo, err) : 0;
}

/* One that is kept; who made it may have been killed before it was read. */
static int open_kept(const struct reopening *what, const struct buf *bytes,
		     const char *folder, struct reopened *out,
		     struct error *err)
{
	if (session_open(folder, &out->session, err) < 0)
		return -1;
	if (!engine_start_event(session_engine(out->session)))
		return read_log(what, bytes, out, err);
	out->again = true;
	import_recall(out->session, &out->imported);
	return what->repo ? load_range(out->session, what->repo, err) : 0;
}

static int open_log(const struct reopening *what, struct reopened *out,
		    struct error *err)
{
	const char *common = what->repo ? repo_common_dir(what->repo) : NULL;
	char *folder = NULL;
	struct buf bytes;
	int ret = -1;

	buf_init(&bytes, 0);
	out->log = true;
	if (import_load(what->path, &bytes, err) < 0)
		goto out;
	folder = choose_folder(what, &bytes, out, err);
	if (!folder)
		goto out;
	if (what->keep && !what->folder && is_session(folder))
		ret = open_kept(what, &bytes, folder, out, err);
	else if (session_create(folder, common, &out->session, err) == 0)
		ret = read_log(what, &bytes, out, err);
out:
	free(folder);
	buf_release(&bytes);
	return ret;
}

/* One that was exported: without a place of its own it goes again. */
static int open_carried(const struct reopening *what, struct reopened *out,
			struct error *err)
{
	const char *common = what->repo ? repo_common_dir(what->repo) : NULL;
	char *folder = NULL;
	int ret;

	if (what->folder) {
		folder = xstrdup(what->folder);
	} else {
		out->passing = passing_folder(err);
		if (!out->passing)
			return -1;
		folder = xasprintf("%s/session", out->passing);
	}
	ret = carry_in(what->path, folder, common, err);
	if (ret == 0)
		ret = session_open(folder, &out->session, err);
	free(folder);
	return ret;
}

static int open_any(const struct reopening *what, struct reopened *out,
		    struct error *err)
{
	struct stat st;
	bool there = stat(what->path, &st) == 0;
	size_t length = strlen(what->path);
	char *folder;
	int ret;

	if (there && S_ISDIR(st.st_mode))
		return session_open(what->path, &out->session, err);
	if (there && str_ends(what->path, "session.db") &&
	    (length == 10 || what->path[length - 11] == '/')) {
		folder = folder_of(what->path);
		ret = session_open(folder, &out->session, err);
		free(folder);
		return ret;
	}
	if (there && S_ISREG(st.st_mode) && carry_is(what->path))
		return open_carried(what, out, err);
	return open_log(what, out, err);
}

int reopen(const struct reopening *what, struct reopened *out,
	   struct error *err)
{
	memset(out, 0, sizeof(*out));
	if (open_any(what, out, err) == 0)
		return 0;
	reopen_close(out);
	return -1;
}

void reopen_close(struct reopened *reopened)
{
	session_close(reopened->session);
	if (reopened->passing)
		folder_remove(reopened->passing, NULL);
	free(reopened->passing);
	memset(reopened, 0, sizeof(*reopened));
}
