/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/scratch.h"

#define HUNDRED                                    \
	"0123456789012345678901234567890123456789" \
	"012345678901234567890123456789012345678901234567890123456789"

/* A cache in a folder of its own, with a clock that is set. */
struct scene {
	char *folder, *path;
	struct cache *cache;
	int64_t now; /* nanoseconds */
	struct error err;
};

static int64_t the_clock(void *data)
{
	return ((struct scene *)data)->now;
}

static struct cache *open_cache(struct scene *scene, int64_t limit)
{
	const struct cache_spec spec = { scene->path, limit, the_clock, scene };
	struct cache *cache = NULL;

	if (cache_open(&spec, &cache, &scene->err) < 0)
		fail_msg("%s", scene->err.text);
	return cache;
}

static void begin(struct scene *scene, int64_t limit)
{
	memset(scene, 0, sizeof(*scene));
	scene->folder = scratch_make();
	scene->path = xasprintf("%s/culprit/kernels", scene->folder);
	scene->now = 1000000000;
	scene->cache = open_cache(scene, limit);
}

static void end(struct scene *scene)
{
	cache_close(scene->cache);
	free(scene->path);
	scratch_remove(scene->folder);
}

static void assert_not_kept(const struct scene *scene, const char *why)
{
	char *expected = xasprintf("cannot keep the kernel in '%s': %s",
				   scene->path, why);

	assert_string_equal(scene->err.text, expected);
	free(expected);
}

/* An entry of a hundred bytes and its key, a second later than the last. */
static void put(struct scene *scene, const char *key)
{
	const struct cache_file file = { .name = "image", .text = HUNDRED };

	scene->now += 1000000000;
	if (cache_put(scene->cache, key, &file, 1, NULL, &scene->err) < 0)
		fail_msg("%s", scene->err.text);
}

static struct cache_entry *find(struct scene *scene, const char *key)
{
	struct cache_entry *entry = NULL;

	scene->now += 1000000000;
	if (cache_find(scene->cache, key, &entry, &scene->err) < 0)
		fail_msg("%s", scene->err.text);
	return entry;
}

/* These of the keys a to h are there, and no others. */
static void expect_kept(struct scene *scene, const char *keys)
{
	int64_t now = scene->now;
	char kept[9] = "";
	int count_kept = 0;

	for (const char *key = "abcdefgh"; *key; key++) {
		struct cache_entry *entry =
			find(scene, (const char[]){ *key, '\0' });

		if (entry)
			kept[count_kept++] = *key;
		cache_entry_release(entry);
	}
	scene->now = now;
	assert_string_equal(kept, keys);
}

static char *content(const struct cache_entry *entry, const char *name)
{
	char *path = xasprintf("%s/%s", cache_entry_path(entry), name);
	char text[1000];
	FILE *file = fopen(path, "re");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	free(path);
	return xstrdup(text);
}

/* Names in the folder that begin so. */
static int count(const struct scene *scene, const char *prefix)
{
	DIR *dir = opendir(scene->path);
	const struct dirent *item;
	int found = 0;

	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL)
		found += str_starts(item->d_name, prefix);
	closedir(dir);
	return found;
}

static char *write_file(struct scene *scene, const char *name, int size,
			mode_t mode)
{
	char *path = xasprintf("%s/%s", scene->folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	for (int i = 0; i < size; i++)
		fputc('a' + i % 26, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void what_was_put_is_found_with_its_bytes_and_modes(void **state)
{
	struct scene scene;
	struct cache_entry *put_entry = NULL, *entry;
	char *image, *text, *copy;
	struct stat st;

	(void)state;
	begin(&scene, 0);
	assert_null(find(&scene, "tree config gcc"));
	image = write_file(&scene, "linux", 500, 0755);
	assert_int_equal(cache_put(scene.cache, "tree config gcc",
				   (const struct cache_file[]){
					   { "linux", image, NULL },
					   { "signature", NULL, "abc" } },
				   2, &put_entry, &scene.err),
			 0);
	entry = find(&scene, "tree config gcc");
	assert_non_null(entry);
	assert_string_equal(cache_entry_path(entry),
			    cache_entry_path(put_entry));
	text = content(entry, "linux");
	assert_int_equal(strlen(text), 500);
	assert_memory_equal(text + 26, "abcdef", 6);
	free(text);
	text = content(entry, "signature");
	assert_string_equal(text, "abc");
	free(text);
	text = content(entry, ".key");
	assert_string_equal(text, "tree config gcc");
	free(text);
	copy = xasprintf("%s/linux", cache_entry_path(entry));
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_null(find(&scene, "tree config gcc-10"));
	free(copy);
	free(image);
	cache_entry_release(put_entry);
	cache_entry_release(entry);
	end(&scene);
}

static void the_least_recently_used_go_first(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 303); /* three entries */
	put(&scene, "a");
	put(&scene, "b");
	put(&scene, "c");
	cache_entry_release(find(&scene, "a"));
	put(&scene, "d");
	assert_int_equal(count(&scene, "old-"), 0);
	expect_kept(&scene, "acd");
	end(&scene);
	begin(&scene, 303);
	for (const char *key = "abcdefgh"; *key; key++)
		put(&scene, (const char[]){ *key, '\0' });
	expect_kept(&scene, "fgh");
	end(&scene);
}

static void an_entry_in_use_stays_and_then_goes(void **state)
{
	struct scene scene;
	struct cache_entry *entry;
	struct cache *other;

	(void)state;
	begin(&scene, 202);
	put(&scene, "a");
	entry = find(&scene, "a");
	assert_non_null(entry);
	put(&scene, "b");
	put(&scene, "c");
	expect_kept(&scene, "ac");
	/* also when all room is in use, and for another process's cache */
	other = open_cache(&scene, 1);
	assert_int_equal(cache_trim(other, &scene.err), 0);
	expect_kept(&scene, "a");
	cache_entry_release(entry);
	assert_int_equal(cache_trim(other, &scene.err), 0);
	expect_kept(&scene, "");
	cache_close(other);
	end(&scene);
}

static void a_key_that_is_there_keeps_its_entry(void **state)
{
	const struct cache_file file = { .name = "image", .text = "second" };
	struct scene scene;
	struct cache_entry *entry = NULL;
	char *text;

	(void)state;
	begin(&scene, 0);
	put(&scene, "a");
	assert_int_equal(
		cache_put(scene.cache, "a", &file, 1, &entry, &scene.err), 0);
	text = content(entry, "image");
	assert_string_equal(text, HUNDRED);
	free(text);
	cache_entry_release(entry);
	assert_int_equal(count(&scene, "new-"), 0);
	end(&scene);
}

static void files_larger_than_the_limit_are_refused(void **state)
{
	const struct cache_file file = { .name = "image", .text = HUNDRED };
	struct scene scene;

	(void)state;
	begin(&scene, 150);
	put(&scene, "a");
	free(scene.path);
	scene.path = xasprintf("%s/small", scene.folder);
	cache_close(scene.cache);
	scene.cache = open_cache(&scene, 99);
	assert_int_equal(
		cache_put(scene.cache, "b", &file, 1, NULL, &scene.err), -1);
	assert_int_equal(scene.err.code, ERROR_INPUT);
	assert_not_kept(&scene, "these files have 101 bytes, more than the "
				"cache may hold (99)");
	end(&scene);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = { "", "a/b", "..", ".lock", ".key" };
	struct scene scene;

	(void)state;
	begin(&scene, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct cache_file file = { .name = names[i],
						 .text = "x" };

		assert_int_equal(cache_put(scene.cache, "a", &file, 1, NULL,
					   &scene.err),
				 -1);
		assert_int_equal(scene.err.code, ERROR_INPUT);
	}
	end(&scene);
}

static void a_source_that_cannot_be_read_leaves_nothing(void **state)
{
	const struct cache_file file = { "image", "/nonexistent/bzImage",
					 NULL };
	struct scene scene;

	(void)state;
	begin(&scene, 0);
	assert_int_equal(
		cache_put(scene.cache, "a", &file, 1, NULL, &scene.err), -1);
	assert_not_kept(&scene, "cannot read '/nonexistent/bzImage': No such "
				"file or directory");
	assert_null(find(&scene, "a"));
	assert_int_equal(count(&scene, "new-"), 0);
	end(&scene);
}

/* A limit on the size of files stands for a disk that is full. */
static int put_on_a_full_disk(void *data)
{
	struct scene *scene = data;
	struct rlimit limit = { 1000, 1000 };
	char *image = write_file(scene, "large", 300000, 0644);
	const struct cache_file file = { "image", image, NULL };
	int ret;

	sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	setrlimit(RLIMIT_FSIZE, &limit);
	ret = cache_put(scene->cache, "a", &file, 1, NULL, &scene->err);
	SCRATCH_CHECK(ret == -1, "it was put");
	SCRATCH_CHECK(strstr(scene->err.text, "cannot copy '") &&
			      strstr(scene->err.text, "File too large"),
		      scene->err.text);
	free(image);
	return 0;
}

static void a_full_disk_is_said_and_leaves_nothing(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, 0);
	assert_int_equal(scratch_child(put_on_a_full_disk, &scene), 0);
	assert_null(find(&scene, "a"));
	assert_int_equal(count(&scene, "new-"), 0);
	end(&scene);
}

static int use_read_only(void *data)
{
	const struct cache_file file = { .name = "image", .text = "x" };
	struct scene *scene = data;
	struct cache *cache = open_cache(scene, 50);
	struct cache_entry *entry = NULL;

	SCRATCH_CHECK(cache_find(cache, "a", &entry, &scene->err) == 0,
		      scene->err.text);
	SCRATCH_CHECK(entry, "not found");
	cache_entry_release(entry);
	SCRATCH_CHECK(cache_put(cache, "b", &file, 1, NULL, &scene->err) == -1,
		      "it was put");
	SCRATCH_CHECK(strstr(scene->err.text, "Permission denied"),
		      scene->err.text);
	SCRATCH_CHECK(cache_trim(cache, &scene->err) == -1, "it was trimmed");
	cache_close(cache);
	return 0;
}

static void in_a_folder_without_the_right_to_write_things_are_found(
	void **state)
{
	struct scene scene;
	char *lock;

	(void)state;
	begin(&scene, 0);
	put(&scene, "a");
	lock = xasprintf("%s/lock", scene.path);
	assert_int_equal(chmod(lock, 0400), 0);
	assert_int_equal(chmod(scene.path, 0500), 0);
	assert_int_equal(scratch_child(use_read_only, &scene), 0);
	assert_int_equal(chmod(scene.path, 0700), 0);
	free(lock);
	end(&scene);
}

static int write_slowly(struct cache *cache, const char *key,
			const struct cache_file *file)
{
	int ret = cache_put(cache, key, file, 1, NULL, NULL);

	cache_close(cache);
	return ret < 0;
}

/*
 * Start a process that puts an entry from a pipe.  When this returns it has
 * its folder and waits for the bytes.
 */
static pid_t start_writer(struct scene *scene, const char *key, int *feed)
{
	char *fifo = xasprintf("%s/pipe", scene->folder);
	const struct cache_file file = { "image", fifo, NULL };
	pid_t child;

	unlink(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(write_slowly(open_cache(scene, 0), key, &file));
	*feed = open(fifo, O_WRONLY | O_CLOEXEC); /* waits for the reader */
	assert_true(*feed >= 0);
	free(fifo);
	return child;
}

static void what_a_killed_writer_left_is_never_seen_and_removed(void **state)
{
	struct scene scene;
	pid_t child;
	int feed;

	(void)state;
	begin(&scene, 0);
	child = start_writer(&scene, "a", &feed);
	assert_int_equal(write(feed, HUNDRED, 100), 100);
	kill(child, SIGKILL);
	assert_int_equal(scratch_wait(child), -1);
	close(feed);
	assert_null(find(&scene, "a"));
	assert_int_equal(count(&scene, "new-"), 1);
	cache_close(scene.cache);
	scene.cache = open_cache(&scene, 0);
	assert_int_equal(count(&scene, "new-"), 0);
	end(&scene);
}

static void a_writer_that_lives_is_left_alone(void **state)
{
	struct scene scene;
	struct cache_entry *entry;
	pid_t child;
	int feed;

	(void)state;
	begin(&scene, 0);
	child = start_writer(&scene, "a", &feed);
	cache_close(scene.cache);
	scene.cache = open_cache(&scene, 0);
	assert_int_equal(count(&scene, "new-"), 1);
	assert_null(find(&scene, "a"));
	assert_int_equal(write(feed, HUNDRED, 100), 100);
	close(feed);
	assert_int_equal(scratch_wait(child), 0);
	assert_int_equal(count(&scene, "new-"), 0);
	entry = find(&scene, "a");
	assert_non_null(entry);
	cache_entry_release(entry);
	end(&scene);
}

static void of_two_that_put_the_same_the_first_stays(void **state)
{
	struct scene scene;
	struct cache_entry *entry;
	pid_t child;
	char *text;
	int feed;

	(void)state;
	begin(&scene, 0);
	child = start_writer(&scene, "a", &feed);
	put(&scene, "a");
	assert_int_equal(write(feed, "late", 4), 4);
	close(feed);
	assert_int_equal(scratch_wait(child), 0);
	assert_int_equal(count(&scene, "new-"), 0);
	entry = find(&scene, "a");
	text = content(entry, "image");
	assert_string_equal(text, HUNDRED);
	free(text);
	cache_entry_release(entry);
	end(&scene);
}

static void what_a_killed_remover_left_is_removed(void **state)
{
	struct scene scene;
	struct cache_entry *entry;
	char *old;

	(void)state;
	begin(&scene, 0);
	put(&scene, "a");
	entry = find(&scene, "a");
	old = xasprintf("%s/old-%s", scene.path,
			strrchr(cache_entry_path(entry), '/') + 1);
	assert_int_equal(rename(cache_entry_path(entry), old), 0);
	cache_entry_release(entry);
	cache_close(scene.cache);
	scene.cache = open_cache(&scene, 0);
	assert_int_equal(count(&scene, "old-"), 0);
	free(old);
	end(&scene);
}

/* Put and find the same few entries, over a limit that holds two of them. */
static int hammer(struct scene *scene, int self)
{
	const struct cache_file file = { .name = "image", .text = HUNDRED };
	struct cache *cache;

	scene->now += self;
	cache = open_cache(scene, 202);
	for (int i = 0; i < 60; i++) {
		const char key[] = { (char)('a' + (i * (self + 2)) % 5), '\0' };
		struct cache_entry *entry = NULL;
		char *path;

		scene->now += 1000;
		SCRATCH_CHECK(cache_put(cache, key, &file, 1, &entry,
					&scene->err) == 0,
			      scene->err.text);
		if (!entry)
			continue;
		path = xasprintf("%s/image", cache_entry_path(entry));
		SCRATCH_CHECK(access(path, R_OK) == 0,
			      "an entry in use is gone");
		free(path);
		cache_entry_release(entry);
	}
	cache_close(cache);
	return 0;
}

static void several_processes_share_one_folder(void **state)
{
	struct scene scene;
	pid_t children[4];

	(void)state;
	begin(&scene, 202);
	fflush(NULL);
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(hammer(&scene, i));
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(scratch_wait(children[i]), 0);
	assert_int_equal(cache_trim(scene.cache, &scene.err), 0);
	assert_int_equal(count(&scene, "new-") + count(&scene, "old-"), 0);
	assert_in_range(count(&scene, ""), 3, 5); /* . .. lock, two at most */
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_was_put_is_found_with_its_bytes_and_modes),
		cmocka_unit_test(the_least_recently_used_go_first),
		cmocka_unit_test(an_entry_in_use_stays_and_then_goes),
		cmocka_unit_test(a_key_that_is_there_keeps_its_entry),
		cmocka_unit_test(files_larger_than_the_limit_are_refused),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(a_source_that_cannot_be_read_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_said_and_leaves_nothing),
		cmocka_unit_test(
			in_a_folder_without_the_right_to_write_things_are_found),
		cmocka_unit_test(
			what_a_killed_writer_left_is_never_seen_and_removed),
		cmocka_unit_test(a_writer_that_lives_is_left_alone),
		cmocka_unit_test(of_two_that_put_the_same_the_first_stays),
		cmocka_unit_test(what_a_killed_remover_left_is_removed),
		cmocka_unit_test(several_processes_share_one_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
