/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/symptom.h"

#include "base/error.h"
#include "base/str.h"

static const struct {
	const char *name, *says;
} symptoms[SYMPTOM_COUNT] = {
	[SYMPTOM_CRASH] = { "crash", "crashes" },
	[SYMPTOM_NO_BOOT] = { "boot-failed", "does not boot" },
	[SYMPTOM_NO_BUILD] = { "build-failed", "does not build" },
};

const char *symptom_name(enum symptom symptom)
{
	return symptoms[symptom].name;
}

const char *symptom_says(enum symptom symptom)
{
	return symptoms[symptom].says;
}

int symptom_parse(enum symptom *symptom, const char *text, struct error *err)
{
	for (int i = 0; i < SYMPTOM_COUNT; i++) {
		if (str_equal(symptoms[i].name, text)) {
			*symptom = (enum symptom)i;
			return 0;
		}
	}
	return error_set(err, ERROR_INPUT,
			 "'%s' is not what a bad commit shows: expected crash, "
			 "boot-failed or build-failed",
			 text ? text : "");
}

enum outcome symptom_weigh(enum symptom symptom, enum outcome outcome)
{
	if (symptom == SYMPTOM_CRASH)
		return outcome;
	switch (outcome) {
	case OUTCOME_BOOT_FAILED:
		return OUTCOME_CRASHED;
	case OUTCOME_OK:
	case OUTCOME_CRASHED:
	case OUTCOME_TEST_FAILED:
		return OUTCOME_OK;
	case OUTCOME_INFRA:
	case OUTCOME_IGNORED:
	case OUTCOME_COUNT:
		break;
	}
	return outcome;
}
