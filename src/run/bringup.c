/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/bringup.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "run/bringup_work.h"

#define TRY_MS	  5000	/* one try to connect */
#define REACH_MS  10000 /* until the power is cycled for an answer */
#define PAUSE_MS  500	/* from one look at a machine to the next */
#define ASK_MS	  60000 /* for an answer; a login may be slow */
#define REBOOT_MS 30000 /* for the command that reboots */

static void on_connected(void *data, enum ssh_end end, const struct error *err);

static void dial(struct bringup *bringup, int64_t wait_ms)
{
	const struct ssh_connect spec = {
		.timeout_ms = TRY_MS,
		.wait_ms = wait_ms,
		.interval_ms = PAUSE_MS,
		.done = on_connected,
		.data = bringup,
	};
	struct error err = ERROR_INIT;

	bringup->busy = ssh_connect(bringup->ssh, &spec, &err) == 0;
	if (!bringup->busy)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", err.text);
}

static bool may_cycle(const struct bringup *bringup)
{
	return bringup->spec.power_cycle && !bringup->cycled;
}

static void set_until(struct bringup *bringup)
{
	uv_update_time(bringup->loop);
	bringup->until =
		uv_now(bringup->loop) + (uint64_t)bringup->spec.boot_ms;
}

static void reach(struct bringup *bringup)
{
	bringup->state = REACHING;
	dial(bringup, may_cycle(bringup) ? REACH_MS : bringup->spec.boot_ms);
}

static void wait_up(struct bringup *bringup);

static void on_cycled(void *data, enum child_stop why, int status,
		      int64_t duration_ms)
{
	struct bringup *bringup = data;

	(void)duration_ms;
	if (!bringup_went_well(bringup, "the power cycle command", why, status))
		return;
	bringup_open_ssh(bringup);
	set_until(bringup);
	if (bringup->cycled_in == REACHING)
		reach(bringup);
	else
		wait_up(bringup);
}

/* What there is of a connection will not tell that the power is off. */
static void cycle(struct bringup *bringup)
{
	bringup->cycled = true;
	bringup->cycled_in = bringup->state;
	bringup->state = CYCLING;
	ssh_free(bringup->ssh);
	bringup->ssh = NULL;
	bringup->spec.booting(bringup->spec.data);
	bringup_here(bringup, bringup->spec.power_cycle, on_cycled);
}

/* It has had its time. */
static void give_up(struct bringup *bringup)
{
	int64_t seconds = bringup->spec.boot_ms / 1000;

	if (may_cycle(bringup))
		cycle(bringup);
	else if (bringup->state == REACHING)
		bringup_finish(bringup, BRINGUP_TROUBLE,
			       "the machine cannot be reached: %s",
			       bringup->why);
	else if (bringup->refused)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", bringup->why);
	else if (str_equal(bringup->running.boot, bringup->before))
		bringup_finish(bringup, BRINGUP_TROUBLE,
			       "the machine did not restart within %" PRId64
			       " s",
			       seconds);
	else
		bringup_finish(bringup, BRINGUP_NOT_UP,
			       "the machine did not come up within %" PRId64
			       " s%s: %s",
			       seconds,
			       bringup->cycled ? ", its power cycled" : "",
			       bringup->why);
}

static void ask(struct bringup *bringup);

static void wait_up(struct bringup *bringup)
{
	uint64_t now = uv_now(bringup->loop);

	bringup->state = WAITING;
	if (now >= bringup->until)
		give_up(bringup);
	else if (ssh_is_open(bringup->ssh))
		ask(bringup);
	else
		dial(bringup, (int64_t)(bringup->until - now));
}

static void on_pause(uv_timer_t *timer)
{
	wait_up(timer->data);
}

static void look_again(struct bringup *bringup)
{
	uv_timer_start(&bringup->pause, on_pause, PAUSE_MS, 0);
}

/* A machine that boots may refuse those who are too early. */
static void on_refused(struct bringup *bringup, enum ssh_end end,
		       const struct error *err)
{
	bool early = bringup->state == WAITING &&
		     (end == SSH_KEY_REFUSED || end == SSH_PEER);

	bringup->refused = true;
	str_copy(bringup->why, sizeof(bringup->why), err->text);
	if (early)
		look_again(bringup);
	else
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", err->text);
}

static void on_connected(void *data, enum ssh_end end, const struct error *err)
{
	struct bringup *bringup = data;

	if (!bringup_came_back(bringup))
		return;
	bringup->refused = false;
	if (end == SSH_DONE) {
		ask(bringup);
	} else if (end == SSH_REFUSED || end == SSH_TIMEOUT ||
		   end == SSH_LOST) {
		str_copy(bringup->why, sizeof(bringup->why), err->text);
		if (bringup->state == WAITING)
			bringup->running.boot[0] = '\0';
		give_up(bringup);
	} else {
		on_refused(bringup, end, err);
	}
}

static void on_rebooting(void *data, const struct ssh_run_end *end)
{
	struct bringup *bringup = data;
	bool refused = end->end == SSH_DONE && end->exit_status > 0 &&
		       end->exit_status < BRINGUP_SIGNALLED;

	if (!bringup_came_back(bringup))
		return;
	lines_end(&bringup->lines);
	if (!refused)
		wait_up(bringup);
	else if (may_cycle(bringup))
		cycle(bringup);
	else
		bringup_failed(bringup, "the reboot command there",
			       end->exit_status);
}

static void reboot(struct bringup *bringup)
{
	bringup->state = REBOOTING;
	set_until(bringup);
	bringup->spec.booting(bringup->spec.data);
	if (bringup_there(bringup, bringup->spec.reboot, REBOOT_MS,
			  bringup_output, on_rebooting) == 0)
		return;
	if (may_cycle(bringup))
		cycle(bringup);
	else
		bringup_finish(bringup, BRINGUP_TROUBLE,
			       "the connection was lost before the reboot");
}

static void on_installed(void *data, enum child_stop why, int status,
			 int64_t duration_ms)
{
	struct bringup *bringup = data;

	(void)duration_ms;
	if (!bringup_went_well(bringup, "the install command", why, status))
		return;
	bringup->spec.memory->installed = true;
	reboot(bringup);
}

static void install(struct bringup *bringup)
{
	bringup->state = INSTALLING;
	if (bringup->spec.install) {
		bringup_here(bringup, bringup->spec.install, on_installed);
		return;
	}
	bringup->spec.memory->installed = true;
	reboot(bringup);
}

static void on_prepared(void *data, const struct ssh_run_end *end)
{
	struct bringup *bringup = data;

	if (!bringup_came_back(bringup))
		return;
	lines_end(&bringup->lines);
	if (end->end != SSH_DONE)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", end->err->text);
	else if (end->exit_status != 0)
		bringup_failed(bringup, "the install command there",
			       end->exit_status);
	else
		install(bringup);
}

static void prepare(struct bringup *bringup)
{
	bringup->state = PREPARING;
	if (!bringup->spec.install_there)
		install(bringup);
	else if (bringup_there(bringup, bringup->spec.install_there,
			       bringup->spec.limit_ms, bringup_output,
			       on_prepared) < 0)
		bringup_finish(
			bringup, BRINGUP_TROUBLE,
			"the connection was lost before the install command");
}

static void on_copied(void *data, enum ssh_end end, const struct error *err)
{
	struct bringup *bringup = data;

	if (!bringup_came_back(bringup))
		return;
	if (end != SSH_DONE)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", err->text);
	else
		prepare(bringup);
}

static void copy(struct bringup *bringup)
{
	const struct ssh_copy spec = {
		.from = bringup->spec.kernel,
		.to = bringup->spec.image,
		.mode = 0644,
		.timeout_ms = bringup->spec.limit_ms,
		.done = on_copied,
		.data = bringup,
	};
	struct error err = ERROR_INIT;

	bringup->state = COPYING;
	if (!bringup->spec.image) {
		prepare(bringup);
		return;
	}
	bringup->busy = ssh_copy(bringup->ssh, &spec, &err) == 0;
	if (!bringup->busy)
		bringup_finish(bringup, BRINGUP_TROUBLE, "%s", err.text);
}

/* Before anything is done to it. */
static void take_first(struct bringup *bringup)
{
	const struct bringup_memory *memory = bringup->spec.memory;
	const struct running *running = &bringup->running;
	bool fresh =
		bringup->cycled || (!bringup->spec.every_run && memory->well &&
				    str_equal(memory->boot, running->boot));

	str_copy(bringup->before, sizeof(bringup->before), running->boot);
	if (!memory->installed)
		copy(bringup);
	else if (fresh && identity_matches(&bringup->identity, running))
		bringup_finish(bringup, BRINGUP_UP, "%s", "");
	else
		reboot(bringup);
}

/* After the reboot; perhaps it has not begun yet. */
static void take_next(struct bringup *bringup)
{
	const struct identity *identity = &bringup->identity;
	const struct running *running = &bringup->running;

	if (str_equal(running->boot, bringup->before))
		look_again(bringup);
	else if (identity_matches(identity, running))
		bringup_finish(bringup, BRINGUP_UP, "%s", "");
	else
		bringup_finish(bringup, BRINGUP_NOT_UP,
			       "the machine runs %s%s, not the kernel of %.12s",
			       str_equal(identity->kernel, running->kernel)
				       ? "another build of "
				       : "",
			       running->kernel, bringup->spec.commit);
}

static void on_answer(void *data, const struct ssh_run_end *end)
{
	struct bringup *bringup = data;
	const struct buf *answer = &bringup->answer;

	if (!bringup_came_back(bringup))
		return;
	if (end->end == SSH_DONE &&
	    identity_read(answer->text, answer->length, &bringup->running)) {
		if (bringup->state == ASKING)
			take_first(bringup);
		else
			take_next(bringup);
	} else if (end->end == SSH_DONE) {
		bringup_finish(bringup, BRINGUP_TROUBLE,
			       "the machine does not say which kernel it runs: "
			       "exit code %d",
			       end->exit_status);
	} else if (bringup->state == ASKING) {
		bringup->state = REACHING;
		str_copy(bringup->why, sizeof(bringup->why), end->err->text);
		give_up(bringup);
	} else {
		look_again(bringup);
	}
}

static void on_answer_bytes(void *data, const char *bytes, size_t length)
{
	struct bringup *bringup = data;

	buf_add(&bringup->answer, bytes, length);
}

static void ask(struct bringup *bringup)
{
	const char *running = bringup->spec.running;

	if (bringup->state == REACHING)
		bringup->state = ASKING;
	buf_clear(&bringup->answer);
	if (bringup_there(bringup, running ? running : IDENTITY_COMMAND, ASK_MS,
			  on_answer_bytes, on_answer) == 0)
		return;
	if (bringup->state == ASKING)
		reach(bringup);
	else
		look_again(bringup);
}

static void on_expected(void *data, enum child_stop why, int status,
			int64_t duration_ms)
{
	struct bringup *bringup = data;

	(void)duration_ms;
	if (!bringup_went_well(bringup, "the command for machine.expected", why,
			       status))
		return;
	str_copy(bringup->identity.kernel, sizeof(bringup->identity.kernel),
		 bringup->last);
	reach(bringup);
}

static void on_begin(uv_timer_t *timer)
{
	struct bringup *bringup = timer->data;
	const struct bringup_spec *spec = &bringup->spec;

	bringup_open_ssh(bringup);
	if (spec->expected)
		bringup_here(bringup, spec->expected, on_expected);
	else if (identity_of_build(spec->folder, &bringup->identity))
		reach(bringup);
	else
		bringup_finish(
			bringup, BRINGUP_TROUBLE,
			"cannot tell which kernel should run: there is "
			"neither vmlinux nor include/config/kernel.release in "
			"'%s'",
			spec->folder);
}

struct bringup *bringup_start(uv_loop_t *loop, const struct bringup_spec *spec)
{
	struct bringup *bringup = bringup_new(loop, spec);

	uv_timer_start(&bringup->pause, on_begin, 0, 0);
	return bringup;
}
