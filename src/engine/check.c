/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/str.h"
#include "engine/graph.h"

#define MORE_MAX       1000
#define RUN_NUMBER_MAX 1000000
#define LEFT_MAX       1000000000 /* of a log: more than git can count */

static int check_undo(const struct engine *engine, const struct event *event,
		      struct error *err)
{
	long place = fold_place(engine, event->number);
	const struct event *target;

	if (place < 0)
		return error_set(err, ERROR_STATE,
				 "there is no event %" PRId64 " to %s",
				 event->number, event_kind_name(event->kind));
	target = engine->events[place];
	if (event->kind == EVENT_REDO) {
		if (target->kind != EVENT_UNDO || engine->undone[place])
			return error_set(err, ERROR_STATE,
					 "event %" PRId64
					 " is not an undo that can be taken "
					 "back",
					 event->number);
		return 0;
	}
	if (!event_is_decision(target->kind) || target->by == BY_START ||
	    target->kind == EVENT_UNDO || target->kind == EVENT_REDO)
		return error_set(err, ERROR_STATE,
				 "event %" PRId64
				 " (%s) is not a decision that can be undone",
				 event->number, event_kind_name(target->kind));
	if (engine->undone[place])
		return error_set(err, ERROR_STATE,
				 "event %" PRId64 " is undone already",
				 event->number);
	return 0;
}

static int check_run(const struct engine *engine, const struct event *event,
		     struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	struct run_state *run =
		fold_run_find(fold_step_of(engine, commit), event->number);

	if (event->number < 0 || event->number > RUN_NUMBER_MAX)
		return error_set(err, ERROR_STATE,
				 "%" PRId64 " is not a run's number",
				 event->number);
	if (event->kind == EVENT_JUDGE) {
		if (run && run->fact)
			return 0;
		return error_set(err, ERROR_STATE,
				 "commit %.*s has no finished run %" PRId64,
				 OID_SHORT, event->commit.hex, event->number);
	}
	if (run && run->fact)
		return error_set(err, ERROR_STATE,
				 "run %" PRId64 " of %.*s has ended already",
				 event->number, OID_SHORT, event->commit.hex);
	return 0;
}

static int check_retract(const struct engine *engine, const struct event *event,
			 struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	const struct folded_step *step = fold_step_of(engine, commit);

	if (step && (step->person || step->shown.recorded))
		return 0;
	if (fold_is_skipped(engine, commit))
		return 0;
	return error_set(err, ERROR_STATE,
			 "commit %.*s has no verdict to take back", OID_SHORT,
			 event->commit.hex);
}

static int check_pick(const struct engine *engine, const struct event *event,
		      struct error *err)
{
	int commit = graph_find(engine->graph, &event->commit);
	const struct folded_step *step = fold_step_of(engine, commit);

	if (step && (step->person || step->shown.recorded))
		return error_set(err, ERROR_STATE,
				 "commit %.*s has a verdict already: retract "
				 "it, or ask for more runs",
				 OID_SHORT, event->commit.hex);
	if (fold_is_skipped(engine, commit))
		return error_set(err, ERROR_STATE,
				 "commit %.*s is skipped with its range: "
				 "retract it first",
				 OID_SHORT, event->commit.hex);
	return 0;
}

static bool needs_commit(enum event_kind kind)
{
	return kind == EVENT_BUILD_BEGIN || kind == EVENT_BUILD ||
	       kind == EVENT_BUILD_STOPPED || kind == EVENT_RUN_BEGIN ||
	       kind == EVENT_RUN_CRASH || kind == EVENT_RUN ||
	       kind == EVENT_RUN_STOPPED || kind == EVENT_VERDICT ||
	       kind == EVENT_SKIP_RANGE || kind == EVENT_RETRACT ||
	       kind == EVENT_JUDGE || kind == EVENT_MORE ||
	       kind == EVENT_PICK || kind == EVENT_RELEASE ||
	       kind == EVENT_VERIFY;
}

static bool is_of_the_search(enum event_kind kind)
{
	return kind == EVENT_VERDICT || kind == EVENT_SKIP_RANGE ||
	       kind == EVENT_RETRACT || kind == EVENT_MORE ||
	       kind == EVENT_PICK || kind == EVENT_VERIFY;
}

/* The bug that is looked for cannot be another one than itself. */
static int check_ruling(const struct engine *engine, const struct event *event,
			struct error *err)
{
	if (str_empty(event->title))
		return error_set(err, ERROR_STATE, "a title is missing");
	if (event->kind != EVENT_SAME &&
	    str_equal(engine->bug.title, event->title))
		return error_set(err, ERROR_STATE,
				 "'%s' is the title of the bug that is looked "
				 "for",
				 event->title);
	return 0;
}

static int check_known(const struct engine *engine, const struct oid *oid,
		       struct error *err)
{
	if (graph_find(engine->graph, oid) >= 0)
		return 0;
	return error_set(err, ERROR_STATE,
			 "commit %.*s is not one of the session's", OID_SHORT,
			 oid->hex);
}

static int check_build_begin(const struct event *event, struct error *err)
{
	if (event->number >= 0 && event->number <= BUILD_TAKEN)
		return 0;
	return error_set(err, ERROR_STATE,
			 "a build cannot begin as number %" PRId64,
			 event->number);
}

/* A tree without the culprit is no commit that the search could be at. */
static int check_ordinary(const struct engine *engine,
			  const struct event *event, struct error *err)
{
	const struct folded_step *step =
		fold_step_of(engine, graph_find(engine->graph, &event->commit));

	if (!step || !fold_is_scratch(step))
		return 0;
	return error_set(err, ERROR_STATE,
			 "%.*s was made to verify the culprit: it is no commit "
			 "of the range",
			 OID_SHORT, event->commit.hex);
}

static int check_verdict(const struct event *event, struct error *err)
{
	if (event->verdict == VERDICT_NONE)
		return error_set(err, ERROR_STATE,
				 "a verdict is good, bad or skip");
	if (event->by == BY_PERSON && event->number &&
	    (event->number != VERDICT_PINNED || event->verdict == VERDICT_SKIP))
		return error_set(err, ERROR_STATE,
				 "only good or bad can be beyond doubt");
	return 0;
}

static int check_more(const struct event *event, struct error *err)
{
	if (event->number >= 1 && event->number <= MORE_MAX)
		return 0;
	return error_set(err, ERROR_STATE,
			 "between 1 and %d more runs can be asked for, not "
			 "%" PRId64,
			 MORE_MAX, event->number);
}

static int check_fixup(const struct engine *engine, const struct event *event,
		       struct error *err)
{
	if (event->kind == EVENT_FIXUP_DROP) {
		if (fold_find_fixup(engine, event->number) >= 0)
			return 0;
		return error_set(err, ERROR_STATE, "there is no fixup %" PRId64,
				 event->number);
	}
	if (str_empty(event->signature) || str_empty(event->title))
		return error_set(err, ERROR_STATE,
				 "a fixup needs a name and its patch's hash");
	if (event->number == engine_next_fixup(engine))
		return 0;
	return error_set(err, ERROR_STATE,
			 "the next fixup is number %" PRId64 ", not %" PRId64
			 ": add it again",
			 engine_next_fixup(engine), event->number);
}

/* Only a log says such things. */
static int check_recorded(const struct engine *engine,
			  const struct event *event, struct error *err)
{
	enum result result;

	if (event->by != BY_IMPORT)
		return error_set(err, ERROR_STATE,
				 "only a log that is read says '%s'",
				 event_kind_name(event->kind));
	if (event->kind == EVENT_RESULT &&
	    !result_parse(&result, event->policy ? event->policy : ""))
		return error_set(err, ERROR_STATE,
				 "'%s' is not what a log can come to",
				 event->policy ? event->policy : "");
	if (event->kind == EVENT_NEXT &&
	    (event->number < -1 || event->number > LEFT_MAX ||
	     event->steps < 0))
		return error_set(err, ERROR_STATE,
				 "%" PRId64 " revisions cannot be left",
				 event->number);
	if (event->kind == EVENT_SAID || oid_is_none(&event->commit))
		return 0;
	return check_known(engine, &event->commit, err);
}

static int check_verify(const struct event *event, struct error *err)
{
	if (event->number < 1 || event->number > MORE_MAX)
		return error_set(err, ERROR_STATE,
				 "a culprit is verified by 1 to %d runs of "
				 "each, not %" PRId64,
				 MORE_MAX, event->number);
	if (event->policy && !str_equal(event->policy, VERIFY_NO_REVERT))
		return error_set(err, ERROR_STATE,
				 "'%s' is not a way to verify", event->policy);
	return 0;
}

static int check_revert(const struct engine *engine, const struct event *event,
			struct error *err)
{
	struct oid reverted;
	enum made made;

	if (!made_parse(&made, event->policy ? event->policy : "") ||
	    !event->title || !oid_parse(&reverted, event->title) ||
	    oid_is_none(&event->commit) != (made != MADE_OK))
		return error_set(err, ERROR_STATE,
				 "a revert needs what it takes back and what "
				 "came of it");
	if (check_known(engine, &event->other, err) < 0 ||
	    check_known(engine, &reverted, err) < 0)
		return -1;
	return made == MADE_OK ? check_known(engine, &event->commit, err) : 0;
}

static int check_prior(const struct event *event, struct error *err)
{
	if (str_equal(event->policy, PRIOR_BY_FILES) ||
	    str_equal(event->policy, PRIOR_NONE))
		return 0;
	return error_set(err, ERROR_STATE,
			 "'%s' is not where a prior can be from: files or none",
			 event->policy ? event->policy : "");
}

static int check_policy(const struct event *event, struct error *err)
{
	struct policy policy;

	if (!event->policy && event->kind == EVENT_START)
		return 0;
	return policy_parse(&policy, event->policy ? event->policy : "", err);
}

int check_event(const struct engine *engine, const struct event *event,
		struct error *err)
{
	enum matching matching;
	enum symptom symptom;

	if (engine->event_count > 0 &&
	    event->seq <= engine->events[engine->event_count - 1]->seq)
		return error_set(err, ERROR_STATE,
				 "event %" PRId64 " comes out of order",
				 event->seq);
	if (event->kind == EVENT_START && engine->start)
		return error_set(err, ERROR_STATE,
				 "the bisection has begun already");
	if (event->kind != EVENT_START && event->kind != EVENT_RANGE &&
	    event->kind != EVENT_NOTE && !engine->start)
		return error_set(err, ERROR_STATE,
				 "the bisection has not begun yet");
	if (needs_commit(event->kind) &&
	    check_known(engine, &event->commit, err) < 0)
		return -1;
	if (is_of_the_search(event->kind) &&
	    check_ordinary(engine, event, err) < 0)
		return -1;
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START: case EVENT_POLICY:
		return check_policy(event, err);
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
		return check_ruling(engine, event, err);
	case EVENT_MATCHING:
		return matching_parse(&matching, event->policy, err);
	case EVENT_SYMPTOM:
		return symptom_parse(&symptom, event->policy, err);
	case EVENT_PRIOR:
		return check_prior(event, err);
	case EVENT_RUN_BEGIN: case EVENT_RUN: case EVENT_JUDGE:
		return check_run(engine, event, err);
	case EVENT_BUILD_BEGIN:
		return check_build_begin(event, err);
	case EVENT_VERDICT:
		return check_verdict(event, err);
	case EVENT_RETRACT:
		return check_retract(engine, event, err);
	case EVENT_MORE:
		return check_more(event, err);
	case EVENT_PICK:
		return check_pick(engine, event, err);
	case EVENT_SKIP_RANGE:
		return check_known(engine, &event->other, err);
	case EVENT_VERIFY:
		return check_verify(event, err);
	case EVENT_REVERT:
		return check_revert(engine, event, err);
	case EVENT_UNDO: case EVENT_REDO:
		return check_undo(engine, event, err);
	case EVENT_FIXUP: case EVENT_FIXUP_DROP:
		return check_fixup(engine, event, err);
	case EVENT_SAID: case EVENT_NEXT: case EVENT_RESULT:
		return check_recorded(engine, event, err);
	case EVENT_ENGINE: case EVENT_ENGINE_GONE: case EVENT_RANGE:
	case EVENT_RELEASE: case EVENT_BUILD:
	case EVENT_BUILD_STOPPED: case EVENT_RUN_CRASH:
	case EVENT_RUN_STOPPED: case EVENT_CONFIRM: case EVENT_PAUSE:
	case EVENT_RESUME: case EVENT_NOTE: case EVENT_TOUCHED:
	case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
	return 0;
}
