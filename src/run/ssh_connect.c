/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh.h"

#include <netdb.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_auth.h"
#include "run/ssh_op.h"

/*
 * Connecting: one try or many.
 *
 *     waiting -> resolving     [begin_try: the timer, or at once]
 *     resolving -> opening     [on_resolved]
 *     opening -> opening       [next_address: this one did not work]
 *     opening -> greeting      [the socket is open: begin_session]
 *     greeting -> logging in   [the host key is good: check_host]
 *     logging in -> over       [logged in]
 *     any -> waiting           [try_failed: worth another try, and time]
 *     any -> over              [try_failed: it is not]
 *
 * There is a wire in the states opening, greeting and logging in only; there
 * is a name to resolve in that state only; auth exists while logging in.
 */
enum connect_state {
	CONNECT_WAITING,
	CONNECT_RESOLVING,
	CONNECT_OPENING,
	CONNECT_GREETING,
	CONNECT_LOGGING_IN,
};

/* Belongs to libuv until it calls back; nobody may be interested by then. */
struct resolve {
	uv_getaddrinfo_t request;
	struct connect *connect;
};

struct connect {
	struct ssh_op op;
	struct ssh_connect spec;
	enum connect_state state;
	uint64_t deadline; /* 0: one try */
	uint64_t try_began;
	int tries;
	struct resolve *resolve;
	struct addrinfo *addresses;
	struct addrinfo *address; /* the one that is tried */
	struct ssh_hosts hosts;	  /* what the peer may be known by */
	struct ssh_auth *auth;
};

static struct connect *connect_of(struct ssh_op *op)
{
	return (struct connect *)op; /* its first member */
}

/* Let go of all that belongs to one try. */
static void end_try(struct connect *connect)
{
	if (connect->resolve)
		connect->resolve->connect = NULL;
	connect->resolve = NULL;
	ssh_auth_free(connect->auth);
	connect->auth = NULL;
	if (!connect->op.ssh->open)
		ssh_drop(connect->op.ssh);
	if (connect->addresses)
		uv_freeaddrinfo(connect->addresses);
	connect->addresses = connect->address = NULL;
	ssh_hosts_release(&connect->hosts);
}

static bool is_worth_another(enum ssh_end end)
{
	return end == SSH_REFUSED || end == SSH_TIMEOUT || end == SSH_LOST;
}

static void try_failed(struct connect *connect, enum ssh_end end,
		       const char *why)
{
	struct ssh_op *op = &connect->op;
	uint64_t now, next;

	uv_update_time(op->ssh->loop);
	now = uv_now(op->ssh->loop);
	next = connect->try_began + (uint64_t)connect->spec.interval_ms;
	end_try(connect);
	connect->state = CONNECT_WAITING;
	if (next < now)
		next = now;
	if (!is_worth_another(end) || next >= connect->deadline) {
		if (connect->tries > 1 && is_worth_another(end))
			ssh_op_end(op, end, "%s (gave up after %d tries)", why,
				   connect->tries);
		else
			ssh_op_end(op, end, "%s", why);
		return;
	}
	ssh_op_timer(op, next - now);
}

static void next_address(struct connect *connect, const char *why)
{
	struct ssh *ssh = connect->op.ssh;
	struct error err = ERROR_INIT;

	str_copy(err.text, sizeof(err.text), why);
	ssh_drop(ssh);
	while (!ssh->wire && connect->address) {
		struct addrinfo *address = connect->address;

		connect->address = address->ai_next;
		if (address->ai_family == AF_INET ||
		    address->ai_family == AF_INET6)
			ssh->wire = ssh_wire_open(ssh->loop, address->ai_addr,
						  ssh_drive, ssh, &err);
	}
	if (!ssh->wire)
		try_failed(connect, SSH_REFUSED, err.text);
}

static void on_resolved(uv_getaddrinfo_t *request, int status,
			struct addrinfo *addresses)
{
	struct resolve *resolve = request->data;
	struct connect *connect = resolve->connect;
	struct ssh *ssh;

	free(resolve);
	if (!connect) {
		uv_freeaddrinfo(addresses);
		return;
	}
	ssh = connect->op.ssh;
	connect->resolve = NULL;
	if (status < 0) {
		try_failed(connect, SSH_REFUSED, uv_strerror(status));
	} else {
		connect->addresses = connect->address = addresses;
		connect->state = CONNECT_OPENING;
		next_address(connect, "the name has no address");
	}
	ssh_drive(ssh);
}

static void begin_try(struct connect *connect)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct ssh *ssh = connect->op.ssh;
	uint64_t limit = (uint64_t)connect->spec.timeout_ms;
	struct resolve *resolve = xcalloc(1, sizeof(*resolve));
	char port[16];
	int code;

	uv_update_time(ssh->loop);
	connect->try_began = uv_now(ssh->loop);
	connect->tries++;
	if (connect->deadline > connect->try_began &&
	    (limit == 0 || limit > connect->deadline - connect->try_began))
		limit = connect->deadline - connect->try_began;
	uv_timer_stop(&ssh->limit);
	if (limit > 0)
		ssh_op_timer(&connect->op, limit);
	snprintf(port, sizeof(port), "%d", ssh->spec.port);
	resolve->request.data = resolve;
	resolve->connect = connect;
	code = uv_getaddrinfo(ssh->loop, &resolve->request, on_resolved,
			      ssh->spec.host, port, &hints);
	if (code < 0) {
		free(resolve);
		try_failed(connect, SSH_REFUSED, uv_strerror(code));
		return;
	}
	connect->resolve = resolve;
	connect->state = CONNECT_RESOLVING;
}

static bool is_pinned(const struct ssh_spec *spec)
{
	return spec->host_key || spec->host_key_file;
}

/* Where the known keys are from, for sentences. */
static const char *source(const struct ssh_spec *spec)
{
	if (spec->host_key_file)
		return spec->host_key_file;
	if (spec->host_key)
		return "the settings";
	return spec->known_hosts ? spec->known_hosts : "no known_hosts file";
}

static int collect_hosts(struct connect *connect, struct error *err)
{
	struct ssh *ssh = connect->op.ssh;
	const struct ssh_spec *spec = &ssh->spec;
	struct ssh_hosts *hosts = &connect->hosts;

	if (spec->host_key && ssh_hosts_add_line(hosts, spec->host_key, err))
		return -1;
	if (spec->host_key_file &&
	    ssh_hosts_add_file(hosts, spec->host_key_file, err) < 0)
		return -1;
	if (is_pinned(spec))
		return 0;
	if (spec->known_hosts &&
	    ssh_hosts_add_known(hosts, ssh_wire_session(ssh->wire),
				spec->known_hosts, ssh->host_name, err) < 0)
		return -1;
	for (size_t i = 0; i < ssh->trusted.count; i++)
		ssh_hosts_add(hosts, ssh->trusted.keys[i].blob,
			      ssh->trusted.keys[i].length);
	return 0;
}

/*
 * Only what can be checked is offered, so that a server with keys of several
 * types shows the one that we know.
 */
static void begin_session(struct connect *connect)
{
	struct ssh *ssh = connect->op.ssh;
	LIBSSH2_SESSION *session = ssh_wire_session(ssh->wire);
	struct error err = ERROR_INIT;
	struct buf methods, types;

	connect->state = CONNECT_GREETING;
	if (collect_hosts(connect, &err) < 0) {
		try_failed(connect, SSH_HOST_KEY, err.text);
		return;
	}
	buf_init(&methods, 0);
	buf_init(&types, 100);
	ssh_hosts_methods(&connect->hosts, session, &methods);
	ssh_hosts_types(&connect->hosts, &types);
	if (methods.length > 0) {
		libssh2_session_method_pref(session, LIBSSH2_METHOD_HOSTKEY,
					    methods.text);
	} else if (types.length > 0) {
		error_set(&err, ERROR_INPUT,
			  "libssh2 %s knows no host keys as in %s (%s)",
			  libssh2_version(0), source(&ssh->spec), types.text);
		try_failed(connect, SSH_HOST_KEY, err.text);
	}
	buf_release(&methods);
	buf_release(&types);
}

/* The socket ended, before or while it was asked something. */
static void wire_ended(struct connect *connect)
{
	const struct ssh_wire *wire = connect->op.ssh->wire;
	char why[256];

	str_copy(why, sizeof(why), ssh_wire_ended(wire));
	try_failed(connect, ssh_wire_hostile(wire) ? SSH_PEER : SSH_LOST, why);
}

static void greeting_failed(struct connect *connect, int code)
{
	struct ssh *ssh = connect->op.ssh;
	struct error err = ERROR_INIT;
	struct buf types;
	char *text = NULL;

	if (ssh_wire_ended(ssh->wire)) {
		wire_ended(connect);
		return;
	}
	libssh2_session_last_error(ssh_wire_session(ssh->wire), &text, NULL, 0);
	buf_init(&types, 100);
	ssh_hosts_types(&connect->hosts, &types);
	if (code == LIBSSH2_ERROR_BANNER_RECV)
		error_set(&err, ERROR_SYSTEM, "what listens there is no ssh");
	else if (code == LIBSSH2_ERROR_KEX_FAILURE && types.length > 0)
		error_set(&err, ERROR_SYSTEM,
			  "the peer offers no host key of a type that is in "
			  "%s (%s), or no other method that libssh2 %s has",
			  source(&ssh->spec), types.text, libssh2_version(0));
	else if (code == LIBSSH2_ERROR_KEX_FAILURE)
		error_set(&err, ERROR_SYSTEM,
			  "the peer offers no host key or no other method "
			  "that libssh2 %s has (with rsa it has SHA-1 only: "
			  "give the peer an ed25519 host key)",
			  libssh2_version(0));
	else
		error_set(&err, ERROR_SYSTEM, "%s",
			  text && *text ? text : "ssh does not work there");
	try_failed(connect,
		   code == LIBSSH2_ERROR_KEX_FAILURE && types.length > 0
			   ? SSH_HOST_KEY
			   : SSH_PEER,
		   err.text);
	buf_release(&types);
}

/* "ssh-ed25519 SHA256:..." as ssh-keygen -l has it. */
static void describe_key(LIBSSH2_SESSION *session, const char *blob,
			 size_t length, struct buf *out)
{
	const char *hash =
		libssh2_hostkey_hash(session, LIBSSH2_HOSTKEY_HASH_SHA256);
	struct ssh_hosts one;
	unsigned char text[64] = "";

	ssh_hosts_init(&one);
	ssh_hosts_add(&one, (const unsigned char *)blob, length);
	ssh_hosts_types(&one, out);
	ssh_hosts_release(&one);
	if (!hash)
		return;
	EVP_EncodeBlock(text, (const unsigned char *)hash, 32);
	text[strcspn((const char *)text, "=")] = '\0';
	buf_printf(out, " SHA256:%s", (const char *)text);
}

static void host_is_wrong(struct connect *connect,
			  enum ssh_host_verdict verdict, const char *key)
{
	const struct ssh *ssh = connect->op.ssh;
	const struct ssh_spec *spec = &ssh->spec;
	struct error err = ERROR_INIT;

	if (verdict == SSH_HOST_REVOKED)
		error_set(&err, ERROR_SYSTEM,
			  "its host key (%s) is revoked in %s", key,
			  source(spec));
	else if (verdict == SSH_HOST_UNKNOWN)
		error_set(&err, ERROR_SYSTEM,
			  "its host key (%s) is not in %s: check it, then "
			  "'ssh-keyscan -p %d %s >>FILE'",
			  key, source(spec), spec->port, spec->host);
	else if (is_pinned(spec))
		error_set(&err, ERROR_SYSTEM,
			  "its host key (%s) is not the one in %s: this is "
			  "another machine, or name its key there",
			  key, source(spec));
	else if (ssh->trusted.count > 0)
		error_set(&err, ERROR_SYSTEM,
			  "its host key (%s) is not the one it had first: "
			  "begin anew if the guest was made anew",
			  key);
	else
		error_set(&err, ERROR_SYSTEM,
			  "its host key changed: %s is not the one in %s; if "
			  "that is right, 'ssh-keygen -f %s -R %s'",
			  key, source(spec), source(spec), ssh->host_name);
	try_failed(connect, SSH_HOST_KEY, err.text);
}

static void check_host(struct connect *connect)
{
	struct ssh *ssh = connect->op.ssh;
	const struct ssh_auth_spec spec = {
		.user = ssh->spec.user,
		.key_files = ssh->spec.key_files,
		.agent = ssh->spec.agent,
		.on_event = ssh_drive,
		.data = ssh,
	};
	LIBSSH2_SESSION *session = ssh_wire_session(ssh->wire);
	size_t length = 0;
	int type;
	const char *blob = libssh2_session_hostkey(session, &length, &type);
	const unsigned char *bytes = (const unsigned char *)blob;
	enum ssh_host_verdict verdict;
	struct buf key;

	if (!blob) {
		try_failed(connect, SSH_PEER, "the peer has no host key");
		return;
	}
	verdict = ssh_hosts_judge(&connect->hosts, bytes, length);
	if (verdict == SSH_HOST_UNKNOWN && ssh->spec.trust_first &&
	    !is_pinned(&ssh->spec)) {
		ssh_hosts_add(&ssh->trusted, bytes, length);
		verdict = SSH_HOST_KNOWN;
	}
	if (verdict != SSH_HOST_KNOWN) {
		buf_init(&key, 120);
		describe_key(session, blob, length, &key);
		host_is_wrong(connect, verdict, key.text);
		buf_release(&key);
		return;
	}
	connect->auth = ssh_auth_new(ssh->loop, ssh->wire, &spec);
	connect->state = CONNECT_LOGGING_IN;
}

static void greet(struct connect *connect)
{
	struct ssh_wire *wire = connect->op.ssh->wire;
	int code = libssh2_session_handshake(ssh_wire_session(wire),
					     ssh_wire_socket(wire));

	if (code == 0)
		check_host(connect);
	else if (code != LIBSSH2_ERROR_EAGAIN || ssh_wire_ended(wire))
		greeting_failed(connect, code);
}

static void log_in(struct connect *connect)
{
	struct ssh *ssh = connect->op.ssh;
	struct error err = ERROR_INIT;
	int ret = ssh_auth_step(connect->auth, &err);

	if (ret > 0) {
		ssh_opened(ssh);
		ssh_op_end(&connect->op, SSH_DONE, "%s", "");
	} else if (ret < 0 && ssh_wire_ended(ssh->wire) &&
		   ssh_auth_refused(connect->auth) < 2) {
		wire_ended(connect);
	} else if (ret < 0) {
		/* A server that has seen enough keys hangs up. */
		try_failed(connect, SSH_KEY_REFUSED, err.text);
	} else if (ssh_wire_ended(ssh->wire)) {
		wire_ended(connect);
	}
}

static void open_socket(struct connect *connect)
{
	struct error err = ERROR_INIT;
	int ret = ssh_wire_connected(connect->op.ssh->wire, &err);

	if (ret > 0)
		begin_session(connect);
	else if (ret < 0)
		next_address(connect, err.text);
}

static void step(struct ssh_op *op)
{
	struct connect *connect = connect_of(op);
	enum connect_state before;

	/* The first try begins here: not inside ssh_connect. */
	if (connect->tries == 0)
		begin_try(connect);
	do {
		before = connect->state;
		if (op->over)
			return;
		if (connect->state == CONNECT_OPENING)
			open_socket(connect);
		else if (connect->state == CONNECT_GREETING)
			greet(connect);
		else if (connect->state == CONNECT_LOGGING_IN)
			log_in(connect);
	} while (connect->state > before);
}

static void due(struct ssh_op *op)
{
	static const char mute[] = "it accepts the connection and then says "
				   "nothing that makes ssh";
	static const char *const silent[] = {
		[CONNECT_RESOLVING] = "its name cannot be resolved in time",
		[CONNECT_OPENING] = "no answer",
		[CONNECT_GREETING] = mute,
		[CONNECT_LOGGING_IN] = "logging in takes too long",
	};
	struct connect *connect = connect_of(op);

	if (connect->state == CONNECT_WAITING)
		begin_try(connect);
	else
		try_failed(connect, SSH_TIMEOUT, silent[connect->state]);
}

static void release(struct ssh_op *op)
{
	end_try(connect_of(op));
}

static void report(struct ssh_op *op)
{
	struct connect *connect = connect_of(op);

	if (connect->spec.done)
		connect->spec.done(connect->spec.data, op->end, &op->err);
}

static void free_op(struct ssh_op *op)
{
	free(op);
}

int ssh_connect(struct ssh *ssh, const struct ssh_connect *spec,
		struct error *err)
{
	static const struct ssh_op_kind kind = { step, due, release, report,
						 free_op };
	struct connect *connect;

	if (ssh->op || ssh->freed)
		return error_set(err, ERROR_BUSY,
				 "%s: something else is under way", ssh->name);
	if (ssh->open)
		return error_set(err, ERROR_STATE,
				 "%s: there is a connection already",
				 ssh->name);
	connect = xcalloc(1, sizeof(*connect));
	connect->op.kind = &kind;
	connect->op.what = "connecting";
	connect->spec = *spec;
	ssh_hosts_init(&connect->hosts);
	ssh_op_begin(ssh, &connect->op, 0);
	if (spec->wait_ms > 0)
		connect->deadline = connect->op.began + (uint64_t)spec->wait_ms;
	return 0;
}
