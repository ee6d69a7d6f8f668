/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "tui/tui.h"

int cli_screen(struct cli *cli)
{
	const char *term = getenv("TERM");
	const struct tui_options options = {
		.program = cli->program,
		.mono = !str_empty(getenv("NO_COLOR")),
		.start_engine = true,
	};
	struct error err = ERROR_INIT;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    str_empty(term) || str_equal(term, "dumb")) {
		error_set(&err, ERROR_USAGE,
			  "the screen needs a terminal: use 'culprit status', "
			  "'culprit run' and 'culprit log' here");
		return cli_fail(&err);
	}
	if ((!cli->session && cli_open(cli, &err) < 0) ||
	    tui_main(cli->session, cli->repo, &options, &err) < 0)
		return cli_fail(&err);
	return EXIT_OK;
}
