/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_ORDERS_INSIDE_H
#define CONTROL_ORDERS_INSIDE_H

/*
 * What the files of orders share: orders.c, time_orders.c, verify_orders.c.
 * Nobody else includes this.
 */

#include "engine/event.h"

struct error;
struct order;

/* Has the order so many arguments?  ERROR_USAGE with the usage if not. */
int orders_expect(const struct order *order, int low, int high,
		  const char *usage, struct error *err);

/* The person's decision of this kind, with the reason; texts are borrowed. */
struct event orders_event_by(const struct order *order, enum event_kind kind);

/* After a decision: load what is missing, say what follows. */
int orders_follow_up(const struct order *order, struct error *err);

#endif
