/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/logindex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "run/recorder.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"

struct place {
	char *folder, *log, *index;
};

static int begin(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));

	place->folder = scratch_make();
	place->log = xasprintf("%s/0.console", place->folder);
	place->index = xasprintf("%s/0.console.index", place->folder);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	free(place->log);
	free(place->index);
	scratch_remove(place->folder);
	free(place);
	return 0;
}

/* What a reader makes of the file. */
static void load(const char *path, struct log_index *index)
{
	unsigned char bytes[LOG_RECORD];
	struct log_record record;
	FILE *file = fopen(path, "r");

	log_index_init(index, LOG_STEP);
	assert_non_null(file);
	while (fread(bytes, 1, sizeof(bytes), file) == sizeof(bytes)) {
		assert_true(log_record_get(&record, bytes));
		assert_true(log_index_take(index, &record));
	}
	fclose(file);
}

static void feed(struct log_index *index, const char *text)
{
	log_index_feed(index, text, strlen(text));
}

static void newlines_are_counted_before_every_step(void **state)
{
	struct log_index index;

	(void)state;
	log_index_init(&index, 4);
	feed(&index, "a\n\nb");
	feed(&index, "cde");
	feed(&index, "f\n\n\n\n");
	assert_int_equal(index.counted, 12);
	assert_int_equal(index.lines, 6);
	assert_int_equal(index.count, 3);
	assert_int_equal(index.points[0], 2);
	assert_int_equal(index.points[1], 2);
	assert_int_equal(index.points[2], 6);
	log_index_release(&index);
}

static void a_place_is_found_by_offset_and_by_line(void **state)
{
	struct log_index index;

	(void)state;
	log_index_init(&index, 4);
	feed(&index, "a\n\nbcdef\n\n\n\nxy");
	assert_int_equal(log_index_before(&index, 0).offset, 0);
	assert_int_equal(log_index_before(&index, 3).lines, 0);
	assert_int_equal(log_index_before(&index, 5).offset, 4);
	assert_int_equal(log_index_before(&index, 5).lines, 2);
	assert_int_equal(log_index_before(&index, 99).offset, 14);
	assert_int_equal(log_index_before(&index, 99).lines, 6);
	/* line 2 begins at 3: it is not behind the point at 4 */
	assert_int_equal(log_index_before_line(&index, 2).offset, 0);
	assert_int_equal(log_index_before_line(&index, 3).offset, 8);
	assert_int_equal(log_index_before_line(&index, 0).offset, 0);
	assert_int_equal(log_index_before_line(&index, 1000).offset, 12);
	log_index_release(&index);
}

static void a_record_comes_back_as_it_was(void **state)
{
	static const unsigned char none[LOG_RECORD];
	struct log_record record = { LOG_CRASH, ((int64_t)1 << 55) + 3, 77 };
	unsigned char bytes[LOG_RECORD];

	(void)state;
	log_record_put(&record, bytes);
	memset(&record, 0, sizeof(record));
	assert_true(log_record_get(&record, bytes));
	assert_int_equal(record.kind, LOG_CRASH);
	assert_int_equal(record.offset, ((int64_t)1 << 55) + 3);
	assert_int_equal(record.value, 77);
	assert_false(log_record_get(&record, none));
	memset(bytes, 0xff, sizeof(bytes));
	assert_false(log_record_get(&record, bytes));
}

static bool take(struct log_index *index, enum log_kind kind, int64_t offset,
		 int64_t value)
{
	return log_index_take(index,
			      &(struct log_record){ kind, offset, value });
}

static void what_does_not_fit_is_refused(void **state)
{
	struct log_index index;

	(void)state;
	log_index_init(&index, 4);
	assert_false(take(&index, LOG_POINT, 4, 1)); /* no head */
	assert_false(take(&index, LOG_HEAD, 8, 1));  /* another step */
	assert_true(take(&index, LOG_HEAD, 4, 1));
	assert_false(take(&index, LOG_HEAD, 4, 1));  /* a second one */
	assert_false(take(&index, LOG_POINT, 8, 1)); /* a gap */
	assert_false(take(&index, LOG_POINT, 5, 1)); /* no step */
	assert_false(take(&index, LOG_POINT, 4, 5)); /* more than bytes */
	assert_true(take(&index, LOG_POINT, 4, 3));
	assert_false(take(&index, LOG_POINT, 8, 2)); /* fewer than before */
	assert_true(take(&index, LOG_POINT, 8, 3));
	assert_true(take(&index, LOG_POINT, 4, 3)); /* told again */
	assert_false(take(&index, LOG_POINT, 4, 2));
	assert_int_equal(index.counted, 8);
	log_index_release(&index);
}

static void what_was_counted_and_what_is_read_agree(void **state)
{
	struct log_index index;

	(void)state;
	log_index_init(&index, 4);
	feed(&index, "a\n\nb\n"); /* ahead of the file */
	assert_true(take(&index, LOG_HEAD, 4, 9));
	assert_true(take(&index, LOG_POINT, 4, 2));
	assert_true(take(&index, LOG_POINT, 8, 5));
	assert_int_equal(index.counted, 8);
	assert_int_equal(index.lines, 5);
	feed(&index, "\n");
	assert_int_equal(index.lines, 6);
	log_index_release(&index);
}

static void marks_are_kept_once_and_not_without_end(void **state)
{
	struct log_index index;

	(void)state;
	log_index_init(&index, 4);
	assert_true(take(&index, LOG_HEAD, 4, 9));
	assert_true(take(&index, LOG_CRASH, 2, 100));
	assert_true(take(&index, LOG_CRASH, 2, 200));
	assert_true(take(&index, LOG_TEST, 2, 200));
	assert_int_equal(index.mark_count, 2);
	for (int i = 0; i < 1000; i++)
		assert_true(take(&index, LOG_CRASH, i, 1));
	assert_int_equal(index.mark_count, LOG_MARKS);
	log_index_release(&index);
}

/* A writer makes the file while the log grows. */

static void write_lines(struct recorder *record, int from, int to)
{
	char line[32];

	for (int i = from; i < to; i++) {
		int length = snprintf(line, sizeof(line), "line %d\n", i);

		assert_int_equal(
			recorder_write(record, line, (size_t)length, NULL), 0);
	}
}

static void a_log_is_indexed_as_it_grows(void **state)
{
	struct place *place = *state;
	struct recorder record = { .fd = -1 };
	struct log_index index;

	assert_int_equal(recorder_open_log(&record, place->log, true, NULL), 0);
	write_lines(&record, 0, 20000);
	recorder_mark(&record, LOG_CRASH, 123);
	load(place->index, &index); /* it is open still */
	assert_int_equal(index.count, 208890 / LOG_STEP);
	assert_int_equal(index.mark_count, 1);
	assert_int_equal(index.marks[0].offset, 123);
	log_index_release(&index);
	recorder_close(&record);
	load(place->index, &index);
	assert_int_equal(index.mark_count, 2);
	assert_int_equal(index.marks[1].kind, LOG_END);
	assert_int_equal(index.marks[1].offset, 208890);
	log_index_release(&index);
}

static void a_log_that_is_appended_to_goes_on_with_its_index(void **state)
{
	struct place *place = *state;
	struct recorder record = { .fd = -1 };
	struct log_index index;
	int64_t id;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			recorder_open_log(&record, place->log, false, NULL), 0);
		write_lines(&record, 10000, 20000);
		recorder_close(&record);
	}
	load(place->index, &index);
	id = index.id;
	assert_int_equal(index.count, 3 * 110000 / LOG_STEP);
	assert_int_equal(index.points[0], (LOG_STEP) / 11);
	assert_int_equal(index.points[4], 5 * LOG_STEP / 11);
	assert_int_equal(index.marks[1].kind, LOG_BEGIN);
	assert_int_equal(index.marks[1].offset, 110000);
	log_index_release(&index);
	/* begun anew it is another log */
	assert_int_equal(recorder_open_log(&record, place->log, true, NULL), 0);
	recorder_close(&record);
	load(place->index, &index);
	assert_int_not_equal(index.id, id);
	assert_int_equal(index.count, 0);
	log_index_release(&index);
}

static void append(const char *path, const char *bytes, size_t length)
{
	file_write(path, "a", bytes, length);
}

static void a_torn_index_is_mended(void **state)
{
	struct place *place = *state;
	struct recorder record = { .fd = -1 };
	struct log_index index;

	assert_int_equal(recorder_open_log(&record, place->log, true, NULL), 0);
	write_lines(&record, 10000, 20000);
	recorder_close(&record);
	append(place->index, "torn", 4);
	append(place->log, "one more\n", 9); /* by a writer that was killed */
	assert_int_equal(recorder_open_log(&record, place->log, false, NULL),
			 0);
	write_lines(&record, 10000, 20000);
	recorder_close(&record);
	load(place->index, &index);
	assert_int_equal(index.count, 220009 / LOG_STEP);
	assert_int_equal(index.points[2], 1 + (3 * LOG_STEP - 9) / 11);
	log_index_release(&index);
}

static void a_log_without_an_index_stays_without(void **state)
{
	struct place *place = *state;
	struct recorder record = { .fd = -1 };

	append(place->log, "old\n", 4);
	assert_int_equal(recorder_open_log(&record, place->log, false, NULL),
			 0);
	write_lines(&record, 0, 10);
	recorder_close(&record);
	assert_int_not_equal(access(place->index, F_OK), 0);
}

static void trouble_with_an_index_is_none(void **state)
{
	struct place *place = *state;
	struct recorder record = { .fd = -1 };
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(place->index, 0700), 0);
	assert_int_equal(recorder_open_log(&record, place->log, true, &err), 0);
	write_lines(&record, 0, 10);
	recorder_mark(&record, LOG_CRASH, -1);
	recorder_close(&record);
	/* what is no file has none */
	assert_int_equal(recorder_open_log(&record, "/dev/null", true, &err),
			 0);
	recorder_close(&record);
	assert_int_not_equal(access("/dev/null.index", F_OK), 0);
}

int main(void)
{
#define disk_test(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newlines_are_counted_before_every_step),
		cmocka_unit_test(a_place_is_found_by_offset_and_by_line),
		cmocka_unit_test(a_record_comes_back_as_it_was),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(what_was_counted_and_what_is_read_agree),
		cmocka_unit_test(marks_are_kept_once_and_not_without_end),
		disk_test(a_log_is_indexed_as_it_grows),
		disk_test(a_log_that_is_appended_to_goes_on_with_its_index),
		disk_test(a_torn_index_is_mended),
		disk_test(a_log_without_an_index_stays_without),
		disk_test(trouble_with_an_index_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
