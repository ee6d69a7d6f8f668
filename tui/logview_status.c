/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <inttypes.h>

#include "base/buf.h"
#include "tui/grid.h"

static int percent(const struct logview *view, int64_t offset)
{
	return view->file.size ? (int)(offset * 100 / view->file.size) : 0;
}

static void say_place(struct logview *view, struct buf *out)
{
	int64_t line = 0, all = 0, seen = 0;
	bool known = logfile_lines_before(&view->file, view->at.offset, &line);
	bool counted = logfile_lines(&view->file, &all);

	line++;
	if (view->file.state == LOGFILE_NONE)
		return;
	if (view->follow) {
		buf_puts(out,
			 logfile_mark(&view->file, LOG_END) ? "END" : "FOLLOW");
		if (counted)
			buf_printf(out, "   %" PRId64 " lines", all);
		return;
	}
	buf_puts(out, "PAUSED");
	if (known)
		buf_printf(out, " at line %" PRId64, line);
	if (known && counted)
		buf_printf(out, " of %" PRId64, all);
	if (view->file.size)
		buf_printf(out, " (%d%%)", percent(view, view->at.offset));
	if (!known || !counted)
		buf_puts(out, "   counting lines");
	else if (view->file.size > view->left_at &&
		 logfile_lines_before(&view->file, view->left_at, &seen))
		buf_printf(out, "   %" PRId64 " new lines below", all - seen);
}

static void say_search(struct logview *view, struct buf *out)
{
	struct hits *hits = &view->search;
	int64_t at = view->at.offset, before, budget = view->slice;

	if (view->seeking && view->seek_alarm)
		buf_printf(out, "   looking for %s, %d%%",
			   view->alarm_name ? view->alarm_name : "a crash",
			   percent(view, view->seek_at));
	if (!hits->match)
		return;
	buf_printf(out, "   /%s", hits->wanted);
	if (view->seeking && !view->seek_alarm)
		buf_printf(out, "  looking, %d%%",
			   percent(view, view->seek_at));
	else if (hits->gave_up)
		buf_puts(out, "  takes too long: given up");
	else if (hits->unknown)
		buf_printf(out, "  %" PRId64 " matches so far", hits->total);
	else if (!view->follow && !view->at.mark &&
		 hits_next(hits, &at, &budget) == HITS_FOUND &&
		 at == view->at.offset && hits_before(hits, at, &before))
		buf_printf(out, "  match %" PRId64 " of %" PRId64, before + 1,
			   hits->total);
	else
		buf_printf(out, "  %" PRId64 " %s", hits->total,
			   hits->total == 1 ? "match" : "matches");
}

static void say_filter(const struct logview *view, struct buf *out)
{
	const struct hits *hits = &view->filter;

	if (!hits->match)
		return;
	buf_printf(out, "   &%s  %" PRId64 " lines%s", hits->wanted,
		   hits->total,
		   hits->gave_up   ? ", given up"
		   : hits->unknown ? " so far"
				   : "");
}

static const char *question(enum logview_ask asking)
{
	switch (asking) {
	case LOGVIEW_SEARCH:
		return "/";
	case LOGVIEW_FILTER:
		return "only lines with: ";
	case LOGVIEW_PLACE:
		return "go to line, 50% or 43.9s: ";
	case LOGVIEW_SAVE:
		return "save in file: ";
	case LOGVIEW_NOTHING:
		break;
	}
	return "";
}

static void draw_question(struct grid *grid, struct area area,
			  const struct logview *view)
{
	int x = area.x + 1, end = area.x + area.width;
	const char *text = view->wanted;

	x += grid_text(grid, x, area.y, end - x, ROLE_KEY,
		       question(view->asking));
	/* the end of what is too long */
	while (text_width(text) > end - x - 1 && *text)
		text++;
	while ((*text & 0xc0) == 0x80)
		text++;
	x += grid_text(grid, x, area.y, end - x, ROLE_PLAIN, text);
	grid->cursor_x = x;
	grid->cursor_y = area.y;
}

void logview_status(struct grid *grid, struct area area, struct logview *view)
{
	struct buf text;
	struct buf clean;

	if (view->asking) {
		draw_question(grid, area, view);
		return;
	}
	buf_init(&text, 0);
	buf_init(&clean, 0);
	if (view->save_fd >= 0)
		buf_printf(&text, "saving, %" PRId64 " of %" PRId64 " bytes",
			   view->saved, view->save_size);
	else if (*view->said)
		buf_puts(&text, view->said);
	else
		say_place(view, &text);
	if (!*view->said) {
		say_filter(view, &text);
		say_search(view, &text);
	}
	text_clean(&clean, text.text, text.length, area.width, view->ascii);
	grid_text(grid, area.x + 1, area.y, area.width - 2,
		  *view->said ? ROLE_SKIP : ROLE_PLAIN, clean.text);
	if (!view->follow && !*view->said)
		grid_recolour(grid, area.x, area.y, area.width, 1,
			      ROLE_SELECTED);
	buf_release(&clean);
	buf_release(&text);
}
