/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/fold_inside.h"

#include "engine/graph.h"

bool fold_is_replay(const struct engine *engine)
{
	return engine->start && engine->start->by == BY_IMPORT &&
	       !engine->recorded.departed;
}

bool fold_departs(const struct event *event)
{
	return event->by != BY_IMPORT && event_is_decision(event->kind) &&
	       event->kind != EVENT_NOTE && event->kind != EVENT_VERIFY &&
	       event->kind != EVENT_PAUSE && event->kind != EVENT_RESUME &&
	       event->kind != EVENT_UNDO && event->kind != EVENT_REDO;
}

void fold_follow_log(struct engine *engine, const struct event *event,
		     int commit)
{
	if (event->by != BY_IMPORT)
		return;
	if (event->kind == EVENT_BUILD_BEGIN) {
		engine->recorded.testing = commit;
	} else if (event->kind == EVENT_VERDICT) {
		engine->recorded.testing = -1;
		engine->recorded.judged = commit;
	}
}

void fold_recorded(struct engine *engine, const struct event *event)
{
	struct recorded *recorded = &engine->recorded;
	int commit = oid_is_none(&event->commit)
			     ? -1
			     : graph_find(engine->graph, &event->commit);
	struct folded_step *step = fold_step_of(engine, recorded->judged);

	if (event->kind == EVENT_RESULT) {
		result_parse(&recorded->result, event->policy);
		recorded->end = event;
		recorded->testing = -1;
		return;
	}
	recorded->next = event;
	recorded->testing = commit;
	if (step && event->number >= 0) {
		step->shown.said_left = (int)event->number;
		step->shown.said_steps = event->steps;
	}
}
