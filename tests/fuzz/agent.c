/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What listens at SSH_AUTH_SOCK answers with any bytes.  It ends, and has no
 * more keys than are in the bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <uv.h>

#include "run/ssh_agent.h"
#include "tests/unit/scratch.h"

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static char *scratch;
static int listener;

static void clear(void)
{
	scratch_remove(scratch);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	scratch = scratch_make();
	atexit(clear);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/agent",
		 scratch);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
	need(listen(listener, 5) == 0);
	return 0;
}

static void on_event(void *data)
{
	(void)data;
}

static void check(struct ssh_agent *agent, size_t size)
{
	size_t count, length;
	const struct ssh_agent_key *keys = ssh_agent_keys(agent, &count);

	need(count <= size);
	for (size_t i = 0; i < count; i++) {
		need(keys[i].length <= size);
		need(fuzz_clean(keys[i].type, false));
		need(fuzz_clean(keys[i].comment, false));
	}
	if (ssh_agent_state(agent) == SSH_AGENT_READY)
		ssh_agent_signature(agent, &length);
	else
		need(ssh_agent_problem(agent) &&
		     fuzz_clean(ssh_agent_problem(agent), false));
}

/* All of it is in the socket before anybody reads, and then its end. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssh_agent *agent;
	bool asked = false;
	uv_loop_t loop;
	int peer;

	if (size > 65536)
		return 0;
	need(uv_loop_init(&loop) == 0);
	agent = ssh_agent_new(&loop, address.sun_path, on_event, NULL);
	peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	need(peer >= 0);
	if (size && write(peer, data, size) != (ssize_t)size)
		size = 0;
	shutdown(peer, SHUT_WR);
	for (;;) {
		size_t count = 0;
		const struct ssh_agent_key *keys;

		while (ssh_agent_state(agent) == SSH_AGENT_BUSY)
			need(uv_run(&loop, UV_RUN_ONCE) >= 0);
		check(agent, size);
		keys = ssh_agent_keys(agent, &count);
		if (ssh_agent_state(agent) != SSH_AGENT_READY || asked ||
		    count == 0)
			break;
		asked = true;
		ssh_agent_sign(agent, keys, keys->type,
			       (const unsigned char *)"sign", 4);
	}
	ssh_agent_free(agent);
	uv_run(&loop, UV_RUN_DEFAULT);
	need(uv_loop_close(&loop) == 0);
	close(peer);
	return 0;
}
