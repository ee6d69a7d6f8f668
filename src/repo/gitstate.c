/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/gitstate.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "repo/gitcmd.h"

#define REFS	 "refs/bisect/"
#define LINE_MAX 65536 /* of the small files */

/*
 * Ids.
 */

static size_t place_of(const struct oids *oids, const struct oid *oid)
{
	size_t low = 0, high = oids->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(oids->items[middle].hex, oid->hex) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool oids_has(const struct oids *oids, const struct oid *oid)
{
	size_t at = place_of(oids, oid);

	return at < oids->count && oid_equal(&oids->items[at], oid);
}

void oids_add(struct oids *oids, const struct oid *oid)
{
	size_t at = place_of(oids, oid);

	if (at < oids->count && oid_equal(&oids->items[at], oid))
		return;
	array_grow(oids->items, oids->count + 1, &oids->room);
	memmove(&oids->items[at + 1], &oids->items[at],
		(oids->count - at) * sizeof(*oids->items));
	oids->items[at] = *oid;
	oids->count++;
}

/*
 * Reading.
 */

void gitstate_init(struct gitstate *state)
{
	memset(state, 0, sizeof(*state));
	state->term_new = xstrdup("bad");
	state->term_old = xstrdup("good");
	buf_init(&state->log, GITSTATE_LOG_MAX);
}

void gitstate_release(struct gitstate *state)
{
	free(state->start);
	free(state->term_new);
	free(state->term_old);
	free(state->goods.items);
	free(state->skips.items);
	free(state->paths);
	buf_release(&state->log);
}

static char *path_in(const char *git_dir, const char *name)
{
	return xasprintf("%s/%s", git_dir, name);
}

static bool exists(const char *git_dir, const char *name)
{
	char *path = path_in(git_dir, name);
	struct stat st;
	bool there = stat(path, &st) == 0;

	free(path);
	return there;
}

/* Adds to out; a file that is not there is empty. */
static int read_file(const char *git_dir, const char *name, struct buf *out,
		     struct error *err)
{
	char *path = path_in(git_dir, name);
	int ret = io_load(path, out, err);

	if (ret < 0 && errno == ENOENT)
		ret = 0;
	free(path);
	return ret;
}

/* The first line of the text from `from` on, on the heap; NULL when empty. */
static char *line_of(const struct buf *text, size_t from)
{
	size_t length;

	if (from >= text->length)
		return NULL;
	length = strcspn(text->text + from, "\r\n");
	return length ? xstrndup(text->text + from, length) : NULL;
}

/* BISECT_TERMS: the newer kind's word, the older one's, a line each. */
static void take_terms(struct gitstate *state, const struct buf *text)
{
	char *term_new = line_of(text, 0), *term_old = NULL;

	if (term_new)
		term_old = line_of(text, strcspn(text->text, "\n") + 1);
	if (!term_old) {
		free(term_new);
		return;
	}
	free(state->term_new);
	free(state->term_old);
	state->term_new = term_new;
	state->term_old = term_old;
}

static int read_files(const char *git_dir, struct gitstate *out,
		      struct error *err)
{
	struct buf text;
	char *expected, *names;
	int ret = -1;

	buf_init(&text, LINE_MAX);
	if (read_file(git_dir, "BISECT_START", &text, err) < 0)
		goto out;
	out->start = line_of(&text, 0);
	out->under_way = out->start != NULL;
	buf_clear(&text);
	if (read_file(git_dir, "BISECT_TERMS", &text, err) < 0)
		goto out;
	take_terms(out, &text);
	buf_clear(&text);
	if (read_file(git_dir, "BISECT_EXPECTED_REV", &text, err) < 0)
		goto out;
	expected = line_of(&text, 0);
	if (expected)
		oid_parse(&out->expected, expected);
	free(expected);
	buf_clear(&text);
	if (read_file(git_dir, "BISECT_NAMES", &text, err) < 0)
		goto out;
	names = line_of(&text, 0);
	if (names && !str_equal(names + strspn(names, " "), "'--'"))
		out->paths = xstrdup(names + strspn(names, " "));
	free(names);
	out->first_parent = exists(git_dir, "BISECT_FIRST_PARENT");
	out->no_checkout = exists(git_dir, "BISECT_HEAD");
	out->bases_tested = exists(git_dir, "BISECT_ANCESTORS_OK");
	ret = read_file(git_dir, "BISECT_LOG", &out->log, err);
out:
	buf_release(&text);
	return ret;
}

/* What stands behind `prefix` and a dash, or NULL. */
static const char *behind(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	return str_starts(name, prefix) && name[length] == '-'
		       ? name + length + 1
		       : NULL;
}

/* A ref of the bisection, by its name below refs/bisect/. */
static void take_ref(struct gitstate *state, const char *name,
		     const struct oid *oid)
{
	if (str_equal(name, state->term_new))
		state->bad = *oid;
	else if (behind(name, state->term_old))
		oids_add(&state->goods, oid);
	else if (behind(name, "skip"))
		oids_add(&state->skips, oid);
}

typedef void take_function(void *data, const char *name, const struct oid *oid);

/* A commit and below which name; the names are git's own, never strange. */
static int each_ref(const char *git_dir, take_function *take, void *data,
		    struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", git_dir), *rest, *line;
	const char *argv[] = { dir, "for-each-ref",
			       "--format=%(objectname) %(refname)", REFS,
			       NULL };
	struct buf text;
	int ret;

	buf_init(&text, 0);
	ret = gitcmd_run(&(struct gitcmd){ .argv = argv, .output = &text },
			 err);
	rest = text.text;
	while (ret == 0 && (line = strsep(&rest, "\n"))) {
		char *name = strchr(line, ' ');
		struct oid oid;

		if (!name)
			continue;
		*name++ = '\0';
		if (oid_parse(&oid, line) && str_starts(name, REFS))
			take(data, name + strlen(REFS), &oid);
	}
	buf_release(&text);
	free(dir);
	return ret;
}

static void read_ref(void *data, const char *name, const struct oid *oid)
{
	take_ref(data, name, oid);
}

int gitstate_read(const char *git_dir, struct gitstate *out, struct error *err)
{
	if (read_files(git_dir, out, err) < 0 ||
	    each_ref(git_dir, read_ref, out, err) < 0)
		return error_prefix(err, "cannot read the state of git bisect");
	return 0;
}

static void stamp_of(const char *git_dir, const char *name, struct buf *out)
{
	char *path = path_in(git_dir, name);
	struct stat st;

	if (stat(path, &st) < 0)
		buf_puts(out, "-;");
	else
		buf_printf(out, "%jx.%jx.%jx.%lx.%jx.%lx;",
			   (uintmax_t)st.st_ino,
			   S_ISDIR(st.st_mode) ? 0 : (uintmax_t)st.st_size,
			   (uintmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			   (uintmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	free(path);
}

void gitstate_stamp(const char *git_dir, char *out)
{
	static const char *const names[] = { "refs/bisect", "BISECT_LOG",
					     "BISECT_START", "BISECT_TERMS" };
	struct buf text;

	buf_init(&text, GITSTATE_STAMP - 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		stamp_of(git_dir, names[i], &text);
	str_copy(out, GITSTATE_STAMP, text.text);
	buf_release(&text);
}

/*
 * Writing.
 */

/* Beside and renamed.  A file that says the same already is left alone. */
static int write_file(const char *git_dir, const char *name, const char *text,
		      size_t length, mode_t mode, struct error *err)
{
	char *path = path_in(git_dir, name), *fresh = NULL;
	struct buf old;
	int fd = -1, ret = -1;

	buf_init(&old, GITSTATE_LOG_MAX);
	if (exists(git_dir, name) &&
	    read_file(git_dir, name, &old, NULL) == 0 && old.length == length &&
	    memcmp(old.text, text, length) == 0) {
		ret = 0;
		goto out;
	}
	fresh = xasprintf("%s.culprit", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 || (length && write(fd, text, length) != (ssize_t)length) ||
	    rename(fresh, path) < 0)
		error_errno(err, "cannot write '%s'", path);
	else
		ret = 0;
out:
	if (fd >= 0)
		close(fd);
	free(fresh);
	buf_release(&old);
	free(path);
	return ret;
}

static int write_line(const char *git_dir, const char *name, const char *line,
		      struct error *err)
{
	char *text = xasprintf("%s\n", line);
	int ret = write_file(git_dir, name, text, strlen(text), 0666, err);

	free(text);
	return ret;
}

static int remove_file(const char *git_dir, const char *name, struct error *err)
{
	char *path = path_in(git_dir, name);
	int ret = 0;

	if (unlink(path) < 0 && errno != ENOENT)
		ret = error_errno(err, "cannot remove '%s'", path);
	free(path);
	return ret;
}

static int write_flag(const char *git_dir, const char *name, bool on,
		      const char *text, mode_t mode, struct error *err)
{
	if (!on)
		return remove_file(git_dir, name, err);
	return write_file(git_dir, name, text, strlen(text), mode, err);
}

/* The lines that change refs, for git update-ref. */
struct ref_change {
	const struct gitstate *read, *wanted;
	struct buf input;
	struct oids goods, skips; /* that are there, by their right name */
	bool bad;
	bool moved; /* what is there is not what was read */
};

static bool named_after(const char *tail, const struct oid *oid)
{
	return tail && str_equal(tail, oid->hex);
}

/* Is it as it was read?  What the read state did not look at is. */
static bool is_as_read(const struct gitstate *read, const char *name,
		       const struct oid *oid)
{
	if (str_equal(name, read->term_new))
		return oid_equal(oid, &read->bad);
	if (behind(name, read->term_old))
		return oids_has(&read->goods, oid);
	return !behind(name, "skip") || oids_has(&read->skips, oid);
}

/*
 * What is there already: stays, changes, or goes.  A name is kept only where
 * it ends in the whole id, as git writes it.
 */
static void change_ref(void *data, const char *name, const struct oid *oid)
{
	struct ref_change *change = data;
	const struct gitstate *read = change->read, *wanted = change->wanted;
	const char *good = behind(name, wanted->term_old);
	const char *skip = behind(name, "skip");

	if (str_equal(name, wanted->term_new) && !oid_is_none(&wanted->bad)) {
		change->bad = true;
		if (oid_equal(oid, &wanted->bad))
			return;
		buf_printf(&change->input, "update " REFS "%s %s %s\n", name,
			   wanted->bad.hex, oid->hex);
	} else if (named_after(good, oid) && oids_has(&wanted->goods, oid)) {
		oids_add(&change->goods, oid);
		return;
	} else if (named_after(skip, oid) && oids_has(&wanted->skips, oid)) {
		oids_add(&change->skips, oid);
		return;
	} else if (good || skip || str_equal(name, wanted->term_new) ||
		   str_equal(name, read->term_new) ||
		   behind(name, read->term_old)) {
		buf_printf(&change->input, "delete " REFS "%s %s\n", name,
			   oid->hex);
	}
	/* what somebody marked a moment ago is not ours to take away */
	change->moved |= !is_as_read(read, name, oid);
}

static void create_refs(struct buf *input, const char *term,
			const struct oids *wanted, const struct oids *there)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (!oids_has(there, &wanted->items[i]))
			buf_printf(input, "create " REFS "%s-%s %s\n", term,
				   wanted->items[i].hex, wanted->items[i].hex);
}

static int write_refs(const char *git_dir, const struct gitstate *read,
		      const struct gitstate *wanted, struct error *err)
{
	struct ref_change change = { .read = read, .wanted = wanted };
	char *dir = xasprintf("--git-dir=%s", git_dir);
	/*
	 * A reference-transaction hook hears of it, as it does when git bisect
	 * marks: it is the user's own, since no clone brings hooks along, and
	 * who can put one there, or name a folder of them in the configuration,
	 * has every git of the user's run it.
	 */
	const char *argv[] = { dir, "update-ref", "--stdin", NULL };
	int ret;

	buf_init(&change.input, 0);
	ret = each_ref(git_dir, change_ref, &change, err);
	if (ret == 0 && change.moved)
		ret = error_set(err, ERROR_BUSY,
				"git bisect has marked another commit");
	if (ret == 0 && !change.bad && !oid_is_none(&wanted->bad))
		buf_printf(&change.input, "create " REFS "%s %s\n",
			   wanted->term_new, wanted->bad.hex);
	create_refs(&change.input, wanted->term_old, &wanted->goods,
		    &change.goods);
	create_refs(&change.input, "skip", &wanted->skips, &change.skips);
	if (ret == 0 && change.input.length) {
		ret = gitcmd_run(&(struct gitcmd){ .argv = argv,
						   .input = change.input.text,
						   .input_length =
							   change.input.length,
						   .whole = true },
				 err);
		if (ret < 0 && err)
			err->code = ERROR_BUSY;
	}
	buf_release(&change.input);
	free(change.goods.items);
	free(change.skips.items);
	free(dir);
	return ret;
}

/* git writes them with the first mark, or when they were chosen. */
static int write_terms(const char *git_dir, const struct gitstate *wanted,
		       struct error *err)
{
	char *terms;
	int ret;

	if (str_equal(wanted->term_new, "bad") &&
	    str_equal(wanted->term_old, "good") && oid_is_none(&wanted->bad) &&
	    wanted->goods.count + wanted->skips.count == 0)
		return remove_file(git_dir, "BISECT_TERMS", err);
	terms = xasprintf("%s\n%s", wanted->term_new, wanted->term_old);
	ret = write_line(git_dir, "BISECT_TERMS", terms, err);
	free(terms);
	return ret;
}

static int write_files(const char *git_dir, const struct gitstate *wanted,
		       struct error *err)
{
	bool ok;

	/* in git's order, but what says that there is a bisection comes last */
	ok = write_flag(git_dir, "BISECT_FIRST_PARENT", wanted->first_parent,
			"\n", 0666, err) == 0 &&
	     write_line(git_dir, "BISECT_NAMES", "", err) == 0 &&
	     write_terms(git_dir, wanted, err) == 0 &&
	     write_flag(git_dir, "BISECT_ANCESTORS_OK", wanted->bases_tested,
			"", 0600, err) == 0 &&
	     remove_file(git_dir, "BISECT_HEAD", err) == 0 &&
	     (oid_is_none(&wanted->expected)
		      ? remove_file(git_dir, "BISECT_EXPECTED_REV", err)
		      : write_line(git_dir, "BISECT_EXPECTED_REV",
				   wanted->expected.hex, err)) == 0 &&
	     write_file(git_dir, "BISECT_LOG", wanted->log.text,
			wanted->log.length, 0666, err) == 0 &&
	     write_line(git_dir, "BISECT_START", wanted->start, err) == 0;
	return ok ? 0 : -1;
}

int gitstate_write(const char *git_dir, const struct gitstate *read,
		   const struct gitstate *wanted, struct error *err)
{
	if (write_refs(git_dir, read, wanted, err) < 0 ||
	    write_files(git_dir, wanted, err) < 0)
		return error_prefix(err,
				    "cannot write the state of git bisect");
	return 0;
}

/*
 * The log.
 */

/* "bad: [<id>] subject", "status: ...": does git itself write such a line? */
static bool is_gits(const char *text, size_t length)
{
	static const char *const leads[] = { "status: ",
					     "only skipped commits left" };
	const char *colon;
	size_t digits = 0;

	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++)
		if (length >= strlen(leads[i]) &&
		    memcmp(text, leads[i], strlen(leads[i])) == 0)
			return true;
	colon = memchr(text, ':', length);
	if (!colon || length - (size_t)(colon - text) < 4 || colon[1] != ' ' ||
	    colon[2] != '[')
		return false;
	for (const char *p = colon + 3;
	     p < text + length && isxdigit((unsigned char)*p); p++)
		digits++;
	return digits >= 4;
}

static size_t blanks(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && (text[count] == ' ' || text[count] == '\t'))
		count++;
	return count;
}

/* The next word of a line; what is left of the line behind it. */
static size_t word(const char **text, size_t *length)
{
	size_t skip = blanks(*text, *length), count = 0;

	*text += skip;
	*length -= skip;
	while (count < *length && (*text)[count] != ' ' &&
	       (*text)[count] != '\t')
		count++;
	return count;
}

static bool take_word(const char **text, size_t *length, char *out, size_t room)
{
	size_t count = word(text, length);

	if (count == 0 || count >= room)
		return false;
	memcpy(out, *text, count);
	out[count] = '\0';
	*text += count;
	*length -= count;
	return true;
}

/* git bisect <term> <id>; also git-bisect, as old ones wrote. */
static void take_command(struct gitstate_line *line)
{
	const char *text = line->text;
	size_t length = line->length;
	char first[16], id[OID_HEX_MAX + 8];

	if (!take_word(&text, &length, first, sizeof(first)))
		return;
	if (str_equal(first, "git")) {
		if (!take_word(&text, &length, first, sizeof(first)) ||
		    !str_equal(first, "bisect"))
			return;
	} else if (!str_equal(first, "git-bisect")) {
		return;
	}
	if (!take_word(&text, &length, line->term, sizeof(line->term)))
		return;
	if (take_word(&text, &length, id, sizeof(id)) &&
	    oid_parse(&line->oid, id))
		return;
	line->oid.hex[0] = '\0';
}

bool gitstate_next_line(const struct buf *log, size_t *at,
			struct gitstate_line *out)
{
	const char *text = log->text + *at, *end;
	size_t left = log->length - *at;

	if (left == 0)
		return false;
	end = memchr(text, '\n', left);
	memset(out, 0, sizeof(*out));
	out->text = text;
	out->length = end ? (size_t)(end - text) : left;
	*at += out->length + (end ? 1 : 0);
	while (out->length && text[out->length - 1] == '\r')
		out->length--;
	if (out->length == 0 || *text != '#') {
		take_command(out);
		return true;
	}
	out->text++;
	out->length--;
	left = blanks(out->text, out->length);
	out->text += left;
	out->length -= left;
	out->remark = out->length > 0 && !is_gits(out->text, out->length);
	return true;
}
