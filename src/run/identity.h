/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_IDENTITY_H
#define RUN_IDENTITY_H

/*
 * Which kernel is it?  What a machine says of the kernel it runs, compared
 * with what was built for it.  Reads files here, and asks no machine itself.
 *
 * A release alone is no proof: two commits may have the same one.  The build
 * id, which the linker puts into vmlinux and the kernel shows in
 * /sys/kernel/notes, differs wherever anything differs; where both are there,
 * it decides.
 */

#include <stdbool.h>
#include <stddef.h>

/* A shell command for the machine: what identity_read understands. */
#define IDENTITY_COMMAND                                      \
	"cat /proc/sys/kernel/random/boot_id && uname -r && " \
	"cat /sys/kernel/notes 2>/dev/null; true"

#define IDENTITY_MAX	4096 /* bytes of an answer that are looked at */
#define BUILD_ID_LENGTH 20   /* SHA-1, as the kernel's build has it */

/* What should run. */
struct identity {
	char kernel[128];			 /* in its own words; or "" */
	unsigned char build_id[BUILD_ID_LENGTH]; /* with has_build_id only */
	bool has_build_id;
};

/*
 * Of what was built in this folder: include/config/kernel.release, and the
 * build id of vmlinux.  False when it has neither.
 */
bool identity_of_build(const char *folder, struct identity *out);

/* What runs.  The texts are clean. */
struct running {
	char boot[64];	  /* differs from boot to boot */
	char kernel[128]; /* its release, or what it was told to say */
	unsigned char notes[IDENTITY_MAX];
	size_t notes_length;
};

/*
 * Its first line is the boot, the second the kernel, the rest its notes; the
 * bytes may be anything.  False when there are no two lines with something in
 * them.
 */
bool identity_read(const char *bytes, size_t length, struct running *out);

/* Is it the one?  An identity that says nothing is nobody's. */
bool identity_matches(const struct identity *identity,
		      const struct running *running);

#endif
