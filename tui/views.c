/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/views.h"

#include "engine/engine.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/view.h"

static const struct view *const views[] = {
	&view_steps,	&view_range,  &view_runs,   &view_build, &view_console,
	&view_evidence, &view_commit, &view_replay, &view_log,	 &view_beside,
};

const struct view *views_find(int digit)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		if (views[i]->digit == digit)
			return views[i];
	return NULL;
}

void views_go(struct app *app, const struct view *view)
{
	app->view = view;
	app->back = NULL;
	if (view == &view_steps)
		app->about = -1;
	if (view->enter)
		view->enter(app);
	views_update(app);
}

void views_leave(struct app *app)
{
	views_go(app, app->back ? app->back : &view_steps);
}

void views_update(struct app *app)
{
	if (app->view->update)
		app->view->update(app);
}

bool views_listen(struct app *app)
{
	return app->view->listen && app->view->listen(app);
}

bool views_work(struct app *app)
{
	return app->view->work && app->view->work(app);
}

bool views_asks(const struct app *app)
{
	return app->view->asks && app->view->asks(app);
}

void views_key(struct app *app, int key)
{
	app->view->key(app, key);
}

void views_draw(struct app *app, struct grid *grid)
{
	app->view->draw(app, grid);
}

enum pager_answer views_page_key(struct app *app, struct pager *pager, int key)
{
	enum pager_answer answer = pager_key(pager, key);

	if (answer != PAGER_NOT_OURS ||
	    (key != INPUT_ESCAPE && key != INPUT_BACKSPACE))
		return answer;
	views_leave(app);
	return PAGER_DONE;
}

void views_log_status(struct app *app, struct grid *grid, int y,
		      struct logview *log)
{
	struct area status = { 0, y, grid->columns, 1 };

	if (*app->home.toast && !views_asks(app))
		frame_toast(grid, y, &app->home);
	else
		logview_status(grid, status, log);
}

void views_open_step(struct app *app, int commit)
{
	const struct model *model = &app->model;

	for (int row = 0; row < model->row_count; row++) {
		if (model->rows[row].commit != commit)
			continue;
		views_go(app, &view_steps);
		app_go_to_row(app, row);
		return;
	}
	app_say(app, false, "that commit is none of the steps");
}

void views_open_run(struct app *app, int commit, int run)
{
	const struct view *console = views_find('5'), *from = app->view;

	for (int row = 0; row < app->model.row_count; row++)
		if (app->model.rows[row].commit == commit)
			app_go_to_row(app, row);
	app->show = run;
	app_rebuild(app);
	if (console) {
		views_go(app, console);
		app->back = from;
		return;
	}
	app->home.focus = PANE_CONSOLE;
	views_go(app, &view_steps);
}

size_t views_event_count(const struct app *app)
{
	return engine_event_count(session_engine(app->session));
}
