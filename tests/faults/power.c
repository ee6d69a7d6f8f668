/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Put before the C library (LD_PRELOAD), this keeps a copy of what a program
 * has the disk take: in the folder FAULTS_POWER a file for each sync of a file,
 * 0, 1, 2 ..., and in `log` a line for each, with its number and path, and one
 * for each folder, with the number -1, its path and the names in it.  So what a
 * power cut leaves at any moment can be put together afterwards.
 *
 * A sync of a whole file system has the number -2, and the path of the folder
 * that it was asked for by; where FAULTS_POWER_FULL is set it fails.
 *
 * What that program starts is not watched.
 */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int count;

__attribute__((constructor)) static void watch_this_one_only(void)
{
	unsetenv("LD_PRELOAD");
}

static void keep(const char *folder, int number, const char *path)
{
	char name[PATH_MAX], block[65536];
	int from = open(path, O_RDONLY | O_CLOEXEC), to;
	ssize_t length;

	snprintf(name, sizeof(name), "%s/%d", folder, number);
	to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	while (from >= 0 && to >= 0 &&
	       (length = read(from, block, sizeof(block))) > 0)
		if (write(to, block, (size_t)length) != length)
			abort();
	if (from < 0 || to < 0)
		abort();
	close(from);
	close(to);
}

static void list(FILE *log, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *item;

	fprintf(log, "-1\t%s", path);
	while (dir && (item = readdir(dir)))
		fprintf(log, "\t%s", item->d_name);
	fputc('\n', log);
	if (dir)
		closedir(dir);
}

static void note(int fd, bool around)
{
	const char *folder = getenv("FAULTS_POWER");
	char link[64], path[PATH_MAX], name[PATH_MAX];
	struct stat st;
	ssize_t length;
	FILE *log;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (!folder || length <= 0 || fstat(fd, &st) < 0 || !st.st_nlink)
		return;
	path[length] = '\0';
	pthread_mutex_lock(&turn);
	snprintf(name, sizeof(name), "%s/log", folder);
	log = fopen(name, "ae");
	if (log && around) {
		fprintf(log, "-2\t%s\n", path);
	} else if (log && S_ISREG(st.st_mode)) {
		keep(folder, count, path);
		fprintf(log, "%d\t%s\n", count++, path);
	} else if (log && S_ISDIR(st.st_mode)) {
		list(log, path);
	}
	if (!log || fclose(log) != 0)
		abort();
	pthread_mutex_unlock(&turn);
}

static int take(const char *name, int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int ret = real(fd);

	if (ret == 0)
		note(fd, false);
	return ret;
}

int syncfs(int fd)
{
	note(fd, true);
	errno = EIO;
	return getenv("FAULTS_POWER_FULL") ? -1 : 0;
}

int fsync(int fd)
{
	return take("fsync", fd);
}

int fdatasync(int fd)
{
	return take("fdatasync", fd);
}
