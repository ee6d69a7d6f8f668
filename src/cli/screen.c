/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "control/sessions.h"
#include "repo/repo.h"
#include "session/session.h"
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

const char *cli_screen_word(size_t place)
{
	return place < sizeof(screen_options) / sizeof(*screen_options)
		       ? screen_options[place].word
		       : NULL;
}

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

/* The session's screen, and those of the sessions that a person goes over to. */
static int show(struct cli *cli, bool start_engine, struct error *err)
{
	struct tui_options options = {
		.program = cli->program,
		.said = &cli->said,
		.start_engine = start_engine,
		.replay = !start_engine,
		.take_over = cli->takes_over,
	};
	struct tui_next next = { .dir = NULL };

	for (;;) {
		int ret =
			tui_main(cli->session, cli->repo, &options, &next, err);

		if (ret < 0 || !next.dir)
			return ret;
		session_close(cli->session);
		cli->session = NULL;
		ret = session_open(next.dir, &cli->session, err);
		free(next.dir);
		next.dir = NULL;
		if (ret < 0)
			return -1;
		cli_find_repository(cli);
		options.at_orders_only = true;
		options.replay = false;
	}
}

/* The session, or where the repository has none the form for one. */
static int find_session(struct cli *cli, bool *left, struct error *err)
{
	const struct tui_options options = { .said = &cli->said };
	char *dir = NULL;

	*left = false;
	if (cli->session)
		return 0;
	if (cli->session_dir || cli->takes_over)
		return cli_open(cli, err);
	if (repo_open(".", &cli->repo, err) < 0)
		return -1;
	if (sessions_current(cli->repo, &dir, NULL) == 0) {
		int ret = session_open(dir, &cli->session, err);

		free(dir);
		return ret;
	}
	if (tui_start(cli->repo, &options, &cli->session, err) < 0)
		return -1;
	*left = !cli->session;
	return 0;
}

static int open_screen(struct cli *cli, bool start_engine)
{
	const char *term = getenv("TERM");
	bool left;
	struct error err = ERROR_INIT;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    str_empty(term) || str_equal(term, "dumb")) {
		error_set(&err, ERROR_USAGE,
			  "the screen needs a terminal: here there are "
			  "'culprit status', 'culprit log -f' and "
			  "'culprit run'");
		return cli_fail(&err);
	}
	if (find_session(cli, &left, &err) < 0 ||
	    (!left && show(cli, start_engine, &err) < 0))
		return cli_fail(&err);
	return EXIT_OK;
}

int cli_screen(struct cli *cli)
{
	return open_screen(cli, true);
}

int cli_screen_past(struct cli *cli)
{
	return open_screen(cli, false);
}

int cli_take_over(struct cli *cli, int argc, char **argv)
{
	if (argc > 1)
		return cli_usage("take-over", "'%s' is one word too many",
				 argv[1]);
	cli->takes_over = true;
	return cli_screen(cli);
}
