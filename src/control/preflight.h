/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PREFLIGHT_H
#define CONTROL_PREFLIGHT_H

/*
 * Looks, before anything is begun, at what a bisection with these settings
 * will need: a line for each, which says what was found or what to do.
 *
 * Starts no program but git, and changes nothing.
 */

struct repo;
struct settings;

enum finding {
	FINDING_OK,
	FINDING_NOTE,  /* it works, but one should know */
	FINDING_WRONG, /* it will not work */
};

/* text is borrowed for the call; it may hold what others wrote. */
typedef void preflight_tell(void *data, enum finding finding, const char *text);

/* Who is told, and how many things were wrong so far. */
struct findings {
	preflight_tell *tell;
	void *data;
	int wrong;
};

void finding_say(struct findings *findings, enum finding finding,
		 const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * repo is the repository of the sources.  Returns how many things are wrong.
 */
int preflight(const struct settings *settings, struct repo *repo,
	      preflight_tell *tell, void *data);

#endif
