/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SUPPLY_H
#define RUN_SUPPLY_H

/*
 * Where a target has its kernels from: the kernel's own build (maker.h), or a
 * shell command of the user's (builder.h).  Boots nothing.
 */

#include "run/builder.h"
#include "run/maker.h"

struct supply;

struct supply_spec {
	struct builder_spec builder;
	/* The kernel's own build, without cc, switches and clean, which must
	   outlive the supply; or NULL and a shell command, which may be NULL
	   too. */
	const struct kbuild *kbuild;
	enum maker_clean clean;
	struct cache *cache; /* or NULL; borrowed */
	const char *build;
	const char *kernel; /* what the command makes, in the worktree or
			       absolute */
};

/* The texts are copied. */
struct supply *supply_new(uv_loop_t *loop, const struct supply_spec *spec);
/* Only while nothing is built; NULL is fine. */
void supply_free(struct supply *supply);

/* As the build of a runner, and its cancel. */
int supply_build(struct supply *supply, const struct build_request *request,
		 build_done *done, void *data, struct error *err);
void supply_cancel(struct supply *supply, const char *commit);

/* As those of a runner. */
void supply_adopt(struct supply *supply, const char *commit, const char *image);
char *supply_image(const struct supply *supply, const char *commit);

/* What there is of a commit, as a runner says it. */
enum runner_has supply_has(const struct supply *supply, const char *commit);

/* The kernel of one that is there, and the folder where kernels are built, for
   the caller to free. */
char *supply_kernel(const struct supply *supply, const char *commit);
char *supply_folder(const struct supply *supply);

#endif
