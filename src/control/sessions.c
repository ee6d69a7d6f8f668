/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/sessions.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "repo/repo.h"
#include "session/session.h"

/* <common dir>/culprit, where the sessions live. */
static char *sessions_of(const struct repo *repo)
{
	return xasprintf("%s/culprit", repo_common_dir(repo));
}

/* Sessions are numbered; the next one's folder. */
char *sessions_next(const struct repo *repo)
{
	char *home = sessions_of(repo), *dir;
	DIR *folder = opendir(home);
	struct dirent *entry;
	int64_t highest = 0, number;

	while (folder && (entry = readdir(folder)))
		if (str_number(entry->d_name, 1, INT32_MAX, &number) &&
		    number > highest)
			highest = number;
	if (folder)
		closedir(folder);
	dir = xasprintf("%s/%lld", home, (long long)highest + 1);
	free(home);
	return dir;
}

/* Written beside and renamed, so that nobody ever reads half a name. */
int sessions_make_current(struct repo *repo, const char *dir, struct error *err)
{
	char *home = sessions_of(repo);
	char *path = xasprintf("%s/current", home);
	char *fresh = xasprintf("%s/current.%d", home, getpid());
	const char *name = strrchr(dir, '/') + 1;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int ret = -1;

	if (fd < 0 || dprintf(fd, "%s\n", name) < 0 || rename(fresh, path) < 0)
		error_errno(err, "cannot write %s", path);
	else
		ret = 0;
	if (fd >= 0)
		close(fd);
	free(fresh);
	free(path);
	free(home);
	return ret;
}

int sessions_current(struct repo *repo, char **dir, struct error *err)
{
	char *home = sessions_of(repo), *path = xasprintf("%s/current", home);
	char name[64] = "";
	FILE *file = fopen(path, "re");
	int ret = -1;

	if (file && fgets(name, sizeof(name), file))
		name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
	if (!*name || strchr(name, '/')) {
		error_set(err, ERROR_STATE,
			  "this repository has no session: begin one with "
			  "'culprit start BAD GOOD'");
	} else {
		*dir = xasprintf("%s/%s", home, name);
		ret = 0;
	}
	free(path);
	free(home);
	return ret;
}

int sessions_forget(struct repo *repo, const struct session *session,
		    struct error *err)
{
	char *home, *path, *dir = NULL;
	int ret = 0;

	if (sessions_current(repo, &dir, NULL) < 0)
		return 0;
	home = sessions_of(repo);
	path = xasprintf("%s/current", home);
	if (str_equal(dir, session_dir(session)) && unlink(path) < 0)
		ret = error_errno(err, "cannot remove %s", path);
	free(path);
	free(home);
	free(dir);
	return ret;
}
