/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/begin.h"
#include "control/describe.h"
#include "control/excerpt.h"
#include "control/mail.h"
#include "control/mail_runs.h"
#include "control/recipients.h"
#include "control/rules.h"
#include "control/settings.h"
#include "control/setup.h"
#include "control/target.h"
#include "control/versions.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/warnings.h"
#include "oops/rules.h"
#include "repo/gitcmd.h"
#include "repo/maintainers.h"
#include "repo/people.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "session/session.h"

#define EXCERPT_MAX (64 * 1024)

/* What the extras of the mail are made of. */
struct findings {
	struct people people;
	struct buf from, links, setup, crash, crash_from, notes;
	struct warnings warnings;
};

static void findings_init(struct findings *found)
{
	*found = (struct findings){ .people = { 0 } };
	buf_init(&found->from, 1000);
	buf_init(&found->links, 0);
	buf_init(&found->setup, 0);
	buf_init(&found->crash, EXCERPT_MAX);
	buf_init(&found->crash_from, 0);
	buf_init(&found->notes, 0);
}

static void findings_release(struct findings *found)
{
	people_release(&found->people);
	buf_release(&found->from);
	buf_release(&found->links);
	buf_release(&found->setup);
	buf_release(&found->crash);
	buf_release(&found->crash_from);
	buf_release(&found->notes);
	warnings_release(&found->warnings);
}

static bool ask_config(const struct repo *repo, const char *key,
		       struct buf *out)
{
	const char *const argv[] = { "-C", repo_common_dir(repo), "config", key,
				     NULL };
	const struct gitcmd command = { .argv = argv, .output = out };

	if (gitcmd_run(&command, NULL) < 0)
		return false;
	while (out->length && out->text[out->length - 1] == '\n')
		out->text[--out->length] = '\0';
	return true;
}

/* user.name and user.email of git; nothing unless there is an address. */
static void find_user(const struct repo *repo, struct buf *out)
{
	struct people user = { 0 };
	struct buf name, text;

	buf_init(&name, 200);
	buf_init(&text, 1000);
	ask_config(repo, "user.name", &name);
	buf_putc(&text, '"');
	for (const char *p = name.text; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(&text, '\\');
		buf_putc(&text, *p);
	}
	buf_puts(&text, "\" <");
	if (ask_config(repo, "user.email", &text)) {
		buf_putc(&text, '>');
		if (people_add(&user, text.text, text.length, true))
			people_format(&user.items[0], out);
	}
	people_release(&user);
	buf_release(&name);
	buf_release(&text);
}

/* The compiler of this commit, as a build of it would choose it; or NULL. */
static char *find_compiler(struct repo *repo, const struct settings *settings,
			   const struct oid *commit)
{
	struct versions *versions =
		versions_load(settings->build.versions, NULL);
	struct reach *reach = NULL;
	char *path = NULL;

	if (versions && reach_new(repo, commit, &reach, NULL) == 0)
		target_compiler(&settings->build, versions, reach, &path, NULL);
	reach_free(reach);
	versions_free(versions);
	return path;
}

static void find_setup(struct cli *cli, const struct settings *settings,
		       int commit, struct buf *out)
{
	char *compiler = NULL;

	if (settings->build.config && cli->repo && commit >= 0)
		compiler = find_compiler(cli->repo, settings,
					 graph_oid(session_graph(cli->session),
						   commit));
	setup_describe(settings, compiler, out);
	free(compiler);
}

/* The session's own copy of the user's rules, or else the file they name. */
static struct rules *load_rules(const struct session *session,
				const struct settings *settings)
{
	char *own = session_oops(session);
	const char *path = access(own, F_OK) == 0 ? own : settings->oops;
	struct rules *rules = rules_load(&path, path ? 1 : 0, NULL);

	free(own);
	return rules ? rules : rules_load(NULL, 0, NULL);
}

/* Where builds are looked at, what the one of the culprit says. */
static void find_build(struct session *session, struct findings *found)
{
	struct engine *engine = session_engine(session);
	const struct step *step =
		engine_step_of(engine, engine_plan(engine)->bad);

	if (!step || !step->build || str_empty(step->build->text))
		return;
	buf_printf(&found->crash_from, "The build of %.*s says", OID_SHORT,
		   step->build->commit.hex);
	buf_printf(&found->crash, "%s\n", step->build->text);
}

/* Which kernel that was, and by which compiler, in its own words. */
static void add_banner(const char *console, struct buf *setup)
{
	struct buf banner;

	buf_init(&banner, 0);
	if (excerpt_banner(console, &banner))
		buf_printf(setup, "kernel: %s\n", banner.text);
	buf_release(&banner);
}

/* What the console of a run says of its crash, and whose it is. */
static void cut_crash(struct session *session, const struct settings *settings,
		      int commit, const struct run_state *run,
		      struct findings *found)
{
	static const char *const words[][2] = {
		[EXCERPT_GONE] = { "The console of ",
				   ", which shows the bug, is not kept any "
				   "more" },
		[EXCERPT_REPORT] = { "The crash, from ", "" },
		[EXCERPT_END] = { "The end of the console of ", "" },
	};
	const struct oid *oid = graph_oid(session_graph(session), commit);
	struct rules *rules = load_rules(session, settings);
	char *path = session_console(session, oid, run->number);
	enum excerpt kind =
		excerpt_cut(path, rules, run_title(run), &found->crash);

	buf_printf(&found->crash_from, "%srun %d of %.*s%s", words[kind][0],
		   run->number, OID_SHORT, oid->hex, words[kind][1]);
	if (settings->target != TARGET_COMMAND)
		add_banner(path, &found->setup);
	free(path);
	rules_free(rules);
}

static void find_crash(struct session *session, const struct settings *settings,
		       struct findings *found)
{
	const struct run_state *run;
	int commit;

	if (engine_symptom(session_engine(session)) == SYMPTOM_NO_BUILD)
		find_build(session, found);
	else if (mail_find_run(session, &commit, &run))
		cut_crash(session, settings, commit, run, found);
}

static void find_told(struct cli *cli, bool script, const struct oid *culprit,
		      struct findings *found)
{
	const struct recipients_spec spec = {
		.repo = cli->repo,
		.commit = culprit,
		.script = script,
		.keeper = cli->program,
		.timeout_ms = RECIPIENTS_TIMEOUT_MS,
	};

	recipients_find(&spec, &found->people, &found->notes);
	maintainers_links(cli->repo, culprit, &found->links, NULL);
}

static void find_all(struct cli *cli, bool script, struct findings *found)
{
	const struct plan *plan = engine_plan(session_engine(cli->session));
	struct error err = ERROR_INIT;
	struct settings settings;

	settings_init(&settings);
	if (begin_read_settings(cli->session, &settings, &err) < 0)
		buf_printf(&found->notes, "%s\n", err.text);
	find_setup(cli, &settings,
		   plan->state == PLAN_FOUND ? plan->commit : plan->bad,
		   &found->setup);
	find_crash(cli->session, &settings, found);
	if (cli->repo)
		find_user(cli->repo, &found->from);
	else
		buf_puts(&found->notes, "the repository is not there: nobody "
					"to mail is known\n");
	if (cli->repo && plan->state == PLAN_FOUND)
		find_told(cli, script,
			  graph_oid(session_graph(cli->session), plan->commit),
			  found);
	describe_warnings(cli->session, cli->repo, &found->warnings);
	settings_release(&settings);
}

static const char *or_null(const struct buf *text)
{
	return text->length ? text->text : NULL;
}

/* What could not be found out. */
static void print_notes(const struct findings *found)
{
	struct buf out;

	buf_init(&out, 0);
	for (const char *p = found->notes.text; *p;) {
		size_t length = strcspn(p, "\n");

		buf_puts(&out, "culprit: note: ");
		buf_add(&out, p, length);
		buf_putc(&out, '\n');
		p += length + (p[length] == '\n');
	}
	fflush(stdout);
	cli_print(stderr, &out);
	buf_release(&out);
}

static void print(struct session *session, const struct findings *found)
{
	const struct mail_extras extras = {
		.from = or_null(&found->from),
		.people = &found->people,
		.links = or_null(&found->links),
		.warnings = &found->warnings,
		.setup = or_null(&found->setup),
		.crash = or_null(&found->crash),
		.crash_from = or_null(&found->crash_from),
	};
	struct buf out;

	buf_init(&out, 0);
	mail_write(session, &extras, &out);
	cli_print(stdout, &out);
	buf_release(&out);
	print_notes(found);
}

/* The run that COMMIT#RUN names, of a commit that was tested; or NULL. */
static const struct run_state *name_run(struct session *session,
					const char *word, int *commit)
{
	struct engine *engine = session_engine(session);
	const char *mark = strrchr(word, '#');
	size_t length = mark ? (size_t)(mark - word) : 0;
	const struct step *step;
	int64_t number;

	if (length < 7 || !str_number(mark + 1, 0, INT32_MAX, &number))
		return NULL;
	for (int i = 0; (step = engine_step(engine, i)); i++) {
		const char *hex =
			graph_oid(session_graph(session), step->commit)->hex;

		if (strncmp(hex, word, length) != 0)
			continue;
		for (int k = 0; k < step->run_count; k++)
			if (step->runs[k].number == number) {
				*commit = step->commit;
				return &step->runs[k];
			}
	}
	return NULL;
}

/* --crash: of this run, or of the one that a mail shows. */
static int print_crash(struct cli *cli, const char *word)
{
	struct error err = ERROR_INIT;
	struct findings found;
	struct settings settings;
	const struct run_state *run;
	int commit;

	findings_init(&found);
	settings_init(&settings);
	begin_read_settings(cli->session, &settings, NULL);
	if (!word) {
		find_crash(cli->session, &settings, &found);
	} else {
		run = name_run(cli->session, word, &commit);
		if (run)
			cut_crash(cli->session, &settings, commit, run, &found);
		else
			error_set(&err, ERROR_INPUT,
				  "'%s' is no run of a tested commit: expected "
				  "COMMIT#RUN, as in 83b0383613b9#3",
				  word);
	}
	cli_print(stdout, &found.crash);
	settings_release(&settings);
	findings_release(&found);
	return err.code == ERROR_NONE ? EXIT_OK : cli_fail(&err);
}

/* The commit that a mail would be about, or the one that was named. */
static int find_about(struct cli *cli, const char *word, struct oid *out,
		      struct error *err)
{
	const struct plan *plan = engine_plan(session_engine(cli->session));

	if (!cli->repo)
		return error_set(err, ERROR_STATE,
				 "nobody to mail is known: the repository is "
				 "not there");
	if (word)
		return repo_resolve(cli->repo, word, out, err);
	if (plan->state != PLAN_FOUND)
		return error_set(err, ERROR_STATE,
				 "nobody is to be told yet: the culprit is not "
				 "known");
	*out = *graph_oid(session_graph(cli->session), plan->commit);
	return 0;
}

/* --to: whom to tell, one a line. */
static int print_told(struct cli *cli, bool script, const char *word)
{
	struct error err = ERROR_INIT;
	struct findings found;
	struct oid commit;
	struct buf out;

	if (find_about(cli, word, &commit, &err) < 0)
		return cli_fail(&err);
	findings_init(&found);
	buf_init(&out, 0);
	find_told(cli, script, &commit, &found);
	for (size_t i = 0; i < found.people.count; i++) {
		buf_puts(&out, found.people.items[i].to ? "To: " : "Cc: ");
		people_format(&found.people.items[i], &out);
		buf_putc(&out, '\n');
	}
	cli_print(stdout, &out);
	print_notes(&found);
	buf_release(&out);
	findings_release(&found);
	return EXIT_OK;
}

static int print_mail(struct cli *cli, bool script)
{
	struct findings found;

	findings_init(&found);
	find_all(cli, script, &found);
	print(cli->session, &found);
	findings_release(&found);
	return EXIT_OK;
}

int cli_report(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-maintainers", no_argument, NULL, 'n' },
		{ "to", no_argument, NULL, 't' },
		{ "crash", no_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct error err = ERROR_INIT;
	bool script = true, to = false, crash = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		script = script && option != 'n';
		to = to || option == 't';
		crash = crash || option == 'c';
		if (option != 'n' && option != 't' && option != 'c')
			return cli_bad_option("report", option, argv);
	}
	if (to && crash)
		return cli_usage("report", "--to and --crash exclude each "
					   "other");
	if (optind + (crash || to) < argc)
		return cli_usage("report", "'%s' is one word too many",
				 argv[optind + (crash || to)]);
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	return crash ? print_crash(cli, argv[optind])
	       : to  ? print_told(cli, script, argv[optind])
		     : print_mail(cli, script);
}
