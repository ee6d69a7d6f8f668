/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/logfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"

#define INDEX_PIECE (256 * LOG_RECORD)

void logfile_init(struct logfile *file, int64_t step)
{
	memset(file, 0, sizeof(*file));
	file->fd = file->index_fd = -1;
	file->step = step;
	log_index_init(&file->index, step);
	for (int i = 0; i < LOGFILE_BLOCKS; i++)
		file->blocks[i].at = -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* What was read is not what stands there now. */
static void forget(struct logfile *file)
{
	for (int i = 0; i < LOGFILE_BLOCKS; i++)
		file->blocks[i].at = -1;
	log_index_release(&file->index);
	close_fd(&file->index_fd);
	file->index_read = 0;
	file->index_bad = false;
	file->size = 0;
	file->generation++;
}

void logfile_release(struct logfile *file)
{
	int64_t step = file->step;

	forget(file);
	close_fd(&file->fd);
	for (int i = 0; i < LOGFILE_BLOCKS; i++)
		free(file->blocks[i].bytes);
	free(file->path);
	logfile_init(file, step);
}

void logfile_open(struct logfile *file, const char *path)
{
	unsigned int generation = file->generation;

	if (str_equal(file->path, path))
		return;
	logfile_release(file);
	file->path = xstrdup_null(path);
	file->generation = generation + 1;
}

/*
 * Blocks.
 */

static struct logfile_block *oldest(struct logfile *file)
{
	struct logfile_block *oldest = &file->blocks[0];

	for (int i = 0; i < LOGFILE_BLOCKS; i++) {
		struct logfile_block *block = &file->blocks[i];

		if (block->at < 0)
			return block;
		if (block->used < oldest->used)
			oldest = block;
	}
	return oldest;
}

/* Read what the block lacks of what the file has. */
static void fill(struct logfile *file, struct logfile_block *block)
{
	int64_t most = file->size - block->at;
	size_t want = (size_t)(most < file->step ? most : file->step);

	while (block->length < want) {
		ssize_t got = pread(file->fd, block->bytes + block->length,
				    want - block->length,
				    block->at + (int64_t)block->length);

		if (got <= 0)
			return;
		block->length += (size_t)got;
	}
}

static struct logfile_block *block_at(struct logfile *file, int64_t at)
{
	struct logfile_block *block = NULL;

	for (int i = 0; i < LOGFILE_BLOCKS && !block; i++)
		if (file->blocks[i].at == at)
			block = &file->blocks[i];
	if (!block) {
		block = oldest(file);
		if (!block->bytes)
			block->bytes = xmalloc((size_t)file->step);
		block->at = at;
		block->length = 0;
	}
	block->used = ++file->clock;
	fill(file, block);
	return block;
}

/* The bytes from here to the end of the block. */
static const char *bytes_at(struct logfile *file, int64_t offset,
			    size_t *length)
{
	int64_t at = offset - offset % file->step;
	size_t skip = (size_t)(offset - at);
	const struct logfile_block *block;

	*length = 0;
	if (offset < 0 || offset >= file->size || file->fd < 0)
		return "";
	block = block_at(file, at);
	if (skip >= block->length)
		return "";
	*length = block->length - skip;
	return block->bytes + skip;
}

size_t logfile_read(struct logfile *file, int64_t from, int64_t to, char *out)
{
	size_t done = 0, length;

	while (from < to) {
		const char *bytes = bytes_at(file, from, &length);

		if (!length)
			break;
		if ((int64_t)length > to - from)
			length = (size_t)(to - from);
		memcpy(out + done, bytes, length);
		done += length;
		from += (int64_t)length;
	}
	return done;
}

/*
 * What is there now.
 */

static bool open_log(struct logfile *file)
{
	struct stat info;

	file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0)
		return false;
	if (fstat(file->fd, &info) == 0 && S_ISREG(info.st_mode)) {
		file->inode = info.st_ino;
		return true;
	}
	close_fd(&file->fd);
	return false;
}

/* Is there another file by the name, or none? */
static void look_for_another(struct logfile *file)
{
	struct stat info;

	if (stat(file->path, &info) < 0) {
		file->state = LOGFILE_GONE;
		return;
	}
	file->state = LOGFILE_THERE;
	if (info.st_ino == file->inode)
		return;
	close_fd(&file->fd);
	forget(file);
	file->shrunk = true;
	file->state = open_log(file) ? LOGFILE_THERE : LOGFILE_GONE;
}

static bool open_index(struct logfile *file)
{
	char *path;

	if (file->index_fd >= 0)
		return true;
	path = xasprintf("%s" LOG_SUFFIX, file->path);
	file->index_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(path);
	return file->index_fd >= 0;
}

/* Has the index been begun anew?  Then the log was, too. */
static bool is_same_index(struct logfile *file)
{
	unsigned char bytes[LOG_RECORD];
	struct log_record head;

	return !file->index.id ||
	       (pread(file->index_fd, bytes, sizeof(bytes), 0) ==
			sizeof(bytes) &&
		log_record_get(&head, bytes) && head.kind == LOG_HEAD &&
		head.value == file->index.id);
}

/* false: no record stands here that counts. */
static bool take_record(struct logfile *file, const unsigned char *bytes)
{
	struct log_record record;

	if (!log_record_get(&record, bytes)) {
		file->index_bad = true;
		return false;
	}
	/* ahead of what we have seen of the log */
	if (record.kind != LOG_HEAD && record.offset > file->size)
		return false;
	file->index_bad = !log_index_take(&file->index, &record);
	return !file->index_bad;
}

static void read_index(struct logfile *file)
{
	unsigned char bytes[INDEX_PIECE];
	ssize_t got;

	if (file->index_bad || !open_index(file))
		return;
	do {
		ssize_t at = 0;

		got = pread(file->index_fd, bytes, sizeof(bytes),
			    (off_t)file->index_read);
		while (got - at >= LOG_RECORD && take_record(file, bytes + at))
			at += LOG_RECORD;
		file->index_read += at;
		if (at < (ssize_t)sizeof(bytes))
			break;
	} while (got == sizeof(bytes));
	/* what it said before may be just as wrong */
	if (file->index_bad)
		log_index_release(&file->index);
}

bool logfile_refresh(struct logfile *file)
{
	unsigned int generation = file->generation;
	enum logfile_state state = file->state;
	size_t marks = file->index.mark_count;
	int64_t before = file->size;
	struct stat info;

	if (!file->path)
		return false;
	if (file->fd >= 0)
		look_for_another(file);
	else if (open_log(file))
		file->state = LOGFILE_THERE;
	if (file->fd < 0 || fstat(file->fd, &info) < 0)
		return state != file->state;
	if (info.st_size < file->size ||
	    (file->index_fd >= 0 && !is_same_index(file))) {
		file->shrunk = true;
		forget(file);
	}
	file->size = info.st_size;
	read_index(file);
	return state != file->state || before != file->size ||
	       generation != file->generation ||
	       marks != file->index.mark_count;
}

bool logfile_count(struct logfile *file, int64_t bytes)
{
	struct log_index *index = &file->index;
	size_t length;

	while (index->counted < file->size && bytes > 0) {
		const char *at = bytes_at(file, index->counted, &length);

		if (!length) { /* it has just become shorter */
			file->size = index->counted;
			return false;
		}
		log_index_feed(index, at, length);
		bytes -= (int64_t)length;
	}
	return index->counted < file->size;
}

/*
 * Lines.
 */

static bool has_newline(struct logfile *file, int64_t block)
{
	size_t length;
	const char *bytes = bytes_at(file, block, &length);

	return length && memchr(bytes, '\n', length);
}

/* Is a line cut at this block's beginning, for being too long? */
static bool is_cut(struct logfile *file, int64_t block)
{
	return block > 0 && !has_newline(file, block - file->step);
}

int64_t logfile_start(struct logfile *file, int64_t offset)
{
	if (offset > file->size)
		offset = file->size;
	if (offset % file->step == 0 && is_cut(file, offset))
		return offset;
	while (offset > 0) {
		int64_t block = (offset - 1) - (offset - 1) % file->step;
		size_t length;
		const char *bytes = bytes_at(file, block, &length);
		size_t before = (size_t)(offset - block);
		const char *newline;

		if (before > length)
			before = length;
		newline = memrchr(bytes, '\n', before);
		if (newline)
			return block + (newline - bytes) + 1;
		if (is_cut(file, block))
			return block;
		offset = block;
	}
	return 0;
}

bool logfile_line(struct logfile *file, int64_t start,
		  struct logfile_line *line)
{
	int64_t at = start;

	if (start < 0 || start >= file->size)
		return false;
	line->start = start;
	for (;;) {
		size_t length;
		const char *bytes = bytes_at(file, at, &length);
		const char *newline = memchr(bytes, '\n', length);

		if (newline) {
			line->end = at + (newline - bytes) + 1;
			line->length = (size_t)(line->end - start - 1);
			return true;
		}
		at += (int64_t)length;
		/* the end of the file, or of a block that has no newline */
		if (!length || at >= file->size || at % file->step ||
		    is_cut(file, at))
			break;
	}
	line->end = at;
	line->length = (size_t)(at - start);
	return at > start;
}

bool logfile_lines_before(struct logfile *file, int64_t offset, int64_t *lines)
{
	struct log_place place;

	if (offset > file->index.counted)
		return false;
	place = log_index_before(&file->index, offset);
	while (place.offset < offset) {
		size_t length;
		const char *bytes = bytes_at(file, place.offset, &length);
		const char *at = bytes;

		if (!length)
			return false;
		if ((int64_t)length > offset - place.offset)
			length = (size_t)(offset - place.offset);
		while ((at = memchr(at, '\n', length - (size_t)(at - bytes)))) {
			place.lines++;
			at++;
		}
		place.offset += (int64_t)length;
	}
	*lines = place.lines;
	return true;
}

bool logfile_lines(struct logfile *file, int64_t *lines)
{
	size_t length;
	const char *last = bytes_at(file, file->size - 1, &length);

	if (file->index.counted < file->size)
		return false;
	*lines = file->index.lines + (length && *last != '\n');
	return true;
}

int64_t logfile_find_line(struct logfile *file, int64_t number)
{
	struct log_place place;
	int64_t lines;

	if (logfile_lines(file, &lines) && number >= lines)
		number = lines - 1;
	if (number <= 0)
		return 0;
	place = log_index_before_line(&file->index, number);
	while (place.offset < file->size) {
		size_t length;
		const char *bytes = bytes_at(file, place.offset, &length);
		const char *at = bytes, *end = bytes + length;

		while ((at = memchr(at, '\n', (size_t)(end - at)))) {
			at++;
			if (++place.lines == number)
				return place.offset + (at - bytes);
		}
		if (!length)
			break;
		place.offset += (int64_t)length;
		if (place.offset > file->index.counted)
			break;
	}
	return file->size ? logfile_start(file, file->size - 1) : 0;
}

const struct log_record *logfile_mark(const struct logfile *file,
				      enum log_kind kind)
{
	const struct log_record *first = NULL;

	for (size_t i = 0; i < file->index.mark_count; i++) {
		const struct log_record *mark = &file->index.marks[i];

		if (mark->kind == kind &&
		    (!first || mark->offset < first->offset))
			first = mark;
	}
	return first;
}
