/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "base/buf.h"
#include "tui/grid.h"

static struct grid *grid;
static struct buf dump;

static int make(void **state)
{
	(void)state;
	grid = grid_new(10, 3, false);
	buf_init(&dump, 0);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	grid_free(grid);
	buf_release(&dump);
	return 0;
}

static const char *text(void)
{
	buf_clear(&dump);
	grid_dump_text(grid, &dump);
	dump.text[dump.length] = '\0';
	return dump.text;
}

static const char *roles(void)
{
	buf_clear(&dump);
	grid_dump_roles(grid, &dump);
	return dump.text;
}

static void a_new_page_is_blank(void **state)
{
	(void)state;
	assert_string_equal(text(), "\n\n\n");
	assert_string_equal(roles(), "..........\n..........\n..........\n");
}

static void text_that_fits_is_drawn_whole(void **state)
{
	(void)state;
	assert_int_equal(grid_text(grid, 1, 1, 5, ROLE_BAD, "hello"), 5);
	assert_string_equal(text(), "\n hello\n\n");
	assert_string_equal(roles(), "..........\n.BBBBB....\n..........\n");
}

static void text_that_does_not_fit_ends_in_a_tilde(void **state)
{
	(void)state;
	assert_int_equal(grid_text(grid, 0, 0, 4, ROLE_PLAIN, "hello"), 4);
	assert_string_equal(text(), "hel~\n\n\n");
	assert_int_equal(grid_text(grid, 0, 1, 1, ROLE_PLAIN, "hello"), 1);
	assert_int_equal(grid_text(grid, 0, 2, 0, ROLE_PLAIN, "hello"), 0);
	assert_int_equal(grid_text(grid, 0, 2, -3, ROLE_PLAIN, "hello"), 0);
	assert_string_equal(text(), "hel~\n~\n\n");
}

static void a_wide_character_that_does_not_fit_becomes_a_space(void **state)
{
	(void)state;
	grid_text(grid, 0, 0, 4, ROLE_PLAIN, "中文字");
	assert_string_equal(text(), "中 ~\n\n\n");
	grid_text(grid, 9, 1, 5, ROLE_PLAIN, "中"); /* over the edge */
	assert_string_equal(text(), "中 ~\n\n\n");
}

static void half_of_a_wide_character_is_none(void **state)
{
	(void)state;
	grid_text(grid, 0, 0, 10, ROLE_PLAIN, "中文");
	grid_text(grid, 1, 0, 1, ROLE_PLAIN, "x");
	assert_string_equal(text(), " x文\n\n\n");
	grid_text(grid, 2, 0, 1, ROLE_PLAIN, "y");
	assert_string_equal(text(), " xy\n\n\n");
	grid_text(grid, 0, 0, 10, ROLE_PLAIN, "ab文");
	grid_text(grid, 1, 0, 2, ROLE_PLAIN, "中");
	assert_string_equal(text(), "a中\n\n\n");
}

static void what_is_outside_is_dropped(void **state)
{
	(void)state;
	grid_text(grid, -2, 0, 10, ROLE_PLAIN, "abcd");
	grid_text(grid, 8, 1, 10, ROLE_PLAIN, "abcd");
	grid_text(grid, 0, 7, 10, ROLE_PLAIN, "abcd");
	grid_text(grid, 0, -1, 10, ROLE_PLAIN, "abcd");
	assert_string_equal(text(), "cd\n        ab\n\n");
	grid_box(grid, -5, -5, 30, 30, "title");
	grid_recolour(grid, -5, -5, 30, 30, ROLE_DIM);
	assert_string_equal(text(), "\n\n\n");
	assert_null(grid_at(grid, 10, 0));
	assert_null(grid_at(grid, 0, -1));
}

static void stand_ins_have_a_role_of_their_own(void **state)
{
	(void)state;
	grid_text(grid, 0, 0, 10, ROLE_GOOD, "a\001^[\002b");
	assert_string_equal(text(), "a^[b\n\n\n");
	assert_memory_equal(roles(), "GeeG......", 10);
}

/* red, a stand-in and blue, as base/text tells them */
static const char coloured[] = "ar^Abkp";

static void text_has_its_own_colours_where_it_may(void **state)
{
	(void)state;
	grid_text(grid, 0, 0, 10, ROLE_PLAIN, coloured);
	assert_memory_equal(roles(), "..ee......", 10);
	grid->colours = true;
	grid_text(grid, 0, 0, 10, ROLE_PLAIN, coloured);
	assert_memory_equal(roles(), ".reeb.....", 10);
	/* what already means something stays that */
	grid_text(grid, 0, 0, 10, ROLE_BAD, coloured);
	assert_memory_equal(roles(), "BBeeBBB...", 10);
}

static void lines_have_an_ascii_form(void **state)
{
	(void)state;
	grid_box(grid, 0, 0, 10, 3, "t");
	assert_string_equal(text(), "┌─ t ────┐\n│        │\n└────────┘\n");
	grid_clear(grid, 4, 3);
	grid->ascii = true;
	grid_box(grid, 0, 0, 4, 3, "");
	assert_string_equal(text(), "+--+\n|  |\n+--+\n");
}

static void text_can_end_at_a_column(void **state)
{
	(void)state;
	grid_right(grid, 10, 0, ROLE_PLAIN, "end");
	grid_right(grid, 2, 1, ROLE_PLAIN, "end");
	assert_string_equal(text(), "       end\nnd\n\n");
}

static void every_role_has_a_letter(void **state)
{
	const char *letters;

	(void)state;
	grid_clear(grid, ROLE_COUNT, 1);
	for (int role = 0; role < ROLE_COUNT; role++)
		grid_recolour(grid, role, 0, 1, 1, (enum role)role);
	letters = roles();
	assert_int_equal(strlen(letters), ROLE_COUNT + 1);
	for (int role = 0; role < ROLE_COUNT; role++)
		assert_ptr_equal(strchr(letters, letters[role]),
				 letters + role);
}

static void a_page_is_never_smaller_than_one_cell(void **state)
{
	(void)state;
	grid_clear(grid, 0, -3);
	grid_text(grid, 0, 0, 10, ROLE_PLAIN, "abc");
	assert_string_equal(text(), "a\n");
}

int main(void)
{
#define page_test(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		page_test(a_new_page_is_blank),
		page_test(text_that_fits_is_drawn_whole),
		page_test(text_that_does_not_fit_ends_in_a_tilde),
		page_test(a_wide_character_that_does_not_fit_becomes_a_space),
		page_test(half_of_a_wide_character_is_none),
		page_test(what_is_outside_is_dropped),
		page_test(stand_ins_have_a_role_of_their_own),
		page_test(text_has_its_own_colours_where_it_may),
		page_test(lines_have_an_ascii_form),
		page_test(text_can_end_at_a_column),
		page_test(every_role_has_a_letter),
		page_test(a_page_is_never_smaller_than_one_cell),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
