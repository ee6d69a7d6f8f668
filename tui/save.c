/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/save.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"

void save_ask(struct save *save, const char *name)
{
	save->asking = true;
	str_copy(save->path, sizeof(save->path), name);
}

enum save_answer save_key(struct save *save, int key)
{
	if (key == INPUT_ENTER && *save->path) {
		save->asking = false;
		return SAVE_NAMED;
	}
	if (key == INPUT_ESCAPE || key == INPUT_CTRL('c')) {
		save->asking = false;
		return SAVE_CANCELLED;
	}
	field_key(save->path, sizeof(save->path), key);
	return SAVE_ASKS;
}

void save_draw(struct grid *grid, int y, const struct save *save)
{
	const struct field field = { .label = "save as",
				     .text = save->path,
				     .hint = "a new file",
				     .focused = true };

	field_draw(grid, 1, y, grid->columns - 2, &field);
}

static char *whole_path(const char *path)
{
	const char *home = getenv("HOME");

	if (home && str_starts(path, "~/"))
		return xasprintf("%s/%s", home, path + 2);
	return xstrdup(path);
}

int save_write(const struct save *save, const char *bytes, size_t length,
	       struct error *err)
{
	char *path = whole_path(save->path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int ret = fd < 0 ? -1 : io_write(fd, bytes, length);

	if (fd >= 0 && close(fd) < 0)
		ret = -1;
	if (ret < 0) {
		error_errno(err, "cannot write '%s'", save->path);
		if (fd >= 0)
			unlink(path);
	}
	free(path);
	return ret;
}
