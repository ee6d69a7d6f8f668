/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The steps, with the runs of the chosen one and a console.
 */

#include "tui/view.h"

#include "tui/app.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/views.h"

#define HALF 10

static void go_by(struct app *app, int lines)
{
	struct home *home = &app->home;

	switch (home->focus) {
	case PANE_LEDGER:
		app_go_to_row(app, app->model.selected + lines);
		break;
	case PANE_RUNS:
		home->line += lines;
		if (home->line > app->model.run_count)
			home->line = app->model.run_count;
		if (home->line < 0)
			home->line = 0;
		break;
	case PANE_CONSOLE:
		tail_scroll(&app->tail, lines);
		break;
	case PANE_COUNT:
		break;
	}
}

static void go_to_end(struct app *app, bool last)
{
	if (app->home.focus != PANE_CONSOLE)
		go_by(app, last ? 1 << 20 : -(1 << 20));
	else if (last)
		tail_follow(&app->tail);
	else
		tail_start(&app->tail,
			   home_console_rows(app->columns, app->rows,
					     &app->model));
}

/* Enter: from the steps to the runs, from a run to its console. */
void app_open_line(struct app *app)
{
	int line = app->home.line;

	if (app->home.focus == PANE_LEDGER) {
		app->home.focus = PANE_RUNS;
		return;
	}
	if (app->home.focus == PANE_CONSOLE) {
		views_go(app, app->model.shown_run == SHOW_BUILD
				      ? &view_build
				      : &view_console);
		return;
	}
	if (app->home.focus != PANE_RUNS)
		return;
	if (line > 0 && app->model.runs[line - 1].letter == '-') {
		app_say(app, false, "this run has not begun");
		return;
	}
	app->show = line ? app->model.runs[line - 1].number : SHOW_BUILD;
	app->home.focus = PANE_CONSOLE;
	app_rebuild(app);
}

static void toggle_follow(struct app *app)
{
	if (app->tail.follow)
		app->tail.follow = false;
	else
		tail_follow(&app->tail);
}

static void move_focus(struct app *app, int by)
{
	app->home.focus = (enum pane)(((int)app->home.focus + by + PANE_COUNT) %
				      PANE_COUNT);
}

static bool moving_key(struct app *app, int key)
{
	switch (key) {
	case 'j':
	case INPUT_DOWN:
		go_by(app, 1);
		return true;
	case 'k':
	case INPUT_UP:
		go_by(app, -1);
		return true;
	case INPUT_CTRL('d'):
	case INPUT_PAGE_DOWN:
		go_by(app, HALF);
		return true;
	case INPUT_CTRL('u'):
	case INPUT_PAGE_UP:
		go_by(app, -HALF);
		return true;
	case 'g':
	case INPUT_HOME:
		go_to_end(app, false);
		return true;
	case 'G':
	case INPUT_END:
		go_to_end(app, true);
		return true;
	case INPUT_TAB:
		move_focus(app, 1);
		return true;
	case INPUT_BACK_TAB:
		move_focus(app, -1);
		return true;
	case INPUT_ENTER:
		app_open_line(app);
		return true;
	case INPUT_ESCAPE:
		app->home.focus = PANE_LEDGER;
		return true;
	case 'F':
		toggle_follow(app);
		return true;
	default:
		return false;
	}
}

static void key_steps(struct app *app, int key)
{
	if (!moving_key(app, key))
		order_key(app, key);
}

static void choose_steps(struct app *app, int pane, int line)
{
	app->home.focus = (enum pane)pane;
	if (pane == PANE_LEDGER)
		app_go_to_row(app, line);
	else if (pane == PANE_RUNS)
		app->home.line = line;
}

/* The focus stays where it is. */
static void scroll_steps(struct app *app, int pane, int lines)
{
	enum pane focus = app->home.focus;

	app->home.focus = (enum pane)pane;
	go_by(app, lines);
	app->home.focus = focus;
}

static bool listen_steps(struct app *app)
{
	return tail_read(&app->tail);
}

static void want_peek(struct app *app)
{
	const struct model_row *row = app_selected(app);
	bool peeks = row && home_peeks(app->columns, app->rows);

	peek_want(&app->peek, peeks ? app_id_of(app, row->commit) : "",
		  app->now);
}

static void update_steps(struct app *app)
{
	want_peek(app);
	peek_look(&app->peek, app->repo, &app->asides, app->now, app->ascii);
}

/* What was drawn last may have been of another size. */
static void draw_steps(struct app *app, struct grid *grid)
{
	want_peek(app);
	app->home.peek = &app->peek;
	home_draw(grid, &app->model, &app->home, &app->tail);
}

const struct view view_steps = {
	.digit = '1',
	.update = update_steps,
	.listen = listen_steps,
	.key = key_steps,
	.choose = choose_steps,
	.scroll = scroll_steps,
	.draw = draw_steps,
};
