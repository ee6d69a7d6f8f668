/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitlines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "session/gitwords.h"

enum {
	TEXT_MAX = 32 * 1024, /* of a line in which anything is looked for */
	SOFT_MIN = 74,	      /* quoted-printable breaks lines before 77 */
	SOFT_MAX = 76,
	WRAPPED_MIN = 66, /* mails are broken behind that at the earliest */
	WRAPPED_MAX = 80, /* and a longer line was not broken at all */
	FLOWED_MIN = 50,
	ID_MIN = 12,
};

#define NBSP	   "\xc2\xa0"
#define ZERO_WIDTH "\xe2\x80\x8b"
#define BOM	   "\xef\xbb\xbf"

void gitlines_init(struct gitlines *lines, const struct gitwords *words,
		   gitlines_fn *take, void *data)
{
	memset(lines, 0, sizeof(*lines));
	lines->words = words;
	lines->take = take;
	lines->data = data;
	buf_init(&lines->text, 0);
}

void gitlines_release(struct gitlines *lines)
{
	buf_release(&lines->text);
}

/*
 * One line.
 */

/* How many bytes the UTF-8 character has, 0: it is none. */
static size_t utf8_length(const char *bytes, size_t left)
{
	unsigned char first = (unsigned char)*bytes;
	size_t length = first < 0x80   ? 1
			: first < 0xc2 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf5 ? 4
				       : 0;

	if (length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static bool is_utf8(const struct buf *text)
{
	for (size_t i = 0; i < text->length;) {
		size_t length = utf8_length(text->text + i, text->length - i);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

/* What is no UTF-8 was Latin-1 once. */
static void make_utf8(struct buf *text)
{
	struct buf out;

	if (is_utf8(text))
		return;
	buf_init(&out, 0);
	for (size_t i = 0; i < text->length; i++) {
		unsigned char byte = (unsigned char)text->text[i];

		if (byte < 0x80) {
			buf_putc(&out, (char)byte);
		} else {
			buf_putc(&out, (char)(0xc0 | byte >> 6));
			buf_putc(&out, (char)(0x80 | (byte & 0x3f)));
		}
	}
	buf_release(text);
	*text = out;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The bytes of a line, decoded. */
static void decode(const char *bytes, size_t length, bool printable,
		   struct buf *out)
{
	for (size_t i = 0; i < length; i++) {
		int high = -1, low = -1;

		if (printable && bytes[i] == '=' && i + 2 < length) {
			high = hex_value(bytes[i + 1]);
			low = hex_value(bytes[i + 2]);
		}
		if (high >= 0 && low >= 0 && (high || low)) {
			buf_putc(out, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_putc(out, bytes[i]);
		}
	}
}

static size_t prefix_length(const char *p)
{
	static const char *const marks[] = { NBSP, ZERO_WIDTH, BOM, "&gt;" };

	if (*p && strchr("> \t|", *p))
		return 1;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (str_starts(p, marks[i]))
			return strlen(marks[i]);
	return 0;
}

/* "\033[31m" */
static size_t colour_length(const char *p)
{
	size_t length;

	if (p[0] != '\033' || p[1] != '[')
		return 0;
	length = 2 + strspn(p + 2, "0123456789;");
	return p[length] ? length + 1 : 0;
}

/* Without what was added, blanks behind it too; plain in place. */
static void strip(struct buf *text, bool prefixed)
{
	char *from = text->text, *to = text->text;

	while (prefixed && (prefix_length(from) || colour_length(from)))
		from += prefix_length(from) + colour_length(from);
	if (prefixed && (*from == '*' || *from == '-') && from[1] == ' ' &&
	    (from[2] == '#' || str_starts(from + 2, "git")))
		from += 2;
	while (*from) {
		size_t colour = colour_length(from);

		if (colour || str_starts(from, ZERO_WIDTH)) {
			from += colour ? colour : strlen(ZERO_WIDTH);
		} else if (str_starts(from, NBSP)) {
			*to++ = ' ';
			from += strlen(NBSP);
		} else {
			*to++ = *from++;
		}
	}
	while (to > text->text && isspace((unsigned char)to[-1]))
		to--;
	*to = '\0';
	text->length = (size_t)(to - text->text);
}

/* Is the line broken where the text has no blank, by "=" at its end? */
static bool is_soft(const struct gitlines *lines, const char *bytes,
		    size_t length)
{
	return lines->printable && length && bytes[length - 1] == '=';
}

/* A line that only quoted-printable breaks there: the next one is neither
   quoted as it is, nor does it begin anything. */
static bool breaks_softly(const char *bytes, size_t length, const char *next,
			  const char *end)
{
	if (length < SOFT_MIN || length > SOFT_MAX || next >= end ||
	    bytes[length - 1] != '=' || *next == *bytes)
		return false;
	return *next != '#' && *next != 'g' && *next != '$' && *next != '\n' &&
	       *next != '\r';
}

bool gitlines_is_printable(const char *bytes, size_t length)
{
	static const char header[] =
		"Content-Transfer-Encoding: quoted-printable";
	const char *end = bytes + length;
	int blanks = 0; /* lines that end in an encoded one */

	while (bytes < end) {
		const char *newline =
			memchr(bytes, '\n', (size_t)(end - bytes));
		const char *next = newline ? newline + 1 : end;
		size_t all = (size_t)((newline ? newline : end) - bytes);

		while (all && bytes[all - 1] == '\r')
			all--;
		blanks += all > 3 && memcmp(bytes + all - 3, "=20", 3) == 0;
		if (blanks > 1 ||
		    (all >= sizeof(header) - 1 &&
		     strncasecmp(bytes, header, sizeof(header) - 1) == 0) ||
		    breaks_softly(bytes, all, next, end))
			return true;
		bytes = next;
	}
	return false;
}

static bool is_text(const struct line *line)
{
	return line->length <= TEXT_MAX &&
	       !memchr(line->bytes, '\0', line->length);
}

void gitlines_clean(const struct line *line, struct buf *out)
{
	if (!is_text(line))
		return;
	decode(line->bytes, line->length, false, out);
	make_utf8(out);
	strip(out, true);
}

/*
 * Lines that belong together.
 */

static void flush(struct gitlines *lines)
{
	struct gitpiece piece = { .lines = lines->held,
				  .count = lines->count,
				  .text = lines->text.text };

	if (lines->count)
		lines->take(lines->data, &piece);
	lines->count = 0;
	lines->soft = false;
	buf_clear(&lines->text);
}

/* The last saying of the text; false: there is none. */
static bool find_last(const struct gitlines *lines, struct gitword *out)
{
	struct gitword word;
	size_t from = 0;
	bool any = false;

	while (gitword_find(lines->words, lines->text.text, from, &word)) {
		*out = word;
		from = word.end;
		any = true;
	}
	return any;
}

/* Does a saying begin before the break and end behind it? */
static bool spans(const struct gitlines *lines, const char *next, size_t from)
{
	struct gitword word;
	struct buf both;
	bool yes = false;

	buf_init(&both, 0);
	buf_printf(&both, "%s %s", lines->text.text, next);
	while (!yes && gitword_find(lines->words, both.text, from, &word) &&
	       word.begin < lines->text.length) {
		yes = word.end > lines->text.length + 1;
		from = word.end;
	}
	buf_release(&both);
	return yes;
}

/* Are the first words of the line those of a command before it? */
static bool goes_on_command(const struct gitlines *lines,
			    const struct gitword *last, const char *next)
{
	size_t length = strspn(next, "0123456789abcdef");
	const char *rest = lines->text.text + last->end;

	if (strchr(rest, '#'))
		return false;
	if (last->term_length == 5 && memcmp(last->term, "start", 5) == 0 &&
	    *next == '\'')
		return true;
	if (length < ID_MIN || length > 40)
		return false;
	if (rest[strspn(rest, " \t")] && lines->width < WRAPPED_MIN)
		return false;
	next += length + strspn(next + length, " \t");
	return !*next || *next == '#' || strspn(next, "0123456789abcdef") > 6;
}

/* A subject goes on where its line was broken because the next word of it
   would not have fitted. */
static bool goes_on_subject(const struct gitlines *lines, const char *next)
{
	size_t word = strcspn(next, " \t");

	if (*next == '#' || str_starts(next, "commit ") ||
	    str_starts(next, "Author:") ||
	    (lines->width > WRAPPED_MAX &&
	     !(lines->printable && lines->flowed)))
		return false;
	return lines->width + 1 + word > WRAPPED_MIN ||
	       (lines->flowed && lines->width > FLOWED_MIN);
}

static bool belongs(const struct gitlines *lines, const char *next)
{
	struct gitword last = { .end = 0 }, own;
	bool any = find_last(lines, &last);

	if (spans(lines, next, any ? last.end : 0))
		return true;
	if (!any || (gitword_find(lines->words, next, 0, &own) &&
		     (own.begin == strspn(next, " \t") || own.typed)))
		return false;
	if (last.kind == GITWORD_COMMAND)
		return goes_on_command(lines, &last, next);
	return gitword_has_text(last.kind) && goes_on_subject(lines, next);
}

/* All before the last saying is complete: only that one can go on. */
static void flush_complete(struct gitlines *lines)
{
	struct line newest = lines->held[lines->count - 1];
	struct gitpiece piece = { .lines = lines->held,
				  .count = lines->count - 1 };
	struct gitword last;
	struct buf rest;

	if (lines->count < 2 || !find_last(lines, &last) || last.begin == 0)
		return;
	buf_init(&rest, 0);
	buf_puts(&rest, lines->text.text + last.begin);
	lines->text.text[last.begin] = '\0';
	piece.text = lines->text.text;
	lines->take(lines->data, &piece);
	buf_release(&lines->text);
	lines->text = rest;
	lines->held[0] = newest;
	lines->count = 1;
}

static void hold(struct gitlines *lines, const struct line *line,
		 const struct buf *text, bool soft, bool flowed)
{
	if (lines->count && !lines->soft)
		buf_putc(&lines->text, ' ');
	buf_add(&lines->text, text->text, text->length);
	if (soft && flowed)
		buf_putc(&lines->text, ' ');
	lines->held[lines->count++] = *line;
	lines->width = line->length + (lines->soft ? lines->width : 0);
	lines->soft = soft;
	lines->flowed = flowed;
	if (!soft) {
		make_utf8(&lines->text);
		flush_complete(lines);
	}
	if (lines->count == GITLINES_HELD_MAX)
		flush(lines);
}

void gitlines_add(struct gitlines *lines, const struct line *line)
{
	size_t length = line->length;
	struct buf text;
	bool soft, flowed;

	buf_init(&text, 0);
	while (length && line->bytes[length - 1] == '\r')
		length--;
	soft = is_soft(lines, line->bytes, length);
	if (is_text(line))
		decode(line->bytes, length - soft, lines->printable, &text);
	if (!soft && !lines->soft)
		make_utf8(&text);
	flowed = text.length && text.text[text.length - 1] == ' ';
	strip(&text, !lines->soft);
	if (text.length == 0 ||
	    (lines->count && !lines->soft && !belongs(lines, text.text)))
		flush(lines);
	hold(lines, line, &text, soft, flowed);
	if (text.length == 0)
		flush(lines);
	buf_release(&text);
}

void gitlines_end(struct gitlines *lines)
{
	flush(lines);
}
