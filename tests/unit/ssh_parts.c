/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_send.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/ssh_blob.h"
#include "run/ssh_hosts.h"
#include "run/ssh_key.h"
#include "run/ssh_op.h"
#include "tests/unit/scratch.h"

/* The parts that need no server. */

static void strings_have_a_length(void **state)
{
	struct ssh_blob blob = ssh_blob("\0\0\0\2ab\0\0\0\1", 10);
	struct ssh_blob string = ssh_blob_string(&blob);

	(void)state;
	assert_int_equal(string.left, 2);
	assert_memory_equal(string.next, "ab", 2);
	assert_false(blob.bad);
	assert_int_equal(ssh_blob_string(&blob).left, 0);
	assert_true(blob.bad);
	assert_int_equal(ssh_blob_u32(&blob), 0);
}

static void text_is_made_clean(void **state)
{
	struct ssh_blob blob = ssh_blob("\0\0\0\5a\33\n\377b", 9);
	char text[5];

	(void)state;
	ssh_blob_text(&blob, text, sizeof(text));
	assert_string_equal(text, "a?\?\?");
}

static void host_keys_are_compared(void **state)
{
	static const char line[] =
		"ssh-ed25519 "
		"AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZ"
		"GhscHR4f comment";
	struct ssh_hosts hosts, other;
	struct error err = ERROR_INIT;

	(void)state;
	ssh_hosts_init(&hosts);
	ssh_hosts_init(&other);
	assert_int_equal(ssh_hosts_judge(&hosts, NULL, 0), SSH_HOST_UNKNOWN);
	assert_int_equal(ssh_hosts_add_line(&hosts, line, &err), 0);
	assert_int_equal(ssh_hosts_add_line(&other, line, &err), 0);
	assert_int_equal(ssh_hosts_judge(&hosts, other.keys[0].blob,
					 other.keys[0].length),
			 SSH_HOST_KNOWN);
	other.keys[0].blob[30] ^= 1;
	assert_int_equal(ssh_hosts_judge(&hosts, other.keys[0].blob,
					 other.keys[0].length),
			 SSH_HOST_CHANGED);
	assert_int_equal(ssh_hosts_add_line(&hosts, "ssh-rsa", &err), -1);
	assert_int_equal(ssh_hosts_add_line(&hosts, "", &err), -1);
	assert_int_equal(ssh_hosts_add_line(&hosts, "ssh-rsa AAAA", &err), -1);
	/* The type in front has to be the one inside. */
	assert_int_equal(ssh_hosts_add_line(&hosts,
					    "ssh-rsa AAAAC3NzaC1lZDI1"
					    "NTE5AAAAIAABAgMEBQYH",
					    &err),
			 -1);
	assert_int_equal(hosts.count, 1);
	ssh_hosts_release(&hosts);
	ssh_hosts_release(&other);
}

/* A file that nothing but its size is known of. */
struct scene {
	char *folder;
	char *path;
	struct ssh_file file;
};

static int set_up(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	scene->folder = scratch_make();
	scene->path = xasprintf("%s/file", scene->folder);
	scene->file = (struct ssh_file){
		.from = scene->path,
		.to = "/there/file",
		.mode = 0640,
		.size = 70000,
		.mtime = 12,
		.fd = open(scene->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
	};
	assert_true(scene->file.fd >= 0);
	assert_int_equal(ftruncate(scene->file.fd, 70000), 0);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	close(scene->file.fd);
	scratch_remove(scene->folder);
	free(scene->path);
	free(scene);
	return 0;
}

/* Fill until there is nothing more to say. */
static void drain(struct ssh_send *send, struct buf *out)
{
	struct error err = ERROR_INIT;
	size_t before;
	int state;

	do {
		before = out->length;
		state = send->state;
		assert_int_equal(send->kind->fill(send, out, &err), 0);
	} while (out->length > before || send->state != state);
}

static void scp_says_the_name_and_the_bytes(void **state)
{
	static const char first[] = "T12 0 12 0\n",
			  second[] = "C0640 70000 file\n";
	struct scene *scene = *state;
	struct error err = ERROR_INIT;
	struct ssh_send send;
	struct buf out;

	buf_init(&out, 0);
	ssh_scp_init(&send, &scene->file);
	drain(&send, &out);
	assert_int_equal(out.length, 0);
	assert_int_equal(send.kind->feed(&send, "", 1, &err), 0);
	drain(&send, &out);
	assert_string_equal(out.text, first);
	assert_int_equal(send.kind->feed(&send, "", 1, &err), 0);
	buf_clear(&out);
	drain(&send, &out);
	assert_string_equal(out.text, second);
	assert_int_equal(send.kind->feed(&send, "", 1, &err), 0);
	buf_clear(&out);
	drain(&send, &out);
	assert_int_equal(out.length, 70001);
	assert_false(send.done);
	assert_int_equal(send.kind->feed(&send, "", 1, &err), 0);
	assert_true(send.done);
	ssh_send_release(&send);
	buf_release(&out);
}

static void scp_tells_what_is_wrong_there(void **state)
{
	struct scene *scene = *state;
	struct error err = ERROR_INIT;
	struct ssh_send send;

	ssh_scp_init(&send, &scene->file);
	assert_int_equal(send.kind->feed(&send, "\1scp: no", 8, &err), 0);
	assert_int_equal(send.kind->feed(&send, " \33 way\n", 7, &err), -1);
	assert_non_null(strstr(err.text, "'scp: no ? way'"));
	assert_true(send.refused);
	ssh_send_release(&send);
	/* An answer to nothing. */
	ssh_scp_init(&send, &scene->file);
	assert_int_equal(send.kind->feed(&send, "\0\0", 2, &err), -1);
	ssh_send_release(&send);
}

static void a_file_that_shrinks_is_told(void **state)
{
	struct scene *scene = *state;
	struct error err = ERROR_INIT;
	struct ssh_send send;
	struct buf out;

	assert_int_equal(ftruncate(scene->file.fd, 40000), 0);
	buf_init(&out, 0);
	ssh_scp_init(&send, &scene->file);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send.kind->feed(&send, "", 1, &err), 0);
		if (i < 2)
			drain(&send, &out);
	}
	while (send.kind->fill(&send, &out, &err) == 0)
		;
	assert_non_null(strstr(err.text, "became shorter"));
	assert_true(send.refused);
	ssh_send_release(&send);
	buf_release(&out);
}

/* Any bytes, in pieces of any size: an error at some time, and no harm. */
static void noise_is_no_danger(struct ssh_file *file,
			       void (*init)(struct ssh_send *send,
					    struct ssh_file *file))
{
	unsigned int seed = 3;

	for (int round = 0; round < 20000; round++) {
		struct error err = ERROR_INIT;
		struct ssh_send send;
		struct buf out;

		buf_init(&out, 0);
		init(&send, file);
		for (int i = 0; i < 20; i++) {
			char bytes[24] = { 0 };
			size_t length;

			seed = seed * 1103515245 + 12345;
			length = seed >> 16 & 15;
			for (size_t n = 0; n < length; n++) {
				seed = seed * 1103515245 + 12345;
				bytes[n] = (char)((seed >> 16) %
						  (n % 5 < 3 ? 2 : 110));
			}
			if (send.kind->fill(&send, &out, &err) < 0 ||
			    send.kind->feed(&send, bytes, length, &err) < 0)
				break;
			assert_true(send.answer.length < 70000);
		}
		ssh_send_release(&send);
		buf_release(&out);
	}
}

static void sftp_stands_noise(void **state)
{
	struct scene *scene = *state;

	noise_is_no_danger(&scene->file, ssh_sftp_init);
}

static void scp_stands_noise(void **state)
{
	struct scene *scene = *state;

	noise_is_no_danger(&scene->file, ssh_scp_init);
}

static void sftp_answers(struct ssh_send *send, const char *bytes,
			 size_t length)
{
	struct error err = ERROR_INIT;
	struct buf message, out;

	buf_init(&message, 0);
	buf_init(&out, 0);
	drain(send, &out);
	ssh_blob_put_string(&message, bytes, length);
	/* One byte at a time: where it is cut makes no difference. */
	for (size_t i = 0; i < message.length; i++) {
		if (send->kind->feed(send, message.text + i, 1, &err) < 0)
			fail_msg("%s", err.text);
	}
	buf_release(&message);
	buf_release(&out);
}

static void sftp_ends_with_the_size(void **state)
{
	static const char attrs[] = "\151\0\0\0\0\0\0\0\1"
				    "\0\0\0\0\0\1\x11\x6f";
	struct scene *scene = *state;
	struct error err = ERROR_INIT;
	struct ssh_send send;
	struct buf out, wrong;

	buf_init(&out, 0);
	ssh_sftp_init(&send, &scene->file);
	sftp_answers(&send, "\2\0\0\0\3", 5);
	sftp_answers(&send, "\146\0\0\0\0\0\0\0\2hi", 11);
	sftp_answers(&send, "\145\0\0\0\0\0\0\0\0", 9);
	for (int i = 0; i < 3; i++) /* of 32000, 32000 and 6000 bytes */
		sftp_answers(&send, "\145\0\0\0\0\0\0\0\0", 9);
	drain(&send, &out);
	/* One byte less than there should be: 69999. */
	buf_init(&wrong, 0);
	ssh_blob_put_string(&wrong, attrs, 17);
	assert_int_equal(send.kind->feed(&send, wrong.text, wrong.length, &err),
			 -1);
	assert_string_equal(err.text,
			    "'/there/file' has 69999 bytes there instead of "
			    "70000");
	assert_true(send.refused);
	ssh_send_release(&send);
	buf_release(&wrong);
	buf_release(&out);
}

static bool have_keygen(const struct scene *scene)
{
	char *command = xasprintf("cd %s && ssh-keygen -q -t rsa -b 1024 "
				  "-N '' -f key 2>&1",
				  scene->folder);
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	status = scratch_wait(child);
	free(command);
	return status == 0;
}

/* A key cut anywhere is no key, and takes nothing with it. */
static void keys_are_loaded_and_released(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s/key", scene->folder);
	struct ssh_key *key = NULL;
	struct buf public, signature;
	struct error err = ERROR_INIT;
	char text[4096];
	ssize_t size;
	int fd;

	if (have_keygen(scene)) {
		buf_init(&public, 0);
		buf_init(&signature, 0);
		assert_int_equal(ssh_key_load(path, &key, &err), 0);
		assert_true(ssh_key_is_rsa(key));
		ssh_key_public(key, &public);
		assert_int_equal(ssh_key_sign(key, false,
					      (const unsigned char *)"x", 1,
					      &signature),
				 0);
		assert_int_equal(signature.length, 128);
		assert_true(public.length > 140);
		ssh_key_free(key);
		buf_release(&public);
		buf_release(&signature);
		fd = open(path, O_RDWR | O_CLOEXEC);
		size = read(fd, text, sizeof(text));
		assert_true(size > 500);
		for (ssize_t cut = size - 60; cut > 0; cut -= 7) {
			assert_int_equal(ftruncate(fd, cut), 0);
			assert_int_equal(ssh_key_load(path, &key, &err), -1);
		}
		/* Rubbish in the middle. */
		for (ssize_t at = 60; at < size - 60; at += 11) {
			char byte = text[at];

			text[at] = byte == 'A' ? 'B' : 'A';
			assert_int_equal(pwrite(fd, text, (size_t)size, 0),
					 size);
			text[at] = byte;
			key = NULL;
			ssh_key_load(path, &key, &err);
			ssh_key_free(key);
		}
		close(fd);
	}
	free(path);
}

static void a_frail_dropbear_is_known_by_its_banner(void **state)
{
	(void)state;
	assert_true(ssh_peer_is_frail("SSH-2.0-dropbear_2022.83"));
	assert_true(ssh_peer_is_frail("SSH-2.0-dropbear_2024.85"));
	assert_true(ssh_peer_is_frail("SSH-2.0-dropbear"));
	assert_false(ssh_peer_is_frail("SSH-2.0-dropbear_2024.86"));
	assert_false(ssh_peer_is_frail("SSH-2.0-dropbear_2025.88"));
	assert_false(ssh_peer_is_frail("SSH-2.0-OpenSSH_9.2p1 Debian-2"));
	assert_false(ssh_peer_is_frail(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(strings_have_a_length),
		TEST(text_is_made_clean),
		TEST(host_keys_are_compared),
		TEST(a_frail_dropbear_is_known_by_its_banner),
		TEST(scp_says_the_name_and_the_bytes),
		TEST(scp_tells_what_is_wrong_there),
		TEST(a_file_that_shrinks_is_told),
		TEST(sftp_stands_noise),
		TEST(scp_stands_noise),
		TEST(sftp_ends_with_the_size),
		TEST(keys_are_loaded_and_released),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
