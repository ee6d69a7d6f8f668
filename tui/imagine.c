/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/imagine.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"

enum { CHOICES = 4 };

static const struct form_choice choices[CHOICES] = {
	{ 'g', "good", "good", false },
	{ 'b', "bad", "bad", false },
	{ 's', "skip", "skip", false },
	{ 'n', "none", "none", false },
};

static const char *const orders[CHOICES] = { "good", "bad", "skip", "retract" };

bool imagine_open(struct imagine *imagine, struct session *session, int commit,
		  bool ascii)
{
	const struct step *step =
		engine_step_of(session_engine(session), commit);
	const struct event *given;
	struct buf letters;

	if (!step)
		return false;
	*imagine = (struct imagine){ .verdict = step->verdict };
	form_open(&imagine->form, choices, CHOICES, "it were");
	str_copy(imagine->id, sizeof(imagine->id),
		 graph_oid(session_graph(session), commit)->hex);
	snprintf(imagine->heading, sizeof(imagine->heading),
		 "What if step %d were another verdict?", step->position);
	text_copy(imagine->subject, sizeof(imagine->subject),
		  session_subject(session, commit), ascii);
	buf_init(&letters, sizeof(imagine->letters) - 1);
	engine_letters(step, &letters);
	str_copy(imagine->letters, sizeof(imagine->letters), letters.text);
	buf_release(&letters);
	given = step->given;
	if (given)
		text_copy(imagine->recorded, sizeof(imagine->recorded),
			  given->by == BY_IMPORT ? "by the log"
			  : given->who		 ? given->who
						 : actor_name(given->by),
			  ascii);
	return true;
}

enum form_answer imagine_key(struct imagine *imagine, int key)
{
	return form_key(&imagine->form, key);
}

void imagine_words(const struct imagine *imagine, char *out, size_t size)
{
	snprintf(out, size, "%s %s", orders[imagine->form.choice], imagine->id);
}

void imagine_draw(struct grid *grid, const struct imagine *imagine)
{
	struct form_row rows[12] = {
		{ .kind = FORM_GAP, .worth = 1 },
		{ .kind = FORM_LINE,
		  .worth = 9,
		  .text = imagine->id,
		  .role = ROLE_TITLE },
		{ .kind = FORM_LINE, .worth = 5, .text = imagine->subject },
		{ .kind = FORM_GAP },
	};
	int count = 4;

	if (*imagine->letters)
		rows[count++] = (struct form_row){ .kind = FORM_LETTERS,
						   .worth = 4,
						   .label = "runs",
						   .text = imagine->letters };
	if (imagine->verdict != VERDICT_NONE)
		rows[count++] = (struct form_row){ .kind = FORM_VERDICT,
						   .worth = 7,
						   .label = "recorded",
						   .verdict = imagine->verdict,
						   .text = imagine->recorded };
	rows[count++] = (struct form_row){ .kind = FORM_GAP };
	rows[count++] = (struct form_row){ .kind = FORM_CHOICES, .worth = 9 };
	rows[count++] = (struct form_row){ .kind = FORM_GAP };
	rows[count++] = (struct form_row){
		.kind = FORM_SAYS,
		.worth = 8,
		.text = "Nothing is written.  A run, policy or title: "
			":what-if judge 4#3 ok",
		.role = ROLE_DIM
	};
	rows[count++] = (struct form_row){ .kind = FORM_HINTS, .worth = 8 };
	form_draw(grid, &imagine->form, imagine->heading, rows, count);
}
