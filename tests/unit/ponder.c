/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What is worked out beside the screen is what is worked out at once, and who
 * does not want it any more is not told.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/otherwise.h"
#include "control/ponder.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tests/unit/seed_line.h"
#include "tests/unit/tale.h"

/* Seed 000, whose search is known from end to end. */
struct place {
	struct tale tale;
	struct ponder ponder;
	struct pondered is;
	uv_loop_t loop;
	int told;
};

static void on_over(void *data)
{
	struct place *place = data;

	place->told++;
	ponder_take(&place->ponder, &place->is);
}

static int set_up(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));

	tale_begin(&place->tale);
	tale_of_seed(&place->tale, "000");
	tale_line_of_seed(&place->tale, 16384);
	assert_int_equal(uv_loop_init(&place->loop), 0);
	place->ponder = (struct ponder){ .loop = &place->loop,
					 .over = on_over,
					 .data = place };
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&place->loop), 0);
	course_release(&place->is.course);
	whatif_release(&place->is.whatif);
	tale_end(&place->tale);
	free(place);
	return 0;
}

static void same_course(const struct course *is, const struct course *wanted)
{
	struct parting parting = course_part(is, wanted);

	assert_true(wanted->count > 5);
	assert_int_equal(is->count, wanted->count);
	assert_int_equal(is->known, wanted->known);
	assert_int_equal(parting.kind, PARTING_NONE);
	for (size_t i = 0; i < wanted->count; i++) {
		assert_string_equal(is->stops[i].midpoint.hex,
				    wanted->stops[i].midpoint.hex);
		assert_int_equal(is->stops[i].left, wanted->stops[i].left);
	}
}

static void a_course_is_the_same(void **state)
{
	struct place *place = *state;
	struct session *session = place->tale.session;
	struct course wanted;

	ponder_course(&place->ponder, session);
	assert_true(ponder_works(&place->ponder));
	assert_int_equal(place->told, 0);
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_false(ponder_works(&place->ponder));
	assert_int_equal(place->told, 1);
	assert_int_equal(place->is.ret, 0);
	assert_int_equal(place->is.events, session_event_count(session));
	otherwise_course(session, &wanted);
	same_course(&place->is.course, &wanted);
	course_release(&wanted);
}

static void imagine(struct place *place, struct otherwise *otherwise,
		    const char *words)
{
	struct error err = ERROR_INIT;

	assert_int_equal(otherwise_add(otherwise, place->tale.session, NULL,
				       words, 0, &err),
			 0);
}

static void another_verdict_comes_to_the_same(void **state)
{
	struct place *place = *state;
	struct otherwise otherwise = { .count = 0 };
	struct error err = ERROR_INIT;

	imagine(place, &otherwise, "skip 4");
	ponder_whatif(&place->ponder, place->tale.session, otherwise.changes,
		      otherwise.count);
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(place->is.ret, 0);
	assert_int_equal(otherwise_make(&otherwise, place->tale.session, &err),
			 0);
	same_course(&place->is.whatif.recorded, &otherwise.whatif.recorded);
	same_course(&place->is.whatif.all, &otherwise.whatif.all);
	assert_int_equal(course_part(&place->is.whatif.imagined,
				     &otherwise.whatif.imagined)
				 .kind,
			 PARTING_NONE);
	for (size_t i = 0; i < otherwise.whatif.recorded.count; i++)
		assert_int_equal(whatif_fate(&place->is.whatif, i),
				 whatif_fate(&otherwise.whatif, i));
	otherwise_release(&otherwise);
}

static void what_does_not_fit_is_said(void **state)
{
	struct place *place = *state;
	struct otherwise otherwise = { .count = 0 };

	imagine(place, &otherwise, "judge 4#99 ok");
	ponder_whatif(&place->ponder, place->tale.session, otherwise.changes,
		      otherwise.count);
	otherwise_release(&otherwise); /* the words are its own */
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(place->told, 1);
	assert_int_equal(place->is.ret, -1);
	assert_true(*place->is.why.text != '\0');
	assert_int_equal(place->is.whatif.recorded.count, 0);
}

static void what_is_stopped_is_not_told(void **state)
{
	struct place *place = *state;

	ponder_course(&place->ponder, place->tale.session);
	ponder_stop(&place->ponder);
	assert_false(ponder_works(&place->ponder));
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(place->told, 0);
	/* the next one stops the one before */
	ponder_course(&place->ponder, place->tale.session);
	ponder_course(&place->ponder, place->tale.session);
	uv_run(&place->loop, UV_RUN_DEFAULT);
	assert_int_equal(place->told, 1);
	assert_int_equal(place->is.ret, 0);
}

static void without_a_loop_it_is_waited_for(void **state)
{
	struct place *place = *state;

	place->ponder.loop = NULL;
	ponder_course(&place->ponder, place->tale.session);
	assert_int_equal(place->told, 1);
	assert_false(ponder_works(&place->ponder));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_course_is_the_same),
		TEST(another_verdict_comes_to_the_same),
		TEST(what_does_not_fit_is_said),
		TEST(what_is_stopped_is_not_told),
		TEST(without_a_loop_it_is_waited_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
