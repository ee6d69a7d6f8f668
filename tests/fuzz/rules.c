/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of rules of any bytes is refused with a line, or serves. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/rules.h"
#include "oops/rules.h"
#include "oops/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig loses its text when a string has no end. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char console[] =
		"BUG: bad thing in foo\nCall Trace:\n foo+0x1/0x2\n bar+0x1\n";
	char *text = xstrndup((const char *)data, size);
	struct error err = ERROR_INIT;
	struct rules *rules = rules_parse(text, "fuzz", &err);
	struct scan *scan;

	if (!rules && strncmp(err.text, "fuzz:", 5) != 0)
		abort();
	if (rules) {
		scan = scan_new(rules, 4);
		scan_feed(scan, console, strlen(console));
		scan_end(scan);
		scan_free(scan);
		rules_free(rules);
	}
	free(text);
	return 0;
}
