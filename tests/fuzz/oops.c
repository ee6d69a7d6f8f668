/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console of any bytes, in two pieces and whole: the same titles.  The
 * first two bytes say where it is cut.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control/rules.h"
#include "oops/report.h"
#include "oops/rules.h"
#include "oops/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct scan *scan_in_two(const struct rules *rules, const uint8_t *bytes,
				size_t length, size_t cut)
{
	struct scan *scan = scan_new(rules, 8);

	scan_feed(scan, bytes, cut);
	scan_feed(scan, bytes + cut, length - cut);
	scan_end(scan);
	return scan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules *rules;
	struct scan *whole, *two;
	size_t cut;

	if (!rules)
		rules = rules_load(NULL, 0, NULL);
	if (!rules)
		abort();
	if (size < 2)
		return 0;
	cut = (size_t)(data[0] << 8 | data[1]) % (size - 1);
	whole = scan_in_two(rules, data + 2, size - 2, 0);
	two = scan_in_two(rules, data + 2, size - 2, cut);
	if (scan_count(whole) != scan_count(two))
		abort();
	for (size_t i = 0; i < scan_count(whole); i++)
		if (strcmp(scan_report(whole, i)->title,
			   scan_report(two, i)->title) != 0)
			abort();
	scan_free(whole);
	scan_free(two);
	return 0;
}
