/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/scratch.h"
#include "tests/unit/ssh_world.h"

/* Who we are is known by keys, who they are by host keys. */

static void logs_in(struct ssh_world *world, enum server_kind kind,
		    const char *key)
{
	server_start(world, kind);
	use_keys(world, key, NULL);
	connected(world);
	assert_int_equal(run_now(world, "echo here; exit 7"), 7);
	assert_string_equal(world->result.output.text, "here\n");
}

#define LOGS_IN(name, kind, key)            \
	static void name(void **state)      \
	{                                   \
		logs_in(*state, kind, key); \
	}

#define LOGS_IN_DROPBEAR(name, key)                            \
	static void name(void **state)                         \
	{                                                      \
		if (world_has_dropbear())                      \
			logs_in(*state, SERVER_DROPBEAR, key); \
	}

LOGS_IN(ed25519_logs_in_at_openssh, SERVER_OPENSSH, "id_ed25519")
LOGS_IN(ecdsa_logs_in_at_openssh, SERVER_OPENSSH, "id_ecdsa")
LOGS_IN(ecdsa_pem_logs_in_at_openssh, SERVER_OPENSSH, "id_ecdsa_pem")
LOGS_IN(rsa_logs_in_at_openssh, SERVER_OPENSSH, "id_rsa")
LOGS_IN(rsa_pem_logs_in_at_openssh, SERVER_OPENSSH, "id_rsa_pem")
LOGS_IN(rsa_pkcs8_logs_in_at_openssh, SERVER_OPENSSH, "id_rsa_pkcs8")
LOGS_IN_DROPBEAR(ed25519_logs_in_at_dropbear, "id_ed25519")
LOGS_IN_DROPBEAR(ecdsa_logs_in_at_dropbear, "id_ecdsa")
LOGS_IN_DROPBEAR(ecdsa_pem_logs_in_at_dropbear, "id_ecdsa_pem")
LOGS_IN_DROPBEAR(rsa_logs_in_at_dropbear, "id_rsa")
LOGS_IN_DROPBEAR(rsa_pem_logs_in_at_dropbear, "id_rsa_pem")
LOGS_IN_DROPBEAR(rsa_pkcs8_logs_in_at_dropbear, "id_rsa_pkcs8")

static void logs_in_by_agent(struct ssh_world *world, enum server_kind kind,
			     const char *key)
{
	server_start(world, kind);
	use_keys(world, NULL);
	agent_start(world);
	agent_add(world, "stranger");
	agent_add(world, "stranger_rsa");
	agent_add(world, key);
	connected(world);
	assert_int_equal(run_now(world, "exit 7"), 7);
}

#define BY_AGENT(name, kind, key)                                   \
	static void name(void **state)                              \
	{                                                           \
		if (kind == SERVER_OPENSSH || world_has_dropbear()) \
			logs_in_by_agent(*state, kind, key);        \
	}

BY_AGENT(an_agent_signs_with_ed25519, SERVER_OPENSSH, "id_ed25519")
BY_AGENT(an_agent_signs_with_ecdsa, SERVER_OPENSSH, "id_ecdsa")
BY_AGENT(an_agent_signs_with_rsa, SERVER_OPENSSH, "id_rsa")
BY_AGENT(an_agent_signs_with_ed25519_for_dropbear, SERVER_DROPBEAR,
	 "id_ed25519")
BY_AGENT(an_agent_signs_with_ecdsa_for_dropbear, SERVER_DROPBEAR, "id_ecdsa")
BY_AGENT(an_agent_signs_with_rsa_for_dropbear, SERVER_DROPBEAR, "id_rsa")

static void a_refused_key_is_named(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	use_keys(world, "stranger", "stranger_rsa", NULL);
	world->connect.wait_ms = PATIENCE_MS; /* it is final all the same */
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "@127.0.0.1:");
	says(world, world_user());
	says(world, "/stranger, ");
	says(world, "/stranger_rsa)");
	assert_int_equal(world->server.connections, 1);
}

static void the_second_key_is_tried_too(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	use_keys(world, "stranger", "/nonexistent", "id_secret", "id_rsa",
		 NULL);
	connected(world);
}

static void a_passphrase_is_said_and_not_asked_for(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	use_keys(world, "id_secret", NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "has a passphrase: use an agent");
	disconnect(world);
	use_keys(world, "id_secret_pem", NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "has a passphrase: use an agent");
}

static void what_is_no_key_is_said(void **state)
{
	struct ssh_world *world = *state;
	const char *path = world_path(world, "junk");

	write_file(path,
		   "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
		   "-----END OPENSSH PRIVATE KEY-----\n",
		   75);
	server_start(world, SERVER_OPENSSH);
	use_keys(world, path, NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "is no private key");
	disconnect(world);
	use_keys(world, "/nonexistent", NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "cannot read the key '/nonexistent': No such file");
	disconnect(world);
	use_keys(world, NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "there is no key to log in with");
}

static void an_agent_that_is_not_there_is_said(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	use_keys(world, "stranger", NULL);
	world->spec.agent = "/nonexistent/agent";
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "the agent (no such file");
}

/* More keys than sshd lets one try: then it hangs up. */
static void a_server_that_has_seen_enough_keys_refuses_them(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->server.options = "MaxAuthTries 3";
	use_keys(world, "stranger", "stranger_rsa", "stranger", "stranger_rsa",
		 "stranger", NULL);
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
	says(world, "Too many authentication failures");
}

static void a_server_that_takes_no_keys_is_told_apart(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->server.options = "PubkeyAuthentication no\n"
				"KbdInteractiveAuthentication yes";
	assert_int_equal(connect_now(world), SSH_KEY_REFUSED);
}

static void a_known_host_is_fine(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	known_hosts(world, "ed25519");
	connected(world);
}

/* The server's preference is another type than the one that we know. */
static void the_known_type_is_asked_for(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->server.host_keys = "ed25519 ecdsa rsa";
	known_hosts(world, "ecdsa");
	connected(world);
	disconnect(world);
	known_hosts(world, "ed25519");
	connected(world);
}

static void dropbear_has_the_known_types_too(void **state)
{
	struct ssh_world *world = *state;

	if (!world_has_dropbear())
		return;
	server_start(world, SERVER_DROPBEAR);
	world->server.host_keys = "ed25519 ecdsa rsa";
	known_hosts(world, "ecdsa");
	connected(world);
	disconnect(world);
	known_hosts(world, "ed25519");
	connected(world);
}

/* With libssh2 1.10 an rsa host key means SHA-1, which OpenSSH does not do. */
static void an_rsa_host_key_works_or_is_explained(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->server.host_keys = "rsa";
	if (connect_now(world) != SSH_DONE) {
		assert_int_equal(world->result.end, SSH_PEER);
		says(world, "with rsa it has SHA-1 only");
	}
	disconnect(world);
	known_hosts(world, "rsa");
	if (connect_now(world) != SSH_DONE) {
		assert_int_equal(world->result.end, SSH_HOST_KEY);
		says(world, "(ssh-rsa)");
	}
}

static void a_hashed_name_is_found(void **state)
{
	struct ssh_world *world = *state;
	const char *path;

	server_start(world, SERVER_OPENSSH);
	world->server.host_keys = "ed25519 ecdsa";
	path = known_hosts(world, "ecdsa");
	sh("ssh-keygen -q -H -f %s && ! grep 127.0.0.1 %s", path, path);
	connected(world);
}

static void an_unknown_host_is_refused(void **state)
{
	struct ssh_world *world = *state;
	const char *path;

	server_start(world, SERVER_OPENSSH);
	path = known_hosts(world, "");
	world->connect.wait_ms = PATIENCE_MS; /* it is final all the same */
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "(ssh-ed25519 SHA256:");
	says(world, path);
	says(world, "ssh-keyscan -p ");
	disconnect(world);
	world->spec.known_hosts = "/nonexistent/known_hosts";
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "/nonexistent/known_hosts");
	disconnect(world);
	world->spec.known_hosts = NULL;
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "no known_hosts file");
}

/* A line for another port, comments and junk are in the way. */
static void other_lines_do_not_count(void **state)
{
	struct ssh_world *world = *state;
	const char *path;

	server_start(world, SERVER_OPENSSH);
	path = known_hosts(world, "ed25519");
	sh("cd %s && { echo '# comment'; echo; echo junk; echo 'a b c d'; "
	   "printf '127.0.0.1 '; cut -d' ' -f1,2 stranger.pub; "
	   "printf '[127.0.0.1]:1 '; cut -d' ' -f1,2 stranger.pub; "
	   "printf 'a,[127.0.0.1]:%d,b '; cat host_ed25519.pub; "
	   "echo '@cert-authority * ssh-ed25519 AAAA'; } >%s",
	   world_key("."), world->server.port, path);
	connected(world);
}

static void replace_host_key(struct ssh_world *world, const char *path)
{
	sh("cd %s && { printf '[127.0.0.1]:%d '; cat stranger.pub; } >%s",
	   world_key("."), world->server.port, path);
}

static void a_changed_host_key_is_refused(void **state)
{
	struct ssh_world *world = *state;
	const char *path;

	server_start(world, SERVER_OPENSSH);
	path = known_hosts(world, "ed25519");
	replace_host_key(world, path);
	world->connect.wait_ms = PATIENCE_MS; /* it is final all the same */
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "its host key changed");
	says(world, "ssh-keygen -f ");
	says(world, path);
	assert_int_equal(world->server.connections, 1);
	disconnect(world);
	world->spec.trust_first = true; /* is for unknown ones only */
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
}

static void a_host_with_another_type_only_is_refused(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	known_hosts(world, "ecdsa");
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "(ecdsa-sha2-nistp256)");
}

static void a_revoked_host_key_is_refused(void **state)
{
	struct ssh_world *world = *state;
	const char *path;

	server_start(world, SERVER_OPENSSH);
	path = known_hosts(world, "ed25519");
	sh("cd %s && { printf '@revoked [127.0.0.1]:%d '; "
	   "cat host_ed25519.pub; } >>%s",
	   world_key("."), world->server.port, path);
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "revoked");
}

static void a_pinned_key_is_enough(void **state)
{
	struct ssh_world *world = *state;
	char *line;

	server_start(world, SERVER_OPENSSH);
	world->server.host_keys = "ed25519 ecdsa";
	world->spec.trust_first = false;
	line = known_line(world, "ecdsa");
	world->spec.host_key = line;
	connected(world);
	disconnect(world);
	world->spec.host_key = NULL;
	world->spec.host_key_file = world_key("host_ed25519.pub");
	connected(world);
	free(line);
}

static void a_wrong_pinned_key_is_refused(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	world->spec.host_key_file = world_key("stranger.pub");
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "is not the one in /");
	says(world, "stranger.pub");
	disconnect(world);
	world->spec.host_key_file = world_key("stranger");
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "there is no public host key in '");
	disconnect(world);
	world->spec.host_key_file = NULL;
	world->spec.host_key = "ssh-ed25519 AAAA";
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
	says(world, "this is no public host key");
}

static void the_first_key_is_believed_once(void **state)
{
	struct ssh_world *world = *state;

	server_start(world, SERVER_OPENSSH);
	connected(world);
	server_kill(&world->server);
	while (ssh_is_open(world->ssh))
		uv_run(&world->loop, UV_RUN_ONCE);
	connected(world);
	server_kill(&world->server);
	while (ssh_is_open(world->ssh))
		uv_run(&world->loop, UV_RUN_ONCE);
	world->server.host_keys = "ecdsa";
	assert_int_equal(connect_now(world), SSH_HOST_KEY);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(ed25519_logs_in_at_openssh),
		TEST(ecdsa_logs_in_at_openssh),
		TEST(ecdsa_pem_logs_in_at_openssh),
		TEST(rsa_logs_in_at_openssh),
		TEST(rsa_pem_logs_in_at_openssh),
		TEST(rsa_pkcs8_logs_in_at_openssh),
		TEST(ed25519_logs_in_at_dropbear),
		TEST(ecdsa_logs_in_at_dropbear),
		TEST(ecdsa_pem_logs_in_at_dropbear),
		TEST(rsa_logs_in_at_dropbear),
		TEST(rsa_pem_logs_in_at_dropbear),
		TEST(rsa_pkcs8_logs_in_at_dropbear),
		TEST(an_agent_signs_with_ed25519),
		TEST(an_agent_signs_with_ecdsa),
		TEST(an_agent_signs_with_rsa),
		TEST(an_agent_signs_with_ed25519_for_dropbear),
		TEST(an_agent_signs_with_ecdsa_for_dropbear),
		TEST(an_agent_signs_with_rsa_for_dropbear),
		TEST(a_refused_key_is_named),
		TEST(the_second_key_is_tried_too),
		TEST(a_passphrase_is_said_and_not_asked_for),
		TEST(what_is_no_key_is_said),
		TEST(an_agent_that_is_not_there_is_said),
		TEST(a_server_that_has_seen_enough_keys_refuses_them),
		TEST(a_server_that_takes_no_keys_is_told_apart),
		TEST(a_known_host_is_fine),
		TEST(the_known_type_is_asked_for),
		TEST(dropbear_has_the_known_types_too),
		TEST(an_rsa_host_key_works_or_is_explained),
		TEST(a_hashed_name_is_found),
		TEST(an_unknown_host_is_refused),
		TEST(other_lines_do_not_count),
		TEST(a_changed_host_key_is_refused),
		TEST(a_host_with_another_type_only_is_refused),
		TEST(a_revoked_host_key_is_refused),
		TEST(a_pinned_key_is_enough),
		TEST(a_wrong_pinned_key_is_refused),
		TEST(the_first_key_is_believed_once),
	};
	int failed;

	if (!world_begin(argc, argv))
		return 0;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_end();
	return failed;
}
