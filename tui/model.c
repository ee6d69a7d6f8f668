/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "control/joblist.h"
#include "control/pace.h"
#include "control/prospects.h"
#include "control/questions.h"
#include "control/sure.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "engine/warnings.h"
#include "session/session.h"
#include "tui/ledger.h"

#define STANDS_OUT 0.1 /* of a likeliest commit */

const char *badge_word(enum badge badge)
{
	static const char *const badge_words[BADGE_COUNT] = {
		[BADGE_IDLE] = "IDLE",	   [BADGE_LIVE] = "LIVE",
		[BADGE_PAUSED] = "PAUSED", [BADGE_DONE] = "DONE",
		[BADGE_ASKS] = "ASKS",	   [BADGE_LOST] = "LOST",
		[BADGE_HAND] = "HAND",	   [BADGE_REPLAY] = "REPLAY",
	};

	return badge_words[badge];
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const verdict_words[VERDICT_COUNT] = {
		[VERDICT_NONE] = "...",
		[VERDICT_GOOD] = "GOOD",
		[VERDICT_BAD] = "BAD",
		[VERDICT_SKIP] = "SKIP",
	};

	return verdict_words[verdict];
}

char *model_rough(char *out, int64_t ms)
{
	int64_t minutes = (ms + 30000) / 60000;

	if (minutes < 1)
		str_copy(out, 16, "<1m");
	else if (minutes < 60)
		snprintf(out, 16, "~%dm", (int)minutes);
	else if (minutes < 100 * 60)
		snprintf(out, 16, "~%dh%02dm", (int)(minutes / 60),
			 (int)(minutes % 60));
	else
		snprintf(out, 16, "~%d days",
			 (int)(minutes / (24 * 60) % 100000));
	return out;
}

char *model_short(char *out, int64_t ms)
{
	int64_t minutes = ms / 60000;

	if (minutes < 60)
		return str_duration(out, ms);
	if (minutes < 100 * 60)
		snprintf(out, 16, "%dh%02dm", (int)(minutes / 60),
			 (int)(minutes % 60));
	else
		snprintf(out, 16, "%dd", (int)(minutes / (24 * 60) % 100000));
	return out;
}

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
	model->testing = model->selected = -1;
}

void model_release(struct model *model)
{
	for (int i = 0; i < model->row_count; i++)
		free(model->rows[i].letters);
	free(model->rows);
	free(model->runs);
	free(model->console);
	model_init(model);
}

/* The engine that came last, unless it said good-bye. */
static bool engine_was_lost(const struct engine *engine)
{
	const struct event *last = engine_process_event(engine);

	return last && last->kind == EVENT_ENGINE;
}

/* Then the search is over, and the work is not. */
static bool is_verifying(const struct plan *plan)
{
	bool any = plan->needs_person;

	for (int i = 0; i < plan->wish_count; i++)
		any |= plan->wishes[i].like >= 0;
	return any;
}

static enum badge badge_of(const struct engine *engine, const struct plan *plan,
			   const struct model_view *view)
{
	if (view->replay_steps)
		return BADGE_REPLAY;
	if (plan->state == PLAN_FOUND && !is_verifying(plan))
		return BADGE_DONE;
	if (plan->state == PLAN_ONLY_SKIPPED ||
	    plan->state == PLAN_MERGE_BASE_BAD)
		return BADGE_ASKS;
	if (plan->paused)
		return BADGE_PAUSED;
	if (!view->can_run && !view->engine.alive)
		return BADGE_HAND;
	if (plan->needs_person)
		return BADGE_ASKS;
	if (view->engine.alive)
		return BADGE_LIVE;
	return engine_was_lost(engine) ? BADGE_LOST : BADGE_IDLE;
}

static void fill_mark(struct model_mark *mark, struct session *session,
		      int commit, enum verdict verdict, bool ascii)
{
	const struct step *step;

	memset(mark, 0, sizeof(*mark));
	mark->commit = commit;
	mark->verdict = verdict;
	if (commit < 0)
		return;
	str_copy(mark->id, sizeof(mark->id),
		 graph_oid(session_graph(session), commit)->hex);
	step = engine_step_of(session_engine(session), commit);
	if (step && step->release)
		text_copy(mark->name, sizeof(mark->name), step->release, ascii);
}

/* The first commit that got this verdict, -1 for none but `not_this`. */
static int first_with(const struct model *model, enum verdict verdict,
		      int not_this)
{
	for (int i = 0; i < model->row_count; i++) {
		if (model->rows[i].verdict == verdict &&
		    !str_equal(model->rows[i].doubt, "set aside"))
			return model->rows[i].commit == not_this
				       ? -1
				       : model->rows[i].commit;
	}
	return -1;
}

static const char *test_label_of(const struct plan *plan)
{
	return plan->picked	  ? "picked by hand"
	       : plan->confirming ? "confirming"
	       : plan->merge_base ? "merge base"
	       : plan->release	  ? "older release"
				  : "testing now";
}

static void fill_strip(struct model *model, struct session *session,
		       const struct plan *plan, bool ascii)
{
	enum verdict old = model->fix ? VERDICT_BAD : VERDICT_GOOD;
	enum verdict new = model->fix ? VERDICT_GOOD : VERDICT_BAD;
	int test = plan->state == PLAN_TEST ? plan->commit : -1;

	fill_mark(&model->good, session, plan->nearest_good, old, ascii);
	fill_mark(&model->bad, session, plan->bad, new, ascii);
	fill_mark(&model->test, session, test, VERDICT_NONE, ascii);
	fill_mark(&model->oldest, session,
		  first_with(model, old, plan->nearest_good), old, ascii);
	fill_mark(&model->reported, session, first_with(model, new, plan->bad),
		  new, ascii);
	model->test_label = test_label_of(plan);
}

/* Only of a culprit: elsewhere there is no room for them. */
static void fill_warnings(struct model *model, struct session *session,
			  const struct plan *plan, bool ascii)
{
	struct warnings warnings;

	model->warning_count = 0;
	if (plan->state != PLAN_FOUND)
		return;
	warnings_find(&warnings, session_engine(session),
		      session_graph(session), NULL);
	model->warning_count = (int)warnings.count;
	if (warnings.count)
		text_copy(model->warning, sizeof(model->warning),
			  warnings.items[0], ascii);
	warnings_release(&warnings);
}

/* By git's rule in steps, by what is believed in bits and runs. */
static void fill_to_go(struct model *model, const struct plan *plan,
		       const struct sure *sure)
{
	struct buf text;

	buf_init(&text, 0);
	if (plan->believed && sure)
		sure_say_to_go(sure, true, &text);
	else
		buf_printf(&text, "%d left, ~%d %s", plan->left, plan->steps,
			   plan->steps == 1 ? "step" : "steps");
	str_copy(model->to_go, sizeof(model->to_go), text.text);
	buf_release(&text);
}

/* How sure, in few words: while nothing stands out there are none. */
static void fill_sure(struct model *model, struct session *session,
		      const struct sure *sure)
{
	struct buf text;

	model->sure[0] = model->believed[0] = '\0';
	if (!sure)
		return;
	buf_init(&text, 0);
	if (sure->found) {
		sure_tell_short(sure, &text);
	} else if (sure->chance >= STANDS_OUT &&
		   sure->chance * sure->likely >= 2) {
		buf_puts(&text, "likeliest ");
		sure_say_percent(sure->chance, &text);
	}
	str_copy(model->sure, sizeof(model->sure), text.text);
	buf_clear(&text);
	if (model->selected >= 0)
		sure_tell_at(session, model->rows[model->selected].commit,
			     &text);
	str_copy(model->believed, sizeof(model->believed), text.text);
	buf_release(&text);
}

/* Where no order is followed, what is not known yet tells how long it takes. */
static void fill_left(struct model *model, const struct engine *engine,
		      const struct sure *sure)
{
	if (engine_policy(engine)->kind == POLICY_ADAPTIVE &&
	    model->left_ms >= 0 && sure)
		model->left_ms = sure->left_ms;
}

static void fill_questions(struct model *model, struct session *session)
{
	struct question_asked *list;
	int count = questions_find(session, &list);

	model->question_count = 0;
	for (int i = 0; i < count; i++)
		model->question_count += !list[i].waits;
	questions_free(list, count);
}

static void fill_culprit(struct model *model, struct session *session,
			 const struct plan *plan, bool ascii)
{
	const struct graph *graph = session_graph(session);
	size_t length = 0;

	model->culprit = plan->state == PLAN_FOUND ? plan->commit : -1;
	if (model->culprit >= 0) {
		str_copy(model->culprit_id, sizeof(model->culprit_id),
			 graph_oid(graph, plan->commit)->hex);
		text_copy(model->culprit_subject,
			  sizeof(model->culprit_subject),
			  session_subject(session, plan->commit), ascii);
		text_copy(model->culprit_author, sizeof(model->culprit_author),
			  session_author(session, plan->commit), ascii);
		model->culprit_date =
			session_author_date(session, plan->commit);
	}
	if (plan->state != PLAN_ONLY_SKIPPED)
		return;
	model->candidate_count = plan->candidate_count;
	for (int i = 0; i < plan->candidate_count; i++) {
		if (length + OID_SHORT + 2 > sizeof(model->candidates))
			break;
		length += (size_t)snprintf(
			model->candidates + length,
			sizeof(model->candidates) - length, "%s%.*s",
			i ? " " : "", OID_SHORT,
			graph_oid(graph, plan->candidates[i])->hex);
	}
}

static const char *question(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++) {
		if (plan->wishes[i].kind == WISH_ASK)
			return plan->wishes[i].why;
	}
	return NULL;
}

static void fill_asked(struct model *model, const struct plan *plan)
{
	model->asked_commit = model->asked_run = -1;
	for (int i = 0; i < plan->wish_count; i++) {
		if (!plan->wishes[i].title)
			continue;
		model->asked_commit = plan->wishes[i].commit;
		model->asked_run = plan->wishes[i].run;
		return;
	}
}

static void say_rule(struct model *model, bool asks, const char *text)
{
	model->rule.shown = false;
	model->rule.asks = asks;
	str_copy(model->rule.text, sizeof(model->rule.text), text);
}

static void say_judgement(struct model *model, const struct engine *engine)
{
	struct buf text;

	buf_init(&text, 0);
	judgement_say(&model->rule.judgement, engine_policy(engine), &text);
	str_copy(model->rule.text, sizeof(model->rule.text), text.text);
	buf_release(&text);
}

static void rule_of_test(struct model *model, struct engine *engine,
			 const struct plan *plan, const struct model_view *view)
{
	const struct step *step = engine_step_of(engine, plan->commit);
	char time[24];

	if (model->badge == BADGE_HAND && view->moving)
		say_rule(model, false,
			 "git brings the worktree there: wait before you test");
	else if (model->badge == BADGE_HAND && !(step && step->run_count))
		say_rule(model, false,
			 "test it, then say what it is: v and g, b or s");
	else if (step && step->build_begin) {
		say_rule(model, false, "");
		snprintf(model->rule.text, sizeof(model->rule.text),
			 "building for %s",
			 str_duration(time, view->now - step->build_begin->at));
	} else if (!step || !step->build)
		say_rule(model, false, "not built yet");
	else {
		model->rule.shown = true;
		model->rule.judgement = engine_judge(engine, plan->commit);
		say_judgement(model, engine);
	}
}

static void rule_of_verify(struct model *model, struct engine *engine)
{
	struct verify verify;
	struct buf text;

	if (!engine_verify(engine, &verify) || !verify.current)
		return;
	buf_init(&text, 0);
	buf_puts(&text, verify.is_done ? "verified: " : "verifying: ");
	verify_say(engine, &verify, &text);
	say_rule(model, false, text.text);
	buf_release(&text);
}

static void fill_rule(struct model *model, struct engine *engine,
		      const struct plan *plan, const struct model_view *view)
{
	const char *why = question(plan);
	char clean[MODEL_TEXT];

	fill_asked(model, plan);
	if (plan->needs_person && !str_empty(why)) {
		say_rule(model, true,
			 text_copy(clean, sizeof(clean), why, view->ascii));
		return;
	}
	switch (plan->state) {
	case PLAN_NEEDS_BAD:
		say_rule(model, true, "no bad commit is known yet");
		break;
	case PLAN_NEEDS_GOOD:
		say_rule(model, true, "no good commit is known yet");
		break;
	case PLAN_NEEDS_RANGE:
		say_rule(model, false, "the commits between are not read yet");
		break;
	case PLAN_TEST:
		rule_of_test(model, engine, plan, view);
		break;
	case PLAN_FOUND:
		rule_of_verify(model, engine);
		break;
	case PLAN_ONLY_SKIPPED:
		say_rule(model, true, "only skipped commits are left to test");
		break;
	case PLAN_MERGE_BASE_BAD:
		say_rule(model, true,
			 "a merge base is bad: fixed on the good side");
		break;
	}
}

/* When the verdict on a commit was given, or `at` if that is later. */
static int64_t verdict_time(struct engine *engine, int commit, int64_t at)
{
	const struct step *step = engine_step_of(engine, commit);

	return step && step->given && step->given->at > at ? step->given->at
							   : at;
}

/*
 * How many events there were when the engine that found the culprit ended:
 * what a person orders later on is no part of the search.  All of them where
 * no engine has ended since.
 */
static size_t events_of_search(struct session *session, int culprit)
{
	struct engine *engine = session_engine(session);
	size_t count = engine_event_count(engine);
	int64_t found = verdict_time(engine, culprit, 0);
	const int *parents;
	int parent_count =
		graph_parents(session_graph(session), culprit, &parents);

	for (int i = 0; i < parent_count; i++)
		found = verdict_time(engine, parents[i], found);
	for (size_t at = 0; at < count; at++) {
		const struct event *event = engine_event(engine, at);

		if (event->kind == EVENT_ENGINE_GONE && event->at >= found)
			return at;
	}
	return count;
}

/* When the search last came to anything: notes and orders take no time. */
static int64_t last_work(const struct engine *engine, size_t at)
{
	while (at-- > 1) {
		const struct event *event = engine_event(engine, at);

		if (event->kind == EVENT_RUN || event->kind == EVENT_BUILD ||
		    event->kind == EVENT_VERDICT)
			return event->at;
	}
	return engine_event(engine, 0)->at;
}

static void fill_times(struct model *model, struct session *session,
		       const struct plan *plan, const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	const struct event *start = engine_start_event(engine);
	size_t searched = plan->state == PLAN_FOUND
				  ? events_of_search(session, plan->commit)
				  : engine_event_count(engine);
	struct pace pace;
	int64_t spent = 0;

	model->elapsed_ms = model->left_ms = -1;
	if (!start)
		return;
	/* where nobody works the time stands, and costs nothing to show */
	model->elapsed_ms = (view->engine.alive && model->state != PLAN_FOUND
				     ? view->now
				     : last_work(engine, searched)) -
			    start->at;
	if (model->state != PLAN_TEST || model->bad.commit < 0 ||
	    model->good.commit < 0)
		return;
	if (model->testing >= 0 && model->rows[model->testing].took_ms > 0)
		spent = model->rows[model->testing].took_ms;
	pace_find(engine, &pace);
	model->left_ms = pace_left(&pace, model->steps, spent);
}

static int jobs_of(const struct step *step)
{
	int count = step && step->build_begin ? 1 : 0;

	for (int run = 0; step && run < step->run_count; run++)
		count += step->runs[run].running;
	return count;
}

static int in_flight(struct engine *engine)
{
	const struct ahead_build *ahead;
	struct verify verify;
	int count = 0;

	for (int i = 0; (ahead = engine_ahead(engine, i)); i++)
		count += ahead->fact == NULL;
	for (int i = 0; i < engine_step_count(engine); i++)
		count += jobs_of(engine_step(engine, i));
	if (!engine_verify(engine, &verify))
		return count;
	for (int i = 0; i < verify.count; i++)
		if (verify.trees[i].commit != verify.trees[i].base)
			count += jobs_of(
				engine_step_of(engine, verify.trees[i].commit));
	return count;
}

/* Where nothing moves because a cluster's scheduler is silent. */
static void add_scheduler(struct model *model, const struct joblist *jobs,
			  bool ascii)
{
	size_t used = strlen(model->status);
	char name[24];

	if (!jobs->away)
		return;
	text_copy(name, sizeof(name), jobs->away, ascii);
	snprintf(model->status + used, sizeof(model->status) - used,
		 "; %s does not answer, it is waited for", name);
}

/* What is built ahead, behind what else is said of the engine. */
static void add_prospects(struct model *model, struct session *session)
{
	size_t used = strlen(model->status);
	struct buf say;

	buf_init(&say, 0);
	prospects_say(session, &say);
	if (say.length)
		snprintf(model->status + used, sizeof(model->status) - used,
			 "; %s", say.text);
	buf_release(&say);
}

static void fill_status(struct model *model, struct session *session,
			const struct joblist *jobs,
			const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	size_t count = engine_event_count(engine);
	int flying = in_flight(engine);
	char host[64], ago[24];

	model->engine_alive = view->engine.alive;
	text_copy(host, sizeof(host), view->engine.host, view->ascii);
	model->engine_stage = view->engine_stage;
	if (view->engine_stage != ENGINE_WORKS) {
		snprintf(model->status, sizeof(model->status),
			 "engine %d on %s%s", view->engine.pid, host,
			 desk_engine_does(view->engine_stage));
		return;
	}
	if (view->engine.alive) {
		str_duration(ago,
			     count ? view->now -
					     engine_event(engine, count - 1)->at
				   : 0);
		snprintf(model->status, sizeof(model->status),
			 "engine %d on %s, %d %s, last event %s ago",
			 view->engine.pid, host, flying,
			 flying == 1 ? "job" : "jobs", ago);
		add_scheduler(model, jobs, view->ascii);
		add_prospects(model, session);
		return;
	}
	str_copy(model->status, sizeof(model->status),
		 view->replay_steps ? "an earlier time is shown: 8 moves in it"
		 : model->badge == BADGE_DONE
			 ? "no engine: nothing is left to do"
		 : !view->can_run ? "no engine: this session is driven by hand"
		 : model->badge == BADGE_LOST
			 ? "the engine is gone: press R to start it again"
			 : "no engine: press R to start one");
}

void model_build(struct model *model, struct session *session,
		 const struct model_view *view)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	const struct sure *sure;
	struct sure glance;
	struct joblist jobs;

	model_release(model);
	text_copy(model->title, sizeof(model->title), engine_title(engine),
		  view->ascii);
	model->fix = engine_is_fix(engine);
	model->link_ms = view->link_ms;
	model->reads = view->reads;
	model->state = plan->state;
	model->badge = badge_of(engine, plan, view);
	model->replay_step = view->replay_step;
	model->replay_steps = view->replay_steps;
	model->replay_ms = view->replay_ms;
	model->suspects = plan->suspects;
	model->left = plan->left;
	model->steps = plan->steps;
	ledger_fill_rows(model, session, view);
	model->step =
		model->testing < 0 ? -1 : model->rows[model->testing].position;
	plan = engine_plan(engine);
	fill_strip(model, session, plan, view->ascii);
	fill_culprit(model, session, plan, view->ascii);
	fill_warnings(model, session, plan, view->ascii);
	sure = sure_glance(session, &glance) ? &glance : NULL;
	fill_to_go(model, plan, sure);
	fill_sure(model, session, sure);
	fill_questions(model, session);
	model->resumes = plan_resumes(plan);
	fill_rule(model, engine, plan, view);
	fill_times(model, session, plan, view);
	fill_left(model, engine, sure);
	joblist_read(&jobs, session_dir(session));
	fill_status(model, session, &jobs, view);
	ledger_fill_runs(model, session, &jobs, view);
	joblist_release(&jobs);
}
