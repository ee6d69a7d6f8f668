/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/policy/gates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "engine/span.h"
#include "tests/bench/policy/rules.h"
#include "tests/bench/policy/trials.h"

/* A cell and its limits, 0 where there is none. */
struct gate {
	const char *name;
	double p, q, broken, mask;
	int vms, workers;
	double right, wrong; /* at least, at most; in percent */
	double minutes, builds, runs;
	bool row;	    /* it is one of the rows of `make bench` */
	double tagged, hit; /* of the prior */
};

static const struct gate gates[] = {
	{ "1", 1, 0, 0, 0, 10, 1, 100, 0, 226, 17, 50, true, 0, 0 },
	{ "1, ahead", 1, 0, 0, 0, 10, 2, 100, 0, 158, 0, 0, false, 0, 0 },
	{ "2", 0.9, 0.01, 0.05, 0, 10, 1, 95, 2, 270, 0, 0, true, 0, 0 },
	{ "3", 0.5, 0.01, 0.05, 0, 10, 1, 94, 0, 310, 0, 0, true, 0, 0 },
	{ "4", 0.1, 0, 0, 0, 10, 1, 95, 0, 680, 0, 0, true, 0, 0 },
	{ "5", 1, 0, 0, 0.03, 10, 1, 90, 0, 0, 0, 0, true, 0, 0 },
	{ "5, combined", 1, 0.01, 0.05, 0.01, 10, 1, 92, 0, 0, 0, 0, false, 0,
	  0 },
	{ "5, combined", 0.9, 0.01, 0.05, 0.01, 10, 1, 92, 0, 0, 0, 0, false, 0,
	  0 },
	{ "5, combined", 0.5, 0.01, 0.05, 0.01, 10, 1, 92, 0, 0, 0, 0, true, 0,
	  0 },
	{ "6", 1, 0, 0, 0, 2, 1, 0, 0, 240, 0, 0, true, 0, 0 },
	/* with the prior; minutes as the simulation's with a bounded likelihood
	   would have them, by what it took without a prior */
	{ "prior", 1, 0, 0, 0, 10, 1, 95, 0, 193, 14.5, 0, true, 0.01, 0.6 },
};

#define GATES (sizeof(gates) / sizeof(*gates))

struct tester {
	const struct plan *plan;
	struct trial *ours, *others;
	int calibrated, off; /* cells without mask */
	char worst[128];
	double worst_by; /* standard errors */
};

static struct plan plan_for(const struct plan *plan, const struct gate *gate)
{
	struct plan out = *plan;

	out.cell.p = gate->p;
	out.cell.q = gate->q;
	out.cell.broken = gate->broken;
	out.cell.mask = gate->mask;
	out.cell.vms = gate->vms;
	out.cell.workers = gate->workers;
	out.cell.ahead = gate->workers > 1;
	out.cell.tagged = gate->tagged;
	out.cell.hit = gate->hit;
	return out;
}

static void tell_cell(const struct cell *cell, char *out, size_t size)
{
	snprintf(out, size, "p=%g q=%g broken=%g mask=%g vms=%d workers=%d",
		 cell->p, cell->q, cell->broken, cell->mask, cell->vms,
		 cell->workers);
}

/* Claimed is at most what is so, or above it by no more than chance. */
static void calibrate(struct tester *tester, const struct plan *plan,
		      const struct summary *summary)
{
	double by = summary->excess.value;

	if (plan->cell.mask > 0 || !summary->named)
		return;
	tester->calibrated++;
	/* an error of nought only says that nobody was wrong */
	by = summary->excess.error > 0 ? by / summary->excess.error : 0;
	tester->off += by > 2;
	if (tester->calibrated == 1 || by > tester->worst_by) {
		tester->worst_by = by;
		tell_cell(&plan->cell, tester->worst, sizeof(tester->worst));
	}
}

/*
 * One limit.  A mean on the wrong side of it fails; how far that is from
 * chance is said.
 */
static bool hold(const char *what, const struct mean *mean, double scale,
		 double limit, bool least)
{
	double value = mean->value * scale, error = mean->error * scale;
	/* but for what is lost in adding up */
	bool good = least ? value > limit - 1e-9 : value < limit + 1e-9;

	printf(" %s %.1f ±%.1f (%s %g)", what, value, error,
	       least ? "at least" : "at most", limit);
	if (!good && error > 0)
		printf(" [off by %.1f standard errors]",
		       fabs(value - limit) / error);
	return good;
}

/*
 * Where the culprit or a parent of it does not build, nobody can tell it apart.
 * The limits are from 300 worlds of which 2 in 100 were such; how many are here
 * is a matter of chance, and what counts is set right for that.
 */
#define UNFAIR 0.02

static bool hold_right(const struct gate *gate, const struct summary *s)
{
	const struct mean *fair = &s->right_of_fair;
	struct mean like = { fair->value * (1 - UNFAIR),
			     fair->error * (1 - UNFAIR) };

	if (!(gate->broken > 0))
		return hold("right", &s->right, 100, gate->right, true);
	printf(" right %.1f ±%.1f, of those that can be told apart %.1f ±%.1f;",
	       s->right.value * 100, s->right.error * 100, fair->value * 100,
	       fair->error * 100);
	return hold("in worlds like the limit's", &like, 100, gate->right,
		    true);
}

/*
 * What the simulation that the limits are from comes to in the first 1000 of
 * these very worlds, run by run the same: percent right, and standard error.
 */
static const struct {
	double p, mask, right, error;
} peers[] = {
	{ 0.9, 0, 92.9, 0.8 },
	{ 0.5, 0, 93.0, 0.8 },
	{ 0.5, 0.01, 91.9, 0.9 },
};

static void print_peer(const struct plan *plan, const struct gate *gate)
{
	const struct cell *cell = &plan->cell;
	double far = 1e-9;

	if (!(gate->broken > 0) || cell->seed != 1 ||
	    span_count(cell->span) != 16384 || cell->lost > 0.05 + far ||
	    cell->lost < 0.05 - far)
		return;
	for (size_t i = 0; i < sizeof(peers) / sizeof(*peers); i++)
		if (fabs(peers[i].p - gate->p) < far &&
		    fabs(peers[i].mask - gate->mask) < far)
			printf(" (where the limit is from: %.1f ±%.1f in the "
			       "first 1000 of these worlds)",
			       peers[i].right, peers[i].error);
}

static void judge(const struct plan *plan, const struct gate *gate,
		  const struct summary *s)
{
	bool good = true;

	printf("GATE %s:", gate->name);
	if (gate->right > 0)
		good &= hold_right(gate, s);
	print_peer(plan, gate);
	if (gate->wrong > 0)
		good &= hold("wrong", &s->wrong, 100, gate->wrong, false);
	if (gate->minutes > 0)
		good &= hold("minutes", &s->minutes, 1, gate->minutes, false);
	if (gate->builds > 0)
		good &= hold("builds", &s->builds, 1, gate->builds, false);
	if (gate->runs > 0)
		good &= hold("runs", &s->runs, 1, gate->runs, false);
	printf(": %s\n", good ? "pass" : "FAIL");
}

static void print_row(const struct gate *gate, const struct summary *ours,
		      const struct summary *table)
{
	printf("BENCH\tpolicy p=%g q=%g broken=%g mask=%g vms=%d%s, right %.1f "
	       "±%.1f %%, syzkaller's table %.1f ±%.1f %%\t%.1f\t%.1f\t%.1f\t"
	       "minutes\n",
	       gate->p, gate->q, gate->broken, gate->mask, gate->vms,
	       gate->tagged > 0 ? " with the prior" : "",
	       ours->right.value * 100, ours->right.error * 100,
	       table->right.value * 100, table->right.error * 100,
	       ours->minutes.value, table->minutes.value,
	       table->minutes.value / ours->minutes.value);
}

static void test_gate(struct tester *tester, const struct gate *gate)
{
	struct plan plan = plan_for(tester->plan, gate);
	struct summary ours, table;

	trials_head(&plan);
	if (gate->row)
		table = trials_of(&plan, "syzkaller", tester->others);
	ours = trials_of(&plan, "adaptive", tester->ours);
	if (gate->row)
		trials_differ(tester->ours, tester->others, plan.trials,
			      "syzkaller");
	calibrate(tester, &plan, &ours);
	judge(&plan, gate, &ours);
	if (gate->row)
		print_row(gate, &ours, &table);
	fflush(stdout);
}

static void run_cell(struct tester *tester, const struct plan *plan)
{
	struct summary ours;

	trials_head(plan);
	for (const struct rule *rule = rules; rule->name; rule++) {
		bool own = strcmp(rule->name, "adaptive") == 0;
		bool table = strcmp(rule->name, "syzkaller") == 0;

		if (rule->asked)
			continue;
		ours = trials_of(plan, rule->name,
				 table ? tester->others : tester->ours);
		if (own) {
			calibrate(tester, plan, &ours);
			trials_differ(tester->ours, tester->others,
				      plan->trials, "syzkaller");
		}
	}
}

static void run_grid(struct tester *tester)
{
	static const double ps[] = { 1, 0.9, 0.5, 0.3, 0.1 };
	static const double qs[] = { 0, 0.01 }, broken[] = { 0, 0.05 };
	static const double masks[] = { 0, 0.01, 0.03 };
	static const int vms[] = { 10, 2 }, workers[] = { 1, 2 };

	/* each digit of the number is one of these */
	for (int i = 0; i < 5 * 2 * 2 * 3 * 2 * 2; i++) {
		struct plan plan = *tester->plan;

		plan.cell.p = ps[i % 5];
		plan.cell.q = qs[i / 5 % 2];
		plan.cell.broken = broken[i / 10 % 2];
		plan.cell.mask = masks[i / 20 % 3];
		plan.cell.vms = vms[i / 60 % 2];
		plan.cell.workers = workers[i / 120 % 2];
		plan.cell.ahead = plan.cell.workers > 1;
		run_cell(tester, &plan);
	}
}

void gates_run(const struct plan *plan, bool grid)
{
	struct tester tester = { .plan = plan };
	size_t count = (size_t)plan->trials;

	tester.ours = xcalloc(count, sizeof(*tester.ours));
	tester.others = xcalloc(count, sizeof(*tester.others));
	if (grid)
		run_grid(&tester);
	for (size_t i = 0; i < GATES; i++)
		test_gate(&tester, &gates[i]);
	printf("GATE 7: of %d cells without mask %d claim more than is so by "
	       "over 2 standard errors; the worst by %.1f, %s: %s\n",
	       tester.calibrated, tester.off, tester.worst_by, tester.worst,
	       tester.off ? "FAIL" : "pass");
	free(tester.ours);
	free(tester.others);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void gates_time(const struct plan *plan, const char *range)
{
	struct plan few = *plan;
	struct trial trials[4];
	struct summary summary;
	double begun = cpu_seconds(), setup;
	bool big = span_count(plan->cell.span) > 100000;
	double limit = big ? 50 : 10;

	few.trials = 4;
	few.cell.p = 0.5;
	few.cell.q = 0.01;
	few.cell.broken = 0.02;
	span_drop(span_new(plan->cell.graph, plan->cell.bad, &plan->cell.good,
			   1));
	setup = cpu_seconds() - begun;
	trials_run(&few, rule_find("adaptive"), trials);
	summary = trials_sum(trials, few.trials);
	printf("GATE 8: one decision on %s (%d commits, %ld in sides): %.2f "
	       "ms, "
	       "the longest of %d %.2f ms (at most %g), setup %.0f ms: %s\n",
	       range, span_count(plan->cell.span), span_sides(plan->cell.span),
	       summary.decision * 1e3, summary.decisions, summary.longest * 1e3,
	       limit, setup * 1e3,
	       summary.longest * 1e3 <= limit ? "pass" : "FAIL");
	printf("BENCH\tone decision on %s\t%.2f\t-\t-\tms\n", range,
	       summary.decision * 1e3);
}
