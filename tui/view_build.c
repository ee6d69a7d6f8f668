/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The build of the chosen row; on a wide screen beside its newest console.
 */

#include "tui/view.h"

#include "control/prospects.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/views.h"

#define FACT_ROWS 20 /* from so many rows on there is one for the target */

static bool has_two(const struct app *app)
{
	return app->columns >= CONSOLES_BESIDE &&
	       app->consoles.main.commit == app->build.commit &&
	       app->consoles.main.run >= 0;
}

static struct logview *focused(struct app *app)
{
	return has_two(app) && app->consoles.on_beside ? &app->consoles.main.log
						       : &app->build.log;
}

static void open_chosen(struct app *app)
{
	const struct model_row *row = app_selected(app);
	int commit = row ? row->commit : -1;

	buildlog_open(&app->build, app->session, commit);
	if (app->consoles.main.commit != commit)
		consoles_open(&app->consoles, app->session, commit, -1);
}

/* While it is followed, another commit may come under test; a build ahead stays
   as long as it is one. */
static void update_build(struct app *app)
{
	if (app->build.log.follow &&
	    !engine_ahead_of(session_engine(app->session), app->build.commit))
		open_chosen(app);
	buildlog_update(&app->build, app->session, app->now, app->ascii);
	consoles_update(&app->consoles, app->session, app->now, app->ascii);
}

static bool listen_build(struct app *app)
{
	bool changed = buildlog_refresh(&app->build);

	return logview_refresh(&app->consoles.main.log) || changed;
}

static bool work_build(struct app *app)
{
	bool more = buildlog_work(&app->build);

	return logview_work(&app->consoles.main.log) || more;
}

static bool asks_build(const struct app *app)
{
	return logview_asks(&app->build.log) ||
	       logview_asks(&app->consoles.main.log);
}

/* Builds ahead of time are of no row: they come behind the last one. */
static int next_ahead(struct app *app, int step)
{
	struct prospect found[PROSPECTS_MAX];
	int count = prospects_find(app->session, found), at = -1;

	for (int i = 0; i < count; i++)
		if (found[i].commit == app->build.commit)
			at = i;
	if (at < 0 && app->model.selected < app->model.row_count - 1)
		return -1;
	at += step;
	return at >= 0 && at < count ? found[at].commit : -1;
}

static bool is_of_row(const struct app *app)
{
	const struct model_row *row = app_selected(app);

	return row && row->commit == app->build.commit;
}

static void step_row(struct app *app, int step)
{
	int ahead = next_ahead(app, step);

	if (ahead >= 0) {
		buildlog_open(&app->build, app->session, ahead);
	} else {
		if (is_of_row(app))
			app_go_to_row(app, app->model.selected + step);
		open_chosen(app);
	}
	update_build(app);
}

static void key_build(struct app *app, int key)
{
	if (logview_key(focused(app), key))
		return;
	switch (key) {
	case '[':
		step_row(app, -1);
		break;
	case ']':
		step_row(app, 1);
		break;
	case INPUT_TAB:
	case INPUT_BACK_TAB:
		app->consoles.on_beside =
			has_two(app) && !app->consoles.on_beside;
		break;
	case INPUT_ESCAPE:
	case INPUT_BACKSPACE:
		views_leave(app);
		break;
	default:
		order_key(app, key);
	}
}

static void number_build(struct app *app, int number)
{
	struct logview *log = focused(app);

	logview_go(log, logfile_find_line(&log->file, number - 1));
}

static void scroll_build(struct app *app, int pane, int lines)
{
	logview_scroll(pane ? &app->consoles.main.log : &app->build.log, lines);
}

static void choose_build(struct app *app, int pane, int line)
{
	app->consoles.on_beside = pane && has_two(app);
	logview_choose(focused(app), line);
}

static void draw_build(struct app *app, struct grid *grid)
{
	static const struct key_hint hints[] = {
		{ "F", "follow" }, { "/", "find" },    { "n", "next" },
		{ "!", "error" },  { "[ ]", "step" },  { "&", "filter" },
		{ "z", "fold" },   { "w", "wrap" },    { "S", "save" },
		{ "@", "go to" },  { "5", "console" },
	};
	int below = grid->rows >= FACT_ROWS ? 3 : 2, y = grid->rows - below;
	bool two = has_two(app);
	int half = two ? grid->columns / 2 : grid->columns;
	struct area left = { 0, 1, half, y - 1 };
	struct area right = { half, 1, grid->columns - half, y - 1 };
	const struct logview *here = focused(app);

	if (frame_too_small(grid))
		return;
	frame_title(grid, &app->model);
	buildlog_draw(grid, left, &app->build, here == &app->build.log);
	if (two)
		shown_draw(grid, right, "5 Console", &app->consoles.main, 1,
			   here != &app->build.log);
	views_log_status(app, grid, y, focused(app));
	left.y = right.y = y + 1;
	if (below == 3)
		buildlog_fact(grid, left, &app->build);
	if (below == 3 && two)
		shown_fact(grid, right, &app->consoles.main);
	frame_keys(grid, hints, sizeof(hints) / sizeof(*hints), "back");
}

const struct view view_build = {
	.digit = '4',
	.enter = open_chosen,
	.update = update_build,
	.listen = listen_build,
	.work = work_build,
	.asks = asks_build,
	.key = key_build,
	.number = number_build,
	.choose = choose_build,
	.scroll = scroll_build,
	.draw = draw_build,
};
