/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/agreed.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

#define FIRST_LINE "culprit mirror 1\n"
#define LAST_LINE  "end\n"

void agreed_init(struct agreed *agreed)
{
	memset(agreed, 0, sizeof(*agreed));
	gitstate_init(&agreed->is);
}

void agreed_release(struct agreed *agreed)
{
	gitstate_release(&agreed->is);
}

static void take_terms(struct gitstate *state, const char *value)
{
	size_t length = strcspn(value, " ");

	if (!length || !value[length])
		return;
	free(state->term_new);
	free(state->term_old);
	state->term_new = xstrndup(value, length);
	state->term_old = xstrdup(value + length + 1);
}

static void take_line(struct agreed *agreed, char *line)
{
	char *value = strchr(line, ' ');
	struct oid oid;

	if (!value)
		return;
	*value++ = '\0';
	if (str_equal(line, "under-way"))
		agreed->is.under_way = str_equal(value, "yes");
	else if (str_equal(line, "stamp"))
		str_copy(agreed->stamp, sizeof(agreed->stamp), value);
	else if (str_equal(line, "key"))
		agreed->key = strtoull(value, NULL, 16);
	else if (str_equal(line, "terms"))
		take_terms(&agreed->is, value);
	if (!oid_parse(&oid, value))
		return;
	if (str_equal(line, "bad"))
		agreed->is.bad = oid;
	else if (str_equal(line, "good"))
		oids_add(&agreed->is.goods, &oid);
	else if (str_equal(line, "skip"))
		oids_add(&agreed->is.skips, &oid);
}

void agreed_read(const char *git_dir, const char *name, struct agreed *out)
{
	char *path = xasprintf("%s/%s", git_dir, name), *rest, *line;
	struct buf text;

	buf_init(&text, GITSTATE_LOG_MAX);
	io_load(path, &text, NULL);
	free(path);
	out->known = str_starts(text.text, FIRST_LINE) &&
		     str_ends(text.text, LAST_LINE);
	rest = text.text;
	while (out->known && (line = strsep(&rest, "\n")))
		take_line(out, line);
	buf_release(&text);
}

static void put_oids(struct buf *out, const char *word, const struct oids *oids)
{
	for (size_t i = 0; i < oids->count; i++)
		buf_printf(out, "%s %s\n", word, oids->items[i].hex);
}

static void put_marks(struct buf *out, const struct gitstate *state)
{
	buf_printf(out, "under-way %s\n", state->under_way ? "yes" : "no");
	buf_printf(out, "terms %s %s\n", state->term_new, state->term_old);
	if (!oid_is_none(&state->bad))
		buf_printf(out, "bad %s\n", state->bad.hex);
	put_oids(out, "good", &state->goods);
	put_oids(out, "skip", &state->skips);
}

static bool same_oids(const struct oids *a, const struct oids *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!oid_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

bool agreed_same_marks(const struct gitstate *a, const struct gitstate *b)
{
	return a->under_way == b->under_way &&
	       str_equal(a->term_new, b->term_new) &&
	       str_equal(a->term_old, b->term_old) &&
	       oid_equal(&a->bad, &b->bad) && same_oids(&a->goods, &b->goods) &&
	       same_oids(&a->skips, &b->skips);
}

int agreed_write(const char *git_dir, const char *name,
		 const struct agreed *agreed, struct error *err)
{
	char *path = xasprintf("%s/%s", git_dir, name);
	char *fresh = xasprintf("%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct buf text;
	int ret = -1;

	buf_init(&text, 0);
	buf_puts(&text, FIRST_LINE);
	put_marks(&text, &agreed->is);
	buf_printf(&text, "stamp %s\nkey %" PRIx64 "\n" LAST_LINE,
		   agreed->stamp, agreed->key);
	if (fd < 0 ||
	    write(fd, text.text, text.length) != (ssize_t)text.length ||
	    rename(fresh, path) < 0)
		error_errno(err, "cannot write '%s'", path);
	else
		ret = 0;
	if (fd >= 0)
		close(fd);
	buf_release(&text);
	free(fresh);
	free(path);
	return ret;
}

uint64_t agreed_key(const struct gitstate *state)
{
	uint64_t key = 14695981039346656037u; /* FNV-1a */
	struct buf text;

	buf_init(&text, 0);
	put_marks(&text, state);
	buf_printf(&text, "%d%d %s\n", state->first_parent, state->bases_tested,
		   state->expected.hex);
	buf_add(&text, state->log.text, state->log.length);
	for (size_t i = 0; i < text.length; i++)
		key = (key ^ (unsigned char)text.text[i]) * 1099511628211u;
	buf_release(&text);
	return key;
}
