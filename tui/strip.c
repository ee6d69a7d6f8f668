/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/strip.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "tui/grid.h"
#include "tui/model.h"
#include "tui/panes.h"

void strip_left(char *out, size_t size, const struct model *model, bool doubts)
{
	size_t length = 0;

	out[0] = '\0';
	if (model->state == PLAN_TEST && model->suspects > 0)
		length = (size_t)snprintf(out, size, "%s", model->to_go);
	if (doubts && model->culprit < 0 && *model->sure && length < size)
		length += (size_t)snprintf(out + length, size - length, "%s%s",
					   length ? " | " : "", model->sure);
	if (doubts && model->question_count && length < size)
		length += (size_t)snprintf(
			out + length, size - length, "%s%d question%s in 6",
			length ? " | " : "", model->question_count,
			model->question_count == 1 ? "" : "s");
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

/* Where what is tested stands: an end that is confirmed is in no middle. */
static int test_column(const struct model *model, int good, int bad)
{
	if (model->test.commit < 0)
		return (good + bad) / 2;
	if (model->test.commit == model->good.commit)
		return good;
	if (model->test.commit == model->bad.commit)
		return bad;
	return (good + bad) / 2;
}

static void draw_three(struct grid *grid, const struct model *model)
{
	int right = grid->columns - 2;
	int good = model->oldest.commit < 0 ? 1 : 1 + right / 4;
	int bad = model->reported.commit < 0 ? right : 1 + right * 3 / 4;
	int test = test_column(model, good, bad);

	draw_line_of_strip(grid, model, good, test, bad);
	if (model->oldest.commit >= 0)
		draw_mark(grid, 1, &model->oldest, ROLE_LINE, "first");
	if (model->reported.commit >= 0)
		draw_mark(grid, right, &model->reported, ROLE_LINE, "reported");
	draw_mark(grid, good, &model->good,
		  panes_verdict_role(model->good.verdict),
		  test == good ? model->test_label : "");
	draw_mark(grid, bad, &model->bad,
		  panes_verdict_role(model->bad.verdict),
		  test == bad ? model->test_label : "");
	if (model->test.commit < 0 || test == good || test == bad)
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

	strip_left(left, sizeof(left), model, false);
	end = grid->columns - 1 - text_width(left);
	line = end - 3 - 2 * 18;
	line = line > 19 ? 19 : line;
	x = draw_end(grid, 1, &model->good);
	grid_repeat(grid, x, 1, line, ROLE_PLAIN, GLYPH_THICK);
	if (model->test.commit >= 0)
		grid_glyph(grid, test_column(model, x, x + line - 1), 1,
			   ROLE_RUNNING, GLYPH_DIAMOND);
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
	x += 2;
	x += grid_text(grid, x, 1, grid->columns - 1 - x, ROLE_TITLE,
		       model->culprit_id);
	if (grid->columns - 2 - x > text_width(model->sure))
		grid_right(grid, grid->columns - 1, 1, ROLE_PLAIN, model->sure);
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

void strip_draw(struct grid *grid, const struct model *model, int rows)
{
	if (model->warning_count)
		draw_warning(grid, model);
	if (model->culprit >= 0)
		draw_culprit(grid, model);
	else if (model->candidate_count)
		draw_candidates(grid, model);
	else if (rows == 3)
		draw_three(grid, model);
	else
		draw_short_strip(grid, model);
}
