/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_ORDERS_H
#define CONTROL_ORDERS_H

/*
 * How each order is carried out: find the commits it names, append the
 * decision, bring the range and (in a session by hand) the worktree up to
 * date, and say what follows.  Called through the command table only.
 */

struct buf;
struct error;
struct order;
struct repo;
struct session;

/*
 * After a start, in a session by hand: put the worktree where the first test
 * is, and say so.
 */
int orders_begin(struct session *session, struct repo *repo, struct buf *say,
		 struct error *err);

int order_good(struct order *order, struct error *err);
int order_bad(struct order *order, struct error *err);
int order_skip(struct order *order, struct error *err);
int order_retract(struct order *order, struct error *err);
int order_judge(struct order *order, struct error *err);
int order_more(struct order *order, struct error *err);
int order_pick(struct order *order, struct error *err);
int order_same(struct order *order, struct error *err);
int order_other(struct order *order, struct error *err);
int order_noise(struct order *order, struct error *err);
int order_matching(struct order *order, struct error *err);
int order_policy(struct order *order, struct error *err);
int order_pin(struct order *order, struct error *err);
int order_prior(struct order *order, struct error *err);
int order_widen(struct order *order, struct error *err);
int order_symptom(struct order *order, struct error *err);
int order_undo(struct order *order, struct error *err); /* time_orders.c */
int order_redo(struct order *order, struct error *err); /* likewise */
int order_pause(struct order *order, struct error *err);
int order_resume(struct order *order, struct error *err);
int order_stop(struct order *order, struct error *err);
int order_reset(struct order *order, struct error *err);
int order_note(struct order *order, struct error *err);

/* fork_orders.c; order_switch needs no session */
int order_fork(struct order *order, struct error *err);
int order_switch(struct order *order, struct error *err);

int order_verify(struct order *order, struct error *err); /* verify_orders.c */
int order_fixup(struct order *order, struct error *err);  /* fixup_orders.c */

#endif
