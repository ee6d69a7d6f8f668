/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/peek_work.h"

#include <stdint.h>
#include <string.h>

#include "control/desk.h"
#include "session/session.h"
#include "tui/peek.h"

#define PEEK_MAX (256 * 1024) /* bytes of one that are shown */

void peek_work_begin(struct peek_work *work, uv_loop_t *uv)
{
	work->uv = uv;
	uv_timer_init(uv, &work->timer);
	work->timer.data = work;
	work->work.data = work;
	work->busy = false;
	buf_init(&work->text, PEEK_MAX);
}

void peek_work_end(struct peek_work *work)
{
	buf_release(&work->text);
}

static void read_it(uv_work_t *request)
{
	struct peek_work *work = request->data;

	work->status = desk_sum_up_commit(work->repo, &work->oid, &work->text,
					  &work->err);
}

static void have_it(uv_work_t *request, int status)
{
	struct peek_work *work = request->data;
	const char *said = work->status < 0 ? work->err.text : work->text.text;

	work->busy = false;
	if (status < 0 || uv_is_closing((uv_handle_t *)&work->timer))
		return; /* the loop ends */
	peek_done(work->peek, said,
		  work->status < 0 ? strlen(said) : work->text.length,
		  work->ascii);
	work->changed(work->data);
	peek_work_look(work, session_now());
}

static void on_timer(uv_timer_t *timer)
{
	struct peek_work *work = timer->data;

	peek_work_look(work, session_now());
}

void peek_work_look(struct peek_work *work, int64_t now)
{
	int64_t wait = peek_wait(work->peek, now);

	if (!work->repo || work->busy || wait < 0)
		return;
	if (wait > 0) {
		uv_timer_start(&work->timer, on_timer, (uint64_t)wait, 0);
		return;
	}
	buf_clear(&work->text);
	if (!oid_parse(&work->oid, peek_begin(work->peek)))
		return;
	work->busy =
		uv_queue_work(work->uv, &work->work, read_it, have_it) == 0;
}

bool peek_work_is_busy(const struct peek_work *work, int64_t now)
{
	return work->repo && (work->busy || peek_wait(work->peek, now) >= 0);
}
