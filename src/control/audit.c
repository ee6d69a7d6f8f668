/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "control/audit_inside.h"
#include "engine/graph.h"
#include "session/session.h"

static const char *const kinds[AUDIT_KIND_COUNT] = {
	[AUDIT_READING] = "reading",
	[AUDIT_NUMBERS] = "numbers",
	[AUDIT_RULE] = "rule",
	[AUDIT_TITLES] = "titles",
	[AUDIT_WASTE] = "waste",
	[AUDIT_WEAKEST] = "weakest",
	[AUDIT_SIGNATURES] = "signatures",
	[AUDIT_GRAPH] = "graph",
};

const char *audit_kind_name(enum audit_kind kind)
{
	return kinds[kind];
}

void audit_find(struct look *look, enum audit_kind kind, bool doubt,
		const char *format, ...)
{
	struct audit *audit = look->audit;
	struct buf text;
	va_list args;

	buf_init(&text, 0);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	array_grow(audit->findings, audit->finding_count + 1,
		   &audit->finding_room);
	audit->findings[audit->finding_count++] =
		(struct audit_finding){ kind, doubt, buf_take(&text) };
	buf_release(&text);
}

const char *audit_short(const struct look *look, int commit, char out[13])
{
	return str_copy(out, OID_SHORT + 1,
			graph_oid(look->graph, commit)->hex);
}

int audit_valid(const struct judged *judged)
{
	return judged->tally.outcomes[OUTCOME_OK] +
	       judged->tally.outcomes[OUTCOME_CRASHED];
}

/* The evidence of a commit since its last test began. */
struct evidence {
	struct tally tally;
	bool build_fails, had_runs;
	const char *titles[TITLES_MAX];
	int counts[TITLES_MAX];
	int title_count;
};

static void add_title(struct evidence *evidence, const char *title)
{
	int at = 0;

	if (str_empty(title))
		return;
	while (at < evidence->title_count &&
	       !str_equal(evidence->titles[at], title))
		at++;
	if (at == TITLES_MAX)
		return;
	if (at == evidence->title_count)
		evidence->titles[evidence->title_count++] = title;
	evidence->counts[at]++;
}

static void add_run(struct look *look, struct evidence *evidence,
		    const struct event *run)
{
	if (!evidence->had_runs)
		look->tests++;
	evidence->had_runs = true;
	tally_add(&evidence->tally, run->outcome);
	if (run->outcome == OUTCOME_CRASHED)
		add_title(evidence, run->title);
}

static void add_judged(struct look *look, const struct evidence *evidence,
		       int commit, const struct event *verdict, size_t *room)
{
	const struct step *step = engine_step_of(look->engine, commit);
	struct judged *judged;

	array_grow(look->judged, (size_t)look->count + 1, room);
	judged = &look->judged[look->count++];
	memset(judged, 0, sizeof(*judged));
	judged->commit = commit;
	judged->step = step ? step->position : 0;
	judged->verdict = verdict;
	judged->tally = evidence->tally;
	judged->build_fails = evidence->build_fails;
	memcpy(judged->titles, evidence->titles, sizeof(judged->titles));
	memcpy(judged->counts, evidence->counts, sizeof(judged->counts));
	judged->title_count = evidence->title_count;
	judged->left_after = step ? step->left_after : -1;
	judged->left_before =
		look->count > 1 ? look->judged[look->count - 2].left_after : -1;
}

/* Verdicts of the search itself, not those that a person gave since. */
static bool is_recorded(const struct look *look, const struct event *event)
{
	const struct event *start = engine_start_event(look->engine);

	if (event->kind != EVENT_VERDICT ||
	    engine_is_undone(look->engine, event->seq))
		return false;
	return start->by != BY_IMPORT || event->by == BY_IMPORT;
}

static void collect(struct look *look)
{
	struct evidence *all =
		xcalloc((size_t)graph_count(look->graph) + 1, sizeof(*all));
	size_t room = 0;

	for (size_t i = 0; i < engine_event_count(look->engine); i++) {
		const struct event *event = engine_event(look->engine, i);
		int commit = oid_is_none(&event->commit)
				     ? -1
				     : graph_find(look->graph, &event->commit);
		struct evidence *evidence = &all[commit < 0 ? 0 : commit];

		if (commit < 0)
			continue;
		if (event->kind == EVENT_BUILD_BEGIN && event->by == BY_IMPORT)
			memset(evidence, 0, sizeof(*evidence));
		else if (event->kind == EVENT_BUILD)
			evidence->build_fails = event->build == BUILD_FAILED;
		else if (event->kind == EVENT_RUN)
			add_run(look, evidence, event);
		else if (is_recorded(look, event))
			add_judged(look, evidence, commit, event, &room);
		if (event->kind == EVENT_BUILD && event->build == BUILD_FAILED)
			look->unbuilt++;
	}
	free(all);
}

/* The first verdict on a crash tells how often the bug shows. */
static void find_rate(struct look *look)
{
	look->first_bad = -1;
	look->rate = -1;
	for (int i = 0; i < look->count && look->first_bad < 0; i++) {
		const struct judged *judged = &look->judged[i];

		if (judged->tally.outcomes[OUTCOME_CRASHED] == 0 ||
		    judged->verdict->verdict != VERDICT_BAD)
			continue;
		look->first_bad = i;
		/* as if there had been one more of each: never 0 nor 1 */
		look->rate = (judged->tally.outcomes[OUTCOME_CRASHED] + 1.0) /
			     (audit_valid(judged) + 2.0);
	}
}

/* What a log came to without one. */
static void trust_no_culprit(struct look *look, struct buf *out)
{
	buf_printf(out, "no commit is found: %s", result_words(look->result));
	if (!str_empty(look->end->text))
		buf_printf(out, ": %s", look->end->text);
}

static bool is_unknown(const struct look *look)
{
	const struct event *start = engine_start_event(look->engine);

	return start && start->by == BY_IMPORT &&
	       str_equal(start->text, "unknown");
}

static void trust_result(struct look *look, struct buf *out)
{
	const struct plan *plan = engine_plan(look->engine);
	char id[13];

	if (plan->state == PLAN_FOUND)
		buf_printf(out, "%s is the first %s commit by %s: %s",
			   audit_short(look, plan->commit, id),
			   engine_is_fix(look->engine) ? "fixed" : "bad",
			   plan->recorded ? "what the log says"
					  : "the verdicts that count",
			   session_subject(look->session, plan->commit));
	else if (plan->state == PLAN_ONLY_SKIPPED)
		buf_printf(out,
			   "no commit is found, it may be any of %d that could "
			   "not be tested",
			   plan->candidate_count);
	else if (look->result != RESULT_NONE)
		trust_no_culprit(look, out);
	else if (is_unknown(look))
		buf_puts(out, "it is no log of a bisection that culprit knows");
	else
		buf_puts(out, "no commit is found: it breaks off before its "
			      "end");
}

/*
 * The last verdict of each kind; but the culprit's own, where one was given on
 * another commit behind it, as when it was verified.
 */
static void find_last(struct look *look, const struct judged **last)
{
	const struct plan *plan = engine_plan(look->engine);

	for (int i = 0; i < look->count; i++)
		last[look->judged[i].verdict->verdict] = &look->judged[i];
	for (int i = 0; plan->state == PLAN_FOUND && i < look->count; i++)
		if (look->judged[i].commit == plan->commit)
			last[look->judged[i].verdict->verdict] =
				&look->judged[i];
}

/* The runs on the two sides of the border. */
static void trust_border(struct look *look, struct buf *out)
{
	const struct judged *last[VERDICT_COUNT] = { NULL };
	static const enum verdict both[] = { VERDICT_BAD, VERDICT_GOOD };
	char id[13];

	find_last(look, last);
	buf_puts(out, "the border:");
	for (int i = 0; i < 2; i++) {
		const struct judged *judged = last[both[i]];

		buf_puts(out, i ? "; " : " ");
		if (!judged) {
			buf_printf(out, "no commit is %s",
				   verdict_name(both[i]));
			continue;
		}
		buf_printf(out, "%s %s", audit_short(look, judged->commit, id),
			   verdict_name(both[i]));
		if (judged->tally.total == 0)
			buf_puts(out,
				 look->tests ? " on no run that is told" : "");
		else
			buf_printf(out, " with %d of %d runs %s",
				   judged->tally.outcomes[i ? OUTCOME_OK
							    : OUTCOME_CRASHED],
				   judged->tally.total, i ? "ok" : "crashed");
	}
}

static void trust_weakest(struct look *look, struct buf *out)
{
	const struct judged *judged;
	char id[13];

	if (look->weakest < 0 && !look->tests && look->count) {
		buf_puts(out, "how often each commit was tested is not told, "
			      "so no verdict can be weighed");
		return;
	}
	if (look->weakest < 0) {
		buf_puts(out, "there is no verdict with runs to be weighed");
		return;
	}
	judged = &look->judged[look->weakest];
	buf_printf(out,
		   "the weakest verdict is step %d, %s %s: %d valid run%s "
		   "of %d",
		   judged->step, audit_short(look, judged->commit, id),
		   verdict_name(judged->verdict->verdict), audit_valid(judged),
		   audit_valid(judged) == 1 ? "" : "s", judged->tally.total);
}

static void trust_rule(struct look *look, struct buf *out)
{
	int can = 0;

	for (int i = 0; i < look->count; i++)
		can += look->judged[i].today != VERDICT_NONE;
	if (can == 0) {
		buf_puts(out, look->tests
				      ? "no rule can be held against it: no "
					"verdict is told that rests on runs"
				      : "no rule can be held against it: no "
					"runs are told");
		return;
	}
	buf_printf(out, "today's rule (%s) agrees with %d of %d verdicts",
		   policy_version(look->policy), can - look->audit->flips, can);
	if (can < look->count)
		buf_printf(out, "; of %d it cannot say", look->count - can);
}

static const struct judged *first_flip(const struct look *look)
{
	for (int i = 0; i < look->count; i++)
		if (look->judged[i].today != VERDICT_NONE &&
		    look->judged[i].today != look->judged[i].verdict->verdict)
			return &look->judged[i];
	return NULL;
}

static bool doubts(const struct look *look, enum audit_kind kind)
{
	for (size_t i = 0; i < look->audit->finding_count; i++)
		if (look->audit->findings[i].kind == kind &&
		    look->audit->findings[i].doubt)
			return true;
	return false;
}

/* What to do about it: the gravest doubt first. */
static void trust_advice(struct look *look, struct buf *out)
{
	const struct judged *flip = first_flip(look);
	char id[13];

	if (look->fragment)
		buf_puts(out, "get the whole log first: the tests that are "
			      "missing may be the weak ones");
	else if (doubts(look, AUDIT_NUMBERS) || doubts(look, AUDIT_GRAPH))
		buf_puts(out, "look first where it contradicts itself, above");
	else if (flip)
		buf_printf(out,
			   "test step %d, %s, again: if it is not %s, what "
			   "came after it need not hold",
			   flip->step, audit_short(look, flip->commit, id),
			   verdict_name(flip->verdict->verdict));
	else if (look->drifted)
		buf_puts(out, "say first whether these titles are one bug: all "
			      "depends on it");
	else if (doubts(look, AUDIT_SIGNATURES))
		buf_puts(out, "look first at the kernels that are equal");
	else if (doubts(look, AUDIT_WEAKEST))
		buf_puts(out, "run the weakest verdict's commit more often "
			      "before anything is built on it");
	else if (engine_plan(look->engine)->state != PLAN_FOUND)
		buf_puts(out, "there is no culprit that could be trusted");
	else
		buf_puts(out, "nothing above speaks against it; test the "
			      "culprit and its parent once more");
}

static void sum_up(struct look *look)
{
	static void (*const parts[AUDIT_TRUST])(struct look *, struct buf *) = {
		trust_result, trust_border, trust_weakest, trust_rule,
		trust_advice
	};

	for (int i = 0; i < AUDIT_TRUST; i++) {
		struct buf text;

		buf_init(&text, 0);
		parts[i](look, &text);
		look->audit->trust[i] = buf_take(&text);
		buf_release(&text);
	}
}

/* A log of syzbot's that does not say what is searched for, as all begin. */
static bool is_fragment(const struct look *look)
{
	static const char *const heads[] = { "cause", "fix", "cause-2018",
					     "fix-2018" };
	const struct event *start = engine_start_event(look->engine);

	if (!start || start->by != BY_IMPORT ||
	    !str_equal(start->text, "syzbot"))
		return false;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (engine_said(look->engine, heads[i]))
			return false;
	return true;
}

void audit_make(struct audit *audit, struct session *session,
		const struct policy *policy)
{
	struct look look = { .audit = audit,
			     .session = session,
			     .engine = session_engine(session),
			     .graph = session_graph(session),
			     .weakest = -1 };

	memset(audit, 0, sizeof(*audit));
	look.policy = policy ? policy : engine_policy(look.engine);
	look.result = engine_result(look.engine, &look.end);
	if (engine_start_event(look.engine))
		collect(&look);
	find_rate(&look);
	look.fragment = is_fragment(&look);
	audit_look_at_reading(&look);
	audit_look_at_numbers(&look);
	audit_look_at_rule(&look);
	audit_look_at_titles(&look);
	audit_look_at_waste(&look);
	audit_look_at_weakest(&look);
	audit_look_at_signatures(&look);
	audit_look_at_graph(&look);
	sum_up(&look);
	free(look.judged);
}

void audit_release(struct audit *audit)
{
	for (size_t i = 0; i < audit->finding_count; i++)
		free(audit->findings[i].text);
	free(audit->findings);
	for (int i = 0; i < AUDIT_TRUST; i++)
		free(audit->trust[i]);
	memset(audit, 0, sizeof(*audit));
}

void audit_write(const struct audit *audit, struct buf *out)
{
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		buf_printf(out, "%c %-11s %s\n", finding->doubt ? '!' : ' ',
			   audit_kind_name(finding->kind), finding->text);
	}
	buf_puts(out, "\nHow far to trust it:\n");
	for (int i = 0; i < AUDIT_TRUST; i++)
		buf_printf(out, "%d. %s\n", i + 1, audit->trust[i]);
}
