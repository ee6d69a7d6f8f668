/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "control/adopt.h"
#include "control/begin.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/orders.h"
#include "control/passing.h"
#include "control/preflight.h"
#include "control/sessions.h"
#include "control/settings.h"
#include "engine/engine.h"
#include "engine/verdict.h"
#include "repo/repo.h"
#include "session/session.h"

static const struct option options[] = {
	{ "fix", no_argument, NULL, 'f' },
	{ "first-parent", no_argument, NULL, 'p' },
	{ "title", required_argument, NULL, 't' },
	{ "build", required_argument, NULL, 'b' },
	{ "test", required_argument, NULL, 'e' },
	{ "policy", required_argument, NULL, 'y' },
	{ NULL, 0, NULL, 0 },
};

/* A policy of one run believes a test that fails only now and then. */
static void advise(struct session *session, struct buf *text)
{
	const struct policy *policy = engine_policy(session_engine(session));

	if (policy->kind == POLICY_EXIT_CODE && policy->runs == 1)
		buf_puts(text, "each commit is tested once; if the bug does "
			       "not always show, order 'culprit policy "
			       "adaptive'\n");
}

static void warn_of(void *data, enum finding finding, const char *text)
{
	struct buf *out = data;

	if (finding == FINDING_WRONG)
		buf_printf(out, "culprit: warning: %s\n", text);
}

/* It can begin all the same: what is wrong now may be mended before it runs. */
static void warn(struct cli *cli)
{
	struct settings settings;
	struct buf text;
	char *path;

	buf_init(&text, 0);
	settings_init(&settings);
	if (begin_read_settings(cli->session, &settings, NULL) == 0 &&
	    preflight(&settings, cli->repo, warn_of, &text) > 0) {
		path = session_settings(cli->session);
		buf_printf(&text,
			   "culprit: mend this, or the settings in '%s', "
			   "before 'culprit run'\n",
			   path);
		free(path);
	}
	cli_print(stderr, &text);
	settings_release(&settings);
	buf_release(&text);
}

static int begin(struct cli *cli, struct begin *begin)
{
	struct error err = ERROR_INIT;
	char *settings = NULL, *before = NULL;
	struct buf text;
	int code = EXIT_ERROR;

	begin->dir = cli->session_dir;
	if (repo_open(".", &cli->repo, &err) < 0)
		return cli_fail(&err);
	if (!begin->settings)
		begin->settings = settings = cli_default_settings(cli->repo);
	if (!cli->session_dir)
		sessions_current(cli->repo, &before, NULL);
	buf_init(&text, 0);
	if ((begin->bad ? begin_session : adopt_session)(
		    cli->repo, begin, &cli->session, &err) < 0) {
		cli_fail(&err);
		goto out;
	}
	cli_remark(cli->repo);
	buf_printf(&text, "session %s\n", session_dir(cli->session));
	if (!begin->bad)
		buf_puts(&text, "taken over from git bisect, whose own state "
				"stays as it is\n");
	describe_apart(cli->session, &text);
	describe_plan(cli->session, &text);
	code = EXIT_OK;
	if (desk_can_run(cli->session)) {
		advise(cli->session, &text);
		buf_puts(&text, "'culprit run' does the work here, 'culprit' "
				"on the screen\n");
	} else if (orders_begin(cli->session, cli->repo, &text, &err) < 0) {
		code = cli_fail(&err);
	} else if (engine_plan(session_engine(cli->session))->state ==
		   PLAN_TEST) {
		buf_puts(&text, "test it there, then order 'culprit good', "
				"'bad' or 'skip'\n");
	}
	if (before)
		buf_printf(&text, "the session before this one stays in %s\n",
			   before);
	cli_print(stdout, &text);
	if (code == EXIT_OK && desk_can_run(cli->session))
		warn(cli);
out:
	buf_release(&text);
	free(before);
	free(settings);
	return code;
}

/* Settings that were said in words take the place of a file's. */
static int begin_said(struct cli *cli, const struct passing *said,
		      struct begin *order)
{
	struct error err = ERROR_INIT;
	char *path = NULL;
	struct buf text;
	int code;

	buf_init(&text, 0);
	passing_settings(said, &text);
	if (passing_write(&text, &path, &err) < 0) {
		code = cli_fail(&err);
	} else {
		order->settings = path;
		code = begin(cli, order);
		unlink(path);
	}
	buf_release(&text);
	free(path);
	return code;
}

int cli_start(struct cli *cli, int argc, char **argv)
{
	char who[300];
	struct begin order = { .who = who };
	struct passing said = { .build = NULL };
	struct error err = ERROR_INIT;
	struct policy policy;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			order.settings = optarg;
			break;
		case 'f':
			order.fix = true;
			break;
		case 'p':
			order.first_parent = true;
			break;
		case 't':
			order.title = optarg;
			break;
		case 'b':
			said.build = optarg;
			break;
		case 'e':
			said.test = optarg;
			break;
		case 'y':
			said.policy = optarg;
			break;
		default:
			return cli_bad_option("start", option, argv);
		}
	}
	if (order.settings && (said.build || said.test || said.policy))
		return cli_usage("start",
				 "with -c all settings are in '%s': "
				 "leave out --build, --test and --policy",
				 order.settings);
	if (!said.test && (said.build || said.policy))
		return cli_usage("start",
				 "--build and --policy go with "
				 "--test; other settings are in a file");
	if (said.test && (!*said.test || (said.build && !*said.build)))
		return cli_usage("start", "a command is empty");
	if (said.policy && policy_parse(&policy, said.policy, &err) < 0)
		return cli_fail(&err);
	desk_who(who, sizeof(who));
	order.bad = argv[optind];
	if (order.bad) {
		order.goods = (const char *const *)argv + optind + 1;
		order.good_count = argc - optind - 1;
	}
	return said.test ? begin_said(cli, &said, &order) : begin(cli, &order);
}
