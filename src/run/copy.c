/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/xalloc.h"

#define MANY (1 << 30)

/*
 * The kernel may give up at any point, also by saying that a file ends which
 * does not; what is missing is then pumped.
 */
static int copy_bytes(int from, int to)
{
	ssize_t copied;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	do
		copied = copy_file_range(from, NULL, to, NULL, MANY, 0);
	while (copied > 0 || (copied < 0 && errno == EINTR));
	if (copied < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
		return -1;
	return io_pump(from, to);
}

static int make_file(int to, const char *name, mode_t mode)
{
	return openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
}

int copy_file(const char *from, int to, const char *name, struct error *err)
{
	int source = open(from, O_RDONLY | O_CLOEXEC), target = -1, ret = -1;
	struct stat st;

	if (source < 0 || fstat(source, &st) < 0) {
		error_errno(err, "cannot read '%s'", from);
		goto out;
	}
	target = make_file(to, name, 0600);
	if (target < 0 || copy_bytes(source, target) < 0 ||
	    fchmod(target, st.st_mode & 0777) < 0 || fsync(target) < 0) {
		error_errno(err, "cannot copy '%s'", from);
		goto out;
	}
	ret = 0;
out:
	if (target >= 0)
		close(target);
	if (source >= 0)
		close(source);
	return ret;
}

int copy_text(const char *text, int to, const char *name, struct error *err)
{
	int target = make_file(to, name, 0600), ret = 0;

	if (target < 0 || io_write(target, text, strlen(text)) < 0 ||
	    fsync(target) < 0)
		ret = error_errno(err, "cannot write '%s'", name);
	if (target >= 0)
		close(target);
	return ret;
}

static int make_folder(const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0 || errno == EEXIST)
		return 0;
	/* "/" and what is mounted read-only answer otherwise */
	if (stat(path, &st) == 0)
		return 0;
	return error_errno(err, "cannot make the folder '%s'", path);
}

int copy_make_folders(const char *path, mode_t mode, struct error *err)
{
	char *part = xstrdup(path), *slash = part;
	int ret = 0;

	while (ret == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		ret = make_folder(part, mode, err);
		*slash = '/';
	}
	if (ret == 0)
		ret = make_folder(path, mode, err);
	free(part);
	return ret;
}
