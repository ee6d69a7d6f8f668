/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The evidence.
 */

#include "tui/view.h"

#include <stddef.h>

#include "base/str.h"
#include "tui/app.h"
#include "tui/evidence.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/views.h"

static void update_evidence(struct app *app)
{
	if (views_event_count(app) == app->evidence_events)
		return;
	app->evidence_events = views_event_count(app);
	evidence_fill(&app->evidence, app->session, app->ascii);
}

static bool asks_evidence(const struct app *app)
{
	return app->evidence.asking;
}

static void key_evidence(struct app *app, int key)
{
	switch (views_page_key(app, &app->evidence, key)) {
	case PAGER_OPEN:
		views_open_step(app, pager_link(&app->evidence));
		break;
	case PAGER_NOT_OURS:
		order_key(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

static void choose_evidence(struct app *app, int pane, int line)
{
	(void)pane;
	pager_choose(&app->evidence, line);
}

static void draw_evidence(struct app *app, struct grid *grid)
{
	char remark[96];

	str_copy(remark, sizeof(remark),
		 app->model.culprit >= 0 ? app->model.culprit_id : "so far");
	pages_draw(grid, &app->model, &app->home, "Evidence", remark,
		   &app->evidence);
}

const struct view view_evidence = {
	.digit = '6',
	.update = update_evidence,
	.asks = asks_evidence,
	.key = key_evidence,
	.choose = choose_evidence,
	.draw = draw_evidence,
};
