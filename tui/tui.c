/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/tui.h"
#include "tui/steer.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "control/helm.h"
#include "control/mirror.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/frames.h"
#include "tui/grid.h"
#include "tui/idle.h"
#include "tui/input.h"
#include "tui/place.h"
#include "tui/term.h"
#include "tui/wishes.h"

/*
 * The loop.  What changes wants a frame; when it is drawn, tui/frames says.
 *
 *	key ----------------------> now --.
 *	folder, time, resize -----> soon --+--> due --> draw --> ask the terminal
 *	a log grew ---------------> log --'
 *
 * Nothing spins.  Logs are looked at while an engine works, and the clock goes
 * then; a session where nothing happens is told of by its folder, and costs
 * nothing.
 */

#define LISTEN_MS    250 /* where file events do not come: the logs */
#define GIT_QUIET_MS 300
#define QUIET_MS     1000 /* the same for the folder */
#define CURIOUS_MS   3000
#define HEAR_MS	     200 /* for a first answer, at the end */

enum { SIGNAL_COUNT = 6 };

struct loop {
	uv_loop_t uv;
	uv_poll_t keys;
	uv_timer_t listen, frame, due, git_quiet;
	uv_idle_t work;
	uv_fs_event_t folder, git;
	uv_signal_t signals[SIGNAL_COUNT];
	uv_prepare_t waits; /* before the loop waits */
	struct idle idle;
	struct wishes wishes;
	struct frames frames;
	bool watched;	       /* the folder says when it changes */
	int64_t curious_until; /* it has, and may have more to say */
	bool stale;	       /* the session may have changed */
	bool resized;
	int ended_by; /* a signal, or 0 */

	struct helm *helm;
	struct term *term;
	struct grid *grid;
	struct app app;
};

/* Of frames only; what a person is told comes from session_now. */
static int64_t ticks(void)
{
	return (int64_t)(uv_hrtime() / 1000000);
}

static void on_due(uv_timer_t *timer);
static void draw_if_due(struct loop *loop);
static void want_frame(struct loop *loop, enum frame_urgency urgency);

/*
 * One slice of what takes long; a key that waits comes before the next.  No
 * timer of 0 ms: libuv before 1.45 would run it again before all else.
 */
static void on_work(uv_idle_t *handle)
{
	struct loop *loop = handle->data;

	if (app_work(&loop->app))
		want_frame(loop, FRAME_LOG);
	else
		uv_idle_stop(handle);
}

/* What a key or a log that grew has begun. */
static void begin_work(struct loop *loop)
{
	uv_idle_start(&loop->work, on_work);
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

/*
 * Logs grow while an engine works; some folders say nothing; and one that has
 * said something may say it before it can be read, since SQLite tells readers
 * of a change only behind the write (and fsync) that we hear.
 */
static void listen_as_needed(struct loop *loop)
{
	bool works = loop->app.model.engine_alive && !loop->app.plain;
	bool curious = ticks() < loop->curious_until;

	uv_timer_set_repeat(&loop->listen,
			    works || curious ? LISTEN_MS : QUIET_MS);
	if (!works && !curious && loop->watched)
		uv_timer_stop(&loop->listen);
	else if (!uv_is_active((uv_handle_t *)&loop->listen))
		uv_timer_again(&loop->listen);
}

static void call_person(struct loop *loop)
{
	static const char *const words[] = {
		[CALL_NEEDED] = "culprit needs you",
		[CALL_DONE] = "culprit is done",
	};

	if (loop->app.call != CALL_NOBODY)
		term_call(loop->term, loop->wishes.settings.attention,
			  words[loop->app.call]);
	loop->app.call = CALL_NOBODY;
}

/* git changes its files one by one: when it is done we look. */
static void on_git_quiet(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	if (!app_look_at_git(&loop->app))
		return;
	loop->stale = true;
	want_frame(loop, FRAME_SOON);
}

static void on_git(uv_fs_event_t *event, const char *name, int events,
		   int status)
{
	struct loop *loop = event->data;
	char *folder = mirror_folder(loop->app.session);

	(void)name;
	(void)events;
	if (status < 0 || !folder) /* the worktree is gone */
		uv_fs_event_stop(event);
	else
		uv_timer_start(&loop->git_quiet, on_git_quiet, GIT_QUIET_MS, 0);
	free(folder);
}

/* The worktree comes with the first test, and goes at the end. */
static void watch_git(struct loop *loop)
{
	char *folder;

	if (uv_is_active((uv_handle_t *)&loop->git))
		return;
	folder = mirror_folder(loop->app.session);
	if (folder)
		uv_fs_event_start(&loop->git, on_git, folder, 0);
	free(folder);
}

static void refresh(struct loop *loop)
{
	loop->stale = false;
	watch_git(loop);
	app_refresh(&loop->app, session_now());
	call_person(loop);
	listen_as_needed(loop);
	if (loop->app.quit)
		uv_stop(&loop->uv);
}

static void draw(struct loop *loop)
{
	int columns, rows;
	bool sent;

	if (loop->resized)
		term_resize(loop->term);
	loop->resized = false;
	if (loop->app.repaint)
		term_repaint(loop->term);
	loop->app.repaint = false;
	term_size(loop->term, &columns, &rows);
	grid_clear(loop->grid, columns, rows);
	app_draw(&loop->app, loop->grid);
	sent = term_draw(loop->term, loop->grid);
	idle_drawn(&loop->idle);
	if (frames_drawn(&loop->frames, sent, ticks()))
		term_ask(loop->term);
	wait_for_due(loop);
	begin_work(loop);
}

static void on_frame(uv_timer_t *timer)
{
	draw_if_due(timer->data);
}

static void draw_if_due(struct loop *loop)
{
	int64_t due = frames_due(&loop->frames), now = ticks(), slow;

	if (due < 0)
		return;
	if (due > now) {
		uv_timer_start(&loop->frame, on_frame, (uint64_t)(due - now),
			       0);
		return;
	}
	uv_timer_stop(&loop->frame);
	slow = frames_slow(&loop->frames);
	loop->app.link_ms = slow < 0 ? 0 : slow;
	if (loop->stale)
		refresh(loop);
	draw(loop);
}

static void want_frame(struct loop *loop, enum frame_urgency urgency)
{
	frames_want(&loop->frames, urgency, ticks());
	draw_if_due(loop);
}

static void on_due(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop->stale = true;
	want_frame(loop, FRAME_SOON);
}

/* A program beside the screen has ended. */
static void on_aside(void *data)
{
	struct loop *loop = data;

	loop->stale = true;
	want_frame(loop, FRAME_SOON);
}

/* git has moved the worktree. */
static void on_moved(void *data)
{
	struct loop *loop = data;

	app_moved(&loop->app);
	loop->stale = true;
	want_frame(loop, FRAME_SOON);
}

/* That no answer is left for whoever reads from the terminal next. */
static void hear_out(struct loop *loop)
{
	const struct frames *frames = &loop->frames;
	int64_t wait = HEAR_MS;

	if (!frames_asked(frames, ticks()))
		return;
	if (frames->heard && frames->round_trip * 2 > wait)
		wait = frames->round_trip * 2;
	for (int i = 0; i < frames->asked; i++)
		term_hear(loop->term, (int)wait);
	frames_init(&loop->frames, frames->paced);
}

static void suspend(struct loop *loop)
{
	loop->app.suspend = false;
	hear_out(loop);
	term_suspend(loop->term);
	refresh(loop);
}

static void take_key(struct loop *loop, int key)
{
	struct mouse mouse;

	if (key == INPUT_ANSWER) {
		frames_answered(&loop->frames, ticks());
		return;
	}
	idle_key(&loop->idle, key);
	if (key != INPUT_MOUSE)
		app_key(&loop->app, key);
	else if (term_mouse(loop->term, &mouse))
		app_mouse(&loop->app, loop->grid, &mouse);
	frames_want(&loop->frames, FRAME_NOW, ticks());
	if (loop->app.suspend)
		suspend(loop);
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
	struct loop *loop = poll->data;
	int key;

	(void)events;
	if (status < 0 || term_is_gone(loop->term)) {
		loop->app.quit = true;
		uv_stop(&loop->uv);
		return;
	}
	loop->app.now = session_now();
	while (!loop->app.quit && (key = term_key(loop->term)) != INPUT_NONE)
		take_key(loop, key);
	if (loop->app.quit)
		uv_stop(&loop->uv);
	else
		draw_if_due(loop);
}

static void on_listen(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	if (session_is_behind(loop->app.session))
		loop->stale = true;
	if (loop->stale)
		want_frame(loop, FRAME_SOON);
	else if (!loop->app.plain && app_listen(&loop->app))
		want_frame(loop, FRAME_LOG);
	listen_as_needed(loop);
}

static void on_folder(uv_fs_event_t *event, const char *name, int events,
		      int status)
{
	struct loop *loop = event->data;

	(void)events;
	loop->curious_until = ticks() + CURIOUS_MS;
	listen_as_needed(loop);
	if (status < 0 ||
	    (!session_is_behind(loop->app.session) &&
	     !str_equal(name, "lock") && !str_equal(name, HELM_FILE)))
		return;
	loop->stale = true;
	want_frame(loop, FRAME_SOON);
}

static void on_waits(uv_prepare_t *handle)
{
	struct loop *loop = handle->data;

	if (frames_due(&loop->frames) < 0 && !loop->stale &&
	    !uv_is_active((uv_handle_t *)&loop->work))
		idle_tell(&loop->idle, loop->grid->columns, loop->grid->rows);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	switch (number) {
	case SIGWINCH:
		loop->resized = true;
		want_frame(loop, FRAME_SOON);
		break;
	case SIGCONT:
		term_continue(loop->term);
		loop->stale = true;
		want_frame(loop, FRAME_NOW);
		break;
	default:
		loop->ended_by = number;
		uv_stop(&loop->uv);
	}
}

/* Of what happens there on other machines a folder says nothing. */
static bool is_remote(const char *folder)
{
	static const unsigned types[] = {
		0x6969,	    /* NFS */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB2 */
		0x65735546, /* FUSE */
		0x01021997, /* 9p */
		0x00c36400, /* Ceph */
		0x5346414f, /* AFS */
	};
	struct statfs type;

	if (statfs(folder, &type) < 0)
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((unsigned)type.f_type == types[i])
			return true;
	return false;
}

static int uv_failed(struct error *err, const char *what, int status)
{
	return error_set(err, ERROR_SYSTEM, "cannot %s: %s", what,
			 uv_strerror(status));
}

static int listen_to_all(struct loop *loop, struct error *err)
{
	static const int numbers[SIGNAL_COUNT] = { SIGWINCH, SIGCONT, SIGTERM,
						   SIGHUP,   SIGINT,  SIGQUIT };
	int status;

	for (int i = 0; i < SIGNAL_COUNT; i++) {
		uv_signal_init(&loop->uv, &loop->signals[i]);
		loop->signals[i].data = loop;
		uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
	}
	uv_timer_init(&loop->uv, &loop->listen);
	uv_timer_init(&loop->uv, &loop->frame);
	uv_timer_init(&loop->uv, &loop->due);
	uv_idle_init(&loop->uv, &loop->work);
	uv_timer_init(&loop->uv, &loop->git_quiet);
	uv_prepare_init(&loop->uv, &loop->waits);
	loop->waits.data = loop;
	uv_prepare_start(&loop->waits, on_waits);
	loop->listen.data = loop->frame.data = loop->due.data =
		loop->work.data = loop;
	uv_timer_start(&loop->listen, on_listen, LISTEN_MS, LISTEN_MS);
	uv_fs_event_init(&loop->uv, &loop->folder);
	uv_fs_event_init(&loop->uv, &loop->git);
	loop->folder.data = loop->git.data = loop->git_quiet.data = loop;
	watch_git(loop);
	/* without file events (too many watches) the timer does it */
	loop->watched =
		uv_fs_event_start(&loop->folder, on_folder,
				  session_dir(loop->app.session), 0) == 0 &&
		!is_remote(session_dir(loop->app.session));
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

/*
 * A git at work is waited for: it would leave half a tree, or one that is not
 * what the session says is to be tested.
 */
static void see_out(struct loop *loop)
{
	struct mover *mover = &loop->app.mover;
	bool moves = mover_moves(mover);

	mover->moved = NULL;
	if (moves)
		fprintf(stderr, "git brings the worktree to %.*s...\n",
			OID_SHORT, mover->wanted.hex);
	close_all(loop);
	if (moves && mover->failed)
		fprintf(stderr, "culprit: %s\n", mover->why.text);
}

/* To where the last screen left, as a reader if another one steers. */
static void come(struct loop *loop, bool take_over)
{
	const char *folder = session_dir(loop->app.session);
	struct error err = ERROR_INIT;
	struct place place;

	loop->app.helm = loop->helm = helm_open(folder, loop->app.who);
	if (take_over && helm_take(loop->helm, &err) < 0)
		app_say(&loop->app, true, err.text);
	refresh(loop);
	place_load(&place, folder);
	steer_go_to_place(&loop->app, &place);
}

static void go(struct loop *loop)
{
	struct place place;

	if (loop->helm && helm_is_ours(loop->helm)) {
		steer_place(&loop->app, &place);
		place_save(&place, session_dir(loop->app.session));
	}
	helm_close(loop->helm);
}

int tui_main(struct session *session, struct repo *repo,
	     const struct tui_options *options, struct tui_next *next,
	     struct error *err)
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
	loop.app.asides = (struct asides){ &loop.uv, on_aside, &loop };
	loop.app.mover.loop = loop.app.ponder.loop =
		loop.app.beside.ponder.loop = &loop.uv;
	loop.app.mover.moved = on_moved;
	loop.app.mover.data = &loop;
	loop.app.cursor = loop.wishes.settings.cursor;
	loop.app.plain = loop.wishes.settings.plain;
	loop.app.range_at = loop.wishes.settings.range;
	frames_init(&loop.frames, loop.wishes.settings.pacing);
	idle_init(&loop.idle);
	loop.grid = grid_new(1, 1, loop.app.ascii);
	loop.grid->colours = loop.wishes.settings.console_colours;
	loop.grid->keys = &loop.wishes.keys;
	if (term_open(&loop.term, &loop.wishes, err) < 0 ||
	    listen_to_all(&loop, err) < 0)
		goto out;
	come(&loop, options->take_over);
	if (options->replay)
		app_begin_replay(&loop.app);
	draw(&loop);
	loop.app.starts_engine = options->start_engine;
	if (!options->at_orders_only)
		app_want_engine(&loop.app);
	refresh(&loop);
	if (*next->says)
		app_say(&loop.app, false, next->says);
	draw(&loop);
	if (!loop.app.quit)
		uv_run(&loop.uv, UV_RUN_DEFAULT);
	next->dir = loop.app.next;
	loop.app.next = NULL;
	str_copy(next->says, sizeof(next->says), loop.app.next_says);
	ret = 0;
out:
	if (loop.term)
		hear_out(&loop);
	term_close(loop.term);
	go(&loop);
	app_stop_asides(&loop.app);
	see_out(&loop);
	grid_free(loop.grid);
	app_release(&loop.app);
	if (loop.ended_by)
		raise(loop.ended_by);
	return ret;
}
