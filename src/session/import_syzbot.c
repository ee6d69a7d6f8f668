/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/form.h"
#include "session/gitshow.h"
#include "session/syzbot.h"

/* How many runs stand behind "all runs:", which does not say: as the code of
   the time had it. */
enum { RUNS_2018 = 8, RUNS = 10, RUNS_FIRST = 20 };

/* Lines of a build's errors, of a run's output: syzkaller prints 20. */
enum { OUTPUT_MAX = 100 };

#define DURATION_MAX 1e14 /* milliseconds: longer than computers are there */

/*
 * Who owns a line that begins no record.
 *
 *	NOBODY     -> TEST    [testing commit]
 *	TEST       -> NOBODY  [kernel signature]
 *	TEST       -> BUILD   [anything else: the build's errors]
 *	NOBODY     -> RUN     [a run that may have output behind it]
 *	any        -> GIT     [first bad commit], -> LIST [could be any of:]
 *	any        -> REPORT  [crash:], which nothing ends
 *	any        -> NOBODY  [any other record]
 */
enum owner {
	OWNER_NOBODY,
	OWNER_TEST,
	OWNER_BUILD,
	OWNER_RUN,
	OWNER_GIT,
	OWNER_LIST,
	OWNER_REPORT,
};

struct reading {
	struct draft *draft;
	int64_t line;
	enum owner owner;
	size_t owned; /* BUILD, RUN: the place of that event */
	int output;   /* how many lines it has got */
	/* before the first record: what a mail says around the log */
	bool begun, blank;    /* the latest line was empty */
	int64_t preface_line; /* the first that was not, 0: none */
	size_t after;	      /* how many events there were when it began to */

	struct oid testing; /* "" for none */
	char *compiler;	    /* of that test, or NULL */
	char *release;	    /* of the next test, or NULL */
	bool built;	    /* the test has an EVENT_BUILD */
	int first_number;   /* the number of the test's run 0 in the session */
	int next_number;    /* as the log counts */
	int crashed, ok;
	int tests; /* that had runs */
	bool fix, flaky, never_broken, of_2018, of_2021;
	struct gitshow show; /* the culprit block */
	int64_t started;
};

/* Lines that other texts have as well; of a mark, git's "#" may be a prompt. */
static int how_sure(const struct event *event)
{
	static const char *const common[] = {
		"compiler", "untestable", "error",	 "crash",
		"cc-2019",  "commit-msg", "next",	 "left",
		"skipped",  "left-base",  "candidate",	 "first-bad",
		"any-of",   "no-more",	  "any-of-2026", "first-bad-2026",
		"base-bad", "base-fixed",
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (str_equal(event->wording, common[i]))
			return 0;
	if (str_starts(event->wording, "config-"))
		return event->text ? 0 : 2;
	return str_starts(event->wording, "mark-") ||
			       str_equal(event->wording, "bisect") ||
			       str_equal(event->wording, "host")
		       ? 1
		       : 2;
}

static int syzbot_knows(const struct line *line)
{
	struct event event;
	int sure;

	if (!syzbot_read(line->bytes, line->length, &event))
		return 0;
	sure = how_sure(&event);
	free(event.wording);
	form_release(&event);
	return sure;
}

static void *syzbot_begin(struct draft *draft, const char *bytes, size_t length)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));
	struct event *event;

	(void)bytes;
	(void)length;
	reading->draft = draft;
	event = draft_add(draft, EVENT_START);
	event->policy = xstrdup("syzkaller");
	event->text = xstrdup("syzbot");
	event = draft_add(draft, EVENT_MATCHING);
	event->policy = xstrdup("any");
	return reading;
}

/* Texts. */

/* One more line behind a text; empty ones count. */
static void add_line(char **text, const struct line *line)
{
	char *longer;

	if (*text)
		longer = xasprintf("%s\n%.*s", *text, (int)line->length,
				   line->bytes);
	else
		longer = xstrndup(line->bytes, line->length);
	free(*text);
	*text = longer;
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = value ? xstrdup(value) : NULL;
}

/* "2023-03-01 22:20:02.119937709 +0000 UTC ..." in milliseconds; 0: no. */
static int64_t read_time(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	int64_t ms = 0, scale = 100;
	int zone = 0;
	char sign = '+';

	if (!rest)
		return 0;
	if (*rest == '.')
		for (rest++; *rest >= '0' && *rest <= '9'; rest++) {
			ms += (*rest - '0') * scale;
			scale /= 10;
		}
	if (*rest == ' ' && (rest[1] == '+' || rest[1] == '-')) {
		sign = rest[1];
		zone = (int)strtol(rest + 2, NULL, 10) % 10000;
	}
	ms += (int64_t)timegm(&tm) * 1000;
	zone = (zone / 100 * 60 + zone % 100) * 60;
	return ms - (sign == '+' ? 1 : -1) * (int64_t)zone * 1000;
}

/* Go's "6h23m37.68s", "42m25.2s", "850ms" in milliseconds; -1: not one. */
static int64_t read_duration(const char *text)
{
	double total = 0;

	if (!*text)
		return -1;
	while (*text) {
		char *unit;
		double value = strtod(text, &unit);

		/* nor "nan", which is neither */
		if (unit == text || !(value >= 0 && value <= 1e9))
			return -1;
		if (str_starts(unit, "ms"))
			total += value, text = unit + 2;
		else if (str_starts(unit, "ns"))
			total += value / 1e6, text = unit + 2;
		else if (str_starts(unit, "\xc2\xb5s"))
			total += value / 1e3, text = unit + 3;
		else if (*unit == 'h')
			total += value * 3600e3, text = unit + 1;
		else if (*unit == 'm')
			total += value * 60e3, text = unit + 1;
		else if (*unit == 's')
			total += value * 1e3, text = unit + 1;
		else
			return -1;
		if (total > DURATION_MAX)
			return -1;
	}
	return (int64_t)total;
}

/* A test. */

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

/* The build of the commit under test ended; *event is taken if not NULL. */
static struct event *end_build(struct reading *reading, struct event *event)
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

/* The lines to come belong to the event that was added last. */
static void own_last(struct reading *reading)
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
	own_last(reading);
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
		end_build(reading, NULL);
	if (reading->next_number == 0)
		reading->tests++;
	reading->next_number =
		all ? runs_of_all(reading) : (int)event->number + 1;
	if (all) {
		read_all(reading, event);
	} else {
		add_run(reading, event);
		own_last(reading);
	}
	reading->owner = may_go_on(outcome) ? OWNER_RUN : OWNER_NOBODY;
	return true;
}

/* Verdicts. */

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

/* Results. */

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

/* All else. */

static void read_host(struct reading *reading, const struct event *event)
{
	int64_t at = read_time(event->text);

	if (at <= 0)
		return;
	reading->started = at;
	reading->draft->at = at;
	for (size_t i = 0; i < reading->draft->count; i++)
		reading->draft->events[i].at = at;
}

static void read_totals(struct reading *reading, struct event *event)
{
	int64_t total = read_duration(event->text);

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
		end_build(reading, event);
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
	end_build(reading, event);
	own_last(reading);
	/* no test of it began, to which runs could belong */
	if (untested)
		reading->testing = (struct oid){ "" };
	reading->owner = OWNER_BUILD;
	return true;
}

/* Take a record in; false: its place is wrong, it is no record. */
static bool read_record(struct reading *reading, struct event *event)
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

/* git's own words on the culprit tell who wrote it and when. */
static void read_git_line(struct reading *reading, const struct line *line)
{
	char *text = xstrndup(line->bytes, line->length);

	gitshow_line(&reading->show, reading->draft, text);
	free(text);
}

/* A blank line belongs to the record before it, one at most. */
static bool read_blank(struct reading *reading, const struct line *line)
{
	struct event *last = draft_last(reading->draft);
	char *wording;

	if (line->length > 0 || !line->ended || !last || !last->wording ||
	    last->kind == EVENT_NOTE || last->kind == EVENT_RUN ||
	    last->kind == EVENT_BUILD || last->kind == EVENT_BUILD_BEGIN ||
	    str_ends(last->wording, "+"))
		return false;
	wording = xasprintf("%s+", last->wording);
	free(last->wording);
	last->wording = wording;
	return true;
}

/* Output belongs to a text as long as it stays within bounds. */
static bool read_output(struct reading *reading, const struct line *line)
{
	struct event *event;

	if (memchr(line->bytes, '\0', line->length) ||
	    line->length > DRAFT_NOTE_MAX || !line->ended)
		return false;
	if (reading->owner == OWNER_TEST) {
		struct event build = { .kind = EVENT_BUILD,
				       .build = BUILD_FAILED };

		if (line->length == 0)
			return false;
		build.wording = xstrdup("errors");
		end_build(reading, &build);
		own_last(reading);
		reading->owner = OWNER_BUILD;
	} else if (reading->owner != OWNER_RUN &&
		   reading->owner != OWNER_BUILD) {
		return false;
	}
	event = &reading->draft->events[reading->owned];
	if (reading->draft->noting || reading->output >= OUTPUT_MAX ||
	    reading->draft->count != reading->after)
		return false;
	reading->output++;
	add_line(&event->text, line);
	return true;
}

static void read_preface(struct reading *reading, const struct line *line)
{
	reading->blank = line->length == 0;
	if (line->length > 0 && !reading->preface_line)
		reading->preface_line = line->number;
}

/* Behind a mail a log has its beginning, after an empty line. */
static void end_preface(struct reading *reading, bool beginning)
{
	if (!reading->begun && reading->preface_line &&
	    !(beginning && reading->blank))
		draft_unsure(reading->draft, reading->preface_line,
			     "a line that is none of this log's language");
	reading->begun = true;
}

static void read_other(struct reading *reading, const struct line *line)
{
	if (read_output(reading, line))
		return;
	if (reading->owner == OWNER_GIT)
		read_git_line(reading, line);
	else if (read_blank(reading, line))
		return;
	else if (!reading->begun)
		read_preface(reading, line);
	else if (reading->owner != OWNER_REPORT && line->length > 0 &&
		 line->ended)
		draft_unsure(reading->draft, line->number,
			     "a line that is none of this log's language");
	if (!line->ended && line->length > 0)
		draft_unsure(reading->draft, line->number,
			     "the log ends within a line");
	draft_note(reading->draft, line);
}

/* Of a line that was cut off a text may lack its end. */
static bool is_whole(const struct line *line, const struct event *event)
{
	return line->ended ||
	       (!event->title && !event->text && !event->signature);
}

static void syzbot_line(void *data, const struct line *line)
{
	struct reading *reading = data;
	struct event event;
	bool beginning;

	reading->line = line->number;
	if (reading->owner == OWNER_REPORT || draft_is_full(reading->draft) ||
	    line->length > DRAFT_NOTE_MAX ||
	    !syzbot_read(line->bytes, line->length, &event)) {
		if (draft_is_full(reading->draft))
			draft_unsure(reading->draft, line->number,
				     "there is more than can be followed");
		read_other(reading, line);
		return;
	}
	beginning = event.kind == EVENT_SAID && event.wording &&
		    (str_starts(event.wording, "cause") ||
		     str_starts(event.wording, "fix"));
	if (is_whole(line, &event) && read_record(reading, &event)) {
		end_preface(reading, beginning);
		return;
	}
	free(event.wording);
	form_release(&event);
	read_other(reading, line);
}

static void syzbot_end(void *data)
{
	struct reading *reading = data;
	struct draft *draft = reading->draft;

	draft->events[0].fix = reading->fix;
	for (size_t i = 0; i < draft->count && reading->fix; i++) {
		struct event *event = &draft->events[i];

		/* git's "bad" is the newer side: fixed */
		if (event->kind == EVENT_VERDICT &&
		    event->verdict != VERDICT_SKIP)
			event->verdict = event->verdict == VERDICT_BAD
						 ? VERDICT_GOOD
						 : VERDICT_BAD;
	}
	free(reading->compiler);
	free(reading->release);
	free(reading);
}

const struct reader_format format_syzbot = {
	.name = "syzbot",
	.quotes = true,
	.knows = syzbot_knows,
	.begin = syzbot_begin,
	.read = syzbot_line,
	.end = syzbot_end,
};
