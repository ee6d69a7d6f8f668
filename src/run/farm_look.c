/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Finds out what became of jobs: by the folder, where they write what they saw
 * and how they ended, and by the executor, which knows who waits, where who is,
 * and who is gone.
 */

#include "run/farm_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/record.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/errand.h"
#include "run/recorder.h"
#include "run/ticket.h"

#define ALONE_MS  10000 /* a job sees by then that its ticket is gone */
#define TRIES_MAX 3	/* of a build */
#define LOG_MAX	  4096
#define SEEN_MAX  (16 * 1024 * 1024)

static void put(char **where, const char *text)
{
	if (str_equal(*where, text))
		return;
	free(*where);
	*where = xstrdup_null(text);
}

static char *load(const struct farm *farm, const char *token, const char *kind,
		  size_t limit)
{
	char *path = ticket_path(farm->spec.folder, token, kind);
	char *text = io_text(path, limit);

	free(path);
	return text;
}

/*
 * Lost.
 */

/* What its shell said, should it never have got to be ours: the first line. */
static void add_log(const struct farm *farm, const struct task *task,
		    struct buf *out)
{
	char *log = load(farm, task->token, "log", LOG_MAX);

	log[strcspn(log, "\n")] = '\0';
	if (*log)
		buf_printf(out, " (it said: %s)", log);
	free(log);
}

static void say_lost(const struct farm *farm, const struct task *task,
		     struct buf *out)
{
	buf_printf(out, "%s job %s", farm->spec.executor->kind,
		   task->id ? task->id : task->token);
	if (!str_empty(task->node))
		buf_printf(out, " on %s", task->node);
	if (task->dropped)
		buf_puts(out, " was stopped, and not by this session");
	else
		buf_puts(out, " is gone and did not say how it ended");
	/* what the executor says of one that it has not seen end is old */
	if (task->gone && !str_empty(task->words))
		buf_printf(out, ": %s", task->words);
	add_log(farm, task, out);
}

static void log_again(const struct task *task, const char *why)
{
	struct recorder record = { .fd = -1 };
	char *line = xasprintf("\n[culprit: %s: it is begun again]\n", why);

	if (recorder_open_log(&record, task->log, false, NULL) == 0)
		recorder_write(&record, line, strlen(line), NULL);
	recorder_close(&record);
	free(line);
}

static void lose(struct farm *farm, struct task *task)
{
	struct buf why;

	buf_init(&why, 0);
	say_lost(farm, task, &why);
	if (task->node_failed && !str_empty(task->node))
		farm_shun(farm, task->node);
	if (task->build && ++task->tries < TRIES_MAX) {
		log_again(task, why.text);
		farm_forget(farm, task);
		farm_soon(farm);
	} else {
		farm_end_infra(farm, task, why.text);
	}
	buf_release(&why);
}

/*
 * Ends.
 */

/* Where it was, as the last of its errands: kept with the fact. */
static void note_where(const struct farm *farm, const struct task *task,
		       struct ticket_end *end)
{
	const char *node = end->node ? end->node : task->node;
	char *line =
		xasprintf("%s: job %s on %s", farm->spec.executor->kind,
			  task->id ? task->id : task->token, node ? node : "?");

	errands_add(&end->errands, line, 0, 0);
	free(line);
	end->run.errands = end->built.errands = end->errands.items;
	end->run.errand_count = end->built.errand_count = end->errands.count;
}

/* The end of a build that can be run from now on stays in the folder. */
static void keep_product(struct farm *farm, const struct task *task,
			 const struct ticket_end *end)
{
	char *from = ticket_path(farm->spec.folder, task->token, "end");
	char *to = ticket_path(farm->spec.folder, task->token, "built");

	farm_build_over(farm, task->place, task->commit);
	if (rename(from, to) == 0)
		farm_add_product(farm, end, task->commit, task->place, to);
	else
		free(to);
	free(from);
}

/* A kernel that only the node sees is of no use to another one. */
static void end_build(struct farm *farm, struct task *task,
		      struct ticket_end *end)
{
	char *text;

	if (end->built.result == BUILD_OK && end->image &&
	    access(end->image, R_OK) < 0) {
		text = xasprintf("what was built on %s is not seen from here: "
				 "%s: is that folder on the shared file "
				 "system?",
				 end->node ? end->node : "a node", end->image);
		farm_end_infra(farm, task, text);
		free(text);
		return;
	}
	note_where(farm, task, end);
	if (end->built.result == BUILD_OK)
		keep_product(farm, task, end);
	farm_end_build(farm, task, &end->built);
}

static void end_task(struct farm *farm, struct task *task)
{
	struct ticket_end end;
	struct error err;
	char *text = load(farm, task->token, "end", 0);

	if (ticket_end_read(&end, text, &err) < 0 ||
	    (end.stopped && !task->cancelled)) {
		task->dropped |= end.stopped;
		if (end.node)
			put(&task->node, end.node);
		lose(farm, task);
	} else if (task->cancelled || end.build != task->build) {
		farm_end_cancelled(farm, task);
	} else if (task->build) {
		end_build(farm, task, &end);
	} else {
		note_where(farm, task, &end);
		farm_end_run(farm, task, &end.run);
	}
	ticket_end_release(&end);
}

/*
 * What is seen while a run goes on.
 */

struct seeing {
	struct farm *farm;
	struct task *task;
};

static void on_saw(void *data, const char *title)
{
	const struct seeing *seeing = data;

	if (seeing->task->saw)
		seeing->task->saw(seeing->task->data, title);
}

static void on_asks(void *data, const struct crash *crashes, int count)
{
	const struct seeing *seeing = data;
	const struct task *task = seeing->task;
	struct buf yes;
	char *path;

	if (!task->decides || !task->decides(task->data, crashes, count))
		return;
	path = ticket_path(seeing->farm->spec.folder, task->token, "enough");
	buf_init(&yes, 0);
	ticket_write(path, &yes, false, NULL);
	buf_release(&yes);
	free(path);
}

static void read_seen(struct farm *farm, struct task *task)
{
	struct seeing seeing = { farm, task };
	const struct ticket_seen seen = { on_saw, on_asks, &seeing };
	char *text = load(farm, task->token, "seen", SEEN_MAX);

	if ((int64_t)strlen(text) > task->seen)
		task->seen +=
			(int64_t)ticket_read_seen(text + task->seen, &seen);
	free(text);
}

/*
 * The folder.
 */

static struct task *find_token(const struct farm *farm, const char *token)
{
	for (struct task *task = farm->tasks; task; task = task->next)
		if (str_equal(task->token, token))
			return task;
	return NULL;
}

/* TOKEN.KIND; false when it is no file of ours.  The token is on the heap. */
static bool split_name(const char *name, char **token, const char **kind)
{
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name)
		return false;
	*token = xstrndup(name, (size_t)(dot - name));
	*kind = dot + 1;
	return true;
}

static void look_at_file(struct farm *farm, const char *name)
{
	struct task *task;
	const char *kind;
	char *token;

	if (!str_ends(name, ".end") && !str_ends(name, ".seen"))
		return;
	if (!split_name(name, &token, &kind))
		return;
	task = find_token(farm, token);
	free(token);
	if (!task || (task->orphan && !task->cancelled))
		return;
	if (str_equal(kind, "end"))
		end_task(farm, task);
	else if (!task->cancelled)
		read_seen(farm, task);
}

/* All names first: what is done of one changes the folder. */
static char **names_of(const char *folder)
{
	DIR *dir = opendir(folder);
	struct argv names = ARGV_INIT;
	const struct dirent *item;

	if (!dir)
		return NULL;
	while ((item = readdir(dir)) != NULL)
		argv_add(&names, item->d_name);
	closedir(dir);
	return names.items ? names.items : argv_copy(NULL);
}

static void look_at_folder(struct farm *farm)
{
	char **names = names_of(farm->spec.folder);

	for (char **name = names; name && *name; name++)
		look_at_file(farm, *name);
	argv_free(names);
}

/*
 * The executor.
 */

static bool was_given(const struct task *task)
{
	return task->state == TASK_UNSURE || task->state >= TASK_QUEUED;
}

static const struct executor_job *find_job(const struct task *task,
					   const struct executor_job *jobs,
					   int count)
{
	bool array = strchr(task->token, '_') != NULL;

	for (int i = 0; i < count; i++)
		if (str_equal(jobs[i].batch, task->batch) &&
		    (!array || jobs[i].index == task->number))
			return &jobs[i];
	return NULL;
}

static void take_job(struct farm *farm, struct task *task,
		     const struct executor_job *job)
{
	if (!str_equal(task->words, job->words) ||
	    !str_equal(task->node, job->node))
		farm->changed = true;
	put(&task->id, job->id);
	put(&task->node, job->node);
	put(&task->words, job->words);
	if (job->state == JOB_ENDED) {
		task->node_failed = job->node_failed;
		task->dropped = job->dropped;
		if (!task->gone)
			task->gone = uv_now(farm->loop);
		return;
	}
	task->gone = 0;
	farm_set(farm, task, job->state == JOB_RUNS ? TASK_RUNS : TASK_QUEUED);
}

/* It was never taken, or it is over for so long that nobody knows it. */
static void take_absence(struct farm *farm, struct task *task)
{
	if (task->state == TASK_UNSURE && !task->orphan)
		farm_forget(farm, task);
	else if (!task->gone)
		task->gone = uv_now(farm->loop);
}

static void on_looked(void *data, const struct executor_job *jobs, int count,
		      const char *why)
{
	struct farm *farm = data;

	farm->calls--;
	farm->looking = false;
	farm_heard(farm, why);
	for (struct task *task = farm->tasks; !why && task; task = task->next) {
		const struct executor_job *job;

		if (!was_given(task) ||
		    (task->given && task->given >= farm->asked))
			continue; /* the question was older */
		job = find_job(task, jobs, count);
		if (job)
			take_job(farm, task, job);
		else
			take_absence(farm, task);
	}
	farm_soon(farm);
}

static bool has_word(char *const *words, const char *word)
{
	for (; words && *words; words++)
		if (str_equal(*words, word))
			return true;
	return false;
}

static void ask(struct farm *farm)
{
	struct argv names = ARGV_INIT;

	for (const struct task *task = farm->tasks; task; task = task->next)
		if (was_given(task) && task->name &&
		    !has_word(names.items, task->name))
			argv_add(&names, task->name);
	if (!names.items && farm->away) /* only whether it answers */
		argv_add(&names, "culprit");
	if (!names.items)
		return;
	farm->looking = true;
	farm->looked = farm->asked = uv_now(farm->loop);
	farm->calls++;
	farm->spec.executor->ops->look(farm->spec.executor,
				       (const char *const *)names.items,
				       on_looked, farm);
	argv_free(names.items);
}

/* Those that are gone, and had time enough to say how they ended. */
static void look_at_gone(struct farm *farm)
{
	uint64_t now = uv_now(farm->loop);

	for (struct task *task = farm->tasks, *next; task; task = next) {
		next = task->next;
		if (task->cancelled &&
		    (task->gone || (farm->away && task->untold &&
				    now - task->untold > ALONE_MS)))
			farm_end_cancelled(farm, task);
		else if (task->gone && !task->orphan && !task->cancelled &&
			 now - task->gone > (uint64_t)farm->spec.lost_ms)
			lose(farm, task);
	}
}

void farm_look(struct farm *farm)
{
	uint64_t now = uv_now(farm->loop);

	look_at_folder(farm);
	look_at_gone(farm);
	if (!farm->looking &&
	    (!farm->looked ||
	     now - farm->looked >= (uint64_t)farm->spec.poll_ms))
		ask(farm);
	farm_write_state(farm);
}

/*
 * Coming back.
 */

static bool has_file(char *const *names, const char *token, const char *kind)
{
	char *name = xasprintf("%s.%s", token, kind);
	bool found = has_word(names, name);

	free(name);
	return found;
}

static void find_task(struct farm *farm, const char *token)
{
	char *text = load(farm, token, "ticket", 0), *work = xstrdup(text);
	struct ticket *ticket = xcalloc(1, sizeof(*ticket));
	struct task *task;
	char *name_line = strstr(work, "\nname ");

	if (ticket_read(ticket, text, NULL) == 0 && name_line && ticket->name) {
		name_line[1] = '\0';
		task = farm_add(farm);
		task->orphan = true;
		task->build = ticket->build;
		task->commit = xstrdup(ticket->run.commit);
		task->place = ticket->place;
		task->number = ticket->run.number;
		task->slot = ticket->run.slot;
		task->needs_place = ticket->needs_place;
		task->log = xstrdup_null(ticket->built.log);
		task->name = xstrdup(ticket->name);
		task->token = xstrdup(token);
		task->batch = xstrndup(token, strcspn(token, "_"));
		task->state = TASK_UNSURE;
		task->work = xstrdup(work);
	}
	free(work);
	ticket_release(ticket);
	free(ticket);
}

int farm_find(struct farm *farm, struct error *err)
{
	char **names = names_of(farm->spec.folder);

	if (!names)
		return error_errno(err, "cannot read '%s'", farm->spec.folder);
	for (char **name = names; *name; name++) {
		const char *kind;
		char *token, *path;

		if (!split_name(*name, &token, &kind))
			continue;
		if (str_equal(kind, "ticket")) {
			find_task(farm, token);
		} else if (str_equal(kind, "built")) {
			farm_find_product(farm, token);
		} else if (!has_file(names, token, "ticket")) {
			path = xasprintf("%s/%s", farm->spec.folder, *name);
			unlink(path);
			free(path);
		}
		free(token);
	}
	argv_free(names);
	return 0;
}

/*
 * For screens.
 */

static const char *state_word(const struct task *task)
{
	if (task->cancelled)
		return "stopping";
	switch (task->state) {
	case TASK_WAITS:
	case TASK_SUBMITTING:
	case TASK_UNSURE:
		return "waits";
	case TASK_QUEUED:
		return "queued";
	case TASK_RUNS:
		return "runs";
	}
	return "waits";
}

void farm_write_state(struct farm *farm)
{
	struct buf text;

	if (!farm->changed)
		return;
	farm->changed = false;
	buf_init(&text, 0);
	if (farm->away)
		record_text(&text, "away", farm->spec.executor->kind);
	for (const struct task *task = farm->tasks; task; task = task->next) {
		record_text(&text, "job", task->build ? "build" : "run");
		record_text(&text, "commit", task->commit);
		record_number(&text, "number", task->number);
		record_text(&text, "id", task->id);
		record_text(&text, "state", state_word(task));
		record_text(&text, "node", task->node);
		record_text(&text, "words", task->words);
		record_number(&text, "since", task->since);
	}
	ticket_write(farm->spec.state, &text, false, NULL);
	buf_release(&text);
}
