/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"

int record_open(struct record *record, const char *path, bool anew,
		struct error *err)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
	int fd = open(path, flags | (anew ? O_TRUNC : O_APPEND), 0600);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	record->fd = fd;
	record->path = xstrdup(path);
	return 0;
}

int record_write(struct record *record, const char *bytes, size_t length,
		 struct error *err)
{
	while (length > 0) {
		ssize_t written = write(record->fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return error_errno(err, "cannot write '%s'",
					   record->path);
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

void record_close(struct record *record)
{
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
	free(record->path);
	record->path = NULL;
}
