/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "tui/quiet.h"

/*
 * Phases.
 */

static const char *phase_name(enum log_kind kind)
{
	switch (kind) {
	case LOG_BEGIN:
		return "once more";
	case LOG_KERNEL:
		return "boot";
	case LOG_UP:
		return "copy";
	case LOG_TEST:
		return "test";
	case LOG_CRASH:
		return "crash";
	case LOG_HEAD:
	case LOG_POINT:
	case LOG_END:
	case LOG_KIND_COUNT:
		break;
	}
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct log_record *first = a, *second = b;

	if (first->offset != second->offset)
		return first->offset < second->offset ? -1 : 1;
	return (first->kind > second->kind) - (first->kind < second->kind);
}

/* Of those at one place the last counts. */
static void add_phase(struct logview *view, int64_t start, const char *name,
		      int64_t at_ms)
{
	struct phase *last =
		view->phase_count ? &view->phases[view->phase_count - 1] : NULL;

	if (last && last->start == start) {
		last->name = name;
		last->at_ms = at_ms;
	} else if (view->phase_count < LOGVIEW_PHASES) {
		view->phases[view->phase_count++] =
			(struct phase){ start, name, at_ms, false };
	}
}

/* What is before the first mark: a guest has firmware first. */
static const char *first_name(const struct log_record *marks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (marks[i].kind == LOG_KERNEL)
			return "firmware";
		if (marks[i].kind == LOG_UP || marks[i].kind == LOG_TEST)
			return "boot";
		if (marks[i].kind == LOG_BEGIN)
			return "first time";
	}
	return "test";
}

static void make_phases(struct logview *view)
{
	const struct log_index *index = &view->file.index;
	struct log_record *marks =
		xreallocarray(NULL, index->mark_count + 1, sizeof(*marks));
	bool crashed = false;

	for (size_t i = 0; i < index->mark_count; i++)
		marks[i] = index->marks[i];
	qsort(marks, index->mark_count, sizeof(*marks), by_offset);
	view->phase_count = 0;
	add_phase(view, 0, first_name(marks, index->mark_count), 0);
	for (size_t i = 0; i < index->mark_count; i++) {
		const char *name = phase_name(marks[i].kind);

		/* what follows the first crash is all of it */
		if (!name || crashed)
			continue;
		crashed = marks[i].kind == LOG_CRASH;
		add_phase(view, logfile_start(&view->file, marks[i].offset),
			  name, marks[i].value);
	}
	if (view->phase_count < 2)
		view->phase_count = 0;
	free(marks);
}

/* Those that were folded stay so; what is over when it is opened is folded. */
void logview_update_phases(struct logview *view)
{
	const struct logfile *file = &view->file;
	struct phase before[LOGVIEW_PHASES];
	int count = view->phase_count;

	if (view->phase_marks == file->index.mark_count &&
	    view->phase_generation == file->generation)
		return;
	if (view->phase_generation != file->generation)
		count = 0;
	memcpy(before, view->phases, sizeof(before));
	make_phases(view);
	view->phase_marks = file->index.mark_count;
	view->phase_generation = file->generation;
	for (int i = 0; i < view->phase_count; i++) {
		struct phase *phase = &view->phases[i];

		phase->folded = count == 0 && i + 1 < view->phase_count &&
				!str_equal(phase->name, "test");
		for (int j = 0; j < count; j++)
			if (before[j].start == phase->start)
				phase->folded = before[j].folded;
	}
}

int logview_phase_of(const struct logview *view, int64_t offset)
{
	int phase = view->phase_count - 1;

	if (view->filter.match)
		return -1;
	while (phase > 0 && view->phases[phase].start > offset)
		phase--;
	return phase;
}

bool logview_starts_phase(const struct logview *view, int64_t offset)
{
	int phase = logview_phase_of(view, offset);

	return phase >= 0 && view->phases[phase].start == offset;
}

static bool is_folded(const struct logview *view, int64_t offset)
{
	int phase = logview_phase_of(view, offset);

	return phase >= 0 && view->phases[phase].folded;
}

/*
 * From row to row.
 */

static bool is_quiet(struct logview *view, int64_t offset)
{
	return view->warns && view->quiet && !view->filter.match &&
	       !logview_starts_phase(view, offset) &&
	       quiet_line(&view->file, offset);
}

/* Where the lines end that are folded under one mark, beginning here. */
static int64_t behind_quiet(struct logview *view, int64_t offset)
{
	struct logfile_line line;

	while (is_quiet(view, offset) &&
	       logfile_line(&view->file, offset, &line)) {
		offset = line.end;
		if (logview_starts_phase(view, offset))
			break;
	}
	return offset;
}

/* And where they begin, that this one is among. */
static int64_t before_quiet(struct logview *view, int64_t offset)
{
	while (offset > 0 && !logview_starts_phase(view, offset)) {
		int64_t before = logfile_start(&view->file, offset - 1);

		if (!is_quiet(view, before))
			break;
		offset = before;
	}
	return offset;
}

/* What stands at the beginning of a line: the mark of a phase, of lines that
   only warn, or that line. */
static struct spot spot_at(struct logview *view, int64_t offset)
{
	return (struct spot){ offset, logview_starts_phase(view, offset) ||
					      is_quiet(view, offset) };
}

static bool next_hit(struct logview *view, struct spot *spot)
{
	int64_t offset = spot->offset + 1, budget = view->slice;

	if (hits_next(&view->filter, &offset, &budget) != HITS_FOUND)
		return false;
	*spot = (struct spot){ offset, false };
	return true;
}

/* From the mark of a phase. */
static bool next_of_phase(struct logview *view, struct spot *spot)
{
	int phase = logview_phase_of(view, spot->offset);

	if (!view->phases[phase].folded) {
		spot->mark = false;
		return spot->offset < view->file.size;
	}
	if (phase + 1 >= view->phase_count)
		return false;
	*spot = (struct spot){ view->phases[phase + 1].start, true };
	return true;
}

bool logview_next(struct logview *view, struct spot *spot)
{
	struct logfile_line line;
	int64_t end;

	if (view->filter.match)
		return next_hit(view, spot);
	if (spot->mark && logview_starts_phase(view, spot->offset))
		return next_of_phase(view, spot);
	if (spot->mark)
		end = behind_quiet(view, spot->offset);
	else if (logfile_line(&view->file, spot->offset, &line))
		end = line.end;
	else
		return false;
	if (end == spot->offset ||
	    (end >= view->file.size && !logview_starts_phase(view, end)))
		return false;
	*spot = spot_at(view, end);
	return true;
}

/* The line, or the mark that it is folded under. */
struct spot logview_shown_at(struct logview *view, int64_t offset)
{
	if (is_folded(view, offset))
		return (struct spot){
			view->phases[logview_phase_of(view, offset)].start, true
		};
	if (is_quiet(view, offset))
		return (struct spot){ before_quiet(view, offset), true };
	return (struct spot){ offset, false };
}

bool logview_previous(struct logview *view, struct spot *spot)
{
	int64_t offset = spot->offset, budget = view->slice;

	if (view->filter.match) {
		if (hits_previous(&view->filter, &offset, &budget) !=
		    HITS_FOUND)
			return false;
		*spot = (struct spot){ offset, false };
		return true;
	}
	if (!spot->mark && logview_starts_phase(view, offset)) {
		spot->mark = true;
		return true;
	}
	if (offset <= 0)
		return false;
	*spot = logview_shown_at(view, logfile_start(&view->file, offset - 1));
	return true;
}

struct spot logview_first(struct logview *view)
{
	int64_t offset = 0, budget = view->slice;

	if (view->filter.match &&
	    hits_next(&view->filter, &offset, &budget) != HITS_FOUND)
		offset = view->file.size;
	return view->filter.match ? (struct spot){ offset, false }
				  : spot_at(view, 0);
}

struct spot logview_last(struct logview *view)
{
	int64_t end = view->file.size, budget = view->slice;

	if (view->filter.match) {
		if (hits_previous(&view->filter, &end, &budget) != HITS_FOUND)
			end = view->file.size;
		return (struct spot){ end, false };
	}
	if (end > 0 && logview_starts_phase(view, end))
		return (struct spot){ end, true };
	return logview_shown_at(
		view, end > 0 ? logfile_start(&view->file, end - 1) : 0);
}

/*
 * Folding.
 */

/* All of them, at one that is chosen; false: none is. */
static bool fold_warnings(struct logview *view, struct spot at)
{
	if (!view->warns || logview_starts_phase(view, at.offset) ||
	    !quiet_line(&view->file, at.offset))
		return false;
	view->quiet = !view->quiet;
	logview_pause(view, logview_shown_at(view, at.offset));
	return true;
}

/* Of the chosen row, or (all) of all that are over. */
void logview_fold(struct logview *view, bool all)
{
	struct spot at = view->follow ? logview_last(view) : view->at;
	int phase = logview_phase_of(view, at.offset);
	bool any = false;

	if (!all && fold_warnings(view, at))
		return;
	if (phase < 0) {
		logview_say(view, "nothing here can be folded");
		return;
	}
	for (int i = 0; i + 1 < view->phase_count; i++)
		any |= !view->phases[i].folded;
	for (int i = 0; all && i + 1 < view->phase_count; i++)
		view->phases[i].folded = any;
	if (!all)
		view->phases[phase].folded = !view->phases[phase].folded;
	if (is_folded(view, at.offset))
		logview_pause(view, logview_shown_at(view, at.offset));
}

void logview_unfold(struct logview *view, int64_t offset)
{
	int phase = logview_phase_of(view, offset);

	if (phase >= 0)
		view->phases[phase].folded = false;
	if (is_quiet(view, offset))
		view->quiet = false;
}
