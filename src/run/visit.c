/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/visit.h"

#include <stdlib.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/errand.h"

#define TRY_MS	    5000  /* one try to connect */
#define INTERVAL_MS 200	  /* from one to the next */
#define KEEP_MS	    5000  /* silence until it is asked whether it lives */
#define DEAD_MS	    30000 /* and until it counts as lost */
#define EXECUTABLE  0755

struct visit {
	uv_loop_t *loop;
	struct visit_spec spec;
	char *file, *check, *command;
	struct ssh *ssh;
	uint64_t since; /* what is done there now began */
	uint64_t until; /* of the loop's clock: the reproducer's time is over */
	bool over;
	bool busy;	/* the connection will call back */
	bool forgotten; /* by its owner */
};

static void release(struct visit *visit)
{
	free(visit->file);
	free(visit->check);
	free(visit->command);
	free(visit);
}

/* Each call back begins with this: false where nobody listens any more. */
static bool came_back(struct visit *visit)
{
	visit->busy = false;
	if (visit->forgotten)
		release(visit);
	else if (!visit->over)
		return true;
	return false;
}

static void finish(struct visit *visit, enum visit_end end, const char *text)
{
	if (visit->over)
		return;
	visit->over = true;
	visit->spec.done(visit->spec.data, end, text);
}

static bool is_lost(enum ssh_end end)
{
	return end == SSH_LOST || end == SSH_REFUSED;
}

/* Something failed under way: the peer is gone, or it was this step. */
static void fail(struct visit *visit, enum ssh_end end, enum visit_end step,
		 const struct error *err)
{
	finish(visit, is_lost(end) ? VISIT_LOST : step, err->text);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct visit *visit = data;

	if (!visit->over && visit->spec.output)
		visit->spec.output(visit->spec.data, bytes, length);
}

/* What was begun at `since` has ended. */
static void tell(struct visit *visit, const char *line, enum ssh_end end,
		 int exit_status)
{
	if (visit->spec.ran)
		visit->spec.ran(visit->spec.data, line,
				end == SSH_DONE ? exit_status : ERRAND_CUT,
				(int64_t)(uv_now(visit->loop) - visit->since));
}

static const char *check_line(const struct visit *visit)
{
	return visit->check ? visit->check : "true";
}

static const char *command_line(const struct visit *visit)
{
	return visit->command ? visit->command : VISIT_FILE;
}

static int64_t time_left(const struct visit *visit)
{
	uint64_t now = uv_now(visit->loop);

	return visit->until > now ? (int64_t)(visit->until - now) : 0;
}

static void reproduce(struct visit *visit);

bool visit_is_untested(int exit_status)
{
	return exit_status >= 125 && exit_status <= 127;
}

static void on_run(void *data, const struct ssh_run_end *end)
{
	struct visit *visit = data;
	char text[64];

	if (!came_back(visit))
		return;
	tell(visit, command_line(visit), end->end, end->exit_status);
	snprintf(text, sizeof(text), "the reproducer's exit code is %d",
		 end->exit_status);
	if (end->end == SSH_TIMEOUT)
		finish(visit, VISIT_DONE, "");
	else if (end->end != SSH_DONE)
		fail(visit, end->end, VISIT_LOST, end->err);
	else if (visit_is_untested(end->exit_status))
		finish(visit, VISIT_UNTESTABLE, text);
	else if (visit->spec.repeat && time_left(visit) > 0)
		reproduce(visit);
	else
		finish(visit, VISIT_DONE, "");
}

static void reproduce(struct visit *visit)
{
	struct error err = ERROR_INIT;
	int64_t left = time_left(visit);
	const struct ssh_run run = {
		.command = command_line(visit),
		/* 0 would be for ever */
		.timeout_ms = visit->spec.time_ms && !left ? 1 : left,
		.on_output = on_output,
		.on_end = on_run,
		.data = visit,
	};

	visit->since = uv_now(visit->loop);
	visit->busy = ssh_run(visit->ssh, &run, &err) == 0;
	if (!visit->busy)
		finish(visit, VISIT_LOST, err.text);
}

static void on_checked(void *data, const struct ssh_run_end *end)
{
	struct visit *visit = data;
	char text[64];

	if (!came_back(visit))
		return;
	tell(visit, check_line(visit), end->end, end->exit_status);
	if (end->end != SSH_DONE) {
		fail(visit, end->end, VISIT_CHECK, end->err);
	} else if (end->exit_status != 0) {
		snprintf(text, sizeof(text),
			 "the check there failed: exit status %d",
			 end->exit_status);
		finish(visit, VISIT_CHECK, text);
	} else {
		if (visit->spec.time_ms)
			visit->until = uv_now(visit->loop) +
				       (uint64_t)visit->spec.time_ms;
		if (visit->spec.testing)
			visit->spec.testing(visit->spec.data);
		reproduce(visit);
	}
}

static void check(struct visit *visit)
{
	struct error err = ERROR_INIT;
	const struct ssh_run run = {
		.command = check_line(visit),
		.timeout_ms = visit->spec.limit_ms,
		.on_output = on_output,
		.on_end = on_checked,
		.data = visit,
	};

	visit->since = uv_now(visit->loop);
	visit->busy = ssh_run(visit->ssh, &run, &err) == 0;
	if (!visit->busy)
		finish(visit, VISIT_LOST, err.text);
}

static void tell_copy(struct visit *visit, enum ssh_end end)
{
	char *line = xasprintf("scp %s :%s", visit->file, VISIT_FILE);

	tell(visit, line, end, 0);
	free(line);
}

static void on_copied(void *data, enum ssh_end end, const struct error *err)
{
	struct visit *visit = data;

	if (!came_back(visit))
		return;
	tell_copy(visit, end);
	if (end != SSH_DONE)
		fail(visit, end, VISIT_COPY, err);
	else
		check(visit);
}

static void copy(struct visit *visit)
{
	struct error err = ERROR_INIT;
	const struct ssh_copy file = {
		.from = visit->file,
		.to = VISIT_FILE,
		.mode = EXECUTABLE,
		.timeout_ms = visit->spec.limit_ms,
		.done = on_copied,
		.data = visit,
	};

	visit->since = uv_now(visit->loop);
	visit->busy = ssh_copy(visit->ssh, &file, &err) == 0;
	if (!visit->busy)
		finish(visit, VISIT_LOST, err.text);
}

static void on_open(void *data, enum ssh_end end, const struct error *err)
{
	struct visit *visit = data;

	if (!came_back(visit))
		return;
	if (end == SSH_HOST_KEY || end == SSH_KEY_REFUSED) {
		finish(visit, VISIT_KEYS, err->text);
	} else if (end != SSH_DONE) {
		finish(visit, VISIT_NOT_UP, err->text);
	} else {
		visit->spec.up(visit->spec.data);
		if (visit->file)
			copy(visit);
		else
			check(visit);
	}
}

struct visit *visit_start(uv_loop_t *loop, const struct visit_spec *spec,
			  struct error *err)
{
	struct visit *visit = xcalloc(1, sizeof(*visit));
	struct ssh_connect connect = {
		.timeout_ms = TRY_MS,
		.wait_ms = spec->boot_ms,
		.interval_ms = INTERVAL_MS,
		.done = on_open,
		.data = visit,
	};
	struct ssh_spec peer = spec->peer;

	peer.keepalive_ms = KEEP_MS;
	peer.dead_ms = DEAD_MS;
	visit->loop = loop;
	visit->spec = *spec;
	visit->file = xstrdup_null(spec->file);
	visit->check = xstrdup_null(spec->check);
	visit->command = xstrdup_null(spec->command);
	visit->ssh = ssh_new(loop, &peer);
	visit->busy = ssh_connect(visit->ssh, &connect, err) == 0;
	if (visit->busy)
		return visit;
	visit_free(visit);
	return NULL;
}

/* What is under way calls back once more. */
void visit_free(struct visit *visit)
{
	if (!visit)
		return;
	visit->over = true;
	visit->forgotten = true;
	ssh_free(visit->ssh);
	if (!visit->busy)
		release(visit);
}
