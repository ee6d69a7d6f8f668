/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/places.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "run/jobs.h"
#include "run/supply.h"

struct place {
	struct supply *supply;
	struct kbuild kbuild; /* its own folders, or unused */
	char *worktree, *out;
};

struct places {
	struct place *items;
	int count;
};

static void place_init(struct place *place, uv_loop_t *loop,
		       const struct supply_spec *first,
		       const struct place_spec *spec)
{
	struct supply_spec supply = *first;

	place->worktree =
		xstrdup(spec ? spec->worktree : first->builder.worktree);
	place->out = xstrdup_null(spec ? spec->out : NULL);
	if (spec) {
		supply.builder.worktree = spec->worktree;
		supply.builder.checkout = spec->checkout;
	}
	if (spec && first->kbuild) {
		place->kbuild = *first->kbuild;
		place->kbuild.source = place->worktree;
		place->kbuild.out = place->out;
		supply.kbuild = &place->kbuild;
	}
	place->supply = supply_new(loop, &supply);
}

struct places *places_new(uv_loop_t *loop, const struct supply_spec *first,
			  const struct place_spec *further, int count)
{
	struct places *places = xcalloc(1, sizeof(*places));

	places->count = 1 + count;
	places->items = xcalloc((size_t)places->count, sizeof(*places->items));
	for (int i = 0; i < places->count; i++)
		place_init(&places->items[i], loop, first,
			   i ? &further[i - 1] : NULL);
	return places;
}

void places_free(struct places *places)
{
	if (!places)
		return;
	for (int i = 0; i < places->count; i++) {
		supply_free(places->items[i].supply);
		free(places->items[i].worktree);
		free(places->items[i].out);
	}
	free(places->items);
	free(places);
}

static struct place *find(const struct places *places, int place)
{
	assert(place >= 0 && place < places->count);
	return &places->items[place];
}

int places_build(struct places *places, const struct jobs *jobs,
		 const struct build_request *request, build_done *done,
		 void *data, struct error *err)
{
	for (const struct job *job = jobs->first; job; job = job->next)
		if (job->request.place == request->place &&
		    places_has(places, request->place, job->commit) !=
			    RUNNER_HAS_KEPT)
			return error_set(err, ERROR_BUSY,
					 "cannot build while %s is worked on",
					 job->commit);
	return supply_build(find(places, request->place)->supply, request, done,
			    data, err);
}

void places_cancel(struct places *places, const char *commit)
{
	for (int i = 0; i < places->count; i++)
		supply_cancel(places->items[i].supply, commit);
}

enum runner_has places_has(const struct places *places, int place,
			   const char *commit)
{
	return supply_has(find(places, place)->supply, commit);
}

void places_adopt(struct places *places, int place, const char *commit,
		  const char *image)
{
	supply_adopt(find(places, place)->supply, commit, image);
}

char *places_image(const struct places *places, int place, const char *commit)
{
	return supply_image(find(places, place)->supply, commit);
}

int places_allow_run(const struct places *places,
		     const struct run_request *request, struct error *err)
{
	if (places_has(places, request->place, request->commit))
		return 0;
	return error_set(err, ERROR_STATE,
			 "cannot run %s: it is not what was built last",
			 request->commit);
}

const char *places_worktree(const struct places *places, int place)
{
	return find(places, place)->worktree;
}

char *places_kernel(const struct places *places, int place, const char *commit)
{
	return supply_kernel(find(places, place)->supply, commit);
}

char *places_folder(const struct places *places, int place)
{
	return supply_folder(find(places, place)->supply);
}
