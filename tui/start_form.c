/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/start_form.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "tui/field.h"
#include "tui/grid.h"
#include "tui/input.h"

#define WIDTH  92
#define MARGIN 3

static const struct {
	const char *label, *hint;
} fields[PROPOSAL_FIELDS] = {
	[PROPOSAL_BAD] = { "bad", "a revision" },
	[PROPOSAL_GOOD] = { "good", "empty: back over release tags" },
	[PROPOSAL_SETTINGS] = { "settings", "a file, or what stands below" },
	[PROPOSAL_TARGET] = { "target", "" },
	[PROPOSAL_BUILD] = { "build", "a shell command" },
	[PROPOSAL_CONFIG] = { "config", "a file" },
	[PROPOSAL_INITRD] = { "initramfs", "a file" },
	[PROPOSAL_HOST] = { "host", "a name" },
	[PROPOSAL_INSTALL] = { "install", "a shell command" },
	[PROPOSAL_KEY] = { "ssh key", "a file" },
	[PROPOSAL_TEST] = { "test", "a shell command; empty: by hand" },
	[PROPOSAL_REPRO] = { "reproducer", "a file" },
	[PROPOSAL_POLICY] = { "policy", "empty: one run a commit" },
	[PROPOSAL_KEEP] = { "keep it", "" },
};

void start_form_init(struct start_form *form, const struct proposal *proposal,
		     bool ascii)
{
	memset(form, 0, sizeof(*form));
	form->proposal = *proposal;
	form->ascii = ascii;
	form->offered = *proposal->values[PROPOSAL_BAD] != '\0';
	form->checking = true;
	form->changes = 1;
}

static void change(struct start_form *form)
{
	form->changes++;
	form->checking = true;
}

static void move(struct start_form *form, int by)
{
	int focus = (int)form->focus;

	do {
		focus = (focus + by + PROPOSAL_FIELDS) % PROPOSAL_FIELDS;
	} while (!proposal_asks(&form->proposal, (enum proposal_field)focus));
	form->focus = (enum proposal_field)focus;
}

/* What is chosen rather than written: the target, and yes or no. */
static bool choice_key(struct start_form *form, int key)
{
	bool turns = key == ' ' || key == INPUT_RIGHT || key == INPUT_LEFT;

	if (form->focus != PROPOSAL_TARGET && form->focus != PROPOSAL_KEEP)
		return false;
	if (!turns)
		return true; /* there is nothing to write */
	if (form->focus == PROPOSAL_TARGET)
		proposal_turn_target(&form->proposal,
				     key == INPUT_LEFT ? -1 : 1);
	else
		form->proposal.keep = !form->proposal.keep;
	change(form);
	return true;
}

/*
 * Whoever begins to write a revision means it instead of the one that was
 * offered; '~' and '^' go on from that one, as does what takes away.
 */
static bool replaces(int key)
{
	char text[8];

	return key != '~' && key != '^' && key != ' ' &&
	       field_encode(key, text, sizeof(text)) > 0;
}

enum start_answer start_form_key(struct start_form *form, int key)
{
	char *text = form->proposal.values[form->focus];
	char before[PROPOSAL_TEXT];

	form->complaint[0] = '\0';
	switch (key) {
	case INPUT_ESCAPE:
	case INPUT_CTRL('c'):
		return START_LEAVE;
	case INPUT_ENTER:
		return START_BEGIN;
	case INPUT_TAB:
	case INPUT_DOWN:
		move(form, 1);
		return START_STAYS;
	case INPUT_BACK_TAB:
	case INPUT_UP:
		move(form, -1);
		return START_STAYS;
	default:
		break;
	}
	if (choice_key(form, key))
		return START_STAYS;
	str_copy(before, sizeof(before), text);
	if (form->focus == PROPOSAL_BAD && form->offered) {
		form->offered = false;
		if (replaces(key))
			text[0] = '\0';
	}
	field_key(text, PROPOSAL_TEXT, key);
	if (!str_equal(before, text))
		change(form);
	return START_STAYS;
}

void start_form_complain(struct start_form *form, const char *why)
{
	form->beginning = false;
	text_copy(form->complaint, sizeof(form->complaint), why, form->ascii);
	for (int i = 0; i < PROPOSAL_FIELDS; i++) {
		if (form->checks.fields[i].finding != PROPOSAL_WRONG ||
		    !proposal_asks(&form->proposal, (enum proposal_field)i))
			continue;
		form->focus = (enum proposal_field)i;
		return;
	}
}

/*
 * How it looks.
 */

static enum role finding_role(enum proposal_finding finding)
{
	switch (finding) {
	case PROPOSAL_OK:
		return ROLE_GOOD;
	case PROPOSAL_NOTE:
		return ROLE_SKIP;
	case PROPOSAL_WRONG:
		return ROLE_BAD;
	case PROPOSAL_OPEN:
		break;
	}
	return ROLE_DIM;
}

static void draw_check(struct grid *grid, int x, int y, int width,
		       const struct start_form *form, enum proposal_field field)
{
	char clean[256];

	grid_text(grid, x, y, width,
		  finding_role(form->checks.fields[field].finding),
		  text_copy(clean, sizeof(clean),
			    form->checks.fields[field].text, form->ascii));
}

static void draw_choice(struct grid *grid, int x, int y, int width,
			const struct start_form *form,
			enum proposal_field field)
{
	const char *text = field == PROPOSAL_TARGET
				   ? proposal_target(&form->proposal)
			   : form->proposal.keep ? "yes"
						 : "no";

	grid_text(grid, x, y, FIELD_LABEL - 1, ROLE_PLAIN, fields[field].label);
	x += FIELD_LABEL;
	width -= FIELD_LABEL;
	if (form->focus == field) {
		grid->cursor_x = x;
		grid->cursor_y = y;
	}
	x += grid_text(grid, x, y, width,
		       form->focus == field ? ROLE_SELECTED : ROLE_HEADING,
		       text);
	if (form->focus == field)
		grid_text(grid, x + 2, y, width - (int)strlen(text) - 2,
			  ROLE_DIM, "Space or Right for another");
}

/* hint: in an empty field; else what it is for stands beneath. */
static void draw_field(struct grid *grid, int x, int y, int width,
		       const struct start_form *form, enum proposal_field field,
		       bool hint)
{
	bool wrong = form->checks.fields[field].finding == PROPOSAL_WRONG;
	struct field written = { fields[field].label,
				 form->proposal.values[field],
				 hint ? fields[field].hint : "",
				 form->focus == field };

	if (field == PROPOSAL_TARGET || field == PROPOSAL_KEEP)
		draw_choice(grid, x, y, width, form, field);
	else
		field_draw(grid, x, y, width, &written);
	if (wrong)
		grid_text(grid, x - 2, y, 1, ROLE_BAD, "!");
}

static const char *foot(const struct start_form *form)
{
	if (form->beginning)
		return "reading the commits...";
	return form->checking ? "checking..."
			      : "Your checkout, index and branches are never "
				"touched.";
}

/* A reason may take two rows, the upper of which is empty otherwise. */
static void draw_complaint(struct grid *grid, int x, int y, int width,
			   const char *text)
{
	size_t length = strlen(text);

	if (text_width(text) > width && length > (size_t)width) {
		length = (size_t)width;
		while (length > 1 && text[length] != ' ')
			length--;
		grid_printf(grid, x, y - 1, width, ROLE_BAD, "%.*s",
			    (int)length, text);
		text += length + strspn(text + length, " ");
	}
	grid_text(grid, x, y, width, ROLE_BAD, text);
}

static void draw_foot(struct grid *grid, int x, int y, int width,
		      const struct start_form *form)
{
	static const char *const keys[][2] = { { "Enter", "begin" },
					       { "Tab", "next field" },
					       { "Esc", "leave" } };
	int end = x + width;

	if (*form->complaint && !form->beginning)
		draw_complaint(grid, x, y, width, form->complaint);
	else
		grid_text(grid, x, y, width, ROLE_DIM, foot(form));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		x += grid_text(grid, x, y + 1, end - x, ROLE_KEY, keys[i][0]) +
		     1;
		x += grid_text(grid, x, y + 1, end - x, ROLE_PLAIN,
			       keys[i][1]) +
		     3;
	}
}

static int count_asked(const struct start_form *form)
{
	int count = 0;

	for (int i = 0; i < PROPOSAL_FIELDS; i++)
		count += proposal_asks(&form->proposal, (enum proposal_field)i);
	return count;
}

/* Which of the fields asked for is the focus, from 0. */
static int focus_place(const struct start_form *form)
{
	int place = 0;

	for (int i = 0; i < (int)form->focus; i++)
		place += proposal_asks(&form->proposal, (enum proposal_field)i);
	return place;
}

void start_form_draw(struct grid *grid, const struct start_form *form)
{
	int width = grid->columns < WIDTH ? grid->columns : WIDTH;
	int count = count_asked(form), foot_rows = 3;
	/* each with its check beneath, or only the one that is written in */
	bool roomy = grid->rows >= 2 * count + foot_rows + 3;
	int body = roomy ? 2 * count : count + 1;
	int height = body + foot_rows + 2 + roomy;
	int x = (grid->columns - width) / 2 + MARGIN, y, first = 0;
	int room = width - 2 * MARGIN, shown;

	height = height > grid->rows ? grid->rows : height;
	shown = height - foot_rows - 2 - 1;
	if (!roomy && focus_place(form) >= shown)
		first = focus_place(form) - shown + 1;
	y = (grid->rows - height) / 2;
	grid_box(grid, x - MARGIN, y, width, height, "Begin a bisection");
	y += 1 + roomy;
	for (int i = 0, place = 0; i < PROPOSAL_FIELDS; i++) {
		enum proposal_field field = (enum proposal_field)i;

		if (!proposal_asks(&form->proposal, field))
			continue;
		if (place++ < first || (!roomy && place - first > shown))
			continue;
		draw_field(grid, x, y++, room, form, field, !roomy);
		if (roomy)
			draw_check(grid, x + FIELD_LABEL, y++,
				   room - FIELD_LABEL, form, field);
	}
	if (!roomy)
		draw_check(grid, x, y++, room, form, form->focus);
	y = (grid->rows - height) / 2 + height - foot_rows;
	draw_foot(grid, x, y, room, form);
}
