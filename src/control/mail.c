/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mail.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/describe.h"
#include "control/mail_runs.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "repo/people.h"
#include "session/gitlog.h"
#include "session/session.h"

#define CANDIDATES_MAX 50

struct letter {
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	const struct plan *plan;
	const struct mail_extras *extras;
	struct buf *out;
};

/* On one line, whatever it holds. */
static void put_flat(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_putc(out, (unsigned char)*text < ' ' || *text == 127
				      ? ' '
				      : *text);
}

static const char *hex_of(const struct letter *letter, int commit)
{
	return graph_oid(letter->graph, commit)->hex;
}

/* 1a2b3c4d5e6f ("its subject") */
static void put_commit(const struct letter *letter, int commit)
{
	buf_printf(letter->out, "%.*s (\"", OID_SHORT, hex_of(letter, commit));
	put_flat(letter->out, session_subject(letter->session, commit));
	buf_puts(letter->out, "\")");
}

/*
 * What the settings have may be a part of the title, or nothing; the console of
 * a run that shows the bug has it whole, with the function in it.
 */
static const char *whole_title(const struct letter *letter, const char *part)
{
	const struct run_state *run;
	const char *whole;
	int commit;

	if (!mail_find_run(letter->session, &commit, &run))
		return part;
	whole = run_title(run);
	return !str_empty(whole) && strstr(whole, part) ? whole : part;
}

/* Empty where nothing has a title: a test that fails, and says no more. */
static const char *title_of(const struct letter *letter)
{
	switch (engine_symptom(letter->engine)) {
	case SYMPTOM_NO_BOOT:
		return "kernel does not boot";
	case SYMPTOM_NO_BUILD:
		return "kernel does not build";
	case SYMPTOM_CRASH:
	case SYMPTOM_COUNT:
		break;
	}
	return whole_title(letter, engine_title(letter->engine));
}

static void put_people(const struct letter *letter, const char *field, bool to)
{
	const struct people *people = letter->extras->people;
	int count = 0;

	for (size_t i = 0; people && i < people->count; i++) {
		if (people->items[i].to != to)
			continue;
		buf_printf(letter->out, "%s", count++ ? ",\n    " : field);
		people_format(&people->items[i], letter->out);
	}
	if (count)
		buf_putc(letter->out, '\n');
}

static bool has_ends(const struct letter *letter)
{
	return letter->plan->nearest_good >= 0 && letter->plan->bad >= 0;
}

/*
 * What the kernel's documentation asks for (reporting-regressions.rst): the
 * word, and where it was brought in; without a culprit, between what.
 */
static void put_untitled(const struct letter *letter)
{
	const struct plan *plan = letter->plan;
	bool fix = engine_is_fix(letter->engine);
	bool found = plan->state == PLAN_FOUND;

	if (!fix && (found || has_ends(letter)))
		buf_puts(letter->out, "[REGRESSION] ");
	else
		buf_puts(letter->out, found ? "[bisected] " : "[bisecting] ");
	if (found) {
		buf_puts(letter->out, fix ? "fixed by " : "bisected to ");
		put_commit(letter, plan->commit);
	} else if (has_ends(letter)) {
		buf_printf(letter->out, "%sbetween %.*s and %.*s",
			   fix ? "fixed " : "", OID_SHORT,
			   hex_of(letter, plan->nearest_good), OID_SHORT,
			   hex_of(letter, plan->bad));
	} else {
		buf_puts(letter->out, "a test that fails");
	}
}

/* The same as a sentence. */
static void say_untitled(const struct letter *letter)
{
	const struct plan *plan = letter->plan;
	bool fix = engine_is_fix(letter->engine);

	if (plan->state == PLAN_FOUND) {
		buf_printf(letter->out, "The test %s since ",
			   fix ? "passes" : "fails");
		put_commit(letter, plan->commit);
	} else if (has_ends(letter)) {
		buf_printf(letter->out, "The test %s on ",
			   fix ? "fails" : "passes");
		put_commit(letter, plan->nearest_good);
		buf_printf(letter->out, " and %s on ",
			   fix ? "passes" : "fails");
		put_commit(letter, plan->bad);
	} else {
		buf_puts(letter->out, "A test fails");
	}
	buf_putc(letter->out, '.');
}

static void put_titled(const struct letter *letter)
{
	bool fix = engine_is_fix(letter->engine);

	buf_printf(letter->out, "[%s] ",
		   letter->plan->state == PLAN_FOUND ? "bisected"
						     : "bisecting");
	put_flat(letter->out, title_of(letter));
	if (letter->plan->state == PLAN_FOUND) {
		buf_puts(letter->out, fix ? ", fixed by " : ", caused by ");
		put_commit(letter, letter->plan->commit);
	}
}

static void put_subject(const struct letter *letter)
{
	buf_puts(letter->out, "Subject: ");
	if (str_empty(title_of(letter)))
		put_untitled(letter);
	else
		put_titled(letter);
	buf_putc(letter->out, '\n');
}

static void put_header(const struct letter *letter)
{
	if (letter->extras->from) {
		buf_puts(letter->out, "From: ");
		put_flat(letter->out, letter->extras->from);
		buf_putc(letter->out, '\n');
	}
	put_people(letter, "To: ", true);
	put_people(letter, "Cc: ", false);
	put_subject(letter);
	buf_putc(letter->out, '\n');
	if (str_empty(title_of(letter)))
		say_untitled(letter);
	else
		put_flat(letter->out, title_of(letter));
	buf_puts(letter->out, "\n\n");
}

/* "  key: text" for each line of many */
static void put_lines(struct buf *out, const char *lead, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		buf_puts(out, lead);
		buf_add(out, lines, length);
		buf_putc(out, '\n');
		lines += length + (lines[length] == '\n');
	}
}

static void put_date(struct buf *out, int64_t at)
{
	time_t seconds = (time_t)at;
	char text[40];
	struct tm when;

	if (at <= 0 || !gmtime_r(&seconds, &when))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S +0000", &when);
	buf_printf(out, "\tDate:   %s\n", text);
}

static void put_culprit(const struct letter *letter)
{
	int culprit = letter->plan->commit;
	struct buf *out = letter->out;

	buf_printf(out, "The first %s commit is\n\n\tcommit %s\n\tAuthor: ",
		   engine_is_fix(letter->engine) ? "fixed" : "bad",
		   hex_of(letter, culprit));
	put_flat(out, session_author(letter->session, culprit));
	buf_putc(out, '\n');
	put_date(out, session_author_date(letter->session, culprit));
	buf_puts(out, "\n\t    ");
	put_flat(out, session_subject(letter->session, culprit));
	buf_puts(out, "\n\n");
	if (str_empty(letter->extras->links))
		return;
	buf_puts(out, "Its message links to\n\n");
	put_lines(out, "\t", letter->extras->links);
	buf_putc(out, '\n');
}

static void put_candidates(const struct letter *letter)
{
	const struct plan *plan = letter->plan;

	buf_printf(letter->out,
		   "Only skipped commits are left to test.  The first %s "
		   "commit is one of these:\n\n",
		   engine_is_fix(letter->engine) ? "fixed" : "bad");
	for (int i = 0; i < plan->candidate_count && i < CANDIDATES_MAX; i++) {
		buf_putc(letter->out, '\t');
		put_commit(letter, plan->candidates[i]);
		buf_putc(letter->out, '\n');
	}
	if (plan->candidate_count > CANDIDATES_MAX)
		buf_printf(letter->out, "\tand %d more\n",
			   plan->candidate_count - CANDIDATES_MAX);
	buf_putc(letter->out, '\n');
}

static void put_so_far(const struct letter *letter)
{
	const struct plan *plan = letter->plan;
	bool fix = engine_is_fix(letter->engine);

	buf_puts(letter->out, "The search is not over; this is what is known "
			      "so far.\n");
	if (plan->nearest_good >= 0) {
		buf_printf(letter->out, "%s is ", fix ? "Bad" : "Good");
		put_commit(letter, plan->nearest_good);
		buf_puts(letter->out, ".\n");
	}
	if (plan->bad >= 0) {
		buf_printf(letter->out, "%s is ", fix ? "Good" : "Bad");
		put_commit(letter, plan->bad);
		buf_puts(letter->out, ".\n");
	}
	if (plan->state == PLAN_TEST && plan->confirming)
		buf_puts(letter->out, "These ends are not confirmed yet.\n");
	else if (plan->state == PLAN_TEST && plan->believed)
		buf_printf(letter->out, "%d commit%s suspect.\n",
			   plan->suspects,
			   plan->suspects == 1 ? " is" : "s are");
	else if (plan->state == PLAN_TEST && plan->suspects > 0)
		buf_printf(letter->out,
			   "%d commit%s suspect, about %d more step%s.\n",
			   plan->suspects,
			   plan->suspects == 1 ? " is" : "s are",
			   plan->steps + 1, plan->steps ? "s" : "");
	if (plan->state == PLAN_MERGE_BASE_BAD) {
		buf_puts(letter->out, "The merge base ");
		put_commit(letter, plan->commit);
		buf_puts(letter->out, " is bad: the bug was fixed on the good "
				      "side.\n");
	}
	buf_putc(letter->out, '\n');
}

static void put_result(const struct letter *letter)
{
	if (letter->plan->state == PLAN_FOUND)
		put_culprit(letter);
	else if (letter->plan->state == PLAN_ONLY_SKIPPED)
		put_candidates(letter);
	else
		put_so_far(letter);
}

static void put_warnings(const struct letter *letter)
{
	const struct warnings *warnings = letter->extras->warnings;

	for (size_t i = 0; warnings && i < warnings->count; i++)
		buf_printf(letter->out, "Warning: %s.\n", warnings->items[i]);
	if (warnings && warnings->count)
		buf_putc(letter->out, '\n');
}

/* Lines for the commit that mends it, or for the fix where it goes next. */
static void put_tags(const struct letter *letter)
{
	if (letter->plan->state != PLAN_FOUND)
		return;
	if (engine_is_fix(letter->engine)) {
		if (!letter->extras->from)
			return;
		buf_puts(letter->out, "Where this fix goes next:\n\n"
				      "Tested-by: ");
	} else {
		buf_puts(letter->out,
			 "For the commit that mends it:\n\nFixes: ");
		put_commit(letter, letter->plan->commit);
		buf_putc(letter->out, '\n');
		if (letter->extras->from)
			buf_puts(letter->out, "Reported-by: ");
	}
	if (letter->extras->from) {
		put_flat(letter->out, letter->extras->from);
		buf_putc(letter->out, '\n');
	}
	buf_putc(letter->out, '\n');
}

/* What changes the meaning of runs or commits; the rest steers the work. */
static bool is_told(const struct letter *letter, const struct event *event)
{
	if (event->by != BY_PERSON ||
	    engine_is_undone(letter->engine, event->seq))
		return false;
	return event->kind == EVENT_VERDICT ||
	       event->kind == EVENT_SKIP_RANGE ||
	       event->kind == EVENT_RETRACT || event->kind == EVENT_JUDGE ||
	       event->kind == EVENT_SAME || event->kind == EVENT_OTHER ||
	       event->kind == EVENT_NOISE || event->kind == EVENT_POLICY ||
	       event->kind == EVENT_MATCHING || event->kind == EVENT_SYMPTOM ||
	       event->kind == EVENT_NOTE;
}

static void put_decisions(const struct letter *letter)
{
	struct buf line;
	int count = 0;

	buf_init(&line, 0);
	for (size_t i = 0; i < engine_event_count(letter->engine); i++) {
		const struct event *event = engine_event(letter->engine, i);

		if (!is_told(letter, event))
			continue;
		if (count++ == 0)
			buf_puts(letter->out, "Decided by a person:\n\n");
		buf_clear(&line);
		describe_event(letter->session, event, &line);
		buf_puts(letter->out, "  ");
		put_flat(letter->out, line.text);
		buf_putc(letter->out, '\n');
	}
	if (count)
		buf_putc(letter->out, '\n');
	buf_release(&line);
}

/* The patches that were applied before each build. */
static void put_fixups(const struct letter *letter)
{
	struct buf line;

	buf_init(&line, 0);
	for (int i = 0; i < engine_fixup_count(letter->engine); i++) {
		buf_clear(&line);
		describe_event(letter->session, engine_fixup(letter->engine, i),
			       &line);
		buf_puts(letter->out, "  ");
		put_flat(letter->out, line.text);
		buf_putc(letter->out, '\n');
	}
	buf_release(&line);
}

static void put_setup(const struct letter *letter)
{
	struct buf policy;

	buf_puts(letter->out, "How it was tested:\n\n");
	if (!str_empty(letter->extras->setup))
		put_lines(letter->out, "  ", letter->extras->setup);
	put_fixups(letter);
	buf_init(&policy, 0);
	policy_format(engine_policy(letter->engine), &policy);
	buf_printf(letter->out,
		   "  verdicts: policy %s; crashes compared by %s\n\n",
		   policy.text,
		   matching_name(engine_bug(letter->engine)->matching));
	buf_release(&policy);
}

static void put_crash(const struct letter *letter)
{
	if (!letter->extras->crash_from)
		return;
	buf_puts(letter->out, "\n");
	put_flat(letter->out, letter->extras->crash_from);
	if (!letter->extras->crash) {
		buf_puts(letter->out, "\n");
		return;
	}
	buf_puts(letter->out, ":\n\n");
	buf_puts(letter->out, letter->extras->crash);
}

void mail_write(struct session *session, const struct mail_extras *extras,
		struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct letter letter = { .session = session,
				 .engine = engine,
				 .graph = session_graph(session),
				 .plan = engine_plan(engine),
				 .extras = extras,
				 .out = out };

	put_header(&letter);
	put_result(&letter);
	mail_rates(session, out);
	mail_verify(session, out);
	put_warnings(&letter);
	put_tags(&letter);
	mail_runs(session, out);
	put_decisions(&letter);
	put_setup(&letter);
	buf_puts(out, "git bisect log:\n\n");
	gitlog_write(session, out);
	put_crash(&letter);
}
