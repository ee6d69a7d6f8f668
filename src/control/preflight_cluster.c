/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/preflight_cluster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/record.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/cluster.h"
#include "control/job_look.h"
#include "control/settings.h"
#include "repo/repo.h"
#include "run/executor.h"
#include "run/guest.h"
#include "run/program.h"
#include "run/shell.h"

#define PATIENCE_MS 60000
#define LOOK_MS	    200
#define ASK_MS	    1000
#define FILE_MS	    2000 /* so long after its end its file may come */
#define NAME	    "culprit:check"
#define FREE_GIB    1 /* fewer are told */
#define ANSWER_MAX  (64 * 1024)

struct look {
	const struct settings *settings;
	const char *program;
	struct findings findings;

	char *folder, *name, *file, *log;
	uv_loop_t loop;
	uv_timer_t timer;
	uint64_t until, looked;
	struct executor *executor;
	char *id, *words; /* of the job; or NULL */
	bool refused, looking, ended;
};

/*
 * What is here.
 */

static bool has_programs(struct look *look)
{
	static const char *const names[] = { "sbatch", "squeue", "scancel",
					     "sinfo", NULL };

	for (int i = 0; names[i]; i++) {
		char *path = program_find(names[i]);

		free(path);
		if (path)
			continue;
		finding_say(
			&look->findings, FINDING_WRONG,
			"slurm: %s is not installed: apt install slurm-client",
			names[i]);
		return false;
	}
	return true;
}

static bool look_at_room(struct look *look)
{
	const struct slurm_settings *slurm = &look->settings->slurm;
	struct error err;
	int room;

	if (slurm_capacity(look->program, slurm->partition, slurm->run.cpus,
			   &room, &err) < 0) {
		finding_say(&look->findings, FINDING_WRONG, "slurm: %s",
			    err.text);
		return false;
	}
	if (room < 1)
		finding_say(&look->findings, FINDING_WRONG,
			    "slurm: %s has no node with room for a run",
			    slurm->partition ? slurm->partition
					     : "the cluster");
	else
		finding_say(&look->findings, FINDING_OK,
			    "slurm: room for %d run%s at once%s%s", room,
			    room == 1 ? "" : "s",
			    slurm->partition ? " in " : "",
			    slurm->partition ? slurm->partition : "");
	return room >= 1;
}

/*
 * What a node has.
 */

/* All that is asked for there, by their names. */
static char **programs_of(const struct settings *settings)
{
	const struct kernel_settings *build = &settings->build;
	struct argv list = ARGV_INIT;
	const char *qemu = settings->guest.program;

	argv_add(&list, "git");
	if (build->config) {
		argv_add(&list, "make");
		argv_add(&list, build->cc ? build->cc : build->compiler);
	}
	if (!qemu && settings->target == TARGET_QEMU)
		qemu = guest_program(build->arch);
	if (settings->target == TARGET_QEMU && !settings->guest.command && qemu)
		argv_add(&list, qemu);
	return list.items;
}

static void on_submitted(void *data, enum submitted how, const char *text)
{
	struct look *look = data;

	if (how == SUBMIT_DONE) {
		look->id = xstrdup(text);
		return;
	}
	look->refused = true;
	look->words = xstrdup(text);
}

static void submit(struct look *look)
{
	char *program = shell_word(look->program);
	char *folder = shell_word(look->folder);
	char **names = programs_of(look->settings);
	struct buf command;
	struct submission submission = {
		.name = NAME,
		.batch = look->name,
		.count = 1,
		.log = look->file,
	};

	buf_init(&command, 0);
	buf_printf(&command, "%s job --look %s %s", program, folder,
		   look->name);
	for (char **name = names; *name; name++) {
		char *word = shell_word(*name);

		buf_printf(&command, " %s", word);
		free(word);
	}
	submission.command = command.text;
	look->executor->ops->submit(look->executor, &submission, on_submitted,
				    look);
	buf_release(&command);
	argv_free(names);
	free(folder);
	free(program);
}

static void on_looked(void *data, const struct executor_job *jobs, int count,
		      const char *why)
{
	struct look *look = data;

	(void)why;
	look->looking = false;
	for (int i = 0; i < count; i++) {
		if (!str_equal(jobs[i].batch, look->name))
			continue;
		free(look->words);
		look->words = xstrdup(jobs[i].words);
		if (jobs[i].state != JOB_ENDED || look->ended)
			continue;
		look->ended = true;
		look->until = uv_now(&look->loop) + FILE_MS;
	}
}

static void on_timer(uv_timer_t *timer)
{
	static const char *const names[] = { NAME, NULL };
	struct look *look = timer->data;

	if (look->refused || access(look->file, F_OK) == 0 ||
	    uv_now(&look->loop) > look->until) {
		uv_timer_stop(timer);
		return;
	}
	if (look->id && !look->looking &&
	    uv_now(&look->loop) - look->looked > ASK_MS) {
		look->looking = true;
		look->looked = uv_now(&look->loop);
		look->executor->ops->look(look->executor, names, on_looked,
					  look);
	}
}

static void on_cancelled(void *data, const char *why)
{
	(void)data;
	(void)why;
}

static void wait_for_job(struct look *look)
{
	const struct slurm_spec spec =
		cluster_slurm(look->settings, look->program, look->folder);

	uv_loop_init(&look->loop);
	uv_timer_init(&look->loop, &look->timer);
	look->timer.data = look;
	look->until = uv_now(&look->loop) + PATIENCE_MS;
	look->executor = slurm_new(&look->loop, &spec);
	submit(look);
	uv_timer_start(&look->timer, on_timer, LOOK_MS, LOOK_MS);
	uv_run(&look->loop, UV_RUN_DEFAULT);
	if (look->id && access(look->file, F_OK) < 0) {
		const char *ids[] = { look->id, NULL };

		look->executor->ops->cancel(look->executor, ids, on_cancelled,
					    look);
	}
	uv_close((uv_handle_t *)&look->timer, NULL);
	uv_run(&look->loop, UV_RUN_DEFAULT);
	uv_loop_close(&look->loop);
	look->executor->ops->free(look->executor);
}

static void tell_program(struct look *look, const char *node, const char *name,
			 const char *path, int64_t size)
{
	int64_t size_here;
	char *here = job_look_for(name, &size_here);

	if (!path)
		finding_say(&look->findings, FINDING_WRONG,
			    "%s: %s is not installed there", node, name);
	else if (here && size != size_here)
		finding_say(&look->findings, FINDING_WRONG,
			    "%s: %s is not the same as here: %s has %" PRId64
			    " bytes, ours %" PRId64,
			    node, name, path, size, size_here);
	else
		finding_say(&look->findings, FINDING_OK, "%s: %s%s", node, path,
			    here ? ", as here" : "");
	free(here);
}

static void tell_kvm(struct look *look, const char *node, bool there)
{
	if (look->settings->target != TARGET_QEMU)
		return;
	if (there)
		finding_say(&look->findings, FINDING_OK,
			    "%s: /dev/kvm may be opened", node);
	else
		finding_say(&look->findings,
			    look->settings->guest.kvm == 1 ? FINDING_WRONG
							   : FINDING_NOTE,
			    "%s: /dev/kvm cannot be opened; qemu is slow "
			    "without it",
			    node);
}

/* A program's path and size stand behind its name. */
static void tell_node(struct look *look, char *text)
{
	const char *key, *node = "a node", *name = NULL, *path = NULL;
	char *at = text, *value;

	while (record_next(&at, &key, &value)) {
		int64_t number = record_value(value);

		if (str_equal(key, "node")) {
			node = value;
		} else if (str_equal(key, "gib")) {
			finding_say(
				&look->findings,
				number < FREE_GIB ? FINDING_NOTE : FINDING_OK,
				"%s: sees %s, %" PRId64 " GiB are free there",
				node, look->folder, number);
		} else if (str_equal(key, "kvm")) {
			tell_kvm(look, node, number != 0);
		} else if (str_equal(key, "program")) {
			if (name)
				tell_program(look, node, name, NULL, 0);
			name = value;
		} else if (str_equal(key, "path")) {
			path = value;
		} else if (str_equal(key, "size") && name) {
			tell_program(look, node, name, path, number);
			name = NULL;
		}
	}
	if (name)
		tell_program(look, node, name, NULL, 0);
}

static void tell_silence(struct look *look, char *log)
{
	log[strcspn(log, "\n")] = '\0';
	if (look->refused)
		finding_say(&look->findings, FINDING_WRONG,
			    "slurm: does not take a job: %s", look->words);
	else if (*log)
		finding_say(&look->findings, FINDING_WRONG,
			    "slurm: a small job failed: %s", log);
	else if (look->words && str_equal(look->words, "COMPLETED"))
		finding_say(&look->findings, FINDING_WRONG,
			    "slurm: what a node wrote into %s is not seen "
			    "here: is it "
			    "on a file system that both share?",
			    look->folder);
	else
		finding_say(&look->findings, FINDING_WRONG,
			    "slurm: a small job did not write into %s (%s): do "
			    "nodes "
			    "see that folder, and %s?",
			    look->folder,
			    look->words ? look->words : "it waits",
			    look->program);
}

static void look_at_node(struct look *look)
{
	char *text, *log;

	if (mkdir(look->folder, 0700) < 0 && access(look->folder, W_OK) < 0) {
		finding_say(&look->findings, FINDING_WRONG,
			    "cannot write to %s", look->folder);
		return;
	}
	wait_for_job(look);
	text = io_text(look->file, ANSWER_MAX);
	log = io_text(look->log, ANSWER_MAX);
	if (*text)
		tell_node(look, text);
	else
		tell_silence(look, log);
	unlink(look->file);
	unlink(look->log);
	free(text);
	free(log);
}

int preflight_cluster(const struct settings *settings, struct repo *repo,
		      const char *program, preflight_tell *tell, void *data)
{
	struct look look = { .settings = settings,
			     .program = program,
			     .findings = { tell, data, 0 } };

	if (settings->executor != EXECUTOR_SLURM)
		return 0;
	look.folder = xasprintf("%s/culprit", repo_common_dir(repo));
	look.name = xasprintf("check-%ld", (long)getpid());
	look.file = xasprintf("%s/%s", look.folder, look.name);
	look.log = xasprintf("%s.log", look.file);
	if (has_programs(&look) && look_at_room(&look))
		look_at_node(&look);
	free(look.folder);
	free(look.name);
	free(look.file);
	free(look.log);
	free(look.id);
	free(look.words);
	return look.findings.wrong;
}
