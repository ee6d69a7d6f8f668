/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/replay.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "cli/cli.h"
#include "control/audit.h"
#include "control/contrast.h"
#include "control/describe.h"
#include "control/desk.h"
#include "control/onward.h"
#include "control/otherwise.h"
#include "control/reopen.h"
#include "control/sessions.h"
#include "engine/course.h"
#include "engine/engine.h"
#include "repo/repo.h"
#include "session/session.h"

struct asked {
	const char *path, *repo, *export, *other, *settings;
	const char **imagined; /* --what-if, each */
	size_t imagined_count;
	int64_t at; /* a step, 0: not said */
	int print, json, check, onward, yes;
	bool own; /* the session that is worked on */
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

/* --json goes with these, and nothing else does. */
static int check_together(const struct asked *asked)
{
	int beside = (asked->imagined_count > 0) + !!asked->other;

	if (beside > 1 ||
	    (beside && (asked->print || asked->export || asked->check)))
		return cli_usage("replay",
				 "--what-if and --compare stand alone, or with "
				 "--json");
	if (asked->onward && (asked->other || asked->print || asked->json ||
			      asked->export || asked->check))
		return cli_usage("replay", "--continue stands alone, or with "
					   "--what-if");
	if (asked->at && !asked->imagined_count && !asked->onward)
		return cli_usage("replay",
				 "--at is for --what-if and --continue");
	if (!asked->onward && (asked->settings || asked->yes))
		return cli_usage("replay", "%s is for --continue",
				 asked->settings ? "-c" : "--yes");
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
		{ "what-if", required_argument, NULL, 'w' },
		{ "at", required_argument, NULL, 'a' },
		{ "compare", required_argument, NULL, 'o' },
		{ "continue", no_argument, &asked->onward, 1 },
		{ "yes", no_argument, &asked->yes, 1 },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:", options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return cli_bad_option("replay", option, argv);
		if (option == 'e')
			asked->export = optarg;
		else if (option == 'r')
			asked->repo = optarg;
		else if (option == 'o')
			asked->other = optarg;
		else if (option == 'c')
			asked->settings = optarg;
		else if (option == 'w')
			asked->imagined[asked->imagined_count++] = optarg;
		else if (option == 'p' && take_policy(asked, optarg) != EXIT_OK)
			return EXIT_ERROR;
		else if (option == 'a' &&
			 !str_number(optarg, 1, INT32_MAX, &asked->at))
			return cli_usage("replay",
					 "'%s' is not a step's number", optarg);
	}
	if (optind + 1 < argc)
		return cli_usage("replay", "one file is wanted");
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
	return check_together(asked);
}

/* What was not understood, on standard error. */
static void warn_of_reading(const char *path, const struct reopened *reopened)
{
	const struct imported *imported = &reopened->imported;
	struct buf text;

	if (!reopened->log)
		return;
	buf_init(&text, 0);
	if (imported->cut)
		buf_printf(&text,
			   "culprit: '%s' is longer than %d MB: the rest was "
			   "not read\n",
			   path, IMPORT_MAX / 1024 / 1024);
	if (!imported->lines)
		buf_printf(&text, "culprit: '%s' is empty\n", path);
	else if (!imported->format)
		buf_printf(
			&text,
			"culprit: '%s' is no log of a bisection that culprit "
			"knows (syzbot's, or of git bisect log)%s%s\n",
			path,
			*imported->link ? ": download the one that it names, "
					: "",
			imported->link);
	else if (imported->unsure_line)
		buf_printf(&text,
			   "culprit: '%s', line %" PRId64
			   ": reading became unsure: %s\n",
			   path, imported->unsure_line, imported->unsure);
	cli_print(stderr, &text);
	buf_release(&text);
}

/* A log that does not say what comes next, and no graph that could tell. */
static bool is_cut(struct engine *engine)
{
	const struct event *start = engine_start_event(engine);
	const struct plan *plan = engine_plan(engine);

	return start && start->by == BY_IMPORT && plan->recorded &&
	       plan->state == PLAN_NEEDS_RANGE;
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
	if (result != RESULT_NONE || !is_cut(engine))
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

/* What would have come of other decisions. */
static int imagine(const struct cli *cli, const struct asked *asked,
		   struct session *session)
{
	struct otherwise otherwise = { .changes = NULL };
	struct error err = ERROR_INIT;
	size_t from = 0;
	int ret = 0;

	if (asked->at)
		ret = otherwise_step_place(session, (int)asked->at, &from,
					   &err);
	for (size_t i = 0; i < asked->imagined_count && ret == 0; i++)
		ret = otherwise_add(&otherwise, session, cli->repo,
				    asked->imagined[i], from, &err);
	if (ret == 0)
		ret = otherwise_make(&otherwise, session, &err);
	if (ret == 0 && asked->json)
		replay_json_whatif(session, asked->path, &otherwise);
	else if (ret == 0)
		replay_print_whatif(session, &otherwise);
	otherwise_release(&otherwise);
	return ret < 0 ? cli_fail(&err) : EXIT_OK;
}

/* The last part of a path; sessions may have numbers only. */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : path;

	return xasprintf("%s%s",
			 name[strspn(name, "0123456789")] ? "" : "session ",
			 name);
}

static void print_beside(const struct asked *asked, const char *path,
			 struct session *session, struct session *other)
{
	struct course one, two;
	char *name = name_of(asked->path), *other_name = name_of(path);
	bool same = str_equal(name, other_name);
	struct contrast_side left = { same ? "the first" : name, session,
				      &one };
	struct contrast_side right = { same ? "the second" : other_name, other,
				       &two };

	otherwise_course(session, &one);
	otherwise_course(other, &two);
	if (asked->json)
		replay_json_contrast(&left, &right);
	else
		replay_print_contrast(&left, &right);
	course_release(&one);
	course_release(&two);
	free(other_name);
	free(name);
}

/* Another past beside this one: a log, a session, or where a fork is from. */
static int compare(const struct cli *cli, const struct asked *asked,
		   struct session *session)
{
	struct reopening what = { .path = asked->other, .repo = cli->repo };
	struct reopened other;
	struct error err = ERROR_INIT;
	char *origin = NULL;
	int code = EXIT_OK;

	if (str_equal(asked->other, "origin")) {
		if (contrast_origin(session, &origin, &err) < 0)
			return cli_fail(&err);
		what.path = origin;
	}
	if (reopen(&what, &other, &err) < 0) {
		code = cli_fail(&err);
	} else {
		warn_of_reading(what.path, &other);
		print_beside(asked, what.path, session, other.session);
		reopen_close(&other);
	}
	free(origin);
	return code;
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

/*
 * Going on from there.
 */

/* What would be, and that --yes does it. */
static void print_look(const struct onward *onward,
		       const struct onward_look *look)
{
	struct buf out;

	buf_init(&out, 0);
	buf_printf(&out,
		   "%s, up to step %d of %d, would become a session of %s\n",
		   onward->name, look->steps, look->of, look->home);
	if (look->log)
		buf_puts(&out,
			 "its runs would be evidence, its verdicts count; "
			 "the rest is tested\n");
	if (look->settings)
		buf_printf(&out, "settings: %s\n", look->settings);
	onward_tell(look, &out);
	buf_puts(&out, "--yes makes it\n");
	cli_print(stdout, &out);
	buf_release(&out);
}

/* How much comes along: to a step, to the first that is imagined, or all. */
static int find_place(const struct asked *asked, struct session *session,
		      const struct otherwise *otherwise, size_t *place,
		      struct error *err)
{
	const struct whatif *whatif = &otherwise->whatif;

	*place = session_event_count(session);
	if (asked->at)
		return otherwise_step_end(session, (int)asked->at, place, err);
	if (otherwise->count && whatif->first_changed < whatif->recorded.count)
		return otherwise_step_end(
			session, (int)whatif->first_changed + 1, place, err);
	return 0;
}

static int begin_onward(struct onward *onward, const struct asked *asked,
			struct error *err)
{
	struct onward_look look;
	char *dir = NULL;
	struct buf say;
	int ret;

	if (!asked->yes) {
		if (onward_look(onward, &look, err) < 0)
			return -1;
		print_look(onward, &look);
		onward_release(&look);
		return 0;
	}
	buf_init(&say, 0);
	ret = onward_begin(onward, &dir, &say, err);
	cli_print(stdout, &say);
	buf_release(&say);
	free(dir);
	return ret;
}

static int go_on(struct cli *cli, const struct asked *asked,
		 struct session *session)
{
	struct otherwise otherwise = { .changes = NULL };
	char *name = name_of(asked->path), who[300];
	struct onward onward = { .from = session,
				 .name = name,
				 .repo = cli->repo,
				 .settings = asked->settings,
				 .dir = asked->own ? NULL : cli->session_dir,
				 .who = who,
				 .otherwise = &otherwise };
	struct error err = ERROR_INIT;
	int ret;

	desk_who(who, sizeof(who));
	ret = onward_find_repo(&onward, &err);
	for (size_t i = 0; i < asked->imagined_count && ret == 0; i++)
		ret = otherwise_add(&otherwise, session, onward.repo,
				    asked->imagined[i], 0, &err);
	if (ret == 0 && otherwise.count)
		ret = otherwise_make(&otherwise, session, &err);
	if (ret == 0)
		ret = find_place(asked, session, &otherwise, &onward.events,
				 &err);
	if (ret == 0)
		ret = begin_onward(&onward, asked, &err);
	otherwise_release(&otherwise);
	onward_close(&onward);
	free(name);
	if (ret < 0)
		return cli_fail(&err);
	return asked->yes ? EXIT_OK : EXIT_NEEDS_PERSON;
}

/* Without a file it is the session that is worked on. */
static int find_own(struct cli *cli, char **path)
{
	if (cli->session_dir) {
		*path = xstrdup(cli->session_dir);
		return EXIT_OK;
	}
	if ((!cli->repo && repo_open(".", &cli->repo, NULL) < 0) ||
	    sessions_current(cli->repo, path, NULL) < 0)
		return cli_usage("replay",
				 "no session is worked on here: name a log, "
				 "an exported session or a session's folder");
	return EXIT_OK;
}

static int carry_out(struct cli *cli, const struct asked *asked, bool screen)
{
	struct reopening what = { .path = asked->path,
				  .folder =
					  asked->own ? NULL : cli->session_dir,
				  .keep = screen,
				  .repo = cli->repo };
	struct error err = ERROR_INIT;
	struct reopened reopened;
	int code = EXIT_OK;

	if (reopen(&what, &reopened, &err) < 0)
		return cli_fail(&err);
	warn_of_reading(asked->path, &reopened);
	if (asked->own) {
		cli->session = reopened.session;
		cli_find_repository(cli);
		cli->session = NULL;
	}
	if (reopened.log && !reopened.imported.format && !asked->json &&
	    !asked->check && !asked->export)
		code = EXIT_ERROR; /* there is nothing to show */
	else if (screen)
		code = show(cli, &reopened);
	else if (asked->onward)
		code = go_on(cli, asked, reopened.session);
	else if (asked->other)
		code = compare(cli, asked, reopened.session);
	else if (asked->imagined_count)
		code = imagine(cli, asked, reopened.session);
	else
		answer(asked, &reopened);
	if (reopened.log && !reopened.imported.format && !screen)
		code = EXIT_ERROR;
	reopen_close(&reopened);
	return code;
}

int cli_replay(struct cli *cli, int argc, char **argv)
{
	struct asked asked = { .imagined =
				       xcalloc((size_t)argc, sizeof(char *)) };
	struct error err = ERROR_INIT;
	int code = take_options(&asked, argc, argv);
	bool words = asked.print || asked.json || asked.check || asked.export ||
		     asked.other || asked.imagined_count || asked.onward;
	char *own = NULL;

	if (code == EXIT_OK && asked.repo &&
	    repo_open(asked.repo, &cli->repo, &err) < 0)
		code = cli_fail(&err);
	if (code == EXIT_OK && !asked.path) {
		code = find_own(cli, &own);
		asked.path = own;
		asked.own = true;
	}
	if (code == EXIT_OK)
		code = carry_out(cli, &asked, !words && has_screen());
	free(own);
	free(asked.imagined);
	return code;
}

/*
 * The short forms, for the session that is worked on.
 */

/* The words of a decision need not be one word to the shell. */
int cli_what_if(struct cli *cli, int argc, char **argv)
{
	char option[] = "--what-if", as_json[] = "--json";
	char *words[] = { argv[0], option, NULL, NULL, NULL };
	struct buf decision;
	bool json = false;
	int code;

	buf_init(&decision, 0);
	for (int i = 1; i < argc; i++) {
		if (str_equal(argv[i], "--json"))
			json = true;
		else
			buf_printf(&decision, "%s%s",
				   decision.length ? " " : "", argv[i]);
	}
	words[2] = decision.text;
	if (json)
		words[3] = as_json;
	code = decision.length
		       ? cli_replay(cli, json ? 4 : 3, words)
		       : cli_usage("what-if",
				   "name a decision, such as 'skip COMMIT'");
	buf_release(&decision);
	return code;
}

int cli_compare(struct cli *cli, int argc, char **argv)
{
	char option[] = "--compare", as_json[] = "--json";
	char *words[] = { argv[0], option, NULL, NULL, NULL };
	bool json = false;

	for (int i = 1; i < argc; i++) {
		if (str_equal(argv[i], "--json"))
			json = true;
		else if (words[2])
			return cli_usage("compare", "one file is wanted");
		else
			words[2] = argv[i];
	}
	if (!words[2])
		return cli_usage("compare",
				 "name another past: a file, or origin");
	if (json)
		words[3] = as_json;
	return cli_replay(cli, json ? 4 : 3, words);
}
