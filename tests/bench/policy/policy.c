/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Which policy finds the culprit most often, in the least time: simulated
 * bisections of flaky bugs, every policy in the same worlds.
 *
 *     policy [OPTION=VALUE...]       one cell, all policies
 *     policy gates [OPTION=VALUE...] what the adaptive one has to reach
 *     policy grid [OPTION=VALUE...]  every cell, and the gates: hours
 *     policy time                    how long one decision takes
 *
 * policy=session and policy=session-table are whole sessions, with the
 * engine's own fold and plan: for ranges of some hundred commits.
 *
 * Options: policy=NAME range=line:16384 (or merges:N, or dag:FILE, `-` for
 * the standard input; tests/data/git.dag.gz unpacked is one) p=1 q=0 lost=0.05
 * broken=0 mask=0 delta=0.05 vms=10 workers=1 n=100 seed=1 jobs=2 build=6.7
 * (minutes) from=0 to=1 (where in the range the culprit is) confirm=1 (the ends
 * are tested first) tagged=0 hit=0 (commits, and culprits, that touch a file of
 * the crash's report: `adaptive` alone looks at them).  With more than one worker builds go on
 * ahead.  each=1 prints a row for each world too.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/span.h"
#include "tests/bench/policy/gates.h"
#include "tests/bench/policy/range.h"
#include "tests/bench/policy/rules.h"
#include "tests/bench/policy/trials.h"

enum mode { MODE_CELL, MODE_GATES, MODE_GRID, MODE_TIME };

struct options {
	struct plan plan;
	enum mode mode;
	const char *policy; /* NULL: all */
	const char *range;
};

static void open_range(struct options *options)
{
	struct cell *cell = &options->plan.cell;

	cell->graph = range_make(options->range);
	cell->good = 0;
	cell->bad = graph_count(cell->graph) - 1;
	cell->span = span_new(cell->graph, cell->bad, &cell->good, 1);
	if (!span_count(cell->span))
		die(options->range, "has no range");
}

static void run_cell(const struct options *options)
{
	struct trial *trials =
		xcalloc((size_t)options->plan.trials, sizeof(*trials));
	struct trial *table =
		xcalloc((size_t)options->plan.trials, sizeof(*table));
	bool both = !options->policy;

	trials_head(&options->plan);
	for (const struct rule *rule = rules; rule->name; rule++) {
		if (options->policy ? strcmp(options->policy, rule->name) != 0
				    : rule->asked)
			continue;
		trials_of(&options->plan, rule->name, trials);
		if (strcmp(rule->name, "syzkaller") == 0)
			memcpy(table, trials,
			       (size_t)options->plan.trials * sizeof(*trials));
		if (both && strcmp(rule->name, "adaptive") == 0)
			trials_differ(trials, table, options->plan.trials,
				      "syzkaller");
	}
	free(trials);
	free(table);
}

static void run_times(struct options *options)
{
	static const char *const ranges[] = { "line:16384", "merges:16384",
					      "merges:262144" };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		options->range = ranges[i];
		open_range(options);
		gates_time(&options->plan, ranges[i]);
		span_drop(options->plan.cell.span);
	}
}

static bool take_number(const char *word, const char *name, double *value)
{
	size_t length = strlen(name);
	char *end;

	if (strncmp(word, name, length) != 0 || word[length] != '=')
		return false;
	*value = strtod(word + length + 1, &end);
	if (*end || end == word + length + 1)
		die(word, "is no number");
	return true;
}

static void take_option(struct options *options, const char *word)
{
	struct cell *cell = &options->plan.cell;
	double value;

	if (strcmp(word, "gates") == 0) {
		options->mode = MODE_GATES;
	} else if (strcmp(word, "grid") == 0) {
		options->mode = MODE_GRID;
	} else if (strcmp(word, "time") == 0) {
		options->mode = MODE_TIME;
	} else if (strncmp(word, "policy=", 7) == 0) {
		options->policy = word + 7;
		if (!rule_find(options->policy))
			die(options->policy, "is not a policy");
	} else if (strncmp(word, "range=", 6) == 0) {
		options->range = word + 6;
	} else if (take_number(word, "p", &cell->p) ||
		   take_number(word, "q", &cell->q) ||
		   take_number(word, "lost", &cell->lost) ||
		   take_number(word, "broken", &cell->broken) ||
		   take_number(word, "mask", &cell->mask) ||
		   take_number(word, "tagged", &cell->tagged) ||
		   take_number(word, "hit", &cell->hit) ||
		   take_number(word, "build", &cell->build) ||
		   take_number(word, "from", &cell->from) ||
		   take_number(word, "to", &cell->to) ||
		   take_number(word, "delta", &cell->delta)) {
		return;
	} else if (take_number(word, "confirm", &value)) {
		cell->confirm = value > 0;
	} else if (take_number(word, "vms", &value)) {
		cell->vms = value < 1	      ? 1
			    : value > VMS_MAX ? VMS_MAX
					      : (int)value;
	} else if (take_number(word, "workers", &value)) {
		cell->workers = value < 1	      ? 1
				: value > WORKERS_MAX ? WORKERS_MAX
						      : (int)value;
		cell->ahead = cell->workers > 1;
	} else if (take_number(word, "seed", &value)) {
		cell->seed = (uint64_t)value;
	} else if (take_number(word, "n", &value)) {
		options->plan.trials = value < 1 ? 1 : (int)value;
	} else if (take_number(word, "each", &value)) {
		options->plan.each = value > 0;
	} else if (take_number(word, "jobs", &value)) {
		options->plan.jobs = value < 1 ? 1 : (int)value;
	} else {
		die(word, "is not an option");
	}
}

int main(int argc, char **argv)
{
	struct options options = {
		.plan = { .cell = { .p = 1,
				    .lost = 0.05,
				    .vms = 10,
				    .workers = 1,
				    .delta = 0.05,
				    .build = BUILD_MIN,
				    .to = 1,
				    .confirm = true,
				    .seed = 1 },
			  .trials = 100,
			  .jobs = 2 },
		.range = "line:16384",
	};
	for (int i = 1; i < argc; i++)
		take_option(&options, argv[i]);
	open_range(&options);
	if (options.mode == MODE_CELL)
		run_cell(&options);
	else if (options.mode == MODE_TIME)
		run_times(&options);
	else
		gates_run(&options.plan, options.mode == MODE_GRID);
	return 0;
}
