/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The runs of the chosen row.
 */

#include "tui/view.h"

#include <stddef.h>

#include "base/str.h"
#include "tui/app.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/views.h"

static void enter_runs(struct app *app)
{
	const struct model_row *row = app_selected(app);
	int commit = row ? row->commit : -1;

	if (commit != app->runs_of)
		app->runs.line = app->runs.top = 0;
	app->runs_of = commit;
}

static void update_runs(struct app *app)
{
	pages_fill_runs(&app->runs, app->session, app->runs_of, app->ascii);
}

/* On the steps' view the run of this number is chosen; false: there is none. */
static bool choose_run(struct app *app, int number)
{
	for (int row = 0; row < app->model.row_count; row++)
		if (app->model.rows[row].commit == app->runs_of)
			app_go_to_row(app, row);
	for (int i = 0; i < app->model.run_count; i++) {
		if (number < 0 || app->model.runs[i].number != number)
			continue;
		app->home.focus = PANE_RUNS;
		app->home.line = i + 1;
		return true;
	}
	return false;
}

static void open_run(struct app *app, int number)
{
	if (!choose_run(app, number))
		return;
	views_go(app, &view_steps);
	app_open_line(app);
}

static bool aim_at_run(struct app *app, int key)
{
	if (key != 'x' && key != 'm')
		return true;
	if (choose_run(app, pager_link(&app->runs)))
		return true;
	app_say(app, false, "choose a run first");
	return false;
}

static bool asks_runs(const struct app *app)
{
	return app->runs.asking;
}

static void key_runs(struct app *app, int key)
{
	switch (views_page_key(app, &app->runs, key)) {
	case PAGER_OPEN:
		open_run(app, pager_link(&app->runs));
		break;
	case PAGER_NOT_OURS:
		if (aim_at_run(app, key))
			order_key(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

static void choose_runs(struct app *app, int pane, int line)
{
	(void)pane;
	pager_choose(&app->runs, line);
}

static void draw_runs(struct app *app, struct grid *grid)
{
	char remark[96];

	str_copy(remark, sizeof(remark),
		 app->runs_of < 0 ? "" : app_id_of(app, app->runs_of));
	pages_draw(grid, &app->model, &app->home, "Runs", remark, &app->runs);
}

const struct view view_runs = {
	.digit = '3',
	.enter = enter_runs,
	.update = update_runs,
	.asks = asks_runs,
	.key = key_runs,
	.choose = choose_runs,
	.draw = draw_runs,
};
