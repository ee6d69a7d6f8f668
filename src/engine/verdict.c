/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/verdict.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#define RUNS_MAX 1000

static const char *const verdicts[VERDICT_COUNT] = {
	[VERDICT_NONE] = "none",
	[VERDICT_GOOD] = "good",
	[VERDICT_BAD] = "bad",
	[VERDICT_SKIP] = "skip",
};

static const struct {
	const char *name;
	const char *version;
	int runs, first_runs;
} policies[POLICY_KIND_COUNT] = {
	[POLICY_EXIT_CODE] = { "exit-code", "exit-code-1", 1, 1 },
	[POLICY_SYZKALLER] = { "syzkaller", "syzkaller-2024.12", 10, 20 },
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict];
}

bool verdict_parse(enum verdict *verdict, const char *name)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (str_equal(verdicts[i], name)) {
			*verdict = (enum verdict)i;
			return true;
		}
	}
	return false;
}

/* One "/N" of a policy's text: 1 when there, 0 when not, -1 when wrong. */
static int take_number(const char **text, int *out)
{
	char digits[8];
	size_t length;
	int64_t value;

	if (**text == '\0')
		return 0;
	length = strcspn(*text + 1, "/");
	if (**text != '/' || length >= sizeof(digits))
		return -1;
	memcpy(digits, *text + 1, length);
	digits[length] = '\0';
	if (!str_number(digits, 1, RUNS_MAX, &value))
		return -1;
	*out = (int)value;
	*text += 1 + length;
	return 1;
}

int policy_parse(struct policy *policy, const char *text, struct error *err)
{
	size_t name = strcspn(text, "/");
	const char *rest = text + name;

	for (int i = 0; i < POLICY_KIND_COUNT; i++) {
		struct policy found = { (enum policy_kind)i, policies[i].runs,
					policies[i].first_runs };
		int runs, first;

		if (strlen(policies[i].name) != name ||
		    strncmp(policies[i].name, text, name) != 0)
			continue;
		runs = take_number(&rest, &found.runs);
		first = runs > 0 ? take_number(&rest, &found.first_runs) : 0;
		if (runs < 0 || first < 0 || *rest)
			break;
		/* "first" never wants fewer runs than the rest */
		if (runs > 0 && first == 0 &&
		    (found.first_runs < found.runs || i == POLICY_EXIT_CODE))
			found.first_runs = found.runs;
		*policy = found;
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "'%s' is not a policy: expected exit-code or "
			 "syzkaller, with /RUNS or /RUNS/FIRST_RUNS behind it "
			 "(1 to %d)",
			 text, RUNS_MAX);
}

void policy_format(const struct policy *policy, struct buf *out)
{
	buf_printf(out, "%s/%d/%d", policies[policy->kind].name, policy->runs,
		   policy->first_runs);
}

const char *policy_version(const struct policy *policy)
{
	return policies[policy->kind].version;
}

void tally_add(struct tally *tally, enum outcome outcome)
{
	tally->outcomes[outcome]++;
	tally->total++;
}

void tally_add_open(struct tally *tally)
{
	tally->open++;
	tally->total++;
}

bool policy_is_flaky(const struct tally *tally)
{
	int crashed = tally->outcomes[OUTCOME_CRASHED];

	return crashed * 2 < crashed + tally->outcomes[OUTCOME_OK];
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

/*
 * The thresholds for `total` runs, and what they say of the tally.  Source:
 * syzkaller, pkg/bisect/bisect.go, bisectionDecision (2024-12-02), but infra
 * trouble stops for a person instead of ending the bisection, and a pool of
 * one or two runs cannot call a commit good with no run that was ok.
 */
static enum verdict syzkaller_table(const struct tally *tally, int total,
				    bool flaky, struct judgement *j)
{
	int ok = tally->outcomes[OUTCOME_OK];
	int infra = tally->outcomes[OUTCOME_INFRA];
	int skipped = tally->total - ok - infra - j->crashes;
	int good_needed = max(1, flaky ? total * 3 / 4 : total / 2);

	j->crashes_needed = max(total == 1 ? 1 : 2, (total - infra) / 6);
	j->valid_needed = max(1, total / 2);
	j->stop = false;
	if (j->crashes == 0 && ok >= good_needed)
		return VERDICT_GOOD;
	if (j->crashes >= j->crashes_needed && j->valid >= j->valid_needed)
		return VERDICT_BAD;
	if (infra > skipped) {
		j->stop = true;
		return VERDICT_NONE;
	}
	return VERDICT_SKIP;
}

/* `git help bisect`, "bisect run": 0 good, 125 skip, 1-127 bad, else stop. */
static enum verdict exit_code_table(const struct tally *tally,
				    struct judgement *j)
{
	j->crashes_needed = 1;
	j->valid_needed = 1;
	j->stop = false;
	if (j->crashes > 0)
		return VERDICT_BAD;
	if (tally->outcomes[OUTCOME_INFRA] > 0) {
		j->stop = true;
		return VERDICT_NONE;
	}
	return tally->outcomes[OUTCOME_OK] > 0 ? VERDICT_GOOD : VERDICT_SKIP;
}

/*
 * The verdict if the runs ended now; open before the first one, and while a
 * crash or more has been seen but not enough of them.
 */
static enum verdict leaning_of(const struct policy *policy,
			       const struct tally *tally, bool flaky,
			       const struct judgement *j)
{
	struct judgement now = *j;

	if (tally->total == 0)
		return VERDICT_NONE;
	if (policy->kind == POLICY_EXIT_CODE)
		return exit_code_table(tally, &now);
	if (j->crashes > 0 && j->crashes < j->crashes_needed)
		return VERDICT_NONE;
	return syzkaller_table(tally, tally->total, flaky, &now);
}

static struct judgement judge(const struct policy *policy,
			      const struct tally *tally, bool first, bool flaky,
			      int extra)
{
	struct judgement j = { .crashes = tally->outcomes[OUTCOME_CRASHED] };
	bool many = policy->kind == POLICY_SYZKALLER && (first || flaky);
	enum verdict now;

	j.valid = j.crashes + tally->outcomes[OUTCOME_OK];
	j.wanted = (many ? policy->first_runs : policy->runs) + extra;
	j.more_runs = max(0, j.wanted - tally->total);
	if (policy->kind == POLICY_EXIT_CODE)
		now = exit_code_table(tally, &j);
	else
		now = syzkaller_table(tally, max(j.wanted, tally->total), flaky,
				      &j);
	if (j.more_runs == 0) {
		j.verdict = now;
		j.leaning = now;
		return j;
	}
	/* Runs are missing: say what they have shown so far, nothing final. */
	j.stop = policy->kind == POLICY_EXIT_CODE && j.stop;
	j.leaning = leaning_of(policy, tally, flaky, &j);
	return j;
}

struct judgement policy_judge(const struct policy *policy,
			      const struct tally *tally, bool first, bool flaky,
			      int extra)
{
	struct judgement j = judge(policy, tally, first, flaky, extra), same;
	struct tally all = *tally;

	if (tally->open == 0)
		return j;
	all.outcomes[OUTCOME_CRASHED] += all.open;
	same = judge(policy, &all, first, flaky, extra);
	if (same.leaning != j.leaning)
		j.leaning = VERDICT_NONE;
	j.undecided = j.more_runs == 0 && same.verdict != j.verdict;
	if (j.undecided) {
		j.verdict = VERDICT_NONE;
		j.stop = false;
	}
	return j;
}
