/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/quiet.h"

#include <string.h>

#include "tui/logfile.h"

#define HEAD_MAX 512 /* bytes of a line that are looked at */
#define BACK_MAX 40  /* lines of quoted source below one warning */

enum kind {
	OTHER,
	WARNING,
	QUOTED, /* source, or a note: it belongs to what is above it */
	PLACE,	/* "In function ...:", it belongs to what is below it */
};

static bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* "   12 |  int i;" and "      |      ^" */
static bool is_quoted_source(const char *text)
{
	const char *at = text + strspn(text, " ");

	if (at == text)
		return false;
	at += strspn(at, "0123456789+");
	at += strspn(at, " ");
	return *at == '|';
}

static enum kind kind_of(const char *text)
{
	if (has(text, ": warning: ") || has(text, ": WARNING: "))
		return WARNING;
	if (is_quoted_source(text) || has(text, ": note: "))
		return QUOTED;
	if (has(text, ": In function ") || has(text, ": At top level:") ||
	    strncmp(text, "In file included from ", 22) == 0 ||
	    strncmp(text, "                 from ", 22) == 0)
		return PLACE;
	return OTHER;
}

/* false: no line begins there. */
static bool read_kind(struct logfile *file, int64_t start, enum kind *kind,
		      int64_t *end)
{
	struct logfile_line line;
	char text[HEAD_MAX + 1];
	size_t length;

	if (!logfile_line(file, start, &line))
		return false;
	length = line.length < HEAD_MAX ? line.length : HEAD_MAX;
	length = logfile_read(file, start, start + (int64_t)length, text);
	text[length] = '\0';
	*kind = kind_of(text);
	*end = line.end;
	return true;
}

/* What the lines above say it belongs to. */
static bool follows_warning(struct logfile *file, int64_t start)
{
	enum kind kind;
	int64_t end;

	for (int i = 0; i < BACK_MAX && start > 0; i++) {
		start = logfile_start(file, start - 1);
		if (!read_kind(file, start, &kind, &end))
			return false;
		if (kind != QUOTED)
			return kind == WARNING;
	}
	return false;
}

static bool precedes_warning(struct logfile *file, int64_t start)
{
	enum kind kind;

	for (int i = 0; i < BACK_MAX; i++) {
		if (!read_kind(file, start, &kind, &start))
			return false;
		if (kind != PLACE)
			return kind == WARNING;
	}
	return false;
}

bool quiet_line(struct logfile *file, int64_t start)
{
	enum kind kind;
	int64_t end;

	if (!read_kind(file, start, &kind, &end))
		return false;
	switch (kind) {
	case WARNING:
		return true;
	case QUOTED:
		return follows_warning(file, start);
	case PLACE:
		return precedes_warning(file, start);
	case OTHER:
		break;
	}
	return false;
}

bool quiet_warning(struct logfile *file, int64_t start)
{
	enum kind kind;
	int64_t end;

	return read_kind(file, start, &kind, &end) && kind == WARNING;
}
