/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/str.h"
#include "session/folder.h"
#include "tests/unit/session_world.h"

/* Permissions. */

static mode_t mode_of(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct stat st = { 0 };

	if (stat(path, &st) < 0)
		print_message("%s: not there\n", path);
	free(path);
	return st.st_mode & 07777;
}

static void files_are_private_whatever_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	struct world *world = *state;
	struct oid a = id('a');

	for (int i = 0; i < 3; i++) {
		char *dir = xasprintf("%s/%d/x//y/", world->folder, i), *path;
		mode_t old = umask(masks[i]);
		struct session *session;
		int ret = session_create(dir, NULL, &session, &world->err);

		if (ret == 0)
			ret = note(session, 1, &world->err);
		if (ret == 0) {
			path = session_console(session, &a, 3);
			assert_true(str_ends(path, "aaaa/3.console"));
			free(path);
			path = session_build_log(session, &a);
			assert_true(str_ends(path,
					     "/builds/aaaaaaaaaaaaaaaaaaa"
					     "aaaaaaaaaaaaaaaaaaaaa.log"));
			free(path);
		}
		umask(old);
		ok(ret);
		assert_null(session_repository(session));
		assert_int_equal(mode_of(dir, "../.."), 0700);
		assert_int_equal(mode_of(dir, ".."), 0700);
		assert_int_equal(mode_of(dir, "."), 0700);
		assert_int_equal(mode_of(dir, "builds"), 0700);
		assert_int_equal(mode_of(dir, "runs"), 0700);
		assert_int_equal(mode_of(session_dir(session),
					 "runs/aaaaaaaaaa"
					 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
				 0700);
		assert_int_equal(mode_of(dir, "session.db"), 0600);
		assert_int_equal(mode_of(dir, "session.db-wal"), 0600);
		assert_int_equal(mode_of(dir, "session.db-shm"), 0600);
		session_close(session);
		free(dir);
	}
}

static int count_files(const char *dir)
{
	DIR *folder = opendir(dir);
	int count = 0;

	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count;
}

static void nothing_else_lies_about(void **state)
{
	struct world *world = *state;

	begin(world);
	close_it(world);
	assert_int_equal(count_files(world->dir), 3); /* . .. session.db */
}

static void paths_are_absolute(void **state)
{
	struct world *world = *state;
	char *old = getcwd(NULL, 0);
	struct session *session;

	assert_non_null(old);
	ok(chdir(world->folder));
	ok(session_create("here", NULL, &session, &world->err));
	ok(chdir(old));
	assert_true(session_dir(session)[0] == '/');
	assert_true(str_ends(session_dir(session), "/here"));
	ok(note(session, 1, &world->err));
	session_close(session);
	free(old);
}

/* Only reading. */

static void lock_up(struct world *world)
{
	char *path = xasprintf("%s/session.db", world->dir);

	ok(chmod(path, 0400));
	ok(chmod(world->dir, 0500));
	free(path);
}

static int read_and_fail_to_write(void *data)
{
	struct world *world = data;
	struct error *err = &world->err;
	struct session *session;
	int ret;

	ret = session_open(world->dir, &session, err);
	SCRATCH_CHECK(ret == 0, err->text);
	SCRATCH_CHECK(count_of(session) == 4, "count");
	SCRATCH_CHECK(engine_plan(session_engine(session))->suspects == 3, "");
	SCRATCH_CHECK(note(session, 1, err) == -1, "it was written");
	SCRATCH_CHECK(err->code == ERROR_STORE, err->text);
	SCRATCH_CHECK(strstr(err->text, "/session.db': it is read-only; check "
					"the permissions"),
		      err->text);
	SCRATCH_CHECK(store(session, "f:d", err) == -1, "it was stored");
	SCRATCH_CHECK(count_of(session) == 4, "count");
	SCRATCH_CHECK(session_refresh(session, NULL, err) == 0, err->text);
	session_close(session);
	return 0;
}

static void a_session_without_write_permission_can_be_read(void **state)
{
	struct world *world = *state;

	begin(world);
	close_it(world);
	lock_up(world);
	assert_int_equal(scratch_child(read_and_fail_to_write, world), 0);
	assert_int_equal(count_files(world->dir), 3);
	ok(chmod(world->dir, 0700)); /* the file alone is protected */
	assert_int_equal(scratch_child(read_and_fail_to_write, world), 0);
	assert_int_equal(count_files(world->dir), 3);
}

static void it_can_be_read_while_another_writes(void **state)
{
	struct world *world = *state;

	begin(world);
	lock_up(world);
	assert_int_equal(scratch_child(read_and_fail_to_write, world), 0);
}

static int begin_and_die(void *data)
{
	struct world *world = data;

	if (session_open(world->dir, &world->session, NULL) < 0)
		return 1;
	begin(world);
	raise(SIGKILL);
	return 1;
}

static void it_can_be_read_after_its_writer_was_killed(void **state)
{
	struct world *world = *state;

	close_it(world);
	assert_int_equal(scratch_child(begin_and_die, world), -1);
	assert_int_equal(count_files(world->dir), 5);
	lock_up(world);
	assert_int_equal(scratch_child(read_and_fail_to_write, world), 0);
}

static int fail_to_open(void *data)
{
	struct world *world = data;
	struct session *session;

	SCRATCH_CHECK(session_open(world->dir, &session, &world->err) == -1,
		      "it opened");
	SCRATCH_CHECK(world->err.code == ERROR_STORE, world->err.text);
	SCRATCH_CHECK(strstr(world->err.text, "its last events are in") &&
			      strstr(world->err.text, "copy the folder"),
		      world->err.text);
	return 0;
}

/* Without the -shm SQLite could give us only a part of the events. */
static void events_that_cannot_be_reached_are_not_passed_over(void **state)
{
	struct world *world = *state;
	char *shm = xasprintf("%s/session.db-shm", world->dir);

	close_it(world);
	assert_int_equal(scratch_child(begin_and_die, world), -1);
	ok(unlink(shm));
	free(shm);
	lock_up(world);
	assert_int_equal(scratch_child(fail_to_open, world), 0);
}

static int fail_to_look(void *data)
{
	struct world *world = data;
	struct session *session;

	SCRATCH_CHECK(session_open(world->dir, &session, &world->err) == -1,
		      "it opened");
	SCRATCH_CHECK(world->err.code == ERROR_STORE, world->err.text);
	SCRATCH_CHECK(strstr(world->err.text, "Permission denied"),
		      world->err.text);
	return 0;
}

static void a_session_without_read_permission_says_so(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/session.db", world->dir);

	close_it(world);
	ok(chmod(path, 0));
	assert_int_equal(scratch_child(fail_to_look, world), 0);
	ok(chmod(world->dir, 0));
	assert_int_equal(scratch_child(fail_to_look, world), 0);
	free(path);
}

static int fail_to_create(void *data)
{
	struct world *world = data;
	char *dir = xasprintf("%s/deep/er", world->dir);
	struct session *session;
	int ret = session_create(dir, NULL, &session, &world->err);

	free(dir);
	SCRATCH_CHECK(ret == -1, "it was created");
	SCRATCH_CHECK(world->err.code == ERROR_STORE, world->err.text);
	SCRATCH_CHECK(strstr(world->err.text, "cannot make folder") &&
			      strstr(world->err.text, "Permission denied"),
		      world->err.text);
	return 0;
}

static void a_session_is_not_made_where_nothing_may_be(void **state)
{
	struct world *world = *state;

	lock_up(world);
	assert_int_equal(scratch_child(fail_to_create, world), 0);
}

/* Writes that fail. */

static int set_file_limit(rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
		return -1;
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	return setrlimit(RLIMIT_FSIZE, &limit);
}

/* Let no file grow, write, let it grow again: as on a disk that was full. */
static int write_without_room(void *data)
{
	struct world *world = data;
	struct error *err = &world->err;
	struct event batch[2] = { { .kind = EVENT_PAUSE },
				  { .kind = EVENT_RESUME } };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct session *session;
	char *before, *after, *wal;
	struct stat st;
	int ret;

	ret = session_open(world->dir, &session, err);
	SCRATCH_CHECK(ret == 0, err->text);
	SCRATCH_CHECK(note(session, 1, err) == 0, err->text);
	before = state_of(session);
	wal = xasprintf("%s/session.db-wal", world->dir);
	SCRATCH_CHECK(stat(wal, &st) == 0, wal);
	sigaction(SIGXFSZ, &ignore, NULL);
	SCRATCH_CHECK(set_file_limit((rlim_t)st.st_size) == 0, "limit");
	for (int turn = 0; turn < 3; turn++) {
		*err = (struct error)ERROR_INIT;
		ret = turn == 0	  ? note(session, 2, err)
		      : turn == 1 ? session_append(session, batch, 2, err)
				  : store(session, "f:e e:d a:", err);
		SCRATCH_CHECK(ret == -1, "it was written");
		SCRATCH_CHECK(err->code == ERROR_STORE, err->text);
		SCRATCH_CHECK(str_starts(err->text, "cannot write '") &&
				      strstr(err->text, "/session.db': ") &&
				      strstr(err->text, "; check the disk"),
			      err->text);
		after = state_of(session);
		SCRATCH_CHECK(strcmp(before, after) == 0, after);
		free(after);
	}
	SCRATCH_CHECK(set_file_limit(RLIM_INFINITY) == 0, "limit");
	SCRATCH_CHECK(note(session, 2, err) == 0, err->text);
	SCRATCH_CHECK(store(session, "f:e e:d", err) == 0, err->text);
	SCRATCH_CHECK(count_of(session) == 7, "count");
	session_close(session);
	free(before);
	free(wal);
	return 0;
}

static void a_write_that_fails_leaves_all_as_it_was(void **state)
{
	struct world *world = *state;

	begin(world);
	assert_int_equal(scratch_child(write_without_room, world), 0);
	ok(session_refresh(world->session, NULL, &world->err));
	assert_int_equal(count_of(world->session), 7);
	assert_int_equal(graph_count(session_graph(world->session)), 6);
	assert_kept(world);
}

static void nothing_is_written_to_a_file_that_has_gone(void **state)
{
	struct world *world = *state;
	char *from = xasprintf("%s/session.db", world->dir);
	char *to = xasprintf("%s/away.db", world->dir);

	begin(world);
	ok(rename(from, to));
	assert_int_equal(note(world->session, 1, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	assert_non_null(strstr(world->err.text,
			       "/session.db': it was moved, replaced or "
			       "removed; put it back"));
	ok(rename(to, from));
	ok(note(world->session, 1, &world->err));
	assert_kept(world);
	free(from);
	free(to);
}

/* Sessions that cannot be opened. */

static void a_folder_without_session_is_said(void **state)
{
	struct world *world = *state;
	char *dir = xasprintf("%s/nowhere", world->folder), *sentence;

	assert_int_equal(session_open(dir, &world->other, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	sentence = xasprintf("there is no session in '%s': no such folder; "
			     "begin one with culprit start",
			     dir);
	assert_string_equal(world->err.text, sentence);
	free(sentence);

	ok(mkdir(dir, 0700));
	assert_int_equal(session_open(dir, &world->other, &world->err), -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	sentence = xasprintf("there is no session in '%s': it has no "
			     "session.db; begin one with culprit start",
			     dir);
	assert_string_equal(world->err.text, sentence);
	free(sentence);
	free(dir);
}

static void a_second_session_in_a_folder_is_refused(void **state)
{
	struct world *world = *state;
	char *sentence = xasprintf("'%s' already holds a session", world->dir);

	begin(world);
	assert_int_equal(session_create(world->dir, NULL, &world->other,
					&world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STATE);
	assert_string_equal(world->err.text, sentence);
	assert_kept(world);
	free(sentence);
}

static void write_file(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fclose(file);
	free(path);
}

static bool is_there(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct stat st;
	bool there = lstat(path, &st) == 0;

	free(path);
	return there;
}

static void a_folder_goes_with_all_in_it_but_not_what_links_lead_to(
	void **state)
{
	struct world *world = *state;
	char *out = xasprintf("%s/out/arch/um", world->folder);
	char *mine = xasprintf("%s/mine", world->folder);
	char *link = xasprintf("%s/out/source", world->folder);

	ok(folder_make(out, &world->err));
	ok(folder_make(mine, &world->err));
	write_file(out, "vmlinux.o");
	write_file(mine, "file");
	ok(symlink(mine, link));
	free(out);
	out = xasprintf("%s/out", world->folder);
	ok(folder_remove(out, &world->err));
	assert_false(is_there(world->folder, "out"));
	assert_true(is_there(mine, "file"));
	ok(folder_remove(out, &world->err)); /* nothing there is fine */
	free(out);
	free(mine);
	free(link);
}

static void a_folder_put_elsewhere_by_a_link_is_emptied(void **state)
{
	struct world *world = *state;
	char *disk = xasprintf("%s/big-disk", world->folder);
	char *out = xasprintf("%s/out", world->folder);

	ok(folder_make(disk, &world->err));
	write_file(disk, "vmlinux");
	ok(symlink(disk, out));
	ok(folder_remove(out, &world->err));
	assert_true(is_there(world->folder, "out"));
	assert_true(is_there(world->folder, "big-disk"));
	assert_false(is_there(disk, "vmlinux"));
	free(disk);
	free(out);
}

static void a_session_is_not_made_below_a_file(void **state)
{
	struct world *world = *state;
	char *dir = xasprintf("%s/session.db/x", world->dir);

	assert_int_equal(session_create(dir, NULL, &world->other, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	assert_non_null(strstr(world->err.text, "Not a directory"));
	free(dir);
}

/* Close a session of many pages; the size of its file. */
static off_t fill_and_close(struct world *world)
{
	char *path = xasprintf("%s/session.db", world->dir);
	struct event *events = xcalloc(1000, sizeof(*events));
	static char text[1001];
	struct stat st;

	memset(text, 't', sizeof(text) - 1);
	for (int i = 0; i < 1000; i++) {
		events[i].kind = EVENT_NOTE;
		events[i].text = text;
	}
	ok(session_append(world->session, events, 1000, &world->err));
	close_it(world);
	ok(stat(path, &st));
	assert_true(st.st_size > 500000);
	free(events);
	free(path);
	return st.st_size;
}

static void assert_damaged(struct world *world)
{
	assert_int_equal(session_open(world->dir, &world->session, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	assert_non_null(strstr(world->err.text, "/session.db' is damaged: "));
	assert_non_null(strstr(world->err.text, "; keep a copy of the folder"));
}

static void a_file_that_was_cut_is_damaged(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/session.db", world->dir);
	off_t size = fill_and_close(world);

	ok(truncate(path, size / 2 + 100));
	assert_damaged(world);
	ok(truncate(path, 100));
	assert_int_equal(session_open(world->dir, &world->session, &world->err),
			 -1);
	assert_int_equal(world->err.code, ERROR_STORE);
	free(path);
}

static void a_damaged_file_says_how_far_it_can_be_read(void **state)
{
	struct world *world = *state;
	char *path = xasprintf("%s/session.db", world->dir);
	off_t size = fill_and_close(world);
	unsigned char junk[16384];
	FILE *file = fopen(path, "r+");
	int64_t last;
	char *number;

	memset(junk, 0xa5, sizeof(junk));
	assert_non_null(file);
	ok(fseek(file, (long)(size / 2), SEEK_SET));
	assert_int_equal(fwrite(junk, 1, sizeof(junk), file), sizeof(junk));
	ok(fclose(file));
	assert_damaged(world);
	assert_true(str_starts(world->err.text, "read up to event "));
	number = xstrndup(world->err.text + 17,
			  strcspn(world->err.text + 17, ":"));
	assert_true(str_number(number, 300, 700, &last));
	free(number);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_private_whatever_the_umask),
		TEST(nothing_else_lies_about),
		TEST(paths_are_absolute),
		TEST(a_session_without_write_permission_can_be_read),
		TEST(it_can_be_read_while_another_writes),
		TEST(it_can_be_read_after_its_writer_was_killed),
		TEST(events_that_cannot_be_reached_are_not_passed_over),
		TEST(a_session_without_read_permission_says_so),
		TEST(a_session_is_not_made_where_nothing_may_be),
		TEST(a_write_that_fails_leaves_all_as_it_was),
		TEST(nothing_is_written_to_a_file_that_has_gone),
		TEST(a_folder_without_session_is_said),
		TEST(a_second_session_in_a_folder_is_refused),
		TEST(a_folder_goes_with_all_in_it_but_not_what_links_lead_to),
		TEST(a_folder_put_elsewhere_by_a_link_is_emptied),
		TEST(a_session_is_not_made_below_a_file),
		TEST(a_file_that_was_cut_is_damaged),
		TEST(a_damaged_file_says_how_far_it_can_be_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
