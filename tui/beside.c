/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/beside.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "engine/course.h"
#include "engine/graph.h"
#include "engine/whatif.h"
#include "session/session.h"
#include "tui/line.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/panes.h"

#define NUMBER	 3 /* columns in which a step's number ends */
#define SECOND	 34
#define REMARK	 62
#define SUBJECT	 88
#define MARGIN	 2
#define LEFT_END 27 /* of a column: where the number left ends */

static void add_text(struct pager *pager, enum role role, const char *text,
		     size_t length, bool ascii)
{
	pager_add(pager, role, -1, text, length, ascii);
}

/* A sentence, over as many lines as it takes. */
static void add_sentence(struct pager *pager, const char *text, size_t length,
			 int columns, bool ascii)
{
	while (length) {
		size_t cut = line_fits(text, length, columns - 2 * MARGIN);
		struct buf line;

		buf_init(&line, 0);
		buf_printf(&line, "%*s%.*s", MARGIN, "", (int)cut, text);
		add_text(pager, ROLE_PLAIN, line.text, line.length, ascii);
		buf_release(&line);
		while (cut < length && text[cut] == ' ')
			cut++;
		text += cut;
		length -= cut;
	}
}

static void add_sentences(struct pager *pager, const char *text, int columns,
			  bool ascii)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1)
		add_sentence(pager, text, (size_t)(end - text), columns, ascii);
}

/*
 * Rows.
 */

static void put_next(struct line *line, int from, const struct course_end *end)
{
	line_to(line, from);
	line_put(line, ROLE_RUNNING, "next ");
	line_printf(line, ROLE_RUNNING, "%.*s", OID_SHORT, end->commit.hex);
}

static void put_stop(struct line *line, int from,
		     const struct course_stop *stop, bool dim)
{
	char left[16] = "";
	enum role role = dim ? ROLE_DIM : panes_verdict_role(stop->verdict);

	line_to(line, from);
	line_printf(line, role, "%-5s", verdict_word(stop->verdict));
	line_printf(line, dim ? ROLE_DIM : ROLE_PLAIN, "%.*s%s", OID_SHORT,
		    stop->commit.hex, stop->aside ? "*" : "");
	if (stop->left >= 0)
		snprintf(left, sizeof(left), "%d", stop->left);
	if (*left)
		line_right(line, from + LEFT_END - 3,
			   dim ? ROLE_DIM : ROLE_PLAIN, left);
}

static void put_number(struct line *line, size_t place)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", place + 1);
	line_right(line, NUMBER, ROLE_DIM, number);
}

/* What becomes of a stop of the first one, or how the two differ there. */
static const char *remark_of(const struct beside *beside, size_t at)
{
	const struct course *one = beside->one, *two = beside->two;

	if (at >= one->count || !two)
		return "";
	if (beside->whatif)
		return whatif_fate_words(whatif_fate(beside->whatif, at));
	if (at >= two->count)
		return "";
	if (!oid_equal(&one->stops[at].commit, &two->stops[at].commit))
		return "another commit";
	return one->stops[at].verdict != two->stops[at].verdict
		       ? "another verdict"
		       : "";
}

static bool is_lost(const struct beside *beside, size_t at)
{
	enum whatif_fate fate;

	if (!beside->whatif || at >= beside->one->count)
		return false;
	fate = whatif_fate(beside->whatif, at);
	return fate == WHATIF_NOT_MADE || fate == WHATIF_UNKNOWN;
}

static void put_remark(struct line *line, int from, const struct beside *beside,
		       size_t at)
{
	const char *remark = remark_of(beside, at);
	const struct course_stop *stop =
		at < beside->one->count ? &beside->one->stops[at] : NULL;

	if (!*remark && (!stop || course_follows_rule(stop)))
		return;
	line_to(line, from);
	if (*remark)
		line_put(line, is_lost(beside, at) ? ROLE_DIM : ROLE_TITLE,
			 remark);
	else
		line_printf(line, ROLE_SKIP, "git today: %.*s", OID_SHORT,
			    stop->midpoint.hex);
}

static void put_subject(struct line *line, int from,
			const struct beside *beside, const struct oid *oid,
			int columns)
{
	int commit = graph_find(session_present_graph(beside->session), oid);

	if (commit < 0 || columns - from < 12)
		return;
	line_to(line, from);
	line_put_cut(line, ROLE_DIM, session_subject(beside->session, commit),
		     columns - from - 1);
}

/* How many stops of the second one are known. */
static size_t known_of(const struct beside *beside)
{
	const struct whatif *whatif = beside->whatif;

	if (!beside->two)
		return 0;
	if (whatif && !whatif->known &&
	    whatif->first_changed + 1 < beside->two->count)
		return whatif->first_changed + 1;
	return beside->two->count;
}

static bool has_next(const struct course *course, size_t known)
{
	return course && known == course->count &&
	       course->end.state == PLAN_TEST;
}

static void add_row(struct pager *pager, const struct beside *beside, size_t at,
		    int columns, bool ascii)
{
	const struct course *one = beside->one, *two = beside->two;
	const struct course_stop *stop =
		at < one->count ? &one->stops[at] : NULL;
	size_t known = known_of(beside);
	struct line line;

	line_init(&line, ascii);
	put_number(&line, at);
	if (stop)
		put_stop(&line, NUMBER + 2, stop, is_lost(beside, at));
	else if (at == one->count && has_next(one, at))
		put_next(&line, NUMBER + 2, &one->end);
	if (at < known)
		put_stop(&line, SECOND, &two->stops[at], false);
	else if (at == known && has_next(two, known))
		put_next(&line, SECOND, &two->end);
	put_remark(&line, REMARK, beside, at);
	if (stop)
		put_subject(&line, SUBJECT, beside, &stop->commit, columns);
	pager_add_line(pager, stop ? (int)at : -1, &line);
	line_release(&line);
}

static void add_heads(struct pager *pager, const struct beside *beside,
		      bool both, bool ascii)
{
	struct line line;

	line_init(&line, ascii);
	line_right(&line, NUMBER, ROLE_HEADING, "#");
	line_to(&line, NUMBER + 2);
	line_put_cut(&line, ROLE_HEADING, beside->name_one, 19);
	line_right(&line, NUMBER + 2 + LEFT_END - 3, ROLE_HEADING, "left");
	if (both && beside->two) {
		line_to(&line, SECOND);
		line_put_cut(&line, ROLE_HEADING, beside->name_two, 19);
		line_right(&line, SECOND + LEFT_END - 3, ROLE_HEADING, "left");
	}
	pager_add_line(pager, -1, &line);
	line_release(&line);
}

static size_t rows_of(const struct course *course, size_t known)
{
	return known + has_next(course, known);
}

static void add_wide(struct pager *pager, const struct beside *beside,
		     int columns, bool ascii)
{
	size_t one = rows_of(beside->one, beside->one->count);
	size_t two = rows_of(beside->two, known_of(beside));

	add_heads(pager, beside, true, ascii);
	for (size_t i = 0; i < (one > two ? one : two); i++)
		add_row(pager, beside, i, columns, ascii);
}

/* One of the two alone, with the remark where it is the first. */
static void add_column(struct pager *pager, const struct beside *beside,
		       const struct course *course, size_t known, int columns,
		       bool ascii)
{
	bool first = course == beside->one;
	const int remark = SECOND, subject = SECOND + 24;

	for (size_t i = 0; i < rows_of(course, known); i++) {
		bool next = i == known;
		struct line line;

		line_init(&line, ascii);
		put_number(&line, i);
		if (next)
			put_next(&line, NUMBER + 2, &course->end);
		else
			put_stop(&line, NUMBER + 2, &course->stops[i],
				 first && is_lost(beside, i));
		if (first)
			put_remark(&line, remark, beside, i);
		put_subject(&line, first ? subject : remark, beside,
			    next ? &course->end.commit
				 : &course->stops[i].commit,
			    columns);
		pager_add_line(pager, first && !next ? (int)i : -1, &line);
		line_release(&line);
	}
}

static void add_narrow(struct pager *pager, const struct beside *beside,
		       int columns, bool ascii)
{
	add_heads(pager, beside, false, ascii);
	add_column(pager, beside, beside->one, beside->one->count, columns,
		   ascii);
	if (!beside->two)
		return;
	pager_add_ruler(pager, beside->name_two, "");
	add_column(pager, beside, beside->two, known_of(beside), columns,
		   ascii);
}

void beside_fill(struct pager *pager, const struct beside *beside, int columns,
		 bool ascii)
{
	static const char aside[] =
		"* set aside: it contradicts stronger verdicts\n";

	pager_clear(pager);
	if (*beside->head) {
		for (const char *at = beside->head, *end;
		     (end = strchr(at, '\n')); at = end + 1) {
			struct line line;

			line_init(&line, ascii);
			line_to(&line, MARGIN);
			line_put(&line, ROLE_DIM, "what if  ");
			line_put(&line, ROLE_TITLE, at);
			pager_add_line(pager, -1, &line);
			line_release(&line);
		}
		pager_add_gap(pager);
	}
	add_sentences(pager, beside->said, columns, ascii);
	pager_add_gap(pager);
	if (beside->two && columns >= BESIDE_WIDE)
		add_wide(pager, beside, columns, ascii);
	else
		add_narrow(pager, beside, columns, ascii);
	if (course_sets_aside(beside->one) || course_sets_aside(beside->two))
		add_sentences(pager, aside, columns, ascii);
}
