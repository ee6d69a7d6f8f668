/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The console of a run.
 */

#include "tui/view.h"

#include "tui/app.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/views.h"

#define FACT_ROWS 20 /* from so many rows on there is one for the crash */

static bool has_two(const struct app *app)
{
	return app->columns >= CONSOLES_BESIDE && app->consoles.beside.run >= 0;
}

static struct shown *focused(struct app *app)
{
	return has_two(app) && app->consoles.on_beside ? &app->consoles.beside
						       : &app->consoles.main;
}

/* The run whose console the steps show, or the newest. */
static void enter_console(struct app *app)
{
	const struct model_row *row = app_selected(app);
	int commit = row ? row->commit : -1;
	int run = app->show >= 0 ? app->show : -1;

	if (commit != app->consoles.main.commit ||
	    run != (app->consoles.newest ? -1 : app->consoles.main.run))
		consoles_open(&app->consoles, app->session, commit, run);
}

static void update_console(struct app *app)
{
	consoles_update(&app->consoles, app->session, app->now, app->ascii);
}

static bool listen_console(struct app *app)
{
	bool changed = logview_refresh(&app->consoles.main.log);

	return logview_refresh(&app->consoles.beside.log) || changed;
}

static bool work_console(struct app *app)
{
	bool more = logview_work(&app->consoles.main.log);

	return logview_work(&app->consoles.beside.log) || more;
}

static bool asks_console(const struct app *app)
{
	return logview_asks(&app->consoles.main.log) ||
	       logview_asks(&app->consoles.beside.log);
}

static void step_run(struct app *app, int step)
{
	if (!consoles_step(&app->consoles, app->session, step))
		app_say(app, false,
			step < 0 ? "that is the first run of this step"
				 : "that is the last run of this step");
	update_console(app);
}

/* On the steps' view the run is chosen, for orders on it. */
static void choose_run(struct app *app, const struct shown *shown)
{
	const struct model *model = &app->model;

	for (int row = 0; row < model->row_count; row++)
		if (model->rows[row].commit == shown->commit)
			app_go_to_row(app, row);
	for (int i = 0; i < model->run_count; i++) {
		if (model->runs[i].number != shown->run)
			continue;
		app->home.focus = PANE_RUNS;
		app->home.line = i + 1;
	}
}

static void key_console(struct app *app, int key)
{
	struct shown *shown = focused(app);

	if (logview_key(&shown->log, key))
		return;
	switch (key) {
	case '[':
		step_run(app, -1);
		break;
	case ']':
		step_run(app, 1);
		break;
	case 'o':
		if (!consoles_turn(&app->consoles, app->session))
			app_say(app, false,
				"this run has no output beside its console");
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
		if (shown->run >= 0)
			choose_run(app, shown);
		order_key(app, key);
	}
}

static void number_console(struct app *app, int number)
{
	struct logview *log = &focused(app)->log;

	logview_go(log, logfile_find_line(&log->file, number - 1));
}

static void scroll_console(struct app *app, int pane, int lines)
{
	logview_scroll(pane ? &app->consoles.beside.log
			    : &app->consoles.main.log,
		       lines);
}

static void choose_console(struct app *app, int pane, int line)
{
	app->consoles.on_beside = pane && has_two(app);
	logview_choose(&focused(app)->log, line);
}

static void draw_console(struct app *app, struct grid *grid)
{
	static const struct key_hint hints[] = {
		{ "F", "follow" }, { "/", "find" },  { "n", "next" },
		{ "!", "crash" },  { "[ ]", "run" }, { "&", "filter" },
		{ "T", "time" },   { "w", "wrap" },  { "z", "fold" },
		{ "r", "raw" },	   { "S", "save" },  { "o", "output" },
		{ "@", "go to" },
	};
	struct consoles *consoles = &app->consoles;
	int below = grid->rows >= FACT_ROWS ? 3 : 2, y = grid->rows - below;
	bool two = has_two(app);
	int half = two ? grid->columns / 2 : grid->columns;
	struct area left = { 0, 1, half, y - 1 };
	struct area right = { half, 1, grid->columns - half, y - 1 };

	if (frame_too_small(grid))
		return;
	frame_title(grid, &app->model);
	shown_draw(grid, left, "5 Console", &consoles->main, 0,
		   &consoles->main == focused(app));
	if (two)
		shown_draw(grid, right,
			   consoles->beside.bad ? "Last crash" : "Last without",
			   &consoles->beside, 1,
			   &consoles->beside == focused(app));
	views_log_status(app, grid, y, &focused(app)->log);
	left.y = right.y = y + 1;
	if (below == 3)
		shown_fact(grid, left, &consoles->main);
	if (below == 3 && two)
		shown_fact(grid, right, &consoles->beside);
	frame_keys(grid, hints, sizeof(hints) / sizeof(*hints), "back");
}

const struct view view_console = {
	.digit = '5',
	.enter = enter_console,
	.update = update_console,
	.listen = listen_console,
	.work = work_console,
	.asks = asks_console,
	.key = key_console,
	.number = number_console,
	.choose = choose_console,
	.scroll = scroll_console,
	.draw = draw_console,
};
