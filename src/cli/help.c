/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include "base/str.h"
#include "control/command.h"
#include "control/explained.h"

#define WIDTH 79

static void print_all(void)
{
	puts("usage: culprit [-C DIR] [--session-dir DIR] [COMMAND ...]\n\n"
	     "Without a command: the session on the screen.");
	for (int group = 0; group < GROUP_COUNT; group++) {
		printf("\n%s\n", command_group_name((enum command_group)group));
		for (const struct command *c = commands; c->name; c++)
			if ((int)c->group == group)
				printf("  %-9s %s\n", c->name, c->summary);
	}
	puts("\n'culprit help COMMAND' tells of its options; culprit(1) and "
	     "culprit.cfg(5)\nof everything.");
}

/* Up to the next blank that is in no bracket. */
static int part_length(const char *text)
{
	int depth = 0, length = 0;

	for (; text[length] && (text[length] != ' ' || depth > 0); length++)
		depth += (text[length] == '[') - (text[length] == ']');
	return length;
}

static void print_usage(const struct command *command)
{
	int column = printf("usage: culprit %s", command->name);
	int indent = column;
	const char *rest = command->arguments;

	while (*rest) {
		int length = part_length(rest);

		if (column + 1 + length > WIDTH && column > indent)
			column = printf("\n%*s", indent, "") - 1;
		column += printf(" %.*s", length, rest);
		rest += length + (rest[length] == ' ');
	}
	puts("");
}

static int print_one(const char *name)
{
	const struct command *command = command_find(name);
	const char *more = command_explained(name);

	if (!command)
		return cli_usage(NULL, "'%s' is not a culprit command", name);
	print_usage(command);
	printf("\n%s\n", command->summary);
	if (command->key)
		printf("on the screen: %s\n", command->key);
	if (more)
		printf("\n%s", more);
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
