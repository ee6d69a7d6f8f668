/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_KBUILD_H
#define RUN_KBUILD_H

/*
 * The recipe of a kernel build: from what is wanted to the commands that
 * build it out of tree, such that the same commit gives the same bytes.
 *
 * Starts nothing and reads no clock: who runs the steps is somebody else.
 * Only kbuild_prepare writes, into the output folder; the source tree is never
 * touched.
 *
 * A build is kbuild_merge and kbuild_prepare, then the steps in order, each
 * with kbuild_environment, from any folder and with nothing on its input:
 *
 *	prepare    OUT/.config.next = the configuration, as it was merged
 *	clean      if so wished
 *	configure  make olddefconfig completes OUT/.config.next
 *	settle     it becomes OUT/.config, unless that says the same
 *	build      make TARGET...
 *
 * What is configured depends on the commit and the recipe alone, never on
 * what was built before; and a configuration that did not change keeps its
 * date, so that make builds only what did.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct error;

/* What is thrown away before the build. */
enum kbuild_clean {
	KBUILD_KEEP,  /* nothing: build what changed */
	KBUILD_CLEAN, /* what was compiled */
};

/* An option that is set whatever the configuration says. */
struct kbuild_switch {
	const char *name;  /* without CONFIG_ */
	const char *value; /* as in .config; "n": not set */
};

/* Everything is borrowed.  Lists are ended by NULL, or NULL when empty. */
struct kbuild {
	const char *arch;   /* as for make ARCH= */
	const char *source; /* absolute */
	const char *out;    /* absolute, not the source folder; is made */
	const char *config; /* the user's file: needed */
	const char *const *fragments;	      /* files; a later one wins */
	const struct kbuild_switch *switches; /* win over all files */
	int switch_count;
	const char *cc;		      /* NULL: what the kernel takes */
	const char *const *arguments; /* more for every make, at the end */
	const char *const *targets;   /* NULL: the image of the arch */
	int jobs;		      /* 1 and more */
	bool ccache;		      /* compile through ccache */
	enum kbuild_clean clean;
};

enum kbuild_stage {
	KBUILD_STAGE_CLEAN,
	KBUILD_STAGE_CONFIGURE,
	KBUILD_STAGE_SETTLE,
	KBUILD_STAGE_BUILD,
};

struct kbuild_step {
	enum kbuild_stage stage;
	char **argv;   /* ended by NULL */
	bool required; /* the build ends when this one fails */
};

struct kbuild_steps {
	struct kbuild_step *items;
	int count;
};

/* "clean", "configure", "settle", "build". */
const char *kbuild_stage_name(enum kbuild_stage stage);

/*
 * The steps, to be released by the caller.  -1, ERROR_INPUT: the recipe lacks
 * something (no configuration, no architecture, folders that are no absolute
 * paths or the same); the sentence says what.
 */
int kbuild_plan(const struct kbuild *kbuild, struct kbuild_steps *out,
		struct error *err);
void kbuild_steps_release(struct kbuild_steps *steps);

/*
 * Make the output folder and write a configuration, as kbuild_merge gave it,
 * into OUT/.config.next.
 */
int kbuild_prepare(const struct kbuild *kbuild, const char *config,
		   struct error *err);

/*
 * Append the merged configuration: the files in order, then the switches; of
 * several lines on an option the last counts, and "CONFIG_X=n" is "# CONFIG_X
 * is not set".  One line an option, sorted by name: two configurations that
 * say the same give the same text, which may serve as a key.  ERROR_INPUT as
 * FILE:LINE for a line that is none; ERROR_SYSTEM when a file cannot be read.
 */
int kbuild_merge(const struct kbuild *kbuild, struct buf *out,
		 struct error *err);

/* Changes to the environment for every step, as struct child_spec has them. */
const char *const *kbuild_environment(void);

/*
 * Where the products lie, for the caller to free: what is booted (that of the
 * first target), the ELF file that signature.h reads, the complete
 * configuration.
 */
char *kbuild_image(const struct kbuild *kbuild);
char *kbuild_vmlinux(const struct kbuild *kbuild);
char *kbuild_config(const struct kbuild *kbuild);

/* The target that is built for an architecture when none is named. */
const char *kbuild_default_target(const char *arch);

/*
 * The first of these programs that there is: in bin_dir (NULL: none), then in
 * the folders of `path` ("A:B", as PATH has them).  *out is its full name,
 * for the caller to free.  ERROR_INPUT, with all the names, when there is none.
 */
int kbuild_find_compiler(const char *const *names, const char *bin_dir,
			 const char *path, char **out, struct error *err);

#endif
