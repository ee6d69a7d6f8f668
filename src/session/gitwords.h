/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITWORDS_H
#define SESSION_GITWORDS_H

/*
 * The sayings of `git bisect`, wherever they stand in a text: what it logs,
 * what it prints, and the commands that people type, in the wordings of all
 * versions.  Blanks in a saying are any number of blanks, as mails and
 * terminals leave them.
 *
 * Knows no lines, no mails, and not what a saying means beside others.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gitword_kind {
	GITWORD_COMMENT,      /* "# bad: [H] subject" */
	GITWORD_FIRST,	      /* "# first bad commit: [H] subject" */
	GITWORD_POSSIBLE,     /* "# possible first bad commit: [H] subject" */
	GITWORD_ONLY_SKIPPED, /* "# only skipped commits left to test" */
	GITWORD_STATUS,	      /* "# status: waiting for ..." */
	GITWORD_COMMAND,      /* "git bisect start|good|... words" */
	GITWORD_OTHER,	      /* "git bisect log|reset|run...", or one that is
				 commented out: says nothing of a commit */
	GITWORD_IS_FIRST,     /* "H is the first bad commit" */
	GITWORD_LEFT,	      /* "Bisecting: N revisions left to test..." */
	GITWORD_BASE,	      /* "Bisecting: a merge base must be tested" */
	GITWORD_NEXT,	      /* "[H] subject" */
	GITWORD_ANY_OF,	      /* "The first bad commit could be any of:" */
	GITWORD_BASE_BAD,     /* "The merge base H is bad." */
	GITWORD_NOISE,	      /* what else git prints as it goes along */
};

/* What is known of the whole log before it is read. */
struct gitwords {
	const char *newer, *older; /* terms that were told, or NULL */
	bool root;		   /* "# git bisect" is typed at a prompt, not
				      commented out */
};

/* A saying; all of it lies in the text that was searched. */
struct gitword {
	enum gitword_kind kind;
	size_t begin, end; /* its fixed part; a subject, or the words of a
			      command, stand behind `end` */
	const char *term;  /* or the command's first word; not terminated */
	size_t term_length;
	const char *id; /* 7 to 40 hex digits, or NULL */
	size_t id_length;
	int64_t number; /* of GITWORD_LEFT */
	int steps;
	bool typed; /* a command at the beginning of the text, or a prompt */
};

/* The first one at or behind `from`. */
bool gitword_find(const struct gitwords *words, const char *text, size_t from,
		  struct gitword *out);

/* Does text stand behind the fixed part that belongs to it? */
bool gitword_has_text(enum gitword_kind kind);

/* May the line be one of git bisect's that was damaged? */
bool gitword_is_near(const char *text);

#endif
