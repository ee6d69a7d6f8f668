/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_IO_H
#define BASE_IO_H

/*
 * All of the bytes, in and out of files, whatever interrupts.  Nothing here
 * waits for anything but the disk, and nothing makes or names a file.
 *
 * The engine and oops are pure and must not include this (tests/layers.t).
 */

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct error;

/* -1 with errno; then a part may be written. */
int io_write(int fd, const void *bytes, size_t length);

/* read(2), again where a signal interrupts it. */
ssize_t io_read(int fd, void *bytes, size_t size);

/*
 * Add what comes from where fd stands to its end, and no more than the buf
 * takes: out->cut says that there was more.  -1 with errno.
 */
int io_read_all(int fd, struct buf *out);

/*
 * The same of the file at path.  ERROR_SYSTEM when it cannot be read, with
 * errno as it was.
 */
int io_load(const char *path, struct buf *out, struct error *err);

/*
 * The file as a text of at most so many bytes, 0: any; "" where it cannot be
 * read.  For the caller to free.
 */
char *io_text(const char *path, size_t limit);

/*
 * The disk has what was written: of a file, and, where it is new, its name, for
 * which its folder must be there too.  May wait.  0, or -1 with errno.
 */
int io_sync(int fd);
int io_sync_name(const char *path);

/*
 * All that was written on the file system that the folder is on.  One that is
 * not there has nothing to write, which is fine.  May wait long.
 */
int io_sync_around(const char *folder);

/*
 * flock, as in LOCK_EX, waited for through signals: 0, or -1 with errno, which
 * with LOCK_NB may be EWOULDBLOCK.
 */
int io_lock(int fd, int how);

/* From where both files stand to the end of the first; -1 with errno. */
int io_pump(int from, int to);

#endif
