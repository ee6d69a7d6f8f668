/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/fixup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "control/fixup_spec.h"
#include "engine/engine.h"
#include "repo/patches.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "run/patch.h"
#include "session/folder.h"
#include "session/session.h"

#define PATCH_MAX (16 * 1024 * 1024)

static char *unconst(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* All of it, of standard input where path is NULL. */
static int read_file(const char *path, struct buf *out, struct error *err)
{
	if (path ? io_load(path, out, err) < 0
		 : io_read_all(STDIN_FILENO, out) < 0)
		return path ? -1
			    : error_errno(err, "cannot read standard input");
	if (out->cut)
		return error_set(err, ERROR_INPUT, "'%s' is larger than %d MiB",
				 path ? path : "standard input",
				 PATCH_MAX >> 20);
	return 0;
}

static int read_commit(struct repo *repo, const struct fixup_spec *spec,
		       struct fixup *fixup, struct error *err)
{
	struct oid oid;

	if (repo_resolve(repo, spec->patch, &oid, err) < 0)
		return error_prefix(err, "there is no file '%s', and",
				    spec->file ? spec->file : spec->patch);
	if (patches_of_commit(repo, &oid, &fixup->text, err) < 0)
		return -1;
	fixup->name = xstrndup(oid.hex, OID_SHORT);
	return 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int read_patch(struct repo *repo, const struct fixup_spec *spec,
		      struct fixup *fixup, struct error *err)
{
	const char *file = spec->file ? spec->file : spec->patch;

	if (str_equal(spec->patch, "-")) {
		fixup->name = xstrdup("standard input");
		return read_file(NULL, &fixup->text, err);
	}
	if (access(file, F_OK) < 0)
		return read_commit(repo, spec, fixup, err);
	fixup->name = xstrdup(last_part(file));
	return read_file(file, &fixup->text, err);
}

static int resolve(struct repo *repo, const char *spec, struct oid *out,
		   struct error *err)
{
	return spec ? repo_resolve(repo, spec, out, err) : 0;
}

int fixup_read(struct repo *repo, const struct fixup_spec *spec,
	       struct fixup *out, struct error *err)
{
	struct fixup fixup = { .name = NULL };

	buf_init(&fixup.text, PATCH_MAX);
	if (read_patch(repo, spec, &fixup, err) < 0 ||
	    resolve(repo, spec->if_has, &fixup.if_has, err) < 0 ||
	    resolve(repo, spec->unless_has, &fixup.unless_has, err) < 0)
		goto failed;
	if (patches_check(fixup.text.text, fixup.text.length, err) < 0) {
		error_prefix(err, "'%s' is no patch", spec->patch);
		goto failed;
	}
	digest_of(fixup.text.text, fixup.text.length, fixup.hash);
	*out = fixup;
	return 0;
failed:
	fixup_release(&fixup);
	return -1;
}

void fixup_release(struct fixup *fixup)
{
	free(fixup->name);
	fixup->name = NULL;
	if (fixup->text.text)
		buf_release(&fixup->text);
}

/* Written beside and renamed, so that what has the name is whole. */
static int write_patch(const char *path, const struct buf *text,
		       struct error *err)
{
	char *fresh = xasprintf("%s.%d", path, getpid());
	char *folder = folder_of(path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int ret = -1;

	if (fd < 0 ||
	    write(fd, text->text, text->length) != (ssize_t)text->length ||
	    fsync(fd) < 0 || rename(fresh, path) < 0)
		error_errno(err, "cannot write '%s'", path);
	else
		ret = folder_sync(folder, err);
	if (fd >= 0)
		close(fd);
	if (ret < 0)
		unlink(fresh);
	free(folder);
	free(fresh);
	return ret;
}

int fixup_keep(const struct session *session, const struct fixup *fixup,
	       struct error *err)
{
	char *path = session_fixup(session, fixup->hash);
	int ret = write_patch(path, &fixup->text, err);

	free(path);
	return ret;
}

struct event fixup_event(const struct fixup *fixup, int64_t number)
{
	return (struct event){ .kind = EVENT_FIXUP,
			       .number = number,
			       .title = fixup->name,
			       .signature = unconst(fixup->hash),
			       .commit = fixup->if_has,
			       .other = fixup->unless_has };
}

int fixup_holds(struct repo *repo, const struct event *fixup,
		const struct oid *commit, bool *out, struct error *err)
{
	bool has = true, fixed = false;

	if (!oid_is_none(&fixup->commit) &&
	    reach_ancestor(repo, &fixup->commit, commit, &has, err) < 0)
		return -1;
	if (has && !oid_is_none(&fixup->other) &&
	    reach_ancestor(repo, &fixup->other, commit, &fixed, err) < 0)
		return -1;
	*out = has && !fixed;
	return 0;
}

/* A session may come from somebody else, and be changed by anybody. */
static int check_kept(const struct event *fixup, const char *path,
		      struct error *err)
{
	char hash[DIGEST_HEX + 1];
	struct buf text;
	int ret;

	buf_init(&text, PATCH_MAX);
	ret = read_file(path, &text, err);
	if (ret == 0 && !str_equal(digest_of(text.text, text.length, hash),
				   fixup->signature))
		ret = error_set(err, ERROR_STORE,
				"'%s' is not what was added as fixup "
				"%" PRId64 ": drop it and add it again",
				path, fixup->number);
	buf_release(&text);
	return ret;
}

static int choose_one(const struct session *session, const struct event *fixup,
		      struct fixup_choice *choice, struct error *err)
{
	struct build_patch *patch = &choice->patches[choice->count];
	char *path;

	if (strlen(fixup->signature) != DIGEST_HEX ||
	    !str_hex(fixup->signature))
		return error_set(err, ERROR_STORE,
				 "fixup %" PRId64 " has no proper hash",
				 fixup->number);
	path = session_fixup(session, fixup->signature);
	*patch = (struct build_patch){ .number = (int)fixup->number,
				       .name = fixup->title,
				       .path = path,
				       .hash = fixup->signature };
	choice->count++;
	buf_printf(&choice->numbers, "%s%" PRId64,
		   choice->numbers.length ? ", " : "", fixup->number);
	return check_kept(fixup, path, err);
}

int fixup_choose(struct session *session, struct repo *repo,
		 const struct oid *commit, struct fixup_choice *out,
		 struct error *err)
{
	const struct engine *engine = session_engine(session);
	int count = engine_fixup_count(engine);
	struct fixup_choice choice;

	fixup_choice_init(&choice);
	choice.patches = xcalloc((size_t)count + 1, sizeof(*choice.patches));
	for (int i = 0; i < count; i++) {
		const struct event *fixup = engine_fixup(engine, i);
		bool holds;

		if (fixup_holds(repo, fixup, commit, &holds, err) < 0 ||
		    (holds && choose_one(session, fixup, &choice, err) < 0)) {
			fixup_choice_release(&choice);
			return -1;
		}
	}
	*out = choice;
	return 0;
}

void fixup_choice_init(struct fixup_choice *choice)
{
	choice->patches = NULL;
	choice->count = 0;
	buf_init(&choice->numbers, 0);
}

void fixup_choice_release(struct fixup_choice *choice)
{
	for (int i = 0; i < choice->count; i++)
		free(unconst(choice->patches[i].path));
	free(choice->patches);
	choice->patches = NULL;
	choice->count = 0;
	buf_release(&choice->numbers);
}
