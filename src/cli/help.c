/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include "base/str.h"
#include "control/command.h"

static void print_all(void)
{
	puts("usage: culprit [-C DIR] [--session-dir DIR] [COMMAND ...]\n\n"
	     "Without a command: the session on the screen.");
	for (int group = 0; group < GROUP_COUNT; group++) {
		printf("\n%s\n", command_group_name((enum command_group)group));
		for (const struct command *c = commands; c->name; c++)
			if ((int)c->group == group)
				printf("  %-8s %s\n", c->name, c->summary);
	}
	puts("\n'culprit help COMMAND' shows its words.");
}

static int print_one(const char *name)
{
	const struct command *command = command_find(name);

	if (!command)
		return cli_usage(NULL, "'%s' is not a culprit command", name);
	printf("usage: culprit %s%s%s\n\n%s\n", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->summary);
	if (command->key)
		printf("on the screen: %s\n", command->key);
	return EXIT_OK;
}

int cli_help(struct cli *cli, int argc, char **argv)
{
	if (argc > 2 && str_equal(argv[1], "--complete"))
		return cli_complete(cli, argc - 3, argv + 3);
	if (argc > 2)
		return cli_usage("help", "'%s' is one word too many", argv[2]);
	if (argc == 2 && str_equal(argv[1], "--names")) {
		for (const struct command *c = commands; c->name; c++)
			puts(c->name);
		return EXIT_OK;
	}
	if (argc == 2)
		return print_one(argv[1]);
	print_all();
	return EXIT_OK;
}
