/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_FIXUP_SPEC_H
#define CONTROL_FIXUP_SPEC_H

/*
 * A fixup as a person writes it, and the list of them in a settings file:
 *
 *     fixups = ( { patch = "x.patch"; if_has = "v5.2"; unless_has = "v5.4"; } );
 *
 * Reads words; looks at no patch and asks no repository.
 */

#include <libconfig.h>

struct error;

struct fixup_spec {
	char *patch;	  /* a file, "-" for the standard input, a commit */
	char *file;	  /* where that file would be; NULL: as it is called */
	char *if_has;	  /* a revision, or NULL */
	char *unless_has; /* likewise */
};

struct fixup_specs {
	struct fixup_spec *items;
	int count;
};

/*
 * path: of the settings, for errors; folder: what names of files are relative
 * to.  *out must be empty; on failure it stays so.
 */
int fixup_specs_read(const config_setting_t *list, const char *path,
		     const char *folder, struct fixup_specs *out,
		     struct error *err);
void fixup_specs_release(struct fixup_specs *specs);

#endif
