/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "cli/cli.h"
#include "control/audit.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/import.h"
#include "session/session.h"

/* What only the events tell of a commit. */
struct told {
	const struct event *next; /* git's numbers when it was chosen */
	int tests;
	bool assumed; /* how many runs it had, the log does not say */
};

static const char *hex_of(struct session *session, int commit)
{
	return commit < 0 ? NULL
			  : graph_oid(session_graph(session), commit)->hex;
}

/* By commit; the caller frees. */
static struct told *collect(struct session *session)
{
	const struct graph *graph = session_graph(session);
	const struct engine *engine = session_engine(session);
	struct told *told =
		xcalloc((size_t)graph_count(graph) + 1, sizeof(*told));

	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);
		int commit = oid_is_none(&event->commit)
				     ? -1
				     : graph_find(graph, &event->commit);

		if (commit < 0)
			continue;
		if (event->kind == EVENT_NEXT && event->number >= 0)
			told[commit].next = event;
		else if (event->kind == EVENT_BUILD_BEGIN)
			told[commit].tests++;
		else if (event->kind == EVENT_RUN && event->wording &&
			 str_starts(event->wording, "all/"))
			told[commit].assumed = true;
	}
	return told;
}

static void json_runs(struct json *json, const struct step *step)
{
	json_open_array(json, "runs");
	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];
		const char *title = run_title(run);

		json_open_object(json, NULL);
		json_number(json, "number", run->number);
		json_text(json, "outcome",
			  run->fact ? outcome_name(run->outcome) : NULL);
		json_text(json, "title", str_empty(title) ? NULL : title);
		json_text(json, "detail", run->fact ? run->fact->text : NULL);
		json_close_object(json);
	}
	json_close_array(json);
}

static void json_left(struct json *json, const char *left, const char *steps,
		      int64_t left_value, int steps_value)
{
	if (left_value < 0) {
		json_null(json, left);
		json_null(json, steps);
		return;
	}
	json_number(json, left, left_value);
	json_number(json, steps, steps_value);
}

static void json_step(struct json *json, struct session *session,
		      const struct step *step, const struct told *told)
{
	const struct event *build = step->build;

	json_open_object(json, NULL);
	json_text(json, "commit", hex_of(session, step->commit));
	json_text(json, "subject", session_subject(session, step->commit));
	json_text(json, "release", step->release);
	json_text(json, "verdict",
		  step->given ? verdict_name(step->verdict) : NULL);
	json_text(json, "by", step->given ? actor_name(step->given->by) : NULL);
	json_runs(json, step);
	json_bool(json, "runs_assumed", told->assumed);
	json_number(json, "tests", told->tests);
	json_left(json, "left", "steps_left", step->left_after,
		  step->steps_after);
	json_left(json, "left_before", "steps_before",
		  told->next ? told->next->number : -1,
		  told->next ? told->next->steps : 0);
	json_text(json, "build",
		  build ? build_result_name(build->build) : NULL);
	json_text(json, "signature", build ? build->signature : NULL);
	json_text(json, "compiler", step->compiler);
	json_text(json, "build_error",
		  build && build->build != BUILD_OK ? build->text : NULL);
	json_close_object(json);
}

/* "a@b" "c@d" as Go prints a list of strings. */
static void json_addresses(struct json *json, const char *key, const char *list)
{
	json_open_array(json, key);
	for (const char *p = list ? list : ""; (p = strchr(p, '"'));) {
		const char *end = strchr(++p, '"');
		char *address;

		if (!end)
			break;
		address = xstrndup(p, (size_t)(end - p));
		json_text(json, NULL, address);
		free(address);
		p = end + 1;
	}
	json_close_array(json);
}

static void json_said(struct json *json, const struct engine *engine)
{
	const struct event *host = engine_said(engine, "host");
	const struct event *totals = engine_said(engine, "totals");
	const struct event *to = engine_said(engine, "to");
	const struct event *cc = engine_said(engine, "cc");
	const struct event *tool = engine_said(engine, "tool");
	const struct event *crash = engine_said(engine, "crash");
	const struct event *own = engine_said(engine, "culprit-signature");
	const struct event *parent = engine_said(engine, "parent-signature");

	if (!cc)
		cc = engine_said(engine, "cc-2019");
	json_text(json, "host", host ? host->title : NULL);
	json_text(json, "started", host ? host->text : NULL);
	json_text(json, "tool", tool ? tool->text : NULL);
	if (totals)
		json_number(json, "revisions_tested", totals->number);
	else
		json_null(json, "revisions_tested");
	json_text(json, "total_time", totals ? totals->text : NULL);
	json_text(json, "build_time", totals ? totals->title : NULL);
	json_text(json, "test_time", totals ? totals->policy : NULL);
	json_text(json, "culprit_signature", own ? own->signature : NULL);
	json_text(json, "parent_signature", parent ? parent->signature : NULL);
	json_text(json, "crash", crash ? crash->title : NULL);
	json_open_object(json, "recipients");
	json_addresses(json, "to", to ? to->text : NULL);
	json_addresses(json, "cc", cc ? cc->text : NULL);
	json_close_object(json);
}

static void json_result(struct json *json, struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	const struct event *event;
	enum result result = engine_result(engine, &event);
	const char *word = result_name(result);

	/* our own sessions, and those whose graph is known, say it themselves */
	if (!plan->recorded &&
	    (plan->state == PLAN_FOUND || plan->state == PLAN_ONLY_SKIPPED ||
	     plan->state == PLAN_MERGE_BASE_BAD))
		word = plan_state_name(plan->state);
	json_text(json, "result", word);
	json_text(json, "state", plan_state_name(plan->state));
	json_text(json, "culprit",
		  plan->state == PLAN_FOUND ? hex_of(session, plan->commit)
					    : NULL);
	json_text(json, "recorded_culprit",
		  event && result == RESULT_FOUND ? event->commit.hex : NULL);
	json_text(json, "reason",
		  event && result == RESULT_ERROR ? event->text : NULL);
	json_open_array(json, "candidates");
	for (int i = 0; i < plan->candidate_count; i++)
		json_text(json, NULL, hex_of(session, plan->candidates[i]));
	json_close_array(json);
}

static void json_reading(struct json *json, const struct imported *imported)
{
	json_text(json, "format",
		  !imported	     ? "culprit"
		  : imported->format ? imported->format
				     : NULL);
	if (imported && imported->unsure_line) {
		json_number(json, "unsure_line", imported->unsure_line);
		json_text(json, "unsure", imported->unsure);
	} else {
		json_null(json, "unsure_line");
		json_null(json, "unsure");
	}
}

static void json_steps(struct json *json, struct session *session)
{
	struct engine *engine = session_engine(session);
	struct told *told = collect(session);
	int count = engine_step_count(engine);

	json_open_array(json, "steps");
	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step(engine, i);

		json_step(json, session, step, &told[step->commit]);
	}
	json_close_array(json);
	free(told);
}

static void json_audit(struct json *json, const struct audit *audit)
{
	json_open_array(json, "findings");
	for (size_t i = 0; i < audit->finding_count; i++) {
		json_open_object(json, NULL);
		json_text(json, "kind",
			  audit_kind_name(audit->findings[i].kind));
		json_text(json, "text", audit->findings[i].text);
		json_close_object(json);
	}
	json_close_array(json);
	json_open_array(json, "trust");
	for (int i = 0; i < AUDIT_TRUST; i++)
		json_text(json, NULL, audit->trust[i]);
	json_close_array(json);
}

void replay_print_json(struct session *session, const char *path,
		       const struct imported *imported,
		       const struct audit *audit)
{
	struct engine *engine = session_engine(session);
	struct buf out;
	struct json json;

	cli_json_begin(&json, &out);
	json_text(&json, "file", path);
	json_reading(&json, imported);
	json_text(&json, "title", engine_title(engine));
	json_bool(&json, "fix", engine_is_fix(engine));
	cli_json_policy(&json, engine);
	json_result(&json, session);
	json_said(&json, engine);
	json_steps(&json, session);
	if (audit)
		json_audit(&json, audit);
	cli_json_end(&json);
}
