/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/contrast.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/course.h"
#include "engine/graph.h"
#include "session/session.h"

#define NAMED_MAX 6 /* commits in one sentence */

static void add_subject(struct session *session, const struct oid *oid,
			struct buf *out)
{
	int commit = graph_find(session_present_graph(session), oid);
	const char *subject =
		commit < 0 ? "" : session_subject(session, commit);

	if (*subject)
		buf_printf(out, ": %s", subject);
}

static void add_next(struct session *session, const struct course_end *end,
		     struct buf *out)
{
	buf_printf(out, "%.*s would be tested next", OID_SHORT,
		   end->commit.hex);
	if (end->left >= 0 && !end->recorded)
		buf_printf(out, " (%d left after it, roughly %d step%s)",
			   end->left, end->steps, end->steps == 1 ? "" : "s");
	add_subject(session, &end->commit, out);
}

void contrast_end(struct session *session, const struct course_end *end,
		  struct buf *out)
{
	switch (end->state) {
	case PLAN_FOUND:
		buf_printf(out, "%.*s is the first %s commit", OID_SHORT,
			   end->commit.hex, end->fix ? "fixed" : "bad");
		add_subject(session, &end->commit, out);
		break;
	case PLAN_TEST:
		add_next(session, end, out);
		break;
	case PLAN_ONLY_SKIPPED:
		buf_printf(out,
			   "only skipped commits are left: it may be any of %d",
			   end->candidate_count);
		break;
	case PLAN_MERGE_BASE_BAD:
		buf_printf(out, "the merge base %.*s is bad", OID_SHORT,
			   end->commit.hex);
		break;
	case PLAN_NEEDS_BAD:
		buf_puts(out, "no bad commit is known");
		break;
	case PLAN_NEEDS_GOOD:
		if (end->recorded && end->result != RESULT_NONE)
			buf_printf(out, "no commit is found (%s)",
				   result_name(end->result));
		else
			buf_puts(out, "no good commit is known");
		break;
	case PLAN_NEEDS_RANGE:
		if (end->recorded) {
			buf_puts(out, "the log breaks off before its end");
			break;
		}
		buf_puts(out, "what follows cannot be known without the "
			      "commits between the ends");
		break;
	}
}

static void add_verdict(struct buf *out, const struct course_stop *stop)
{
	if (stop->verdict == VERDICT_NONE)
		buf_puts(out, "without a verdict");
	else
		buf_puts(out, verdict_name(stop->verdict));
}

static void tell_parting(const struct contrast_side *one,
			 const struct contrast_side *two,
			 const struct parting *parting, struct buf *out)
{
	const struct course_stop *a = &one->course->stops[parting->same];
	const struct course_stop *b = &two->course->stops[parting->same];
	const struct contrast_side *more =
		one->course->count > two->course->count ? one : two;
	const struct contrast_side *less = more == one ? two : one;
	int at = (int)parting->same + 1;

	switch (parting->kind) {
	case PARTING_NONE:
		buf_printf(out, "Both are the same search, %zu steps.\n",
			   parting->same);
		return;
	case PARTING_VERDICT:
		buf_printf(out, "They part at step %d: %.*s is ", at, OID_SHORT,
			   a->commit.hex);
		add_verdict(out, a);
		buf_printf(out, " in %s, ", one->name);
		add_verdict(out, b);
		buf_printf(out, " in %s.\n", two->name);
		return;
	case PARTING_COMMIT:
		buf_printf(out,
			   "They part at step %d: %s tests %.*s, %s tests "
			   "%.*s.\n",
			   at, one->name, OID_SHORT, a->commit.hex, two->name,
			   OID_SHORT, b->commit.hex);
		return;
	case PARTING_LENGTH:
		buf_printf(out,
			   "They are alike for %zu steps; there %s ends, and "
			   "%s goes on.\n",
			   parting->same, less->name, more->name);
		return;
	case PARTING_END:
		buf_printf(out,
			   "They are alike in all %zu steps, and come to "
			   "different ends.\n",
			   parting->same);
		return;
	}
}

/* Commits that only one of them tested. */
static void tell_only(const struct contrast_side *one,
		      const struct contrast_side *two, int count,
		      struct buf *out)
{
	int named = 0;

	if (count == 0)
		return;
	buf_printf(out, "Only %s tests %d commit%s:", one->name, count,
		   count == 1 ? "" : "s");
	for (size_t i = 0; i < one->course->count; i++) {
		const struct course_stop *stop = &one->course->stops[i];

		if (course_find(two->course, &stop->commit) >= 0)
			continue;
		if (named == NAMED_MAX) {
			buf_printf(out, " and %d more", count - named);
			break;
		}
		buf_printf(out, "%s %.*s ", named++ ? "," : "", OID_SHORT,
			   stop->commit.hex);
		add_verdict(out, stop);
	}
	buf_puts(out, ".\n");
}

/* Those with another verdict, behind the one at which they part. */
static void tell_verdicts(const struct contrast_side *one,
			  const struct contrast_side *two,
			  const struct parting *parting, struct buf *out)
{
	for (size_t i = 0; i < one->course->count; i++) {
		const struct course_stop *a = &one->course->stops[i], *b;
		int at = course_find(two->course, &a->commit);

		if (at < 0 ||
		    (i == parting->same && parting->kind == PARTING_VERDICT))
			continue;
		b = &two->course->stops[at];
		if (a->verdict == b->verdict)
			continue;
		buf_printf(out, "%.*s is ", OID_SHORT, a->commit.hex);
		add_verdict(out, a);
		buf_printf(out, " in %s, ", one->name);
		add_verdict(out, b);
		buf_printf(out, " in %s.\n", two->name);
	}
}

static void tell_ends(const struct contrast_side *one,
		      const struct contrast_side *two, bool same,
		      struct buf *out)
{
	buf_printf(out, "%s", same ? "Both come to this: " : "In ");
	if (!same)
		buf_printf(out, "%s ", one->name);
	contrast_end(one->session, &one->course->end, out);
	buf_puts(out, ".\n");
	if (same)
		return;
	buf_printf(out, "In %s ", two->name);
	contrast_end(two->session, &two->course->end, out);
	buf_puts(out, ".\n");
}

void contrast_tell(const struct contrast_side *one,
		   const struct contrast_side *two, struct buf *out)
{
	struct parting parting = course_part(one->course, two->course);

	if ((size_t)parting.only_one == one->course->count) {
		buf_puts(out, "They are two searches: no commit was tested in "
			      "both.\n");
	} else {
		tell_parting(one, two, &parting, out);
		tell_verdicts(one, two, &parting, out);
		tell_only(one, two, parting.only_one, out);
		tell_only(two, one, parting.only_two, out);
	}
	tell_ends(one, two, parting.same_end, out);
}

void contrast_midpoint(const struct course_stop *stop, struct buf *out)
{
	if (oid_is_none(&stop->midpoint))
		return;
	if (course_follows_rule(stop)) {
		buf_puts(out, "It is the commit that git today would test "
			      "here.\n");
		return;
	}
	buf_printf(out, "Git today would test %.*s here (%d left), not %.*s.\n",
		   OID_SHORT, stop->midpoint.hex, stop->midpoint_left,
		   OID_SHORT, stop->commit.hex);
}

void contrast_midpoints(const struct course *course, struct buf *out)
{
	for (size_t i = 0; i < course->count; i++) {
		const struct course_stop *stop = &course->stops[i];

		if (course_follows_rule(stop))
			continue;
		buf_printf(out,
			   "At step %zu git today would test %.*s, the log "
			   "tested %.*s.\n",
			   i + 1, OID_SHORT, stop->midpoint.hex, OID_SHORT,
			   stop->commit.hex);
	}
}

int contrast_origin(struct session *session, char **dir, struct error *err)
{
	static const char lead[] = "forked from ";

	for (size_t i = session_event_count(session); i-- > 0;) {
		const struct event *event = session_event(session, i);
		const char *from, *end = NULL;

		if (event->kind != EVENT_NOTE || !event->text ||
		    !str_starts(event->text, lead))
			continue;
		from = event->text + strlen(lead);
		for (const char *at = from; (at = strstr(at, " at event "));
		     at++)
			end = at;
		if (!end || *from != '/')
			continue;
		*dir = xstrndup(from, (size_t)(end - from));
		return 0;
	}
	return error_set(err, ERROR_STATE,
			 "this session is no fork: name what it is to be held "
			 "against");
}
