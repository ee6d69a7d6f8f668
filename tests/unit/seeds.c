/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Five of syzbot's own bisections on the screen: every view at every step and
 * every size, and pictures of some.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "session/session.h"
#include "tests/unit/screen_world.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/view.h"

static const char *const seeds[] = { "000", "001", "002", "003", "004" };

struct size {
	int columns, rows;
};

static const struct size sizes[] = {
	{ 1, 1 },   { 39, 9 },	 { 40, 10 },  { 40, 12 },
	{ 80, 24 }, { 100, 30 }, { 160, 45 }, { 300, 80 },
};

/* A screen on a seed, as `culprit replay` opens it, at its first step. */
static void open_seed(struct app *app, struct tale *tale, const char *seed,
		      bool ascii)
{
	tale_begin(tale);
	tale_of_seed(tale, seed);
	open_screen(app, tale, ascii);
	app_begin_replay(app);
}

static void close_seed(struct app *app, struct tale *tale)
{
	app_release(app);
	tale_end(tale);
}

/* No cell holds what could reach a terminal as more than a sign. */
static void is_harmless(const struct grid *grid)
{
	for (int y = 0; y < grid->rows; y++)
		for (int x = 0; x < grid->columns; x++) {
			const struct cell *cell = grid_at(grid, x, y);

			for (const char *p = cell->bytes; *p; p++)
				if ((unsigned char)*p < ' ' || *p == 0x7f)
					fail_msg("a control byte at %d,%d", x,
						 y);
		}
}

static void every_view_can_be_drawn_at_every_step_and_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct grid *grid = grid_new(1, 1, false);
		struct tale tale;
		struct app app;
		int step = 0;

		open_seed(&app, &tale, seeds[i], false);
		while (!replay_at_end(&app.replay)) {
			const struct size *size =
				&sizes[step++ %
				       (int)(sizeof(sizes) / sizeof(*sizes))];

			for (const char *view = "123456798"; *view; view++) {
				app_key(&app, *view);
				grid_clear(grid, size->columns, size->rows);
				app_draw(&app, grid);
				is_harmless(grid);
			}
			type(&app, "j");
		}
		assert_true(step >= 16);
		grid_free(grid);
		close_seed(&app, &tale);
	}
}

/* What was known by then is as it is known in the end. */
static void the_steps_grow_one_by_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct model_row end[64];
		struct tale tale;
		struct app app;
		int count;

		open_seed(&app, &tale, seeds[i], false);
		type(&app, "G");
		count = app.model.row_count;
		assert_in_range(count, 16, 64);
		for (int row = 0; row < count; row++)
			end[row] = app.model.rows[row];
		for (int step = 0; step + 1 < count; step++) {
			replay_jump(&app.replay, step);
			app_go_to_time(&app);
			for (int row = 0; row <= step; row++) {
				const struct model_row *now =
					&app.model.rows[row];

				assert_string_equal(now->id, end[row].id);
				assert_int_equal(now->verdict,
						 end[row].verdict);
				assert_int_equal(now->left, end[row].left);
			}
			assert_in_range(app.model.row_count, step + 1,
					step + 2);
		}
		close_seed(&app, &tale);
	}
}

static void picture_of(struct app *app, const char *seed, const char *what,
		       struct size size)
{
	char name[64];

	snprintf(name, sizeof(name), "seed-%s-%s", seed, what);
	picture(app, name, size.columns, size.rows, "");
}

static void pictures_of_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++) {
		struct tale tale;
		struct app app;

		open_seed(&app, &tale, seeds[i], false);
		type(&app, ":12\n");
		picture_of(&app, seeds[i], "replay", (struct size){ 100, 30 });
		type(&app, "3");
		picture_of(&app, seeds[i], "runs", (struct size){ 80, 24 });
		type(&app, "8G1");
		picture_of(&app, seeds[i], "steps", (struct size){ 160, 45 });
		type(&app, "2");
		picture_of(&app, seeds[i], "range", (struct size){ 100, 30 });
		type(&app, "6");
		picture_of(&app, seeds[i], "evidence",
			   (struct size){ 100, 30 });
		type(&app, "9");
		picture_of(&app, seeds[i], "log", (struct size){ 80, 24 });
		close_seed(&app, &tale);
		open_seed(&app, &tale, seeds[i], true);
		type(&app, ":7\n");
		picture_of(&app, seeds[i], "ascii", (struct size){ 80, 24 });
		picture_of(&app, seeds[i], "small", (struct size){ 40, 12 });
		close_seed(&app, &tale);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_view_can_be_drawn_at_every_step_and_size),
		cmocka_unit_test(the_steps_grow_one_by_one),
		cmocka_unit_test(pictures_of_each),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
