/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * When frames are drawn: the terminal is a list of times here.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/frames.h"

/* Drawn when it is due, at the earliest now; returns when that was. */
static int64_t draw(struct frames *frames, int64_t now, bool asks)
{
	int64_t due = frames_due(frames);

	assert_int_not_equal(due, -1);
	if (due < now)
		due = now;
	assert_int_equal(frames_drawn(frames, true, due), asks);
	assert_int_equal(frames_due(frames), -1);
	return due;
}

static void begin(struct frames *frames)
{
	frames_init(frames, true);
	assert_int_equal(frames_due(frames), -1);
	frames_want(frames, FRAME_SOON, 1000);
	assert_int_equal(draw(frames, 1000, true), 1000);
	frames_answered(frames, 1001);
}

static void there_are_twenty_frames_a_second(void **state)
{
	struct frames frames;
	int64_t now = 1001, last;
	int count = 0;

	(void)state;
	begin(&frames);
	for (; now < 2001; now++) {
		frames_want(&frames, FRAME_SOON, now);
		if (frames_due(&frames) > now)
			continue;
		last = draw(&frames, now, true);
		assert_int_equal(last, now);
		frames_answered(&frames, now);
		count++;
	}
	assert_in_range(count, 19, 20);
	/* after a quiet time the first change is drawn at once */
	frames_want(&frames, FRAME_SOON, 5000);
	assert_int_equal(frames_due(&frames), 5000);
}

static void a_key_is_answered_at_once(void **state)
{
	struct frames frames;

	(void)state;
	begin(&frames);
	frames_want(&frames, FRAME_LOG, 1002);
	assert_int_equal(frames_due(&frames), 1050);
	frames_want(&frames, FRAME_NOW, 1003);
	assert_true(frames_due(&frames) <= 1003);
	/* a lesser wish takes nothing away */
	frames_want(&frames, FRAME_LOG, 1004);
	assert_true(frames_due(&frames) <= 1004);
	draw(&frames, 1004, true);
}

static void one_frame_is_on_its_way(void **state)
{
	struct frames frames;

	(void)state;
	begin(&frames);
	frames_want(&frames, FRAME_SOON, 2000);
	draw(&frames, 2000, true);
	frames_want(&frames, FRAME_SOON, 2010);
	assert_int_equal(frames_due(&frames), 4000);
	/* one for a key goes behind it, and no more */
	frames_want(&frames, FRAME_NOW, 2020);
	assert_int_equal(draw(&frames, 2020, true), 2020);
	frames_want(&frames, FRAME_NOW, 2030);
	assert_int_equal(frames_due(&frames), 4000);
	frames_answered(&frames, 2100);
	assert_true(frames_due(&frames) <= 2100);
	draw(&frames, 2100, true);
	assert_int_equal(frames.round_trip, 100);
	frames_answered(&frames, 2120);
	assert_int_equal(frames.round_trip, 100);
	frames_answered(&frames, 2300);
	assert_int_equal(frames.round_trip, 200);
	assert_false(frames_asked(&frames, 2300));
}

static void who_never_answers_is_not_asked_again(void **state)
{
	struct frames frames;

	(void)state;
	frames_init(&frames, true);
	frames_want(&frames, FRAME_SOON, 0);
	draw(&frames, 0, true);
	assert_true(frames_asked(&frames, 1999));
	assert_false(frames_asked(&frames, 2000));
	frames_want(&frames, FRAME_SOON, 100);
	assert_int_equal(frames_due(&frames), 2000);
	draw(&frames, 2000, false);
	frames_want(&frames, FRAME_SOON, 2010);
	assert_int_equal(frames_due(&frames), 2050);
	draw(&frames, 2050, false);
	assert_int_equal(frames_slow(&frames), -1);
}

static void who_stops_answering_is_waited_for_two_seconds(void **state)
{
	struct frames frames;

	(void)state;
	begin(&frames);
	frames_want(&frames, FRAME_SOON, 2000);
	draw(&frames, 2000, true);
	frames_want(&frames, FRAME_SOON, 2010);
	assert_int_equal(draw(&frames, 2010, true), 4000);
	frames_answered(&frames, 4100);
	frames_want(&frames, FRAME_SOON, 4200);
	assert_int_equal(draw(&frames, 4200, true), 4200);
	/* an answer that nobody asked for changes nothing */
	frames_answered(&frames, 4201);
	frames_answered(&frames, 9999);
	assert_int_equal(frames.round_trip, 1);
}

static void on_a_slow_line_output_moves_twice_a_second(void **state)
{
	struct frames frames;

	(void)state;
	begin(&frames);
	assert_int_equal(frames_slow(&frames), -1);
	frames_want(&frames, FRAME_SOON, 2000);
	draw(&frames, 2000, true);
	frames_answered(&frames, 2251);
	assert_int_equal(frames_slow(&frames), 251);
	frames_want(&frames, FRAME_LOG, 2260);
	assert_int_equal(frames_due(&frames), 2500);
	/* what happens is not held up with it */
	frames_want(&frames, FRAME_SOON, 2270);
	assert_true(frames_due(&frames) <= 2270);
}

static void what_changes_nothing_is_not_asked_about(void **state)
{
	struct frames frames;

	(void)state;
	begin(&frames);
	frames_want(&frames, FRAME_SOON, 2000);
	assert_false(frames_drawn(&frames, false, 2000));
	assert_false(frames_asked(&frames, 2000));
	frames_init(&frames, false);
	frames_want(&frames, FRAME_SOON, 0);
	draw(&frames, 0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_twenty_frames_a_second),
		cmocka_unit_test(a_key_is_answered_at_once),
		cmocka_unit_test(one_frame_is_on_its_way),
		cmocka_unit_test(who_never_answers_is_not_asked_again),
		cmocka_unit_test(who_stops_answering_is_waited_for_two_seconds),
		cmocka_unit_test(on_a_slow_line_output_moves_twice_a_second),
		cmocka_unit_test(what_changes_nothing_is_not_asked_about),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
