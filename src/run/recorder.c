/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/recorder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/io.h"
#include "base/xalloc.h"

/* What was written without an index is counted up to here. */
#define CATCH_UP (1024 * 1024)

struct record_index {
	int fd;
	struct log_index log;
	size_t written; /* points that are in the file */
	uint64_t began;
};

int recorder_open(struct recorder *record, const char *path, bool anew,
		  struct error *err)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
	int fd = open(path, flags | (anew ? O_TRUNC : O_APPEND), 0600);

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	record->fd = fd;
	record->path = xstrdup(path);
	record->index = NULL;
	return 0;
}

/*
 * The index.
 */

static void index_drop(struct recorder *record)
{
	if (!record->index)
		return;
	close(record->index->fd);
	log_index_release(&record->index->log);
	free(record->index);
	record->index = NULL;
}

static void put(struct recorder *record, const struct log_record *entry)
{
	unsigned char bytes[LOG_RECORD];

	if (!record->index)
		return;
	log_record_put(entry, bytes);
	if (write(record->index->fd, bytes, sizeof(bytes)) != sizeof(bytes))
		index_drop(record);
}

static void write_points(struct recorder *record)
{
	while (record->index &&
	       record->index->written < record->index->log.count) {
		const struct log_index *log = &record->index->log;
		size_t next = record->index->written++;

		put(record, &(struct log_record){
				    LOG_POINT, (int64_t)(next + 1) * log->step,
				    log->points[next] });
	}
}

static void index_feed(struct recorder *record, const char *bytes,
		       size_t length)
{
	log_index_feed(&record->index->log, bytes, length);
	write_points(record);
}

static void begin(struct recorder *record)
{
	/* any number but 0 that no log before it had */
	int64_t id =
		(int64_t)(uv_hrtime() ^ (uint64_t)getpid() << 40) & INT64_MAX;

	put(record, &(struct log_record){ LOG_HEAD, LOG_STEP, id ? id : 1 });
}

/* What an earlier writer left; a torn end of it is cut off. */
static bool read_back(struct record_index *index)
{
	unsigned char bytes[LOG_RECORD];
	struct log_record entry;
	off_t at = 0;

	while (pread(index->fd, bytes, sizeof(bytes), at) == sizeof(bytes) &&
	       log_record_get(&entry, bytes) &&
	       log_index_take(&index->log, &entry))
		at += LOG_RECORD;
	index->written = index->log.count;
	return at > 0 && ftruncate(index->fd, at) == 0 &&
	       lseek(index->fd, at, SEEK_SET) == at;
}

/* Count what stands between the index's last point and the log's end. */
static bool catch_up(struct record_index *index, const char *path, int64_t size)
{
	char block[16384];
	int64_t at = index->log.counted;
	ssize_t got = 0;
	int fd;

	if (at > size || size - at > CATCH_UP)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (at < size &&
	       (got = pread(fd, block, sizeof(block), (off_t)at)) > 0) {
		log_index_feed(&index->log, block, (size_t)got);
		at += got;
	}
	close(fd);
	return at == size;
}

static bool go_on(struct recorder *record, int64_t size)
{
	struct record_index *index = record->index;

	if (!read_back(index) || !catch_up(index, record->path, size))
		return false;
	write_points(record);
	recorder_mark(record, LOG_BEGIN, -1);
	return true;
}

/* A log of another culprit, or a long one, may have none: it stays so. */
static void index_open(struct recorder *record)
{
	struct stat info;
	char *path;
	int fd;

	if (fstat(record->fd, &info) < 0 || !S_ISREG(info.st_mode))
		return;
	path = xasprintf("%s" LOG_SUFFIX, record->path);
	fd = open(path,
		  O_RDWR | O_CLOEXEC | (info.st_size ? 0 : O_CREAT | O_TRUNC),
		  0600);
	free(path);
	if (fd < 0)
		return;
	record->index = xcalloc(1, sizeof(*record->index));
	record->index->fd = fd;
	record->index->began = uv_hrtime();
	log_index_init(&record->index->log, LOG_STEP);
	if (!info.st_size)
		begin(record);
	else if (!go_on(record, info.st_size))
		index_drop(record);
}

int recorder_open_log(struct recorder *record, const char *path, bool anew,
		      struct error *err)
{
	if (recorder_open(record, path, anew, err) < 0)
		return -1;
	index_open(record);
	return 0;
}

void recorder_mark(struct recorder *record, enum log_kind kind, int64_t offset)
{
	struct log_record entry = { kind, offset, 0 };

	if (!record->index)
		return;
	if (offset < 0)
		entry.offset = record->index->log.counted;
	entry.value = (int64_t)((uv_hrtime() - record->index->began) / 1000000);
	put(record, &entry);
}

int recorder_write(struct recorder *record, const char *bytes, size_t length,
		   struct error *err)
{
	if (io_write(record->fd, bytes, length) < 0)
		return error_errno(err, "cannot write '%s'", record->path);
	if (record->index)
		index_feed(record, bytes, length);
	return 0;
}

/*
 * Onto the disk.
 */

struct record_sync {
	uv_work_t thread;
	const struct recorder *record;
	struct error err;
	recorder_synced *done;
	void *data;
};

static void sync_record(uv_work_t *thread)
{
	struct record_sync *sync = thread->data;
	const struct recorder *record = sync->record;

	if (record->fd < 0)
		return;
	if (io_sync(record->fd) < 0 || io_sync_name(record->path) < 0)
		error_errno(&sync->err, "cannot write '%s' to the disk",
			    record->path);
}

static void on_synced(uv_work_t *thread, int status)
{
	struct record_sync *sync = thread->data;

	(void)status;
	sync->done(sync->data,
		   sync->err.code == ERROR_NONE ? NULL : &sync->err);
	free(sync);
}

void recorder_sync(struct recorder *record, uv_loop_t *loop,
		   recorder_synced *done, void *data)
{
	struct record_sync *sync = xcalloc(1, sizeof(*sync));

	sync->record = record;
	sync->done = done;
	sync->data = data;
	sync->thread.data = sync;
	uv_queue_work(loop, &sync->thread, sync_record, on_synced);
}

void recorder_close(struct recorder *record)
{
	recorder_mark(record, LOG_END, -1);
	index_drop(record);
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
	free(record->path);
	record->path = NULL;
}
