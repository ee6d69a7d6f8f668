/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/desk.h"
#include "session/session.h"

int cli_order(struct cli *cli, int argc, char **argv)
{
	const char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	struct error err = ERROR_INIT;
	struct order order = { .session = NULL };
	struct buf say;
	char who[300];
	int code = EXIT_OK;

	desk_who(who, sizeof(who));
	buf_init(&say, 0);
	if (command_words(argc, argv, words, &order, &err) < 0) {
		code = cli_usage(argv[0], "%s", err.text);
		goto out;
	}
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
	free(order.next);
out:
	buf_release(&say);
	free(words);
	return code;
}
