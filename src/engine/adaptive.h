/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ADAPTIVE_H
#define ENGINE_ADAPTIVE_H

/*
 * The policy `adaptive`: between the fold and the choice of engine/advice.
 *
 * It asks the belief in all commits at once what to test next, keeps to a wave
 * of runs until it ends or its crash decides, and gives a verdict where the
 * belief in a commit is beyond 95 %, and another one when that swings.  It is
 * derived anew for every plan, from the events alone.
 *
 * Where there is no range yet, or an end is confirmed, verdicts are by the
 * commit's own runs (engine/verdict).
 */

#include <stdbool.h>

struct belief;
struct choice;
struct engine;
struct folded_step;
struct judgement;

/* Work out what is believed; settle before.  Nothing for other policies. */
void adaptive_refresh(struct engine *engine);
void adaptive_drop(struct engine *engine);

/* Is there a range, and is it this policy's? */
bool adaptive_is_at_work(const struct engine *engine);

/*
 * The verdict of a step by the belief, put in place of the one by its own
 * runs; false where that one stands.  step may be NULL: not tested yet.
 */
bool adaptive_judge(const struct engine *engine, const struct folded_step *step,
		    struct judgement *j);

/* The rest of the plan, when the ends are settled. */
void adaptive_plan(struct engine *engine);

/*
 * What is worth building while the plan's commit is tested, the likelier
 * first, as the plan has been made; returns how many.
 */
int adaptive_ahead(const struct engine *engine, struct choice *next, int room);

#endif
