/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OOPS_SCAN_H
#define OOPS_SCAN_H

/*
 * Reads a console as it comes, in pieces of any size, and finds the crashes
 * on it.  The pieces make no difference to what is found.
 *
 * Memory is bounded whatever comes: a report is made of what stands within
 * SCAN_AFTER bytes after its first line, lines longer than SCAN_LINE are
 * taken for several, and no more than `most` reports are kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report;
struct rules;
struct scan;

enum {
	SCAN_LINE = 8 * 1024,
	SCAN_BEFORE = 16 * 1024,
	SCAN_AFTER = 128 * 1024,
};

/* The rules are borrowed and must outlive the scan and its reports. */
struct scan *scan_new(const struct rules *rules, size_t most);
void scan_free(struct scan *scan);

void scan_feed(struct scan *scan, const void *bytes, size_t length);

/* Nothing more comes: what is still open is made into reports. */
void scan_end(struct scan *scan);

/* Has an oops been seen, made into a report or not yet? */
bool scan_crashed(const struct scan *scan);

/* The reports that are made, in the order of the console; borrowed. */
size_t scan_count(const struct scan *scan);
const struct report *scan_report(const struct scan *scan, size_t index);

/*
 * The report that will come at `index`, which is none of those made, as it
 * would be if the console ended here; false when none is begun.  Released by
 * the caller with report_release.
 */
bool scan_look(const struct scan *scan, size_t index, struct report *report);

/* How many reports are made or begun. */
size_t scan_seen(const struct scan *scan);

#endif
