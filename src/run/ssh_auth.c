/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_auth.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_agent.h"
#include "run/ssh_blob.h"
#include "run/ssh_key.h"
#include "run/ssh_wire.h"
#include "run/tidy.h"

#define SHA2	    "rsa-sha2-256"
#define FIRST_SHA2  0x010b00 /* the libssh2 that knows it by itself */
#define PREFIX_SIZE (4 + sizeof(SHA2) - 1)

enum auth_state {
	AUTH_ASK,
	AUTH_NEXT_FILE,
	AUTH_FILE,
	AUTH_AGENT, /* waiting for its list */
	AUTH_NEXT_AGENT_KEY,
	AUTH_AGENT_KEY,
};

struct ssh_auth {
	uv_loop_t *loop;
	struct ssh_wire *wire;
	LIBSSH2_SESSION *session;
	struct ssh_auth_spec spec;
	enum auth_state state;
	size_t next; /* of the files, then of the agent's keys */
	struct ssh_key *key;
	struct ssh_agent *agent;
	const struct ssh_agent_key *agent_key;
	bool asked_agent;  /* to sign with it */
	struct buf public; /* of the key that is tried */
	unsigned char prefix[PREFIX_SIZE];
	bool disguised; /* its front is not its own, see disguise() */
	int refused;
	struct buf tried;
	struct buf unusable;
};

struct ssh_auth *ssh_auth_new(uv_loop_t *loop, struct ssh_wire *wire,
			      const struct ssh_auth_spec *spec)
{
	struct ssh_auth *auth = xcalloc(1, sizeof(*auth));

	auth->loop = loop;
	auth->wire = wire;
	auth->session = ssh_wire_session(wire);
	auth->spec = *spec;
	buf_init(&auth->public, 0);
	buf_init(&auth->tried, 200);
	buf_init(&auth->unusable, 200);
	return auth;
}

void ssh_auth_free(struct ssh_auth *auth)
{
	if (!auth)
		return;
	ssh_wire_before_alloc(auth->wire, 0, NULL, NULL);
	ssh_key_free(auth->key);
	ssh_agent_free(auth->agent);
	buf_release(&auth->public);
	buf_release(&auth->tried);
	buf_release(&auth->unusable);
	free(auth);
}

static void note(struct buf *list, const char *text)
{
	buf_printf(list, "%s%s", list->length ? ", " : "", text);
}

/* The method that the peer was told, from what is to be signed (RFC 4252). */
static void method_of(const unsigned char *bytes, size_t length, char *out,
		      size_t size)
{
	struct ssh_blob blob = ssh_blob(bytes, length);

	ssh_blob_string(&blob); /* session */
	ssh_blob_byte(&blob);	/* request */
	ssh_blob_string(&blob); /* user */
	ssh_blob_string(&blob); /* service */
	ssh_blob_string(&blob); /* "publickey" */
	ssh_blob_byte(&blob);	/* with a signature */
	ssh_blob_text(&blob, out, size);
}

/* libssh2 frees it. */
static int give(struct ssh_auth *auth, const void *bytes, size_t length,
		unsigned char **sig, size_t *sig_len)
{
	*sig = ssh_wire_alloc(auth->wire, length);
	if (!*sig)
		return LIBSSH2_ERROR_ALLOC;
	memcpy(*sig, bytes, length);
	*sig_len = length;
	return 0;
}

static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign_by_key)
{
	struct ssh_auth *auth = *abstract;
	struct buf signature;
	char method[64];
	int ret = LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;

	(void)session;
	method_of(data, data_len, method, sizeof(method));
	buf_init(&signature, 0);
	if (ssh_key_sign(auth->key, str_equal(method, "rsa-sha2-512"), data,
			 data_len, &signature) == 0)
		ret = give(auth, signature.text, signature.length, sig,
			   sig_len);
	buf_release(&signature);
	return ret;
}

static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign_by_agent)
{
	struct ssh_auth *auth = *abstract;
	const unsigned char *signature;
	size_t length;
	char method[64];

	(void)session;
	if (!auth->asked_agent &&
	    ssh_agent_state(auth->agent) == SSH_AGENT_READY) {
		auth->asked_agent = true;
		method_of(data, data_len, method, sizeof(method));
		ssh_agent_sign(auth->agent, auth->agent_key, method, data,
			       data_len);
	}
	if (ssh_agent_state(auth->agent) == SSH_AGENT_BUSY)
		return LIBSSH2_ERROR_EAGAIN;
	signature = ssh_agent_signature(auth->agent, &length);
	if (ssh_agent_state(auth->agent) == SSH_AGENT_FAILED || !signature)
		return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
	return give(auth, signature, length, sig, sig_len);
}

static void undisguise(void *data)
{
	struct ssh_auth *auth = data;

	if (auth->disguised)
		memcpy(auth->public.text, auth->prefix, PREFIX_SIZE);
	auth->disguised = false;
}

/*
 * libssh2 before 1.11 takes the method of a signature from the front of the
 * public key, so for rsa the peer is told ssh-rsa, SHA-1, which OpenSSH 8.8
 * and later refuse.  libssh2 looks at the front first, then takes memory for
 * the request, and then copies the key into it.  So the key begins with the
 * method that we want until that memory is taken.  Where this does not hold
 * the peer gets a key that it does not know and refuses it: no harm done.
 */
static void disguise(struct ssh_auth *auth)
{
	struct buf method;

	if (libssh2_version(FIRST_SHA2) || auth->public.length < PREFIX_SIZE)
		return;
	buf_init(&method, 0);
	ssh_blob_put_string(&method, SHA2, strlen(SHA2));
	memcpy(auth->prefix, auth->public.text, PREFIX_SIZE);
	memcpy(auth->public.text, method.text, PREFIX_SIZE);
	auth->disguised = true;
	ssh_wire_before_alloc(auth->wire, auth->public.length, undisguise,
			      auth);
	buf_release(&method);
}

static int try_public(struct ssh_auth *auth,
		      LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC((*sign)))
{
	void *self = auth;
	int code = libssh2_userauth_publickey(
		auth->session, auth->spec.user,
		(const unsigned char *)auth->public.text, auth->public.length,
		sign, &self);

	ssh_wire_before_alloc(auth->wire, 0, NULL, NULL);
	undisguise(auth);
	return code;
}

static int try_file(struct ssh_auth *auth)
{
	if (ssh_key_is_rsa(auth->key))
		return try_public(auth, sign_by_key);
	return libssh2_userauth_publickey_fromfile_ex(
		auth->session, auth->spec.user,
		(unsigned int)strlen(auth->spec.user), NULL,
		auth->spec.key_files[auth->next - 1], "");
}

static int ask_methods(struct ssh_auth *auth, struct error *err)
{
	char *list =
		libssh2_userauth_list(auth->session, auth->spec.user,
				      (unsigned int)strlen(auth->spec.user));
	char *text;

	if (!list && libssh2_userauth_authenticated(auth->session))
		return 1;
	if (!list &&
	    libssh2_session_last_errno(auth->session) == LIBSSH2_ERROR_EAGAIN)
		return 0;
	if (!list)
		return error_set(err, ERROR_SYSTEM,
				 "the peer does not say how to log in");
	auth->state = AUTH_NEXT_FILE;
	if (strstr(list, "publickey"))
		return 0;
	text = xstrndup(list, 100);
	tidy_utf8(text, strlen(text));
	tidy_controls(text);
	error_set(err, ERROR_SYSTEM, "it takes no public keys, only '%s'",
		  text);
	free(text);
	return -1;
}

static void next_file(struct ssh_auth *auth)
{
	const char *const *files = auth->spec.key_files;
	struct error err = ERROR_INIT;

	ssh_key_free(auth->key);
	auth->key = NULL;
	buf_clear(&auth->public);
	if (!files || !files[auth->next]) {
		auth->state = AUTH_AGENT;
		auth->next = 0;
	} else if (ssh_key_load(files[auth->next++], &auth->key, &err) < 0) {
		note(&auth->unusable, err.text);
	} else {
		note(&auth->tried, files[auth->next - 1]);
		if (ssh_key_is_rsa(auth->key)) {
			ssh_key_public(auth->key, &auth->public);
			disguise(auth);
		}
		auth->state = AUTH_FILE;
	}
}

static bool can_sign(const struct ssh_agent_key *key)
{
	return str_equal(key->type, "ssh-ed25519") ||
	       str_equal(key->type, "ssh-rsa") ||
	       (str_starts(key->type, "ecdsa-sha2-nistp") &&
		!strchr(key->type, '@'));
}

static int no_more(const struct ssh_auth *auth, struct error *err)
{
	error_set(err, ERROR_SYSTEM, "no key is accepted");
	if (auth->tried.length == 0 && auth->unusable.length == 0)
		return error_set(err, ERROR_SYSTEM,
				 "there is no key to log in with: name a key "
				 "file, or load one into an agent");
	if (auth->unusable.length == 0)
		return error_set(err, ERROR_SYSTEM,
				 "no key is accepted (tried: %s)",
				 auth->tried.text);
	return error_set(err, ERROR_SYSTEM,
			 "no key is accepted (tried: %s; not usable: %s)",
			 auth->tried.length ? auth->tried.text : "none",
			 auth->unusable.text);
}

/* -1 at the end of the list. */
static int next_agent_key(struct ssh_auth *auth, struct error *err)
{
	size_t count;
	const struct ssh_agent_key *keys = ssh_agent_keys(auth->agent, &count);
	const struct ssh_agent_key *key;

	if (ssh_agent_state(auth->agent) == SSH_AGENT_FAILED) {
		note(&auth->unusable, "the agent");
		buf_printf(&auth->unusable, " (%s)",
			   ssh_agent_problem(auth->agent));
		return no_more(auth, err);
	}
	while (auth->next < count && !can_sign(&keys[auth->next]))
		auth->next++;
	if (auth->next == count)
		return no_more(auth, err);
	key = auth->agent_key = &keys[auth->next++];
	note(&auth->tried, "of the agent ");
	buf_puts(&auth->tried, key->comment[0] ? key->comment : key->type);
	buf_clear(&auth->public);
	buf_add(&auth->public, key->blob, key->length);
	if (str_equal(key->type, "ssh-rsa"))
		disguise(auth);
	auth->asked_agent = false;
	auth->state = AUTH_AGENT_KEY;
	return 0;
}

static int ask_agent(struct ssh_auth *auth, struct error *err)
{
	if (!auth->spec.agent)
		return no_more(auth, err);
	if (!auth->agent)
		auth->agent =
			ssh_agent_new(auth->loop, auth->spec.agent,
				      auth->spec.on_event, auth->spec.data);
	if (ssh_agent_state(auth->agent) != SSH_AGENT_BUSY)
		auth->state = AUTH_NEXT_AGENT_KEY;
	return 0;
}

/* What came of trying a key; 0 to go on with the next one. */
static int tried(struct ssh_auth *auth, int code, enum auth_state next,
		 struct error *err)
{
	if (code == 0)
		return 1;
	if (ssh_wire_ended(auth->wire))
		return error_set(err, ERROR_SYSTEM, "%s",
				 ssh_wire_ended(auth->wire));
	if (code != LIBSSH2_ERROR_EAGAIN) {
		auth->refused++;
		auth->state = next;
	}
	return 0;
}

static int step(struct ssh_auth *auth, struct error *err)
{
	switch (auth->state) {
	case AUTH_ASK:
		return ask_methods(auth, err);
	case AUTH_NEXT_FILE:
		next_file(auth);
		return 0;
	case AUTH_FILE:
		return tried(auth, try_file(auth), AUTH_NEXT_FILE, err);
	case AUTH_AGENT:
		return ask_agent(auth, err);
	case AUTH_NEXT_AGENT_KEY:
		return next_agent_key(auth, err);
	case AUTH_AGENT_KEY:
		return tried(auth, try_public(auth, sign_by_agent),
			     AUTH_NEXT_AGENT_KEY, err);
	}
	return 0;
}

int ssh_auth_step(struct ssh_auth *auth, struct error *err)
{
	enum auth_state before;
	int ret;

	do {
		before = auth->state;
		ret = step(auth, err);
		/* The same state again: it waits.  A file that is unusable
		 * leaves the state as it is, too, and waits for nothing. */
	} while (ret == 0 &&
		 (auth->state != before || before == AUTH_NEXT_FILE));
	if (ret < 0 && ssh_wire_ended(auth->wire))
		error_set(err, ERROR_SYSTEM, "%s", ssh_wire_ended(auth->wire));
	return ret;
}

int ssh_auth_refused(const struct ssh_auth *auth)
{
	return auth->refused;
}
