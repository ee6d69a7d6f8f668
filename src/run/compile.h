/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_COMPILE_H
#define RUN_COMPILE_H

/*
 * A reproducer in C, compiled for the machine it will run on: one file, with
 * all it needs in it (static), since a guest has few libraries.
 *
 *     idle -> compiling    [compile_start]
 *     compiling -> idle    [on_end: it calls back]
 */

#include <stdbool.h>

struct compile;
struct error;
typedef struct uv_loop_s uv_loop_t;

/* All is borrowed for the call. */
struct compile_spec {
	const char *keeper;	  /* program that keeps the child; absolute */
	const char *cc;		  /* a program */
	const char *const *flags; /* more for it, ended by NULL; or NULL */
	const char *source;
	const char *out; /* is written beside and renamed; absolute */
};

/* Is this the name of a file in C? */
bool compile_is_source(const char *name);

/*
 * The compiler for an arch ("x86_64", "arm64", "riscv") on this machine, the
 * name of a program good for ever; NULL for one that is not known here.
 */
const char *compile_cc(const char *arch);

/* What is run, for argv_free. */
char **compile_argv(const struct compile_spec *spec);

/*
 * done is called once, from the loop, and then the compile is gone; err is NULL
 * when `out` is there, else a sentence with the compiler's first error, or
 * that it was stopped.  -1: nothing was started, and no call comes; ERROR_INPUT
 * when there is no such compiler.
 */
int compile_start(uv_loop_t *loop, const struct compile_spec *spec,
		  void (*done)(void *data, const struct error *err), void *data,
		  struct compile **out, struct error *err);
void compile_stop(struct compile *compile); /* it still calls back */

#endif
