/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/describe.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/sure.h"
#include "engine/apart.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/prior.h"
#include "engine/verify.h"
#include "engine/warnings.h"
#include "repo/tags.h"
#include "session/session.h"
#include "session/syzbot.h"

static void add_commit(const struct event *event, struct buf *out)
{
	if (!oid_is_none(&event->commit))
		buf_printf(out, " %.*s", OID_SHORT, event->commit.hex);
}

static void add_run(const struct event *event, struct buf *out)
{
	buf_printf(out, " run %" PRId64 " of %.*s", event->number, OID_SHORT,
		   event->commit.hex);
}

static void add_text(const char *lead, const char *text, struct buf *out)
{
	if (!str_empty(text))
		buf_printf(out, "%s%s", lead, text);
}

/* A line of a foreign log that is no event of its own. */
static void describe_said(const struct event *event, struct buf *out)
{
	buf_puts(out, "the log says: ");
	if (str_equal(event->wording, "unsure"))
		buf_printf(out,
			   "reading became unsure at its line %" PRId64 ": %s",
			   event->number, event->text);
	else if (str_equal(event->wording, "no-newline"))
		buf_puts(out, "(it ends within a line)");
	else if (str_equal(event->wording, "too-long"))
		buf_puts(out, "(it is too long, the rest was not read)");
	else if (str_equal(event->wording, "quoted"))
		buf_printf(out, "(it is quoted, by '%s')", event->text);
	else if (str_equal(event->wording, "crlf"))
		buf_puts(out, "(its lines end in CR LF)");
	else if (str_starts(event->wording, "git-"))
		buf_printf(out, "%s%s%.*s%s%s",
			   event->title ? event->title : "",
			   event->title ? " " : "", OID_SHORT,
			   event->commit.hex, *event->commit.hex ? " " : "",
			   event->text ? event->text : event->wording);
	else
		syzbot_write(event, out);
}

static void describe_next(const struct event *event, struct buf *out)
{
	buf_puts(out, "next:");
	add_commit(event, out);
	add_text(" ", event->text, out);
	if (event->number >= 0)
		buf_printf(out,
			   " (%" PRId64 " left after it, roughly %d step%s)",
			   event->number, event->steps,
			   event->steps == 1 ? "" : "s");
}

static void describe_revert(const struct event *event, struct buf *out)
{
	enum made made = MADE_TROUBLE;

	made_parse(&made, event->policy);
	buf_printf(out, "revert of %.*s on %.*s", OID_SHORT, event->title,
		   OID_SHORT, event->other.hex);
	switch (made) {
	case MADE_OK:
		buf_puts(out, " made:");
		add_commit(event, out);
		break;
	case MADE_CONFLICT:
		add_text(" conflicts in ", event->text, out);
		break;
	case MADE_EMPTY:
		buf_puts(out, ": there is nothing of it left");
		break;
	case MADE_TROUBLE:
	case MADE_COUNT:
		add_text(" could not be made: ", event->text, out);
		break;
	}
}

/* The files come from a console: one line of them. */
static void add_files(const char *files, struct buf *out)
{
	for (const char *at = files; at && *at; at++)
		if (*at != '\n')
			buf_putc(out, *at);
		else if (at[1])
			buf_puts(out, ", ");
}

static void describe_touched(const struct event *event, struct buf *out)
{
	int counts[TOUCH_COUNT];

	if (!event->text) {
		buf_puts(out, "what the commits change could not be found out");
		add_text(": ", event->policy, out);
		return;
	}
	touch_count(event->text, counts);
	buf_printf(out,
		   "of the commits %d change a file that the report names, %d "
		   "another one beside it, %d nothing that is compiled",
		   counts[TOUCH_FILE], counts[TOUCH_FOLDER],
		   counts[TOUCH_NOTHING]);
	if (str_empty(event->title))
		return;
	buf_puts(out, ": ");
	add_files(event->title, out);
}

static void describe_fact(const struct event *event, struct buf *out)
{
	char duration[24];

	str_duration(duration, event->duration_ms);
	/* clang-format off */
	switch (event->kind) {
	case EVENT_START:
		buf_printf(out, "start: %s",
			   event->fix ? "which commit fixed it" :
					"which commit broke it");
		add_text(", ", event->title, out);
		break;
	case EVENT_ENGINE:
		buf_printf(out, "engine %" PRId64 " on %s", event->number,
			   event->text ? event->text : "?");
		break;
	case EVENT_ENGINE_GONE:
		buf_puts(out, "engine ended");
		add_text(": ", event->text, out);
		break;
	case EVENT_RANGE:
		buf_printf(out, "range: %" PRId64 " commits known",
			   event->number);
		break;
	case EVENT_RELEASE:
		buf_printf(out, "release %s to try:", event->text);
		add_commit(event, out);
		break;
	case EVENT_BUILD_BEGIN:
		buf_puts(out, "build of");
		add_commit(event, out);
		if (event->number == BUILD_AHEAD)
			buf_puts(out, ", ahead of time");
		else if (event->number == BUILD_TAKEN)
			buf_puts(out, ", begun ahead, is wanted now");
		add_text(" with fixup ", event->text, out);
		if (!oid_is_none(&event->other))
			buf_printf(out, " by the compiler of %.*s", OID_SHORT,
				   event->other.hex);
		break;
	case EVENT_BUILD:
		buf_puts(out, "build of");
		add_commit(event, out);
		buf_printf(out, " %s after %s",
			   build_result_name(event->build), duration);
		add_text(": ", event->text, out);
		break;
	case EVENT_BUILD_STOPPED:
		buf_puts(out, "build stopped:");
		add_commit(event, out);
		add_text(" - ", event->text, out);
		break;
	case EVENT_RUN_BEGIN:
		buf_puts(out, "begin");
		add_run(event, out);
		break;
	case EVENT_RUN_CRASH:
		buf_puts(out, "crash in");
		add_run(event, out);
		add_text(": ", event->title, out);
		break;
	case EVENT_RUN:
		buf_puts(out, "end");
		add_run(event, out);
		buf_printf(out, ": %s after %s", outcome_name(event->outcome),
			   duration);
		add_text(", ", event->title, out);
		add_text(" - ", event->text, out);
		break;
	case EVENT_RUN_STOPPED:
		buf_puts(out, "stopped");
		add_run(event, out);
		add_text(" - ", event->text, out);
		break;
	case EVENT_REVERT:
		describe_revert(event, out);
		break;
	case EVENT_TOUCHED:
		describe_touched(event, out);
		break;
	case EVENT_SAID:
		describe_said(event, out);
		break;
	case EVENT_NEXT:
		describe_next(event, out);
		break;
	case EVENT_RESULT:
		buf_printf(out, "the log's result: %s", event->policy);
		add_commit(event, out);
		add_text(": ", event->text, out);
		break;
	case EVENT_VERDICT: case EVENT_SKIP_RANGE: case EVENT_RETRACT:
	case EVENT_JUDGE: case EVENT_MORE: case EVENT_PICK:
	case EVENT_SAME: case EVENT_OTHER: case EVENT_NOISE:
	case EVENT_POLICY: case EVENT_MATCHING: case EVENT_SYMPTOM:
	case EVENT_PRIOR: case EVENT_CONFIRM: case EVENT_PAUSE:
	case EVENT_RESUME: case EVENT_NOTE: case EVENT_UNDO: case EVENT_REDO:
	case EVENT_FIXUP: case EVENT_FIXUP_DROP: case EVENT_VERIFY:
	case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
}

static const struct event *find_event(struct session *session, int64_t seq)
{
	const struct engine *engine = session_engine(session);

	for (size_t i = 0; i < engine_event_count(engine); i++)
		if (engine_event(engine, i)->seq == seq)
			return engine_event(engine, i);
	return NULL;
}

/* Undo and redo say what they turn back. */
static void describe_turn(struct session *session, const struct event *event,
			  struct buf *out)
{
	const struct event *target = find_event(session, event->number);

	buf_printf(out, "%s of event %" PRId64, event_kind_name(event->kind),
		   event->number);
	if (target) {
		buf_puts(out, ": ");
		describe_decision(session, target, out);
		add_text(": ", target->text, out);
	}
}

static void add_actor(const struct event *event, struct buf *out)
{
	const char *who = event->who ? event->who : "";

	if (event->by == BY_PERSON && *who)
		buf_printf(out, " (by %s)", who);
	else if (event->by == BY_START && *who)
		buf_printf(out, " (by %s at the start)", who);
	else if (event->by != BY_ENGINE)
		buf_printf(out, " (by %s%s%s)", actor_name(event->by),
			   *who ? " " : "", who);
}

void describe_fixup(const struct event *event, struct buf *out)
{
	buf_printf(out, "fixup %" PRId64 ", %s", event->number, event->title);
	if (!oid_is_none(&event->commit))
		buf_printf(out, ", if it has %.*s", OID_SHORT,
			   event->commit.hex);
	if (!oid_is_none(&event->other))
		buf_printf(out, ", unless it has %.*s", OID_SHORT,
			   event->other.hex);
}

void describe_decision(struct session *session, const struct event *event,
		       struct buf *out)
{
	/* clang-format off */
	switch (event->kind) {
	case EVENT_VERDICT:
		buf_puts(out, verdict_name(event->verdict));
		add_commit(event, out);
		if (verdict_pinned(event))
			buf_puts(out, ", beyond doubt");
		break;
	case EVENT_SKIP_RANGE:
		buf_printf(out, "skip %.*s..%.*s", OID_SHORT,
			   event->other.hex, OID_SHORT, event->commit.hex);
		break;
	case EVENT_JUDGE:
		buf_puts(out, "judge");
		add_run(event, out);
		buf_printf(out, ": %s", outcome_name(event->outcome));
		break;
	case EVENT_MORE:
		buf_printf(out, "%" PRId64 " more run%s of", event->number,
			   event->number == 1 ? "" : "s");
		add_commit(event, out);
		break;
	case EVENT_SAME:
		buf_printf(out, "the same bug: '%s'", event->title);
		break;
	case EVENT_OTHER:
		buf_printf(out, "another bug: '%s'", event->title);
		break;
	case EVENT_NOISE:
		buf_printf(out, "noise: '%s'", event->title);
		break;
	case EVENT_POLICY:
		buf_printf(out, "policy %s", event->policy);
		break;
	case EVENT_MATCHING:
		buf_printf(out, "matching %s", event->policy);
		break;
	case EVENT_SYMPTOM:
		buf_printf(out, "bad is: %s", event->policy);
		break;
	case EVENT_PRIOR:
		buf_printf(out, "prior %s", event->policy);
		break;
	case EVENT_CONFIRM:
		buf_puts(out, "the ends are tested first");
		break;
	case EVENT_UNDO: case EVENT_REDO:
		describe_turn(session, event, out);
		break;
	case EVENT_FIXUP:
		describe_fixup(event, out);
		break;
	case EVENT_FIXUP_DROP:
		buf_printf(out, "drop fixup %" PRId64, event->number);
		break;
	case EVENT_VERIFY:
		buf_puts(out, "verify");
		add_commit(event, out);
		buf_printf(out, ", %" PRId64 " run%s of each%s", event->number,
			   event->number == 1 ? "" : "s",
			   event->policy ? ", without a revert" : "");
		break;
	case EVENT_PAUSE:
		buf_puts(out, event->number == PAUSE_NOW ? "pause at once"
							 : "pause");
		break;
	case EVENT_RETRACT: case EVENT_PICK: case EVENT_RESUME:
	case EVENT_NOTE:
		buf_puts(out, event_kind_name(event->kind));
		add_commit(event, out);
		break;
	case EVENT_START: case EVENT_ENGINE: case EVENT_ENGINE_GONE:
	case EVENT_RANGE: case EVENT_RELEASE: case EVENT_BUILD_BEGIN:
	case EVENT_BUILD: case EVENT_BUILD_STOPPED: case EVENT_RUN_BEGIN:
	case EVENT_RUN_CRASH: case EVENT_RUN: case EVENT_RUN_STOPPED:
	case EVENT_SAID: case EVENT_NEXT: case EVENT_RESULT:
	case EVENT_REVERT: case EVENT_TOUCHED: case EVENT_KIND_COUNT:
		break;
	}
	/* clang-format on */
}

void describe_event(struct session *session, const struct event *event,
		    struct buf *out)
{
	if (!event_is_decision(event->kind)) {
		describe_fact(event, out);
		return;
	}
	describe_decision(session, event, out);
	add_text(": ", event->text, out);
	add_actor(event, out);
}

void describe_culprit(struct session *session, int commit, struct buf *out)
{
	bool fix = engine_is_fix(session_engine(session));

	buf_printf(out, "%s is the first %s commit\n",
		   graph_oid(session_graph(session), commit)->hex,
		   fix ? "fixed" : "bad");
}

/* The tag that a commit has as a release, or "". */
static const char *find_release(struct session *session, const struct oid *oid)
{
	const struct engine *engine = session_engine(session);

	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_RELEASE &&
		    oid_equal(&event->commit, oid))
			return event->text;
	}
	return "";
}

static void describe_test(struct session *session, const struct plan *plan,
			  struct buf *out)
{
	const struct graph *graph = session_graph(session);
	struct sure sure;

	if (plan->confirming)
		buf_puts(out, "Bisecting: the ends are tested first\n");
	else if (plan->merge_base)
		buf_puts(out, "Bisecting: a merge base must be tested\n");
	else if (plan->release)
		buf_printf(out,
			   "Bisecting: no good commit is known yet, "
			   "trying release %s\n",
			   find_release(session,
					graph_oid(graph, plan->commit)));
	else if (plan->picked)
		buf_puts(out, "Bisecting: testing the commit that was "
			      "picked\n");
	else if (plan->believed && sure_glance(session, &sure)) {
		buf_puts(out, "Bisecting: ");
		sure_say_to_go(&sure, false, out);
		buf_printf(out, "; %d suspect%s by the verdicts\n",
			   plan->suspects, plan->suspects == 1 ? "" : "s");
	} else
		buf_printf(out,
			   "Bisecting: %d revision%s left to test after this "
			   "(roughly %d step%s)\n",
			   plan->left, plan->left == 1 ? "" : "s", plan->steps,
			   plan->steps == 1 ? "" : "s");
	buf_printf(out, "[%s] %s\n", graph_oid(graph, plan->commit)->hex,
		   session_subject(session, plan->commit));
}

void describe_verify(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct verify verify;

	if (!engine_verify(engine, &verify))
		return;
	if (verify.current)
		buf_puts(out, verify.is_done ? "verified: " : "verifying: ");
	else if (verify.result == VERIFY_OVERTURNED)
		buf_printf(out, "verifying overturned %.*s: ", OID_SHORT,
			   verify.order->commit.hex);
	else
		return;
	verify_say(engine, &verify, out);
	buf_putc(out, '\n');
}

static void describe_candidates(struct session *session,
				const struct plan *plan, struct buf *out)
{
	buf_printf(out,
		   "There are only 'skip'ped commits left to test.\n"
		   "The first %s commit could be any of:\n",
		   engine_is_fix(session_engine(session)) ? "fixed" : "bad");
	for (int i = 0; i < plan->candidate_count; i++)
		buf_printf(out, "%s\n",
			   graph_oid(session_graph(session),
				     plan->candidates[i])
				   ->hex);
	buf_puts(out, "We cannot bisect more!\n");
}

void describe_rate(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	int bad = engine_is_fix(engine) ? plan->nearest_good : plan->bad;
	struct judgement j;

	if (bad < 0)
		return;
	j = engine_judge(engine, bad);
	if (j.valid > 1)
		buf_printf(out,
			   "the bug shows in %d of %d valid runs of %.*s\n",
			   j.crashes, j.valid, OID_SHORT,
			   graph_oid(session_graph(session), bad)->hex);
}

void describe_plan(struct session *session, struct buf *out)
{
	const struct plan *plan = engine_plan(session_engine(session));

	switch (plan->state) {
	case PLAN_TEST:
		describe_test(session, plan, out);
		break;
	case PLAN_FOUND:
		describe_culprit(session, plan->commit, out);
		break;
	case PLAN_ONLY_SKIPPED:
		describe_candidates(session, plan, out);
		return;
	case PLAN_NEEDS_RANGE:
		buf_puts(out, "the commits between the ends are not read yet: "
			      "order again from inside the repository\n");
		break;
	case PLAN_NEEDS_BAD:
	case PLAN_NEEDS_GOOD:
	case PLAN_MERGE_BASE_BAD:
		break;
	}
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_ASK)
			buf_printf(out, "%s\n", plan->wishes[i].why);
	if (plan->paused)
		buf_puts(out, "paused: 'culprit resume' goes on\n");
}

void describe_warnings(struct session *session, struct repo *repo,
		       struct warnings *warnings)
{
	struct engine *engine = session_engine(session);
	const struct graph *graph = session_graph(session);
	const struct plan *plan = engine_plan(engine);
	char *release = NULL;

	if (repo && plan->state == PLAN_FOUND)
		tags_release_at(repo, graph_oid(graph, plan->commit), &release,
				NULL);
	warnings_find(warnings, engine, graph, release);
	free(release);
}

void describe_doubts(struct session *session, struct repo *repo,
		     struct buf *out)
{
	struct warnings warnings;

	describe_warnings(session, repo, &warnings);
	for (size_t i = 0; i < warnings.count; i++)
		buf_printf(out, "warning: %s\n", warnings.items[i]);
	warnings_release(&warnings);
}

void describe_apart(struct session *session, struct buf *out)
{
	struct buf text;

	buf_init(&text, 0);
	if (apart_say(session_engine(session), &text))
		buf_printf(out, "warning: %s\n", text.text);
	buf_release(&text);
}
