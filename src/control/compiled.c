/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/compiled.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"

#define NAME_SIZE 256
#define DEPTH_MAX 4 /* of an object in an object in an object */

enum { NOT_KNOWN, ON, OFF };

struct folder {
	char *path;
	char *text; /* of its Makefile and Kbuild, lines joined; or NULL */
	int state;
};

struct compiled {
	char *arch;
	bool configured;
	char **options; /* that are on, sorted */
	size_t option_count, option_room;
	struct folder *folders; /* sorted, once */
	size_t count, room;
	char **files; /* Makefiles: two for each folder */
	size_t file_count, file_room;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_path(const void *a, const void *b)
{
	const struct folder *one = a, *two = b;

	return strcmp(one->path, two->path);
}

static void read_config(struct compiled *compiled, const char *config)
{
	while (*config) {
		size_t length = strcspn(config, "\n");
		const char *is = memchr(config, '=', length);

		if (is && str_starts(config, "CONFIG_") &&
		    (is[1] == 'y' || is[1] == 'm')) {
			array_grow(compiled->options,
				   compiled->option_count + 1,
				   &compiled->option_room);
			compiled->options[compiled->option_count++] =
				xasprintf("%.*s", (int)(is - config), config);
		}
		config += length + (config[length] == '\n');
	}
	if (compiled->option_count)
		qsort(compiled->options, compiled->option_count,
		      sizeof(*compiled->options), by_text);
}

struct compiled *compiled_new(const char *arch, const char *config)
{
	struct compiled *compiled = xcalloc(1, sizeof(*compiled));

	compiled->arch = xstrdup(arch);
	compiled->configured = config != NULL;
	if (config)
		read_config(compiled, config);
	return compiled;
}

void compiled_free(struct compiled *compiled)
{
	if (!compiled)
		return;
	for (size_t i = 0; i < compiled->option_count; i++)
		free(compiled->options[i]);
	for (size_t i = 0; i < compiled->count; i++) {
		free(compiled->folders[i].path);
		free(compiled->folders[i].text);
	}
	for (size_t i = 0; i < compiled->file_count; i++)
		free(compiled->files[i]);
	free(compiled->options);
	free(compiled->folders);
	free(compiled->files);
	free(compiled->arch);
	free(compiled);
}

static void add_folder(struct compiled *compiled, const char *path,
		       size_t length)
{
	/* files come by folders: mostly it is the one before */
	if (compiled->count) {
		const char *last = compiled->folders[compiled->count - 1].path;

		if (strlen(last) == length && strncmp(last, path, length) == 0)
			return;
	}
	array_grow(compiled->folders, compiled->count + 1, &compiled->room);
	compiled->folders[compiled->count++] =
		(struct folder){ xasprintf("%.*s", (int)length, path), NULL,
				 NOT_KNOWN };
}

void compiled_expect(struct compiled *compiled, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash && !strchr(file, '\n'))
		add_folder(compiled, file, (size_t)(slash - file));
}

static void sort_folders(struct compiled *compiled)
{
	size_t kept = 0;

	if (compiled->count)
		qsort(compiled->folders, compiled->count,
		      sizeof(*compiled->folders), by_path);
	for (size_t i = 0; i < compiled->count; i++) {
		if (kept && str_equal(compiled->folders[kept - 1].path,
				      compiled->folders[i].path))
			free(compiled->folders[i].path);
		else
			compiled->folders[kept++] = compiled->folders[i];
	}
	compiled->count = kept;
}

/* Those above them decide as well. */
static void add_parents(struct compiled *compiled)
{
	size_t count = compiled->count;

	for (size_t i = 0; i < count; i++) {
		const char *path = compiled->folders[i].path;

		for (const char *at = path; (at = strchr(at, '/')); at++)
			add_folder(compiled, path, (size_t)(at - path));
	}
	sort_folders(compiled);
}

size_t compiled_makefiles(struct compiled *compiled, char ***files)
{
	static const char *const names[] = { "Makefile", "Kbuild" };

	sort_folders(compiled);
	add_parents(compiled);
	for (size_t i = 0; i < compiled->count; i++)
		for (size_t k = 0; k < 2; k++) {
			array_grow(compiled->files, compiled->file_count + 1,
				   &compiled->file_room);
			compiled->files[compiled->file_count++] = xasprintf(
				"%s/%s", compiled->folders[i].path, names[k]);
		}
	*files = compiled->files;
	return compiled->file_count;
}

/* Comments go, and lines that go on become one. */
static void join_lines(struct buf *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		size_t used = strcspn(text, "#\n");
		bool on = used == length && length && text[length - 1] == '\\';

		buf_add(out, text, on ? length - 1 : used);
		buf_putc(out, on ? ' ' : '\n');
		text += length + (text[length] == '\n');
	}
}

void compiled_give(struct compiled *compiled, size_t makefile, const char *text)
{
	struct folder *folder = &compiled->folders[makefile / 2];
	struct buf all;

	if (!text)
		return;
	buf_init(&all, 0);
	if (folder->text)
		buf_puts(&all, folder->text);
	join_lines(&all, text);
	free(folder->text);
	folder->text = buf_take(&all);
	buf_release(&all);
}

static struct folder *find_folder(const struct compiled *compiled,
				  const char *path, size_t length)
{
	char name[1024];
	const struct folder key = { .path = name };

	if (length >= sizeof(name) || !compiled->count)
		return NULL;
	memcpy(name, path, length);
	name[length] = '\0';
	return bsearch(&key, compiled->folders, compiled->count,
		       sizeof(*compiled->folders), by_path);
}

static bool is_on(const struct compiled *compiled, const char *option,
		  size_t length)
{
	char name[NAME_SIZE];
	char *key = name;

	if (length >= sizeof(name))
		return true;
	memcpy(name, option, length);
	name[length] = '\0';
	return compiled->option_count &&
	       bsearch(&key, compiled->options, compiled->option_count,
		       sizeof(*compiled->options), by_text);
}

/* Is the word in there, between blanks? */
static bool has_word(const char *from, const char *end, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = from;
	     (at = memmem(at, (size_t)(end - at), word, size)); at += size) {
		bool begins = at == from || isspace((unsigned char)at[-1]);

		if (begins &&
		    (at + size == end || isspace((unsigned char)at[size])))
			return true;
	}
	return false;
}

static bool object_is_off(const struct compiled *compiled,
			  const struct folder *folder, const char *object,
			  int depth);

/*
 * What a line "LEFT += ... word ..." says of the word: it is off where LEFT
 * is obj-$(CONFIG_X) with an X that is off, or belongs to an object that is.
 */
static bool line_is_off(const struct compiled *compiled,
			const struct folder *folder, const char *left,
			size_t length, int depth)
{
	static const char option[] = "-$(CONFIG_";
	const char *at = memmem(left, length, option, strlen(option));
	size_t stem = at ? (size_t)(at - left) : length;
	char object[NAME_SIZE];

	if (at) {
		const char *name = at + 3;
		const char *close =
			memchr(name, ')', (size_t)(left + length - name));

		if (!close || close + 1 != left + length)
			return false;
		if (!is_on(compiled, name, (size_t)(close - name)))
			return true;
	} else if (length > 2 && strncmp(left + length - 2, "-y", 2) == 0) {
		stem = length - 2;
	} else if (length > 5 && strncmp(left + length - 5, "-objs", 5) == 0) {
		stem = length - 5;
	} else {
		return false;
	}
	if (stem + 3 > sizeof(object) ||
	    (stem == 3 && strncmp(left, "obj", 3) == 0))
		return false;
	snprintf(object, sizeof(object), "%.*s.o", (int)stem, left);
	return depth < DEPTH_MAX &&
	       object_is_off(compiled, folder, object, depth + 1);
}

/*
 * It is off if its folder's Makefile names it, and every line that does is of
 * the plain form and off.
 */
static bool object_is_off(const struct compiled *compiled,
			  const struct folder *folder, const char *object,
			  int depth)
{
	bool named = false;

	for (const char *line = folder->text; line && *line;) {
		const char *end = line + strcspn(line, "\n");
		const char *is = memchr(line, '=', (size_t)(end - line));
		const char *from = line, *stop = is ? is : line;

		while (from < stop && isspace((unsigned char)*from))
			from++;
		while (stop > from && (strchr("+:?", stop[-1]) ||
				       isspace((unsigned char)stop[-1])))
			stop--;
		if (has_word(is ? is + 1 : line, end, object)) {
			if (!is || !line_is_off(compiled, folder, from,
						(size_t)(stop - from), depth))
				return false;
			named = true;
		}
		line = end + (*end == '\n');
	}
	return named;
}

/*
 * Folders.
 */

/* Does ARCH=arch build what lies in arch/NAME? */
static bool is_own_arch(const struct compiled *compiled, const char *name,
			size_t length)
{
	static const struct {
		const char *arch, *folder;
	} more[] = {
		{ "um", "um" },		  { "um", "x86" },
		{ "x86_64", "x86" },	  { "i386", "x86" },
		{ "arm64", "arm64" },	  { "arm64", "arm" },
		{ "sparc64", "sparc" },	  { "sparc32", "sparc" },
		{ "parisc64", "parisc" },
	};

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		if (str_equal(compiled->arch, more[i].arch) &&
		    strlen(more[i].folder) == length &&
		    strncmp(more[i].folder, name, length) == 0)
			return true;
	return strlen(compiled->arch) == length &&
	       strncmp(compiled->arch, name, length) == 0;
}

static bool knows_arch(const struct compiled *compiled)
{
	static const char *const known[] = {
		"um",	"x86_64", "i386",    "x86",	"arm64",
		"arm",	"riscv",  "powerpc", "s390",	"loongarch",
		"mips", "sparc",  "parisc",  "sparc64", "parisc64",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_equal(compiled->arch, known[i]))
			return true;
	return false;
}

static bool is_foreign(const struct compiled *compiled, const char *path,
		       size_t length)
{
	const char *name = path + strlen("arch/");
	const char *end;

	if (!str_starts(path, "arch/") || length <= strlen("arch/") ||
	    !knows_arch(compiled))
		return false;
	end = memchr(name, '/', (size_t)(path + length - name));
	return !is_own_arch(compiled, name,
			    (size_t)((end ? end : path + length) - name));
}

static bool folder_is_off(struct compiled *compiled, const char *path,
			  size_t length)
{
	struct folder *folder = find_folder(compiled, path, length);
	const char *slash = memrchr(path, '/', length);
	const struct folder *above;
	char name[NAME_SIZE];
	bool off;

	if (is_foreign(compiled, path, length))
		return true;
	if (!folder || !slash || !compiled->configured)
		return false;
	if (folder->state != NOT_KNOWN)
		return folder->state == OFF;
	above = find_folder(compiled, path, (size_t)(slash - path));
	snprintf(name, sizeof(name), "%.*s/", (int)(path + length - slash - 1),
		 slash + 1);
	off = folder_is_off(compiled, path, (size_t)(slash - path)) ||
	      (above && strlen(name) + 1 < sizeof(name) &&
	       object_is_off(compiled, above, name, 0));
	folder->state = off ? OFF : ON;
	return off;
}

/*
 * Files.
 */

static bool is_text(const char *file)
{
	static const char *const folders[] = { "Documentation/", "LICENSES/",
					       "tools/testing/",
					       "tools/perf/" };
	static const char *const names[] = { "MAINTAINERS", "CREDITS",
					     "COPYING",	    ".mailmap",
					     ".gitignore",  ".clang-format" };
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (str_starts(file, folders[i]))
			return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_equal(name, names[i]))
			return true;
	return str_ends(name, ".rst") || str_ends(name, ".md");
}

/* A header may be included from anywhere, save what drivers have beside. */
static bool goes_with_folder(const char *file)
{
	return !str_ends(file, ".h") || str_starts(file, "drivers/") ||
	       str_starts(file, "sound/");
}

bool compiled_never(struct compiled *compiled, const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	const struct folder *folder;
	char object[NAME_SIZE];

	if (is_text(file))
		return true;
	if (!slash)
		return false;
	if (is_foreign(compiled, file, (size_t)(slash - file)))
		return true;
	if (str_starts(name, "Kconfig"))
		return false;
	if (folder_is_off(compiled, file, (size_t)(slash - file)))
		return goes_with_folder(file);
	folder = find_folder(compiled, file, (size_t)(slash - file));
	if (!compiled->configured || !folder ||
	    !(str_ends(name, ".c") || str_ends(name, ".S")) ||
	    strlen(name) >= sizeof(object))
		return false;
	snprintf(object, sizeof(object), "%.*s.o", (int)strlen(name) - 2, name);
	return object_is_off(compiled, folder, object, 0);
}
