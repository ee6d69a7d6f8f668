/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/desk.h"
#include "session/session.h"

/* These options are words to the order itself. */
static bool is_its_own(const char *name, const char *option)
{
	return str_equal(name, "fixup") && (str_equal(option, "--if-has") ||
					    str_equal(option, "--unless-has"));
}

/* The words but for -m WHY, which may stand anywhere. */
static int sort_words(int argc, char **argv, struct order *order,
		      const char **words)
{
	bool only_words = false;

	for (int i = 1; i < argc; i++) {
		if (!only_words && str_equal(argv[i], "--")) {
			only_words = true;
		} else if (!only_words && str_equal(argv[i], "-m")) {
			if (++i == argc)
				return cli_usage(argv[0], "-m needs a reason");
			order->why = argv[i];
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] &&
			   !is_its_own(argv[0], argv[i])) {
			return cli_usage(argv[0], "'%s' is not an option here",
					 argv[i]);
		} else {
			words[order->argc++] = argv[i];
		}
	}
	order->argv = words;
	return EXIT_OK;
}

int cli_order(struct cli *cli, int argc, char **argv)
{
	const char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct error err = ERROR_INIT;
	struct order order = { .session = NULL };
	struct buf say;
	char who[300];
	int code = sort_words(argc, argv, &order, words);

	desk_who(who, sizeof(who));
	buf_init(&say, 0);
	if (code != EXIT_OK)
		goto out;
	if (cli_open(cli, &err) < 0) {
		code = cli_fail(&err);
		goto out;
	}
	order.session = cli->session;
	order.repo = cli->repo;
	order.who = who;
	order.say = &say;
	if (command_order(argv[0], &order, &err) < 0)
		code = cli_fail(&err);
	cli_print(stdout, &say);
out:
	buf_release(&say);
	free(words);
	return code;
}
