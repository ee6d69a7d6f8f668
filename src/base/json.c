/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/*
 * Length of the valid UTF-8 sequence at p, 0 when it is not one (overlong
 * forms, surrogates and values above U+10FFFF are not; RFC 3629).
 */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char low, high, second_low, second_high;
		size_t length;
	} forms[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].low || p[0] > forms[i].high)
			continue;
		if (forms[i].length == 1)
			return 1;
		if (p[1] < forms[i].second_low || p[1] > forms[i].second_high)
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

/*
 * What a terminal might obey or be fooled by, when the output ends on one:
 * DEL, the C1 controls and those that turn the direction of writing.
 */
static bool is_harmful(unsigned int point)
{
	return (point >= 0x7f && point < 0xa0) ||
	       (point >= 0x200e && point <= 0x200f) ||
	       (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069);
}

/* The code point of a valid sequence of up to three bytes. */
static unsigned int point_of(const unsigned char *p, size_t length)
{
	if (length == 1)
		return p[0];
	if (length == 2)
		return (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU);
	if (length == 3)
		return (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 |
		       (p[2] & 0x3fU);
	return 0x10000;
}

static void quote(struct buf *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	buf_putc(out, '"');
	while (*p) {
		size_t length = utf8_length(p);

		if (length == 0) {
			buf_puts(out, "\\ufffd");
			p++;
		} else if (*p == '"' || *p == '\\') {
			buf_printf(out, "\\%c", *p++);
		} else if (*p == '\n') {
			buf_puts(out, "\\n");
			p++;
		} else if (*p == '\t') {
			buf_puts(out, "\\t");
			p++;
		} else if (*p < 0x20 || is_harmful(point_of(p, length))) {
			buf_printf(out, "\\u%04x", point_of(p, length));
			p += length;
		} else {
			buf_add(out, p, length);
			p += length;
		}
	}
	buf_putc(out, '"');
}

static void before(struct json *json, const char *key)
{
	if (json->comma)
		buf_putc(json->out, ',');
	json->comma = true;
	if (key) {
		quote(json->out, key);
		buf_putc(json->out, ':');
	}
}

void json_init(struct json *json, struct buf *out)
{
	json->out = out;
	json->comma = false;
}

void json_open_object(struct json *json, const char *key)
{
	before(json, key);
	buf_putc(json->out, '{');
	json->comma = false;
}

void json_close_object(struct json *json)
{
	buf_putc(json->out, '}');
	json->comma = true;
}

void json_open_array(struct json *json, const char *key)
{
	before(json, key);
	buf_putc(json->out, '[');
	json->comma = false;
}

void json_close_array(struct json *json)
{
	buf_putc(json->out, ']');
	json->comma = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	before(json, key);
	quote(json->out, text);
}

void json_number(struct json *json, const char *key, int64_t number)
{
	before(json, key);
	buf_printf(json->out, "%" PRId64, number);
}

void json_real(struct json *json, const char *key, double number)
{
	if (!isfinite(number)) {
		json_null(json, key);
		return;
	}
	before(json, key);
	buf_printf(json->out, "%.6g", number);
}

void json_bool(struct json *json, const char *key, bool value)
{
	before(json, key);
	buf_puts(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	before(json, key);
	buf_puts(json->out, "null");
}
