/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_EXPLAINED_H
#define CONTROL_EXPLAINED_H

/*
 * What `culprit help COMMAND` says below the line of usage: the options, and an
 * example.  Texts only; the manual page says it all at length.
 */

/* Lines, each ended by a newline; NULL for what needs no more than a line. */
const char *command_explained(const char *name);

#endif
