/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/otherwise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/contrast.h"
#include "control/named.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "session/session.h"

#define STEP_DIGITS 3

static void drop_change(struct otherwise *otherwise, size_t at)
{
	struct event *event = &otherwise->changes[at].event;

	free(event->title);
	free(event->policy);
	otherwise->count--;
	memmove(&otherwise->changes[at], &otherwise->changes[at + 1],
		(otherwise->count - at) * sizeof(*otherwise->changes));
}

bool otherwise_drop(struct otherwise *otherwise)
{
	if (otherwise->count == 0)
		return false;
	drop_change(otherwise, otherwise->count - 1);
	return true;
}

void otherwise_drop_first(struct otherwise *otherwise)
{
	if (otherwise->count)
		drop_change(otherwise, 0);
}

void otherwise_unmake(struct otherwise *otherwise)
{
	if (otherwise->made)
		whatif_release(&otherwise->whatif);
	otherwise->made = false;
}

void otherwise_release(struct otherwise *otherwise)
{
	otherwise_unmake(otherwise);
	while (otherwise_drop(otherwise))
		;
	free(otherwise->changes);
	memset(otherwise, 0, sizeof(*otherwise));
}

/*
 * Commits and steps.
 */

/* The caller frees the list, not the events. */
static const struct event **events_of(struct session *session, size_t *count)
{
	const struct event **events;

	*count = session_event_count(session);
	events = xcalloc(*count + 1, sizeof(*events));
	for (size_t i = 0; i < *count; i++)
		events[i] = session_event(session, i);
	return events;
}

void otherwise_course(struct session *session, struct course *out)
{
	size_t count;
	const struct event **events = events_of(session, &count);

	course_make(out, session_present_graph(session), events, count);
	free(events);
}

static int find_step(struct session *session, int64_t step, struct oid *oid,
		     struct error *err)
{
	struct course course;
	int ret = 0;

	otherwise_course(session, &course);
	if (step >= 1 && (size_t)step <= course.count)
		*oid = course.stops[step - 1].commit;
	else
		ret = error_set(err, ERROR_INPUT,
				"there is no step %" PRId64
				": the search has %zu",
				step, course.count);
	course_release(&course);
	return ret;
}

int otherwise_step_place(struct session *session, int step, size_t *place,
			 struct error *err)
{
	struct oid oid;

	if (find_step(session, step, &oid, err) < 0)
		return -1;
	for (size_t i = 0; i < session_event_count(session); i++) {
		const struct event *event = session_event(session, i);

		if (!course_opens(event) || !oid_equal(&event->commit, &oid))
			continue;
		*place = i;
		return 0;
	}
	return 0;
}

int otherwise_step_end(struct session *session, int step, size_t *place,
		       struct error *err)
{
	struct oid oid;

	if (find_step(session, step, &oid, err) < 0)
		return -1;
	for (size_t i = 0; i < session_event_count(session); i++) {
		const struct event *event = session_event(session, i);

		if (!oid_equal(&event->commit, &oid) ||
		    event->kind == EVENT_NEXT || event->kind == EVENT_RESULT)
			continue;
		*place = i + 1;
		if (event->kind == EVENT_VERDICT)
			break;
	}
	return 0;
}

static int find_commit(struct session *session, struct repo *repo,
		       const char *spec, struct oid *oid, struct error *err)
{
	int64_t step;

	if (strlen(spec) <= STEP_DIGITS &&
	    str_number(spec, 0, INT32_MAX, &step))
		return find_step(session, step, oid, err);
	if (named_is_id(spec) &&
	    named_commit(session_present_graph(session), spec, oid, err) == 0)
		return 0;
	if (repo)
		return repo_resolve(repo, spec, oid, err);
	if (!named_is_id(spec))
		return error_set(err, ERROR_INPUT,
				 "'%s' is no commit of the session: give a "
				 "step's number or at least %d digits of an id",
				 spec, NAMED_DIGITS);
	return -1;
}

/*
 * Words.
 */

static char *next_word(char **rest)
{
	char *word = *rest, *end;

	word += strspn(word, " ");
	end = word + strcspn(word, " ");
	*rest = end + strspn(end, " ");
	*end = '\0';
	return word;
}

static int expect_end(const char *name, const char *rest, struct error *err)
{
	if (!*rest)
		return 0;
	return error_set(err, ERROR_USAGE, "what if %s: '%s' is too much", name,
			 rest);
}

/* COMMIT#RUN */
static int find_run(struct session *session, struct repo *repo,
		    const char *word, struct event *event, struct error *err)
{
	char *commit;
	int ret;

	if (named_run(word, &commit, &event->number, err) < 0)
		return -1;
	ret = find_commit(session, repo, commit, &event->commit, err);
	free(commit);
	return ret;
}

static int read_opinion(struct session *session, struct repo *repo,
			const char *name, char *rest, struct event *event,
			struct error *err)
{
	char *commit = next_word(&rest);

	event->kind =
		str_equal(name, "retract") ? EVENT_RETRACT : EVENT_VERDICT;
	if (event->kind == EVENT_VERDICT)
		verdict_parse(&event->verdict, name);
	if (!*commit)
		return error_set(err, ERROR_USAGE, "what if %s: which commit?",
				 name);
	if (expect_end(name, rest, err) < 0)
		return -1;
	return find_commit(session, repo, commit, &event->commit, err);
}

static int read_judge(struct session *session, struct repo *repo, char *rest,
		      struct event *event, struct error *err)
{
	char *run = next_word(&rest), *outcome = next_word(&rest);

	event->kind = EVENT_JUDGE;
	if (named_outcome(outcome, &event->outcome, err) < 0 ||
	    expect_end("judge", rest, err) < 0)
		return -1;
	return find_run(session, repo, run, event, err);
}

/* What crashed in a run, or NULL. */
static const char *title_of(struct session *session, const struct event *run)
{
	for (size_t i = session_event_count(session); i-- > 0;) {
		const struct event *event = session_event(session, i);

		if (event->kind == EVENT_RUN && event->number == run->number &&
		    oid_equal(&event->commit, &run->commit))
			return event->crash_count ? event->crashes[0].title
						  : event->title;
	}
	return NULL;
}

/* A title, or the run that shows it. */
static int read_ruling(struct session *session, struct repo *repo,
		       const char *name, char *rest, struct event *event,
		       struct error *err)
{
	struct event run = { .number = 0 };
	const char *title = rest;
	char *commit;

	event->kind = str_equal(name, "same")	 ? EVENT_SAME
		      : str_equal(name, "other") ? EVENT_OTHER
						 : EVENT_NOISE;
	if (named_split(rest, &commit, &run.number)) {
		int ret = find_commit(session, repo, commit, &run.commit, err);

		free(commit);
		if (ret < 0)
			return -1;
		title = title_of(session, &run);
		if (str_empty(title))
			return error_set(err, ERROR_STATE,
					 "run %" PRId64
					 " of %.*s shows no crash",
					 run.number, OID_SHORT, run.commit.hex);
	}
	event->title = xstrdup(title);
	return 0;
}

static int read_rule(const char *name, char *rest, struct event *event,
		     struct error *err)
{
	char *rule = next_word(&rest);
	enum matching matching;
	struct policy policy;

	event->kind = str_equal(name, "policy") ? EVENT_POLICY : EVENT_MATCHING;
	if (expect_end(name, rest, err) < 0 ||
	    (event->kind == EVENT_POLICY
		     ? policy_parse(&policy, rule, err)
		     : matching_parse(&matching, rule, err)) < 0)
		return -1;
	event->policy = xstrdup(rule);
	return 0;
}

static bool is_verdict(const char *name)
{
	return str_equal(name, "good") || str_equal(name, "bad") ||
	       str_equal(name, "skip") || str_equal(name, "retract");
}

static int read_words(struct session *session, struct repo *repo, char *text,
		      struct event *event, struct error *err)
{
	const char *name = next_word(&text);

	if (is_verdict(name))
		return read_opinion(session, repo, name, text, event, err);
	if (str_equal(name, "judge"))
		return read_judge(session, repo, text, event, err);
	if (str_equal(name, "policy") || str_equal(name, "matching"))
		return read_rule(name, text, event, err);
	if (str_equal(name, "same") || str_equal(name, "other") ||
	    str_equal(name, "noise"))
		return read_ruling(session, repo, name, text, event, err);
	return error_set(err, ERROR_USAGE,
			 "'%s' cannot be imagined: expected good, bad, skip, "
			 "retract, judge, policy, matching, same, other or "
			 "noise",
			 name);
}

static bool same_thing(const struct event *a, const struct event *b)
{
	bool opinions =
		(a->kind == EVENT_VERDICT || a->kind == EVENT_RETRACT) &&
		(b->kind == EVENT_VERDICT || b->kind == EVENT_RETRACT);
	bool rulings = a->title && b->title && str_equal(a->title, b->title);

	return (opinions || rulings || a->kind == b->kind) &&
	       oid_equal(&a->commit, &b->commit) && a->number == b->number &&
	       (rulings || (!a->title && !b->title));
}

int otherwise_add(struct otherwise *otherwise, struct session *session,
		  struct repo *repo, const char *words, size_t from,
		  struct error *err)
{
	struct whatif_change change = { .from = from };
	char *text = xstrdup(words);
	int ret = read_words(session, repo, text, &change.event, err);

	free(text);
	if (ret < 0) {
		free(change.event.title);
		free(change.event.policy);
		return -1;
	}
	for (size_t i = otherwise->count; i-- > 0;)
		if (same_thing(&otherwise->changes[i].event, &change.event))
			drop_change(otherwise, i);
	array_grow(otherwise->changes, otherwise->count + 1, &otherwise->room);
	otherwise->changes[otherwise->count++] = change;
	return 0;
}

int otherwise_make(struct otherwise *otherwise, struct session *session,
		   struct error *err)
{
	size_t count;
	const struct event **events;
	int ret;

	otherwise_unmake(otherwise);
	events = events_of(session, &count);
	ret = whatif_make(&otherwise->whatif, session_present_graph(session),
			  events, count, otherwise->changes, otherwise->count,
			  err);
	free(events);
	otherwise->made = ret == 0;
	return ret;
}

void otherwise_take(struct otherwise *otherwise, const struct whatif *taken)
{
	otherwise_unmake(otherwise);
	otherwise->whatif = *taken;
	otherwise->made = true;
}

/*
 * Sentences.
 */

static void add_was(const struct otherwise *otherwise,
		    const struct event *event, struct buf *out)
{
	const struct course *course = &otherwise->whatif.recorded;
	int at = course_find(course, &event->commit);

	if (at < 0) {
		buf_puts(out, ", which was not tested");
		return;
	}
	buf_printf(out, " (step %d)", at + 1);
	if (event->kind == EVENT_JUDGE)
		return;
	if (course->stops[at].verdict == VERDICT_NONE)
		buf_puts(out, ", which had no verdict");
	else
		buf_printf(out, ", which was %s",
			   verdict_name(course->stops[at].verdict));
}

static void name_change(const struct otherwise *otherwise, size_t which,
			struct buf *out)
{
	const struct whatif_change *change = &otherwise->changes[which];
	const struct event *event = &change->event;

	if (event->kind == EVENT_VERDICT)
		buf_printf(out, "%s %.*s", verdict_name(event->verdict),
			   OID_SHORT, event->commit.hex);
	else if (event->kind == EVENT_RETRACT)
		buf_printf(out, "no verdict on %.*s", OID_SHORT,
			   event->commit.hex);
	else if (event->kind == EVENT_JUDGE)
		buf_printf(out, "run %" PRId64 " of %.*s is %s", event->number,
			   OID_SHORT, event->commit.hex,
			   outcome_name(event->outcome));
	else
		buf_printf(out, "%s %s", event_kind_name(event->kind),
			   event->title ? event->title : event->policy);
	if (!oid_is_none(&event->commit) && otherwise->made)
		add_was(otherwise, event, out);
	else if (change->from > 0)
		buf_printf(out, ", behind event %zu", change->from);
}

void otherwise_name(const struct otherwise *otherwise, struct buf *out)
{
	for (size_t i = 0; i < otherwise->count; i++) {
		name_change(otherwise, i, out);
		buf_putc(out, '\n');
	}
}

static int count_fates(const struct whatif *whatif, enum whatif_fate fate)
{
	int count = 0;

	for (size_t i = 0; i < whatif->recorded.count; i++)
		count += whatif_fate(whatif, i) == fate;
	return count;
}

/* "steps 5 to 14", "steps 5, 7 and 9": those of one fate. */
static void add_steps(const struct whatif *whatif, enum whatif_fate fate,
		      struct buf *out)
{
	const char *lead = count_fates(whatif, fate) == 1 ? "step" : "steps";
	size_t count = whatif->recorded.count;

	for (size_t i = 0; i < count; i++) {
		size_t last = i;

		if (whatif_fate(whatif, i) != fate)
			continue;
		while (last + 1 < count &&
		       whatif_fate(whatif, last + 1) == fate)
			last++;
		buf_printf(out, "%s %zu", lead, i + 1);
		if (last > i)
			buf_printf(out, " to %zu", last + 1);
		lead = ",";
		i = last;
	}
}

/* A number of tests and which ones, "10 tests (steps 5 to 14)". */
static bool add_fate(const struct whatif *whatif, enum whatif_fate fate,
		     struct buf *out)
{
	int count = count_fates(whatif, fate);

	if (count == 0)
		return false;
	buf_printf(out, "%d test%s (", count, count == 1 ? "" : "s");
	add_steps(whatif, fate, out);
	buf_puts(out, ")");
	return true;
}

/* Was this very verdict imagined? */
static bool is_imagined(const struct otherwise *otherwise,
			const struct oid *commit)
{
	for (size_t i = 0; i < otherwise->count; i++) {
		const struct event *event = &otherwise->changes[i].event;

		if ((event->kind == EVENT_VERDICT ||
		     event->kind == EVENT_RETRACT) &&
		    oid_equal(&event->commit, commit))
			return true;
	}
	return false;
}

/* Verdicts that are others by what was imagined. */
static void tell_changed(const struct otherwise *otherwise, struct buf *out)
{
	const struct whatif *whatif = &otherwise->whatif;

	for (size_t i = 0; i < whatif->recorded.count; i++) {
		const struct course_stop *was = &whatif->recorded.stops[i];
		int at = course_find(&whatif->all, &was->commit);
		enum verdict is =
			at < 0 ? VERDICT_NONE : whatif->all.stops[at].verdict;

		if (is == was->verdict || is_imagined(otherwise, &was->commit))
			continue;
		buf_printf(out, "Step %zu, %.*s, is ", i + 1, OID_SHORT,
			   was->commit.hex);
		if (is == VERDICT_NONE)
			buf_puts(out, "without a verdict");
		else
			buf_puts(out, verdict_name(is));
		buf_printf(out, ", not %s.\n", verdict_name(was->verdict));
	}
}

static void tell_unknown(const struct whatif *whatif, struct buf *out)
{
	if (add_fate(whatif, WHATIF_UNKNOWN, out))
		buf_puts(out, " came after that: whether they would have been "
			      "made, and what would be next, cannot be known "
			      "without the commits between the ends; --repo "
			      "DIR reads them.\n");
	else if (whatif->first_changed < whatif->recorded.count)
		buf_puts(out, "What it would come to cannot be known without "
			      "the commits between the ends; --repo DIR reads "
			      "them.\n");
}

static void tell_fates(const struct whatif *whatif, struct buf *out)
{
	if (add_fate(whatif, WHATIF_STANDS, out))
		buf_puts(out, " would have been made as they were.\n");
	if (add_fate(whatif, WHATIF_ELSEWHEN, out))
		buf_puts(out, " would have been made at another time.\n");
	if (add_fate(whatif, WHATIF_NOT_MADE, out))
		buf_puts(out, " would not have been made.\n");
}

static void tell_imagined(const struct otherwise *otherwise,
			  struct session *session, struct buf *out)
{
	const struct whatif *whatif = &otherwise->whatif;
	const struct course_end *end = &whatif->imagined.end;

	buf_puts(out, "Then ");
	contrast_end(session, end, out);
	if (!whatif->complete && end->state == PLAN_TEST)
		buf_puts(out, course_find(&whatif->recorded, &end->commit) < 0
				      ? "; nobody tested that.\n"
				      : "; it needs a verdict first.\n");
	else
		buf_puts(out, ".\n");
}

/* All tests that were made, also those that would not have been. */
static void tell_all(const struct otherwise *otherwise, struct session *session,
		     struct buf *out)
{
	const struct whatif *whatif = &otherwise->whatif;
	bool still = course_same_end(&whatif->recorded.end, &whatif->all.end);
	int aside = 0;

	for (size_t i = 0; i < whatif->all.count; i++)
		aside += whatif->all.stops[i].aside;
	if (course_same_end(&whatif->imagined.end, &whatif->all.end)) {
		buf_puts(out, "All tests that were made come to the same.\n");
	} else {
		buf_printf(out, "By all tests that were made%s ",
			   still ? " still" : "");
		contrast_end(session, &whatif->all.end, out);
		buf_puts(out, ".\n");
	}
	if (aside)
		buf_printf(out,
			   "%d verdict%s contradict%s this and %s set aside.\n",
			   aside, aside == 1 ? "" : "s", aside == 1 ? "s" : "",
			   aside == 1 ? "is" : "are");
}

void otherwise_tell(const struct otherwise *otherwise, struct session *session,
		    struct buf *out)
{
	const struct whatif *whatif = &otherwise->whatif;

	if (whatif->first_changed == whatif->recorded.count &&
	    whatif->imagined.count == whatif->recorded.count &&
	    (!whatif->known ||
	     course_same_end(&whatif->recorded.end, &whatif->all.end))) {
		buf_puts(out, "Nothing changes by that: no verdict would have "
			      "been another one.\n");
	} else if (!whatif->known) {
		tell_changed(otherwise, out);
		tell_unknown(whatif, out);
	} else {
		tell_changed(otherwise, out);
		tell_fates(whatif, out);
		tell_imagined(otherwise, session, out);
		tell_all(otherwise, session, out);
	}
	contrast_midpoints(&whatif->recorded, out);
}
