/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_STEER_H
#define TUI_STEER_H

/*
 * One screen among others, at the same time and after each other: which one
 * steers (control/helm), and where the last one left (tui/place).
 *
 * Says what there is to say in the toast.
 */

#include <stdbool.h>

struct app;
struct place;

/* May orders be given here?  If not, that is said. */
bool steer_may_order(struct app *app);

/* From another screen, which reads then. */
void steer_take_over(struct app *app);

/* Say who steers, if that is another one than before. */
void steer_tell(struct app *app);

/* Where the person is, and there again. */
void steer_place(const struct app *app, struct place *place);
void steer_go_to_place(struct app *app, const struct place *place);

#endif
