/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/excerpt.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "oops/cut.h"
#include "oops/files.h"
#include "oops/report.h"
#include "oops/scan.h"
#include "run/console.h"

#define REPORTS_MAX   64
#define READ_MAX      (256 * 1024 * 1024)
#define PIECE	      (128 * 1024)
#define LINES_SHOWN   200
#define BYTES_MAX     (32 * 1024)
#define LINES_BEFORE  5
#define BANNER_WITHIN (256 * 1024) /* firmware may stand before it */
#define BANNER_MAX    400
#define END_LINES     30
#define END_BYTES     (8 * 1024)

static const struct report *find(const struct scan *scan, size_t *seen,
				 const char *title)
{
	for (; *seen < scan_count(scan); (*seen)++)
		if (str_equal(scan_report(scan, *seen)->title, title))
			return scan_report(scan, *seen);
	return NULL;
}

/* The first report of this title; borrowed from the scan. */
static const struct report *scan_for(struct scan *scan, int fd,
				     const char *title)
{
	char *bytes = xmalloc(PIECE);
	const struct report *report = NULL;
	size_t seen = 0, total = 0;
	ssize_t got;

	while (!report && total < READ_MAX &&
	       (got = io_read(fd, bytes, PIECE)) > 0) {
		scan_feed(scan, bytes, (size_t)got);
		total += (size_t)got;
		report = find(scan, &seen, title);
	}
	if (!report) {
		scan_end(scan);
		report = find(scan, &seen, title);
	}
	free(bytes);
	return report;
}

/* Whole lines, as many as a mail bears. */
static void add_lines(struct buf *out, const char *text, size_t length)
{
	size_t at = 0;
	int lines = 0;

	while (at < length && lines < LINES_SHOWN && at < BYTES_MAX) {
		const char *line = text + at;
		const char *end = memchr(line, '\n', length - at);
		size_t size = end ? (size_t)(end - line) : length - at;

		buf_add(out, line, size < BYTES_MAX ? size : BYTES_MAX);
		buf_putc(out, '\n');
		at += size + (end != NULL);
		lines++;
	}
	if (at < length)
		buf_puts(out, "[...]\n");
}

/* A few lines before the one of the crash; further up, if registers do. */
static size_t few_before(const char *text, size_t oops)
{
	size_t begin = oops, at = oops;

	for (int lines = 0; lines < CUT_REGISTERS && at > 0; lines++) {
		for (at--; at > 0 && text[at - 1] != '\n';)
			at--;
		if (cut_is_registers(text + at, oops - at))
			return at;
		if (lines < LINES_BEFORE)
			begin = at;
	}
	return begin;
}

/*
 * Where to begin: what stood on the console before the crash is in the report
 * too, and of that a few lines are enough.  The line of the oops is sought in
 * the text by what the file says there.
 */
static size_t find_begin(int fd, const struct report *report)
{
	char bytes[SCAN_LINE];
	const char *line = bytes, *oops;
	size_t length = report->skip > report->start
				? (size_t)(report->skip - report->start)
				: 0;
	ssize_t got;

	got = pread(fd, bytes, length < SCAN_LINE ? length : SCAN_LINE,
		    (off_t)report->start);
	length = got > 0 ? (size_t)got : 0;
	cut_prefix(&line, &length);
	while (length && (line[length - 1] == '\n' || line[length - 1] == '\r'))
		length--;
	oops = length ? memmem(report->text, report->text_length, line, length)
		      : NULL;
	return oops ? few_before(report->text, (size_t)(oops - report->text))
		    : 0;
}

static bool add_report(int fd, const struct rules *rules, const char *title,
		       struct buf *out)
{
	struct scan *scan = scan_new(rules, REPORTS_MAX);
	const struct report *report = scan_for(scan, fd, title);
	size_t begin;

	if (report) {
		begin = find_begin(fd, report);
		add_lines(out, report->text + begin,
			  report->text_length - begin);
	}
	scan_free(scan);
	return report;
}

static bool add_end(int fd, struct buf *out)
{
	char bytes[END_BYTES];
	struct stat info;
	ssize_t got;
	size_t from;
	off_t start;
	int lines = 0;

	if (fstat(fd, &info) < 0)
		return false;
	start = info.st_size > END_BYTES ? info.st_size - END_BYTES : 0;
	got = pread(fd, bytes, sizeof(bytes), start);
	if (got <= 0)
		return false;
	for (from = (size_t)got; from > 0; from--)
		if (bytes[from - 1] == '\n' && from < (size_t)got &&
		    ++lines == END_LINES)
			break;
	add_lines(out, bytes + from, (size_t)got - from);
	return true;
}

enum excerpt excerpt_cut(const char *path, const struct rules *rules,
			 const char *title, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum excerpt found = EXCERPT_GONE;

	if (fd < 0)
		return found;
	if (!str_empty(title) && add_report(fd, rules, title, out))
		found = EXCERPT_REPORT;
	else if (add_end(fd, out))
		found = EXCERPT_END;
	close(fd);
	return found;
}

bool excerpt_banner(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes;
	const char *at = NULL;
	ssize_t got;

	if (fd < 0)
		return false;
	bytes = xmalloc(BANNER_WITHIN);
	got = io_read(fd, bytes, BANNER_WITHIN);
	if (got > 0)
		at = memmem(bytes, (size_t)got, CONSOLE_KERNEL,
			    strlen(CONSOLE_KERNEL));
	if (at) {
		size_t length = 0, most = (size_t)(bytes + got - at);

		while (length < most && length < BANNER_MAX &&
		       at[length] != '\n' && at[length] != '\r')
			length++;
		buf_add(out, at, length);
	}
	free(bytes);
	close(fd);
	return at;
}

bool excerpt_files(const char *path, const struct rules *rules,
		   const char *title, struct texts *files)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct scan *scan;
	const struct report *report;

	if (fd < 0)
		return false;
	scan = scan_new(rules, REPORTS_MAX);
	report = scan_for(scan, fd, title);
	if (report)
		files_of_report(rules, report->text, report->text_length,
				files);
	scan_free(scan);
	close(fd);
	return report;
}
