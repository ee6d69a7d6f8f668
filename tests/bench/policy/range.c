/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/policy/range.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/oid.h"

_Noreturn void die(const char *what, const char *about)
{
	fprintf(stderr, "policy: %s: %s\n", what, about);
	exit(1);
}

static int add_commit(struct graph *graph, const int *parents, int count)
{
	struct oid oid = { "" };
	int commit = graph_count(graph);

	snprintf(oid.hex, sizeof(oid.hex), "%040x", commit);
	graph_add(graph, &oid, commit);
	graph_expand(graph, commit, parents, count);
	return commit;
}

static struct graph *make_line(int count)
{
	struct graph *graph = graph_new();

	for (int i = 0; i <= count; i++)
		add_commit(graph, &(int){ i - 1 }, i > 0);
	return graph;
}

/* tests/gen_dag.py says what a shape is. */
static struct graph *read_shape(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	struct graph *graph = graph_new();
	char line[4096];

	if (!file)
		die(path, "cannot be read");
	while (fgets(line, sizeof(line), file)) {
		int parents[64], count = 0;
		char *at = line + strcspn(line, " \n");

		while (*at == ' ' && count < 64)
			parents[count++] = graph_count(graph) -
					   (int)strtol(at + 1, &at, 10);
		add_commit(graph, parents, count);
	}
	if (file != stdin)
		fclose(file);
	if (graph_count(graph) < 2)
		die(path, "holds no history");
	return graph;
}

struct dice {
	uint64_t state;
};

static int roll(struct dice *dice, int sides)
{
	dice->state = dice->state * UINT64_C(6364136223846793005) +
		      UINT64_C(1442695040888963407);
	return (int)((uint32_t)(dice->state >> 33) % (uint32_t)sides);
}

#define BRANCHES 60

/*
 * Many branches at a time, each begun somewhere in the last 100 commits of
 * the main line, grown by 1 to 60 commits, and merged: one commit in 20 is a
 * merge.
 */
static struct graph *make_merges(int count)
{
	struct graph *graph = graph_new();
	struct dice dice = { 1 };
	int *main_line = xcalloc((size_t)count + 2, sizeof(int));
	int length = 0, tips[BRANCHES], left[BRANCHES];

	main_line[length++] = add_commit(graph, NULL, 0);
	for (int i = 0; i < BRANCHES; i++)
		left[i] = 0;
	while (graph_count(graph) < count) {
		int branch = roll(&dice, BRANCHES * 5 / 4);
		int head = main_line[length - 1];

		if (branch >= BRANCHES) {
			main_line[length++] = add_commit(graph, &head, 1);
		} else if (left[branch] > 1) {
			tips[branch] = add_commit(graph, &tips[branch], 1);
			left[branch]--;
		} else if (left[branch] == 1) {
			int parents[2] = { head, tips[branch] };

			main_line[length++] = add_commit(graph, parents, 2);
			left[branch] = 0;
		} else {
			int back = roll(&dice, length < 100 ? length : 100);

			tips[branch] = add_commit(
				graph, &main_line[length - 1 - back], 1);
			left[branch] = 1 + roll(&dice, 40);
		}
	}
	for (int i = 0; i < BRANCHES; i++) {
		int parents[2] = { main_line[length - 1], tips[i] };

		if (left[i])
			main_line[length - 1] = add_commit(graph, parents, 2);
	}
	free(main_line);
	return graph;
}

struct graph *range_make(const char *text)
{
	if (strncmp(text, "line:", 5) == 0)
		return make_line((int)strtol(text + 5, NULL, 10));
	if (strncmp(text, "merges:", 7) == 0)
		return make_merges((int)strtol(text + 7, NULL, 10));
	if (strncmp(text, "dag:", 4) == 0)
		return read_shape(text + 4);
	die(text, "is neither line:N, merges:N nor dag:FILE");
}
