/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/helm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"

/*
 * "TOKEN PID WHO": the token is the byte of the file, far behind its end, that
 * the screen holds locked as long as it lives.  Byte 0 is locked while the
 * text is changed.
 */
struct helm {
	int fd; /* -1: nobody is told of us */
	int64_t token;
	char who[128];
};

#define TOKEN_MIN (INT64_C(1) << 20)

struct entry {
	int64_t token; /* 0: there is none */
	struct helm_holder holder;
};

static struct flock one_byte(short type, int64_t at)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
	};
}

static int64_t new_token(void)
{
	uint32_t number = 0;

	if (getrandom(&number, sizeof(number), 0) < 0)
		number = (uint32_t)getpid();
	return TOKEN_MIN + (number & 0x3fffffff);
}

static struct entry read_entry(const struct helm *helm)
{
	struct entry entry = { 0 };
	char text[300];
	ssize_t length = pread(helm->fd, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return entry;
	text[length] = '\0';
	if (sscanf(text, "%" SCNd64 " %d %127[^\n]", &entry.token,
		   &entry.holder.pid, entry.holder.who) != 3 ||
	    entry.token < TOKEN_MIN)
		entry.token = 0;
	return entry;
}

/* Is the screen that holds this byte still there?  Not our own. */
static bool is_there(const struct helm *helm, int64_t token)
{
	struct flock lock = one_byte(F_WRLCK, token);

	return token && fcntl(helm->fd, F_OFD_GETLK, &lock) == 0 &&
	       lock.l_type != F_UNLCK;
}

static int write_entry(const struct helm *helm)
{
	char text[300];
	int length = snprintf(text, sizeof(text), "%" PRId64 " %d %s\n",
			      helm->token, (int)getpid(), helm->who);

	if (ftruncate(helm->fd, 0) < 0 ||
	    pwrite(helm->fd, text, (size_t)length, 0) != length)
		return -1;
	return 0;
}

/* always: also from one that is there.  Whether it is ours now. */
static bool take(struct helm *helm, bool always)
{
	struct flock lock = one_byte(F_WRLCK, 0);
	struct entry entry;
	bool ours = false;

	while (fcntl(helm->fd, F_OFD_SETLKW, &lock) < 0)
		if (errno != EINTR)
			return false;
	entry = read_entry(helm);
	if (entry.token == helm->token)
		ours = true;
	else if (always || !is_there(helm, entry.token))
		ours = write_entry(helm) == 0;
	lock.l_type = F_UNLCK;
	fcntl(helm->fd, F_OFD_SETLK, &lock);
	return ours;
}

struct helm *helm_open(const char *folder, const char *who)
{
	struct helm *helm = xcalloc(1, sizeof(*helm));
	char *path = xasprintf("%s/" HELM_FILE, folder);
	struct flock lock;

	helm->token = new_token();
	str_copy(helm->who, sizeof(helm->who), who);
	helm->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(path);
	lock = one_byte(F_WRLCK, helm->token);
	if (helm->fd >= 0 && fcntl(helm->fd, F_OFD_SETLK, &lock) < 0) {
		close(helm->fd);
		helm->fd = -1;
	}
	helm_is_ours(helm);
	return helm;
}

void helm_close(struct helm *helm)
{
	if (!helm)
		return;
	if (helm->fd >= 0) {
		/* that others look, whom nobody tells of a lock */
		if (read_entry(helm).token == helm->token &&
		    ftruncate(helm->fd, 0) < 0)
			errno = 0; /* the lock goes all the same */
		close(helm->fd);
	}
	free(helm);
}

bool helm_is_ours(struct helm *helm)
{
	int64_t token;

	if (helm->fd < 0)
		return true;
	token = read_entry(helm).token;
	return token == helm->token ||
	       (!is_there(helm, token) && take(helm, false));
}

int helm_take(struct helm *helm, struct error *err)
{
	if (helm->fd < 0 || take(helm, true))
		return 0;
	return error_errno(err, "cannot write who steers the session");
}

bool helm_holder(struct helm *helm, struct helm_holder *out)
{
	struct entry entry;

	if (helm->fd < 0)
		return false;
	entry = read_entry(helm);
	if (entry.token == helm->token || !is_there(helm, entry.token))
		return false;
	*out = entry.holder;
	return true;
}
