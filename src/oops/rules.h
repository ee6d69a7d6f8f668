/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_RULES_H
#define OOPS_RULES_H

/*
 * The table by which consoles are read: what an oops looks like, how it is
 * titled, which functions of a stack are never to blame.  Filled once by
 * whoever reads it from a file (control/rules.h), then only looked at.
 *
 * The members are filled directly; rules_build makes the rest of it.  All
 * texts and patterns are owned by the rules.
 */

#include <stdbool.h>
#include <stddef.h>

#include "oops/pattern.h"

struct words;

struct texts {
	char **items;
	size_t count, room;
};

struct patterns {
	struct pattern **items;
	size_t count, room;
};

/* One step through a stack: to a line, or over all frames that follow. */
struct recipe_step {
	bool frames;
	struct patterns lines; /* without frames: the line is one of these */
};

struct recipe {
	struct recipe_step *steps;
	size_t count, room;
};

enum picker {
	PICK_FIRST, /* the first function that is not skipped */
	PICK_STALL, /* the one that a point of dispatch called */
	PICK_HUNG,  /* the first that does more than to wait */
};

/* How one kind of oops is titled. */
struct format {
	struct pattern *match; /* from the header on */
	struct pattern *full;  /* or NULL: match is enough */
	char *title;	       /* with {1}..{8} of full or match, {F}, {O} */
	struct texts alts;
	struct recipe frames; /* where {F} is looked for */
	struct recipe second; /* and where, when that gave nothing */
	struct recipe origin; /* likewise for {O}: what made the thing */
	struct texts skip_list;
	struct words *skip;
	enum picker picker;
	bool corrupted; /* always */
	bool no_stack;	/* sound without a stack */
};

struct header {
	char *text;
	struct patterns never; /* lines that are none, for all their look */
	struct format *formats;
	size_t count, room;
};

struct type {
	struct pattern *pattern; /* from the title's beginning on */
	char *name;
};

struct scrub {
	struct pattern *find;
	char *put; /* with {1}..{8} */
};

struct rules {
	struct header *headers; /* the first that fits is it */
	size_t header_count, header_room;
	struct patterns ignores;    /* lines that are never an oops */
	struct patterns suppressed; /* lines that explain a crash away; each
				       begins with a literal */
	struct texts skip;	    /* functions never to blame, in families */
	struct texts injected;	    /* a fault injection's own functions */
	struct texts syscall;	    /* prefixes of system calls */
	struct texts anchors;	    /* points of dispatch */
	struct texts anchor_self;   /* taken themselves, by this word */
	struct texts hung_first;    /* taken wherever they stand */
	struct texts hung_merge;    /* "words:name" */
	struct texts hung_skip;
	struct texts replays;	/* the next line takes an oops back */
	struct texts inside;	/* headers that may stand in a report */
	struct texts notices;	/* print a stack, are no oops */
	struct texts leave_out; /* lines that belong to no report */
	struct texts repeats;	/* from here on the stack comes again */
	struct texts all_cpus;	/* other CPUs' lines follow */
	struct texts panics;
	struct texts generic_files; /* that any report may name: beginnings of
				       paths, or parts of them, "/kasan/" */
	struct texts broken;	    /* console texts that spoil all reports */
	struct patterns stack_starts;
	struct patterns no_frames; /* starts that need no frames */
	struct texts no_stacks;	   /* a stack that says it is empty */
	struct type *types;
	size_t type_count, type_room;
	struct scrub *scrubs;
	size_t scrub_count, scrub_room;

	/*
	 * What a C++ or Rust name (one that begins with _Z or _R) is called
	 * in its source, without parameters, for the caller to free; NULL
	 * when it is none.  May be NULL itself: names stay as they are.
	 */
	char *(*demangle)(const char *name);

	/* Made by rules_build. */
	struct words *hits; /* lines worth a second look */
	struct words *skip_words, *injected_words, *anchor_words;
	struct words *hung_skip_words;
};

struct rules *rules_new(void);
void rules_free(struct rules *rules);
void rules_build(struct rules *rules);

void texts_add(struct texts *texts, const char *text);
/* One of the texts is in there. */
bool texts_in(const struct texts *texts, const char *text, size_t length);
bool patterns_find(const struct patterns *patterns, const char *text,
		   size_t length, struct match *match);

/* The header of an oops line, or NULL when it is none. */
const struct header *rules_oops(const struct rules *rules, const char *line,
				size_t length);

#endif
