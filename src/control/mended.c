/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mended.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "repo/keepref.h"
#include "run/digest.h"
#include "session/folder.h"
#include "session/session.h"

#define BY_FOLDER "at-" /* before a hash of it */

/* Can it be a part of a ref's name, whatever git allows there? */
static bool is_plain(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_";

	return *name && strspn(name, letters) == strlen(name) &&
	       !str_starts(name, BY_FOLDER);
}

char *mended_group(const char *common_dir, const char *dir)
{
	char *home = xasprintf("%s/culprit", common_dir);
	char *full = realpath(home, NULL), *above = folder_of(dir);
	const char *slash = strrchr(dir, '/');
	const char *name = slash ? slash + 1 : dir;
	char hash[DIGEST_HEX + 1], *group;

	if (full && str_equal(full, above) && is_plain(name))
		group = xstrdup(name);
	else
		group = xasprintf(BY_FOLDER "%.16s",
				  digest_of(dir, strlen(dir), hash));
	free(above);
	free(full);
	free(home);
	return group;
}

/* Did the same conflict before? */
static bool is_mended(const struct engine *engine, size_t at)
{
	const struct event *made = engine_event(engine, at);

	if (made->kind != EVENT_REVERT ||
	    !str_equal(made->policy, made_name(MADE_OK)))
		return false;
	for (size_t i = 0; i < at; i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_REVERT &&
		    str_equal(event->policy, made_name(MADE_CONFLICT)) &&
		    str_equal(event->title, made->title) &&
		    oid_equal(&event->other, &made->other))
			return true;
	}
	return false;
}

void mended_keep(struct session *session, size_t count, const char *dir)
{
	const struct engine *engine = session_engine(session);
	const char *common = session_repository(session);
	char *group = common ? mended_group(common, dir) : NULL;

	/* one that is gone already is asked for again, of who mended it */
	for (size_t i = 0; group && i < count; i++)
		if (is_mended(engine, i))
			keepref_add(common, group,
				    &engine_event(engine, i)->commit, NULL);
	free(group);
}

int mended_drop(const struct session *session, struct error *err)
{
	const char *common = session_repository(session);
	char *group;
	int ret;

	if (!common)
		return 0;
	group = mended_group(common, session_dir(session));
	ret = keepref_drop(common, group, err);
	free(group);
	return ret;
}

void mended_sweep(const char *common_dir)
{
	char **groups;

	if (keepref_groups(common_dir, &groups, NULL) < 0)
		return;
	for (char **group = groups; *group; group++) {
		char *dir = xasprintf("%s/culprit/%s", common_dir, *group);

		if (is_plain(*group) && access(dir, F_OK) < 0)
			keepref_drop(common_dir, *group, NULL);
		free(dir);
	}
	argv_free(groups);
}
