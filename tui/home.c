/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/home.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "tui/frame.h"
#include "tui/grid.h"
#include "tui/model.h"
#include "tui/panes.h"
#include "tui/tail.h"

#define FEW_SUSPECTS 16 /* or fewer: they are best seen in the range */
#define FULL_COLUMNS 80
#define FULL_ROWS    24
#define WIDE_COLUMNS 100
#define TALL_ROWS    28

/* Where the parts stand on a page. */
struct layout {
	bool full, wide;
	int strip_rows;		 /* below the title */
	int ledger, ledger_rows; /* with the column heads */
	int pane, pane_rows;	 /* with its ruler; 0 rows: none */
	int runs_columns;	 /* 0: one pane only */
	int status, keys;
};

static bool meter_in_ledger(const struct model *model, bool wide)
{
	return wide && model->testing >= 0 &&
	       (model->rule.shown || *model->rule.text);
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
	at.ledger_rows = lines < room - least ? lines : room - least;
	at.pane = at.ledger + at.ledger_rows;
	at.pane_rows = at.status - at.pane;
	at.runs_columns = at.wide ? columns * 38 / 100 : 0;
	return at;
}

int home_console_rows(int columns, int rows, const struct model *model)
{
	struct layout at = layout_of(columns, rows, model);

	return at.pane_rows > 1 ? at.pane_rows - 1 : 1;
}

static void left_text(char *out, size_t size, const struct model *model,
		      bool doubts)
{
	size_t length = 0;

	out[0] = '\0';
	if (model->state == PLAN_TEST && model->suspects > 0)
		length = (size_t)snprintf(out, size, "%d left, ~%d %s",
					  model->left, model->steps,
					  model->steps == 1 ? "step" : "steps");
	if (doubts && model->doubtful && length < size)
		snprintf(out + length, size - length, "%s%d doubtful",
			 length ? " | " : "", model->doubtful);
}

/* Text around a column, but inside the page. */
static void centred(struct grid *grid, int centre, int y, enum role role,
		    const char *text)
{
	int width = text_width(text), x = centre - width / 2;

	if (x + width > grid->columns - 1)
		x = grid->columns - 1 - width;
	if (x < 1)
		x = 1;
	grid_text(grid, x, y, width, role, text);
}

/* One end of the range: its name, its tick and its id. */
static void draw_mark(struct grid *grid, int x, const struct model_mark *mark,
		      enum role tick, const char *outer)
{
	bool named = *mark->name != '\0';
	char label[96];

	snprintf(label, sizeof(label), "%s%s%s", named ? mark->name : outer,
		 (named || *outer) && tick != ROLE_LINE ? " " : "",
		 tick != ROLE_LINE ? verdict_word(mark->verdict) : "");
	centred(grid, x, 1, tick == ROLE_LINE ? ROLE_PLAIN : tick, label);
	centred(grid, x, 3, tick == ROLE_LINE ? ROLE_DIM : ROLE_PLAIN,
		mark->commit < 0 ? "not known" : mark->id);
}

static void draw_line_of_strip(struct grid *grid, const struct model *model,
			       int good, int test, int bad)
{
	int right = grid->columns - 2;

	grid_repeat(grid, 1, 2, right, ROLE_LINE, GLYPH_HLINE);
	grid_glyph(grid, 1, 2, ROLE_LINE, GLYPH_LEFT_END);
	grid_glyph(grid, right, 2, ROLE_LINE, GLYPH_RIGHT_END);
	grid_repeat(grid, good, 2, bad - good, ROLE_PLAIN, GLYPH_THICK);
	grid_glyph(grid, good, 2, panes_verdict_role(model->good.verdict),
		   GLYPH_TICK);
	grid_glyph(grid, bad, 2, panes_verdict_role(model->bad.verdict),
		   GLYPH_TICK);
	if (model->test.commit >= 0)
		grid_glyph(grid, test, 2, ROLE_RUNNING, GLYPH_DIAMOND);
}

static void draw_strip(struct grid *grid, const struct model *model)
{
	int right = grid->columns - 2;
	int good = model->oldest.commit < 0 ? 1 : 1 + right / 4;
	int bad = model->reported.commit < 0 ? right : 1 + right * 3 / 4;
	int test = (good + bad) / 2;

	draw_line_of_strip(grid, model, good, test, bad);
	if (model->oldest.commit >= 0)
		draw_mark(grid, 1, &model->oldest, ROLE_LINE, "first");
	if (model->reported.commit >= 0)
		draw_mark(grid, right, &model->reported, ROLE_LINE, "reported");
	draw_mark(grid, good, &model->good,
		  panes_verdict_role(model->good.verdict), "");
	draw_mark(grid, bad, &model->bad,
		  panes_verdict_role(model->bad.verdict), "");
	if (model->test.commit < 0)
		return;
	centred(grid, test, 1, ROLE_RUNNING, model->test_label);
	centred(grid, test, 3, ROLE_RUNNING, model->test.id);
}

static int draw_end(struct grid *grid, int x, const struct model_mark *mark)
{
	x += grid_text(grid, x, 1, 8, panes_verdict_role(mark->verdict),
		       verdict_word(mark->verdict)) +
	     1;
	return x +
	       grid_text(grid, x, 1, OID_SHORT, ROLE_PLAIN,
			 mark->commit < 0 ? "not known" : mark->id) +
	       1;
}

/* The strip in one row. */
static void draw_short_strip(struct grid *grid, const struct model *model)
{
	char left[64];
	int x, line, end;

	left_text(left, sizeof(left), model, false);
	end = grid->columns - 1 - text_width(left);
	line = end - 3 - 2 * 18;
	line = line > 19 ? 19 : line;
	x = draw_end(grid, 1, &model->good);
	grid_repeat(grid, x, 1, line, ROLE_PLAIN, GLYPH_THICK);
	if (model->test.commit >= 0)
		grid_glyph(grid, x + line / 2, 1, ROLE_RUNNING, GLYPH_DIAMOND);
	draw_end(grid, x + line + 1, &model->bad);
	grid_right(grid, grid->columns - 1, 1, ROLE_PLAIN, left);
}

static void draw_culprit(struct grid *grid, const struct model *model)
{
	time_t at = (time_t)model->culprit_date;
	int width = grid->columns - 2, x = 1;
	char date[32] = "";
	struct tm when;

	x += grid_text(grid, x, 1, width, model->fix ? ROLE_GOOD : ROLE_BAD,
		       model->fix ? "first fixed commit" : "first bad commit");
	grid_text(grid, x + 2, 1, grid->columns - 1 - x - 2, ROLE_TITLE,
		  model->culprit_id);
	grid_text(grid, 1, 2, width, ROLE_TITLE, model->culprit_subject);
	if (at && gmtime_r(&at, &when))
		strftime(date, sizeof(date), "   %Y-%m-%d", &when);
	grid_printf(grid, 1, 3, width, ROLE_PLAIN, "%s%s",
		    model->culprit_author, date);
}

static void draw_candidates(struct grid *grid, const struct model *model)
{
	int width = grid->columns - 2, line = width / (OID_SHORT + 1);
	const char *ids = model->candidates;
	size_t cut = (size_t)line * (OID_SHORT + 1);

	grid_printf(grid, 1, 1, width, ROLE_SKIP,
		    "the culprit is one of these %d, all that is left:",
		    model->candidate_count);
	if (strlen(ids) <= cut) {
		grid_text(grid, 1, 2, width, ROLE_PLAIN, ids);
		return;
	}
	grid_printf(grid, 1, 2, width, ROLE_PLAIN, "%.*s", (int)cut, ids);
	grid_text(grid, 1, 3, width, ROLE_PLAIN, ids + cut);
}

static void draw_warning(struct grid *grid, const struct model *model)
{
	int x = 1, end = grid->columns - 1;
	char more[24] = "";

	if (model->warning_count > 1)
		snprintf(more, sizeof(more), " +%d more",
			 model->warning_count - 1);
	x += grid_text(grid, x, 4, 8, ROLE_SKIP, "warning:") + 1;
	x += grid_text(grid, x, 4, end - x - text_width(more), ROLE_PLAIN,
		       model->warning);
	grid_text(grid, x, 4, end - x, ROLE_DIM, more);
}

static void draw_place(struct grid *grid, const struct model *model, int rows)
{
	if (model->warning_count)
		draw_warning(grid, model);
	if (model->culprit >= 0)
		draw_culprit(grid, model);
	else if (model->candidate_count)
		draw_candidates(grid, model);
	else if (rows == 3)
		draw_strip(grid, model);
	else
		draw_short_strip(grid, model);
}

static void draw_panes(struct grid *grid, const struct layout *at,
		       const struct model *model, const struct home *home,
		       const struct tail *tail)
{
	struct area left = { 0, at->pane, at->runs_columns, at->pane_rows };
	struct area right = { at->runs_columns, at->pane,
			      grid->columns - at->runs_columns, at->pane_rows };
	struct area inside = { right.x + (at->wide ? 2 : 1), right.y + 1,
			       right.width - (at->wide ? 3 : 2),
			       right.height - 1 };
	char done[32] = "", remark[MODEL_TEXT + 64];

	if (model->run_count)
		snprintf(done, sizeof(done), "%d/%d done", model->runs_done,
			 model->run_count);
	if (!at->wide && home->focus == PANE_RUNS) {
		panes_ruler(grid, right, "Runs", true, done);
		panes_runs(grid, inside, model, home);
		return;
	}
	if (tail->follow || !tail->path)
		snprintf(remark, sizeof(remark), "%s%s", model->console_title,
			 model->console ? "  FOLLOW" : "");
	else
		snprintf(remark, sizeof(remark), "%s  PAUSED, %d KiB below",
			 model->console_title,
			 (int)((tail->size - tail->end + 1023) / 1024));
	right.x += at->wide;
	right.width -= at->wide;
	panes_ruler(grid, right, "Console", home->focus == PANE_CONSOLE,
		    remark);
	panes_console(grid, inside, model, home, tail);
	if (!at->wide)
		return;
	right.x--;
	panes_ruler(grid, left, "Runs", home->focus == PANE_RUNS, done);
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
	bool rule = model->rule.shown || *model->rule.text;
	int width = grid->columns - 2;

	if (*home->toast)
		grid_text(grid, 1, at->status, width,
			  home->toast_is_error ? ROLE_BAD : ROLE_TITLE,
			  home->toast);
	else if (rule && !stuck && !meter_in_ledger(model, at->wide))
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
		{ "x", "ignore run" },
		{ "F", "follow" },
		{ "R", "start engine" },
		{ "m", "what crashed" },
		{ "v", "verdict" },
		{ "a", "accept" },
		{ "p", model->badge == BADGE_PAUSED ? "resume" : "pause" },
		{ "Enter", "open" },
		{ "Tab", "pane" },
		{ "u", "undo" },
		{ "t", "test next" },
		{ "2", "range" },
		{ "6", "evidence" },
		{ "7", "commit" },
		{ "9", "log" },
	};
	const bool wanted[] = {
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
		home->focus == PANE_LEDGER,
		model->suspects > 1 && model->suspects <= FEW_SUSPECTS,
		model->row_count > 1,
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
	char remark[96];

	if (frame_too_small(grid))
		return;
	frame_title(grid, model);
	if (at.full)
		draw_place(grid, model, at.strip_rows);
	if (at.wide) {
		struct area ruler = { 0, at.ledger - 1, grid->columns, 1 };

		left_text(remark, sizeof(remark), model, true);
		panes_ruler(grid, ruler, "Steps", home->focus == PANE_LEDGER,
			    remark);
	}
	if (at.pane_rows)
		draw_panes(grid, &at, model, home, tail);
	panes_ledger(grid, ledger, model, home,
		     meter_in_ledger(model, at.wide));
	draw_status(grid, &at, model, home);
	draw_keys(grid, model, home);
}
