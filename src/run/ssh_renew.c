/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <stdio.h>
#include <string.h>

#include "run/ssh_op.h"

/* For the new connection, where the spec does not say when it is dead. */
#define RENEW_MS 30000

/*
 * A dropbear whose child ends while a channel is open, but its command is not
 * yet asked for, takes that channel for one that is done (from 2022.82 to
 * 2024.85; its pull request 326): then it dies of an assertion, or says
 * nothing about that command any more.  Children end when they like: sftp's
 * server, what a limit cut short, and now and then one whose status was told
 * already.  A connection that had no child yet has no such moment.
 */
bool ssh_peer_is_frail(const char *banner)
{
	const char *name = banner ? strstr(banner, "dropbear") : NULL;
	int year, number;

	if (!name)
		return false;
	return sscanf(name, "dropbear_%d.%d", &year, &number) != 2 ||
	       year < 2024 || (year == 2024 && number < 86);
}

void ssh_renew(struct ssh_op *op)
{
	struct ssh *ssh = op->ssh;
	int64_t dead = ssh->spec.dead_ms;
	/* Once: a machine that is up again after a while is another one. */
	const struct ssh_connect connect = {
		.timeout_ms = dead > 0 ? dead : RENEW_MS,
	};
	struct error err = ERROR_INIT;

	ssh->limit_at = 0;
	if (uv_is_active((uv_handle_t *)&ssh->limit))
		ssh->limit_at =
			uv_now(ssh->loop) + uv_timer_get_due_in(&ssh->limit);
	uv_timer_stop(&ssh->limit);
	ssh_drop(ssh);
	ssh->op = NULL;
	if (ssh_connect(ssh, &connect, &err) == 0) {
		ssh->waiting = op;
		return;
	}
	ssh->op = op;
	ssh_op_end(op, SSH_LOST, "%s: %s", op->what, err.text);
}

/*
 * The command was not asked for yet, so a peer that is gone now was lost as
 * if it had been under way.
 */
void ssh_renewed(struct ssh *ssh, const struct ssh_op *connect)
{
	struct ssh_op *op = ssh->waiting;
	enum ssh_end end = connect->end;

	uint64_t now;

	ssh->waiting = NULL;
	ssh->op = op;
	if (end == SSH_DONE && ssh->open) {
		uv_update_time(ssh->loop);
		now = uv_now(ssh->loop);
		if (ssh->limit_at > 0)
			ssh_op_timer(op, ssh->limit_at > now
						 ? ssh->limit_at - now
						 : 0);
		return;
	}
	if (end == SSH_DONE || end == SSH_TIMEOUT || end == SSH_REFUSED)
		end = SSH_LOST;
	ssh_op_end(op, end, "%s: the connection is lost", op->what);
	if (connect->end != SSH_DONE)
		op->err = connect->err;
}
