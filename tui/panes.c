/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/panes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/sure.h"
#include "tui/frame.h"
#include "tui/home.h"
#include "tui/logtext.h"
#include "tui/model.h"
#include "tui/tail.h"

#define DOUBTFUL 0.95 /* of a verdict, or it is */

/* Where the columns of the ledger stand; a width of 0: there is none. */
struct columns {
	int verdict, commit;
	int runs, runs_width;
	int left_end;
	int bar, bar_width;
	int took_end;
	int sure_end;
	int subject;
	bool compact; /* notes and doubts in words, no subjects */
};

static struct columns columns_for(int width, bool sure)
{
	if (width >= 130 && sure)
		return (struct columns){ 5,  13, 27, 20, 53,   55,
					 17, 80, 89, 92, false };
	if (width >= 130)
		return (struct columns){ 5,  13, 27, 20, 53,   55,
					 17, 80, 0,  83, false };
	if (width >= 100)
		return (struct columns){ 5,  13, 27, 20, 53,   55,
					 16, 0,	 0,  72, false };
	if (width >= 80)
		return (struct columns){ 4,  12, 25, 20, 51,  53,
					 14, 0,	 0,  68, true };
	if (width >= 60)
		return (struct columns){ 4,	     12, 25, 20, 51,   53,
					 width - 55, 0,	 0,  0,	 false };
	return (struct columns){
		4, 12, 25, width - 27, 0, 0, 0, 0, 0, 0, false
	};
}

static bool is_believed(const struct model *model)
{
	for (int i = 0; i < model->row_count; i++)
		if (model->rows[i].sure >= 0)
			return true;
	return false;
}

int panes_subjects(const struct model *model, int width)
{
	struct columns at = columns_for(width, is_believed(model));

	return at.took_end ? at.subject : 0;
}

enum role panes_verdict_role(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_GOOD:
		return ROLE_GOOD;
	case VERDICT_BAD:
		return ROLE_BAD;
	case VERDICT_SKIP:
		return ROLE_SKIP;
	case VERDICT_NONE:
	case VERDICT_COUNT:
		break;
	}
	return ROLE_RUNNING;
}

enum role panes_outcome_role(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_CRASHED:
		return ROLE_BAD;
	case OUTCOME_BOOT_FAILED:
		return ROLE_SKIP;
	case OUTCOME_TEST_FAILED:
	case OUTCOME_INFRA:
		return ROLE_INFRA;
	case OUTCOME_OK:
	case OUTCOME_IGNORED:
	case OUTCOME_COUNT:
		break;
	}
	return ROLE_PLAIN;
}

enum role panes_letter_role(char letter)
{
	switch (letter) {
	case '.':
		return ROLE_GOOD;
	case 'X':
		return ROLE_BAD;
	case 'x':
	case 'B':
		return ROLE_SKIP;
	case 'T':
	case 'I':
		return ROLE_INFRA;
	case '>':
		return ROLE_RUNNING;
	default:
		return ROLE_DIM;
	}
}

void panes_letters(struct grid *grid, int x, int y, int width,
		   const char *letters)
{
	int count = (int)strlen(letters);

	for (int i = 0; i < count && i < width; i++) {
		char text[2] = { letters[i], '\0' };
		bool more = i == width - 1 && count > width;

		grid_text(grid, x + i, y, 1,
			  more ? ROLE_DIM : panes_letter_role(letters[i]),
			  more ? "+" : text);
	}
}

void panes_ruler(struct grid *grid, struct area area, const char *title,
		 bool focused, const char *remark)
{
	int used = text_width(title), end = area.x + area.width - 1;
	char spaced[MODEL_TEXT + 2];

	grid_repeat(grid, area.x, area.y, area.width, ROLE_LINE, GLYPH_HLINE);
	grid_printf(grid, area.x + 1, area.y, area.width - 2,
		    focused ? ROLE_TITLE : ROLE_PLAIN, " %s ", title);
	if (!*remark || used + text_width(remark) + 8 > area.width)
		return;
	snprintf(spaced, sizeof(spaced), " %s ", remark);
	grid_right(grid, end, area.y, ROLE_PLAIN, spaced);
}

void panes_meter(struct grid *grid, int x, int y, int width,
		 const struct model *model)
{
	const struct judgement *judgement = &model->rule.judgement;
	int end = x + width;

	if (!model->rule.shown) {
		grid_text(grid, x, y, width,
			  model->rule.asks ? ROLE_SKIP : ROLE_DIM,
			  model->rule.text);
		return;
	}
	if (judgement->leaning == VERDICT_NONE)
		x += grid_text(grid, x, y, width, ROLE_RUNNING, "open");
	else
		x += grid_printf(grid, x, y, width,
				 panes_verdict_role(judgement->leaning),
				 "leaning %s",
				 verdict_word(judgement->leaning));
	x += grid_printf(grid, x, y, end - x, ROLE_PLAIN, ": %s",
			 model->rule.text);
	if (judgement->leaning == VERDICT_NONE || end - x < 15)
		return;
	x += 3;
	x += frame_key(grid, x, y, "a") + 1;
	grid_text(grid, x, y, end - x, ROLE_PLAIN, "accept now");
}

static void heads(struct grid *grid, struct area area, const struct columns *at)
{
	int y = area.y;

	grid_recolour(grid, area.x, y, area.width, 1, ROLE_HEADING);
	grid_text(grid, at->verdict - 2 - (area.width >= 100), y, 1,
		  ROLE_HEADING, "#");
	grid_text(grid, at->verdict, y, 7, ROLE_HEADING, "verdict");
	grid_text(grid, at->commit, y, OID_SHORT, ROLE_HEADING, "commit");
	grid_text(grid, at->runs, y, at->runs_width, ROLE_HEADING, "runs");
	if (at->left_end)
		grid_right(grid, at->left_end, y, ROLE_HEADING, "left");
	if (at->bar_width)
		grid_text(grid, at->bar, y, at->bar_width, ROLE_HEADING,
			  at->bar_width > 14 ? "steps to go" : "to go");
	if (at->took_end)
		grid_right(grid, at->took_end, y, ROLE_HEADING, "took");
	if (at->sure_end)
		grid_right(grid, at->sure_end, y, ROLE_HEADING, "sure");
	if (at->subject && !at->compact)
		grid_text(grid, at->subject, y, area.width - at->subject,
			  ROLE_HEADING, "subject");
}

static void draw_runs_of(struct grid *grid, int y, const struct columns *at,
			 const struct model_row *row)
{
	if (row->build_fails && row->fixup_fails)
		grid_printf(grid, at->runs, y, at->runs_width, ROLE_SKIP,
			    "fixup %" PRId64 " fails", row->fixup_fails);
	else if (row->build_fails)
		grid_text(grid, at->runs, y, at->runs_width, ROLE_SKIP,
			  "build fails");
	else if (row->building && !*row->letters)
		grid_text(grid, at->runs, y, at->runs_width, ROLE_RUNNING,
			  "building");
	else
		panes_letters(grid, at->runs, y, at->runs_width, row->letters);
}

/* What stands behind the numbers: release, subject, and the reason to doubt. */
static void draw_words(struct grid *grid, int y, int width,
		       const struct columns *at, const struct model_row *row)
{
	int x = at->subject, end = width - 1;

	if (*row->doubt && at->compact) {
		grid_printf(grid, x, y, width - x, ROLE_SKIP, "! %s",
			    row->doubt);
		return;
	}
	if (*row->doubt && at->took_end) {
		char words[32];

		snprintf(words, sizeof(words), "! %s", row->doubt);
		grid_right(grid, end, y, ROLE_SKIP, words);
		end -= text_width(words) + 1;
	} else if (*row->doubt) {
		grid_text(grid, end, y, 1, ROLE_SKIP, "!");
	}
	if (!x)
		return;
	if (*row->note)
		x += grid_text(grid, x, y, end - x, ROLE_TITLE, row->note) + 2;
	if (!at->compact)
		grid_text(grid, x, y, end - 1 - x,
			  row->culprit ? ROLE_TITLE : ROLE_PLAIN, row->subject);
}

/* Only what is worth a look stands out. */
static void draw_sure(struct grid *grid, int end, int y, double sure)
{
	struct buf text;

	buf_init(&text, 0);
	sure_say_percent(sure, &text);
	grid_right(grid, end, y, sure < DOUBTFUL ? ROLE_SKIP : ROLE_DIM,
		   text.text);
	buf_release(&text);
}

static void draw_row(struct grid *grid, int y, int width,
		     const struct columns *at, const struct model_row *row)
{
	char text[32];

	if (row->testing)
		grid_text(grid, 0, y, 1, ROLE_RUNNING, ">");
	if (row->position)
		snprintf(text, sizeof(text), "%d", row->position);
	else
		str_copy(text, sizeof(text), "+");
	grid_right(grid, at->verdict - 1 - (width >= 100), y, ROLE_PLAIN, text);
	if (row->verdict != VERDICT_NONE || row->testing)
		grid_printf(grid, at->verdict, y, 7,
			    panes_verdict_role(row->verdict), "%s%s",
			    verdict_word(row->verdict),
			    row->by_person ? "*" : "");
	grid_text(grid, at->commit, y, OID_SHORT, ROLE_PLAIN, row->id);
	draw_runs_of(grid, y, at, row);
	if (row->left >= 0 && at->left_end) {
		snprintf(text, sizeof(text), "%d", row->left);
		grid_right(grid, at->left_end, y, ROLE_PLAIN, text);
	}
	if (row->steps > 0 && at->bar_width)
		grid_repeat(grid, at->bar, y,
			    row->steps < at->bar_width ? row->steps
						       : at->bar_width,
			    ROLE_DIM, GLYPH_THICK);
	if (row->took_ms >= 0 && at->took_end)
		grid_right(grid, at->took_end, y, ROLE_DIM,
			   str_duration(text, row->took_ms));
	if (row->sure >= 0 && at->sure_end)
		draw_sure(grid, at->sure_end, y, row->sure);
	draw_words(grid, y, width, at, row);
}

/*
 * The first line to show of `lines`: what is selected is in view, and of the
 * rest as much towards the wanted line as fits.
 */
static int scrolled(int lines, int height, int wanted, int selected)
{
	int top = wanted - height + 1;

	if (top > lines - height)
		top = lines - height;
	if (selected >= top + height)
		top = selected - height + 1;
	if (selected < top)
		top = selected;
	return top < 0 ? 0 : top;
}

void panes_ledger(struct grid *grid, struct area area,
		  const struct model *model, const struct home *home,
		  bool meter)
{
	struct columns at = columns_for(area.width, is_believed(model));
	int under = meter ? model->testing : -1; /* the meter's row */
	int height = area.height - 1, lines = model->row_count + (under >= 0);
	int wanted =
		model->testing >= 0 ? model->testing + (under >= 0) : lines - 1;
	int past = under >= 0 && model->selected > under;
	int top = scrolled(lines, height, wanted, model->selected + past);

	heads(grid, area, &at);
	for (int i = 0; i < height && top + i < lines; i++) {
		int line = top + i, y = area.y + 1 + i;
		int row = line - (under >= 0 && line > under);

		if (under >= 0 && line == under + 1) {
			panes_meter(grid, at.verdict, y,
				    area.width - at.verdict, model);
			continue;
		}
		draw_row(grid, y, area.width, &at, &model->rows[row]);
		grid_hot_line(grid, area.x, y, area.width, PANE_LEDGER, row);
		if (row != model->selected)
			continue;
		if (home->focus == PANE_LEDGER) {
			grid_recolour(grid, 1, y, at.commit + OID_SHORT - 1, 1,
				      ROLE_SELECTED);
			grid->cursor_x = 0;
			grid->cursor_y = y;
		} else {
			grid_recolour(grid, 1, y, at.verdict - 2, 1,
				      ROLE_TITLE);
		}
	}
}

/* Of "BUG: something in function" the function tells the most. */
static const char *shortened(const char *detail, int width)
{
	const char *in = strstr(detail, " in ");

	return text_width(detail) > width && in && in[4] ? in + 4 : detail;
}

static void draw_run(struct grid *grid, struct area area, int y,
		     const struct model_run *run)
{
	enum role role = panes_letter_role(run->letter);
	int detail = area.x + 20, width = area.x + area.width - detail;
	char text[24];

	snprintf(text, sizeof(text), "%d", run->number);
	grid_right(grid, area.x + 3, y,
		   run->letter == '-' ? ROLE_DIM : ROLE_PLAIN, text);
	grid_printf(grid, area.x + 4, y, 10, role, "%c %s%s", run->letter,
		    run->word, run->judged ? "*" : "");
	if (run->duration_ms >= 0 && run->duration_ms < 10000 &&
	    run->letter != '>')
		snprintf(text, sizeof(text), "%d.%ds",
			 (int)(run->duration_ms / 1000),
			 (int)(run->duration_ms / 100 % 10));
	else if (run->duration_ms >= 0)
		str_duration(text, run->duration_ms);
	else
		text[0] = '\0';
	grid_right(grid, area.x + 19, y, ROLE_DIM, text);
	grid_text(grid, detail, y, width, ROLE_PLAIN,
		  shortened(run->detail, width));
}

void panes_runs(struct grid *grid, struct area area, const struct model *model,
		const struct home *home)
{
	int lines = model->run_count + 1;
	int line = home->line < lines ? home->line : lines - 1;
	bool focused = home->focus == PANE_RUNS;
	int last = focused ? line : model->runs_done;
	int top = scrolled(lines, area.height, last + 2, last);

	for (int i = 0; i < area.height && top + i < lines; i++) {
		int y = area.y + i;

		grid_hot_line(grid, area.x, y, area.width, PANE_RUNS, top + i);
		if (top + i > 0)
			draw_run(grid, area, y, &model->runs[top + i - 1]);
		else
			grid_text(grid, area.x + 1, y, area.width - 1,
				  model->build_tone == VERDICT_BAD ? ROLE_SKIP
								   : ROLE_PLAIN,
				  model->build);
		if (!focused || top + i != line)
			continue;
		grid_recolour(grid, area.x, y,
			      area.width < 14 ? area.width : 14, 1,
			      ROLE_SELECTED);
		grid->cursor_x = area.x;
		grid->cursor_y = y;
	}
}

static void draw_line(struct grid *grid, struct area area, int y,
		      const struct tail_line *line)
{
	const char *rest;
	char stamp[24];
	struct buf clean;

	buf_init(&clean, 0);
	text_clean(&clean, line->bytes, line->length, area.width + 64,
		   (grid->ascii ? TEXT_ASCII : 0) |
			   (grid->colours ? TEXT_COLOUR : 0));
	rest = logtext_fold(clean.text, stamp, sizeof(stamp));
	grid_printf(grid, area.x, y, area.width, logtext_role(rest), "%s%s",
		    stamp, rest);
	buf_release(&clean);
}

/* A build's log begins when its tree is there. */
static bool is_beginning(const struct model *model)
{
	return model->shown_run == SHOW_BUILD && model->selected >= 0 &&
	       model->rows[model->selected].building;
}

void panes_console(struct grid *grid, struct area area,
		   const struct model *model, const struct home *home,
		   const struct tail *tail)
{
	size_t height = area.height > 0 ? (size_t)area.height : 0;
	size_t shown = tail->count < height ? tail->count : height;

	for (size_t i = 0; i < height; i++)
		grid_hot_line(grid, area.x, area.y + (int)i, area.width,
			      PANE_CONSOLE, (int)i);

	if (home->focus == PANE_CONSOLE) {
		grid->cursor_x = area.x;
		grid->cursor_y = area.y + (int)(shown ? shown - 1 : 0);
	}
	if (!shown && height) {
		grid_text(grid, area.x, area.y, area.width, ROLE_DIM,
			  !model->console	 ? "nothing has run yet"
			  : !is_beginning(model) ? "no output yet"
			  : model->build_waits
				  ? "it waits for a node"
				  : "git checks the commit out, which takes "
				    "minutes for a kernel's first");
		return;
	}
	for (size_t i = 0; i < shown; i++)
		draw_line(grid, area, area.y + (int)i,
			  &tail->lines[tail->count - shown + i]);
}
