/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/scratch.h"
#include "tests/unit/ssh_world.h"

#define FLOOD	   (int64_t)(200 * 1024 * 1024)
#define GROWTH_MAX 8192 /* KiB of memory that a flood may take */

/* Commands and copies on real servers. */

static void open_server(struct ssh_world *world, enum server_kind kind)
{
	server_start(world, kind);
	connected(world);
}

static void check_status(struct ssh_world *world)
{
	assert_int_equal(run_now(world, "exit 0"), 0);
	assert_int_equal(run_now(world, "exit 255"), 255);
	assert_int_equal(run_now(world, "kill -KILL $$"), 256 + 9);
	assert_string_equal(world->result.exit_signal, "KILL");
	assert_int_equal(run_now(world, "kill -TERM $$"), 256 + 15);
	assert_int_equal(run_now(world, "kill -SEGV $$"), 256 + 11);
	assert_int_equal(run_now(world, "nonexistent-command"), 127);
}

static void exit_status_and_signal_come_through(void **state)
{
	open_server(*state, SERVER_OPENSSH);
	check_status(*state);
}

static void exit_status_and_signal_come_from_dropbear(void **state)
{
	if (!world_has_dropbear())
		return;
	open_server(*state, SERVER_DROPBEAR);
	check_status(*state);
}

static void output_and_errors_are_one_stream(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	run_now(world, "echo a; echo b >&2; sleep 0; echo c");
	assert_int_equal(world->result.received, 6);
	assert_non_null(strstr(world->result.output.text, "a\n"));
	assert_non_null(strstr(world->result.output.text, "b\n"));
	assert_non_null(strstr(world->result.output.text, "c\n"));
}

static void many_commands_use_one_connection(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	for (int i = 0; i < 100; i++)
		assert_int_equal(run_now(world, "exit 3"), 3);
	assert_int_equal(world->server.connections, 1);
}

static void closing_the_output_is_not_the_end(void **state)
{
	struct ssh_world *world = *state;
	char *command = xasprintf("exec >&- 2>&-; read x <%s/fifo; exit 5",
				  world->folder);
	char *fifo = xasprintf("%s/fifo", world->folder);

	assert_int_equal(mkfifo(fifo, 0600), 0);
	open_server(world, SERVER_OPENSSH);
	sh("(echo go >%s) &", fifo);
	assert_int_equal(run_now(world, command), 5);
	free(command);
	free(fifo);
}

static void a_command_reads_its_input(void **state)
{
	struct ssh_world *world = *state;
	size_t size = 3 * 1024 * 1024;
	char *input = xcalloc(1, size);

	memset(input, 'x', size);
	open_server(world, SERVER_OPENSSH);
	run_spec(world, "wc -c",
		 (struct ssh_run){ .input = input, .input_length = size });
	assert_int_equal(world->result.end, SSH_DONE);
	assert_string_equal(world->result.output.text, "3145728\n");
	run_now(world, "wc -c");
	assert_string_equal(world->result.output.text, "0\n");
	/* It need not. */
	run_spec(world, "exec <&-; exit 4",
		 (struct ssh_run){ .input = input, .input_length = size });
	assert_int_equal(world->result.exit_status, 4);
	/* All of it comes back while it is sent. */
	run_spec(world, "cat",
		 (struct ssh_run){ .input = input, .input_length = size });
	assert_int_equal(world->result.received, size);
	free(input);
}

static void check_time_limit(struct ssh_world *world)
{
	assert_int_equal(run_spec(world, sleeps(world),
				  (struct ssh_run){ .timeout_ms = 300 }),
			 SSH_TIMEOUT);
	assert_true(world->result.duration_ms >= 300);
	says(world, "the command took longer than its limit");
	assert_int_equal(run_now(world, "exit 3"), 3);
	assert_int_equal(run_spec(world, "yes",
				  (struct ssh_run){ .timeout_ms = 300 }),
			 SSH_TIMEOUT);
	assert_int_equal(run_now(world, "exit 3"), 3);
}

static void a_command_has_a_time_limit(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	check_time_limit(world);
	assert_int_equal(world->server.connections, 1);
}

static void a_command_has_a_time_limit_at_dropbear(void **state)
{
	if (!world_has_dropbear())
		return;
	open_server(*state, SERVER_DROPBEAR);
	check_time_limit(*state);
}

static void a_command_has_an_output_limit(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	assert_int_equal(run_spec(world, "yes",
				  (struct ssh_run){ .output_max = 100001 }),
			 SSH_OUTPUT);
	assert_int_equal(world->result.received, 100001);
	says(world, "wrote more than 100001 bytes");
	run_spec(world, "head -c 100001 /dev/zero",
		 (struct ssh_run){ .output_max = 100001 });
	assert_int_equal(world->result.end, SSH_DONE);
	assert_int_equal(world->result.received, 100001);
}

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static void a_flood_takes_no_memory(void **state)
{
	struct ssh_world *world = *state;
	char *command = xasprintf("head -c %lld /dev/zero", (long long)FLOOD);
	long before;

	open_server(world, SERVER_OPENSSH);
	run_now(world, "head -c 5000000 /dev/zero");
	before = peak_kib();
	assert_int_equal(run_now(world, command), 0);
	assert_int_equal(world->result.received, FLOOD);
	printf("# %lld MiB in %lld ms, %ld KiB more memory\n",
	       (long long)FLOOD >> 20, (long long)world->result.duration_ms,
	       peak_kib() - before);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed */
	assert_true(peak_kib() - before < GROWTH_MAX);
#endif
	free(command);
}

static void stop_at_once(void *data, const char *bytes, size_t length)
{
	struct ssh_world *world = data;

	world_output(world, bytes, length);
	ssh_cancel(world->ssh);
	ssh_cancel(world->ssh);
}

static void cancel_ends_a_command_from_inside(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	run_spec(world, sleeps(world),
		 (struct ssh_run){ .on_output = stop_at_once });
	assert_int_equal(world->result.end, SSH_CANCELLED);
	assert_int_equal(world->result.received, 2);
	assert_int_equal(run_now(world, "exit 3"), 3);
	ssh_cancel(world->ssh); /* nothing is under way */
}

static void free_at_once(void *data, const char *bytes, size_t length)
{
	struct ssh_world *world = data;

	world_output(world, bytes, length);
	ssh_free(world->ssh);
}

static void free_ends_a_command_from_inside(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	run_spec(world, sleeps(world),
		 (struct ssh_run){ .on_output = free_at_once });
	assert_int_equal(world->result.end, SSH_CANCELLED);
	world->ssh = NULL;
}

static void one_operation_at_a_time(void **state)
{
	struct ssh_world *world = *state;
	const struct ssh_run run = { .command = "exit 3",
				     .on_end = world_run_end,
				     .data = world };
	struct error err = ERROR_INIT;

	open_server(world, SERVER_OPENSSH);
	world->result.ended = 0;
	assert_int_equal(ssh_run(world->ssh, &run, &err), 0);
	assert_int_equal(ssh_run(world->ssh, &run, &err), -1);
	assert_int_equal(err.code, ERROR_BUSY);
	assert_int_equal(ssh_connect(world->ssh, &world->connect, &err), -1);
	assert_int_equal(err.code, ERROR_BUSY);
	wait_end(world);
	assert_int_equal(ssh_connect(world->ssh, &world->connect, &err), -1);
	assert_int_equal(err.code, ERROR_STATE);
}

struct chain {
	struct ssh *ssh;
	int left;
};

static void on_link(void *data, const struct ssh_run_end *end)
{
	struct chain *chain = data;
	const struct ssh_run run = { .command = "exit 3",
				     .on_end = on_link,
				     .data = chain };

	assert_int_equal(end->end, SSH_DONE);
	assert_int_equal(end->exit_status, 3);
	if (--chain->left > 0)
		assert_int_equal(ssh_run(chain->ssh, &run, NULL), 0);
	else
		ssh_free(chain->ssh);
}

static void on_open(void *data, enum ssh_end end, const struct error *err)
{
	struct chain *chain = data;
	const struct ssh_run run = { .command = "exit 3",
				     .on_end = on_link,
				     .data = chain };

	assert_string_equal(err->text, "");
	assert_int_equal(end, SSH_DONE);
	assert_int_equal(ssh_run(chain->ssh, &run, NULL), 0);
}

static void several_connections_live_at_once(void **state)
{
	struct ssh_world *world = *state;
	struct chain chains[6];

	server_start(world, SERVER_OPENSSH);
	for (int i = 0; i < 6; i++) {
		struct ssh_connect connect = { .done = on_open,
					       .data = &chains[i] };

		chains[i].ssh = ssh_new(&world->loop, &world->spec);
		chains[i].left = 4 + i;
		assert_int_equal(ssh_connect(chains[i].ssh, &connect, NULL), 0);
	}
	uv_run(&world->loop, UV_RUN_DEFAULT);
	for (int i = 0; i < 6; i++)
		assert_int_equal(chains[i].left, 0);
}

static void kill_server(void *data, const char *bytes, size_t length)
{
	struct ssh_world *world = data;

	world_output(world, bytes, length);
	server_kill(&world->server);
}

static void a_server_that_dies_in_a_command_is_lost(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	run_spec(world, sleeps(world),
		 (struct ssh_run){ .timeout_ms = PATIENCE_MS,
				   .on_output = kill_server });
	assert_int_equal(world->result.end, SSH_LOST);
	says(world, "the command: the connection is lost: ");
	assert_false(ssh_is_open(world->ssh));
	connected(world);
	assert_int_equal(run_now(world, "exit 3"), 3);
}

static void make_file(const char *path, size_t size)
{
	char *bytes = xcalloc(1, size + 1);
	unsigned int seed = 1;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1103515245 + 12345;
		bytes[i] = (char)(seed >> 16);
	}
	write_file(path, bytes, size);
	free(bytes);
}

static void copies(struct ssh_world *world)
{
	static const size_t sizes[] = { 0, 1, 31999, 32000, 32001, 5000000 };
	const char *from = world_path(world, "from");
	const char *to = world_path(world, "to 'quoted' $HOME");

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct stat st;

		make_file(from, sizes[i]);
		if (copy_now(world, from, to) != SSH_DONE)
			fail_msg("%s", world->result.text);
		sh("cmp %s \"%s/to 'quoted' \\$HOME\"", from, world->folder);
		assert_int_equal(stat(to, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0755);
	}
	/* A shorter one over a longer one, and the connection still works. */
	make_file(from, 10);
	assert_int_equal(copy_now(world, from, to), SSH_DONE);
	sh("cmp %s \"%s/to 'quoted' \\$HOME\"", from, world->folder);
	assert_int_equal(run_now(world, "exit 3"), 3);
	if (world->server.kind == SERVER_OPENSSH)
		assert_int_equal(world->server.connections, 1);
}

static void files_are_copied_by_sftp(void **state)
{
	struct ssh_world *world = *state;

	open_server(world, SERVER_OPENSSH);
	copies(world);
}

static void files_are_copied_by_scp(void **state)
{
	struct ssh_world *world = *state;

	world->server.options = "";
	open_server(world, SERVER_OPENSSH);
	copies(world);
}

/* The subsystem is there, and its program is not. */
static void files_are_copied_by_scp_when_sftp_does_not_start(void **state)
{
	struct ssh_world *world = *state;

	world->server.options = "Subsystem sftp /nonexistent/sftp-server";
	open_server(world, SERVER_OPENSSH);
	copies(world);
}

static void files_are_copied_to_dropbear(void **state)
{
	struct ssh_world *world = *state;

	if (!world_has_dropbear())
		return;
	open_server(world, SERVER_DROPBEAR);
	copies(world);
}

/*
 * A child that ends after its channel was closed (sftp's server, what a limit
 * cut short) is when dropbear 2022.83 to 2024.85 mistakes the next channel
 * for a dead one.  HAMMER makes it more rounds than the 20.
 */
static void dropbear_works_through_many_operations(void **state)
{
	struct ssh_world *world = *state;
	const char *from = world_path(world, "from");
	const char *more = getenv("HAMMER");
	long rounds = more ? strtol(more, NULL, 10) : 20;

	if (!world_has_dropbear())
		return;
	make_file(from, 10000);
	open_server(world, SERVER_DROPBEAR);
	for (long i = 0; i < rounds; i++) {
		assert_int_equal(copy_now(world, from, world_path(world, "to")),
				 SSH_DONE);
		assert_int_equal(run_now(world, "echo word; exit 3"), 3);
		assert_string_equal(world->result.output.text, "word\n");
		assert_int_equal(
			run_spec(world, "yes",
				 (struct ssh_run){ .output_max = 1001,
						   .timeout_ms = 10000 }),
			SSH_OUTPUT);
		assert_int_equal(run_now(world, "echo word; exit 3"), 3);
	}
}

/* The first was idle for a while, which takes it as well. */
static void dropbear_gets_a_connection_for_each_operation(void **state)
{
	struct ssh_world *world = *state;

	if (!world_has_dropbear())
		return;
	open_server(world, SERVER_DROPBEAR);
	run_now(world, "exit 0");
	run_now(world, "exit 0");
	assert_int_equal(world->server.connections, 3);
}

static void a_dropbear_that_is_gone_is_lost_and_not_late(void **state)
{
	struct ssh_world *world = *state;

	if (!world_has_dropbear())
		return;
	world->spec.dead_ms = 300;
	open_server(world, SERVER_DROPBEAR);
	run_now(world, "exit 0");
	world->server.kind = SERVER_SILENT;
	assert_int_equal(run_spec(world, "exit 0",
				  (struct ssh_run){ .timeout_ms = 100 }),
			 SSH_LOST);
	says(world, "says nothing that makes ssh");
	assert_false(ssh_is_open(world->ssh));
}

static void a_dropbear_that_ended_meanwhile_is_lost(void **state)
{
	struct ssh_world *world = *state;

	if (!world_has_dropbear())
		return;
	open_server(world, SERVER_DROPBEAR);
	run_now(world, "exit 0");
	server_stop(&world->server);
	assert_int_equal(run_spec(world, "exit 0",
				  (struct ssh_run){ .timeout_ms = 10000 }),
			 SSH_LOST);
	says(world, "refused");
}

static void a_new_connection_can_be_cancelled(void **state)
{
	struct ssh_world *world = *state;
	const struct ssh_run run = { .command = "exit 0",
				     .on_end = world_run_end,
				     .data = world };
	struct error err = ERROR_INIT;

	if (!world_has_dropbear())
		return;
	open_server(world, SERVER_DROPBEAR);
	run_now(world, "exit 0");
	world->server.kind = SERVER_SILENT;
	world->result.ended = 0;
	assert_int_equal(ssh_run(world->ssh, &run, &err), 0);
	while (ssh_is_open(world->ssh))
		uv_run(&world->loop, UV_RUN_ONCE);
	ssh_cancel(world->ssh);
	wait_end(world);
	assert_int_equal(world->result.end, SSH_CANCELLED);
}

static void a_peer_without_sftp_and_scp_is_said(void **state)
{
	struct ssh_world *world = *state;
	const char *from = world_path(world, "from");

	make_file(from, 10);
	world->server.options = "SetEnv PATH=/nonexistent";
	open_server(world, SERVER_OPENSSH);
	assert_int_equal(copy_now(world, from, world_path(world, "to")),
			 SSH_PEER);
	says(world, "there is neither sftp nor scp there");
	assert_true(ssh_is_open(world->ssh));
}

static void cannot_copy(struct ssh_world *world, const char *from,
			const char *to, const char *text)
{
	assert_int_equal(copy_now(world, from, to), SSH_FILE);
	says(world, text);
	assert_int_equal(run_now(world, "exit 3"), 3);
}

static void what_cannot_be_copied_is_said(void **state)
{
	struct ssh_world *world = *state;
	const char *from = world_path(world, "from");

	make_file(from, 1000000);
	open_server(world, SERVER_OPENSSH);
	cannot_copy(world, "/nonexistent", "/tmp/x",
		    "cannot read '/nonexistent': No such file");
	cannot_copy(world, world->folder, "/tmp/x", "is no regular file");
	cannot_copy(world, from, "/nonexistent/to", "there: no such folder");
	/* Nobody else may set the mode of that. */
	if (getuid() == 0)
		cannot_copy(world, from, "/dev/full", "is the disk full?");
}

static void what_scp_cannot_copy_is_said(void **state)
{
	struct ssh_world *world = *state;
	const char *from = world_path(world, "from");

	make_file(from, 1000000);
	world->server.options = "";
	open_server(world, SERVER_OPENSSH);
	cannot_copy(world, "/nonexistent", "/tmp/x",
		    "cannot read '/nonexistent': No such file");
	cannot_copy(world, from, "/nonexistent/to", "No such file");
	if (getuid() == 0)
		cannot_copy(world, from, "/dev/full",
			    "No space left on device");
}

static void a_file_that_permissions_forbid_is_said(void **state)
{
	struct ssh_world *world = *state;
	const char *from = world_path(world, "from");

	if (getuid() == 0)
		return;
	make_file(from, 10);
	open_server(world, SERVER_OPENSSH);
	cannot_copy(world, from, "/etc/culprit", "permission denied");
}

static void dies_in_a_copy(struct ssh_world *world)
{
	const char *from = world_path(world, "from");

	make_file(from, 5000000);
	world->server.cut_after = 20000;
	open_server(world, SERVER_OPENSSH);
	/* Where the cut falls is the server's: in the data, or between. */
	while (ssh_is_open(world->ssh))
		copy_now(world, from, world_path(world, "to"));
	assert_int_equal(world->result.end, SSH_LOST);
	says(world, ": the connection is lost: ");
	world->server.cut_after = -1;
	connected(world);
	assert_int_equal(copy_now(world, from, world_path(world, "to")),
			 SSH_DONE);
}

static void a_server_that_dies_in_a_copy_is_lost(void **state)
{
	dies_in_a_copy(*state);
}

static void an_scp_that_is_cut_off_is_lost(void **state)
{
	struct ssh_world *world = *state;

	world->server.options = "";
	dies_in_a_copy(world);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flood_takes_no_memory),
		TEST(exit_status_and_signal_come_through),
		TEST(exit_status_and_signal_come_from_dropbear),
		TEST(output_and_errors_are_one_stream),
		TEST(many_commands_use_one_connection),
		TEST(closing_the_output_is_not_the_end),
		TEST(a_command_reads_its_input),
		TEST(a_command_has_a_time_limit),
		TEST(a_command_has_a_time_limit_at_dropbear),
		TEST(a_command_has_an_output_limit),
		TEST(cancel_ends_a_command_from_inside),
		TEST(free_ends_a_command_from_inside),
		TEST(one_operation_at_a_time),
		TEST(several_connections_live_at_once),
		TEST(a_server_that_dies_in_a_command_is_lost),
		TEST(files_are_copied_by_sftp),
		TEST(files_are_copied_by_scp),
		TEST(files_are_copied_by_scp_when_sftp_does_not_start),
		TEST(files_are_copied_to_dropbear),
		TEST(dropbear_works_through_many_operations),
		TEST(dropbear_gets_a_connection_for_each_operation),
		TEST(a_dropbear_that_is_gone_is_lost_and_not_late),
		TEST(a_dropbear_that_ended_meanwhile_is_lost),
		TEST(a_new_connection_can_be_cancelled),
		TEST(a_peer_without_sftp_and_scp_is_said),
		TEST(what_cannot_be_copied_is_said),
		TEST(what_scp_cannot_copy_is_said),
		TEST(a_file_that_permissions_forbid_is_said),
		TEST(a_server_that_dies_in_a_copy_is_lost),
		TEST(an_scp_that_is_cut_off_is_lost),
	};
	int failed;

	if (!world_begin(argc, argv))
		return 0;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_end();
	return failed;
}
