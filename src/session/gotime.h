/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GOTIME_H
#define SESSION_GOTIME_H

/* Times as Go's own formatting prints them, in milliseconds.  Pure. */

#include <stdint.h>

/* "2023-03-01 22:20:02.119937709 +0000 UTC ...", since 1970; 0: it is none. */
int64_t gotime_read(const char *text);

/* "6h23m37.68s", "42m25.2s", "850ms"; -1: it is none. */
int64_t gotime_duration(const char *text);

#endif
