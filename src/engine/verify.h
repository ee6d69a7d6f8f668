/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_VERIFY_H
#define ENGINE_VERIFY_H

/*
 * Is it really this commit?  After an EVENT_VERIFY the culprit and its parents
 * are built and run again, and so are two trees without the culprit: it is
 * taken back on top of itself, and on top of the newer end, where people have
 * the bug.  All are built with the culprit's compiler.
 *
 * In a search for a fix all is the other way round: the culprit must be clean,
 * its parents and the trees without it must show the bug.
 *
 * What is counted here are the runs since the order; for the search they are
 * evidence like all others, and may overturn it.
 */

#include <stdbool.h>

#include "engine/engine.h"

#define VERIFY_RUNS  20 /* unless a person says otherwise */
#define VERIFY_TREES 16

struct buf;

enum tree_kind {
	TREE_CULPRIT,
	TREE_PARENT,
	TREE_REVERT,	 /* the culprit taken back on top of itself */
	TREE_REVERT_END, /* and on top of the newer end */
};

enum tree_state {
	TREE_LEFT_OUT,
	/* not known yet, and the machine's work */
	TREE_TO_MAKE,
	TREE_TO_BUILD,
	TREE_TO_RUN,
	/* not known yet, and a person is asked */
	TREE_CONFLICT, /* the revert does not apply there */
	TREE_TROUBLE,  /* our side failed */
	TREE_OPEN,     /* it crashes, with what may be the bug or not */
	/* known */
	TREE_EMPTY, /* there is nothing left to take back */
	TREE_UNBUILT,
	TREE_LOST, /* most of its runs say nothing */
	TREE_SHOWS,
	TREE_CLEAN,
};

struct verify_tree {
	enum tree_kind kind;
	enum tree_state state;
	bool expected; /* to show the bug, if the culprit is one */
	int base;      /* the commit it is, or is made on top of */
	int commit;    /* what is built and run; -1: not made yet */
	int equal;     /* a tree before it with the same kernel, whose runs
			  these are; -1: none */
	const struct event *revert; /* the latest, or NULL */
	const struct event *build;  /* since the order, or NULL */
	int finished;		    /* runs since the order */
	int shows, valid;	    /* of them */
	int lost, open;		    /* likewise */
};

enum verify_result {
	VERIFY_UNDER_WAY,
	VERIFY_CONFIRMED,
	VERIFY_REVERT_FAILS, /* it is, but not alone */
	VERIFY_OVERTURNED,   /* culprit or parent do not do what they should */
	VERIFY_UNSURE,	     /* one of them could not be tested */
};

struct verify {
	const struct event *order;
	int culprit;
	bool current; /* this is what the search came to, still */
	int runs;     /* of each */
	bool reverts; /* are wanted */
	bool is_done; /* as far as it can be */
	bool needs_person;
	enum verify_result result;
	struct verify_tree trees[VERIFY_TREES];
	int count;
};

/* False where nobody ordered it. */
bool engine_verify(struct engine *engine, struct verify *out);

/* The letters of its runs since the order, or '=' for those of an equal one. */
void verify_letters(struct engine *engine, const struct verify *verify,
		    const struct verify_tree *tree, struct buf *out);

/* "under-way", "confirmed", "revert-fails", "overturned", "unsure" */
const char *verify_result_name(enum verify_result result);
/* "culprit", "parent", "revert-on-culprit", "revert-on-end" */
const char *tree_kind_name(enum tree_kind kind);
/* "left-out", "to-make", "to-build", "to-run", "conflict"... */
const char *tree_state_name(enum tree_state state);

/* "culprit", "parent 1a2b3c4d5e6f", "revert on bad end": for a person. */
void verify_name_tree(const struct engine *engine, const struct verify *verify,
		      const struct verify_tree *tree, struct buf *out);

/* "20/20 crashed", "does not build", "conflicts": for a person. */
void verify_say_tree(const struct engine *engine,
		     const struct verify_tree *tree, struct buf *out);

/* "the revert fixes it": what it comes to; "" while it is under way. */
void verify_say_result(const struct engine *engine, const struct verify *verify,
		       struct buf *out);

/*
 * All of it on one line: "culprit 20/20 crashed, parent 0/20, revert on
 * culprit 0/20, revert on bad end 0/20: the revert fixes it".
 */
void verify_say(const struct engine *engine, const struct verify *verify,
		struct buf *out);

#endif
