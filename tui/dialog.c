/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/dialog.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"
#include "tui/model.h"

#define ODDS_MAX 1e6

static const struct form_choice choices[CHOICE_COUNT] = {
	[CHOICE_GOOD] = { 'g', "good", "good", true },
	[CHOICE_BAD] = { 'b', "bad", "bad", true },
	[CHOICE_SKIP] = { 's', "skip", "skip", true },
	[CHOICE_PIN] = { '!', "pin", "!", true },
	[CHOICE_MORE] = { 'r', "10 more", "run", false },
	[CHOICE_ENGINE] = { 'e', "engine's choice", "e", false },
};

static const char *const commands_of[CHOICE_COUNT] = {
	[CHOICE_GOOD] = "good", [CHOICE_BAD] = "bad",
	[CHOICE_SKIP] = "skip", [CHOICE_PIN] = "pin",
	[CHOICE_MORE] = "more", [CHOICE_ENGINE] = "retract",
};

const char *dialog_command(int choice)
{
	return commands_of[choice];
}

static void describe_given(struct dialog *dialog, const struct step *step,
			   bool ascii)
{
	const struct event *given = step->given;
	char text[FORM_TEXT];

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
	struct buf text;

	dialog->rule = judgement.verdict != VERDICT_NONE ? judgement.verdict
							 : judgement.leaning;
	buf_init(&text, 0);
	if (judgement.verdict == VERDICT_NONE)
		buf_puts(&text, "open yet; ");
	judgement_say(&judgement, engine_policy(engine), &text);
	str_copy(dialog->rule_text, sizeof(dialog->rule_text), text.text);
	buf_release(&text);
}

/* What else the runs say than the letters: how many of them count. */
static void describe_runs(struct dialog *dialog, struct engine *engine,
			  int commit)
{
	struct tally tally;
	int count;

	engine_tally(engine, commit, &tally);
	count = tally.outcomes[OUTCOME_BOOT_FAILED];
	if (count)
		snprintf(dialog->remark, sizeof(dialog->remark),
			 "%d did not boot", count);
}

/*
 * How often would a bad kernel pass as many runs?  By the rule of succession
 * from the runs of what is bad; said only where all runs passed.
 */
static void describe_odds(struct dialog *dialog, struct engine *engine,
			  int commit)
{
	struct judgement own = engine_judge(engine, commit);
	int crashes = 0, valid = 0;
	double odds = 1.0;

	if (own.crashes || !own.valid)
		return;
	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		struct judgement judgement;

		if (step->verdict != VERDICT_BAD || step->set_aside ||
		    step->commit == commit)
			continue;
		judgement = engine_judge(engine, step->commit);
		crashes += judgement.crashes;
		valid += judgement.valid;
	}
	if (!crashes)
		return;
	for (int i = 0; i < own.valid && odds < ODDS_MAX; i++)
		odds *= (double)(valid + 2) / (valid - crashes + 1);
	if (odds >= ODDS_MAX)
		snprintf(dialog->odds, sizeof(dialog->odds),
			 "a bad kernel passes %d runs less than 1 time in a "
			 "million",
			 own.valid);
	else
		snprintf(dialog->odds, sizeof(dialog->odds),
			 "a bad kernel passes %d run%s about 1 time in %.0f",
			 own.valid, own.valid == 1 ? "" : "s",
			 odds >= 100 ? (double)((int64_t)(odds / 10) * 10)
				     : odds);
}

static void describe_commit(struct dialog *dialog, struct session *session,
			    const struct model *model,
			    const struct model_row *row)
{
	if (!row->position)
		str_copy(dialog->heading, sizeof(dialog->heading),
			 "Verdict for a commit that is no step");
	else if (row->testing)
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
}

static const struct model_row *row_of(const struct model *model, int commit)
{
	for (int i = 0; i < model->row_count; i++)
		if (model->rows[i].commit == commit)
			return &model->rows[i];
	return NULL;
}

static void describe(struct dialog *dialog, struct session *session,
		     const struct model *model, bool ascii)
{
	const struct model_row *row = row_of(model, dialog->commit);
	struct model_row other = { .commit = dialog->commit,
				   .letters = (char[]){ "" } };
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, dialog->commit);

	if (!row) {
		text_copy(other.subject, sizeof(other.subject),
			  session_subject(session, dialog->commit), ascii);
		row = &other;
	}
	dialog->form.reason_required = row->verdict != VERDICT_NONE;
	describe_commit(dialog, session, model, row);
	if (!step)
		return;
	describe_given(dialog, step, ascii);
	if (!step->run_count && step->same_as < 0)
		return;
	describe_runs(dialog, engine, row->commit);
	describe_rule(dialog, engine, row->commit);
	describe_odds(dialog, engine, row->commit);
}

/* The event that the choice would append. */
static struct event event_of(const struct dialog *dialog,
			     struct session *session)
{
	static const enum verdict verdicts[CHOICE_COUNT] = {
		[CHOICE_GOOD] = VERDICT_GOOD,
		[CHOICE_BAD] = VERDICT_BAD,
		[CHOICE_SKIP] = VERDICT_SKIP,
	};
	struct event event = {
		.kind = EVENT_VERDICT,
		.by = BY_PERSON,
		.commit = *graph_oid(session_graph(session), dialog->commit),
		.verdict = verdicts[dialog->form.choice],
	};

	if (dialog->form.choice == CHOICE_MORE) {
		event.kind = EVENT_MORE;
		event.number = DIALOG_MORE_RUNS;
	} else if (dialog->form.choice == CHOICE_PIN) {
		event.number = VERDICT_PINNED;
		event.verdict = dialog->recorded;
	} else if (dialog->form.choice == CHOICE_ENGINE) {
		event.kind = EVENT_RETRACT;
	}
	return event;
}

static void work_out(struct dialog *dialog, struct session *session,
		     const struct model *model, bool ascii)
{
	struct event event;

	if (dialog->form.choice < 0)
		return;
	event = event_of(dialog, session);
	cost_of(&dialog->cost, session, model, &event, ascii);
}

void dialog_update(struct dialog *dialog, struct session *session,
		   const struct model *model, bool ascii)
{
	size_t events = engine_event_count(session_engine(session));

	if (!dialog->form.open || dialog->events == events)
		return;
	dialog->events = events;
	describe(dialog, session, model, ascii);
	work_out(dialog, session, model, ascii);
}

void dialog_open(struct dialog *dialog, struct session *session,
		 const struct model *model, int commit, bool ascii)
{
	memset(dialog, 0, sizeof(*dialog));
	form_open(&dialog->form, choices, CHOICE_COUNT, "change to");
	form_ask_reason(&dialog->form, session, ascii);
	dialog->commit = commit;
	dialog_update(dialog, session, model, ascii);
}

enum form_answer dialog_key(struct dialog *dialog, struct session *session,
			    const struct model *model, bool ascii, int key)
{
	enum form_answer answer = form_key(&dialog->form, key);

	if (answer == FORM_CHOSEN)
		work_out(dialog, session, model, ascii);
	return answer;
}

void dialog_draw(struct grid *grid, const struct dialog *dialog)
{
	const char *says = dialog->form.choice < 0
				   ? "Choose, and see here what it changes."
				   : "Builds and runs are kept; u takes this "
				     "back.";
	struct form_row rows[20 + COST_LINES];
	int count = 0;

	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 1 };
	rows[count++] = (struct form_row){ .kind = FORM_LINE,
					   .worth = 7,
					   .text = dialog->id,
					   .role = ROLE_TITLE };
	rows[count++] = (struct form_row){ .kind = FORM_LINE,
					   .worth = 2,
					   .text = dialog->subject };
	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 0 };
	rows[count++] = (struct form_row){ .kind = FORM_LETTERS,
					   .worth = 7,
					   .label = "runs",
					   .text = dialog->letters,
					   .remark = dialog->remark };
	rows[count++] = (struct form_row){ .kind = FORM_VERDICT,
					   .worth = 7,
					   .label = "recorded",
					   .verdict = dialog->recorded,
					   .text = dialog->recorded_by };
	rows[count++] = (struct form_row){ .kind = FORM_VERDICT,
					   .worth = 4,
					   .label = "rule now",
					   .verdict = dialog->rule,
					   .text = dialog->rule_text };
	if (*dialog->odds)
		rows[count++] = (struct form_row){ .kind = FORM_LINE,
						   .worth = 1,
						   .label = "odds",
						   .text = dialog->odds };
	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 0 };
	rows[count++] = (struct form_row){ .kind = FORM_CHOICES, .worth = 9 };
	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 0 };
	count += cost_rows(&dialog->cost, rows + count);
	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 0 };
	rows[count++] = (struct form_row){ .kind = FORM_REASON, .worth = 9 };
	rows[count++] = (struct form_row){ .kind = FORM_GAP, .worth = 0 };
	rows[count++] = (struct form_row){
		.kind = FORM_SAYS, .worth = 8, .text = says, .role = ROLE_DIM
	};
	rows[count++] = (struct form_row){ .kind = FORM_HINTS, .worth = 8 };
	form_draw(grid, &dialog->form, dialog->heading, rows, count);
}
