/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BUILDER_H
#define RUN_BUILDER_H

/*
 * Builds one commit at a time in the session's worktree: checks it out and
 * runs the commands that make something of it, each written to the log behind
 * "$ ".  Used by every kind of runner.
 *
 *     idle -> checkout        [builder_build]
 *     checkout -> asking      [on_end: git is done, and there is a patch]
 *     asking -> patching      [on_end: it is not in already]
 *     asking, patching -> asking    [on_end: the next patch]
 *     checkout, asking, patching -> commands  [on_end: there is none (more)]
 *     commands -> commands    [on_end: the next one]
 *     commands -> products    [on_end: the last one, and there is work left]
 *     any -> idle             [finish]
 *
 * A build is `failed`, with its first error lines as the text, when a command
 * does not exit with 0 or comes to a limit; it is `infra` when the checkout
 * fails (git's words), when a signal killed a command or, by its own words,
 * its compiler, when disk or memory are full, or when the log cannot be
 * written.  A checkout is not cut short by cancel, git would leave its lock
 * behind: the build then ends as cancelled when git is done.
 *
 * A patch that does not apply fails the build before anything is built, and
 * the end names it; one that is in already is passed over.  The worktree keeps
 * the patches until the next checkout, since tests may look into it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/runner.h"

struct builder;
struct error;
typedef struct uv_loop_s uv_loop_t;

struct builder_spec {
	const char *keeper; /* program that keeps the children; absolute */
	const char *worktree;
	const char *session;
	/* The commit is appended: "git", "-C", worktree, "checkout"...  Ended
	 * by NULL, never NULL itself. */
	const char *const *checkout;
	int64_t timeout_ms; /* of each command, and of the checkout; 0: none */
	int64_t output_max; /* bytes kept of each; more ends it; 0: none */
};

/* What makes something of a checkout. */
struct builder_work {
	/* Called when the commit is there and patched, to write files; or NULL.
	   -1 fails the build, with the error as its text. */
	int (*prepare)(void *data, struct error *err);
	/* A list of argvs, each ended by NULL, as is the list. */
	const char *const *const *commands;
	size_t optional; /* so many of the first may fail */
	/* Called in another thread when all is built; may take long; or NULL.
	   Fills signature (65 bytes).  -1: trouble of ours. */
	int (*products)(void *data, char *signature, struct error *err);
	bool in_order; /* its commands can be asked to end: no half files */
	const char *const *env; /* more changes to the environment, as child.h
				   has them; or NULL */
	void *data;
};

/* The texts are copied. */
struct builder *builder_new(uv_loop_t *loop, const struct builder_spec *spec);
/* Only while nothing is built. */
void builder_free(struct builder *builder);

/*
 * ERROR_BUSY while another build is under way.  The work is borrowed until
 * done is called, which happens once, from the loop.
 */
int builder_build(struct builder *builder, const struct build_request *request,
		  const struct builder_work *work, build_done *done, void *data,
		  struct error *err);

/* Stop the build of this commit (NULL: any). */
void builder_cancel(struct builder *builder, const char *commit);

/* Another process built this commit in the worktree. */
void builder_adopt(struct builder *builder, const char *commit);

/* The commit that was built last; NULL when none is. */
const char *builder_built(const struct builder *builder);

#endif
