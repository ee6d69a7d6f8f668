/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/bringup_work.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/tidy.h"

#define KEEP_MS 3000  /* silence until it is asked whether it lives */
#define DEAD_MS 12000 /* and until it counts as lost */

static void maybe_release(struct bringup *bringup)
{
	if (!bringup->forgotten || bringup->busy || bringup->child ||
	    !bringup->closed)
		return;
	buf_release(&bringup->answer);
	free(bringup);
}

void bringup_finish(struct bringup *bringup, enum bringup_end end,
		    const char *format, ...)
{
	char text[1024];
	va_list args;

	if (bringup->over)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	bringup->over = true;
	if (end == BRINGUP_UP)
		str_copy(bringup->spec.memory->boot,
			 sizeof(bringup->spec.memory->boot),
			 bringup->running.boot);
	ssh_free(bringup->ssh);
	bringup->ssh = NULL;
	bringup->spec.done(bringup->spec.data, end, text);
}

bool bringup_came_back(struct bringup *bringup)
{
	bringup->busy = false;
	if (!bringup->over)
		return true;
	maybe_release(bringup);
	return false;
}

static void take_line(void *data, char *line)
{
	struct bringup *bringup = data;

	tidy_trim(line);
	if (!*line)
		return;
	str_copy(bringup->last, sizeof(bringup->last), line);
	tidy_utf8(bringup->last, strlen(bringup->last));
	tidy_controls(bringup->last);
}

void bringup_output(void *data, const char *bytes, size_t length)
{
	struct bringup *bringup = data;

	if (bringup->over)
		return;
	lines_feed(&bringup->lines, bytes, length);
	bringup->spec.output(bringup->spec.data, bytes, length);
}

void bringup_failed(struct bringup *bringup, const char *what, int status)
{
	bool signalled = status >= BRINGUP_SIGNALLED;

	bringup_finish(bringup, BRINGUP_TROUBLE, "%s failed: %s %d%s%s", what,
		       signalled ? "signal" : "exit code",
		       signalled ? status - BRINGUP_SIGNALLED : status,
		       bringup->last[0] ? ": " : "", bringup->last);
}

void bringup_here(struct bringup *bringup, const char *command,
		  void (*on_end)(void *data, enum child_stop why, int status,
				 int64_t duration_ms))
{
	const char *argv[] = { "sh", "-c", command, NULL };
	const struct child_spec spec = {
		.keeper = bringup->spec.keeper,
		.argv = argv,
		.env = bringup->spec.env,
		.cwd = bringup->spec.cwd,
		.timeout_ms = bringup->spec.limit_ms,
		.on_output = bringup_output,
		.on_end = on_end,
		.data = bringup,
	};
	struct error err = ERROR_INIT;

	bringup->last[0] = '\0';
	if (child_start(bringup->loop, &spec, &bringup->child, &err) < 0)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", err.text);
}

bool bringup_went_well(struct bringup *bringup, const char *what,
		       enum child_stop why, int status)
{
	bringup->child = NULL;
	lines_end(&bringup->lines);
	if (bringup->over) {
		maybe_release(bringup);
		return false;
	}
	if (why == CHILD_TIME)
		bringup_finish(bringup, BRINGUP_TROUBLE,
			       "%s did not end within %" PRId64 " s", what,
			       bringup->spec.limit_ms / 1000);
	else if (status != 0)
		bringup_failed(bringup, what, status);
	return !bringup->over;
}

int bringup_there(struct bringup *bringup, const char *command,
		  int64_t limit_ms,
		  void (*output)(void *data, const char *bytes, size_t length),
		  void (*on_end)(void *data, const struct ssh_run_end *end))
{
	const struct ssh_run run = {
		.command = command,
		.timeout_ms = limit_ms,
		.on_output = output,
		.on_end = on_end,
		.data = bringup,
	};

	bringup->last[0] = '\0';
	bringup->busy = ssh_run(bringup->ssh, &run, NULL) == 0;
	return bringup->busy ? 0 : -1;
}

void bringup_open_ssh(struct bringup *bringup)
{
	struct ssh_spec peer = bringup->spec.peer;

	peer.keepalive_ms = KEEP_MS;
	peer.dead_ms = DEAD_MS;
	bringup->ssh = ssh_new(bringup->loop, &peer);
}

struct bringup *bringup_new(uv_loop_t *loop, const struct bringup_spec *spec)
{
	struct bringup *bringup = xcalloc(1, sizeof(*bringup));

	bringup->loop = loop;
	bringup->spec = *spec;
	buf_init(&bringup->answer, 2 * IDENTITY_MAX);
	lines_init(&bringup->lines, take_line, bringup);
	uv_timer_init(loop, &bringup->pause);
	bringup->pause.data = bringup;
	return bringup;
}

static void on_closed(uv_handle_t *handle)
{
	struct bringup *bringup = handle->data;

	bringup->closed = true;
	maybe_release(bringup);
}

void bringup_free(struct bringup *bringup)
{
	if (!bringup)
		return;
	bringup->over = true;
	bringup->forgotten = true;
	ssh_free(bringup->ssh);
	bringup->ssh = NULL;
	if (bringup->child)
		child_stop(bringup->child);
	uv_close((uv_handle_t *)&bringup->pause, on_closed);
}
