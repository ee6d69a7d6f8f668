/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/command.h"
#include "control/sessions.h"
#include "control/usage.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"
#include "session/session.h"

/*
 * `culprit help --complete -- WORD...`: what the last word could become, a line
 * each, for a shell.  "=files" and "=folders" stand for what the shell finds
 * by itself.  Whatever goes wrong, nothing is said: somebody is typing.
 */

struct completion {
	struct cli *cli;
	const char *command;
	const char *typed; /* the word so far */
	bool options;	   /* it begins as one */
	bool opened;	   /* the session was looked for */
	struct buf *out;
};

static void offer(const struct completion *what, const char *word)
{
	if (str_starts(word, what->typed) || *word == '=')
		buf_printf(what->out, "%s\n", word);
}

static void offer_all(const struct completion *what, const char *const *words)
{
	for (; *words; words++)
		offer(what, *words);
}

/* Not cli_open: to complete a word must not change anything. */
static struct session *session_of(struct completion *what)
{
	struct cli *cli = what->cli;
	char *dir = NULL;

	if (what->opened)
		return cli->session;
	what->opened = true;
	if (repo_open(".", &cli->repo, NULL) < 0)
		cli->repo = NULL;
	if (cli->session_dir)
		session_open(cli->session_dir, &cli->session, NULL);
	else if (cli->repo && sessions_current(cli->repo, &dir, NULL) == 0)
		session_open(dir, &cli->session, NULL);
	free(dir);
	return cli->session;
}

static void offer_steps(struct completion *what, bool runs)
{
	struct session *session = session_of(what);
	struct engine *engine = session ? session_engine(session) : NULL;
	int count = engine ? engine_step_count(engine) : 0;
	char word[OID_SHORT + 16];

	for (int i = 0; i < count; i++) {
		const struct step *step = engine_step(engine, i);
		const char *hex =
			graph_oid(session_graph(session), step->commit)->hex;

		for (int run = 0; runs && run < step->run_count; run++) {
			snprintf(word, sizeof(word), "%.*s#%d", OID_SHORT, hex,
				 step->runs[run].number);
			offer(what, word);
		}
		snprintf(word, sizeof(word), "%.*s", OID_SHORT, hex);
		if (!runs)
			offer(what, word);
	}
}

static void offer_refs(struct completion *what)
{
	const char *const argv[] = { "for-each-ref",
				     "--format=%(refname:short)", NULL };
	struct buf refs;
	char *rest, *line;

	buf_init(&refs, 0);
	gitcmd_run(&(struct gitcmd){ .argv = argv, .output = &refs }, NULL);
	rest = refs.text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			offer(what, line);
	buf_release(&refs);
}

static void offer_sessions(struct completion *what)
{
	char **names;

	session_of(what);
	if (!what->cli->repo)
		return;
	names = sessions_list(what->cli->repo);
	for (char **name = names; *name; name++) {
		offer(what, *name);
		free(*name);
	}
	free(names);
}

static void offer_commands(const struct completion *what)
{
	for (const struct command *c = commands; c->name; c++)
		offer(what, c->name);
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (str_equal(word, *words))
			return true;
	return false;
}

static void offer_place(struct completion *what, const char *place)
{
	static const char *const files[] = { "FILE", "PATCH", NULL };
	static const char *const folders[] = { "DIR", "D", NULL };
	static const char *const commits[] = { "COMMIT", "BAD", "GOOD",
					       "GUILTY", "FIX", "C",
					       NULL };
	static const char *const policies[] = { "adaptive", "exit-code",
						"strict", "syzkaller", NULL };
	static const char *const formats[] = { "text", "git", "syzbot", "json",
					       NULL };

	if (is_one_of(place, files)) {
		offer(what, "=files");
	} else if (is_one_of(place, folders)) {
		offer(what, "=folders");
	} else if (is_one_of(place, commits)) {
		offer_steps(what, false);
		offer_refs(what);
	} else if (str_equal(place, "COMMIT#RUN")) {
		offer_steps(what, true);
	} else if (str_equal(place, "POLICY")) {
		offer_all(what, policies);
	} else if (str_equal(place, "FORMAT")) {
		offer_all(what, formats);
	} else if (str_equal(place, "OUTCOME")) {
		for (int i = 0; i < OUTCOME_COUNT; i++)
			offer(what, outcome_name((enum outcome)i));
	} else if (str_equal(place, "COMMAND")) {
		offer_commands(what);
	} else if (str_equal(place, "NAME") &&
		   str_equal(what->command, "switch")) {
		offer_sessions(what);
	}
}

static void take(void *data, enum usage_kind kind, const char *word)
{
	struct completion *what = data;

	if ((kind == USAGE_OPTION) != what->options)
		return;
	if (kind == USAGE_PLACE)
		offer_place(what, word);
	else
		offer(what, word);
}

/* The word that is the command, as an index; count - 1 while there is none. */
static int find_command(struct cli *cli, int count, char **words)
{
	int at = 0;

	for (; at < count - 1 && *words[at] == '-'; at++) {
		bool folder = str_equal(words[at], "--session-dir");

		if (!folder && !str_equal(words[at], "-C"))
			continue;
		if (++at == count - 1)
			break;
		if (folder)
			cli->session_dir = words[at];
		else if (chdir(words[at]) < 0)
			return -1;
	}
	return at;
}

static void offer_options(const struct completion *what)
{
	static const char *const options[] = { "-C", "--session-dir", "--help",
					       "--version", NULL };
	const char *word;

	offer_all(what, options);
	for (size_t i = 0; (word = cli_screen_word(i)); i++)
		offer(what, word);
}

static void offer_first(const struct completion *what, const char *before)
{
	if (before &&
	    (str_equal(before, "-C") || str_equal(before, "--session-dir")))
		offer(what, "=folders");
	else if (what->options)
		offer_options(what);
	else
		offer_commands(what);
}

int cli_complete(struct cli *cli, int count, char **words)
{
	struct buf out;
	struct completion what = { .cli = cli, .out = &out };
	const char *before = count > 1 ? words[count - 2] : NULL;
	const struct command *command;
	int at;

	if (count < 1 || (at = find_command(cli, count, words)) < 0)
		return EXIT_OK;
	buf_init(&out, 0);
	what.typed = words[count - 1];
	what.options = *what.typed == '-';
	command = at < count - 1 ? command_find(words[at]) : NULL;
	if (command) {
		what.command = command->name;
		usage_next(command->arguments, before, take, &what);
	} else if (at >= count - 1) {
		offer_first(&what, before);
	}
	cli_print(stdout, &out);
	buf_release(&out);
	return EXIT_OK;
}
