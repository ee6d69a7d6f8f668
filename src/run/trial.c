/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/errand.h"
#include "run/bringup.h"
#include "run/child.h"
#include "run/judge.h"
#include "run/recorder.h"
#include "run/surroundings.h"
#include "run/visit.h"
#include "run/watch.h"

/* What the kernel has to say of the end is waited for a moment. */
#define DRAIN_MS 1000
/* A machine that was up a moment ago has so long to answer again. */
#define AGAIN_MS 60000

struct trial {
	uv_timer_t timer; /* of the boot, of the test, of the last words */
	struct child *child;
	struct recorder record;
	struct watch *watch;
	struct error trouble; /* ours: the record could not be written */
	bool guest;
	bool boot_only;
	bool up; /* testing */
	bool cancelled;
	bool silent;	/* stopped for silence */
	bool time_over; /* stopped by the timer */
	struct trial_limits limits;
	uv_loop_t *loop;
	struct bringup *bringup;	/* or NULL */
	const struct visit_spec *after; /* the visit behind it */
	char **env;			/* of all that is started */
	bool mute;			/* there is no console */
	struct visit *visit;		/* or NULL */
	bool visits;			/* now or later */
	bool apart;			/* its program only shows the console */
	struct visited visited;
	char *visit_text;
	struct recorder output;	      /* of the reproducer */
	int64_t said;		      /* bytes of it, the left out too */
	int64_t kernel_at, booted_at; /* as its console told last */
	bool says_up; /* the console tells when, and nothing else does */
	struct ending ending; /* how the program ended */
	int64_t duration_ms;
	uint64_t began, came_up, tests; /* of uv_hrtime; 0: not yet */
	char *line;			/* the program's command */
	struct errands errands;
	run_done *done;
	void *data;
};

static void on_time_over(uv_timer_t *timer)
{
	struct trial *trial = timer->data;

	/* when the visit is over, it was only waited for a crash */
	trial->time_over = !trial->visited.over;
	child_stop(trial->child);
}

static void set_time(struct trial *trial, int64_t ms)
{
	if (ms > 0)
		uv_timer_start(&trial->timer, on_time_over, (uint64_t)ms, 0);
	else
		uv_timer_stop(&trial->timer);
}

static void note_up(struct trial *trial)
{
	trial->came_up = uv_hrtime();
	if (!trial->visits)
		trial->tests = trial->came_up;
}

static void come_up(struct trial *trial)
{
	trial->up = true;
	note_up(trial);
	if (trial->visits)
		recorder_mark(&trial->record, LOG_UP, -1);
	if (trial->boot_only)
		child_stop(trial->child);
}

static void on_testing(void *data)
{
	struct trial *trial = data;

	trial->tests = uv_hrtime();
	recorder_mark(&trial->record, LOG_TEST, -1);
}

static void on_crash_at(void *owner, int64_t offset)
{
	struct trial *trial = owner;

	recorder_mark(&trial->record, LOG_CRASH, offset);
}

/* A machine may start more than one kernel. */
static void note_progress(struct trial *trial)
{
	const struct console *console = watch_console(trial->watch);

	if (console->kernel_at >= 0 && console->kernel_at != trial->kernel_at)
		recorder_mark(&trial->record, LOG_KERNEL, console->kernel_at);
	if (!trial->visits && console->booted_at > 0 &&
	    console->booted_at != trial->booted_at)
		recorder_mark(&trial->record, LOG_TEST, console->booted_at);
	trial->kernel_at = console->kernel_at;
	trial->booted_at = console->booted_at;
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct trial *trial = data;

	if (trial->trouble.code != ERROR_NONE)
		return;
	if (recorder_write(&trial->record, bytes, length, &trial->trouble) <
	    0) {
		child_stop(trial->child);
		return;
	}
	watch_feed(trial->watch, bytes, length);
	note_progress(trial);
	if (watch_console(trial->watch)->fatal)
		child_stop(trial->child);
	if (!trial->came_up && trial->says_up &&
	    watch_console(trial->watch)->booted)
		note_up(trial);
	if (!trial->up && !trial->visits &&
	    watch_console(trial->watch)->booted) {
		set_time(trial, trial->limits.timeout_ms);
		come_up(trial);
	}
}

static void on_up(void *data)
{
	struct trial *trial = data;

	trial->visited.up = true;
	set_time(trial, 0);
	watch_wake(trial->watch, trial->mute ? 0 : trial->limits.silence_ms);
	come_up(trial);
}

/*
 * The console has the last word: for a peer that is gone it is waited as long
 * as for a report, else for a moment.
 */
static void on_visited(void *data, enum visit_end end, const char *text)
{
	struct trial *trial = data;
	bool gone;

	/* a machine was up before the visit */
	if (end == VISIT_NOT_UP && trial->visited.up)
		end = VISIT_LOST;
	gone = !trial->mute && (end == VISIT_LOST || end == VISIT_NOT_UP);
	trial->visited.over = true;
	trial->visited.end = end;
	trial->visit_text = xstrdup(text);
	trial->visited.text = trial->visit_text;
	set_time(trial, gone ? trial->limits.settle_ms : DRAIN_MS);
}

static void on_ran(void *data, const char *line, int exit_status, int64_t ms)
{
	struct trial *trial = data;
	char *there = xasprintf("ssh: %s", line);

	errands_add(&trial->errands, there, exit_status, ms);
	free(there);
}

static void note_cut(struct trial *trial)
{
	char note[80];

	snprintf(note, sizeof(note),
		 "\n[culprit: more than %" PRId64 " bytes, the rest was left "
		 "out]\n",
		 trial->limits.output_max);
	recorder_write(&trial->output, note, strlen(note), NULL);
}

static void on_said(void *data, const char *bytes, size_t length)
{
	struct trial *trial = data;

	int64_t room = trial->limits.output_max - trial->said;
	bool cut = trial->limits.output_max && (int64_t)length > room;

	if (trial->output.fd < 0 || (trial->limits.output_max && room < 0))
		return;
	trial->said += (int64_t)length;
	if (cut)
		length = (size_t)room;
	/* what it said is no evidence: a full disk ends no run here */
	if (recorder_write(&trial->output, bytes, length, NULL) < 0)
		recorder_close(&trial->output);
	else if (cut)
		note_cut(trial);
}

static int begin_visit(struct trial *trial, const struct visit_spec *spec,
		       int64_t boot_ms, struct error *err)
{
	struct visit_spec visit = *spec;

	visit.boot_ms = boot_ms;
	visit.time_ms = trial->limits.timeout_ms;
	visit.up = on_up;
	visit.testing = on_testing;
	visit.ran = on_ran;
	visit.done = on_visited;
	visit.output = on_said;
	visit.data = trial;
	trial->visit = visit_start(trial->loop, &visit, err);
	return trial->visit ? 0 : -1;
}

static void on_booting(void *data)
{
	struct trial *trial = data;

	watch_restart(trial->watch);
}

static void on_brought(void *data, enum bringup_end end, const char *text)
{
	struct trial *trial = data;
	struct error err = ERROR_INIT;

	if (end == BRINGUP_NOT_UP) {
		on_visited(trial, VISIT_NOT_UP, text);
		return;
	}
	if (end == BRINGUP_TROUBLE) {
		on_visited(trial, VISIT_TROUBLE, text);
		return;
	}
	on_up(trial);
	if (trial->boot_only)
		return;
	if (begin_visit(trial, trial->after, AGAIN_MS, &err) < 0)
		on_visited(trial, VISIT_TROUBLE, err.text);
}

static void begin_bringup(struct trial *trial, const struct bringup_spec *spec)
{
	struct bringup_spec bringup = *spec;

	bringup.env = (const char *const *)trial->env;
	bringup.booting = on_booting;
	bringup.output = on_said;
	bringup.done = on_brought;
	bringup.data = trial;
	trial->bringup = bringup_start(trial->loop, &bringup);
}

/* What goes on beside the program; -1 when it cannot begin. */
static int begin(struct trial *trial, const struct trial_spec *spec,
		 struct error *err)
{
	trial->visits = spec->visit != NULL;
	trial->after = spec->visit;
	trial->apart = spec->bringup != NULL;
	if (spec->bringup)
		begin_bringup(trial, spec->bringup);
	else if (spec->visit)
		return begin_visit(trial, spec->visit, spec->limits.boot_ms,
				   err);
	return 0;
}

static void on_watch(void *owner, enum watch_stop why)
{
	struct trial *trial = owner;

	trial->silent = why == WATCH_SILENCE;
	child_stop(trial->child);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void trial_free(struct trial *trial)
{
	recorder_close(&trial->record);
	recorder_close(&trial->output);
	visit_free(trial->visit);
	bringup_free(trial->bringup);
	surroundings_free(trial->env);
	errands_release(&trial->errands);
	free(trial->line);
	free(trial->visit_text);
	watch_free(trial->watch);
	uv_close((uv_handle_t *)&trial->timer, on_closed);
}

static struct ending ending_of(const struct trial *trial, enum child_stop why,
			       int exit_status)
{
	return (struct ending){
		.why = why == CHILD_ASKED && trial->time_over ? CHILD_TIME
							      : why,
		.silent = trial->silent,
		.exit_status = exit_status,
		.timeout_ms = trial->up ? trial->limits.timeout_ms
					: trial->limits.boot_ms,
		.silence_ms = trial->limits.silence_ms,
		.output_max = trial->limits.output_max,
	};
}

/*
 * By what the console says.  What happened beside it becomes the only crash;
 * nothing of that is to be freed.
 */
static void judge(const struct trial *trial, const struct ending *ending,
		  const struct sight *sight, struct crash *beside,
		  struct run_end *end, struct buf *text)
{
	const struct evidence evidence = {
		.sight = sight,
		.console = watch_console(trial->watch),
		.guest = trial->guest,
		.boot_only = trial->boot_only,
		.visited = trial->visits ? &trial->visited : NULL,
		.apart = trial->apart,
		.mute = trial->mute,
		.on_timeout = trial->limits.on_timeout,
	};
	const struct monitored *monitored;

	end->outcome = judge_run(ending, &evidence, &monitored, text);
	end->crashes = sight->crashes;
	end->crash_count = sight->crash_count;
	if (monitored) {
		beside->title = (char *)(uintptr_t)monitored->title;
		beside->type = (char *)(uintptr_t)monitored->type;
		end->crashes = beside;
		end->crash_count = 1;
	}
	if (end->crash_count > 0)
		end->title = end->crashes[0].title;
}

/* Milliseconds, rounded up: 0 stands for "not known". */
static int64_t between(uint64_t from, uint64_t to)
{
	return from && to > from ? (int64_t)((to - from) / 1000000) + 1 : 0;
}

/* How the time was spent, and on what. */
static void account(struct trial *trial, enum child_stop why,
		    struct run_end *end)
{
	errands_add(&trial->errands, trial->line,
		    why == CHILD_RAN ? end->exit_status : ERRAND_CUT,
		    end->duration_ms);
	end->boot_ms = between(trial->began, trial->came_up);
	end->copy_ms = between(trial->came_up, trial->tests);
	end->errands = trial->errands.items;
	end->errand_count = trial->errands.count;
}

/* The disk has its evidence. */
static void tell(struct trial *trial)
{
	struct run_end end = {
		.cancelled = trial->cancelled,
		.exit_status = trial->ending.exit_status,
		.duration_ms = trial->duration_ms,
	};
	struct crash beside = { .title = NULL };
	struct sight sight;
	struct buf text;

	buf_init(&text, 0);
	console_look(watch_console(trial->watch), &sight);
	if (trial->trouble.code != ERROR_NONE) {
		end.outcome = OUTCOME_INFRA;
		buf_puts(&text, trial->trouble.text);
	} else {
		judge(trial, &trial->ending, &sight, &beside, &end, &text);
	}
	end.text = text.length > 0 ? text.text : NULL;
	account(trial, trial->ending.why, &end);
	trial->done(trial->data, &end);
	sight_release(&sight);
	trial_free(trial);
	buf_release(&text);
}

static void on_output_synced(void *data, const struct error *err)
{
	(void)err; /* no evidence, as above */
	tell(data);
}

static void on_synced(void *data, const struct error *err)
{
	struct trial *trial = data;

	if (err && trial->trouble.code == ERROR_NONE)
		trial->trouble = *err;
	recorder_sync(&trial->output, trial->loop, on_output_synced, trial);
}

static void mark_crashes(struct trial *trial)
{
	struct sight sight;

	console_look(watch_console(trial->watch), &sight);
	for (int i = 0; i < sight.crash_count; i++)
		on_crash_at(trial, sight.at[i]);
	sight_release(&sight);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct trial *trial = data;

	trial->child = NULL;
	trial->ending = ending_of(trial, why, exit_status);
	trial->duration_ms = duration_ms;
	visit_free(trial->visit);
	trial->visit = NULL;
	bringup_free(trial->bringup); /* what it borrows goes now */
	trial->bringup = NULL;
	uv_timer_stop(&trial->timer);
	watch_end(trial->watch);
	mark_crashes(trial);
	if (trial->cancelled) /* nobody keeps it */
		tell(trial);
	else
		recorder_sync(&trial->record, trial->loop, on_synced, trial);
}

/* Our own changes to the environment, and the caller's. */
static char **environment(const struct trial_spec *spec,
			  const struct run_request *request)
{
	return surroundings_make(
		&(struct surroundings){ .commit = request->commit,
					.worktree = spec->worktree,
					.session = spec->session,
					.run = request->number,
					.slot = spec->slot,
					.more = spec->env });
}

static int launch(struct trial *trial, const struct trial_spec *spec,
		  struct error *err)
{
	struct child_spec child = {
		.keeper = spec->keeper,
		.argv = spec->argv,
		.env = (const char *const *)trial->env,
		.cwd = spec->worktree,
		.output_max = spec->limits.output_max,
		.on_output = on_output,
		.on_end = on_end,
		.data = trial,
	};

	trial->began = uv_hrtime();
	return child_start(trial->loop, &child, &trial->child, err);
}

static char *line_of(const char *const *argv)
{
	struct buf line;
	char *text;

	buf_init(&line, 0);
	errand_say(argv, &line);
	text = buf_take(&line);
	buf_release(&line);
	return text;
}

static struct trial *trial_new(uv_loop_t *loop, const struct trial_spec *spec,
			       const struct run_request *request, void *data)
{
	struct trial *trial = xcalloc(1, sizeof(*trial));

	trial->loop = loop;
	trial->env = environment(spec, request);
	trial->mute = spec->mute;
	trial->data = data;
	trial->record.fd = -1;
	trial->output.fd = -1;
	trial->kernel_at = trial->booted_at = -1;
	trial->guest = spec->guest;
	trial->boot_only = request->boot_only;
	trial->limits = spec->limits;
	trial->up = spec->limits.boot_ms == 0;
	trial->line = line_of(spec->argv);
	uv_timer_init(loop, &trial->timer);
	trial->timer.data = trial;
	trial->watch =
		watch_new(loop, &(struct watch_spec){
					.rules = spec->rules,
					.settle_ms = spec->limits.settle_ms,
					.silence_ms = spec->limits.silence_ms,
					.asleep = spec->bringup != NULL,
					.seen = request->seen,
					.decides = request->decides,
					.data = data,
					.crash_at = on_crash_at,
					.stop = on_watch,
					.owner = trial,
				});
	trial->says_up = !spec->visit && !watch_console(trial->watch)->booted;
	return trial;
}

int trial_start(uv_loop_t *loop, const struct trial_spec *spec,
		const struct run_request *request, run_done *done, void *data,
		struct trial **out, struct error *err)
{
	struct trial *trial = trial_new(loop, spec, request, data);

	trial->done = done;
	if (recorder_open_log(&trial->record, request->console, true, err) <
		    0 ||
	    (request->output &&
	     recorder_open_log(&trial->output, request->output, true, err) <
		     0) ||
	    begin(trial, spec, err) < 0 || launch(trial, spec, err) < 0) {
		trial_free(trial);
		return -1;
	}
	set_time(trial, trial->up	? spec->limits.timeout_ms
			: trial->visits ? 0
					: spec->limits.boot_ms);
	*out = trial;
	return 0;
}

void trial_enough(struct trial *trial)
{
	if (trial->child)
		child_stop(trial->child);
}

void trial_cancel(struct trial *trial)
{
	trial->cancelled = true;
	if (trial->child)
		child_stop(trial->child);
}
