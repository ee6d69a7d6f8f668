/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_MAKER_H
#define RUN_MAKER_H

/*
 * Makes kernels: by the kernel's own build (kbuild.h), out of tree, with the
 * choices for each commit; or takes one that was kept from an earlier build
 * of the same sources, configuration and compiler, in whatever session.
 *
 *     idle -> kept        [maker_make: it is in the cache]
 *     idle -> building    [maker_make]
 *     kept, building -> idle  [the call back]
 */

#include "run/kbuild.h"
#include "run/runner.h"

struct builder;
struct cache;
struct error;
struct maker;
typedef struct uv_loop_s uv_loop_t;

/* What was compiled is thrown away; after a build that was cut short always. */
enum maker_clean {
	MAKER_CLEAN_NEVER,
	MAKER_CLEAN_ON_FAILURE, /* after a build that failed */
	MAKER_CLEAN_ALWAYS,
};

/* All is borrowed, for as long as the maker lives. */
struct maker_spec {
	struct builder *builder;
	struct kbuild kbuild; /* without cc, switches and clean */
	struct cache *cache;  /* or NULL: nothing is kept */
	enum maker_clean clean;
};

struct maker *maker_new(uv_loop_t *loop, const struct maker_spec *spec);
/* Only while nothing is made; NULL is fine. */
void maker_free(struct maker *maker);

/* As the build of a runner; request->choice is needed. */
int maker_make(struct maker *maker, const struct build_request *request,
	       build_done *done, void *data, struct error *err);

/* Another process made the kernel of this commit, and there it lies. */
void maker_adopt(struct maker *maker, const char *commit, const char *image);

/*
 * The kernel of a commit that was made: where it was made, which is that of
 * the last one only, or in the cache, where the 16 that were asked for last
 * are held.  NULL when it is not there: then making it takes it from the
 * cache, if it still is in that.
 */
const char *maker_image(struct maker *maker, const char *commit);
enum runner_has maker_has(const struct maker *maker, const char *commit);

#endif
