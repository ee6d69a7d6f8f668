/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/tail.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/str.h"

void tail_init(struct tail *tail)
{
	memset(tail, 0, sizeof(*tail));
	tail->follow = true;
	tail->seen_end = -1;
}

void tail_release(struct tail *tail)
{
	free(tail->path);
	free(tail->window);
	free(tail->lines);
	tail_init(tail);
}

void tail_open(struct tail *tail, const char *path)
{
	if (str_equal(tail->path, path))
		return;
	tail_release(tail);
	tail->path = xstrdup_null(path);
}

static bool forget(struct tail *tail)
{
	bool had = tail->count > 0;

	tail->count = 0;
	tail->length = 0;
	tail->size = 0;
	tail->seen_end = -1;
	return had;
}

/* Fill the window with what stands before `end`; a short file is no error. */
static void load(struct tail *tail, int fd, int64_t end)
{
	int64_t start = end > TAIL_WINDOW ? end - TAIL_WINDOW : 0;
	size_t want = (size_t)(end - start);

	if (!tail->window)
		tail->window = xmalloc(TAIL_WINDOW);
	tail->length = 0;
	while (tail->length < want) {
		ssize_t got = pread(fd, tail->window + tail->length,
				    want - tail->length,
				    start + (int64_t)tail->length);

		if (got <= 0)
			break;
		tail->length += (size_t)got;
	}
}

static void split(struct tail *tail, bool whole)
{
	const char *at = tail->window, *end = at + tail->length;
	const char *newline = memchr(at, '\n', tail->length);

	tail->count = 0;
	/* the first line of a window is cut off in front */
	if (!whole && newline && newline + 1 < end)
		at = newline + 1;
	while (at < end) {
		newline = memchr(at, '\n', (size_t)(end - at));
		array_grow(tail->lines, tail->count + 1, &tail->room);
		tail->lines[tail->count].bytes = at;
		tail->lines[tail->count++].length =
			(size_t)((newline ? newline : end) - at);
		at = newline ? newline + 1 : end;
	}
}

static bool unchanged(const struct tail *tail, const struct stat *info)
{
	return tail->seen_end == tail->end &&
	       tail->seen_inode == info->st_ino &&
	       tail->seen_mtime == (int64_t)info->st_mtim.tv_sec * 1000000000 +
					   info->st_mtim.tv_nsec;
}

bool tail_read(struct tail *tail)
{
	struct stat info;
	int fd;

	fd = tail->path ? open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
			: -1;
	if (fd < 0)
		return forget(tail);
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode)) {
		close(fd);
		return forget(tail);
	}
	tail->size = info.st_size;
	if (tail->follow || tail->end > tail->size)
		tail->end = tail->size;
	if (unchanged(tail, &info)) {
		close(fd);
		return false;
	}
	load(tail, fd, tail->end);
	close(fd);
	split(tail, tail->end <= TAIL_WINDOW);
	tail->seen_end = tail->end;
	tail->seen_inode = info.st_ino;
	tail->seen_mtime = (int64_t)info.st_mtim.tv_sec * 1000000000 +
			   info.st_mtim.tv_nsec;
	return true;
}

static void up(struct tail *tail)
{
	if (tail->count < 2)
		return;
	tail->end -= tail->window + tail->length -
		     tail->lines[tail->count - 1].bytes;
	tail->follow = false;
	tail_read(tail);
}

/* The next line ends behind the first newline after `end`. */
static void down(struct tail *tail)
{
	char block[4096];
	int64_t at = tail->end;
	ssize_t got;
	int fd = open(tail->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	while ((got = pread(fd, block, sizeof(block), at)) > 0) {
		const char *newline = memchr(block, '\n', (size_t)got);

		at += newline ? newline + 1 - block : got;
		if (newline || at - tail->end >= TAIL_WINDOW)
			break;
	}
	close(fd);
	tail->end = at;
	tail_read(tail);
	if (tail->end >= tail->size)
		tail->follow = true;
}

void tail_scroll(struct tail *tail, int lines)
{
	if (!tail->path)
		return;
	for (; lines < 0; lines++)
		up(tail);
	for (; lines > 0 && !tail->follow; lines--)
		down(tail);
}

void tail_follow(struct tail *tail)
{
	tail->follow = true;
	tail_read(tail);
}

void tail_start(struct tail *tail, int rows)
{
	if (!tail->path || rows < 1)
		return;
	tail->follow = false;
	tail->end = tail->size < TAIL_WINDOW ? tail->size : TAIL_WINDOW;
	tail_read(tail);
	if (tail->count <= (size_t)rows) {
		tail->follow = tail->end >= tail->size;
		return;
	}
	tail->end = tail->lines[rows].bytes - tail->window;
	tail_read(tail);
}
