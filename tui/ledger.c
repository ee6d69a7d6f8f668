/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "control/joblist.h"
#include "control/pace.h"
#include "control/sure.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "session/session.h"
#include "tui/model.h"

static const struct {
	char letter;
	const char *word;
} words[] = {
	{ '.', "ok" },	    { 'X', "crash" },	{ 'x', "other" },
	{ 'B', "boot" },    { 'T', "testbed" }, { 'I', "infra" },
	{ 'i', "ignored" }, { '>', "run" },	{ '-', "queued" },
};

const char *ledger_word(char letter)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (words[i].letter == letter)
			return words[i].word;
	}
	return "";
}

/* Runs that are neither finished nor under way. */
static int queued(struct engine *engine, const struct step *step)
{
	int more = engine_judge(engine, step->commit).more_runs;

	for (int i = 0; i < step->run_count; i++)
		more -= step->runs[i].running;
	return more > 0 ? more : 0;
}

static bool wants_runs(const struct model *model, const struct step *step)
{
	return model->state == PLAN_TEST && step->build &&
	       step->build->build == BUILD_OK && !step->build_begin &&
	       step->verdict == VERDICT_NONE;
}

static char *letters_of(const struct step *step, int more)
{
	struct buf letters;
	char *text;

	buf_init(&letters, 0);
	engine_letters(step, &letters);
	for (int i = 0; i < more; i++)
		buf_putc(&letters, '-');
	text = buf_take(&letters);
	buf_release(&letters);
	return text;
}

static bool by_person(const struct event *given)
{
	return given && (given->by == BY_PERSON || given->by == BY_GIT);
}

/*
 * A row to look at again: its verdict does not count, or today's rule says
 * something else of the same runs.  A person's verdict is meant as it is,
 * unless runs came in after it.
 */
static void doubt_of(struct engine *engine, const struct step *step,
		     struct model_row *row)
{
	struct judgement judgement;
	struct tally tally;

	if (step->set_aside) {
		str_copy(row->doubt, sizeof(row->doubt), "set aside");
		return;
	}
	engine_tally(engine, step->commit, &tally);
	if (!tally.total || step->verdict == VERDICT_NONE || !step->given ||
	    (row->by_person && step->evidence_seq <= step->given->seq))
		return;
	judgement = engine_judge(engine, step->commit);
	if (judgement.verdict != VERDICT_NONE &&
	    judgement.verdict != step->verdict)
		snprintf(row->doubt, sizeof(row->doubt), "rule: %s",
			 verdict_word(judgement.verdict));
}

static void name_row(struct model_row *row, struct session *session,
		     const struct step *step, bool ascii)
{
	const char *subject = session_subject(session, row->commit);
	const char *hex = graph_oid(session_graph(session), row->commit)->hex;

	str_copy(row->id, sizeof(row->id), hex);
	text_copy(row->subject, sizeof(row->subject), subject, ascii);
	if (step && step->release)
		text_copy(row->note, sizeof(row->note), step->release, ascii);
	else if (step && step->position == 1 && step->given &&
		 step->given->by == BY_START)
		str_copy(row->note, sizeof(row->note), "reported");
}

static struct model_row *add_row(struct model *model, int commit)
{
	struct model_row *row;

	model->rows = xreallocarray(model->rows, (size_t)model->row_count + 1,
				    sizeof(*row));
	row = &model->rows[model->row_count++];
	memset(row, 0, sizeof(*row));
	row->commit = commit;
	row->position = model->row_count;
	row->left = row->steps = -1;
	row->took_ms = -1;
	row->sure = -1;
	return row;
}

static void add_step(struct model *model, struct session *session,
		     const struct step *step, const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	struct model_row *row = add_row(model, step->commit);

	row->position = step->position;
	row->verdict = step->verdict;
	row->by_person = by_person(step->given);
	row->building = step->build_begin != NULL;
	row->build_fails = !row->building && step->build &&
			   step->build->build == BUILD_FAILED &&
			   !step->run_count;
	row->fixup_fails = row->build_fails ? step->build->number : 0;
	row->letters = letters_of(
		step, wants_runs(model, step) ? queued(engine, step) : 0);
	row->left = step->left_after;
	row->steps = step->steps_after;
	row->took_ms = pace_took(step);
	name_row(row, session, step, view->ascii);
	row->sure = sure_right(session, step);
	if (step->position)
		doubt_of(engine, step, row);
}

/* What is left without the culprit: no steps, but they are built and run. */
static void add_trees(struct model *model, struct session *session,
		      const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	struct verify verify;

	if (view->replay_steps || !engine_verify(engine, &verify) ||
	    !verify.current)
		return;
	for (int i = 0; i < verify.count; i++) {
		const struct verify_tree *tree = &verify.trees[i];
		const struct step *step = engine_step_of(engine, tree->commit);

		if (tree->commit == tree->base || !step)
			continue;
		add_step(model, session, step, view);
		str_copy(model->rows[model->row_count - 1].note,
			 sizeof(model->rows[0].note),
			 tree->kind == TREE_REVERT ? "on culprit"
			 : model->fix		   ? "on good end"
						   : "on bad end");
	}
}

static void select_row(struct model *model, int commit)
{
	model->selected =
		model->testing >= 0 ? model->testing : model->row_count - 1;
	for (int i = 0; i < model->row_count; i++) {
		/* of what goes on to verify a culprit the one under work */
		if (model->testing < 0 && (model->rows[i].building ||
					   strchr(model->rows[i].letters, '>')))
			model->selected = i;
	}
	for (int i = 0; i < model->row_count; i++) {
		if (model->rows[i].commit == commit)
			model->selected = i;
	}
}

void ledger_fill_rows(struct model *model, struct session *session,
		      const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	int test = plan->state == PLAN_TEST ? plan->commit : -1;

	model->testing = -1;
	for (int i = 0; i < engine_step_count(engine); i++) {
		add_step(model, session, engine_step(engine, i), view);
		if (model->rows[i].commit == test)
			model->testing = i;
		model->doubtful += model->rows[i].doubt[0] != '\0';
	}
	if (test >= 0 && model->testing < 0) {
		struct model_row *row = add_row(model, test);

		row->letters = xstrdup("");
		name_row(row, session, NULL, view->ascii);
		model->testing = model->row_count - 1;
	}
	add_trees(model, session, view);
	if (model->testing >= 0)
		model->rows[model->testing].testing = true;
	for (int i = 0; i < model->row_count; i++)
		model->rows[i].culprit = plan->state == PLAN_FOUND &&
					 model->rows[i].commit == plan->commit;
	select_row(model, view->selected);
}

/* The first line of a text, clean. */
static void first_line(char *out, size_t size, const char *text, bool ascii)
{
	char *line =
		xstrndup(text ? text : "", strcspn(text ? text : "", "\n"));

	text_copy(out, size, line, ascii);
	free(line);
}

/* "new", or the step whose kernel had the same signature. */
static void signature_of(struct buf *out, struct engine *engine,
			 const struct step *step)
{
	const char *signature = step->build->signature;

	if (str_empty(signature))
		return;
	buf_printf(out, "   sig %.*s ", OID_SHORT, signature);
	for (int i = 0; i < step->position - 1; i++) {
		const struct step *other = engine_step(engine, i);

		if (!other->build ||
		    !str_equal(other->build->signature, signature))
			continue;
		buf_printf(out, "%s step %d",
			   step->same_as == other->commit ? "=" : "as",
			   other->position);
		return;
	}
	buf_puts(out, "new");
}

/* And where, should it be a job. */
static void add_job(const struct joblist *jobs, const struct step *step,
		    struct buf *line)
{
	const struct joblist_item *item =
		joblist_find(jobs, step->build_begin->commit.hex, -1);
	char where[96];

	if (item)
		buf_printf(line, "  %s",
			   joblist_say(item, where, sizeof(where)));
}

static void build_line(struct model *model, struct session *session,
		       const struct step *step, const struct joblist *jobs,
		       const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	struct buf line;
	char time[24];

	buf_init(&line, MODEL_TEXT);
	if (step->build_begin) {
		model->build_waits =
			joblist_waits(jobs, step->build_begin->commit.hex, -1);
		buf_printf(&line, "%s %s",
			   model->build_waits ? "build queued" : "building",
			   str_duration(time,
					view->now - step->build_begin->at));
		add_job(jobs, step, &line);
	} else if (step->build) {
		bool ok = step->build->build == BUILD_OK;
		bool fails = step->build->build == BUILD_FAILED;

		model->build_tone = ok	    ? VERDICT_GOOD
				    : fails ? VERDICT_BAD
					    : VERDICT_SKIP;
		buf_printf(&line, "build %s %s",
			   ok	   ? "ok"
			   : fails ? "fails"
				   : "infra",
			   str_duration(time, step->build->duration_ms));
		if (ok)
			signature_of(&line, engine, step);
		else
			buf_printf(&line, "  %s",
				   step->build->text ? step->build->text : "");
	} else if (!step->run_count) {
		buf_puts(&line, "not built");
	}
	first_line(model->build, sizeof(model->build), line.text, view->ascii);
	buf_release(&line);
}

/* Of a run on a cluster: where it is, or why it waits, and for how long. */
static const char *tell_job(struct model_run *out,
			    const struct joblist_item *item, int64_t now,
			    char *where, size_t size)
{
	if (!str_equal(item->state, "runs"))
		out->word = ledger_word('-');
	out->duration_ms = now > item->since ? now - item->since : 0;
	return joblist_say(item, where, size);
}

static void fill_run(struct model_run *out, const struct run_state *run,
		     const struct joblist_item *job,
		     const struct model_view *view)
{
	const struct event *fact = run->fact;
	const char *detail = "", *title = run_title(run);
	char where[96];

	out->number = run->number;
	out->letter = engine_run_letter(run);
	out->word = run->open ? "asks" : ledger_word(out->letter);
	out->judged = run->judge != NULL;
	out->duration_ms = -1;
	if (run->running && run->begin) {
		out->duration_ms = view->now - run->begin->at;
		detail = run->begin->text;
		if (job)
			detail = tell_job(out, job, view->now, where,
					  sizeof(where));
	} else if (fact) {
		out->duration_ms = fact->duration_ms;
		detail = fact->text;
		if (str_empty(detail))
			detail = joblist_say_past(fact, where, sizeof(where));
	}
	out->crashed = !str_empty(title);
	if (out->crashed)
		detail = title;
	first_line(out->detail, sizeof(out->detail), detail, view->ascii);
}

static void fill_runs(struct model *model, struct session *session,
		      const struct step *step, const struct joblist *jobs,
		      const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	const char *hex = graph_oid(session_graph(session), step->commit)->hex;
	int more = wants_runs(model, step) ? queued(engine, step) : 0;
	int next = 0;

	model->run_count = step->run_count + more;
	model->runs =
		xcalloc((size_t)model->run_count + 1, sizeof(*model->runs));
	for (int i = 0; i < step->run_count; i++) {
		fill_run(&model->runs[i], &step->runs[i],
			 joblist_find(jobs, hex, step->runs[i].number), view);
		model->runs_done += !step->runs[i].running;
		next = step->runs[i].number + 1;
	}
	for (int i = step->run_count; i < model->run_count; i++) {
		model->runs[i].number = next++;
		model->runs[i].letter = '-';
		model->runs[i].word = ledger_word('-');
		model->runs[i].duration_ms = -1;
	}
}

/* Did it begin after the other, as far as there is one?  What still waits for a
   node has no console. */
static bool is_newer(const struct run_state *run, const struct run_state *other,
		     const struct joblist *jobs, const char *hex)
{
	bool waits = joblist_waits(jobs, hex, run->number);

	if (!other)
		return true;
	if (waits != joblist_waits(jobs, hex, other->number))
		return !waits;
	return !other->begin ||
	       (run->begin && run->begin->seq > other->begin->seq);
}

/* The run whose console to show; NULL: the build's log. */
static const struct run_state *shown_run(const struct step *step, int show,
					 const struct joblist *jobs,
					 const char *hex)
{
	const struct run_state *running = NULL;

	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];

		if (run->number == show)
			return run;
		if (run->running && is_newer(run, running, jobs, hex))
			running = run;
	}
	if (show == SHOW_BUILD)
		return NULL;
	if (running || step->build_begin || !step->run_count)
		return running;
	return &step->runs[step->run_count - 1];
}

/* The target; on a cluster the node, or why it waits for one. */
static void say_where(const struct run_state *run,
		      const struct joblist_item *job, char *out, size_t size,
		      bool ascii)
{
	const char *where = run->begin ? run->begin->text : NULL;
	char said[96];

	if (run->fact && joblist_say_past(run->fact, said, sizeof(said))[0])
		where = said;
	else if (job)
		where = joblist_say(job, said, sizeof(said));
	first_line(out, size, where, ascii);
}

static void fill_console(struct model *model, struct session *session,
			 const struct step *step, const struct joblist *jobs,
			 const struct model_view *view)
{
	const struct oid *oid = graph_oid(session_graph(session), step->commit);
	const struct run_state *run =
		shown_run(step, view->show, jobs, oid->hex);
	char where[64];

	if (!run && !step->build && !step->build_begin)
		return;
	if (!run) {
		model->console = session_build_log(session, oid);
		model->shown_run = SHOW_BUILD;
		str_copy(model->console_title, sizeof(model->console_title),
			 "build");
		return;
	}
	say_where(run, joblist_find(jobs, oid->hex, run->number), where,
		  sizeof(where), view->ascii);
	model->console = session_console(session, oid, run->number);
	model->shown_run = run->number;
	snprintf(model->console_title, sizeof(model->console_title),
		 "run %d%s%s", run->number, *where ? "  " : "", where);
}

void ledger_fill_runs(struct model *model, struct session *session,
		      const struct joblist *jobs, const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	const struct step *step;

	model->shown_run = SHOW_BUILD;
	if (model->selected < 0)
		return;
	step = engine_step_of(engine, model->rows[model->selected].commit);
	if (!step) {
		str_copy(model->build, sizeof(model->build), "not built");
		return;
	}
	build_line(model, session, step, jobs, view);
	fill_runs(model, session, step, jobs, view);
	fill_console(model, session, step, jobs, view);
}
