/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tui/grid.h"

static char *golden_path(const char *name)
{
	const char *source = getenv("srcdir");

	return xasprintf("%s/tests/screen/%s.txt", source ? source : ".", name);
}

static void read_all(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "r");
	char block[4096];
	size_t got;

	if (!file)
		fail_msg("cannot open %s", path);
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, block, got);
	fclose(file);
}

static void compare(const char *name, const struct buf *drawn)
{
	const char *bless = getenv("BLESS");
	char *path = golden_path(name);
	struct buf golden;

	buf_init(&golden, 0);
	if (!str_empty(bless)) {
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(drawn->text, file);
		assert_int_equal(fclose(file), 0);
	}
	read_all(path, &golden);
	if (strcmp(golden.text, drawn->text) != 0) {
		print_message("%s is drawn otherwise now:\n%s", path,
			      drawn->text);
		fail();
	}
	buf_release(&golden);
	free(path);
}

void golden_compare(const char *name, const struct grid *grid)
{
	struct buf drawn;

	buf_init(&drawn, 0);
	grid_dump_text(grid, &drawn);
	buf_putc(&drawn, '\n');
	grid_dump_roles(grid, &drawn);
	compare(name, &drawn);
	buf_release(&drawn);
}
