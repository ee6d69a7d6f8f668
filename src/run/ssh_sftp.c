/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ssh_send.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "run/ssh_blob.h"

/* draft-ietf-secsh-filexfer-02, which is version 3 */
#define FXP_INIT     1
#define FXP_VERSION  2
#define FXP_OPEN     3
#define FXP_CLOSE    4
#define FXP_WRITE    6
#define FXP_FSTAT    8
#define FXP_FSETSTAT 10
#define FXP_STATUS   101
#define FXP_HANDLE   102
#define FXP_ATTRS    105

#define FXF_WRITE 0x02
#define FXF_CREAT 0x08
#define FXF_TRUNC 0x10

#define ATTR_SIZE	 0x01
#define ATTR_PERMISSIONS 0x04

#define FX_OK		0
#define FX_NO_SUCH_FILE 2
#define FX_DENIED	3
#define FX_FAILURE	4

#define MESSAGE_MAX    (64 * 1024) /* of an answer: they are short */
#define PIECE	       32000
#define UNANSWERED_MAX 32

/*
 * One question at a time, but for writes, of which many may be under way:
 *
 *     version -> open -> mode -> writing -> size -> close -> done
 *
 * In the odd states an answer is waited for.
 */
enum sftp_state {
	SFTP_VERSION,
	SFTP_VERSION_ASKED,
	SFTP_OPEN,
	SFTP_OPEN_ASKED,
	SFTP_MODE,
	SFTP_MODE_ASKED,
	SFTP_WRITING,
	SFTP_WRITING_DONE, /* all is sent, not all of it answered */
	SFTP_SIZE,
	SFTP_SIZE_ASKED,
	SFTP_CLOSE,
	SFTP_CLOSE_ASKED,
};

int ssh_send_read(struct ssh_send *send, struct buf *out, size_t room,
		  size_t *got, struct error *err)
{
	struct ssh_file *file = send->file;
	char piece[PIECE];
	ssize_t length;

	if (room > sizeof(piece))
		room = sizeof(piece);
	do {
		length = read(file->fd, piece, room);
	} while (length < 0 && errno == EINTR);
	if (length <= 0) {
		send->refused = true;
		return length < 0
			       ? error_errno(err, "cannot read '%s'",
					     file->from)
			       : error_set(err, ERROR_INPUT,
					   "'%s' became shorter while it was "
					   "copied",
					   file->from);
	}
	buf_add(out, piece, (size_t)length);
	file->offset += length;
	*got = (size_t)length;
	return 0;
}

/* A question begins with its kind and a number. */
static void begin(struct ssh_send *send, struct buf *message, int kind)
{
	buf_init(message, 0);
	buf_putc(message, (char)kind);
	ssh_blob_put_u32(message, send->next_id++);
	if (kind != FXP_OPEN)
		ssh_blob_put_string(message, send->handle, send->handle_length);
}

static void end(struct buf *message, struct buf *out)
{
	ssh_blob_put_string(out, message->text, message->length);
	buf_release(message);
}

static void put_mode(const struct ssh_send *send, struct buf *message)
{
	ssh_blob_put_u32(message, ATTR_PERMISSIONS);
	ssh_blob_put_u32(message, (uint32_t)send->file->mode & 07777);
}

static void put_version(struct buf *out)
{
	struct buf message;

	buf_init(&message, 0);
	buf_putc(&message, FXP_INIT);
	ssh_blob_put_u32(&message, 3);
	end(&message, out);
}

static void put_open(struct ssh_send *send, struct buf *out)
{
	struct buf message;

	begin(send, &message, FXP_OPEN);
	ssh_blob_put_string(&message, send->file->to, strlen(send->file->to));
	ssh_blob_put_u32(&message, FXF_WRITE | FXF_CREAT | FXF_TRUNC);
	put_mode(send, &message);
	end(&message, out);
}

/* Once more, as what opening makes of it depends on the umask there. */
static void put_fsetstat(struct ssh_send *send, struct buf *out)
{
	struct buf message;

	begin(send, &message, FXP_FSETSTAT);
	put_mode(send, &message);
	end(&message, out);
}

static int put_write(struct ssh_send *send, struct buf *out, struct error *err)
{
	int64_t offset = send->file->offset;
	int64_t left = send->file->size - offset;
	struct buf message, bytes;
	size_t got = 0;
	int ret;

	buf_init(&bytes, 0);
	ret = ssh_send_read(send, &bytes, left < PIECE ? (size_t)left : PIECE,
			    &got, err);
	if (ret == 0) {
		begin(send, &message, FXP_WRITE);
		ssh_blob_put_u64(&message, (uint64_t)offset);
		ssh_blob_put_string(&message, bytes.text, got);
		end(&message, out);
		send->unanswered++;
	}
	buf_release(&bytes);
	return ret;
}

static void put_handle(struct ssh_send *send, int kind, struct buf *out)
{
	struct buf message;

	begin(send, &message, kind);
	end(&message, out);
}

static int fill(struct ssh_send *send, struct buf *out, struct error *err)
{
	switch ((enum sftp_state)send->state) {
	case SFTP_VERSION:
		put_version(out);
		break;
	case SFTP_OPEN:
		put_open(send, out);
		break;
	case SFTP_MODE:
		put_fsetstat(send, out);
		break;
	case SFTP_WRITING:
		if (send->file->offset < send->file->size)
			return send->unanswered < UNANSWERED_MAX
				       ? put_write(send, out, err)
				       : 0;
		/* An empty file needs no answer. */
		send->state =
			send->unanswered > 0 ? SFTP_WRITING_DONE : SFTP_SIZE;
		return 0;
	case SFTP_SIZE:
		put_handle(send, FXP_FSTAT, out);
		break;
	case SFTP_CLOSE:
		put_handle(send, FXP_CLOSE, out);
		break;
	case SFTP_VERSION_ASKED:
	case SFTP_OPEN_ASKED:
	case SFTP_MODE_ASKED:
	case SFTP_WRITING_DONE:
	case SFTP_SIZE_ASKED:
	case SFTP_CLOSE_ASKED:
		return 0;
	}
	send->state++;
	return 0;
}

static int nonsense(struct error *err)
{
	return error_set(err, ERROR_SYSTEM,
			 "its sftp server gives an answer that makes no sense");
}

/* The words for a status that is not fine. */
static int refused(struct ssh_send *send, uint32_t status,
		   struct ssh_blob *answer, struct error *err)
{
	bool writing = send->state >= SFTP_WRITING;
	char text[100];

	ssh_blob_text(answer, text, sizeof(text));
	send->refused = true;
	if (status == FX_NO_SUCH_FILE)
		return error_set(err, ERROR_SYSTEM,
				 "cannot write '%s' there: no such folder",
				 send->file->to);
	if (status == FX_DENIED)
		return error_set(err, ERROR_SYSTEM,
				 "cannot write '%s' there: permission denied",
				 send->file->to);
	if (status == FX_FAILURE && writing)
		return error_set(err, ERROR_SYSTEM,
				 "cannot write '%s' there: is the disk full?",
				 send->file->to);
	return error_set(err, ERROR_SYSTEM,
			 "cannot write '%s' there: it says '%s' (%u)",
			 send->file->to, text, status);
}

static int take_status(struct ssh_send *send, struct ssh_blob *answer,
		       struct error *err)
{
	uint32_t status = ssh_blob_u32(answer);

	if (answer->bad)
		return nonsense(err);
	if (status != FX_OK)
		return refused(send, status, answer, err);
	switch ((enum sftp_state)send->state) {
	case SFTP_MODE_ASKED:
		send->state = SFTP_WRITING;
		return 0;
	case SFTP_WRITING:
	case SFTP_WRITING_DONE:
		if (send->unanswered == 0)
			return nonsense(err);
		if (--send->unanswered == 0 && send->state == SFTP_WRITING_DONE)
			send->state = SFTP_SIZE;
		return 0;
	case SFTP_CLOSE_ASKED:
		send->done = true;
		return 0;
	case SFTP_VERSION:
	case SFTP_VERSION_ASKED:
	case SFTP_OPEN:
	case SFTP_OPEN_ASKED:
	case SFTP_MODE:
	case SFTP_SIZE:
	case SFTP_SIZE_ASKED:
	case SFTP_CLOSE:
		break;
	}
	return nonsense(err);
}

static int take_handle(struct ssh_send *send, struct ssh_blob *answer,
		       struct error *err)
{
	struct ssh_blob handle = ssh_blob_string(answer);

	if (send->state != SFTP_OPEN_ASKED || answer->bad ||
	    handle.left > sizeof(send->handle))
		return nonsense(err);
	memcpy(send->handle, handle.next, handle.left);
	send->handle_length = handle.left;
	send->state = SFTP_MODE;
	return 0;
}

static int take_attrs(struct ssh_send *send, struct ssh_blob *answer,
		      struct error *err)
{
	uint32_t flags = ssh_blob_u32(answer);
	uint64_t size = flags & ATTR_SIZE ? ssh_blob_u64(answer) : 0;

	if (send->state != SFTP_SIZE_ASKED || answer->bad)
		return nonsense(err);
	if (!(flags & ATTR_SIZE) || size != (uint64_t)send->file->size) {
		send->refused = true;
		return error_set(err, ERROR_SYSTEM,
				 "'%s' has %llu bytes there instead of %lld",
				 send->file->to, (unsigned long long)size,
				 (long long)send->file->size);
	}
	send->state = SFTP_CLOSE;
	return 0;
}

static int take(struct ssh_send *send, struct ssh_blob answer,
		struct error *err)
{
	uint8_t kind = ssh_blob_byte(&answer);

	if (kind == FXP_VERSION && send->state == SFTP_VERSION_ASKED) {
		send->greeted = true;
		send->state = SFTP_OPEN;
		return 0;
	}
	ssh_blob_u32(&answer); /* its number: of those asked, in any order */
	if (answer.bad)
		return nonsense(err);
	if (kind == FXP_STATUS)
		return take_status(send, &answer, err);
	if (kind == FXP_HANDLE)
		return take_handle(send, &answer, err);
	if (kind == FXP_ATTRS)
		return take_attrs(send, &answer, err);
	return nonsense(err);
}

static int feed(struct ssh_send *send, const char *bytes, size_t length,
		struct error *err)
{
	struct buf *answer = &send->answer;

	buf_add(answer, bytes, length);
	for (;;) {
		struct ssh_blob all = ssh_blob(answer->text, answer->length);
		uint32_t size = ssh_blob_u32(&all);
		size_t rest;

		if (!all.bad && size > MESSAGE_MAX)
			return nonsense(err);
		if (all.bad || all.left < size)
			return 0;
		if (take(send, ssh_blob(all.next, size), err) < 0)
			return -1;
		rest = all.left - size;
		memmove(answer->text, all.next + size, rest);
		answer->length = rest;
	}
}

void ssh_sftp_init(struct ssh_send *send, struct ssh_file *file)
{
	static const struct ssh_send_kind kind = { fill, feed };

	*send = (struct ssh_send){ .kind = &kind, .file = file };
	buf_init(&send->answer, 0);
}

void ssh_send_release(struct ssh_send *send)
{
	buf_release(&send->answer);
}
