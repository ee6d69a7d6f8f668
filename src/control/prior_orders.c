/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/orders_inside.h"
#include "control/weighed.h"
#include "engine/event.h"
#include "session/session.h"

int order_prior(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_PRIOR);

	if (orders_expect(order, 0, 1, "prior [files|none] [-m WHY]", err) < 0)
		return -1;
	if (order->argc == 0) {
		weighed_list(order->session, order->say);
		return 0;
	}
	if (!str_equal(order->argv[0], PRIOR_BY_FILES) &&
	    !str_equal(order->argv[0], PRIOR_NONE))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not where a prior can be from: files "
				 "or none",
				 order->argv[0]);
	event.policy = (char *)(uintptr_t)order->argv[0];
	if (session_append(order->session, &event, 1, err) < 0)
		return -1;
	return orders_follow_up(order, err);
}
