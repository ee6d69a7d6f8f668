/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/whatif.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/fold.h"
#include "engine/graph.h"

/* What the policy said of a commit when it got its verdict. */
struct word {
	bool given; /* there was something to say it of */
	enum verdict verdict;
};

struct imagining {
	const struct graph *graph;
	const struct event *const *events;
	size_t count;
	const struct whatif_change *changes;
	size_t change_count;
	const atomic_bool *stop; /* or NULL */
	struct word *then;	 /* by commit, as it was recorded */
	struct oid *midpoint;	 /* by event that opens a stop, else "" */
	bool *undone;		 /* by event, in the end */

	/* of one course that is imagined */
	struct course *course;
	bool *fed;    /* by event */
	bool *placed; /* by change */
	bool rules;   /* one of the rules has changed by now */
	bool parted;  /* a verdict has: what a log says of its own search is
			 not so any more */
};

static int check_stop(const struct imagining *of, struct error *err)
{
	if (!of->stop || !atomic_load(of->stop))
		return 0;
	return error_set(err, ERROR_BUSY, "nobody wants to know any more");
}

static bool is_rule(enum event_kind kind)
{
	return kind == EVENT_POLICY || kind == EVENT_MATCHING ||
	       kind == EVENT_SAME || kind == EVENT_OTHER || kind == EVENT_NOISE;
}

static bool is_opinion(enum event_kind kind)
{
	return kind == EVENT_VERDICT || kind == EVENT_RETRACT;
}

/*
 * What the policy says of a commit's evidence, with as many runs as it has.
 */
static struct word judge(struct engine *engine, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);
	struct policy policy = *engine_policy(engine);
	struct word word = { .given = false };
	const struct event *build = step ? step->shown.build : NULL;
	struct around around;
	struct tally tally;

	if (!step)
		return word;
	if (build && build->build == BUILD_FAILED &&
	    engine->symptom != SYMPTOM_NO_BUILD)
		return (struct word){ true, VERDICT_SKIP };
	if (engine->symptom == SYMPTOM_NO_BUILD)
		return (struct word){ build != NULL,
				      engine_judge(engine, commit).verdict };
	engine_tally(engine, commit, &tally);
	word.given = tally.total > 0;
	if (!word.given)
		return word;
	policy.runs = policy.first_runs = tally.total;
	weigh_around(engine, step, &around);
	around.first = false;
	around.flaky = engine_is_flaky(engine);
	around.extra = around.until = 0;
	word.verdict = policy_judge(&policy, &tally, &around).verdict;
	return word;
}

/* What was recorded. */

/* May a policy have given this verdict? */
static bool rests_on_runs(const struct event *event)
{
	return event->kind == EVENT_VERDICT &&
	       (event->by == BY_IMPORT || event->by == BY_POLICY);
}

static int look_back(struct imagining *of, struct whatif *out,
		     struct error *err)
{
	struct course *course = &out->recorded;

	course_init(course, of->graph);
	for (size_t i = 0; i < of->count; i++) {
		const struct event *event = of->events[i];
		int commit = oid_is_none(&event->commit)
				     ? -1
				     : graph_find(of->graph, &event->commit);
		size_t stops = course->count;

		if (check_stop(of, err) < 0)
			return -1;
		if (commit >= 0 && rests_on_runs(event))
			of->then[commit] = judge(course->engine, commit);
		course_take(course, event, NULL);
		if (course->count > stops)
			of->midpoint[i] = course->stops[stops].midpoint;
	}
	for (size_t i = 0; i < of->count; i++) {
		int64_t seq = of->events[i]->seq;
		int64_t here = course_seq(course, seq);

		of->undone[i] = here && engine_is_undone(course->engine, here);
	}
	course_finish(course);
	return 0;
}

/* What is imagined. */

/* The change that takes the place of this event; or NULL. */
static const struct whatif_change *instead_of(const struct imagining *of,
					      const struct event *event)
{
	for (size_t i = 0; i < of->change_count; i++) {
		const struct event *is = &of->changes[i].event;

		if (is_opinion(is->kind) && is_opinion(event->kind) &&
		    oid_equal(&is->commit, &event->commit))
			return &of->changes[i];
		if (is->kind == EVENT_JUDGE && event->kind == EVENT_JUDGE &&
		    oid_equal(&is->commit, &event->commit) &&
		    is->number == event->number)
			return &of->changes[i];
	}
	return NULL;
}

/* A later rule of the past that would undo what is imagined. */
static bool is_outdone(const struct imagining *of, const struct event *event,
		       size_t place)
{
	for (size_t i = 0; i < of->change_count; i++) {
		const struct whatif_change *change = &of->changes[i];
		bool word = change->event.kind == EVENT_SAME ||
			    change->event.kind == EVENT_OTHER ||
			    change->event.kind == EVENT_NOISE;

		if (!is_rule(change->event.kind) || !is_rule(event->kind) ||
		    event->by == BY_START || place < change->from)
			continue;
		if (word ? event->title &&
				    str_equal(event->title, change->event.title)
			 : event->kind == change->event.kind)
			return true;
	}
	return false;
}

/* What crashes mean has changed: the policy judges all runs so far again. */
static void follow_policy(struct course *course)
{
	for (size_t i = 0; i <= course->count; i++) {
		const struct plan *plan = engine_plan(course->engine);
		struct event event = { .kind = EVENT_VERDICT, .by = BY_POLICY };

		if (plan->wish_count == 0 ||
		    plan->wishes[0].kind != WISH_VERDICT)
			return;
		event.commit =
			*graph_oid(course->graph, plan->wishes[0].commit);
		event.verdict = plan->wishes[0].verdict;
		if (course_take(course, &event, NULL) < 0)
			return;
	}
}

static int place_change(struct imagining *of, size_t which, struct error *err)
{
	struct event event = of->changes[which].event;

	if (of->placed[which])
		return 0;
	of->placed[which] = true;
	event.by = BY_PERSON;
	event.seq = 0;
	of->rules |= is_rule(event.kind) || event.kind == EVENT_JUDGE;
	/* one that had no verdict has none to be taken back */
	if (event.kind == EVENT_RETRACT) {
		of->parted = true;
		return 0;
	}
	of->parted |= event.kind == EVENT_VERDICT;
	if (course_take(of->course, &event, err) < 0)
		return -1;
	if (is_rule(event.kind) && event.kind != EVENT_POLICY)
		follow_policy(of->course);
	return 0;
}

/* The rules of the start come first, then those that are imagined. */
static bool is_before_rules(const struct event *event)
{
	return event->kind == EVENT_START || event->kind == EVENT_RANGE ||
	       event->kind == EVENT_NOTE || event->kind == EVENT_SAID ||
	       (event->by != BY_PERSON &&
		(event->kind == EVENT_MATCHING ||
		 event->kind == EVENT_SYMPTOM || event->kind == EVENT_PRIOR ||
		 event->kind == EVENT_CONFIRM));
}

/* A verdict on a commit that never had one has its time, as a rule has. */
static bool has_time(const struct imagining *of,
		     const struct whatif_change *change)
{
	const struct event *is = &change->event;

	if (is_rule(is->kind))
		return true;
	if (is->kind != EVENT_VERDICT || change->from == 0)
		return false;
	for (size_t i = 0; i < of->count; i++)
		if (of->events[i]->kind == EVENT_VERDICT &&
		    oid_equal(&of->events[i]->commit, &is->commit))
			return false;
	return true;
}

/* What counts from here on. */
static int place_rules(struct imagining *of, size_t place,
		       const struct event *event, struct error *err)
{
	if (is_before_rules(event))
		return 0;
	for (size_t i = 0; i < of->change_count; i++)
		if (!of->placed[i] && of->changes[i].from <= place &&
		    has_time(of, &of->changes[i]) &&
		    place_change(of, i, err) < 0)
			return -1;
	return 0;
}

/* A word on a run comes when the run has ended. */
static int place_words(struct imagining *of, const struct event *run,
		       struct error *err)
{
	for (size_t i = 0; i < of->change_count; i++) {
		const struct event *event = &of->changes[i].event;

		if (event->kind == EVENT_JUDGE && run->kind == EVENT_RUN &&
		    event->number == run->number &&
		    oid_equal(&event->commit, &run->commit) &&
		    place_change(of, i, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * A verdict that rests on runs is given anew where the policy is another one,
 * or where it says otherwise of these runs now than it did then.
 */
static int take_verdict(struct imagining *of, const struct event *event)
{
	int commit = graph_find(of->graph, &event->commit);
	struct event again = *event;
	struct word now;
	bool policy = false;

	for (size_t i = 0; i < of->change_count; i++)
		policy |= of->placed[i] &&
			  of->changes[i].event.kind == EVENT_POLICY;
	if (!of->rules || !rests_on_runs(event) || commit < 0)
		return course_take(of->course, event, NULL);
	now = judge(of->course->engine, commit);
	if (!now.given || now.verdict == event->verdict ||
	    (!policy && of->then[commit].given &&
	     now.verdict == of->then[commit].verdict))
		return course_take(of->course, event, NULL);
	of->parted = true;
	if (now.verdict == VERDICT_NONE)
		return 0;
	again.verdict = now.verdict;
	again.by = BY_POLICY;
	again.policy = of->course->engine->symptom == SYMPTOM_CRASH
			       ? NULL
			       : event->policy;
	return course_take(of->course, &again, NULL);
}

/*
 * One event of the past, with what is imagined in its place or beside it.
 * What contradicts a change, and cannot be beside it, is left out.
 */
static int feed(struct imagining *of, size_t place, struct error *err)
{
	const struct event *event = of->events[place];
	const struct whatif_change *change = instead_of(of, event);

	if (of->fed[place])
		return 0;
	if (check_stop(of, err) < 0)
		return -1;
	of->fed[place] = true;
	if (place_rules(of, place, event, err) < 0)
		return -1;
	if (change && event->kind == EVENT_VERDICT)
		return place_change(of, (size_t)(change - of->changes), err);
	if (change)
		return 0;
	if (is_outdone(of, event, place) ||
	    (of->parted &&
	     (event->kind == EVENT_NEXT || event->kind == EVENT_RESULT)))
		return 0;
	if (event->kind == EVENT_VERDICT)
		take_verdict(of, event);
	else
		course_take(of->course, event, NULL);
	return place_words(of, event, err);
}

/* What has found no place until the end. */
static int feed_rest(struct imagining *of, struct error *err)
{
	for (size_t i = 0; i < of->change_count; i++)
		if (place_change(of, i, err) < 0)
			return -1;
	return 0;
}

static void begin(struct imagining *of, struct course *course)
{
	course_init(course, of->graph);
	of->course = course;
	of->rules = of->parted = false;
	memset(of->fed, 0, of->count * sizeof(*of->fed));
	memset(of->placed, 0, of->change_count * sizeof(*of->placed));
}

static int imagine_all(struct imagining *of, struct course *course,
		       struct error *err)
{
	begin(of, course);
	for (size_t i = 0; i < of->count; i++)
		if (feed(of, i, err) < 0)
			return -1;
	if (feed_rest(of, err) < 0)
		return -1;
	course_finish(course);
	return 0;
}

/* Would the search, as it is imagined, have made this test now? */
static bool would_test(struct imagining *of, size_t place)
{
	const struct event *event = of->events[place];
	const struct plan *plan;
	const struct oid *wanted;

	if (oid_is_none(&of->midpoint[place]))
		return true; /* nothing was searched, or nobody can tell */
	plan = engine_plan(of->course->engine);
	if (plan->picked)
		return true;
	if (plan->recorded || plan->state != PLAN_TEST)
		return false;
	wanted = graph_oid(of->graph, plan->commit);
	return oid_equal(wanted, &of->midpoint[place]) ||
	       oid_equal(wanted, &event->commit);
}

/* A decision of the past that is about no commit. */
static bool is_general(const struct event *event)
{
	return oid_is_none(&event->commit) && event_is_decision(event->kind) &&
	       event->kind != EVENT_UNDO && event->kind != EVENT_REDO;
}

/*
 * Everything of a commit, or what is about none; what was taken back in the
 * end is left out.
 */
static int feed_of(struct imagining *of, const struct oid *commit, bool *any,
		   struct error *err)
{
	for (size_t i = 0; i < of->count; i++) {
		const struct event *event = of->events[i];
		bool fits = commit ? oid_equal(&event->commit, commit)
				   : is_general(event);

		if (!fits || of->fed[i] || of->undone[i])
			continue;
		*any = true;
		if (feed(of, i, err) < 0)
			return -1;
	}
	return 0;
}

/* The verdict that is imagined for a commit which was never tested. */
static int decide_on(struct imagining *of, const struct oid *commit, bool *any,
		     struct error *err)
{
	for (size_t i = 0; i < of->change_count; i++) {
		if (of->placed[i] ||
		    of->changes[i].event.kind != EVENT_VERDICT ||
		    !oid_equal(&of->changes[i].event.commit, commit))
			continue;
		*any = true;
		return place_change(of, i, err);
	}
	return 0;
}

/* From where it parts, on the evidence of other times. */
static int go_on(struct imagining *of, struct error *err)
{
	struct course *course = of->course;
	bool any = true;

	of->parted = true;
	for (size_t i = 0; i < course->count; i++) {
		struct oid commit = course->stops[i].commit;

		if (feed_of(of, &commit, &any, err) < 0)
			return -1;
	}
	if (feed_of(of, NULL, &any, err) < 0)
		return -1;
	while (any) {
		const struct plan *plan = engine_plan(course->engine);
		struct oid wanted;

		any = false;
		if (plan->recorded || plan->state != PLAN_TEST)
			break;
		wanted = *graph_oid(of->graph, plan->commit);
		if (feed_of(of, &wanted, &any, err) < 0 ||
		    (!any && decide_on(of, &wanted, &any, err) < 0))
			return -1;
	}
	return 0;
}

static int imagine_search(struct imagining *of, struct course *course,
			  struct error *err)
{
	begin(of, course);
	for (size_t i = 0; i < of->count; i++) {
		const struct event *event = of->events[i];

		if (course_opens(event) &&
		    course_find(course, &event->commit) < 0 &&
		    !would_test(of, i)) {
			if (go_on(of, err) < 0)
				return -1;
			break;
		}
		if (feed(of, i, err) < 0)
			return -1;
	}
	if (feed_rest(of, err) < 0 || go_on(of, err) < 0)
		return -1;
	course_finish(course);
	return 0;
}

/* A change must speak of something that there is. */
static int check_changes(const struct imagining *of,
			 const struct course *recorded, struct error *err)
{
	for (size_t i = 0; i < of->change_count; i++) {
		struct event event = of->changes[i].event;

		event.by = BY_PERSON;
		event.seq = (int64_t)recorded->event_count + 1;
		if (event.kind == EVENT_RETRACT)
			settle(recorded->engine);
		if (check_event(recorded->engine, &event, err) < 0)
			return -1;
	}
	return 0;
}

/* Does the recorded test come to something else, with all that was made? */
static bool is_changed(const struct whatif *whatif, size_t stop)
{
	const struct course_stop *was = &whatif->recorded.stops[stop];
	int at = course_find(&whatif->all, &was->commit);

	return at < 0 || whatif->all.stops[at].verdict != was->verdict;
}

/* How the end was reached: is anything left to be known? */
static bool is_complete(const struct course_end *end)
{
	return end->state == PLAN_FOUND || end->state == PLAN_ONLY_SKIPPED ||
	       end->state == PLAN_MERGE_BASE_BAD;
}

int whatif_make_until(struct whatif *out, const struct graph *graph,
		      const struct event *const *events, size_t count,
		      const struct whatif_change *changes, size_t change_count,
		      const atomic_bool *stop, struct error *err)
{
	struct imagining of = { .graph = graph,
				.events = events,
				.count = count,
				.changes = changes,
				.change_count = change_count,
				.stop = stop };
	int ret = -1;

	memset(out, 0, sizeof(*out));
	of.then = xcalloc((size_t)graph_count(graph) + 1, sizeof(*of.then));
	of.midpoint = xcalloc(count + 1, sizeof(*of.midpoint));
	of.undone = xcalloc(count + 1, sizeof(*of.undone));
	of.fed = xcalloc(count + 1, sizeof(*of.fed));
	of.placed = xcalloc(change_count + 1, sizeof(*of.placed));
	if (look_back(&of, out, err) < 0 ||
	    check_changes(&of, &out->recorded, err) < 0 ||
	    imagine_all(&of, &out->all, err) < 0 ||
	    imagine_search(&of, &out->imagined, err) < 0)
		goto out;
	out->known = out->recorded.known && !out->imagined.end.recorded;
	out->complete = is_complete(&out->imagined.end);
	while (out->first_changed < out->recorded.count &&
	       !is_changed(out, out->first_changed))
		out->first_changed++;
	ret = 0;
out:
	free(of.placed);
	free(of.fed);
	free(of.undone);
	free(of.midpoint);
	free(of.then);
	if (ret < 0)
		whatif_release(out);
	return ret;
}

int whatif_make(struct whatif *out, const struct graph *graph,
		const struct event *const *events, size_t count,
		const struct whatif_change *changes, size_t change_count,
		struct error *err)
{
	return whatif_make_until(out, graph, events, count, changes,
				 change_count, NULL, err);
}

void whatif_release(struct whatif *whatif)
{
	course_release(&whatif->recorded);
	course_release(&whatif->imagined);
	course_release(&whatif->all);
}

enum whatif_fate whatif_fate(const struct whatif *whatif, size_t stop)
{
	const struct course_stop *was = &whatif->recorded.stops[stop];
	int at = course_find(&whatif->imagined, &was->commit);

	if (!whatif->known && stop > whatif->first_changed)
		return is_changed(whatif, stop) ? WHATIF_CHANGED
						: WHATIF_UNKNOWN;
	if (at < 0)
		return WHATIF_NOT_MADE;
	if (whatif->imagined.stops[at].verdict != was->verdict)
		return WHATIF_CHANGED;
	return (size_t)at == stop ? WHATIF_STANDS : WHATIF_ELSEWHEN;
}

const char *whatif_fate_name(enum whatif_fate fate)
{
	static const char *const names[] = {
		[WHATIF_STANDS] = "stands",	[WHATIF_CHANGED] = "changed",
		[WHATIF_ELSEWHEN] = "elsewhen", [WHATIF_NOT_MADE] = "not-made",
		[WHATIF_UNKNOWN] = "unknown",
	};

	return names[fate];
}

const char *whatif_fate_words(enum whatif_fate fate)
{
	static const char *const words[] = {
		[WHATIF_STANDS] = "",
		[WHATIF_CHANGED] = "changed",
		[WHATIF_ELSEWHEN] = "at another time",
		[WHATIF_NOT_MADE] = "not made",
		[WHATIF_UNKNOWN] = "not known",
	};

	return words[fate];
}
