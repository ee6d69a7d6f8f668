/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/further.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/onward.h"
#include "control/otherwise.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/order.h"

#define HASH 17 /* characters of "-", and of what stands behind it */

/* A log that is kept has its own name, and a number made of its bytes. */
static void name_past(const struct app *app, char *out, size_t size)
{
	const char *dir = session_dir(app->session);
	const char *name = strrchr(dir, '/') + 1;
	size_t length = strlen(name);

	if (length > HASH && name[length - HASH] == '-' &&
	    strspn(name + length - HASH + 1, "0123456789abcdef") == HASH - 1)
		length -= HASH;
	snprintf(out, size, "%s%.*s",
		 name[strspn(name, "0123456789")] ? "" : "session ",
		 (int)length, name);
}

static size_t place_of(struct app *app)
{
	const struct otherwise *otherwise = &app->beside.otherwise;
	const struct whatif *whatif = &otherwise->whatif;
	size_t place = session_event_count(app->session);

	if (session_is_past(app->session))
		return app->replay.place;
	if (otherwise->count && otherwise->made &&
	    whatif->first_changed < whatif->recorded.count)
		otherwise_step_end(app->session, (int)whatif->first_changed + 1,
				   &place, NULL);
	return place;
}

static int prepare(struct app *app, struct onward *onward, char *name,
		   size_t size, struct error *err)
{
	name_past(app, name, size);
	*onward = (struct onward){ .from = app->session,
				   .name = name,
				   .repo = app->repo,
				   .who = app->who,
				   .otherwise = &app->beside.otherwise };
	return onward_find_repo(onward, err);
}

void further_ask(struct app *app)
{
	struct error err = ERROR_INIT;
	struct onward_look look;
	struct onward onward;
	struct buf text;
	char name[128];

	if (prepare(app, &onward, name, sizeof(name), &err) < 0) {
		app_say(app, true, err.text);
		return;
	}
	onward.events = place_of(app);
	buf_init(&text, 0);
	if (onward_look(&onward, &look, &err) < 0) {
		app_say(app, true, err.text);
	} else {
		buf_printf(&text, "%s, up to step %d of %d\nin: %s\n", name,
			   look.steps, look.of, look.home);
		if (onward.otherwise->count)
			buf_printf(&text,
				   "with: what is imagined, %zu decision%s\n",
				   onward.otherwise->count,
				   onward.otherwise->count == 1 ? "" : "s");
		if (look.settings)
			buf_printf(&text, "settings: %s\n", look.settings);
		onward_tell(&look, &text);
		ask_about_going_on(&app->ask, text.text, onward.events,
				   app->ascii);
		onward_release(&look);
	}
	buf_release(&text);
	onward_close(&onward);
}

void further_begin(struct app *app)
{
	struct error err = ERROR_INIT;
	struct onward onward;
	char name[128], *dir = NULL;
	struct buf say;
	int ret = prepare(app, &onward, name, sizeof(name), &err);

	buf_init(&say, 0);
	if (ret == 0) {
		onward.events = (size_t)app->ask.seq;
		ret = onward_begin(&onward, &dir, &say, &err);
		onward_close(&onward);
	}
	if (ret < 0)
		app_say(app, true, err.text);
	else
		order_go_over(app, dir, say.text);
	buf_release(&say);
}
