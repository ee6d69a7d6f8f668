/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_SYMPTOM_H
#define ENGINE_SYMPTOM_H

/*
 * What makes a commit bad: that it crashes, that it does not boot, that it
 * does not build.  One search looks for one of these.
 */

#include "engine/outcome.h"

struct error;

enum symptom {
	SYMPTOM_CRASH,
	SYMPTOM_NO_BOOT,
	SYMPTOM_NO_BUILD, /* nothing is ever run */
	SYMPTOM_COUNT,
};

/* "crash", "boot-failed", "build-failed" */
const char *symptom_name(enum symptom symptom);
/* ERROR_INPUT when it is none; text may be NULL. */
int symptom_parse(enum symptom *symptom, const char *text, struct error *err);

/* What a bad commit does: "crashes", "does not boot", "does not build". */
const char *symptom_says(enum symptom symptom);

/*
 * What a run's outcome counts as when this is looked for: OUTCOME_CRASHED
 * where it shows the symptom, OUTCOME_OK where it does not.  A kernel that
 * came up does not fail to boot, whatever happened to it afterwards.
 */
enum outcome symptom_weigh(enum symptom symptom, enum outcome outcome);

#endif
