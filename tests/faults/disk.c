/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/faults/disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/str.h"
#include "base/xalloc.h"

#define SECTOR 512

static const char *const names[DISK_FILES] = { "session.db", "session.db-wal" };

/* Behind it lies the real file. */
struct file {
	sqlite3_file base;
	struct disk *disk;
	enum disk_file which;
	bool watched;
};

static sqlite3_file *real(sqlite3_file *file)
{
	return (sqlite3_file *)(void *)((struct file *)(void *)file + 1);
}

/* Returns false where the disk is full. */
static bool record(sqlite3_file *file, enum disk_op_kind kind, int64_t offset,
		   const void *bytes, size_t length)
{
	struct file *mine = (struct file *)(void *)file;
	struct disk *disk = mine->disk;
	bool room = disk->count < disk->full_at ||
		    disk->count >= disk->full_to || kind == DISK_DELETE;
	struct disk_op *op;

	if (!mine->watched)
		return true;
	array_grow(disk->ops, disk->count + 1, &disk->room);
	op = &disk->ops[disk->count++];
	*op = (struct disk_op){ kind, mine->which, offset, length, NULL };
	if (bytes) {
		op->bytes = xmalloc(length);
		memcpy(op->bytes, bytes, length);
	}
	disk->was_full |= !room;
	return room;
}

static int on_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int on_read(sqlite3_file *file, void *to, int length,
		   sqlite3_int64 offset)
{
	return real(file)->pMethods->xRead(real(file), to, length, offset);
}

static int on_write(sqlite3_file *file, const void *from, int length,
		    sqlite3_int64 offset)
{
	if (!record(file, DISK_WRITE, offset, from, (size_t)length))
		return SQLITE_FULL;
	return real(file)->pMethods->xWrite(real(file), from, length, offset);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	record(file, DISK_TRUNCATE, size, NULL, 0);
	return real(file)->pMethods->xTruncate(real(file), size);
}

/* The real one need not take part: no power is cut there. */
static int on_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	return record(file, DISK_SYNC, 0, NULL, 0) ? SQLITE_OK
						   : SQLITE_IOERR_FSYNC;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int on_check(sqlite3_file *file, int *reserved)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}

static int on_control(sqlite3_file *file, int what, void *with)
{
	return real(file)->pMethods->xFileControl(real(file), what, with);
}

static int on_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int on_traits(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int on_map(sqlite3_file *file, int page, int size, int extend,
		  void volatile **out)
{
	return real(file)->pMethods->xShmMap(real(file), page, size, extend,
					     out);
}

static int on_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void on_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int on_unmap(sqlite3_file *file, int delete_it)
{
	return real(file)->pMethods->xShmUnmap(real(file), delete_it);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_traits,
	.xShmMap = on_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_barrier,
	.xShmUnmap = on_unmap,
};

static sqlite3_vfs *below(void)
{
	return sqlite3_vfs_find("unix");
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file,
		   int flags, int *flags_out)
{
	struct file *mine = (struct file *)(void *)file;
	int ret = below()->xOpen(below(), name, real(file), flags, flags_out);

	*mine = (struct file){ .disk = vfs->pAppData };
	mine->watched = flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL);
	mine->which = (flags & SQLITE_OPEN_WAL) ? DISK_WAL : DISK_DB;
	if (real(file)->pMethods)
		file->pMethods = &methods;
	return ret;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct file mine = { .disk = vfs->pAppData,
			     .which = DISK_WAL,
			     .watched = str_ends(name, "-wal") };

	record(&mine.base, DISK_DELETE, 0, NULL, 0);
	return below()->xDelete(below(), name, sync);
}

void disk_put(struct disk *disk)
{
	sqlite3_vfs *vfs = xmalloc(sizeof(*vfs));

	sqlite3_initialize();
	*vfs = *below();
	vfs->zName = "disk";
	vfs->pAppData = disk;
	vfs->szOsFile += (int)sizeof(struct file);
	vfs->xOpen = on_open;
	vfs->xDelete = on_delete;
	*disk = (struct disk){ .full_at = SIZE_MAX, .full_to = SIZE_MAX };
	sqlite3_vfs_register(vfs, 1);
}

void disk_take_away(struct disk *disk)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("disk");

	sqlite3_vfs_unregister(vfs);
	sqlite3_vfs_register(below(), 1);
	free(vfs);
	for (size_t i = 0; i < disk->count; i++)
		free(disk->ops[i].bytes);
	free(disk->ops);
}

/*
 * Images.
 */

static void grow(struct image *image, size_t size)
{
	if (size <= image->size && image->bytes)
		return;
	image->bytes = xreallocarray(image->bytes, size + 1, 1);
	memset(image->bytes + image->size, 0, size - image->size);
	image->size = size;
}

static void apply(const struct disk_op *op, size_t length, struct image *images)
{
	struct image *image = &images[op->file];

	if (op->kind == DISK_WRITE && length > 0) {
		grow(image, (size_t)op->offset + length);
		memcpy(image->bytes + op->offset, op->bytes, length);
	} else if (op->kind == DISK_TRUNCATE) {
		grow(image, (size_t)op->offset);
		image->size = (size_t)op->offset;
	} else if (op->kind == DISK_DELETE) {
		free(image->bytes);
		*image = (struct image){ NULL, 0 };
	}
}

/* Is it certain that this op is on the disk after `count` of them? */
static bool is_synced(const struct disk *disk, size_t at, size_t count)
{
	for (size_t i = at + 1; i < count; i++)
		if (disk->ops[i].file == disk->ops[at].file &&
		    (disk->ops[i].kind == DISK_SYNC ||
		     disk->ops[i].kind == DISK_DELETE))
			return true;
	return false;
}

static unsigned chance(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 1;
}

void disk_cut(const struct disk *disk, size_t count, enum cut how,
	      unsigned seed, const struct image base[DISK_FILES],
	      struct image out[DISK_FILES])
{
	for (int i = 0; i < DISK_FILES; i++) {
		out[i] = (struct image){ NULL, 0 };
		if (!base[i].bytes)
			continue;
		out[i].bytes = xmalloc(base[i].size + 1);
		out[i].size = base[i].size;
		memcpy(out[i].bytes, base[i].bytes, base[i].size);
	}
	for (size_t i = 0; i < count; i++) {
		const struct disk_op *op = &disk->ops[i];
		size_t length = op->length;

		if (how == CUT_TORN && i + 1 == count)
			length = length / 2 / SECTOR * SECTOR;
		if (op->kind == DISK_WRITE &&
		    ((how == CUT_LOSES && !is_synced(disk, i, count) &&
		      chance(&seed)) ||
		     (how == CUT_DROPS && chance(&seed))))
			continue;
		apply(op, length, out);
	}
}

static char *path_of(const char *dir, int which)
{
	return xasprintf("%s/%s", dir, names[which]);
}

void image_load(const char *dir, struct image out[DISK_FILES])
{
	for (int i = 0; i < DISK_FILES; i++) {
		char *path = path_of(dir, i);
		FILE *file = fopen(path, "re");
		long size;

		out[i] = (struct image){ NULL, 0 };
		free(path);
		if (!file)
			continue;
		fseek(file, 0, SEEK_END);
		size = ftell(file);
		rewind(file);
		grow(&out[i], (size_t)size);
		if (fread(out[i].bytes, 1, (size_t)size, file) != (size_t)size)
			abort();
		fclose(file);
	}
}

static void write_image(const char *path, const struct image *image)
{
	FILE *file = fopen(path, "we");
	size_t put;

	if (!file)
		abort();
	put = fwrite(image->bytes, 1, image->size, file);
	if (fclose(file) != 0 || put != image->size)
		abort();
}

void image_store(const char *dir, const struct image images[DISK_FILES])
{
	char *shm = xasprintf("%s/session.db-shm", dir);

	unlink(shm); /* memory, of which no power cut leaves anything */
	free(shm);
	for (int i = 0; i < DISK_FILES; i++) {
		char *path = path_of(dir, i);

		unlink(path);
		if (images[i].bytes)
			write_image(path, &images[i]);
		free(path);
	}
}

void image_release(struct image images[DISK_FILES])
{
	for (int i = 0; i < DISK_FILES; i++)
		free(images[i].bytes);
}
