/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of any bytes are refused in one sentence, or hold together. */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "base/str.h"
#include "control/settings.h"

const char *__lsan_default_suppressions(void);

/* libconfig loses its text when a string has no end. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct error err = ERROR_INIT;
	struct settings settings;

	settings_init(&settings);
	if (settings_read(&settings, path, "/folder", &err) < 0) {
		need(str_starts(err.text, path));
		need(fuzz_clean(err.text, false));
	} else {
		need(settings.policy && settings.slots > 0);
		need(settings.confirm == 0 || settings.confirm == 1);
		need(settings.test_timeout_ms >= 0 &&
		     settings.build_timeout_ms >= 0);
		need(settings_further(&settings) >= 0);
		settings_can_run(&settings);
	}
	settings_release(&settings);
	return 0;
}
