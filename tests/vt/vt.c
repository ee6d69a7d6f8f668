/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vt/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/xalloc.h"

#define TIMEOUT_S 20
#define IDLE	  "\033_culprit idle "
#define IDLE_END  "\033\\"

static int on_property(VTermProp property, VTermValue *value, void *data)
{
	struct vt *vt = data;

	switch (property) {
	case VTERM_PROP_ALTSCREEN:
		vt->alternate = value->boolean;
		break;
	case VTERM_PROP_CURSORVISIBLE:
		vt->cursor = value->boolean;
		break;
	case VTERM_PROP_MOUSE:
		vt->mouse = value->number;
		break;
	case VTERM_PROP_TITLE:
	case VTERM_PROP_ICONNAME:
		free(vt->title);
		vt->title = xstrdup(value->string);
		break;
	case VTERM_PROP_CURSORBLINK:
	case VTERM_PROP_REVERSE:
	case VTERM_PROP_CURSORSHAPE:
	case VTERM_N_PROPS:
		break;
	}
	return 1;
}

/* What the person types, and what the terminal answers by itself. */
static void on_output(const char *bytes, size_t length, void *data)
{
	vt_bytes(data, bytes, length);
}

static const VTermScreenCallbacks callbacks = { .settermprop = on_property };

static void make_screen(struct vt *vt)
{
	vt->vterm = vterm_new(vt->rows, vt->columns);
	vterm_set_utf8(vt->vterm, 1);
	vterm_output_set_callback(vt->vterm, on_output, vt);
	vt->screen = vterm_obtain_screen(vt->vterm);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_reset(vt->screen, 1);
}

int vt_open(struct vt *vt, int columns, int rows, struct error *err)
{
	struct winsize size = { .ws_col = (unsigned short)columns,
				.ws_row = (unsigned short)rows };

	memset(vt, 0, sizeof(*vt));
	vt->columns = vt->most_columns = columns;
	vt->rows = vt->most_rows = rows;
	buf_init(&vt->pending, 0);
	buf_init(&vt->raw, 0);
	if (openpty(&vt->master, &vt->slave, NULL, NULL, &size) < 0)
		return error_errno(err, "cannot open a terminal");
	fcntl(vt->master, F_SETFD, FD_CLOEXEC);
	fcntl(vt->master, F_SETFL, O_NONBLOCK);
	fcntl(vt->slave, F_SETFD, FD_CLOEXEC);
	tcgetattr(vt->slave, &vt->before);
	make_screen(vt);
	return 0;
}

void vt_close(struct vt *vt)
{
	job_end(&vt->job);
	vt_hang_up(vt);
	vterm_free(vt->vterm);
	free(vt->title);
	buf_release(&vt->pending);
	buf_release(&vt->raw);
}

int vt_start(struct vt *vt, const char *command, struct error *err)
{
	job_end(&vt->job);
	vt->keys = vt->told_keys = 0;
	vt->told_columns = vt->told_rows = 0;
	return job_start(&vt->job, vt->slave, command, err);
}

void vt_hang_up(struct vt *vt)
{
	if (vt->master >= 0)
		close(vt->master);
	if (vt->slave >= 0)
		close(vt->slave);
	vt->master = vt->slave = -1;
}

static void show(struct vt *vt, size_t length)
{
	buf_add(&vt->raw, vt->pending.text, length);
	vterm_input_write(vt->vterm, vt->pending.text, length);
	memmove(vt->pending.text, vt->pending.text + length,
		vt->pending.length - length);
	vt->pending.length -= length;
}

/* How much of the pending bytes is surely no part of a mark. */
static size_t before_mark(const struct vt *vt)
{
	const char *text = vt->pending.text;
	size_t length = vt->pending.length;

	for (size_t i = 0; i < length; i++) {
		size_t have =
			length - i < strlen(IDLE) ? length - i : strlen(IDLE);

		if (memcmp(text + i, IDLE, have) == 0)
			return i;
	}
	return length;
}

static bool take_mark(struct vt *vt)
{
	const char *end = memmem(vt->pending.text, vt->pending.length, IDLE_END,
				 strlen(IDLE_END));
	char mark[100];
	size_t length;

	if (!end || vt->pending.length < strlen(IDLE))
		return false;
	length = (size_t)(end - vt->pending.text) + strlen(IDLE_END);
	snprintf(mark, sizeof(mark), "%.*s", (int)length, vt->pending.text);
	if (sscanf(mark + strlen(IDLE), "%ld %dx%d", &vt->told_keys,
		   &vt->told_columns, &vt->told_rows) != 3)
		return false;
	vt->told++;
	memmove(vt->pending.text, vt->pending.text + length,
		vt->pending.length - length);
	vt->pending.length -= length;
	return true;
}

static void look_at_pending(struct vt *vt)
{
	do
		show(vt, before_mark(vt));
	while (vt->pending.length && take_mark(vt));
	vterm_screen_flush_damage(vt->screen);
}

static bool read_terminal(struct vt *vt)
{
	char bytes[65536];
	bool came = false;
	ssize_t got;

	while (vt->master >= 0 &&
	       (got = read(vt->master, bytes, sizeof(bytes))) > 0) {
		buf_add(&vt->pending, bytes, (size_t)got);
		look_at_pending(vt);
		came = true;
	}
	return came;
}

bool vt_pump(struct vt *vt, int ms)
{
	bool runs = vt->job.state == JOB_RUNNING;
	struct pollfd lines[2] = {
		{ .fd = vt->master, .events = POLLIN },
		{ .fd = runs ? vt->job.news : -1, .events = POLLIN },
	};
	bool came;

	if (poll(lines, 2, ms) <= 0)
		return false;
	if (lines[1].revents)
		job_listen(&vt->job);
	came = read_terminal(vt);
	return came || lines[1].revents;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int vt_until(struct vt *vt, bool (*holds)(struct vt *vt, const void *data),
	     const void *data, struct error *err)
{
	const char *told = getenv("VT_TIMEOUT");
	int64_t end = now_ms() + 1000 * (told ? atol(told) : TIMEOUT_S);

	while (!holds(vt, data)) {
		int64_t left = end - now_ms();

		if (left <= 0)
			return error_set(err, ERROR_STATE,
					 "it did not come to that");
		if (vt->job.state == JOB_ENDED && !vt_pump(vt, 0))
			return error_set(err, ERROR_STATE,
					 "the program has ended");
		vt_pump(vt, left < 100 ? (int)left : 100);
	}
	return 0;
}

static bool is_idle(struct vt *vt, const void *data)
{
	(void)data;
	return vt->told_keys >= vt->keys && vt->told_columns == vt->columns &&
	       vt->told_rows == vt->rows;
}

int vt_until_idle(struct vt *vt, struct error *err)
{
	if (vt_until(vt, is_idle, NULL, err) == 0)
		return 0;
	return error_set(err, ERROR_STATE,
			 "%ld keys of %ld were taken, on a page of %dx%d",
			 vt->told_keys, vt->keys, vt->told_columns,
			 vt->told_rows);
}

/* The program may be slower than the person: what it says is read meanwhile. */
void vt_bytes(struct vt *vt, const char *bytes, size_t length)
{
	while (length && vt->master >= 0) {
		ssize_t put = write(vt->master, bytes, length);

		if (put > 0) {
			bytes += put;
			length -= (size_t)put;
		} else if (errno != EAGAIN && errno != EINTR) {
			return;
		} else {
			struct pollfd line = { .fd = vt->master,
					       .events = POLLOUT };

			poll(&line, 1, 1000);
		}
	}
}

static const struct {
	const char *name;
	VTermKey key;
	VTermModifier with;
} names[] = {
	{ "Enter", VTERM_KEY_ENTER, VTERM_MOD_NONE },
	{ "Tab", VTERM_KEY_TAB, VTERM_MOD_NONE },
	{ "S-Tab", VTERM_KEY_TAB, VTERM_MOD_SHIFT },
	{ "Esc", VTERM_KEY_ESCAPE, VTERM_MOD_NONE },
	{ "Backspace", VTERM_KEY_BACKSPACE, VTERM_MOD_NONE },
	{ "Up", VTERM_KEY_UP, VTERM_MOD_NONE },
	{ "Down", VTERM_KEY_DOWN, VTERM_MOD_NONE },
	{ "Left", VTERM_KEY_LEFT, VTERM_MOD_NONE },
	{ "Right", VTERM_KEY_RIGHT, VTERM_MOD_NONE },
	{ "Home", VTERM_KEY_HOME, VTERM_MOD_NONE },
	{ "End", VTERM_KEY_END, VTERM_MOD_NONE },
	{ "Delete", VTERM_KEY_DEL, VTERM_MOD_NONE },
	{ "Insert", VTERM_KEY_INS, VTERM_MOD_NONE },
	{ "PgUp", VTERM_KEY_PAGEUP, VTERM_MOD_NONE },
	{ "PgDn", VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE },
};

int vt_key(struct vt *vt, const char *name, struct error *err)
{
	vt->keys++;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i].name, name) == 0) {
			vterm_keyboard_key(vt->vterm, names[i].key,
					   names[i].with);
			return 0;
		}
	}
	if (strcmp(name, "Space") == 0)
		name = " ";
	if (strncmp(name, "C-", 2) == 0 && name[2] && !name[3]) {
		char control = (char)(name[2] & 0x1f);

		vt_bytes(vt, &control, 1);
		return 0;
	}
	if (mbstowcs(NULL, name, 0) != 1)
		return error_set(err, ERROR_INPUT, "'%s' is no key", name);
	vt_bytes(vt, name, strlen(name));
	return 0;
}

void vt_text(struct vt *vt, const char *text)
{
	vt->keys += (long)mbstowcs(NULL, text, 0);
	vt_bytes(vt, text, strlen(text));
}

void vt_click(struct vt *vt, int column, int row, int button)
{
	vterm_mouse_move(vt->vterm, row, column, VTERM_MOD_NONE);
	vterm_mouse_button(vt->vterm, button, true, VTERM_MOD_NONE);
	vterm_mouse_button(vt->vterm, button, false, VTERM_MOD_NONE);
}

int vt_resize(struct vt *vt, int columns, int rows, struct error *err)
{
	struct winsize size = { .ws_col = (unsigned short)columns,
				.ws_row = (unsigned short)rows };

	/* what is still on its way was written for the old size */
	while (vt_pump(vt, 0))
		continue;
	vt->columns = columns;
	vt->rows = rows;
	if (columns > vt->most_columns)
		vt->most_columns = columns;
	if (rows > vt->most_rows)
		vt->most_rows = rows;
	vterm_set_size(vt->vterm, rows, columns);
	if (ioctl(vt->master, TIOCSWINSZ, &size) < 0)
		return error_errno(err, "cannot resize the terminal");
	return 0;
}

static void put_utf8(struct buf *out, uint32_t c)
{
	char bytes[16];
	mbstate_t state;
	size_t length;

	memset(&state, 0, sizeof(state));
	length = wcrtomb(bytes, (wchar_t)c, &state);
	if (length != (size_t)-1)
		buf_add(out, bytes, length);
}

void vt_row(const struct vt *vt, int row, struct buf *out)
{
	size_t end = out->length;
	VTermScreenCell cell;

	for (int x = 0; x < vt->columns; x += cell.width) {
		VTermPos at = { .row = row, .col = x };

		if (!vterm_screen_get_cell(vt->screen, at, &cell))
			break;
		if (cell.width < 1)
			cell.width = 1;
		if (!cell.chars[0] || cell.chars[0] == (uint32_t)-1)
			buf_putc(out, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] &&
				cell.chars[i] != (uint32_t)-1;
		     i++)
			put_utf8(out, cell.chars[i]);
		if (cell.chars[0] && cell.chars[0] != ' ')
			end = out->length;
	}
	out->length = end;
	out->text[end] = '\0';
}

void vt_dump(const struct vt *vt, struct buf *out)
{
	for (int y = 0; y < vt->rows; y++) {
		vt_row(vt, y, out);
		buf_putc(out, '\n');
	}
}

int vt_cursor_row(const struct vt *vt)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(vt->vterm), &at);
	return at.row;
}

/* libvterm does not tell whether the keypad sends codes. */
static bool keypad_is_plain(const struct vt *vt)
{
	const char *at = vt->raw.text, *end = at + vt->raw.length;
	bool plain = true;

	for (; at < end - 1; at++) {
		if (at[0] != '\033')
			continue;
		if (at[1] == '=')
			plain = false;
		if (at[1] == '>')
			plain = true;
	}
	return plain;
}

static bool pen_is_plain(const struct vt *vt)
{
	static const VTermAttr on[] = { VTERM_ATTR_BOLD, VTERM_ATTR_UNDERLINE,
					VTERM_ATTR_REVERSE };
	VTermState *state = vterm_obtain_state(vt->vterm);
	VTermValue value;

	for (size_t i = 0; i < sizeof(on) / sizeof(*on); i++) {
		if (!vterm_state_get_penattr(state, on[i], &value) ||
		    value.number)
			return false;
	}
	return true;
}

int vt_restored(const struct vt *vt, struct error *err)
{
	struct termios now;
	const char *wrong = NULL;

	tcgetattr(vt->slave, &now);
	if (vt->alternate)
		wrong = "the alternate screen is still shown";
	else if (!vt->cursor)
		wrong = "the cursor is hidden";
	else if (vt->mouse)
		wrong = "the mouse is still asked for";
	else if (!keypad_is_plain(vt))
		wrong = "the keypad still sends codes";
	else if (!pen_is_plain(vt))
		wrong = "the pen is not plain";
	else if (now.c_lflag != vt->before.c_lflag ||
		 now.c_iflag != vt->before.c_iflag ||
		 now.c_oflag != vt->before.c_oflag ||
		 now.c_cflag != vt->before.c_cflag ||
		 memcmp(now.c_cc, vt->before.c_cc, sizeof(now.c_cc)) != 0)
		wrong = "the line is not in its mode of before";
	return wrong ? error_set(err, ERROR_STATE, "%s", wrong) : 0;
}
