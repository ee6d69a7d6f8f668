/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/control.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "control/begin.h"
#include "control/cluster.h"
#include "control/further.h"
#include "control/inside.h"
#include "control/lease.h"
#include "control/mended.h"
#include "control/reproducer.h"
#include "control/rules.h"
#include "control/target.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "oops/rules.h"
#include "repo/repo.h"
#include "repo/worktree.h"
#include "run/compile.h"
#include "run/runner.h"
#include "session/carry.h"
#include "session/folder.h"
#include "session/session.h"

#define LOOK_AGAIN_MS 500 /* where file watching does not work */

static void on_soon(uv_timer_t *timer)
{
	control_pump(timer->data);
}

void control_pump_soon(struct control *control)
{
	uv_timer_start(&control->soon, on_soon, 0, 0);
}

const struct oid *control_oid(const struct control *control, int commit)
{
	return graph_oid(session_graph(control->session), commit);
}

void control_leave(struct control *control, enum control_end end)
{
	if (control->leaving)
		return;
	control->leaving = true;
	control->end = end;
	control_pump_soon(control);
}

void control_fail(struct control *control)
{
	control->failed = true;
	control_leave(control, CONTROL_STOPPED);
}

void control_tell_new(struct control *control)
{
	const struct engine *engine = session_engine(control->session);

	for (; control->told < engine_event_count(engine); control->told++)
		if (control->options->tell)
			control->options->tell(
				control->options->data, control->session,
				engine_event(engine, control->told));
}

/* After a failure to store nothing more is appended: we only leave. */
bool control_append(struct control *control, struct event *event)
{
	if (control->failed)
		return false;
	if (event->by != BY_POLICY)
		event->by = BY_ENGINE;
	if (session_append(control->session, event, 1, &control->err) < 0) {
		control_fail(control);
		return false;
	}
	control_tell_new(control);
	return true;
}

char *control_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

int64_t control_last_seq(const struct control *control)
{
	size_t count = session_event_count(control->session);

	return count ? session_event(control->session, count - 1)->seq : 0;
}

bool control_say_here(struct control *control)
{
	char host[256] = "localhost";
	struct event event = { .kind = EVENT_ENGINE,
			       .number = getpid(),
			       .steps = control->runner ? control->runner->slots
							: 0,
			       .text = host };

	gethostname(host, sizeof(host) - 1);
	if (!control_append(control, &event))
		return false;
	control->ahead_seq = control_last_seq(control);
	return true;
}

static void on_check(uv_check_t *check)
{
	control_look_for_sleep(check->data);
	control_cancel_slept(check->data);
}

static void on_tick(uv_timer_t *timer)
{
	struct control *control = timer->data;
	char *lock;

	if (control->failed)
		return;
	lock = session_lock(control->session);
	if (access(session_dir(control->session), F_OK) < 0) {
		error_errno(&control->err, "the session is gone: '%s'",
			    session_dir(control->session));
		control_fail(control);
	} else if (!lease_is_good(control->lease, lock)) {
		error_set(&control->err, ERROR_STATE,
			  "'%s' was removed or replaced, so another engine "
			  "could have begun on this session; this one stops: "
			  "'culprit run' goes on",
			  lock);
		control_fail(control);
	} else if (session_is_behind(control->session) ||
		   (control->announced && !control->leaving &&
		    gitwatch_is_behind(control))) {
		control_pump(control);
	}
	free(lock);
}

static void on_change(uv_fs_event_t *watch, const char *name, int events,
		      int status)
{
	struct control *control = watch->data;

	(void)name;
	(void)events;
	if (status == 0 && session_is_behind(control->session))
		control_pump_soon(control);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	control_leave(handle->data, CONTROL_STOPPED);
}

/*
 * Coming and going.
 */

static int open_target(struct control *control, struct error *err)
{
	struct target_place places[TARGET_PLACES_MAX];
	struct target_spec spec = {
		.loop = &control->loop,
		.settings = &control->settings,
		.rules = control->rules,
		.repo = control->repo,
		.program = control->options->program,
		.session = session_dir(control->session),
		.place_count = control->place_count,
	};

	for (int i = 0; i < control->place_count; i++)
		places[i] = (struct target_place){
			.worktree = control->places[i].worktree,
			.out = control->places[i].out,
		};
	spec.places = places;
	if (target_open(&spec, &control->target, err) < 0)
		return -1;
	control->runner = target_runner(control->target);
	if (control->settings.executor == EXECUTOR_LOCAL ||
	    control->settings.fake_script)
		return 0;
	if (cluster_open(&spec, control->target, control->options->say,
			 control->options->data, &control->cluster, err) < 0)
		return -1;
	control->runner = cluster_runner(control->cluster);
	places_find(control);
	return 0;
}

/*
 * Was the last build of an earlier engine in the session's own worktree cut
 * short?  Those ahead of time are elsewhere, whose ends are theirs alone.
 */
static bool left_a_build(struct session *session)
{
	const struct engine *engine = session_engine(session);
	const struct oid *own = NULL; /* whose build is under way there */
	bool cut = false;

	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_BUILD_BEGIN && !event->number) {
			own = &event->commit;
			cut = true;
		} else if (own && event->kind == EVENT_BUILD_BEGIN &&
			   oid_equal(&event->commit, own)) {
			own = NULL; /* its next end is of another build */
		} else if (event->kind == EVENT_BUILD_STOPPED) {
			cut = true;
		} else if (own && event->kind == EVENT_BUILD &&
			   oid_equal(&event->commit, own)) {
			own = NULL;
			cut = event->exit_status >= 256;
		}
	}
	return cut;
}

/*
 * Of what lies in the worktrees nothing is sure that is not git's own: what
 * was built when the power went is not all on the disk, and make would take
 * what is left of it for done.  A kept kernel is synced before it has a name.
 */
static void distrust_places(struct control *control)
{
	control->places[0].dirty = true;
	folder_remove(control->places[0].out, NULL);
	if (session_repository(control->session))
		further_remove(control->session, 0, NULL);
}

static int make_worktree(struct control *control, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(control->session));
	int commit = plan->commit >= 0 ? plan->commit : plan->bad;
	const char *common = session_repository(control->session);

	control->places[0].fresh =
		access(control->places[0].worktree, F_OK) < 0;
	if (control->settings.fake_script || commit < 0)
		return 0;
	if (!common)
		return error_set(err, ERROR_STATE,
				 "this session has no repository to build in");
	if (control->options->checkout &&
	    access(control->places[0].worktree, F_OK) < 0)
		control->options->checkout(control->options->data,
					   control->places[0].worktree);
	return worktree_ensure(common, control->places[0].worktree,
			       control_oid(control, commit), err);
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
	char *jobs = cluster_folder(session_dir(control->session));

	if (!common || control->settings.fake_script) {
		free(jobs);
		return;
	}
	cluster_close(control->cluster);
	control->cluster = NULL;
	folder_remove(jobs, NULL); /* what they built goes with the tree */
	free(jobs);
	worktree_remove(common, control->places[0].worktree, NULL);
	folder_remove(control->places[0].out, NULL);
	further_remove(control->session, 0, NULL);
	reverting_clean(control);
}

static int read_settings(struct control *control, struct error *err)
{
	int ret =
		begin_read_settings(control->session, &control->settings, err);
	char *path;

	if (ret < 0 || settings_can_run(&control->settings))
		return ret;
	path = carry_untrusted(control->session);
	if (path) {
		free(path);
		return error_set(err, ERROR_STATE,
				 "this session was imported, and what its "
				 "settings say is run only when you trust "
				 "them: see 'culprit trust'");
	}
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
	static const int numbers[CONTROL_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

	uv_loop_init(&control->loop);
	uv_timer_init(&control->loop, &control->soon);
	uv_timer_init(&control->loop, &control->tick);
	uv_fs_event_init(&control->loop, &control->watch);
	uv_check_init(&control->loop, &control->check);
	control->soon.data = control;
	control->tick.data = control;
	control->watch.data = control;
	control->check.data = control;
	asleep_init(&control->asleep);
	uv_check_start(&control->check, on_check);
	uv_timer_start(&control->tick, on_tick, LOOK_AGAIN_MS, LOOK_AGAIN_MS);
	uv_fs_event_start(&control->watch, on_change,
			  session_dir(control->session), 0);
	for (int i = 0; i < CONTROL_SIGNALS; i++) {
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
	cluster_close(control->cluster);
	target_close(control->target);
	uv_walk(&control->loop, close_handle, NULL);
	uv_run(&control->loop, UV_RUN_DEFAULT);
	uv_loop_close(&control->loop);
}

/* To whoever started us, who may be gone, which is no matter here. */
static void tell_starter(const struct control *control, const char *line)
{
	if (control->options->ready_fd >= 0)
		dprintf(control->options->ready_fd, "%s", line);
}

static void begin_work(struct control *control)
{
	control->announced = true;
	control_pump_soon(control);
	if (!control_say_here(control))
		return;
	tell_starter(control, CONTROL_READY);
	if (control->options->ready_fd >= 0)
		close(control->options->ready_fd);
}

static void on_compiled(void *data, const struct error *err)
{
	struct control *control = data;

	control->compile = NULL;
	if (control->leaving) {
		control_pump_soon(control);
	} else if (err) {
		control->err = *err;
		control_fail(control);
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

/*
 * Who leaves by himself leaves no name, which would make the next engine
 * distrust what was built if the machine was started since.  So the disk has to
 * have it by then.  Nobody waits for that: another engine may begin meanwhile.
 */
static void leave(struct control *control, bool worked)
{
	bool sure = worked && !control->places[0].dirty;

	if (sure)
		lease_unlock(control->lease);
	for (int i = 0; sure && i < control->place_count; i++)
		sure = io_sync_around(control->places[i].worktree) == 0 &&
		       io_sync_around(control->places[i].out) == 0;
	if (sure)
		lease_give_back(control->lease);
	else
		lease_leave(control->lease);
	control->lease = NULL;
}

int control_run(struct session *session, struct repo *repo,
		const struct control_options *options, enum control_end *end,
		struct error *err)
{
	struct control control = { .session = session,
				   .repo = repo,
				   .options = options,
				   .shown = -1 };
	char *lock = session_lock(session);
	bool worked = false;
	int ret = -1;

	settings_init(&control.settings);
	open_loop(&control);
	if (read_settings(&control, err) < 0 || read_rules(&control, err) < 0 ||
	    lease_take(lock, &control.lease, err) < 0 ||
	    session_refresh(session, NULL, err) < 0)
		goto out;
	tell_starter(&control, CONTROL_HELD);
	places_init(&control, settings_further(&control.settings));
	control.places[0].dirty = left_a_build(session);
	if (session_repository(session) && !control.settings.fake_script)
		further_remove(session, control.place_count - 1, NULL);
	if (lease_after_cut(control.lease) && !control.settings.fake_script)
		distrust_places(&control);
	control.told = engine_event_count(session_engine(session));
	mended_keep(session, control.told, session_dir(session));
	if (make_worktree(&control, err) < 0 ||
	    open_target(&control, err) < 0 || prepare(&control, err) < 0)
		goto out;
	asleep_init(&control.asleep); /* git was waited for, maybe long */
	uv_run(&control.loop, UV_RUN_DEFAULT);
	worked = true;
	if (control.end == CONTROL_FOUND && !control.failed)
		drop_tree(&control);
	*end = control.end;
	ret = control.failed ? -1 : 0;
	if (control.failed)
		*err = control.err;
out:
	close_loop(&control);
	if (control.lease)
		leave(&control, worked);
	free(control.flights);
	places_release(&control);
	rules_free(control.rules);
	settings_release(&control.settings);
	free(lock);
	return ret;
}
