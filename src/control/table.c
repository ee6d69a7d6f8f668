/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

unsigned table_line(const config_setting_t *item)
{
	/* libconfig has a group begin where what is before it ends */
	if (config_setting_is_group(item) && config_setting_length(item))
		item = config_setting_get_elem(item, 0);
	return config_setting_source_line(item);
}

void table_key(const config_setting_t *item, struct buf *out)
{
	const config_setting_t *parent = config_setting_parent(item);
	const char *name = config_setting_name(item);

	if (parent)
		table_key(parent, out);
	if (name)
		buf_printf(out, "%s%s", out->length ? "." : "", name);
}

int table_word(const char *const *words, const char *text, char *expected,
	       size_t size)
{
	size_t used = 0;

	*expected = '\0';
	for (int i = 0; words[i]; i++) {
		if (str_equal(words[i], text))
			return i;
		used += (size_t)snprintf(expected + used, size - used,
					 "%s\"%s\"",
					 !i		? ""
					 : words[i + 1] ? ", "
							: " or ",
					 words[i]);
	}
	return -1;
}

int table_wrong(const char *path, const config_setting_t *item,
		const char *what, struct error *err)
{
	struct buf key;

	buf_init(&key, 0);
	table_key(item, &key);
	error_set(err, ERROR_INPUT, "%s:%u: %s: %s", path, table_line(item),
		  key.length ? key.text : "the table", what);
	buf_release(&key);
	return -1;
}

int table_expected(const char *path, const config_setting_t *item,
		   const char *expected, struct error *err)
{
	char *what = xasprintf("expected %s", expected);

	table_wrong(path, item, what, err);
	free(what);
	return -1;
}

/* The line, from 1, that includes another file; 0: none does. */
static int line_with_include(const char *text)
{
	for (int line = 1; *text; line++) {
		if (str_starts(text + strspn(text, " \t"), "@include"))
			return line;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

int table_read_text(config_t *config, const char *text, const char *path,
		    struct error *err)
{
	int line = line_with_include(text);

	if (line)
		return error_set(
			err, ERROR_INPUT,
			"%s:%d: @include: no other file is read; write "
			"here what it says",
			path, line);
	if (config_read_string(config, text) != CONFIG_TRUE)
		return error_set(err, ERROR_INPUT,
				 "%s:%d: %s: a ';', a quote or a brace may be "
				 "missing here or before",
				 path, config_error_line(config),
				 config_error_text(config));
	return 0;
}

/* What is behind a NUL would not be read. */
static int check_whole(const struct buf *text, const char *path,
		       struct error *err)
{
	int line = 1;

	if (text->cut)
		return error_set(err, ERROR_INPUT,
				 "%s:1: it is longer than %d MB, so it is no "
				 "table",
				 path, TABLE_MAX >> 20);
	if (strlen(text->text) == text->length)
		return 0;
	for (const char *at = text->text; *at; at++)
		line += *at == '\n';
	return error_set(err, ERROR_INPUT, "%s:%d: there is a NUL in it", path,
			 line);
}

int table_read(config_t *config, const char *path, struct error *err)
{
	struct buf text;
	int ret;

	buf_init(&text, TABLE_MAX);
	ret = io_load(path, &text, err);
	if (ret == 0)
		ret = check_whole(&text, path, err);
	if (ret == 0)
		ret = table_read_text(config, text.text, path, err);
	buf_release(&text);
	return ret;
}
