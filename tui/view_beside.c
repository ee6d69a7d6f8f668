/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A past beside another one.
 */

#include "tui/view_beside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "control/contrast.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/beside.h"
#include "tui/further.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/steer.h"
#include "tui/view.h"
#include "tui/views.h"

static void drop_other(struct beside_view *beside)
{
	if (beside->other.session)
		reopen_close(&beside->other);
}

void view_beside_release(struct beside_view *beside)
{
	pager_release(&beside->page);
	otherwise_release(&beside->otherwise);
	drop_other(beside);
}

/*
 * Filling.
 */

static void fill_from(struct app *app, const struct beside *is, int columns)
{
	beside_fill(&app->beside.page, is, columns, app->ascii);
	app->beside.columns = columns;
	app->beside.events = session_event_count(app->session);
}

static void fill_whatif(struct app *app, int columns)
{
	const struct otherwise *otherwise = &app->beside.otherwise;
	struct buf names, said;

	buf_init(&names, 0);
	buf_init(&said, 0);
	otherwise_name(otherwise, &names);
	buf_puts(&said, "Recorded: ");
	contrast_end(app->session, &otherwise->whatif.recorded.end, &said);
	buf_puts(&said, ".\n");
	otherwise_tell(otherwise, app->session, &said);
	fill_from(app,
		  &(struct beside){ .session = app->session,
				    .one = &otherwise->whatif.recorded,
				    .two = &otherwise->whatif.imagined,
				    .name_one = "Recorded",
				    .name_two = "What if",
				    .whatif = &otherwise->whatif,
				    .head = names.text,
				    .said = said.text },
		  columns);
	buf_release(&said);
	buf_release(&names);
}

static void fill_contrast(struct app *app, int columns)
{
	struct beside_view *beside = &app->beside;
	struct course one, two;
	struct contrast_side left = { "this one", app->session, &one };
	struct contrast_side right = { beside->other_name,
				       beside->other.session, &two };
	struct buf said;

	buf_init(&said, 0);
	otherwise_course(app->session, &one);
	otherwise_course(beside->other.session, &two);
	contrast_tell(&left, &right, &said);
	fill_from(app,
		  &(struct beside){ .session = app->session,
				    .one = &one,
				    .two = &two,
				    .name_one = "This one",
				    .name_two = beside->other_name,
				    .head = "",
				    .said = said.text },
		  columns);
	course_release(&one);
	course_release(&two);
	buf_release(&said);
}

static void fill_working(struct app *app, int columns)
{
	const struct otherwise *otherwise = &app->beside.otherwise;
	struct course none = { .stops = NULL };
	struct buf names;

	buf_init(&names, 0);
	otherwise_name(otherwise, &names);
	fill_from(app,
		  &(struct beside){ .session = app->session,
				    .one = &none,
				    .name_one = "Recorded",
				    .name_two = "What if",
				    .head = names.text,
				    .said = "It is being worked out...\n" },
		  columns);
	buf_release(&names);
}

static void fill_alone(struct app *app, int columns)
{
	const struct course *one = &app->course;
	struct buf said;

	app_find_course(app);
	if (!app_has_course(app)) {
		fill_working(app, columns);
		return;
	}
	buf_init(&said, 0);
	contrast_end(app->session, &one->end, &said);
	buf_puts(&said, ".\n");
	contrast_midpoints(one, &said);
	if (one->known && !course_departures(one))
		buf_puts(&said, "Git today would test the same commits.\n");
	buf_puts(&said, "W imagines another verdict on the chosen step, "
			":what-if anything else; d holds this search against "
			"another one.\n");
	fill_from(app,
		  &(struct beside){ .session = app->session,
				    .one = one,
				    .name_one = "Recorded",
				    .name_two = "",
				    .head = "",
				    .said = said.text },
		  columns);
	buf_release(&said);
}

/* What does not fit the session is said, and not imagined any more. */
static void on_thought(void *data)
{
	struct app *app = data;
	struct beside_view *beside = &app->beside;
	struct pondered result;

	ponder_take(&beside->ponder, &result);
	if (result.ret < 0) {
		app_say(app, true, result.why.text);
		otherwise_drop(&beside->otherwise);
		otherwise_unmake(&beside->otherwise);
	} else {
		otherwise_take(&beside->otherwise, &result.whatif);
	}
	beside->made_of = result.events;
	beside->columns = 0;
	if (app->asides.over)
		app->asides.over(app->asides.data);
}

void view_beside_init(struct app *app)
{
	app->beside.ponder.over = on_thought;
	app->beside.ponder.data = app;
}

/* While it is worked out anew for what came since, the last result stays. */
static void think(struct app *app)
{
	struct beside_view *beside = &app->beside;
	const struct otherwise *otherwise = &beside->otherwise;

	while (otherwise->count && !ponder_works(&beside->ponder) &&
	       (!otherwise->made ||
		beside->made_of != session_event_count(app->session)))
		ponder_whatif(&beside->ponder, app->session, otherwise->changes,
			      otherwise->count);
}

static void fill(struct app *app, int columns)
{
	struct beside_view *beside = &app->beside;

	think(app);
	if (beside->otherwise.count && !beside->otherwise.made)
		fill_working(app, columns);
	else if (beside->otherwise.count)
		fill_whatif(app, columns);
	else if (beside->other.session)
		fill_contrast(app, columns);
	else
		fill_alone(app, columns);
}

static void update_beside(struct app *app)
{
	struct beside_view *beside = &app->beside;

	if (!beside->columns ||
	    beside->events != session_event_count(app->session))
		fill(app, app->columns ? app->columns : 80);
}

/*
 * What is imagined, and what it is held against.
 */

/* The events before the step that is looked at; 0 in the present. */
static size_t place_of_rules(const struct app *app)
{
	const struct replay *replay = &app->replay;
	int step = replay_step(replay);

	if (!session_is_past(app->session) || step < 0)
		return 0;
	for (size_t i = 0; i < replay->count; i++)
		if (replay->events[i].step == step)
			return i;
	return 0;
}

bool view_beside_imagine(struct app *app, const char *words)
{
	struct beside_view *beside = &app->beside;
	struct error err = ERROR_INIT;
	size_t count;

	if (otherwise_add(&beside->otherwise, app->session, app->repo, words,
			  place_of_rules(app), &err) < 0) {
		app_say(app, true, err.text);
		return false;
	}
	ponder_stop(&beside->ponder);
	otherwise_unmake(&beside->otherwise);
	count = beside->otherwise.count;
	think(app);
	if (beside->otherwise.count < count)
		return false; /* it did not fit, and that was said */
	drop_other(beside);
	beside->columns = 0;
	views_go(app, &view_beside);
	return true;
}

static void name_other(struct beside_view *beside, const char *path, bool ascii)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : path;
	char text[64];

	snprintf(text, sizeof(text), "%s%s",
		 name[strspn(name, "0123456789")] ? "" : "session ", name);
	text_copy(beside->other_name, sizeof(beside->other_name), text, ascii);
}

bool view_beside_compare(struct app *app, const char *path)
{
	struct reopening what = { .path = path, .repo = app->repo };
	struct beside_view *beside = &app->beside;
	struct error err = ERROR_INIT;
	struct reopened other;
	char *origin = NULL;
	bool ok = false;

	if (str_equal(path, "origin") &&
	    contrast_origin(app->session, &origin, &err) < 0)
		goto out;
	if (origin)
		what.path = origin;
	if (reopen(&what, &other, &err) < 0)
		goto out;
	drop_other(beside);
	ponder_stop(&beside->ponder);
	otherwise_release(&beside->otherwise);
	beside->other = other;
	name_other(beside, what.path, app->ascii);
	beside->columns = 0;
	views_go(app, &view_beside);
	ok = true;
out:
	if (!ok)
		app_say(app, true, err.text);
	free(origin);
	return ok;
}

void view_beside_ask_what(struct app *app)
{
	const struct model_row *row = app_selected(app);
	char order[OID_HEX_MAX + 32];

	if (app->view == &view_beside) {
		int at = pager_link(&app->beside.page);

		row = at >= 0 && at < app->model.row_count
			      ? &app->model.rows[at]
			      : NULL;
	}
	if (row && app->home.focus == PANE_RUNS && app->home.line > 0 &&
	    app->view != &view_beside &&
	    app->home.line <= app->model.run_count) {
		snprintf(order, sizeof(order), "what-if judge %s#%d ", row->id,
			 app->model.runs[app->home.line - 1].number);
		palette_open_with(&app->palette, order);
		return;
	}
	if (!row || !imagine_open(&app->beside.imagine, app->session,
				  row->commit, app->ascii))
		app_say(app, false,
			"choose a step first: what is imagined is another "
			"verdict on it");
}

void view_beside_ask_other(struct app *app)
{
	char *origin = NULL;

	if (!app->beside.other.session &&
	    contrast_origin(app->session, &origin, NULL) == 0)
		view_beside_compare(app, "origin");
	else
		palette_open_with(&app->palette, "compare ");
	free(origin);
}

/* In the words that orders have. */
static void give(struct app *app, const struct event *event)
{
	char commit[OID_HEX_MAX + 16];

	str_copy(commit, sizeof(commit), event->commit.hex);
	if (event->kind == EVENT_VERDICT) {
		order_give(app, verdict_name(event->verdict), commit, NULL);
	} else if (event->kind == EVENT_JUDGE) {
		snprintf(commit, sizeof(commit), "%s#%" PRId64,
			 event->commit.hex, event->number);
		order_give(app, "judge", commit, outcome_name(event->outcome));
	} else if (event->kind == EVENT_RETRACT) {
		order_give(app, "retract", commit, NULL);
	} else {
		order_give(app, event_kind_name(event->kind),
			   event->title ? event->title : event->policy, NULL);
	}
}

/* What was not taken is still imagined. */
void view_beside_keep(struct app *app)
{
	struct otherwise *otherwise = &app->beside.otherwise;

	app_leave_time(app);
	while (otherwise->count) {
		size_t before = session_event_count(app->session);

		give(app, &otherwise->changes[0].event);
		if (session_event_count(app->session) == before)
			break;
		otherwise_drop_first(otherwise);
	}
	ponder_stop(&app->beside.ponder);
	otherwise_unmake(otherwise);
	app->beside.columns = 0;
	views_update(app);
}

static void ask_to_keep(struct app *app)
{
	const struct otherwise *otherwise = &app->beside.otherwise;
	struct buf names;

	if (!otherwise->count) {
		app_say(app, false, "nothing is imagined that could be kept");
		return;
	}
	if (!steer_may_order(app))
		return;
	buf_init(&names, 0);
	otherwise_name(otherwise, &names);
	ask_about_keeping(&app->ask, names.text, app->ascii);
	buf_release(&names);
}

static void drop_last(struct app *app)
{
	if (!otherwise_drop(&app->beside.otherwise) &&
	    !app->beside.other.session) {
		app_say(app, false, "nothing is imagined");
		return;
	}
	if (app->beside.otherwise.count == 0)
		drop_other(&app->beside);
	ponder_stop(&app->beside.ponder);
	otherwise_unmake(&app->beside.otherwise);
	app->beside.columns = 0;
	update_beside(app);
}

/*
 * Keys.
 */

/* A stop is a step: to where it got its verdict. */
static void open_stop(struct app *app, int at)
{
	if (at < 0)
		return;
	views_go(app, &view_replay);
	replay_jump(&app->replay, at);
	app_go_to_time(app);
}

static bool asks_beside(const struct app *app)
{
	return app->beside.page.asking;
}

static void key_beside(struct app *app, int key)
{
	switch (views_page_key(app, &app->beside.page, key)) {
	case PAGER_OPEN:
		open_stop(app, pager_link(&app->beside.page));
		return;
	case PAGER_DONE:
		return;
	case PAGER_NOT_OURS:
		break;
	}
	if (key == 'K')
		ask_to_keep(app);
	else if (key == '-')
		drop_last(app);
	else if (key == 'L')
		further_ask(app);
	else if (key == 'd')
		view_beside_ask_other(app);
	else
		order_key(app, key);
}

static void choose_beside(struct app *app, int pane, int line)
{
	(void)pane;
	pager_choose(&app->beside.page, line);
}

/*
 * Drawing.
 */

static const struct key_hint hints[] = {
	{ "W", "what if" },  { "-", "one less" }, { "K", "keep" },
	{ "L", "continue" }, { "d", "compare" },  { "Enter", "to the step" },
	{ "8", "replay" },   { "/", "find" },
};

static void draw_beside(struct app *app, struct grid *grid)
{
	struct beside_view *beside = &app->beside;
	const struct page_look look = {
		.title = beside->otherwise.count ? "0 What if"
			 : beside->other.session ? "0 Two pasts"
						 : "0 The search",
		.remark = beside->otherwise.count && beside->otherwise.made &&
					  !beside->otherwise.whatif.known
				  ? "the commits between are not known"
				  : "",
		.hints = hints,
		.hint_count = sizeof(hints) / sizeof(*hints),
	};

	if (beside->columns != grid->columns)
		fill(app, grid->columns);
	pages_draw(grid, &app->model, &app->home, &look, &beside->page);
}

const struct view view_beside = {
	.digit = '0',
	.update = update_beside,
	.asks = asks_beside,
	.key = key_beside,
	.choose = choose_beside,
	.draw = draw_beside,
};
