/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/copy.h"
#include "run/digest.h"

#define NEW_PREFIX "new-"
#define OLD_PREFIX "old-"

struct cache {
	char *path;
	int folder; /* all names are looked up in it */
	int64_t limit;
	cache_clock *now;
	void *data;
};

struct cache_entry {
	char *path;
	int lock; /* held shared */
};

/* An entry while it is decided which ones go. */
struct candidate {
	char name[DIGEST_HEX + 1];
	int64_t used; /* nanoseconds since 1970 */
	int64_t size;
};

struct candidates {
	struct candidate *items;
	size_t count, room;
	int64_t size; /* of all */
};

static int64_t system_clock(void *data)
{
	struct timespec now;

	(void)data;
	clock_gettime(CLOCK_REALTIME, &now);
	return INT64_C(1000000000) * now.tv_sec + now.tv_nsec;
}

static bool is_hash(const char *name)
{
	return strlen(name) == DIGEST_HEX && str_hex(name);
}

/* Hold FOLDER/lock: *fd is closed by the caller. */
static int lock_folder(const struct cache *cache, int *fd, struct error *err)
{
	*fd = openat(cache->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd >= 0 && io_lock(*fd, LOCK_EX) == 0)
		return 0;
	error_errno(err, "cannot lock the cache '%s'", cache->path);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return -1;
}

/* NAME/.lock, to be locked; -1 with errno. */
static int open_lock(const struct cache *cache, const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/.lock", name);
	fd = openat(cache->folder, path, O_RDWR | O_CLOEXEC | flags, 0600);
	if (fd < 0 && (errno == EROFS || errno == EACCES))
		fd = openat(cache->folder, path, O_RDONLY | O_CLOEXEC);
	return fd;
}

/* Is this still the lock of that name, or was it renamed in between? */
static bool is_lock_of(const struct cache *cache, int fd, const char *name)
{
	char path[PATH_MAX];
	struct stat here, there;

	snprintf(path, sizeof(path), "%s/.lock", name);
	return fstat(fd, &here) == 0 &&
	       fstatat(cache->folder, path, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* Entries have no folders in them; one that somebody made stays. */
static void remove_folder(const struct cache *cache, const char *name)
{
	int fd = openat(cache->folder, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item;

	while (dir && (item = readdir(dir)) != NULL) {
		if (!str_equal(item->d_name, ".") &&
		    !str_equal(item->d_name, ".."))
			unlinkat(fd, item->d_name, 0);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	unlinkat(cache->folder, name, AT_REMOVEDIR);
}

/*
 * A folder that is no entry, while FOLDER/lock is held: its maker had taken
 * the lock in it before he let go of ours, so a lock that is free says that he
 * is dead.
 */
static void remove_leaving(const struct cache *cache, const char *name)
{
	int fd = open_lock(cache, name, 0);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		remove_folder(cache, name);
	if (fd >= 0)
		close(fd);
}

static void each_name(const struct cache *cache,
		      void (*take)(const struct cache *cache, const char *name,
				   void *data),
		      void *data)
{
	int fd = openat(cache->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item;

	while (dir && (item = readdir(dir)) != NULL)
		take(cache, item->d_name, data);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static void take_leaving(const struct cache *cache, const char *name,
			 void *data)
{
	(void)data;
	if (str_starts(name, NEW_PREFIX) || str_starts(name, OLD_PREFIX))
		remove_leaving(cache, name);
}

/* Without the right to write there is nothing to clean up. */
static void clean_up(const struct cache *cache)
{
	int lock;

	if (lock_folder(cache, &lock, NULL) < 0)
		return;
	each_name(cache, take_leaving, NULL);
	close(lock);
}

int cache_open(const struct cache_spec *spec, struct cache **out,
	       struct error *err)
{
	struct cache *cache;
	int folder;

	if (copy_make_folders(spec->folder, 0700, err) < 0)
		return error_prefix(err, "no cache of kernels");
	folder = open(spec->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_errno(err, "cannot open the cache '%s'",
				   spec->folder);
	cache = xcalloc(1, sizeof(*cache));
	cache->path = xstrdup(spec->folder);
	cache->folder = folder;
	cache->limit = spec->limit;
	cache->now = spec->now ? spec->now : system_clock;
	cache->data = spec->data;
	clean_up(cache);
	*out = cache;
	return 0;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	close(cache->folder);
	free(cache->path);
	free(cache);
}

const char *cache_entry_path(const struct cache_entry *entry)
{
	return entry->path;
}

void cache_entry_release(struct cache_entry *entry)
{
	if (!entry)
		return;
	close(entry->lock);
	free(entry->path);
	free(entry);
}

/* Where that is not allowed the entry is just not the younger for it. */
static void mark_used(const struct cache *cache, int lock)
{
	int64_t now = cache->now(cache->data);
	struct timespec times[2] = {
		{ .tv_nsec = UTIME_OMIT },
		{ now / 1000000000, now % 1000000000 },
	};

	if (futimens(lock, times) < 0)
		return;
}

/* Take the lock of an entry over into a handle. */
static struct cache_entry *entry_new(const struct cache *cache,
				     const char *name, int lock)
{
	struct cache_entry *entry = xcalloc(1, sizeof(*entry));

	mark_used(cache, lock);
	entry->path = xasprintf("%s/%s", cache->path, name);
	entry->lock = lock;
	return entry;
}

/* By its name in the folder. */
static int find_named(struct cache *cache, const char *name,
		      struct cache_entry **out, struct error *err)
{
	int fd = open_lock(cache, name, 0);

	if (fd < 0 && errno != ENOENT)
		return error_errno(err, "cannot open '%s/%s'", cache->path,
				   name);
	/* Locked by another: it is on its way out. */
	if (fd >= 0 && (flock(fd, LOCK_SH | LOCK_NB) < 0 ||
			!is_lock_of(cache, fd, name))) {
		close(fd);
		fd = -1;
	}
	*out = fd < 0 ? NULL : entry_new(cache, name, fd);
	return 0;
}

int cache_find(struct cache *cache, const char *key, struct cache_entry **out,
	       struct error *err)
{
	char name[DIGEST_HEX + 1];

	return find_named(cache, digest_of(key, strlen(key), name), out, err);
}

int cache_hold(struct cache *cache, const char *file, struct cache_entry **out,
	       struct error *err)
{
	size_t folder = strlen(cache->path);
	char name[DIGEST_HEX + 1];

	*out = NULL;
	if (strncmp(file, cache->path, folder) != 0 || file[folder] != '/' ||
	    strcspn(file + folder + 1, "/") != DIGEST_HEX)
		return 0;
	str_copy(name, sizeof(name), file + folder + 1);
	return is_hash(name) ? find_named(cache, name, out, err) : 0;
}

/* What the files of a folder take. */
static int64_t folder_size(const struct cache *cache, const char *name)
{
	int fd = openat(cache->folder, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *item;
	int64_t size = 0;
	struct stat st;

	while (dir && (item = readdir(dir)) != NULL) {
		if (fstatat(fd, item->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			size += st.st_size;
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return size;
}

static void take_candidate(const struct cache *cache, const char *name,
			   void *data)
{
	struct candidates *all = data;
	struct candidate *item;
	char path[PATH_MAX];
	struct stat st = { .st_size = 0 };

	if (!is_hash(name))
		return;
	array_grow(all->items, all->count + 1, &all->room);
	item = &all->items[all->count++];
	str_copy(item->name, sizeof(item->name), name);
	item->size = folder_size(cache, name);
	all->size += item->size;
	snprintf(path, sizeof(path), "%s/.lock", name);
	/* One without a lock was never put by us, and goes first. */
	fstatat(cache->folder, path, &st, AT_SYMLINK_NOFOLLOW);
	item->used =
		INT64_C(1000000000) * st.st_mtim.tv_sec + st.st_mtim.tv_nsec;
}

static int oldest_first(const void *a, const void *b)
{
	const struct candidate *one = a, *two = b;

	if (one->used != two->used)
		return one->used < two->used ? -1 : 1;
	return strcmp(one->name, two->name);
}

/* false when it is in use. */
static bool evict(const struct cache *cache, const char *name)
{
	char old[sizeof(OLD_PREFIX) + DIGEST_HEX];
	int fd = open_lock(cache, name, 0);
	bool gone = false;

	snprintf(old, sizeof(old), OLD_PREFIX "%s", name);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		goto out;
	gone = renameat(cache->folder, name, cache->folder, old) == 0;
	if (gone)
		remove_folder(cache, old);
out:
	if (fd >= 0)
		close(fd);
	return gone;
}

/* While FOLDER/lock is held: have room for so many bytes more. */
static void make_room(const struct cache *cache, int64_t needed)
{
	struct candidates all = { NULL, 0, 0, 0 };

	if (cache->limit <= 0)
		return;
	each_name(cache, take_candidate, &all);
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), oldest_first);
	for (size_t i = 0; i < all.count && all.size > cache->limit - needed;
	     i++) {
		if (evict(cache, all.items[i].name))
			all.size -= all.items[i].size;
	}
	free(all.items);
}

int cache_trim(struct cache *cache, struct error *err)
{
	int lock;

	if (lock_folder(cache, &lock, err) < 0)
		return -1;
	make_room(cache, 0);
	close(lock);
	return 0;
}

/* An entry that is being written. */
struct draft {
	char name[sizeof(NEW_PREFIX) + 6];
	char *path;
	int folder;
	int lock; /* held exclusively */
};

static int draft_open(struct draft *draft, const struct cache *cache,
		      struct error *err)
{
	draft->path = xasprintf("%s/" NEW_PREFIX "XXXXXX", cache->path);
	if (!mkdtemp(draft->path)) {
		error_errno(err, "cannot make a folder in '%s'", cache->path);
		free(draft->path);
		draft->path = NULL;
		return -1;
	}
	str_copy(draft->name, sizeof(draft->name),
		 strrchr(draft->path, '/') + 1);
	draft->folder = open(draft->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	draft->lock = open_lock(cache, draft->name, O_CREAT);
	if (draft->folder < 0 || draft->lock < 0 ||
	    flock(draft->lock, LOCK_EX | LOCK_NB) < 0)
		return error_errno(err, "cannot write '%s'", draft->path);
	return 0;
}

/* What is still there of it goes, while the lock is still ours. */
static void draft_close(struct draft *draft, const struct cache *cache,
			bool remove)
{
	if (draft->path && remove)
		remove_folder(cache, draft->name);
	if (draft->folder >= 0)
		close(draft->folder);
	if (draft->lock >= 0)
		close(draft->lock);
	free(draft->path);
}

static int draft_fill(const struct draft *draft, const char *key,
		      const struct cache_file *files, int count,
		      struct error *err)
{
	if (copy_text(key, draft->folder, ".key", err) < 0)
		return -1;
	for (int i = 0; i < count; i++) {
		const struct cache_file *file = &files[i];
		int ret = file->from ? copy_file(file->from, draft->folder,
						 file->name, err)
				     : copy_text(file->text, draft->folder,
						 file->name, err);

		if (ret < 0)
			return -1;
	}
	if (fsync(draft->folder) < 0)
		return error_errno(err, "cannot write '%s'", draft->path);
	return 0;
}

static int measure(const struct cache *cache, const char *key,
		   const struct cache_file *files, int count, int64_t *out,
		   struct error *err)
{
	int64_t size = (int64_t)strlen(key);
	struct stat st;

	for (int i = 0; i < count; i++) {
		const char *name = files[i].name;

		if (str_empty(name) || *name == '.' || strchr(name, '/'))
			return error_set(err, ERROR_INPUT,
					 "'%s' is no name for a kept file",
					 name ? name : "");
		if (!files[i].from)
			size += (int64_t)strlen(files[i].text);
		else if (stat(files[i].from, &st) < 0)
			return error_errno(err, "cannot read '%s'",
					   files[i].from);
		else
			size += st.st_size;
	}
	if (cache->limit > 0 && size > cache->limit)
		return error_set(err, ERROR_INPUT,
				 "these files have %lld bytes, more than the "
				 "cache may hold (%lld)",
				 (long long)size, (long long)cache->limit);
	*out = size;
	return 0;
}

/*
 * While FOLDER/lock is held.  Somebody may have been faster with the same key;
 * then his entry stays, and *renamed is false.
 */
static int settle(struct cache *cache, struct draft *draft, const char *name,
		  bool *renamed, struct error *err)
{
	mark_used(cache, draft->lock);
	*renamed =
		renameat(cache->folder, draft->name, cache->folder, name) == 0;
	if (!*renamed && errno != EEXIST && errno != ENOTEMPTY)
		return error_errno(err, "cannot rename '%s'", draft->path);
	fsync(cache->folder);
	if (*renamed && io_lock(draft->lock, LOCK_SH) < 0)
		return error_errno(err, "cannot lock '%s'", draft->path);
	return 0;
}

/* Begin: room is made and the draft locked in one go. */
static int begin(struct cache *cache, struct draft *draft, int64_t size,
		 struct error *err)
{
	int lock, ret;

	if (lock_folder(cache, &lock, err) < 0)
		return -1;
	make_room(cache, size);
	ret = draft_open(draft, cache, err);
	close(lock);
	return ret;
}

/* End: it becomes the entry, and what two made too much goes. */
static int finish(struct cache *cache, struct draft *draft, const char *name,
		  bool *renamed, struct error *err)
{
	int lock, ret;

	if (lock_folder(cache, &lock, err) < 0)
		return -1;
	ret = settle(cache, draft, name, renamed, err);
	if (ret == 0)
		make_room(cache, 0);
	close(lock);
	return ret;
}

int cache_put(struct cache *cache, const char *key,
	      const struct cache_file *files, int count,
	      struct cache_entry **out, struct error *err)
{
	struct draft draft = { .folder = -1, .lock = -1 };
	struct cache_entry *entry = NULL;
	char name[DIGEST_HEX + 1];
	bool renamed = false;
	int64_t size = 0;
	int ret = -1;

	digest_of(key, strlen(key), name);
	if (measure(cache, key, files, count, &size, err) < 0 ||
	    cache_find(cache, key, &entry, err) < 0)
		goto out;
	if (!entry) {
		if (begin(cache, &draft, size, err) < 0 ||
		    draft_fill(&draft, key, files, count, err) < 0 ||
		    finish(cache, &draft, name, &renamed, err) < 0)
			goto out;
		if (renamed) {
			entry = entry_new(cache, name, draft.lock);
			draft.lock = -1;
		} else if (cache_find(cache, key, &entry, err) < 0) {
			goto out;
		}
	}
	ret = 0;
out:
	if (ret < 0)
		error_prefix(err, "cannot keep the kernel in '%s'",
			     cache->path);
	draft_close(&draft, cache, !renamed);
	if (ret == 0 && out)
		*out = entry;
	else
		cache_entry_release(entry);
	return ret;
}
