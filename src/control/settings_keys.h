/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SETTINGS_KEYS_H
#define CONTROL_SETTINGS_KEYS_H

/*
 * The words of a settings file, and what may stand behind each.  Knows no
 * defaults, and not what belongs together: settings.h does.
 */

struct error;
struct settings;

/*
 * Take what the file says into the settings; names of files in it are relative
 * to folder.  ERROR_INPUT with file:line, the key and what was expected; what
 * was read before that stays in the settings.
 */
int settings_keys_read(struct settings *settings, const char *path,
		       const char *folder, struct error *err);

/*
 * What the file says does not go together, or is not all: "FILE:LINE: KEY:
 * what".  A key that is missing has the line of its group, or of the key
 * because of which it is wanted (NULL: there is none).  Returns -1.
 */
int settings_keys_wrong(const char *path, const char *key, const char *because,
			const char *what, struct error *err);

#endif
