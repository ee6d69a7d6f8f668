/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_RELEASE_H
#define ENGINE_RELEASE_H

/*
 * Which releases to try, newest first, when bad is known and good is not.
 *
 * Pure text and numbers: the caller brings the tags that are merged into the
 * bad commit.  Rule: syzkaller's pickReleaseTags (pkg/bisect/bisect.go, 2026)
 * over tags ordered as (major, minor, sub); release candidates do not count.
 */

#include <stdbool.h>

struct release {
	int major, minor, sub; /* sub is 0 for vX.Y */
};

/* vX.Y or vX.Y.Z and nothing behind it; false for anything else, -rc too. */
bool release_parse(struct release *release, const char *tag);

/* Newest first, for qsort over struct release. */
int release_compare(const void *a, const void *b);

/*
 * From releases sorted newest first, choose which to test.  picked receives
 * at most count indexes, newest first; returns how many.
 */
int release_pick(const struct release *releases, int count, int *picked);

#endif
