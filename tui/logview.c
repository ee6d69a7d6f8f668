/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "tui/input.h"
#include "tui/quiet.h"

#define SLICE	 (4 * 1024 * 1024)
#define SIDEWAYS 16

void logview_init(struct logview *view, int64_t step)
{
	memset(view, 0, sizeof(*view));
	logfile_init(&view->file, step);
	view->slice = SLICE;
	view->follow = true;
	view->save_fd = -1;
}

void logview_release(struct logview *view)
{
	int64_t step = view->file.step;

	logview_save_end(view);
	hits_release(&view->search);
	hits_release(&view->filter);
	hits_release(&view->alarm);
	logfile_release(&view->file);
	logview_init(view, step);
}

void logview_say(struct logview *view, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(view->said, sizeof(view->said), format, args);
	va_end(args);
}

void logview_open(struct logview *view, const char *path)
{
	if (str_equal(view->file.path, path))
		return;
	logview_save_end(view);
	logfile_open(&view->file, path);
	view->follow = true;
	view->at = view->top = (struct spot){ 0, false };
	view->left = 0;
	view->seeking = 0;
	view->phase_count = 0;
	view->said[0] = '\0';
	logview_refresh(view);
}

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

	memcpy(marks, index->marks, index->mark_count * sizeof(*marks));
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
static void update_phases(struct logview *view)
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
static struct spot shown_at(struct logview *view, int64_t offset)
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
	*spot = shown_at(view, logfile_start(&view->file, offset - 1));
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
	return shown_at(view,
			end > 0 ? logfile_start(&view->file, end - 1) : 0);
}

/*
 * Moving.
 */

static bool is_same(struct spot a, struct spot b)
{
	return a.offset == b.offset && a.mark == b.mark;
}

static void pause_at(struct logview *view, struct spot spot)
{
	if (view->follow)
		view->left_at = view->file.size;
	view->follow = false;
	view->at = spot;
}

static void follow(struct logview *view)
{
	view->follow = true;
	view->at = logview_last(view);
}

static void go_by(struct logview *view, int rows)
{
	struct spot at = view->follow ? logview_last(view) : view->at;
	bool down = rows > 0;

	for (; rows < 0 && logview_previous(view, &at); rows++)
		;
	for (; rows > 0 && logview_next(view, &at); rows--)
		;
	if (down && is_same(at, logview_last(view)))
		follow(view);
	else if (!down)
		pause_at(view, at);
	else
		view->at = at;
}

void logview_go(struct logview *view, int64_t offset)
{
	int phase = logview_phase_of(view, offset);

	if (phase >= 0)
		view->phases[phase].folded = false;
	if (is_quiet(view, offset))
		view->quiet = false;
	pause_at(view, (struct spot){ offset, false });
	view->jumped = true;
}

/* All of them, at one that is chosen; false: none is. */
static bool fold_warnings(struct logview *view, struct spot at)
{
	if (!view->warns || logview_starts_phase(view, at.offset) ||
	    !quiet_line(&view->file, at.offset))
		return false;
	view->quiet = !view->quiet;
	pause_at(view, shown_at(view, at.offset));
	return true;
}

/* Of the chosen row, or (all) of all that are over. */
static void fold(struct logview *view, bool all)
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
		pause_at(view, shown_at(view, at.offset));
}

static void clear(struct logview *view)
{
	if (view->filter.match) {
		hits_release(&view->filter);
		logview_go(view, view->at.offset);
	} else {
		hits_release(&view->search);
	}
	view->seeking = 0;
}

/*
 * Keys.
 */

bool logview_asks(const struct logview *view)
{
	return view->asking != LOGVIEW_NOTHING;
}

static bool moving_key(struct logview *view, int key)
{
	int page = view->rows > 1 ? view->rows - 1 : 1;

	switch (key) {
	case 'j':
	case INPUT_DOWN:
		go_by(view, 1);
		return true;
	case 'k':
	case INPUT_UP:
		go_by(view, -1);
		return true;
	case INPUT_CTRL('d'):
		go_by(view, (page + 1) / 2);
		return true;
	case INPUT_CTRL('u'):
		go_by(view, -(page + 1) / 2);
		return true;
	case ' ':
	case INPUT_PAGE_DOWN:
		go_by(view, page);
		return true;
	case 'b':
	case INPUT_PAGE_UP:
		go_by(view, -page);
		return true;
	case 'g':
	case INPUT_HOME:
		pause_at(view, logview_first(view));
		return true;
	case 'G':
	case INPUT_END:
		follow(view);
		return true;
	case 'F':
		if (view->follow)
			pause_at(view, logview_last(view));
		else
			follow(view);
		return true;
	case 'l':
	case INPUT_RIGHT:
		view->left += SIDEWAYS;
		return true;
	case 'h':
	case INPUT_LEFT:
		view->left -= view->left < SIDEWAYS ? view->left : SIDEWAYS;
		return true;
	default:
		return false;
	}
}

void logview_scroll(struct logview *view, int rows)
{
	view->said[0] = '\0';
	go_by(view, rows);
}

void logview_choose(struct logview *view, int row)
{
	struct spot spot = view->top;

	view->said[0] = '\0';
	for (; row > 0 && logview_next(view, &spot); row--)
		;
	pause_at(view, spot);
	if (spot.mark)
		fold(view, false);
}

static void next_stamps(struct logview *view)
{
	static const char *const words[STAMPS_COUNT] = {
		[STAMPS_WHOLE] = "time stamps as they stand",
		[STAMPS_SECONDS] = "time stamps as seconds",
		[STAMPS_NONE] = "no time stamps",
	};

	view->stamps = (enum logtext_stamps)((view->stamps + 1) % STAMPS_COUNT);
	logview_say(view, "%s", words[view->stamps]);
}

static bool showing_key(struct logview *view, int key)
{
	switch (key) {
	case 'w':
		view->wrap = !view->wrap;
		view->left = 0;
		logview_say(view, view->wrap ? "long lines are wrapped"
					     : "long lines are cut: h l");
		return true;
	case 'r':
		view->raw = !view->raw;
		logview_say(view, view->raw ? "every byte is shown"
					    : "harmful bytes are left out");
		return true;
	case 'T':
		next_stamps(view);
		return true;
	case 'z':
		fold(view, false);
		return true;
	case 'Z':
		fold(view, true);
		return true;
	case INPUT_ENTER:
		if (view->at.mark)
			fold(view, false);
		return true;
	default:
		return false;
	}
}

static bool finding_key(struct logview *view, int key)
{
	switch (key) {
	case '/':
		logview_ask(view, LOGVIEW_SEARCH);
		return true;
	case '&':
		logview_ask(view, LOGVIEW_FILTER);
		return true;
	case '@':
		logview_ask(view, LOGVIEW_PLACE);
		return true;
	case 'S':
		logview_ask(view, LOGVIEW_SAVE);
		return true;
	case 'n':
		logview_seek(view, 1);
		return true;
	case 'N':
		logview_seek(view, -1);
		return true;
	case '!':
		logview_seek_crash(view);
		return true;
	case INPUT_ESCAPE:
		if (!view->filter.match && !view->search.match)
			return false;
		clear(view);
		return true;
	default:
		return false;
	}
}

bool logview_key(struct logview *view, int key)
{
	view->said[0] = '\0';
	if (view->asking) {
		logview_answer(view, key);
		return true;
	}
	return moving_key(view, key) || showing_key(view, key) ||
	       finding_key(view, key);
}

/*
 * Time goes on.
 */

bool logview_refresh(struct logview *view)
{
	bool changed = logfile_refresh(&view->file);

	if (!changed)
		return false;
	if (view->file.shrunk)
		logview_say(view, "the log became shorter: it begins anew");
	if (view->file.state == LOGFILE_GONE)
		logview_say(view, "the log is gone: this is what it was");
	view->file.shrunk = false;
	if (view->at.offset > view->file.size) {
		view->at = logview_last(view);
		view->jumped = true;
	}
	hits_refresh(&view->search);
	hits_refresh(&view->filter);
	hits_refresh(&view->alarm);
	/* at once where there is an index, and for the rest there is work */
	logfile_count(&view->file, 2 * view->file.step);
	update_phases(view);
	return true;
}

static bool has_work(const struct logview *view)
{
	const struct logfile *file = &view->file;

	return view->save_fd >= 0 || view->seeking ||
	       file->index.counted < file->size ||
	       (view->filter.unknown && !view->filter.gave_up) ||
	       (view->search.unknown && !view->search.gave_up);
}

bool logview_work(struct logview *view)
{
	int64_t bytes = view->slice;

	if (!has_work(view))
		return false;
	logview_save_on(view);
	logview_seek_on(view, &bytes);
	logfile_count(&view->file, bytes);
	hits_work(&view->filter, bytes);
	hits_work(&view->search, bytes);
	return true;
}

int64_t logview_begin(const struct logview *view)
{
	const struct log_index *index = &view->file.index;
	int64_t begin = 0;

	for (size_t i = 0; i < index->mark_count; i++)
		if (index->marks[i].kind == LOG_BEGIN &&
		    index->marks[i].offset > begin)
			begin = index->marks[i].offset;
	return begin;
}

int64_t logview_crash_line(struct logview *view)
{
	const struct log_record *crash = logfile_mark(&view->file, LOG_CRASH);
	int64_t lines;

	if (!crash || !logfile_lines_before(&view->file, crash->offset, &lines))
		return 0;
	return lines + 1;
}
