/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What listens on a port says any bytes, before any of them is encrypted.
 * Nobody who does not know our host's key is ever believed, and what is said
 * of it is one clean sentence.
 */
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "run/ssh.h"

const char *__lsan_default_suppressions(void);

/* libssh2 loses what libcrypto gave it when a key or salt is malformed. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libcrypto";
}

#define PINNED                                                             \
	"ssh-ed25519 "                                                     \
	"AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc" \
	"HR4f"

static int listener, port;

struct said {
	bool ended;
	enum ssh_end end;
	char text[512];
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);

	(void)argc;
	(void)argv;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(bind(listener, (struct sockaddr *)&address, length) == 0);
	need(listen(listener, 5) == 0);
	need(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
	port = ntohs(address.sin_port);
	return 0;
}

static void on_done(void *data, enum ssh_end end, const struct error *err)
{
	struct said *said = data;

	said->ended = true;
	said->end = end;
	str_copy(said->text, sizeof(said->text), err->text);
}

/* All of it is on its way before anybody reads, and then its end. */
static int speak(const uint8_t *data, size_t size)
{
	const struct linger now = { .l_onoff = 1 };
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	ssize_t written;

	need(peer >= 0);
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	written = write(peer, data, size);
	(void)written;
	shutdown(peer, SHUT_WR);
	return peer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ssh_spec spec = { .host = "127.0.0.1",
				       .port = port,
				       .user = "me",
				       .host_key = PINNED };
	struct said said = { .ended = false };
	const struct ssh_connect connect = { .timeout_ms = 2000,
					     .done = on_done,
					     .data = &said };
	struct error err = ERROR_INIT;
	uv_loop_t loop;
	struct ssh *ssh;
	int peer = -1;

	need(uv_loop_init(&loop) == 0);
	ssh = ssh_new(&loop, &spec);
	need(ssh_connect(ssh, &connect, &err) == 0);
	while (!said.ended) {
		struct pollfd waits = { .fd = listener, .events = POLLIN };

		if (peer < 0 && poll(&waits, 1, 0) == 1)
			peer = speak(data, size);
		uv_run(&loop, UV_RUN_ONCE);
	}
	need(said.end != SSH_DONE && said.text[0]);
	need(fuzz_clean(said.text, false));
	ssh_free(ssh);
	uv_run(&loop, UV_RUN_DEFAULT);
	need(uv_loop_close(&loop) == 0);
	if (peer >= 0)
		close(peer);
	return 0;
}
