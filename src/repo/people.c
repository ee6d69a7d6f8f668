/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"

#define ADDRESS_MAX 254 /* RFC 5321 */
#define NAME_BYTES  100

/* Where a name and an address stand in a text. */
struct place {
	size_t name_end;   /* the name is before it; 0: there is none */
	size_t begin, end; /* of the address */
	size_t after;	   /* and its bracket */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Past a quoted string that begins here; length if it never ends. */
static size_t skip_quoted(const char *text, size_t length, size_t at)
{
	for (at++; at < length && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at < length ? at + 1 : length;
}

static size_t find_bracket(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && text[at] != '<')
		at = text[at] == '"' ? skip_quoted(text, length, at) : at + 1;
	return at;
}

static bool is_address(const char *text, size_t length)
{
	size_t ats = 0;

	if (length > ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c <= ' ' || c >= 127 || strchr("()<>[]:;,\\\"", c))
			return false;
		ats += c == '@';
	}
	return ats == 1 && *text != '@' && text[length - 1] != '@';
}

/*
 * In brackets, wherever these stand, or else the first word; the brackets may
 * have blanks inside.
 */
static bool find_address(const char *text, size_t length, struct place *out)
{
	size_t open = find_bracket(text, length);
	const char *close;

	*out = (struct place){ 0 };
	if (open < length) {
		close = memchr(text + open, '>', length - open);
		if (!close)
			return false;
		out->name_end = open;
		out->begin = open + 1;
		out->end = (size_t)(close - text);
		out->after = out->end + 1;
	} else {
		while (out->begin < length && is_blank(text[out->begin]))
			out->begin++;
		out->end = out->begin;
		while (out->end < length && !is_blank(text[out->end]))
			out->end++;
		out->after = out->end;
	}
	while (out->begin < out->end && is_blank(text[out->begin]))
		out->begin++;
	while (out->begin < out->end && is_blank(text[out->end - 1]))
		out->end--;
	return out->begin < out->end &&
	       is_address(text + out->begin, out->end - out->begin);
}

size_t people_address_end(const char *text, size_t length)
{
	struct place place;

	return find_address(text, length, &place) ? place.after : 0;
}

/* The bytes of one valid character of UTF-8, without controls; 0: none. */
static size_t count_character(const unsigned char *p, size_t length)
{
	size_t size = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (*p < ' ' || *p == 127 || (*p >= 0x80 && *p < 0xc2) || *p > 0xf4 ||
	    size > length)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xc2 && p[1] < 0xa0) || (*p == 0xe0 && p[1] < 0xa0) ||
	    (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf0 && p[1] < 0x90) ||
	    (*p == 0xf4 && p[1] >= 0x90))
		return 0;
	return size;
}

static bool is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t size = count_character((const unsigned char *)text + i,
					      length - i);

		if (size == 0)
			return false;
		i += size;
	}
	return true;
}

/* Without blanks around it, without its quotes; NULL when nothing is left. */
static char *make_name(const char *text, size_t length)
{
	struct buf name;
	char *made;

	while (length && is_blank(*text)) {
		text++;
		length--;
	}
	while (length && is_blank(text[length - 1]))
		length--;
	if (length == 0 || length > NAME_BYTES || !is_plain(text, length))
		return NULL;
	buf_init(&name, 0);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\' && i + 1 < length)
			buf_putc(&name, text[++i]);
		else if (text[i] != '"' && text[i] != '\\')
			buf_putc(&name, text[i]);
	}
	made = name.length ? buf_take(&name) : NULL;
	buf_release(&name);
	return made;
}

static char *make_address(const char *text, size_t length)
{
	char *address = xstrndup(text, length);

	for (char *p = address; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return address;
}

/* Where the address is, or belongs. */
static size_t find_place(const struct people *people, const char *address,
			 bool *found)
{
	size_t i = 0;
	int order = 1;

	while (i < people->count &&
	       (order = strcmp(people->items[i].address, address)) < 0)
		i++;
	*found = i < people->count && order == 0;
	return i;
}

static void insert(struct people *people, size_t at, struct person person)
{
	array_grow(people->items, people->count + 1, &people->room);
	memmove(&people->items[at + 1], &people->items[at],
		(people->count - at) * sizeof(*people->items));
	people->items[at] = person;
	people->count++;
}

bool people_add(struct people *people, const char *text, size_t length, bool to)
{
	struct place place;
	char *address;
	bool found;
	size_t at;

	if (!find_address(text, length, &place))
		return false;
	address = make_address(text + place.begin, place.end - place.begin);
	at = find_place(people, address, &found);
	if (found) {
		people->items[at].to |= to;
		free(address);
	} else if (people->count < PEOPLE_MAX) {
		insert(people, at,
		       (struct person){ .address = address,
					.name = make_name(text, place.name_end),
					.to = to });
	} else {
		free(address);
	}
	return true;
}

void people_release(struct people *people)
{
	for (size_t i = 0; i < people->count; i++) {
		free(people->items[i].address);
		free(people->items[i].name);
	}
	free(people->items);
	*people = (struct people){ 0 };
}

void people_format(const struct person *person, struct buf *out)
{
	bool quoted;

	if (!person->name) {
		buf_puts(out, person->address);
		return;
	}
	quoted = strpbrk(person->name, "()<>[]:;@\\,.\"");
	if (quoted)
		buf_putc(out, '"');
	for (const char *p = person->name; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_printf(out, "%s <%s>", quoted ? "\"" : "", person->address);
}
