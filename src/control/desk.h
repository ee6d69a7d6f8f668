/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_DESK_H
#define CONTROL_DESK_H

/*
 * What both front ends need: the engine process of a session (is there one,
 * how to start or stop it), and the words for events and commits.
 */

#include <stdbool.h>

#include "base/buf.h"

struct argv;
struct error;
struct event;
struct oid;
struct repo;
struct session;
struct step;

struct engine_process {
	bool alive;
	int pid;       /* meaningless when not alive */
	char host[64]; /* where it runs */
};

void desk_engine(const struct session *session, struct engine_process *out);

/*
 * The same, for one that is about to end: waited for, ten seconds at most.
 * Has it ended?
 */
bool desk_see_out(const struct session *session, struct engine_process *engine);

/*
 * What one that is alive does.  Before and after its work git makes and
 * removes worktrees, which takes minutes for a kernel's; the lease is held
 * meanwhile.
 */
enum engine_stage {
	ENGINE_WORKS, /* also: there is none */
	ENGINE_BEGINS,
	ENGINE_LEAVES, /* it takes up nothing more */
};

enum engine_stage desk_engine_stage(struct session *session,
				    const struct engine_process *engine);

/* ", which..." of an engine that does not work, to follow its name; or "". */
const char *desk_engine_does(enum engine_stage stage);

/*
 * What is heard of an engine that was started here.  Begins as all zeroes.
 *
 *     silent -> begins   [desk_start_engine]
 *     begins -> silent   [desk_hear_engine: it works, or gave up;
 *                         desk_leave_engine: it goes on unheard]
 */
struct engine_start {
	bool begins;
	int fd;
	struct buf said;
};

/*
 * Start `culprit run` for this session in a session of its own (setsid), its
 * output in engine.log of the folder.  program: path of culprit.  Returns
 * when it holds the lease, or with what it said when it gave up.
 */
int desk_start_engine(const struct session *session, const char *program,
		      struct engine_start *start, struct error *err);

/*
 * What has become of it: 1 while it gets ready, 0 when it works; -1 with what
 * it said when it gave up.  Waits for nothing.
 */
int desk_hear_engine(struct engine_start *start, struct error *err);

void desk_leave_engine(struct engine_start *start);

/*
 * Ask the engine process to end (SIGTERM); what is in flight is given up.
 * ERROR_STATE when there is none, or it runs on another host.
 */
int desk_end_engine(const struct session *session, struct error *err);

/* The same, and return when it has let go of the lease. */
int desk_stop_engine(const struct session *session, struct error *err);

/* Does the session have a test command, so that an engine can work? */
bool desk_can_run(const struct session *session);

/* An event in words, as `culprit log` has it; raw, maybe of several lines. */
void desk_describe(struct session *session, const struct event *event,
		   struct buf *out);

/* What happened at a step (control/recount.h), a raw sentence a line. */
void desk_recount(struct session *session, const struct step *step,
		  struct buf *out);

/*
 * The words of a program that prints a commit as git shows it: message,
 * diffstat and diff; without the diff; only how much it changes.
 */
void desk_show_argv(const struct repo *repo, const char *hex, struct argv *out);
void desk_sum_up_argv(const struct repo *repo, const char *hex,
		      struct argv *out);
void desk_stat_argv(const struct repo *repo, const char *hex, struct argv *out);

/*
 * The words of a program that prints the ids of those of some commits that
 * touched a path, a line each, and of others above them perhaps.  commits: ids,
 * and with a ^ before it one whose history is left out; paths: with blanks
 * between them, as git takes them.
 */
void desk_touched_argv(const struct repo *repo, const struct argv *commits,
		       const char *paths, struct argv *out);

/* "user@host" of this process.  out has room for size bytes. */
void desk_who(char *out, int size);

#endif
