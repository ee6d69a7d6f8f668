/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Bytes that a gap is carried over count as well, in steps of this many. */
enum { STEPS_MAX = 20000, STEP_BYTES = 256 };

enum kind {
	LITERAL,
	GAP,   /* within the line */
	LINES, /* over lines, at most `most` bytes */
	RUN,   /* `least` or more bytes of a class, as many as there are */
	ONE_OF,
	LINE_BEGIN,
	LINE_END,
	EDGE,
	SIGN, /* before it */
};

struct part {
	enum kind kind;
	char class;
	bool caught;
	size_t least, most;
	char *text;    /* LITERAL, and ONE_OF: NUL between its choices */
	size_t length; /* of text */
};

struct pattern {
	struct part *parts;
	size_t count, room;
	int catches;
};

struct run {
	const struct pattern *pattern;
	const char *text;
	size_t length;
	struct match *match;
	unsigned steps;
};

static struct part *add_part(struct pattern *pattern, enum kind kind)
{
	struct part *part;

	array_grow(pattern->parts, pattern->count + 1, &pattern->room);
	part = &pattern->parts[pattern->count++];
	memset(part, 0, sizeof(*part));
	part->kind = kind;
	return part;
}

static void add_literal(struct pattern *pattern, const char *text,
			size_t length)
{
	struct part *last =
		pattern->count ? &pattern->parts[pattern->count - 1] : NULL;

	if (!last || last->kind != LITERAL)
		last = add_part(pattern, LITERAL);
	last->text = xreallocarray(last->text, last->length + length + 1, 1);
	memcpy(last->text + last->length, text, length);
	last->length += length;
	last->text[last->length] = '\0';
}

static bool is(const char *text, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(text, name, length) == 0;
}

static size_t number(const char *text, size_t length)
{
	size_t n = 0;

	for (; length && isdigit((unsigned char)*text); text++, length--)
		n = n < 100000 ? n * 10 + (size_t)(*text - '0') : n;
	return length ? 0 : n;
}

static void add_choices(struct pattern *pattern, const char *text,
			size_t length)
{
	struct part *part = add_part(pattern, ONE_OF);

	part->caught = true;
	part->text = xstrndup(text, length);
	part->length = length;
	for (size_t i = 0; i < length; i++)
		if (part->text[i] == '|')
			part->text[i] = '\0';
}

/* What stands between braces. */
static bool add_gap(struct pattern *pattern, const char *text, size_t length)
{
	struct part *part;

	if (memchr(text, '|', length)) {
		add_choices(pattern, text, length);
	} else if (is(text, length, "*")) {
		add_part(pattern, GAP)->caught = true;
	} else if (is(text, length, "...")) {
		add_part(pattern, LINES)->most = (size_t)-1;
	} else if (length > 2 && memcmp(text, "..", 2) == 0) {
		part = add_part(pattern, LINES);
		part->most = number(text + 2, length - 2);
		part->caught = true;
		return part->most > 0;
	} else if (is(text, length, "^")) {
		add_part(pattern, LINE_BEGIN);
	} else if (is(text, length, "$")) {
		add_part(pattern, LINE_END);
	} else if (is(text, length, "b")) {
		add_part(pattern, EDGE);
	} else if (is(text, length, "s")) {
		add_part(pattern, SIGN);
	} else if (is(text, length, "_")) {
		add_part(pattern, RUN)->class = '_';
	} else if (length > 0 && strchr("wfFndx", text[0])) {
		part = add_part(pattern, RUN);
		part->class = text[0];
		part->caught = true;
		part->least = length == 1 ? 1 : number(text + 1, length - 1);
		return part->least > 0;
	} else {
		return false;
	}
	return true;
}

static const char *parse(struct pattern *pattern, const char *text)
{
	while (*text) {
		const char *end;

		if (*text == '*') {
			add_part(pattern, GAP);
			text++;
		} else if (*text == '{') {
			end = strchr(text, '}');
			if (!end)
				return "a { without its }";
			if (!add_gap(pattern, text + 1,
				     (size_t)(end - text - 1)))
				return "an unknown { }";
			text = end + 1;
		} else if (*text == '\\' && text[1]) {
			add_literal(pattern, text + 1, 1);
			text += 2;
		} else {
			size_t plain = strcspn(text, "*{\\");

			plain += !plain;
			add_literal(pattern, text, plain);
			text += plain;
		}
	}
	return pattern->count ? NULL : "it is empty";
}

struct pattern *pattern_new(const char *text, const char **why)
{
	struct pattern *pattern = xcalloc(1, sizeof(*pattern));

	*why = parse(pattern, text);
	for (size_t i = 0; i < pattern->count; i++)
		pattern->catches += pattern->parts[i].caught;
	if (!*why && pattern->catches > PATTERN_CATCHES)
		*why = "more than 8 { } that catch";
	if (!*why)
		return pattern;
	pattern_free(pattern);
	return NULL;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	for (size_t i = 0; i < pattern->count; i++)
		free(pattern->parts[i].text);
	free(pattern->parts);
	free(pattern);
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static bool in_class(char class, char c)
{
	switch (class) {
	case 'w':
		return c != ' ' && c != '\t' && c != '\n' && c != '\0';
	case '_':
		return c == ' ' || c == '\t';
	case 'd':
		return c >= '0' && c <= '9';
	case 'x':
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
	default:
		return is_name(c);
	}
}

static bool fits(struct run *run, size_t part, size_t at);

static void note(struct run *run, const struct part *part, int slot, size_t at,
		 size_t length)
{
	if (!part->caught)
		return;
	run->match->catches[slot].start = at;
	run->match->catches[slot].length = length;
	run->match->catches[slot].frame =
		part->kind == RUN && (part->class == 'f' || part->class == 'F');
}

static int slot_of(const struct run *run, size_t part)
{
	int slot = 0;

	for (size_t i = 0; i < part; i++)
		slot += run->pattern->parts[i].caught;
	return slot;
}

/* Where the literal begins, at `last` at the latest; or behind that. */
static size_t find_literal(struct run *run, const struct part *literal,
			   size_t from, size_t last)
{
	size_t length = run->length - from;
	const char *found;
	size_t at;

	if (last - from + literal->length < length)
		length = last - from + literal->length;
	found = memmem(run->text + from, length, literal->text,
		       literal->length);
	at = found ? (size_t)(found - run->text) : last + 1;
	run->steps += (unsigned)((at - from) / STEP_BYTES);
	return at;
}

/* The gap ends where the next literal stands: jump from one to the next. */
static bool fits_gap(struct run *run, size_t index, size_t at)
{
	const struct part *part = &run->pattern->parts[index];
	const struct part *next =
		index + 1 < run->pattern->count ? part + 1 : NULL;
	size_t end = run->length, stop = at;
	int slot = part->caught ? slot_of(run, index) : 0;

	if (part->kind == GAP) {
		const char *line = memchr(run->text + at, '\n', end - at);

		end = line ? (size_t)(line - run->text) : end;
	} else if (part->most < end - at) {
		end = at + part->most;
	}
	for (; stop <= end; stop++) {
		if (next && next->kind == LITERAL) {
			size_t found = find_literal(run, next, stop, end);

			if (found > end)
				return false;
			stop = found;
		}
		note(run, part, slot, at, stop - at);
		if (fits(run, index + 1, stop))
			return true;
		if (run->steps >= STEPS_MAX)
			return false;
	}
	return false;
}

static bool fits_run(struct run *run, size_t index, size_t at)
{
	const struct part *part = &run->pattern->parts[index];
	size_t end = at;

	while (end < run->length && in_class(part->class, run->text[end]))
		end++;
	if (end - at < part->least)
		return false;
	if ((part->class == 'f' || part->class == 'F') &&
	    in_class('d', run->text[at]))
		return false;
	if (part->class == 'F' &&
	    (end == run->length ||
	     (run->text[end] != '.' && run->text[end] != '+')))
		return false;
	note(run, part, slot_of(run, index), at, end - at);
	return fits(run, index + 1, end);
}

static bool fits_choice(struct run *run, size_t index, size_t at)
{
	const struct part *part = &run->pattern->parts[index];
	const char *choice = part->text, *end = part->text + part->length;

	while (choice <= end) {
		size_t length = strlen(choice);

		if (length <= run->length - at &&
		    memcmp(run->text + at, choice, length) == 0) {
			note(run, part, slot_of(run, index), at, length);
			if (fits(run, index + 1, at + length))
				return true;
		}
		choice += length + 1;
	}
	return false;
}

static bool fits_edge(const struct run *run, enum kind kind, size_t at)
{
	bool before = at > 0, after = at < run->length;

	switch (kind) {
	case LINE_BEGIN:
		return !before || run->text[at - 1] == '\n';
	case LINE_END:
		return !after || run->text[at] == '\n';
	case EDGE:
		return !before || !after || !is_name(run->text[at - 1]) ||
		       !is_name(run->text[at]);
	case SIGN:
		return before && (run->text[at - 1] == '_' ||
				  !is_name(run->text[at - 1]));
	case LITERAL:
	case GAP:
	case LINES:
	case RUN:
	case ONE_OF:
		break;
	}
	return false;
}

static bool fits(struct run *run, size_t index, size_t at)
{
	const struct part *part = &run->pattern->parts[index];

	if (index == run->pattern->count) {
		run->match->end = at;
		return true;
	}
	if (++run->steps >= STEPS_MAX)
		return false;
	switch (part->kind) {
	case LITERAL:
		return part->length <= run->length - at &&
		       memcmp(run->text + at, part->text, part->length) == 0 &&
		       fits(run, index + 1, at + part->length);
	case GAP:
	case LINES:
		return fits_gap(run, index, at);
	case RUN:
		return fits_run(run, index, at);
	case ONE_OF:
		return fits_choice(run, index, at);
	case LINE_BEGIN:
	case LINE_END:
	case EDGE:
	case SIGN:
		return fits_edge(run, part->kind, at) &&
		       fits(run, index + 1, at);
	}
	return false;
}

static bool start_at(struct run *run, size_t at)
{
	run->match->start = at;
	run->match->count = run->pattern->catches;
	return fits(run, 0, at);
}

bool pattern_at(const struct pattern *pattern, const char *text, size_t length,
		size_t at, struct match *match)
{
	struct run run = { pattern, text, length, match, 0 };

	return at <= length && start_at(&run, at);
}

bool pattern_find(const struct pattern *pattern, const char *text,
		  size_t length, size_t from, struct match *match)
{
	struct run run = { pattern, text, length, match, 0 };
	const struct part *first = &pattern->parts[0];

	for (size_t at = from; at <= length; at++) {
		if (first->kind == LITERAL) {
			const char *found = memmem(text + at, length - at,
						   first->text, first->length);

			if (!found)
				return false;
			at = (size_t)(found - text);
		} else if (first->kind == LINE_BEGIN && at > 0 &&
			   text[at - 1] != '\n') {
			const char *found =
				memchr(text + at, '\n', length - at);

			if (!found)
				return false;
			at = (size_t)(found - text) + 1;
		}
		if (start_at(&run, at))
			return true;
		if (run.steps >= STEPS_MAX)
			return false;
	}
	return false;
}

const char *pattern_prefix(const struct pattern *pattern)
{
	size_t at = 0;

	while (at < pattern->count && (pattern->parts[at].kind == LINE_BEGIN ||
				       pattern->parts[at].kind == EDGE))
		at++;
	return at < pattern->count && pattern->parts[at].kind == LITERAL
		       ? pattern->parts[at].text
		       : "";
}
