/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_HELM_H
#define CONTROL_HELM_H

/*
 * Which screen steers a session: one at a time, the others read.
 *
 * It keeps two people from turning the same wheel unawares, and protects
 * nothing: an order is checked against the session whoever gives it, and the
 * command line asks for no helm.  The file `screen` of the session's folder
 * names the screen that has it; a lock that the operating system gives back
 * says whether that one is still there.  A screen that is gone, or was killed,
 * leaves the helm to the next that looks.
 */

#include <stdbool.h>

struct error;
struct helm;

struct helm_holder {
	int pid;
	char who[128]; /* as the file has it: raw */
};

/*
 * Come to the session in this folder, and take the helm if nobody has it.
 * Where the folder cannot be written nobody is told of us, and the helm is
 * ours.  who: "user@host".
 */
struct helm *helm_open(const char *folder, const char *who);
void helm_close(struct helm *helm);

/* Looks, and takes it if whoever had it is gone. */
bool helm_is_ours(struct helm *helm);

/* From whoever has it, who then reads. */
int helm_take(struct helm *helm, struct error *err);

/* Who has it; false: nobody, or we. */
bool helm_holder(struct helm *helm, struct helm_holder *out);

/* The name of the file, to notice that it changes. */
#define HELM_FILE "screen"

#endif
