/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/trailers.h"

#include <string.h>
#include <strings.h>

/*
 * "Reported-and-tested-by" and its like are of the kind of their last word:
 * whoever tested is told.
 */
static const struct {
	const char *key;
	bool joined; /* X-and-KEY is one as well */
	enum trailer_kind kind;
} keys[] = {
	{ "Signed-off-by", false, TRAILER_SIGNED_OFF },
	{ "Co-developed-by", false, TRAILER_CO_DEVELOPED },
	{ "Reviewed-by", true, TRAILER_REVIEWED },
	{ "Acked-by", true, TRAILER_ACKED },
	{ "Tested-by", true, TRAILER_TESTED },
	{ "Reported-by", false, TRAILER_REPORTED },
	{ "Suggested-by", false, TRAILER_SUGGESTED },
	{ "Cc", false, TRAILER_CC },
	{ "Fixes", false, TRAILER_FIXES },
	{ "Link", false, TRAILER_LINK },
	{ "Closes", false, TRAILER_CLOSES },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Is this the key, or with joined something that ends in "-and-KEY"? */
static bool is_key(const char *text, size_t length, const char *key,
		   bool joined)
{
	static const char and[] = "-and-";
	size_t own = strlen(key), more = strlen(and);

	if (length == own)
		return strncasecmp(text, key, own) == 0;
	return joined && length > own + more &&
	       strncasecmp(text + length - own, key, own) == 0 &&
	       strncasecmp(text + length - own - more, and, more) == 0;
}

static bool find_kind(const char *text, size_t length, enum trailer_kind *out)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (is_key(text, length, keys[i].key, keys[i].joined)) {
			*out = keys[i].kind;
			return true;
		}
	}
	return false;
}

static size_t count_key(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && i < 64 &&
	       (line[i] == '-' || (line[i] >= 'A' && line[i] <= 'Z') ||
		(line[i] >= 'a' && line[i] <= 'z')))
		i++;
	return i;
}

static bool parse_line(const char *line, size_t length, struct trailer *out)
{
	size_t key = count_key(line, length);
	enum trailer_kind kind;

	if (key == length || line[key] != ':' || !find_kind(line, key, &kind))
		return false;
	line += key + 1;
	length -= key + 1;
	while (length && is_blank(*line)) {
		line++;
		length--;
	}
	while (length && is_blank(line[length - 1]))
		length--;
	if (length == 0 || length > TRAILER_VALUE_MAX)
		return false;
	*out = (struct trailer){ kind, line, length };
	return true;
}

bool trailers_next(const char *message, size_t length, size_t *at,
		   struct trailer *out)
{
	while (*at < length) {
		const char *line = message + *at;
		const char *end = memchr(line, '\n', length - *at);
		size_t size = end ? (size_t)(end - line) : length - *at;

		*at += size + (end != NULL);
		if (parse_line(line, size, out))
			return true;
	}
	return false;
}

bool trailer_is_told(enum trailer_kind kind)
{
	return kind == TRAILER_SIGNED_OFF || kind == TRAILER_REVIEWED ||
	       kind == TRAILER_ACKED || kind == TRAILER_TESTED;
}
