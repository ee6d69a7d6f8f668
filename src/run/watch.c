/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/watch.h"

#include <stdlib.h>
#include <uv.h>

#include "base/str.h"
#include "base/xalloc.h"

/* By then the first lines of a report are there, which make its title. */
#define TELL_MS	     500
#define SETTLE_TIMES 6
#define NEVER	     UINT64_MAX

struct watch {
	uv_timer_t timer;
	struct watch_spec spec;
	struct console console;
	/* of the loop's clock; news: the first crash that nobody looked at */
	uint64_t last_output, last_crash, news;
	size_t crashes; /* seen so far */
	size_t looked;	/* of these, looked at for something to tell */
	size_t settled; /* of these, complete, and they did not decide */
	char *told;	/* the title that was told last, or NULL */
	bool done;
};

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_open(const struct watch *watch)
{
	return watch->crashes > watch->settled;
}

static uint64_t settle_time(const struct watch *watch)
{
	uint64_t settle = (uint64_t)watch->spec.settle_ms;

	return earlier(watch->last_output + settle,
		       watch->last_crash + settle * SETTLE_TIMES);
}

static uint64_t silence_time(const struct watch *watch)
{
	return watch->spec.silence_ms > 0
		       ? watch->last_output + (uint64_t)watch->spec.silence_ms
		       : NEVER;
}

/* One title is told early; what it is after all shows when it is complete. */
static uint64_t tell_time(const struct watch *watch)
{
	return watch->told || watch->crashes == watch->looked
		       ? NEVER
		       : watch->news + TELL_MS;
}

static void on_time(uv_timer_t *timer);

/* Wake up when the next thing is due. */
static void set_timer(struct watch *watch)
{
	uint64_t now = uv_now(watch->timer.loop), at = silence_time(watch);

	if (is_open(watch))
		at = earlier(at, earlier(settle_time(watch), tell_time(watch)));
	if (watch->done || watch->spec.asleep || at == NEVER)
		uv_timer_stop(&watch->timer);
	else
		uv_timer_start(&watch->timer, on_time, at > now ? at - now : 0,
			       0);
}

static void tell(struct watch *watch, const struct sight *sight)
{
	const char *title;

	if (sight->seen != SEEN_CRASH)
		return;
	if (watch->spec.crash_at)
		watch->spec.crash_at(watch->spec.owner, sight->at[0]);
	if (!watch->spec.seen)
		return;
	title = sight->crashes[0].title;
	if (str_equal(watch->told, title))
		return;
	free(watch->told);
	watch->told = xstrdup(title);
	watch->spec.seen(watch->spec.data, title);
}

static bool decides(const struct watch *watch, const struct sight *sight)
{
	if (sight->panicked)
		return true;
	if (sight->seen != SEEN_CRASH)
		return false;
	return !watch->spec.decides ||
	       watch->spec.decides(watch->spec.data, sight->crashes,
				   sight->crash_count);
}

static void stop(struct watch *watch, enum watch_stop why)
{
	watch->done = true;
	watch->spec.stop(watch->spec.owner, why);
}

static void on_time(uv_timer_t *timer)
{
	struct watch *watch = timer->data;
	uint64_t now = uv_now(timer->loop);
	struct sight sight;

	if (is_open(watch) &&
	    now >= earlier(settle_time(watch), tell_time(watch))) {
		console_look(&watch->console, &sight);
		watch->looked = watch->crashes;
		tell(watch, &sight);
		if (now >= settle_time(watch)) {
			watch->settled = watch->crashes;
			if (decides(watch, &sight))
				stop(watch, WATCH_CRASH);
		}
		sight_release(&sight);
	}
	if (!watch->done && now >= silence_time(watch))
		stop(watch, WATCH_SILENCE);
	set_timer(watch);
}

struct watch *watch_new(uv_loop_t *loop, const struct watch_spec *spec)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->spec = *spec;
	console_init(&watch->console, spec->rules);
	uv_timer_init(loop, &watch->timer);
	watch->timer.data = watch;
	uv_update_time(loop);
	watch->last_output = uv_now(loop);
	set_timer(watch);
	return watch;
}

/* There are so many crashes on the console now. */
static void count(struct watch *watch, uint64_t now)
{
	size_t crashes = console_count(&watch->console);

	watch->last_output = now;
	if (crashes > watch->crashes) {
		watch->last_crash = now;
		if (watch->crashes == watch->looked)
			watch->news = now;
	}
	watch->crashes = crashes;
	set_timer(watch);
}

void watch_feed(struct watch *watch, const char *bytes, size_t length)
{
	console_feed(&watch->console, bytes, length);
	if (!watch->spec.asleep)
		count(watch, uv_now(watch->timer.loop));
}

void watch_restart(struct watch *watch)
{
	console_restart(&watch->console, true);
}

void watch_wake(struct watch *watch, int64_t silence_ms)
{
	if (!watch->spec.asleep)
		return;
	if (!watch->console.began)
		console_restart(&watch->console, false);
	watch->spec.asleep = false;
	watch->spec.silence_ms = silence_ms;
	uv_update_time(watch->timer.loop);
	count(watch, uv_now(watch->timer.loop));
}

void watch_end(struct watch *watch)
{
	watch->done = true;
	uv_timer_stop(&watch->timer);
	console_end(&watch->console);
}

static void on_closed(uv_handle_t *handle)
{
	struct watch *watch = handle->data;

	console_release(&watch->console);
	free(watch->told);
	free(watch);
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	watch->done = true;
	uv_close((uv_handle_t *)&watch->timer, on_closed);
}

const struct console *watch_console(const struct watch *watch)
{
	return &watch->console;
}
