/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/hits.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tui/logfile.h"
#include "tui/match.h"

void hits_release(struct hits *hits)
{
	match_free(hits->match);
	free(hits->wanted);
	free(hits->counts);
	free(hits->lines);
	free(hits->text);
	memset(hits, 0, sizeof(*hits));
}

int hits_begin(struct hits *hits, struct logfile *file, const char *pattern,
	       struct error *err)
{
	struct match *match;

	if (match_new(pattern, &match, err) < 0)
		return -1;
	hits_release(hits);
	hits->file = file;
	hits->match = match;
	hits->wanted = xstrdup(pattern);
	hits->block = -1;
	hits->generation = file->generation;
	hits_refresh(hits);
	return 0;
}

static void forget_from(struct hits *hits, size_t block)
{
	for (size_t i = block; i < hits->count; i++) {
		if (hits->counts[i] < 0)
			continue;
		hits->total -= hits->counts[i];
		hits->counts[i] = -1;
		hits->unknown++;
	}
	if (hits->next > block)
		hits->next = block;
	if (hits->block >= (int64_t)block)
		hits->block = -1;
}

void hits_refresh(struct hits *hits)
{
	const struct logfile *file = hits->file;
	size_t blocks;

	if (!hits->match)
		return;
	if (hits->generation != file->generation || hits->size > file->size) {
		hits->generation = file->generation;
		hits->count = hits->unknown = hits->next = 0;
		hits->total = hits->size = 0;
		hits->block = -1;
	}
	if (hits->size == file->size)
		return;
	/* a line that goes on may have begun in the block before the last */
	blocks = (size_t)(hits->size / file->step);
	forget_from(hits, blocks > 1 ? blocks - 1 : 0);
	blocks = (size_t)((file->size + file->step - 1) / file->step);
	array_grow(hits->counts, blocks, &hits->room);
	while (hits->count < blocks) {
		hits->counts[hits->count++] = -1;
		hits->unknown++;
	}
	hits->size = file->size;
}

/*
 * A block.
 */

/* The lines that begin in the block: from the first to the end of the last. */
static size_t load(struct hits *hits, int64_t block, int64_t *from)
{
	struct logfile *file = hits->file;
	int64_t begin = block * file->step, end = begin + file->step;
	struct logfile_line line;

	if (end > file->size)
		end = file->size;
	*from = logfile_start(file, begin);
	if (*from < begin) {
		if (!logfile_line(file, *from, &line) || line.end >= end)
			return 0;
		*from = line.end;
	}
	if (!logfile_line(file, logfile_start(file, end - 1), &line))
		return 0;
	if ((size_t)(line.end - *from) > hits->text_room) {
		hits->text_room = (size_t)(line.end - *from);
		free(hits->text);
		hits->text = xmalloc(hits->text_room);
	}
	return logfile_read(file, *from, line.end, hits->text);
}

static void add_line(struct hits *hits, int64_t line)
{
	array_grow(hits->lines, hits->line_count + 1, &hits->line_room);
	hits->lines[hits->line_count++] = line;
}

/* Where the line ends that this byte is in, without its newline. */
static size_t end_of_line(const char *text, size_t length, size_t at)
{
	const char *newline = memchr(text + at, '\n', length - at);

	return newline ? (size_t)(newline - text) : length;
}

static size_t begin_of_line(const char *text, size_t at)
{
	const char *newline = memrchr(text, '\n', at);

	return newline ? (size_t)(newline - text) + 1 : 0;
}

/*
 * What goes on in the next line has to be in one of them; and between a
 * carriage return and its newline there is nothing.
 */
static bool matches_alone(struct hits *hits, const char *line, size_t length)
{
	struct match_span span;

	while (length && line[length - 1] == '\r')
		length--;
	return match_find(hits->match, line, length, 0, &span);
}

static void find_lines(struct hits *hits, const char *text, size_t length,
		       int64_t from)
{
	struct match_span span;
	size_t at = 0;

	while (at < length &&
	       match_find(hits->match, text, length, at, &span) &&
	       span.start < length) {
		size_t begin = begin_of_line(text, span.start);
		size_t end = end_of_line(text, length, span.start);

		if ((span.end <= end && span.start < span.end) ||
		    matches_alone(hits, text + begin, end - begin))
			add_line(hits, from + (int64_t)begin);
		at = end + 1;
	}
}

static void look_at(struct hits *hits, int64_t block)
{
	int64_t from;
	size_t length;
	int *count = &hits->counts[block];

	if (hits->block == block && *count >= 0)
		return;
	hits->line_count = 0;
	length = load(hits, block, &from);
	find_lines(hits, hits->text, length, from);
	hits->block = block;
	hits->gave_up |= match_gave_up(hits->match);
	if (*count < 0)
		hits->unknown--;
	else
		hits->total -= *count;
	*count = (int)hits->line_count;
	hits->total += *count;
}

bool hits_work(struct hits *hits, int64_t bytes)
{
	if (!hits->match || hits->gave_up)
		return false;
	for (; hits->next < hits->count && bytes > 0; hits->next++) {
		if (hits->counts[hits->next] >= 0)
			continue;
		look_at(hits, (int64_t)hits->next);
		bytes -= hits->file->step;
	}
	return hits->unknown > 0;
}

/*
 * Going from one to the next.
 */

/* A block that has any, and which they are; *bytes pays for looking. */
static bool has_any(struct hits *hits, int64_t block, int64_t *bytes)
{
	if (hits->counts[block] == 0)
		return false;
	if (hits->block != block)
		*bytes -= hits->file->step;
	look_at(hits, block);
	return hits->line_count > 0;
}

enum hits_answer hits_next(struct hits *hits, int64_t *at, int64_t *bytes)
{
	int64_t step = hits->file->step;

	for (int64_t block = *at / step; block < (int64_t)hits->count;
	     block++) {
		if (hits->gave_up)
			return HITS_NONE;
		if (*bytes <= 0 && hits->block != block) {
			if (block > *at / step)
				*at = block * step;
			return HITS_BUSY;
		}
		if (!has_any(hits, block, bytes))
			continue;
		for (size_t i = 0; i < hits->line_count; i++) {
			if (hits->lines[i] < *at)
				continue;
			*at = hits->lines[i];
			return HITS_FOUND;
		}
	}
	return HITS_NONE;
}

enum hits_answer hits_previous(struct hits *hits, int64_t *at, int64_t *bytes)
{
	int64_t step = hits->file->step;
	int64_t last = *at > hits->size ? hits->size : *at;

	for (int64_t block = (last - 1) / step; last > 0 && block >= 0;
	     block--) {
		if (hits->gave_up)
			return HITS_NONE;
		if (*bytes <= 0 && hits->block != block) {
			if ((block + 1) * step < *at)
				*at = (block + 1) * step;
			return HITS_BUSY;
		}
		if (!has_any(hits, block, bytes))
			continue;
		for (size_t i = hits->line_count; i-- > 0;) {
			if (hits->lines[i] >= *at)
				continue;
			*at = hits->lines[i];
			return HITS_FOUND;
		}
	}
	return HITS_NONE;
}

bool hits_before(struct hits *hits, int64_t line, int64_t *count)
{
	int64_t block = line / hits->file->step, sum = 0;

	if (block >= (int64_t)hits->count)
		return false;
	for (int64_t i = 0; i < block; i++) {
		if (hits->counts[i] < 0)
			return false;
		sum += hits->counts[i];
	}
	look_at(hits, block);
	for (size_t i = 0; i < hits->line_count && hits->lines[i] < line; i++)
		sum++;
	*count = sum;
	return true;
}
