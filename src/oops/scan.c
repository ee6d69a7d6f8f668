/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "oops/report.h"
#include "oops/words.h"

/*
 *	bytes:	|....before....|oops line|....after....|part of a line|
 *		base	       open[0]	 |	       line	      end
 *
 * Bytes are kept from SCAN_BEFORE before the first open oops on, or before
 * the present line when none is open; in between they are let go in large
 * pieces, so that most bytes are moved at most once.
 */
enum { SLACK = 256 * 1024, OPEN_MAX = 256 };

struct open {
	uint64_t start, skip;
};

struct scan {
	const struct rules *rules;
	size_t most;
	char *bytes;
	size_t length, room;
	uint64_t base;	 /* of bytes, in the console */
	size_t line;	 /* where the present line begins, in bytes */
	size_t searched; /* no newline stands before this */
	struct open open[OPEN_MAX];
	size_t open_count;
	enum { NONE, SEEN, OPENED } fresh; /* the last line, an oops? */
	uint64_t last_end, end_before;	   /* of the last and the one before */
	bool crashed, panicked, broken, suppressed, ended;
	struct report *reports;
	size_t count, reports_room;
};

struct scan *scan_new(const struct rules *rules, size_t most)
{
	struct scan *scan = xcalloc(1, sizeof(*scan));

	scan->rules = rules;
	scan->most = most;
	return scan;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	for (size_t i = 0; i < scan->count; i++)
		report_release(&scan->reports[i]);
	free(scan->reports);
	free(scan->bytes);
	free(scan);
}

/* What the whole console says about each of its reports. */
static void tell(const struct scan *scan, struct report *report)
{
	report->end = scan->last_end;
	report->panicked = scan->panicked;
	report->suppressed = scan->suppressed;
	if (scan->broken && !report->corrupted) {
		report->corrupted = true;
		report->why = "the console was cut off";
	}
}

/* The first whole line among the SCAN_BEFORE bytes before an oops. */
static size_t first_line(const struct scan *scan, size_t start)
{
	const char *newline;
	size_t first;

	if (scan->base + start <= SCAN_BEFORE)
		return 0;
	first = start - SCAN_BEFORE;
	newline = memchr(scan->bytes + first, '\n', start - first);
	return newline ? (size_t)(newline - scan->bytes) + 1 : start;
}

static void make(const struct scan *scan, const struct open *open,
		 struct report *report)
{
	size_t start = (size_t)(open->start - scan->base);
	size_t length = scan->length - start;
	size_t first = first_line(scan, start);

	if (length > SCAN_AFTER)
		length = SCAN_AFTER;
	memset(report, 0, sizeof(*report));
	report_make(report, scan->rules, scan->bytes + first,
		    start - first + length, start - first,
		    (size_t)(open->skip - open->start));
	report->start = open->start;
	report->skip = open->skip;
	tell(scan, report);
}

static void close_first(struct scan *scan)
{
	array_grow(scan->reports, scan->count + 1, &scan->reports_room);
	make(scan, &scan->open[0], &scan->reports[scan->count++]);
	scan->open_count--;
	memmove(scan->open, scan->open + 1,
		scan->open_count * sizeof(*scan->open));
}

static void close_full(struct scan *scan)
{
	uint64_t now = scan->base + scan->line;

	while (scan->open_count && now - scan->open[0].start >= SCAN_AFTER)
		close_first(scan);
}

static void found(struct scan *scan, size_t length)
{
	scan->end_before = scan->last_end;
	scan->last_end = scan->base + scan->line + length;
	scan->crashed = true;
	scan->fresh = SEEN;
	if (scan->open_count == OPEN_MAX ||
	    scan->count + scan->open_count >= scan->most)
		return;
	scan->open[scan->open_count].start = scan->base + scan->line;
	scan->open[scan->open_count++].skip = scan->last_end;
	scan->fresh = OPENED;
}

/* A line that a console prints again when it is switched on. */
static void take_back(struct scan *scan)
{
	scan->last_end = scan->end_before;
	scan->open_count -= scan->fresh == OPENED;
	scan->crashed = scan->count || scan->open_count;
}

static void take_line(struct scan *scan, size_t length)
{
	const char *line = scan->bytes + scan->line;
	struct match match;

	if (scan->fresh != NONE &&
	    texts_in(&scan->rules->replays, line, length))
		take_back(scan);
	scan->fresh = NONE;
	if (!words_any(scan->rules->hits, line, length))
		return;
	scan->panicked |= texts_in(&scan->rules->panics, line, length);
	scan->broken |= texts_in(&scan->rules->broken, line, length);
	if (!scan->suppressed)
		scan->suppressed = patterns_find(&scan->rules->suppressed, line,
						 length, &match);
	if (rules_oops(scan->rules, line, length))
		found(scan, length);
}

/* Let go of what no report can need any more. */
static void trim(struct scan *scan)
{
	size_t keep = scan->line;

	if (scan->open_count)
		keep = (size_t)(scan->open[0].start - scan->base);
	keep = keep > SCAN_BEFORE ? keep - SCAN_BEFORE : 0;
	if (keep < SLACK)
		return;
	memmove(scan->bytes, scan->bytes + keep, scan->length - keep);
	scan->length -= keep;
	scan->line -= keep;
	scan->searched -= keep;
	scan->base += keep;
}

static void take_lines(struct scan *scan)
{
	while (scan->searched < scan->length) {
		size_t most = scan->line + SCAN_LINE, length, newline = 1;
		size_t end = scan->length < most ? scan->length : most;
		const char *found_at = memchr(scan->bytes + scan->searched,
					      '\n', end - scan->searched);

		scan->searched = end;
		if (found_at)
			length = (size_t)(found_at - scan->bytes) - scan->line;
		else if (end == most)
			length = SCAN_LINE, newline = 0;
		else
			break;
		take_line(scan, length);
		scan->line += length + newline;
		scan->searched = scan->line;
		close_full(scan);
	}
}

void scan_feed(struct scan *scan, const void *bytes, size_t length)
{
	const char *from = bytes;

	assert(!scan->ended);
	while (length) {
		size_t piece = length < SCAN_AFTER ? length : SCAN_AFTER;

		array_grow(scan->bytes, scan->length + piece, &scan->room);
		memcpy(scan->bytes + scan->length, from, piece);
		scan->length += piece;
		from += piece;
		length -= piece;
		take_lines(scan);
		trim(scan);
	}
}

void scan_end(struct scan *scan)
{
	if (scan->ended)
		return;
	scan->ended = true;
	if (scan->line < scan->length)
		take_line(scan, scan->length - scan->line);
	while (scan->open_count)
		close_first(scan);
	for (size_t i = 0; i < scan->count; i++)
		tell(scan, &scan->reports[i]);
}

bool scan_crashed(const struct scan *scan)
{
	return scan->crashed;
}

size_t scan_count(const struct scan *scan)
{
	return scan->count;
}

const struct report *scan_report(const struct scan *scan, size_t index)
{
	return index < scan->count ? &scan->reports[index] : NULL;
}

size_t scan_seen(const struct scan *scan)
{
	return scan->count + scan->open_count;
}

bool scan_look(const struct scan *scan, size_t index, struct report *report)
{
	if (index < scan->count || index >= scan_seen(scan))
		return false;
	make(scan, &scan->open[index - scan->count], report);
	return true;
}
