/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_REPRODUCER_H
#define CONTROL_REPRODUCER_H

/*
 * The reproducer's file: what the settings name, or for one in C what it is
 * compiled to, in the session's folder.  It is compiled by the first engine,
 * and by a later one only when it, the compiler or the flags are others.
 */

#include <stdbool.h>

struct compile;
struct error;
struct settings;
typedef struct uv_loop_s uv_loop_t;

/* What is copied to where it runs; NULL for none; the caller frees. */
char *reproducer_file(const struct settings *settings, const char *session);

/* Is there one in C? */
bool reproducer_is_source(const struct settings *settings);

/*
 * The compiler that is taken, borrowed from the settings or good for ever;
 * NULL, ERROR_INPUT, where none is known for the arch.
 */
const char *reproducer_cc(const struct settings *settings, struct error *err);

/*
 * Compile it, as compile_start has it; *out is NULL when there is nothing to
 * do, and then no call comes.  program: the keeper of children.
 */
int reproducer_prepare(uv_loop_t *loop, const struct settings *settings,
		       const char *program, const char *session,
		       void (*done)(void *data, const struct error *err),
		       void *data, struct compile **out, struct error *err);

#endif
