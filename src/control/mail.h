/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_MAIL_H
#define CONTROL_MAIL_H

/*
 * The text of a mail that tells others what a session found, or how far it
 * is: the commit, how often its runs show the bug, what to be careful about,
 * every tested commit, what a person decided, git's log, the crash.
 *
 * Facts only: nothing is said of how likely the result is.  The text is made
 * from the session and from what the caller found out elsewhere; nothing is
 * read or run here, and nobody is mailed.  What others wrote (subjects, names,
 * titles, consoles) is kept on its line but comes through as it is: who
 * prints it makes it harmless.
 */

struct buf;
struct people;
struct session;
struct warnings;

/* All is borrowed, and all may be NULL. */
struct mail_extras {
	const char *from;	     /* who reports: "Name <address>" */
	const struct people *people; /* whom to tell */
	const char *links;	     /* of the commit's message, a line each */
	const struct warnings *warnings; /* why to look twice */
	const char *setup;		 /* how it was built and run, lines */
	const char *crash;		 /* what a console says, lines */
	const char *crash_from;		 /* what that is: "run 3 of 1a2b..." */
};

/* The header of a mail, an empty line, and the text. */
void mail_write(struct session *session, const struct mail_extras *extras,
		struct buf *out);

#endif
