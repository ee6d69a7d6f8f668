/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* What one line said.  The last on a name counts. */
struct kconfig_line {
	char *name; /* without CONFIG_ */
	char *value;
	size_t place;
};

static const char prefix[] = "CONFIG_";
static const char not_set[] = " is not set";

void kconfig_init(struct kconfig *config)
{
	memset(config, 0, sizeof(*config));
}

void kconfig_release(struct kconfig *config)
{
	for (size_t i = 0; i < config->count; i++) {
		free(config->lines[i].name);
		free(config->lines[i].value);
	}
	free(config->lines);
	kconfig_init(config);
}

void kconfig_set(struct kconfig *config, const char *name, const char *value)
{
	array_grow(config->lines, config->count + 1, &config->room);
	config->lines[config->count] =
		(struct kconfig_line){ xstrdup(name), xstrdup(value),
				       config->count };
	config->count++;
}

/* The end of the name at the front of a text. */
static char *name_end(char *text)
{
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return text;
}

/* false when the line is no option: then it must be a comment. */
static bool take_option(struct kconfig *config, char *line)
{
	bool off = str_starts(line, "# ");
	char *name = line + (off ? 2 : 0), *end;

	if (!str_starts(name, prefix))
		return false;
	name += strlen(prefix);
	end = name_end(name);
	if (end == name)
		return false;
	if (off) {
		if (!str_equal(end, not_set))
			return false;
		*end = '\0';
		kconfig_set(config, name, "n");
		return true;
	}
	if (end[0] != '=' || end[1] == '\0')
		return false;
	*end = '\0';
	kconfig_set(config, name, end + 1);
	return true;
}

int kconfig_read(struct kconfig *config, const char *path, struct error *err)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int number = 0, ret = -1;

	if (!file)
		return error_errno(err, "cannot read the configuration '%s'",
				   path);
	while ((length = getline(&line, &room, file)) >= 0) {
		number++;
		while (length > 0 && isspace((unsigned char)line[length - 1]))
			line[--length] = '\0';
		if (strlen(line) == (size_t)length &&
		    (take_option(config, line) || !*line || *line == '#'))
			continue;
		error_set(err, ERROR_INPUT,
			  "%s:%d: expected CONFIG_NAME=VALUE, # CONFIG_NAME "
			  "is not set, or a comment",
			  path, number);
		goto out;
	}
	if (ferror(file)) {
		error_errno(err, "cannot read the configuration '%s'", path);
		goto out;
	}
	ret = 0;
out:
	free(line);
	fclose(file);
	return ret;
}

const char *kconfig_value(const struct kconfig *config, const char *name)
{
	const struct kconfig_line *last = NULL;

	/* not in order once it was written */
	for (size_t i = 0; i < config->count; i++) {
		const struct kconfig_line *line = &config->lines[i];

		if (str_equal(line->name, name) &&
		    (!last || line->place > last->place))
			last = line;
	}
	return last ? last->value : NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct kconfig_line *one = a, *two = b;
	int order = strcmp(one->name, two->name);

	if (order)
		return order;
	return one->place < two->place ? -1 : one->place > two->place;
}

void kconfig_write(struct kconfig *config, struct buf *out)
{
	const struct kconfig_line *lines = config->lines;

	if (config->count)
		qsort(config->lines, config->count, sizeof(*lines), by_name);
	for (size_t i = 0; i < config->count; i++) {
		if (i + 1 < config->count &&
		    str_equal(lines[i].name, lines[i + 1].name))
			continue;
		if (str_equal(lines[i].value, "n"))
			buf_printf(out, "# CONFIG_%s is not set\n",
				   lines[i].name);
		else
			buf_printf(out, "CONFIG_%s=%s\n", lines[i].name,
				   lines[i].value);
	}
}
