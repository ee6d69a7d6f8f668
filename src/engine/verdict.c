/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/odds.h"

#define RUNS_MAX     1000
#define QUOTE_MAX    40	 /* letters of what is no policy */
#define PERMILLE_MAX 500 /* of a risk: beyond, it would be no verdict */

/* Runs of one commit after which strict and adaptive say what is likelier. */
#define STRICT_MAX   300
#define ADAPTIVE_MAX 40
/* Nothing is known of how often the bug shows: then so many crashes tell. */
#define FIRST_CRASHES 3
#define FIRST_MAX     120
/* Runs that said nothing, after which there is no point in going on. */
#define LOST_MAX 10

static const char *const verdicts[VERDICT_COUNT] = {
	[VERDICT_NONE] = "none",
	[VERDICT_GOOD] = "good",
	[VERDICT_BAD] = "bad",
	[VERDICT_SKIP] = "skip",
};

/* Defaults; a policy with runs has no risk, and the other way round. */
static const struct {
	const char *name;
	const char *version;
	int runs, first_runs, risk, noise;
} policies[POLICY_KIND_COUNT] = {
	[POLICY_EXIT_CODE] = { "exit-code", "exit-code-1", 1, 1, 0, 0 },
	[POLICY_SYZKALLER] = { "syzkaller", "syzkaller-2024.12", 10, 20, 0, 0 },
	[POLICY_STRICT] = { "strict", "strict-1", 0, 0, 10, 10 },
	[POLICY_ADAPTIVE] = { "adaptive", "adaptive-1", 0, 0, 50, 0 },
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

/* One "/N%" or "/N.N%", in thousandths; likewise. */
static int take_percent(const char **text, int *out)
{
	const char *at = *text + 1;
	int value = 0, digits = 0;

	if (**text == '\0')
		return 0;
	if (**text != '/')
		return -1;
	for (; *at >= '0' && *at <= '9' && digits < 3; at++, digits++)
		value = value * 10 + (*at - '0');
	value *= 10;
	if (digits && at[0] == '.' && at[1] >= '0' && at[1] <= '9') {
		value += at[1] - '0';
		at += 2;
	}
	if (!digits || *at != '%' || value < 1 || value > PERMILLE_MAX)
		return -1;
	*out = value;
	*text = at + 1;
	return 1;
}

static bool take_runs(struct policy *policy, const char **text)
{
	int runs = take_number(text, &policy->runs);
	int first = runs > 0 ? take_number(text, &policy->first_runs) : 0;

	/* "first" never wants fewer runs than the rest */
	if (runs > 0 && first == 0 &&
	    (policy->first_runs < policy->runs ||
	     policy->kind == POLICY_EXIT_CODE))
		policy->first_runs = policy->runs;
	return runs >= 0 && first >= 0;
}

static bool take_risks(struct policy *policy, const char **text)
{
	int risk = take_percent(text, &policy->risk);
	int noise = risk > 0 && policy->noise
			    ? take_percent(text, &policy->noise)
			    : 0;

	return risk >= 0 && noise >= 0;
}

/* It may come out of a file that somebody else wrote. */
static bool can_be_quoted(const char *text)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] <= '~')
		length++;
	return !text[length] && length <= QUOTE_MAX;
}

int policy_parse(struct policy *policy, const char *text, struct error *err)
{
	bool quoted = can_be_quoted(text);
	size_t name = strcspn(text, "/");
	const char *rest = text + name;

	for (int i = 0; i < POLICY_KIND_COUNT; i++) {
		struct policy found = { (enum policy_kind)i, policies[i].runs,
					policies[i].first_runs,
					policies[i].risk, policies[i].noise };

		if (strlen(policies[i].name) != name ||
		    strncmp(policies[i].name, text, name) != 0)
			continue;
		if (!(found.runs ? take_runs(&found, &rest)
				 : take_risks(&found, &rest)) ||
		    *rest)
			break;
		*policy = found;
		return 0;
	}
	return error_set(
		err, ERROR_INPUT,
		"%s%s%s is not a policy: expected exit-code/RUNS, "
		"syzkaller/RUNS/FIRST_RUNS (1 to %d), adaptive/RISK%% "
		"or strict/RISK%%/NOISE%% (0.1%% to %d%%), or the name "
		"alone",
		quoted ? "'" : "", quoted ? text : "it", quoted ? "'" : "",
		RUNS_MAX, PERMILLE_MAX / 10);
}

static void add_percent(struct buf *out, int permille)
{
	if (permille % 10)
		buf_printf(out, "/%d.%d%%", permille / 10, permille % 10);
	else
		buf_printf(out, "/%d%%", permille / 10);
}

void policy_format(const struct policy *policy, struct buf *out)
{
	buf_puts(out, policies[policy->kind].name);
	if (policy_counts_runs(policy))
		buf_printf(out, "/%d/%d", policy->runs, policy->first_runs);
	else
		add_percent(out, policy->risk);
	if (policy->noise)
		add_percent(out, policy->noise);
}

const char *policy_version(const struct policy *policy)
{
	return policies[policy->kind].version;
}

bool policy_counts_runs(const struct policy *policy)
{
	return policy->kind == POLICY_EXIT_CODE ||
	       policy->kind == POLICY_SYZKALLER;
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

void tally_record(const struct tally *tally, struct record *record)
{
	*record = (struct record){
		.showing = tally->outcomes[OUTCOME_CRASHED],
		.clean = tally->outcomes[OUTCOME_OK],
	};
	for (int m = 1; m <= WAVE_MAX; m++) {
		record->killed[m] = tally->killed[m];
		record->showing -= tally->killed[m];
	}
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

static struct judgement judge_by_number(const struct policy *policy,
					const struct tally *tally,
					const struct around *around)
{
	struct judgement j = { .crashes = tally->outcomes[OUTCOME_CRASHED] };
	bool many = policy->kind == POLICY_SYZKALLER &&
		    (around->first || around->flaky);
	enum verdict now;

	j.valid = j.crashes + tally->outcomes[OUTCOME_OK];
	j.wanted = (many ? policy->first_runs : policy->runs) + around->extra;
	j.more_runs = max(0, j.wanted - tally->total);
	if (policy->kind == POLICY_EXIT_CODE)
		now = exit_code_table(tally, &j);
	else
		now = syzkaller_table(tally, max(j.wanted, tally->total),
				      around->flaky, &j);
	if (j.more_runs == 0) {
		j.verdict = now;
		j.leaning = now;
		return j;
	}
	/* Runs are missing: say what they have shown so far, nothing final. */
	j.stop = policy->kind == POLICY_EXIT_CODE && j.stop;
	j.leaning = leaning_of(policy, tally, around->flaky, &j);
	return j;
}

/* A sequential test, as it is for one commit. */
struct trial_of_odds {
	struct odds odds;
	struct record record;
	double bound; /* of the logarithm, above 0 */
	int most;     /* runs */
	bool blind;   /* nothing is known of how often the bug shows */
};

/* adaptive: of one verdict, whatever the risk of the search as a whole. */
static double risk_of(const struct policy *policy)
{
	return policy->kind == POLICY_STRICT ? policy->risk / 1000.0 : 0.05;
}

/*
 * strict: Wald's, of the chances of both errors.  adaptive, where there is no
 * range yet: twenty to one.
 */
static void trial_begin(struct trial_of_odds *trial,
			const struct policy *policy, const struct tally *tally,
			const struct around *around)
{
	const struct record *known = &around->known;
	double risk = risk_of(policy);

	tally_record(tally, &trial->record);
	trial->bound = log((1 - risk) / risk);
	trial->blind = known->showing + known->clean == 0;
	for (int m = 1; m <= WAVE_MAX; m++)
		trial->blind = trial->blind && known->killed[m] == 0;
	if (policy->kind == POLICY_STRICT) {
		odds_sequential(&trial->odds, policy->noise / 1000.0, known);
		trial->most = trial->blind ? FIRST_MAX : STRICT_MAX;
	} else {
		odds_bounded(&trial->odds, known);
		trial->most = trial->blind ? FIRST_MAX : ADAPTIVE_MAX;
	}
}

/*
 * How many runs more it takes if they are all clean; 0: it is over.  While
 * nothing is known of how often the bug shows, clean runs tell next to nothing,
 * but some crashes do.
 */
static int trial_lacks(const struct trial_of_odds *trial,
		       const struct judgement *j)
{
	int left = trial->most - j->valid;

	if (left <= 0)
		return 0;
	if (trial->blind)
		return j->crashes >= FIRST_CRASHES && j->odds >= trial->bound
			       ? 0
			       : (left < LOST_MAX ? left : LOST_MAX);
	if (j->odds >= trial->bound || j->odds <= -trial->bound)
		return 0;
	return odds_clean(&trial->odds, &trial->record, -trial->bound, left);
}

/* Runs that say nothing are made again, but not for ever. */
static bool is_lost(const struct tally *tally, struct judgement *j)
{
	int lost = tally->total - tally->open - j->valid;

	if (lost < LOST_MAX || lost <= 2 * j->valid)
		return false;
	j->stop = tally->outcomes[OUTCOME_INFRA] * 2 > lost;
	return true;
}

struct judgement tally_counted(const struct tally *tally)
{
	int crashes = tally->outcomes[OUTCOME_CRASHED];

	return (struct judgement){
		.crashes = crashes,
		.crashes_needed = 1,
		.valid = crashes + tally->outcomes[OUTCOME_OK],
		.valid_needed = 1,
	};
}

static struct judgement judge_by_odds(const struct policy *policy,
				      const struct tally *tally,
				      const struct around *around)
{
	struct judgement j = tally_counted(tally);
	struct trial_of_odds trial;
	bool lost;

	trial_begin(&trial, policy, tally, around);
	j.odds = odds_log(&trial.odds, &trial.record);
	if (j.valid > 0)
		j.leaning = j.odds > 0 ? VERDICT_BAD : VERDICT_GOOD;
	j.more_runs = trial_lacks(&trial, &j);
	lost = j.more_runs > 0 && is_lost(tally, &j);
	if (lost)
		j.more_runs = 0;
	j.more_runs = max(j.more_runs, around->until - tally->total);
	j.wanted = tally->total + j.more_runs;
	if (j.more_runs > 0)
		j.stop = false;
	else if (!j.stop)
		j.verdict = j.leaning = lost ? VERDICT_SKIP : j.leaning;
	return j;
}

static struct judgement judge(const struct policy *policy,
			      const struct tally *tally,
			      const struct around *around)
{
	if (policy_counts_runs(policy))
		return judge_by_number(policy, tally, around);
	return judge_by_odds(policy, tally, around);
}

/* Of the side to which it leans. */
static double sure_of(const struct judgement *judgement)
{
	double bug = judgement->believed ? judgement->bug
					 : 1 / (1 + exp(-judgement->odds));

	return bug > 0.5 ? bug : 1 - bug;
}

void judgement_say(const struct judgement *judgement,
		   const struct policy *policy, struct buf *out)
{
	double sure = sure_of(judgement);

	if (policy_counts_runs(policy)) {
		buf_printf(out,
			   "crashes %d of %d needed, valid runs %d of %d "
			   "needed",
			   judgement->crashes, judgement->crashes_needed,
			   judgement->valid, judgement->valid_needed);
		return;
	}
	if (judgement->valid)
		buf_printf(out, "%.*f %% sure, %g %% needed; ", sure >= 0.985,
			   sure > 0.999 ? 99.9 : sure * 100,
			   100 - 100 * risk_of(policy));
	buf_printf(out, "%d of %d crashed", judgement->crashes,
		   judgement->valid);
}

struct judgement policy_judge(const struct policy *policy,
			      const struct tally *tally,
			      const struct around *around)
{
	struct judgement j = judge(policy, tally, around), same;
	struct tally all = *tally;

	if (tally->open == 0)
		return j;
	all.outcomes[OUTCOME_CRASHED] += all.open;
	all.open = 0;
	same = judge(policy, &all, around);
	if (same.leaning != j.leaning)
		j.leaning = VERDICT_NONE;
	j.undecided = j.more_runs == 0 && same.verdict != j.verdict;
	if (j.undecided) {
		j.verdict = VERDICT_NONE;
		j.stop = false;
	}
	return j;
}
