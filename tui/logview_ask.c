/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/field.h"
#include "tui/input.h"
#include "tui/match.h"

/* What looks like a crash, where nobody noted that there is one. */
#define ALARM                                                             \
	"BUG:|kernel BUG at|WARNING: |Oops|Kernel panic|Internal error:|" \
	"general protection fault|Unable to handle kernel|UBSAN:|"        \
	"INFO: task .* blocked|detected stalls|panic: "
#define TRIES	  64   /* lines looked at for one with a time */
#define LINES_MAX 4096 /* and for one with a later one */

/*
 * Seeking.
 */

static struct hits *sought(struct logview *view)
{
	return view->seek_alarm ? &view->alarm : &view->search;
}

/* Where a search begins: behind the chosen line, or before it. */
static void seek_from(struct logview *view, int step, int64_t offset)
{
	view->seeking = step;
	view->seek_at = offset;
	view->seek_round = false;
	view->seek_alarm = false;
}

void logview_seek(struct logview *view, int step)
{
	int64_t end = view->file.size, bytes = view->slice;

	if (!view->search.match) {
		logview_say(view, "press / and say what to find");
		return;
	}
	if (view->follow)
		seek_from(view, step, step > 0 ? 0 : end);
	else
		seek_from(view, step, view->at.offset + (step > 0));
	/* from the mark before a line that line is the next */
	if (!view->follow && view->at.mark && step > 0)
		view->seek_at = view->at.offset;
	logview_seek_on(view, &bytes);
}

void logview_seek_crash(struct logview *view)
{
	const struct log_record *crash = logfile_mark(&view->file, LOG_CRASH);
	struct error err = ERROR_INIT;
	int64_t bytes = view->slice;

	if (crash) {
		view->seeking = 0;
		logview_go(view, logfile_start(&view->file, crash->offset));
		return;
	}
	if (!view->alarm.match &&
	    hits_begin(&view->alarm, &view->file,
		       view->alarm_pattern ? view->alarm_pattern : ALARM,
		       &err) < 0) {
		logview_say(view, "%s", err.text);
		return;
	}
	hits_refresh(&view->alarm);
	seek_from(view, 1, logview_begin(view));
	view->seek_alarm = true;
	logview_seek_on(view, &bytes);
}

/* Is the line one that the filter lets through? */
static bool is_let_through(struct logview *view, int64_t offset)
{
	int64_t at = offset, bytes = view->file.step;

	return !view->filter.match ||
	       (hits_next(&view->filter, &at, &bytes) == HITS_FOUND &&
		at == offset);
}

static void found_nothing(struct logview *view)
{
	const struct hits *hits = sought(view);

	view->seeking = 0;
	if (hits->gave_up)
		logview_say(view, "'%s' takes too long: it was given up",
			    hits->wanted);
	else if (view->seek_alarm)
		logview_say(view, "nothing in here looks like %s",
			    view->alarm_name ? view->alarm_name : "a crash");
	else
		logview_say(view, "nothing matches '%s'", hits->wanted);
}

static void found(struct logview *view)
{
	if (view->seek_round)
		logview_say(view, "went on from the %s",
			    view->seeking > 0 ? "first line" : "last line");
	view->seeking = 0;
	logview_go(view, view->seek_at);
}

/* From the other end, once. */
static bool go_round(struct logview *view)
{
	if (view->seek_round || view->seek_alarm || sought(view)->gave_up)
		return false;
	view->seek_round = true;
	view->seek_at = view->seeking > 0 ? 0 : view->file.size;
	return true;
}

bool logview_seek_on(struct logview *view, int64_t *bytes)
{
	while (view->seeking && *bytes > 0) {
		struct hits *hits = sought(view);
		enum hits_answer answer =
			view->seeking > 0
				? hits_next(hits, &view->seek_at, bytes)
				: hits_previous(hits, &view->seek_at, bytes);

		if (answer == HITS_BUSY)
			return true;
		if (answer == HITS_NONE && !go_round(view)) {
			found_nothing(view);
		} else if (answer == HITS_FOUND) {
			if (is_let_through(view, view->seek_at))
				found(view);
			else
				view->seek_at += view->seeking > 0;
			*bytes -= 64;
		}
	}
	return view->seeking != 0;
}

/*
 * Saving.
 */

void logview_save_end(struct logview *view)
{
	if (view->save_fd >= 0)
		close(view->save_fd);
	view->save_fd = -1;
	free(view->save_path);
	view->save_path = NULL;
}

/* true: there is more to write. */
bool logview_save_on(struct logview *view)
{
	char block[65536];
	int64_t end = view->saved + view->slice;

	if (view->save_fd < 0)
		return false;
	while (view->saved < view->save_size && view->saved < end) {
		ssize_t got = pread(view->file.fd, block, sizeof(block),
				    (off_t)view->saved);

		if (got > view->save_size - view->saved)
			got = (ssize_t)(view->save_size - view->saved);
		if (got <= 0)
			break; /* it has become shorter: that is all of it */
		if (write(view->save_fd, block, (size_t)got) != got) {
			logview_say(view, "cannot write '%s': %s",
				    view->save_path, strerror(errno));
			logview_save_end(view);
			return false;
		}
		view->saved += got;
		if (view->saved >= end && view->saved < view->save_size)
			return true;
	}
	logview_say(view, "%lld bytes are in '%s'", (long long)view->saved,
		    view->save_path);
	logview_save_end(view);
	return false;
}

static void save(struct logview *view)
{
	const char *home = getenv("HOME");
	char *path = str_starts(view->wanted, "~/") && home
			     ? xasprintf("%s%s", home, view->wanted + 1)
			     : xstrdup(view->wanted);
	int fd;

	if (view->file.fd < 0) {
		logview_say(view, "there is nothing to save");
		free(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		logview_say(view, "'%s' is there already: it stays as it is",
			    path);
	else if (fd < 0)
		logview_say(view, "cannot open '%s': %s", path,
			    strerror(errno));
	if (fd < 0) {
		free(path);
		return;
	}
	logview_save_end(view);
	view->save_fd = fd;
	view->save_path = path;
	view->saved = 0;
	view->save_size = view->file.size;
}

/*
 * A place to go to.
 */

/* The first time that is told at an offset or soon after it. */
static bool time_at(struct logview *view, int64_t offset, int tries,
		    double *seconds)
{
	int64_t at = logfile_start(&view->file, offset);
	struct logfile_line line;
	char head[64];

	for (int i = 0; i < tries && logfile_line(&view->file, at, &line);
	     i++) {
		size_t length = logfile_read(
			&view->file, line.start,
			line.length < sizeof(head)
				? line.start + (int64_t)line.length
				: line.start + (int64_t)sizeof(head),
			head);

		if (logtext_time(head, length, seconds))
			return true;
		at = line.end;
	}
	return false;
}

static bool is_before(struct logview *view, int64_t offset, double wanted)
{
	double seconds;

	return time_at(view, offset, TRIES, &seconds) && seconds < wanted;
}

/* The first line from here on that tells this time, or a later one. */
static int64_t next_with_time(struct logview *view, int64_t at, double wanted)
{
	struct logfile_line line;
	int64_t offset = at;
	double seconds;

	for (int i = 0;
	     i < LINES_MAX && logfile_line(&view->file, offset, &line); i++) {
		if (time_at(view, offset, 1, &seconds) && seconds >= wanted)
			return offset;
		offset = line.end;
	}
	return at;
}

/* The times of a console go up, but for lines that have none. */
static void go_to_time(struct logview *view, double wanted)
{
	int64_t low = 0, high = view->file.size;
	double seconds;

	if (!time_at(view, 0, TRIES, &seconds) &&
	    !time_at(view, high / 2, TRIES, &seconds)) {
		logview_say(view, "the lines of this log tell no time");
		return;
	}
	while (high - low > view->file.step / 16) {
		int64_t middle = low + (high - low) / 2;

		if (is_before(view, middle, wanted))
			low = middle;
		else
			high = middle;
	}
	low = logfile_start(&view->file, low);
	logview_go(view, next_with_time(view, low, wanted));
}

static void go_to_percent(struct logview *view, int64_t percent)
{
	int64_t offset = view->file.size / 100 * percent +
			 view->file.size % 100 * percent / 100;

	if (offset >= view->file.size)
		offset = view->file.size ? view->file.size - 1 : 0;
	logview_go(view, logfile_start(&view->file, offset));
}

/* "1234", "50%", "43.9s" */
static void go_to_place(struct logview *view)
{
	char *last = &view->wanted[strlen(view->wanted) - 1], *end;
	int64_t number;
	double seconds;

	if (str_number(view->wanted, 1, INT64_MAX, &number)) {
		logview_go(view, logfile_find_line(&view->file, number - 1));
		return;
	}
	if (*last == '%') {
		*last = '\0';
		if (str_number(view->wanted, 0, 100, &number)) {
			go_to_percent(view, number);
			return;
		}
		*last = '%';
	}
	seconds = strtod(view->wanted, &end);
	if (end > view->wanted && str_equal(end, "s") && seconds >= 0)
		go_to_time(view, seconds);
	else
		logview_say(view,
			    "'%s' is no line, percentage or time: 1234, "
			    "50%%, 43.9s",
			    view->wanted);
}

/*
 * Asking.
 */

void logview_ask(struct logview *view, enum logview_ask what)
{
	view->asking = what;
	view->wanted[0] = '\0';
}

static void begin_search(struct logview *view)
{
	struct error err = ERROR_INIT;

	if (*view->wanted &&
	    hits_begin(&view->search, &view->file, view->wanted, &err) < 0) {
		logview_say(view, "%s", err.text);
		return;
	}
	/* of what is followed the newest is wanted */
	logview_seek(view, view->follow ? -1 : 1);
}

static void begin_filter(struct logview *view)
{
	struct error err = ERROR_INIT;
	struct spot at;

	if (!*view->wanted) {
		hits_release(&view->filter);
		return;
	}
	if (hits_begin(&view->filter, &view->file, view->wanted, &err) < 0) {
		logview_say(view, "%s", err.text);
		return;
	}
	at = (struct spot){ view->at.offset - 1, false };
	if (!logview_next(view, &at))
		at = logview_last(view);
	view->at = at;
	view->jumped = true;
}

static void take_answer(struct logview *view)
{
	enum logview_ask what = view->asking;

	view->asking = LOGVIEW_NOTHING;
	switch (what) {
	case LOGVIEW_SEARCH:
		begin_search(view);
		break;
	case LOGVIEW_FILTER:
		begin_filter(view);
		break;
	case LOGVIEW_PLACE:
		if (*view->wanted)
			go_to_place(view);
		break;
	case LOGVIEW_SAVE:
		if (*view->wanted)
			save(view);
		break;
	case LOGVIEW_NOTHING:
		break;
	}
}

void logview_answer(struct logview *view, int key)
{
	if (key == INPUT_ENTER)
		take_answer(view);
	else if (key == INPUT_ESCAPE || key == INPUT_CTRL('c') ||
		 (key == INPUT_BACKSPACE && !*view->wanted))
		view->asking = LOGVIEW_NOTHING;
	else
		field_key(view->wanted, sizeof(view->wanted), key);
}
