/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

/*
 * For tests that need files: a folder of their own that leaves nothing
 * behind, children whose end is looked at, and a root that must ask for
 * permission like everybody else.
 */

#include <ftw.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

static inline int scratch_unlock(const char *path, const struct stat *st,
				 int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_D || type == FTW_DNR)
		(void)chmod(path, 0700);
	return 0;
}

static inline int scratch_remove_one(const char *path, const struct stat *st,
				     int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A new folder; the caller frees the name. */
static inline char *scratch_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/culprit.XXXXXX", tmp && *tmp ? tmp : "/tmp");

	if (!mkdtemp(path)) {
		perror(path);
		abort();
	}
	return path;
}

/* Remove the folder with all that is in it, and free the name. */
static inline void scratch_remove(char *path)
{
	nftw(path, scratch_unlock, 16, FTW_PHYS);
	nftw(path, scratch_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	free(path);
}

/* The file of this program, to start it once more; the caller frees it. */
static inline char *scratch_program(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path));

	if (length <= 0 || length == sizeof(path)) {
		perror("/proc/self/exe");
		abort();
	}
	return xstrndup(path, (size_t)length);
}

/*
 * So many milliseconds, in which a child has something to say: TEST_SLOW times
 * as many where it is set, by make check-valgrind.
 */
static inline int64_t scratch_ms(int64_t ms)
{
	const char *slow = getenv("TEST_SLOW");

	return slow && atol(slow) > 0 ? ms * atol(slow) : ms;
}

/* From now on this process minds permissions, even as root. */
static inline bool scratch_obey_permissions(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	unsigned int kept = ~(1U << CAP_DAC_OVERRIDE |
			      1U << CAP_DAC_READ_SEARCH | 1U << CAP_FOWNER);

	if (geteuid() != 0)
		return true;
	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	data[0].effective &= kept;
	data[0].permitted &= kept;
	return syscall(SYS_capset, &header, data) == 0;
}

/* Wait for a child; its exit code, or -1 when a signal ended it. */
static inline int scratch_wait(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/*
 * Run a function in a child that minds permissions.  0 is success; what the
 * function found wrong it says itself.
 */
static inline int scratch_child(int (*run)(void *data), void *data)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(scratch_obey_permissions() ? run(data) : 99);
	return child < 0 ? -1 : scratch_wait(child);
}

/* In such a child: say what did not hold, and fail. */
#define SCRATCH_CHECK(condition, err)                                     \
	do {                                                              \
		if (!(condition)) {                                       \
			fprintf(stderr, "%s:%d: %s does not hold (%s)\n", \
				__FILE__, __LINE__, #condition, (err));   \
			return 1;                                         \
		}                                                         \
	} while (0)

#endif
