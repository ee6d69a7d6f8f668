/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool str_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t length = text ? strlen(text) : 0, tail = strlen(suffix);

	return text && tail <= length &&
	       strcmp(text + length - tail, suffix) == 0;
}

bool str_empty(const char *text)
{
	return !text || !*text;
}

bool str_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
	char *end;
	long long value;

	if (str_empty(text) || !strchr("-0123456789", *text))
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || *end || end == text || value < low || value > high)
		return false;
	*out = value;
	return true;
}

bool str_hex(const char *text)
{
	return !str_empty(text) &&
	       strspn(text, "0123456789abcdef") == strlen(text);
}

char *str_copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
	return out;
}

char *str_list(char *out, size_t size, const char *word)
{
	size_t used = strlen(out);

	snprintf(out + used, size - used, "%s%s", used ? ", " : "", word);
	return out;
}

char *str_duration(char *out, int64_t ms)
{
	int64_t seconds = ms < 0 ? 0 : ms / 1000;

	if (seconds >= 3600)
		snprintf(out, 24, "%" PRId64 ":%02d:%02d", seconds / 3600,
			 (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		snprintf(out, 24, "%d:%02d", (int)(seconds / 60),
			 (int)(seconds % 60));
	return out;
}

char *str_size(char *out, int64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double size = (double)bytes / 1000;
	int unit = 0;

	if (bytes < 1000) {
		snprintf(out, 24, "%d bytes", (int)bytes);
		return out;
	}
	for (; size >= 999.95 && unit < 3; unit++)
		size /= 1000;
	snprintf(out, 24, "%.1f %s", size, units[unit]);
	return out;
}
