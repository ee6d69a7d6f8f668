/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "cli/practice.h"
#include "control/begin.h"
#include "control/desk.h"
#include "engine/verdict.h"
#include "repo/repo.h"

struct demo {
	bool batch;
	const char *dir;
	struct practice_kind kind;
};

/* culprit-demo, culprit-demo-2...: the first name that is free. */
static char *free_dir(void)
{
	struct stat info;

	for (int i = 1;; i++) {
		char *dir = i == 1 ? xstrdup("culprit-demo")
				   : xasprintf("culprit-demo-%d", i);

		if (lstat(dir, &info) < 0)
			return dir;
		free(dir);
	}
}

static int begin(struct cli *cli, const struct practice *practice,
		 struct error *err)
{
	const char *goods[] = { practice->good.hex };
	char who[300];
	const struct begin begin = {
		.bad = practice->bad.hex,
		.goods = goods,
		.good_count = 1,
		.settings = "culprit.cfg",
		.who = who,
	};

	desk_who(who, sizeof(who));
	if (repo_open(".", &cli->repo, err) < 0)
		return -1;
	return begin_session(cli->repo, &begin, &cli->session, err);
}

static int run_demo(struct cli *cli, const struct demo *demo)
{
	char *dir = demo->dir ? xstrdup(demo->dir) : free_dir();
	struct error err = ERROR_INIT;
	struct practice practice;
	int code = EXIT_ERROR;

	if (practice_make(dir, &demo->kind, &practice, &err) < 0) {
		cli_fail(&err);
		goto out;
	}
	if (chdir(dir) < 0) {
		error_errno(&err, "cannot enter '%s'", dir);
		cli_fail(&err);
		goto out;
	}
	if (begin(cli, &practice, &err) < 0) {
		cli_fail(&err);
		goto out;
	}
	printf("a practice repository is in %s; it and its session stay "
	       "there\n",
	       dir);
	fflush(stdout);
	code = demo->batch ? cli_work(cli, false, -1) : cli_screen(cli);
out:
	free(dir);
	return code;
}

/* The number of an option into *out, or what is wrong with it. */
static int take_number(const char *text, int64_t most, const char *what,
		       int64_t *out)
{
	if (str_number(text, 0, most, out))
		return EXIT_OK;
	return cli_usage("demo",
			 "'%s' is not a %s, a whole number up to "
			 "%" PRId64,
			 text, what, most);
}

static int take_policy(const char *text)
{
	struct policy policy;
	struct error err = ERROR_INIT;

	if (policy_parse(&policy, text, &err) == 0)
		return EXIT_OK;
	return cli_usage("demo", "%s", err.text);
}

static int take_option(struct demo *demo, int option)
{
	int64_t number = 0;
	int code = EXIT_OK;

	if (option == 'b')
		demo->batch = true;
	else if (option == 'd')
		demo->dir = optarg;
	else if (option == 'p')
		code = take_policy(demo->kind.policy = optarg);
	else if (option == 's')
		code = take_number(optarg, UINT_MAX, "seed", &number);
	else
		code = take_number(optarg, 100, "rate", &number);
	if (option == 's')
		demo->kind.seed = (unsigned)number;
	else if (option == 'r')
		demo->kind.rate = (int)number;
	return code;
}

int cli_demo(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "batch", no_argument, NULL, 'b' },
		{ "dir", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "rate", required_argument, NULL, 'r' },
		{ "policy", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	struct demo demo = { .kind = PRACTICE_KIND(1) };
	int option, code;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return cli_bad_option("demo", option, argv);
		code = take_option(&demo, option);
		if (code != EXIT_OK)
			return code;
	}
	if (optind < argc)
		return cli_usage("demo", "'%s' is one word too many",
				 argv[optind]);
	return run_demo(cli, &demo);
}
