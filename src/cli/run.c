/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/control.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/sure.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "repo/show.h"
#include "session/session.h"

#define SHOW_MAX (1024 * 1024)

/* What has been told so far. */
struct telling {
	struct oid under; /* the commit whose name stood last */
};

static void tell_name(struct telling *telling, struct session *session,
		      const struct event *event, struct buf *out)
{
	int commit = graph_find(session_graph(session), &event->commit);

	buf_printf(out, "%.*s  %s\n", OID_SHORT, event->commit.hex,
		   session_subject(session, commit));
	telling->under = event->commit;
}

/* Several commits may be built and run by turns: whose is what follows? */
static void tell_whose(struct telling *telling, struct session *session,
		       const struct event *event, struct buf *out)
{
	if (graph_find(session_graph(session), &event->commit) >= 0 &&
	    !oid_equal(&telling->under, &event->commit))
		tell_name(telling, session, event, out);
}

static void tell_build(struct telling *telling, struct session *session,
		       const struct event *event, struct buf *out)
{
	int commit = graph_find(session_graph(session), &event->commit);
	const struct plan *plan = engine_plan(session_engine(session));
	struct sure sure;

	tell_name(telling, session, event, out);
	if (plan->state == PLAN_TEST && plan->commit == commit &&
	    !plan->merge_base && !plan->release && !plan->confirming) {
		if (plan->believed && sure_glance(session, &sure)) {
			buf_puts(out, "    ");
			sure_say_to_go(&sure, false, out);
			buf_putc(out, '\n');
			return;
		}
		buf_printf(out, "    %d left after this, ~%d step%s\n",
			   plan->left, plan->steps,
			   plan->steps == 1 ? "" : "s");
	}
}

static void tell_failure(const struct event *build, struct buf *out)
{
	const char *text = build->text ? build->text : "";

	if (build->build != BUILD_OK)
		buf_printf(out, "    build %s: %.*s\n",
			   build_result_name(build->build),
			   (int)strcspn(text, "\n"), text);
}

/* What is built ahead is told when it is asked for. */
static void tell_begin(struct telling *telling, struct session *session,
		       const struct event *event, struct buf *out)
{
	int commit = graph_find(session_graph(session), &event->commit);
	const struct step *step =
		engine_step_of(session_engine(session), commit);

	if (event->number == BUILD_AHEAD)
		return;
	tell_build(telling, session, event, out);
	if (step && step->taken == event && step->build && !step->build_begin)
		tell_failure(step->build, out);
}

static void tell_end(struct telling *telling, struct session *session,
		     const struct event *event, struct buf *out)
{
	int commit = graph_find(session_graph(session), &event->commit);

	if (event->build == BUILD_OK ||
	    engine_ahead_of(session_engine(session), commit))
		return;
	tell_whose(telling, session, event, out);
	tell_failure(event, out);
}

static void tell_verdict(struct telling *telling, struct session *session,
			 const struct event *event, struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(
		engine, graph_find(session_graph(session), &event->commit));

	size_t begin;

	tell_whose(telling, session, event, out);
	buf_puts(out, "    ");
	begin = out->length;
	if (step)
		engine_letters(step, out);
	buf_printf(out, "%s%s", out->length > begin ? "  " : "",
		   verdict_name(event->verdict));
	if (!str_empty(event->text))
		buf_printf(out, ": %s", event->text);
	buf_putc(out, '\n');
}

/* What a tree came to that was built and run to verify the culprit. */
static bool tell_verified(struct session *session, const struct event *event,
			  struct buf *out)
{
	struct engine *engine = session_engine(session);
	int commit = graph_find(session_graph(session), &event->commit);
	struct verify verify;

	if (!engine_verify(engine, &verify))
		return false;
	for (int i = 0; i < verify.count; i++) {
		const struct verify_tree *tree = &verify.trees[i];

		if (tree->commit != commit || tree->state < TREE_OPEN)
			continue;
		buf_puts(out, "    ");
		verify_name_tree(engine, &verify, tree, out);
		buf_puts(out, ": ");
		verify_say_tree(engine, tree, out);
		buf_putc(out, '\n');
		return true;
	}
	return false;
}

/*
 * Runs that bring no verdict are told too, with the last of them: of an end
 * that was given, and those that a person asked for.
 */
static void tell_runs(struct telling *telling, struct session *session,
		      const struct event *event, struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct step *step = engine_step_of(
		engine, graph_find(session_graph(session), &event->commit));
	struct judgement j;

	if (tell_verified(session, event, out))
		return;
	if (!step || !step->given ||
	    (step->given->by != BY_START && !step->extra_runs))
		return;
	j = engine_judge(engine, step->commit);
	if (j.verdict == VERDICT_NONE ||
	    (step->given->by == BY_POLICY && j.verdict != step->verdict))
		return;
	tell_whose(telling, session, event, out);
	buf_puts(out, "    ");
	engine_letters(step, out);
	if (step->given->by == BY_START)
		buf_printf(out, "  %s, %sas it was given\n",
			   verdict_name(j.verdict),
			   j.verdict == step->verdict ? "" : "not ");
	else
		buf_printf(out, "  %s%s\n",
			   j.verdict == step->verdict ? "still " : "by these ",
			   verdict_name(j.verdict));
}

/* Lines of progress for an event; none for most. */
static void tell(void *data, struct session *session, const struct event *event)
{
	struct telling *telling = data;
	struct buf out;

	buf_init(&out, 0);
	if (event->kind == EVENT_BUILD_BEGIN)
		tell_begin(telling, session, event, &out);
	else if (event->kind == EVENT_VERDICT)
		tell_verdict(telling, session, event, &out);
	else if (event->kind == EVENT_RUN)
		tell_runs(telling, session, event, &out);
	else if (event->kind == EVENT_BUILD)
		tell_end(telling, session, event, &out);
	else if (event->kind == EVENT_REVERT && oid_is_none(&event->commit)) {
		describe_event(session, event, &out);
		buf_putc(&out, '\n');
	} else if (event_is_decision(event->kind)) {
		buf_puts(&out, "    ");
		describe_event(session, event, &out);
		buf_putc(&out, '\n');
	}
	cli_print(stdout, &out);
	fflush(stdout);
	buf_release(&out);
}

/* The commit and its diffstat, as git bisect shows them at the end. */
static void add_commit(const struct cli *cli, const char *hex, struct buf *out)
{
	static const char *const options[] = { "--stat", "--summary",
					       "--no-abbrev-commit",
					       "--diff-merges=first-parent",
					       NULL };
	struct error err = ERROR_INIT;

	if (show_commit(cli->repo, hex, options, out, &err) < 0)
		buf_printf(out, "(%s)\n", err.text);
}

static void say_end(struct cli *cli)
{
	const struct plan *plan = engine_plan(session_engine(cli->session));
	struct buf out;

	buf_init(&out, SHOW_MAX);
	describe_plan(cli->session, &out);
	if (plan->state == PLAN_FOUND && cli->repo)
		add_commit(cli,
			   graph_oid(session_graph(cli->session), plan->commit)
				   ->hex,
			   &out);
	describe_verify(cli->session, &out);
	cli_print(stdout, &out);
	buf_clear(&out);
	describe_doubts(cli->session, cli->repo, &out);
	cli_print(stdout, &out);
	buf_release(&out);
}

static void say_checkout(void *data, const char *worktree)
{
	struct buf out;

	(void)data;
	buf_init(&out, 0);
	buf_printf(&out, "checking out to %s\n", worktree);
	cli_print(stdout, &out);
	fflush(stdout);
	buf_release(&out);
}

static void say(void *data, const char *text)
{
	struct buf out;

	(void)data;
	buf_init(&out, 0);
	buf_printf(&out, "%s\n", text);
	cli_print(stdout, &out);
	fflush(stdout);
	buf_release(&out);
}

/* Who started us may be gone before we can say that all is ready. */
static void survive_closed_pipes(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, NULL);
}

int cli_work(struct cli *cli, bool stay, int ready_fd)
{
	struct telling telling = { .under = { "" } };
	const struct control_options options = {
		.data = &telling,
		.program = cli->program,
		.stay = stay,
		.ready_fd = ready_fd,
		.tell = tell,
		.say = say,
		.checkout = say_checkout,
	};
	struct error err = ERROR_INIT;
	enum control_end end;

	if (ready_fd >= 0)
		survive_closed_pipes();
	if (control_run(cli->session, cli->repo, &options, &end, &err) < 0) {
		if (ready_fd >= 0) /* whoever started us reads this */
			dprintf(ready_fd, "%s", err.text);
		return cli_fail(&err);
	}
	if (end == CONTROL_STOPPED) {
		fputs("culprit: stopped; 'culprit run' goes on from here\n",
		      stderr);
		return EXIT_ERROR;
	}
	say_end(cli);
	return end == CONTROL_FOUND ? EXIT_OK : EXIT_NEEDS_PERSON;
}

/*
 * Nothing is left to do, and nothing to clean up: then a kernel's tree is not
 * checked out only to be removed again.
 */
static bool is_over(struct session *session)
{
	const struct plan *plan = engine_plan(session_engine(session));
	char *worktree = session_worktree(session);
	bool left = access(worktree, F_OK) == 0;

	free(worktree);
	return plan->state == PLAN_FOUND && !plan->needs_person &&
	       plan->wish_count == 0 && !left;
}

/* The engine before this one may still have its worktrees removed. */
static void see_last_out(struct cli *cli)
{
	struct engine_process last;
	bool told = false;

	desk_engine(cli->session, &last);
	while (desk_engine_stage(cli->session, &last) == ENGINE_LEAVES) {
		if (!told)
			fprintf(stderr, "culprit: waiting for process %d%s\n",
				last.pid, desk_engine_does(ENGINE_LEAVES));
		told = true;
		desk_see_out(cli->session, &last);
	}
}

int cli_run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "batch", no_argument, NULL, 'b' },
		{ "stay", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	struct error err = ERROR_INIT;
	bool stay = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 's')
			stay = true;
		else if (option != 'b')
			return cli_bad_option("run", option, argv);
	}
	if (optind < argc)
		return cli_usage("run", "'%s' is one word too many",
				 argv[optind]);
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	if (!stay && is_over(cli->session)) {
		say_end(cli);
		return EXIT_OK;
	}
	see_last_out(cli);
	return cli_work(cli, stay, stay ? CLI_READY_FD : -1);
}
