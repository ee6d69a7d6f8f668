/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/recorder.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"
#include "tui/grid.h"
#include "tui/input.h"

#define STEP 64 /* of the blocks in most of these tests */

struct world {
	char *folder, *path;
	struct logview view;
	struct grid *grid;
	char status[200];
};

static struct world *make(int64_t step)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->folder = scratch_make();
	world->path = xasprintf("%s/0.console", world->folder);
	logview_init(&world->view, step);
	world->grid = grid_new(80, 11, false);
	return world;
}

static int begin(void **state)
{
	struct world *world = make(STEP);

	logview_open(&world->view, world->path);
	*state = world;
	return 0;
}

/* With the blocks that logs are read by. */
static int begin_large(void **state)
{
	struct world *world = make(LOG_STEP);

	logview_open(&world->view, world->path);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;

	logview_release(&world->view);
	grid_free(world->grid);
	free(world->path);
	scratch_remove(world->folder);
	free(world);
	return 0;
}

static void write_to(struct world *world, const char *mode, const char *text,
		     size_t length)
{
	file_write(world->path, mode, text, length);
	logview_refresh(&world->view);
}

static void append(struct world *world, const char *text)
{
	write_to(world, "a", text, strlen(text));
}

static void number_lines(struct world *world, int from, int to)
{
	file_number_lines(world->path, from, to);
	logview_refresh(&world->view);
}

/* All there is to be done. */
static void work(struct world *world)
{
	for (int i = 0; logview_work(&world->view); i++)
		assert_true(i < 1000000);
}

static void draw(struct world *world)
{
	struct area page = { 0, 0, 40, 10 }, status = { 0, 10, 80, 1 };

	grid_clear(world->grid, 80, 11);
	logview_draw(world->grid, page, &world->view, 0, true);
	logview_status(world->grid, status, &world->view);
}

static void type(struct world *world, const char *keys)
{
	for (draw(world); *keys; keys++, draw(world))
		logview_key(&world->view, *keys == '\n'	    ? INPUT_ENTER
					  : *keys == '\033' ? INPUT_ESCAPE
							    : *keys);
}

/* A row of the page, without the bar and the blanks at its end. */
static const char *row(struct world *world, int y)
{
	static char text[400];
	size_t length = 0;

	draw(world);
	for (int x = 0; x < (y < 10 ? 39 : 80); x++) {
		const char *bytes = grid_at(world->grid, x, y)->bytes;

		strcpy(text + length, bytes);
		length += strlen(bytes);
	}
	while (length && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	return text;
}

static const char *chosen(struct world *world)
{
	draw(world);
	return row(world, world->grid->cursor_y);
}

static const char *status(struct world *world)
{
	return row(world, 10);
}

/*
 * The file.
 */

static void a_log_that_is_not_there_is_said(void **state)
{
	struct world *world = *state;

	assert_string_equal(row(world, 0), "there is no log here");
	type(world, "kjgGn! b/x\n");
	work(world);
	assert_string_equal(status(world), " nothing matches 'x'");
	append(world, "");
	assert_string_equal(row(world, 0), "no output yet");
	append(world, "first");
	assert_string_equal(row(world, 0), "first");
	logview_open(&world->view, NULL);
	assert_string_equal(row(world, 0), "nothing has run yet");
}

static void the_end_is_followed(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 100);
	assert_string_equal(row(world, 0), "line 90");
	assert_string_equal(chosen(world), "line 99");
	append(world, "more\nand");
	assert_string_equal(chosen(world), "and");
	append(world, " more");
	assert_string_equal(chosen(world), "and more");
	work(world);
	assert_string_equal(status(world), " FOLLOW   102 lines");
}

static void new_output_does_not_move_what_is_read(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 100);
	type(world, "kkk");
	assert_string_equal(chosen(world), "line 96");
	work(world);
	assert_string_equal(status(world), " PAUSED at line 97 of 100 (95%)");
	number_lines(world, 100, 1100);
	assert_string_equal(chosen(world), "line 96");
	assert_string_equal(row(world, 0), "line 90");
	work(world);
	assert_string_equal(
		row(world, 10),
		" PAUSED at line 97 of 1100 (7%)   1000 new lines below");
	type(world, "F");
	assert_string_equal(chosen(world), "line 1099");
	type(world, "F");
	number_lines(world, 1100, 1101);
	assert_string_equal(chosen(world), "line 1099");
	type(world, "G");
	assert_string_equal(chosen(world), "line 1100");
}

static void coming_down_to_the_end_follows_again(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 100);
	type(world, "kkk");
	type(world, "jj");
	assert_false(world->view.follow);
	type(world, "j");
	assert_true(world->view.follow);
	type(world, "bb j");
	assert_false(world->view.follow);
}

static void one_goes_anywhere(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 10000);
	work(world);
	type(world, "g");
	assert_string_equal(chosen(world), "line 0");
	type(world, "k");
	assert_string_equal(chosen(world), "line 0");
	type(world, "@5000\n");
	assert_string_equal(chosen(world), "line 4999");
	assert_string_equal(row(world, 3), "line 4999");
	type(world, "@50%\n");
	assert_string_equal(status(world),
			    " PAUSED at line 5056 of 10000 (49%)");
	type(world, "@99999999\n");
	assert_string_equal(chosen(world), "line 9999");
	type(world, "@soon\n");
	assert_string_equal(status(world),
			    " 'soon' is no line, percentage or time: "
			    "1234, 50%, 43.9s");
	type(world, "@1.5s\n");
	assert_string_equal(status(world),
			    " the lines of this log tell no time");
}

static void a_time_is_found(void **state)
{
	struct world *world = *state;
	char line[80];

	append(world, "firmware\n");
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "[%5d.%06d][  T1] tick\nmore\n",
			 i / 10, i % 10 * 100000);
		append(world, line);
	}
	type(world, "@43.9s\n");
	assert_string_equal(chosen(world), "[   43.900000][  T1] tick");
	type(world, "@0s\n");
	assert_string_equal(chosen(world), "[    0.000000][  T1] tick");
	type(world, "@9999s\n");
	type(world, "g");
	type(world, "T");
	assert_string_equal(row(world, 1), "    0.00 tick");
	type(world, "T");
	assert_string_equal(row(world, 1), "tick");
	type(world, "T");
	assert_string_equal(row(world, 1), "[    0.000000][  T1] tick");
}

static void a_long_line_is_cut_in_pieces(void **state)
{
	struct world *world = *state;
	struct logfile *file = &world->view.file;
	struct logfile_line line;
	int64_t at = 0, end = 0, pieces = 0;

	append(world, "short\n");
	for (int i = 0; i < 1000; i++)
		append(world, "0123456789");
	append(world, "\nlast\n");
	for (; logfile_line(file, at, &line); at = line.end) {
		assert_int_equal(line.start, at);
		assert_true(line.end - line.start < 2 * STEP);
		for (int64_t inside = at; inside < line.end; inside++)
			assert_int_equal(logfile_start(file, inside), at);
		end = line.end;
		pieces++;
	}
	assert_int_equal(end, file->size);
	assert_in_range(pieces, 10000 / (2 * STEP), 10000 / STEP + 3);
	work(world);
	assert_string_equal(status(world), " FOLLOW   3 lines");
	type(world, "k");
	assert_string_equal(status(world), " PAUSED at line 2 of 3 (99%)");
}

static void a_log_that_shrinks_or_goes_is_said(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 1000);
	work(world);
	type(world, "kkkk");
	write_to(world, "w", "new\n", 4);
	assert_string_equal(status(world),
			    " the log became shorter: it begins anew");
	assert_string_equal(chosen(world), "new");
	number_lines(world, 0, 1000);
	assert_int_equal(unlink(world->path), 0);
	assert_true(logview_refresh(&world->view));
	assert_string_equal(status(world),
			    " the log is gone: this is what it was");
	type(world, "G");
	assert_string_equal(chosen(world), "line 999");
	append(world, "another\n");
	assert_string_equal(chosen(world), "another");
}

/*
 * The index.
 */

static void number_by_record(struct world *world, struct recorder *record,
			     int from, int to)
{
	char line[32];

	for (int i = from; i < to; i++) {
		int length = snprintf(line, sizeof(line), "line %d\n", i);

		recorder_write(record, line, (size_t)length, NULL);
	}
	logview_refresh(&world->view);
}

static void with_an_index_lines_are_counted_at_once(void **state)
{
	struct world *world = *state;
	struct recorder record = { .fd = -1 };

	assert_int_equal(recorder_open_log(&record, world->path, true, NULL),
			 0);
	number_by_record(world, &record, 0, 100000);
	assert_string_equal(status(world), " FOLLOW   100000 lines");
	type(world, "@77777\n");
	assert_string_equal(chosen(world), "line 77776");
	number_by_record(world, &record, 100000, 200000);
	assert_string_equal(chosen(world), "line 77776");
	assert_int_equal(world->view.file.index.counted, world->view.file.size);
	recorder_close(&record);
	/* begun anew by another writer, longer than before */
	assert_int_equal(recorder_open_log(&record, world->path, true, NULL),
			 0);
	number_by_record(world, &record, 0, 300000);
	assert_string_equal(status(world),
			    " the log became shorter: it begins anew");
	type(world, "G");
	assert_string_equal(status(world), " FOLLOW   300000 lines");
	recorder_close(&record);
}

static void an_index_that_lies_is_not_believed(void **state)
{
	struct world *world = *state;
	struct recorder record = { .fd = -1 };
	char *path = xasprintf("%s.index", world->path);
	FILE *file;

	assert_int_equal(recorder_open_log(&record, world->path, true, NULL),
			 0);
	number_by_record(world, &record, 0, 100000);
	recorder_close(&record);
	logview_open(&world->view, NULL);
	file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, 20 * LOG_RECORD - 9, SEEK_SET);
	fputc(0xee, file);
	fclose(file);
	free(path);
	logview_open(&world->view, world->path);
	work(world);
	assert_string_equal(status(world), " FOLLOW   100000 lines");
}

/*
 * Searching.
 */

static void a_search_goes_on_and_round(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 1000);
	type(world, "g/77\n");
	work(world);
	assert_string_equal(chosen(world), "line 77");
	assert_string_equal(
		status(world),
		" PAUSED at line 78 of 1000 (6%)   /77  match 1 of 19");
	type(world, "n");
	work(world);
	assert_string_equal(chosen(world), "line 177");
	type(world, "NN");
	work(world);
	assert_string_equal(status(world), " went on from the last line");
	assert_string_equal(chosen(world), "line 977");
	type(world, "/no such\n");
	work(world);
	assert_string_equal(status(world), " nothing matches 'no such'");
	type(world, "/a(\n");
	assert_string_equal(
		status(world),
		" 'a(' is no regular expression, at 3: missing closing "
		"parenthesis");
}

static void of_what_is_followed_the_newest_is_found(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 1000);
	type(world, "/7\n");
	work(world);
	assert_string_equal(chosen(world), "line 997");
	assert_false(world->view.follow);
	assert_int_equal(world->view.search.total, 271);
}

static void hits_are_counted_as_the_log_grows(void **state)
{
	struct world *world = *state;
	struct hits *search = &world->view.search;
	int64_t before;

	number_lines(world, 0, 100);
	append(world, "line 1");
	type(world, "/line 1$\n");
	work(world);
	assert_int_equal(search->total, 2);
	append(world, "23\nline 1\n");
	work(world);
	assert_int_equal(search->total, 2);
	number_lines(world, 0, 1000);
	work(world);
	assert_int_equal(search->total, 3);
	assert_int_equal(search->unknown, 0);
	type(world, "N");
	work(world);
	assert_true(hits_before(search, world->view.at.offset, &before));
	assert_int_equal(before, 0);
}

/* What any way of reading it finds, whatever the blocks are. */
static void the_size_of_blocks_makes_no_difference(void **state)
{
	static const char text[] =
		"alpha\n\nbeta beta\nal\r\npha\ngamma alpha\n\n\nalphaalpha\n"
		"a line that is longer than many of the blocks here: alpha\n"
		"beta\nalpha";

	(void)state;
	for (int64_t step = 16; step < 300; step++) {
		struct world *world = make(step);
		int64_t at = 0, bytes = INT64_MAX;
		int found = 0;

		logview_open(&world->view, world->path);
		append(world, text);
		type(world, "/alpha|^$|x\\nb\n");
		work(world);
		while (hits_next(&world->view.search, &at, &bytes) ==
		       HITS_FOUND) {
			found++;
			at++;
		}
		/* of the long line a piece may be without */
		assert_int_equal(found, world->view.search.total);
		if (step > 64)
			assert_int_equal(found, 8);
		at = (int64_t)strlen(text) + 1;
		while (hits_previous(&world->view.search, &at, &bytes) ==
		       HITS_FOUND)
			found--;
		assert_int_equal(found, 0);
		end((void **)&world);
	}
}

static void keys_are_taken_between_slices(void **state)
{
	struct world *world = *state;
	struct logview *view = &world->view;
	int slices = 0;

	number_lines(world, 0, 10000);
	work(world);
	view->slice = STEP;
	type(world, "g/line 9999\n");
	while (logview_work(view) && slices < 100)
		slices++;
	assert_int_equal(slices, 100);
	assert_int_not_equal(view->seeking, 0);
	assert_string_equal(chosen(world), "line 0");
	/* it goes on looking, and one may move, or stop it */
	type(world, "jj");
	assert_string_equal(chosen(world), "line 2");
	assert_true(logview_work(view));
	type(world, "\033");
	assert_int_equal(view->seeking, 0);
	assert_null(view->search.match);
	assert_false(logview_work(view));
}

static void what_takes_too_long_is_given_up(void **state)
{
	struct world *world = *state;
	char *line = xcalloc(1, 60001);

	memset(line, 'a', 60000);
	append(world, line);
	append(world, "!\n");
	free(line);
	type(world, "g/(a+)+$\n");
	work(world);
	assert_string_equal(status(world),
			    " '(a+)+$' takes too long: it was given up");
}

static void only_lines_that_match_are_left_by_a_filter(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 1000);
	type(world, "&7$\n");
	work(world);
	assert_string_equal(chosen(world), "line 997");
	assert_string_equal(row(world, 0), "line 907");
	type(world, "k");
	assert_string_equal(chosen(world), "line 987");
	type(world, "g");
	assert_string_equal(chosen(world), "line 7");
	assert_string_equal(row(world, 1), "line 17");
	assert_string_equal(status(world),
			    " PAUSED at line 8 of 1000 (0%)   &7$  100 lines");
	/* what is found passes the filter too */
	type(world, "/5\n");
	work(world);
	assert_string_equal(chosen(world), "line 57");
	number_lines(world, 1000, 1010);
	type(world, "G");
	assert_string_equal(chosen(world), "line 1007");
	/* without it the line stays where it is */
	type(world, "k\033");
	assert_string_equal(chosen(world), "line 997");
	assert_string_equal(row(world, world->grid->cursor_y + 1), "line 998");
	type(world, "&no\n");
	work(world);
	assert_string_equal(row(world, 0), "no line matches");
	type(world, "kjgG");
	assert_string_equal(row(world, 0), "no line matches");
}

static void matches_are_marked(void **state)
{
	struct world *world = *state;

	append(world, "a \033[31mred\033[0m beta\n");
	type(world, "/beta|^a\n");
	work(world);
	draw(world);
	assert_int_equal(grid_at(world->grid, 0, 0)->role, ROLE_MATCH);
	assert_int_equal(grid_at(world->grid, 2, 0)->role, ROLE_SELECTED);
	assert_int_equal(grid_at(world->grid, 6, 0)->role, ROLE_MATCH);
	assert_int_equal(grid_at(world->grid, 10, 0)->role, ROLE_SELECTED);
}

/*
 * Crashes and phases.
 */

static void tell_a_run(struct world *world)
{
	struct recorder record = { .fd = -1 };
	const char *const parts[] = { "SeaBIOS\n", "Linux version 6\nmore\n",
				      "copying\n", "testing\nmore\n",
				      "BUG: bad thing\nRIP: 0010:f\n" };
	static const enum log_kind kinds[] = { LOG_END, LOG_KERNEL, LOG_UP,
					       LOG_TEST, LOG_CRASH };

	assert_int_equal(recorder_open_log(&record, world->path, true, NULL),
			 0);
	for (int i = 0; i < 5; i++) {
		if (i)
			recorder_mark(&record, kinds[i], -1);
		recorder_write(&record, parts[i], strlen(parts[i]), NULL);
	}
	recorder_close(&record);
	logview_refresh(&world->view);
}

static void the_first_crash_is_gone_to(void **state)
{
	struct world *world = *state;

	tell_a_run(world);
	assert_int_equal(logview_crash_line(&world->view), 7);
	type(world, "!");
	assert_string_equal(chosen(world), "BUG: bad thing");
	type(world, "j");
	assert_int_equal(
		grid_at(world->grid, 0, world->grid->cursor_y - 1)->role,
		ROLE_BAD);
}

static void without_a_mark_it_is_looked_for(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 500);
	type(world, "!");
	work(world);
	assert_string_equal(status(world),
			    " nothing in here looks like a crash");
	append(world, "[ 1.0] kernel BUG at mm/slab.c:3!\n");
	number_lines(world, 0, 500);
	append(world, "[ 2.0] BUG: again\n");
	type(world, "!");
	work(world);
	assert_string_equal(chosen(world), "[ 1.0] kernel BUG at mm/slab.c:3!");
	assert_int_equal(logview_crash_line(&world->view), 0);
}

/* A row as far as the blank behind its first words. */
static bool shows(struct world *world, int y, const char *text)
{
	return strstr(row(world, y), text) != NULL;
}

static void phases_are_folded_and_opened(void **state)
{
	struct world *world = *state;

	tell_a_run(world);
	assert_true(shows(world, 0, "+ firmware  1 line"));
	assert_true(shows(world, 1, "+ boot  2 lines"));
	assert_true(shows(world, 2, "+ copy  1 line"));
	assert_true(shows(world, 3, "- test  2 lines"));
	assert_string_equal(row(world, 4), "testing");
	assert_true(shows(world, 6, "- crash  2 lines"));
	assert_string_equal(row(world, 8), "RIP: 0010:f");
	type(world, "gj\n");
	assert_true(shows(world, 1, "- boot"));
	assert_string_equal(row(world, 2), "Linux version 6");
	assert_true(shows(world, 1, "boot"));
	type(world, "jz");
	assert_true(shows(world, 1, "+ boot"));
	assert_true(shows(world, world->grid->cursor_y, "boot"));
	type(world, "Z");
	assert_true(shows(world, 3, "+ test"));
	type(world, "Z");
	assert_true(shows(world, 2, "- boot"));
	/* what is found is shown */
	type(world, "Z/Linux\n");
	work(world);
	assert_string_equal(chosen(world), "Linux version 6");
}

/*
 * What lines look like.
 */

static void harmful_bytes_are_shown_or_left_out(void **state)
{
	struct world *world = *state;
	static const char evil[] = "a\033]0;title\007b\0c\x9b\xff"
				   "d\r\n";

	write_to(world, "a", evil, sizeof(evil) - 1);
	assert_string_equal(row(world, 0), "ab^@c<9b><ff>d");
	type(world, "r");
	assert_string_equal(row(world, 0), "a^[]0;title^Gb^@c<9b><ff>d^M");
	assert_int_equal(grid_at(world->grid, 1, 0)->role, ROLE_ESCAPE);
}

static void a_line_is_gone_along_or_wrapped(void **state)
{
	struct world *world = *state;

	append(world, "0123456789012345678901234567890123456789abcdef\nnext\n");
	assert_string_equal(row(world, 0),
			    "01234567890123456789012345678901234567~");
	type(world, "l");
	assert_string_equal(row(world, 0), "678901234567890123456789abcdef");
	type(world, "h");
	type(world, "w");
	assert_string_equal(row(world, 0),
			    "012345678901234567890123456789012345678");
	assert_string_equal(row(world, 1), "9abcdef");
	assert_string_equal(row(world, 2), "next");
	type(world, "/def\n");
	work(world);
	draw(world);
	assert_int_equal(grid_at(world->grid, 4, 1)->role, ROLE_MATCH);
}

static void no_size_breaks_it(void **state)
{
	struct world *world = *state;

	number_lines(world, 0, 200);
	append(world, "\xe4\xb8\xad\xe6\x96\x87 wide e\xcc\x81 \033[3");
	for (int key = 0; key < 4; key++) {
		type(world, &"w\0l\0k\0r"[2 * key]);
		for (int columns = 1; columns < 60; columns += 3) {
			for (int rows = 1; rows < 20; rows++) {
				struct area area = { 0, 0, columns, rows };

				grid_clear(world->grid, columns, rows);
				logview_draw(world->grid, area, &world->view, 0,
					     true);
				logview_status(world->grid, area, &world->view);
			}
		}
	}
}

/*
 * Saving.
 */

static void it_is_saved_in_a_new_file_only(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/saved", world->folder);
	char block[64] = "";
	FILE *file;

	append(world, "all\nof it\n");
	type(world, "S");
	type(world, path);
	type(world, "\n");
	work(world);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(block, 1, sizeof(block) - 1, file), 10);
	fclose(file);
	assert_string_equal(block, "all\nof it\n");
	append(world, "more\n");
	type(world, "S");
	type(world, path);
	type(world, "\n");
	work(world);
	assert_non_null(strstr(world->view.said,
			       "is there already: it stays as it is"));
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(block, 1, sizeof(block) - 1, file), 10);
	fclose(file);
	free(path);
}

/*
 * A long one.
 */

static void write_long(struct world *world, int megabytes)
{
	FILE *file = fopen(world->path, "w");
	int64_t left = (int64_t)megabytes << 20;

	assert_non_null(file);
	for (int i = 0; left > 0; i++)
		left -= fprintf(file, "[%5d.%06d][  T27] line %d%s\n", i / 1000,
				i % 1000 * 1000, i,
				i % 1000 ? "" : " with binder_alloc");
	fclose(file);
	logview_refresh(&world->view);
}

static void memory_does_not_grow_with_the_log(void **state)
{
	struct world *world = *state;
	struct rusage before, after;

	write_long(world, 32);
	draw(world);
	getrusage(RUSAGE_SELF, &before);
	type(world, "/line\n");
	work(world);
	type(world, "&7\n");
	work(world);
	type(world, "g G@50%\n");
	draw(world);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 6 * 1024);
}

int main(void)
{
#define view_test(f)  cmocka_unit_test_setup_teardown(f, begin, end)
#define large_test(f) cmocka_unit_test_setup_teardown(f, begin_large, end)
	const struct CMUnitTest tests[] = {
		view_test(a_log_that_is_not_there_is_said),
		view_test(the_end_is_followed),
		view_test(new_output_does_not_move_what_is_read),
		view_test(coming_down_to_the_end_follows_again),
		view_test(one_goes_anywhere),
		view_test(a_time_is_found),
		view_test(a_long_line_is_cut_in_pieces),
		view_test(a_log_that_shrinks_or_goes_is_said),
		large_test(with_an_index_lines_are_counted_at_once),
		large_test(an_index_that_lies_is_not_believed),
		view_test(a_search_goes_on_and_round),
		view_test(of_what_is_followed_the_newest_is_found),
		view_test(hits_are_counted_as_the_log_grows),
		cmocka_unit_test(the_size_of_blocks_makes_no_difference),
		view_test(keys_are_taken_between_slices),
		large_test(what_takes_too_long_is_given_up),
		view_test(only_lines_that_match_are_left_by_a_filter),
		view_test(matches_are_marked),
		large_test(the_first_crash_is_gone_to),
		view_test(without_a_mark_it_is_looked_for),
		large_test(phases_are_folded_and_opened),
		view_test(harmful_bytes_are_shown_or_left_out),
		view_test(a_line_is_gone_along_or_wrapped),
		view_test(no_size_breaks_it),
		view_test(it_is_saved_in_a_new_file_only),
		large_test(memory_does_not_grow_with_the_log),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
