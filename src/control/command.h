/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_COMMAND_H
#define CONTROL_COMMAND_H

/*
 * Everything that a person may order, as one table: the command line, the
 * keys, the help screen, the completion and the man page's list come from it.
 *
 * An order is carried out in the same way whoever gives it.  Commands that
 * only a front end can carry out (status, log, run...) are in the table with
 * no function.
 */

#include <stdbool.h>

struct buf;
struct error;
struct repo;
struct session;

/* One order: a command's name with its arguments, and what it needs. */
struct order {
	struct session *session;
	struct repo *repo; /* or NULL: then only commits that the session
			      knows, by id or a prefix of at least 7 digits */
	const char *who;   /* "user@host" */
	const char *why;   /* -m, or NULL */
	bool at_once;	   /* what takes long is begun and not waited for */
	bool *moves;	   /* out: the worktree is to be moved (mover.h); NULL:
			      that is done, and waited for */
	int argc;	   /* the arguments, without the command's name */
	const char *const *argv;
	struct buf *say; /* what to tell the person: one or more lines */
	char *next;	 /* out: the folder of the session that takes the
			    place of this one, for the caller to free; NULL */
};

enum command_group {
	GROUP_BEGIN,  /* demo, start, run */
	GROUP_DECIDE, /* good, bad, skip, retract, judge, more, pick */
	GROUP_TIME,   /* undo, redo */
	GROUP_ENGINE, /* pause, resume, stop, note */
	GROUP_LOOK,   /* status, log, next, titles, help */
	GROUP_COUNT,
};

typedef int command_function(struct order *order, struct error *err);

struct command {
	const char *name;
	const char *arguments; /* as in the usage line, or "" */
	const char *key;       /* on the screen, or NULL */
	const char *summary;   /* one line, no full stop */
	enum command_group group;
	command_function *carry_out; /* NULL: a front end's own */
};

/* The table, ended by a NULL name, in the order of help. */
extern const struct command commands[];

const struct command *command_find(const char *name); /* or NULL */
const char *command_group_name(enum command_group group);

/*
 * Sort the words of a command, whose name is argv[0], into the order: -m WHY
 * may stand anywhere, behind -- there are no options.  words, which the order
 * borrows, has room for argc.  ERROR_USAGE for an option that is none.
 */
int command_words(int argc, char *const *argv, const char **words,
		  struct order *order, struct error *err);

/*
 * Carry out an order by name.  ERROR_USAGE for unknown names, wrong numbers of
 * arguments; ERROR_STATE when it does not fit the session.
 */
int command_order(const char *name, struct order *order, struct error *err);

#endif
