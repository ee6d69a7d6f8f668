/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/errand.h"
#include "run/child.h"
#include "run/diagnosis.h"
#include "run/judge.h"
#include "run/patch.h"
#include "run/recorder.h"
#include "run/signature.h"
#include "run/surroundings.h"

#define CHECKOUT_OUTPUT_MAX (1 << 20)
#define SAID_MAX	    2000 /* bytes of git's words */

enum stage {
	STAGE_CHECKOUT,
	STAGE_ASKING, /* whether a patch is in already */
	STAGE_PATCHING,
	STAGE_COMMANDS,
	STAGE_PRODUCTS,
};

struct builder {
	uv_loop_t *loop;
	struct builder_spec spec; /* its texts are ours */
	char **checkout;	  /* ended by NULL */
	char *built; /* the commit in the worktree, when it was built */

	/* the build under way */
	char *commit; /* NULL: idle */
	enum stage stage;
	const struct build_choice *choice; /* or NULL */
	const struct builder_work *work;
	int patch;	 /* of the choice, the one it is at */
	bool refused;	 /* it does not apply */
	struct buf said; /* of it, by git */
	size_t command;
	struct child *child; /* but for products */
	struct buf doing;    /* its command; "" for what is only asked */
	struct errands errands;
	uv_work_t thread;
	char signature[SIGNATURE_HEX + 1];
	struct recorder record;
	struct diagnosis diagnosis;
	uint64_t began;
	bool ahead;
	bool cancelled;
	struct error trouble; /* ours: a log not written, products not kept */
	enum build_result result; /* while the disk takes the log */
	int exit_status;
	int64_t duration_ms;
	struct buf why;
	build_done *done;
	void *data;
};

/* A killed git would leave its lock in the worktree. */
static void stop_child(struct builder *builder)
{
	if (builder->stage != STAGE_COMMANDS || !builder->child)
		return;
	if (builder->work->in_order)
		child_ask_to_end(builder->child);
	else
		child_stop(builder->child);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct builder *builder = data;

	if (builder->trouble.code != ERROR_NONE)
		return;
	if (builder->stage == STAGE_ASKING) {
		/* "no" is told in many words that look like a failure */
		diagnosis_feed(&builder->diagnosis, bytes, length);
		return;
	}
	if (builder->stage == STAGE_PATCHING)
		buf_add(&builder->said, bytes, length);
	if (recorder_write(&builder->record, bytes, length, &builder->trouble) <
	    0)
		stop_child(builder);
	else
		diagnosis_feed(&builder->diagnosis, bytes, length);
}

static int64_t output_max(const struct builder *builder)
{
	return builder->stage < STAGE_COMMANDS ? CHECKOUT_OUTPUT_MAX
					       : builder->spec.output_max;
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms);

static int launch(struct builder *builder, const char *const *argv,
		  struct error *err)
{
	char **env = surroundings_make(
		&(struct surroundings){ .commit = builder->commit,
					.worktree = builder->spec.worktree,
					.session = builder->spec.session,
					.more = builder->work->env });
	struct child_spec child = {
		.keeper = builder->spec.keeper,
		.argv = argv,
		.env = (const char *const *)env,
		.cwd = builder->spec.worktree,
		.behind = builder->ahead,
		.timeout_ms = builder->spec.timeout_ms,
		.output_max = output_max(builder),
		.on_output = on_output,
		.on_end = on_end,
		.data = builder,
	};
	int ret = child_start(builder->loop, &child, &builder->child, err);

	surroundings_free(env);
	return ret;
}

/* The log says what is run; a shell's command as it was written. */
static int log_command(struct builder *builder, const char *const *words,
		       struct error *err)
{
	struct buf line;
	int ret;

	errand_say(words, &builder->doing);
	buf_init(&line, 0);
	buf_printf(&line, "$ %s\n", builder->doing.text);
	ret = recorder_write(&builder->record, line.text, line.length, err);
	buf_release(&line);
	return ret;
}

static int start(struct builder *builder, const char *const *argv,
		 struct error *err)
{
	diagnosis_clear(&builder->diagnosis);
	if (log_command(builder, argv, err) < 0)
		return -1;
	return launch(builder, argv, err);
}

static int start_checkout(struct builder *builder, struct error *err)
{
	struct argv argv = ARGV_INIT;
	int ret;

	argv_add_all(&argv, (const char *const *)builder->checkout);
	argv_add(&argv, builder->commit);
	ret = start(builder, (const char *const *)argv.items, err);
	argv_free(argv.items);
	return ret;
}

static void reset(struct builder *builder)
{
	recorder_close(&builder->record);
	diagnosis_release(&builder->diagnosis);
	buf_clear(&builder->doing);
	errands_release(&builder->errands);
	free(builder->commit);
	builder->commit = NULL;
	builder->cancelled = false;
	builder->refused = false;
	builder->trouble.code = ERROR_NONE;
	builder->signature[0] = '\0';
	buf_clear(&builder->said);
	buf_clear(&builder->why);
}

/* All is put back before the call, so that another build may start in it. */
static void tell(struct builder *builder)
{
	char signature[SIGNATURE_HEX + 1], *why;
	struct errands errands = builder->errands;
	struct build_end end = {
		.result = builder->result,
		.cancelled = builder->cancelled,
		.exit_status = builder->exit_status,
		.duration_ms = builder->duration_ms,
		.errands = errands.items,
		.errand_count = errands.count,
	};

	if (builder->trouble.code != ERROR_NONE) {
		end.result = BUILD_INFRA;
		buf_clear(&builder->why);
		buf_puts(&builder->why, builder->trouble.text);
	}
	why = buf_take(&builder->why);
	end.text = *why ? why : NULL;
	memcpy(signature, builder->signature, sizeof(signature));
	end.signature = *signature ? signature : NULL;
	if (builder->refused && end.result == BUILD_FAILED)
		end.patch = builder->choice->patches[builder->patch].number;
	if (end.result == BUILD_OK && !end.cancelled)
		builder->built = xstrdup(builder->commit);
	builder->errands = (struct errands){ NULL, 0 };
	reset(builder);
	builder->done(builder->data, &end);
	errands_release(&errands);
	free(why);
}

static void on_synced(void *data, const struct error *err)
{
	struct builder *builder = data;

	if (err && builder->trouble.code == ERROR_NONE)
		builder->trouble = *err;
	tell(builder);
}

static void finish(struct builder *builder, int exit_status,
		   enum build_result result, const char *text)
{
	builder->result = result;
	builder->exit_status = exit_status;
	builder->duration_ms =
		(int64_t)((uv_hrtime() - builder->began) / 1000000);
	buf_puts(&builder->why, text);
	if (builder->cancelled) /* nobody keeps it */
		tell(builder);
	else
		recorder_sync(&builder->record, builder->loop, on_synced,
			      builder);
}

static void make_products(uv_work_t *thread)
{
	struct builder *builder = thread->data;

	builder->work->products(builder->work->data, builder->signature,
				&builder->trouble);
}

static void on_products(uv_work_t *thread, int status)
{
	(void)status;
	finish(thread->data, 0, BUILD_OK, "");
}

/*
 * The next command, or what is to be done after the last one.  Returns -1
 * with builder->trouble when it cannot be started.
 */
static int go_on(struct builder *builder)
{
	const char *const *const *commands = builder->work->commands;

	if (commands && commands[builder->command]) {
		builder->stage = STAGE_COMMANDS;
		return start(builder, commands[builder->command++],
			     &builder->trouble);
	}
	if (builder->work->products && !builder->cancelled) {
		builder->stage = STAGE_PRODUCTS;
		builder->thread.data = builder;
		return uv_queue_work(builder->loop, &builder->thread,
				     make_products, on_products);
	}
	finish(builder, 0, BUILD_OK, "");
	return 0;
}

/* Write what the commands need.  A failure is the commit's, not ours. */
static bool prepare(struct builder *builder, struct buf *text)
{
	struct error why = ERROR_INIT;

	if (!builder->work->prepare ||
	    builder->work->prepare(builder->work->data, &why) == 0)
		return true;
	buf_puts(text, why.text);
	return false;
}

static const struct build_patch *patch_of(const struct builder *builder)
{
	return &builder->choice->patches[builder->patch];
}

/* As go_on: ask for the next patch, or begin with the commands. */
static int next_patch(struct builder *builder, enum build_result *result,
		      struct buf *text)
{
	const char *argv[PATCH_ARGV_MAX];

	if (!builder->choice ||
	    builder->patch >= builder->choice->patch_count) {
		if (prepare(builder, text))
			return go_on(builder);
		*result = BUILD_FAILED;
		return -1;
	}
	builder->stage = STAGE_ASKING;
	diagnosis_clear(&builder->diagnosis);
	patch_argv(patch_of(builder), builder->spec.worktree, true, argv);
	return launch(builder, argv, &builder->trouble);
}

static int apply_patch(struct builder *builder)
{
	const char *argv[PATCH_ARGV_MAX];

	builder->stage = STAGE_PATCHING;
	buf_clear(&builder->said);
	patch_argv(patch_of(builder), builder->spec.worktree, false, argv);
	return start(builder, argv, &builder->trouble);
}

static int pass_over(struct builder *builder, enum build_result *result,
		     struct buf *text)
{
	const struct build_patch *patch = patch_of(builder);
	char *line = xasprintf("$ # fixup %d (%s) is in already\n",
			       patch->number, patch->name);
	int ret = recorder_write(&builder->record, line, strlen(line),
				 &builder->trouble);

	free(line);
	builder->patch++;
	return ret < 0 ? -1 : next_patch(builder, result, text);
}

/* A child ended well: what follows, as go_on. */
static int advance(struct builder *builder, int exit_status,
		   enum build_result *result, struct buf *text)
{
	switch (builder->stage) {
	case STAGE_CHECKOUT:
		return next_patch(builder, result, text);
	case STAGE_ASKING:
		return exit_status ? apply_patch(builder)
				   : pass_over(builder, result, text);
	case STAGE_PATCHING:
		builder->patch++;
		return next_patch(builder, result, text);
	case STAGE_COMMANDS:
	case STAGE_PRODUCTS:
		break;
	}
	return go_on(builder);
}

/* git's answer is 0 or 1; anything else is trouble of its own. */
static enum build_result judge_patch(struct builder *builder,
				     const struct ending *ending,
				     struct buf *text)
{
	bool no = ending->why == CHILD_RAN && ending->exit_status == 1 &&
		  !builder->diagnosis.trouble;

	if (!no)
		return judge_checkout(ending, &builder->diagnosis, text);
	if (builder->stage == STAGE_ASKING)
		return BUILD_OK;
	builder->refused = true;
	patch_refused(patch_of(builder), builder->commit, builder->said.text,
		      text);
	return BUILD_FAILED;
}

static enum build_result judge(struct builder *builder,
			       const struct ending *ending, struct buf *text)
{
	enum build_result result;

	if (builder->stage == STAGE_CHECKOUT)
		return judge_checkout(ending, &builder->diagnosis, text);
	if (builder->stage != STAGE_COMMANDS)
		return judge_patch(builder, ending, text);
	result = judge_build(ending, &builder->diagnosis, text);
	if (result == BUILD_FAILED &&
	    builder->command <= builder->work->optional) {
		result = BUILD_OK;
		buf_clear(text);
	}
	return result;
}

static void note_errand(struct builder *builder, enum child_stop why,
			int exit_status, int64_t duration_ms)
{
	if (builder->doing.length)
		errands_add(&builder->errands, builder->doing.text,
			    why == CHILD_RAN ? exit_status : ERRAND_CUT,
			    duration_ms);
	buf_clear(&builder->doing);
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct builder *builder = data;
	const struct ending ending = {
		.why = why,
		.exit_status = exit_status,
		.timeout_ms = builder->spec.timeout_ms,
		.output_max = output_max(builder),
	};
	enum build_result result;
	struct buf text;

	builder->child = NULL;
	note_errand(builder, why, exit_status, duration_ms);
	buf_init(&text, 0);
	diagnosis_end(&builder->diagnosis);
	result = judge(builder, &ending, &text);
	if (result != BUILD_OK || builder->trouble.code != ERROR_NONE ||
	    builder->cancelled ||
	    advance(builder, exit_status, &result, &text) < 0)
		finish(builder, exit_status, result, text.text);
	buf_release(&text);
}

int builder_build(struct builder *builder, const struct build_request *request,
		  const struct builder_work *work, build_done *done, void *data,
		  struct error *err)
{
	if (builder->commit)
		return error_set(err, ERROR_BUSY,
				 "cannot build while %s is worked on",
				 builder->commit);
	free(builder->built);
	builder->built = NULL;
	builder->commit = xstrdup(request->commit);
	builder->stage = STAGE_CHECKOUT;
	builder->choice = request->choice;
	builder->ahead = request->ahead;
	builder->work = work;
	builder->patch = 0;
	builder->command = 0;
	builder->began = uv_hrtime();
	builder->done = done;
	builder->data = data;
	diagnosis_init(&builder->diagnosis, builder->spec.worktree);
	if (recorder_open_log(&builder->record, request->log, false, err) ==
		    0 &&
	    start_checkout(builder, err) == 0)
		return 0;
	reset(builder);
	return -1;
}

void builder_cancel(struct builder *builder, const char *commit)
{
	if (!builder->commit || (commit && !str_equal(commit, builder->commit)))
		return;
	builder->cancelled = true;
	stop_child(builder);
}

void builder_adopt(struct builder *builder, const char *commit)
{
	free(builder->built);
	builder->built = xstrdup(commit);
}

const char *builder_built(const struct builder *builder)
{
	return builder->built;
}

struct builder *builder_new(uv_loop_t *loop, const struct builder_spec *spec)
{
	struct builder *builder = xcalloc(1, sizeof(*builder));

	builder->loop = loop;
	builder->spec = *spec;
	builder->spec.keeper = xstrdup(spec->keeper);
	builder->spec.worktree = xstrdup(spec->worktree);
	builder->spec.session = xstrdup(spec->session);
	builder->spec.checkout = NULL;
	builder->record.fd = -1;
	buf_init(&builder->said, SAID_MAX);
	buf_init(&builder->doing, 0);
	buf_init(&builder->why, 0);
	builder->checkout = argv_copy(spec->checkout);
	return builder;
}

void builder_free(struct builder *builder)
{
	if (!builder)
		return;
	assert(!builder->commit);
	argv_free(builder->checkout);
	free((char *)(uintptr_t)builder->spec.keeper);
	free((char *)(uintptr_t)builder->spec.worktree);
	free((char *)(uintptr_t)builder->spec.session);
	free(builder->built);
	buf_release(&builder->said);
	buf_release(&builder->doing);
	buf_release(&builder->why);
	free(builder);
}
