/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SSH_WORLD_H
#define TESTS_UNIT_SSH_WORLD_H

/*
 * Real ssh servers for tests: OpenSSH and dropbear, with keys of their own,
 * on ports of their own.  The test listens itself and starts a server for
 * each connection, as inetd does; so nothing has to be waited for, and the
 * process behind a connection is known.
 *
 * They run as the user who runs the tests, in a folder that is removed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "base/buf.h"
#include "run/ssh.h"

#define PATIENCE_MS 60000 /* bounds a wait for what must come */

enum server_kind {
	SERVER_OPENSSH,
	SERVER_DROPBEAR,
	SERVER_SILENT,	/* accepts and says nothing */
	SERVER_CLOSES,	/* at once */
	SERVER_ENDLESS, /* a banner without end */
	SERVER_OTHER,	/* not ssh */
	SERVER_PLAY,	/* what `play` says, in a process of its own */
};

struct server {
	enum server_kind kind;
	const char *host_keys; /* types, "ed25519 rsa"; NULL: ed25519 */
	const char *options;   /* lines for sshd_config, or NULL */
	/* Between the peer and the server: bytes from the server that are let
	 * through before the connection is cut; < 0: all.  With `flips` the
	 * byte there is changed instead. */
	int64_t cut_after;
	bool flips;
	void (*play)(int fd);
	uv_poll_t poll;
	int fd;
	int port;
	int connections;
	pid_t processes[4096];
	bool listening;
	struct ssh_world *world;
};

struct result {
	int ended; /* how often */
	enum ssh_end end;
	char text[512];
	int exit_status;
	char exit_signal[32];
	int64_t duration_ms;
	struct buf output; /* the first bytes */
	int64_t received;  /* all */
};

struct ssh_world {
	uv_loop_t loop;
	char *folder; /* of this test */
	struct server server;
	struct ssh_spec spec;
	struct ssh_connect connect;
	struct ssh *ssh;
	const char *files[8]; /* key files, for the spec */
	struct result result;
	pid_t agent;
	char *agent_path;
};

/*
 * What a program of tests begins with: keys are made once, and its argument
 * chooses tests.  False when something is missing; the skip is said by then.
 */
bool world_begin(int argc, char **argv);
void world_end(void);

bool world_has_dropbear(void);
const char *world_user(void);

/* A file of the keys, or of the test: "%s/name"; kept until the end. */
const char *world_key(const char *name);
const char *world_path(const struct ssh_world *world, const char *name);

/* cmocka's fixtures, and a test that has them. */
int world_set_up(void **state);
int world_tear_down(void **state);
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

/* Listen; the port is in the server.  server_reserve only takes the port. */
void server_start(struct ssh_world *world, enum server_kind kind);
void server_reserve(struct ssh_world *world);
void server_listen(struct ssh_world *world, enum server_kind kind);
void server_stop(struct server *server);

/* Kill what serves the connection that came last. */
void server_kill(struct server *server);

/* A line for known_hosts, or a file with it. */
char *known_line(const struct ssh_world *world, const char *type);
const char *known_hosts(struct ssh_world *world, const char *types);

/* Load a key of the folder into an agent of the test. */
void agent_start(struct ssh_world *world);
void agent_add(struct ssh_world *world, const char *key);

/* The key files to log in with, up to NULL. */
void use_keys(struct ssh_world *world, const char *first, ...);

/* Connect and wait for the end. */
enum ssh_end connect_now(struct ssh_world *world);
/* The same, and it must work. */
void connected(struct ssh_world *world);
/* Free the connection and let the loop end. */
void disconnect(struct ssh_world *world);

void wait_end(struct ssh_world *world);
enum ssh_end run_spec(struct ssh_world *world, const char *command,
		      struct ssh_run spec);
int run_now(struct ssh_world *world, const char *command);
enum ssh_end copy_now(struct ssh_world *world, const char *from,
		      const char *to);

/* A command that says "x\n" and ends with the test only. */
const char *sleeps(struct ssh_world *world);

/* For specs: they fill the result. */
void world_done(void *data, enum ssh_end end, const struct error *err);
void world_output(void *data, const char *bytes, size_t length);
void world_run_end(void *data, const struct ssh_run_end *end);

/* The sentence of the last end holds this. */
void says(const struct ssh_world *world, const char *text);

void write_file(const char *path, const void *bytes, size_t length);

/* A shell command that must work. */
void sh(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
