/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitsearch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/gitwords.h"

/* Words of people's own for the two sides, where no start told them. */
static const char *const words_of_new[] = { "bad", "new", NULL };
static const char *const words_of_old[] = { "good", "old", NULL };
static const char *const words_of_fixed[] = { "fixed",	"fast",	   "ok",
					      "works",	"working", "passes",
					      "solved", "pass",	   NULL };
static const char *const words_of_broken[] = { "broken",  "unfixed", "slow",
					       "buggy",	  "fails",   "failing",
					       "crashes", "fail",    NULL };

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (str_equal(word, *list))
			return true;
	return false;
}

static struct gitsearch *current(struct gitsearches *searches)
{
	return &searches->items[searches->count - 1];
}

static void push(struct gitsearches *searches, size_t event, int64_t line)
{
	array_grow(searches->items, searches->count + 1, &searches->room);
	searches->items[searches->count++] =
		(struct gitsearch){ .event = event, .line = line };
}

void gitsearches_init(struct gitsearches *searches, struct draft *draft)
{
	*searches = (struct gitsearches){ .draft = draft };
	push(searches, 0, 1);
}

void gitsearches_begin(struct gitsearches *searches, size_t event, int64_t line)
{
	if (current(searches)->marks)
		push(searches, event, line);
	else
		current(searches)->line = line;
}

static void set(char **term, const char *word, size_t length)
{
	free(*term);
	*term = xstrndup(word, length);
}

void gitsearches_term(struct gitsearches *searches, bool newer,
		      const char *term, struct gitwords *words)
{
	struct gitsearch *search = current(searches);

	set(newer ? &search->newer : &search->older, term, strlen(term));
	/* the other one has git's word */
	words->newer = search->newer ? search->newer : "bad";
	words->older = search->older ? search->older : "good";
}

void gitsearches_first(struct gitsearches *searches, const char *term,
		       size_t length)
{
	set(&current(searches)->found, term, length);
}

void gitsearches_first_parent(struct gitsearches *searches)
{
	current(searches)->first_parent = true;
}

void gitsearches_mark(struct gitsearches *searches)
{
	current(searches)->marks++;
}

void gitsearches_unsure(struct gitsearches *searches, int64_t line,
			const char *why, const char *word)
{
	struct gitsearch *search = current(searches);

	if (search->unsure_line)
		return;
	search->unsure_line = line;
	if (word)
		snprintf(search->unsure, sizeof(search->unsure), "%s '%.60s'",
			 why, word);
	else
		snprintf(search->unsure, sizeof(search->unsure), "%s", why);
}

static const char *term_of(const struct event *event)
{
	return event->wording + strlen("git/");
}

static bool is_mark(const struct event *event)
{
	return event->kind == EVENT_VERDICT;
}

/* What the event says does not count. */
static void silence(struct event *event)
{
	event->kind = EVENT_SAID;
	if (event->wording && str_starts(event->wording, "git/")) {
		event->title = xstrdup(term_of(event));
		free(event->wording);
		event->wording = xstrdup("git-earlier");
	}
}

void gitsearches_refuse(struct gitsearches *searches, size_t event,
			int64_t line)
{
	struct gitsearch *search = current(searches);

	for (size_t i = event; i < searches->draft->count; i++)
		if (is_mark(&searches->draft->events[i])) {
			silence(&searches->draft->events[i]);
			search->marks--;
		}
	if (search->unsure_line == line)
		search->unsure_line = 0;
}

/* Which side a term is: 1 newer, -1 older, 0 not known. */
static int side_of(const struct gitsearch *search, const char *term)
{
	if (search->newer && str_equal(term, search->newer))
		return 1;
	if (search->older && str_equal(term, search->older))
		return -1;
	if (search->found && str_equal(term, search->found))
		return 1;
	if (is_one_of(term, words_of_new) || is_one_of(term, words_of_fixed) ||
	    str_ends(term, "-bad"))
		return 1;
	if (is_one_of(term, words_of_old) || is_one_of(term, words_of_broken) ||
	    str_ends(term, "-good"))
		return -1;
	return 0;
}

const char *gitsearches_word(const struct gitsearches *searches, bool newer)
{
	const struct gitsearch *search = &searches->items[searches->count - 1];
	const char *own = newer ? search->newer : search->older;

	return own ? own : newer ? "bad" : "good";
}

bool gitsearches_knows(const struct gitsearches *searches, const char *term)
{
	return str_equal(term, "skip") ||
	       side_of(&searches->items[searches->count - 1], term);
}

/*
 * The end.
 */

static size_t end_of(const struct gitsearches *searches, size_t at)
{
	return at + 1 < searches->count ? searches->items[at + 1].event
					: searches->draft->count;
}

static bool has_mark(const struct gitsearches *searches, size_t at,
		     const struct event *mark)
{
	const struct event *events = searches->draft->events;

	for (size_t i = searches->items[at].event; i < end_of(searches, at);
	     i++)
		if (is_mark(&events[i]) &&
		    oid_equal(&events[i].commit, &mark->commit) &&
		    str_equal(events[i].wording, mark->wording))
			return true;
	return false;
}

/* Is everything that one search says said by the other one too? */
static bool is_part(const struct gitsearches *searches, size_t part,
		    size_t whole)
{
	const struct event *events = searches->draft->events;
	enum { MARKS_MAX = 500 };

	if (searches->items[part].marks > MARKS_MAX ||
	    searches->items[whole].marks > MARKS_MAX)
		return false;
	for (size_t i = searches->items[part].event; i < end_of(searches, part);
	     i++)
		if (is_mark(&events[i]) &&
		    !has_mark(searches, whole, &events[i]))
			return false;
	return true;
}

static bool has_result(const struct gitsearches *searches, size_t at)
{
	const struct event *events = searches->draft->events;

	for (size_t i = searches->items[at].event; i < end_of(searches, at);
	     i++)
		if (events[i].kind == EVENT_RESULT)
			return true;
	return false;
}

/* The last one that came to an end, or the last one at all; of a search that
   is told twice the longer telling. */
static size_t choose(const struct gitsearches *searches)
{
	size_t chosen = searches->count - 1, first;

	for (size_t i = searches->count; i-- > 0;)
		if (searches->items[i].marks && has_result(searches, i)) {
			chosen = i;
			break;
		}
	first = chosen;
	for (size_t i = 0; i < searches->count; i++)
		if (i != first &&
		    searches->items[i].marks > searches->items[chosen].marks &&
		    is_part(searches, first, i))
			chosen = i;
	return chosen;
}

static void judge(const struct gitsearch *search, struct event *event, bool fix)
{
	const char *term = term_of(event);
	bool newer = side_of(search, term) > 0;

	if (str_equal(term, "skip"))
		event->verdict = VERDICT_SKIP;
	else
		event->verdict = newer != fix ? VERDICT_BAD : VERDICT_GOOD;
}

/* A search for a fix is one whose terms say so. */
static bool means_fix(const struct gitsearches *searches, size_t at)
{
	const struct gitsearch *search = &searches->items[at];
	const struct event *events = searches->draft->events;
	bool fix =
		(search->newer && is_one_of(search->newer, words_of_fixed)) ||
		(search->older && is_one_of(search->older, words_of_broken));

	for (size_t i = search->event; i < end_of(searches, at); i++) {
		const char *term =
			is_mark(&events[i]) ? term_of(&events[i]) : NULL;
		int side = term ? side_of(search, term) : 0;

		fix |= (side > 0 && is_one_of(term, words_of_fixed)) ||
		       (side < 0 && is_one_of(term, words_of_broken));
	}
	return fix;
}

/* The one result that counts: the last one, but rather on a commit that was
   marked; and all those that list what may be the culprit. */
static void settle_results(const struct gitsearches *searches,
			   const bool *followed, size_t chosen)
{
	struct event *events = searches->draft->events;
	const struct event *last = NULL, *marked = NULL;

	for (size_t at = 0; at < searches->count; at++)
		for (size_t i = searches->items[at].event;
		     i < end_of(searches, at); i++) {
			bool found = events[i].wording &&
				     str_equal(events[i].wording, "git-first");

			if (events[i].kind != EVENT_RESULT)
				continue;
			if (!followed[at]) {
				silence(&events[i]);
				continue;
			}
			last = &events[i];
			for (size_t k = searches->items[chosen].event;
			     found && k < end_of(searches, chosen); k++)
				if (is_mark(&events[k]) &&
				    oid_equal(&events[k].commit,
					      &events[i].commit))
					marked = last;
		}
	if (!last)
		return;
	if (str_equal(last->wording, "git-first") && marked)
		last = marked;
	for (size_t i = 0; i < searches->draft->count; i++)
		if (events[i].kind == EVENT_RESULT && &events[i] != last &&
		    (!str_equal(last->wording, "git-possible") ||
		     !str_equal(events[i].wording, "git-possible")))
			silence(&events[i]);
}

static void say_several(const struct gitsearches *searches,
			const bool *followed, size_t chosen)
{
	size_t others = 0, marks = 0;

	for (size_t i = 0; i < searches->count; i++)
		if (!followed[i]) {
			others++;
			marks += (size_t)searches->items[i].marks;
		}
	if (!others)
		return;
	draft_unsure(searches->draft, searches->items[searches->count - 1].line,
		     "%zu bisections are in it: the one that starts at line "
		     "%lld is followed, %zu verdict%s of the other%s only kept",
		     others + 1, (long long)searches->items[chosen].line, marks,
		     marks == 1 ? "" : "s", others == 1 ? " are" : "s are");
}

/* A term that is not known is the older one, where it is the only one and the
   newer one is known. */
static void say_unsure(const struct gitsearches *searches, size_t chosen)
{
	const struct gitsearch *search = &searches->items[chosen];
	const struct event *events = searches->draft->events;
	const char *other = search->newer || search->found ? NULL : "";

	if (search->unsure_line)
		draft_unsure(searches->draft, search->unsure_line, "%s",
			     search->unsure);
	for (size_t i = search->event; i < end_of(searches, chosen); i++) {
		const char *term =
			is_mark(&events[i]) ? term_of(&events[i]) : "skip";

		if (str_equal(term, "skip") || side_of(search, term))
			continue;
		if (!other)
			other = term;
		else if (!str_equal(other, term))
			draft_unsure(searches->draft, search->line,
				     "'%.60s' is no term that was told; taken "
				     "for the older side",
				     term);
	}
}

static void follow(struct gitsearches *searches)
{
	struct event *events = searches->draft->events;
	size_t chosen = choose(searches);
	bool *followed = xcalloc(searches->count, sizeof(*followed));
	bool fix = means_fix(searches, chosen);

	for (size_t i = 0; i < searches->count; i++)
		followed[i] = i == chosen || is_part(searches, i, chosen);
	say_several(searches, followed, chosen);
	say_unsure(searches, chosen);
	settle_results(searches, followed, chosen);
	for (size_t at = 0; at < searches->count; at++)
		for (size_t i = searches->items[at].event;
		     i < end_of(searches, at); i++) {
			if (is_mark(&events[i]) && at == chosen)
				judge(&searches->items[at], &events[i], fix);
			else if (at != chosen && (is_mark(&events[i]) ||
						  events[i].kind == EVENT_NEXT))
				silence(&events[i]);
		}
	events[0].fix = fix;
	events[0].first_parent = searches->items[chosen].first_parent;
	free(followed);
}

void gitsearches_end(struct gitsearches *searches)
{
	follow(searches);
	for (size_t i = 0; i < searches->count; i++) {
		free(searches->items[i].newer);
		free(searches->items[i].older);
		free(searches->items[i].found);
	}
	free(searches->items);
	*searches = (struct gitsearches){ .draft = NULL };
}
