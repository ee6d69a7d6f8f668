/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/views.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/evidence.h"
#include "tui/input.h"
#include "tui/pages.h"

#define COMMIT_MAX (4 * 1024 * 1024) /* bytes of one that are shown */

struct view {
	int digit;
	const char *title; /* NULL: the steps; all others are pages of lines */
	size_t pager;	   /* its place in struct app */
	void (*enter)(struct app *app);	 /* or NULL */
	void (*update)(struct app *app); /* or NULL */
	void (*remark)(const struct app *app, char *out, size_t size);
	void (*open)(struct app *app, int link);
	bool (*aim)(struct app *app, int key); /* before a key orders something:
						  false when it may not; or
						  NULL */
};

static void open_step(struct app *app, int commit);

static size_t count_events(const struct app *app)
{
	return engine_event_count(session_engine(app->session));
}

/*
 * The runs of the chosen row.
 */

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

static void remark_runs(const struct app *app, char *out, size_t size)
{
	str_copy(out, size,
		 app->runs_of < 0 ? "" : app_id_of(app, app->runs_of));
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
	views_go(app, views_find('1'));
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

/*
 * The evidence.
 */

static void update_evidence(struct app *app)
{
	if (count_events(app) == app->evidence_events)
		return;
	app->evidence_events = count_events(app);
	evidence_fill(&app->evidence, app->session, app->ascii);
}

static void remark_evidence(const struct app *app, char *out, size_t size)
{
	str_copy(out, size,
		 app->model.culprit >= 0 ? app->model.culprit_id : "so far");
}

/*
 * The commit of the chosen row.
 */

static void enter_commit(struct app *app)
{
	const struct model_row *row = app_selected(app);
	const char *id = row ? app_id_of(app, row->commit) : "";
	struct error err = ERROR_INIT;
	struct buf text;

	if (str_equal(id, app->commit_id))
		return;
	str_copy(app->commit_id, sizeof(app->commit_id), id);
	buf_init(&text, COMMIT_MAX);
	if (!app->repo)
		buf_puts(&text, "the repository is not at hand: only what the "
				"session knows of commits can be shown");
	else if (row && desk_show_commit(app->repo,
					 graph_oid(session_graph(app->session),
						   row->commit),
					 &text, &err) < 0)
		buf_puts(&text, err.text);
	pages_fill_commit(&app->commit, text.text, text.length, app->ascii);
	app->commit.line = app->commit.top = 0;
	app->commit.left = 0;
	buf_release(&text);
}

static void remark_commit(const struct app *app, char *out, size_t size)
{
	str_copy(out, size, app->commit_id);
}

/*
 * The log.
 */

static void update_log(struct app *app)
{
	if (count_events(app) == app->log_events)
		return;
	app->log_events = count_events(app);
	pages_fill_log(&app->log, app->session, app->ascii);
}

static void remark_log(const struct app *app, char *out, size_t size)
{
	snprintf(out, size, "%zu events", app->log_events);
}

/* The digits are those that all views will have. */
static const struct view views[] = {
	{ .digit = '1' },
	{ '3', "Runs", offsetof(struct app, runs), enter_runs, update_runs,
	  remark_runs, open_run, aim_at_run },
	{ '6', "Evidence", offsetof(struct app, evidence), NULL,
	  update_evidence, remark_evidence, open_step, NULL },
	{ '7', "Commit", offsetof(struct app, commit), enter_commit, NULL,
	  remark_commit, open_step, NULL },
	{ '9', "Log", offsetof(struct app, log), NULL, update_log, remark_log,
	  open_step, NULL },
};

#define HOME (&views[0])

static struct pager *pager_of(struct app *app)
{
	return (struct pager *)(void *)((char *)app + app->view->pager);
}

const struct view *views_find(int digit)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
		if (views[i].digit == digit)
			return &views[i];
	return NULL;
}

void views_go(struct app *app, const struct view *view)
{
	app->view = view;
	if (view->enter)
		view->enter(app);
	views_update(app);
}

void views_update(struct app *app)
{
	if (app->view->update)
		app->view->update(app);
}

/* What the steps know of the commit that a line is about. */
static void open_step(struct app *app, int commit)
{
	const struct model *model = &app->model;

	for (int row = 0; row < model->row_count; row++) {
		if (model->rows[row].commit != commit)
			continue;
		views_go(app, HOME);
		app_go_to_row(app, row);
		return;
	}
	app_say(app, false, "that commit is none of the steps");
}

bool views_ask(const struct app *app)
{
	const struct view *view = app->view;
	const char *pager = (const char *)app + view->pager;

	return view->title &&
	       ((const struct pager *)(const void *)pager)->asking;
}

static void key_page(struct app *app, int key)
{
	struct pager *pager = pager_of(app);

	switch (pager_key(pager, key)) {
	case PAGER_OPEN:
		app->view->open(app, pager_link(pager));
		break;
	case PAGER_NOT_OURS:
		if (key == INPUT_ESCAPE || key == INPUT_BACKSPACE)
			views_go(app, HOME);
		else if (!app->view->aim || app->view->aim(app, key))
			app_order_key(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

void views_key(struct app *app, int key)
{
	if (app->view->title)
		key_page(app, key);
	else
		app_home_key(app, key);
}

void views_draw(struct app *app, struct grid *grid)
{
	char remark[96];

	if (!app->view->title) {
		home_draw(grid, &app->model, &app->home, &app->tail);
		return;
	}
	app->view->remark(app, remark, sizeof(remark));
	pages_draw(grid, &app->model, &app->home, app->view->title, remark,
		   pager_of(app));
}
