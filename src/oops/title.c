/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/title.h"

#include <string.h>

#include "base/buf.h"
#include "oops/rules.h"

/* A rule that makes its own food is stopped; a title is short. */
enum { SCRUB_ROUNDS = 64, RAW_MAX = 4096 };

static void add_catch(struct buf *out, const char *text,
		      const struct match *match, int index)
{
	if (index < match->count)
		buf_add(out, text + match->catches[index].start,
			match->catches[index].length);
}

void title_fill(struct buf *out, const char *template, const char *text,
		const struct match *match, const char *function,
		const char *origin)
{
	for (const char *at = template; *at; at++) {
		if (at[0] != '{' || !at[1] || at[2] != '}') {
			buf_putc(out, *at);
			continue;
		}
		if (at[1] == 'F')
			buf_puts(out, function);
		else if (at[1] == 'O')
			buf_puts(out, origin);
		else
			add_catch(out, text, match, at[1] - '1');
		at += 2;
	}
}

static bool scrub_once(const struct scrub *scrub, struct buf *title)
{
	struct match match;
	struct buf out;
	size_t at = 0;
	bool changed = false;

	if (!pattern_find(scrub->find, title->text, title->length, 0, &match))
		return false;
	buf_init(&out, RAW_MAX);
	do {
		buf_add(&out, title->text + at, match.start - at);
		title_fill(&out, scrub->put, title->text, &match, "", "");
		at = match.end;
		changed |= match.end > match.start;
	} while (match.end > match.start &&
		 pattern_find(scrub->find, title->text, title->length, at,
			      &match));
	buf_add(&out, title->text + at, title->length - at);
	changed = changed && (out.length != title->length ||
			      memcmp(out.text, title->text, out.length) != 0);
	buf_clear(title);
	buf_add(title, out.text, out.length);
	buf_release(&out);
	return changed;
}

/* One line of printable ASCII, single blanks, none at the ends. */
static void tidy(struct buf *title)
{
	char out[TITLE_MAX + 1];
	size_t length = 0;
	bool blank = false;

	for (size_t i = 0; i < title->length && i < TITLE_MAX; i++) {
		char c = title->text[i];

		if (c == '\t' || c == ' ') {
			blank = length > 0;
		} else if (c > ' ' && c < 127) {
			if (blank)
				out[length++] = ' ';
			out[length++] = c;
			blank = false;
		}
	}
	buf_clear(title);
	buf_add(title, out, length);
}

void title_replace(const struct rules *rules, struct buf *title)
{
	for (size_t i = 0; i < rules->scrub_count; i++)
		for (int n = 0; n < SCRUB_ROUNDS; n++)
			if (!scrub_once(&rules->scrubs[i], title))
				break;
}

void title_scrub(const struct rules *rules, struct buf *title)
{
	title_replace(rules, title);
	tidy(title);
}

const char *title_type(const struct rules *rules, const char *title)
{
	struct match match;
	size_t length = strlen(title);

	for (size_t i = 0; i < rules->type_count; i++)
		if (pattern_at(rules->types[i].pattern, title, length, 0,
			       &match))
			return rules->types[i].name;
	return "UNKNOWN";
}
