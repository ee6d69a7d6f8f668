/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/release.h"

#include <stddef.h>

/* Digits of one part of a version; more is no version. */
#define DIGITS_MAX 6

/* The number at *text, which moves behind it; -1 when there is none. */
static int number(const char **text)
{
	int value = 0, digits = 0;

	while (**text >= '0' && **text <= '9') {
		if (++digits > DIGITS_MAX)
			return -1;
		value = value * 10 + (**text - '0');
		(*text)++;
	}
	return digits ? value : -1;
}

bool release_parse(struct release *release, const char *tag)
{
	struct release found = { 0, 0, 0 };

	if (*tag++ != 'v')
		return false;
	found.major = number(&tag);
	if (found.major < 0 || *tag++ != '.')
		return false;
	found.minor = number(&tag);
	if (found.minor < 0)
		return false;
	if (*tag == '.') {
		tag++;
		found.sub = number(&tag);
		if (found.sub < 0)
			return false;
	}
	if (*tag)
		return false;
	*release = found;
	return true;
}

int release_compare(const void *a, const void *b)
{
	const struct release *one = a, *two = b;

	if (one->major != two->major)
		return one->major > two->major ? -1 : 1;
	if (one->minor != two->minor)
		return one->minor > two->minor ? -1 : 1;
	if (one->sub != two->sub)
		return one->sub > two->sub ? -1 : 1;
	return 0;
}

/*
 * The releases of a stable branch that come before its first vX.Y: the
 * newest two, and the middle one of a long branch.
 */
static bool pick_sub(int index, int count)
{
	return index < 2 || (count > 5 && index == count / 2);
}

/* Of the vX.Y: each, then every second, then every third; and the oldest. */
static bool pick_main(int index, int count)
{
	int step = index < 3 ? 1 : index < 11 ? 2 : 3;

	return index % step == 0 || index == count - 1;
}

int release_pick(const struct release *releases, int count, int *picked)
{
	int subs = 0, mains = 0, index = 0, used = 0;

	while (subs < count && releases[subs].sub)
		subs++;
	for (int i = subs; i < count; i++)
		mains += !releases[i].sub;

	for (int i = 0; i < subs; i++)
		if (pick_sub(i, subs))
			picked[used++] = i;
	for (int i = subs; i < count; i++)
		if (!releases[i].sub && pick_main(index++, mains))
			picked[used++] = i;
	return used;
}
