/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/dialog.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/model.h"
#include "tui/panes.h"

#define WIDTH  80
#define HEIGHT 17

static const struct {
	int key;
	const char *label, *command;
} choices[CHOICE_COUNT] = {
	[CHOICE_GOOD] = { 'g', "good", "good" },
	[CHOICE_BAD] = { 'b', "bad", "bad" },
	[CHOICE_SKIP] = { 's', "skip", "skip" },
	[CHOICE_MORE] = { 'r', "run 10 more", "more" },
	[CHOICE_ENGINE] = { 'e', "engine's choice", "retract" },
};

const char *dialog_command(enum dialog_choice choice)
{
	return choices[choice].command;
}

static void describe_given(struct dialog *dialog, const struct step *step,
			   bool ascii)
{
	const struct event *given = step->given;
	char text[DIALOG_TEXT];

	dialog->recorded = step->verdict;
	if (!given || step->verdict == VERDICT_NONE)
		return;
	snprintf(text, sizeof(text), "by %s%s%s%s%s", actor_name(given->by),
		 given->who ? " " : "", given->who ? given->who : "",
		 str_empty(given->text) ? "" : ": ",
		 given->text ? given->text : "");
	text_copy(dialog->recorded_by, sizeof(dialog->recorded_by), text,
		  ascii);
}

static void describe_rule(struct dialog *dialog, struct engine *engine,
			  int commit)
{
	struct judgement judgement = engine_judge(engine, commit);

	dialog->rule = judgement.verdict != VERDICT_NONE ? judgement.verdict
							 : judgement.leaning;
	snprintf(dialog->rule_text, sizeof(dialog->rule_text),
		 "%scrashes %d of %d needed, valid runs %d of %d needed",
		 judgement.verdict == VERDICT_NONE ? "open yet; " : "",
		 judgement.crashes, judgement.crashes_needed, judgement.valid,
		 judgement.valid_needed);
}

void dialog_open(struct dialog *dialog, struct session *session,
		 const struct model *model, bool ascii)
{
	const struct model_row *row = &model->rows[model->selected];
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, row->commit);

	memset(dialog, 0, sizeof(*dialog));
	dialog->open = true;
	dialog->commit = row->commit;
	if (row->testing)
		snprintf(dialog->heading, sizeof(dialog->heading),
			 "Verdict for step %d, the commit under test",
			 row->position);
	else if (model->step >= 0)
		snprintf(dialog->heading, sizeof(dialog->heading),
			 "Verdict for step %d "
			 "(not the commit under test, that is step %d)",
			 row->position, model->step);
	else
		snprintf(dialog->heading, sizeof(dialog->heading),
			 "Verdict for step %d", row->position);
	str_copy(dialog->id, sizeof(dialog->id),
		 graph_oid(session_graph(session), row->commit)->hex);
	str_copy(dialog->subject, sizeof(dialog->subject), row->subject);
	str_copy(dialog->letters, sizeof(dialog->letters), row->letters);
	dialog->reason_required = row->verdict != VERDICT_NONE;
	if (!step)
		return;
	describe_given(dialog, step, ascii);
	if (step->run_count)
		describe_rule(dialog, engine, row->commit);
}

static bool wants_reason(enum dialog_choice choice)
{
	return choice == CHOICE_GOOD || choice == CHOICE_BAD ||
	       choice == CHOICE_SKIP;
}

static enum dialog_answer enter(struct dialog *dialog)
{
	if (dialog->choice == CHOICE_NONE) {
		dialog->complaint = "choose first: g, b, s, r or e";
		return DIALOG_STAYS;
	}
	if (!wants_reason(dialog->choice))
		return DIALOG_APPLY;
	if (!dialog->in_reason) {
		dialog->in_reason = true;
		return DIALOG_STAYS;
	}
	if (dialog->reason_required &&
	    strspn(dialog->reason, " ") == strlen(dialog->reason)) {
		dialog->complaint = "a reason is needed to overrule a verdict";
		return DIALOG_STAYS;
	}
	return DIALOG_APPLY;
}

enum dialog_answer dialog_key(struct dialog *dialog, int key)
{
	dialog->complaint = NULL;
	if (key == INPUT_ESCAPE || key == INPUT_CTRL('c')) {
		dialog->open = false;
		return DIALOG_CANCELLED;
	}
	if (key == INPUT_ENTER)
		return enter(dialog);
	if (key == INPUT_TAB || key == INPUT_BACK_TAB) {
		dialog->in_reason = !dialog->in_reason;
		return DIALOG_STAYS;
	}
	if (dialog->in_reason) {
		field_key(dialog->reason, sizeof(dialog->reason), key);
		return DIALOG_STAYS;
	}
	for (int i = CHOICE_GOOD; i < CHOICE_COUNT; i++) {
		if (key != choices[i].key)
			continue;
		dialog->choice = (enum dialog_choice)i;
		dialog->in_reason = wants_reason(dialog->choice);
	}
	if (key == 'q') {
		dialog->open = false;
		return DIALOG_CANCELLED;
	}
	return DIALOG_STAYS;
}

static void draw_verdict(struct grid *grid, int x, int y, int width,
			 const char *name, enum verdict verdict,
			 const char *text)
{
	grid_text(grid, x, y, 11, ROLE_PLAIN, name);
	grid_text(grid, x + 12, y, 5, panes_verdict_role(verdict),
		  verdict == VERDICT_NONE ? "-" : verdict_word(verdict));
	grid_text(grid, x + 18, y, width - 18, ROLE_PLAIN, text);
}

static void draw_choices(struct grid *grid, int x, int y, int width,
			 const struct dialog *dialog)
{
	int end = x + width;

	grid_text(grid, x, y, 11, ROLE_PLAIN, "change to");
	x += 12;
	for (int i = CHOICE_GOOD; i < CHOICE_COUNT; i++) {
		bool chosen = (int)dialog->choice == i;
		char key[2] = { (char)choices[i].key, '\0' };

		if (!dialog->in_reason &&
		    (chosen ||
		     (i == CHOICE_GOOD && dialog->choice == CHOICE_NONE))) {
			grid->cursor_x = x;
			grid->cursor_y = y;
		}
		grid_text(grid, x, y, end - x, ROLE_KEY, key);
		if (chosen)
			grid_text(grid, x + 1, y, end - x - 1, ROLE_SELECTED,
				  " ");
		x += 2 + grid_text(grid, x + 2, y, end - x - 2,
				   chosen ? ROLE_SELECTED : ROLE_PLAIN,
				   choices[i].label);
		x += 2;
	}
}

void dialog_hints(struct grid *grid, int x, int y, int width, bool applies)
{
	int end = x + width;

	x += grid_text(grid, x, y, end - x, ROLE_KEY, "Enter") + 1;
	x += grid_text(grid, x, y, end - x, ROLE_PLAIN,
		       applies ? "apply" : "next") +
	     3;
	x += grid_text(grid, x, y, end - x, ROLE_KEY, "Tab") + 1;
	x += grid_text(grid, x, y, end - x, ROLE_PLAIN, "other field") + 3;
	x += grid_text(grid, x, y, end - x, ROLE_KEY, "Esc") + 1;
	grid_text(grid, x, y, end - x, ROLE_PLAIN, "cancel");
}

void dialog_draw(struct grid *grid, const struct dialog *dialog)
{
	int width = grid->columns - 2 < WIDTH ? grid->columns - 2 : WIDTH;
	bool roomy = grid->rows >= HEIGHT + 2;
	int height = roomy ? HEIGHT : 11, gap = roomy ? 1 : 0;
	int x = (grid->columns - width) / 2, y = (grid->rows - height) / 2;
	int in = x + 3, room = width - 6;

	y = y < 0 ? 0 : y;
	grid_recolour(grid, 0, 0, grid->columns, grid->rows, ROLE_DIM);
	grid_box(grid, x, y, width, height, dialog->heading);
	y += 1 + gap;
	grid_text(grid, in, y++, room, ROLE_TITLE, dialog->id);
	grid_text(grid, in, y++, room, ROLE_PLAIN, dialog->subject);
	y += gap;
	grid_text(grid, in, y, 11, ROLE_PLAIN, "runs");
	panes_letters(grid, in + 12, y++, room - 12,
		      *dialog->letters ? dialog->letters : "-");
	draw_verdict(grid, in, y++, room, "recorded", dialog->recorded,
		     dialog->recorded_by);
	draw_verdict(grid, in, y++, room, "rule now", dialog->rule,
		     dialog->rule_text);
	y += gap;
	draw_choices(grid, in, y, room, dialog);
	y += 1 + gap;
	field_draw(grid, in, y, room,
		   &(struct field){ "reason", dialog->reason,
				    dialog->reason_required
					    ? "needed to overrule"
					    : "as you like",
				    dialog->in_reason });
	y += 1 + gap;
	if (dialog->complaint)
		grid_text(grid, in, y, room, ROLE_BAD, dialog->complaint);
	else
		grid_text(grid, in, y, room, ROLE_DIM,
			  "Builds and runs are kept; u takes this back.");
	y += 1 + gap;
	dialog_hints(grid, in, y, room,
		     dialog->in_reason || (dialog->choice != CHOICE_NONE &&
					   !wants_reason(dialog->choice)));
}
