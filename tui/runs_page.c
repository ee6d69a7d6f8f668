/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/runs_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/joblist.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/rate.h"
#include "session/session.h"
#include "tui/consoles.h"
#include "tui/ledger.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/pages.h"
#include "tui/panes.h"

#define FULL_COLUMNS 100

/* Where the columns stand. */
struct columns {
	int result;
	int boot_end, copy_end, run_end; /* 0: there are none */
	int where, where_width;
	int size_end;
	int title;
};

static const struct columns full = { 5, 22, 28, 35, 37, 10, 57, 59 };
static const struct columns brief = { 5, 0, 0, 0, 0, 0, 0, 18 };

const char *runs_order_name(enum runs_order order)
{
	static const char *const names[RUNS_ORDER_COUNT] = {
		[RUNS_BY_NUMBER] = "number",
		[RUNS_BY_RESULT] = "result",
		[RUNS_BY_TIME] = "time",
		[RUNS_BY_TITLE] = "title",
	};

	return names[order];
}

/*
 * The order.
 */

static const char *title_of(const struct run_state *run)
{
	const char *title = run_title(run);

	return title ? title : "";
}

static int64_t time_of(const struct run_state *run)
{
	return run->fact ? run->fact->duration_ms : -1;
}

static int by_number(const struct run_state *a, const struct run_state *b)
{
	return a->number - b->number;
}

static int by_result(const void *a, const void *b)
{
	static const char order[] = "XxBTIi.>";
	const struct run_state *x = a, *y = b;
	int diff = (int)(strchr(order, engine_run_letter(x)) -
			 strchr(order, engine_run_letter(y)));

	return diff ? diff : by_number(x, y);
}

static int by_time(const void *a, const void *b)
{
	const struct run_state *x = a, *y = b;
	int64_t p = time_of(x), q = time_of(y);

	return p != q ? (p < q) - (p > q) : by_number(x, y);
}

static int by_title(const void *a, const void *b)
{
	const struct run_state *x = a, *y = b;
	int diff = strcmp(title_of(y), title_of(x));

	return diff ? diff : by_number(x, y);
}

static struct run_state *sorted(const struct step *step, enum runs_order order)
{
	static int (*const orders[RUNS_ORDER_COUNT])(const void *,
						     const void *) = {
		[RUNS_BY_RESULT] = by_result,
		[RUNS_BY_TIME] = by_time,
		[RUNS_BY_TITLE] = by_title,
	};
	size_t count = (size_t)step->run_count;
	struct run_state *runs = xcalloc(count, sizeof(*runs));

	if (count)
		memcpy(runs, step->runs, count * sizeof(*runs));
	if (count && orders[order])
		qsort(runs, count, sizeof(*runs), orders[order]);
	return runs;
}

/*
 * One run.
 */

struct runs {
	struct pager *pager;
	struct session *session;
	const struct step *step;
	const struct oid *oid;
	struct joblist jobs;
	const struct columns *at;
	int columns;
	const char *title; /* the one that was written out, or NULL */
	struct line line;
};

/* "0.4s", "1:12"; nothing where it is not known. */
static void put_time(struct runs *runs, int end, int64_t ms)
{
	char text[24] = "";

	if (!end)
		return;
	if (ms >= 0 && ms < 10000)
		snprintf(text, sizeof(text), "%d.%ds", (int)ms / 1000,
			 (int)ms / 100 % 10);
	else if (ms >= 0)
		model_short(text, ms);
	line_right(&runs->line, end, ROLE_PLAIN, text);
}

/* Boot and copy are blank where nobody wrote them down. */
static void put_phases(struct runs *runs, const struct event *fact)
{
	const struct columns *at = runs->at;
	int64_t rest =
		fact ? fact->duration_ms - fact->boot_ms - fact->copy_ms : -1;

	put_time(runs, at->boot_end,
		 fact && fact->boot_ms ? fact->boot_ms : -1);
	put_time(runs, at->copy_end,
		 fact && fact->copy_ms ? fact->copy_ms : -1);
	put_time(runs, at->run_end, fact && rest < 0 ? 0 : rest);
}

static void put_size(struct runs *runs, const struct run_state *run)
{
	char *path = session_console(runs->session, runs->oid, run->number);
	struct stat info;
	char size[24] = "-";

	if (stat(path, &info) == 0)
		str_size(size, info.st_size);
	line_right(&runs->line, runs->at->size_end, ROLE_PLAIN, size);
	free(path);
}

static void put_what(struct runs *runs, const struct run_state *run)
{
	const char *title = run_title(run);
	const char *text = run->fact ? run->fact->text : NULL;

	line_to(&runs->line, runs->at->title);
	if (run->open)
		line_put(&runs->line, ROLE_SKIP, "(asks) ");
	if (str_empty(title)) {
		line_put(&runs->line, ROLE_PLAIN, text ? text : "");
	} else if (str_equal(title, runs->title)) {
		line_put(&runs->line, ROLE_DIM, "same title");
	} else {
		line_put(&runs->line, ROLE_PLAIN, title);
		if (!runs->title)
			runs->title = title;
	}
}

/* What else was on the console, and who judged it otherwise. */
static void put_below(struct runs *runs, const struct run_state *run)
{
	const struct event *judge = run->judge;

	for (int i = 0; run->fact && i < run->fact->crash_count; i++) {
		const char *title = run->fact->crashes[i].title;

		if (str_equal(title, run_title(run)))
			continue;
		line_to(&runs->line, runs->at->title);
		line_printf(&runs->line, ROLE_DIM, "also %s", title);
		pager_add_line(runs->pager, run->number, &runs->line);
	}
	if (!judge)
		return;
	line_to(&runs->line, runs->at->title);
	line_printf(&runs->line, ROLE_TITLE, "judged %s by %s%s%s; it was %s",
		    outcome_name(judge->outcome),
		    judge->who ? judge->who : "somebody",
		    str_empty(judge->text) ? "" : ": ",
		    judge->text ? judge->text : "",
		    outcome_name(run->fact->outcome));
	pager_add_line(runs->pager, run->number, &runs->line);
}

/* The target, or the node of a cluster. */
static const char *where_of(const struct runs *runs,
			    const struct run_state *run, char *out, size_t size)
{
	const struct joblist_item *job =
		joblist_find(&runs->jobs, runs->oid->hex, run->number);

	if (run->fact)
		joblist_say_past(run->fact, out, size);
	else if (job)
		joblist_say(job, out, size);
	else
		*out = '\0';
	if (!*out && run->begin && run->begin->text)
		str_copy(out, size, run->begin->text);
	return out;
}

static void put_run(struct runs *runs, const struct run_state *run)
{
	char letter = engine_run_letter(run), where[96];

	line_printf(&runs->line, ROLE_PLAIN, "%3d", run->number);
	line_to(&runs->line, runs->at->result);
	line_printf(&runs->line, panes_letter_role(letter), "%c %s%s", letter,
		    ledger_word(letter), run->judge ? "*" : "");
	if (runs->at->run_end) {
		put_phases(runs, run->fact);
		line_to(&runs->line, runs->at->where);
		line_put_cut(&runs->line, ROLE_PLAIN,
			     where_of(runs, run, where, sizeof(where)),
			     runs->at->where_width);
		put_size(runs, run);
	}
	put_what(runs, run);
	pager_add_line(runs->pager, run->number, &runs->line);
	put_below(runs, run);
}

static void put_heads(struct runs *runs)
{
	const struct columns *at = runs->at;

	line_put(&runs->line, ROLE_HEADING, "  #");
	line_to(&runs->line, at->result);
	line_put(&runs->line, ROLE_HEADING, "result");
	if (at->run_end) {
		line_right(&runs->line, at->boot_end, ROLE_HEADING, "boot");
		line_right(&runs->line, at->copy_end, ROLE_HEADING, "copy");
		line_right(&runs->line, at->run_end, ROLE_HEADING, "run");
		line_to(&runs->line, at->where);
		line_put(&runs->line, ROLE_HEADING, "target");
		line_right(&runs->line, at->size_end, ROLE_HEADING, "console");
	}
	line_to(&runs->line, at->title);
	line_put(&runs->line, ROLE_HEADING, "crash title or error");
	pager_add_line(runs->pager, -1, &runs->line);
}

/*
 * What it comes to.
 */

static int count_titles(const struct step *step, int *crashes)
{
	int kinds = 0;

	*crashes = 0;
	for (int i = 0; i < step->run_count; i++) {
		const char *title = run_title(&step->runs[i]);
		bool seen = false;

		if (str_empty(title))
			continue;
		++*crashes;
		for (int k = 0; k < i; k++)
			seen = seen ||
			       str_equal(run_title(&step->runs[k]), title);
		kinds += !seen;
	}
	return kinds;
}

static void put_rate(struct runs *runs, const struct tally *tally)
{
	int hits = tally->outcomes[OUTCOME_CRASHED];
	int of = hits + tally->outcomes[OUTCOME_OK];
	int kinds, crashes;

	kinds = count_titles(runs->step, &crashes);
	if (crashes)
		line_printf(&runs->line, ROLE_PLAIN,
			    "Titles: %d kind%s in %d crash%s.", kinds,
			    kinds == 1 ? "" : "s", crashes,
			    crashes == 1 ? "" : "es");
	else
		line_put(&runs->line, ROLE_PLAIN, "No run crashed.");
	if (runs->columns < FULL_COLUMNS)
		pager_add_line(runs->pager, -1, &runs->line);
	else
		line_to(&runs->line, runs->line.columns + 3);
	if (!of)
		line_put(&runs->line, ROLE_PLAIN,
			 "No run says how often it crashes.");
	else if (hits)
		line_printf(&runs->line, ROLE_PLAIN,
			    "Crash rate %d%% (at least %d%% with 95%% "
			    "certainty).",
			    (200 * hits + of) / (2 * of),
			    (int)(100 * rate_at_least(hits, of)));
	else
		line_printf(&runs->line, ROLE_PLAIN,
			    "Crash rate 0%% (at most %d%% with 95%% "
			    "certainty).",
			    (int)(100 * rate_at_most(hits, of) + 0.9999));
	pager_add_line(runs->pager, -1, &runs->line);
}

static void put_weighed(struct runs *runs, const struct engine *engine,
			const struct judgement *judgement)
{
	struct buf text;

	buf_init(&text, 0);
	judgement_say(judgement, engine_policy(engine), &text);
	line_printf(&runs->line, ROLE_PLAIN, "Rule: %s: ", text.text);
	buf_release(&text);
}

static void put_rule(struct runs *runs, struct engine *engine)
{
	struct judgement judgement = engine_judge(engine, runs->step->commit);
	enum verdict says = judgement.verdict != VERDICT_NONE
				    ? judgement.verdict
				    : judgement.leaning;

	if (policy_counts_runs(engine_policy(engine)))
		line_printf(&runs->line, ROLE_PLAIN,
			    "Rule: BAD needs %d crash%s, a verdict %d valid "
			    "run%s of %d. Has %d and %d: ",
			    judgement.crashes_needed,
			    judgement.crashes_needed == 1 ? "" : "es",
			    judgement.valid_needed,
			    judgement.valid_needed == 1 ? "" : "s",
			    judgement.wanted, judgement.crashes,
			    judgement.valid);
	else
		put_weighed(runs, engine, &judgement);
	line_put(&runs->line, panes_verdict_role(says),
		 says == VERDICT_NONE ? "open" : verdict_word(says));
	if (judgement.more_runs)
		line_printf(&runs->line, ROLE_DIM, ", %d more to come",
			    judgement.more_runs);
	pager_add_line(runs->pager, -1, &runs->line);
}

static void put_same(struct runs *runs)
{
	const struct step *step = runs->step;
	const struct graph *graph = session_graph(runs->session);

	line_printf(&runs->line, ROLE_DIM,
		    "  =  %d run%s of %.*s, the same kernel, count here too",
		    step->same_runs, step->same_runs == 1 ? "" : "s", OID_SHORT,
		    graph_oid(graph, step->same_as)->hex);
	pager_add_line(runs->pager, -1, &runs->line);
}

static void put_all(struct runs *runs, struct engine *engine,
		    enum runs_order order)
{
	const struct step *step = runs->step;
	struct run_state *states = sorted(step, order);
	struct tally tally;

	joblist_read(&runs->jobs, session_dir(runs->session));
	put_heads(runs);
	if (step->same_as >= 0)
		put_same(runs);
	for (int i = 0; i < step->run_count; i++)
		put_run(runs, &states[i]);
	joblist_release(&runs->jobs);
	free(states);
	if (!step->run_count && !step->same_runs) {
		line_put(&runs->line, ROLE_DIM, "  -  it has not been run");
		pager_add_line(runs->pager, -1, &runs->line);
		return;
	}
	engine_tally(engine, step->commit, &tally);
	pager_add_gap(runs->pager);
	put_rate(runs, &tally);
	put_rule(runs, engine);
}

void runs_fill(struct pager *pager, struct session *session, int commit,
	       enum runs_order order, int columns, bool ascii)
{
	struct engine *engine = session_engine(session);
	const struct step none = { .commit = commit, .same_as = -1 };
	const struct step *step = engine_step_of(engine, commit);
	struct runs runs = {
		.pager = pager,
		.session = session,
		.step = step ? step : &none,
		.oid = commit < 0 ? NULL
				  : graph_oid(session_graph(session), commit),
		.at = columns < FULL_COLUMNS ? &brief : &full,
		.columns = columns,
	};

	line_init(&runs.line, ascii);
	pager_clear(pager);
	put_all(&runs, engine, order);
	line_release(&runs.line);
}

void runs_remark(struct session *session, int commit, char *out, size_t size)
{
	static const char letters[] = "XxBTIi.>";
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(engine, commit);
	struct tally tally;
	struct buf text;

	buf_init(&text, 0);
	for (const char *letter = letters; step && *letter; letter++) {
		int count = 0;

		for (int i = 0; i < step->run_count; i++)
			count += engine_run_letter(&step->runs[i]) == *letter;
		if (count)
			buf_printf(&text, "%s%d %c %s", text.length ? "  " : "",
				   count, *letter, ledger_word(*letter));
	}
	if (step && text.length) {
		engine_tally(engine, commit, &tally);
		buf_printf(&text, "   %d of %d count",
			   tally.outcomes[OUTCOME_CRASHED] +
				   tally.outcomes[OUTCOME_OK],
			   tally.total);
	}
	str_copy(out, size, text.text);
	buf_release(&text);
}
