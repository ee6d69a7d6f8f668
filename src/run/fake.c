/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/fake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/recorder.h"
#include "run/runner.h"

#define LETTERS	    ".XxBTIi~"
#define ENDLESS_MS  ((uint64_t)1000 * 86400 * 365)
#define MS_MAX	    86400000
#define PLACES	    16
#define OTHER_TITLE "BUG: another bug in this fake kernel"

/* One line of the script. */
struct line {
	char *prefix; /* "" for any commit */
	enum build_result build;
	char *text;
	char *signature;
	char *runs;
	char *title;
	int64_t ms, build_ms;
	bool kept;
};

struct fake_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct line *lines;
	size_t line_count;
	size_t line_room;
	struct job *jobs;
	char *built[PLACES];
	char **kept;
	size_t kept_count, kept_room;
};

/* A job is in the runner's list until it calls back. */
struct job {
	struct fake_runner *owner;
	struct job *next;
	uv_timer_t timer;
	const struct line *line;
	char *commit;
	struct recorder record;
	int place;
	int number; /* of a run, 0 for a build */
	bool cancelled;
	build_done *build_done;
	run_done *run_done;
	void *data;
};

static struct fake_runner *self(struct runner *runner)
{
	return (struct fake_runner *)runner;
}

/*
 * The next word of a line, cut off in place: blanks divide words, but not
 * those between double quotes, which are dropped.  NULL at the end.
 */
static char *next_word(char **rest)
{
	char *from = *rest + strspn(*rest, " \t"), *to = from, *word = from;
	bool quoted = false;

	if (!*from)
		return NULL;
	for (; *from && (quoted || !strchr(" \t", *from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

static void set(char **place, const char *value)
{
	free(*place);
	*place = xstrdup(value);
}

static bool parse_build(struct line *line, char *value)
{
	char *colon = strchr(value, ':');

	if (colon) {
		*colon = '\0';
		set(&line->text, colon + 1);
	}
	return build_result_parse(&line->build, value);
}

static bool parse_field(struct line *line, char *word)
{
	char *value = strchr(word, '=');

	if (str_equal(word, "kept")) {
		line->kept = true;
		return true;
	}
	if (!value)
		return false;
	*value++ = '\0';
	if (str_equal(word, "build"))
		return parse_build(line, value);
	if (str_equal(word, "ms"))
		return str_number(value, 0, MS_MAX, &line->ms);
	if (str_equal(word, "built"))
		return str_number(value, 0, MS_MAX, &line->build_ms);
	if (str_equal(word, "sig"))
		set(&line->signature, value);
	else if (str_equal(word, "title"))
		set(&line->title, value);
	else if (str_equal(word, "runs") && *value &&
		 strspn(value, LETTERS) == strlen(value))
		set(&line->runs, value);
	else
		return false;
	return !str_equal(word, "sig") || str_hex(value);
}

static void line_release(struct line *line)
{
	free(line->prefix);
	free(line->text);
	free(line->signature);
	free(line->runs);
	free(line->title);
}

/* Changes the text. */
static int parse_line(struct fake_runner *fake, char *text, int number,
		      struct error *err)
{
	char *word = next_word(&text);
	struct line *line;

	if (!word || *word == '#')
		return 0;
	if (!str_equal(word, "*") && !str_hex(word))
		return error_set(err, ERROR_INPUT,
				 "line %d: '%s' is no commit and not '*'",
				 number, word);
	array_grow(fake->lines, fake->line_count + 1, &fake->line_room);
	line = &fake->lines[fake->line_count++];
	*line = (struct line){
		.prefix = xstrdup(str_equal(word, "*") ? "" : word),
		.build = BUILD_OK,
		.runs = xstrdup("."),
		.title = xstrdup("BUG: bug in this fake kernel"),
		.build_ms = -1,
	};
	while ((word = next_word(&text)) != NULL) {
		char *whole = xstrdup(word);
		bool fine = parse_field(line, word);

		if (!fine)
			error_set(err, ERROR_INPUT,
				  "line %d: '%s' makes no sense", number,
				  whole);
		free(whole);
		if (!fine)
			return -1;
	}
	return 0;
}

static int parse_script(struct fake_runner *fake, const char *script,
			struct error *err)
{
	for (int number = 1; *script; number++) {
		size_t length = strcspn(script, "\n");
		char *text = xstrndup(script, length);
		int ret = parse_line(fake, text, number, err);

		free(text);
		if (ret < 0)
			return -1;
		script += length;
		if (*script)
			script++;
	}
	return 0;
}

static const struct line *find_line(const struct fake_runner *fake,
				    const char *commit)
{
	for (size_t i = 0; i < fake->line_count; i++) {
		if (str_starts(commit, fake->lines[i].prefix))
			return &fake->lines[i];
	}
	return NULL;
}

static char letter_of(const struct job *job)
{
	size_t last = strlen(job->line->runs) - 1;
	size_t place = (size_t)job->number;

	return job->line->runs[place < last ? place : last];
}

static void on_closed(uv_handle_t *handle)
{
	struct job *job = handle->data;

	recorder_close(&job->record);
	free(job->commit);
	free(job);
}

/* It is freed when the loop has closed its timer. */
static void leave_list(struct job *job)
{
	struct job **place = &job->owner->jobs;

	while (*place != job)
		place = &(*place)->next;
	*place = job->next;
	uv_close((uv_handle_t *)&job->timer, on_closed);
}

static int record_line(struct job *job, const char *text, struct error *err)
{
	struct buf line;
	int ret;

	buf_init(&line, 0);
	buf_printf(&line, "%s\n", text);
	ret = recorder_write(&job->record, line.text, line.length, err);
	buf_release(&line);
	return ret;
}

static int64_t build_ms(const struct line *line)
{
	return line->build_ms < 0 ? line->ms : line->build_ms;
}

static void set_built(const struct job *job)
{
	struct fake_runner *fake = job->owner;

	set(&fake->built[job->place], job->commit);
	if (!job->line->kept)
		return;
	array_grow(fake->kept, fake->kept_count + 1, &fake->kept_room);
	fake->kept[fake->kept_count++] =
		xasprintf("%d %s", job->place, job->commit);
}

static enum runner_has fake_has(const struct runner *runner, int place,
				const char *commit)
{
	const struct fake_runner *fake = (const struct fake_runner *)runner;
	char *wanted = xasprintf("%d %s", place, commit);
	bool kept = false;

	for (size_t i = 0; i < fake->kept_count && !kept; i++)
		kept = str_equal(fake->kept[i], wanted);
	free(wanted);
	if (kept)
		return RUNNER_HAS_KEPT;
	return str_equal(fake->built[place], commit) ? RUNNER_HAS_THERE
						     : RUNNER_HAS_NOT;
}

static void end_build(struct job *job)
{
	const struct line *line = job->line;
	struct build_end end = {
		.result = line->build,
		.cancelled = job->cancelled,
		.signature = line->build == BUILD_OK ? line->signature : NULL,
		.text = line->text,
		.exit_status = line->build == BUILD_OK ? 0 : 2,
		.duration_ms = build_ms(line),
	};
	struct error err = ERROR_INIT;

	if (end.text && !end.cancelled &&
	    record_line(job, end.text, &err) < 0) {
		end.result = BUILD_INFRA;
		end.text = err.text;
	}
	if (end.result == BUILD_OK && !end.cancelled)
		set_built(job);
	leave_list(job);
	job->build_done(job->data, &end);
}

/* What a letter stands for. */
static void read_letter(const struct line *line, char letter,
			struct run_end *end)
{
	static const struct {
		char letter;
		enum outcome outcome;
		int exit_status;
		const char *text;
	} meanings[] = {
		{ '.', OUTCOME_OK, 0, NULL },
		{ 'X', OUTCOME_CRASHED, 1, NULL },
		{ 'x', OUTCOME_CRASHED, 1, NULL },
		{ 'B', OUTCOME_BOOT_FAILED, 1, "did not boot" },
		{ 'T', OUTCOME_TEST_FAILED, 125, "exit code 125" },
		{ 'I', OUTCOME_INFRA, 255, "exit code 255" },
		{ 'i', OUTCOME_IGNORED, 1, NULL },
		{ '~', OUTCOME_OK, 0, NULL },
	};
	size_t i = 0;

	while (meanings[i].letter != letter)
		i++;
	end->outcome = meanings[i].outcome;
	end->exit_status = meanings[i].exit_status;
	end->text = meanings[i].text;
	if (letter == 'X' || letter == 'i')
		end->title = line->title;
	if (letter == 'x')
		end->title = OTHER_TITLE;
}

static void end_run(struct job *job)
{
	struct run_end end = {
		.cancelled = job->cancelled,
		.duration_ms = job->line->ms,
	};
	struct error err = ERROR_INIT;
	const char *last;

	read_letter(job->line, letter_of(job), &end);
	last = end.title ? end.title : end.text;
	if (last && !end.cancelled && record_line(job, last, &err) < 0) {
		end.outcome = OUTCOME_INFRA;
		end.title = NULL;
		end.text = err.text;
	}
	leave_list(job);
	job->run_done(job->data, &end);
}

static void on_timer(uv_timer_t *timer)
{
	struct job *job = timer->data;

	if (job->run_done)
		end_run(job);
	else
		end_build(job);
}

/* The job is linked and its timer runs when this succeeds. */
static int job_start(struct job *job, const char *path, uint64_t ms,
		     struct error *err)
{
	struct fake_runner *fake = job->owner;
	struct buf first;
	int ret = -1;

	buf_init(&first, 0);
	if (job->run_done)
		buf_printf(&first, "run %d of %s", job->number, job->commit);
	else
		buf_printf(&first, "build of %s", job->commit);
	if (recorder_open_log(&job->record, path, job->run_done, err) < 0 ||
	    record_line(job, first.text, err) < 0)
		goto out;
	uv_timer_init(fake->loop, &job->timer);
	job->timer.data = job;
	uv_update_time(fake->loop);
	uv_timer_start(&job->timer, on_timer, ms, 0);
	job->next = fake->jobs;
	fake->jobs = job;
	ret = 0;
out:
	buf_release(&first);
	if (ret < 0) {
		recorder_close(&job->record);
		free(job->commit);
		free(job);
	}
	return ret;
}

static int job_new(struct fake_runner *fake, const char *commit,
		   struct job **out, struct error *err)
{
	const struct line *line = find_line(fake, commit);
	struct job *job;

	if (!line)
		return error_set(err, ERROR_STATE,
				 "the script does not speak of %s", commit);
	job = xcalloc(1, sizeof(*job));
	job->owner = fake;
	job->line = line;
	job->commit = xstrdup(commit);
	job->record.fd = -1;
	*out = job;
	return 0;
}

static bool allows_build(const struct fake_runner *fake, int place,
			 struct error *err)
{
	for (const struct job *job = fake->jobs; job; job = job->next) {
		if (job->place != place ||
		    (job->run_done && fake_has(&fake->runner, place,
					       job->commit) == RUNNER_HAS_KEPT))
			continue;
		error_set(err, ERROR_BUSY, "cannot build while %s is worked on",
			  job->commit);
		return false;
	}
	return true;
}

static int fake_build(struct runner *runner,
		      const struct build_request *request, build_done *done,
		      void *data, struct error *err)
{
	struct fake_runner *fake = self(runner);
	struct job *job;

	if (!allows_build(fake, request->place, err) ||
	    job_new(fake, request->commit, &job, err) < 0)
		return -1;
	free(fake->built[request->place]);
	fake->built[request->place] = NULL;
	job->place = request->place;
	job->build_done = done;
	job->data = data;
	return job_start(job, request->log, (uint64_t)build_ms(job->line), err);
}

static int count_jobs(const struct fake_runner *fake)
{
	int count = 0;

	for (const struct job *job = fake->jobs; job; job = job->next)
		count += job->run_done != NULL;
	return count;
}

static int fake_run(struct runner *runner, const struct run_request *request,
		    run_done *done, void *data, struct error *err)
{
	struct fake_runner *fake = self(runner);
	struct job *job;
	uint64_t ms;

	if (!fake_has(runner, request->place, request->commit))
		return error_set(err, ERROR_STATE,
				 "cannot run %s: it is not what was built last",
				 request->commit);
	if (count_jobs(fake) >= runner->slots)
		return error_set(err, ERROR_BUSY, "all %d slots are taken",
				 runner->slots);
	if (job_new(fake, request->commit, &job, err) < 0)
		return -1;
	job->place = request->place;
	job->number = request->number;
	job->run_done = done;
	job->data = data;
	ms = letter_of(job) == '~' ? ENDLESS_MS : (uint64_t)job->line->ms;
	return job_start(job, request->console, ms, err);
}

static void fake_cancel(struct runner *runner, const char *commit)
{
	for (struct job *job = self(runner)->jobs; job; job = job->next) {
		if (commit && !str_equal(commit, job->commit))
			continue;
		job->cancelled = true;
		uv_timer_start(&job->timer, on_timer, 0, 0);
	}
}

static void fake_free(struct runner *runner)
{
	struct fake_runner *fake = self(runner);

	assert(!fake->jobs);
	for (size_t i = 0; i < fake->line_count; i++)
		line_release(&fake->lines[i]);
	free(fake->lines);
	for (int i = 0; i < PLACES; i++)
		free(fake->built[i]);
	for (size_t i = 0; i < fake->kept_count; i++)
		free(fake->kept[i]);
	free(fake->kept);
	free(fake);
}

static const struct runner_ops fake_ops = {
	.build = fake_build,
	.run = fake_run,
	.cancel = fake_cancel,
	.has = fake_has,
	.free = fake_free,
};

int fake_runner_new(uv_loop_t *loop, const char *script, int slots,
		    struct runner **out, struct error *err)
{
	struct fake_runner *fake = xcalloc(1, sizeof(*fake));

	fake->runner.ops = &fake_ops;
	fake->runner.slots = slots;
	fake->runner.has_build = true;
	fake->loop = loop;
	if (parse_script(fake, script, err) < 0) {
		fake_free(&fake->runner);
		return -1;
	}
	*out = &fake->runner;
	return 0;
}
