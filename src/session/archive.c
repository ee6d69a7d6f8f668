/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "session/store.h"

#define CHUNK (64 * 1024)

/* As it is made, so that none with columns or rows of another kind is taken. */
#define TABLE                                        \
	"CREATE TABLE sqlar (name TEXT PRIMARY KEY," \
	" mode INT, mtime INT, sz INT, data BLOB)"

int archive_make(struct store *store, struct error *err)
{
	return store_run(store, TABLE, err);
}

bool archive_is_there(struct store *store)
{
	int64_t count;

	return store_number(store,
			    "SELECT count(*) FROM sqlite_schema"
			    " WHERE type = 'table' AND name = 'sqlar'"
			    " AND sql = '" TABLE "'",
			    &count, NULL) == 0 &&
	       count == 1;
}

int archive_drop(struct store *store, struct error *err)
{
	return store_run(store, "DROP TABLE sqlar", err);
}

/* Packing. */

/* Deflate the rest of the file; *size becomes how many bytes it had. */
static int deflate_file(int fd, struct buf *out, int64_t *size)
{
	unsigned char in[CHUNK], bytes[CHUNK];
	z_stream stream = { .next_in = in };
	ssize_t length;
	int code = Z_OK;

	if (deflateInit(&stream, Z_DEFAULT_COMPRESSION) != Z_OK)
		return -1;
	*size = 0;
	while (code != Z_STREAM_END) {
		length = io_read(fd, in, sizeof(in));
		if (length < 0)
			break;
		*size += length;
		stream.next_in = in;
		stream.avail_in = (unsigned int)length;
		do {
			stream.next_out = bytes;
			stream.avail_out = sizeof(bytes);
			code = deflate(&stream, length ? Z_NO_FLUSH : Z_FINISH);
			buf_add(out, (char *)bytes,
				sizeof(bytes) - stream.avail_out);
		} while (stream.avail_out == 0);
	}
	deflateEnd(&stream);
	return code == Z_STREAM_END ? 0 : -1;
}

/* What does not shrink is kept as it is: that is how one tells the two. */
static int pack_file(int fd, struct buf *out, int64_t *size)
{
	if (deflate_file(fd, out, size) < 0)
		return -1;
	if ((int64_t)out->length < *size)
		return 0;
	buf_clear(out);
	if (lseek(fd, 0, SEEK_SET) < 0 || io_read_all(fd, out) < 0)
		return -1;
	*size = (int64_t)out->length;
	return 0;
}

static int insert(struct store *store, const char *name, const struct stat *st,
		  int64_t size, const struct buf *bytes, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int ret = -1;

	if (sqlite3_prepare_v2(store->db,
			       "INSERT INTO sqlar VALUES (?1, ?2, ?3, ?4, ?5)",
			       -1, &statement, NULL) != SQLITE_OK)
		goto out;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, 0100600);
	sqlite3_bind_int64(statement, 3, st->st_mtime);
	sqlite3_bind_int64(statement, 4, size);
	sqlite3_bind_blob64(statement, 5, bytes->text, bytes->length,
			    SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_DONE)
		ret = 0;
out:
	if (ret < 0)
		store_failed(store, "write", err);
	sqlite3_finalize(statement);
	return ret;
}

int archive_add(struct store *store, const char *name, const char *path,
		struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), ret = -1;
	struct stat st;
	struct buf bytes;
	int64_t size;

	if (fd < 0 && errno == ENOENT)
		return 0;
	buf_init(&bytes, ARCHIVE_FILE_MAX);
	if (fd < 0 || fstat(fd, &st) < 0 || pack_file(fd, &bytes, &size) < 0)
		error_errno(err, "cannot read '%s'", path);
	else if (bytes.cut)
		error_set(err, ERROR_INPUT,
			  "'%s' is too long to be kept in an archive", path);
	else
		ret = insert(store, name, &st, size, &bytes, err);
	if (fd >= 0)
		close(fd);
	buf_release(&bytes);
	return ret;
}

/* Unpacking. */

struct unpack {
	struct store *store;
	const char *path; /* of the file that is being written */
	int fd;
	int64_t size; /* bytes that are still to come by what it claims */
};

static int put(struct unpack *unpack, const unsigned char *bytes, size_t length,
	       struct error *err)
{
	unpack->size -= (int64_t)length;
	if (io_write(unpack->fd, bytes, length) < 0)
		return error_errno(err, "cannot write '%s'", unpack->path);
	return 0;
}

static int is_damaged(const struct unpack *unpack, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "'%s' is damaged: what is to be '%s' cannot be "
			 "unpacked",
			 unpack->store->path, unpack->path);
}

static int inflate_bytes(struct unpack *unpack, const void *bytes, int length,
			 struct error *err)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes,
			    .avail_in = (unsigned int)length };
	unsigned char out[CHUNK];
	int code = Z_OK, ret = 0;

	if (inflateInit(&stream) != Z_OK)
		return is_damaged(unpack, err);
	while (ret == 0 && code == Z_OK) {
		size_t made;

		stream.next_out = out;
		stream.avail_out = sizeof(out);
		code = inflate(&stream, Z_NO_FLUSH);
		made = sizeof(out) - stream.avail_out;
		if ((code != Z_OK && code != Z_STREAM_END) ||
		    (int64_t)made > unpack->size)
			ret = is_damaged(unpack, err);
		else
			ret = put(unpack, out, made, err);
	}
	inflateEnd(&stream);
	if (ret == 0 && unpack->size != 0)
		ret = is_damaged(unpack, err);
	return ret;
}

static int unpack_one(struct store *store, sqlite3_stmt *row, const char *path,
		      struct error *err)
{
	struct unpack unpack = { store, path, -1,
				 sqlite3_column_int64(row, 1) };
	const void *bytes = sqlite3_column_blob(row, 2);
	int length = sqlite3_column_bytes(row, 2), ret;

	unpack.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (unpack.fd < 0)
		return error_errno(err, "cannot make '%s'", path);
	if (length == unpack.size)
		ret = put(&unpack, bytes, (size_t)length, err);
	else
		ret = inflate_bytes(&unpack, bytes, length, err);
	if (close(unpack.fd) < 0 && ret == 0)
		ret = error_errno(err, "cannot write '%s'", path);
	return ret;
}

static int unpack_rows(struct store *store, sqlite3_stmt *row,
		       archive_place *place, void *data, int64_t limit,
		       struct error *err)
{
	int code;

	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(row, 0);
		int64_t size = sqlite3_column_int64(row, 1);
		char *path = name ? place(data, name) : NULL;
		int ret = 0;

		if (path && (size < 0 || size > limit))
			ret = error_set(err, ERROR_INPUT,
					"'%s' claims to hold more than can be "
					"in it: '%s' with %lld bytes",
					store->path, name, (long long)size);
		else if (path)
			ret = unpack_one(store, row, path, err);
		limit -= path ? size : 0;
		free(path);
		if (ret < 0)
			return -1;
	}
	return code == SQLITE_DONE ? 0 : store_failed(store, "read", err);
}

int archive_unpack(struct store *store, archive_place *place, void *data,
		   int64_t limit, struct error *err)
{
	sqlite3_stmt *row = NULL;
	int ret;

	if (sqlite3_prepare_v2(store->db,
			       "SELECT name, sz, data FROM sqlar ORDER BY name",
			       -1, &row, NULL) == SQLITE_OK)
		ret = unpack_rows(store, row, place, data, limit, err);
	else
		ret = store_failed(store, "read", err);
	sqlite3_finalize(row);
	return ret;
}
