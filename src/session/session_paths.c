/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/session.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "session/folder.h"

static char *path_in(const struct session *session, const char *name)
{
	return xasprintf("%s/%s", session_dir(session), name);
}

char *session_build_log(const struct session *session, const struct oid *oid)
{
	char *folder = path_in(session, "builds"), *path;

	assert(!oid_is_none(oid));
	folder_make(folder, NULL);
	path = xasprintf("%s/%s.log", folder, oid->hex);
	free(folder);
	return path;
}

static char *run_file(const struct session *session, const struct oid *oid,
		      int run, const char *what)
{
	char *folder, *path;

	assert(!oid_is_none(oid));
	folder = xasprintf("%s/runs/%s", session_dir(session), oid->hex);
	folder_make(folder, NULL);
	path = xasprintf("%s/%d.%s", folder, run, what);
	free(folder);
	return path;
}

char *session_console(const struct session *session, const struct oid *oid,
		      int run)
{
	return run_file(session, oid, run, "console");
}

char *session_output(const struct session *session, const struct oid *oid,
		     int run)
{
	return run_file(session, oid, run, "output");
}

char *session_fixup(const struct session *session, const char *hash)
{
	char *folder = path_in(session, "fixups"), *path;

	folder_make(folder, NULL);
	path = xasprintf("%s/%s.patch", folder, hash);
	free(folder);
	return path;
}

char *session_worktree(const struct session *session)
{
	return path_in(session, "worktree");
}

char *session_out(const struct session *session)
{
	return path_in(session, "out");
}

char *session_revert(const struct session *session)
{
	return path_in(session, "revert");
}

char *session_ahead(const struct session *session)
{
	return path_in(session, "ahead");
}

char *session_settings(const struct session *session)
{
	return path_in(session, "culprit.cfg");
}

char *session_oops(const struct session *session)
{
	return path_in(session, "oops.cfg");
}

char *session_lock(const struct session *session)
{
	return path_in(session, "lock");
}
