/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_PRACTICE_CAUSE_H
#define CLI_PRACTICE_CAUSE_H

/*
 * Which commit brings the bug into the practice kernel: the report names
 * net/ring.c, net/socket.c and fs/file.c, and like those of syzbot it names a
 * file that the culprit changed in three cases of five, and in one case more a
 * folder.
 */

struct practice_kind;

struct practice_cause {
	const char *path; /* the file that it changes */
	const char *subject, *body;
};

const struct practice_cause *practice_cause(const struct practice_kind *kind);

/* The area whose file that is. */
int practice_spoils(const struct practice_kind *kind);

#endif
