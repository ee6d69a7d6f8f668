/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/bug.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/crash.h"
#include "engine/event.h"

#define EXIT_UNTESTABLE 125 /* git bisect run's */
#define TYPES_MAX	64  /* that are looked at; the table has fewer */

static const char *const matchings[MATCHING_COUNT] = {
	[MATCHING_FAMILY] = "family",
	[MATCHING_ANY] = "any",
	[MATCHING_TITLE] = "title",
};

const char *matching_name(enum matching matching)
{
	return matchings[matching];
}

int matching_parse(enum matching *matching, const char *text, struct error *err)
{
	for (int i = 0; i < MATCHING_COUNT; i++) {
		if (str_equal(matchings[i], text)) {
			*matching = (enum matching)i;
			return 0;
		}
	}
	return error_set(err, ERROR_INPUT,
			 "'%s' is not a matching: expected any, family or "
			 "title",
			 text ? text : "");
}

void bug_release(struct bug *bug)
{
	free(bug->rulings);
	free(bug->known);
	free(bug->types);
	memset(bug, 0, sizeof(*bug));
}

void bug_forget(struct bug *bug)
{
	bug->first = NULL;
	bug->known_count = 0;
	bug->type_count = 0;
	bug->typed = 0;
}

const char *bug_title(const struct bug *bug)
{
	if (!str_empty(bug->title))
		return bug->title;
	return bug->first ? bug->first : "";
}

void bug_rule(struct bug *bug, const char *title, enum bearing bearing)
{
	for (size_t i = 0; i < bug->ruling_count; i++) {
		if (str_equal(bug->rulings[i].title, title)) {
			bug->rulings[i].bearing = bearing;
			return;
		}
	}
	array_grow(bug->rulings, bug->ruling_count + 1, &bug->ruling_room);
	bug->rulings[bug->ruling_count++] = (struct ruling){ title, bearing };
}

const struct ruling *bug_ruling(const struct bug *bug, const char *title)
{
	for (size_t i = 0; i < bug->ruling_count; i++)
		if (str_equal(bug->rulings[i].title, title))
			return &bug->rulings[i];
	return NULL;
}

/*
 * A fact that has a title but no crashes (of a foreign log, of an older
 * session) has one of that title.
 */
static int crashes_of(const struct event *run, struct crash *alone,
		      const struct crash **out)
{
	if (run->crash_count > 0) {
		*out = run->crashes;
		return run->crash_count;
	}
	*alone = (struct crash){ .title = run->title };
	*out = alone;
	return str_empty(run->title) ? 0 : 1;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * A person may begin a session with a part of the title only.  In a title it
 * has to stand for itself: "in do" is no part of "in do_exit".
 */
static bool has_part(const char *title, const char *part)
{
	size_t length = strlen(part);

	for (const char *at = title; (at = strcasestr(at, part)); at++)
		if ((at == title || !is_letter(at[-1]) || !is_letter(*at)) &&
		    (!is_letter(at[length]) || !is_letter(at[length - 1])))
			return true;
	return false;
}

static bool is_name(const struct bug *bug, const char *title)
{
	const struct ruling *ruling = bug_ruling(bug, title);

	if (ruling)
		return ruling->bearing == BEARING_BUG;
	if (str_empty(bug->title))
		return str_equal(bug->first, title);
	return has_part(title, bug->title);
}

static bool texts_equal(char *const *a, int a_count, char *const *b,
			int b_count)
{
	for (int i = 0; i < a_count && a_count == b_count; i++)
		if (!str_equal(a[i], b[i]))
			return false;
	return a_count == b_count;
}

static bool alike(const struct crash *a, const struct crash *b)
{
	return str_equal(a->title, b->title) && str_equal(a->type, b->type) &&
	       str_equal(a->frame, b->frame) &&
	       texts_equal(a->alts, a->alt_count, b->alts, b->alt_count) &&
	       texts_equal(a->near, a->near_count, b->near, b->near_count);
}

static bool learn_crash(struct bug *bug, const struct crash *crash)
{
	if (!is_name(bug, crash->title))
		return false;
	for (size_t i = 0; i < bug->known_count; i++)
		if (alike(bug->known[i], crash))
			return false;
	array_grow(bug->known, bug->known_count + 1, &bug->known_room);
	bug->known[bug->known_count++] = crash;
	return true;
}

static void count_type(struct bug *bug, const char *type)
{
	if (str_empty(type))
		return;
	bug->typed++;
	for (size_t i = 0; i < bug->type_count; i++) {
		if (str_equal(bug->types[i].type, type)) {
			bug->types[i].count++;
			return;
		}
	}
	array_grow(bug->types, bug->type_count + 1, &bug->type_room);
	bug->types[bug->type_count++] = (struct type_count){ type, 1 };
}

/* Trouble of the machinery: no crash of the kernel's. */
static bool is_machinery(const char *type)
{
	return str_equal(type, "SYZ_FAILURE") ||
	       str_equal(type, "LOST_CONNECTION");
}

/* The title of the first crash that nobody set aside, borrowed. */
static const char *first_of(const struct bug *bug, const struct event *run)
{
	struct crash alone;
	const struct crash *crashes;
	int count = crashes_of(run, &alone, &crashes);

	for (int i = 0; i < count; i++) {
		const struct ruling *ruling = bug_ruling(bug, crashes[i].title);

		if (ruling ? ruling->bearing == BEARING_BUG
			   : !is_machinery(crashes[i].type))
			return crashes[i].title;
	}
	return NULL;
}

bool bug_learn(struct bug *bug, const struct event *run, bool first_commit)
{
	bool news = false;

	if (run->outcome != OUTCOME_CRASHED)
		return false;
	if (!bug->first) {
		bug->first = first_of(bug, run);
		news = bug->first != NULL;
	}
	for (int i = 0; i < run->crash_count; i++)
		news |= learn_crash(bug, &run->crashes[i]);
	if (first_commit && run->crash_count > 0) {
		count_type(bug, run->crashes[0].type);
		news |= bug->matching == MATCHING_ANY;
	}
	return news;
}

/* The most frequent type that has not been taken, or NULL. */
static struct type_count *most_frequent(struct type_count *types, size_t count)
{
	struct type_count *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (types[i].count > 0 &&
		    (!best || types[i].count > best->count))
			best = &types[i];
	return best;
}

static int count_of(const struct bug *bug, const char *type)
{
	for (size_t i = 0; i < bug->type_count; i++)
		if (str_equal(bug->types[i].type, type))
			return bug->types[i].count;
	return 0;
}

/*
 * Is the type none of those that the first commit crashes with?  Source:
 * syzkaller, pkg/bisect/bisect.go, mostFrequentReports: at most three types,
 * until they cover two thirds; a hang only with half of the crashes or alone,
 * a lost connection only alone.
 */
static bool is_foreign(const struct bug *bug, const char *type)
{
	struct type_count types[TYPES_MAX];
	size_t count = bug->type_count;
	int taken = 0, covered = 0, hangs = count_of(bug, "HANG");

	if (count == 0)
		return false;
	if (count > TYPES_MAX)
		count = TYPES_MAX;
	memcpy(types, bug->types, count * sizeof(*types));
	for (size_t i = 0; i < count && count > 1; i++)
		if (str_equal(types[i].type, "LOST_CONNECTION") ||
		    (str_equal(types[i].type, "HANG") &&
		     hangs * 2 < bug->typed))
			types[i].count = 0;
	while (taken < 3 && covered < (bug->typed + 2) * 2 / 3) {
		struct type_count *best = most_frequent(types, count);

		if (!best)
			break;
		if (str_equal(best->type, type))
			return false;
		covered += best->count;
		best->count = 0;
		taken++;
	}
	return taken > 0;
}

static bool looks_same(const struct bug *bug, const struct crash *crash)
{
	if (!*bug_title(bug))
		return !is_machinery(crash->type);
	if (is_name(bug, crash->title))
		return true;
	for (size_t i = 0; i < bug->known_count; i++)
		if (crash_compare(bug->known[i], crash) != CRASH_DIFFERENT)
			return true;
	for (size_t i = 0; i < bug->ruling_count; i++)
		if (bug->rulings[i].bearing == BEARING_BUG &&
		    crash_known_as(crash, bug->rulings[i].title))
			return true;
	return crash_known_as(crash, bug_title(bug));
}

bool bug_is_same(const struct bug *bug, const struct crash *crash)
{
	const struct ruling *ruling = bug_ruling(bug, crash->title);

	return ruling ? ruling->bearing == BEARING_BUG : looks_same(bug, crash);
}

static enum bearing bearing_of(const struct bug *bug, const struct crash *crash)
{
	const struct ruling *ruling = bug_ruling(bug, crash->title);

	if (ruling)
		return ruling->bearing;
	switch (bug->matching) {
	case MATCHING_ANY:
		return is_machinery(crash->type) && is_foreign(bug, crash->type)
			       ? BEARING_OTHER
			       : BEARING_BUG;
	case MATCHING_TITLE:
		return str_equal(bug_title(bug), crash->title) ||
				       !*bug_title(bug)
			       ? BEARING_BUG
			       : BEARING_OTHER;
	case MATCHING_FAMILY:
	case MATCHING_COUNT:
		break;
	}
	return looks_same(bug, crash) ? BEARING_BUG : BEARING_OPEN;
}

/* The outcome of a run whose crashes were all noise. */
static enum outcome without_noise(const struct event *run)
{
	if (run->exit_status == 0)
		return OUTCOME_OK;
	return run->exit_status == EXIT_UNTESTABLE ? OUTCOME_TEST_FAILED
						   : OUTCOME_IGNORED;
}

/* A run that a rule of the settings set aside: only a person's word on its
   title brings it back. */
static struct bug_run judge_ignored(const struct bug *bug,
				    const struct event *run)
{
	struct bug_run as = { .outcome = OUTCOME_IGNORED };

	for (int i = 0; i < run->crash_count && !as.same; i++) {
		const struct ruling *ruling =
			bug_ruling(bug, run->crashes[i].title);

		if (!ruling || ruling->bearing != BEARING_BUG)
			continue;
		as.outcome = OUTCOME_CRASHED;
		as.crash = &run->crashes[i];
		as.same = true;
	}
	return as;
}

/* What stands behind another report may be its consequence. */
static enum bearing bearing_at(const struct bug *bug,
			       const struct crash *crashes, int at)
{
	enum bearing bearing = bearing_of(bug, &crashes[at]);

	return at > 0 && crashes[at].corrupted && bearing != BEARING_NOISE
		       ? BEARING_OTHER
		       : bearing;
}

struct bug_run bug_judge(const struct bug *bug, const struct event *run)
{
	struct bug_run as = { .outcome = run->outcome };
	const struct crash *crashes;
	struct crash alone;
	int count = crashes_of(run, &alone, &crashes), decides = -1;
	bool open = false, other = false;

	if (run->outcome == OUTCOME_IGNORED)
		return judge_ignored(bug, run);
	if (run->outcome != OUTCOME_CRASHED || count == 0) {
		as.same = run->outcome == OUTCOME_CRASHED;
		return as;
	}
	for (int i = 0; i < count && decides < 0; i++) {
		enum bearing bearing = bearing_at(bug, crashes, i);

		if (bearing == BEARING_BUG)
			decides = i;
		open |= bearing == BEARING_OPEN;
		other |= bearing == BEARING_OTHER;
	}
	if (crashes != &alone)
		as.crash = &crashes[decides > 0 ? decides : 0];
	if (decides >= 0) {
		as.same = bug_is_same(bug, &crashes[decides]);
	} else if (open) {
		as.open = true;
	} else {
		as.outcome = other ? OUTCOME_IGNORED : without_noise(run);
		as.other = other;
	}
	return as;
}
