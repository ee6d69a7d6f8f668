/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a peer answers to a file that it is sent, by sftp or scp: any bytes.
 * The first byte says which, how much is said before it answers, and how long
 * its pieces are.
 */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "run/ssh_send.h"

#define LENGTH 70000

static int zeroes(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("zeroes", MFD_CLOEXEC);
	need(fd >= 0 && ftruncate(fd, LENGTH) == 0);
	need(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static void say(struct ssh_send *send, int times)
{
	struct error err = ERROR_INIT;
	struct buf out;

	buf_init(&out, 0);
	for (int i = 0; i < times; i++) {
		buf_clear(&out);
		if (send->kind->fill(send, &out, &err) < 0)
			need(err.text[0] && fuzz_clean(err.text, false));
		need(out.length <= 40000);
	}
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssh_file file = { .from = "here",
				 .to = "/there/file",
				 .mode = 0640,
				 .size = LENGTH,
				 .mtime = 12,
				 .fd = zeroes() };
	struct error err = ERROR_INIT;
	struct ssh_send send;
	size_t piece, at, length;
	int ret = 0;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		ssh_scp_init(&send, &file);
	else
		ssh_sftp_init(&send, &file);
	piece = (size_t)(data[0] >> 4) * 3 + 1;
	for (at = 1; at < size && ret == 0 && !send.done; at += length) {
		length = size - at < piece ? size - at : piece;
		say(&send, 1 + (data[0] >> 1 & 7));
		ret = send.kind->feed(&send, (const char *)data + at, length,
				      &err);
		need(send.answer.length <= 512 * 1024);
	}
	if (ret < 0)
		need(err.text[0] && fuzz_clean(err.text, false));
	/* it has all there is, or somebody said that it has not */
	if (send.done && ret == 0)
		need(file.offset == LENGTH);
	ssh_send_release(&send);
	return 0;
}
