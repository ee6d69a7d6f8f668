/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shape of a history in any bytes, behind a commit or two that are known:
 * it is refused, or says the same again.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/error.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "session/shape.h"

static struct graph *known(int count)
{
	struct graph *graph = graph_new();
	struct oid oid = { "" };

	for (int i = 0; i < count; i++) {
		memset(oid.hex, 'a' + i, 40);
		graph_add(graph, &oid, i + 1);
	}
	return graph;
}

static void same(const struct graph *a, const struct graph *b)
{
	need(graph_count(a) == graph_count(b));
	for (int i = 0; i < graph_count(a); i++) {
		const int *one, *two;
		int count = graph_parents(a, i, &one);

		need(graph_date(a, i) == graph_date(b, i));
		need(oid_equal(graph_oid(a, i), graph_oid(b, i)));
		need(graph_is_expanded(a, i) == graph_is_expanded(b, i));
		need(graph_parents(b, i, &two) == count);
		for (int k = 0; k < count; k++)
			need(one[k] == two[k] && one[k] >= 0 &&
			     one[k] < graph_count(a));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	struct graph *graph, *again;
	struct buf bytes;
	int first;

	if (size == 0)
		return 0;
	first = data[0] & 3;
	graph = known(first);
	again = known(first);
	buf_init(&bytes, 0);
	if (shape_read(data + 1, size - 1, graph, &err) < 0) {
		need(err.text[0]);
	} else if (shape_write(&bytes, graph, first)) {
		graph_has_circle(graph);
		need(shape_read(bytes.text, bytes.length, again, &err) == 0);
		same(graph, again);
	}
	buf_release(&bytes);
	graph_free(graph);
	graph_free(again);
	return 0;
}
