/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/begin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "control/extend.h"
#include "control/fixup.h"
#include "control/mended.h"
#include "control/rules.h"
#include "control/sessions.h"
#include "control/settings.h"
#include "engine/engine.h"
#include "oops/rules.h"
#include "repo/repo.h"
#include "repo/tags.h"
#include "session/folder.h"
#include "session/session.h"

#define SETTINGS_MAX (1024 * 1024)

/* What the words of the user come to. */
struct ends {
	struct oid bad;
	struct oid *goods;
	size_t good_count;
	struct tag *releases;
	int release_count;
	struct settings settings;
	struct fixup *fixups; /* of the settings, in order */
	int fixup_count;
};

static int resolve(struct repo *repo, const struct begin *begin,
		   struct ends *ends, struct error *err)
{
	ends->goods = xcalloc((size_t)begin->good_count, sizeof(struct oid));
	if (repo_resolve(repo, begin->bad, &ends->bad, err) < 0)
		return -1;
	for (int i = 0; i < begin->good_count; i++) {
		if (repo_resolve(repo, begin->goods[i],
				 &ends->goods[ends->good_count], err) < 0)
			return -1;
		if (oid_equal(&ends->goods[ends->good_count], &ends->bad))
			return error_set(err, ERROR_INPUT,
					 "'%s' and '%s' are the same commit: "
					 "it cannot be both bad and good",
					 begin->bad, begin->goods[i]);
		ends->good_count++;
	}
	return 0;
}

/* A mistake in the user's rules is said before anything is begun. */
static int check_rules(const struct settings *settings, struct error *err)
{
	struct rules *rules;

	if (!settings->oops)
		return 0;
	rules = rules_load((const char *const *)&settings->oops, 1, err);
	rules_free(rules);
	return rules ? 0 : -1;
}

static int read_fixups(struct repo *repo, struct ends *ends, struct error *err)
{
	const struct fixup_specs *specs = &ends->settings.fixups;

	ends->fixups = xcalloc((size_t)specs->count + 1, sizeof(*ends->fixups));
	for (int i = 0; i < specs->count; i++) {
		if (fixup_read(repo, &specs->items[i], &ends->fixups[i], err) <
		    0)
			return error_prefix(err, "fixup %d of the settings",
					    i + 1);
		ends->fixup_count++;
	}
	return 0;
}

static int check(struct repo *repo, const struct begin *begin,
		 struct ends *ends, struct error *err)
{
	if (begin->settings &&
	    (settings_read(&ends->settings, begin->settings, NULL, err) < 0 ||
	     check_rules(&ends->settings, err) < 0))
		return -1;
	if (repo_is_shallow(repo))
		return error_set(err, ERROR_GIT,
				 "this is a shallow clone, commits are missing "
				 "from it: run 'git fetch --unshallow' first");
	if (resolve(repo, begin, ends, err) < 0 ||
	    read_fixups(repo, ends, err) < 0)
		return -1;
	if (begin->good_count > 0)
		return 0;
	if (begin->fix)
		return error_set(err, ERROR_USAGE,
				 "to look for a fix, give the bad commit and a "
				 "good one that is newer");
	if (tags_releases(repo, &ends->bad, &ends->releases,
			  &ends->release_count, err) < 0)
		return -1;
	if (ends->release_count == 0)
		return error_set(err, ERROR_INPUT,
				 "there is no release tag (vX.Y) before '%s' "
				 "to walk back to: give a good commit",
				 begin->bad);
	return 0;
}

/* The ends in the engine's direction: the newer one, the older ones. */
static int load(struct session *session, struct repo *repo,
		const struct begin *begin, const struct ends *ends,
		struct error *err)
{
	struct oid *names;
	size_t count = 0;
	int ret;

	if (ends->good_count > 0 && !begin->fix)
		return extend_range(session, repo, &ends->bad, ends->goods,
				    ends->good_count, err);
	for (size_t i = 0; i < ends->good_count; i++)
		if (extend_range(session, repo, &ends->goods[i], &ends->bad, 1,
				 err) < 0)
			return -1;
	if (ends->good_count > 0)
		return 0;
	names = xcalloc((size_t)ends->release_count + 1, sizeof(*names));
	names[count++] = ends->bad;
	for (int i = 0; i < ends->release_count; i++)
		names[count++] = ends->releases[i].commit;
	ret = extend_names(session, repo, names, count, err);
	free(names);
	return ret;
}

static char *unconst(const char *text)
{
	return (char *)(uintptr_t)text;
}

static int append(struct session *session, const struct begin *begin,
		  const struct ends *ends, struct error *err)
{
	size_t most = 6 + ends->good_count + (size_t)ends->release_count +
		      (size_t)ends->fixup_count;
	struct event *events = xcalloc(most, sizeof(*events));
	const char *title = begin->title ? begin->title : ends->settings.title;
	enum actor by = begin->recorded ? BY_IMPORT : BY_START;
	size_t count = 0;
	int ret;

	events[count++] = (struct event){ .kind = EVENT_START,
					  .by = BY_START,
					  .who = unconst(begin->who),
					  .title = unconst(title),
					  .text = unconst(begin->terms),
					  .policy = ends->settings.policy,
					  .fix = begin->fix,
					  .first_parent = begin->first_parent };
	events[count++] = (struct event){
		.kind = EVENT_MATCHING,
		.by = BY_START,
		.policy = unconst(matching_name(ends->settings.matching)),
	};
	if (ends->settings.symptom != SYMPTOM_CRASH)
		events[count++] = (struct event){
			.kind = EVENT_SYMPTOM,
			.by = BY_START,
			.policy = unconst(symptom_name(ends->settings.symptom)),
		};
	if (ends->settings.prior && !begin->recorded)
		events[count++] = (struct event){
			.kind = EVENT_PRIOR,
			.by = BY_START,
			.policy = unconst(PRIOR_BY_FILES),
		};
	if (ends->settings.confirm && !begin->recorded)
		events[count++] =
			(struct event){ .kind = EVENT_CONFIRM, .by = BY_START };
	events[count++] = (struct event){ .kind = EVENT_VERDICT,
					  .by = by,
					  .who = unconst(begin->who),
					  .commit = ends->bad,
					  .verdict = VERDICT_BAD };
	for (size_t i = 0; i < ends->good_count; i++)
		events[count++] = (struct event){ .kind = EVENT_VERDICT,
						  .by = by,
						  .who = unconst(begin->who),
						  .commit = ends->goods[i],
						  .verdict = VERDICT_GOOD };
	for (int i = 0; i < ends->release_count; i++)
		events[count++] =
			(struct event){ .kind = EVENT_RELEASE,
					.by = BY_START,
					.commit = ends->releases[i].commit,
					.text = ends->releases[i].name };
	for (int i = 0; i < ends->fixup_count; i++) {
		events[count] = fixup_event(&ends->fixups[i], i + 1);
		events[count].by = BY_START;
		events[count++].who = unconst(begin->who);
	}
	ret = session_append(session, events, count, err);
	free(events);
	return ret;
}

static int keep_fixups(const struct session *session, const struct ends *ends,
		       struct error *err)
{
	for (int i = 0; i < ends->fixup_count; i++)
		if (fixup_keep(session, &ends->fixups[i], err) < 0)
			return -1;
	return 0;
}

static int copy_settings(const char *from, const char *to, struct error *err)
{
	struct buf text;
	int fd = -1, ret = -1;

	buf_init(&text, SETTINGS_MAX);
	if (io_load(from, &text, err) < 0)
		goto out;
	if (text.cut) {
		error_set(err, ERROR_INPUT,
			  "'%s' is larger than %d KiB: that is no settings "
			  "file",
			  from, SETTINGS_MAX >> 10);
		goto out;
	}
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || io_write(fd, text.text, text.length) < 0)
		error_errno(err, "cannot write '%s'", to);
	else
		ret = 0;
out:
	if (fd >= 0 && close(fd) < 0 && ret == 0)
		ret = error_errno(err, "cannot write '%s'", to);
	buf_release(&text);
	return ret;
}

/* The folder that names of files in the settings are relative to. */
static char *folder_note(const struct session *session)
{
	char *settings = session_settings(session);
	char *note = xasprintf("%s.folder", settings);

	free(settings);
	return note;
}

static int note_folder(const struct session *session, const char *settings,
		       struct error *err)
{
	char *note = folder_note(session), *full = realpath(settings, NULL);
	int fd = open(note, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int ret = -1;

	if (full)
		*strrchr(full, '/') = '\0';
	if (!full || fd < 0 || dprintf(fd, "%s\n", *full ? full : "/") < 0)
		error_errno(err, "cannot write '%s'", note);
	else
		ret = 0;
	if (fd >= 0)
		close(fd);
	free(full);
	free(note);
	return ret;
}

static int fill(struct session *session, struct repo *repo,
		const struct begin *begin, const struct ends *ends,
		struct error *err)
{
	char *path = session_settings(session), *oops = session_oops(session);
	int ret = 0;

	if (begin->settings)
		ret = copy_settings(begin->settings, path, err) < 0 ||
				      note_folder(session, begin->settings,
						  err) < 0
			      ? -1
			      : 0;
	if (ret == 0 && ends->settings.oops)
		ret = copy_settings(ends->settings.oops, oops, err);
	if (ret == 0)
		ret = keep_fixups(session, ends, err);
	if (ret == 0)
		ret = load(session, repo, begin, ends, err);
	if (ret == 0)
		ret = append(session, begin, ends, err);
	if (ret == 0 && !begin->dir)
		ret = sessions_make_current(repo, session_dir(session), err);
	free(oops);
	free(path);
	return ret;
}

/* As it was noted; NULL where it was not. */
static char *noted_folder(const char *settings)
{
	char *note = xasprintf("%s.folder", settings), *folder = NULL;
	FILE *file = fopen(note, "re");
	size_t room = 0;

	if (file && getline(&folder, &room, file) > 0) {
		folder[strcspn(folder, "\n")] = '\0';
	} else {
		free(folder);
		folder = NULL;
	}
	if (file)
		fclose(file);
	free(note);
	return folder;
}

int begin_settings_of(const char *dir, struct settings *settings,
		      struct error *err)
{
	char *path = xasprintf("%s/culprit.cfg", dir);
	char *folder = noted_folder(path);
	int ret = 0;

	if (access(path, F_OK) == 0)
		ret = settings_read(settings, path, folder, err);
	free(folder);
	free(path);
	return ret;
}

int begin_read_settings(const struct session *session,
			struct settings *settings, struct error *err)
{
	return begin_settings_of(session_dir(session), settings, err);
}

int begin_session(struct repo *repo, const struct begin *begin,
		  struct session **out, struct error *err)
{
	struct ends ends = { .goods = NULL };
	struct session *session = NULL;
	char *dir = NULL;
	int ret = -1;

	settings_init(&ends.settings);
	if (check(repo, begin, &ends, err) < 0)
		goto out;
	dir = begin->dir ? xstrdup(begin->dir) : sessions_next(repo);
	if (session_create(dir, repo_common_dir(repo), &session, err) < 0)
		goto out;
	mended_sweep(repo_common_dir(repo));
	if (mended_drop(session, err) < 0 ||
	    fill(session, repo, begin, &ends, err) < 0 ||
	    extend_if_needed(session, repo, err) < 0) {
		session_close(session);
		folder_remove(dir, NULL);
		goto out;
	}
	*out = session;
	ret = 0;
out:
	for (int i = 0; i < ends.fixup_count; i++)
		fixup_release(&ends.fixups[i]);
	free(ends.fixups);
	tags_free(ends.releases, ends.release_count);
	settings_release(&ends.settings);
	free(ends.goods);
	free(dir);
	return ret;
}
