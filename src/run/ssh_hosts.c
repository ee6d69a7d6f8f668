/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_hosts.h"

#include <ctype.h>
#include <errno.h>
#include <libssh2.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_blob.h"

#define KEY_MAX	       16384 /* characters of a key in base64 */
#define LINE_MAX_BYTES (1024 * 1024)

void ssh_hosts_init(struct ssh_hosts *hosts)
{
	*hosts = (struct ssh_hosts){ .keys = NULL };
}

void ssh_hosts_release(struct ssh_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		free(hosts->keys[i].blob);
	free(hosts->keys);
	ssh_hosts_init(hosts);
}

static void add(struct ssh_hosts *hosts, const unsigned char *blob,
		size_t length, bool revoked)
{
	struct ssh_host_key *key;

	array_grow(hosts->keys, hosts->count + 1, &hosts->room);
	key = &hosts->keys[hosts->count++];
	key->blob = xmalloc(length + 1);
	memcpy(key->blob, blob, length);
	key->length = length;
	key->revoked = revoked;
}

void ssh_hosts_add(struct ssh_hosts *hosts, const unsigned char *blob,
		   size_t length)
{
	add(hosts, blob, length, false);
}

/* The type that stands in front of a key, or "". */
static void type_of(const struct ssh_host_key *key, char *out, size_t size)
{
	struct ssh_blob blob = ssh_blob(key->blob, key->length);

	ssh_blob_text(&blob, out, size);
}

/* The next word; *text goes behind it.  Its length, 0 at the end. */
static size_t next_word(const char **text, const char **word)
{
	size_t length;

	*text += strspn(*text, " \t");
	*word = *text;
	length = strcspn(*text, " \t\r\n");
	*text += length;
	return length;
}

static bool decode(struct ssh_hosts *hosts, const char *type,
		   size_t type_length, const char *text, size_t length,
		   bool revoked)
{
	unsigned char *blob;
	char name[64];
	size_t got;
	bool good;

	if (length == 0 || length > KEY_MAX)
		return false;
	blob = xmalloc(length);
	got = ssh_blob_base64(blob, text, length);
	type_of(&(struct ssh_host_key){ .blob = blob, .length = got }, name,
		sizeof(name));
	good = got > 0 && strlen(name) == type_length &&
	       strncmp(name, type, type_length) == 0;
	if (good)
		add(hosts, blob, got, revoked);
	free(blob);
	return good;
}

int ssh_hosts_add_line(struct ssh_hosts *hosts, const char *line,
		       struct error *err)
{
	const char *type, *key;
	size_t type_length = next_word(&line, &type);
	size_t key_length = next_word(&line, &key);

	if (!decode(hosts, type, type_length, key, key_length, false))
		return error_set(err, ERROR_INPUT,
				 "this is no public host key, as in "
				 "'ssh-ed25519 AAAA...'");
	return 0;
}

/* Call for each line that is not empty; false when it cannot be read. */
static bool each_line(const char *path,
		      void (*call)(void *data, const char *line), void *data)
{
	FILE *file = fopen(path, "re");
	size_t room = 0;
	char *line = NULL;
	bool fine;

	if (!file)
		return false;
	errno = 0;
	while (getline(&line, &room, file) >= 0) {
		if (line[strspn(line, " \t\r\n")] != '\0' &&
		    strlen(line) < LINE_MAX_BYTES)
			call(data, line);
	}
	fine = !ferror(file);
	free(line);
	fclose(file);
	return fine;
}

static void add_public(void *data, const char *line)
{
	ssh_hosts_add_line(data, line, NULL);
}

int ssh_hosts_add_file(struct ssh_hosts *hosts, const char *path,
		       struct error *err)
{
	size_t before = hosts->count;

	if (!each_line(path, add_public, hosts))
		return error_errno(err, "cannot read the host key '%s'", path);
	if (hosts->count == before)
		return error_set(err, ERROR_INPUT,
				 "there is no public host key in '%s'", path);
	return 0;
}

struct search {
	struct ssh_hosts *hosts;
	LIBSSH2_SESSION *session;
	const char *name;
};

/*
 * Does this line, which begins with names, speak of this name?  A store of
 * its own for each line: then libssh2 compares with nothing else.
 */
static bool speaks_of(const struct search *search, const char *line)
{
	LIBSSH2_KNOWNHOSTS *store = libssh2_knownhost_init(search->session);
	struct libssh2_knownhost *entry = NULL;
	bool match = false;

	if (!store)
		return false;
	if (libssh2_knownhost_readline(store, line, strcspn(line, "\r\n"),
				       LIBSSH2_KNOWNHOST_FILE_OPENSSH) == 0 &&
	    libssh2_knownhost_get(store, &entry, NULL) == 0)
		match = libssh2_knownhost_check(
				store, search->name, entry->key,
				strlen(entry->key),
				LIBSSH2_KNOWNHOST_TYPE_PLAIN |
					LIBSSH2_KNOWNHOST_KEYENC_BASE64 |
					(entry->typemask &
					 LIBSSH2_KNOWNHOST_KEY_MASK),
				NULL) == LIBSSH2_KNOWNHOST_CHECK_MATCH;
	libssh2_knownhost_free(store);
	return match;
}

static void add_known(void *data, const char *line)
{
	const struct search *search = data;
	const char *rest, *word, *type, *key;
	size_t length, type_length, key_length;
	bool revoked = false;

	line += strspn(line, " \t");
	if (*line == '#')
		return;
	rest = line;
	length = next_word(&rest, &word);
	if (*line == '@') {
		revoked = length == 8 && strncmp(word, "@revoked", 8) == 0;
		line = rest + strspn(rest, " \t");
		rest = line;
		next_word(&rest, &word);
		if (!revoked)
			return;
	}
	type_length = next_word(&rest, &type);
	key_length = next_word(&rest, &key);
	if (type_length > 0 && key_length > 0 && speaks_of(search, line))
		decode(search->hosts, type, type_length, key, key_length,
		       revoked);
}

int ssh_hosts_add_known(struct ssh_hosts *hosts, LIBSSH2_SESSION *session,
			const char *path, const char *name, struct error *err)
{
	struct search search = { hosts, session, name };

	if (!each_line(path, add_known, &search) && errno != ENOENT)
		return error_errno(err, "cannot read the known hosts '%s'",
				   path);
	return 0;
}

enum ssh_host_verdict ssh_hosts_judge(const struct ssh_hosts *hosts,
				      const unsigned char *blob, size_t length)
{
	enum ssh_host_verdict verdict = SSH_HOST_UNKNOWN;

	for (size_t i = 0; i < hosts->count; i++) {
		const struct ssh_host_key *key = &hosts->keys[i];
		bool same = key->length == length &&
			    memcmp(key->blob, blob, length) == 0;

		if (same && key->revoked)
			return SSH_HOST_REVOKED;
		if (same)
			verdict = SSH_HOST_KNOWN;
		else if (verdict == SSH_HOST_UNKNOWN && !key->revoked)
			verdict = SSH_HOST_CHANGED;
	}
	return verdict;
}

/* By this method a key of this type is proved. */
static bool proves(const char *method, const char *type)
{
	if (str_equal(type, "ssh-rsa"))
		return str_equal(method, "ssh-rsa") ||
		       str_equal(method, "rsa-sha2-256") ||
		       str_equal(method, "rsa-sha2-512");
	return str_equal(method, type);
}

static bool has_key_for(const struct ssh_hosts *hosts, const char *method)
{
	for (size_t i = 0; i < hosts->count; i++) {
		char type[64];

		type_of(&hosts->keys[i], type, sizeof(type));
		if (!hosts->keys[i].revoked && proves(method, type))
			return true;
	}
	return false;
}

void ssh_hosts_methods(const struct ssh_hosts *hosts, LIBSSH2_SESSION *session,
		       struct buf *out)
{
	const char **list = NULL;
	int count = libssh2_session_supported_algs(
		session, LIBSSH2_METHOD_HOSTKEY, &list);

	for (int i = 0; i < count; i++) {
		if (has_key_for(hosts, list[i]))
			buf_printf(out, "%s%s", out->length ? "," : "",
				   list[i]);
	}
	if (count > 0)
		libssh2_free(session, list);
}

void ssh_hosts_types(const struct ssh_hosts *hosts, struct buf *out)
{
	for (size_t i = 0; i < hosts->count; i++) {
		char type[64];

		type_of(&hosts->keys[i], type, sizeof(type));
		if (!hosts->keys[i].revoked && !strstr(out->text, type))
			buf_printf(out, "%s%s", out->length ? ", " : "", type);
	}
}
