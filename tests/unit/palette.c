/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The line on which orders are written: its words, what fits, how it looks.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "session/session.h"
#include "tests/unit/golden.h"
#include "tests/unit/tale.h"
#include "tui/grid.h"
#include "tui/home.h"
#include "tui/input.h"
#include "tui/model.h"
#include "tui/palette.h"
#include "tui/tail.h"

static struct model model;

static int tell_model(void **state)
{
	tell_binder(state);
	model_init(&model);
	model_build(
		&model, binder.session,
		&(struct model_view){ .now = binder.now,
				      .selected = -1,
				      .show = SHOW_NEWEST,
				      .can_run = true,
				      .engine = { true, 4127, "buildbox" } });
	return 0;
}

static int forget_model(void **state)
{
	model_release(&model);
	return forget_binder(state);
}

static void type(struct palette *palette, const char *keys)
{
	for (; *keys; keys++)
		palette_key(palette, &model, *keys);
}

static void words_are_split_as_a_shell_would(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "good", "good|" },
		{ "  skip  a..b ", "skip|a..b|" },
		{ "note 'a b' \"c d\" e", "note|a b|c d|e|" },
		{ "same \"it's\" a\\ b", "same|it's|a b|" },
		{ "x '' y", "x||y|" },
		{ "a'b'c", "abc|" },
		{ "\\'", "'|" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct argv words = ARGV_INIT;
		struct buf all;

		buf_init(&all, 0);
		assert_int_equal(palette_words(cases[i].text, &words, NULL), 0);
		for (size_t k = 0; k < words.count; k++)
			buf_printf(&all, "%s|", words.items[k]);
		assert_string_equal(all.text, cases[i].words);
		buf_release(&all);
		argv_free(words.items);
	}
}

static void a_quote_that_stays_open_is_said(void **state)
{
	struct argv words = ARGV_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(palette_words("note \"a b", &words, &err), -1);
	assert_string_equal(err.text, "the quote \" is not closed");
	assert_null(words.items);
}

static void a_tab_completes_commands_and_ids(void **state)
{
	struct palette palette;

	(void)state;
	palette_open(&palette);
	type(&palette, "ret\t");
	assert_string_equal(palette.text, "retract ");
	type(&palette, "601\t");
	assert_string_equal(palette.text, "retract 6012273897fe ");
	/* what nothing fits stays as it is */
	palette_open(&palette);
	type(&palette, "xyz\t");
	assert_string_equal(palette.text, "xyz");
}

static void what_fits_is_chosen_with_up_and_down(void **state)
{
	struct palette palette;

	(void)state;
	palette_open(&palette);
	type(&palette, "re");
	palette_key(&palette, &model, INPUT_DOWN);
	palette_key(&palette, &model, INPUT_DOWN);
	assert_int_equal(palette_key(&palette, &model, INPUT_ENTER),
			 PALETTE_STAYS);
	assert_string_equal(palette.text, "redo ");
	assert_int_equal(palette_key(&palette, &model, INPUT_ENTER),
			 PALETTE_APPLY);
	palette_open(&palette);
	type(&palette, "re");
	palette_key(&palette, &model, INPUT_UP);
	assert_true(palette.chosen > 1);
	palette_key(&palette, &model, INPUT_DOWN);
	assert_int_equal(palette.chosen, -1);
}

static void an_empty_line_closes_it(void **state)
{
	struct palette palette;

	(void)state;
	palette_open(&palette);
	assert_int_equal(palette_key(&palette, &model, INPUT_ENTER),
			 PALETTE_CLOSED);
	palette_open(&palette);
	type(&palette, "a");
	assert_int_equal(palette_key(&palette, &model, INPUT_BACKSPACE),
			 PALETTE_STAYS);
	assert_int_equal(palette_key(&palette, &model, INPUT_BACKSPACE),
			 PALETTE_CLOSED);
	assert_false(palette.open);
}

static void picture(const char *name, int columns, int rows,
		    const struct palette *palette)
{
	struct grid *grid = grid_new(columns, rows, false);
	struct home home = { .line = 0 };
	struct tail tail;

	tail_init(&tail);
	home_draw(grid, &model, &home, &tail);
	palette_draw(grid, palette, &model);
	if (name)
		golden_compare(name, grid);
	tail_release(&tail);
	grid_free(grid);
}

static void it_stands_over_the_view(void **state)
{
	struct palette palette;

	(void)state;
	palette_open(&palette);
	picture("palette-80x24", 80, 24, &palette);
	type(&palette, "re");
	palette_key(&palette, &model, INPUT_DOWN);
	picture("palette-100x30", 100, 30, &palette);
	palette_open(&palette);
	type(&palette, "more ");
	picture("palette-commits", 100, 30, &palette);
	str_copy(palette.complaint, sizeof(palette.complaint),
		 "'x' is not an order: see 'culprit help'");
	picture("palette-40x12", 40, 12, &palette);
}

static void no_size_breaks_it(void **state)
{
	struct palette palette;

	(void)state;
	palette_open(&palette);
	for (int columns = 1; columns < 180; columns += 7)
		for (int rows = 1; rows < 40; rows += 3)
			picture(NULL, columns, rows, &palette);
	for (int i = 0; i < 2 * PALETTE_TEXT; i++)
		palette_key(&palette, &model, 0x4e2d); /* a wide one */
	picture(NULL, 80, 24, &palette);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_a_shell_would),
		cmocka_unit_test(a_quote_that_stays_open_is_said),
		cmocka_unit_test(a_tab_completes_commands_and_ids),
		cmocka_unit_test(what_fits_is_chosen_with_up_and_down),
		cmocka_unit_test(an_empty_line_closes_it),
		cmocka_unit_test(it_stands_over_the_view),
		cmocka_unit_test(no_size_breaks_it),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, tell_model, forget_model);
}
