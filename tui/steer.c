/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/steer.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "control/helm.h"
#include "tui/app.h"
#include "tui/keymap.h"
#include "tui/place.h"
#include "tui/view.h"
#include "tui/views.h"

/* Who steers the session, raw; "another screen" who has left. */
static void say_who_steers(const struct app *app, char *out, size_t size)
{
	struct helm_holder holder;

	if (!helm_holder(app->helm, &holder)) {
		str_copy(out, size, "another screen");
		return;
	}
	snprintf(out, size, "%s, process %d,", holder.who, holder.pid);
}

static const char *key_to_take(const struct app *app, char *out, size_t size)
{
	return app->keys ? keymap_hint(app->keys, "O", out, size) : "O";
}

void steer_tell(struct app *app)
{
	bool steers = !app->model.reads;
	char who[200], key[16], line[300];

	if (app->looked && app->steered == steers)
		return;
	app->steered = steers;
	if (steers && app->looked) {
		app_say(app, false, "this screen steers the session now");
	} else if (!steers) {
		say_who_steers(app, who, sizeof(who));
		snprintf(line, sizeof(line), "%s %s: %s takes it %s", who,
			 app->looked ? "has taken over" : "steers this session",
			 key_to_take(app, key, sizeof(key)),
			 app->looked ? "back" : "over");
		app_say(app, false, line);
	}
}

bool steer_may_order(struct app *app)
{
	char who[200], key[16], line[300];

	if (!app->helm || helm_is_ours(app->helm))
		return true;
	say_who_steers(app, who, sizeof(who));
	snprintf(line, sizeof(line), "%s steers this session: %s takes it over",
		 who, key_to_take(app, key, sizeof(key)));
	app_say(app, true, line);
	return false;
}

void steer_take_over(struct app *app)
{
	struct error err = ERROR_INIT;

	if (!app->helm || helm_is_ours(app->helm)) {
		app_say(app, false, "this screen steers the session already");
		return;
	}
	if (helm_take(app->helm, &err) < 0)
		app_say(app, true, err.text);
	else
		app_say(app, false, "this screen steers the session now");
	app_rebuild(app);
	app->steered = !app->model.reads;
	app_want_engine(app);
}

/* The time of a replay is not kept: its view begins anew. */
void steer_place(const struct app *app, struct place *place)
{
	*place = (struct place){
		.view = app->view == &view_replay ? 0 : app->view->digit - '0',
		.pane = (int)app->home.focus,
		.run = app->home.line,
		.paused = !app->tail.follow,
	};
	if (app->selected >= 0)
		str_copy(place->row, sizeof(place->row),
			 app_id_of(app, app->selected));
}

void steer_go_to_place(struct app *app, const struct place *place)
{
	const struct view *view =
		place->view ? views_find('0' + place->view) : NULL;

	for (int row = 0; *place->row && row < app->model.row_count; row++)
		if (str_equal(app_id_of(app, app->model.rows[row].commit),
			      place->row))
			app_go_to_row(app, row);
	if (place->pane < PANE_COUNT)
		app->home.focus = (enum pane)place->pane;
	app->home.line = place->run > app->model.run_count
				 ? app->model.run_count
				 : place->run;
	app->tail.follow = !place->paused;
	if (view && view != &view_replay)
		views_go(app, view);
}
