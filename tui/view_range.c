/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The range: an outline of it, and what can be ordered on any commit of it.
 */

#include "tui/view.h"

#include <stdio.h>

#include "tui/app.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/range_draw.h"
#include "tui/views.h"

/* What is shown beside, and what other views are about when brought up. */
static void look_at_choice(struct app *app)
{
	int commit = range_page_chosen(&app->range);

	app->about = commit;
	peek_want(&app->peek,
		  commit >= 0 && range_draw_peeks(app->columns)
			  ? app_id_of(app, commit)
			  : "",
		  app->now);
	peek_look(&app->peek, app->repo, &app->asides, app->now, app->ascii);
}

/* A step that is chosen here is chosen among the steps too. */
static void follow_choice(struct app *app)
{
	int commit = range_page_chosen(&app->range);
	const struct model_row *row;

	for (int i = 0; i < app->model.row_count; i++) {
		if (commit < 0 || app->model.rows[i].commit != commit)
			continue;
		app_go_to_row(app, i);
		break;
	}
	row = app_selected(app);
	app->range_of = row ? row->commit : -1;
	look_at_choice(app);
}

static void update_range(struct app *app)
{
	range_page_update(&app->range, app->session,
			  range_draw_rows(app->columns, app->rows), app->ascii);
	look_at_choice(app);
}

/* On the step that was chosen meanwhile, else where one was. */
static void enter_range(struct app *app)
{
	const struct model_row *row = app_selected(app);
	bool other = row && app->range_of != row->commit;

	range_page_update(&app->range, app->session,
			  range_draw_rows(app->columns, app->rows), app->ascii);
	if (other)
		range_page_go_to(&app->range, row->commit);
}

static bool asks_range(const struct app *app)
{
	return app->range.asking;
}

static void ask_verdict(struct app *app, int commit, bool skip)
{
	dialog_open(&app->dialog, app->session, &app->model, commit,
		    app->ascii);
	if (skip)
		dialog_key(&app->dialog, app->session, &app->model, app->ascii,
			   's');
}

static void skip_marked(struct app *app)
{
	struct range_page *page = &app->range;
	char range[2 * OID_HEX_MAX + 3];

	if (page->from < 0) {
		app_say(app, true,
			"no range is marked: the older end must be part of the "
			"newer one's history");
		return;
	}
	if (!page->cost.commits) {
		app_say(app, false, "all of these are judged or skipped");
		return;
	}
	snprintf(range, sizeof(range), "%s..%s", app_id_of(app, page->from),
		 app_id_of(app, page->to));
	range_page_unmark(page);
	order_give(app, "skip", range, NULL);
}

static void on_chosen(struct app *app, int key)
{
	int commit = range_page_chosen(&app->range);

	if (key == 's' && app->range.marking)
		skip_marked(app);
	else if (commit < 0)
		app_say(app, false,
			key == 's' ? "unfold it and choose a commit, or mark "
				     "the range with V"
				   : "unfold it and choose a commit");
	else if (key == 't')
		order_give(app, "pick", app_id_of(app, commit), NULL);
	else
		ask_verdict(app, commit, key == 's');
}

static void key_range(struct app *app, int key)
{
	switch (range_page_key(&app->range, app->session, key, app->ascii)) {
	case RANGE_OPEN:
		follow_choice(app);
		views_go(app, &view_commit);
		app->back = &view_range;
		return;
	case RANGE_DONE:
		break;
	case RANGE_NOT_OURS:
		if (key == 's' || key == 't' || key == 'v')
			on_chosen(app, key);
		else if (key == INPUT_ESCAPE || key == INPUT_BACKSPACE)
			views_go(app, &view_steps);
		else
			order_key(app, key);
		return;
	}
	follow_choice(app);
}

static void choose_range(struct app *app, int pane, int line)
{
	(void)pane;
	range_page_choose(&app->range, app->session, line, app->ascii);
	follow_choice(app);
}

static bool work_range(struct app *app)
{
	int commit = range_page_chosen(&app->range);

	if (!range_page_work(&app->range, app->session, app->ascii))
		return false;
	if (range_page_chosen(&app->range) != commit)
		follow_choice(app);
	return true;
}

static void draw_range(struct app *app, struct grid *grid)
{
	const struct range_view view = {
		.model = &app->model,
		.home = &app->home,
		.session = app->session,
		.page = &app->range,
		.peek = &app->peek,
	};

	range_draw(grid, &view);
}

const struct view view_range = {
	.digit = '2',
	.enter = enter_range,
	.update = update_range,
	.work = work_range,
	.asks = asks_range,
	.key = key_range,
	.choose = choose_range,
	.draw = draw_range,
};
