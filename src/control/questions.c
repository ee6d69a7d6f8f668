/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/questions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/pace.h"
#include "control/sure.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"

#define RARE	0.2 /* a share of runs below which it is worth a word */
#define OUTSIDE 0.2 /* the chance that the range is too narrow */
#define SHOWN	10  /* runs: the least that an end is tested again with */

struct asking {
	struct session *session;
	struct engine *engine;
	const struct graph *graph;
	const struct plan *plan;
	struct question_asked *list;
	size_t count, room;
};

static const char *hex_of(const struct asking *ask, int commit)
{
	return graph_oid(ask->graph, commit)->hex;
}

static struct question_asked *add(struct asking *ask, int commit, bool waits,
				  const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static struct question_asked *add(struct asking *ask, int commit, bool waits,
				  const char *format, ...)
{
	struct question_asked *question;
	va_list args;
	char line[512];

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	array_grow(ask->list, ask->count + 1, &ask->room);
	question = &ask->list[ask->count++];
	*question = (struct question_asked){ .text = xstrdup(line),
					     .commit = commit,
					     .waits = waits };
	return question;
}

static void answer(struct question_asked *question, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void answer(struct question_asked *question, const char *format, ...)
{
	char line[320];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (int i = 0; i < QUESTION_ANSWERS; i++) {
		if (question->answers[i])
			continue;
		question->answers[i] = xstrdup(line);
		return;
	}
}

/*
 * The plan's own.
 */

static void answer_title(struct question_asked *question, const char *title)
{
	answer(question, "culprit same '%s': its runs show the bug", title);
	answer(question, "culprit other '%s': its runs say nothing", title);
	answer(question, "culprit noise '%s': as if it had not been there",
	       title);
}

static void ask_plan(struct asking *ask)
{
	const struct plan *plan = ask->plan;

	for (int i = 0; i < plan->wish_count; i++) {
		const struct wish *wish = &plan->wishes[i];
		bool waits = plan->needs_person &&
			     (wish->commit < 0 || wish->commit == plan->commit);
		struct question_asked *question;

		if (wish->kind != WISH_ASK ||
		    (plan->state == PLAN_ONLY_SKIPPED && wish->commit < 0))
			continue;
		question = add(ask, wish->commit, waits, "%s", wish->why);
		if (wish->title)
			answer_title(question, wish->title);
	}
}

/*
 * An end that is blocked.
 */

static bool builds(const struct asking *ask, int commit)
{
	const struct step *step = engine_step_of(ask->engine, commit);

	return !step || !step->build || step->build->build != BUILD_FAILED;
}

static void ask_skipped(struct asking *ask)
{
	const struct plan *plan = ask->plan;
	struct question_asked *question;
	int broken = 0, first = -1;

	if (plan->state != PLAN_ONLY_SKIPPED)
		return;
	for (int i = 0; i < plan->candidate_count; i++) {
		bool fine = builds(ask, plan->candidates[i]);

		broken += !fine;
		if (fine && first < 0 && plan->candidates[i] != plan->bad)
			first = plan->candidates[i];
	}
	question =
		add(ask, -1, true,
		    "the culprit is one of %d commits, and none that is left "
		    "can be tested: %d of them %s not build",
		    plan->candidate_count, broken, broken == 1 ? "does" : "do");
	if (broken)
		answer(question,
		       "culprit fixup add PATCH: what does not build is built "
		       "again with it");
	if (first >= 0)
		answer(question,
		       "culprit pick %.*s: one that was skipped is tested all "
		       "the same",
		       OID_SHORT, hex_of(ask, first));
	answer(question, "culprit report: accept the set, and tell of all %d",
	       plan->candidate_count);
}

/*
 * A culprit that is odd.
 */

static const char *signature_of(const struct asking *ask, int commit)
{
	const struct step *step = engine_step_of(ask->engine, commit);

	return step && step->build && step->build->build == BUILD_OK
		       ? step->build->signature
		       : NULL;
}

static void ask_merge(struct asking *ask, int culprit, int parents)
{
	struct question_asked *question;

	if (parents < 2)
		return;
	question = add(ask, culprit, false,
		       "the culprit is a merge of %d: is it how they came "
		       "together, or was a parent told wrongly?",
		       parents);
	answer(question,
	       "culprit verify: it and its parents are run again, and the "
	       "revert");
}

static void ask_release(struct asking *ask, int culprit)
{
	const struct step *step = engine_step_of(ask->engine, culprit);
	struct question_asked *question;

	if (!step || str_empty(step->release))
		return;
	question = add(ask, culprit, false,
		       "the culprit is the release %s itself, which changes "
		       "little more than a version: is its parent really good?",
		       step->release);
	answer(question, "culprit verify: both are run again");
}

static void ask_equal(struct asking *ask, int culprit, int parent)
{
	const char *own = signature_of(ask, culprit);
	const char *other = signature_of(ask, parent);
	struct question_asked *question;

	if (str_empty(own) || str_empty(other) || !str_equal(own, other))
		return;
	question =
		add(ask, culprit, false,
		    "the culprit makes the very kernel of its parent, so one "
		    "of their verdicts is wrong: which?");
	answer(question, "culprit more %.*s %d: the parent is run again",
	       OID_SHORT, hex_of(ask, parent), SHOWN);
	answer(question, "culprit more %.*s %d: the culprit is", OID_SHORT,
	       hex_of(ask, culprit), SHOWN);
}

static void ask_culprit(struct asking *ask)
{
	int culprit = ask->plan->commit, count;
	const int *parents;

	if (ask->plan->state != PLAN_FOUND)
		return;
	count = graph_parents(ask->graph, culprit, &parents);
	ask_merge(ask, culprit, count);
	ask_release(ask, culprit);
	if (count == 1)
		ask_equal(ask, culprit, parents[0]);
}

/*
 * What is believed.
 */

/* "about 14 h": what is left, when every good commit takes so many runs. */
static void say_forecast(struct asking *ask, const struct sure *sure, char *out,
			 size_t size)
{
	struct pace pace;
	int64_t each;
	double hours;

	pace_find(ask->engine, &pace);
	each = pace_runs(&pace, sure->clean, 1);
	hours = (double)each * (sure->bits + 0.5) / 3600000;
	if (each < 0 || sure->found)
		out[0] = '\0';
	else if (hours < 2)
		snprintf(out, size, ", about %.0f min are left", hours * 60);
	else
		snprintf(out, size, ", about %.0f h are left", hours);
}

static void ask_rare(struct asking *ask, const struct sure *sure)
{
	struct question_asked *question;
	char forecast[48];

	if (sure->rate >= RARE || sure->found)
		return;
	say_forecast(ask, sure, forecast, sizeof(forecast));
	question = add(ask, -1, false,
		       "the bug shows in %.0f %% of the runs only, so a commit "
		       "is good after %d clean ones%s: can it be made to show "
		       "more often?",
		       sure->rate * 100, sure->clean, forecast);
	answer(question, "a longer run, or a better reproducer, in the "
			 "settings: fewer runs are needed");
	answer(question, "more runs at a time (slots): the same in less time");
}

static void ask_outside(struct asking *ask, const struct sure *sure)
{
	const struct plan *plan = ask->plan;
	bool fix = engine_is_fix(ask->engine);
	struct question_asked *question;
	char chance[16];
	int end = plan->nearest_good;

	if (sure->outside < OUTSIDE || plan->good_count == 0)
		return;
	for (int i = 0; i < plan->good_count; i++)
		end = plan->goods[i];
	snprintf(chance, sizeof(chance), "%.0f %%", sure->outside * 100);
	question =
		add(ask, end, false,
		    "%s that the change is older than the range, or its "
		    "older end was told wrongly: is %.*s really %s?",
		    chance, OID_SHORT, hex_of(ask, end), fix ? "bad" : "good");
	answer(question, "culprit more %.*s %d: it is run again", OID_SHORT,
	       hex_of(ask, end), SHOWN);
	if (!fix)
		answer(question, "culprit widen: older releases are tested, "
				 "until one has not the bug");
	answer(question,
	       "culprit widen OLDER: this one is tested, and if it "
	       "is %s the range begins there",
	       fix ? "bad" : "good");
}

/* Two of which both are well seen; the others are run again by themselves. */
static void ask_contradictions(struct asking *ask)
{
	struct sure_doubt *doubts;
	int count = sure_doubts(ask->session, &doubts);
	bool fix = engine_is_fix(ask->engine);

	for (int i = 0; i < count; i++) {
		struct question_asked *question;

		if (doubts[i].other < 0 || !doubts[i].strong)
			continue;
		question =
			add(ask, doubts[i].commit, false,
			    "%.*s %s, and %.*s, which has it in its history, "
			    "%s: %s between them?",
			    OID_SHORT, hex_of(ask, doubts[i].commit),
			    fix ? "does not show the bug" : "shows the bug",
			    OID_SHORT, hex_of(ask, doubts[i].other),
			    fix ? "does" : "does not",
			    fix ? "broken again"
				: "fixed and reintroduced, or hidden");
		answer(question,
		       "culprit %s %.*s: only what is above it is searched",
		       fix ? "bad" : "good", OID_SHORT,
		       hex_of(ask, doubts[i].other));
		answer(question, "culprit more %.*s %d: it is run again",
		       OID_SHORT, hex_of(ask, doubts[i].commit), SHOWN);
	}
	sure_doubts_free(doubts, count);
}

/* What waits before what does not, else in the order in which it came. */
static void order(struct asking *ask)
{
	struct question_asked *sorted =
		xcalloc(ask->count + 1, sizeof(*sorted));
	size_t at = 0;

	for (int waits = 1; waits >= 0; waits--)
		for (size_t i = 0; i < ask->count; i++)
			if (ask->list[i].waits == (waits == 1))
				sorted[at++] = ask->list[i];
	free(ask->list);
	ask->list = sorted;
}

int questions_find(struct session *session, struct question_asked **list)
{
	struct asking ask = { .session = session,
			      .engine = session_engine(session),
			      .graph = session_graph(session) };
	struct sure sure;

	ask.plan = engine_plan(ask.engine);
	ask_plan(&ask);
	ask_skipped(&ask);
	ask_culprit(&ask);
	if (sure_glance(session, &sure)) {
		ask_rare(&ask, &sure);
		ask_outside(&ask, &sure);
		ask_contradictions(&ask);
	}
	order(&ask);
	*list = ask.list;
	return (int)ask.count;
}

void questions_free(struct question_asked *list, int count)
{
	for (int i = 0; i < count; i++) {
		free(list[i].text);
		for (int k = 0; k < QUESTION_ANSWERS; k++)
			free(list[i].answers[k]);
	}
	free(list);
}

void questions_tell(struct session *session, struct buf *out)
{
	const struct plan *plan = engine_plan(session_engine(session));
	struct question_asked *list;
	int count = questions_find(session, &list);

	for (int i = 0; i < count; i++) {
		bool told = false; /* with the plan */

		for (int k = 0; k < plan->wish_count; k++)
			told = told ||
			       (plan->wishes[k].kind == WISH_ASK &&
				str_equal(plan->wishes[k].why, list[i].text));
		if (!told)
			buf_printf(out, "question: %s\n", list[i].text);
		for (int k = 0;
		     k < QUESTION_ANSWERS && list[i].answers[k] && !told; k++)
			buf_printf(out, "  %s\n", list[i].answers[k]);
	}
	questions_free(list, count);
}
