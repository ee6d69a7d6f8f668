/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/event.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/xalloc.h"

static const struct {
	const char *name;
	bool decision;
} kinds[EVENT_KIND_COUNT] = {
	[EVENT_START] = { "start", false },
	[EVENT_ENGINE] = { "engine", false },
	[EVENT_ENGINE_GONE] = { "engine-gone", false },
	[EVENT_RANGE] = { "range", false },
	[EVENT_RELEASE] = { "release", false },
	[EVENT_BUILD_BEGIN] = { "build-begin", false },
	[EVENT_BUILD] = { "build", false },
	[EVENT_BUILD_STOPPED] = { "build-stopped", false },
	[EVENT_RUN_BEGIN] = { "run-begin", false },
	[EVENT_RUN_CRASH] = { "run-crash", false },
	[EVENT_RUN] = { "run", false },
	[EVENT_RUN_STOPPED] = { "run-stopped", false },
	[EVENT_REVERT] = { "revert", false },
	[EVENT_TOUCHED] = { "touched", false },
	[EVENT_SAID] = { "said", false },
	[EVENT_NEXT] = { "next", false },
	[EVENT_RESULT] = { "result", false },
	[EVENT_VERDICT] = { "verdict", true },
	[EVENT_SKIP_RANGE] = { "skip-range", true },
	[EVENT_RETRACT] = { "retract", true },
	[EVENT_JUDGE] = { "judge", true },
	[EVENT_MORE] = { "more", true },
	[EVENT_PICK] = { "pick", true },
	[EVENT_SAME] = { "same", true },
	[EVENT_OTHER] = { "other", true },
	[EVENT_NOISE] = { "noise", true },
	[EVENT_POLICY] = { "policy", true },
	[EVENT_MATCHING] = { "matching", true },
	[EVENT_SYMPTOM] = { "symptom", true },
	[EVENT_PRIOR] = { "prior", true },
	[EVENT_CONFIRM] = { "confirm", true },
	[EVENT_PAUSE] = { "pause", true },
	[EVENT_RESUME] = { "resume", true },
	[EVENT_NOTE] = { "note", true },
	[EVENT_UNDO] = { "undo", true },
	[EVENT_REDO] = { "redo", true },
	[EVENT_FIXUP] = { "fixup", true },
	[EVENT_FIXUP_DROP] = { "fixup-drop", true },
	[EVENT_VERIFY] = { "verify", true },
};

static const char *const actors[BY_COUNT] = {
	[BY_START] = "start", [BY_PERSON] = "person", [BY_POLICY] = "policy",
	[BY_GIT] = "git",     [BY_IMPORT] = "import", [BY_ENGINE] = "engine",
};

static const char *const results[RESULT_COUNT] = {
	[RESULT_NONE] = "none",
	[RESULT_FOUND] = "found",
	[RESULT_ONLY_SKIPPED] = "only-skipped",
	[RESULT_MERGE_BASE_BAD] = "merge-base-bad",
	[RESULT_OLDEST_BAD] = "oldest-bad",
	[RESULT_NOT_FIXED] = "not-fixed",
	[RESULT_NEVER_BROKEN] = "never-broken",
	[RESULT_ERROR] = "error",
};

static const char *const mades[MADE_COUNT] = {
	[MADE_OK] = "ok",
	[MADE_CONFLICT] = "conflict",
	[MADE_EMPTY] = "empty",
	[MADE_TROUBLE] = "trouble",
};

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind].name;
}

bool event_kind_parse(enum event_kind *kind, const char *name)
{
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		if (str_equal(kinds[i].name, name)) {
			*kind = (enum event_kind)i;
			return true;
		}
	}
	return false;
}

bool event_is_decision(enum event_kind kind)
{
	return kinds[kind].decision;
}

const char *actor_name(enum actor by)
{
	return actors[by];
}

bool actor_parse(enum actor *by, const char *name)
{
	for (int i = 0; i < BY_COUNT; i++) {
		if (str_equal(actors[i], name)) {
			*by = (enum actor)i;
			return true;
		}
	}
	return false;
}

const char *result_words(enum result result)
{
	static const char *const words[RESULT_COUNT] = {
		[RESULT_NONE] = "it breaks off before its end",
		[RESULT_FOUND] = "it is found",
		[RESULT_ONLY_SKIPPED] = "only skipped commits are left",
		[RESULT_MERGE_BASE_BAD] = "a merge base of the ends has the "
					  "bug, so it was fixed on the good "
					  "side",
		[RESULT_OLDEST_BAD] = "the oldest release that was tried has "
				      "the bug, or could not be tested",
		[RESULT_NOT_FIXED] = "the newest commit still has the bug, or "
				     "could not be tested",
		[RESULT_NEVER_BROKEN] = "the merge base does not have the bug, "
					"so there is nothing to be found",
		[RESULT_ERROR] = "the search was given up",
	};

	return words[result];
}

const char *result_name(enum result result)
{
	return results[result];
}

bool result_parse(enum result *result, const char *name)
{
	for (int i = 0; i < RESULT_COUNT; i++) {
		if (str_equal(results[i], name)) {
			*result = (enum result)i;
			return true;
		}
	}
	return false;
}

const char *made_name(enum made made)
{
	return mades[made];
}

bool made_parse(enum made *made, const char *name)
{
	for (int i = 0; i < MADE_COUNT; i++) {
		if (str_equal(mades[i], name)) {
			*made = (enum made)i;
			return true;
		}
	}
	return false;
}

bool verdict_pinned(const struct event *verdict)
{
	return verdict && verdict->kind == EVENT_VERDICT &&
	       verdict->by == BY_PERSON && verdict->number == VERDICT_PINNED;
}

bool build_refused(const struct event *build)
{
	return build->build == BUILD_FAILED && build->number;
}

struct event *event_copy(const struct event *event)
{
	struct event *copy = xmalloc(sizeof(*copy));

	*copy = *event;
	copy->who = xstrdup_null(event->who);
	copy->policy = xstrdup_null(event->policy);
	copy->title = xstrdup_null(event->title);
	copy->signature = xstrdup_null(event->signature);
	copy->text = xstrdup_null(event->text);
	copy->wording = xstrdup_null(event->wording);
	copy->crashes = crashes_copy(event->crashes, event->crash_count);
	copy->errands = errands_copy(event->errands, event->errand_count);
	return copy;
}

void event_free(struct event *event)
{
	if (!event)
		return;
	free(event->who);
	free(event->policy);
	free(event->title);
	free(event->signature);
	free(event->text);
	free(event->wording);
	crashes_free(event->crashes, event->crash_count);
	errands_free(event->errands, event->errand_count);
	free(event);
}
