/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/sessions.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "repo/repo.h"
#include "session/folder.h"
#include "session/session.h"

#define NAME_MAX_BYTES 60

/* <common dir>/culprit, where the sessions live. */
static char *sessions_of(const struct repo *repo)
{
	return xasprintf("%s/culprit", repo_common_dir(repo));
}

/* The next number's folder in this one. */
static char *next_in(const char *home)
{
	DIR *folder = opendir(home);
	struct dirent *entry;
	int64_t highest = 0, number;

	while (folder && (entry = readdir(folder)))
		if (str_number(entry->d_name, 1, INT32_MAX, &number) &&
		    number > highest)
			highest = number;
	if (folder)
		closedir(folder);
	return xasprintf("%s/%lld", home, (long long)highest + 1);
}

char *sessions_next(const struct repo *repo)
{
	char *home = sessions_of(repo), *dir = next_in(home);

	free(home);
	return dir;
}

static int check_name(const char *name, struct error *err)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_.";

	if (*name && *name != '.' && *name != '-' &&
	    strlen(name) < NAME_MAX_BYTES &&
	    strspn(name, letters) == strlen(name) &&
	    !str_starts(name, "current"))
		return 0;
	return error_set(err, ERROR_INPUT,
			 "'%s' cannot be the name of a session: letters, "
			 "digits and -_. are, and not 'current'",
			 name);
}

/* "bug" -> "bug-2", or what number is free. */
static char *next_name(const char *home, const char *name)
{
	char *dir = NULL;

	for (int number = 2; !dir; number++) {
		dir = xasprintf("%s/%s-%d", home, name, number);
		if (access(dir, F_OK) < 0)
			break;
		free(dir);
		dir = NULL;
	}
	return dir;
}

int sessions_beside(const struct session *session, const char *name, char **dir,
		    struct error *err)
{
	char *home = folder_of(session_dir(session)), *chosen = NULL;
	const char *own = strrchr(session_dir(session), '/') + 1;
	int64_t number;
	int ret = -1;

	if (name && check_name(name, err) < 0)
		goto out;
	chosen = name ? xasprintf("%s/%s", home, name)
		 : str_number(own, 1, INT32_MAX, &number)
			 ? next_in(home)
			 : next_name(home, own);
	if (access(chosen, F_OK) == 0) {
		error_set(err, ERROR_STATE, "'%s' is there already", chosen);
		goto out;
	}
	*dir = chosen;
	chosen = NULL;
	ret = 0;
out:
	free(chosen);
	free(home);
	return ret;
}

bool sessions_has(const struct repo *repo, const struct session *session)
{
	char *home = sessions_of(repo), *full = realpath(home, NULL);
	char *own = folder_of(session_dir(session));
	bool has = str_equal(full ? full : home, own);

	free(own);
	free(full);
	free(home);
	return has;
}

static bool is_session(const char *home, const char *name)
{
	char *path = xasprintf("%s/%s/session.db", home, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

int sessions_find(const struct repo *repo, const char *name, char **dir,
		  struct error *err)
{
	char *home = sessions_of(repo);
	int ret = check_name(name, err);

	if (ret == 0 && !is_session(home, name))
		ret = error_set(err, ERROR_INPUT,
				"there is no session '%s' here: see 'culprit "
				"sessions'",
				name);
	if (ret == 0)
		*dir = xasprintf("%s/%s", home, name);
	free(home);
	return ret;
}

static int by_name(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int64_t one = 0, two = 0;
	bool first = str_number(x, 1, INT32_MAX, &one);
	bool second = str_number(y, 1, INT32_MAX, &two);

	if (first != second)
		return first ? -1 : 1;
	if (first)
		return one < two ? -1 : one > two;
	return strcmp(x, y);
}

char **sessions_list(const struct repo *repo)
{
	char *home = sessions_of(repo), **names = xcalloc(1, sizeof(*names));
	DIR *folder = opendir(home);
	struct dirent *entry;
	size_t count = 0, room = 1;

	while (folder && (entry = readdir(folder))) {
		if (check_name(entry->d_name, NULL) < 0 ||
		    !is_session(home, entry->d_name))
			continue;
		array_grow(names, count + 2, &room);
		names[count++] = xstrdup(entry->d_name);
	}
	names[count] = NULL;
	qsort(names, count, sizeof(*names), by_name);
	if (folder)
		closedir(folder);
	free(home);
	return names;
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
		error_errno(err, "cannot write '%s'", path);
	else
		ret = 0;
	if (fd >= 0)
		close(fd);
	free(fresh);
	free(path);
	free(home);
	return ret;
}

/* Those that were left are still there. */
static void say_none(struct repo *repo, struct error *err)
{
	char **names = sessions_list(repo);
	bool left = *names != NULL;

	for (char **name = names; *name; name++)
		free(*name);
	free(names);
	error_set(err, ERROR_STATE,
		  left ? "no session is the current one: take one of 'culprit "
			 "sessions' up with 'culprit switch N', or begin "
			 "another with 'culprit start BAD GOOD'"
		       : "this repository has no session: begin one with "
			 "'culprit start BAD GOOD'");
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
		say_none(repo, err);
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
		ret = error_errno(err, "cannot remove '%s'", path);
	free(path);
	free(home);
	free(dir);
	return ret;
}
