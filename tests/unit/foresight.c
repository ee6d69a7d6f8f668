/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/str.h"
#include "control/control.h"
#include "tests/unit/session_world.h"

/*
 * What an engine told while it worked: of builds only, "+c" one begun ahead,
 * "c" one begun for the search, "=c" one taken, "c!" its end, "c-" stopped; of
 * runs "c>" and their ends "c."; a verdict as "c:good".
 */
struct ear {
	struct world *world;
	struct buf words;
	void (*then[8])(struct ear *ear, const char *words);
	int at;
};

static void hear(void *data, struct session *session, const struct event *event)
{
	static const char *const begins[] = { "", "+", "=" };
	struct ear *ear = data;
	char letter = event->commit.hex[0];

	(void)session;
	if (ear->words.length)
		buf_putc(&ear->words, ' ');
	if (event->kind == EVENT_BUILD_BEGIN)
		buf_printf(&ear->words, "%s%c", begins[event->number], letter);
	else if (event->kind == EVENT_BUILD)
		buf_printf(&ear->words, "%c!", letter);
	else if (event->kind == EVENT_BUILD_STOPPED)
		buf_printf(&ear->words, "%c-", letter);
	else if (event->kind == EVENT_RUN_BEGIN)
		buf_printf(&ear->words, "%c>", letter);
	else if (event->kind == EVENT_RUN)
		buf_printf(&ear->words, "%c.", letter);
	else if (event->kind == EVENT_RUN_STOPPED)
		buf_printf(&ear->words, "%c~", letter);
	else if (event->kind == EVENT_VERDICT)
		buf_printf(&ear->words, "%c:%s", letter,
			   verdict_name(event->verdict));
	else if (ear->words.length)
		ear->words.text[--ear->words.length] = '\0';
	if (ear->then[ear->at])
		ear->then[ear->at](ear, ear->words.text);
}

/* A search over 0 to f, where f is bad. */
static void begin_search(struct world *world, const char *policy,
			 const char *settings, const char *script)
{
	char *copy = xstrdup(policy);
	struct event events[3] = {
		{ .kind = EVENT_START, .by = BY_START, .policy = copy },
		verdict('f', VERDICT_BAD),
		verdict('0', VERDICT_GOOD)
	};
	char *path = session_settings(world->session);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "%s\nfake: { script = \"%s\"; slots = 2; };\n", settings,
		script);
	fclose(file);
	free(path);
	events[1].by = events[2].by = BY_START;
	ok(store(world->session,
		 "f:e e:d d:c c:b b:a a:9 9:8 8:7 7:6 6:5 5:4 4:3 3:2 2:1 1:0 "
		 "0:",
		 &world->err));
	ok(session_append(world->session, events, 3, &world->err));
	free(copy);
}

static void ends_as(struct world *world, struct ear *ear,
		    enum control_end expected)
{
	const struct control_options options = {
		.program = "/nonexistent",
		.ready_fd = -1,
		.tell = hear,
		.data = ear,
	};
	enum control_end end = CONTROL_STOPPED;

	buf_init(&ear->words, 0);
	ear->world = world;
	ok(control_run(world->session, NULL, &options, &end, &world->err));
	assert_int_equal(end, expected);
}

static void runs(struct world *world, struct ear *ear,
		 enum control_end expected, const char *told)
{
	ends_as(world, ear, expected);
	assert_string_equal(ear->words.text, told);
	buf_release(&ear->words);
}

static void decide(struct ear *ear, struct event event)
{
	struct world *world = ear->world;

	ear->at++;
	if (!world->other)
		ok(session_open(world->dir, &world->other, &world->err));
	event.by = BY_PERSON;
	ok(append(world->other, event, &world->err));
}

static bool has_told(const char *words, const char *what)
{
	return strstr(words, what) != NULL;
}

/* Once both that are ahead of 7 are built. */
static void good_7(struct ear *ear, const char *words)
{
	if (has_told(words, "b!") && has_told(words, "3!"))
		decide(ear, verdict('7', VERDICT_GOOD));
}

static void bad_b(struct ear *ear, const char *words)
{
	if (has_told(words, "d!") && has_told(words, "9!"))
		decide(ear, verdict('b', VERDICT_BAD));
}

static void stop_9(struct ear *ear, const char *words)
{
	if (has_told(words, "9>"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE,
					    .number = PAUSE_NOW });
}

static void likely_ones_are_built_while_one_is_tested(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { good_7, bad_b, stop_9 } };

	begin_search(world, "exit-code", "build: { ahead = 2; };", "* runs=~");
	runs(world, &ear, CONTROL_NEEDS_PERSON,
	     "7 7! 7> +b b! +3 3! 7:good =b 7~ b> +9 9! +d d! b:bad =9 b~ 9> "
	     "9~");
}

static void without_room_for_it_nothing_is_built_ahead(void **state)
{
	struct world *world = *state;
	struct ear ear = { .at = 0 };

	begin_search(world, "exit-code", "build: { ahead = 0; };",
		     "7\\n3\\nb\\nd\\nc runs=X\\n*");
	runs(world, &ear, CONTROL_FOUND,
	     "7 7! 7> 7. 7:good b b! b> b. b:good d d! d> d. d:good e e! e> "
	     "e. e:good");
}

/* Once it is being built. */
static void good_7_at_once(struct ear *ear, const char *words)
{
	if (has_told(words, "+b"))
		decide(ear, verdict('7', VERDICT_GOOD));
}

static void bad_7_at_once(struct ear *ear, const char *words)
{
	if (has_told(words, "+b"))
		decide(ear, verdict('7', VERDICT_BAD));
}

static void pause_now_at_run(struct ear *ear, const char *words)
{
	if (has_told(words, "b>") || has_told(words, "3>"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE,
					    .number = PAUSE_NOW });
}

static void pause_now_at_b(struct ear *ear, const char *words)
{
	if (has_told(words, "+b"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE,
					    .number = PAUSE_NOW });
}

static void what_is_wanted_and_under_way_is_waited_for(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { good_7_at_once, pause_now_at_run } };

	begin_search(world, "exit-code", "build: { ahead = 1; };",
		     "7 runs=~\\nb built=60 runs=~\\n*");
	runs(world, &ear, CONTROL_NEEDS_PERSON,
	     "7 7! 7> +b 7:good =b 7~ b! b> b~");
}

static void what_nobody_will_want_any_more_is_stopped(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { bad_7_at_once, pause_now_at_run } };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=~\\nb built=80000\\n3 runs=~\\n*");
	runs(world, &ear, CONTROL_NEEDS_PERSON,
	     "7 7! 7> +b 7:bad b- 7~ 3 3! 3> 3~");
}

static void two_slots_build_two_at_once(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { good_7, pause_now_at_run } };

	begin_search(world, "exit-code", "build: { slots = 2; };",
		     "7 built=80000 runs=~\\n* runs=~");
	runs(world, &ear, CONTROL_NEEDS_PERSON,
	     "7 +b b! +3 3! 7:good =b 7- b> b~");
}

static void a_build_ahead_that_fails_is_no_skip_before_its_time(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { good_7 } };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=~\\nb build=failed\\n3 build=infra\\n*");
	runs(world, &ear, CONTROL_FOUND,
	     "7 7! 7> +b b! +3 3! 7:good =b 7~ b:skip d d! d> d. d:good e e! "
	     "e> e. e:good");
}

static void pause_at_b(struct ear *ear, const char *words)
{
	if (has_told(words, "+b"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE });
}

static void pause_now_when_b_is(struct ear *ear, const char *words)
{
	if (has_told(words, "b!"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE,
					    .number = PAUSE_NOW });
}

static void a_pause_lets_builds_ahead_end_and_starts_none(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { pause_at_b, pause_now_when_b_is } };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=~\\nb built=20\\n*");
	runs(world, &ear, CONTROL_NEEDS_PERSON, "7 7! 7> +b b! 7~");
}

/* A person gives a verdict: what its run would have said nobody needs. */
static void a_pause_at_once_gives_builds_ahead_up(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { pause_now_at_b } };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=~\\nb built=80000\\n*");
	runs(world, &ear, CONTROL_NEEDS_PERSON, "7 7! 7> +b b- 7~");
}

/*
 * 7's infra trouble is asked about.  What is kept is worth building for the
 * engine that comes after the answer.
 */
static void with_a_question_open_kernels_that_are_kept_are_built(void **state)
{
	struct world *world = *state;
	struct ear ear = { .at = 0 };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=I kept\\nb built=20 kept\\n* kept");
	runs(world, &ear, CONTROL_NEEDS_PERSON, "7 7! 7> 7. +b b! +3 3!");
	/* another engine, which has made nothing, has nothing to add */
	runs(world, &ear, CONTROL_NEEDS_PERSON, "");
}

static void with_a_question_open_nothing_is_built_for_nobody(void **state)
{
	struct world *world = *state;
	struct ear ear = { .at = 0 };

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "7 runs=I\\n*");
	runs(world, &ear, CONTROL_NEEDS_PERSON, "7 7! 7> 7.");
}

static void pause_now_after_9(struct ear *ear, const char *words)
{
	if (has_told(words, "9:good"))
		decide(ear, (struct event){ .kind = EVENT_PAUSE,
					    .number = PAUSE_NOW });
}

static void slots_that_are_free_run_what_is_built_ahead(void **state)
{
	struct world *world = *state;
	struct ear ear = { .then = { pause_now_after_9 } };
	static const char told[] = "7 7! 7> 7. 7:good b b! b> +9 9! +d d! =9 "
				   "9> 9. 9:good";

	begin_search(world, "exit-code", "build: { ahead = 2; };",
		     "b runs=~\\nd runs=~\\n*");
	ends_as(world, &ear, CONTROL_NEEDS_PERSON);
	if (!str_starts(ear.words.text, told))
		assert_string_equal(ear.words.text, told);
	buf_release(&ear.words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(likely_ones_are_built_while_one_is_tested),
		TEST(without_room_for_it_nothing_is_built_ahead),
		TEST(what_is_wanted_and_under_way_is_waited_for),
		TEST(what_nobody_will_want_any_more_is_stopped),
		TEST(two_slots_build_two_at_once),
		TEST(a_build_ahead_that_fails_is_no_skip_before_its_time),
		TEST(a_pause_lets_builds_ahead_end_and_starts_none),
		TEST(a_pause_at_once_gives_builds_ahead_up),
		TEST(with_a_question_open_kernels_that_are_kept_are_built),
		TEST(with_a_question_open_nothing_is_built_for_nobody),
		TEST(slots_that_are_free_run_what_is_built_ahead),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
