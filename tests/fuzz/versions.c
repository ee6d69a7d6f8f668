/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of compilers and options by age, in any bytes; the first one says
 * which tags are there.
 */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/str.h"
#include "control/versions.h"
#include "run/kbuild.h"

const char *__lsan_default_suppressions(void);

/* libconfig loses its text when a string has no end. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

static bool reaches(void *data, const char *tag)
{
	return *(const uint8_t *)data >> (strlen(tag) & 7) & 1;
}

static void ask(const struct versions *versions, const uint8_t *tags)
{
	static const char *const families[] = { "gcc", "clang", "tcc" };
	struct kbuild_switch *switches = NULL;
	struct error err = ERROR_INIT;
	uint8_t which = *tags;
	int count;

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		const char *const *names = versions_compilers(
			versions, families[i], reaches, &which, &err);

		for (; names && *names; names++)
			need(**names);
	}
	count = versions_switches(versions, reaches, &which, &switches);
	for (int i = 0; i < count; i++)
		need(switches[i].name[0]);
	free(switches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	struct versions *versions;
	char *text;

	if (size == 0)
		return 0;
	text = fuzz_text(data + 1, size - 1);
	versions = versions_parse(text, "fuzz", &err);
	if (versions)
		ask(versions, data);
	else
		need(str_starts(err.text, "fuzz:") &&
		     fuzz_clean(err.text, false));
	versions_free(versions);
	free(text);
	return 0;
}
