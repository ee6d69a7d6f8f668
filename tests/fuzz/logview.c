/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log of any bytes, read by any keys while it grows and shrinks: what is
 * drawn is printable and inside the page.  The first byte is how many keys
 * follow; what comes after these is the log.
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/logview.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small, so that a short log has many blocks. */
#define STEP 64

static void need(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	need(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	return 0;
}

static void check_page(const struct grid *grid)
{
	struct buf page;
	const char *at;
	size_t left, used;

	buf_init(&page, 0);
	grid_dump_text(grid, &page);
	for (at = page.text, left = page.length; left;
	     at += used, left -= used) {
		uint32_t c = utf8_decode(at, left, &used);

		need(c == '\n' ||
		     (c != UTF8_NONE && c >= 0x20 && c != 0x7f &&
		      !(c >= 0x80 && c < 0xa0) && !utf8_deceives(c)));
	}
	buf_release(&page);
}

static void draw(struct logview *view, uint8_t how)
{
	struct area area = { 0, 0, 10 + how % 70, 1 + how % 23 };
	struct grid *grid = grid_new(area.width, area.height + 1, view->ascii);
	struct area status = { 0, area.height, area.width, 1 };

	logview_draw(grid, area, view, 0, true);
	logview_status(grid, status, view);
	check_page(grid);
	grid_free(grid);
}

/* A save would write files. */
static int key_of(uint8_t byte)
{
	static const int keys[] = {
		'j',	      'k',	     'g',
		'G',	      'F',	     '/',
		'n',	      'N',	     '&',
		'w',	      'T',	     'r',
		'h',	      'l',	     'z',
		'!',	      INPUT_ENTER,   INPUT_ENTER,
		INPUT_ESCAPE, INPUT_PAGE_UP, INPUT_PAGE_DOWN,
		'a',	      '.',	     '*',
		'[',	      ']',	     '1',
		'%',
	};
	int key = keys[byte % (sizeof(keys) / sizeof(*keys))];

	return key == 'S' ? 'j' : key;
}

static void put(int fd, const uint8_t *bytes, size_t size)
{
	need(write(fd, bytes, size) == (ssize_t)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct logview view;
	size_t keys, half;
	char path[40];
	int fd;

	if (size < 2 || size < 2u + (data[0] & 31))
		return 0;
	keys = data[0] & 31;
	fd = memfd_create("log", 0);
	need(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	half = (size - 1 - keys) / 2;
	put(fd, data + 1 + keys, half);
	logview_init(&view, STEP);
	view.ascii = data[0] & 32;
	logview_open(&view, path);
	for (size_t i = 0; i <= keys; i++) {
		if (i == keys / 2)
			put(fd, data + 1 + keys + half, size - 1 - keys - half);
		if (i == keys && data[0] & 64)
			need(ftruncate(fd, (off_t)half / 2) == 0);
		logview_refresh(&view);
		for (int slice = 0; slice < 1000 && logview_work(&view);)
			slice++;
		draw(&view, data[1 + i / 2]);
		if (i < keys)
			logview_key(&view, key_of(data[1 + i]));
	}
	logview_release(&view);
	close(fd);
	return 0;
}
