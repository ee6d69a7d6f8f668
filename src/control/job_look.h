/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_JOB_LOOK_H
#define CONTROL_JOB_LOOK_H

/*
 * What a machine has, told in a file of a folder that both see: as lines of
 * base/record.h, "node", "gib" of the folder, "kvm" 0 or 1, and for each
 * program "program", then "path" and "size" where it is there.
 */

#include <stdint.h>

struct error;

/* Write FOLDER/NAME about itself and these programs. */
int job_look(const char *folder, const char *name, int count, char **programs,
	     struct error *err);

/* Where a program lies, for the caller to free, and its size; or NULL. */
char *job_look_for(const char *program, int64_t *size);

#endif
