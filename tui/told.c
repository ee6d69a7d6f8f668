/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/told.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "tui/pager.h"

/* The next line that begins so, without that; the caller frees; or NULL. */
static char *next(const char **at, const char *field)
{
	while (**at) {
		const char *line = *at;
		size_t length = strcspn(line, "\n"), skip = strlen(field);

		*at += length + (line[length] == '\n');
		if (length >= skip && str_starts(line, field))
			return xstrndup(line + skip, length - skip);
	}
	return NULL;
}

/* All who are named in this way, as many on a line as there is room for. */
static bool add_named(struct pager *pager, struct line *line, const char *text,
		      const char *field, const char *label, int columns)
{
	bool any = false;
	char *name;

	for (; (name = next(&text, field)); any = true) {
		if (any && line->columns + 4 + text_width(name) > columns) {
			pager_add_line(pager, -1, line);
			line_to(line, 2);
		}
		if (!any)
			line_put(line, ROLE_DIM, label);
		line_to(line, line->columns + 2);
		line_put(line, ROLE_PLAIN, name);
		free(name);
	}
	if (any)
		pager_add_line(pager, -1, line);
	return any;
}

bool told_add(struct pager *pager, const char *text, int columns, bool ascii)
{
	const char *at = text;
	struct line line;
	char *note;
	bool any;

	line_init(&line, ascii);
	any = add_named(pager, &line, text, "To: ", "to", columns);
	any = add_named(pager, &line, text, "Cc: ", "cc", columns) || any;
	for (; (note = next(&at, "culprit: ")); any = true) {
		line_put(&line, ROLE_DIM, note);
		pager_add_line(pager, -1, &line);
		free(note);
	}
	line_release(&line);
	return any;
}
