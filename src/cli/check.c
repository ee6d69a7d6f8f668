/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "control/preflight.h"
#include "control/preflight_cluster.h"
#include "control/settings.h"
#include "repo/repo.h"

static void tell(void *data, enum finding finding, const char *text)
{
	static const char *const words[] = {
		[FINDING_OK] = "ok   ",
		[FINDING_NOTE] = "note ",
		[FINDING_WRONG] = "wrong",
	};
	struct buf line;

	(void)data;
	buf_init(&line, 0);
	buf_printf(&line, "%s  %s\n", words[finding], text);
	cli_print(stdout, &line);
	buf_release(&line);
}

static int check(struct cli *cli, const char *path)
{
	struct settings settings;
	struct error err = ERROR_INIT;
	char *own = NULL;
	int code = EXIT_ERROR;

	if (repo_open(".", &cli->repo, &err) < 0)
		return cli_fail(&err);
	if (!path)
		path = own = cli_default_settings(cli->repo);
	settings_init(&settings);
	if (path && settings_read(&settings, path, NULL, &err) < 0) {
		cli_fail(&err);
		goto out;
	}
	tell(NULL, path ? FINDING_OK : FINDING_NOTE,
	     path ? path
		  : "there are no settings: name a file with -c, write "
		    "culprit.cfg, or give --test to 'culprit start'");
	if (preflight(&settings, cli->repo, tell, NULL) +
		    preflight_cluster(&settings, cli->repo, cli->program, tell,
				      NULL) ==
	    0)
		code = EXIT_OK;
out:
	settings_release(&settings);
	free(own);
	return code;
}

int cli_check(struct cli *cli, int argc, char **argv)
{
	const char *settings = NULL;
	int option;

	opterr = 0;
	while ((option = getopt(argc, argv, ":c:")) != -1) {
		if (option != 'c')
			return cli_bad_option("check", option, argv);
		settings = optarg;
	}
	if (optind < argc)
		return cli_usage("check", "'%s' is one word too many",
				 argv[optind]);
	return check(cli, settings);
}
