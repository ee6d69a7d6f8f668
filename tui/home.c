/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/home.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/model.h"
#include "tui/panes.h"
#include "tui/peek.h"
#include "tui/strip.h"
#include "tui/tail.h"

#define FEW_SUSPECTS 16 /* or fewer: they are best seen in the range */
#define FULL_COLUMNS 80
#define FULL_ROWS    24
#define WIDE_COLUMNS 100
#define TALL_ROWS    28
#define PEEK_COLUMNS 140
#define PEEK_ROWS    40
#define LONG_CONSOLE 21 /* rows of it, with the ruler, where there is room */

/* Where the parts stand on a page. */
struct layout {
	bool full, wide;
	int strip_rows;		 /* below the title */
	int ledger, ledger_rows; /* with the column heads */
	int pane, pane_rows;	 /* with its ruler; 0 rows: none */
	int runs_columns;	 /* 0: one pane only */
	int peek_columns;	 /* at the right; 0: no peek */
	int status, keys;
};

static bool meter_in_ledger(const struct model *model, bool wide)
{
	return wide && model->testing >= 0 &&
	       (model->rule.shown || *model->rule.text);
}

bool home_peeks(int columns, int rows)
{
	return columns >= PEEK_COLUMNS && rows >= PEEK_ROWS;
}

static struct layout layout_of(int columns, int rows, const struct model *model)
{
	struct layout at = { 0 };
	int lines, room, least;

	at.full = columns >= FULL_COLUMNS && rows >= FULL_ROWS;
	at.wide = at.full && columns >= WIDE_COLUMNS;
	at.status = rows - 2;
	at.keys = rows - 1;
	at.ledger = 1;
	at.ledger_rows = at.status - at.ledger;
	if (!at.full)
		return at;
	at.strip_rows = (at.wide && rows >= TALL_ROWS) || model->culprit >= 0 ||
					model->candidate_count
				? 3
				: 1;
	if (model->warning_count)
		at.strip_rows = 4;
	at.ledger += at.strip_rows + at.wide;
	lines = 1 + model->row_count + meter_in_ledger(model, at.wide);
	room = at.status - at.ledger;
	least = room / 3 > 6 ? room / 3 : 6;
	if (home_peeks(columns, rows) && least < LONG_CONSOLE)
		least = LONG_CONSOLE;
	at.ledger_rows = lines < room - least ? lines : room - least;
	at.pane = at.ledger + at.ledger_rows;
	at.pane_rows = at.status - at.pane;
	at.runs_columns = at.wide ? columns * 38 / 100 : 0;
	if (home_peeks(columns, rows)) {
		at.runs_columns = columns / 4;
		at.peek_columns = columns * 32 / 100;
	}
	return at;
}

int home_console_rows(int columns, int rows, const struct model *model)
{
	struct layout at = layout_of(columns, rows, model);

	return at.pane_rows > 1 ? at.pane_rows - 1 : 1;
}

/* The commit of the selected step. */
static void draw_peek(struct grid *grid, const struct layout *at,
		      const struct model *model, const struct home *home)
{
	struct area area = { grid->columns - at->peek_columns, at->pane,
			     at->peek_columns, at->pane_rows };
	const struct model_row *row = &model->rows[model->selected];

	panes_ruler(grid, area, "7 Commit", false, row->id);
	grid_glyph(grid, area.x, area.y, ROLE_LINE, GLYPH_TEE_DOWN);
	for (int y = area.y + 1; y < at->status; y++)
		grid_glyph(grid, area.x, y, ROLE_LINE, GLYPH_VLINE);
	peek_draw(grid,
		  (struct area){ area.x + 2, area.y + 1, area.width - 2,
				 area.height - 1 },
		  home->peek,
		  &(struct peek_known){ home->peek->wanted, row->subject,
					model->believed, "" });
}

static void draw_panes(struct grid *grid, const struct layout *at,
		       const struct model *model, const struct home *home,
		       const struct tail *tail)
{
	struct area left = { 0, at->pane, at->runs_columns, at->pane_rows };
	bool peeks = at->peek_columns && home->peek && model->selected >= 0;
	struct area right = { at->runs_columns, at->pane,
			      grid->columns - at->runs_columns -
				      (peeks ? at->peek_columns : 0),
			      at->pane_rows };
	struct area inside = { right.x + (at->wide ? 2 : 1), right.y + 1,
			       right.width - (at->wide ? 3 : 2),
			       right.height - 1 };
	char done[32] = "", remark[MODEL_TEXT + 64], size[24];

	if (peeks)
		draw_peek(grid, at, model, home);
	if (model->run_count)
		snprintf(done, sizeof(done), "%d/%d done", model->runs_done,
			 model->run_count);
	if (!at->wide && home->focus == PANE_RUNS) {
		panes_ruler(grid, right, "3 Runs", true, done);
		panes_runs(grid, inside, model, home);
		return;
	}
	if (tail->follow || !tail->path)
		snprintf(remark, sizeof(remark), "%s%s", model->console_title,
			 model->console ? "  FOLLOW" : "");
	else
		snprintf(remark, sizeof(remark), "%s  PAUSED, %s below",
			 model->console_title,
			 str_size(size, tail->size - tail->end));
	right.x += at->wide;
	right.width -= at->wide;
	panes_ruler(grid, right, "5 Console", home->focus == PANE_CONSOLE,
		    remark);
	panes_console(grid, inside, model, home, tail);
	if (!at->wide)
		return;
	right.x--;
	panes_ruler(grid, left, "3 Runs", home->focus == PANE_RUNS, done);
	grid_glyph(grid, right.x, right.y, ROLE_LINE, GLYPH_TEE_DOWN);
	for (int y = right.y + 1; y < at->status; y++)
		grid_glyph(grid, right.x, y, ROLE_LINE, GLYPH_VLINE);
	left.y++;
	left.height--;
	left.width--;
	panes_runs(grid, left, model, home);
}

static void draw_status(struct grid *grid, const struct layout *at,
			const struct model *model, const struct home *home)
{
	bool stuck = model->badge == BADGE_LOST || model->badge == BADGE_IDLE;
	bool works = model->engine_stage == ENGINE_WORKS;
	bool rule = model->rule.shown || *model->rule.text;
	int width = grid->columns - 2;

	if (*home->toast)
		frame_toast(grid, at->status, home);
	else if (rule && works && !stuck && !meter_in_ledger(model, at->wide))
		panes_meter(grid, 1, at->status, width, model);
	else
		grid_text(grid, 1, at->status, width,
			  stuck ? ROLE_SKIP : ROLE_DIM, model->status);
}

/* The most wanted first. */
static void draw_keys(struct grid *grid, const struct model *model,
		      const struct home *home)
{
	const struct key_hint hints[] = {
		{ "O", "steer from here" },
		{ "x", "ignore run" },
		{ "F", "follow" },
		{ "R", "start engine" },
		{ "m", "what crashed" },
		{ "v", "verdict" },
		{ "a", "accept" },
		{ "p", model->resumes ? "resume" : "pause" },
		{ "Enter", "open" },
		{ "Tab", "pane" },
		{ "u", "undo" },
		{ "t", "test next" },
		{ "2", "range" },
		{ "6", "evidence" },
		{ "C", "verify" },
		{ "7", "commit" },
		{ "9", "log" },
	};
	const bool wanted[] = {
		model->reads,
		home->focus == PANE_RUNS,
		home->focus == PANE_CONSOLE,
		model->badge == BADGE_LOST || model->badge == BADGE_IDLE,
		model->asked_commit >= 0 ||
			(home->focus == PANE_RUNS && home->line > 0 &&
			 home->line <= model->run_count &&
			 model->runs[home->line - 1].crashed),
		true,
		model->rule.shown &&
			model->rule.judgement.leaning != VERDICT_NONE,
		model->badge != BADGE_HAND && model->badge != BADGE_DONE,
		home->focus == PANE_RUNS,
		true,
		true,
		home->focus == PANE_LEDGER && model->badge != BADGE_DONE,
		model->suspects > 1 && model->suspects <= FEW_SUSPECTS,
		model->row_count > 1,
		model->badge == BADGE_DONE,
		model->selected >= 0,
		true,
	};
	struct key_hint shown[sizeof(hints) / sizeof(*hints)];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (wanted[i])
			shown[count++] = hints[i];
	frame_keys(grid, shown, count, "detach");
}

void home_draw(struct grid *grid, const struct model *model,
	       const struct home *home, const struct tail *tail)
{
	struct layout at = layout_of(grid->columns, grid->rows, model);
	struct area ledger = { 0, at.ledger, grid->columns, at.ledger_rows };

	if (frame_too_small(grid))
		return;
	frame_title(grid, model);
	if (at.full)
		strip_draw(grid, model, at.strip_rows);
	if (at.wide) {
		struct area ruler = { 0, at.ledger - 1, grid->columns, 1 };
		char remark[96];

		strip_left(remark, sizeof(remark), model, true);
		panes_ruler(grid, ruler, "1 Steps", home->focus == PANE_LEDGER,
			    remark);
	}
	if (at.pane_rows)
		draw_panes(grid, &at, model, home, tail);
	panes_ledger(grid, ledger, model, home,
		     meter_in_ledger(model, at.wide));
	draw_status(grid, &at, model, home);
	draw_keys(grid, model, home);
}
