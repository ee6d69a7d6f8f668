/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SETUP_H
#define CONTROL_SETUP_H

/*
 * How kernels were built and run, told from the settings to somebody who
 * does not have them.  Reads no file.
 */

struct buf;
struct settings;

/*
 * Appends a line for each thing, "what: how".  compiler: the program that
 * builds the commit in question, or NULL where that is not known.
 */
void setup_describe(const struct settings *settings, const char *compiler,
		    struct buf *out);

#endif
