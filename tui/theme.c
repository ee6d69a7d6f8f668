/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/theme.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

#define OWN LOOK_DEFAULT

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

/*
 * Bold with black text is grey on some terminals, so no badge has both.
 * The numbers of the sets with 256 colours are of the cube and the greys,
 * which no palette of a terminal changes.
 */
static const struct set {
	const char *name;
	unsigned mono; /* attributes */
	struct look few, dark, light;
} sets[ROLE_COUNT] = {
	[ROLE_PLAIN] = { "plain",
			 0,
			 { OWN, OWN, 0 },
			 { OWN, OWN, 0 },
			 { OWN, OWN, 0 } },
	[ROLE_DIM] = { "dim",
		       LOOK_DIM,
		       { OWN, OWN, LOOK_DIM },
		       { 246, OWN, 0 },
		       { 242, OWN, 0 } },
	[ROLE_TITLE] = { "title",
			 LOOK_BOLD,
			 { OWN, OWN, LOOK_BOLD },
			 { OWN, OWN, LOOK_BOLD },
			 { OWN, OWN, LOOK_BOLD } },
	[ROLE_HEADING] = { "heading",
			   LOOK_UNDERLINE,
			   { OWN, OWN, LOOK_UNDERLINE },
			   { 250, OWN, LOOK_UNDERLINE },
			   { 239, OWN, LOOK_UNDERLINE } },
	[ROLE_LINE] = { "line",
			LOOK_DIM,
			{ OWN, OWN, LOOK_DIM },
			{ 242, OWN, 0 },
			{ 247, OWN, 0 } },
	[ROLE_GOOD] = { "good",
			0,
			{ GREEN, OWN, 0 },
			{ 114, OWN, 0 },
			{ 28, OWN, 0 } },
	[ROLE_BAD] = { "bad",
		       LOOK_BOLD,
		       { RED, OWN, LOOK_BOLD },
		       { 210, OWN, LOOK_BOLD },
		       { 160, OWN, LOOK_BOLD } },
	[ROLE_SKIP] = { "skip",
			0,
			{ YELLOW, OWN, 0 },
			{ 221, OWN, 0 },
			{ 130, OWN, 0 } },
	[ROLE_INFRA] = { "infra",
			 0,
			 { MAGENTA, OWN, 0 },
			 { 183, OWN, 0 },
			 { 90, OWN, 0 } },
	[ROLE_RUNNING] = { "running",
			   0,
			   { CYAN, OWN, 0 },
			   { 117, OWN, 0 },
			   { 25, OWN, 0 } },
	[ROLE_KEY] = { "key",
		       LOOK_BOLD,
		       { OWN, OWN, LOOK_REVERSE },
		       { 255, 238, 0 },
		       { 16, 252, 0 } },
	[ROLE_SELECTED] = { "selected",
			    LOOK_REVERSE,
			    { OWN, OWN, LOOK_REVERSE },
			    { 255, 24, 0 },
			    { 16, 153, 0 } },
	[ROLE_ESCAPE] = { "escape",
			  LOOK_REVERSE,
			  { OWN, OWN, LOOK_DIM | LOOK_REVERSE },
			  { 16, 180, 0 },
			  { 231, 94, 0 } },
	[ROLE_LIVE] = { "live",
			LOOK_REVERSE,
			{ BLACK, GREEN, 0 },
			{ 16, 114, 0 },
			{ 231, 28, 0 } },
	[ROLE_WAIT] = { "wait",
			LOOK_REVERSE,
			{ BLACK, YELLOW, 0 },
			{ 16, 221, 0 },
			{ 231, 130, 0 } },
	[ROLE_LOST] = { "lost",
			LOOK_REVERSE | LOOK_BOLD,
			{ WHITE, RED, LOOK_BOLD },
			{ 231, 160, LOOK_BOLD },
			{ 231, 160, LOOK_BOLD } },
	[ROLE_DONE] = { "done",
			LOOK_REVERSE,
			{ BLACK, CYAN, 0 },
			{ 16, 117, 0 },
			{ 231, 25, 0 } },
	[ROLE_MATCH] = { "match",
			 LOOK_REVERSE | LOOK_BOLD,
			 { BLACK, YELLOW, 0 },
			 { 16, 221, 0 },
			 { 16, 222, 0 } },
	[ROLE_RED] = { "red",
		       0,
		       { RED, OWN, 0 },
		       { RED, OWN, 0 },
		       { RED, OWN, 0 } },
	[ROLE_GREEN] = { "green",
			 0,
			 { GREEN, OWN, 0 },
			 { GREEN, OWN, 0 },
			 { GREEN, OWN, 0 } },
	[ROLE_YELLOW] = { "yellow",
			  0,
			  { YELLOW, OWN, 0 },
			  { YELLOW, OWN, 0 },
			  { YELLOW, OWN, 0 } },
	[ROLE_BLUE] = { "blue",
			0,
			{ BLUE, OWN, 0 },
			{ BLUE, OWN, 0 },
			{ BLUE, OWN, 0 } },
	[ROLE_MAGENTA] = { "magenta",
			   0,
			   { MAGENTA, OWN, 0 },
			   { MAGENTA, OWN, 0 },
			   { MAGENTA, OWN, 0 } },
	[ROLE_CYAN] = { "cyan",
			0,
			{ CYAN, OWN, 0 },
			{ CYAN, OWN, 0 },
			{ CYAN, OWN, 0 } },
};

static struct look in_few(const struct look *own, const struct look *few)
{
	/* what 16 colours cannot show is as if it had not been said */
	return own->foreground > 15 || own->background > 15 ? *few : *own;
}

struct look theme_look(const struct theme *theme, enum role role)
{
	const struct set *set = &sets[role];
	const struct look *own = theme->is_own[role] ? &theme->own[role] : NULL;

	switch (theme->colours) {
	case THEME_16:
		return own ? in_few(own, &set->few) : set->few;
	case THEME_256:
		return own ? *own : theme->light ? set->light : set->dark;
	case THEME_MONO:
		break;
	}
	return (struct look){ OWN, OWN, own ? own->attributes : set->mono };
}

const char *theme_role_name(enum role role)
{
	return sets[role].name;
}

static const char *const colour_words[] = { "black",  "red",   "green",
					    "yellow", "blue",  "magenta",
					    "cyan",   "white", NULL };
static const char *const attribute_words[] = { "bold", "dim", "underline",
					       "reverse", NULL };

static int find_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (str_equal(words[i], word))
			return i;
	return -1;
}

/* A colour by its name or number; false: this is none. */
static bool colour_of(const char *word, short *out)
{
	int64_t number = find_word(colour_words, word);

	if (number < 0 && !str_number(word, 0, 255, &number)) {
		if (!str_equal(word, "default"))
			return false;
		number = LOOK_DEFAULT;
	}
	*out = (short)number;
	return true;
}

static int look_parse(struct look *look, const char *words, struct error *err)
{
	bool colour = false, behind = false, on = false;
	char word[24];

	*look = (struct look){ OWN, OWN, 0 };
	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");
		short *place = on ? &look->background : &look->foreground;
		int attribute;

		snprintf(word, sizeof(word), "%.*s", (int)length, words);
		words += length;
		attribute = find_word(attribute_words, word);
		if (!on && attribute >= 0) {
			look->attributes |= 1u << attribute;
		} else if (!on && !behind && str_equal(word, "on")) {
			on = true;
		} else if ((on || !colour) && colour_of(word, place)) {
			*(on ? &behind : &colour) = true;
			on = false;
		} else {
			return error_set(
				err, ERROR_INPUT,
				"'%s' is out of place: expected a colour "
				"(black, red, green, yellow, blue, magenta, "
				"cyan, white, default or 0 to 255), on and "
				"another, bold, dim, underline, reverse",
				word);
		}
	}
	return on ? error_set(err, ERROR_INPUT, "expected a colour behind on")
		  : 0;
}

static int no_role(const char *name, struct error *err)
{
	char known[300] = "";

	for (int role = 0; role < ROLE_COUNT; role++)
		str_list(known, sizeof(known), sets[role].name);
	return error_set(err, ERROR_INPUT,
			 "there is no role '%s': expected one of %s", name,
			 known);
}

int theme_set(struct theme *theme, const char *role, const char *words,
	      struct error *err)
{
	struct look look;

	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!str_equal(sets[i].name, role))
			continue;
		if (look_parse(&look, words, err) < 0)
			return error_prefix(err, "%s", role);
		theme->own[i] = look;
		theme->is_own[i] = true;
		return 0;
	}
	return no_role(role, err);
}

enum theme_colours theme_colours(enum colour_use use, bool no_colour, int known)
{
	if (use == COLOUR_NEVER || (use == COLOUR_AUTO && no_colour) ||
	    known < 8)
		return THEME_MONO;
	return use == COLOUR_256 && known >= 256 ? THEME_256 : THEME_16;
}

bool theme_is_light(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	int64_t number;

	return last && str_number(last + 1, 0, 15, &number) &&
	       (number == 7 || number > 8);
}
