/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Put before the C library (LD_PRELOAD), this moves a program's clocks on by
 * what stands in the file FAULTS_CLOCK, at any time: three numbers of 8 bytes,
 * nanoseconds for the wall clock, the time since the start of the machine less
 * its sleep, and the same with it.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { WALL, RUNNING, ALL, CLOCKS };

#define SECOND 1000000000

static const volatile int64_t *shifts(void)
{
	static const int64_t none[CLOCKS];
	static const volatile int64_t *found;
	const char *path = getenv("FAULTS_CLOCK");
	void *map;
	int fd;

	if (found)
		return found;
	found = none;
	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return found;
	map = mmap(NULL, sizeof(none), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		found = map;
	return found;
}

static int64_t shift_of(clockid_t clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return shifts()[WALL];
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
		return shifts()[RUNNING];
	case CLOCK_BOOTTIME:
		return shifts()[ALL];
	default:
		return 0;
	}
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int64_t at, shift = shift_of(clock);

	if (!real)
		*(void **)(void *)&real = dlsym(RTLD_NEXT, "clock_gettime");
	if (real(clock, now) < 0)
		return -1;
	at = (int64_t)now->tv_sec * SECOND + now->tv_nsec + shift;
	now->tv_sec = at / SECOND;
	now->tv_nsec = at % SECOND;
	return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec exact;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &exact);
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
