/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/ruling.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"

#define WIDTH  80
#define HEIGHT 15
#define ROOMY \
	56 /* columns for the choices in full; else words that begin
		      with their keys */

static const struct {
	int key;
	const char *label, *command;
} choices[RULING_COUNT] = {
	[RULING_SAME] = { 's', "same bug", "same" },
	[RULING_OTHER] = { 'o', "other bug", "other" },
	[RULING_NOISE] = { 'n', "noise", "noise" },
};

static const char *const meanings[RULING_COUNT] = {
	[RULING_NONE] = "",
	[RULING_SAME] = "Runs that show it crashed.",
	[RULING_OTHER] = "Runs that show only it say nothing of the bug.",
	[RULING_NOISE] = "Runs that show only it count as if it were not "
			 "there.",
};

const char *ruling_command(enum ruling_choice choice)
{
	return choices[choice].command;
}

static const struct run_state *find_run(struct engine *engine, int commit,
					int number)
{
	const struct step *step = engine_step_of(engine, commit);

	for (int i = 0; step && i < step->run_count; i++)
		if (step->runs[i].number == number)
			return &step->runs[i];
	return NULL;
}

static void count_shown(struct ruling_dialog *dialog, struct engine *engine,
			const char *title)
{
	int runs = 0, commits = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		int before = runs;

		for (int k = 0; k < step->run_count; k++)
			runs += str_equal(run_title(&step->runs[k]), title);
		commits += runs > before;
	}
	snprintf(dialog->shown, sizeof(dialog->shown),
		 "in %d run%s of %d commit%s", runs, runs == 1 ? "" : "s",
		 commits, commits == 1 ? "" : "s");
}

static const char *looks_like(const struct engine *engine,
			      const struct run_state *run, const char *title)
{
	const struct bug *bug = engine_bug(engine);
	const struct ruling *ruling = bug_ruling(bug, title);
	const struct crash alone = { .title = (char *)(uintptr_t)title };

	if (ruling)
		return ruling->bearing == BEARING_BUG	  ? "the same bug"
		       : ruling->bearing == BEARING_OTHER ? "another bug"
							  : "noise";
	if (bug_is_same(bug, run->crash ? run->crash : &alone))
		return "the same bug, by its title or its stack";
	return "a crash that nobody knows yet";
}

bool ruling_open(struct ruling_dialog *dialog, struct session *session,
		 int commit, int run_number, bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct run_state *run = find_run(engine, commit, run_number);
	const char *title = run ? run_title(run) : NULL;

	if (str_empty(title))
		return false;
	memset(dialog, 0, sizeof(*dialog));
	dialog->open = true;
	dialog->commit = commit;
	dialog->run = run_number;
	text_copy(dialog->title, sizeof(dialog->title), title, ascii);
	text_copy(dialog->wanted, sizeof(dialog->wanted), engine_title(engine),
		  ascii);
	str_copy(dialog->looks, sizeof(dialog->looks),
		 looks_like(engine, run, title));
	count_shown(dialog, engine, title);
	return true;
}

static enum dialog_answer enter(struct ruling_dialog *dialog)
{
	if (dialog->choice == RULING_NONE) {
		dialog->complaint = "choose first: s, o or n";
		return DIALOG_STAYS;
	}
	if (dialog->in_reason)
		return DIALOG_APPLY;
	dialog->in_reason = true;
	return DIALOG_STAYS;
}

enum dialog_answer ruling_key(struct ruling_dialog *dialog, int key)
{
	dialog->complaint = NULL;
	if (key == INPUT_ESCAPE || key == INPUT_CTRL('c') ||
	    (key == 'q' && !dialog->in_reason)) {
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
	for (int i = RULING_SAME; i < RULING_COUNT; i++) {
		if (key != choices[i].key)
			continue;
		dialog->choice = (enum ruling_choice)i;
		dialog->in_reason = true;
	}
	return DIALOG_STAYS;
}

static void draw_line(struct grid *grid, int x, int y, int width,
		      const char *label, enum role role, const char *text)
{
	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, label);
	grid_text(grid, x + FIELD_LABEL, y, width - FIELD_LABEL, role, text);
}

static void draw_choices(struct grid *grid, int x, int y, int width,
			 const struct ruling_dialog *dialog)
{
	int end = x + width, roomy = width >= ROOMY;

	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, "it is");
	x += FIELD_LABEL;
	for (int i = RULING_SAME; i < RULING_COUNT; i++) {
		bool chosen = (int)dialog->choice == i;
		char key[2] = { (char)choices[i].key, '\0' };

		if (!dialog->in_reason &&
		    (chosen ||
		     (i == RULING_SAME && dialog->choice == RULING_NONE))) {
			grid->cursor_x = x;
			grid->cursor_y = y;
		}
		x += grid_text(grid, x, y, end - x, ROLE_KEY, key) + roomy;
		x += grid_text(grid, x, y, end - x,
			       chosen ? ROLE_SELECTED : ROLE_PLAIN,
			       roomy ? choices[i].label
				     : choices[i].command + 1) +
		     1 + 2 * roomy;
	}
}

void ruling_draw(struct grid *grid, const struct ruling_dialog *dialog)
{
	int width = grid->columns - 2 < WIDTH ? grid->columns - 2 : WIDTH;
	bool roomy = grid->rows >= HEIGHT + 2;
	int height = roomy ? HEIGHT : 10, gap = roomy ? 1 : 0;
	int x = (grid->columns - width) / 2, y = (grid->rows - height) / 2;
	int in = x + 3, room = width - 6;

	y = y < 0 ? 0 : y;
	grid_recolour(grid, 0, 0, grid->columns, grid->rows, ROLE_DIM);
	grid_box(grid, x, y, width, height, "What is this crash?");
	y += 1 + gap;
	grid_text(grid, in, y++, room, ROLE_TITLE, dialog->title);
	grid_text(grid, in, y++, room, ROLE_PLAIN, dialog->shown);
	y += gap;
	draw_line(grid, in, y++, room, "looked for", ROLE_PLAIN,
		  *dialog->wanted ? dialog->wanted : "-");
	draw_line(grid, in, y++, room, "taken for", ROLE_PLAIN, dialog->looks);
	y += gap;
	draw_choices(grid, in, y, room, dialog);
	y += 1;
	field_draw(grid, in, y, room,
		   &(struct field){ "reason", dialog->reason, "as you like",
				    dialog->in_reason });
	y += 1 + gap;
	if (dialog->complaint)
		grid_text(grid, in, y, room, ROLE_BAD, dialog->complaint);
	else
		grid_text(grid, in, y, room, ROLE_DIM,
			  dialog->choice == RULING_NONE
				  ? "All runs are judged again; u takes it "
				    "back."
				  : meanings[dialog->choice]);
	y += 1 + gap;
	dialog_hints(grid, in, y, room, dialog->in_reason);
}
