/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "tests/unit/scratch.h"
#include "tests/unit/ssh_world.h"

/* Peers that are not there yet, go away, or mean no good. */

static void nobody_listens(void **state)
{
	struct ssh_world *world = *state;

	server_reserve(world);
	assert_int_equal(connect_now(world), SSH_REFUSED);
	says(world, ": Connection refused");
	disconnect(world);
	world->spec.host = "nonexistent.invalid";
	assert_int_equal(connect_now(world), SSH_REFUSED);
	says(world, "@nonexistent.invalid:");
}

static void waiting_has_an_end(void **state)
{
	struct ssh_world *world = *state;

	server_reserve(world);
	world->connect.wait_ms = 300;
	world->connect.interval_ms = 20;
	assert_int_equal(connect_now(world), SSH_REFUSED);
	says(world, "Connection refused (gave up after ");
}

static void on_turn(uv_timer_t *timer)
{
	struct ssh_world *world = timer->data;

	/* Some tries have found nobody. */
	server_listen(world, SERVER_OPENSSH);
	uv_close((uv_handle_t *)timer, NULL);
}

static void a_guest_that_boots_is_waited_for(void **state)
{
	struct ssh_world *world = *state;
	uv_timer_t timer;

	server_reserve(world);
	uv_timer_init(&world->loop, &timer);
	timer.data = world;
	uv_timer_start(&timer, on_turn, 200, 0);
	world->connect.wait_ms = PATIENCE_MS;
	world->connect.interval_ms = 20;
	connected(world);
	assert_int_equal(run_now(world, "exit 3"), 3);
}

/* As a forwarded port does: it is accepted and then closed. */
static void on_open_up(uv_timer_t *timer)
{
	struct ssh_world *world = timer->data;

	world->server.kind = SERVER_OPENSSH;
	uv_close((uv_handle_t *)timer, NULL);
}

static void early_closes_are_tried_again(void **state)
{
	struct ssh_world *world = *state;
	uv_timer_t timer;

	server_start(world, SERVER_CLOSES);
	uv_timer_init(&world->loop, &timer);
	timer.data = world;
	uv_timer_start(&timer, on_open_up, 200, 0);
	world->connect.wait_ms = PATIENCE_MS;
	world->connect.interval_ms = 20;
	connected(world);
}

/* A try that hangs does not use up all the time there is. */
static void silent_tries_are_tried_again(void **state)
{
	struct ssh_world *world = *state;
	uv_timer_t timer;

	server_start(world, SERVER_SILENT);
	uv_timer_init(&world->loop, &timer);
	timer.data = world;
	uv_timer_start(&timer, on_open_up, 200, 0);
	world->connect.wait_ms = PATIENCE_MS;
	world->connect.timeout_ms = 5000;
	world->connect.interval_ms = 20;
	connected(world);
	assert_true(world->server.connections >= 2);
}

static void a_peer_that_closes_at_once_is_lost(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_CLOSES);
	assert_int_equal(connect_now(world), SSH_LOST);
}

static void a_peer_that_says_nothing_times_out(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_SILENT);
	world->connect.timeout_ms = 200;
	assert_int_equal(connect_now(world), SSH_TIMEOUT);
	says(world, "says nothing");
}

static void an_endless_banner_is_cut(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_ENDLESS);
	assert_int_equal(connect_now(world), SSH_PEER);
	says(world, "sends and sends");
}

static void another_service_is_told_apart(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OTHER);
	assert_int_equal(connect_now(world), SSH_PEER);
	says(world, "what listens there is no ssh");
}

static void put(int fd, const void *bytes, size_t length)
{
	if (write(fd, bytes, length) < 0)
		_exit(0);
}

static void play_noise(int fd)
{
	unsigned char bytes[4096];
	unsigned int seed = 7;

	put(fd, "SSH-2.0-noise\r\n", 15);
	for (;;) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = seed >> 16 & 0xff;
		}
		put(fd, bytes, sizeof(bytes));
	}
}

static void play_huge_packet(int fd)
{
	put(fd, "SSH-2.0-huge\r\n", 14);
	put(fd, "\xff\xff\xff\xff\x04\x14", 6);
	for (;;)
		put(fd, "xxxxxxxxxxxxxxxx", 16);
}

/* A packet of a type that nobody knows, again and again. */
static void play_unknown_packets(int fd)
{
	unsigned char packet[32776] = { 0, 0, 0x80, 0x04, 4, 200 };

	put(fd, "SSH-2.0-strange\r\n", 17);
	for (;;)
		put(fd, packet, sizeof(packet));
}

static void play_goodbye(int fd)
{
	static const unsigned char packet[] = {
		0,  0,	 0,   28,  5,	1,    0, 0, 0, 2, 0, 0, 0, 8, 'g', 'o',
		27, '[', '1', 'm', 200, '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0,   0,
	};
	char scrap[64];

	put(fd, "SSH-2.0-bye\r\n", 13);
	put(fd, packet, sizeof(packet));
	while (read(fd, scrap, sizeof(scrap)) > 0)
		;
}

static void means_no_good(struct ssh_world *world, void (*play)(int fd))
{
	server_start(world, SERVER_PLAY);
	world->server.play = play;
	assert_int_not_equal(connect_now(world), SSH_DONE);
	for (const char *text = world->result.text; *text; text++)
		assert_true((unsigned char)*text >= 0x20);
}

static void noise_is_no_danger(void **state)
{
	means_no_good(*state, play_noise);
}

static void a_huge_packet_is_refused(void **state)
{
	means_no_good(*state, play_huge_packet);
}

static void unknown_packets_take_no_memory(void **state)
{
	means_no_good(*state, play_unknown_packets);
}

static void a_goodbye_is_told_clean(void **state)
{
	struct ssh_world *world = *state;

	means_no_good(world, play_goodbye);
	says(world, "says 'go?[1m?\?'");
}

/* All it says, up to some byte; or that byte is another one. */
static void at_any_byte(struct ssh_world *world, bool flips)
{
	int step = getenv("LONG") ? 7 : 149;
	bool worked = false;

	world->server.flips = flips;
	world->connect.timeout_ms = 2000;
	server_start(world, SERVER_OPENSSH);
	for (int at = 0; !worked && world->server.connections < 250;
	     at += step) {
		world->server.cut_after = at;
		if (connect_now(world) == SSH_DONE && ssh_is_open(world->ssh))
			run_spec(world, "exit 3",
				 (struct ssh_run){ .timeout_ms = 2000 });
		/* What comes later than all that was needed. */
		worked = world->result.end == SSH_DONE &&
			 world->result.exit_status == 3;
		disconnect(world);
	}
	assert_true(worked);
}

static void a_cut_at_any_byte_is_told(void **state)
{
	at_any_byte(*state, false);
}

static void a_wrong_byte_anywhere_is_no_danger(void **state)
{
	at_any_byte(*state, true);
}

static void on_lost(void *data, const struct error *err)
{
	struct ssh_world *world = data;

	world_done(world, SSH_LOST, err);
}

static void an_idle_connection_that_is_cut_is_told(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->spec.on_lost = on_lost;
	world->spec.data = world;
	connected(world);
	world->result.ended = 0;
	server_kill(&world->server);
	wait_end(world);
	says(world, ": the connection is lost: ");
	assert_false(ssh_is_open(world->ssh));
	assert_int_equal(ssh_run(world->ssh,
				 &(struct ssh_run){ .command = "true" }, NULL),
			 -1);
}

static void stop_server(void *data, const char *bytes, size_t length)
{
	struct ssh_world *world = data;

	world_output(world, bytes, length);
	for (int i = 0; i < world->server.connections; i++)
		kill(world->server.processes[i], SIGSTOP);
	sh("for p in $(cat /proc/%d/task/*/children); do "
	   "kill -STOP $p; done",
	   world->server.processes[0]);
}

/* It answers for four seconds, and then it does not any more. */
static void a_peer_that_falls_silent_is_lost(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->spec.keepalive_ms = 2000;
	world->spec.dead_ms = 4000;
	connected(world);
	assert_int_equal(run_spec(world, sleeps(world),
				  (struct ssh_run){ .timeout_ms = 5000 }),
			 SSH_TIMEOUT);
	assert_int_equal(run_spec(world, sleeps(world),
				  (struct ssh_run){ .timeout_ms = PATIENCE_MS,
						    .on_output = stop_server }),
			 SSH_LOST);
	says(world, "has been silent for 4 s");
	assert_true(world->result.duration_ms < 10000);
}

static void cancel_ends_connecting(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_SILENT);
	world->ssh = ssh_new(&world->loop, &world->spec);
	assert_int_equal(ssh_connect(world->ssh, &world->connect, NULL), 0);
	ssh_cancel(world->ssh);
	wait_end(world);
	assert_int_equal(world->result.end, SSH_CANCELLED);
	world->result.ended = 0;
	assert_int_equal(ssh_connect(world->ssh, &world->connect, NULL), 0);
	while (world->server.connections == 0)
		uv_run(&world->loop, UV_RUN_ONCE);
	ssh_free(world->ssh);
	assert_int_equal(world->result.ended, 0);
	wait_end(world);
	assert_int_equal(world->result.end, SSH_CANCELLED);
	world->ssh = NULL;
}

static void many_tries_leak_nothing(void **state)
{
	struct ssh_world *world = *state;
	int before;

	server_start(world, SERVER_CLOSES);
	connect_now(world);
	before = dup(0);
	close(before);
	for (int i = 0; i < 100; i++)
		assert_int_equal(connect_now(world), SSH_LOST);
	assert_int_equal(dup(0), before);
	close(before);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_listens),
		TEST(waiting_has_an_end),
		TEST(a_guest_that_boots_is_waited_for),
		TEST(early_closes_are_tried_again),
		TEST(silent_tries_are_tried_again),
		TEST(a_peer_that_closes_at_once_is_lost),
		TEST(a_peer_that_says_nothing_times_out),
		TEST(an_endless_banner_is_cut),
		TEST(another_service_is_told_apart),
		TEST(noise_is_no_danger),
		TEST(a_huge_packet_is_refused),
		TEST(unknown_packets_take_no_memory),
		TEST(a_goodbye_is_told_clean),
		TEST(a_cut_at_any_byte_is_told),
		TEST(a_wrong_byte_anywhere_is_no_danger),
		TEST(an_idle_connection_that_is_cut_is_told),
		TEST(a_peer_that_falls_silent_is_lost),
		TEST(cancel_ends_connecting),
		TEST(many_tries_leak_nothing),
	};
	int failed;

	if (!world_begin(argc, argv))
		return 0;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_end();
	return failed;
}
