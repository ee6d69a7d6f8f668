/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

#define TEXT_MAX 400

struct lease {
	int fd;
	bool after_cut;
	bool unlocked;
	char before[TEXT_MAX]; /* the file's text as it was found, and now */
	char own[TEXT_MAX];
};

static struct flock whole_file(short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET };
}

static void read_text(int fd, char text[TEXT_MAX])
{
	ssize_t length = pread(fd, text, TEXT_MAX - 1, 0);

	text[length > 0 ? length : 0] = '\0';
}

/* The holder's "PID HOST BOOT", as far as the file tells. */
static void read_holder(int fd, int *pid, char *host, int size, char boot[64])
{
	char text[TEXT_MAX], name[256];

	*pid = 0;
	*boot = '\0';
	str_copy(host, (size_t)size, "an unknown host");
	read_text(fd, text);
	if (sscanf(text, "%d %255s %63s", pid, name, boot) >= 2)
		str_copy(host, (size_t)size, name);
}

/* Of this start of this machine; "" where that is not known. */
static void read_boot(char boot[64])
{
	char *text = io_text(BOOT_ID, 0);

	str_copy(boot, 64, text);
	boot[strcspn(boot, " \n")] = '\0';
	free(text);
}

/* Of another start than this one, as far as both are known. */
static bool was_cut(int fd)
{
	char host[256], before[64], now[64];
	int pid;

	read_holder(fd, &pid, host, sizeof(host), before);
	read_boot(now);
	return *before && *now && !str_equal(before, now);
}

static int write_text(int fd, const char *text)
{
	size_t length = strlen(text);

	return ftruncate(fd, 0) < 0 ||
			       pwrite(fd, text, length, 0) != (ssize_t)length
		       ? -1
		       : 0;
}

static int write_holder(struct lease *lease, const char *path,
			struct error *err)
{
	char host[256] = "localhost", boot[64];

	gethostname(host, sizeof(host) - 1);
	read_boot(boot);
	snprintf(lease->own, sizeof(lease->own), "%d %s %s\n", getpid(), host,
		 boot);
	if (write_text(lease->fd, lease->own) < 0)
		return error_errno(err, "cannot write '%s'", path);
	return 0;
}

int lease_take(const char *path, struct lease **out, struct error *err)
{
	struct flock lock = whole_file(F_WRLCK);
	struct lease *lease;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char host[256], boot[64];
	int pid;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES) {
			read_holder(fd, &pid, host, sizeof(host), boot);
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
	lease = xcalloc(1, sizeof(*lease));
	lease->fd = fd;
	lease->after_cut = was_cut(fd);
	read_text(fd, lease->before);
	if (write_holder(lease, path, err) < 0) {
		close(fd);
		free(lease);
		return -1;
	}
	*out = lease;
	return 0;
}

bool lease_after_cut(const struct lease *lease)
{
	return lease->after_cut;
}

void lease_unlock(struct lease *lease)
{
	struct flock lock = whole_file(F_UNLCK);

	lease->unlocked = fcntl(lease->fd, F_OFD_SETLK, &lock) == 0;
}

/* Is the name still this one's to change? */
static bool is_own(struct lease *lease)
{
	struct flock lock = whole_file(F_WRLCK);
	char text[TEXT_MAX];

	if (lease->unlocked && fcntl(lease->fd, F_OFD_SETLK, &lock) < 0)
		return false;
	read_text(lease->fd, text);
	return str_equal(text, lease->own);
}

/* A text that cannot be written tells of a cut that may have been none. */
static void end(struct lease *lease, const char *text)
{
	if (is_own(lease))
		write_text(lease->fd, text);
	close(lease->fd);
	free(lease);
}

void lease_give_back(struct lease *lease)
{
	if (lease)
		end(lease, "");
}

void lease_leave(struct lease *lease)
{
	end(lease, lease->after_cut ? lease->before : lease->own);
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
	char boot[64];
	bool held;

	if (fd < 0)
		return false;
	held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	if (held)
		read_holder(fd, pid, host, size, boot);
	close(fd);
	return held;
}
