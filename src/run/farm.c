/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/farm.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/farm_inside.h"
#include "run/ticket.h"

#define LOOK_MS	 500
#define NEAR_MS	 10
#define LATE_MS	 10000 /* what was not asked for by then is dropped */
#define ROOM_MAX 1024

static struct farm *self(struct runner *runner)
{
	return (struct farm *)runner;
}

static const struct farm *self_const(const struct runner *runner)
{
	return (const struct farm *)runner;
}

int64_t farm_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return INT64_C(1000) * now.tv_sec + now.tv_nsec / 1000000;
}

/*
 * Tasks.
 */

static uint64_t look_ms(const struct farm *farm)
{
	int64_t poll = farm->spec.poll_ms;

	return poll < LOOK_MS ? (uint64_t)poll : LOOK_MS;
}

static void on_look(uv_timer_t *timer)
{
	farm_look(timer->data);
}

struct task *farm_add(struct farm *farm)
{
	struct task *task = xcalloc(1, sizeof(*task)), **last = &farm->tasks;

	while (*last)
		last = &(*last)->next;
	*last = task;
	task->since = farm_clock();
	if (!uv_is_active((uv_handle_t *)&farm->look))
		uv_timer_start(&farm->look, on_look, look_ms(farm),
			       look_ms(farm));
	farm->changed = true;
	return task;
}

void farm_remove(struct farm *farm, struct task *task)
{
	struct task **at = &farm->tasks;

	while (*at != task)
		at = &(*at)->next;
	*at = task->next;
	free(task->commit);
	free(task->work);
	free(task->log);
	free(task->name);
	free(task->batch);
	free(task->token);
	free(task->id);
	free(task->node);
	free(task->words);
	free(task->avoid);
	free(task);
	farm->changed = true;
	farm_soon(farm);
}

void farm_set(struct farm *farm, struct task *task, enum task_state state)
{
	if (task->state == state)
		return;
	task->state = state;
	task->since = farm_clock();
	farm->changed = true;
}

void farm_heard(struct farm *farm, const char *why)
{
	char *text;

	if (!why == !farm->away)
		return;
	farm->away = why != NULL;
	farm->changed = true;
	if (!farm->spec.say)
		return;
	text = why ? xasprintf("%s does not answer, it is waited for: %s",
			       farm->spec.executor->kind, why)
		   : xasprintf("%s answers again", farm->spec.executor->kind);
	farm->spec.say(farm->spec.data, text);
	free(text);
}

static void on_soon(uv_timer_t *timer)
{
	struct farm *farm = timer->data;

	farm_drop(farm);
	farm_submit(farm);
	farm_tell_waiting(farm);
	if (!farm->tasks)
		uv_timer_stop(&farm->look);
	farm_write_state(farm);
}

void farm_soon(struct farm *farm)
{
	uv_timer_start(&farm->soon, on_soon, 0, 0);
}

/*
 * Ends.  The fact is stored in the call back; only then the files go, or an
 * engine that dies in between would have lost it.
 */

void farm_end_run(struct farm *farm, struct task *task,
		  const struct run_end *end)
{
	if (!task->orphan)
		task->ran(task->data, end);
	farm_forget(farm, task);
	farm_remove(farm, task);
}

void farm_end_build(struct farm *farm, struct task *task,
		    const struct build_end *end)
{
	if (!task->orphan)
		task->built(task->data, end);
	farm_forget(farm, task);
	farm_remove(farm, task);
}

void farm_end_cancelled(struct farm *farm, struct task *task)
{
	if (task->build)
		farm_end_build(farm, task,
			       &(struct build_end){ .cancelled = true });
	else
		farm_end_run(farm, task,
			     &(struct run_end){ .cancelled = true });
}

void farm_end_infra(struct farm *farm, struct task *task, const char *text)
{
	if (task->build)
		farm_end_build(farm, task,
			       &(struct build_end){ .result = BUILD_INFRA,
						    .text = text });
	else
		farm_end_run(farm, task,
			     &(struct run_end){ .outcome = OUTCOME_INFRA,
						.text = text });
}

/*
 * The runner.
 */

/* An earlier engine's job that does just this. */
static struct task *claim(struct farm *farm, const char *work)
{
	for (struct task *task = farm->tasks; task; task = task->next)
		if (task->orphan && !task->cancelled &&
		    str_equal(task->work, work)) {
			task->orphan = false;
			return task;
		}
	return NULL;
}

static char *work_of(const struct ticket *ticket)
{
	struct buf text;
	char *work;

	buf_init(&text, 0);
	ticket_say(ticket, &text);
	work = buf_take(&text);
	buf_release(&text);
	return work;
}

static const struct farm_place *place_of(const struct farm *farm, int place)
{
	assert(place >= 0 && place < farm->spec.place_count);
	return &farm->spec.places[place];
}

static int farm_build(struct runner *runner,
		      const struct build_request *request, build_done *done,
		      void *data, struct error *err)
{
	struct farm *farm = self(runner);
	const struct farm_place *place = place_of(farm, request->place);
	const struct ticket ticket = {
		.build = true,
		.worktree = place->worktree,
		.out = place->out,
		.place = request->place,
		.built = *request,
	};
	char *work = work_of(&ticket);
	struct task *task = claim(farm, work);

	(void)err;
	farm_build_over(farm, request->place, request->commit);
	if (!task)
		task = farm_add(farm);
	free(task->work);
	free(task->commit);
	free(task->log);
	task->work = work;
	task->build = true;
	task->commit = xstrdup(request->commit);
	task->log = xstrdup(request->log);
	task->place = request->place;
	task->ahead = request->ahead;
	task->built = done;
	task->data = data;
	farm_soon(farm);
	return 0;
}

static int lowest_slot(const struct farm *farm)
{
	int slot = 1;

	for (const struct task *task = farm->tasks; task;) {
		if (!task->build && task->slot == slot) {
			slot++;
			task = farm->tasks;
		} else {
			task = task->next;
		}
	}
	return slot;
}

static int farm_run(struct runner *runner, const struct run_request *request,
		    run_done *done, void *data, struct error *err)
{
	struct farm *farm = self(runner);
	const struct farm_place *place = place_of(farm, request->place);
	const struct product *product =
		farm_product(farm, request->place, request->commit);
	struct ticket ticket = {
		.worktree = place->worktree,
		.out = place->out,
		.place = request->place,
		.run = *request,
	};
	struct task *task;
	char *work;

	if (!product)
		return error_set(err, ERROR_STATE,
				 "cannot run %s: it is not what was built last",
				 request->commit);
	ticket.image = product->image;
	ticket.needs_place = !product->kept;
	work = work_of(&ticket);
	task = claim(farm, work);
	if (!task) {
		int slot = lowest_slot(farm);

		task = farm_add(farm);
		task->slot = slot;
	}
	free(task->work);
	free(task->commit);
	task->work = work;
	task->commit = xstrdup(request->commit);
	task->place = request->place;
	task->number = request->number;
	task->ahead = request->ahead;
	task->needs_place = ticket.needs_place;
	task->saw = request->seen;
	task->decides = request->decides;
	task->ran = done;
	task->data = data;
	farm_soon(farm);
	return 0;
}

/* Its jobs decide nothing themselves: nobody asks a farm. */
static void farm_enough(struct runner *runner, const char *commit)
{
	(void)runner;
	(void)commit;
}

static void farm_cancel(struct runner *runner, const char *commit)
{
	struct farm *farm = self(runner);

	for (struct task *task = farm->tasks; task; task = task->next)
		if (!commit ||
		    (str_equal(commit, task->commit) && !task->orphan))
			task->cancelled = true;
	farm->changed = true;
	farm_soon(farm);
}

static enum runner_has farm_has(const struct runner *runner, int place,
				const char *commit)
{
	const struct product *product =
		farm_product(self_const(runner), place, commit);

	if (!product)
		return RUNNER_HAS_NOT;
	return product->kept ? RUNNER_HAS_KEPT : RUNNER_HAS_THERE;
}

static bool needs(const struct task *task, int place)
{
	return task->place == place && (task->build || task->needs_place);
}

bool farm_is_taken(const struct farm *farm, int place)
{
	for (const struct task *task = farm->tasks; task; task = task->next)
		if (task->orphan && needs(task, place))
			return true;
	return false;
}

static int farm_vacate(struct runner *runner, int place, const char *commit,
		       place_free *done, void *data)
{
	struct farm *farm = self(runner);
	bool any = false;

	for (struct task *task = farm->tasks; task; task = task->next) {
		if (!task->orphan || !needs(task, place))
			continue;
		if (task->build && !task->cancelled &&
		    str_equal(task->commit, commit))
			return 1;
		task->cancelled = any = true;
	}
	if (!any)
		return 0;
	array_grow(farm->waiting, farm->waiting_count + 1, &farm->waiting_room);
	farm->waiting[farm->waiting_count++] =
		(struct waiting){ place, done, data };
	farm_soon(farm);
	return 2;
}

void farm_tell_waiting(struct farm *farm)
{
	for (size_t i = farm->waiting_count; i-- > 0;) {
		const struct waiting one = farm->waiting[i];

		if (farm_is_taken(farm, one.place))
			continue;
		farm->waiting[i] = farm->waiting[--farm->waiting_count];
		one.done(one.data);
	}
}

static bool farm_left(struct runner *runner, int index, struct runner_left *out)
{
	const struct farm *farm = self(runner);

	if (index < 0 || (size_t)index >= farm->product_count)
		return false;
	out->commit = farm->products[index].commit;
	out->place = farm->products[index].place;
	return true;
}

/* What nodes write far away is found by looking; this is only sooner. */
static void on_change(uv_fs_event_t *watch, const char *name, int events,
		      int status)
{
	struct farm *farm = watch->data;

	(void)events;
	if (status == 0 && farm->tasks && name &&
	    (str_ends(name, ".end") || str_ends(name, ".seen")))
		uv_timer_start(&farm->look, on_look, NEAR_MS, look_ms(farm));
}

static void on_late(uv_timer_t *timer)
{
	struct farm *farm = timer->data;

	for (struct task *task = farm->tasks; task; task = task->next)
		if (task->orphan)
			task->cancelled = true;
	farm_soon(farm);
}

/* Those that nobody came for stop when they see that their tickets are gone. */
static void drop_orphans(struct farm *farm)
{
	while (farm->tasks) {
		assert(farm->tasks->orphan);
		farm_forget(farm, farm->tasks);
		farm_remove(farm, farm->tasks);
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct farm *farm = handle->data;

	if (--farm->open == 0)
		free(farm);
}

static void farm_free(struct runner *runner)
{
	struct farm *farm = self(runner);
	uv_handle_t *const handles[] = {
		(uv_handle_t *)&farm->soon,
		(uv_handle_t *)&farm->late,
		(uv_handle_t *)&farm->look,
		(uv_handle_t *)&farm->watch,
	};

	drop_orphans(farm);
	while (farm->calls)
		uv_run(farm->loop, UV_RUN_ONCE);
	farm_write_state(farm);
	farm->spec.executor->ops->free(farm->spec.executor);
	farm_release_products(farm);
	free(farm->waiting);
	free(farm->shunned);
	free(farm->back);
	for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
		farm->open++;
		uv_close(handles[i], on_closed);
	}
}

static const struct runner_ops farm_ops = {
	.build = farm_build,
	.run = farm_run,
	.enough = farm_enough,
	.cancel = farm_cancel,
	.has = farm_has,
	.free = farm_free,
	.vacate = farm_vacate,
	.left = farm_left,
};

int farm_new(uv_loop_t *loop, const struct farm_spec *spec, struct runner **out,
	     struct error *err)
{
	struct farm *farm = xcalloc(1, sizeof(*farm));

	farm->runner.ops = &farm_ops;
	farm->runner.slots = spec->width;
	farm->runner.room = ROOM_MAX;
	farm->runner.has_build = true;
	farm->loop = loop;
	farm->spec = *spec;
	snprintf(farm->stamp, sizeof(farm->stamp), "%llx",
		 (unsigned long long)farm_clock());
	uv_timer_init(loop, &farm->soon);
	uv_timer_init(loop, &farm->look);
	uv_timer_init(loop, &farm->late);
	uv_fs_event_init(loop, &farm->watch);
	farm->watch.data = farm;
	uv_fs_event_start(&farm->watch, on_change, spec->folder, 0);
	farm->soon.data = farm->look.data = farm->late.data = farm;
	if (farm_find(farm, err) < 0) {
		farm_free(&farm->runner);
		return -1;
	}
	if (farm->tasks)
		uv_timer_start(&farm->late, on_late, LATE_MS, 0);
	*out = &farm->runner;
	return 0;
}
