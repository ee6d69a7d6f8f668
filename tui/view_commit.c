/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commit of the chosen row.
 */

#include "tui/view.h"

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/views.h"

#define COMMIT_MAX (4 * 1024 * 1024) /* bytes of one that are shown */

static void enter_commit(struct app *app)
{
	const struct model_row *row = app_selected(app);
	int commit = app->about >= 0 ? app->about : row ? row->commit : -1;
	const char *id = commit >= 0 ? app_id_of(app, commit) : "";
	struct error err = ERROR_INIT;
	struct buf text;

	if (str_equal(id, app->commit_id))
		return;
	str_copy(app->commit_id, sizeof(app->commit_id), id);
	buf_init(&text, COMMIT_MAX);
	if (!app->repo)
		buf_puts(&text, "the repository is not at hand: only what the "
				"session knows of commits can be shown");
	else if (commit >= 0 &&
		 desk_show_commit(app->repo,
				  graph_oid(session_graph(app->session),
					    commit),
				  &text, &err) < 0)
		buf_puts(&text, err.text);
	pages_fill_commit(&app->commit, text.text, text.length, app->ascii);
	app->commit.line = app->commit.top = 0;
	app->commit.left = 0;
	buf_release(&text);
}

static bool asks_commit(const struct app *app)
{
	return app->commit.asking;
}

static void key_commit(struct app *app, int key)
{
	switch (views_page_key(app, &app->commit, key)) {
	case PAGER_OPEN:
		views_open_step(app, pager_link(&app->commit));
		break;
	case PAGER_NOT_OURS:
		order_key(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

static void choose_commit(struct app *app, int pane, int line)
{
	(void)pane;
	pager_choose(&app->commit, line);
}

static void draw_commit(struct app *app, struct grid *grid)
{
	char remark[96];

	str_copy(remark, sizeof(remark), app->commit_id);
	pages_draw(grid, &app->model, &app->home, "Commit", remark,
		   &app->commit);
}

const struct view view_commit = {
	.digit = '7',
	.enter = enter_commit,
	.asks = asks_commit,
	.key = key_commit,
	.choose = choose_commit,
	.draw = draw_commit,
};
