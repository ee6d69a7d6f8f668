/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_agent.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_blob.h"

/* draft-miller-ssh-agent, section 6 */
#define AGENT_FAILURE	 5
#define AGENT_LIST	 11
#define AGENT_KEYS	 12
#define AGENT_SIGN	 13
#define AGENT_SIGNATURE	 14
#define AGENT_RSA_SHA256 2
#define AGENT_RSA_SHA512 4

#define ANSWER_MAX (256 * 1024)
#define KEYS_MAX   256

struct ssh_agent {
	uv_pipe_t pipe;
	uv_connect_t connect;
	bool closed;
	enum ssh_agent_state state;
	char problem[128];
	struct ssh_agent_key *keys;
	size_t count;
	size_t room;
	char method[64]; /* of the signature that is asked for */
	struct buf answer;
	struct buf signature;
	void (*on_event)(void *data);
	void *data;
	char chunk[4096];
};

struct request {
	uv_write_t write;
	struct ssh_agent *agent;
	struct buf bytes;
};

static void fail(struct ssh_agent *agent, const char *why)
{
	agent->state = SSH_AGENT_FAILED;
	str_copy(agent->problem, sizeof(agent->problem), why);
	if (!uv_is_closing((uv_handle_t *)&agent->pipe))
		uv_read_stop((uv_stream_t *)&agent->pipe);
}

static void tell(struct ssh_agent *agent)
{
	if (!agent->closed)
		agent->on_event(agent->data);
}

static void on_written(uv_write_t *write, int status)
{
	struct request *request = write->data;
	struct ssh_agent *agent = request->agent;

	buf_release(&request->bytes);
	free(request);
	if (status < 0 && !agent->closed) {
		fail(agent, uv_strerror(status));
		tell(agent);
	}
}

/* Sends the message, with its length in front. */
static void ask(struct ssh_agent *agent, const struct buf *message)
{
	struct request *request = xcalloc(1, sizeof(*request));
	uv_buf_t part;
	int code;

	buf_init(&request->bytes, 0);
	ssh_blob_put_string(&request->bytes, message->text, message->length);
	request->agent = agent;
	request->write.data = request;
	part = uv_buf_init(request->bytes.text,
			   (unsigned int)request->bytes.length);
	code = uv_write(&request->write, (uv_stream_t *)&agent->pipe, &part, 1,
			on_written);
	if (code < 0) {
		buf_release(&request->bytes);
		free(request);
		fail(agent, uv_strerror(code));
	}
}

static void take_keys(struct ssh_agent *agent, struct ssh_blob *answer)
{
	uint32_t count = ssh_blob_u32(answer);

	for (uint32_t i = 0; i < count && i < KEYS_MAX && !answer->bad; i++) {
		struct ssh_blob blob = ssh_blob_string(answer), type = blob;
		struct ssh_agent_key *key;

		array_grow(agent->keys, agent->count + 1, &agent->room);
		key = &agent->keys[agent->count++];
		key->blob = xmalloc(blob.left + 1);
		key->length = blob.left;
		memcpy(key->blob, blob.next, blob.left);
		ssh_blob_text(&type, key->type, sizeof(key->type));
		ssh_blob_text(answer, key->comment, sizeof(key->comment));
	}
}

static void take_signature(struct ssh_agent *agent, struct ssh_blob *answer)
{
	struct ssh_blob whole = ssh_blob_string(answer), bytes;
	char method[64];

	ssh_blob_text(&whole, method, sizeof(method));
	bytes = ssh_blob_string(&whole);
	/* An agent that does not know the flag signs with SHA-1. */
	if (!whole.bad && str_equal(method, agent->method))
		buf_add(&agent->signature, bytes.next, bytes.left);
}

static void take(struct ssh_agent *agent, struct ssh_blob answer)
{
	uint8_t kind = ssh_blob_byte(&answer);

	if (agent->state != SSH_AGENT_BUSY) {
		fail(agent, "it says what nobody asked");
		return;
	}
	agent->state = SSH_AGENT_READY;
	if (kind == AGENT_KEYS)
		take_keys(agent, &answer);
	else if (kind == AGENT_SIGNATURE)
		take_signature(agent, &answer);
	else if (kind != AGENT_FAILURE)
		fail(agent, "its answer makes no sense");
}

static void take_whole_answers(struct ssh_agent *agent)
{
	for (;;) {
		struct ssh_blob all =
			ssh_blob(agent->answer.text, agent->answer.length);
		uint32_t length = ssh_blob_u32(&all);

		if (!all.bad && length > ANSWER_MAX) {
			fail(agent, "its answer is too long");
			return;
		}
		if (all.bad || all.left < length)
			return;
		take(agent, ssh_blob(all.next, length));
		agent->answer.length = all.left - length;
		memmove(agent->answer.text, all.next + length,
			agent->answer.length);
		if (agent->state == SSH_AGENT_FAILED)
			return;
	}
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct ssh_agent *agent = handle->data;

	(void)wanted;
	*out = uv_buf_init(agent->chunk, sizeof(agent->chunk));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
	struct ssh_agent *agent = stream->data;

	if (got > 0) {
		buf_add(&agent->answer, bytes->base, (size_t)got);
		take_whole_answers(agent);
	} else if (got < 0) {
		fail(agent, got == UV_EOF ? "it closed the connection"
					  : uv_strerror((int)got));
	}
	if (got != 0)
		tell(agent);
}

static void free_all(struct ssh_agent *agent)
{
	for (size_t i = 0; i < agent->count; i++)
		free(agent->keys[i].blob);
	free(agent->keys);
	buf_release(&agent->answer);
	buf_release(&agent->signature);
	free(agent);
}

static void on_connect(uv_connect_t *connect, int status)
{
	struct ssh_agent *agent = connect->data;
	struct buf message;

	if (agent->closed)
		return;
	if (status < 0) {
		fail(agent, uv_strerror(status));
		tell(agent);
		return;
	}
	buf_init(&message, 0);
	buf_putc(&message, AGENT_LIST);
	uv_read_start((uv_stream_t *)&agent->pipe, give_room, on_read);
	ask(agent, &message);
	buf_release(&message);
	if (agent->state == SSH_AGENT_FAILED)
		tell(agent);
}

struct ssh_agent *ssh_agent_new(uv_loop_t *loop, const char *path,
				void (*on_event)(void *data), void *data)
{
	struct ssh_agent *agent = xcalloc(1, sizeof(*agent));

	agent->on_event = on_event;
	agent->data = data;
	buf_init(&agent->answer, 0);
	buf_init(&agent->signature, 0);
	uv_pipe_init(loop, &agent->pipe, 0);
	agent->pipe.data = agent;
	agent->connect.data = agent;
	uv_pipe_connect(&agent->connect, &agent->pipe, path, on_connect);
	return agent;
}

/* libuv calls back for its requests before this. */
static void on_closed(uv_handle_t *handle)
{
	free_all(handle->data);
}

void ssh_agent_free(struct ssh_agent *agent)
{
	if (!agent || agent->closed)
		return;
	agent->closed = true;
	uv_close((uv_handle_t *)&agent->pipe, on_closed);
}

enum ssh_agent_state ssh_agent_state(const struct ssh_agent *agent)
{
	return agent->state;
}

const char *ssh_agent_problem(const struct ssh_agent *agent)
{
	return agent->problem;
}

const struct ssh_agent_key *ssh_agent_keys(const struct ssh_agent *agent,
					   size_t *count)
{
	*count = agent->count;
	return agent->keys;
}

void ssh_agent_sign(struct ssh_agent *agent, const struct ssh_agent_key *key,
		    const char *method, const unsigned char *bytes,
		    size_t length)
{
	struct buf message;
	uint32_t flags = 0;

	if (str_equal(method, "rsa-sha2-256"))
		flags = AGENT_RSA_SHA256;
	else if (str_equal(method, "rsa-sha2-512"))
		flags = AGENT_RSA_SHA512;
	str_copy(agent->method, sizeof(agent->method), method);
	agent->state = SSH_AGENT_BUSY;
	buf_clear(&agent->signature);
	buf_init(&message, 0);
	buf_putc(&message, AGENT_SIGN);
	ssh_blob_put_string(&message, key->blob, key->length);
	ssh_blob_put_string(&message, bytes, length);
	ssh_blob_put_u32(&message, flags);
	ask(agent, &message);
	buf_release(&message);
}

const unsigned char *ssh_agent_signature(const struct ssh_agent *agent,
					 size_t *length)
{
	*length = agent->signature.length;
	return *length ? (const unsigned char *)agent->signature.text : NULL;
}
