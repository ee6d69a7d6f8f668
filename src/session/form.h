/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FORM_H
#define SESSION_FORM_H

/*
 * Lines of a foreign log as forms with holes: a line that fits a form fills
 * the fields of an event, and the event makes the same line again, byte by
 * byte.  So one table of forms both reads and writes a language.
 *
 * The holes: %h commit, %o other, %S signature (64 digits), %n number, %k
 * steps (decimal, no leading zeros), %v "s" unless number is 1, %w the same of
 * steps, %i title, %t text, %p policy (any bytes up to what follows the hole
 * in the form).  %% is a per cent sign.  A form has each hole once at most, and
 * no two holes for text stand side by side.
 *
 * Knows no particular log.
 */

#include <stdbool.h>
#include <stddef.h>

#include "engine/event.h"

struct buf;

struct form {
	const char *name; /* an event's wording */
	const char *form;
	enum event_kind kind;
};

/*
 * Does the line, without its newline, fit?  Then the holes' fields of event
 * are filled; texts are on the heap, as event_free wants them.  A line with a
 * NUL fits nothing.
 */
bool form_read(const char *form, const char *line, size_t length,
	       struct event *event);

/* The line again, without newline. */
void form_write(const char *form, const struct event *event, struct buf *out);

/* The first form of a table, ended by a NULL name, that fits; or NULL. */
const struct form *form_find(const struct form *table, const char *line,
			     size_t length, struct event *event);
const struct form *form_named(const struct form *table, const char *name);

/* Give back what form_read filled in. */
void form_release(struct event *event);

#endif
