/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/extend.h"
#include "control/mirror.h"
#include "control/mover.h"
#include "control/named.h"
#include "control/orders_inside.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "session/session.h"

int orders_expect(const struct order *order, int low, int high,
		  const char *usage, struct error *err)
{
	if (order->argc >= low && order->argc <= high)
		return 0;
	return error_set(err, ERROR_USAGE, "usage: culprit %s", usage);
}

static int find_commit(const struct order *order, const char *spec,
		       struct oid *oid, struct error *err)
{
	if (order->repo)
		return repo_resolve(order->repo, spec, oid, err);
	if (!named_is_id(spec))
		return error_set(err, ERROR_INPUT,
				 "'%s' is not an id (the repository is not at "
				 "hand: give at least %d digits of one)",
				 spec, NAMED_DIGITS);
	return named_commit(session_graph(order->session), spec, oid, err);
}

/* Without a name, the commit under test: a verdict is never on another. */
static int commit_or_midpoint(const struct order *order, const char *spec,
			      struct oid *oid, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));

	if (spec)
		return find_commit(order, spec, oid, err);
	if (plan->state != PLAN_TEST)
		return error_set(err, ERROR_STATE,
				 "no commit is under test: name one");
	*oid = *graph_oid(session_graph(order->session), plan->commit);
	return 0;
}

/* In a session by hand the worktree goes where the next test is. */
static int move_worktree(const struct order *order, struct error *err)
{
	struct oid oid;
	char *path;

	if (!order->repo || !mover_wanted(order->session, &oid))
		return 0;
	if (order->moves) {
		*order->moves = true;
		return 0;
	}
	if (mover_bring(order->session, &oid, false, err) < 0)
		return -1;
	path = session_worktree(order->session);
	buf_printf(order->say, "checked out in %s\n", path);
	free(path);
	return 0;
}

int orders_begin(struct session *session, struct repo *repo, struct buf *say,
		 struct error *err)
{
	const struct order order = { .session = session,
				     .repo = repo,
				     .say = say };
	int ret = move_worktree(&order, err);

	if (ret == 0)
		mirror_look(session, repo, NULL, say);
	return ret;
}

/* After a decision: load what is missing, say what follows. */
int orders_follow_up(const struct order *order, struct error *err)
{
	if (order->repo &&
	    extend_if_needed(order->session, order->repo, err) < 0)
		return -1;
	describe_plan(order->session, order->say);
	return move_worktree(order, err);
}

struct event orders_event_by(const struct order *order, enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.by = BY_PERSON,
		.who = (char *)(uintptr_t)order->who,
		.text = (char *)(uintptr_t)order->why,
	};
}

static int append_all(const struct order *order, const struct event *events,
		      size_t count, struct error *err)
{
	if (session_append(order->session, events, count, err) < 0)
		return -1;
	return orders_follow_up(order, err);
}

static int append(const struct order *order, const struct event *event,
		  struct error *err)
{
	return append_all(order, event, 1, err);
}

static bool is_known(const struct order *order, const struct oid *oid)
{
	return graph_find(session_graph(order->session), oid) >= 0;
}

/* Nobody takes back a word without noticing: HEAD may be another commit. */
static void say_change(const struct order *order, const struct event *event)
{
	int commit = graph_find(session_graph(order->session), &event->commit);
	const struct step *step =
		engine_step_of(session_engine(order->session), commit);

	if (step && step->given && step->given->verdict != event->verdict)
		buf_printf(order->say, "%.*s was %s so far\n", OID_SHORT,
			   event->commit.hex,
			   verdict_name(step->given->verdict));
}

/* A verdict on one commit, which is loaded where the session lacks it. */
static int commit_event(const struct order *order, const char *spec,
			enum verdict verdict, struct event *event,
			struct error *err)
{
	bool fix = engine_is_fix(session_engine(order->session));

	*event = orders_event_by(order, EVENT_VERDICT);
	event->verdict = verdict;
	if (commit_or_midpoint(order, spec, &event->commit, err) < 0)
		return -1;
	say_change(order, event);
	if (!order->repo || is_known(order, &event->commit) ||
	    verdict == VERDICT_SKIP)
		return 0;
	return extend_for(order->session, order->repo, &event->commit,
			  (verdict == VERDICT_BAD) != fix, err);
}

static int range_event(const struct order *order, const char *spec,
		       struct event *event, struct error *err)
{
	char *from = xstrdup(spec), *to = strstr(from, "..");
	int ret = -1;

	*event = orders_event_by(order, EVENT_SKIP_RANGE);
	*to = '\0';
	to += 2;
	if (!*from || !*to || *to == '.')
		error_set(err, ERROR_INPUT,
			  "'%s' is not a range: expected A..B", spec);
	else if (find_commit(order, from, &event->other, err) == 0)
		ret = find_commit(order, to, &event->commit, err);
	free(from);
	return ret;
}

/* One event a word, or one for the commit under test; all or nothing. */
static int give_verdicts(struct order *order, enum verdict verdict,
			 struct error *err)
{
	size_t count = order->argc > 0 ? (size_t)order->argc : 1;
	struct event *events = xcalloc(count, sizeof(*events));
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++) {
		const char *spec = order->argc > 0 ? order->argv[i] : NULL;

		if (spec && verdict == VERDICT_SKIP && strstr(spec, ".."))
			ret = range_event(order, spec, &events[i], err);
		else
			ret = commit_event(order, spec, verdict, &events[i],
					   err);
	}
	if (ret == 0)
		ret = append_all(order, events, count, err);
	if (ret == 0 && verdict != VERDICT_SKIP)
		describe_apart(order->session, order->say);
	free(events);
	return ret;
}

int order_good(struct order *order, struct error *err)
{
	return give_verdicts(order, VERDICT_GOOD, err);
}

int order_bad(struct order *order, struct error *err)
{
	if (orders_expect(order, 0, 1, "bad [COMMIT] [-m WHY]", err) < 0)
		return -1;
	return give_verdicts(order, VERDICT_BAD, err);
}

int order_skip(struct order *order, struct error *err)
{
	return give_verdicts(order, VERDICT_SKIP, err);
}

/* Which verdict: the word that was given, or the one that it has. */
static int pinned_verdict(const struct order *order, struct event *event,
			  struct error *err)
{
	const struct step *step;

	if (order->argc > 1) {
		if (!str_equal(order->argv[1], "good") &&
		    !str_equal(order->argv[1], "bad"))
			return error_set(err, ERROR_USAGE,
					 "'%s' cannot be beyond doubt: good or "
					 "bad",
					 order->argv[1]);
		event->verdict = str_equal(order->argv[1], "good")
					 ? VERDICT_GOOD
					 : VERDICT_BAD;
		return 0;
	}
	step = engine_step_of(session_engine(order->session),
			      graph_find(session_graph(order->session),
					 &event->commit));
	if (!step ||
	    (step->verdict != VERDICT_GOOD && step->verdict != VERDICT_BAD))
		return error_set(err, ERROR_STATE,
				 "commit %.*s has no verdict that could be "
				 "pinned: say good or bad",
				 OID_SHORT, event->commit.hex);
	event->verdict = step->verdict;
	return 0;
}

int order_pin(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_VERDICT);
	bool newer;

	if (orders_expect(order, 1, 2, "pin COMMIT [good|bad] [-m WHY]", err) <
		    0 ||
	    find_commit(order, order->argv[0], &event.commit, err) < 0 ||
	    pinned_verdict(order, &event, err) < 0)
		return -1;
	event.number = VERDICT_PINNED;
	say_change(order, &event);
	newer = (event.verdict == VERDICT_BAD) !=
		engine_is_fix(session_engine(order->session));
	if (order->repo && !is_known(order, &event.commit) &&
	    extend_for(order->session, order->repo, &event.commit, newer, err) <
		    0)
		return -1;
	return append(order, &event, err);
}

int order_judge(struct order *order, struct error *err)
{
	static const char usage[] = "judge COMMIT#RUN OUTCOME [-m WHY]";
	struct event event = orders_event_by(order, EVENT_JUDGE);
	char *commit;
	int ret;

	if (orders_expect(order, 2, 2, usage, err) < 0)
		return -1;
	if (named_run(order->argv[0], &commit, &event.number, err) < 0)
		return -1;
	ret = named_outcome(order->argv[1], &event.outcome, err);
	if (ret == 0)
		ret = find_commit(order, commit, &event.commit, err);
	free(commit);
	return ret < 0 ? -1 : append(order, &event, err);
}

static const struct run_state *find_run(const struct order *order,
					const struct oid *oid, int64_t number)
{
	int commit = graph_find(session_graph(order->session), oid);

	return step_find_run(
		engine_step_of(session_engine(order->session), commit), number);
}

/* A person's word on a run: the last one is undone, wherever it stands. */
static int retract_judgement(const struct order *order, const char *commit,
			     int64_t number, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_UNDO);
	const struct run_state *run;
	struct oid oid;

	if (find_commit(order, commit, &oid, err) < 0)
		return -1;
	run = find_run(order, &oid, number);
	if (!run || !run->judge)
		return error_set(err, ERROR_STATE,
				 "nobody has judged run %" PRId64 " of %.*s",
				 number, OID_SHORT, oid.hex);
	event.number = run->judge->seq;
	return append(order, &event, err);
}

int order_retract(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_RETRACT);
	int64_t run;
	char *commit;
	int ret;

	if (orders_expect(order, 1, 1, "retract COMMIT|COMMIT#RUN [-m WHY]",
			  err) < 0)
		return -1;
	if (named_split(order->argv[0], &commit, &run)) {
		ret = retract_judgement(order, commit, run, err);
		free(commit);
		return ret;
	}
	if (find_commit(order, order->argv[0], &event.commit, err) < 0)
		return -1;
	return append(order, &event, err);
}

/*
 * Titles.
 */

/* What all runs come to, one letter each; '?' where a person is asked. */
static void add_outcomes(const struct order *order, struct buf *out)
{
	struct engine *engine = session_engine(order->session);

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		for (int k = 0; k < step->run_count; k++)
			buf_putc(out, step->runs[k].open
					      ? '?'
					      : outcome_letter(
							step->runs[k].outcome));
	}
}

static int count_differences(const char *a, const char *b)
{
	int count = 0;

	for (; *a && *b; a++, b++)
		count += *a != *b;
	return count;
}

static bool has_shown(const struct run_state *run, const char *title)
{
	if (str_equal(run_title(run), title))
		return true;
	for (int i = 0; run->fact && i < run->fact->crash_count; i++)
		if (crash_known_as(&run->fact->crashes[i], title))
			return true;
	return false;
}

/* How many runs show a crash of this title. */
static int count_shown(const struct order *order, const char *title)
{
	struct engine *engine = session_engine(order->session);
	int count = 0;

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		for (int k = 0; k < step->run_count; k++)
			count += has_shown(&step->runs[k], title);
	}
	return count;
}

static int title_of_run(const struct order *order, const char *spec,
			int64_t number, struct buf *title, struct error *err)
{
	const struct run_state *run;
	struct oid oid;

	if (find_commit(order, spec, &oid, err) < 0)
		return -1;
	run = find_run(order, &oid, number);
	if (!run)
		return error_set(err, ERROR_STATE,
				 "there is no run %" PRId64 " of %.*s", number,
				 OID_SHORT, oid.hex);
	if (str_empty(run_title(run)))
		return error_set(err, ERROR_STATE,
				 "run %" PRId64 " of %.*s shows no crash",
				 number, OID_SHORT, oid.hex);
	buf_puts(title, run_title(run));
	return 0;
}

/* TITLE, in one word or several, or the title of a run. */
static int take_title(const struct order *order, struct buf *title,
		      struct error *err)
{
	int64_t number;
	char *commit;
	int ret;

	if (order->argc != 1 ||
	    !named_split(order->argv[0], &commit, &number)) {
		for (int i = 0; i < order->argc; i++)
			buf_printf(title, "%s%s", i ? " " : "", order->argv[i]);
		return 0;
	}
	ret = title_of_run(order, commit, number, title, err);
	free(commit);
	return ret;
}

/* Append, and say what it changes of the runs that are there. */
static int append_to_runs(const struct order *order, const struct event *event,
			  struct error *err)
{
	struct buf before, after;
	int ret, changed;

	buf_init(&before, 0);
	buf_init(&after, 0);
	add_outcomes(order, &before);
	ret = session_append(order->session, event, 1, err);
	if (ret == 0) {
		add_outcomes(order, &after);
		changed = count_differences(before.text, after.text);
		buf_printf(order->say,
			   "%d run%s now come%s to something "
			   "else\n",
			   changed, changed == 1 ? "" : "s",
			   changed == 1 ? "s" : "");
		ret = orders_follow_up(order, err);
	}
	buf_release(&before);
	buf_release(&after);
	return ret;
}

static int rule_title(const struct order *order, enum event_kind kind,
		      const char *usage, struct error *err)
{
	struct event event = orders_event_by(order, kind);
	struct buf title;
	int ret;

	if (orders_expect(order, 1, INT_MAX, usage, err) < 0)
		return -1;
	buf_init(&title, 0);
	ret = take_title(order, &title, err);
	if (ret == 0 && count_shown(order, title.text) == 0)
		buf_printf(order->say,
			   "no run shows '%s' so far: it holds for those to "
			   "come\n",
			   title.text);
	event.title = title.text;
	if (ret == 0)
		ret = append_to_runs(order, &event, err);
	buf_release(&title);
	return ret;
}

int order_same(struct order *order, struct error *err)
{
	return rule_title(order, EVENT_SAME, "same TITLE|COMMIT#RUN [-m WHY]",
			  err);
}

int order_other(struct order *order, struct error *err)
{
	return rule_title(order, EVENT_OTHER, "other TITLE|COMMIT#RUN [-m WHY]",
			  err);
}

int order_noise(struct order *order, struct error *err)
{
	return rule_title(order, EVENT_NOISE, "noise TITLE|COMMIT#RUN [-m WHY]",
			  err);
}

int order_matching(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_MATCHING);
	enum matching matching;

	if (orders_expect(order, 1, 1, "matching any|family|title [-m WHY]",
			  err) < 0)
		return -1;
	if (matching_parse(&matching, order->argv[0], err) < 0) {
		err->code = ERROR_USAGE;
		return -1;
	}
	event.policy = (char *)(uintptr_t)matching_name(matching);
	return append_to_runs(order, &event, err);
}

int order_policy(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_POLICY);
	struct policy policy;
	struct buf whole;
	int ret = -1;

	if (orders_expect(order, 1, 1, "policy POLICY [-m WHY]", err) < 0)
		return -1;
	if (policy_parse(&policy, order->argv[0], err) < 0) {
		err->code = ERROR_USAGE;
		return -1;
	}
	buf_init(&whole, 0);
	policy_format(&policy, &whole);
	event.policy = whole.text;
	ret = append(order, &event, err);
	buf_release(&whole);
	return ret;
}

int order_symptom(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_SYMPTOM);
	enum symptom symptom;

	if (orders_expect(order, 1, 1,
			  "symptom crash|boot-failed|build-failed "
			  "[-m WHY]",
			  err) < 0)
		return -1;
	if (symptom_parse(&symptom, order->argv[0], err) < 0) {
		err->code = ERROR_USAGE;
		return -1;
	}
	event.policy = (char *)(uintptr_t)symptom_name(symptom);
	return append(order, &event, err);
}

int order_more(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_MORE);

	if (orders_expect(order, 2, 2, "more COMMIT N", err) < 0 ||
	    find_commit(order, order->argv[0], &event.commit, err) < 0)
		return -1;
	if (!str_number(order->argv[1], 1, INT32_MAX, &event.number))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not a number of runs",
				 order->argv[1]);
	if (!desk_can_run(order->session))
		return error_set(err, ERROR_STATE,
				 "this session has no test command that could "
				 "be run");
	if (engine_symptom(session_engine(order->session)) == SYMPTOM_NO_BUILD)
		return error_set(err, ERROR_STATE,
				 "what does not build is looked for: nothing "
				 "is run");
	return append(order, &event, err);
}

int order_pick(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_PICK);

	if (orders_expect(order, 1, 1, "pick COMMIT", err) < 0 ||
	    find_commit(order, order->argv[0], &event.commit, err) < 0)
		return -1;
	if (session_append(order->session, &event, 1, err) < 0)
		return -1;
	if (!engine_plan(session_engine(order->session))->picked)
		buf_printf(order->say,
			   "the pick of %.*s waits, this comes "
			   "first:\n",
			   OID_SHORT, event.commit.hex);
	return orders_follow_up(order, err);
}

int order_pause(struct order *order, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));
	bool now = order->argc > 0 && str_equal(order->argv[0], "--now");
	struct event event = orders_event_by(order, EVENT_PAUSE);

	if (orders_expect(order, now, now, "pause [--now]", err) < 0)
		return -1;
	if (plan->paused && (plan->halted || !now))
		return error_set(err, ERROR_STATE,
				 "the session is paused already");
	event.number = now ? PAUSE_NOW : 0;
	return append(order, &event, err);
}

int order_resume(struct order *order, struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(order->session));
	struct event event = orders_event_by(order, EVENT_RESUME);

	if (orders_expect(order, 0, 0, "resume", err) < 0)
		return -1;
	if (plan->widens && !plan->paused)
		return order_widen(order, err);
	return append(order, &event, err);
}

int order_stop(struct order *order, struct error *err)
{
	if (orders_expect(order, 0, 0, "stop", err) < 0)
		return -1;
	if (order->at_once) {
		buf_puts(order->say, "the engine ends; R starts one again\n");
		return desk_end_engine(order->session, err);
	}
	if (desk_stop_engine(order->session, err) < 0)
		return -1;
	buf_puts(order->say, "the engine has ended\n");
	return 0;
}

int order_note(struct order *order, struct error *err)
{
	struct event event = orders_event_by(order, EVENT_NOTE);
	struct buf text;
	int ret;

	if (orders_expect(order, 1, INT_MAX, "note TEXT", err) < 0)
		return -1;
	buf_init(&text, 0);
	for (int i = 0; i < order->argc; i++)
		buf_printf(&text, "%s%s", i ? " " : "", order->argv[i]);
	event.text = text.text;
	ret = session_append(order->session, &event, 1, err);
	buf_release(&text);
	return ret;
}
