/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/screen_world.h"

#include "tests/unit/golden.h"
#include "tests/unit/tale.h"
#include "tui/app.h"
#include "tui/grid.h"
#include "tui/input.h"

void open_screen(struct app *app, const struct tale *tale, bool ascii)
{
	app_init(app, tale->session, NULL, "/bin/false", ascii);
	app_refresh(app, tale->now);
}

void type(struct app *app, const char *keys)
{
	for (; *keys; keys++) {
		app_key(app, *keys == '\n' ? INPUT_ENTER : *keys);
		while (app_work(app))
			;
	}
}

void draw_screen(struct app *app, struct grid *grid)
{
	grid_clear(grid, grid->columns, grid->rows);
	app_draw(app, grid);
}

void picture(struct app *app, const char *name, int columns, int rows,
	     const char *keys)
{
	struct grid *grid = grid_new(columns, rows, app->ascii);

	draw_screen(app, grid);
	type(app, keys);
	/* twice: on a page that was drawn before, as they always are */
	draw_screen(app, grid);
	draw_screen(app, grid);
	golden_compare(name, grid);
	grid_free(grid);
}
