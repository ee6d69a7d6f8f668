/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/tui.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/desk.h"
#include "control/proposal.h"
#include "tui/grid.h"
#include "tui/idle.h"
#include "tui/input.h"
#include "tui/start_form.h"
#include "tui/term.h"
#include "tui/wishes.h"

/*
 * The loop of the form.  What is written is checked when no key came for a
 * moment, and the session is begun, on libuv's thread pool: git may take a
 * second for a kernel, and keys stay live.  One of the two is done at a time.
 *
 *	key --> drawn; PAUSE_MS without one --> check --> drawn
 *	Enter --> begin --> the end, or drawn with the reason
 */

#define PAUSE_MS 150

enum { SIGNAL_COUNT = 5 };

struct start {
	uv_loop_t uv;
	uv_poll_t keys;
	uv_timer_t pause;
	uv_signal_t signals[SIGNAL_COUNT];
	uv_work_t work;
	bool working;
	bool leaves; /* as soon as nothing works any more */
	int ended_by;

	struct idle idle;
	struct wishes wishes;
	struct term *term;
	struct grid *grid;
	struct start_form form;

	/* of the work, which has them while it goes on */
	struct repo *repo;
	char who[128];
	struct proposal proposal;
	struct proposal_checks checks;
	unsigned changes; /* of the form when that was copied */
	bool begins;
	int result;
	struct error err;
	struct session *session;
};

static void draw(struct start *start)
{
	int columns, rows;

	term_size(start->term, &columns, &rows);
	grid_clear(start->grid, columns, rows);
	start->grid->cursor_seen = true;
	start_form_draw(start->grid, &start->form);
	term_draw(start->term, start->grid);
	idle_drawn(&start->idle);
	idle_tell(&start->idle, columns, rows);
}

static void work(uv_work_t *work)
{
	struct start *start = work->data;

	if (start->begins)
		start->result = proposal_begin(&start->proposal, start->repo,
					       start->who, &start->session,
					       &start->err);
	else
		proposal_check(&start->proposal, start->repo, &start->checks);
}

static void begin_work(struct start *start, bool begins);

static void on_worked(uv_work_t *work, int status)
{
	struct start *start = work->data;
	bool fresh = start->changes == start->form.changes;

	(void)status;
	start->working = false;
	if (start->leaves || (start->begins && start->result == 0)) {
		uv_stop(&start->uv);
		return;
	}
	if (start->begins) {
		start_form_complain(&start->form, start->err.text);
	} else {
		start->form.checks = start->checks;
		start->form.checking = !fresh;
	}
	if (!fresh && !uv_is_active((uv_handle_t *)&start->pause))
		begin_work(start, false);
	draw(start);
}

static void begin_work(struct start *start, bool begins)
{
	start->begins = begins;
	start->proposal = start->form.proposal;
	start->changes = start->form.changes;
	start->working = true;
	uv_queue_work(&start->uv, &start->work, work, on_worked);
}

static void on_pause(uv_timer_t *timer)
{
	struct start *start = timer->data;

	if (!start->working)
		begin_work(start, false);
}

static void leave(struct start *start)
{
	start->leaves = true;
	if (!start->working)
		uv_stop(&start->uv);
}

static void take_key(struct start *start, int key)
{
	unsigned before = start->form.changes;

	idle_key(&start->idle, key);
	if (key == INPUT_CTRL('z')) {
		term_suspend(start->term);
		return;
	}
	if (key == INPUT_CTRL('l')) {
		term_repaint(start->term);
		return;
	}
	if (start->form.beginning || key == INPUT_MOUSE || key == INPUT_ANSWER)
		return;
	switch (start_form_key(&start->form, key)) {
	case START_LEAVE:
		leave(start);
		break;
	case START_BEGIN:
		if (start->working) /* a check: Enter again when it is done */
			break;
		uv_timer_stop(&start->pause);
		start->form.beginning = true;
		begin_work(start, true);
		break;
	case START_STAYS:
		if (start->form.changes != before)
			uv_timer_start(&start->pause, on_pause, PAUSE_MS, 0);
		break;
	}
}

static void on_keys(uv_poll_t *poll, int status, int events)
{
	struct start *start = poll->data;
	int key;

	(void)events;
	if (status < 0 || term_is_gone(start->term)) {
		leave(start);
		uv_poll_stop(poll);
		return;
	}
	while (!start->leaves && (key = term_key(start->term)) != INPUT_NONE)
		take_key(start, key);
	draw(start);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct start *start = handle->data;

	if (number == SIGWINCH) {
		term_resize(start->term);
		draw(start);
		return;
	}
	start->ended_by = number;
	leave(start);
}

static int listen_to_all(struct start *start, struct error *err)
{
	static const int numbers[SIGNAL_COUNT] = { SIGWINCH, SIGTERM, SIGHUP,
						   SIGINT, SIGQUIT };
	int status;

	for (int i = 0; i < SIGNAL_COUNT; i++) {
		uv_signal_init(&start->uv, &start->signals[i]);
		start->signals[i].data = start;
		uv_signal_start(&start->signals[i], on_signal, numbers[i]);
	}
	uv_timer_init(&start->uv, &start->pause);
	start->pause.data = start->work.data = start;
	status = uv_poll_init(&start->uv, &start->keys, STDIN_FILENO);
	start->keys.data = start;
	if (status == 0)
		status = uv_poll_start(&start->keys, UV_READABLE, on_keys);
	return status < 0 ? error_set(err, ERROR_SYSTEM,
				      "cannot read the keys: %s",
				      uv_strerror(status))
			  : 0;
}

static void close_handle(uv_handle_t *handle, void *data)
{
	(void)data;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

int tui_start(struct repo *repo, const struct tui_options *options,
	      struct session **out, struct error *err)
{
	struct start *start = xcalloc(1, sizeof(*start));
	int ended_by, ret = -1;

	start->repo = repo;
	desk_who(start->who, sizeof(start->who));
	proposal_init(&start->proposal, repo);
	*out = NULL;
	if (wishes_read(&start->wishes, NULL, options->said, err) < 0)
		goto free;
	if (uv_loop_init(&start->uv) < 0) {
		error_set(err, ERROR_SYSTEM, "cannot begin a loop");
		goto free;
	}
	start_form_init(&start->form, &start->proposal,
			start->wishes.settings.ascii || !term_is_utf8());
	idle_init(&start->idle);
	start->grid = grid_new(1, 1, start->form.ascii);
	if (term_open(&start->term, &start->wishes, err) < 0 ||
	    listen_to_all(start, err) < 0)
		goto out;
	draw(start);
	begin_work(start, false);
	uv_run(&start->uv, UV_RUN_DEFAULT);
	*out = start->session;
	ret = 0;
out:
	term_close(start->term);
	uv_walk(&start->uv, close_handle, NULL);
	uv_run(&start->uv, UV_RUN_DEFAULT);
	uv_loop_close(&start->uv);
	grid_free(start->grid);
free:
	ended_by = start->ended_by;
	free(start);
	if (ended_by)
		raise(ended_by);
	return ret;
}
