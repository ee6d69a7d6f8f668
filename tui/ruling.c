/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/ruling.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/grid.h"
#include "tui/model.h"

static const struct form_choice choices[RULING_COUNT] = {
	[RULING_SAME] = { 's', "same bug", "same", true },
	[RULING_OTHER] = { 'o', "other bug", "other", true },
	[RULING_NOISE] = { 'n', "noise", "noise", true },
};

static const char *const meanings[RULING_COUNT] = {
	[RULING_SAME] = "Runs that show it crashed.",
	[RULING_OTHER] = "Runs that show only it say nothing of the bug.",
	[RULING_NOISE] = "Runs that show only it count as if it were not "
			 "there.",
};

const char *ruling_command(int choice)
{
	return choices[choice].brief;
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

static void describe(struct ruling_dialog *dialog, struct session *session,
		     const struct run_state *run, bool ascii)
{
	struct engine *engine = session_engine(session);
	const char *title = run_title(run);

	text_copy(dialog->title, sizeof(dialog->title), title, ascii);
	text_copy(dialog->wanted, sizeof(dialog->wanted), engine_title(engine),
		  ascii);
	str_copy(dialog->looks, sizeof(dialog->looks),
		 looks_like(engine, run, title));
	count_shown(dialog, engine, title);
	dialog->events = engine_event_count(engine);
}

bool ruling_open(struct ruling_dialog *dialog, struct session *session,
		 int commit, int run_number, bool ascii)
{
	const struct run_state *run = step_find_run(
		engine_step_of(session_engine(session), commit), run_number);

	if (!run || str_empty(run_title(run)))
		return false;
	memset(dialog, 0, sizeof(*dialog));
	form_open(&dialog->form, choices, RULING_COUNT, "it is");
	form_ask_reason(&dialog->form, session, ascii);
	dialog->commit = commit;
	dialog->run = run_number;
	describe(dialog, session, run, ascii);
	return true;
}

/* The cost of the choice, if there is one; the run's title, not the clean one,
   is what the order will be about. */
static void work_out(struct ruling_dialog *dialog, struct session *session,
		     const struct model *model, const struct run_state *run,
		     bool ascii)
{
	static const enum event_kind kinds[RULING_COUNT] = {
		[RULING_SAME] = EVENT_SAME,
		[RULING_OTHER] = EVENT_OTHER,
		[RULING_NOISE] = EVENT_NOISE,
	};
	struct event event = { .by = BY_PERSON };

	if (dialog->form.choice < 0 || !run)
		return;
	event.kind = kinds[dialog->form.choice];
	event.title = (char *)(uintptr_t)run_title(run);
	cost_of(&dialog->cost, session, model, &event, ascii);
}

enum form_answer ruling_key(struct ruling_dialog *dialog,
			    struct session *session, const struct model *model,
			    bool ascii, int key)
{
	enum form_answer answer = form_key(&dialog->form, key);

	if (answer == FORM_CHOSEN)
		work_out(dialog, session, model,
			 step_find_run(engine_step_of(session_engine(session),
						      dialog->commit),
				       dialog->run),
			 ascii);
	return answer;
}

void ruling_update(struct ruling_dialog *dialog, struct session *session,
		   const struct model *model, bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct run_state *run;

	if (!dialog->form.open || dialog->events == engine_event_count(engine))
		return;
	run = step_find_run(engine_step_of(engine, dialog->commit),
			    dialog->run);
	if (!run || str_empty(run_title(run)))
		return;
	describe(dialog, session, run, ascii);
	work_out(dialog, session, model, run, ascii);
}

void ruling_draw(struct grid *grid, const struct ruling_dialog *dialog)
{
	const char *says = dialog->form.choice < 0
				   ? "All runs are judged again; u takes it "
				     "back."
				   : meanings[dialog->form.choice];
	const char *wanted = *dialog->wanted ? dialog->wanted : "-";
	struct form_row rows[16 + COST_LINES] = {
		{ .kind = FORM_GAP, .worth = 1 },
		{ .kind = FORM_LINE,
		  .worth = 9,
		  .text = dialog->title,
		  .role = ROLE_TITLE },
		{ .kind = FORM_LINE, .worth = 5, .text = dialog->shown },
		{ .kind = FORM_GAP },
		{ .kind = FORM_LINE,
		  .worth = 4,
		  .label = "looked for",
		  .text = wanted },
		{ .kind = FORM_LINE,
		  .worth = 7,
		  .label = "taken for",
		  .text = dialog->looks },
		{ .kind = FORM_GAP },
		{ .kind = FORM_CHOICES, .worth = 9 },
		{ .kind = FORM_GAP },
	};
	int count = 9;

	count += cost_rows(&dialog->cost, rows + count);
	rows[count++] = (struct form_row){ .kind = FORM_GAP };
	rows[count++] = (struct form_row){ .kind = FORM_REASON, .worth = 9 };
	rows[count++] = (struct form_row){ .kind = FORM_GAP };
	rows[count++] = (struct form_row){
		.kind = FORM_SAYS, .worth = 8, .text = says, .role = ROLE_DIM
	};
	rows[count++] = (struct form_row){ .kind = FORM_HINTS, .worth = 8 };
	form_draw(grid, &dialog->form, "What is this crash?", rows, count);
}
