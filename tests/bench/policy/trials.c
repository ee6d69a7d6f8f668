/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/policy/trials.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "engine/span.h"
#include "tests/bench/policy/range.h"
#include "tests/bench/policy/rules.h"

static void run_trial(const struct cell *cell, const struct rule *rule,
		      int number, struct trial *trial)
{
	struct answer answer = { .commit = -1 };
	struct sim sim;

	sim_make(&sim, cell, (uint64_t)number);
	rule->search(&sim, &answer);
	*trial = (struct trial){
		.named = answer.single,
		.right = answer.single && answer.commit == sim.culprit,
		.enclosed = answer.enclosed,
		.fair = sim_is_fair(&sim),
		.builds = sim.builds,
		.runs = sim.runs_started,
		.minutes = sim.now,
		.vm_minutes = sim.vm_minutes,
		.claimed = sim.claimed,
		.thought = sim.thought,
		.longest = sim.longest,
		.decisions = sim.decisions,
	};
	sim_release(&sim);
}

/* Worlds are independent of each other: each job takes its share of them. */
void trials_run(const struct plan *plan, const struct rule *rule,
		struct trial *trials)
{
	size_t size = (size_t)plan->trials * sizeof(*trials);
	struct trial *shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int failed = 0;

	if (shared == MAP_FAILED)
		die("memory", "there is not enough");
	fflush(NULL);
	for (int job = 0; job < plan->jobs; job++) {
		pid_t child = fork();

		if (child < 0)
			die("fork", "failed");
		if (child)
			continue;
		for (int i = job; i < plan->trials; i += plan->jobs)
			run_trial(&plan->cell, rule, i, &shared[i]);
		_exit(0);
	}
	for (int job = 0; job < plan->jobs; job++) {
		int status = 0;

		wait(&status);
		failed |= status;
	}
	if (failed)
		die(rule->name, "a job failed");
	memcpy(trials, shared, size);
	munmap(shared, size);
}

static struct mean mean_of(const double *values, int count)
{
	struct mean mean = { 0, 0 };

	for (int i = 0; i < count; i++)
		mean.value += values[i];
	mean.value /= count > 0 ? count : 1;
	for (int i = 0; i < count; i++)
		mean.error +=
			(values[i] - mean.value) * (values[i] - mean.value);
	mean.error = count > 1 ? sqrt(mean.error / (count - 1) / count) : 0;
	return mean;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define MEAN(field, expression)                         \
	do {                                            \
		for (int i = 0; i < count; i++)         \
			values[i] = (expression);       \
		summary.field = mean_of(values, count); \
	} while (0)

struct summary trials_sum(const struct trial *trials, int count)
{
	double *values = xcalloc((size_t)count + 1, sizeof(double));
	struct summary summary = { .trials = count };
	int all = count;

	MEAN(right, trials[i].right);
	MEAN(wrong, trials[i].named && !trials[i].right);
	MEAN(builds, trials[i].builds);
	MEAN(runs, trials[i].runs);
	MEAN(vm_minutes, trials[i].vm_minutes);
	MEAN(minutes, trials[i].minutes);
	qsort(values, (size_t)count, sizeof(*values), by_size);
	summary.slow = values[count * 9 / 10];
	count = 0;
	for (int i = 0; i < all; i++)
		if (trials[i].fair)
			values[count++] = trials[i].right;
	summary.right_of_fair = mean_of(values, count);
	count = 0;
	for (int i = 0; i < all; i++)
		if (!trials[i].fair)
			values[count++] = trials[i].enclosed;
	summary.enclosed_of_unfair = mean_of(values, count);
	summary.unfair = count;
	count = 0;
	for (int i = 0; i < all; i++)
		if (trials[i].named && trials[i].claimed >= 0)
			values[count++] = trials[i].claimed;
	summary.claimed = mean_of(values, count);
	count = 0;
	for (int i = 0; i < all; i++)
		if (trials[i].named && trials[i].claimed >= 0)
			values[count++] = trials[i].claimed - trials[i].right;
	summary.excess = mean_of(values, count);
	summary.named = count;
	for (int i = 0; i < all; i++) {
		summary.decision += trials[i].thought;
		summary.decisions += trials[i].decisions;
		summary.longest = fmax(summary.longest, trials[i].longest);
	}
	if (summary.decisions)
		summary.decision /= summary.decisions;
	free(values);
	return summary;
}

/* Bits that one run can tell at most, without stray crashes. */
static double capacity(double p)
{
	return p >= 1 ? 1 : log2(1 + p * pow(1 - p, (1 - p) / p));
}

void trials_head(const struct plan *plan)
{
	const struct cell *cell = &plan->cell;

	printf("# p=%g q=%g broken=%g mask=%g lost=%g vms=%d workers=%d%s: "
	       "%d worlds of %d commits\n",
	       cell->p, cell->q, cell->broken, cell->mask, cell->lost,
	       cell->vms, cell->workers, cell->ahead ? " ahead" : "",
	       plan->trials, span_count(cell->span));
	printf("# %-13s %10s %5s %5s %5s %6s %10s %12s %22s %7s %21s %6s\n",
	       "policy", "right %", "wrong", "none", "fair", "set", "builds",
	       "runs", "minutes (9 of 10)", "vm min", "claimed less so",
	       "bound");
}

/*
 * fair: how many are right where the culprit can be told apart.  set: where it
 * cannot, since it or a parent of it does not build, how many end with what git
 * says then too: one of these, which do not build.  bound: the
 * fewest runs that could do, by information, through those that were made.
 */
static void print_row(const struct plan *plan, const char *name,
		      const struct summary *s)
{
	double bound = log2(span_count(plan->cell.span)) /
		       capacity(plan->cell.p) / s->runs.value;

	printf("# %-13s %5.1f ±%3.1f %5.1f %5.1f %5.1f ", name,
	       s->right.value * 100, s->right.error * 100, s->wrong.value * 100,
	       fabs(100 - 100 * (s->right.value + s->wrong.value)),
	       s->right_of_fair.value * 100);
	if (s->unfair)
		printf("%6.1f ", s->enclosed_of_unfair.value * 100);
	else
		printf("%6s ", "-");
	printf("%5.1f ±%3.1f "
	       "%6.1f ±%4.1f %6.1f ±%4.1f (%6.1f) %7.0f ",
	       s->builds.value, s->builds.error, s->runs.value, s->runs.error,
	       s->minutes.value, s->minutes.error, s->slow,
	       s->vm_minutes.value);
	if (s->claimed.value > 0)
		printf("%7.3f %+6.3f ±%.3f", s->claimed.value, s->excess.value,
		       s->excess.error);
	else
		printf("%21s", "-");
	printf(" %4.0f %%\n", bound * 100);
}

/* For a program that compares policies that are not here, world by world. */
static void print_each(const struct trial *trials, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		printf("WORLD\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%.2f\t%.4f\n", i,
		       name, trials[i].named, trials[i].right, trials[i].fair,
		       trials[i].builds, trials[i].runs, trials[i].minutes,
		       trials[i].claimed);
}

/* In the same worlds: how much quicker than another, and how much righter. */
void trials_differ(const struct trial *ours, const struct trial *others,
		   int count, const char *name)
{
	double *values = xcalloc((size_t)count + 1, sizeof(double));
	struct mean minutes, right;

	for (int i = 0; i < count; i++)
		values[i] = ours[i].minutes - others[i].minutes;
	minutes = mean_of(values, count);
	for (int i = 0; i < count; i++)
		values[i] = 100.0 * (ours[i].right - others[i].right);
	right = mean_of(values, count);
	printf("#   adaptive beside %s, world by world: %+.1f ±%.1f minutes, "
	       "%+.1f ±%.1f points right\n",
	       name, minutes.value, minutes.error, right.value, right.error);
	free(values);
}

struct summary trials_of(const struct plan *plan, const char *name,
			 struct trial *trials)
{
	struct summary summary;

	trials_run(plan, rule_find(name), trials);
	summary = trials_sum(trials, plan->trials);
	if (plan->each)
		print_each(trials, plan->trials, name);
	print_row(plan, name, &summary);
	fflush(stdout);
	return summary;
}
