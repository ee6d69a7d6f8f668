/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/commit_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "repo/handle.h"

#define PARENT_LINE (strlen("parent ") + GIT_OID_HEXSZ + 1)

/*
 * The number behind the last '>' of a line.  What is no number counts as 0,
 * what is too big as the end of time; git has it so.
 */
static int64_t date_in(const char *line, const char *end)
{
	const char *p = memrchr(line, '>', (size_t)(end - line));
	int64_t date = 0;

	if (!p)
		return 0;
	for (p++; p < end && *p == ' '; p++)
		;
	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (date > (INT64_MAX - 9) / 10)
			return INT64_MAX;
		date = date * 10 + (*p - '0');
	}
	return date;
}

static bool line_is(const char *line, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - line) >= length &&
	       memcmp(line, word, length) == 0;
}

static bool parse_header_line(struct commit_text *text, const char *line,
			      const char *end)
{
	if (line_is(line, end, "parent ")) {
		if ((size_t)(end - line) + 1 != PARENT_LINE)
			return false;
		if (text->parent_count == 0)
			text->parents = line;
		text->parent_count++;
	} else if (line_is(line, end, "author ")) {
		const char *stop = memrchr(line, '>', (size_t)(end - line));

		text->author = line + strlen("author ");
		text->author += strspn(text->author, " ");
		text->author_length =
			stop ? (size_t)(stop + 1 - text->author) : 0;
		text->author_date = date_in(line, end);
	} else if (line_is(line, end, "committer ")) {
		text->date = date_in(line, end);
	}
	return true;
}

/*
 * The header: tree, parents, author, committer, others, an empty line.  In
 * a folded header (a signature) the lines begin with a space, so nothing
 * there is taken for a parent; one behind the author is not counted at all.
 */
static bool parse(struct commit_text *text, const char *data, size_t size)
{
	const char *line = data, *stop = data + size;

	memset(text, 0, sizeof(*text));
	text->author = text->message = stop;
	while (line < stop) {
		const char *end = memchr(line, '\n', (size_t)(stop - line));

		if (!end || end == line) {
			text->message = end ? end + 1 : stop;
			break;
		}
		if (text->author != stop && line_is(line, end, "parent "))
			return false;
		if (!parse_header_line(text, line, end))
			return false;
		line = end + 1;
	}
	text->message_length = (size_t)(stop - text->message);
	return true;
}

int commit_text_read(git_odb *odb, const git_oid *id, git_odb_object **object,
		     struct commit_text *text, struct error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	int ret;

	*object = NULL;
	ret = git_odb_read(object, odb, id);
	if (ret == GIT_ENOTFOUND)
		error_set(err, ERROR_GIT,
			  "this repository does not have it: fetch it, or name "
			  "the repository that has it");
	else if (ret < 0)
		handle_failed(err);
	if (ret < 0)
		goto failed;
	if (git_odb_object_type(*object) != GIT_OBJECT_COMMIT) {
		error_set(err, ERROR_GIT, "it is no commit");
		goto failed;
	}
	if (!parse(text, git_odb_object_data(*object),
		   git_odb_object_size(*object))) {
		error_set(err, ERROR_GIT, "its header is malformed");
		goto failed;
	}
	return 0;
failed:
	git_odb_object_free(*object);
	*object = NULL;
	git_oid_tostr(hex, sizeof(hex), id);
	return error_prefix(err, "cannot read commit %s", hex);
}

int commit_text_named(git_odb *odb, const struct oid *oid,
		      git_odb_object **object, struct commit_text *text,
		      struct error *err)
{
	git_oid id;

	*object = NULL; /* for whoever frees it in any case */
	if (handle_oid(&id, oid, err) < 0)
		return -1;
	return commit_text_read(odb, &id, object, text, err);
}

const char *commit_text_parent(const struct commit_text *text, int i)
{
	return text->parents + (size_t)i * PARENT_LINE + strlen("parent ");
}
