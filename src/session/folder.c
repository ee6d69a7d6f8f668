/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"

char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	if (slash == path)
		return xstrdup("/");
	return xstrndup(path, (size_t)(slash - path));
}

int folder_give_name(const char *from, const char *to)
{
	struct stat st;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(from, to) == 0) {
		unlink(from);
		return 0;
	}
	/* A folder has one name; it takes the place of an empty one at most. */
	if (errno != EPERM || stat(from, &st) < 0 || !S_ISDIR(st.st_mode))
		return -1;
	if (rename(from, to) == 0)
		return 0;
	errno = errno == ENOTEMPTY ? EEXIST : errno;
	return -1;
}

int folder_sync(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	/* EINVAL: this file system has no way to do it for a folder. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		ret = error_set(err, ERROR_STORE,
				"cannot write folder '%s' to the disk: %s",
				path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ret;
}

static int make_one(const char *path, struct error *err)
{
	struct stat st;
	char *above;
	int ret;

	if (mkdir(path, 0700) < 0) {
		int failed = errno;

		/* On a read-only file system mkdir says EROFS first. */
		if (stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				return 0;
			failed = ENOTDIR;
		}
		return error_set(err, ERROR_STORE,
				 "cannot make folder '%s': %s", path,
				 strerror(failed));
	}
	if (chmod(path, 0700) < 0)
		return error_set(err, ERROR_STORE,
				 "cannot protect folder '%s': %s", path,
				 strerror(errno));
	above = folder_of(path);
	ret = folder_sync(above, err);
	free(above);
	return ret;
}

int folder_make(const char *path, struct error *err)
{
	char *part = xstrdup(path);
	int ret = 0;

	for (char *p = part; *p && ret == 0; p++) {
		if (*p != '/' || p == part || p[1] == '/' || !p[1])
			continue;
		*p = '\0';
		ret = make_one(part, err);
		*p = '/';
	}
	if (ret == 0) {
		for (size_t n = strlen(part); n > 1 && part[n - 1] == '/'; n--)
			part[n - 1] = '\0';
		ret = make_one(part, err);
	}
	free(part);
	return ret;
}

int folder_begin(const char *path, char **passing, struct error *err)
{
	char *name = xasprintf("%s.XXXXXX", path), *above = folder_of(path);
	int ret = folder_make(above, err);

	if (ret == 0 && !mkdtemp(name))
		ret = error_errno(err, "cannot make '%s'", path);
	free(above);
	if (ret == 0)
		*passing = name;
	else
		free(name);
	return ret;
}

static int remove_one(const char *path, const struct stat *info, int kind,
		      struct FTW *where)
{
	(void)info;
	if (where->level == 0)
		return 0;
	if (kind == FTW_DP || kind == FTW_DNR)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

int folder_remove(const char *path, struct error *err)
{
	char *inside = xasprintf("%s/.", path);
	int ret = 0;

	/* the dot leads into a folder that is a link */
	nftw(inside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (rmdir(path) < 0 && errno != ENOENT && errno != ENOTDIR)
		ret = error_set(err, ERROR_STORE, "cannot remove '%s': %s",
				path, strerror(errno));
	free(inside);
	return ret;
}

static int finish(const char *passing, const char *path, struct error *err)
{
	char *above = folder_of(path);
	int ret;

	if (folder_give_name(passing, path) < 0)
		ret = error_errno(err, "cannot make '%s'", path);
	else
		ret = folder_sync(above, err);
	free(above);
	return ret;
}

int folder_end(char *passing, const char *path, int result, struct error *err)
{
	if (result == 0)
		result = finish(passing, path, err);
	if (result < 0)
		folder_remove(passing, NULL);
	free(passing);
	return result;
}
