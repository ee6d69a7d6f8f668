/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/prior.h"

#include <string.h>

#include "base/buf.h"
#include "engine/graph.h"

static const struct {
	char letter;
	const char *name, *words;
} kinds[TOUCH_COUNT] = {
	[TOUCH_OTHER] = { '-', "other", "other" },
	[TOUCH_NOTHING] = { 'n', "not-compiled", "not compiled" },
	[TOUCH_FOLDER] = { 'd', "folder", "same folder" },
	[TOUCH_FILE] = { 'f', "file", "file of the report" },
};

const char *touch_words(enum touch touch)
{
	return kinds[touch].words;
}

const char *touch_name(enum touch touch)
{
	return kinds[touch].name;
}

void touch_write(struct buf *out, enum touch touch, const struct oid *commit)
{
	if (touch != TOUCH_OTHER)
		buf_printf(out, "%c %s\n", kinds[touch].letter, commit->hex);
}

static bool read_line(const char *line, size_t length,
		      const struct graph *graph, int *commit, enum touch *touch)
{
	char hex[OID_HEX_MAX + 1];
	struct oid oid;

	if (length < 3 || length - 2 > OID_HEX_MAX || line[1] != ' ')
		return false;
	memcpy(hex, line + 2, length - 2);
	hex[length - 2] = '\0';
	if (!oid_parse(&oid, hex))
		return false;
	*commit = graph_find(graph, &oid);
	for (int i = TOUCH_NOTHING; i < TOUCH_COUNT; i++) {
		if (kinds[i].letter != line[0])
			continue;
		*touch = (enum touch)i;
		return *commit >= 0;
	}
	return false;
}

bool touch_read(const char **text, const struct graph *graph, int *commit,
		enum touch *touch)
{
	while (**text) {
		const char *line = *text;
		size_t length = strcspn(line, "\n");

		*text = line + length + (line[length] == '\n');
		if (read_line(line, length, graph, commit, touch))
			return true;
	}
	return false;
}

void touch_count(const char *text, int counts[TOUCH_COUNT])
{
	memset(counts, 0, TOUCH_COUNT * sizeof(*counts));
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		for (int i = TOUCH_NOTHING; i < TOUCH_COUNT; i++)
			counts[i] += kinds[i].letter == *text;
}

static enum touch touch_of(const unsigned char *touch, int touch_count,
			   bool files, int commit)
{
	enum touch is =
		commit < touch_count ? (enum touch)touch[commit] : TOUCH_OTHER;

	return is == TOUCH_NOTHING || files ? is : TOUCH_OTHER;
}

void prior_weights(const unsigned char *touch, int touch_count, bool files,
		   const int *commits, int count, double *weights)
{
	double part[TOUCH_COUNT] = { 0 }, base;
	int counts[TOUCH_COUNT] = { 0 };

	for (int i = 0; i < count; i++)
		counts[touch_of(touch, touch_count, files, commits[i])]++;
	if (counts[TOUCH_FILE])
		part[TOUCH_FILE] = PRIOR_FILES / counts[TOUCH_FILE];
	if (counts[TOUCH_FOLDER])
		part[TOUCH_FOLDER] = PRIOR_FOLDERS / counts[TOUCH_FOLDER];
	base = 1 - (counts[TOUCH_FILE] ? PRIOR_FILES : 0) -
	       (counts[TOUCH_FOLDER] ? PRIOR_FOLDERS : 0);
	base /= count - counts[TOUCH_NOTHING] +
		counts[TOUCH_NOTHING] * PRIOR_NOTHING;
	for (int i = 0; i < count; i++) {
		enum touch is = touch_of(touch, touch_count, files, commits[i]);

		weights[commits[i]] =
			(is == TOUCH_NOTHING ? base * PRIOR_NOTHING : base) +
			part[is];
	}
}
