/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include "tui/input.h"

#define SIDEWAYS 16

/*
 * Moving.
 */

static bool is_same(struct spot a, struct spot b)
{
	return a.offset == b.offset && a.mark == b.mark;
}

void logview_pause(struct logview *view, struct spot spot)
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
		logview_pause(view, at);
	else
		view->at = at;
}

void logview_go(struct logview *view, int64_t offset)
{
	logview_unfold(view, offset);
	logview_pause(view, (struct spot){ offset, false });
	view->jumped = true;
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
		logview_pause(view, logview_first(view));
		return true;
	case 'G':
	case INPUT_END:
		follow(view);
		return true;
	case 'F':
		if (view->follow)
			logview_pause(view, logview_last(view));
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
	logview_pause(view, spot);
	if (spot.mark)
		logview_fold(view, false);
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
		logview_fold(view, false);
		return true;
	case 'Z':
		logview_fold(view, true);
		return true;
	case INPUT_ENTER:
		if (view->at.mark)
			logview_fold(view, false);
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
