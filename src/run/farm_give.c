/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Gives jobs to the executor, all runs of a commit in one go, and takes back
 * what is not wanted any more.
 */

#include "run/farm_inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/shell.h"
#include "run/ticket.h"

#define INDEX_MAX 1000 /* what schedulers take as the index of a job */
#define SHORT	  12   /* letters of a commit */

/*
 * A node that lost a job gets none until it is back, by what the executor says
 * of it.  One that loses another soon after gets none for so long: it may say
 * that it is well, and not be.
 */
#define SHUNNED_MS 600000

static const char *const kinds[] = { "ticket", "seen", "enough",
				     "end",    "log",  NULL };

void farm_forget(struct farm *farm, struct task *task)
{
	for (int i = 0; task->token && kinds[i]; i++) {
		char *path =
			ticket_path(farm->spec.folder, task->token, kinds[i]);

		unlink(path);
		free(path);
	}
	free(task->token);
	free(task->batch);
	free(task->id);
	free(task->node);
	free(task->words);
	task->token = task->batch = task->id = task->node = task->words = NULL;
	task->gone = task->given = task->untold = 0;
	task->seen = 0;
	task->node_failed = task->dropped = task->dropping = false;
	farm_set(farm, task, TASK_WAITS);
}

/*
 * What is given out.
 */

/* What the session is called, in letters that any scheduler takes. */
static char *session_name(const struct farm *farm)
{
	const char *slash = strrchr(farm->spec.session, '/');
	char *name = xstrdup(slash ? slash + 1 : farm->spec.session);

	for (char *at = name; *at; at++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
			    "YZ0123456789._-",
			    *at))
			*at = '-';
	return name;
}

/* number: of a run alone, -1: of several, or a build. */
static char *name_of(const struct farm *farm, const struct task *task,
		     int number)
{
	char *session = session_name(farm), *name;

	if (task->build)
		name = xasprintf("culprit:%s:%.*s:build", session, SHORT,
				 task->commit);
	else if (number < 0)
		name = xasprintf("culprit:%s:%.*s:runs", session, SHORT,
				 task->commit);
	else
		name = xasprintf("culprit:%s:%.*s:run-%d", session, SHORT,
				 task->commit, number);
	free(session);
	return name;
}

static int write_ticket(const struct farm *farm, const struct task *task,
			struct error *err)
{
	char *path = ticket_path(farm->spec.folder, task->token, "ticket");
	const struct ticket rest = { .build = task->build,
				     .name = task->name,
				     .run = { .slot = task->slot } };
	struct buf text;
	int ret;

	buf_init(&text, 0);
	buf_puts(&text, task->work);
	ticket_say_rest(&rest, &text);
	ret = ticket_write(path, &text, true, err);
	buf_release(&text);
	free(path);
	return ret;
}

static char *command_of(const struct farm *farm, const char *batch)
{
	char *program = shell_word(farm->spec.program);
	char *session = shell_word(farm->spec.session);
	char *command = xasprintf("%s job %s %s", program, session, batch);

	free(program);
	free(session);
	return command;
}

struct giving {
	struct farm *farm;
	char *batch;
	bool array;
};

static void take(struct farm *farm, struct task *task, const char *id,
		 bool array)
{
	free(task->id);
	task->id = array ? xasprintf("%s_%d", id, task->number) : xstrdup(id);
	task->given = uv_now(farm->loop);
	farm_set(farm, task, TASK_QUEUED);
}

/*
 * Nodes that lost jobs.
 */

void farm_shun(struct farm *farm, const char *node)
{
	uint64_t now = uv_now(farm->loop);

	farm->shunned_twice =
		str_equal(node, farm->back) && now - farm->back_at < SHUNNED_MS;
	free(farm->shunned);
	farm->shunned = xstrdup(node);
	farm->shunned_at = now;
	farm->node_told = 0;
}

static void end_shunning(struct farm *farm)
{
	free(farm->shunned);
	farm->shunned = NULL;
}

struct node_question {
	struct farm *farm;
	char *node;
};

static void on_node_told(void *data, bool takes_jobs)
{
	struct node_question *question = data;
	struct farm *farm = question->farm;

	farm->calls--;
	farm->asking_node = false;
	if (str_equal(question->node, farm->shunned)) {
		farm->node_told = uv_now(farm->loop);
		if (takes_jobs) {
			end_shunning(farm);
			free(farm->back);
			farm->back = question->node;
			farm->back_at = farm->node_told;
			question->node = NULL;
		}
	}
	free(question->node);
	free(question);
	farm_soon(farm);
}

/* Returns whether its answer is to be waited for before jobs are given out. */
static bool ask_node(struct farm *farm)
{
	uint64_t now = uv_now(farm->loop);
	struct node_question *question;

	if (farm->shunned && now - farm->shunned_at > SHUNNED_MS)
		end_shunning(farm);
	if (farm->asking_node)
		return true;
	if (!farm->shunned || farm->shunned_twice ||
	    (farm->node_told &&
	     now - farm->node_told < (uint64_t)farm->spec.poll_ms))
		return false;
	question = xcalloc(1, sizeof(*question));
	*question = (struct node_question){ farm, xstrdup(farm->shunned) };
	farm->asking_node = true;
	farm->calls++;
	farm->spec.executor->ops->ask_node(farm->spec.executor, farm->shunned,
					   on_node_told, question);
	return true;
}

/*
 * Giving out.
 */

/* Where it must not be on a node there may be no other that could take it. */
static void refuse(struct farm *farm, struct task *task, const char *words)
{
	char *text;

	if (task->avoid) {
		farm_forget(farm, task);
		free(task->avoid);
		task->avoid = NULL;
		end_shunning(farm);
		return;
	}
	text = xasprintf("%s does not take the job: %s",
			 farm->spec.executor->kind, words);
	farm_end_infra(farm, task, text);
	free(text);
}

static void on_submitted(void *data, enum submitted how, const char *text)
{
	struct giving *giving = data;
	struct farm *farm = giving->farm;

	farm->calls--;
	farm_heard(farm, how == SUBMIT_UNREACHABLE ? text : NULL);
	for (struct task *task = farm->tasks, *next; task; task = next) {
		next = task->next;
		if (task->state != TASK_SUBMITTING ||
		    !str_equal(task->batch, giving->batch))
			continue;
		if (how == SUBMIT_DONE)
			take(farm, task, text, giving->array);
		else if (how == SUBMIT_REFUSED)
			refuse(farm, task, text);
		else
			farm_set(farm, task, TASK_UNSURE);
	}
	free(giving->batch);
	free(giving);
	farm_soon(farm);
}

static void submit(struct farm *farm, const struct task *first,
		   const char *batch, const int *indices, int count)
{
	bool array = indices != NULL;
	struct giving *giving = xcalloc(1, sizeof(*giving));
	char *command = command_of(farm, batch);
	char *log = xasprintf("%s/%s", farm->spec.folder, batch);
	const struct submission submission = {
		.name = first->name,
		.batch = batch,
		.command = command,
		.indices = indices,
		.count = count,
		.width = farm->spec.width,
		.build = first->build,
		.behind = first->ahead,
		.exclude = first->avoid,
		.log = log,
	};

	*giving = (struct giving){ farm, xstrdup(batch), array };
	farm->calls++;
	farm->spec.executor->ops->submit(farm->spec.executor, &submission,
					 on_submitted, giving);
	free(log);
	free(command);
}

/* Could they be given out in one go? */
static bool goes_with(const struct task *one, const struct task *other)
{
	return !one->build && !other->build && one->ahead == other->ahead &&
	       one->number <= INDEX_MAX && other->number <= INDEX_MAX &&
	       str_equal(one->commit, other->commit) &&
	       str_equal(one->avoid, other->avoid);
}

static bool may_go(const struct farm *farm, const struct task *task)
{
	return task->state == TASK_WAITS && !task->cancelled &&
	       !(task->build && farm_is_taken(farm, task->place));
}

/* false when its ticket cannot be written: it has ended then. */
static bool prepare(struct farm *farm, struct task *task, const char *batch,
		    bool array)
{
	struct error err;

	free(task->name);
	task->name = name_of(farm, task, array ? -1 : task->number);
	task->batch = xstrdup(batch);
	task->token = array ? xasprintf("%s_%d", batch, task->number)
			    : xstrdup(batch);
	farm_set(farm, task, TASK_SUBMITTING);
	if (write_ticket(farm, task, &err) == 0)
		return true;
	farm_end_infra(farm, task, err.text);
	return false;
}

/* The first that waits, and all that go with it. */
static bool give_some(struct farm *farm)
{
	struct task *first = farm->tasks, **group = NULL;
	size_t count = 0, room = 0, ready = 0;
	char *batch;
	int *indices;

	while (first && !may_go(farm, first))
		first = first->next;
	if (!first)
		return false;
	for (struct task *task = first; task; task = task->next) {
		if (task != first &&
		    (!may_go(farm, task) || !goes_with(first, task)))
			continue;
		array_grow(group, count + 1, &room);
		group[count++] = task;
	}
	batch = xasprintf("%s-%u", farm->stamp, ++farm->batches);
	indices = xcalloc(count, sizeof(*indices));
	for (size_t i = 0; i < count; i++) {
		struct task *task = group[i];

		if (!prepare(farm, task, batch, count > 1))
			continue;
		indices[ready] = task->number;
		group[ready++] = task;
	}
	if (ready)
		submit(farm, group[0], batch, count > 1 ? indices : NULL,
		       (int)ready);
	free(indices);
	free(group);
	free(batch);
	return true;
}

void farm_submit(struct farm *farm)
{
	bool any = false;

	for (struct task *task = farm->tasks; task; task = task->next)
		any |= may_go(farm, task);
	if (!any || ask_node(farm))
		return;
	for (struct task *task = farm->tasks; task; task = task->next) {
		if (!may_go(farm, task))
			continue;
		free(task->avoid);
		task->avoid = xstrdup_null(farm->shunned);
	}
	while (!farm->away && give_some(farm))
		;
}

/*
 * Taking back.
 */

static void on_cancelled(void *data, const char *why)
{
	struct farm *farm = data;

	farm->calls--;
	farm->cancelling = false;
	farm_heard(farm, why);
	for (struct task *task = farm->tasks; why && task; task = task->next)
		task->dropping = false;
	farm->looked = 0; /* they may be gone already */
	farm_look(farm);
	farm_soon(farm);
}

/* A job without its ticket does nothing, even if nobody can be told. */
static void take_ticket(const struct farm *farm, const struct task *task)
{
	char *path = ticket_path(farm->spec.folder, task->token, "ticket");

	unlink(path);
	free(path);
}

void farm_drop(struct farm *farm)
{
	struct argv ids = ARGV_INIT;

	for (struct task *task = farm->tasks, *next; task; task = next) {
		next = task->next;
		if (!task->cancelled)
			continue;
		if (task->token && !task->untold) {
			take_ticket(farm, task);
			task->untold = uv_now(farm->loop);
		}
		if (task->state == TASK_WAITS) {
			farm_end_cancelled(farm, task);
		} else if (task->id && !task->dropping && !farm->cancelling &&
			   !farm->away && task->state >= TASK_QUEUED) {
			task->dropping = true;
			argv_add(&ids, task->id);
		}
	}
	if (!ids.items)
		return;
	farm->cancelling = true;
	farm->calls++;
	farm->spec.executor->ops->cancel(farm->spec.executor,
					 (const char *const *)ids.items,
					 on_cancelled, farm);
	argv_free(ids.items);
}
