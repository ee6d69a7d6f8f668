/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/control.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "control/begin.h"
#include "control/extend.h"
#include "control/fixup.h"
#include "control/lease.h"
#include "control/reproducer.h"
#include "control/rules.h"
#include "control/settings.h"
#include "control/target.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "oops/rules.h"
#include "repo/repo.h"
#include "repo/worktree.h"
#include "run/compile.h"
#include "run/runner.h"
#include "session/folder.h"
#include "session/session.h"

#define LOOK_AGAIN_MS 500 /* where file watching does not work */
#define SIGNALS	      3

/* One run under way. */
struct flight {
	struct control *control;
	struct oid oid;
	int commit;
	int number;
	bool cancelled;
};

struct control {
	uv_loop_t loop;
	uv_timer_t tick;
	uv_timer_t soon; /* asks the plan on the next turn */
	uv_fs_event_t watch;
	uv_signal_t signals[SIGNALS];

	struct session *session;
	struct repo *repo;
	const struct control_options *options;
	struct settings settings;
	struct rules *rules; /* for crash titles */
	struct target_room *target;
	struct runner *runner; /* the target's */
	char *worktree, *out;

	struct compile *compile; /* of the reproducer; NULL: it is there */
	bool announced;		 /* the engine\'s first event is written */
	int built;		 /* the commit in the worktree, -1: not known */
	struct fixup_choice fixups; /* of the last build */
	int64_t fixups_at; /* the event up to which that choice is good */
	int building;	   /* -1: none */
	bool build_cancelled;
	bool dirty; /* a build was cut short: its leavings cannot be trusted */
	struct flight **flights;
	size_t flight_count, flight_room;

	size_t told; /* events already handed to options->tell */
	bool leaving;
	bool gone;   /* the engine's last event is written */
	bool failed; /* leaving because of err */
	enum control_end end;
	struct error err;
};

static void pump(struct control *control);

static void on_soon(uv_timer_t *timer)
{
	pump(timer->data);
}

static void pump_soon(struct control *control)
{
	uv_timer_start(&control->soon, on_soon, 0, 0);
}

static const struct oid *oid_of(const struct control *control, int commit)
{
	return graph_oid(session_graph(control->session), commit);
}

static void check_invariants(const struct control *control)
{
	/* a build and runs never overlap: they share the worktree */
	assert(control->building < 0 || control->flight_count == 0);
	assert((int)control->flight_count <= control->runner->slots);
}

static void leave(struct control *control, enum control_end end)
{
	if (control->leaving)
		return;
	control->leaving = true;
	control->end = end;
	pump_soon(control);
}

static void fail(struct control *control)
{
	control->failed = true;
	leave(control, CONTROL_STOPPED);
}

static void tell_new(struct control *control)
{
	const struct engine *engine = session_engine(control->session);

	for (; control->told < engine_event_count(engine); control->told++)
		if (control->options->tell)
			control->options->tell(
				control->options->data, control->session,
				engine_event(engine, control->told));
}

/* After a failure to store nothing more is appended: we only leave. */
static bool append(struct control *control, struct event *event)
{
	if (control->failed)
		return false;
	if (event->by != BY_POLICY)
		event->by = BY_ENGINE;
	if (session_append(control->session, event, 1, &control->err) < 0) {
		fail(control);
		return false;
	}
	tell_new(control);
	return true;
}

static char *text_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

/*
 * Builds.
 */

static void on_build(void *data, const struct build_end *end)
{
	struct control *control = data;
	int commit = control->building;
	struct event event = {
		.kind = end->cancelled ? EVENT_BUILD_STOPPED : EVENT_BUILD,
		.commit = *oid_of(control, commit),
		.build = end->result,
		.signature = text_of(end->signature),
		.text = text_of(end->text),
		.number = end->cancelled ? 0 : end->patch,
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
	};

	control->building = -1;
	control->build_cancelled = false;
	control->dirty = end->cancelled || end->exit_status >= 256;
	if (!end->cancelled && end->result == BUILD_OK)
		control->built = commit;
	append(control, &event);
	pump_soon(control);
}

static int64_t last_seq(const struct control *control)
{
	const struct engine *engine = session_engine(control->session);
	size_t count = engine_event_count(engine);

	return count ? engine_event(engine, count - 1)->seq : 0;
}

static int choose_fixups(struct control *control, const struct oid *oid,
			 struct error *err)
{
	struct fixup_choice choice;
	int ret = fixup_choose(control->session, control->repo, oid, &choice,
			       err);

	if (ret < 0)
		fixup_choice_init(&choice);
	fixup_choice_release(&control->fixups);
	control->fixups = choice;
	control->fixups_at = last_seq(control);
	return ret;
}

static bool changes_fixups(enum event_kind kind)
{
	return kind == EVENT_FIXUP || kind == EVENT_FIXUP_DROP ||
	       kind == EVENT_UNDO || kind == EVENT_REDO;
}

/* Was a fixup added or taken away since they were chosen? */
static bool fixups_moved(struct control *control)
{
	const struct engine *engine = session_engine(control->session);
	int64_t from = control->fixups_at;

	control->fixups_at = last_seq(control);
	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->seq <= from)
			break;
		if (changes_fixups(event->kind))
			return true;
	}
	return false;
}

/* A run is always of a build with the fixups that are in force. */
static void look_at_fixups(struct control *control)
{
	struct fixup_choice now;

	if (control->built < 0 || !fixups_moved(control))
		return;
	if (fixup_choose(control->session, control->repo,
			 oid_of(control, control->built), &now, NULL) < 0) {
		control->built = -1; /* what is wrong is said by a build */
		return;
	}
	if (!str_equal(now.numbers.text, control->fixups.numbers.text))
		control->built = -1;
	fixup_choice_release(&now);
}

static void start_build(struct control *control, int commit)
{
	struct oid oid = *oid_of(control, commit);
	struct event event = { .kind = EVENT_BUILD_BEGIN, .commit = oid };
	char *log = session_build_log(control->session, &oid);
	struct build_request request = { .commit = oid.hex, .log = log };
	struct error err = ERROR_INIT;
	int chosen = choose_fixups(control, &oid, &err);

	control->built = -1;
	if (control->fixups.count)
		event.text = control->fixups.numbers.text;
	if (!append(control, &event))
		goto out;
	control->building = commit;
	if (chosen < 0)
		goto infra;
	if (control->dirty && worktree_clean(control->worktree, &err) < 0)
		goto infra;
	control->dirty = false;
	if (target_choose(control->target, &oid, &control->fixups,
			  &request.choice, &err) < 0)
		goto infra;
	if (control->runner->ops->build(control->runner, &request, on_build,
					control, &err) == 0)
		goto out;
infra:
	on_build(control, &(struct build_end){ .result = BUILD_INFRA,
					       .text = err.text });
out:
	free(log);
}

/*
 * Runs.
 */

static void drop_flight(struct control *control, struct flight *flight)
{
	size_t at = 0;

	while (control->flights[at] != flight)
		at++;
	control->flights[at] = control->flights[--control->flight_count];
	free(flight);
}

static void on_seen(void *data, const char *title)
{
	struct flight *flight = data;
	struct event event = { .kind = EVENT_RUN_CRASH,
			       .commit = flight->oid,
			       .number = flight->number,
			       .title = text_of(title) };

	append(flight->control, &event);
}

/* What the run would come to if it ended now. */
static bool on_decides(void *data, const struct crash *crashes, int count)
{
	struct flight *flight = data;
	struct engine *engine = session_engine(flight->control->session);
	const struct event run = {
		.kind = EVENT_RUN,
		.outcome = OUTCOME_CRASHED,
		.crashes = (struct crash *)(uintptr_t)crashes,
		.crash_count = count,
	};
	struct bug_run as = bug_judge(engine_bug(engine), &run);

	/* a kernel that crashed on its way may still come up */
	return engine_symptom(engine) == SYMPTOM_CRASH &&
	       as.outcome == OUTCOME_CRASHED && !as.open;
}

static void on_run(void *data, const struct run_end *end)
{
	struct flight *flight = data;
	struct control *control = flight->control;
	struct event event = {
		.kind = end->cancelled ? EVENT_RUN_STOPPED : EVENT_RUN,
		.commit = flight->oid,
		.number = flight->number,
		.outcome = end->outcome,
		.title = text_of(end->title),
		.text = text_of(end->text),
		.exit_status = end->exit_status,
		.duration_ms = end->duration_ms,
		.crashes = (struct crash *)(uintptr_t)end->crashes,
		.crash_count = end->cancelled ? 0 : end->crash_count,
	};

	drop_flight(control, flight);
	append(control, &event);
	pump_soon(control);
}

/* The lowest number that no run of the commit has, finished or under way. */
static int next_number(struct control *control, int commit)
{
	const struct step *step =
		engine_step_of(session_engine(control->session), commit);
	int number = 0;

	for (int i = 0; step && i < step->run_count; i++)
		if (step->runs[i].number == number)
			number++;
	return number;
}

static void start_run(struct control *control, int commit)
{
	struct oid oid = *oid_of(control, commit);
	struct event event = { .kind = EVENT_RUN_BEGIN,
			       .commit = oid,
			       .number = next_number(control, commit) };
	struct run_request request = { .commit = oid.hex,
				       .number = (int)event.number,
				       .seen = on_seen,
				       .decides = on_decides };
	struct flight *flight = xcalloc(1, sizeof(*flight));
	struct error err = ERROR_INIT;
	char *console = session_console(control->session, &oid, request.number);
	char *output = session_output(control->session, &oid, request.number);

	request.console = console;
	request.output = output;
	*flight =
		(struct flight){ control, oid, commit, request.number, false };
	if (!append(control, &event)) {
		free(flight);
		goto out;
	}
	array_grow(control->flights, control->flight_count + 1,
		   &control->flight_room);
	control->flights[control->flight_count++] = flight;
	if (control->runner->ops->run(control->runner, &request, on_run, flight,
				      &err) < 0)
		on_run(flight, &(struct run_end){ .outcome = OUTCOME_INFRA,
						  .text = err.text });
out:
	free(output);
	free(console);
}

static int flights_of(const struct control *control, int commit)
{
	int count = 0;

	for (size_t i = 0; i < control->flight_count; i++)
		count += control->flights[i]->commit == commit;
	return count;
}

/*
 * From wishes to jobs.
 */

static bool is_wished(const struct plan *plan, int commit, enum wish_kind kind)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == kind &&
		    plan->wishes[i].commit == commit)
			return true;
	return false;
}

/* Stop what the plan does not want any more. */
static void cancel_unwished(struct control *control, const struct plan *plan)
{
	if (control->building >= 0 && !control->build_cancelled &&
	    !is_wished(plan, control->building, WISH_BUILD) &&
	    !is_wished(plan, control->building, WISH_RUNS)) {
		control->build_cancelled = true;
		control->runner->ops->cancel(
			control->runner,
			oid_of(control, control->building)->hex);
	}
	for (size_t i = 0; i < control->flight_count; i++) {
		struct flight *flight = control->flights[i];

		if (flight->cancelled ||
		    is_wished(plan, flight->commit, WISH_RUNS))
			continue;
		for (size_t k = 0; k < control->flight_count; k++)
			if (control->flights[k]->commit == flight->commit)
				control->flights[k]->cancelled = true;
		control->runner->ops->cancel(control->runner, flight->oid.hex);
	}
}

static void cancel_all(struct control *control)
{
	if (control->building >= 0 || control->flight_count > 0)
		control->runner->ops->cancel(control->runner, NULL);
}

/* The first wish that is for the machine to fulfil. */
static const struct wish *first_job(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_BUILD ||
		    plan->wishes[i].kind == WISH_RUNS)
			return &plan->wishes[i];
	return NULL;
}

static void start_runs(struct control *control, int commit, int wanted)
{
	/* starting one changes the plan only when it could not be started */
	while (!control->failed && !control->leaving &&
	       (int)control->flight_count < control->runner->slots &&
	       flights_of(control, commit) < wanted) {
		size_t before = control->flight_count;

		start_run(control, commit);
		if (control->flight_count == before)
			break;
	}
}

/* Returns whether anything is being done or was begun. */
static bool work(struct control *control, const struct plan *plan)
{
	const struct wish *job = first_job(plan);

	if (control->building >= 0)
		return true;
	if (!job || plan->paused)
		return control->flight_count > 0;
	if (job->kind == WISH_BUILD || job->commit != control->built) {
		if (control->flight_count == 0)
			start_build(control, job->commit);
		return true;
	}
	if (control->flight_count > 0 && flights_of(control, job->commit) == 0)
		return true; /* another commit's runs still end */
	start_runs(control, job->commit, job->runs);
	return true;
}

static bool give_verdict(struct control *control, const struct wish *wish)
{
	const struct policy *policy =
		engine_policy(session_engine(control->session));
	struct event event = {
		.kind = EVENT_VERDICT,
		.by = BY_POLICY,
		.who = text_of(policy_version(policy)),
		.commit = *oid_of(control, wish->commit),
		.verdict = wish->verdict,
		.text = text_of(wish->why),
	};
	char why[sizeof(wish->why)];

	/* the wish lives as long as the plan, the append makes a new one */
	event.text = str_copy(why, sizeof(why), wish->why);
	return append(control, &event);
}

/* Do what can be done at once: verdicts, loading.  False on failure. */
static bool follow_plan(struct control *control)
{
	for (;;) {
		const struct plan *plan =
			engine_plan(session_engine(control->session));

		if (plan->wish_count == 0)
			return true;
		if (plan->wishes[0].kind == WISH_VERDICT) {
			if (!give_verdict(control, &plan->wishes[0]))
				return false;
			continue;
		}
		if (plan->state != PLAN_NEEDS_RANGE)
			return true;
		if (extend_for(control->session, control->repo, NULL, false,
			       &control->err) < 0) {
			fail(control);
			return false;
		}
		tell_new(control);
	}
}

static bool say_here(struct control *control)
{
	char host[256] = "localhost";
	struct event event = { .kind = EVENT_ENGINE,
			       .number = getpid(),
			       .text = host };

	gethostname(host, sizeof(host) - 1);
	return append(control, &event);
}

/*
 * The append takes in what others decided just before: should there be work
 * after all, nobody but us would do it.
 */
static void finish(struct control *control)
{
	struct event event = { .kind = EVENT_ENGINE_GONE, .number = getpid() };
	const struct plan *plan;

	if (control->end == CONTROL_STOPPED)
		event.text = text_of("stopped");
	append(control, &event);
	plan = engine_plan(session_engine(control->session));
	if (control->end != CONTROL_STOPPED && !control->failed &&
	    plan_has_work(plan) && say_here(control)) {
		control->leaving = false;
		pump_soon(control);
		return;
	}
	control->gone = true;
	uv_stop(&control->loop);
}

/* Before anything was begun: there is nothing to write. */
static void leave_early(struct control *control)
{
	if (!control->leaving)
		return;
	if (control->compile) {
		compile_stop(control->compile);
		return;
	}
	control->gone = true;
	uv_stop(&control->loop);
}

static void pump(struct control *control)
{
	const struct plan *plan;

	if (control->gone) /* a turn was asked for before that */
		return;
	if (!control->announced) {
		leave_early(control);
		return;
	}
	check_invariants(control);
	if (!control->leaving) {
		if (session_refresh(control->session, NULL, &control->err) < 0)
			fail(control);
		else
			tell_new(control);
	}
	if (!control->leaving && follow_plan(control)) {
		plan = engine_plan(session_engine(control->session));
		look_at_fixups(control);
		cancel_unwished(control, plan);
		if (!work(control, plan)) {
			if (plan->state == PLAN_FOUND)
				leave(control, CONTROL_FOUND);
			else if (!plan->paused || !control->options->stay)
				leave(control, CONTROL_NEEDS_PERSON);
		}
	}
	if (control->leaving) {
		cancel_all(control);
		if (control->building < 0 && control->flight_count == 0)
			finish(control);
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct control *control = timer->data;

	if (access(session_dir(control->session), F_OK) < 0) {
		error_errno(&control->err, "the session is gone: %s",
			    session_dir(control->session));
		fail(control);
	} else if (session_is_behind(control->session)) {
		pump(control);
	}
}

static void on_change(uv_fs_event_t *watch, const char *name, int events,
		      int status)
{
	struct control *control = watch->data;

	(void)name;
	(void)events;
	if (status == 0 && session_is_behind(control->session))
		pump_soon(control);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	leave(handle->data, CONTROL_STOPPED);
}

/*
 * Coming and going.
 */

static int open_target(struct control *control, struct error *err)
{
	const struct target_spec spec = {
		.loop = &control->loop,
		.settings = &control->settings,
		.rules = control->rules,
		.repo = control->repo,
		.program = control->options->program,
		.worktree = control->worktree,
		.session = session_dir(control->session),
		.out = control->out,
	};

	if (target_open(&spec, &control->target, err) < 0)
		return -1;
	control->runner = target_runner(control->target);
	return 0;
}

/* Was the last build of an earlier engine cut short? */
static bool left_a_build(struct session *session)
{
	const struct engine *engine = session_engine(session);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_BUILD_BEGIN ||
		    event->kind == EVENT_BUILD_STOPPED)
			return true;
		if (event->kind == EVENT_BUILD)
			return event->exit_status >= 256;
	}
	return false;
}

static int make_worktree(struct control *control, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(control->session));
	int commit = plan->commit >= 0 ? plan->commit : plan->bad;
	const char *common = session_repository(control->session);

	if (control->settings.fake_script || commit < 0)
		return 0;
	if (!common)
		return error_set(err, ERROR_STATE,
				 "this session has no repository to build in");
	return worktree_ensure(common, control->worktree,
			       oid_of(control, commit), err);
}

/*
 * The search is over: a kernel's tree with all its objects is not left lying
 * about.  Should somebody want more runs, it is made again; the kernels that
 * were tested are in the cache.  That it cannot be removed (somebody's shell is
 * in it, say) spoils nothing.
 */
static void drop_tree(struct control *control)
{
	const char *common = session_repository(control->session);

	if (!common || control->settings.fake_script)
		return;
	worktree_remove(common, control->worktree, NULL);
	folder_remove(control->out, NULL);
}

static int read_settings(struct control *control, struct error *err)
{
	int ret =
		begin_read_settings(control->session, &control->settings, err);
	char *path;

	if (ret < 0 || settings_can_run(&control->settings))
		return ret;
	path = session_settings(control->session);
	error_set(err, ERROR_STATE,
		  "this session has no test command: give verdicts by hand "
		  "(culprit good, bad, skip), or write the settings into %s",
		  path);
	free(path);
	return -1;
}

/* The session's own copy of the user's rules, or else the file they name. */
static int read_rules(struct control *control, struct error *err)
{
	char *path = session_oops(control->session);
	const char *paths[] = { path };
	size_t count = 1;

	if (access(path, F_OK) < 0) {
		paths[0] = control->settings.oops;
		count = paths[0] ? 1 : 0;
	}
	control->rules = rules_load(paths, count, err);
	free(path);
	return control->rules ? 0 : -1;
}

static void open_loop(struct control *control)
{
	static const int numbers[SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

	uv_loop_init(&control->loop);
	uv_timer_init(&control->loop, &control->soon);
	uv_timer_init(&control->loop, &control->tick);
	uv_fs_event_init(&control->loop, &control->watch);
	control->soon.data = control;
	control->tick.data = control;
	control->watch.data = control;
	uv_timer_start(&control->tick, on_tick, LOOK_AGAIN_MS, LOOK_AGAIN_MS);
	uv_fs_event_start(&control->watch, on_change,
			  session_dir(control->session), 0);
	for (int i = 0; i < SIGNALS; i++) {
		uv_signal_init(&control->loop, &control->signals[i]);
		control->signals[i].data = control;
		uv_signal_start(&control->signals[i], on_signal, numbers[i]);
	}
}

static void close_handle(uv_handle_t *handle, void *data)
{
	(void)data;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void close_loop(struct control *control)
{
	target_close(control->target);
	uv_walk(&control->loop, close_handle, NULL);
	uv_run(&control->loop, UV_RUN_DEFAULT);
	uv_loop_close(&control->loop);
}

static void begin_work(struct control *control)
{
	int fd = control->options->ready_fd;

	control->announced = true;
	pump_soon(control);
	if (!say_here(control) || fd < 0)
		return;
	if (write(fd, "ready\n", 6) != 6) {
		error_errno(&control->err,
			    "cannot tell that the engine is ready");
		fail(control);
	}
	close(fd);
}

static void on_compiled(void *data, const struct error *err)
{
	struct control *control = data;

	control->compile = NULL;
	if (control->leaving) {
		pump_soon(control);
	} else if (err) {
		control->err = *err;
		fail(control);
	} else {
		begin_work(control);
	}
}

/* -1: nothing was begun. */
static int prepare(struct control *control, struct error *err)
{
	if (reproducer_prepare(&control->loop, &control->settings,
			       control->options->program,
			       session_dir(control->session), on_compiled,
			       control, &control->compile, err) < 0)
		return -1;
	if (!control->compile)
		begin_work(control);
	return 0;
}

int control_run(struct session *session, struct repo *repo,
		const struct control_options *options, enum control_end *end,
		struct error *err)
{
	struct control control = { .session = session,
				   .repo = repo,
				   .options = options,
				   .built = -1,
				   .building = -1 };
	char *lock = session_lock(session);
	struct lease *lease = NULL;
	int ret = -1;

	settings_init(&control.settings);
	fixup_choice_init(&control.fixups);
	control.worktree = session_worktree(session);
	control.out = session_out(session);
	open_loop(&control);
	if (read_settings(&control, err) < 0 || read_rules(&control, err) < 0 ||
	    lease_take(lock, &lease, err) < 0 ||
	    session_refresh(session, NULL, err) < 0)
		goto out;
	control.dirty = left_a_build(session);
	control.told = engine_event_count(session_engine(session));
	if (make_worktree(&control, err) < 0 ||
	    open_target(&control, err) < 0 || prepare(&control, err) < 0)
		goto out;
	uv_run(&control.loop, UV_RUN_DEFAULT);
	if (control.end == CONTROL_FOUND && !control.failed)
		drop_tree(&control);
	*end = control.end;
	ret = control.failed ? -1 : 0;
	if (control.failed)
		*err = control.err;
out:
	close_loop(&control);
	free(control.flights);
	free(control.worktree);
	free(control.out);
	fixup_choice_release(&control.fixups);
	rules_free(control.rules);
	settings_release(&control.settings);
	lease_give_back(lease);
	free(lock);
	return ret;
}
