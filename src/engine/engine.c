/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/adaptive.h"
#include "engine/fold.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "engine/suspects.h"

struct engine *engine_new(const struct graph *graph)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	engine->graph = graph;
	engine->assumed = -1;
	fold_all(engine);
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	fold_release(engine);
	kept_forget(engine);
	settle_release(&engine->ends);
	bug_release(&engine->bug);
	free(engine->events);
	free(engine->undone);
	free(engine->steps);
	free(engine->step_of);
	free(engine->skip_ranges);
	free(engine->releases);
	free(engine->fixups);
	free(engine->stock);
	free(engine->reverts);
	free(engine->touch);
	free(engine->wishes);
	free(engine->candidates);
	adaptive_drop(engine);
	span_drop(engine->span);
	free(engine);
}

static void push(struct engine *engine, const struct event *event)
{
	size_t room = engine->event_room;

	array_grow(engine->events, engine->event_count + 1,
		   &engine->event_room);
	if (engine->event_room != room)
		engine->undone = xreallocarray(
			engine->undone, engine->event_room, sizeof(bool));
	engine->undone[engine->event_count] = false;
	engine->events[engine->event_count++] = event;
}

/* Let the undo or redo take effect (on), or take that back. */
static void turn(struct engine *engine, const struct event *event, bool on)
{
	long place = fold_place(engine, event->number);

	engine->undone[place] = on;
	if (event->kind == EVENT_REDO)
		engine->undone[fold_place(engine,
					  engine->events[place]->number)] = !on;
}

static void take(struct engine *engine, const struct event *event)
{
	push(engine, event);
	if (event->kind == EVENT_UNDO || event->kind == EVENT_REDO) {
		turn(engine, event, true);
		fold_all(engine);
	} else {
		fold_event(engine, engine->event_count - 1);
	}
}

static void give_back(struct engine *engine)
{
	const struct event *event = engine->events[engine->event_count - 1];

	if (event->kind == EVENT_UNDO || event->kind == EVENT_REDO)
		turn(engine, event, false);
	engine->event_count--;
	fold_all(engine);
}

/* Events after which two verdicts of a person's may exclude each other. */
static bool may_contradict(const struct event *event)
{
	return (event->kind == EVENT_VERDICT &&
		(event->by == BY_PERSON || event->by == BY_START)) ||
	       event->kind == EVENT_UNDO || event->kind == EVENT_REDO;
}

/* The two commits are those of a verdict on the newer and the older side. */
static int refuse_contradiction(const struct engine *engine,
				const struct event *event, int newer, int older,
				struct error *err)
{
	char first[OID_SHORT + 1], second[OID_SHORT + 1];
	bool fix = engine->start->fix;

	str_copy(first, sizeof(first), graph_oid(engine->graph, newer)->hex);
	str_copy(second, sizeof(second), graph_oid(engine->graph, older)->hex);
	if (event->by == BY_START)
		return error_set(
			err, ERROR_STATE,
			"%s is given as %s and %s as %s, but the first "
			"is an ancestor of the second; maybe you "
			"mistook good and bad",
			first, fix ? "good" : "bad", second,
			fix ? "bad" : "good");
	return error_set(err, ERROR_STATE,
			 "the verdicts on %s and %s exclude each other (a %s "
			 "commit cannot be an ancestor of a %s one): retract "
			 "one of them first",
			 first, second, fix ? "good" : "bad",
			 fix ? "bad" : "good");
}

/*
 * A bad merge base is git's own special end and no mistake, also when its
 * verdict comes back by an undo or a redo.
 */
static bool is_on_merge_base(struct engine *engine, const struct event *event)
{
	const struct plan *plan = engine_plan(engine);

	while (event->kind == EVENT_UNDO || event->kind == EVENT_REDO)
		event = engine->events[fold_place(engine, event->number)];
	return (event->kind == EVENT_VERDICT || event->kind == EVENT_RETRACT) &&
	       plan->merge_base &&
	       plan->commit == graph_find(engine->graph, &event->commit);
}

/* Was all that a mark's numbers come from known by this graph already? */
static bool knows_mark(const struct engine *engine, const struct mark *mark)
{
	return mark->commit < graph_count(engine->graph) &&
	       graph_is_expanded(engine->graph, mark->commit);
}

/*
 * What is dear to work out: the staircase, and where it ends.  A graph that
 * lacks commits of later loads gives the same numbers as long as it has the
 * ends with what lies between them.
 */
static void take_numbers(struct engine *engine, const struct engine *like)
{
	struct marks *marks = &engine->ends.marks;
	bool same = like->graph == engine->graph;

	for (size_t i = 0; i < like->ends.marks.count; i++) {
		if (!same && !knows_mark(engine, &like->ends.marks.items[i]))
			return;
		array_grow(marks->items, i + 1, &marks->room);
		marks->items[marks->count++] = like->ends.marks.items[i];
	}
	if (like->ends.found && same) {
		engine->ends.found = suspects_copy(like->ends.found);
		engine->ends.mid = like->ends.mid;
	}
}

struct engine *engine_new_after(const struct graph *graph,
				const struct event *const *events, size_t count,
				const struct engine *like)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	engine->graph = graph;
	engine->assumed = -1;
	for (size_t i = 0; i < count; i++) {
		push(engine, events[i]);
		if (events[i]->kind == EVENT_UNDO ||
		    events[i]->kind == EVENT_REDO)
			turn(engine, events[i], true);
	}
	fold_all(engine);
	if (like)
		take_numbers(engine, like);
	/* a span knows the commits of its own graph only */
	if (like && like->span && like->graph == graph)
		engine->span = span_hold(like->span);
	return engine;
}

struct engine *engine_copy(const struct engine *engine)
{
	return engine_new_after(engine->graph, engine->events,
				engine->event_count, engine);
}

/* Without the plan, which is dear, unless there is something to refuse. */
static int take_if_it_fits(struct engine *engine, const struct event *event,
			   struct error *err)
{
	int before = engine->ends.conflicts, newer, older;

	take(engine, event);
	settle(engine);
	if (engine->ends.conflicts <= before)
		return 0;
	newer = engine->ends.conflict_new;
	older = engine->ends.conflict_old;
	give_back(engine);
	if (!is_on_merge_base(engine, event))
		return refuse_contradiction(engine, event, newer, older, err);
	take(engine, event);
	return 0;
}

int engine_apply(struct engine *engine, const struct event *event,
		 struct error *err)
{
	bool look = may_contradict(event);

	if (event->kind == EVENT_RETRACT || event->kind == EVENT_PICK || look)
		settle(engine);
	if (check_event(engine, event, err) < 0)
		return -1;
	if (look)
		return take_if_it_fits(engine, event, err);
	take(engine, event);
	return 0;
}

void engine_graph_changed(struct engine *engine)
{
	settle_release(&engine->ends);
	kept_forget(engine);
	engine->plan_valid = false;
	adaptive_drop(engine);
	span_drop(engine->span);
	engine->span = NULL;
}

const struct plan *engine_plan(struct engine *engine)
{
	if (!engine->plan_valid)
		plan_make(engine);
	return &engine->plan;
}

int engine_step_count(const struct engine *engine)
{
	int count = 0;

	for (size_t i = 0; i < engine->step_count; i++)
		count += fold_has_content(engine->steps[i]) &&
			 !fold_is_scratch(engine->steps[i]);
	return count;
}

const struct step *engine_step(struct engine *engine, int position_from_0)
{
	settle(engine);
	for (size_t i = 0; i < engine->step_count; i++) {
		if (!fold_has_content(engine->steps[i]) ||
		    fold_is_scratch(engine->steps[i]))
			continue;
		if (position_from_0-- == 0)
			return &engine->steps[i]->shown;
	}
	return NULL;
}

const struct step *engine_step_of(struct engine *engine, int commit)
{
	struct folded_step *step = fold_step_of(engine, commit);

	settle(engine);
	return step && fold_has_content(step) ? &step->shown : NULL;
}

bool engine_is_made(const struct engine *engine, int commit)
{
	const struct folded_step *step = fold_step_of(engine, commit);

	return step && fold_is_scratch(step);
}

enum result engine_result(const struct engine *engine,
			  const struct event **event)
{
	if (event)
		*event = engine->recorded.end;
	return engine->recorded.result;
}

const struct event *engine_said(const struct engine *engine,
				const char *wording)
{
	size_t length = strlen(wording);

	for (size_t i = engine->event_count; i-- > 0;) {
		const struct event *event = engine->events[i];

		if (event->kind == EVENT_SAID && event->wording &&
		    str_starts(event->wording, wording) &&
		    (event->wording[length] == '\0' ||
		     str_equal(event->wording + length, "+")))
			return event;
	}
	return NULL;
}

int engine_skips(struct engine *engine, const int **skips)
{
	settle(engine);
	*skips = engine->ends.skips;
	return engine->ends.skip_count;
}

struct suspects *engine_suspects(struct engine *engine)
{
	settle(engine);
	if (!settle_has_range(engine))
		return NULL;
	return suspects_copy(settle_suspects(engine));
}

const struct event *engine_start_event(const struct engine *engine)
{
	return engine->start;
}

const struct event *engine_process_event(const struct engine *engine)
{
	return engine->process;
}

const struct policy *engine_policy(const struct engine *engine)
{
	return &engine->policy;
}

const char *engine_title(const struct engine *engine)
{
	const char *title = bug_title(&engine->bug);

	if (str_empty(title) && engine->symptom != SYMPTOM_CRASH)
		return symptom_says(engine->symptom);
	return title;
}

enum symptom engine_symptom(const struct engine *engine)
{
	return engine->symptom;
}

const struct bug *engine_bug(const struct engine *engine)
{
	return &engine->bug;
}

bool engine_is_fix(const struct engine *engine)
{
	return engine->start && engine->start->fix;
}

struct judgement engine_judge(struct engine *engine, int commit)
{
	struct folded_step nothing = { .shown = { .commit = commit,
						  .same_as = -1 } };
	const struct folded_step *step = fold_step_of(engine, commit);

	settle(engine);
	if (engine->policy.kind == POLICY_ADAPTIVE)
		engine_plan(engine);
	return weigh_judge(engine, step ? step : &nothing);
}

void engine_tally(struct engine *engine, int commit, struct tally *tally)
{
	settle(engine);
	weigh_tally(engine, fold_step_of(engine, commit), tally);
}

void engine_tally_own(const struct engine *engine, int commit,
		      struct tally *tally)
{
	weigh_own(engine, fold_step_of(engine, commit), tally);
}

const struct run_state *step_find_run(const struct step *step, int64_t number)
{
	for (int i = 0; step && i < step->run_count; i++)
		if (step->runs[i].number == number)
			return &step->runs[i];
	return NULL;
}

const char *run_title(const struct run_state *run)
{
	if (run->crash)
		return run->crash->title;
	if (run->fact)
		return run->fact->title;
	return run->seen ? run->seen->title : NULL;
}

char engine_run_letter(const struct run_state *run)
{
	if (run->running)
		return '>';
	if (run->other || (run->outcome == OUTCOME_CRASHED && !run->same))
		return 'x';
	return outcome_letter(run->outcome);
}

void engine_letters(const struct step *step, struct buf *out)
{
	for (int i = 0; i < step->same_runs; i++)
		buf_putc(out, '=');
	for (int i = 0; i < step->run_count; i++)
		buf_putc(out, engine_run_letter(&step->runs[i]));
}

static bool is_ordinary(const struct event *event)
{
	return event_is_decision(event->kind) &&
	       (event->by == BY_PERSON || event->by == BY_GIT) &&
	       event->kind != EVENT_UNDO && event->kind != EVENT_REDO;
}

int64_t engine_undo_target(const struct engine *engine)
{
	for (size_t i = engine->event_count; i-- > 0;)
		if (is_ordinary(engine->events[i]) && !engine->undone[i])
			return engine->events[i]->seq;
	return 0;
}

/* As in an editor: a new decision ends what could be redone. */
int64_t engine_redo_target(const struct engine *engine)
{
	for (size_t i = engine->event_count; i-- > 0;) {
		if (is_ordinary(engine->events[i]))
			return 0;
		if (engine->events[i]->kind == EVENT_UNDO && !engine->undone[i])
			return engine->events[i]->seq;
	}
	return 0;
}

bool engine_is_undone(const struct engine *engine, int64_t seq)
{
	long place = fold_place(engine, seq);

	return place >= 0 && engine->undone[place];
}

size_t engine_event_count(const struct engine *engine)
{
	return engine->event_count;
}

const struct event *engine_event(const struct engine *engine, size_t index)
{
	return engine->events[index];
}

int engine_fixup_count(const struct engine *engine)
{
	return (int)engine->fixup_count;
}

const struct event *engine_fixup(const struct engine *engine, int place)
{
	return engine->fixups[place];
}

/* What was dropped or undone keeps its number: its patch may be asked for. */
int64_t engine_next_fixup(const struct engine *engine)
{
	int64_t last = 0;

	for (size_t i = 0; i < engine->event_count; i++)
		if (engine->events[i]->kind == EVENT_FIXUP)
			last = engine->events[i]->number;
	return last + 1;
}
