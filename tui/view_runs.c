/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The runs of the chosen row.
 */

#include "tui/view_runs.h"

#include <stddef.h>
#include <stdio.h>

#include "engine/engine.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/view.h"
#include "tui/views.h"

#define EXCERPT_MAX  (256 * 1024)
#define WIDE_COLUMNS 140
#define WIDE_LEFT    100 /* of the list, beside the crash */

void view_runs_init(struct runs_view *runs)
{
	*runs = (struct runs_view){ .of = -1, .excerpt_of = -1 };
}

void view_runs_stop(struct runs_view *runs)
{
	aside_stop(&runs->excerpt);
}

void view_runs_release(struct runs_view *runs)
{
	view_runs_stop(runs);
	pager_release(&runs->page);
	pager_release(&runs->crash);
}

/*
 * What the chosen run's console says, for wide screens.
 */

static const struct run_state *chosen(const struct app *app)
{
	const struct step *step =
		engine_step_of(session_engine(app->session), app->runs.of);

	return step_find_run(step, pager_link(&app->runs.page));
}

static void show_excerpt(struct app *app)
{
	struct runs_view *runs = &app->runs;

	if (runs->excerpt.is_over)
		pages_fill_console(&runs->crash, runs->excerpt.text.text,
				   runs->excerpt.text.length, app->ascii);
	else
		pager_clear(&runs->crash);
}

static void ask_excerpt(struct app *app)
{
	struct runs_view *runs = &app->runs;
	const struct run_state *run = chosen(app);
	char word[OID_HEX_MAX + 16];
	const char *const argv[] = {
		app->program, "--session-dir", session_dir(app->session),
		"report",     "--crash",       word,
		NULL
	};

	if (app->columns < WIDE_COLUMNS || !run || run->running)
		return;
	if (runs->of != runs->excerpt_of || run->number != runs->excerpt_run) {
		runs->excerpt_of = runs->of;
		runs->excerpt_run = run->number;
		snprintf(word, sizeof(word), "%s#%d", app_id_of(app, runs->of),
			 run->number);
		aside_start(&runs->excerpt, &app->asides, argv, EXCERPT_MAX);
	}
	show_excerpt(app);
}

/*
 * The list.
 */

static void list_runs_of(struct app *app, int commit)
{
	struct runs_view *runs = &app->runs;

	if (commit != runs->of) {
		runs->page.line = commit < 0 ? 0 : 1;
		runs->page.top = 0;
	}
	runs->of = commit;
	runs->columns = 0;
}

static void fill(struct app *app, int columns)
{
	struct runs_view *runs = &app->runs;

	runs->columns = columns;
	runs_fill(&runs->page, app->session, runs->of, runs->order,
		  columns >= WIDE_COLUMNS ? WIDE_LEFT : columns, app->ascii);
}

static void enter_runs(struct app *app)
{
	const struct model_row *row = app_selected(app);

	app->about = -1;
	list_runs_of(app, row ? row->commit : -1);
}

static void update_runs(struct app *app)
{
	fill(app, app->columns);
	ask_excerpt(app);
}

static const struct model_row *row_of(const struct app *app, int *place)
{
	for (*place = 0; *place < app->model.row_count; ++*place)
		if (app->model.rows[*place].commit == app->runs.of)
			return &app->model.rows[*place];
	return NULL;
}

/* The step before or behind this one. */
static void go_by(struct app *app, int steps)
{
	int place;

	if (!row_of(app, &place) || place + steps < 0 ||
	    place + steps >= app->model.row_count) {
		app_say(app, false,
			steps < 0 ? "this is the first step"
				  : "this is the last step");
		return;
	}
	list_runs_of(app, app->model.rows[place + steps].commit);
	app_go_to_row(app, place + steps);
	update_runs(app);
}

/*
 * Keys.
 */

/* On the steps' view the run is chosen that is chosen here. */
static bool choose_there(struct app *app)
{
	int number = pager_link(&app->runs.page), place;

	if (row_of(app, &place))
		app_go_to_row(app, place);
	for (int i = 0; i < app->model.run_count; i++) {
		if (number < 0 || app->model.runs[i].number != number)
			continue;
		app->home.focus = PANE_RUNS;
		app->home.line = i + 1;
		return true;
	}
	return false;
}

static void order_here(struct app *app, int key)
{
	bool chose = choose_there(app);

	if (!chose && (key == 'x' || key == 'm'))
		app_say(app, false, "choose a run first");
	else
		order_key(app, key);
}

static void run_again(struct app *app)
{
	if (app->runs.of >= 0)
		order_give(app, "more", app_id_of(app, app->runs.of), "1");
}

static void sort(struct app *app)
{
	struct runs_view *runs = &app->runs;
	char said[48];

	runs->order = (enum runs_order)((runs->order + 1) % RUNS_ORDER_COUNT);
	snprintf(said, sizeof(said), "sorted by %s",
		 runs_order_name(runs->order));
	app_say(app, false, said);
	update_runs(app);
}

static void key_page(struct app *app, int key)
{
	switch (key) {
	case 'R':
		run_again(app);
		break;
	case 's':
		sort(app);
		break;
	case '[':
		go_by(app, -1);
		break;
	case ']':
		go_by(app, 1);
		break;
	default:
		order_here(app, key);
		break;
	}
}

static bool asks_runs(const struct app *app)
{
	return app->runs.page.asking;
}

static void key_runs(struct app *app, int key)
{
	switch (views_page_key(app, &app->runs.page, key)) {
	case PAGER_OPEN:
		views_open_run(app, app->runs.of, pager_link(&app->runs.page));
		break;
	case PAGER_NOT_OURS:
		key_page(app, key);
		break;
	case PAGER_DONE:
		ask_excerpt(app);
		break;
	}
}

static void choose_runs(struct app *app, int pane, int line)
{
	if (pane != 0)
		return;
	pager_choose(&app->runs.page, line);
	ask_excerpt(app);
}

/*
 * Drawing.
 */

static const struct key_hint hints[] = {
	{ "Enter", "console" },	 { "R", "run again" }, { "x", "ignore run" },
	{ "m", "what crashed" }, { "s", "sort" },      { "[ ]", "step" },
	{ "v", "verdict" },	 { "1", "steps" },     { "6", "evidence" },
	{ "7", "commit" },
};

static void draw_runs(struct app *app, struct grid *grid)
{
	struct runs_view *runs = &app->runs;
	char title[96] = "3 Runs", remark[96], beside[64] = "";
	const struct run_state *run = chosen(app);
	const struct model_row *row;
	struct page_look look = {
		.title = title,
		.remark = remark,
		.hints = hints,
		.hint_count = sizeof(hints) / sizeof(*hints),
	};
	int place;

	if (runs->columns != grid->columns)
		fill(app, grid->columns);
	row = row_of(app, &place);
	if (row && !row->position)
		snprintf(title, sizeof(title), "3 Runs without the culprit  %s",
			 row->id);
	else if (row)
		snprintf(title, sizeof(title), "3 Runs of step %d  %s %s",
			 row->position, verdict_word(row->verdict), row->id);
	runs_remark(app->session, runs->of, remark, sizeof(remark));
	if (grid->columns >= WIDE_COLUMNS) {
		look.width = WIDE_LEFT;
		look.beside = &runs->crash;
		look.beside_title = run && run_title(run) ? "Crash" : "Console";
		if (run)
			snprintf(beside, sizeof(beside), "run %d", run->number);
		look.beside_remark = beside;
	}
	pages_draw(grid, &app->model, &app->home, &look, &runs->page);
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
