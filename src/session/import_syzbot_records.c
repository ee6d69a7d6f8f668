/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/import_syzbot_inside.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/gotime.h"

/* How many runs stand behind "all runs:", which does not say: as the code of
   the time had it. */
enum { RUNS_2018 = 8, RUNS = 10, RUNS_FIRST = 20 };

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = value ? xstrdup(value) : NULL;
}

static void begin_test(struct reading *reading, struct event *event)
{
	struct draft *draft = reading->draft;
	struct draft_commit *commit = draft_commit(draft, &event->commit);

	reading->testing = event->commit;
	reading->first_number = commit->runs;
	reading->next_number = 0;
	reading->crashed = reading->ok = 0;
	reading->built = false;
	set_text(&reading->compiler, event->title);
	if (reading->release) {
		struct event *release = draft_add(draft, EVENT_RELEASE);

		release->commit = event->commit;
		release->text = reading->release;
		reading->release = NULL;
	}
	draft_take(draft, event);
	reading->owner = OWNER_TEST;
}

struct event *reading_build(struct reading *reading, struct event *event)
{
	struct event silent = { .kind = EVENT_BUILD };

	if (!event)
		event = &silent;
	event->commit = reading->testing;
	set_text(&event->title, reading->compiler);
	reading->built = true;
	return draft_take(reading->draft, event);
}

static void add_crash(struct event *event)
{
	struct crash crash = { .title = event->title };

	if (event->outcome != OUTCOME_CRASHED || str_empty(event->title))
		return;
	event->crashes = crashes_copy(&crash, 1);
	event->crash_count = 1;
}

static void add_run(struct reading *reading, struct event *event)
{
	struct draft_commit *commit =
		draft_commit(reading->draft, &reading->testing);

	event->commit = reading->testing;
	event->number += reading->first_number;
	if (event->number >= commit->runs)
		commit->runs = (int)event->number + 1;
	reading->crashed += event->outcome == OUTCOME_CRASHED;
	reading->ok += event->outcome == OUTCOME_OK;
	add_crash(event);
	draft_take(reading->draft, event);
}

void reading_own_last(struct reading *reading)
{
	reading->owned = reading->draft->count - 1;
	reading->after = reading->draft->count;
	reading->output = 0;
}

static int runs_of_all(const struct reading *reading)
{
	if (reading->of_2018)
		return RUNS_2018;
	return reading->of_2021 && (reading->tests == 1 || reading->flaky)
		       ? RUNS_FIRST
		       : RUNS;
}

static void read_all(struct reading *reading, struct event *event)
{
	int count = runs_of_all(reading);
	enum outcome outcome = event->outcome;
	char *title = xstrdup_null(event->title);

	add_run(reading, event);
	reading_own_last(reading);
	for (int i = 1; i < count; i++) {
		struct event more = { .kind = EVENT_RUN,
				      .number = i,
				      .outcome = outcome,
				      .title = xstrdup_null(title) };

		add_run(reading, &more);
	}
	reading->after = reading->draft->count;
	free(title);
}

/* May there be program output behind its line? */
static bool may_go_on(enum outcome outcome)
{
	return outcome == OUTCOME_TEST_FAILED || outcome == OUTCOME_INFRA ||
	       outcome == OUTCOME_BOOT_FAILED;
}

static bool read_run(struct reading *reading, struct event *event)
{
	bool all = str_starts(event->wording, "all/");
	enum outcome outcome = event->outcome;

	if (oid_is_none(&reading->testing)) {
		draft_unsure(reading->draft, reading->line,
			     "a run of no known commit");
		return false;
	}
	if (event->number < reading->next_number) {
		draft_unsure(reading->draft, reading->line,
			     "run %d comes twice", (int)event->number);
		return false;
	}
	if (event->number > reading->next_number)
		draft_unsure(reading->draft, reading->line, "run %d is missing",
			     reading->next_number);
	reading->of_2018 |= str_starts(event->wording, "try/");
	if (!reading->built)
		reading_build(reading, NULL);
	if (reading->next_number == 0)
		reading->tests++;
	reading->next_number =
		all ? runs_of_all(reading) : (int)event->number + 1;
	if (all) {
		read_all(reading, event);
	} else {
		add_run(reading, event);
		reading_own_last(reading);
	}
	reading->owner = may_go_on(outcome) ? OWNER_RUN : OWNER_NOBODY;
	return true;
}

static void add_verdict(struct reading *reading, const struct oid *commit,
			enum verdict verdict)
{
	struct event *event = draft_add(reading->draft, EVENT_VERDICT);

	event->commit = *commit;
	event->verdict = verdict;
	draft_commit(reading->draft, commit);
}

/* Since 2021 a bug that crashes in less than half of the runs is flaky. */
static void judge_flaky(struct reading *reading, enum verdict verdict)
{
	if (verdict == VERDICT_BAD && reading->crashed > 0 &&
	    reading->crashed < reading->ok)
		reading->flaky = true;
}

static void read_mark(struct reading *reading, struct event *event)
{
	if (str_equal(event->wording, "mark-skip"))
		event->verdict = VERDICT_SKIP;
	else
		event->verdict = str_equal(event->wording, "mark-bad")
					 ? VERDICT_BAD
					 : VERDICT_GOOD;
	if (!oid_is_none(&reading->testing) &&
	    !oid_equal(&reading->testing, &event->commit))
		draft_unsure(reading->draft, reading->line,
			     "the verdict is on another commit than the one "
			     "that was tested");
	judge_flaky(reading, event->verdict);
	draft_commit(reading->draft, &event->commit);
	draft_take(reading->draft, event);
	reading->testing = (struct oid){ "" };
}

static void read_bisect(struct reading *reading, struct event *event)
{
	struct oid newer = event->commit, older = event->other;

	draft_take(reading->draft, event);
	add_verdict(reading, &newer, VERDICT_BAD);
	add_verdict(reading, &older, VERDICT_GOOD);
	reading->testing = (struct oid){ "" };
}

/* "[H] SUBJECT", behind git's numbers or alone. */
static void read_next(struct reading *reading, struct event *event)
{
	struct event *last = draft_last(reading->draft);

	if (!oid_is_none(&event->commit)) {
		draft_commit(reading->draft, &event->commit);
		draft_tell_subject(reading->draft, &event->commit, event->text);
	}
	if (str_equal(event->wording, "next") && last &&
	    last->kind == EVENT_NEXT && oid_is_none(&last->commit) &&
	    !str_ends(last->wording, "+")) {
		last->commit = event->commit;
		last->text = event->text;
		free(event->wording);
		return;
	}
	if (!str_equal(event->wording, "left"))
		event->number = -1;
	draft_take(reading->draft, event);
}

static enum result result_of(const char *wording)
{
	static const struct {
		const char *begins;
		enum result result;
	} table[] = {
		{ "first-bad", RESULT_FOUND },
		{ "culprit", RESULT_FOUND },
		{ "candidate", RESULT_ONLY_SKIPPED },
		{ "base-bad", RESULT_MERGE_BASE_BAD },
		{ "never-broken", RESULT_NEVER_BROKEN },
		{ "error", RESULT_ERROR },
		{ "not-fixed", RESULT_NOT_FIXED },
		{ "oldest-bad", RESULT_OLDEST_BAD },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (str_starts(wording, table[i].begins))
			return table[i].result;
	return RESULT_NONE;
}

static void read_result(struct reading *reading, struct event *event)
{
	struct draft *draft = reading->draft;
	enum result result;

	if (!oid_is_none(&event->commit)) {
		draft_commit(draft, &event->commit);
		draft_tell_subject(draft, &event->commit, event->text);
	}
	if (str_starts(event->wording, "first-bad")) {
		reading->owner = OWNER_GIT;
		gitshow_begin(&reading->show, &event->commit);
	} else if (str_equal(event->wording, "candidate")) {
		reading->owner = OWNER_LIST;
	}
	reading->fix |= str_equal(event->wording, "culprit-fix") ||
			str_starts(event->wording, "not-fixed") ||
			str_equal(event->wording, "never-broken");
	result = result_of(event->wording);
	/* of this one the last sentence is another's */
	if (result == RESULT_NOT_FIXED && reading->never_broken)
		result = RESULT_NEVER_BROKEN;
	reading->never_broken = result == RESULT_NEVER_BROKEN;
	event->policy = xstrdup(result_name(result));
	draft_take(draft, event);
}

static void read_host(struct reading *reading, const struct event *event)
{
	int64_t at = gotime_read(event->text);

	if (at <= 0)
		return;
	reading->started = at;
	reading->draft->at = at;
	for (size_t i = 0; i < reading->draft->count; i++)
		reading->draft->events[i].at = at;
}

static void read_totals(struct reading *reading, struct event *event)
{
	int64_t total = gotime_duration(event->text);

	event->duration_ms = total > 0 ? total : 0;
	if (reading->started)
		reading->draft->at = reading->started + event->duration_ms;
}

static void read_said(struct reading *reading, struct event *event)
{
	const char *wording = event->wording;

	if (str_equal(wording, "host"))
		read_host(reading, event);
	else if (str_equal(wording, "totals"))
		read_totals(reading, event);
	else if (str_equal(wording, "release"))
		set_text(&reading->release, event->text);
	else if (str_starts(wording, "seems-flaky") ||
		 str_equal(wording, "flagged-flaky"))
		reading->flaky = true;
	else if (str_starts(wording, "fix") || str_equal(wording, "head") ||
		 str_starts(wording, "presence"))
		reading->fix = true;
	reading->of_2018 |= str_ends(wording, "-2018");
	if (str_equal(wording, "compiler")) {
		reading->of_2021 = true;
		set_text(&reading->compiler, event->text);
	} else if (str_starts(wording, "any-of") ||
		   str_starts(wording, "inconclusive")) {
		reading->owner = OWNER_LIST;
	} else if (str_equal(wording, "crash")) {
		reading->owner = OWNER_REPORT;
	}
	if (!oid_is_none(&event->commit))
		draft_commit(reading->draft, &event->commit);
	if (!oid_is_none(&event->other))
		draft_commit(reading->draft, &event->other);
	draft_take(reading->draft, event);
}

static bool read_build(struct reading *reading, struct event *event)
{
	bool untested;

	if (str_equal(event->wording, "signature")) {
		if (oid_is_none(&reading->testing)) {
			draft_unsure(reading->draft, reading->line,
				     "a kernel of no known commit");
			return false;
		}
		reading_build(reading, event);
		return true;
	}
	event->build = BUILD_FAILED;
	untested = oid_is_none(&reading->testing) ||
		   !oid_equal(&reading->testing, &event->commit);
	if (untested) {
		/* fixes that could not be applied: no test came before */
		reading->testing = event->commit;
		set_text(&reading->compiler, NULL);
		draft_commit(reading->draft, &event->commit);
	}
	reading_build(reading, event);
	reading_own_last(reading);
	/* no test of it began, to which runs could belong */
	if (untested)
		reading->testing = (struct oid){ "" };
	reading->owner = OWNER_BUILD;
	return true;
}

bool reading_record(struct reading *reading, struct event *event)
{
	enum owner before = reading->owner;

	if (str_equal(event->wording, "candidate") && before != OWNER_LIST)
		return false;
	if (event->kind == EVENT_RUN)
		return read_run(reading, event);
	if (event->kind == EVENT_BUILD) {
		reading->owner = OWNER_NOBODY;
		return read_build(reading, event);
	}
	if (!(event->kind == EVENT_SAID &&
	      str_equal(event->wording, "compiler")))
		reading->owner = OWNER_NOBODY;
	if (event->kind == EVENT_BUILD_BEGIN)
		begin_test(reading, event);
	else if (event->kind == EVENT_VERDICT)
		read_mark(reading, event);
	else if (event->kind == EVENT_NEXT)
		read_next(reading, event);
	else if (event->kind == EVENT_RESULT)
		read_result(reading, event);
	else if (str_equal(event->wording, "bisect"))
		read_bisect(reading, event);
	else
		read_said(reading, event);
	return true;
}
