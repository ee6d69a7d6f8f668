/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FOLDER_H
#define SESSION_FOLDER_H

/*
 * The folders of a session.  What is made here is 0700 whatever the umask
 * and survives a power cut; what is already there is left as it is.
 */

struct error;

/* Make path and the folders above it where they are missing. */
int folder_make(const char *path, struct error *err);

/*
 * Remove it, with everything in it, as far as that is possible.  Nothing
 * there is no error.  What links lead to stays; where the folder itself is a
 * link, somebody has put it elsewhere: it is emptied, and stays.
 */
int folder_remove(const char *path, struct error *err);

/* Write the folder's own entries (new files, new names) to the disk. */
int folder_sync(const char *path, struct error *err);

/* Rename, but never over what has that name: -1, and errno is EEXIST. */
int folder_give_name(const char *from, const char *to);

/*
 * A folder that is there only when it is whole: one with a passing name beside
 * path, to be filled.  Every begin is ended.
 */
int folder_begin(const char *path, char **passing, struct error *err);

/*
 * What filling it came to.  0: it is called path now, which nothing may be
 * called yet; -1, or should that fail: it is removed.  Takes the name, and
 * returns -1 where anything failed.
 */
int folder_end(char *passing, const char *path, int result, struct error *err);

/* The folder that path lies in; the caller frees. */
char *folder_of(const char *path);

#endif
