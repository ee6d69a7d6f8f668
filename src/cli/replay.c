/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/replay.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "cli/cli.h"
#include "control/audit.h"
#include "control/describe.h"
#include "control/reopen.h"
#include "engine/engine.h"
#include "repo/repo.h"
#include "session/session.h"

struct asked {
	const char *path, *repo, *export;
	int print, json, check;
	bool has_policy;
	struct policy policy;
};

static int take_policy(struct asked *asked, const char *name)
{
	struct error err;

	if (policy_parse(&asked->policy, name, &err) < 0)
		return cli_fail(&err);
	asked->has_policy = true;
	return EXIT_OK;
}

static int take_options(struct asked *asked, int argc, char **argv)
{
	const struct option options[] = {
		{ "print", no_argument, &asked->print, 1 },
		{ "json", no_argument, &asked->json, 1 },
		{ "check", no_argument, &asked->check, 1 },
		{ "export", required_argument, NULL, 'e' },
		{ "repo", required_argument, NULL, 'r' },
		{ "policy", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return cli_bad_option("replay", option, argv);
		if (option == 'e')
			asked->export = optarg;
		else if (option == 'r')
			asked->repo = optarg;
		else if (option == 'p' && take_policy(asked, optarg) != EXIT_OK)
			return EXIT_ERROR;
	}
	if (optind + 1 != argc)
		return cli_usage("replay", optind == argc
						   ? "which bisection?"
						   : "one file is wanted");
	asked->path = argv[optind];
	if (asked->export && !cli_is_log_format(asked->export))
		return cli_usage("replay",
				 "'%s' is not a format: expected text, git, "
				 "syzbot or json",
				 asked->export);
	if (asked->print + !!asked->export +
		    (asked->json || asked->check ? 1 : 0) >
	    1)
		return cli_usage("replay", "one of --print, --json, --check "
					   "and --export is wanted");
	return EXIT_OK;
}

/* What was not understood, on standard error. */
static void warn_of_reading(const struct asked *asked,
			    const struct reopened *reopened)
{
	const struct imported *imported = &reopened->imported;
	struct buf text;

	if (!reopened->log || !imported->unsure_line)
		return;
	buf_init(&text, 0);
	if (!imported->format)
		buf_printf(
			&text,
			"culprit: '%s' is no log of a bisection that culprit "
			"knows (syzbot's, or of git bisect log)\n",
			asked->path);
	else
		buf_printf(&text,
			   "culprit: '%s', line %" PRId64
			   ": reading became unsure: %s\n",
			   asked->path, imported->unsure_line,
			   imported->unsure);
	cli_print(stderr, &text);
	buf_release(&text);
}

static void print_table(struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct event *end;
	enum result result = engine_result(engine, &end);
	struct buf out;

	buf_init(&out, 0);
	if (*engine_title(engine))
		buf_printf(&out, "%s\n", engine_title(engine));
	buf_printf(&out, "%3s  %-5s%-*s %5s  %s\n", "#", "", OID_SHORT,
		   "commit", "left", "runs, subject");
	cli_add_steps(session, &out);
	describe_rate(session, &out);
	describe_plan(session, &out);
	if (result == RESULT_NONE && engine_plan(engine)->recorded)
		buf_puts(&out, "the log breaks off before its end\n");
	cli_print(stdout, &out);
	buf_release(&out);
}

static void print_audit(const struct audit *audit)
{
	struct buf out;

	buf_init(&out, 0);
	audit_write(audit, &out);
	cli_print(stdout, &out);
	buf_release(&out);
}

static void answer(const struct asked *asked, const struct reopened *reopened)
{
	struct session *session = reopened->session;
	struct audit audit;

	if (asked->check)
		audit_make(&audit, session,
			   asked->has_policy ? &asked->policy : NULL);
	if (asked->export)
		cli_log_as(session, asked->export);
	else if (asked->json)
		replay_print_json(session, asked->path,
				  reopened->log ? &reopened->imported : NULL,
				  asked->check ? &audit : NULL);
	else if (asked->check)
		print_audit(&audit);
	else
		print_table(session);
	if (asked->check)
		audit_release(&audit);
}

static bool has_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       !str_empty(term) && !str_equal(term, "dumb");
}

/* A person may go over to other sessions: it is closed where it is left. */
static int show(struct cli *cli, struct reopened *reopened)
{
	cli->session = reopened->session;
	reopened->session = NULL;
	return cli_screen_past(cli);
}

int cli_replay(struct cli *cli, int argc, char **argv)
{
	struct asked asked = { .path = NULL };
	struct reopening what = { .folder = cli->session_dir };
	struct reopened reopened;
	struct error err = ERROR_INIT;
	bool screen;
	int code = take_options(&asked, argc, argv);

	if (code != EXIT_OK)
		return code;
	screen = !asked.print && !asked.json && !asked.check && !asked.export &&
		 has_screen();
	if (asked.repo && repo_open(asked.repo, &cli->repo, &err) < 0)
		return cli_fail(&err);
	what.path = asked.path;
	what.repo = cli->repo;
	what.keep = screen;
	if (reopen(&what, &reopened, &err) < 0)
		return cli_fail(&err);
	warn_of_reading(&asked, &reopened);
	if (screen)
		code = show(cli, &reopened);
	else
		answer(&asked, &reopened);
	if (reopened.log && !reopened.imported.format && !screen)
		code = EXIT_ERROR;
	reopen_close(&reopened);
	return code;
}
