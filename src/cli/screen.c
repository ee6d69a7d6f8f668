/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "tui/tui.h"

#define AT(member) offsetof(struct screen_said, member)

static const struct {
	const char *word;
	size_t where; /* in struct screen_said */
	enum said said;
} screen_options[] = {
	{ "--color=always", AT(colour), SAID_YES },
	{ "--color=never", AT(colour), SAID_NO },
	{ "--color=auto", AT(colour), SAID_NOTHING },
	{ "--mouse=on", AT(mouse), SAID_YES },
	{ "--mouse=off", AT(mouse), SAID_NO },
	{ "--ascii", AT(ascii), SAID_YES },
	{ "--cursor", AT(cursor), SAID_YES },
	{ "--plain", AT(plain), SAID_YES },
};

bool cli_screen_option(struct cli *cli, const char *word)
{
	for (size_t i = 0; i < sizeof(screen_options) / sizeof(*screen_options);
	     i++) {
		if (!str_equal(screen_options[i].word, word))
			continue;
		*(enum said *)(void *)((char *)&cli->said +
				       screen_options[i].where) =
			screen_options[i].said;
		cli->screen_word = word;
		return true;
	}
	return false;
}

int cli_screen(struct cli *cli)
{
	const char *term = getenv("TERM");
	const struct tui_options options = {
		.program = cli->program,
		.said = &cli->said,
		.start_engine = true,
	};
	struct error err = ERROR_INIT;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    str_empty(term) || str_equal(term, "dumb")) {
		error_set(&err, ERROR_USAGE,
			  "the screen needs a terminal: here there are "
			  "'culprit status', 'culprit log -f' and "
			  "'culprit run'");
		return cli_fail(&err);
	}
	if ((!cli->session && cli_open(cli, &err) < 0) ||
	    tui_main(cli->session, cli->repo, &options, &err) < 0)
		return cli_fail(&err);
	return EXIT_OK;
}
