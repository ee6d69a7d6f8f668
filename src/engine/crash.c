/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/crash.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"

static char **texts_copy(char *const *texts, int count)
{
	char **copy = xcalloc((size_t)count + 1, sizeof(*copy));

	for (int i = 0; i < count; i++)
		copy[i] = xstrdup(texts[i]);
	return copy;
}

static void texts_free(char **texts, int count)
{
	for (int i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

struct crash *crashes_copy(const struct crash *crashes, int count)
{
	struct crash *copy;

	if (count == 0)
		return NULL;
	copy = xcalloc((size_t)count, sizeof(*copy));
	for (int i = 0; i < count; i++) {
		copy[i] = crashes[i];
		copy[i].title = xstrdup(crashes[i].title);
		copy[i].type = xstrdup_null(crashes[i].type);
		copy[i].frame = xstrdup_null(crashes[i].frame);
		copy[i].alts = texts_copy(crashes[i].alts, copy[i].alt_count);
		copy[i].near = texts_copy(crashes[i].near, copy[i].near_count);
	}
	return copy;
}

void crash_release(struct crash *crash)
{
	free(crash->title);
	free(crash->type);
	free(crash->frame);
	texts_free(crash->alts, crash->alt_count);
	texts_free(crash->near, crash->near_count);
}

void crashes_free(struct crash *crashes, int count)
{
	for (int i = 0; i < count; i++)
		crash_release(&crashes[i]);
	free(crashes);
}

char **crash_split(const char *lines, int *count)
{
	char **texts = xcalloc(CRASH_TEXTS_MAX, sizeof(*texts));

	*count = 0;
	while (lines && *lines && *count < CRASH_TEXTS_MAX) {
		size_t length = strcspn(lines, "\n");

		if (length > 0)
			texts[(*count)++] = xstrndup(lines, length);
		lines += length + (lines[length] == '\n');
	}
	return texts;
}

char *crash_join(char *const *texts, int count)
{
	struct buf lines;
	char *text;

	if (count == 0)
		return NULL;
	buf_init(&lines, 0);
	for (int i = 0; i < count; i++)
		buf_printf(&lines, "%s%s", i ? "\n" : "", texts[i]);
	text = buf_take(&lines);
	buf_release(&lines);
	return text;
}

static bool among(char *const *texts, int count, const char *text)
{
	for (int i = 0; i < count; i++)
		if (str_equal(texts[i], text))
			return true;
	return false;
}

bool crash_known_as(const struct crash *crash, const char *title)
{
	return str_equal(crash->title, title) ||
	       among(crash->alts, crash->alt_count, title);
}

static bool share_titles(const struct crash *a, const struct crash *b)
{
	if (crash_known_as(b, a->title))
		return true;
	for (int i = 0; i < a->alt_count; i++)
		if (crash_known_as(b, a->alts[i]))
			return true;
	return false;
}

static bool has_near(const struct crash *crash, const char *frame)
{
	return !str_empty(frame) &&
	       among(crash->near, crash->near_count, frame);
}

enum crash_likeness crash_compare(const struct crash *a, const struct crash *b)
{
	if (str_equal(a->title, b->title))
		return CRASH_SAME;
	if (share_titles(a, b))
		return CRASH_ALIAS;
	if (!str_empty(a->type) && str_equal(a->type, b->type) &&
	    (has_near(b, a->frame) || has_near(a, b->frame)))
		return CRASH_FRAMES;
	return CRASH_DIFFERENT;
}
