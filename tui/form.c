/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/field.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/model.h"
#include "tui/panes.h"

#define WIDTH  80
#define MARGIN 3
#define ROOMY  56 /* columns for labels and choices in full */

void form_open(struct form *form, const struct form_choice *choices, int count,
	       const char *asks)
{
	*form = (struct form){ .open = true,
			       .choices = choices,
			       .choice_count = count,
			       .asks = asks,
			       .choice = -1,
			       .past_at = -1 };
}

static bool is_past(const struct form *form, const char *reason)
{
	for (int i = 0; i < form->past_count; i++)
		if (str_equal(form->past[i], reason))
			return true;
	return false;
}

void form_ask_reason(struct form *form, struct session *session, bool ascii)
{
	const struct engine *engine = session_engine(session);

	form->has_reason = true;
	for (size_t i = engine_event_count(engine);
	     i-- > 0 && form->past_count < FORM_PAST;) {
		const struct event *event = engine_event(engine, i);
		char reason[FORM_TEXT];

		if (!event_is_decision(event->kind) || event->by != BY_PERSON ||
		    event->kind == EVENT_NOTE || str_empty(event->text))
			continue;
		text_copy(reason, sizeof(reason), event->text, ascii);
		if (!is_past(form, reason))
			str_copy(form->past[form->past_count++], sizeof(reason),
				 reason);
	}
}

static void show_past(struct form *form, int step)
{
	int at = form->past_at + step;

	if (at < -1 || at >= form->past_count)
		return;
	if (form->past_at < 0)
		str_copy(form->own, sizeof(form->own), form->reason);
	form->past_at = at;
	str_copy(form->reason, sizeof(form->reason),
		 at < 0 ? form->own : form->past[at]);
}

static bool takes_reason(const struct form *form)
{
	if (!form->choices)
		return form->has_reason;
	return form->has_reason && form->choice >= 0 &&
	       form->choices[form->choice].reasoned;
}

static enum form_answer leave(struct form *form, enum form_answer how)
{
	form->open = false;
	return how;
}

/* "choose first: g, b or s" */
static void ask_to_choose(struct form *form)
{
	size_t used = (size_t)snprintf(form->complaint, sizeof(form->complaint),
				       "choose first: ");

	for (int i = 0; i < form->choice_count; i++)
		used += (size_t)snprintf(form->complaint + used,
					 sizeof(form->complaint) - used, "%s%c",
					 !i			       ? ""
					 : i == form->choice_count - 1 ? " or "
								       : ", ",
					 form->choices[i].key);
}

static enum form_answer enter(struct form *form)
{
	if (form->choices && form->choice < 0) {
		ask_to_choose(form);
		return FORM_STAYS;
	}
	if (!takes_reason(form))
		return leave(form, FORM_APPLY);
	if (form->choices && !form->in_reason) {
		form->in_reason = true;
		return FORM_STAYS;
	}
	if (form->reason_required &&
	    strspn(form->reason, " ") == strlen(form->reason)) {
		str_copy(form->complaint, sizeof(form->complaint),
			 "a reason is needed to overrule a verdict");
		return FORM_STAYS;
	}
	return leave(form, FORM_APPLY);
}

static enum form_answer choose(struct form *form, int choice)
{
	bool other = choice != form->choice;

	form->choice = choice;
	return other ? FORM_CHOSEN : FORM_STAYS;
}

/* With the keys of the row: one to the left or the right. */
static enum form_answer choose_next(struct form *form, int step)
{
	int choice = form->choice + step;

	if (!form->choices)
		return FORM_STAYS;
	if (form->choice < 0)
		choice = step > 0 ? 0 : form->choice_count - 1;
	return choose(form, (choice + form->choice_count) % form->choice_count);
}

static enum form_answer reason_key(struct form *form, int key)
{
	if (key == INPUT_UP || key == INPUT_CTRL('p')) {
		show_past(form, 1);
	} else if (key == INPUT_DOWN || key == INPUT_CTRL('n')) {
		show_past(form, -1);
	} else {
		field_key(form->reason, sizeof(form->reason), key);
		form->past_at = -1;
	}
	return FORM_STAYS;
}

static enum form_answer choice_key(struct form *form, int key)
{
	enum form_answer answer;

	if (key == 'q')
		return leave(form, FORM_CANCELLED);
	if (key == INPUT_RIGHT || key == 'l')
		return choose_next(form, 1);
	if (key == INPUT_LEFT || key == 'h')
		return choose_next(form, -1);
	for (int i = 0; i < form->choice_count; i++) {
		if (key != form->choices[i].key)
			continue;
		answer = choose(form, i);
		form->in_reason = takes_reason(form);
		return answer;
	}
	return FORM_STAYS;
}

enum form_answer form_key(struct form *form, int key)
{
	form->complaint[0] = '\0';
	if (key == INPUT_ESCAPE || key == INPUT_CTRL('c'))
		return leave(form, FORM_CANCELLED);
	if (key == INPUT_ENTER)
		return enter(form);
	if (key == INPUT_TAB || key == INPUT_BACK_TAB) {
		if (form->choices && form->has_reason)
			form->in_reason = !form->in_reason;
		return FORM_STAYS;
	}
	return form->in_reason ? reason_key(form, key) : choice_key(form, key);
}

/*
 * How it looks.
 */

static void draw_choices(struct grid *grid, int x, int y, int width,
			 const struct form *form)
{
	int end = x + width, roomy = width >= ROOMY;

	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, form->asks);
	x += roomy ? FIELD_LABEL : text_width(form->asks) + 2;
	for (int i = 0; i < form->choice_count; i++) {
		const struct form_choice *choice = &form->choices[i];
		bool chosen = form->choice == i;
		char key[2] = { (char)choice->key, '\0' };
		int begin = x;

		if (!form->in_reason &&
		    (chosen || (i == 0 && form->choice < 0))) {
			grid->cursor_x = x;
			grid->cursor_y = y;
		}
		x += grid_text(grid, x, y, end - x, ROLE_KEY, key);
		if (roomy)
			x += grid_text(grid, x, y, end - x,
				       chosen ? ROLE_SELECTED : ROLE_PLAIN,
				       " ");
		x += grid_text(grid, x, y, end - x,
			       chosen ? ROLE_SELECTED : ROLE_PLAIN,
			       roomy ? choice->label : choice->brief + 1);
		/* in the reason it would be a letter */
		if (!form->in_reason)
			grid_hot_key(grid, begin, y, x - begin, choice->key);
		x += 1 + roomy;
	}
}

static int draw_hint(struct grid *grid, int x, int y, int end, const char *key,
		     const char *says)
{
	int begin = x;

	x += grid_text(grid, x, y, end - x, ROLE_KEY, key) + 1;
	x += grid_text(grid, x, y, end - x, ROLE_PLAIN, says);
	grid_hot_key(grid, begin, y, x - begin, keymap_key(key));
	return x + 3;
}

static void draw_hints(struct grid *grid, int x, int y, int width,
		       const struct form *form)
{
	bool applies = !form->choices || form->in_reason ||
		       (form->choice >= 0 && !takes_reason(form));
	int end = x + width;

	if (!form->choices && !form->in_reason) {
		grid->cursor_x = x;
		grid->cursor_y = y;
	}
	x = draw_hint(grid, x, y, end, "Enter", applies ? "apply" : "next");
	if (form->choices && form->has_reason)
		x = draw_hint(grid, x, y, end, "Tab", "other field");
	x = draw_hint(grid, x, y, end, "Esc", "cancel");
	if (form->in_reason && form->past_count && width >= ROOMY)
		draw_hint(grid, x, y, end, "Up", "earlier reasons");
}

/* Without room for labels texts begin at the edge. */
static int draw_label(struct grid *grid, int x, int y, int width,
		      const char *label)
{
	if (!label || width < ROOMY)
		return 0;
	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, label);
	return FIELD_LABEL;
}

static void draw_row(struct grid *grid, int x, int y, int width,
		     const struct form *form, const struct form_row *row)
{
	const char *text = row->text ? row->text : "";
	int end = x + width;

	switch (row->kind) {
	case FORM_GAP:
		break;
	case FORM_LINE:
		x += draw_label(grid, x, y, width, row->label);
		grid_text(grid, x, y, end - x, row->role, text);
		break;
	case FORM_LETTERS:
		x += draw_label(grid, x, y, width, row->label);
		panes_letters(grid, x, y, end - x, *text ? text : "-");
		x += (*text ? text_width(text) : 1) + 2;
		grid_text(grid, x, y, end - x, ROLE_PLAIN,
			  row->remark ? row->remark : "");
		break;
	case FORM_VERDICT:
		x += draw_label(grid, x, y, width, row->label);
		grid_text(grid, x, y, 5, panes_verdict_role(row->verdict),
			  row->verdict == VERDICT_NONE
				  ? "-"
				  : verdict_word(row->verdict));
		grid_text(grid, x + 6, y, end - x - 6, ROLE_PLAIN, text);
		break;
	case FORM_CHOICES:
		draw_choices(grid, x, y, width, form);
		break;
	case FORM_REASON:
		field_draw(grid, x, y, width,
			   &(struct field){ "reason", form->reason,
					    form->reason_required
						    ? "needed to overrule"
						    : "as you like",
					    form->in_reason });
		break;
	case FORM_SAYS:
		grid_text(grid, x, y, width,
			  *form->complaint ? ROLE_BAD : row->role,
			  *form->complaint ? form->complaint : text);
		break;
	case FORM_HINTS:
		draw_hints(grid, x, y, width, form);
		break;
	}
}

/* Mark rows as left out until so many are there at most. */
static int choose_rows(const struct form_row *rows, int count, int room,
		       bool *out)
{
	int left = count;

	memset(out, 0, (size_t)count);
	while (left > room && left > 0) {
		int worst = -1;

		for (int i = 0; i < count; i++)
			if (!out[i] &&
			    (worst < 0 || rows[i].worth <= rows[worst].worth))
				worst = i;
		out[worst] = true;
		left--;
	}
	return left;
}

void form_draw(struct grid *grid, const struct form *form, const char *heading,
	       const struct form_row *rows, int count)
{
	int width = grid->columns - 2 < WIDTH ? grid->columns - 2 : WIDTH;
	bool *out = xcalloc((size_t)count, sizeof(*out));
	int left = choose_rows(rows, count, grid->rows - 2, out);
	int x = (grid->columns - width) / 2, y;

	y = (grid->rows - left - 2) / 2;
	y = y < 0 ? 0 : y;
	grid_recolour(grid, 0, 0, grid->columns, grid->rows, ROLE_DIM);
	grid_box(grid, x, y, width, left + 2, heading);
	for (int i = 0; i < count; i++)
		if (!out[i])
			draw_row(grid, x + MARGIN, ++y, width - 2 * MARGIN,
				 form, &rows[i]);
	free(out);
}
