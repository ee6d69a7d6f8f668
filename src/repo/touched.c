/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/touched.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"

/* A partial clone would fetch what it lacks, one by one. */
#define NO_FETCH "-c", "protocol.allow=never"

int touched_ask(struct touched *touched, const char *common_dir,
		struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	const char *argv[] = {
		NO_FETCH, dir,	"diff-tree",   "--stdin",      "--root",
		"-r",	  "-z", "--name-only", "--no-renames", "--no-ext-diff",
		NULL
	};
	struct buf ids;
	struct gitcmd command = { .argv = argv, .output = touched->said };
	int ret;

	buf_init(&ids, 0);
	for (size_t i = 0; i < touched->count; i++)
		buf_printf(&ids, "%s\n", touched->commits[i].hex);
	command.input = ids.text;
	command.input_length = ids.length;
	ret = gitcmd_run(&command, err);
	buf_release(&ids);
	free(dir);
	return ret;
}

/* Ids come in the order in which they were asked about. */
static bool is_commit(const struct touched *touched, struct touched_at *at,
		      const char *word)
{
	if (!str_hex(word) ||
	    strlen(word) != strlen(touched->commits[at->commit].hex))
		return false;
	for (size_t i = at->begun ? at->commit + 1 : 0; i < touched->count;
	     i++) {
		if (!str_equal(touched->commits[i].hex, word))
			continue;
		at->commit = i;
		return at->begun = true;
	}
	return false;
}

bool touched_next(const struct touched *touched, struct touched_at *at)
{
	while (touched->count && at->byte < touched->said->length) {
		const char *word = touched->said->text + at->byte;

		at->byte += strlen(word) + 1;
		if (is_commit(touched, at, word) || !at->begun)
			continue;
		at->path = word;
		return true;
	}
	return false;
}

/*
 * "ID blob SIZE\n...\n", or "... missing\n"; moves *at.  false: it makes no
 * sense any more.
 */
static bool take_blob(struct buf *said, size_t *at, const char **text)
{
	char *line = said->text + *at, *end = strchr(line, '\n');
	const char *size_word;
	int64_t size;

	*text = NULL;
	if (!end)
		return false;
	*end = '\0';
	*at += (size_t)(end - line) + 1;
	size_word = strrchr(line, ' ');
	if (!size_word || !str_number(size_word + 1, 0, INT32_MAX, &size))
		return true; /* missing */
	if ((size_t)size >= said->length - *at)
		return false;
	said->text[*at + (size_t)size] = '\0';
	if (size_word > line + 4 && strncmp(size_word - 4, "blob", 4) == 0)
		*text = said->text + *at;
	*at += (size_t)size + 1;
	return true;
}

int touched_read(const char *common_dir, const struct oid *commit,
		 char *const *files, size_t count, touched_text *take,
		 void *data, struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", common_dir);
	const char *argv[] = { NO_FETCH, dir, "cat-file", "--batch", NULL };
	struct buf names, said;
	struct gitcmd command = { .argv = argv, .output = &said };
	size_t at = 0;
	int ret;

	buf_init(&names, 0);
	buf_init(&said, 0);
	for (size_t i = 0; i < count; i++)
		buf_printf(&names, "%s:%s\n", commit->hex,
			   strchr(files[i], '\n') ? "" : files[i]);
	command.input = names.text;
	command.input_length = names.length;
	ret = gitcmd_run(&command, err);
	for (size_t i = 0; ret == 0 && i < count; i++) {
		const char *text;

		if (!take_blob(&said, &at, &text))
			ret = error_set(err, ERROR_GIT,
					"git cat-file ended too early");
		else
			take(data, i, text);
	}
	buf_release(&said);
	buf_release(&names);
	free(dir);
	return ret;
}

static bool is_function(const char *name)
{
	for (const char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_')
			return false;
	return *name;
}

/* "NAME(" in a line that ends as no declaration does. */
static bool defines(const char *line, size_t length, const char *name)
{
	size_t size = strlen(name);
	const char *at = line;

	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	if (!length || line[length - 1] == ';')
		return false;
	while ((at = memmem(at, (size_t)(line + length - at), name, size))) {
		bool begins = at == line || at[-1] == ' ' || at[-1] == '*' ||
			      at[-1] == '\t';

		at += size;
		if (begins && at < line + length && *at == '(')
			return true;
	}
	return false;
}

/* "FILE\0LINE\n" of git grep -z. */
static void take_lines(const struct buf *said, char *const *functions,
		       size_t count, touched_defined *take, void *data)
{
	size_t at = 0;

	while (at < said->length) {
		const char *file = said->text + at;
		const char *line = file + strlen(file) + 1;
		const char *all = said->text + said->length;
		const char *end;

		if (line >= all)
			break;
		end = memchr(line, '\n', (size_t)(all - line));
		end = end ? end : all;
		for (size_t i = 0; i < count; i++)
			if (is_function(functions[i]) &&
			    defines(line, (size_t)(end - line), functions[i]))
				take(data, i, file);
		at = (size_t)(end - said->text) + 1;
	}
}

int touched_define(const char *worktree, char *const *functions, size_t count,
		   touched_defined *take, void *data, struct error *err)
{
	static const char *const before[] = { NO_FETCH, "-C", NULL };
	static const char *const options[] = { "grep", "--no-color",
					       "-I",   "-z",
					       "-H",   "--full-name",
					       "-E",   NULL };
	struct argv argv = ARGV_INIT;
	struct gitcmd command;
	struct buf said;
	size_t patterns = 0;
	bool any = false;
	int ret = 0;

	argv_add_all(&argv, before);
	argv_add(&argv, worktree);
	argv_add_all(&argv, options);
	for (size_t i = 0; i < count; i++) {
		if (!is_function(functions[i]))
			continue;
		argv_add(&argv, "-e");
		argv_take(&argv,
			  xasprintf("^([A-Za-z_][A-Za-z0-9_ ,*()]*[ *])?%s\\(",
				    functions[i]));
		patterns++;
	}
	argv_add(&argv, "--");
	argv_add(&argv, "*.c");
	buf_init(&said, 0);
	command = (struct gitcmd){ .argv = (const char *const *)argv.items,
				   .output = &said,
				   .answer = &any };
	if (patterns)
		ret = gitcmd_run(&command, err);
	if (ret == 0 && any)
		take_lines(&said, functions, count, take, data);
	buf_release(&said);
	argv_free(argv.items);
	return ret;
}
