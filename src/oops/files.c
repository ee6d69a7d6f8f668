/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "oops/rules.h"
#include "oops/words.h"

#define NAME_MAX_LENGTH 256

static bool is_of_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/._-+", c));
}

static bool is_source(const char *name, size_t length)
{
	static const char *const endings[] = { ".c", ".h", ".S", ".rs" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t size = strlen(endings[i]);

		if (length > size &&
		    memcmp(name + length - size, endings[i], size) == 0)
			return true;
	}
	return false;
}

/* A pattern is a beginning, or with a / before it a part of the whole. */
bool files_is_generic(const struct rules *rules, const char *file)
{
	for (size_t i = 0; i < rules->generic_files.count; i++) {
		const char *pattern = rules->generic_files.items[i];

		if (*pattern == '/' ? strstr(file, pattern) != NULL
				    : str_starts(file, pattern))
			return true;
	}
	return false;
}

static void add(const struct rules *rules, const char *name, size_t length,
		struct texts *files)
{
	char file[NAME_MAX_LENGTH];

	while (length > 2 && (memcmp(name, "./", 2) == 0 ||
			      (length > 3 && memcmp(name, "../", 3) == 0))) {
		size_t step = name[1] == '/' ? 2 : 3;

		name += step;
		length -= step;
	}
	if (length >= sizeof(file) || files->count >= FILES_MAX)
		return;
	memcpy(file, name, length);
	file[length] = '\0';
	if (files_is_generic(rules, file))
		return;
	for (size_t i = 0; i < files->count; i++)
		if (str_equal(files->items[i], file))
			return;
	texts_add(files, file);
}

/* Does the word before it, "name+0x12/0x34", never blame anything? */
static bool is_skipped(const struct rules *rules, const char *line,
		       const char *name)
{
	const char *end = name, *from;
	size_t length;

	while (end > line && isspace((unsigned char)end[-1]))
		end--;
	from = end;
	while (from > line && !isspace((unsigned char)from[-1]))
		from--;
	for (length = 0; from + length < end && from[length] != '+'; length++)
		;
	return length && words_name(rules->skip_words, from, length);
}

static void look_at_line(const struct rules *rules, const char *line,
			 size_t length, struct texts *files)
{
	const char *end = line + length;

	for (const char *at = line; at < end; at++) {
		const char *name = at;

		while (at < end && is_of_name(*at))
			at++;
		if (at + 1 < end && *at == ':' &&
		    isdigit((unsigned char)at[1]) &&
		    is_source(name, (size_t)(at - name)) &&
		    !is_skipped(rules, line, name))
			add(rules, name, (size_t)(at - name), files);
	}
}

void files_of_report(const struct rules *rules, const char *report,
		     size_t length, struct texts *files)
{
	size_t at = 0;

	while (at < length) {
		const char *line = report + at;
		const char *end = memchr(line, '\n', length - at);
		size_t size = end ? (size_t)(end - line) : length - at;

		look_at_line(rules, line, size, files);
		at += size + 1;
	}
}
