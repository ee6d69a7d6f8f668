/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a person wants the screen, in any bytes: colours and keys too. */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/str.h"
#include "tui/wishes.h"

const char *__lsan_default_suppressions(void);

/* libconfig loses its text when a string has no end. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct screen_said said = { 0 };
	const char *path = fuzz_file(data, size);
	struct error err = ERROR_INIT;
	struct wishes wishes;
	char word[64];

	if (wishes_read(&wishes, path, &said, &err) < 0) {
		need(str_starts(err.text, path));
		need(fuzz_clean(err.text, false));
	}
	for (int role = 0; role < ROLE_COUNT; role++)
		theme_look(&wishes.theme, (enum role)role);
	for (size_t i = 0; keymap_name(i); i++) {
		keymap_hint(&wishes.keys, keymap_name(i), word, sizeof(word));
		need(fuzz_clean(word, false));
	}
	return 0;
}
