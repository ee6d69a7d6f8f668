/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/diagnosis.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/tidy.h"

/*
 * What names a cause: compilers, assemblers and linkers ("error:" is in "fatal
 * error:" and in what objtool and ld.lld say, too), modpost and make; rustc's
 * "error[E0425]:"; resolve_btfids.  After syzkaller, pkg/build/build.go.
 */
static const char *const causes[] = {
	"error:",
	"Error:",
	"ERROR:",
	"undefined reference",
	"multiple definition",
	"No rule to make target",
	"cannot find -l",
	"FAILED unresolved symbol",
	"FAILED: load BTF",
	".  Stop.",
};

/*
 * What only says that something failed, or may stand in the output of a build
 * that works: it counts where there is nothing better.
 */
static const char *const weak_causes[] = {
	": not found",	    ": command not found", ": Permission denied",
	"collect2: error:", "final link failed",   "linker command failed",
};

/* Of this machine: gcc's driver when cc1 or ld was killed, cc1, clang, rustc */
static const char *const troubles[] = {
	"Killed signal terminated program",
	"terminated with signal 9 [Killed]",
	"unable to execute command: Killed",
	"(signal: 9, SIGKILL",
	"virtual memory exhausted",
	"out of memory allocating",
	"LLVM ERROR: out of memory",
	"terminate called after throwing an instance of 'std::bad_alloc'",
};

/*
 * The same at the end of a line.  The words of strerror are also in the
 * source lines that compilers quote, but not there.  make tells with "]
 * Killed" how the command of a target ended.
 */
static const char *const trouble_ends[] = {
	": No space left on device",
	": Cannot allocate memory",
	": Disk quota exceeded",
	": Read-only file system",
	": Too many open files in system",
	": Input/output error",
	": Resource temporarily unavailable",
	"] Killed",
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

static bool ends_with_one(const char *line, const char *const *words,
			  size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_ends(line, words[i]))
			return true;
	}
	return false;
}

static bool is_trouble(const char *line)
{
	const char *killed = strstr(line, " Killed ");

	if (str_equal(line, "Killed"))
		return true;
	/* bash: "FILE: line 12:  3456 Killed    COMMAND" */
	if (killed && strstr(line, ": line ") &&
	    strstr(line, ": line ") < killed)
		return true;
	return has_one(line, troubles, COUNT(troubles)) ||
	       ends_with_one(line, trouble_ends, COUNT(trouble_ends));
}

static bool is_cause(const char *line)
{
	return str_starts(line, "error[E") || str_equal(line, "Killed") ||
	       has_one(line, causes, COUNT(causes));
}

static void take_out(char *line, const char *part)
{
	size_t length = strlen(part);

	while ((line = strstr(line, part)) != NULL)
		memmove(line, line + length, strlen(line + length) + 1);
}

/* "../" in front of a path: what a build beside the source tree says. */
static void take_out_ups(char *line)
{
	static const char before[] = " \t'\"`([<:=";
	char *at = line;

	while ((at = strstr(at, "../")) != NULL) {
		if (at == line || strchr(before, at[-1]))
			memmove(at, at + 3, strlen(at + 3) + 1);
		else
			at += 3;
	}
}

/* Curly quotes, three bytes each (U+2018, U+2019, U+201C, U+201D), to ASCII. */
static void straighten_quotes(char *line)
{
	char *to = line;

	for (; *line; to++) {
		unsigned char last;

		if (strncmp(line, "\xe2\x80", 2) != 0) {
			*to = *line++;
			continue;
		}
		last = (unsigned char)line[2];
		if (last == 0x98 || last == 0x99 || last == 0x9c ||
		    last == 0x9d) {
			*to = last < 0x9c ? '\'' : '"';
			line += 3;
		} else {
			*to = *line++;
		}
	}
	*to = '\0';
}

static void add_once(struct diagnosis_list *list, const char *line)
{
	if (list->count == DIAGNOSIS_ERRORS)
		return;
	for (int i = 0; i < list->count; i++) {
		if (str_equal(list->lines[i], line))
			return;
	}
	list->lines[list->count++] = xstrdup(line);
}

static void clear_list(struct diagnosis_list *list)
{
	for (int i = 0; i < list->count; i++)
		free(list->lines[i]);
	list->count = 0;
}

static void take_line(void *data, char *line)
{
	struct diagnosis *diagnosis = data;
	char **last;

	take_out(line, diagnosis->folder);
	straighten_quotes(line);
	take_out_ups(line);
	for (char *tab = line; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	tidy_trim(line);
	tidy_controls(line);
	tidy_cut(line, DIAGNOSIS_LINE);
	if (!*line)
		return;
	if (has_one(line, weak_causes, COUNT(weak_causes)))
		add_once(&diagnosis->weak, line);
	else if (is_cause(line))
		add_once(&diagnosis->errors, line);
	if (!diagnosis->trouble && is_trouble(line))
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
	clear_list(&diagnosis->errors);
	clear_list(&diagnosis->weak);
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
	const struct diagnosis_list *list = diagnosis->errors.count > 0
						    ? &diagnosis->errors
						    : &diagnosis->weak;

	for (int i = 0; i < list->count; i++)
		add_line(out, list->lines[i]);
	if (list->count == 0)
		diagnosis_last(diagnosis, out);
}

void diagnosis_last(const struct diagnosis *diagnosis, struct buf *out)
{
	int first = diagnosis->line_count - DIAGNOSIS_LAST;

	for (int i = first < 0 ? 0 : first; i < diagnosis->line_count; i++)
		add_line(out, diagnosis->last[i % DIAGNOSIS_LAST]);
}
