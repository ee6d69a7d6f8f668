/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "oops/rules.h"
#include "oops/words.h"

/* A stack is at least this long, and has a frame within this many lines. */
enum { STACK_LEAST = 3, STACK_LOOK = 15, NAMES_MAX = 2048 };

struct name {
	const char *text; /* in the report */
	size_t length;
};

struct walk {
	const struct rules *rules;
	const struct format *format;
	const char *next, *end; /* the lines to come */
	struct name *names;
	size_t count, room;
	struct texts demangled; /* what some of the names point into */
	bool injected;
};

struct span {
	const char *text;
	size_t length;
};

static struct span line_at(const char *text, const char *end)
{
	const char *newline = memchr(text, '\n', (size_t)(end - text));

	return (struct span){ text,
			      (size_t)((newline ? newline : end) - text) };
}

static const char *after(struct span line, const char *end)
{
	const char *next = line.text + line.length;

	return next < end ? next + 1 : end;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F') || c == 'x';
}

static void skip_blanks(struct span *line)
{
	while (line->length && (*line->text == ' ' || *line->text == '\t')) {
		line->text++;
		line->length--;
	}
}

static void skip(struct span *line, size_t bytes)
{
	line->text += bytes;
	line->length -= bytes;
}

/* "[<ffffffff81234567>]" or the like, off the line. */
static bool skip_address(struct span *line)
{
	size_t at = 1, first;
	bool angle;

	if (line->length < 5 || line->text[0] != '[')
		return false;
	angle = line->text[1] == '<';
	first = at += angle;
	while (at < line->length && is_hex(line->text[at]))
		at++;
	if (at == first || at + 1 >= line->length)
		return false;
	if (angle && line->text[at++] != '>')
		return false;
	if (line->text[at] != ']')
		return false;
	skip(line, at + 1);
	return true;
}

static size_t name_length(struct span line)
{
	size_t n = 0;

	while (n < line.length && is_name(line.text[n]))
		n++;
	return n;
}

/* arm: "(name) from [<hex>] (name+0x..." after the first address. */
static int arm_names(struct span line, struct name *names)
{
	size_t n;

	if (!line.length || *line.text != '(')
		return 0;
	skip(&line, 1);
	n = name_length(line);
	names[0] = (struct name){ line.text, n };
	if (!n)
		return 0;
	const char *from = memmem(line.text, line.length, ") from ", 7);

	if (!from)
		return 0;
	skip(&line, (size_t)(from - line.text) + 7);
	if (!skip_address(&line))
		return 0;
	skip_blanks(&line);
	if (line.length < 2 || *line.text != '(')
		return 0;
	skip(&line, 1);
	n = name_length(line);
	names[1] = (struct name){ line.text, n };
	return n ? 2 : 0;
}

/* The functions that a line of a stack names: 0, 1 or 2. */
static int frame_names(struct span line, struct name *names)
{
	bool address;
	size_t n;

	skip_blanks(&line);
	address = skip_address(&line);
	skip_blanks(&line);
	if (address && arm_names(line, names))
		return 2;
	if (skip_address(&line))
		skip_blanks(&line);
	n = name_length(line);
	if (!n || n == line.length ||
	    (line.text[n] != '+' && line.text[n] != '.'))
		return 0;
	names[0] = (struct name){ line.text, n };
	return 1;
}

static void copy_name(char *out, struct name name)
{
	if (name.length >= FRAME_NAME_MAX)
		name.length = FRAME_NAME_MAX - 1;
	memcpy(out, name.text, name.length);
	out[name.length] = '\0';
}

/* A name of C++ or Rust as its source has it. */
static struct name demangled(struct walk *walk, struct name name)
{
	char mangled[FRAME_NAME_MAX];
	struct texts *texts = &walk->demangled;
	char *text;

	if (!walk->rules->demangle || name.length < 3 ||
	    name.length >= sizeof(mangled) || name.text[0] != '_' ||
	    (name.text[1] != 'Z' && name.text[1] != 'R'))
		return name;
	copy_name(mangled, name);
	text = walk->rules->demangle(mangled);
	if (!text)
		return name;
	array_grow(texts->items, texts->count + 1, &texts->room);
	texts->items[texts->count++] = text;
	return (struct name){ text, strlen(text) };
}

static void add_name(struct walk *walk, struct name name)
{
	if (walk->count < NAMES_MAX)
		name = demangled(walk, name);
	if (walk->count == NAMES_MAX ||
	    words_name(walk->rules->skip_words, name.text, name.length) ||
	    words_name(walk->format->skip, name.text, name.length))
		return;
	array_grow(walk->names, walk->count + 1, &walk->room);
	walk->names[walk->count++] = name;
}

/* A fault injection's own function: another stack is mixed in. */
static bool injects(struct walk *walk, const struct name *names, int count)
{
	for (int i = 0; i < count; i++)
		if (words_name(walk->rules->injected_words, names[i].text,
			       names[i].length))
			return walk->injected = true;
	return false;
}

static bool matches(const struct patterns *patterns, struct span line,
		    struct match *match)
{
	return patterns_find(patterns, line.text, line.length, match);
}

static void to_line(struct walk *walk, const struct recipe_step *step)
{
	while (walk->next < walk->end) {
		struct span line = line_at(walk->next, walk->end);
		struct name names[2];
		struct match match;

		walk->next = after(line, walk->end);
		if (injects(walk, names, frame_names(line, names)))
			return;
		if (!matches(&step->lines, line, &match))
			continue;
		for (int i = 0; i < match.count; i++)
			if (match.catches[i].frame)
				add_name(walk,
					 (struct name){
						 line.text +
							 match.catches[i].start,
						 match.catches[i].length });
		return;
	}
}

static void over_frames(struct walk *walk, const struct recipe_step *next)
{
	while (walk->next < walk->end) {
		struct span line = line_at(walk->next, walk->end);
		struct name names[2];
		struct match match;
		int count;

		if (next && !next->frames &&
		    matches(&next->lines, line, &match))
			return;
		walk->next = after(line, walk->end);
		count = frame_names(line, names);
		if (injects(walk, names, count))
			return;
		for (int i = 0; i < count; i++)
			add_name(walk, names[i]);
		if (!count && matches(&walk->rules->stack_starts, line, &match))
			return;
	}
}

static bool in(const struct words *words, struct name name)
{
	return words_name(words, name.text, name.length);
}

/* A function by one of these words is shown by the word alone. */
static bool pick_word(const struct texts *words, struct name name,
		      struct name *out)
{
	for (size_t i = 0; i < words->count; i++) {
		size_t length = strlen(words->items[i]);

		if (!memmem(name.text, name.length, words->items[i], length))
			continue;
		*out = (struct name){ words->items[i], length };
		return true;
	}
	return false;
}

static struct name pick_stall(const struct walk *walk, struct name *shown)
{
	struct name last = walk->names[0];

	for (size_t i = 0; i < walk->count; i++) {
		if (pick_word(&walk->rules->anchor_self, walk->names[i], shown))
			return walk->names[i];
		if (in(walk->rules->anchor_words, walk->names[i]))
			return last;
		last = walk->names[i];
	}
	return (struct name){ "", 0 };
}

/* "word:name": a function with this word is shown under that name. */
static bool pick_merged(const struct walk *walk, struct name *out,
			struct name *shown)
{
	const struct texts *list = &walk->rules->hung_merge;

	for (size_t i = 0; i < walk->count; i++)
		for (size_t k = 0; k < list->count; k++) {
			const char *word = list->items[k];
			size_t length = strcspn(word, ":");

			if (!memmem(walk->names[i].text, walk->names[i].length,
				    word, length))
				continue;
			word += length + (word[length] == ':');
			*out = walk->names[i];
			*shown = (struct name){ word, strlen(word) };
			return true;
		}
	return false;
}

static struct name pick_hung(const struct walk *walk, struct name *shown)
{
	struct name name;

	for (size_t i = 0; i < walk->count; i++)
		if (texts_in(&walk->rules->hung_first, walk->names[i].text,
			     walk->names[i].length))
			return walk->names[i];
	if (pick_merged(walk, &name, shown))
		return name;
	for (size_t i = 0; i < walk->count; i++)
		if (!in(walk->rules->hung_skip_words, walk->names[i]))
			return walk->names[i];
	return (struct name){ "", 0 };
}

static struct name pick(const struct walk *walk, struct name *shown)
{
	if (!walk->count)
		return (struct name){ "", 0 };
	switch (walk->format->picker) {
	case PICK_STALL:
		return pick_stall(walk, shown);
	case PICK_HUNG:
		return pick_hung(walk, shown);
	case PICK_FIRST:
		break;
	}
	return walk->names[0];
}

struct blame frames_blame(const struct rules *rules,
			  const struct format *format,
			  const struct recipe *recipe, const char *report,
			  size_t length, size_t from)
{
	struct walk walk = { .rules = rules, .format = format };
	struct blame blame = { .near_count = 0 };
	struct name shown = { "", 0 };

	walk.next = report + from;
	walk.end = report + length;
	for (size_t i = 0; i < recipe->count; i++) {
		if (recipe->steps[i].frames)
			over_frames(&walk, i + 1 < recipe->count
						   ? &recipe->steps[i + 1]
						   : NULL);
		else
			to_line(&walk, &recipe->steps[i]);
	}
	copy_name(blame.name, pick(&walk, &shown));
	copy_name(blame.shown, shown);
	for (size_t i = 0; i < walk.count && i < FRAMES_NEAR; i++)
		copy_name(blame.near[blame.near_count++], walk.names[i]);
	blame.injected = walk.injected;
	for (size_t i = 0; i < walk.demangled.count; i++)
		free(walk.demangled.items[i]);
	free(walk.demangled.items);
	free(walk.names);
	return blame;
}

/* Is there a frame among the lines after a stack's start? */
static bool has_frame(const struct rules *rules, const char *at,
		      const char *end)
{
	struct match match;
	struct name names[2];

	for (int i = 0; i < STACK_LOOK && at < end; i++) {
		struct span line = line_at(at, end);

		if (texts_in(&rules->no_stacks, line.text, line.length) ||
		    frame_names(line, names))
			return true;
		if (matches(&rules->stack_starts, line, &match))
			return false;
		at = after(line, end);
	}
	return false;
}

static int lines_left(const char *at, const char *end)
{
	int lines = 0;

	for (; at < end && lines < STACK_LEAST; lines++)
		at = after(line_at(at, end), end);
	return lines;
}

/* The first stack of a kind stands for all of that kind. */
static const char *kind_broken(const struct rules *rules,
			       const struct pattern *start, const char *report,
			       size_t length, bool *any)
{
	const char *end = report + length;
	struct match match;
	struct span line;

	if (!pattern_find(start, report, length, 0, &match))
		return NULL;
	*any = true;
	line = line_at(report + match.start, end);
	if (matches(&rules->no_frames, line, &match))
		return NULL;
	if (lines_left(line.text, end) < STACK_LEAST)
		return "call trace is cut";
	if (!has_frame(rules, after(line, end), end))
		return "no frame after the start of a stack";
	return NULL;
}

const char *frames_broken(const struct rules *rules, const char *report,
			  size_t length)
{
	const struct patterns *starts = &rules->stack_starts;
	const char *why = NULL;
	bool any = false;

	for (size_t i = 0; i < starts->count && !why; i++)
		why = kind_broken(rules, starts->items[i], report, length,
				  &any);
	return any ? why : "no stack trace";
}
