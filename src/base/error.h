/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/*
 * What went wrong, as a sentence for a person and a code for the program.
 *
 * A struct error lives on the caller's stack, is filled only on failure and
 * owns nothing.  Messages follow git's habit: lower case, no full stop, what
 * failed first.  This module never prints and never ends the process.
 */

enum error_code {
	ERROR_NONE,
	ERROR_USAGE,  /* the command line does not make sense */
	ERROR_INPUT,  /* a file or a value given by the user is wrong */
	ERROR_STATE,  /* an event or an order does not fit the session */
	ERROR_GIT,    /* git or libgit2 said no */
	ERROR_SYSTEM, /* the operating system said no */
	ERROR_STORE,  /* the session on disk cannot be read or written */
	ERROR_BUSY,   /* somebody else holds what is needed */
};

struct error {
	enum error_code code;
	char text[512];
};

#define ERROR_INIT             \
	{                      \
		ERROR_NONE, "" \
	}

/*
 * Fill err and return -1, so that a leaf function fails in one line.  err
 * may be NULL.  A text that is too long is cut.
 */
int error_set(struct error *err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same with ": strerror(errno)" added and ERROR_SYSTEM as the code; a disk
 * that is full gets error_advice too.
 */
int error_errno(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * What to do about it, to stand behind words of git's or of the system: where a
 * disk is full, or looks so.  Else "".
 */
const char *error_advice(const char *words);

/* Put "context: " in front of the text.  Returns -1 too. */
int error_prefix(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
