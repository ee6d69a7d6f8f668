/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Past searches with other decisions, and two pasts beside each other.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/whatif.h"
#include "session/session.h"
#include "tests/unit/seed_line.h"
#include "tests/unit/tale.h"
#include "tests/unit/world.h"

#define OK(call) assert_int_equal(call, 0)

/* Sixteen suspects in a row; k and j are broken ever since j. */
static const char line[] = "a b:a c:b d:c e:d f:e g:f h:g i:h j:i k:j l:k "
			   "m:l n:m o:n p:o q:p";

static struct world begun(const char *policy)
{
	struct world w;

	world_init(&w, line);
	OK(world_start(&w, policy, false));
	OK(world_mark(&w, BY_START, "q", VERDICT_BAD));
	OK(world_mark(&w, BY_START, "a", VERDICT_GOOD));
	return w;
}

/* Test what the plan wants; broken since `first`. */
static void test(struct world *w, const char *runs, const char *first)
{
	const char *name = world_plan(w) + 5;
	char wanted[8];

	assert_true(str_starts(name - 5, "test "));
	str_copy(wanted, sizeof(wanted), name);
	if (*runs)
		world_runs(w, wanted, runs);
	OK(world_mark(w, BY_POLICY, wanted,
		      *wanted >= *first ? VERDICT_BAD : VERDICT_GOOD));
}

static struct whatif_change change(enum event_kind kind, const char *name,
				   enum verdict verdict)
{
	struct whatif_change out = { .event = { .kind = kind,
						.verdict = verdict } };

	if (name)
		out.event.commit = world_oid(name);
	return out;
}

static struct whatif imagine(struct world *w, struct whatif_change it)
{
	struct whatif out;

	if (whatif_make(&out, w->graph, (const struct event *const *)w->events,
			w->event_count, &it, 1, &w->err) < 0)
		fail_msg("%s", w->err.text);
	return out;
}

/* "q bad, a good, i good ... -> found j" of a course in a world */
static void add_course(struct buf *out, const struct world *w,
		       const struct course *course)
{
	for (size_t i = 0; i < course->count; i++) {
		const struct course_stop *stop = &course->stops[i];

		buf_printf(out, "%s%s%s%s", i ? " " : "",
			   world_name(w, graph_find(w->graph, &stop->commit)),
			   verdict_name(stop->verdict),
			   stop->aside ? "(aside)" : "");
	}
	buf_printf(out, " -> %s %s", plan_state_name(course->end.state),
		   oid_is_none(&course->end.commit)
			   ? ""
			   : world_name(w, graph_find(w->graph,
						      &course->end.commit)));
}

static void is_course(const struct world *w, const struct course *course,
		      const char *wanted)
{
	struct buf out;

	buf_init(&out, 0);
	add_course(&out, w, course);
	assert_string_equal(out.text, wanted);
	buf_release(&out);
}

static void has_fates(const struct whatif *whatif, const char *wanted)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < whatif->recorded.count; i++)
		buf_printf(&out, "%s%s", i ? " " : "",
			   whatif_fate_name(whatif_fate(whatif, i)));
	assert_string_equal(out.text, wanted);
	buf_release(&out);
}

static struct world searched(void)
{
	struct world w = begun("syzkaller/3/3");

	for (int i = 0; i < 4; i++)
		test(&w, "...", "j");
	assert_string_equal(world_plan(&w), "found j");
	return w;
}

static void a_course_tells_the_search_and_the_midpoints(void **state)
{
	struct world w = searched();
	struct course course;

	(void)state;
	course_make(&course, w.graph, (const struct event *const *)w.events,
		    w.event_count);
	is_course(&w, &course, "qbad agood igood mbad kbad jbad -> found j");
	assert_int_equal(course_departures(&course), 0);
	assert_string_equal(course.stops[0].midpoint.hex, "");
	assert_string_equal(course.stops[2].midpoint.hex,
			    course.stops[2].commit.hex);
	assert_int_equal(course.stops[2].midpoint_left, 7);
	course_release(&course);
	world_release(&w);
}

static void without_a_change_all_stands(void **state)
{
	struct world w = searched();
	struct whatif whatif =
		imagine(&w, change(EVENT_VERDICT, "i", VERDICT_GOOD));

	(void)state;
	assert_true(whatif.known);
	assert_true(whatif.complete);
	assert_int_equal(whatif.first_changed, whatif.recorded.count);
	has_fates(&whatif, "stands stands stands stands stands stands");
	assert_int_equal(course_part(&whatif.recorded, &whatif.imagined).kind,
			 PARTING_NONE);
	whatif_release(&whatif);
	world_release(&w);
}

static void another_verdict_leads_where_nobody_was(void **state)
{
	struct world w = searched();
	struct whatif whatif =
		imagine(&w, change(EVENT_VERDICT, "i", VERDICT_BAD));
	struct parting parting =
		course_part(&whatif.recorded, &whatif.imagined);

	(void)state;
	is_course(&w, &whatif.imagined, "qbad agood ibad -> test e");
	has_fates(&whatif, "stands stands changed not-made not-made not-made");
	assert_false(whatif.complete);
	assert_int_equal(parting.kind, PARTING_VERDICT);
	assert_int_equal(parting.same, 2);
	assert_int_equal(parting.only_one, 3);
	assert_int_equal(parting.only_two, 0);
	assert_int_equal(parting.verdicts, 1);
	/* the tests that were made say nothing about what is left */
	is_course(&w, &whatif.all, "qbad agood ibad mbad kbad jbad -> test e");
	whatif_release(&whatif);
	world_release(&w);
}

/* j, which was found, was good: then k is the culprit, by the same tests. */
static void another_verdict_at_the_end_is_another_culprit(void **state)
{
	struct world w = searched();
	struct whatif whatif =
		imagine(&w, change(EVENT_VERDICT, "j", VERDICT_GOOD));

	(void)state;
	is_course(&w, &whatif.imagined,
		  "qbad agood igood mbad kbad jgood -> found k");
	has_fates(&whatif, "stands stands stands stands stands changed");
	assert_true(whatif.complete);
	assert_false(course_part(&whatif.recorded, &whatif.imagined).same_end);
	whatif_release(&whatif);
	world_release(&w);
}

/* A skip leads away from the midpoint; without it no such test is needed. */
static void evidence_of_other_times_is_used(void **state)
{
	struct world w = begun("syzkaller/3/3");
	struct whatif whatif;

	(void)state;
	OK(world_mark(&w, BY_POLICY, "i", VERDICT_SKIP));
	for (int i = 0; i < 6 && str_starts(world_plan(&w), "test"); i++)
		test(&w, "...", "j");
	whatif = imagine(&w, change(EVENT_VERDICT, "i", VERDICT_GOOD));
	assert_true(whatif_fate(&whatif, 2) == WHATIF_CHANGED);
	assert_true(whatif.recorded.count > whatif.imagined.count);
	for (size_t i = 3; i < whatif.recorded.count; i++)
		assert_true(whatif_fate(&whatif, i) == WHATIF_STANDS ||
			    whatif_fate(&whatif, i) == WHATIF_ELSEWHEN ||
			    whatif_fate(&whatif, i) == WHATIF_NOT_MADE);
	whatif_release(&whatif);
	world_release(&w);
}

static void what_contradicts_a_change_is_left_out(void **state)
{
	struct world w = begun("exit-code");
	struct whatif whatif;

	(void)state;
	OK(world_mark(&w, BY_PERSON, "i", VERDICT_GOOD));
	OK(world_mark(&w, BY_PERSON, "m", VERDICT_GOOD));
	whatif = imagine(&w, change(EVENT_VERDICT, "i", VERDICT_BAD));
	is_course(&w, &whatif.all, "qbad agood ibad -> test e");
	whatif_release(&whatif);
	world_release(&w);
}

static void a_change_must_speak_of_what_there_is(void **state)
{
	struct world w = searched();
	struct whatif_change it = change(EVENT_JUDGE, "i", VERDICT_NONE);
	struct whatif whatif;

	(void)state;
	it.event.number = 17;
	assert_int_equal(whatif_make(&whatif, w.graph,
				     (const struct event *const *)w.events,
				     w.event_count, &it, 1, &w.err),
			 -1);
	assert_string_equal(w.err.text,
			    "commit 690000000000 has no finished run 17");
	it.event.commit = world_oid("z");
	assert_int_equal(whatif_make(&whatif, w.graph,
				     (const struct event *const *)w.events,
				     w.event_count, &it, 1, &w.err),
			 -1);
	world_release(&w);
}

/* i crashed in two of three runs; without one of them it is no more bad. */
static void a_word_on_a_run_changes_the_verdict(void **state)
{
	struct world w = begun("syzkaller/3/3");
	struct whatif_change it = change(EVENT_JUDGE, "i", VERDICT_NONE);
	struct whatif whatif;

	(void)state;
	it.event.number = 1;
	it.event.outcome = OUTCOME_IGNORED;
	world_runs(&w, "i", "XX.");
	OK(world_mark(&w, BY_POLICY, "i", VERDICT_BAD));
	world_runs(&w, "e", "...");
	OK(world_mark(&w, BY_POLICY, "e", VERDICT_GOOD));
	whatif = imagine(&w, it);
	is_course(&w, &whatif.imagined, "qbad agood iskip -> test d");
	has_fates(&whatif, "stands stands changed not-made");
	whatif_release(&whatif);
	world_release(&w);
}

static void another_policy_judges_all_runs_again(void **state)
{
	static char exit_code[] = "exit-code";
	struct world w = begun("syzkaller/3/3");
	struct whatif_change it = change(EVENT_POLICY, NULL, VERDICT_NONE);
	struct whatif whatif;

	(void)state;
	it.event.policy = exit_code;
	world_runs(&w, "i", "X..");
	OK(world_mark(&w, BY_POLICY, "i", VERDICT_SKIP));
	world_runs(&w, "k", "...");
	OK(world_mark(&w, BY_POLICY, "k", VERDICT_GOOD));
	whatif = imagine(&w, it);
	is_course(&w, &whatif.imagined, "qbad agood ibad -> test e");
	is_course(&w, &whatif.all, "qbad agood ibad kgood(aside) -> test e");
	whatif_release(&whatif);
	/* but not those before the step from which on it counts */
	it.from = w.event_count - 1;
	whatif = imagine(&w, it);
	assert_int_equal(whatif.first_changed, whatif.recorded.count);
	whatif_release(&whatif);
	world_release(&w);
}

/*
 * Seed 000, whose step 4 the rule of today would skip.
 */

#define WEAK_STEP "6f9b5ed8caddfbc94af8307c557ed57a8ec5c65c"
#define CULPRIT	  "42086abba43463fbf495cb80173600284b4c4e8c"

static struct whatif imagine_seed(struct tale *tale, struct whatif_change it)
{
	size_t count = session_event_count(tale->session);
	const struct event **events = xcalloc(count, sizeof(*events));
	struct whatif out;

	for (size_t i = 0; i < count; i++)
		events[i] = session_event(tale->session, i);
	if (whatif_make(&out, session_graph(tale->session), events, count, &it,
			1, &tale->err) < 0)
		fail_msg("%s", tale->err.text);
	free(events);
	return out;
}

static struct whatif_change skip_of(const char *hex)
{
	struct whatif_change out = { .event = { .kind = EVENT_VERDICT,
						.verdict = VERDICT_SKIP } };

	assert_true(oid_parse(&out.event.commit, hex));
	return out;
}

static void without_a_graph_nothing_is_made_up(void **state)
{
	struct whatif whatif;
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	tale_of_seed(&tale, "000");
	whatif = imagine_seed(&tale, skip_of(WEAK_STEP));
	assert_false(whatif.known);
	assert_int_equal(whatif.first_changed, 3);
	assert_int_equal(whatif_fate(&whatif, 2), WHATIF_STANDS);
	assert_int_equal(whatif_fate(&whatif, 3), WHATIF_CHANGED);
	for (size_t i = 4; i < whatif.recorded.count; i++)
		assert_int_equal(whatif_fate(&whatif, i), WHATIF_UNKNOWN);
	assert_int_equal(whatif.imagined.end.state, PLAN_NEEDS_RANGE);
	assert_string_equal(whatif.recorded.end.commit.hex, CULPRIT);
	whatif_release(&whatif);
	tale_end(&tale);
}

static void with_a_graph_the_seed_goes_another_way(void **state)
{
	struct whatif whatif;
	struct tale tale;

	(void)state;
	tale_begin(&tale);
	tale_of_seed(&tale, "000");
	tale_line_of_seed(&tale, 16384);
	whatif = imagine_seed(&tale, skip_of(WEAK_STEP));
	assert_true(whatif.known);
	assert_int_equal(course_departures(&whatif.recorded), 0);
	assert_string_equal(whatif.recorded.end.commit.hex, CULPRIT);
	/* git goes to a neighbour that nobody tested */
	assert_int_equal(whatif.imagined.count, 4);
	assert_int_equal(whatif.imagined.end.state, PLAN_TEST);
	assert_int_equal(
		course_find(&whatif.recorded, &whatif.imagined.end.commit), -1);
	for (size_t i = 4; i < whatif.recorded.count; i++)
		assert_int_equal(whatif_fate(&whatif, i), WHATIF_NOT_MADE);
	/* but what was tested later leaves no doubt about the culprit */
	assert_int_equal(whatif.all.end.state, PLAN_FOUND);
	assert_string_equal(whatif.all.end.commit.hex, CULPRIT);
	whatif_release(&whatif);
	tale_end(&tale);
}

static void the_rule_of_today_flips_one_step_of_the_seed(void **state)
{
	static char syzkaller[] = "syzkaller";
	struct whatif_change it = { .event = { .kind = EVENT_POLICY,
					       .policy = syzkaller } };
	struct whatif whatif;
	struct tale tale;
	int flips = 0;

	(void)state;
	tale_begin(&tale);
	tale_of_seed(&tale, "000");
	whatif = imagine_seed(&tale, it);
	for (size_t i = 0; i < whatif.recorded.count; i++)
		flips += whatif_fate(&whatif, i) == WHATIF_CHANGED;
	assert_int_equal(flips, 1);
	assert_int_equal(whatif.first_changed, 3);
	assert_int_equal(whatif.all.stops[3].verdict, VERDICT_SKIP);
	whatif_release(&whatif);
	tale_end(&tale);
}

/* Each commit that was tested where git's rule would test another one. */
static void departures_from_the_rule_are_named(void **state)
{
	struct world w = begun("exit-code");
	struct course course;

	(void)state;
	OK(world_mark(&w, BY_IMPORT, "h", VERDICT_GOOD));
	OK(world_mark(&w, BY_IMPORT, "l", VERDICT_BAD));
	course_make(&course, w.graph, (const struct event *const *)w.events,
		    w.event_count);
	assert_int_equal(course_departures(&course), 1);
	assert_string_equal(course.stops[2].midpoint.hex, world_oid("i").hex);
	course_release(&course);
	world_release(&w);
}

/* A fork and its origin: the same search, then other decisions. */
static void two_pasts_part_where_they_differ(void **state)
{
	struct world one = searched(), two = begun("syzkaller/3/3");
	struct course a, b;
	struct parting parting;

	(void)state;
	test(&two, "...", "j");
	test(&two, "...", "n");
	test(&two, "...", "n");
	course_make(&a, one.graph, (const struct event *const *)one.events,
		    one.event_count);
	course_make(&b, two.graph, (const struct event *const *)two.events,
		    two.event_count);
	parting = course_part(&a, &b);
	assert_int_equal(parting.kind, PARTING_VERDICT);
	assert_int_equal(parting.same, 3);
	assert_int_equal(parting.verdicts, 1);
	assert_int_equal(parting.only_one, 2);
	assert_int_equal(parting.only_two, 1);
	assert_false(parting.same_end);
	b.count = 3;
	parting = course_part(&a, &b);
	assert_int_equal(parting.kind, PARTING_LENGTH);
	course_release(&a);
	course_release(&b);
	world_release(&one);
	world_release(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_course_tells_the_search_and_the_midpoints),
		cmocka_unit_test(without_a_change_all_stands),
		cmocka_unit_test(another_verdict_leads_where_nobody_was),
		cmocka_unit_test(another_verdict_at_the_end_is_another_culprit),
		cmocka_unit_test(evidence_of_other_times_is_used),
		cmocka_unit_test(what_contradicts_a_change_is_left_out),
		cmocka_unit_test(a_change_must_speak_of_what_there_is),
		cmocka_unit_test(a_word_on_a_run_changes_the_verdict),
		cmocka_unit_test(another_policy_judges_all_runs_again),
		cmocka_unit_test(without_a_graph_nothing_is_made_up),
		cmocka_unit_test(with_a_graph_the_seed_goes_another_way),
		cmocka_unit_test(the_rule_of_today_flips_one_step_of_the_seed),
		cmocka_unit_test(departures_from_the_rule_are_named),
		cmocka_unit_test(two_pasts_part_where_they_differ),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
