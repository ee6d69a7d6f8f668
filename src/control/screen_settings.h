/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SCREEN_SETTINGS_H
#define CONTROL_SCREEN_SETTINGS_H

/*
 * How a person wants the screen: colours, keys, mouse.  They belong to the
 * person and not to a session: $XDG_CONFIG_HOME/culprit/screen.cfg.
 *
 * Which roles and keys there are, and what may be said of one, the screen
 * knows; it is asked while the file is read, so that every mistake is said
 * with its line.
 */

#include <stdbool.h>

struct error;

enum colour_use {
	COLOUR_AUTO, /* 16, where the terminal has any */
	COLOUR_NEVER,
	COLOUR_16,
	COLOUR_256,
};

enum background {
	BACKGROUND_AUTO, /* as COLORFGBG says, or dark */
	BACKGROUND_DARK,
	BACKGROUND_LIGHT,
};

/* How a person is called when needed, or when all is done. */
enum attention {
	ATTENTION_NONE,
	ATTENTION_BELL,
	ATTENTION_NOTIFY,     /* the terminal's notice, OSC 9 */
	ATTENTION_NOTIFY_777, /* the other one, OSC 777 */
};

struct screen_settings {
	enum colour_use colour;
	enum background background;
	enum attention attention;
	int range; /* opens when so few suspects are left; 0: not by itself */
	bool mouse;
	bool ascii;  /* lines from ASCII */
	bool cursor; /* is always seen, not only where a text is written */
	bool console_colours; /* those that consoles and builds ask for */
	bool plain;	      /* nothing moves but when something happens */
	bool pacing;	      /* wait for the terminal between frames */
};

/* The screen's part in reading.  Each returns 0, or -1 with what is wrong. */
struct screen_asked {
	int (*role)(void *data, const char *name, const char *value,
		    struct error *err);
	int (*key)(void *data, const char *name, const char *value,
		   unsigned line, struct error *err);
	/* All keys have been said; on failure *line is where. */
	int (*keys_done)(void *data, unsigned *line, struct error *err);
	void *data;
};

/* What the command line says of a thing. */
enum said { SAID_NOTHING, SAID_YES, SAID_NO };

struct screen_said {
	enum said colour, mouse, ascii, cursor, plain;
};

void screen_settings_init(struct screen_settings *settings);

/*
 * ERROR_INPUT with file:line and what was expected; the settings are then as
 * they were.
 */
int screen_settings_read(struct screen_settings *settings, const char *path,
			 const struct screen_asked *asked, struct error *err);

/* The command line comes before the file. */
void screen_settings_apply(struct screen_settings *settings,
			   const struct screen_said *said);

/* Where a person's file would be, on the heap; NULL without a home. */
char *screen_settings_path(void);

#endif
