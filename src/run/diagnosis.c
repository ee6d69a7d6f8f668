/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/diagnosis.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/tidy.h"

/* gcc and clang, ld, make; "error:" finds "fatal error:", too. */
static const char *const complaints[] = {
	"error:",
	"undefined reference",
	"multiple definition",
	"No rule to make target",
};

/* gcc's driver when cc1 was killed; strerror of ENOSPC and ENOMEM; cc1. */
static const char *const troubles[] = {
	"Killed signal terminated program", "No space left on device",
	"Cannot allocate memory",	    "virtual memory exhausted",
	"out of memory allocating",
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static bool has_one(const char *line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strstr(line, words[i]))
			return true;
	}
	return false;
}

static void take_out(char *line, const char *part)
{
	size_t length = strlen(part);

	while ((line = strstr(line, part)) != NULL)
		memmove(line, line + length, strlen(line + length) + 1);
}

static bool is_known(const struct diagnosis *diagnosis, const char *line)
{
	for (int i = 0; i < diagnosis->error_count; i++) {
		if (str_equal(diagnosis->errors[i], line))
			return true;
	}
	return false;
}

static void take_line(void *data, char *line)
{
	struct diagnosis *diagnosis = data;
	char **last;

	take_out(line, diagnosis->folder);
	for (char *tab = line; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	tidy_trim(line);
	tidy_controls(line);
	tidy_cut(line, DIAGNOSIS_LINE);
	if (!*line)
		return;
	if (diagnosis->error_count < DIAGNOSIS_ERRORS &&
	    has_one(line, complaints, COUNT(complaints)) &&
	    !is_known(diagnosis, line))
		diagnosis->errors[diagnosis->error_count++] = xstrdup(line);
	if (!diagnosis->trouble && has_one(line, troubles, COUNT(troubles)))
		diagnosis->trouble = xstrdup(line);
	last = &diagnosis->last[diagnosis->line_count++ % DIAGNOSIS_LAST];
	free(*last);
	*last = xstrdup(line);
}

void diagnosis_init(struct diagnosis *diagnosis, const char *folder)
{
	memset(diagnosis, 0, sizeof(*diagnosis));
	diagnosis->folder = xasprintf("%s/", folder);
	lines_init(&diagnosis->lines, take_line, diagnosis);
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
	for (int i = 0; i < diagnosis->error_count; i++)
		free(diagnosis->errors[i]);
	diagnosis->error_count = 0;
	for (int i = 0; i < DIAGNOSIS_LAST; i++) {
		free(diagnosis->last[i]);
		diagnosis->last[i] = NULL;
	}
	diagnosis->line_count = 0;
	free(diagnosis->trouble);
	diagnosis->trouble = NULL;
	lines_init(&diagnosis->lines, take_line, diagnosis);
}

void diagnosis_release(struct diagnosis *diagnosis)
{
	diagnosis_clear(diagnosis);
	free(diagnosis->folder);
	diagnosis->folder = NULL;
}

void diagnosis_feed(struct diagnosis *diagnosis, const char *bytes,
		    size_t length)
{
	lines_feed(&diagnosis->lines, bytes, length);
}

void diagnosis_end(struct diagnosis *diagnosis)
{
	lines_end(&diagnosis->lines);
}

static void add_line(struct buf *out, const char *line)
{
	if (out->length > 0)
		buf_putc(out, '\n');
	buf_puts(out, line);
}

void diagnosis_errors(const struct diagnosis *diagnosis, struct buf *out)
{
	for (int i = 0; i < diagnosis->error_count; i++)
		add_line(out, diagnosis->errors[i]);
	if (diagnosis->error_count == 0)
		diagnosis_last(diagnosis, out);
}

void diagnosis_last(const struct diagnosis *diagnosis, struct buf *out)
{
	int first = diagnosis->line_count - DIAGNOSIS_LAST;

	for (int i = first < 0 ? 0 : first; i < diagnosis->line_count; i++)
		add_line(out, diagnosis->last[i % DIAGNOSIS_LAST]);
}
