/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/usage.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define WORD_MAX_BYTES 40

/* One word of the line, with what stands around it. */
struct token {
	char word[WORD_MAX_BYTES];
	bool closed; /* a bracket ends right behind it */
};

static bool is_word(char c)
{
	return c != '\0' && !strchr(" []|", c);
}

/* "..." behind a bracket: what is in it may come again. */
static const char *skip_between(const char *at)
{
	while (*at && (!is_word(*at) || str_starts(at, "...")))
		at += is_word(*at) ? 3 : 1;
	return at;
}

/* From *line on; false at its end. */
static bool next_token(const char **line, struct token *token)
{
	const char *at = skip_between(*line), *end;

	for (end = at; is_word(*end); end++)
		;
	*line = end;
	token->closed = *end == ']';
	if (end - at > 3 && memcmp(end - 3, "...", 3) == 0)
		end -= 3;
	if (end - at >= WORD_MAX_BYTES)
		end = at + WORD_MAX_BYTES - 1;
	memcpy(token->word, at, (size_t)(end - at));
	token->word[end - at] = '\0';
	return end > at;
}

static enum usage_kind kind_of(const char *word)
{
	if (*word == '-' && word[1])
		return USAGE_OPTION;
	for (; *word; word++)
		if (islower((unsigned char)*word))
			return USAGE_WORD;
	return USAGE_PLACE;
}

/* Does what follows the token, up to rest, belong to it as its value? */
static bool has_value(const struct token *token, const char *rest)
{
	struct token after;

	if (kind_of(token->word) != USAGE_OPTION || token->closed ||
	    *rest != ' ')
		return false;
	rest += rest[1] == '[' ? 2 : 1;
	return next_token(&rest, &after) && rest[-1] != '|' &&
	       kind_of(after.word) != USAGE_OPTION;
}

/* A value is one word, or several with bars between them. */
static void take_value(const char **line, usage_take *take, void *data)
{
	struct token token;
	bool more;

	do {
		if (!next_token(line, &token))
			return;
		more = **line == '|';
		if (take)
			take(data, kind_of(token.word), token.word);
	} while (more);
}

void usage_next(const char *arguments, const char *previous, usage_take *take,
		void *data)
{
	const char *line = arguments;
	struct token token;

	while (previous && next_token(&line, &token))
		if (str_equal(token.word, previous) &&
		    has_value(&token, line)) {
			take_value(&line, take, data);
			return;
		}
	line = arguments;
	while (next_token(&line, &token)) {
		take(data, kind_of(token.word), token.word);
		if (has_value(&token, line))
			take_value(&line, NULL, NULL);
	}
}
