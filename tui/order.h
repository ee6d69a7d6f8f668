/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_ORDER_H
#define TUI_ORDER_H

/*
 * From keys to orders: what a key orders on the row that is chosen, and the
 * dialogs and the palette, which ask for the rest of one.
 *
 * Every order goes through the command table (control/command.h); what became
 * of it is the toast.
 */

#include <stdbool.h>

struct app;
struct grid;

/* The same key in every view; of one that orders nothing it is said where it
   means anything. */
void order_key(struct app *app, int key);

/* Another session takes the place of this one; dir becomes the app's. */
void order_go_over(struct app *app, char *dir, const char *said);

/* As when its key is pressed: an order of a view's own, with up to two
   arguments; NULL for none. */
void order_give(struct app *app, const char *name, const char *first,
		const char *second);

/* Is something asked?  Then every key is an answer. */
bool order_asks(const struct app *app);
void order_answer(struct app *app, int key);

/* Events have come in: what an open dialog says may not be so any more. */
void order_update(struct app *app);
void order_draw(const struct app *app, struct grid *grid);

#endif
