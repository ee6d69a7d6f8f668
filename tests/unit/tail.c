/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"
#include "tui/tail.h"

struct world {
	char *folder, *path;
	struct tail tail;
};

static int begin(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->folder = scratch_make();
	world->path = xasprintf("%s/log", world->folder);
	tail_init(&world->tail);
	tail_open(&world->tail, world->path);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	tail_release(&world->tail);
	free(world->path);
	scratch_remove(world->folder);
	free(world);
	return 0;
}

static void append(struct world *world, const char *text)
{
	file_write(world->path, "a", text, strlen(text));
}

static const char *last(struct world *world)
{
	static char text[80];
	const struct tail_line *line;

	assert_true(world->tail.count > 0);
	line = &world->tail.lines[world->tail.count - 1];
	snprintf(text, sizeof(text), "%.*s", (int)line->length, line->bytes);
	return text;
}

static void a_file_that_is_not_there_has_no_lines(void **state)
{
	struct world *world = *state;

	assert_false(tail_read(&world->tail));
	assert_int_equal(world->tail.count, 0);
	tail_scroll(&world->tail, -5);
	tail_scroll(&world->tail, 5);
	tail_open(&world->tail, NULL);
	assert_false(tail_read(&world->tail));
	tail_start(&world->tail, 10);
}

static void lines_appear_as_they_are_written(void **state)
{
	struct world *world = *state;

	append(world, "one\ntw");
	assert_true(tail_read(&world->tail));
	assert_int_equal(world->tail.count, 2);
	assert_string_equal(last(world), "tw");
	assert_false(tail_read(&world->tail));
	append(world, "o\n");
	assert_true(tail_read(&world->tail));
	assert_int_equal(world->tail.count, 2);
	assert_string_equal(last(world), "two");
}

static void of_a_long_file_only_the_end_is_held(void **state)
{
	struct world *world = *state;

	file_number_lines(world->path, 0, 100000);
	tail_read(&world->tail);
	assert_string_equal(last(world), "line 99999");
	assert_true(world->tail.length <= TAIL_WINDOW);
	/* the first line of the window is whole */
	assert_memory_equal(world->tail.lines[0].bytes, "line ", 5);
}

static void a_line_longer_than_the_window_is_shown_in_part(void **state)
{
	struct world *world = *state;
	char *line = xcalloc(1, 300000);

	memset(line, 'x', 300000);
	file_write(world->path, "a", line, 300000);
	tail_read(&world->tail);
	assert_int_equal(world->tail.count, 1);
	assert_int_equal(world->tail.lines[0].length, TAIL_WINDOW);
	free(line);
}

static void new_output_does_not_move_what_is_read(void **state)
{
	struct world *world = *state;

	file_number_lines(world->path, 0, 1000);
	tail_read(&world->tail);
	tail_scroll(&world->tail, -10);
	assert_false(world->tail.follow);
	assert_string_equal(last(world), "line 989");
	file_number_lines(world->path, 1000, 50000);
	tail_read(&world->tail);
	assert_string_equal(last(world), "line 989");
	tail_follow(&world->tail);
	assert_string_equal(last(world), "line 49999");
}

static void coming_down_to_the_end_follows_again(void **state)
{
	struct world *world = *state;

	file_number_lines(world->path, 0, 100);
	tail_read(&world->tail);
	tail_scroll(&world->tail, -3);
	tail_scroll(&world->tail, 2);
	assert_string_equal(last(world), "line 98");
	assert_false(world->tail.follow);
	tail_scroll(&world->tail, 1);
	assert_string_equal(last(world), "line 99");
	assert_true(world->tail.follow);
}

static void one_can_scroll_far_beyond_the_window(void **state)
{
	struct world *world = *state;

	file_number_lines(world->path, 0, 20000);
	tail_read(&world->tail);
	tail_scroll(&world->tail, -15000);
	assert_string_equal(last(world), "line 4999");
	tail_start(&world->tail, 10);
	assert_int_equal(world->tail.count, 10);
	assert_string_equal(last(world), "line 9");
	tail_scroll(&world->tail, -100); /* the first line stays */
	assert_string_equal(last(world), "line 0");
}

static void a_file_that_shrinks_or_goes_is_no_trouble(void **state)
{
	struct world *world = *state;

	file_number_lines(world->path, 0, 1000);
	tail_read(&world->tail);
	tail_scroll(&world->tail, -10);
	file_write(world->path, "w", "new\n", 4);
	assert_true(tail_read(&world->tail));
	assert_string_equal(last(world), "new");
	assert_int_equal(unlink(world->path), 0);
	assert_true(tail_read(&world->tail));
	assert_int_equal(world->tail.count, 0);
}

static void another_file_begins_at_its_end(void **state)
{
	struct world *world = *state;
	char *other = xasprintf("%s/other", world->folder);

	file_number_lines(world->path, 0, 100);
	tail_read(&world->tail);
	tail_scroll(&world->tail, -10);
	tail_open(&world->tail, world->path); /* the same: stays */
	assert_false(world->tail.follow);
	tail_open(&world->tail, other);
	assert_true(world->tail.follow);
	assert_false(tail_read(&world->tail));
	free(other);
}

int main(void)
{
#define tail_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		tail_test(a_file_that_is_not_there_has_no_lines),
		tail_test(lines_appear_as_they_are_written),
		tail_test(of_a_long_file_only_the_end_is_held),
		tail_test(a_line_longer_than_the_window_is_shown_in_part),
		tail_test(new_output_does_not_move_what_is_read),
		tail_test(coming_down_to_the_end_follows_again),
		tail_test(one_can_scroll_far_beyond_the_window),
		tail_test(a_file_that_shrinks_or_goes_is_no_trouble),
		tail_test(another_file_begins_at_its_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
