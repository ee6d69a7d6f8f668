/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_FURTHER_H
#define TUI_FURTHER_H

/*
 * Continue from here, on the screen: asks whether the past that is shown is to
 * become a session of a repository, with what is missing (control/onward.h),
 * makes it and goes over to it.
 */

struct app;

/*
 * From the time that is shown; where something is imagined, from the step that
 * it changes, with those decisions.
 */
void further_ask(struct app *app);

/* It was meant. */
void further_begin(struct app *app);

#endif
