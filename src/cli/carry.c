/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/describe.h"
#include "control/sessions.h"
#include "repo/repo.h"
#include "session/carry.h"
#include "session/session.h"

#define PIECE 400 /* bytes of a line: a screen's worth, however written */

/* The one word that these commands take, which is a file. */
static const char *file_of(int argc, char **argv)
{
	if (argc == 3 && str_equal(argv[1], "--"))
		return argv[2];
	if (argc != 2 || argv[1][0] == '-') {
		cli_usage(argv[0], "one file is wanted");
		return NULL;
	}
	return argv[1];
}

int cli_export(struct cli *cli, int argc, char **argv)
{
	const char *file = file_of(argc, argv);
	struct error err = ERROR_INIT;
	struct stat st;
	struct buf say;
	char size[24];

	if (!file)
		return EXIT_ERROR;
	if (cli_open(cli, &err) < 0 || carry_out(cli->session, file, &err) < 0)
		return cli_fail(&err);
	buf_init(&say, 0);
	buf_printf(&say, "%zu events and what belongs to them are in '%s'",
		   session_event_count(cli->session), file);
	if (stat(file, &st) == 0)
		buf_printf(&say, " (%s)", str_size(size, st.st_size));
	buf_putc(&say, '\n');
	cli_print(stdout, &say);
	buf_release(&say);
	return EXIT_OK;
}

/* Into --session-dir, or as the repository's current session. */
static int import(struct cli *cli, const char *file, struct error *err)
{
	char *dir = NULL;
	int ret = -1;

	if (cli->session_dir) {
		dir = xstrdup(cli->session_dir);
		if (repo_open(".", &cli->repo, NULL) < 0)
			cli->repo = NULL;
	} else if (repo_open(".", &cli->repo, err) < 0) {
		error_prefix(err, "a session without a repository needs "
				  "--session-dir");
		return -1;
	} else {
		dir = sessions_next(cli->repo);
	}
	if (carry_in(file, dir, cli->repo ? repo_common_dir(cli->repo) : NULL,
		     err) == 0 &&
	    session_open(dir, &cli->session, err) == 0 &&
	    (cli->session_dir ||
	     sessions_make_current(cli->repo, dir, err) == 0))
		ret = 0;
	free(dir);
	return ret;
}

int cli_import(struct cli *cli, int argc, char **argv)
{
	const char *file = file_of(argc, argv);
	struct error err = ERROR_INIT;
	char *untrusted;
	struct buf say;

	if (!file)
		return EXIT_ERROR;
	if (import(cli, file, &err) < 0)
		return cli_fail(&err);
	buf_init(&say, 0);
	buf_printf(&say, "the session is in '%s'\n", session_dir(cli->session));
	describe_plan(cli->session, &say);
	untrusted = carry_untrusted(cli->session);
	if (untrusted)
		buf_printf(&say,
			   "its settings say what is to be run, and nothing of "
			   "that is until you have\nread them: see 'culprit "
			   "trust'\n");
	free(untrusted);
	cli_print(stdout, &say);
	buf_release(&say);
	return EXIT_OK;
}

/*
 * Every line behind a bar, and a long one goes on behind a plus: nothing is
 * cut off, and no byte hides what stands behind it.
 */
static void add_lines(const struct buf *settings, struct buf *out)
{
	const char *at = settings->text, *end = at + settings->length;
	bool goes_on = false;

	while (at < end) {
		size_t length = (size_t)(end - at);
		const char *newline;

		if (length > PIECE)
			length = PIECE;
		newline = memchr(at, '\n', length);
		if (newline)
			length = (size_t)(newline - at);
		buf_puts(out, goes_on ? "+ " : "| ");
		buf_add(out, at, length);
		buf_putc(out, '\n');
		goes_on = !newline && at + length < end && at[length] != '\n';
		at += length + (at + length < end && at[length] == '\n');
	}
}

static int show_settings(const struct session *session, struct error *err)
{
	struct buf settings, text;
	int ret;

	buf_init(&settings, 0);
	buf_init(&text, 0);
	ret = carry_show(session, &settings, err);
	if (ret == 0) {
		add_lines(&settings, &text);
		buf_puts(&text, "\nculprit trust --yes lets the commands of "
				"these settings be run\n");
		cli_print(stdout, &text);
	}
	buf_release(&text);
	buf_release(&settings);
	return ret;
}

int cli_trust(struct cli *cli, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	bool yes = argc == 2 && str_equal(argv[1], "--yes");
	char *path;
	int ret;

	if (argc > 1 && !yes)
		return cli_usage(argv[0], "'%s' is not an option here",
				 argv[1]);
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	path = carry_untrusted(cli->session);
	if (!path)
		ret = error_set(&err, ERROR_STATE,
				"no settings of this session wait to be "
				"trusted");
	else if (yes)
		ret = carry_trust(cli->session, &err);
	else
		ret = show_settings(cli->session, &err);
	free(path);
	if (ret < 0)
		return cli_fail(&err);
	if (yes)
		puts("the settings count from now on: see 'culprit run'");
	return yes ? EXIT_OK : EXIT_NEEDS_PERSON;
}
