/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/outcome.h"

#include <stddef.h>

#include "base/str.h"

static const struct {
	const char *name;
	char letter;
} outcomes[OUTCOME_COUNT] = {
	[OUTCOME_OK] = { "ok", '.' },
	[OUTCOME_CRASHED] = { "crashed", 'X' },
	[OUTCOME_BOOT_FAILED] = { "boot-failed", 'B' },
	[OUTCOME_TEST_FAILED] = { "test-failed", 'T' },
	[OUTCOME_INFRA] = { "infra", 'I' },
	[OUTCOME_IGNORED] = { "ignored", 'i' },
};

static const char *const build_results[BUILD_RESULT_COUNT] = {
	[BUILD_OK] = "ok",
	[BUILD_FAILED] = "failed",
	[BUILD_INFRA] = "infra",
};

const char *outcome_name(enum outcome outcome)
{
	return outcomes[outcome].name;
}

char outcome_letter(enum outcome outcome)
{
	return outcomes[outcome].letter;
}

bool outcome_parse(enum outcome *outcome, const char *name)
{
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (str_equal(outcomes[i].name, name)) {
			*outcome = (enum outcome)i;
			return true;
		}
	}
	return false;
}

const char *build_result_name(enum build_result result)
{
	return build_results[result];
}

bool build_result_parse(enum build_result *result, const char *name)
{
	for (int i = 0; i < BUILD_RESULT_COUNT; i++) {
		if (str_equal(build_results[i], name)) {
			*result = (enum build_result)i;
			return true;
		}
	}
	return false;
}
