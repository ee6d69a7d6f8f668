/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_COMPILED_H
#define CONTROL_COMPILED_H

/*
 * Which files of a kernel's tree a configuration never compiles: other
 * architectures, documentation, and what hangs on an option that is off, as
 * far as the Makefiles say so in lines of the plain form
 *
 *	obj-$(CONFIG_X) += name.o folder/
 *
 * Whatever is said in another form, or not at all, counts as compiled.
 *
 * Pure: the caller brings the configuration and the Makefiles.
 */

#include <stdbool.h>
#include <stddef.h>

struct compiled;

/*
 * arch as for make ARCH=.  config: the complete .config, of which an option
 * that is missing is off; NULL: not known, then none is.
 */
struct compiled *compiled_new(const char *arch, const char *config);
void compiled_free(struct compiled *compiled); /* NULL is fine */

/* All files that will be asked about, before compiled_makefiles. */
void compiled_expect(struct compiled *compiled, const char *file);

/*
 * The Makefiles that bear on them, in the order in which their texts have to
 * be given; borrowed.  Texts are copied, NULL: there is no such file.
 */
size_t compiled_makefiles(struct compiled *compiled, char ***files);
void compiled_give(struct compiled *compiled, size_t makefile,
		   const char *text);

/* Is it sure not to be compiled? */
bool compiled_never(struct compiled *compiled, const char *file);

#endif
