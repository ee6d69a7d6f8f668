/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/mirror.h"
#include "control/sessions.h"
#include "engine/engine.h"
#include "repo/range.h"
#include "repo/repo.h"
#include "session/session.h"

#define COLUMNS_MAX 4000

void cli_find_repository(struct cli *cli)
{
	const char *home = session_repository(cli->session);

	if (!cli->repo && home && repo_open(home, &cli->repo, NULL) < 0)
		cli->repo = NULL;
}

static int open_session(struct cli *cli, struct error *err)
{
	char *dir = NULL;
	int ret;

	if (cli->session_dir) {
		ret = session_open(cli->session_dir, &cli->session, err);
		/* without its repository a session can still be looked at */
		if (ret == 0)
			cli_find_repository(cli);
		return ret;
	}
	if (repo_open(".", &cli->repo, err) < 0 ||
	    sessions_current(cli->repo, &dir, err) < 0)
		return -1;
	ret = session_open(dir, &cli->session, err);
	free(dir);
	return ret;
}

/* What somebody marked with git bisect is known before anything is said. */
int cli_open(struct cli *cli, struct error *err)
{
	struct buf say;

	if (open_session(cli, err) < 0)
		return -1;
	buf_init(&say, 0);
	mirror_look(cli->session, cli->repo, NULL, &say);
	cli_print(stderr, &say);
	buf_release(&say);
	return 0;
}

char *cli_default_settings(const struct repo *repo)
{
	char *path;

	if (!repo_workdir(repo))
		return NULL;
	path = xasprintf("%s/culprit.cfg", repo_workdir(repo));
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

void cli_close(struct cli *cli)
{
	if (cli->session)
		session_close(cli->session);
	if (cli->repo)
		repo_close(cli->repo);
	cli->session = NULL;
	cli->repo = NULL;
}

/* One line without newline, clean; the screen's marks are left out. */
static void print_line(FILE *file, const char *line, size_t length)
{
	struct buf clean;

	buf_init(&clean, 0);
	text_clean(&clean, line, length, COLUMNS_MAX, false);
	for (const char *p = clean.text; *p; p++)
		if (*p != TEXT_MARK_ON && *p != TEXT_MARK_OFF)
			fputc(*p, file);
	buf_release(&clean);
}

void cli_print(FILE *file, const struct buf *text)
{
	const char *at = text->text, *end = text->text + text->length;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		print_line(file, at, (size_t)((newline ? newline : end) - at));
		if (!newline)
			break;
		fputc('\n', file);
		at = newline + 1;
	}
}

static void complain(const char *sentence)
{
	struct buf text;

	buf_init(&text, 0);
	buf_printf(&text, "culprit: %s\n", sentence);
	cli_print(stderr, &text);
	buf_release(&text);
}

int cli_fail(const struct error *err)
{
	complain(err->text);
	return EXIT_ERROR;
}

void cli_remark(const struct repo *repo)
{
	if (range_remark(repo))
		complain(range_remark(repo));
}

int cli_usage(const char *name, const char *format, ...)
{
	const struct command *command = name ? command_find(name) : NULL;
	struct buf text;
	va_list args;

	buf_init(&text, 0);
	buf_puts(&text, "culprit: ");
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (command)
		buf_printf(&text, "\nusage: culprit %s %s\n", command->name,
			   command->arguments);
	else
		buf_puts(&text, "\nsee 'culprit help'\n");
	cli_print(stderr, &text);
	buf_release(&text);
	return EXIT_ERROR;
}

int cli_bad_option(const char *name, int option, char *const *argv)
{
	const char *word = argv[optind - 1];

	if (option == ':')
		return cli_usage(name, "'%s' needs a word behind it", word);
	/* among letters behind one dash getopt has not moved on yet */
	if (*word != '-' && argv[optind])
		word = argv[optind];
	return cli_usage(name, "'%s' is not an option here", word);
}

void cli_json_begin(struct json *json, struct buf *out)
{
	buf_init(out, 0);
	json_init(json, out);
	json_open_object(json, NULL);
}

void cli_json_end(struct json *json)
{
	json_close_object(json);
	puts(json->out->text);
	buf_release(json->out);
}

void cli_json_policy(struct json *json, const struct engine *engine)
{
	struct buf policy;

	buf_init(&policy, 0);
	policy_format(engine_policy(engine), &policy);
	json_text(json, "policy", policy.text);
	buf_release(&policy);
}
