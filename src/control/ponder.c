/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/ponder.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/xalloc.h"
#include "engine/event.h"
#include "session/session.h"

struct ponder_job {
	uv_work_t work;
	struct ponder *ponder; /* NULL: nobody wants it any more */
	atomic_bool stop;
	/* the thread's, until it is over */
	char *dir;
	struct whatif_change *changes;
	struct event **copies; /* whose the texts of the changes are */
	size_t change_count;
	bool is_whatif;
	struct pondered result;
};

static void free_job(struct ponder_job *job)
{
	course_release(&job->result.course);
	whatif_release(&job->result.whatif);
	for (size_t i = 0; i < job->change_count; i++)
		event_free(job->copies[i]);
	free(job->copies);
	free(job->changes);
	free(job->dir);
	free(job);
}

static int make_course(struct ponder_job *job, struct session *session)
{
	struct course *course = &job->result.course;

	course_init(course, session_present_graph(session));
	for (size_t i = 0; i < job->result.events; i++) {
		if (atomic_load(&job->stop))
			return -1;
		course_take(course, session_event(session, i), NULL);
	}
	course_finish(course);
	course_let_go(course);
	return 0;
}

static int make_whatif(struct ponder_job *job, struct session *session)
{
	size_t count = job->result.events;
	const struct event **events = xcalloc(count + 1, sizeof(*events));
	struct whatif *whatif = &job->result.whatif;
	int ret;

	for (size_t i = 0; i < count; i++)
		events[i] = session_event(session, i);
	ret = whatif_make_until(whatif, session_present_graph(session), events,
				count, job->changes, job->change_count,
				&job->stop, &job->result.why);
	free(events);
	if (ret < 0)
		return -1;
	course_let_go(&whatif->recorded);
	course_let_go(&whatif->imagined);
	course_let_go(&whatif->all);
	return 0;
}

/* In a thread of the pool. */
static void on_work(uv_work_t *work)
{
	struct ponder_job *job = work->data;
	struct pondered *result = &job->result;
	struct session *session = NULL;

	result->ret = session_open(job->dir, &session, &result->why);
	if (result->ret < 0)
		return;
	if (session_event_count(session) < result->events)
		result->events = session_event_count(session);
	result->ret = job->is_whatif ? make_whatif(job, session)
				     : make_course(job, session);
	if (result->ret < 0) {
		course_release(&result->course);
		whatif_release(&result->whatif);
	}
	session_close(session);
}

static void on_over(uv_work_t *work, int status)
{
	struct ponder_job *job = work->data;
	struct ponder *ponder = job->ponder;

	(void)status;
	if (!ponder) {
		free_job(job);
		return;
	}
	if (ponder->over)
		ponder->over(ponder->data);
	/* it may be thinking of the next by now */
	if (ponder->job == job)
		ponder->job = NULL;
	free_job(job);
}

static struct ponder_job *new_job(struct ponder *ponder,
				  struct session *session)
{
	struct ponder_job *job = xcalloc(1, sizeof(*job));

	ponder_stop(ponder);
	job->work.data = job;
	job->ponder = ponder;
	job->dir = xstrdup(session_dir(session));
	job->result.events = session_event_count(session);
	job->result.why = (struct error)ERROR_INIT;
	return job;
}

static void begin(struct ponder *ponder, struct ponder_job *job)
{
	ponder->job = job;
	if (ponder->loop &&
	    uv_queue_work(ponder->loop, &job->work, on_work, on_over) == 0)
		return;
	on_work(&job->work);
	on_over(&job->work, 0);
}

void ponder_course(struct ponder *ponder, struct session *session)
{
	begin(ponder, new_job(ponder, session));
}

void ponder_whatif(struct ponder *ponder, struct session *session,
		   const struct whatif_change *changes, size_t count)
{
	struct ponder_job *job = new_job(ponder, session);

	job->is_whatif = true;
	job->change_count = count;
	job->changes = xcalloc(count + 1, sizeof(*job->changes));
	job->copies = xcalloc(count + 1, sizeof(*job->copies));
	for (size_t i = 0; i < count; i++) {
		job->copies[i] = event_copy(&changes[i].event);
		job->changes[i].event = *job->copies[i];
		job->changes[i].from = changes[i].from;
	}
	begin(ponder, job);
}

bool ponder_works(const struct ponder *ponder)
{
	return ponder->job;
}

void ponder_take(struct ponder *ponder, struct pondered *out)
{
	struct pondered *result = &ponder->job->result;

	*out = *result;
	memset(&result->course, 0, sizeof(result->course));
	memset(&result->whatif, 0, sizeof(result->whatif));
}

void ponder_stop(struct ponder *ponder)
{
	struct ponder_job *job = ponder->job;

	if (!job)
		return;
	ponder->job = NULL;
	job->ponder = NULL;
	atomic_store(&job->stop, true);
	/* one that has not begun never will */
	uv_cancel((uv_req_t *)&job->work);
}
