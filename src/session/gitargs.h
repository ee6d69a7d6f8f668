/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITARGS_H
#define SESSION_GITARGS_H

/*
 * What stands behind `git bisect TERM` in a log: words as git and a shell
 * quote them, and a comment.
 *
 * Knows neither commits nor searches.
 */

enum { GITARGS_MAX = 64 };

struct gitargs {
	char *words[GITARGS_MAX];
	int count;
	const char *comment; /* "# ..." in the text, or its end */
};

/* Split a text, which is borrowed and stays for the comment's sake. */
void gitargs_init(struct gitargs *args, const char *text);
void gitargs_release(struct gitargs *args);

/*
 * What the robot of Intel puts behind a command: "# 18:03  G  74  0  0  0
 * subject", "# 09:07  30+  3  subject".  The subject in a comment, or NULL.
 */
const char *gitargs_subject(const char *comment);

#endif
