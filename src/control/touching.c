/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/touching.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/further.h"
#include "control/inside.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/session.h"

/* So long the next test waits for it: it may be another one then. */
#define PATIENCE_MS 60000

/* The question, in the loop's pool of threads. */
struct touching_job {
	struct control *control;
	uv_work_t thread;
	uint64_t since;
	struct touching question;
	struct oid commit; /* the run's */
	int64_t number;
	struct texts files;
	struct buf lists;
	struct error err;
	bool failed;
};

static void job_free(struct touching_job *job)
{
	touching_release(&job->question);
	for (size_t i = 0; i < job->files.count; i++)
		free(job->files.items[i]);
	free(job->files.items);
	buf_release(&job->lists);
	free(job);
}

static void find(uv_work_t *thread)
{
	struct touching_job *job = thread->data;

	job->failed = touching_find(&job->question, &job->files, &job->lists,
				    &job->err) < 0;
}

static void tell(struct touching_job *job)
{
	struct event event = {
		.kind = EVENT_TOUCHED,
		.commit = job->commit,
		.number = job->number,
		.policy = job->failed ? job->err.text : NULL,
		.text = job->failed ? NULL : job->lists.text,
	};
	struct buf files;

	buf_init(&files, 0);
	for (size_t i = 0; i < job->files.count; i++)
		buf_printf(&files, "%s%s", i ? "\n" : "", job->files.items[i]);
	if (!job->failed && files.length)
		event.title = files.text;
	control_append(job->control, &event);
	buf_release(&files);
}

static void on_found(uv_work_t *thread, int status)
{
	struct touching_job *job = thread->data;
	struct control *control = job->control;

	if (status < 0) {
		error_set(&job->err, ERROR_SYSTEM, "%s", uv_strerror(status));
		job->failed = true;
	}
	control->touching = NULL;
	tell(job);
	job_free(job);
	control_pump_soon(control);
}

/* All commits whose parents are known: a range that was loaded. */
static void take_commits(const struct graph *graph, struct touching *question)
{
	int count = graph_count(graph);

	question->commits = xcalloc((size_t)count + 1, sizeof(struct oid));
	for (int i = 0; i < count; i++)
		if (graph_is_expanded(graph, i))
			question->commits[question->count++] =
				*graph_oid(graph, i);
}

static void take_crash(const struct control *control, const struct wish *wish,
		       struct touching *question)
{
	const struct run_state *run = step_find_run(
		engine_step_of(session_engine(control->session), wish->commit),
		wish->run);
	struct argv functions = ARGV_INIT;

	if (!run || !run->crash)
		return;
	question->console =
		session_console(control->session,
				control_oid(control, wish->commit), wish->run);
	question->title = xstrdup(run->crash->title);
	for (int i = 0; i < run->crash->near_count; i++)
		argv_add(&functions, run->crash->near[i]);
	question->functions = functions.items;
}

/* Where a build of this session has left its complete configuration. */
static char **config_files(const struct control *control)
{
	char *out = session_out(control->session);
	struct argv files = ARGV_INIT;

	argv_take(&files, xasprintf("%s/.config", out));
	free(out);
	for (int i = 1; i < TARGET_PLACES_MAX; i++) {
		out = further_path(control->session, i, "out");
		argv_take(&files, xasprintf("%s/.config", out));
		free(out);
	}
	return files.items;
}

static void ask(struct control *control, const struct wish *wish,
		struct touching *question)
{
	const struct plan *plan = engine_plan(session_engine(control->session));
	char *worktree = session_worktree(control->session);

	question->common_dir = xstrdup(session_repository(control->session));
	question->rules = control->rules;
	question->newest = *control_oid(control, plan->bad);
	if (access(worktree, F_OK) == 0)
		question->worktree = xstrdup(worktree);
	free(worktree);
	take_commits(session_graph(control->session), question);
	if (control->rules)
		take_crash(control, wish, question);
	if (!control->settings.build.config)
		return;
	question->arch = xstrdup(control->settings.build.arch);
	question->configs = config_files(control);
}

void touching_start(struct control *control, const struct wish *wish)
{
	struct touching_job *job = xcalloc(1, sizeof(*job));

	buf_init(&job->lists, 0);
	job->control = control;
	job->commit = *control_oid(control, wish->commit);
	job->number = wish->run;
	job->since = uv_now(&control->loop);
	job->thread.data = job;
	control->came_back = false;
	if (!session_repository(control->session)) {
		error_set(&job->err, ERROR_STATE,
			  "this session has no repository");
	} else {
		ask(control, wish, &job->question);
		if (uv_queue_work(&control->loop, &job->thread, find,
				  on_found) == 0) {
			control->touching = job;
			return;
		}
		error_set(&job->err, ERROR_SYSTEM,
			  "no thread could be started");
	}
	job->failed = true;
	tell(job);
	job_free(job);
	control_pump_soon(control);
}

bool touching_holds(const struct control *control)
{
	return control->touching &&
	       uv_now(&control->loop) - control->touching->since < PATIENCE_MS;
}
