/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is believed at the end of five of syzbot's own bisections.  Their logs
 * tell what was seen, but not the history; here it is a line on which every
 * commit lies where its verdict left it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "session/session.h"
#include "tests/unit/dag.h"
#include "tests/unit/tale.h"

#define COMMITS	  16384
#define TESTS_MAX 64

/* What a log says of the commits that it has a verdict on, ends first. */
struct logged {
	struct record records[TESTS_MAX];
	bool bad[TESTS_MAX];
	int count;
	int culprit; /* its place on the line */
};

static void take(struct logged *logged, struct engine *engine,
		 const struct step *step)
{
	struct record *record = &logged->records[logged->count];
	struct tally tally;

	if (step->verdict != VERDICT_GOOD && step->verdict != VERDICT_BAD)
		return;
	assert_true(logged->count < TESTS_MAX);
	engine_tally(engine, step->commit, &tally);
	*record = (struct record){
		.showing = tally.outcomes[OUTCOME_CRASHED],
		.clean = tally.outcomes[OUTCOME_OK],
	};
	logged->bad[logged->count++] = step->verdict == VERDICT_BAD;
}

/*
 * The range shrinks from verdict to verdict by the same share, till one commit
 * is left: the culprit, whose parent is the last good one.
 */
static void place(struct logged *logged)
{
	int low = 0, high = COMMITS;

	assert_true(logged->bad[0] && !logged->bad[1]);
	logged->records[0].commit = high;
	logged->records[1].commit = low;
	for (int i = 2; i < logged->count; i++) {
		int left = logged->count - 1 - i, size;

		size = (int)ceil(pow(high - low, left / (left + 1.0)));
		if (size >= high - low)
			size = high - low - 1;
		if (logged->bad[i])
			high = low + size;
		else
			low = high - size;
		logged->records[i].commit = logged->bad[i] ? high : low;
	}
	assert_int_equal(high - low, 1);
	logged->culprit = high;
}

static void read_seed(struct logged *logged, const char *seed)
{
	struct tale tale;
	struct engine *engine;
	const struct step *step;
	const struct event *result;

	memset(logged, 0, sizeof(*logged));
	tale_begin(&tale);
	tale_of_seed(&tale, seed);
	engine = session_engine(tale.session);
	for (int i = 0; (step = engine_step(engine, i)); i++)
		take(logged, engine, step);
	assert_int_equal(engine_result(engine, &result), RESULT_FOUND);
	tale_end(&tale);
	place(logged);
}

/*
 * That the parent hides the bug is thought of one commit in a hundred, whatever
 * was seen; so more than 99 % there cannot be, but each other commit is a
 * hundred times less likely.
 */
static void check(const struct belief *belief, int culprit)
{
	int best = belief->best;

	assert_int_equal(belief->commits[best], culprit);
	assert_int_equal(belief->likely, 1);
	for (int i = 0; i < belief->count; i++)
		assert_true(i == best ||
			    belief->chances[i] < belief->chances[best] / 95);
	assert_true(belief->chances[best] > 0.96);
	assert_true(belief->rate > 0.98);
}

static void the_records_of_the_seeds_end_at_their_culprits(void **state)
{
	static const char *const seeds[] = { "000", "001", "002", "003",
					     "004" };

	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct dag dag = dag_line(COMMITS + 1);
		struct span *span =
			span_new(dag.graph, COMMITS, &(int){ 0 }, 1);
		struct logged logged;
		struct belief belief;

		read_seed(&logged, seeds[i]);
		belief_make(&belief, span,
			    &(struct question){ .records = logged.records,
						.record_count = logged.count });
		check(&belief, logged.culprit);
		belief_release(&belief);
		span_drop(span);
		graph_free(dag.graph);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_records_of_the_seeds_end_at_their_culprits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
