/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/tui.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/idle.h"
#include "tui/input.h"
#include "tui/term.h"
#include "tui/wishes.h"

/*
 * The loop.  Keys are drawn at once; all else that changes is drawn at most
 * every FRAME_MS.  Nothing spins: a session where nothing happens costs one
 * look at the clock a second.
 *
 *	key, resize ----------------------------> draw
 *	folder changed, log grew, clock --> frame timer --> draw
 */

#define FRAME_MS  50 /* 20 a second */
#define CLOCK_MS  1000
#define LISTEN_MS 250  /* where file events do not come: the logs */
#define QUIET_MS  1000 /* the same without an engine */

enum { SIGNAL_COUNT = 5 };

struct loop {
	uv_loop_t uv;
	uv_poll_t keys;
	uv_timer_t clock, listen, frame, due;
	uv_fs_event_t folder;
	uv_signal_t signals[SIGNAL_COUNT];
	uv_prepare_t waits; /* before the loop waits */
	struct idle idle;
	struct wishes wishes;
	bool framed;  /* the frame timer runs */
	bool stale;   /* the session may have changed */
	int ended_by; /* a signal, or 0 */

	struct term *term;
	struct grid *grid;
	struct app app;
};

static void want_frame(struct loop *loop);

static void on_due(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop->stale = true;
	want_frame(loop);
}

/* What the screen itself wants to do at some time. */
static void wait_for_due(struct loop *loop)
{
	int64_t due = app_due(&loop->app), now = session_now();

	if (due < 0)
		uv_timer_stop(&loop->due);
	else
		uv_timer_start(&loop->due, on_due,
			       due > now ? (uint64_t)(due - now) : 0, 0);
}

static void draw(struct loop *loop)
{
	int columns, rows;

	if (loop->app.repaint) {
		loop->app.repaint = false;
		term_repaint(loop->term);
	}
	term_size(loop->term, &columns, &rows);
	grid_clear(loop->grid, columns, rows);
	app_draw(&loop->app, loop->grid);
	term_draw(loop->term, loop->grid);
	idle_drawn(&loop->idle);
	wait_for_due(loop);
}

static void refresh(struct loop *loop)
{
	loop->stale = false;
	app_refresh(&loop->app, session_now());
	uv_timer_set_repeat(&loop->listen, loop->app.model.engine_alive
						   ? LISTEN_MS
						   : QUIET_MS);
	if (loop->app.quit)
		uv_stop(&loop->uv);
}

static void on_frame(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop->framed = false;
	if (loop->stale)
		refresh(loop);
	draw(loop);
}

/* Draw soon; many wishes within a frame are one. */
static void want_frame(struct loop *loop)
{
	if (loop->framed)
		return;
	loop->framed = true;
	uv_timer_start(&loop->frame, on_frame, FRAME_MS, 0);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
	struct loop *loop = poll->data;
	struct mouse mouse;
	int key;

	(void)events;
	if (status < 0 || term_is_gone(loop->term)) {
		loop->app.quit = true;
		uv_stop(&loop->uv);
		return;
	}
	loop->app.now = session_now();
	while (!loop->app.quit && (key = term_key(loop->term)) != INPUT_NONE) {
		idle_key(&loop->idle, key);
		if (key != INPUT_MOUSE)
			app_key(&loop->app, key);
		else if (term_mouse(loop->term, &mouse))
			app_mouse(&loop->app, loop->grid, &mouse);
		if (!loop->app.suspend)
			continue;
		loop->app.suspend = false;
		term_suspend(loop->term);
		refresh(loop);
	}
	if (loop->app.quit)
		uv_stop(&loop->uv);
	else
		draw(loop);
}

static void on_clock(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop->stale = true;
	want_frame(loop);
}

static void on_listen(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	if (session_is_behind(loop->app.session))
		loop->stale = true;
	if (app_listen(&loop->app) || loop->stale)
		want_frame(loop);
}

static void on_folder(uv_fs_event_t *event, const char *name, int events,
		      int status)
{
	struct loop *loop = event->data;

	(void)name;
	(void)events;
	if (status < 0 || !session_is_behind(loop->app.session))
		return;
	loop->stale = true;
	want_frame(loop);
}

static void on_waits(uv_prepare_t *handle)
{
	struct loop *loop = handle->data;

	if (!loop->framed && !loop->stale)
		idle_tell(&loop->idle, loop->grid->columns, loop->grid->rows);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	if (number == SIGWINCH) {
		term_resize(loop->term);
		want_frame(loop);
		return;
	}
	loop->ended_by = number;
	uv_stop(&loop->uv);
}

static int uv_failed(struct error *err, const char *what, int status)
{
	return error_set(err, ERROR_SYSTEM, "cannot %s: %s", what,
			 uv_strerror(status));
}

static int listen_to_all(struct loop *loop, struct error *err)
{
	static const int numbers[SIGNAL_COUNT] = { SIGWINCH, SIGTERM, SIGHUP,
						   SIGINT, SIGQUIT };
	int status;

	for (int i = 0; i < SIGNAL_COUNT; i++) {
		uv_signal_init(&loop->uv, &loop->signals[i]);
		loop->signals[i].data = loop;
		uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
	}
	uv_timer_init(&loop->uv, &loop->clock);
	uv_timer_init(&loop->uv, &loop->listen);
	uv_timer_init(&loop->uv, &loop->frame);
	uv_timer_init(&loop->uv, &loop->due);
	uv_prepare_init(&loop->uv, &loop->waits);
	loop->waits.data = loop;
	uv_prepare_start(&loop->waits, on_waits);
	loop->clock.data = loop->listen.data = loop->frame.data =
		loop->due.data = loop;
	uv_timer_start(&loop->clock, on_clock, CLOCK_MS, CLOCK_MS);
	uv_timer_start(&loop->listen, on_listen, LISTEN_MS, LISTEN_MS);
	uv_fs_event_init(&loop->uv, &loop->folder);
	loop->folder.data = loop;
	/* without file events (too many watches) the timer does it */
	uv_fs_event_start(&loop->folder, on_folder,
			  session_dir(loop->app.session), 0);
	status = uv_poll_init(&loop->uv, &loop->keys, STDIN_FILENO);
	if (status < 0)
		return uv_failed(err, "read the keys", status);
	loop->keys.data = loop;
	status = uv_poll_start(&loop->keys, UV_READABLE, on_keys);
	return status < 0 ? uv_failed(err, "read the keys", status) : 0;
}

static void close_handle(uv_handle_t *handle, void *data)
{
	(void)data;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void close_all(struct loop *loop)
{
	uv_walk(&loop->uv, close_handle, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	uv_loop_close(&loop->uv);
}

int tui_main(struct session *session, struct repo *repo,
	     const struct tui_options *options, struct error *err)
{
	struct loop loop = { .stale = false };
	int status, ret = -1;

	if (wishes_read(&loop.wishes, NULL, options->said, err) < 0)
		return -1;
	status = uv_loop_init(&loop.uv);
	if (status < 0)
		return uv_failed(err, "begin a loop", status);
	app_init(&loop.app, session, repo, options->program,
		 loop.wishes.settings.ascii || !term_is_utf8());
	loop.app.keys = &loop.wishes.keys;
	idle_init(&loop.idle);
	loop.grid = grid_new(1, 1, loop.app.ascii);
	loop.grid->keys = &loop.wishes.keys;
	if (term_open(&loop.term, &loop.wishes, err) < 0 ||
	    listen_to_all(&loop, err) < 0)
		goto out;
	refresh(&loop);
	draw(&loop);
	loop.app.starts_engine = options->start_engine;
	app_want_engine(&loop.app);
	refresh(&loop);
	draw(&loop);
	if (!loop.app.quit)
		uv_run(&loop.uv, UV_RUN_DEFAULT);
	ret = 0;
out:
	term_close(loop.term);
	close_all(&loop);
	grid_free(loop.grid);
	app_release(&loop.app);
	if (loop.ended_by)
		raise(loop.ended_by);
	return ret;
}
