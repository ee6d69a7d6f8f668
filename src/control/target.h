/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_TARGET_H
#define CONTROL_TARGET_H

/*
 * From the settings to what builds and runs: makes the runner that they ask
 * for, and says for each commit what its kernel is built with.
 *
 * Runs nothing itself.
 */

#include "run/ssh.h"

struct build_choice;
struct cache;
struct error;
struct fixup_choice;
struct kernel_settings;
struct oid;
struct reach;
struct repo;
struct rules;
struct runner;
struct settings;
struct target_room;
struct versions;
typedef struct uv_loop_s uv_loop_t;

#define TARGET_PLACES_MAX 8

/* A worktree to build in, and where what is built goes. */
struct target_place {
	const char *worktree, *out;
};

/* All is borrowed, for as long as the room lives. */
struct target_spec {
	uv_loop_t *loop;
	const struct settings *settings;
	const struct rules *rules; /* for crash titles */
	struct repo *repo;
	const char *program;		   /* culprit: the keeper of children */
	const char *session;		   /* its folder */
	const struct target_place *places; /* the session's own, further ones */
	int place_count;
};

/*
 * Make the runner.  ERROR_INPUT for what the settings have wrong: a file that
 * is not there, an unknown family of compilers.
 */
int target_open(const struct target_spec *spec, struct target_room **out,
		struct error *err);

/* When nothing is under way; before the loop's last turn.  NULL is fine. */
void target_close(struct target_room *room);

/*
 * How a real machine is known and who logs in there; known_hosts may be NULL.
 * All is borrowed.  Its key is never believed by itself.
 */
struct ssh_spec target_peer(const struct settings *settings,
			    const char *known_hosts);

/* Where its kernels are kept; or NULL. */
struct cache *target_cache(const struct target_room *room);

struct runner *target_runner(const struct target_room *room);

/*
 * What a build of this commit needs, good until the next one is asked for in
 * this place; the fixups are borrowed as long.  Its compiler is the one for the
 * commit `like`, mostly the same.  ERROR_INPUT when there is no compiler for
 * it.
 */
int target_choose(struct target_room *room, int place, const struct oid *commit,
		  const struct oid *like, const struct fixup_choice *fixups,
		  const struct build_choice **out, struct error *err);

/*
 * The compiler for what `reach` knows of a commit, its full name on the heap:
 * the settings' own, or the first of the table that is installed.
 */
int target_compiler(const struct kernel_settings *build,
		    const struct versions *versions, struct reach *reach,
		    char **out, struct error *err);

#endif
