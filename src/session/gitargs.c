/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitargs.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

static size_t quote_length(const char *p)
{
	if (*p == '\'')
		return 1;
	if (str_starts(p, "\xe2\x80\x98") || str_starts(p, "\xe2\x80\x99"))
		return 3;
	return 0;
}

void gitargs_init(struct gitargs *args, const char *text)
{
	args->count = 0;
	while (args->count < GITARGS_MAX) {
		struct buf word;
		bool quoted = false;

		text += strspn(text, " \t");
		if (!*text || *text == '#')
			break;
		buf_init(&word, 0);
		for (; *text && (quoted || !strchr(" \t#", *text)); text++) {
			size_t quote = quote_length(text);

			if (quote) {
				quoted = !quoted;
				text += quote - 1;
			} else if (*text == '\\' && !quoted && text[1]) {
				buf_putc(&word, *++text);
			} else {
				buf_putc(&word, *text);
			}
		}
		args->words[args->count++] = buf_take(&word);
		buf_release(&word);
	}
	args->comment = text + strcspn(text, "#");
}

void gitargs_release(struct gitargs *args)
{
	for (int i = 0; i < args->count; i++)
		free(args->words[i]);
	args->count = 0;
}

const char *gitargs_subject(const char *comment)
{
	const char *p = comment;
	int numbers = 0;

	if (*p != '#')
		return NULL;
	p += 1 + strspn(p + 1, " ");
	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]) ||
	    p[2] != ':' || !isdigit((unsigned char)p[3]) ||
	    !isdigit((unsigned char)p[4]))
		return NULL;
	p += 5 + strspn(p + 5, " ");
	if (isupper((unsigned char)p[0]) && p[1] == ' ')
		p += 1 + strspn(p + 1, " ");
	while (numbers < 4) {
		size_t length = strspn(p, "0123456789");

		if (length == 0)
			break;
		length += strspn(p + length, "+-");
		if (p[length] != ' ')
			break;
		p += length + strspn(p + length, " ");
		numbers++;
	}
	return numbers >= 2 && *p ? p : NULL;
}
