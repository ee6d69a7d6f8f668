/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mail_runs.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "session/session.h"

#define LETTERS_MAX 20
#define TITLES_MAX  30

static const char *hex_of(struct session *session, int commit)
{
	return graph_oid(session_graph(session), commit)->hex;
}

static const char *noun_of(const struct engine *engine)
{
	return engine_symptom(engine) == SYMPTOM_NO_BUILD ? "build" : "run";
}

static void put_showing(const struct engine *engine, struct showing showing,
			struct buf *out)
{
	buf_printf(out, "%d of %d %s%s", showing.bug, showing.valid,
		   noun_of(engine), showing.valid == 1 ? "" : "s");
}

/*
 * What the runs of a commit show, with those of an equal kernel, which is then
 * named behind `what`: "2 of 10 runs of its parent 1a2b3c4d5e6f".
 */
static void put_commit(struct session *session, int commit, const char *what,
		       struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, commit);
	int same = step ? step->same_as : -1;
	struct showing showing = warnings_showing(engine, step), more;

	if (same >= 0) {
		more = warnings_showing(engine, engine_step_of(engine, same));
		showing.bug += more.bug;
		showing.valid += more.valid;
	}
	if (showing.valid)
		put_showing(engine, showing, out);
	else
		buf_printf(out, "no %s", noun_of(engine));
	buf_printf(out, " of %s", what);
	if (same >= 0)
		buf_printf(out, " and of %.*s, which is the same kernel",
			   OID_SHORT, hex_of(session, same));
}

static void put_parents(struct session *session, int culprit, struct buf *out)
{
	const int *parents;
	int count = graph_parents(session_graph(session), culprit, &parents);
	char what[40];

	for (int i = 0; i < count; i++) {
		snprintf(what, sizeof(what), "%s parent %.*s",
			 count > 1 ? "a" : "its", OID_SHORT,
			 hex_of(session, parents[i]));
		buf_puts(out, ",\n");
		put_commit(session, parents[i], what, out);
	}
}

static struct showing sum_of(struct engine *engine, enum verdict verdict)
{
	struct showing sum = { 0, 0 }, one;
	const struct step *step;

	for (int i = 0; (step = engine_step(engine, i)); i++) {
		if (step->verdict != verdict || step->set_aside)
			continue;
		one = warnings_showing(engine, step);
		sum.bug += one.bug;
		sum.valid += one.valid;
	}
	return sum;
}

void mail_rates(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	struct showing bad = sum_of(engine, VERDICT_BAD);
	struct showing good = sum_of(engine, VERDICT_GOOD);

	if (bad.valid + good.valid == 0)
		return;
	if (plan->state == PLAN_FOUND) {
		buf_puts(out, "The bug shows in ");
		put_commit(session, plan->commit, "this commit", out);
		put_parents(session, plan->commit, out);
		buf_puts(out, ".\n");
	}
	buf_puts(out, plan->state == PLAN_FOUND ? "In all, in "
						: "The bug shows in ");
	put_showing(engine, bad, out);
	buf_puts(out, " of bad commits and ");
	put_showing(engine, good, out);
	buf_puts(out, " of good ones.\n\n");
}

/* The crashes that the table numbers, in order of appearance. */
struct titles {
	const char *items[TITLES_MAX];
	int count;
	bool cut;
};

/* From 1; 0 when there are too many. */
static int number_of(struct titles *titles, const char *title)
{
	for (int i = 0; i < titles->count; i++)
		if (str_equal(titles->items[i], title))
			return i + 1;
	if (titles->count == TITLES_MAX) {
		titles->cut = true;
		return 0;
	}
	titles->items[titles->count++] = title;
	return titles->count;
}

/* "12X 8." */
static void put_many(const char *letters, struct buf *out)
{
	static const char order[] = "Xx.BTIi>=";
	const char *gap = "";

	for (const char *p = order; *p; p++) {
		int count = 0;

		for (const char *letter = letters; *letter; letter++)
			count += *letter == *p;
		if (count == 0)
			continue;
		buf_printf(out, "%s%d%c", gap, count, *p);
		gap = " ";
	}
}

/* builds: they are what is looked at, and nothing is run */
static void put_letters(const struct step *step, bool builds, struct buf *out)
{
	size_t begin = out->length, width;
	struct buf letters;

	buf_init(&letters, 0);
	engine_letters(step, &letters);
	if (letters.length > LETTERS_MAX)
		put_many(letters.text, out);
	else
		buf_puts(out, letters.text);
	if (step->build && build_refused(step->build))
		buf_printf(out, "fixup %" PRId64 " fails", step->build->number);
	else if (step->build && step->build->build != BUILD_OK)
		buf_puts(out, step->build->build == BUILD_FAILED
				      ? "build fails"
				      : "build: trouble");
	else if (builds)
		buf_puts(out, step->build ? "builds" : "not built");
	else if (letters.length == 0)
		buf_puts(out, "no runs");
	width = out->length - begin;
	for (; width < LETTERS_MAX; width++)
		buf_putc(out, ' ');
	buf_release(&letters);
}

/* "7x[1] 1x[2]" */
static void put_counts(const struct step *step, struct titles *titles,
		       struct buf *out)
{
	int counts[TITLES_MAX + 1] = { 0 };

	for (int i = 0; i < step->run_count; i++) {
		const char *title = run_title(&step->runs[i]);

		if (!str_empty(title))
			counts[number_of(titles, title)]++;
	}
	for (int i = 1; i <= titles->count; i++)
		if (counts[i])
			buf_printf(out, " %dx[%d]", counts[i], i);
	if (counts[0])
		buf_printf(out, " %dx others", counts[0]);
}

static const char *verdict_mark(const struct step *step)
{
	if (step->set_aside)
		return "?";
	return step->given && (step->given->by == BY_PERSON ||
			       step->given->by == BY_GIT)
		       ? "*"
		       : " ";
}

static void put_step(struct session *session, const struct step *step,
		     struct titles *titles, struct buf *out)
{
	const char *verdict = step->given ? verdict_name(step->verdict) : "...";

	buf_printf(out, "%3d  %s%s%*s  %.*s  ", step->position, verdict,
		   verdict_mark(step), 4 - (int)strlen(verdict), "", OID_SHORT,
		   hex_of(session, step->commit));
	put_letters(step,
		    engine_symptom(session_engine(session)) == SYMPTOM_NO_BUILD,
		    out);
	put_counts(step, titles, out);
	while (out->text[out->length - 1] == ' ')
		out->text[--out->length] = '\0';
	buf_putc(out, '\n');
}

static void put_titles(const struct titles *titles, struct buf *out)
{
	if (titles->count)
		buf_putc(out, '\n');
	for (int i = 0; i < titles->count; i++) {
		buf_printf(out, "  [%d] ", i + 1);
		for (const char *p = titles->items[i]; *p; p++)
			buf_putc(out, (unsigned char)*p < ' ' ? ' ' : *p);
		buf_putc(out, '\n');
	}
	if (titles->cut)
		buf_puts(out, "  and more\n");
}

void mail_runs(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct titles titles = { .count = 0 };
	const struct step *step;

	if (engine_step_count(engine) == 0)
		return;
	if (engine_symptom(engine) == SYMPTOM_NO_BUILD)
		buf_puts(out, "Tested commits; * a person's verdict, ? set "
			      "aside:\n\n");
	else
		buf_puts(out,
			 "Tested commits, a letter for each run: . ok, X the "
			 "bug, x another crash,\nB did not boot, T could not "
			 "be tested, I trouble of the test machine,\ni "
			 "ignored, = a run of an equal kernel; * a person's "
			 "verdict, ? set aside:\n\n");
	for (int i = 0; (step = engine_step(engine, i)); i++)
		put_step(session, step, &titles, out);
	put_titles(&titles, out);
	buf_putc(out, '\n');
}

/* The one that shows the bug by its looks first, then any that counts. */
static const struct run_state *showing_run(const struct engine *engine,
					   const struct step *step)
{
	const struct run_state *other = NULL;

	for (int i = 0; step && i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];

		if (!run->fact || run->open ||
		    symptom_weigh(engine_symptom(engine), run->outcome) !=
			    OUTCOME_CRASHED)
			continue;
		if (run->same)
			return run;
		if (!other)
			other = run;
	}
	return other;
}

bool mail_find_run(struct session *session, int *commit,
		   const struct run_state **run)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	const struct step *step =
		plan->bad >= 0 ? engine_step_of(engine, plan->bad) : NULL;

	*run = showing_run(engine, step);
	for (int i = 0; !*run && (step = engine_step(engine, i)); i++)
		*run = step->verdict == VERDICT_BAD ? showing_run(engine, step)
						    : NULL;
	if (*run)
		*commit = step->commit;
	return *run;
}
