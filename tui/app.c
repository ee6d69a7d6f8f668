/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/helm.h"
#include "control/mirror.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/order.h"
#include "tui/steer.h"
#include "tui/view.h"
#include "tui/views.h"

#define TOAST_MS       10000
#define WANTED_MS      3000
#define WANTED_LOOK_MS 250
#define CLOCK_MS       1000
#define TWICE_MS       400 /* two presses within it are a double one */
#define WHEEL	       3   /* lines */

bool app_has_course(const struct app *app)
{
	return app->course_of &&
	       app->course_of == session_event_count(app->session);
}

void app_drop_course(struct app *app)
{
	ponder_stop(&app->ponder);
	course_release(&app->course);
	app->course_of = 0;
}

void app_find_course(struct app *app)
{
	if (!app_has_course(app) && !ponder_works(&app->ponder))
		ponder_course(&app->ponder, app->session);
}

/* What came meanwhile is worked out when somebody asks again. */
static void on_course(void *data)
{
	struct app *app = data;
	struct pondered result;

	ponder_take(&app->ponder, &result);
	course_release(&app->course);
	app->course = result.course;
	app->course_of = result.events;
	app->beside.columns = 0;
	if (result.ret < 0)
		app_say(app, true, result.why.text);
	if (app->asides.over)
		app->asides.over(app->asides.data);
}

void app_init(struct app *app, struct session *session, struct repo *repo,
	      const char *program, bool ascii)
{
	memset(app, 0, sizeof(*app));
	app->session = session;
	app->repo = repo;
	app->program = program;
	app->ascii = ascii;
	app->view = &view_steps;
	app->log.follow = true;
	app->range_of = app->about = -1;
	view_runs_init(&app->runs);
	view_evidence_init(&app->evidence);
	app->selected = -1;
	app->show = SHOW_NEWEST;
	desk_who(app->who, sizeof(app->who));
	model_init(&app->model);
	tail_init(&app->tail);
	consoles_init(&app->consoles);
	buildlog_init(&app->build);
	range_page_init(&app->range);
	app->range.repo = repo;
	app->range.asides = &app->asides;
	app->ponder.over = on_course;
	app->ponder.data = app;
	view_beside_init(app);
}

void app_stop_asides(struct app *app)
{
	view_runs_stop(&app->runs);
	view_evidence_stop(&app->evidence);
	view_commit_stop(&app->commit);
	peek_stop(&app->peek);
	range_find_stop(&app->range.find);
	ponder_stop(&app->ponder);
	ponder_stop(&app->beside.ponder);
}

void app_release(struct app *app)
{
	free(app->next);
	model_release(&app->model);
	tail_release(&app->tail);
	consoles_release(&app->consoles);
	buildlog_release(&app->build);
	pager_release(&app->log);
	view_runs_release(&app->runs);
	view_evidence_release(&app->evidence);
	view_commit_release(&app->commit);
	range_page_release(&app->range);
	peek_release(&app->peek);
	replay_release(&app->replay);
	course_release(&app->course);
	view_beside_release(&app->beside);
	desk_leave_engine(&app->engine_start);
}

void app_say(struct app *app, bool is_error, const char *text)
{
	struct buf line;

	buf_init(&line, 0);
	text_clean(&line, text, strcspn(text, "\n"), 400, app->ascii);
	str_copy(app->home.toast, sizeof(app->home.toast), line.text);
	app->home.toast_is_error = is_error;
	app->toast_until = app->now + TOAST_MS;
	buf_release(&line);
}

/* At an earlier time there is no engine, and the clock stands. */
static void look_at_time(const struct app *app, struct model_view *view)
{
	const struct replay *replay = &app->replay;
	size_t shown = engine_event_count(session_engine(app->session));

	if (shown && app->plain)
		view->now = session_event(app->session, shown - 1)->at;
	if (!session_is_past(app->session) && !app->only_replay) {
		desk_engine(app->session, &view->engine);
		view->engine_stage =
			desk_engine_stage(app->session, &view->engine);
		return;
	}
	view->can_run = false;
	view->replay_step = replay_at_end(replay) ? replay->step_count
						  : replay_step(replay) + 1;
	view->replay_steps = replay->step_count ? replay->step_count : 1;
	view->replay_ms = replay->count ? replay->events[replay->count - 1].at -
						  replay->events[0].at
					: 0;
	if (shown)
		view->now = session_event(app->session, shown - 1)->at;
}

void app_rebuild(struct app *app)
{
	struct model_view view = {
		.now = app->now,
		.selected = app->selected,
		.show = app->show,
		.ascii = app->ascii,
		.can_run = desk_can_run(app->session),
		.link_ms = app->link_ms,
		.reads = app->helm && !helm_is_ours(app->helm),
		.moving = mover_moves(&app->mover),
	};

	look_at_time(app, &view);
	model_build(&app->model, app->session, &view);
	if (app->home.line > app->model.run_count)
		app->home.line = app->model.run_count;
	tail_open(&app->tail, app->model.console);
	tail_read(&app->tail);
	views_update(app);
	order_update(app);
}

/* Did a person end the last engine, on purpose? */
static bool was_stopped(const struct app *app)
{
	const struct event *last =
		engine_process_event(session_engine(app->session));

	return last && last->kind == EVENT_ENGINE_GONE &&
	       !str_empty(last->text);
}

void app_want_engine(struct app *app)
{
	if (app->starts_engine && !app->model.reads &&
	    desk_can_run(app->session) && !was_stopped(app))
		app->engine_wanted = app->now + WANTED_MS;
}

/*
 * An engine that is alive may be about to leave: look again a little later.
 * One that leaves takes its time, and is waited for.
 */
static void start_wanted_engine(struct app *app)
{
	bool work = plan_has_work(engine_plan(session_engine(app->session)));

	if (app->model.engine_alive && work &&
	    (app->model.engine_stage == ENGINE_LEAVES ||
	     app->now < app->engine_wanted))
		return;
	app->engine_wanted = 0;
	if (!app->model.engine_alive && work)
		app_start_engine(app);
}

/* It may find only now that it cannot work. */
static void hear_engine(struct app *app)
{
	struct error err = ERROR_INIT;

	if (desk_hear_engine(&app->engine_start, &err) < 0)
		app_say(app, true, err.text);
}

/* It came to this while nobody did anything here. */
static void call_person(struct app *app, enum badge before)
{
	enum badge badge = app->model.badge;

	if (badge == before || !app->looked)
		return;
	if (badge == BADGE_DONE)
		app->call = CALL_DONE;
	else if (badge == BADGE_ASKS || badge == BADGE_LOST)
		app->call = CALL_NEEDED;
}

/* Where nobody does anything else, and never again who went back. */
static void open_range(struct app *app)
{
	const struct model *model = &app->model;

	if (app->range_opened || model->state != PLAN_TEST ||
	    model->suspects < 1 || model->suspects > app->range_at ||
	    app->view != &view_steps || app->help.open || order_asks(app))
		return;
	app->range_opened = true;
	views_go(app, &view_range);
}

void app_refresh(struct app *app, int64_t now)
{
	enum badge before = app->model.badge;
	struct error err = ERROR_INIT;

	app->now = now;
	if (session_refresh(app->session, NULL, &err) < 0)
		app_say(app, true, err.text);
	if (now >= app->toast_until && !app->plain)
		app->home.toast[0] = '\0';
	if (replay_tick(&app->replay, now))
		app_go_to_time(app);
	else
		app_rebuild(app);
	/* what was said before is no more so */
	if (app->model.badge == BADGE_LOST && before != BADGE_LOST &&
	    !app->home.toast_is_error)
		app->home.toast[0] = '\0';
	call_person(app, before);
	steer_tell(app);
	open_range(app);
	app->looked = true;
	hear_engine(app);
	if (app->engine_wanted)
		start_wanted_engine(app);
}

static void look_at_git(struct app *app)
{
	bool moves = false;
	struct buf say;

	buf_init(&say, 64 * 1024);
	mirror_look(app->session, app->repo, &moves, &say);
	if (say.length)
		app_say(app, false, say.text);
	buf_release(&say);
	if (moves)
		mover_follow(&app->mover, app->session);
}

/* An engine that is alive looks itself. */
bool app_look_at_git(struct app *app)
{
	if (app->model.engine_alive || mirror_is_busy(app->session) ||
	    !mirror_is_behind(app->session))
		return false;
	look_at_git(app);
	app_want_engine(app);
	return true;
}

/* A worktree that was made just now has no state of git's in it yet. */
void app_moved(struct app *app)
{
	if (app->mover.failed)
		app_say(app, true, app->mover.why.text);
	else
		look_at_git(app);
}

bool app_listen(struct app *app)
{
	return views_listen(app);
}

bool app_work(struct app *app)
{
	return views_work(app);
}

void app_start_engine(struct app *app)
{
	struct error err = ERROR_INIT;

	if (!steer_may_order(app))
		return;
	if (app->model.engine_stage == ENGINE_LEAVES) {
		app->engine_wanted = app->now + WANTED_MS;
		app_say(app, false,
			"another engine is started when this one has ended");
		return;
	}
	if (app->model.engine_alive) {
		app_say(app, false, "an engine is at work already");
		return;
	}
	if (!desk_can_run(app->session)) {
		app_say(app, true,
			"this session has no test command: drive it by hand");
		return;
	}
	desk_leave_engine(&app->engine_start);
	if (desk_start_engine(app->session, app->program, &app->engine_start,
			      &err) < 0)
		app_say(app, true, err.text);
	else
		app_say(app, false, "an engine has been started");
	app_rebuild(app);
}

static int64_t sooner(int64_t due, int64_t other)
{
	return due < 0 || other < due ? other : due;
}

int64_t app_due(const struct app *app)
{
	int64_t due = -1, peek = peek_wait(&app->peek, app->now);

	if (app->replay.playing)
		due = sooner(due, app->replay.due);
	if (app->engine_wanted || app->engine_start.begins)
		due = sooner(due, app->now + WANTED_LOOK_MS);
	if (app->repo && peek >= 0 &&
	    (app->view == &view_range || app->view == &view_steps))
		due = sooner(due, app->now + peek);
	if (app->plain)
		return due;
	if (*app->home.toast)
		due = sooner(due, app->toast_until);
	if (app->model.engine_alive)
		due = sooner(due, app->now - app->now % CLOCK_MS + CLOCK_MS);
	return due;
}

void app_go_to_time(struct app *app)
{
	struct replay *replay = &app->replay;
	int step = replay_step(replay);
	struct error err = ERROR_INIT;

	if (session_go(app->session, replay->place, &err) < 0) {
		replay->playing = false;
		replay->place =
			engine_event_count(session_engine(app->session));
		app_say(app, true, err.text);
	}
	app->selected = step < 0 || replay_at_end(replay)
				? -1
				: replay->steps[step].commit;
	app->show = SHOW_NEWEST;
	app_rebuild(app);
}

void app_begin_replay(struct app *app)
{
	app->only_replay = true;
	views_go(app, &view_replay);
	replay_jump(&app->replay, 0);
	app_go_to_time(app);
}

void app_leave_time(struct app *app)
{
	app->replay.playing = false;
	app->replay.place = app->replay.count;
	app_go_to_time(app);
}

const char *app_id_of(const struct app *app, int commit)
{
	return graph_oid(session_graph(app->session), commit)->hex;
}

/* On the one under test the view follows it. */
void app_go_to_row(struct app *app, int row)
{
	const struct model *model = &app->model;

	if (!model->row_count)
		return;
	row = row < 0			? 0
	      : row >= model->row_count ? model->row_count - 1
					: row;
	if (row == model->selected)
		return;
	app->selected = row == model->testing ? -1 : model->rows[row].commit;
	app->show = SHOW_NEWEST;
	app->home.line = 0;
	app_rebuild(app);
}

const struct model_row *app_selected(const struct app *app)
{
	return app->model.selected < 0 ? NULL
				       : &app->model.rows[app->model.selected];
}

/* From a view to the steps, from an earlier time to the present, and out. */
static void leave(struct app *app)
{
	if (app->view->leave) {
		app->view->leave(app);
	} else if (app->view != &view_steps) {
		views_leave(app);
	} else if (session_is_past(app->session) && !app->only_replay) {
		app_leave_time(app);
		app_say(app, false, "back in the present");
	} else {
		app->quit = true;
	}
}

/* A key as it is known without settings. */
static void known_key(struct app *app, int key)
{
	if (key == INPUT_NONE)
		return;
	app->home.toast[0] = '\0';
	if (key == INPUT_CTRL('z')) {
		app->suspend = true;
		return;
	}
	if (key == INPUT_CTRL('l')) {
		app->repaint = true;
		return;
	}
	if (app->help.open) {
		help_key(&app->help, key);
		return;
	}
	if (order_asks(app)) {
		order_answer(app, key);
		return;
	}
	if (views_asks(app)) {
		views_key(app, key);
		return;
	}
	if (key == '?') {
		app->help = (struct help){ .open = true };
		return;
	}
	if (key == ':') {
		palette_open(&app->palette);
		return;
	}
	if (views_find(key)) {
		views_go(app, views_find(key));
		return;
	}
	if (key == 'q') {
		leave(app);
		return;
	}
	if (key == INPUT_CTRL('c')) {
		app_say(app, false, "q leaves the screen; the engine goes on");
		return;
	}
	views_key(app, key);
}

/* Where every key is what it is: a text is written, or an answer given. */
static bool takes_keys_as_they_are(const struct app *app)
{
	return app->help.open || order_asks(app) || views_asks(app);
}

void app_key(struct app *app, int key)
{
	if (app->keys && !takes_keys_as_they_are(app))
		key = keymap_known(app->keys, key);
	known_key(app, key);
}

static void wheel(struct app *app, const struct hot *hot, int lines)
{
	int key = lines < 0 ? INPUT_UP : INPUT_DOWN;

	if (order_asks(app) || views_asks(app))
		return;
	if (app->view->scroll && !app->help.open) {
		if (hot && hot->key == INPUT_NONE)
			app->view->scroll(app, hot->pane, lines);
		return;
	}
	for (int i = 0; i < abs(lines); i++)
		known_key(app, key);
}

static void press(struct app *app, const struct hot *hot, bool second)
{
	if (hot->key != INPUT_NONE) {
		known_key(app, hot->key);
	} else if (app->view->choose) {
		app->view->choose(app, hot->pane, hot->line);
		if (second)
			known_key(app, INPUT_ENTER);
	}
}

void app_mouse(struct app *app, const struct grid *grid,
	       const struct mouse *mouse)
{
	const struct hot *hot = grid_hot_at(grid, mouse->x, mouse->y);
	bool second = app->press.at > app->now - TWICE_MS &&
		      app->press.x == mouse->x && app->press.y == mouse->y;

	if (mouse->act != MOUSE_PRESS) {
		wheel(app, hot, mouse->act == MOUSE_WHEEL_UP ? -WHEEL : WHEEL);
		return;
	}
	app->press.at = second ? 0 : app->now; /* a third one is a first */
	app->press.x = mouse->x;
	app->press.y = mouse->y;
	if (hot)
		press(app, hot, second);
}

void app_draw(struct app *app, struct grid *grid)
{
	app->columns = grid->columns;
	app->rows = grid->rows;
	grid->cursor_seen = app->cursor || order_asks(app) || views_asks(app) ||
			    app->help.open;
	views_draw(app, grid);
	if (order_asks(app) || app->help.open)
		grid_cool(grid);
	order_draw(app, grid);
	if (app->help.open)
		help_draw(grid, &app->help);
}
