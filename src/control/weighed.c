/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/weighed.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "control/sure.h"
#include "engine/belief.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/session.h"

#define FILES_SHOWN  2
#define COMMITS_MOST 200

enum touch weighed_touch(const struct weighed_prior *weighed,
			 struct session *session, int commit)
{
	enum touch touch = engine_touch(session_engine(session), commit);

	if (!weighed->prior.used ||
	    (touch != TOUCH_NOTHING && !weighed->prior.files))
		return TOUCH_OTHER;
	return touch;
}

bool weighed_find(struct session *session, struct weighed_prior *out)
{
	struct engine *engine = session_engine(session);
	const struct belief *belief = engine_belief(engine);

	memset(out, 0, sizeof(*out));
	engine_prior(engine, &out->prior);
	if (!belief || !out->prior.wanted)
		return false;
	out->candidates = belief->count;
	for (int i = 0; i < belief->count; i++) {
		int commit = belief->commits[i];
		struct weighed_kind *kind =
			&out->kinds[weighed_touch(out, session, commit)];

		kind->count++;
		kind->chance += belief_prior(belief, commit);
	}
	return true;
}

/* "mm/gup.c, mm/util.c or 3 other files of the report" */
static void say_files(const char *files, struct buf *out)
{
	int count = 0, shown = 0;

	for (const char *at = files; *at; at += strcspn(at, "\n"), at += !!*at)
		count++;
	for (const char *at = files; *at;
	     at += strcspn(at, "\n"), at += !!*at) {
		if (shown == FILES_SHOWN)
			break;
		buf_printf(out, "%s%.*s",
			   !shown	? ""
			   : count == 2 ? " or "
					: ", ",
			   (int)strcspn(at, "\n"), at);
		shown++;
	}
	if (count > shown)
		buf_printf(out, " or %d more of the report", count - shown);
}

static void say_kind(const struct weighed_kind *kind, const char *one,
		     const char *many, size_t start, struct buf *out)
{
	if (!kind->count)
		return;
	buf_printf(out, "%s%d %s ", out->length > start ? ", " : "",
		   kind->count, kind->count == 1 ? one : many);
	sure_say_chance(kind->chance, out);
}

void weighed_say(struct session *session, struct buf *out)
{
	struct weighed_prior weighed;
	const struct event *fact;
	struct buf change;
	size_t start;

	if (!weighed_find(session, &weighed) || !weighed.prior.fact)
		return;
	fact = weighed.prior.fact;
	if (!fact->text) {
		buf_printf(out,
			   "before any test all commits are alike: what they "
			   "change could not be found out (%s)",
			   fact->policy ? fact->policy : "");
		return;
	}
	if (weighed.kinds[TOUCH_OTHER].count == weighed.candidates)
		return;
	buf_puts(out, "before any test: ");
	start = out->length;
	if (weighed.kinds[TOUCH_FILE].count) {
		buf_init(&change, 0);
		say_files(fact->title ? fact->title : "", &change);
		buf_printf(out,
			   weighed.kinds[TOUCH_FILE].count == 1
				   ? "%d that changes %s has "
				   : "%d that change %s have ",
			   weighed.kinds[TOUCH_FILE].count, change.text);
		sure_say_chance(weighed.kinds[TOUCH_FILE].chance, out);
		buf_release(&change);
	}
	say_kind(&weighed.kinds[TOUCH_FOLDER], "beside such a file",
		 "beside such files", start, out);
	say_kind(&weighed.kinds[TOUCH_NOTHING], "that changes nothing compiled",
		 "that change nothing compiled", start, out);
	say_kind(&weighed.kinds[TOUCH_OTHER], "other", "others", start, out);
}

void weighed_say_at(struct session *session, int commit, struct buf *out)
{
	static const char *const words[TOUCH_COUNT] = {
		[TOUCH_OTHER] = "",
		[TOUCH_NOTHING] = ": it changes nothing that is compiled",
		[TOUCH_FOLDER] = ": it changes a file beside one of the report",
		[TOUCH_FILE] = ": it changes a file of the report",
	};
	struct weighed_prior weighed;
	double chance;

	if (!weighed_find(session, &weighed) || !weighed.prior.used)
		return;
	chance = belief_prior(engine_belief(session_engine(session)), commit);
	if (chance <= 0)
		return;
	buf_puts(out, "before any test ");
	sure_say_chance(chance, out);
	buf_puts(out, words[weighed_touch(&weighed, session, commit)]);
}

static void list_kind(struct session *session,
		      const struct weighed_prior *weighed, enum touch touch,
		      struct buf *out)
{
	const struct belief *belief = engine_belief(session_engine(session));
	int shown = 0;

	/* newer ones first, as git's own lists */
	for (int i = belief->count - 1; i >= 0; i--) {
		int commit = belief->commits[i];

		if (weighed_touch(weighed, session, commit) != touch)
			continue;
		if (++shown > COMMITS_MOST)
			continue;
		sure_say_percent(belief_prior(belief, commit), out);
		buf_printf(out, "  %-18s  %.*s  %s\n", touch_words(touch),
			   OID_SHORT,
			   graph_oid(session_graph(session), commit)->hex,
			   session_subject(session, commit));
	}
	if (shown > COMMITS_MOST)
		buf_printf(out, "and %d more\n", shown - COMMITS_MOST);
}

void weighed_list(struct session *session, struct buf *out)
{
	struct weighed_prior weighed;
	size_t before;

	engine_prior(session_engine(session), &weighed.prior);
	buf_printf(out, "prior: %s\n",
		   weighed.prior.wanted ? PRIOR_BY_FILES : PRIOR_NONE);
	if (!weighed_find(session, &weighed)) {
		buf_puts(out, weighed.prior.wanted
				      ? "nothing was seen yet: it waits for "
					"the first crash\n"
				      : "before any test all commits are "
					"alike\n");
		return;
	}
	before = out->length;
	weighed_say(session, out);
	if (out->length == before)
		buf_puts(out,
			 weighed.prior.fact
				 ? "before any test all commits are alike: "
				   "none changes a file that the report names"
				 : "what the commits change is not known yet");
	buf_putc(out, '\n');
	list_kind(session, &weighed, TOUCH_FILE, out);
	list_kind(session, &weighed, TOUCH_FOLDER, out);
}
