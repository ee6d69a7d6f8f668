/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/maintainers.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "repo/commit_text.h"
#include "repo/handle.h"
#include "repo/people.h"
#include "repo/trailers.h"

#define LINKS_MAX    10
#define TRAILERS_MAX 1000
#define ROLE_MAX     1000

static const char stable[] = "stable@vger.kernel.org";
static const char lkml[] = "linux-kernel@vger.kernel.org";

/* Calls use for each trailer of the message; then the author, if asked. */
static int read_commit(struct repo *repo, const struct oid *commit,
		       void (*use)(void *data, const struct trailer *trailer),
		       void *data, struct people *author, struct error *err)
{
	git_odb_object *object = NULL;
	git_odb *odb = NULL;
	struct commit_text text;
	struct trailer trailer;
	size_t at = 0;
	int ret = -1;

	if (git_repository_odb(&odb, repo->git) < 0) {
		handle_failed(err);
		goto out;
	}
	if (commit_text_named(odb, commit, &object, &text, err) < 0)
		goto out;
	for (int i = 0;
	     i < TRAILERS_MAX &&
	     trailers_next(text.message, text.message_length, &at, &trailer);
	     i++)
		use(data, &trailer);
	if (author)
		people_add(author, text.author, text.author_length, true);
	ret = 0;
out:
	git_odb_object_free(object);
	git_odb_free(odb);
	return ret;
}

static bool names(const char *text, size_t length, const char *address)
{
	struct people one = { 0 };
	bool is;

	is = people_add(&one, text, length, true) &&
	     str_equal(one.items[0].address, address);
	people_release(&one);
	return is;
}

static void add_told(void *data, const struct trailer *trailer)
{
	struct people *people = data;

	if (trailer_is_told(trailer->kind) &&
	    !names(trailer->value, trailer->length, stable))
		people_add(people, trailer->value, trailer->length, true);
}

int maintainers_of_commit(struct repo *repo, const struct oid *commit,
			  struct people *people, struct error *err)
{
	return read_commit(repo, commit, add_told, people, people, err);
}

static void add_link(void *data, const struct trailer *trailer)
{
	struct buf *out = data;
	size_t lines = 0;

	if (trailer->kind != TRAILER_LINK && trailer->kind != TRAILER_CLOSES)
		return;
	for (size_t i = 0; i < out->length; i++)
		lines += out->text[i] == '\n';
	if (lines >= LINKS_MAX)
		return;
	buf_add(out, trailer->value, trailer->length);
	buf_putc(out, '\n');
}

int maintainers_links(struct repo *repo, const struct oid *commit,
		      struct buf *out, struct error *err)
{
	return read_commit(repo, commit, add_link, out, NULL, err);
}

/* " (maintainer:FOO DRIVER,commit_signer:1/2=50%)" */
static bool take_role(const char *text, size_t length, char role[ROLE_MAX])
{
	while (length && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	if (length && text[length - 1] == '\r')
		length--;
	if (length < 2 || length >= ROLE_MAX || *text != '(' ||
	    text[length - 1] != ')' || memchr(text, '\0', length))
		return false;
	memcpy(role, text, length);
	role[length] = '\0';
	return true;
}

static bool parse_line(const char *line, size_t length, struct people *people,
		       bool *lists, bool *kernel)
{
	size_t end = people_address_end(line, length);
	char role[ROLE_MAX];
	bool list;

	if (end == 0 || !take_role(line + end, length - end, role))
		return false;
	if (names(line, end, lkml)) {
		*kernel = true;
		return true;
	}
	if (names(line, end, stable))
		return true;
	list = strstr(role, "list");
	*lists |= list;
	return people_add(people, line, end,
			  list || strstr(role, "maintainer") ||
				  strstr(role, "supporter"));
}

size_t maintainers_parse(const char *output, size_t length,
			 struct people *people)
{
	const char *at = output, *end = output + length;
	bool lists = false, kernel = false;
	size_t count = 0;

	while (at < end) {
		const char *line = at;
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		at = newline ? newline : end;
		count += parse_line(line, (size_t)(at - line), people, &lists,
				    &kernel);
		at += newline != NULL;
	}
	if (kernel)
		people_add(people, lkml, strlen(lkml), !lists);
	return count;
}
