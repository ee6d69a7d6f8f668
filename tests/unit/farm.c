/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/record.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/executor.h"
#include "run/runner.h"
#include "run/slurm.h"
#include "run/ticket.h"
#include "tests/unit/scratch.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define OTHER  "89abcdef0123456789abcdef0123456789abcdef"

/*
 * A scheduler in this process: it takes jobs, and says of them what the test
 * makes it say.
 */

struct fake_job {
	char *batch, *name, *exclude, *id;
	int index;
	enum job_state state;
	bool node_failed, dropped, cancelled, behind;
	int width, count;
};

struct scheduler {
	struct executor executor; /* the head */
	uv_loop_t *loop;
	struct fake_job jobs[64];
	int count, submissions, looks;
	bool away, forgetful, takes_all_the_same;
	bool node_is_back;
	int node_asked;
	const char *refuses;
};

struct answer {
	uv_timer_t timer;
	struct scheduler *scheduler;
	char *text;
	enum submitted how;
	executor_submitted *submitted;
	executor_looked *looked;
	executor_cancelled *cancelled;
	executor_node_told *node_told;
	void *data;
};

static void on_freed(uv_handle_t *handle)
{
	free(handle->data);
}

static void tell_looked(struct answer *answer)
{
	struct scheduler *scheduler = answer->scheduler;
	struct executor_job jobs[64];

	if (scheduler->away) {
		answer->looked(answer->data, NULL, 0, "no answer");
		return;
	}
	for (int i = 0; i < scheduler->count; i++) {
		const struct fake_job *job = &scheduler->jobs[i];

		jobs[i] = (struct executor_job){
			.batch = job->batch,
			.index = job->index,
			.id = job->id,
			.node = job->state == JOB_QUEUED ? "" : "n1",
			.words = "WORDS",
			.state = job->cancelled ? JOB_ENDED : job->state,
			.node_failed = job->node_failed,
			.dropped = job->dropped || job->cancelled,
		};
	}
	answer->looked(answer->data, jobs,
		       scheduler->forgetful ? 0 : scheduler->count, NULL);
}

static void on_answer(uv_timer_t *timer)
{
	struct answer *answer = timer->data;

	if (answer->submitted)
		answer->submitted(answer->data, answer->how, answer->text);
	else if (answer->looked)
		tell_looked(answer);
	else if (answer->node_told)
		answer->node_told(answer->data,
				  answer->scheduler->node_is_back);
	else
		answer->cancelled(answer->data,
				  answer->scheduler->away ? "no answer" : NULL);
	free(answer->text);
	uv_close((uv_handle_t *)timer, on_freed);
}

static struct answer *answer_new(struct executor *executor, void *data)
{
	struct answer *answer = xcalloc(1, sizeof(*answer));

	answer->scheduler = (struct scheduler *)executor;
	answer->data = data;
	uv_timer_init(answer->scheduler->loop, &answer->timer);
	answer->timer.data = answer;
	uv_timer_start(&answer->timer, on_answer, 0, 0);
	return answer;
}

static void add_job(struct scheduler *scheduler, const struct submission *s,
		    int index)
{
	struct fake_job *job = &scheduler->jobs[scheduler->count++];

	*job = (struct fake_job){
		.batch = xstrdup(s->batch),
		.name = xstrdup(s->name),
		.exclude = xstrdup_null(s->exclude),
		.index = index,
		.width = s->width,
		.count = s->count,
		.behind = s->behind,
	};
	job->id = index < 0 ? xasprintf("%d", scheduler->submissions)
			    : xasprintf("%d_%d", scheduler->submissions, index);
}

static void fake_submit(struct executor *executor,
			const struct submission *submission,
			executor_submitted *done, void *data)
{
	struct answer *answer = answer_new(executor, data);
	struct scheduler *scheduler = answer->scheduler;

	answer->submitted = done;
	if (scheduler->away || scheduler->refuses) {
		answer->how =
			scheduler->away ? SUBMIT_UNREACHABLE : SUBMIT_REFUSED;
		answer->text = xstrdup(scheduler->away ? "no answer"
						       : scheduler->refuses);
		if (!scheduler->takes_all_the_same)
			return;
	}
	scheduler->submissions++;
	for (int i = 0; i < submission->count; i++)
		add_job(scheduler, submission,
			submission->indices ? submission->indices[i] : -1);
	if (!answer->text)
		answer->text = xasprintf("%d", scheduler->submissions);
}

static void fake_look(struct executor *executor, const char *const *names,
		      executor_looked *done, void *data)
{
	struct answer *answer = answer_new(executor, data);

	assert_non_null(names[0]);
	answer->scheduler->looks++;
	answer->looked = done;
}

static void fake_cancel(struct executor *executor, const char *const *ids,
			executor_cancelled *done, void *data)
{
	struct answer *answer = answer_new(executor, data);
	struct scheduler *scheduler = answer->scheduler;

	for (; *ids; ids++)
		for (int i = 0; i < scheduler->count; i++)
			if (str_equal(scheduler->jobs[i].id, *ids))
				scheduler->jobs[i].cancelled = true;
	answer->cancelled = done;
}

static void fake_ask_node(struct executor *executor, const char *node,
			  executor_node_told *done, void *data)
{
	struct answer *answer = answer_new(executor, data);

	assert_string_equal(node, "n1");
	answer->scheduler->node_asked++;
	answer->node_told = done;
}

static void fake_free(struct executor *executor)
{
	(void)executor;
}

static const struct executor_ops fake_ops = {
	.submit = fake_submit,
	.look = fake_look,
	.cancel = fake_cancel,
	.ask_node = fake_ask_node,
	.free = fake_free,
};

/*
 * A farm with it.
 */

struct scene {
	uv_loop_t loop;
	char *session, *folder, *state;
	struct scheduler scheduler;
	struct farm_place places[2];
	struct farm_spec spec;
	struct runner *farm;
	int said;
	/* what was called back */
	int builds, runs, cancelled, saws;
	struct build_end built;
	char *text, *title;
	enum outcome outcome;
	bool decides;
	int vacated;
};

static void on_say(void *data, const char *text)
{
	(void)text;
	((struct scene *)data)->said++;
}

static void open_farm(struct scene *scene)
{
	struct error err;

	if (farm_new(&scene->loop, &scene->spec, &scene->farm, &err) < 0)
		fail_msg("%s", err.text);
}

static void begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	uv_loop_init(&scene->loop);
	scene->session = scratch_make();
	scene->folder = xasprintf("%s/jobs", scene->session);
	scene->state = xasprintf("%s/jobs.state", scene->session);
	mkdir(scene->folder, 0700);
	scene->scheduler.executor.ops = &fake_ops;
	scene->scheduler.executor.kind = "fake";
	scene->scheduler.loop = &scene->loop;
	scene->places[0].worktree = scene->places[1].worktree = "/tree";
	scene->spec = (struct farm_spec){
		.executor = &scene->scheduler.executor,
		.program = "/bin/culprit",
		.session = scene->session,
		.folder = scene->folder,
		.state = scene->state,
		.places = scene->places,
		.place_count = 2,
		.width = 3,
		.poll_ms = 10,
		.lost_ms = 30,
		.say = on_say,
		.data = scene,
	};
	open_farm(scene);
}

static void close_farm(struct scene *scene)
{
	scene->farm->ops->free(scene->farm);
	uv_run(&scene->loop, UV_RUN_DEFAULT);
}

static void end(struct scene *scene)
{
	close_farm(scene);
	uv_loop_close(&scene->loop);
	for (int i = 0; i < scene->scheduler.count; i++) {
		free(scene->scheduler.jobs[i].batch);
		free(scene->scheduler.jobs[i].name);
		free(scene->scheduler.jobs[i].exclude);
		free(scene->scheduler.jobs[i].id);
	}
	free(scene->text);
	free(scene->title);
	free(scene->folder);
	free(scene->state);
	scratch_remove(scene->session);
}

/* Turn the loop until this holds. */
#define UNTIL(scene, condition)                              \
	do {                                                 \
		while (!(condition))                         \
			uv_run(&(scene)->loop, UV_RUN_ONCE); \
	} while (0)

static void on_built(void *data, const struct build_end *end)
{
	struct scene *scene = data;

	scene->builds++;
	scene->cancelled += end->cancelled;
	scene->built = *end;
	free(scene->text);
	scene->text = xstrdup_null(end->text);
}

static void on_ran(void *data, const struct run_end *end)
{
	struct scene *scene = data;

	scene->runs++;
	scene->cancelled += end->cancelled;
	scene->outcome = end->outcome;
	free(scene->text);
	free(scene->title);
	scene->text = xstrdup_null(end->text);
	scene->title = xstrdup_null(end->title);
}

static void on_saw(void *data, const char *title)
{
	(void)title;
	((struct scene *)data)->saws++;
}

static bool on_decides(void *data, const struct crash *crashes, int count)
{
	assert_int_equal(count, 1);
	assert_string_equal(crashes[0].title, "BUG: it");
	return ((struct scene *)data)->decides;
}

static void build(struct scene *scene, const char *commit)
{
	const struct build_request request = { .commit = commit,
					       .log = "/dev/null" };
	struct error err;

	if (scene->farm->ops->build(scene->farm, &request, on_built, scene,
				    &err) < 0)
		fail_msg("%s", err.text);
}

static int try_run(struct scene *scene, const char *commit, int number,
		   struct error *err)
{
	const struct run_request request = { .commit = commit,
					     .number = number,
					     .console = "/console",
					     .seen = on_saw,
					     .decides = on_decides };

	return scene->farm->ops->run(scene->farm, &request, on_ran, scene, err);
}

static void run(struct scene *scene, int number)
{
	struct error err;

	if (try_run(scene, COMMIT, number, &err) < 0)
		fail_msg("%s", err.text);
}

/* A file as a job leaves it. */
static void leave(struct scene *scene, const struct fake_job *job,
		  const char *kind, const struct buf *text)
{
	char *token = job->index < 0
			      ? xstrdup(job->batch)
			      : xasprintf("%s_%d", job->batch, job->index);
	char *path = ticket_path(scene->folder, token, kind);

	assert_int_equal(ticket_write(path, text, true, NULL), 0);
	free(path);
	free(token);
}

static void job_ends(struct scene *scene, const struct fake_job *job,
		     struct ticket_end *end)
{
	struct buf text;

	end->commit = COMMIT;
	end->node = "n1";
	buf_init(&text, 0);
	ticket_end_say(end, &text);
	leave(scene, job, "end", &text);
	buf_release(&text);
}

/* Built, by the job that was given out last. */
static void have_built(struct scene *scene)
{
	struct ticket_end done = { .build = true };

	build(scene, COMMIT);
	UNTIL(scene, scene->scheduler.count == 1);
	job_ends(scene, &scene->scheduler.jobs[0], &done);
	UNTIL(scene, scene->builds == 1);
	assert_int_equal(scene->built.result, BUILD_OK);
}

static int files_of(const struct scene *scene, const char *ending)
{
	int count = 0;

	for (int i = 0; i < scene->scheduler.count; i++) {
		const struct fake_job *job = &scene->scheduler.jobs[i];
		char *path =
			job->index < 0
				? xasprintf("%s/%s.%s", scene->folder,
					    job->batch, ending)
				: xasprintf("%s/%s_%d.%s", scene->folder,
					    job->batch, job->index, ending);

		count += access(path, F_OK) == 0;
		free(path);
	}
	return count;
}

static void a_build_is_a_job_and_its_end_a_fact(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	have_built(&scene);
	assert_true(
		str_ends(scene.scheduler.jobs[0].name, ":0123456789ab:build"));
	assert_int_equal(scene.farm->ops->has(scene.farm, 0, COMMIT),
			 RUNNER_HAS_THERE);
	assert_int_equal(scene.farm->ops->has(scene.farm, 1, COMMIT),
			 RUNNER_HAS_NOT);
	assert_int_equal(files_of(&scene, "ticket"), 0);
	assert_int_equal(files_of(&scene, "end"), 0);
	end(&scene);
}

static void runs_of_a_commit_are_one_array(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	have_built(&scene);
	for (int i = 0; i < 5; i++)
		run(&scene, i);
	UNTIL(&scene, scene.scheduler.count == 6);
	assert_int_equal(scene.scheduler.submissions, 2);
	assert_int_equal(scene.scheduler.jobs[5].index, 4);
	assert_int_equal(scene.scheduler.jobs[5].width, 3);
	for (int i = 1; i < 6; i++) {
		struct ticket_end done = { .run = { .outcome = OUTCOME_OK } };

		job_ends(&scene, &scene.scheduler.jobs[i], &done);
	}
	UNTIL(&scene, scene.runs == 5);
	assert_int_equal(scene.outcome, OUTCOME_OK);
	assert_int_equal(files_of(&scene, "ticket"), 0);
	end(&scene);
}

static void what_was_not_built_is_not_run(void **state)
{
	struct scene scene;
	struct error err;

	(void)state;
	begin(&scene);
	assert_int_equal(try_run(&scene, COMMIT, 0, &err), -1);
	assert_int_equal(err.code, ERROR_STATE);
	end(&scene);
}

static void a_run_without_an_end_is_infra(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	have_built(&scene);
	run(&scene, 7);
	UNTIL(&scene, scene.scheduler.count == 2);
	scene.scheduler.jobs[1].state = JOB_ENDED;
	scene.scheduler.jobs[1].node_failed = true;
	UNTIL(&scene, scene.runs == 1);
	assert_int_equal(scene.outcome, OUTCOME_INFRA);
	assert_non_null(strstr(scene.text, "job 2 on n1 is gone"));
	/* the next one goes elsewhere */
	run(&scene, 8);
	UNTIL(&scene, scene.scheduler.count == 3);
	assert_string_equal(scene.scheduler.jobs[2].exclude, "n1");
	scene.farm->ops->cancel(scene.farm, NULL);
	UNTIL(&scene, scene.runs == 2);
	assert_int_equal(scene.cancelled, 1);
	end(&scene);
}

/* The job is lost with its node, and that is told. */
static void lose_with_its_node(struct scene *scene, int job)
{
	int runs = scene->runs;

	scene->scheduler.jobs[job].state = JOB_ENDED;
	scene->scheduler.jobs[job].node_failed = true;
	UNTIL(scene, scene->runs == runs + 1);
}

static void a_node_that_is_back_gets_jobs_again(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	have_built(&scene);
	run(&scene, 1);
	UNTIL(&scene, scene.scheduler.count == 2);
	lose_with_its_node(&scene, 1);
	run(&scene, 2);
	UNTIL(&scene, scene.scheduler.count == 3);
	assert_string_equal(scene.scheduler.jobs[2].exclude, "n1");
	assert_int_equal(scene.scheduler.node_asked, 1);
	lose_with_its_node(&scene, 2);
	scene.scheduler.node_is_back = true;
	run(&scene, 3);
	UNTIL(&scene, scene.scheduler.count == 4);
	assert_null(scene.scheduler.jobs[3].exclude);
	assert_int_equal(scene.scheduler.node_asked, 2);
	/* it was back, and was not: now it has to wait, whatever it says */
	lose_with_its_node(&scene, 3);
	run(&scene, 4);
	UNTIL(&scene, scene.scheduler.count == 5);
	assert_string_equal(scene.scheduler.jobs[4].exclude, "n1");
	assert_int_equal(scene.scheduler.node_asked, 2);
	scene.farm->ops->cancel(scene.farm, NULL);
	UNTIL(&scene, scene.runs == 4);
	end(&scene);
}

static void a_build_without_an_end_is_begun_again(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	build(&scene, COMMIT);
	for (int i = 0; i < 3; i++) {
		UNTIL(&scene, scene.scheduler.count == i + 1);
		assert_int_equal(scene.builds, 0);
		scene.scheduler.jobs[i].state = JOB_ENDED;
		scene.scheduler.jobs[i].dropped = true;
	}
	UNTIL(&scene, scene.builds == 1);
	assert_int_equal(scene.built.result, BUILD_INFRA);
	assert_non_null(strstr(scene.text, "not by this session"));
	end(&scene);
}

static void what_is_refused_is_told_in_its_words(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	scene.scheduler.refuses = "no such partition";
	build(&scene, COMMIT);
	UNTIL(&scene, scene.builds == 1);
	assert_int_equal(scene.built.result, BUILD_INFRA);
	assert_non_null(strstr(scene.text, "no such partition"));
	end(&scene);
}

static void one_that_does_not_answer_is_waited_for(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene);
	scene.scheduler.away = true;
	build(&scene, COMMIT);
	UNTIL(&scene, scene.scheduler.looks >= 3);
	assert_int_equal(scene.said, 1);
	assert_int_equal(scene.builds, 0);
	scene.scheduler.away = false;
	UNTIL(&scene, scene.scheduler.count == 1);
	assert_int_equal(scene.said, 2);
	scene.farm->ops->cancel(scene.farm, COMMIT);
	UNTIL(&scene, scene.builds == 1);
	assert_int_equal(scene.cancelled, 1);
	end(&scene);
}

/* Its answer was lost, the job was not: there is only one. */
static void a_job_that_was_taken_unheard_is_found(void **state)
{
	struct ticket_end done = { .build = true };
	struct scene scene;

	(void)state;
	begin(&scene);
	scene.scheduler.away = scene.scheduler.takes_all_the_same = true;
	build(&scene, COMMIT);
	UNTIL(&scene, scene.scheduler.looks >= 2);
	scene.scheduler.away = false;
	UNTIL(&scene, scene.said == 2);
	assert_int_equal(scene.scheduler.submissions, 1);
	job_ends(&scene, &scene.scheduler.jobs[0], &done);
	UNTIL(&scene, scene.builds == 1);
	assert_int_equal(scene.scheduler.submissions, 1);
	end(&scene);
}

/* What the folder of a dead engine holds, without that one's farm at work. */
static void rename_folder(struct scene *scene, const char *ending)
{
	char *other = xasprintf("%s.%s", scene->folder, ending);

	assert_int_equal(rename(scene->folder, other), 0);
	free(other);
}

static void bring_back(struct scene *scene, const char *ending)
{
	char *other = xasprintf("%s.%s", scene->folder, ending);

	assert_int_equal(rmdir(scene->folder), 0);
	assert_int_equal(rename(other, scene->folder), 0);
	free(other);
}

/* As kill -9 does it: the folder stays as it is. */
static void kill_farm(struct scene *scene)
{
	rename_folder(scene, "dead");
	assert_int_equal(mkdir(scene->folder, 0700), 0);
	scene->farm->ops->cancel(scene->farm, NULL);
	for (int i = 0; i < scene->scheduler.count; i++)
		scene->scheduler.jobs[i].dropped = false;
	UNTIL(scene, scene->cancelled == 2);
	close_farm(scene);
	for (int i = 0; i < scene->scheduler.count; i++)
		scene->scheduler.jobs[i].cancelled = false;
	scene->runs = scene->cancelled = 0;
	bring_back(scene, "dead");
}

static void the_next_engine_takes_its_jobs_over(void **state)
{
	struct ticket_end done = { .run = { .outcome = OUTCOME_OK } };
	struct runner_left left;
	struct scene scene;

	(void)state;
	begin(&scene);
	have_built(&scene);
	run(&scene, 0);
	run(&scene, 1);
	UNTIL(&scene, scene.scheduler.count == 3);
	kill_farm(&scene);
	open_farm(&scene);
	assert_true(scene.farm->ops->left(scene.farm, 0, &left));
	assert_string_equal(left.commit, COMMIT);
	assert_false(scene.farm->ops->left(scene.farm, 1, &left));
	job_ends(&scene, &scene.scheduler.jobs[1], &done);
	run(&scene, 0);
	run(&scene, 1);
	UNTIL(&scene, scene.runs == 1);
	job_ends(&scene, &scene.scheduler.jobs[2], &done);
	UNTIL(&scene, scene.runs == 2);
	assert_int_equal(scene.cancelled, 0);
	assert_int_equal(scene.scheduler.submissions, 2);
	end(&scene);
}

static void on_free_place(void *data)
{
	((struct scene *)data)->vacated++;
}

static void what_nobody_asks_for_makes_room(void **state)
{
	struct scene scene;
	char *path;
	struct buf text;
	const struct ticket ticket = {
		.build = true,
		.worktree = "/tree",
		.name = "name",
		.built = { .commit = OTHER, .log = "/dev/null" },
	};

	(void)state;
	begin(&scene);
	close_farm(&scene);
	buf_init(&text, 0);
	ticket_say(&ticket, &text);
	ticket_say_rest(&ticket, &text);
	path = ticket_path(scene.folder, "old", "ticket");
	ticket_write(path, &text, true, NULL);
	buf_release(&text);
	open_farm(&scene);
	assert_int_equal(scene.farm->ops->vacate(scene.farm, 0, OTHER,
						 on_free_place, &scene),
			 1);
	assert_int_equal(scene.farm->ops->vacate(scene.farm, 1, COMMIT,
						 on_free_place, &scene),
			 0);
	assert_int_equal(scene.farm->ops->vacate(scene.farm, 0, COMMIT,
						 on_free_place, &scene),
			 2);
	UNTIL(&scene, scene.vacated == 1);
	assert_true(access(path, F_OK) < 0);
	free(path);
	end(&scene);
}

static void a_crash_that_decides_ends_its_run(void **state)
{
	struct crash crash = { .title = (char *)(uintptr_t) "BUG: it" };
	struct scene scene;
	struct buf text;

	(void)state;
	begin(&scene);
	have_built(&scene);
	run(&scene, 0);
	UNTIL(&scene, scene.scheduler.count == 2);
	buf_init(&text, 0);
	ticket_saw("BUG: it", &text);
	ticket_asks(&crash, 1, &text);
	buf_puts(&text, "saw half");
	scene.decides = true;
	leave(&scene, &scene.scheduler.jobs[1], "seen", &text);
	buf_release(&text);
	UNTIL(&scene, files_of(&scene, "enough") == 1);
	assert_int_equal(scene.saws, 1);
	scene.farm->ops->cancel(scene.farm, NULL);
	UNTIL(&scene, scene.runs == 1);
	end(&scene);
}

/*
 * What is written.
 */

static void a_ticket_comes_back_as_it_was(void **state)
{
	const struct kbuild_switch switches[] = { { "A", "n" }, { "B", "y" } };
	const struct build_patch patches[] = { { 3, "a b.patch", "/x/\\n",
						 "77" } };
	const struct build_choice choice = { .patches = patches,
					     .patch_count = 1,
					     .tree = "tree",
					     .cc = "/usr/bin/gcc",
					     .switches = switches,
					     .switch_count = 2 };
	const struct ticket one = {
		.build = true,
		.name = "name",
		.worktree = "/a\nb",
		.place = 1,
		.built = { .commit = COMMIT, .log = "/log", .choice = &choice },
	};
	struct ticket *read = xcalloc(1, sizeof(*read));
	struct buf first, second;

	(void)state;
	buf_init(&first, 0);
	buf_init(&second, 0);
	ticket_say(&one, &first);
	ticket_say_rest(&one, &first);
	assert_int_equal(ticket_read(read, xstrdup(first.text), NULL), 0);
	ticket_say(read, &second);
	ticket_say_rest(read, &second);
	assert_string_equal(first.text, second.text);
	assert_string_equal(read->worktree, "/a\nb");
	assert_string_equal(read->patches[0].path, "/x/\\n");
	ticket_release(read);
	assert_int_equal(ticket_read(read, xstrdup("do run\n"), NULL), -1);
	ticket_release(read);
	free(read);
	buf_release(&first);
	buf_release(&second);
}

static void an_end_comes_back_as_it_was(void **state)
{
	char *alts[] = { (char *)(uintptr_t) "other",
			 (char *)(uintptr_t) "more" };
	struct crash crash = { .title = (char *)(uintptr_t) "BUG: x",
			       .type = (char *)(uintptr_t) "KASAN",
			       .alts = alts,
			       .alt_count = 2,
			       .corrupted = true };
	struct errand errands[] = {
		{ (char *)(uintptr_t) "make", 0, 3, 50 },
		{ (char *)(uintptr_t) "make", ERRAND_CUT, 1, 5 },
	};
	struct ticket_end one = {
		.commit = COMMIT,
		.node = "n2",
		.run = { .outcome = OUTCOME_CRASHED,
			 .crashes = &crash,
			 .crash_count = 1,
			 .text = "why\nnot",
			 .exit_status = 256 + 9,
			 .duration_ms = 1234,
			 .boot_ms = 12,
			 .errands = errands,
			 .errand_count = 2 },
	};
	struct ticket_end read;
	struct buf first, second;

	(void)state;
	buf_init(&first, 0);
	buf_init(&second, 0);
	ticket_end_say(&one, &first);
	assert_int_equal(ticket_end_read(&read, xstrdup(first.text), NULL), 0);
	ticket_end_say(&read, &second);
	assert_string_equal(first.text, second.text);
	assert_string_equal(read.run.title, "BUG: x");
	assert_int_equal(read.run.errand_count, 2);
	ticket_end_release(&read);
	/* cut off anywhere it is none */
	for (size_t i = 0; i + 1 < first.length; i++) {
		assert_int_equal(ticket_end_read(&read, xstrndup(first.text, i),
						 NULL),
				 -1);
		ticket_end_release(&read);
	}
	buf_release(&first);
	buf_release(&second);
}

static void squeue_is_read(void **state)
{
	char waits[] = "b-1|17_3|PENDING||Resources";
	char runs[] = "b-1|17|RUNNING|n2|None";
	char failed[] = "b-1|17|NODE_FAIL|n2|NodeDown";
	char foreign[] = "(null)|17|RUNNING|n2|None";
	char junk[] = "slurm_load_jobs error: Invalid job id";
	struct executor_job job;

	(void)state;
	assert_true(slurm_read_job(waits, &job));
	assert_int_equal(job.state, JOB_QUEUED);
	assert_int_equal(job.index, 3);
	assert_string_equal(job.id, "17_3");
	assert_string_equal(job.words, "Resources");
	assert_true(slurm_read_job(runs, &job));
	assert_int_equal(job.state, JOB_RUNS);
	assert_int_equal(job.index, -1);
	assert_string_equal(job.node, "n2");
	assert_true(slurm_read_job(failed, &job));
	assert_int_equal(job.state, JOB_ENDED);
	assert_true(job.node_failed);
	assert_true(slurm_read_job(foreign, &job));
	assert_false(slurm_read_job(junk, &job));
}

static void a_node_is_well_where_it_takes_jobs(void **state)
{
	static const char *const well[] = { "idle\n", "mixed-\nmixed-\n",
					    "allocated\n", "idle~\n" };
	static const char *const ill[] = {
		"",	      "down*\n",    "idle*\n",
		"draining\n", "drained*\n", "unknown\n",
		"idle@\n",    "\n",	    "sinfo: error: no\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(well) / sizeof(*well); i++)
		assert_true(slurm_node_is_well(well[i]));
	for (size_t i = 0; i < sizeof(ill) / sizeof(*ill); i++)
		assert_false(slurm_node_is_well(ill[i]));
}

static void being_away_is_told_from_saying_no(void **state)
{
	(void)state;
	assert_true(slurm_is_away("sbatch: error: Batch job submission failed: "
				  "Unable to contact slurm controller "
				  "(connect failure)"));
	assert_true(slurm_is_away("slurm_load_jobs error: Socket timed out on "
				  "send/recv operation"));
	assert_false(slurm_is_away("sbatch: error: invalid partition "
				   "specified: nonsense"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_build_is_a_job_and_its_end_a_fact),
		cmocka_unit_test(runs_of_a_commit_are_one_array),
		cmocka_unit_test(what_was_not_built_is_not_run),
		cmocka_unit_test(a_run_without_an_end_is_infra),
		cmocka_unit_test(a_node_that_is_back_gets_jobs_again),
		cmocka_unit_test(a_build_without_an_end_is_begun_again),
		cmocka_unit_test(what_is_refused_is_told_in_its_words),
		cmocka_unit_test(one_that_does_not_answer_is_waited_for),
		cmocka_unit_test(a_job_that_was_taken_unheard_is_found),
		cmocka_unit_test(the_next_engine_takes_its_jobs_over),
		cmocka_unit_test(what_nobody_asks_for_makes_room),
		cmocka_unit_test(a_crash_that_decides_ends_its_run),
		cmocka_unit_test(a_ticket_comes_back_as_it_was),
		cmocka_unit_test(an_end_comes_back_as_it_was),
		cmocka_unit_test(squeue_is_read),
		cmocka_unit_test(a_node_is_well_where_it_takes_jobs),
		cmocka_unit_test(being_away_is_told_from_saying_no),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
