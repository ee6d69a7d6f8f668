/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

/*
 * Files that tests write, and what is said of one that is wrong.  What fails
 * here fails the test.
 *
 * To be included behind cmocka.h and what that needs.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"

/* A new file, or with mode "a" behind what is there. */
static inline void file_write(const char *path, const char *mode,
			      const char *bytes, size_t length)
{
	FILE *file = fopen(path, mode);

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* "line FROM" to the one before "line TO", behind what is there. */
static inline void file_number_lines(const char *path, int from, int to)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	for (int i = from; i < to; i++)
		assert_true(fprintf(file, "line %d\n", i) > 0);
	assert_int_equal(fclose(file), 0);
}

/* The error begins with "FILE:LINE: ", and then says this. */
static inline void file_is_wrong(const struct error *err, const char *path,
				 int line, const char *said)
{
	char *place = xasprintf("%s:%d: ", path, line);

	assert_int_equal(err->code, ERROR_INPUT);
	if (!str_starts(err->text, place) ||
	    !strstr(err->text + strlen(place), said))
		fail_msg("'%s' does not say '%s' at line %d", err->text, said,
			 line);
	free(place);
}

#endif
