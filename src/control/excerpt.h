/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_EXCERPT_H
#define CONTROL_EXCERPT_H

/*
 * What a console says of one crash, cut out of its file for a mail: the
 * report as the rules for crash titles find it, or where they find none the
 * console's end.  Bounded, whatever the file holds; its bytes come through as
 * they are.
 */

#include <stdbool.h>

struct buf;
struct rules;
struct texts;

enum excerpt {
	EXCERPT_GONE,	/* there is no such file, or it is empty */
	EXCERPT_REPORT, /* of a crash with this title */
	EXCERPT_END,	/* the last lines */
};

/* Appends lines to out, each with its newline.  title may be NULL. */
enum excerpt excerpt_cut(const char *path, const struct rules *rules,
			 const char *title, struct buf *out);

/*
 * Appends what the kernel says of itself when it begins, "Linux version ...",
 * with its compiler, and without a newline; false where it does not.
 */
bool excerpt_banner(const char *path, struct buf *out);

/*
 * Adds the files that the first report of this title names (oops/files.h);
 * false where there is no such report.
 */
bool excerpt_files(const char *path, const struct rules *rules,
		   const char *title, struct texts *files);

#endif
