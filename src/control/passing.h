/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PASSING_H
#define CONTROL_PASSING_H

/*
 * Settings that stand in no file of a person's: written here as text, and for
 * as long as a session is begun with them in a file that is then removed.
 */

struct buf;
struct error;

/* Two shell commands and a policy, each of them NULL where it is not said. */
struct passing {
	const char *build, *test, *policy;
};

/* A text as libconfig reads it, in its quotes. */
void passing_add_string(const char *text, struct buf *out);

/* What the words come to, as a settings file has it. */
void passing_settings(const struct passing *said, struct buf *out);

/*
 * Write it into a new file below $TMPDIR.  *path is the caller's, to unlink
 * and to free; nothing is left behind on failure.
 */
int passing_write(const struct buf *text, char **path, struct error *err);

/*
 * The file's name and line say nothing to who never saw it: the message
 * without them, which is part of text.
 */
const char *passing_without_place(const char *text, const char *path);

#endif
