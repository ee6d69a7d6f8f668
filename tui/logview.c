/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"

#define SLICE (4 * 1024 * 1024)

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
	logview_update_phases(view);
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
