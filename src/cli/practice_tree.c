/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/practice_tree.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/practice.h"
#include "cli/practice_code.h"

static const char *const versions[] = {
	"1.0-rc1", "1.0",     "1.1-rc1", "1.1-rc2", "1.1",
	"1.2-rc1", "1.2-rc2", "1.2",	 "1.3-rc1", "1.3-rc2",
	"1.3",	   "1.4-rc1", "1.4-rc2", "1.4",	    NULL,
};

const char *practice_version(int number)
{
	return versions[number];
}

static void raise_to(unsigned char *number, unsigned char other)
{
	if (*number < other)
		*number = other;
}

void practice_join(struct practice_state *state,
		   const struct practice_state *other)
{
	for (int area = 0; area < PRACTICE_AREAS; area++)
		for (int row = 0; row < PRACTICE_ROWS; row++)
			raise_to(&state->rows[area][row],
				 other->rows[area][row]);
	for (int area = 0; area < PRACTICE_AREAS; area++)
		raise_to(&state->limits[area], other->limits[area]);
	raise_to(&state->version, other->version);
	raise_to(&state->rename, other->rename);
	raise_to(&state->init, other->init);
	raise_to(&state->bug, other->bug);
}

const char practice_settings[] =
	"# How culprit builds and tests this practice kernel.\n"
	"title = \"BUG: use-after-free in ring_release\";\n"
	"target = \"command\";\n"
	"build = { command = \"make -s -j2\"; timeout = 60; };\n"
	"test = {\n"
	"\tcommand = \"./practice\";\n"
	"\ttimeout = 20;\n"
	"\tslots = 4;\n"
	"\tcrash = \"(BUG: .*|WARNING: .*|Kernel panic - .*)\";\n"
	"\tignore = \"^WARNING: clock went backwards\";\n"
	"\tboot = \"init: started\";\n"
	"};\n";

static const char gitignore_text[] = "*.o\n/practice\n";

static const char readme_text[] =
	"A practice kernel\n"
	"=================\n"
	"\n"
	"A small program that boots like a kernel, to practise bisection on.\n"
	"One of the last commits of master brought in a bug:\n"
	"\n"
	"\tBUG: use-after-free in ring_release\n"
	"\n"
	"It does not show in every run.  v1.0 never had it.\n";

enum file {
	FILE_IGNORE,
	FILE_MAKEFILE,
	FILE_README,
	FILE_HEADER,
	FILE_CHANCE,
	FILE_MAIN,
	FILE_PRINTK,
	FILE_STACK,
	FILE_AREAS, /* from here on: one for each area, */
	FILE_FOLDERS = FILE_AREAS + PRACTICE_AREAS,    /* its folder's, */
	FILE_FEATURES = FILE_FOLDERS + PRACTICE_AREAS, /* and its features' */
	FILE_COUNT = FILE_FEATURES + PRACTICE_AREAS * PRACTICE_ROWS,
};

static const char *const paths[FILE_AREAS] = {
	[FILE_IGNORE] = ".gitignore",	   [FILE_MAKEFILE] = "Makefile",
	[FILE_README] = "README",	   [FILE_HEADER] = "include/kernel.h",
	[FILE_CHANCE] = "kernel/chance.c", [FILE_MAIN] = "init/main.c",
	[FILE_PRINTK] = "kernel/printk.c", [FILE_STACK] = "lib/dump_stack.c",
};

static void put_object(const char *path, struct buf *out)
{
	buf_puts(out, " \\\n\t");
	buf_add(out, path, strlen(path) - strlen("c"));
	buf_putc(out, 'o');
}

static void put_makefile(const struct practice_state *state, struct buf *out)
{
	buf_printf(out,
		   "VERSION = %s\n"
		   "CC = cc\n"
		   "CFLAGS = -O0 -Wall -Iinclude\n"
		   "\n"
		   "objects =",
		   versions[state->version]);
	for (int i = 0; i < FILE_AREAS; i++)
		if (str_ends(paths[i], ".c"))
			put_object(paths[i], out);
	for (int i = 0; i < PRACTICE_AREAS; i++)
		put_object(practice_areas[i].path, out);
	buf_puts(out, "\n"
		      "\n"
		      "practice: $(objects)\n"
		      "\t$(CC) -o $@ $(objects)\n"
		      "\n"
		      "# the features of an area are compiled with it\n"
		      ".SECONDEXPANSION:\n"
		      "%.o: %.c include/kernel.h $$(wildcard $$* $$*/*.c)\n"
		      "\t$(CC) $(CFLAGS) $(patsubst %,-include %,"
		      "$(wildcard $*/*.c)) -c -o $@ $<\n"
		      "\n"
		      "$(objects:.o=): ;\n"
		      "\n"
		      "init/main.o: CFLAGS += "
		      "-DKERNEL_VERSION='\"$(VERSION)\"'\n"
		      "init/main.o: Makefile\n"
		      "\n"
		      "clean:\n"
		      "\trm -f practice $(objects)\n");
}

static void put_folder(int area, struct buf *out)
{
	const char *path = practice_areas[area].path;

	buf_add(out, path, strlen(path) - strlen(".c"));
	buf_putc(out, '/');
}

bool practice_path(int file, struct buf *out)
{
	int feature = file - FILE_FEATURES;

	buf_clear(out);
	if (file >= FILE_COUNT)
		return false;
	if (file < FILE_AREAS) {
		buf_puts(out, paths[file]);
	} else if (file < FILE_FOLDERS) {
		buf_puts(out, practice_areas[file - FILE_AREAS].path);
	} else if (file < FILE_FEATURES) {
		put_folder(file - FILE_FOLDERS, out);
		buf_puts(out, "README");
	} else {
		put_folder(feature / PRACTICE_ROWS, out);
		practice_code_name(practice_areas[feature / PRACTICE_ROWS]
					   .rows[feature % PRACTICE_ROWS],
				   out);
		buf_puts(out, ".c");
	}
	return true;
}

static int level_of(int feature, const struct practice_state *state)
{
	return state->rows[feature / PRACTICE_ROWS][feature % PRACTICE_ROWS];
}

bool practice_has(int file, const struct practice_state *state)
{
	return file < FILE_FEATURES ||
	       level_of(file - FILE_FEATURES, state) > 0;
}

static void put_general(enum file file, const struct practice_state *state,
			const struct practice_kind *kind, struct buf *out)
{
	switch (file) {
	case FILE_IGNORE:
		buf_puts(out, gitignore_text);
		break;
	case FILE_MAKEFILE:
		put_makefile(state, out);
		break;
	case FILE_README:
		buf_puts(out, readme_text);
		break;
	case FILE_HEADER:
		practice_code_header(state, out);
		break;
	case FILE_CHANCE:
		practice_code_chance(kind->seed, out);
		break;
	case FILE_MAIN:
		practice_code_main(state, out);
		break;
	case FILE_PRINTK:
		buf_puts(out, practice_code_printk);
		break;
	case FILE_STACK:
		buf_puts(out, practice_code_stack);
		break;
	case FILE_AREAS:
	case FILE_FOLDERS:
	case FILE_FEATURES:
	case FILE_COUNT:
		break;
	}
}

void practice_text(int file, const struct practice_state *state,
		   const struct practice_kind *kind, struct buf *out)
{
	int feature = file - FILE_FEATURES;

	if (file < FILE_AREAS)
		put_general((enum file)file, state, kind, out);
	else if (file < FILE_FOLDERS)
		practice_code_area(file - FILE_AREAS, state, kind, out);
	else if (file < FILE_FEATURES)
		buf_printf(out, "%s\n",
			   practice_areas[file - FILE_FOLDERS].about);
	else
		practice_code_feature(feature / PRACTICE_ROWS,
				      feature % PRACTICE_ROWS,
				      level_of(feature, state), out);
}
