/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"

struct lease {
	int fd;
};

static struct flock whole_file(short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET };
}

/* The holder's "PID HOST", as far as the file tells. */
static void read_holder(int fd, int *pid, char *host, int size)
{
	char text[300], name[256];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	*pid = 0;
	str_copy(host, (size_t)size, "an unknown host");
	if (length <= 0)
		return;
	text[length] = '\0';
	if (sscanf(text, "%d %255s", pid, name) == 2)
		str_copy(host, (size_t)size, name);
}

static int write_holder(int fd, const char *path, struct error *err)
{
	char host[256] = "localhost", text[300];
	int length;

	gethostname(host, sizeof(host) - 1);
	length = snprintf(text, sizeof(text), "%d %s\n", getpid(), host);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)length, 0) < 0)
		return error_errno(err, "cannot write '%s'", path);
	return 0;
}

int lease_take(const char *path, struct lease **out, struct error *err)
{
	struct flock lock = whole_file(F_WRLCK);
	struct lease *lease;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char host[256];
	int pid;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES) {
			read_holder(fd, &pid, host, sizeof(host));
			error_set(err, ERROR_BUSY,
				  "process %d on %s is this session's engine "
				  "already",
				  pid, host);
		} else {
			error_errno(err, "cannot lock '%s'", path);
		}
		close(fd);
		return -1;
	}
	if (write_holder(fd, path, err) < 0) {
		close(fd);
		return -1;
	}
	lease = xmalloc(sizeof(*lease));
	lease->fd = fd;
	*out = lease;
	return 0;
}

void lease_give_back(struct lease *lease)
{
	if (!lease)
		return;
	if (ftruncate(lease->fd, 0) < 0) {
		/* the text is a courtesy; the lock itself goes with close */
	}
	close(lease->fd);
	free(lease);
}

bool lease_is_good(const struct lease *lease, const char *path)
{
	struct stat mine, named;

	return fstat(lease->fd, &mine) == 0 && stat(path, &named) == 0 &&
	       mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

bool lease_is_held(const char *path, int *pid, char *host, int size)
{
	struct flock lock = whole_file(F_WRLCK);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	bool held;

	if (fd < 0)
		return false;
	held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	if (held)
		read_holder(fd, pid, host, size);
	close(fd);
	return held;
}
