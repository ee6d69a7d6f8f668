/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"

#define CHUNK 65536

int io_write(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t written = write(fd, at, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		at += written;
		length -= (size_t)written;
	}
	return 0;
}

ssize_t io_read(int fd, void *bytes, size_t size)
{
	ssize_t got;

	do
		got = read(fd, bytes, size);
	while (got < 0 && errno == EINTR);
	return got;
}

int io_read_all(int fd, struct buf *out)
{
	char *chunk = xmalloc(CHUNK);
	ssize_t got = 1;

	while (!out->cut && (got = io_read(fd, chunk, CHUNK)) > 0)
		buf_add(out, chunk, (size_t)got);
	free(chunk);
	return got < 0 ? -1 : 0;
}

int io_load(const char *path, struct buf *out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	int ret = fd < 0 ? -1 : io_read_all(fd, out);

	saved = errno;
	if (ret < 0)
		error_errno(err, "cannot read '%s'", path);
	if (fd >= 0)
		close(fd);
	errno = saved;
	return ret;
}

char *io_text(const char *path, size_t limit)
{
	struct buf bytes;
	char *text;

	buf_init(&bytes, limit);
	io_load(path, &bytes, NULL);
	text = buf_take(&bytes);
	buf_release(&bytes);
	return text;
}

/* EINVAL, EROFS: a pipe or the like, which no disk has. */
int io_sync(int fd)
{
	return fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

int io_sync_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1)
			     : xstrdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : io_sync(fd);

	free(folder);
	if (fd >= 0)
		close(fd);
	return ret;
}

int io_sync_around(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	ret = syncfs(fd);
	close(fd);
	return ret;
}

int io_lock(int fd, int how)
{
	int ret;

	do
		ret = flock(fd, how);
	while (ret < 0 && errno == EINTR);
	return ret;
}

int io_pump(int from, int to)
{
	char *chunk = xmalloc(CHUNK);
	ssize_t got;

	do {
		got = io_read(from, chunk, CHUNK);
		if (got > 0 && io_write(to, chunk, (size_t)got) < 0)
			got = -1;
	} while (got > 0);
	free(chunk);
	return got < 0 ? -1 : 0;
}
