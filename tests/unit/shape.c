/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "engine/graph.h"
#include "session/shape.h"
#include "tests/unit/world.h"

enum { COUNT = 400, KNOWN = 100 };

static struct oid name_of(int commit)
{
	char text[32];

	snprintf(text, sizeof(text), "commit %d", commit);
	return world_oid(text);
}

/*
 * Commits up to `count`; from KNOWN on with all that can be: dates on both
 * sides of 1970 and far away, parents before and after, many, none.
 */
static struct graph *history(int count)
{
	struct graph *graph = graph_new();

	for (int i = 0; i < count; i++) {
		struct oid name = name_of(i);
		int64_t date = i % 7 == 0 ? -5000000000 - i : 1600000000 + i;

		if (i == 151)
			date = INT64_MIN;
		if (i == 152)
			date = INT64_MAX;
		graph_add(graph, &name, date);
	}
	for (int i = KNOWN; i < count; i++) {
		int parents[40];
		int n = i % 50 == 0 ? 40 : i % 3;

		for (int k = 0; k < n; k++)
			parents[k] = i % 5 ? i - 1 - k : (i + 1 + k) % count;
		if (i % 11)
			graph_expand(graph, i, parents, n);
	}
	return graph;
}

static void assert_same(const struct graph *one, const struct graph *two)
{
	assert_int_equal(graph_count(one), graph_count(two));
	for (int i = 0; i < graph_count(one); i++) {
		const int *a, *b;
		int n = graph_parents(one, i, &a);

		assert_true(oid_equal(graph_oid(one, i), graph_oid(two, i)));
		assert_true(graph_date(one, i) == graph_date(two, i));
		assert_int_equal(graph_is_expanded(one, i),
				 graph_is_expanded(two, i));
		assert_int_equal(graph_parents(two, i, &b), n);
		for (int k = 0; k < n; k++)
			assert_int_equal(a[k], b[k]);
	}
}

static void what_was_written_is_read_again(void **state)
{
	struct graph *graph = history(COUNT), *again = history(KNOWN);
	struct error err = ERROR_INIT;
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 0);
	assert_true(shape_write(&bytes, graph, KNOWN));
	assert_int_equal(shape_read(bytes.text, bytes.length, again, &err), 0);
	assert_same(graph, again);
	buf_release(&bytes);
	graph_free(graph);
	graph_free(again);
}

static void a_commit_without_a_date_is_left_to_the_rows(void **state)
{
	struct graph *graph = graph_new();
	struct oid a = world_oid("a"), b = world_oid("b");
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 0);
	assert_false(shape_write(&bytes, graph, 0));
	graph_add(graph, &a, 0);
	graph_add(graph, &b, 1);
	assert_false(shape_write(&bytes, graph, 0));
	assert_int_equal(bytes.length, 0);
	assert_true(shape_write(&bytes, graph, 1));
	buf_release(&bytes);
	graph_free(graph);
}

static void it_does_not_fit_on_another_history(void **state)
{
	struct graph *graph = history(COUNT), *other = history(KNOWN - 1);
	struct error err = ERROR_INIT;
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 0);
	assert_true(shape_write(&bytes, graph, KNOWN));
	assert_int_equal(shape_read(bytes.text, bytes.length, other, &err), -1);
	assert_int_equal(graph_count(other), KNOWN - 1);
	/* all of it is there already */
	assert_int_equal(shape_read(bytes.text, bytes.length, graph, &err), -1);
	assert_int_equal(graph_count(graph), COUNT);
	buf_release(&bytes);
	graph_free(graph);
	graph_free(other);
}

/* Of its own memory, so that a sanitizer sees a byte too far. */
static int read_copy(const char *bytes, size_t length)
{
	struct graph *graph = history(KNOWN);
	struct error err = ERROR_INIT;
	char *copy = malloc(length ? length : 1);
	int ret;

	memcpy(copy, bytes, length);
	ret = shape_read(copy, length, graph, &err);
	if (ret < 0)
		assert_non_null(strstr(err.text, "makes no sense"));
	for (int i = 0; i < graph_count(graph); i++) {
		const int *parents;
		int n = graph_parents(graph, i, &parents);

		for (int k = 0; k < n; k++)
			assert_in_range(parents[k], 0, graph_count(graph) - 1);
	}
	graph_free(graph);
	free(copy);
	return ret;
}

static void one_that_is_cut_off_is_refused(void **state)
{
	struct graph *graph = history(COUNT);
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 0);
	assert_true(shape_write(&bytes, graph, KNOWN));
	for (size_t length = 0; length < bytes.length; length += 13)
		assert_int_equal(read_copy(bytes.text, length), -1);
	buf_putc(&bytes, 'x');
	assert_int_equal(read_copy(bytes.text, bytes.length), -1);
	buf_release(&bytes);
	graph_free(graph);
}

static void a_byte_changed_anywhere_harms_nothing(void **state)
{
	struct graph *graph = history(COUNT);
	int refused = 0;
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 0);
	assert_true(shape_write(&bytes, graph, KNOWN));
	for (size_t at = 0; at < bytes.length; at += at < 20 ? 1 : 7) {
		char kept = bytes.text[at];

		bytes.text[at] = (char)(kept ^ 0xd5);
		refused += read_copy(bytes.text, bytes.length) < 0;
		bytes.text[at] = kept;
	}
	assert_in_range(refused, 10, 10000);
	buf_release(&bytes);
	graph_free(graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(a_commit_without_a_date_is_left_to_the_rows),
		cmocka_unit_test(it_does_not_fit_on_another_history),
		cmocka_unit_test(one_that_is_cut_off_is_refused),
		cmocka_unit_test(a_byte_changed_anywhere_harms_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
