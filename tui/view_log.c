/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The log.
 */

#include "tui/view.h"

#include <stddef.h>
#include <stdio.h>

#include "tui/app.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/views.h"

static void update_log(struct app *app)
{
	if (views_event_count(app) == app->log_events)
		return;
	app->log_events = views_event_count(app);
	pages_fill_log(&app->log, app->session, app->ascii);
}

static bool asks_log(const struct app *app)
{
	return app->log.asking;
}

static void key_log(struct app *app, int key)
{
	switch (views_page_key(app, &app->log, key)) {
	case PAGER_OPEN:
		views_open_step(app, pager_link(&app->log));
		break;
	case PAGER_NOT_OURS:
		order_key(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

static void choose_log(struct app *app, int pane, int line)
{
	(void)pane;
	pager_choose(&app->log, line);
}

static const struct key_hint hints[] = {
	{ "Enter", "open step" }, { "F", "follow" },	 { "/", "find" },
	{ "n", "next" },	  { "h l", "sideways" }, { "1", "steps" },
	{ "3", "runs" },	  { "6", "evidence" },	 { "7", "commit" },
};

static void draw_log(struct app *app, struct grid *grid)
{
	char remark[96];
	const struct page_look look = {
		.title = "9 Log",
		.remark = remark,
		.hints = hints,
		.hint_count = sizeof(hints) / sizeof(*hints),
	};

	snprintf(remark, sizeof(remark), "%zu events", app->log_events);
	pages_draw(grid, &app->model, &app->home, &look, &app->log);
}

const struct view view_log = {
	.digit = '9',
	.update = update_log,
	.asks = asks_log,
	.key = key_log,
	.choose = choose_log,
	.draw = draw_log,
};
