/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A known_hosts file, a file of public keys, and one of a private key: any
 * bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <libssh2.h>

#include "base/buf.h"
#include "base/error.h"
#include "run/ssh_hosts.h"
#include "run/ssh_key.h"

const char *__lsan_default_suppressions(void);

/* libssh2 loses what libcrypto gave it when a key or salt is malformed. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libcrypto";
}

static LIBSSH2_SESSION *session(void)
{
	static LIBSSH2_SESSION *made;

	if (!made) {
		need(libssh2_init(0) == 0);
		made = libssh2_session_init();
	}
	need(made != NULL);
	return made;
}

static void check(const struct ssh_hosts *hosts)
{
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < hosts->count; i++)
		need(ssh_hosts_judge(hosts, hosts->keys[i].blob,
				     hosts->keys[i].length) == SSH_HOST_KNOWN ||
		     ssh_hosts_judge(hosts, hosts->keys[i].blob,
				     hosts->keys[i].length) ==
			     SSH_HOST_REVOKED);
	ssh_hosts_types(hosts, &out);
	need(fuzz_clean(out.text, false));
	buf_clear(&out);
	ssh_hosts_methods(hosts, session(), &out);
	need(fuzz_clean(out.text, false));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct error err = ERROR_INIT;
	struct ssh_hosts known, lines;
	struct ssh_key *key = NULL;

	ssh_hosts_init(&known);
	ssh_hosts_init(&lines);
	if (ssh_hosts_add_known(&known, session(), path, "[host]:2222", &err) <
	    0)
		need(fuzz_clean(err.text, false));
	check(&known);
	if (ssh_hosts_add_file(&lines, path, &err) < 0)
		need(fuzz_clean(err.text, false));
	check(&lines);
	if (ssh_key_load(path, &key, &err) < 0)
		need(err.text[0] && fuzz_clean(err.text, false));
	ssh_key_free(key);
	ssh_hosts_release(&known);
	ssh_hosts_release(&lines);
	return 0;
}
