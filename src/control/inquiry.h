/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_INQUIRY_H
#define CONTROL_INQUIRY_H

/*
 * Asks a real machine which kernel it runs, to see whether all is there that
 * is needed to reach it.  Changes nothing there, and waits for the answer:
 * for a command in front of a person, not for the engine.
 */

struct error;
struct running;
struct settings;

/*
 * For the target "ssh" only; takes 20 s at most.  -1 with a sentence that
 * names the machine.
 */
int inquire(const struct settings *settings, struct running *out,
	    struct error *err);

#endif
