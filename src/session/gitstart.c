/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitstart.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "session/gitargs.h"

const struct event *gitstart_find(const struct engine *engine, int64_t *until)
{
	const struct event *found = NULL;

	for (size_t i = 0; i + 1 < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);
		size_t k = i + 1;

		if (!str_equal(event->wording, "git-command") ||
		    !str_starts(event->text, "start"))
			continue;
		while (k < engine_event_count(engine) &&
		       engine_event(engine, k)->kind == EVENT_VERDICT &&
		       engine_event(engine, k)->by == BY_IMPORT)
			k++;
		if (found && k == i + 1)
			continue;
		found = event;
		*until = engine_event(engine, k - 1)->seq;
	}
	return found;
}

bool gitstart_is_bare(const struct engine *engine)
{
	int64_t until;
	const struct event *start = gitstart_find(engine, &until);
	struct gitargs args;
	bool bare = false;

	if (!start)
		return false;
	gitargs_init(&args, start->text);
	for (int i = 0; i < args.count && !str_equal(args.words[i], "--"); i++)
		bare |= str_equal(args.words[i], "--no-checkout");
	gitargs_release(&args);
	return bare;
}

/* The term of this side in a log: that of its first verdict, or NULL. */
static const char *term_in_log(const struct engine *engine, enum verdict side)
{
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_VERDICT && event->by == BY_IMPORT &&
		    event->verdict == side &&
		    str_starts(event->wording ? event->wording : "", "git/"))
			return event->wording + strlen("git/");
	}
	return NULL;
}

/* One that git would take, and a shell needs no quotes for. */
static bool is_term(const char *term)
{
	return term && isalnum((unsigned char)*term) &&
	       term[strspn(term, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-_")] == '\0';
}

void gitterms_of(const struct engine *engine, struct gitterms *out)
{
	const struct event *start = engine_start_event(engine);
	const char *text = start && start->text ? start->text : "";
	size_t length = strcspn(text, " ");
	bool fix = engine_is_fix(engine);
	const char *newer =
		term_in_log(engine, fix ? VERDICT_GOOD : VERDICT_BAD);
	const char *older =
		term_in_log(engine, fix ? VERDICT_BAD : VERDICT_GOOD);

	if (length && text[length]) {
		out->newer = xstrndup(text, length);
		out->older = xstrdup(text + length + 1);
		return;
	}
	if (!is_term(newer))
		newer = fix ? "fixed" : "bad";
	if (!is_term(older) || str_equal(newer, older))
		older = fix ? "broken" : "good";
	out->newer = xstrdup(newer);
	out->older = xstrdup(older);
}

void gitterms_release(struct gitterms *terms)
{
	free(terms->newer);
	free(terms->older);
}

bool gitterms_mean_fix(const char *newer, const char *older)
{
	return str_equal(newer, "fixed") || str_equal(older, "broken");
}
