/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "cli/cli.h"
#include "control/command.h"
#include "control/job.h"
#include "run/keeper.h"

static const struct {
	const char *name;
	int (*run)(struct cli *cli, int argc, char **argv);
} subcommands[] = {
	{ "demo", cli_demo },	    { "check", cli_check },
	{ "start", cli_start },	    { "run", cli_run },
	{ "status", cli_status },   { "log", cli_log },
	{ "range", cli_range },	    { "report", cli_report },
	{ "next", cli_next },	    { "titles", cli_titles },
	{ "export", cli_export },   { "import", cli_import },
	{ "trust", cli_trust },	    { "sessions", cli_sessions },
	{ "switch", cli_switch },   { "take-over", cli_take_over },
	{ "what-if", cli_what_if }, { "compare", cli_compare },
	{ "replay", cli_replay },   { "help", cli_help },
};

/* An absolute path, so that children find us from any folder. */
static char *own_path(const char *argv0)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length < 0)
		return xstrdup(argv0);
	path[length] = '\0';
	return xstrdup(path);
}

static int version(void)
{
	puts("culprit " VERSION);
	return EXIT_OK;
}

/* Options before the subcommand; how many words they took, or -1, told. */
static int take_options(struct cli *cli, int argc, char **argv)
{
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		const char *name = argv[at];
		struct error err;

		if (str_equal(name, "--help") || str_equal(name, "-h") ||
		    str_equal(name, "--version"))
			break;
		if (cli_screen_option(cli, name))
			continue;
		if (!str_equal(name, "--session-dir") &&
		    !str_equal(name, "-C")) {
			cli_usage(NULL, "'%s' is not a culprit option", name);
			return -1;
		}
		if (++at == argc) {
			cli_usage(NULL, "%s needs a folder", name);
			return -1;
		}
		if (str_equal(name, "--session-dir")) {
			cli->session_dir = argv[at];
		} else if (chdir(argv[at]) < 0) {
			error_errno(&err, "cannot go to '%s'", argv[at]);
			cli_fail(&err);
			return -1;
		}
	}
	return at;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc && !str_equal(argv[i], "--"); i++)
		if (str_equal(argv[i], "--help") || str_equal(argv[i], "-h"))
			return true;
	return false;
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
	const struct command *command;

	if (argc == 0)
		return cli_screen(cli);
	if (cli->screen_word && !str_equal(argv[0], "demo") &&
	    !str_equal(argv[0], "take-over"))
		return cli_usage(NULL, "'%s' is for the screen, not for '%s'",
				 cli->screen_word, argv[0]);
	if (str_equal(argv[0], "--version"))
		return version();
	if (str_equal(argv[0], "--help") || str_equal(argv[0], "-h"))
		return cli_help(cli, 1, (char *[]){ argv[0], NULL });
	command = command_find(argv[0]);
	if (!command)
		return cli_usage(NULL, "'%s' is not a culprit command",
				 argv[0]);
	if (wants_help(argc, argv))
		return cli_help(cli, 2, (char *[]){ argv[0], argv[0], NULL });
	for (size_t i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++)
		if (str_equal(subcommands[i].name, argv[0]))
			return subcommands[i].run(cli, argc, argv);
	return cli_order(cli, argc, argv);
}

/* One of a cluster: for its scheduler to start, not for people. */
static int job(const char *program, int argc, char **argv)
{
	struct error err = ERROR_INIT;

	return job_main(program, argc, argv, &err) < 0 ? cli_fail(&err)
						       : EXIT_OK;
}

/*
 * What is opened first must not have the number of a standard stream, or of the
 * descriptor on which an engine tells who started it that it works: that would
 * be written into the journal.
 */
static void fill_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDONLY);
	if (fcntl(CLI_READY_FD, F_GETFD) < 0)
		open("/dev/null", O_WRONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct cli cli = { .program = NULL };
	char *program;
	int taken, code;

	if (argc > 1 && str_equal(argv[1], "keep"))
		return keeper_main(argc - 2, argv + 2);
	fill_descriptors();
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	program = own_path(argv[0]);
	cli.program = program;
	if (argc > 1 && str_equal(argv[1], "job")) {
		code = job(program, argc - 2, argv + 2);
		free(program);
		return code;
	}
	taken = take_options(&cli, argc, argv);
	code = taken < 0 ? EXIT_ERROR
			 : dispatch(&cli, argc - taken, argv + taken);
	cli_close(&cli);
	free(program);
	if (fflush(stdout) != 0 && code == EXIT_OK) {
		perror("culprit: cannot write the output");
		code = EXIT_ERROR;
	}
	return code;
}
