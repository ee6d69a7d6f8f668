/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/joblist.h"
#include "control/prospects.h"
#include "control/questions.h"
#include "control/sure.h"
#include "control/weighed.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "session/session.h"

static const char *hex_of(struct session *session, int commit)
{
	return commit < 0 ? NULL
			  : graph_oid(session_graph(session), commit)->hex;
}

static const char *asked(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_ASK)
			return plan->wishes[i].why;
	return NULL;
}

static const char *asked_title(const struct plan *plan)
{
	for (int i = 0; i < plan->wish_count; i++)
		if (plan->wishes[i].kind == WISH_ASK && plan->wishes[i].title)
			return plan->wishes[i].title;
	return NULL;
}

static void json_runs(struct json *json, const struct step *step)
{
	json_open_array(json, "runs");
	for (int i = 0; i < step->run_count; i++) {
		const struct run_state *run = &step->runs[i];

		json_open_object(json, NULL);
		json_number(json, "number", run->number);
		json_bool(json, "running", run->running);
		json_text(json, "outcome",
			  run->fact ? outcome_name(run->outcome) : NULL);
		json_bool(json, "judged", run->judge != NULL);
		json_text(json, "title", run_title(run));
		json_text(json, "letter",
			  (char[]){ engine_run_letter(run), '\0' });
		json_bool(json, "asks", run->open);
		json_close_object(json);
	}
	json_close_array(json);
}

static void json_step(struct json *json, struct session *session,
		      const struct step *step)
{
	const struct event *build = step->build;
	struct sure_at at;

	json_open_object(json, NULL);
	json_text(json, "commit", hex_of(session, step->commit));
	json_text(json, "subject", session_subject(session, step->commit));
	json_text(json, "verdict",
		  step->given ? verdict_name(step->verdict) : NULL);
	json_text(json, "by", step->given ? actor_name(step->given->by) : NULL);
	json_bool(json, "set_aside", step->set_aside);
	json_bool(json, "pinned", verdict_pinned(step->given));
	if (sure_at(session, step->commit, &at))
		json_real(json, "has_bug", at.bug);
	else
		json_null(json, "has_bug");
	json_runs(json, step);
	json_text(json, "same_as", hex_of(session, step->same_as));
	json_number(json, "same_runs", step->same_runs);
	if (step->left_after >= 0) {
		json_number(json, "left", step->left_after);
		json_number(json, "steps_left", step->steps_after);
	} else {
		json_null(json, "left");
		json_null(json, "steps_left");
	}
	json_text(json, "build",
		  build ? build_result_name(build->build) : NULL);
	json_text(json, "signature", build ? build->signature : NULL);
	json_text(json, "build_error",
		  build && build->build != BUILD_OK ? build->text : NULL);
	json_text(json, "fixups",
		  step->built_from ? step->built_from->text : NULL);
	if (build && build->build == BUILD_FAILED && build->number)
		json_number(json, "fixup_refused", build->number);
	else
		json_null(json, "fixup_refused");
	json_close_object(json);
}

static void json_ends(struct json *json, struct session *session,
		      const struct plan *plan)
{
	bool fix = engine_is_fix(session_engine(session));

	/* "bad" has the bug; in a search for a fix it is the older end */
	json_bool(json, "fix", fix);
	json_text(json, fix ? "good" : "bad", hex_of(session, plan->bad));
	json_open_array(json, fix ? "bad" : "good");
	for (int i = 0; i < plan->good_count; i++)
		json_text(json, NULL, hex_of(session, plan->goods[i]));
	json_close_array(json);
}

/* Before the search begins nobody has counted. */
static void json_counts(struct json *json, const struct plan *plan)
{
	if (plan->state == PLAN_TEST && plan->suspects == 0) {
		json_null(json, "suspects");
		json_null(json, "left");
		json_null(json, "steps_left");
		return;
	}
	json_number(json, "suspects", plan->suspects);
	if (plan->believed) { /* bits_left, runs_left and minutes_left say it */
		json_null(json, "left");
		json_null(json, "steps_left");
		return;
	}
	json_number(json, "left", plan->left);
	json_number(json, "steps_left", plan->steps);
}

static void json_candidates(struct json *json, struct session *session,
			    const struct plan *plan)
{
	json_open_array(json, "candidates");
	for (int i = 0; i < plan->candidate_count; i++)
		json_text(json, NULL, hex_of(session, plan->candidates[i]));
	json_close_array(json);
}

static void json_engine(struct json *json, const struct session *session)
{
	struct engine_process process;

	desk_engine(session, &process);
	json_open_object(json, "engine");
	json_bool(json, "alive", process.alive);
	if (process.alive) {
		json_number(json, "pid", process.pid);
		json_text(json, "host", process.host);
	} else {
		json_null(json, "pid");
		json_null(json, "host");
	}
	json_close_object(json);
}

static void json_ahead(struct json *json, struct session *session)
{
	struct prospect found[PROSPECTS_MAX];
	int count = prospects_find(session, found);

	json_open_array(json, "ahead");
	for (int i = 0; i < count; i++) {
		const struct prospect *it = &found[i];

		json_open_object(json, NULL);
		json_text(json, "commit", hex_of(session, it->commit));
		json_text(json, "after",
			  it->after ? verdict_name(it->after) : NULL);
		json_bool(json, "building", it->fact == NULL);
		json_text(json, "build",
			  it->fact ? build_result_name(it->fact->build) : NULL);
		json_close_object(json);
	}
	json_close_array(json);
}

static void json_fixups(struct json *json, const struct engine *engine)
{
	json_open_array(json, "fixups");
	for (int i = 0; i < engine_fixup_count(engine); i++) {
		const struct event *fixup = engine_fixup(engine, i);

		json_open_object(json, NULL);
		json_number(json, "number", fixup->number);
		json_text(json, "name", fixup->title);
		json_text(json, "if_has",
			  oid_is_none(&fixup->commit) ? NULL
						      : fixup->commit.hex);
		json_text(json, "unless_has",
			  oid_is_none(&fixup->other) ? NULL : fixup->other.hex);
		json_close_object(json);
	}
	json_close_array(json);
}

static void json_warnings(struct json *json, struct cli *cli)
{
	struct warnings warnings;

	describe_warnings(cli->session, cli->repo, &warnings);
	json_open_array(json, "warnings");
	for (size_t i = 0; i < warnings.count; i++)
		json_text(json, NULL, warnings.items[i]);
	json_close_array(json);
	warnings_release(&warnings);
}

static void json_confidence(struct json *json, struct session *session)
{
	double chance = sure_chance(session);

	if (chance < 0)
		json_null(json, "confidence");
	else
		json_real(json, "confidence", chance);
}

static void json_remedy(struct json *json, struct session *session,
			const struct sure *sure)
{
	const struct sure_remedy *remedy = &sure->remedy;

	if (sure->weak.commit < 0) {
		json_null(json, "weakest");
	} else {
		json_open_object(json, "weakest");
		json_text(json, "commit", hex_of(session, sure->weak.commit));
		json_real(json, "wrong", sure->weak.wrong);
		json_close_object(json);
	}
	if (remedy->commit < 0) {
		json_null(json, "remedy");
		return;
	}
	json_open_object(json, "remedy");
	json_text(json, "commit", hex_of(session, remedy->commit));
	json_number(json, "runs", remedy->runs);
	json_real(json, "confidence_then", remedy->chance_then);
	json_close_object(json);
}

/* Those that a cluster has now, or is given next. */
static void json_jobs(struct json *json, struct session *session)
{
	struct joblist list;

	joblist_read(&list, session_dir(session));
	json_bool(json, "cluster_away", list.away != NULL);
	json_open_array(json, "jobs");
	for (int i = 0; i < list.count; i++) {
		const struct joblist_item *item = &list.items[i];

		json_open_object(json, NULL);
		json_text(json, "id", item->id);
		json_text(json, "kind", item->build ? "build" : "run");
		json_text(json, "commit", item->commit);
		if (item->build)
			json_null(json, "number");
		else
			json_number(json, "number", item->number);
		json_text(json, "state", item->state);
		json_text(json, "node",
			  str_empty(item->node) ? NULL : item->node);
		json_text(json, "reason",
			  str_empty(item->words) ? NULL : item->words);
		json_number(json, "since", item->since);
		json_close_object(json);
	}
	json_close_array(json);
	joblist_release(&list);
}

static void json_doubts(struct json *json, struct session *session)
{
	struct sure_doubt *list;
	int count = sure_doubts(session, &list);

	json_open_array(json, "doubts");
	for (int i = 0; i < count; i++) {
		json_open_object(json, NULL);
		json_text(json, "commit", hex_of(session, list[i].commit));
		json_text(json, "contradicts", hex_of(session, list[i].other));
		json_text(json, "text", list[i].text);
		json_close_object(json);
	}
	json_close_array(json);
	sure_doubts_free(list, count);
}

static void json_questions(struct json *json, struct session *session)
{
	struct question_asked *list;
	int count = questions_find(session, &list);

	json_open_array(json, "questions");
	for (int i = 0; i < count; i++) {
		json_open_object(json, NULL);
		json_text(json, "text", list[i].text);
		json_text(json, "commit", hex_of(session, list[i].commit));
		json_bool(json, "waits", list[i].waits);
		json_open_array(json, "answers");
		for (int k = 0; k < QUESTION_ANSWERS && list[i].answers[k]; k++)
			json_text(json, NULL, list[i].answers[k]);
		json_close_array(json);
		json_close_object(json);
	}
	json_close_array(json);
	questions_free(list, count);
}

/* One a line. */
static void json_files(struct json *json, const char *files)
{
	json_open_array(json, "files");
	while (files && *files) {
		size_t length = strcspn(files, "\n");
		char *file = xasprintf("%.*s", (int)length, files);

		json_text(json, NULL, file);
		free(file);
		files += length + (files[length] == '\n');
	}
	json_close_array(json);
}

/* Which commits had how much before any test; null where all are alike. */
static void json_prior(struct json *json, struct session *session)
{
	const struct belief *belief = engine_belief(session_engine(session));
	struct weighed_prior weighed;

	if (!weighed_find(session, &weighed) || !weighed.prior.used) {
		json_null(json, "prior");
		return;
	}
	json_open_object(json, "prior");
	json_files(json, weighed.prior.fact->title);
	for (int i = 0; i < TOUCH_COUNT; i++) {
		json_open_object(json, touch_name((enum touch)i));
		json_number(json, "commits", weighed.kinds[i].count);
		json_real(json, "chance", weighed.kinds[i].chance);
		json_close_object(json);
	}
	json_open_array(json, "touching");
	for (int i = 0; i < belief->count; i++) {
		int commit = belief->commits[i];

		if (weighed_touch(&weighed, session, commit) != TOUCH_FILE)
			continue;
		json_open_object(json, NULL);
		json_text(json, "commit", hex_of(session, commit));
		json_real(json, "chance", belief_prior(belief, commit));
		json_close_object(json);
	}
	json_close_array(json);
	json_close_object(json);
}

static void json_belief(struct json *json, struct session *session)
{
	struct sure sure;

	if (!sure_find(session, &sure)) {
		json_null(json, "belief");
		return;
	}
	json_open_object(json, "belief");
	json_text(json, "word", sure_word_name(sure.word));
	json_text(json, "commit", hex_of(session, sure.commit));
	json_real(json, "chance", sure.chance);
	json_text(json, "likeliest", hex_of(session, sure.best));
	json_number(json, "set_95", sure.likely);
	json_number(json, "candidates", sure.count);
	json_real(json, "bits_left", sure.bits);
	if (sure.left_ms < 0)
		json_null(json, "minutes_left");
	else
		json_real(json, "minutes_left", (double)sure.left_ms / 60000);
	if (sure.runs_left < 0)
		json_null(json, "runs_left");
	else
		json_number(json, "runs_left", sure.runs_left);
	json_real(json, "rate", sure.rate);
	json_number(json, "clean_runs", sure.clean);
	json_real(json, "outside", sure.outside);
	json_prior(json, session);
	json_remedy(json, session, &sure);
	json_doubts(json, session);
	json_close_object(json);
}

static void print_json(struct cli *cli)
{
	struct session *session = cli->session;
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	bool testing = plan->state == PLAN_TEST;
	bool found = plan->state == PLAN_FOUND;
	struct buf out;
	struct json json;

	cli_json_begin(&json, &out);
	json_text(&json, "session", session_dir(session));
	json_text(&json, "title", engine_title(engine));
	cli_json_policy(&json, engine);
	json_text(&json, "symptom", symptom_name(engine_symptom(engine)));
	json_text(&json, "matching",
		  matching_name(engine_bug(engine)->matching));
	json_text(&json, "state", plan_state_name(plan->state));
	json_bool(&json, "paused", plan->paused);
	json_bool(&json, "needs_person", plan->needs_person);
	json_text(&json, "question", asked(plan));
	json_text(&json, "question_title", asked_title(plan));
	json_ends(&json, session, plan);
	json_counts(&json, plan);
	json_text(&json, "testing",
		  testing ? hex_of(session, plan->commit) : NULL);
	json_bool(&json, "merge_base", plan->merge_base);
	json_bool(&json, "confirming", plan->confirming);
	json_bool(&json, "flaky", engine_is_flaky(engine));
	json_text(&json, "culprit",
		  found ? hex_of(session, plan->commit) : NULL);
	cli_json_verify(&json, session);
	json_confidence(&json, session);
	json_belief(&json, session);
	json_questions(&json, session);
	json_warnings(&json, cli);
	json_candidates(&json, session, plan);
	json_engine(&json, session);
	json_ahead(&json, session);
	json_jobs(&json, session);
	json_fixups(&json, engine);
	json_open_array(&json, "steps");
	for (int i = 0; i < engine_step_count(engine); i++)
		json_step(&json, session, engine_step(engine, i));
	json_close_array(&json);
	cli_json_end(&json);
}

static void text_step(struct session *session, const struct step *step,
		      struct buf *out)
{
	char left[16] = "";

	if (step->left_after >= 0)
		snprintf(left, sizeof(left), "%d", step->left_after);
	buf_printf(out, "%3d  %-4s%s %.*s %5s  ", step->position,
		   step->given ? verdict_name(step->verdict) : "...",
		   verdict_pinned(step->given) ? "!"
		   : step->given && (step->given->by == BY_PERSON ||
				     step->given->by == BY_GIT)
			   ? "*"
			   : " ",
		   OID_SHORT, hex_of(session, step->commit), left);
	engine_letters(step, out);
	if (step->build && step->build->build == BUILD_FAILED) {
		if (step->build->number)
			buf_printf(out, "fixup %" PRId64 " does not apply",
				   step->build->number);
		else
			buf_puts(out, "build fails");
	}
	buf_printf(out, "%s%s", step->run_count || step->build ? "  " : "",
		   session_subject(session, step->commit));
	if (step->release && str_empty(session_subject(session, step->commit)))
		buf_puts(out, step->release);
	if (step->built_from && !str_empty(step->built_from->text))
		buf_printf(out, " [fixup %s]", step->built_from->text);
	buf_putc(out, '\n');
}

void cli_add_steps(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);

	for (int i = 0; i < engine_step_count(engine); i++)
		text_step(session, engine_step(engine, i), out);
}

/* Nobody is at work: how to go on. */
static void text_idle(struct session *session, struct buf *out)
{
	const struct plan *plan = engine_plan(session_engine(session));
	char *worktree = session_worktree(session);

	if (desk_can_run(session))
		buf_printf(out, "engine: none is at work%s\n",
			   plan->state == PLAN_TEST && !plan->needs_person
				   ? ", 'culprit run' starts one"
				   : "");
	else if (plan->state == PLAN_TEST)
		buf_printf(out,
			   "by hand: test what is in %s, then order "
			   "'culprit good', 'bad' or 'skip'\n",
			   worktree);
	free(worktree);
}

/* What a cluster has of it. */
static void text_jobs(struct session *session, struct buf *out)
{
	struct joblist list;

	joblist_read(&list, session_dir(session));
	if (list.away)
		buf_printf(out, "%s does not answer, it is waited for\n",
			   list.away);
	for (int i = 0; i < list.count; i++) {
		const struct joblist_item *item = &list.items[i];

		buf_printf(out, "job %s: ", item->id ? item->id : "-");
		if (item->build)
			buf_puts(out, "build");
		else
			buf_printf(out, "run %d", item->number);
		buf_printf(out, " of %.*s, %s%s%s", OID_SHORT, item->commit,
			   item->state, *item->node ? " on " : "", item->node);
		if (str_equal(item->state, "queued") && *item->words)
			buf_printf(out, " (%s)", item->words);
		buf_putc(out, '\n');
	}
	joblist_release(&list);
}

/* A kernel takes minutes: where to look on. */
static void text_build(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);

	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);
		char *log;

		if (!step->build_begin)
			continue;
		log = session_build_log(session, &step->build_begin->commit);
		buf_printf(out, "building %.*s, its output goes to %s\n",
			   OID_SHORT, hex_of(session, step->commit), log);
		free(log);
	}
}

static void print_text(struct cli *cli)
{
	struct session *session = cli->session;
	struct engine *engine = session_engine(session);
	struct engine_process process;
	struct buf out, ahead;

	buf_init(&out, 0);
	buf_init(&ahead, 0);
	desk_engine(session, &process);
	if (*engine_title(engine))
		buf_printf(&out, "%s\n", engine_title(engine));
	cli_add_steps(session, &out);
	describe_rate(session, &out);
	describe_plan(session, &out);
	describe_verify(session, &out);
	sure_tell(session, &out);
	describe_doubts(session, cli->repo, &out);
	prospects_say(session, &ahead);
	if (ahead.length)
		buf_printf(&out, "%s\n", ahead.text);
	if (process.alive) {
		text_build(session, &out);
		text_jobs(session, &out);
		buf_printf(
			&out, "engine: process %d on %s%s\n", process.pid,
			process.host,
			desk_engine_does(desk_engine_stage(session, &process)));
	} else {
		text_idle(session, &out);
	}
	cli_print(stdout, &out);
	buf_release(&ahead);
	buf_release(&out);
}

int cli_status(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct error err = ERROR_INIT;
	bool json = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option != 'j')
			return cli_bad_option("status", option, argv);
		json = true;
	}
	if (optind < argc)
		return cli_usage("status", "'%s' is one word too many",
				 argv[optind]);
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	if (json)
		print_json(cli);
	else
		print_text(cli);
	return EXIT_OK;
}
