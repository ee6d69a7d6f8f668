/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that a person wrote for libconfig: read from a file, and what is wrong
 * with one, as "file:line: what".  Knows no table's keys.
 *
 * A file stands for itself: libconfig's @include is refused.  A session keeps
 * a copy of its settings and rules, which has to say the same wherever it is
 * read; and one that came from somebody else must not bring in what nobody was
 * shown, nor read on in a file that never ends.
 */
#ifndef CONTROL_TABLE_H
#define CONTROL_TABLE_H

#include <libconfig.h>
#include <stddef.h>

struct buf;
struct error;

#define TABLE_MAX (4 * 1024 * 1024) /* bytes of a file */

/*
 * Read a file into a config that was initialised.  ERROR_SYSTEM when it cannot
 * be read, with errno; ERROR_INPUT when it is no table.
 */
int table_read(config_t *config, const char *path, struct error *err);

/* The same of a text, named `path` in errors. */
int table_read_text(config_t *config, const char *text, const char *path,
		    struct error *err);

/* The line that an entry stands in, from 1. */
unsigned table_line(const config_setting_t *item);

/*
 * The whole key of an entry, "test.command": all names from the outermost to
 * its own.  What stands in a list has none: it goes by the list's.  Nothing for
 * the table itself.
 */
void table_key(const config_setting_t *item, struct buf *out);

/*
 * The place of a text in a list of words that ends with NULL; -1: it is none of
 * them, and expected says which there are: "a", "b" or "c".
 */
int table_word(const char *const *words, const char *text, char *expected,
	       size_t size);

/*
 * An entry is not what it should be: "FILE:LINE: KEY: what", with its whole
 * key.  Returns -1.
 */
int table_wrong(const char *path, const config_setting_t *item,
		const char *what, struct error *err);

/* The same, where something else was expected. */
int table_expected(const char *path, const config_setting_t *item,
		   const char *expected, struct error *err);

#endif
