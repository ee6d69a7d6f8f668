/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_send.h"

#include <string.h>

#include "base/error.h"
#include "run/tidy.h"

#define PIECE	  32000
#define WORDS_MAX 200

/*
 * What scp -p -t there wants: a byte 0 from it is yes, anything else a no with
 * words behind it.
 *
 *     hello -> times -> name -> bytes -> last -> done
 *
 * hello waits for the first yes; the others send something and wait then.
 */
enum scp_state {
	SCP_HELLO,
	SCP_TIMES,
	SCP_TIMES_SENT,
	SCP_NAME,
	SCP_NAME_SENT,
	SCP_BYTES,
	SCP_LAST,
	SCP_LAST_SENT,
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int fill(struct ssh_send *send, struct buf *out, struct error *err)
{
	struct ssh_file *file = send->file;
	size_t got;

	switch ((enum scp_state)send->state) {
	case SCP_TIMES:
		buf_printf(out, "T%lld 0 %lld 0\n", (long long)file->mtime,
			   (long long)file->mtime);
		send->state = SCP_TIMES_SENT;
		break;
	case SCP_NAME:
		buf_printf(out, "C%04o %lld %s\n",
			   (unsigned int)file->mode & 07777,
			   (long long)file->size, name_of(file->to));
		send->state = SCP_NAME_SENT;
		break;
	case SCP_BYTES:
		if (file->offset < file->size) {
			int64_t left = file->size - file->offset;

			return ssh_send_read(
				send, out, left < PIECE ? (size_t)left : PIECE,
				&got, err);
		}
		send->state = SCP_LAST;
		break;
	case SCP_LAST:
		buf_putc(out, '\0');
		send->state = SCP_LAST_SENT;
		break;
	case SCP_HELLO:
	case SCP_TIMES_SENT:
	case SCP_NAME_SENT:
	case SCP_LAST_SENT:
		break;
	}
	return 0;
}

/* All that is left is words; they may come in pieces. */
static int refused(struct ssh_send *send, struct error *err)
{
	char text[WORDS_MAX + 1];

	memcpy(text, send->answer.text, send->answer.length);
	text[send->answer.length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	tidy_utf8(text, strlen(text));
	tidy_controls(text);
	tidy_trim(text);
	send->refused = true;
	return error_set(err, ERROR_SYSTEM,
			 "cannot write '%s' there: it says '%s'",
			 send->file->to, text);
}

static int agreed(struct ssh_send *send, struct error *err)
{
	send->greeted = true;
	switch ((enum scp_state)send->state) {
	case SCP_HELLO:
	case SCP_TIMES_SENT:
	case SCP_NAME_SENT:
		send->state++;
		return 0;
	case SCP_LAST_SENT:
		send->done = true;
		return 0;
	case SCP_TIMES:
	case SCP_NAME:
	case SCP_BYTES:
	case SCP_LAST:
		break;
	}
	return error_set(err, ERROR_SYSTEM,
			 "its scp gives an answer that makes no sense");
}

static int feed(struct ssh_send *send, const char *bytes, size_t length,
		struct error *err)
{
	for (size_t i = 0; i < length; i++) {
		bool words = send->answer.length > 0;

		if (!words && bytes[i] == '\0') {
			if (agreed(send, err) < 0)
				return -1;
			continue;
		}
		if (words && bytes[i] == '\n')
			return refused(send, err);
		/* 1 and 2 only announce the words. */
		buf_putc(&send->answer,
			 (unsigned char)bytes[i] > 2 ? bytes[i] : ' ');
		if (send->answer.length == WORDS_MAX)
			return refused(send, err);
	}
	return 0;
}

void ssh_scp_init(struct ssh_send *send, struct ssh_file *file)
{
	static const struct ssh_send_kind kind = { fill, feed };

	*send = (struct ssh_send){ .kind = &kind, .file = file };
	buf_init(&send->answer, 0);
}
