/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/cut.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "oops/rules.h"

/* The lines after which a repeated stack is left out. */
enum { LONG_REPORT = 22, LONG_KMSAN = 16, BEFORE = 5, BEFORE_TASK = 50 };

static size_t digits(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && text[n] >= '0' && text[n] <= '9')
		n++;
	return n;
}

static size_t blanks(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && text[n] == ' ')
		n++;
	return n;
}

/* "[   12.345678]": its length, or 0. */
static size_t stamp_length(const char *text, size_t length)
{
	size_t at = 1, n;

	if (length < 5 || text[0] != '[')
		return 0;
	at += blanks(text + at, length - at);
	n = digits(text + at, length - at);
	at += n;
	if (!n || at >= length || text[at++] != '.')
		return 0;
	n = digits(text + at, length - at);
	at += n;
	return n && at < length && text[at] == ']' ? at + 1 : 0;
}

/* "[  T123]" into name: its length, or 0. */
static size_t caller_length(const char *text, size_t length,
			    struct caller *caller)
{
	size_t at = 1, n;

	if (length < 4 || text[0] != '[')
		return 0;
	at += blanks(text + at, length - at);
	if (at >= length || (text[at] != 'T' && text[at] != 'C'))
		return 0;
	n = digits(text + at + 1, length - at - 1);
	if (!n || n + 2 > CALLER_MAX || at + 1 + n >= length ||
	    text[at + 1 + n] != ']')
		return 0;
	memcpy(caller->name, text + at, n + 1);
	caller->name[n + 1] = '\0';
	return at + n + 2;
}

/* What may stand before the time: notices, a prompt, a priority. */
static size_t before_stamp(const char *text, size_t length)
{
	static const char lost[] = "** ", login[] = " login: ";
	static const char dropped[] = " printk messages dropped ** ";
	const char *found;
	size_t at = 0, n;

	if (length > 3 && memcmp(text, lost, 3) == 0) {
		n = digits(text + 3, length - 3);
		if (n && length > 3 + n + strlen(dropped) &&
		    memcmp(text + 3 + n, dropped, strlen(dropped)) == 0)
			at = 3 + n + strlen(dropped);
	}
	found = text[at] == '[' || text[at] == '<'
			? NULL
			: memmem(text + at, length - at, login, strlen(login));
	if (found)
		at = (size_t)(found - text) + strlen(login);
	if (at < length && text[at] == '<') {
		n = digits(text + at + 1, length - at - 1);
		if (n && at + n + 1 < length && text[at + n + 1] == '>')
			at += n + 2;
	}
	return at;
}

struct caller cut_prefix(const char **line, size_t *length)
{
	struct caller caller = { "" };
	const char *text = *line;
	size_t at, n;

	if (*length == 0)
		return caller;
	at = before_stamp(text, *length);
	n = stamp_length(text + at, *length - at);
	if (!n)
		return caller;
	at += n;
	n = caller_length(text + at, *length - at, &caller);
	at += n;
	if (at < *length && text[at] != ' ') {
		caller.name[0] = '\0';
		return caller;
	}
	if (!n)
		str_copy(caller.name, sizeof(caller.name), "console");
	at += at < *length;
	*line += at;
	*length -= at;
	return caller;
}

/* A frame that the unwinder only guesses: "? name", "... (unreliable)". */
static bool is_guess(const char *line, size_t length)
{
	static const char unreliable[] = " (unreliable)";
	size_t at = blanks(line, length), tail = strlen(unreliable);

	if (memmem(line, length, "<EOI>", 5))
		return false;
	if (length >= tail &&
	    memcmp(line + length - tail, unreliable, tail) == 0)
		return true;
	while (at < length && line[at] == '[') {
		const char *end = memchr(line + at, ']', length - at);

		if (!end)
			return false;
		at = (size_t)(end - line) + 1;
		at += blanks(line + at, length - at);
	}
	if (at + 5 < length && memcmp(line + at, "<IRQ>", 5) == 0) {
		at += 5;
		at += blanks(line + at, length - at);
	}
	return at + 1 < length && line[at] == '?' && line[at + 1] == ' ';
}

struct line {
	const char *text; /* without prefix */
	size_t length;
	struct caller caller;
};

static struct line take_line(const char *text, size_t length, size_t *at)
{
	const char *end = memchr(text + *at, '\n', length - *at);
	struct line line = { .text = text + *at };

	line.length = end ? (size_t)(end - line.text) : length - *at;
	*at += line.length + (end != NULL);
	while (line.length && line.text[line.length - 1] == '\r')
		line.length--;
	while (line.length && *line.text == '\r') {
		line.text++;
		line.length--;
	}
	line.caller = cut_prefix(&line.text, &line.length);
	return line;
}

/* Without what no text has: carriage returns and NULs. */
static void add_line(struct buf *out, const struct line *line)
{
	const char *at = line->text, *end = line->text + line->length;

	while (at < end) {
		const char *stop = at;

		while (stop < end && *stop != '\r' && *stop != '\0')
			stop++;
		buf_add(out, at, (size_t)(stop - at));
		at = stop + 1;
	}
	buf_putc(out, '\n');
}

bool cut_is_registers(const char *line, size_t length)
{
	static const char first[] = "Pid: ";

	return length > strlen(first) &&
	       memcmp(line, first, strlen(first)) == 0;
}

/* The last lines of the same caller before the oops. */
static void add_before(struct buf *shown, const char *text, size_t start,
		       const struct caller *caller)
{
	int want = caller->name[0] == 'T' ? BEFORE_TASK : BEFORE, seen = 0;
	size_t first = start, at = start;

	while ((seen < want || seen < CUT_REGISTERS) && at > 0) {
		const char *end = memrchr(text, '\n', at - 1);
		size_t begin = end ? (size_t)(end - text) + 1 : 0;
		size_t next = begin;
		struct line line = take_line(text, at, &next);

		at = begin;
		if (str_equal(line.caller.name, caller->name) &&
		    (seen++ < want || cut_is_registers(line.text, line.length)))
			first = begin;
	}
	for (at = first; at < start;) {
		struct line line = take_line(text, start, &at);

		if (str_equal(line.caller.name, caller->name) &&
		    !is_guess(line.text, line.length))
			add_line(shown, &line);
	}
}

static bool is_second(const struct rules *rules, const char *raw, size_t length)
{
	if (texts_in(&rules->notices, raw, length))
		return true;
	return rules_oops(rules, raw, length) &&
	       !texts_in(&rules->inside, raw, length);
}

void cut_report(struct cut *cut, const struct rules *rules, const char *text,
		size_t length, size_t start)
{
	size_t at = start, kept = 0, most = LONG_REPORT;
	bool all_cpus = false, titled = true, repeats = false;
	struct caller caller;

	for (bool first = true; at < length; first = false) {
		const char *raw = text + at;
		struct line line = take_line(text, length, &at);
		size_t raw_length = (size_t)(line.text - raw) + line.length;

		if (first) {
			caller = line.caller;
			add_before(cut->shown, text, start, &caller);
			cut->before = cut->shown->length;
			if (memmem(raw, raw_length, "KMSAN", 5))
				most = LONG_KMSAN;
		} else if (titled && is_second(rules, raw, raw_length) &&
			   (caller.name[0] == '\0' || caller.name[0] == 'c')) {
			titled = false;
		}
		all_cpus |= texts_in(&rules->all_cpus, line.text, line.length);
		if (!str_equal(line.caller.name, caller.name) &&
		    !(all_cpus && line.caller.name[0] == 'C'))
			continue;
		if (texts_in(&rules->leave_out, line.text, line.length) ||
		    is_guess(line.text, line.length))
			continue;
		repeats |= kept > most &&
			   texts_in(&rules->repeats, line.text, line.length);
		if (repeats)
			continue;
		kept++;
		add_line(cut->shown, &line);
		if (titled)
			add_line(cut->report, &line);
	}
}
