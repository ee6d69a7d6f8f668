/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_COPY_H
#define RUN_COPY_H

/*
 * Files copied so that they are on the disk when the call returns, by the
 * cheapest way there is: shared blocks, a copy inside the kernel, or reading
 * and writing.  Nothing here removes what a failure left half written.
 */

#include <sys/types.h>

struct error;

/*
 * To a new file `name` in the open folder `to`, with the mode of the source.
 * Errors name the files; "No space left on device" and the like as the system
 * says them.
 */
int copy_file(const char *from, int to, const char *name, struct error *err);

/* The same with a text, mode 0600. */
int copy_text(const char *text, int to, const char *name, struct error *err);

/* Make a folder and those it lies in, where they are not there. */
int copy_make_folders(const char *path, mode_t mode, struct error *err);

#endif
