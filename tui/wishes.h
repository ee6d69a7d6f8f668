/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_WISHES_H
#define TUI_WISHES_H

/*
 * How a person wants the screen: the settings, and what the screen makes of
 * them.
 */

#include "control/screen_settings.h"
#include "tui/keymap.h"
#include "tui/theme.h"

struct error;

struct wishes {
	struct screen_settings settings;
	struct theme theme; /* its colours are the terminal's to choose */
	struct keymap keys;
};

/*
 * From the file, by default the person's own where there is one, the
 * environment and the command line.  On failure all is as without any.
 */
int wishes_read(struct wishes *wishes, const char *path,
		const struct screen_said *said, struct error *err);

#endif
