/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/xalloc.h"
#include "run/ssh_op.h"

static char **copy_list(const char *const *list)
{
	size_t count = 0;
	char **copy;

	while (list && list[count])
		count++;
	copy = xcalloc(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = xstrdup(list[i]);
	return copy;
}

static void on_kick(uv_timer_t *timer);

struct ssh *ssh_new(uv_loop_t *loop, const struct ssh_spec *spec)
{
	struct ssh *ssh = xcalloc(1, sizeof(*ssh));
	uv_timer_t *const timers[] = { &ssh->kick, &ssh->limit, &ssh->pulse };

	ssh->loop = loop;
	ssh->spec = *spec;
	ssh->spec.host = xstrdup(spec->host);
	ssh->spec.user = xstrdup(spec->user);
	ssh->spec.known_hosts = xstrdup_null(spec->known_hosts);
	ssh->spec.host_key = xstrdup_null(spec->host_key);
	ssh->spec.host_key_file = xstrdup_null(spec->host_key_file);
	ssh->spec.agent = xstrdup_null(spec->agent);
	ssh->spec.key_files = (const char *const *)copy_list(spec->key_files);
	ssh->name = xasprintf("%s@%s:%d", spec->user, spec->host, spec->port);
	ssh->host_name = spec->port == 22
				 ? xstrdup(spec->host)
				 : xasprintf("[%s]:%d", spec->host, spec->port);
	ssh_hosts_init(&ssh->trusted);
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		uv_timer_init(loop, timers[i]);
		timers[i]->data = ssh;
		ssh->handle_count++;
	}
	return ssh;
}

/* The spec's strings are const for its owner; here they are ours. */
static void free_string(const char *text)
{
	free((void *)(uintptr_t)text);
}

static void free_all(struct ssh *ssh)
{
	for (size_t i = 0; ssh->spec.key_files[i]; i++)
		free_string(ssh->spec.key_files[i]);
	free((void *)(uintptr_t)ssh->spec.key_files);
	free_string(ssh->spec.host);
	free_string(ssh->spec.user);
	free_string(ssh->spec.known_hosts);
	free_string(ssh->spec.host_key);
	free_string(ssh->spec.host_key_file);
	free_string(ssh->spec.agent);
	free(ssh->name);
	free(ssh->host_name);
	free(ssh->left);
	ssh_hosts_release(&ssh->trusted);
	free(ssh);
}

static void on_closed(uv_handle_t *handle)
{
	struct ssh *ssh = handle->data;

	if (--ssh->handle_count == 0)
		free_all(ssh);
}

void ssh_free(struct ssh *ssh)
{
	if (!ssh || ssh->freed)
		return;
	ssh->freed = true;
	ssh_cancel(ssh);
	ssh_kick(ssh);
}

bool ssh_is_open(const struct ssh *ssh)
{
	return ssh->open;
}

void ssh_kick(struct ssh *ssh)
{
	uv_timer_start(&ssh->kick, on_kick, 0, 0);
}

void ssh_drop(struct ssh *ssh)
{
	uv_timer_stop(&ssh->pulse);
	ssh_wire_close(ssh->wire);
	ssh->wire = NULL;
	ssh->open = false;
	ssh->spare = NULL;
	ssh->left_count = 0;
}

void ssh_let_go(struct ssh *ssh, LIBSSH2_CHANNEL *channel)
{
	if (!channel || !ssh->wire)
		return;
	array_grow(ssh->left, ssh->left_count + 1, &ssh->left_room);
	ssh->left[ssh->left_count++] = channel;
}

static void free_left(struct ssh *ssh)
{
	size_t kept = 0;

	for (size_t i = 0; i < ssh->left_count; i++) {
		if (libssh2_channel_free(ssh->left[i]) == LIBSSH2_ERROR_EAGAIN)
			ssh->left[kept++] = ssh->left[i];
	}
	ssh->left_count = kept;
}

/* False when the peer does not want to. */
static bool open_spare(struct ssh *ssh)
{
	LIBSSH2_SESSION *session = ssh_wire_session(ssh->wire);

	if (ssh->spare)
		return true;
	ssh->spare =
		libssh2_channel_open_ex(session, "session", strlen("session"),
					256 * 1024, 32 * 1024, NULL, 0);
	return ssh->spare ||
	       libssh2_session_last_errno(session) == LIBSSH2_ERROR_EAGAIN;
}

LIBSSH2_CHANNEL *ssh_take_channel(struct ssh_op *op)
{
	struct ssh *ssh = op->ssh;
	LIBSSH2_CHANNEL *channel;

	if (ssh->frail && ssh->spent) {
		ssh_renew(op);
		return NULL;
	}
	if (!open_spare(ssh))
		ssh_op_failed(op, "cannot open a channel");
	channel = ssh->spare;
	ssh->spare = NULL;
	ssh->spent = ssh->spent || channel;
	return channel;
}

static void lost(struct ssh *ssh, const char *why)
{
	struct error err = ERROR_INIT;

	error_set(&err, ERROR_SYSTEM, "%s: the connection is lost: %s",
		  ssh->name, why);
	ssh_drop(ssh);
	if (ssh->spec.on_lost && !ssh->freed)
		ssh->spec.on_lost(ssh->spec.data, &err);
}

/* Nothing is under way: read what comes all the same. */
static void idle(struct ssh *ssh)
{
	char scrap[1024];
	ssize_t got = 0;

	ssh->spent = true; /* this channel is for listening */
	if (open_spare(ssh)) {
		while (ssh->spare && got >= 0) {
			got = libssh2_channel_read(ssh->spare, scrap,
						   sizeof(scrap));
			if (got == 0 && libssh2_channel_eof(ssh->spare)) {
				ssh_let_go(ssh, ssh->spare);
				ssh->spare = NULL;
			}
		}
		if (!ssh_wire_ended(ssh->wire) &&
		    (got >= 0 || got == LIBSSH2_ERROR_EAGAIN))
			return;
	}
	lost(ssh, ssh_wire_ended(ssh->wire) ? ssh_wire_ended(ssh->wire)
					    : "the peer opens no channel");
}

static void destroy(struct ssh *ssh)
{
	uv_timer_t *const timers[] = { &ssh->kick, &ssh->limit, &ssh->pulse };

	ssh_drop(ssh);
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++)
		uv_close((uv_handle_t *)timers[i], on_closed);
}

static void finish(struct ssh *ssh)
{
	struct ssh_op *op = ssh->op;

	ssh->op = NULL;
	uv_timer_stop(&ssh->limit);
	op->kind->release(op);
	if (ssh->open && ssh_wire_ended(ssh->wire))
		ssh_drop(ssh);
	ssh_kick(ssh);
	if (ssh->waiting)
		ssh_renewed(ssh, op);
	op->kind->report(op);
	op->kind->free(op);
}

/*
 * Whoever reads takes in what others wait for: a channel that is closed the
 * data of the operation, its reading the room to write.  So all have their
 * turn again until nothing more comes.
 */
static void step(struct ssh *ssh, struct ssh_op *op)
{
	uint64_t before, after = 0;

	do {
		before = after;
		if (op && !op->over)
			op->kind->step(op);
		if (ssh->open)
			free_left(ssh);
		if (ssh->wire)
			after = ssh_wire_received(ssh->wire);
	} while (op && !op->over && ssh->wire && after != before);
}

void ssh_drive(void *data)
{
	struct ssh *ssh = data;
	struct ssh_op *op = ssh->op;

	if (ssh->wire)
		ssh_wire_turn(ssh->wire);
	step(ssh, op);
	if (op && !op->over && ssh->open && ssh_wire_ended(ssh->wire))
		ssh_op_failed(op, op->what);
	if (op && op->over)
		finish(ssh);
	else if (!op && ssh->open)
		idle(ssh);
}

static void on_kick(uv_timer_t *timer)
{
	struct ssh *ssh = timer->data;

	if (ssh->freed && !ssh->op)
		destroy(ssh);
	else
		ssh_drive(ssh);
}

static void on_limit(uv_timer_t *timer)
{
	struct ssh *ssh = timer->data;
	struct ssh_op *op = ssh->op;

	if (op->kind->due && !op->over)
		op->kind->due(op);
	else
		ssh_op_end(op, SSH_TIMEOUT, "%s took longer than its limit",
			   op->what);
	ssh_drive(ssh);
}

void ssh_op_timer(struct ssh_op *op, uint64_t in_ms)
{
	uv_update_time(op->ssh->loop);
	uv_timer_start(&op->ssh->limit, on_limit, in_ms, 0);
}

int ssh_op_may_begin(const struct ssh *ssh, struct error *err)
{
	if (ssh->op || ssh->freed)
		return error_set(err, ERROR_BUSY,
				 "%s: something else is under way", ssh->name);
	if (!ssh->open)
		return error_set(err, ERROR_STATE, "%s: there is no connection",
				 ssh->name);
	return 0;
}

void ssh_op_begin(struct ssh *ssh, struct ssh_op *op, int64_t timeout_ms)
{
	uv_update_time(ssh->loop);
	op->ssh = ssh;
	op->began = uv_now(ssh->loop);
	ssh->op = op;
	if (timeout_ms > 0)
		ssh_op_timer(op, (uint64_t)timeout_ms);
	ssh_kick(ssh);
}

void ssh_op_end(struct ssh_op *op, enum ssh_end end, const char *format, ...)
{
	va_list args;
	char text[sizeof(op->err.text)];

	if (op->over)
		return;
	op->over = true;
	op->end = end;
	if (end == SSH_DONE)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error_set(&op->err, ERROR_SYSTEM, "%s: %s", op->ssh->name, text);
}

/* Is this an answer to what was asked, after which the connection works? */
static bool is_no(int code)
{
	return code == LIBSSH2_ERROR_CHANNEL_FAILURE ||
	       code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED;
}

void ssh_op_failed(struct ssh_op *op, const char *what)
{
	LIBSSH2_SESSION *session = ssh_wire_session(op->ssh->wire);
	const char *ended = ssh_wire_ended(op->ssh->wire);
	char *text = NULL;
	int code;

	if (ended) {
		ssh_op_end(op,
			   ssh_wire_hostile(op->ssh->wire) ? SSH_PEER
							   : SSH_LOST,
			   "%s: the connection is lost: %s", what, ended);
		return;
	}
	code = libssh2_session_last_error(session, &text, NULL, 0);
	ssh_op_end(op, SSH_PEER, "%s: %s", what,
		   text && *text ? text : "the peer's answer makes no sense");
	if (!is_no(code))
		ssh_wire_give_up(op->ssh->wire);
}

static void on_pulse(uv_timer_t *timer)
{
	struct ssh *ssh = timer->data;
	uint64_t beat = (uint64_t)ssh->spec.keepalive_ms;
	uint64_t dead = (uint64_t)ssh->spec.dead_ms;
	uint64_t quiet = uv_now(ssh->loop) - ssh_wire_heard(ssh->wire);

	if (dead > 0 && quiet >= dead) {
		ssh_wire_silent(ssh->wire, quiet);
		ssh_drive(ssh);
		return;
	}
	if (quiet >= beat)
		libssh2_keepalive_send(ssh_wire_session(ssh->wire), NULL);
	if (ssh_wire_ended(ssh->wire)) {
		ssh_drive(ssh);
		return;
	}
	if (dead > quiet && dead - quiet < beat)
		beat = dead - quiet;
	uv_timer_start(timer, on_pulse, beat, 0);
}

void ssh_opened(struct ssh *ssh)
{
	LIBSSH2_SESSION *session = ssh_wire_session(ssh->wire);

	ssh->open = true;
	ssh->frail = ssh_peer_is_frail(libssh2_session_banner_get(session));
	ssh->spent = false;
	ssh_wire_trust(ssh->wire);
	if (ssh->spec.keepalive_ms <= 0)
		return;
	/* Its own clock has whole seconds, and no fewer than two of them. */
	libssh2_keepalive_config(session, 1, 1);
	uv_timer_start(&ssh->pulse, on_pulse, (uint64_t)ssh->spec.keepalive_ms,
		       0);
}

void ssh_cancel(struct ssh *ssh)
{
	if (!ssh->op || ssh->op->over)
		return;
	ssh_op_end(ssh->op, SSH_CANCELLED, "%s was cancelled", ssh->op->what);
	ssh_kick(ssh);
}
