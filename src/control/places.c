/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/str.h"
#include "control/further.h"
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
