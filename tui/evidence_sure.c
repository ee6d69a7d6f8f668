/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Of the evidence: what a person is asked, how sure one can be, what is weakest
 * and what would help.
 */

#include <string.h>

#include "base/buf.h"
#include "control/questions.h"
#include "control/sure.h"
#include "control/weighed.h"
#include "engine/engine.h"
#include "tui/evidence_page.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/panes.h"

#define SAFE	    0.95
#define DOUBTS_MAX  8
#define AT_TEXT	    26 /* of a doubt, behind its commit */
#define AT_QUESTION 3
#define AT_ANSWER   6
#define WORDS_LEAST 20

static enum role role_of(enum sure_word word)
{
	return word == SURE_CONFIRMED ? ROLE_GOOD
	       : word == SURE_LIKELY  ? ROLE_TITLE
				      : ROLE_SKIP;
}

/* What was said, as a line about a commit; nothing where nothing was. */
static void put_said(struct page *page, enum role role, struct buf *text,
		     int commit)
{
	if (text->length) {
		line_put(&page->line, role, text->text);
		page_put(page, commit);
	}
	buf_clear(text);
}

static void put_remedy(struct page *page, const struct sure *sure,
		       struct buf *text)
{
	if (sure->remedy.commit < 0)
		return;
	sure_say_remedy(page->session, sure, text);
	line_put(&page->line, ROLE_KEY, "w");
	line_put(&page->line, ROLE_PLAIN, " ");
	put_said(page, ROLE_PLAIN, text, sure->remedy.commit);
}

void page_sure(struct page *page)
{
	struct sure sure;
	struct buf text;

	if (!sure_find(page->session, &sure))
		return;
	buf_init(&text, 0);
	page_heading(page, "How sure", "");
	sure_say_best(page->session, &sure, &text);
	put_said(page, role_of(sure.word), &text, sure.commit);
	sure_say_left(&sure, &text);
	put_said(page, ROLE_PLAIN, &text, -1);
	sure_say_outside(&sure, &text);
	put_said(page, ROLE_SKIP, &text, -1);
	weighed_say(page->session, &text);
	put_said(page, ROLE_PLAIN, &text, -1);
	sure_say_rate(&sure, &text);
	put_said(page, ROLE_PLAIN, &text, -1);
	sure_say_weak(page->session, &sure, &text);
	put_said(page, ROLE_PLAIN, &text, sure.weak.commit);
	put_remedy(page, &sure, &text);
	buf_release(&text);
}

/* How much of a text fits, at a blank if there is one. */
static size_t fitting(const char *text, int columns)
{
	size_t room = columns < WORDS_LEAST ? WORDS_LEAST : (size_t)columns;
	size_t length = strlen(text), at = room;

	if (length <= room)
		return length;
	while (at > 0 && text[at] != ' ')
		at--;
	if (at)
		return at;
	for (at = room; at > 1 && (text[at] & 0xc0) == 0x80;)
		at--; /* not within a character */
	return at;
}

/* Under the words of the first line, as many lines as it takes. */
static void put_text(struct page *page, int at, const char *text, int commit)
{
	while (*text) {
		size_t length = fitting(text, page->columns - at - 1);

		line_to(&page->line, at);
		line_printf(&page->line, ROLE_PLAIN, "%.*s", (int)length, text);
		page_put(page, commit);
		text += length;
		text += *text == ' ';
	}
}

/* A verdict that is doubtful by all others: its step, and why. */
void page_doubtful(struct page *page)
{
	struct sure_doubt *list;
	int count = sure_doubts(page->session, &list);

	for (int i = 0; i < count && i < DOUBTS_MAX; i++) {
		const struct step *step =
			engine_step_of(page->engine, list[i].commit);
		char id[OID_SHORT + 1];

		line_put(&page->line, ROLE_SKIP, "!");
		line_printf(&page->line, ROLE_PLAIN, "%3d  ", step->position);
		line_printf(&page->line, panes_verdict_role(step->verdict),
			    "%-4s", verdict_word(step->verdict));
		line_printf(&page->line, ROLE_PLAIN, " %s",
			    page_id(page, step->commit, id));
		put_text(page, AT_TEXT, list[i].text, step->commit);
	}
	sure_doubts_free(list, count);
}

bool page_is_doubtful(const struct page *page, const struct step *step)
{
	double right = sure_right(page->session, step);

	return right >= 0 && right < SAFE;
}

/* "bad 99.9 %": what is believed of a commit, for the table of neighbours. */
void page_belief(struct page *page, int commit)
{
	struct sure_at at;
	struct buf text;
	bool bad;

	if (!sure_at(page->session, commit, &at))
		return;
	bad = at.bug >= 0.5;
	buf_init(&text, 0);
	sure_say_percent(bad ? at.bug : 1 - at.bug, &text);
	line_printf(&page->line, bad ? ROLE_BAD : ROLE_GOOD, "%s %s",
		    bad ? "bad" : "good", text.text);
	buf_release(&text);
}

/* What a person may say, and what that would do; nothing if there is none. */
void page_questions(struct page *page)
{
	struct question_asked *list;
	int count = questions_find(page->session, &list);

	if (count)
		page_heading(page, "Questions", "with what an answer does");
	for (int i = 0; i < count; i++) {
		line_put(&page->line, list[i].waits ? ROLE_SKIP : ROLE_INFRA,
			 list[i].waits ? "!" : "i");
		put_text(page, AT_QUESTION, list[i].text, list[i].commit);
		for (int k = 0; k < QUESTION_ANSWERS && list[i].answers[k]; k++)
			put_text(page, AT_ANSWER, list[i].answers[k],
				 list[i].commit);
	}
	questions_free(list, count);
}
