/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vt/raw.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/error.h"

#define NUMBERS 16

struct raw {
	const char *at, *end;
	int columns, rows;
	int combined; /* characters without width since the last with one */
};

/* They hide, or turn the order of what stands around them. */
static bool deceives(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c >= 0xe000 && c <= 0xf8ff) ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff ||
	       (c >= 0xfff9 && c <= 0xfffb) || c >= 0xe0000;
}

/* One printable character; false: it is none. */
static bool printable(struct raw *raw)
{
	mbstate_t state;
	wchar_t c;
	size_t used;

	memset(&state, 0, sizeof(state));
	used = mbrtowc(&c, raw->at, (size_t)(raw->end - raw->at), &state);
	if (used == 0 || used > 4 || c < 0x20 || c == 0x7f ||
	    deceives((uint32_t)c) || wcwidth(c) < 0)
		return false;
	raw->combined = wcwidth(c) ? 0 : raw->combined + 1;
	raw->at += used;
	return raw->combined <= 4;
}

static bool colour(const long *numbers, int count, int *i)
{
	/* 38;5;N of the 256; a colour by its red, green and blue is no
	 * terminfo colour */
	if (*i + 2 >= count || numbers[*i + 1] != 5 || numbers[*i + 2] > 255)
		return false;
	*i += 2;
	return true;
}

static bool pen(const long *numbers, int count)
{
	for (int i = 0; i < count; i++) {
		long n = numbers[i];

		if (n == 38 || n == 48) {
			if (!colour(numbers, count, &i))
				return false;
			continue;
		}
		/* bold, dim, underlined, reversed and their ends; colours */
		if (n > 2 && n != 4 && n != 7 && n != 22 && n != 24 &&
		    n != 27 && !(n >= 30 && n <= 49) && !(n >= 90 && n <= 107))
			return false;
	}
	return true;
}

static bool mode(char leader, const long *numbers, int count)
{
	static const long ours[] = { 1, 7, 12, 25, 1000, 1002, 1006, 1049 };

	if (!leader)
		return count == 1 && numbers[0] == 4; /* insert mode */
	for (int i = 0; i < count; i++) {
		bool found = false;

		for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
			found |= ours[k] == numbers[i];
		if (!found)
			return false;
	}
	return leader == '?' && count > 0;
}

static bool within(const long *numbers, int count, int most, long limit)
{
	for (int i = 0; i < count; i++)
		if (numbers[i] > limit)
			return false;
	return count <= most;
}

static bool csi_fits(const struct raw *raw, char leader, const long *numbers,
		     int count, char final)
{
	if (final == 'h' || final == 'l')
		return mode(leader, numbers, count);
	if (leader)
		return false;
	switch (final) {
	case 'm':
		return pen(numbers, count);
	case 'H':
		return count != 1 && within(numbers, count, 2, 1000) &&
		       (!count || (numbers[0] <= raw->rows &&
				   numbers[1] <= raw->columns));
	case 'A':
	case 'B':
	case 'd':
	case 'L':
	case 'M':
	case 'S':
	case 'T':
		return within(numbers, count, 1, raw->rows);
	case 'C':
	case 'D':
	case 'G':
	case 'P':
	case 'X':
	case 'b':
	case '@':
		return within(numbers, count, 1, raw->columns);
	case 'r':
		return within(numbers, count, 2, raw->rows);
	case 'J':
		return within(numbers, count, 1, 2);
	case 'K':
		return within(numbers, count, 1, 1);
	case 'Z':
		return !count;
	case 't': /* the window's title is kept, and given back */
		return count == 3 && (numbers[0] == 22 || numbers[0] == 23) &&
		       !numbers[1] && !numbers[2];
	case 'n': /* are you there? */
		return count == 1 && numbers[0] == 5;
	default:
		return false;
	}
}

/* Behind ESC [. */
static bool csi(struct raw *raw)
{
	long numbers[NUMBERS];
	char leader = 0;
	int count = 0;

	if (raw->at < raw->end && strchr("?<=>!", *raw->at) && *raw->at)
		leader = *raw->at++;
	while (raw->at < raw->end && *raw->at >= '0' && *raw->at <= ';') {
		char *after;

		if (count == NUMBERS)
			return false;
		numbers[count++] = strtol(raw->at, &after, 10);
		if (after == raw->at && *after != ';')
			return false;
		raw->at = after + (*after == ';');
	}
	return raw->at < raw->end &&
	       csi_fits(raw, leader, numbers, count, *raw->at++);
}

static bool escape(struct raw *raw)
{
	if (raw->end - raw->at < 2)
		return false;
	raw->at += 2;
	switch (raw->at[-1]) {
	case '[':
		return csi(raw);
	case '=': /* keypad */
	case '>':
	case 'M': /* line up */
	case '7':
	case '8':
		return true;
	case '(': /* line drawing, and back */
		return raw->at < raw->end &&
		       (*raw->at++ == 'B' || raw->at[-1] == '0');
	case ']': /* the palette is given back: terminfo's oc */
		if (raw->end - raw->at < 4 || memcmp(raw->at, "104\a", 4) != 0)
			return false;
		raw->at += 4;
		return true;
	default:
		return false;
	}
}

/* Bytes in a form that can be read. */
static void show(struct buf *out, const char *bytes, const char *end)
{
	for (; bytes < end; bytes++) {
		unsigned char c = (unsigned char)*bytes;

		if (c == '\033')
			buf_puts(out, "\\e");
		else if (c < 0x20 || c > 0x7e)
			buf_printf(out, "\\x%02x", c);
		else
			buf_putc(out, *bytes);
	}
}

int raw_check(const char *bytes, size_t length, int columns, int rows,
	      struct error *err)
{
	struct raw raw = { bytes, bytes + length, columns, rows, 0 };
	const char *begin;
	struct buf seen;

	while (raw.at < raw.end) {
		begin = raw.at;
		if (strchr("\r\n\b\t", *raw.at) && *raw.at)
			raw.at++;
		else if (*raw.at == '\033' ? !escape(&raw) : !printable(&raw))
			goto bad;
	}
	return 0;
bad:
	buf_init(&seen, 0);
	show(&seen, begin - bytes > 40 ? begin - 40 : bytes, begin);
	buf_puts(&seen, " >>");
	show(&seen, begin, raw.end - begin > 40 ? begin + 40 : raw.end);
	error_set(err, ERROR_STATE, "byte %zu of what was written: %s",
		  (size_t)(begin - bytes), seen.text);
	buf_release(&seen);
	return -1;
}
