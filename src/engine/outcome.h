/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_OUTCOME_H
#define ENGINE_OUTCOME_H

/*
 * What a build and a run gave.  These are data, never errors.
 */

#include <stdbool.h>

enum outcome {
	OUTCOME_OK,
	OUTCOME_CRASHED,     /* the console shows a crash, with a title */
	OUTCOME_BOOT_FAILED, /* the target did not come up */
	OUTCOME_TEST_FAILED, /* it came up but could not be tested */
	OUTCOME_INFRA,	 /* our side failed, nothing is said of the commit */
	OUTCOME_IGNORED, /* a crash or run that a rule or person set aside */
	OUTCOME_COUNT,
};

enum build_result {
	BUILD_OK,
	BUILD_FAILED, /* the commit does not build */
	BUILD_INFRA,  /* our side failed: no memory, no disk, no compiler */
	BUILD_RESULT_COUNT,
};

/* "ok", "crashed", "boot-failed", "test-failed", "infra", "ignored" */
const char *outcome_name(enum outcome outcome);
bool outcome_parse(enum outcome *outcome, const char *name);

/* The letter in the ledger: . X B T I i (x is the screen's: another title) */
char outcome_letter(enum outcome outcome);

/* "ok", "failed", "infra" */
const char *build_result_name(enum build_result result);
bool build_result_parse(enum build_result *result, const char *name);

#endif
