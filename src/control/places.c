/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/str.h"
#include "control/further.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/worktree.h"
#include "run/runner.h"
#include "session/folder.h"
#include "session/session.h"

void places_init(struct control *control, int further)
{
	const struct session *session = control->session;

	control->place_count = 1 + further;
	for (int i = 0; i < control->place_count; i++) {
		struct place *place = &control->places[i];

		*place = (struct place){
			.control = control,
			.number = i,
			.worktree = i ? further_path(session, i, "worktree")
				      : session_worktree(session),
			.out = i ? further_path(session, i, "out")
				 : session_out(session),
			/* the session's own is made before all else */
			.made = i == 0 || control->settings.fake_script,
			.building = -1,
			.like = -1,
			.common = session_repository(session),
		};
		place->thread.data = place;
		fixup_choice_init(&place->fixups);
	}
}

void places_release(struct control *control)
{
	for (int i = 0; i < control->place_count; i++) {
		free(control->places[i].worktree);
		free(control->places[i].out);
		fixup_choice_release(&control->places[i].fixups);
	}
	while (control->product_count)
		places_drop_product(control, control->product_count - 1);
	free(control->products);
}

struct place *places_building(struct control *control, int commit)
{
	for (int i = 0; i < control->place_count; i++)
		if (control->places[i].building >= 0 &&
		    control->places[i].building == commit)
			return &control->places[i];
	return NULL;
}

void places_drop_product(struct control *control, size_t which)
{
	free(control->products[which].fixups);
	control->products[which] = control->products[--control->product_count];
}

static enum runner_has has(const struct control *control, int place, int commit)
{
	const struct runner *runner = control->runner;

	return runner->ops->has(runner, place,
				control_oid(control, commit)->hex);
}

int places_built(struct control *control, int commit, int like)
{
	for (size_t i = 0; i < control->product_count; i++) {
		const struct product *product = &control->products[i];

		if (product->commit == commit && product->like == like &&
		    has(control, product->place, commit))
			return product->place;
	}
	return -1;
}

void places_add_product(struct place *place, int commit)
{
	struct control *control = place->control;

	for (size_t i = control->product_count; i-- > 0;)
		if (control->products[i].commit == commit)
			places_drop_product(control, i);
	array_grow(control->products, control->product_count + 1,
		   &control->product_room);
	control->products[control->product_count++] = (struct product){
		.commit = commit,
		.place = place->number,
		.like = place->like,
		.fixups = xstrdup(place->fixups.numbers.text),
	};
}

/* How it was built, by the last that the journal says of it. */
static const struct event *begin_of(const struct control *control,
				    const struct oid *oid)
{
	const struct engine *engine = session_engine(control->session);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_BUILD_BEGIN &&
		    event->number != BUILD_TAKEN &&
		    oid_equal(&event->commit, oid))
			return event;
	}
	return NULL;
}

/* In the session's own worktree anybody may have checked something else out. */
static bool is_there(struct control *control, int place, const struct oid *oid)
{
	if (control->places[place].fresh ||
	    access(control->places[place].worktree, F_OK) < 0)
		return false;
	if (place > 0)
		return true;
	gitwatch_built(control);
	return oid_equal(&control->head, oid);
}

static void find_one(struct control *control, const struct runner_left *left)
{
	struct place *place = &control->places[left->place];
	const struct graph *graph = session_graph(control->session);
	const struct event *begin;
	struct oid oid;
	int commit;

	if (!oid_parse(&oid, left->commit) ||
	    (commit = graph_find(graph, &oid)) < 0 ||
	    !(begin = begin_of(control, &oid)) ||
	    (has(control, left->place, commit) != RUNNER_HAS_KEPT &&
	     !is_there(control, left->place, &oid)))
		return;
	array_grow(control->products, control->product_count + 1,
		   &control->product_room);
	control->products[control->product_count++] = (struct product){
		.commit = commit,
		.place = left->place,
		.like = oid_is_none(&begin->other)
				? -1
				: graph_find(graph, &begin->other),
		.fixups = xstrdup(begin->text ? begin->text : ""),
	};
	if (access(place->worktree, F_OK) == 0) {
		place->made = true;
		place->dirty = false;
	}
}

void places_find(struct control *control)
{
	const struct runner *runner = control->runner;
	struct runner_left left;

	for (int i = 0;
	     runner->ops->left && runner->ops->left(control->runner, i, &left);
	     i++)
		find_one(control, &left);
}

void places_forget(struct control *control, int place)
{
	for (size_t i = control->product_count; i-- > 0;) {
		const struct product *product = &control->products[i];

		if (product->place == place &&
		    has(control, place, product->commit) != RUNNER_HAS_KEPT)
			places_drop_product(control, i);
	}
}

bool place_is_busy(const struct place *place)
{
	const struct control *control = place->control;

	if (place->building >= 0 || place->preparing)
		return true;
	for (size_t i = 0; i < control->flight_count; i++)
		if (control->flights[i]->needs_place &&
		    control->flights[i]->place == place->number)
			return true;
	return false;
}

bool places_are_quiet(const struct control *control)
{
	for (int i = 0; i < control->place_count; i++)
		if (control->places[i].building >= 0 ||
		    control->places[i].preparing)
			return false;
	return true;
}

/*
 * In another thread.  One that is there was left by an earlier engine: what
 * lies in it cannot be trusted.
 */
static void prepare(uv_work_t *thread)
{
	struct place *place = thread->data;
	bool there = access(place->worktree, F_OK) == 0;
	char *folder = folder_of(place->worktree);
	int made = place->make ? folder_make(folder, &place->trouble) : 0;

	free(folder);
	/* git looks for one that it still has by this name only in a folder
	   that is there */
	if (made < 0)
		return;
	if (place->make && worktree_ensure(place->common, place->worktree,
					   &place->goal, &place->trouble) < 0)
		return;
	if (place->clean || (place->make && there))
		worktree_clean(place->worktree, &place->trouble);
}

static void on_prepared(uv_work_t *thread, int status)
{
	struct place *place = thread->data;

	(void)status;
	place->preparing = false;
	if (place->trouble.code == ERROR_NONE) {
		place->made = true;
		place->dirty = false;
	}
	build_prepared(place);
}

void place_prepare(struct place *place)
{
	place->make = !place->made;
	place->clean = place->dirty;
	place->goal = *control_oid(place->control, place->building);
	place->trouble.code = ERROR_NONE;
	place->preparing = true;
	uv_queue_work(&place->control->loop, &place->thread, prepare,
		      on_prepared);
}

static void show(uv_work_t *thread)
{
	struct place *place = thread->data;

	worktree_checkout(place->worktree, &place->goal, &place->trouble);
}

/* Where it cannot be moved the next build there says why. */
static void on_shown(uv_work_t *thread, int status)
{
	struct place *place = thread->data;

	(void)status;
	place->preparing = false;
	control_pump_soon(place->control);
}

void places_show(struct control *control, int commit)
{
	struct place *own = &control->places[0];

	if (control->shown == commit || control->settings.fake_script ||
	    place_is_busy(own))
		return;
	control->shown = commit;
	own->goal = *control_oid(control, commit);
	own->trouble.code = ERROR_NONE;
	own->preparing = true;
	uv_queue_work(&control->loop, &own->thread, show, on_shown);
}
