/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ticket.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/record.h"
#include "base/str.h"
#include "base/xalloc.h"

static void say_choice(const struct build_choice *choice, struct buf *out)
{
	record_text(out, "tree", choice->tree);
	record_text(out, "cc", choice->cc);
	for (int i = 0; i < choice->switch_count; i++) {
		record_text(out, "switch", choice->switches[i].name);
		record_text(out, "switch_value", choice->switches[i].value);
	}
	for (int i = 0; i < choice->patch_count; i++) {
		record_number(out, "patch", choice->patches[i].number);
		record_text(out, "patch_name", choice->patches[i].name);
		record_text(out, "patch_path", choice->patches[i].path);
		record_text(out, "patch_hash", choice->patches[i].hash);
	}
}

void ticket_say(const struct ticket *ticket, struct buf *out)
{
	const struct build_request *build = &ticket->built;
	const struct run_request *run = &ticket->run;

	record_text(out, "do", ticket->build ? "build" : "run");
	record_text(out, "commit", ticket->build ? build->commit : run->commit);
	record_number(out, "place", ticket->place);
	record_text(out, "worktree", ticket->worktree);
	record_text(out, "out", ticket->out);
	if (ticket->build) {
		record_text(out, "log", build->log);
		if (build->choice)
			say_choice(build->choice, out);
		return;
	}
	record_number(out, "number", run->number);
	record_text(out, "console", run->console);
	record_text(out, "output", run->output);
	record_text(out, "image", ticket->image);
	record_number(out, "needs_place", ticket->needs_place);
	record_number(out, "boot_only", run->boot_only);
	record_number(out, "asks", run->decides != NULL);
}

void ticket_say_rest(const struct ticket *ticket, struct buf *out)
{
	record_text(out, "name", ticket->name);
	if (!ticket->build)
		record_number(out, "slot", ticket->run.slot);
}

/* A line of a build's; false when it is none. */
static bool read_build(struct ticket *ticket, const char *key,
		       const char *value)
{
	struct build_choice *choice = &ticket->choice;
	struct kbuild_switch *last =
		choice->switch_count
			? &ticket->switches[choice->switch_count - 1]
			: NULL;
	struct build_patch *patch =
		choice->patch_count ? &ticket->patches[choice->patch_count - 1]
				    : NULL;

	if (str_equal(key, "log"))
		ticket->built.log = value;
	else if (str_equal(key, "tree"))
		choice->tree = value;
	else if (str_equal(key, "cc"))
		choice->cc = value;
	else if (str_equal(key, "switch") &&
		 choice->switch_count < TICKET_SWITCHES)
		ticket->switches[choice->switch_count++].name = value;
	else if (str_equal(key, "switch_value") && last)
		last->value = value;
	else if (str_equal(key, "patch") &&
		 choice->patch_count < TICKET_PATCHES)
		ticket->patches[choice->patch_count++].number =
			(int)record_value(value);
	else if (str_equal(key, "patch_name") && patch)
		patch->name = value;
	else if (str_equal(key, "patch_path") && patch)
		patch->path = value;
	else if (str_equal(key, "patch_hash") && patch)
		patch->hash = value;
	else
		return false;
	return true;
}

static void read_run(struct ticket *ticket, const char *key, const char *value)
{
	struct run_request *run = &ticket->run;

	if (str_equal(key, "number"))
		run->number = (int)record_value(value);
	else if (str_equal(key, "console"))
		run->console = value;
	else if (str_equal(key, "output"))
		run->output = value;
	else if (str_equal(key, "image"))
		ticket->image = value;
	else if (str_equal(key, "needs_place"))
		ticket->needs_place = record_value(value) != 0;
	else if (str_equal(key, "boot_only"))
		run->boot_only = record_value(value) != 0;
	else if (str_equal(key, "asks"))
		ticket->asks = record_value(value) != 0;
	else if (str_equal(key, "slot"))
		run->slot = (int)record_value(value);
}

int ticket_read(struct ticket *ticket, char *text, struct error *err)
{
	char *at = text, *value;
	const char *key;

	memset(ticket, 0, sizeof(*ticket));
	ticket->text = text;
	ticket->choice.switches = ticket->switches;
	ticket->choice.patches = ticket->patches;
	ticket->built.choice = &ticket->choice;
	while (record_next(&at, &key, &value)) {
		if (str_equal(key, "do"))
			ticket->build = str_equal(value, "build");
		else if (str_equal(key, "commit"))
			ticket->built.commit = ticket->run.commit = value;
		else if (str_equal(key, "name"))
			ticket->name = value;
		else if (str_equal(key, "place"))
			ticket->place = (int)record_value(value);
		else if (str_equal(key, "worktree"))
			ticket->worktree = value;
		else if (str_equal(key, "out"))
			ticket->out = value;
		else if (!read_build(ticket, key, value))
			read_run(ticket, key, value);
	}
	if (ticket->run.commit && ticket->worktree &&
	    (ticket->build ? ticket->built.log : ticket->run.console))
		return 0;
	return error_set(err, ERROR_INPUT, "a ticket says not all it should");
}

void ticket_release(struct ticket *ticket)
{
	free(ticket->text);
	memset(ticket, 0, sizeof(*ticket));
}

/*
 * Crashes, errands.
 */

static void say_lines(struct buf *out, const char *key, char *const *texts,
		      int count)
{
	char *lines = crash_join(texts, count);

	record_text(out, key, lines);
	free(lines);
}

static void say_crash(const struct crash *crash, struct buf *out)
{
	record_text(out, "crash", crash->title);
	record_text(out, "crash_type", crash->type);
	record_text(out, "crash_frame", crash->frame);
	say_lines(out, "crash_alts", crash->alts, crash->alt_count);
	say_lines(out, "crash_near", crash->near, crash->near_count);
	if (crash->corrupted)
		record_number(out, "crash_corrupted", 1);
}

/* Of the last crash, which there is; its texts become the crash's own. */
static void read_crash(struct crash *crash, const char *key, const char *value)
{
	if (str_equal(key, "crash_type") && !crash->type)
		crash->type = xstrdup(value);
	else if (str_equal(key, "crash_frame") && !crash->frame)
		crash->frame = xstrdup(value);
	else if (str_equal(key, "crash_alts") && !crash->alts)
		crash->alts = crash_split(value, &crash->alt_count);
	else if (str_equal(key, "crash_near") && !crash->near)
		crash->near = crash_split(value, &crash->near_count);
	else if (str_equal(key, "crash_corrupted"))
		crash->corrupted = true;
}

/* false when the line is none of a crash's. */
static bool read_crashes(struct crash **crashes, int *count, const char *key,
			 const char *value)
{
	if (!str_starts(key, "crash"))
		return false;
	if (str_equal(key, "crash") && *count < CRASHES_MAX && *value) {
		if (!*crashes)
			*crashes = xcalloc(CRASHES_MAX, sizeof(**crashes));
		(*crashes)[(*count)++].title = xstrdup(value);
	} else if (*count) {
		read_crash(&(*crashes)[*count - 1], key, value);
	}
	return true;
}

static void say_errands(const struct errand *errands, int count,
			struct buf *out)
{
	for (int i = 0; i < count; i++) {
		record_text(out, "errand", errands[i].line);
		record_number(out, "errand_status", errands[i].exit_status);
		record_number(out, "errand_times", errands[i].times);
		record_number(out, "errand_ms", errands[i].duration_ms);
	}
}

static bool read_errand(struct errands *errands, const char *key,
			const char *value)
{
	struct errand *last =
		errands->count ? &errands->items[errands->count - 1] : NULL;

	if (!str_starts(key, "errand"))
		return false;
	if (str_equal(key, "errand")) {
		/* each of its own, also where two are alike */
		errands_add(errands, value, -2 - errands->count, 0);
		if (errands->count)
			errands->items[errands->count - 1].exit_status = 0;
	} else if (last && str_equal(key, "errand_status")) {
		last->exit_status = (int)record_value(value);
	} else if (last && str_equal(key, "errand_times")) {
		last->times = (int)record_value(value);
	} else if (last && str_equal(key, "errand_ms")) {
		last->duration_ms = record_value(value);
	}
	return true;
}

/*
 * Ends.
 */

static void say_built(const struct ticket_end *end, struct buf *out)
{
	const struct build_end *built = &end->built;

	record_text(out, "result", build_result_name(built->result));
	record_text(out, "signature", built->signature);
	record_text(out, "text", built->text);
	record_number(out, "patch", built->patch);
	record_number(out, "exit", built->exit_status);
	record_number(out, "ms", built->duration_ms);
	record_text(out, "image", end->image);
	record_number(out, "kept", end->kept);
	say_errands(built->errands, built->errand_count, out);
}

static void say_run(const struct ticket_end *end, struct buf *out)
{
	const struct run_end *run = &end->run;

	record_text(out, "outcome", outcome_name(run->outcome));
	record_text(out, "text", run->text);
	record_number(out, "exit", run->exit_status);
	record_number(out, "ms", run->duration_ms);
	record_number(out, "boot_ms", run->boot_ms);
	record_number(out, "copy_ms", run->copy_ms);
	for (int i = 0; i < run->crash_count; i++)
		say_crash(&run->crashes[i], out);
	say_errands(run->errands, run->errand_count, out);
}

void ticket_end_say(const struct ticket_end *end, struct buf *out)
{
	record_text(out, "did", end->build ? "build" : "run");
	record_number(out, "stopped", end->stopped);
	record_text(out, "commit", end->commit);
	record_number(out, "place", end->place);
	record_text(out, "node", end->node);
	if (end->build)
		say_built(end, out);
	else
		say_run(end, out);
	record_text(out, "end", "");
}

static void read_number(struct ticket_end *end, const char *key,
			const char *value)
{
	int64_t number = record_value(value);

	if (str_equal(key, "exit"))
		end->built.exit_status = end->run.exit_status = (int)number;
	else if (str_equal(key, "ms"))
		end->built.duration_ms = end->run.duration_ms = number;
	else if (str_equal(key, "boot_ms"))
		end->run.boot_ms = number;
	else if (str_equal(key, "copy_ms"))
		end->run.copy_ms = number;
	else if (str_equal(key, "patch"))
		end->built.patch = (int)number;
	else if (str_equal(key, "kept"))
		end->kept = number != 0;
	else if (str_equal(key, "place"))
		end->place = (int)number;
	else if (str_equal(key, "stopped"))
		end->stopped = number != 0;
}

/* A line of an end; true when a word of it makes no sense. */
static bool read_end_line(struct ticket_end *end, const char *key,
			  const char *value)
{
	if (str_equal(key, "did"))
		end->build = str_equal(value, "build");
	else if (str_equal(key, "commit"))
		end->commit = value;
	else if (str_equal(key, "node"))
		end->node = value;
	else if (str_equal(key, "result"))
		return !build_result_parse(&end->built.result, value);
	else if (str_equal(key, "outcome"))
		return !outcome_parse(&end->run.outcome, value);
	else if (str_equal(key, "signature"))
		end->built.signature = value;
	else if (str_equal(key, "text"))
		end->built.text = end->run.text = value;
	else if (str_equal(key, "image"))
		end->image = value;
	else if (!read_crashes(&end->crashes, &end->crash_count, key, value) &&
		 !read_errand(&end->errands, key, value))
		read_number(end, key, value);
	return false;
}

int ticket_end_read(struct ticket_end *end, char *text, struct error *err)
{
	char *at = text, *value;
	bool whole = false, bad = false;
	const char *key;

	memset(end, 0, sizeof(*end));
	end->text = text;
	while (!whole && record_next(&at, &key, &value)) {
		whole = str_equal(key, "end");
		bad |= read_end_line(end, key, value);
	}
	end->run.crashes = end->crashes;
	end->run.crash_count = end->crash_count;
	end->run.title = end->crash_count ? end->crashes[0].title : NULL;
	end->run.errands = end->built.errands = end->errands.items;
	end->run.errand_count = end->built.errand_count = end->errands.count;
	if (whole && !bad && end->commit)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "what a job wrote of its end makes no sense");
}

void ticket_end_release(struct ticket_end *end)
{
	crashes_free(end->crashes, end->crash_count);
	errands_release(&end->errands);
	free(end->text);
	memset(end, 0, sizeof(*end));
}

/*
 * What is seen on the way.
 */

void ticket_saw(const char *title, struct buf *out)
{
	record_text(out, "saw", title);
}

void ticket_asks(const struct crash *crashes, int count, struct buf *out)
{
	for (int i = 0; i < count; i++)
		say_crash(&crashes[i], out);
	record_text(out, "asks", "");
}

/* Up to the last line that ends something. */
static size_t whole_part(const char *text)
{
	const char *end = text;

	for (const char *line = text, *next; (next = strchr(line, '\n'));
	     line = next + 1)
		if (str_starts(line, "saw ") || str_starts(line, "asks "))
			end = next + 1;
	return (size_t)(end - text);
}

size_t ticket_read_seen(char *text, const struct ticket_seen *seen)
{
	size_t length = whole_part(text);
	struct crash *crashes = NULL;
	char *at = text, *value;
	const char *key;
	int count = 0;

	text[length] = '\0';
	while (record_next(&at, &key, &value)) {
		if (str_equal(key, "saw")) {
			seen->saw(seen->data, value);
		} else if (str_equal(key, "asks")) {
			seen->asks(seen->data, crashes, count);
			crashes_free(crashes, count);
			crashes = NULL;
			count = 0;
		} else {
			read_crashes(&crashes, &count, key, value);
		}
	}
	crashes_free(crashes, count);
	return length;
}

/*
 * Files.
 */

char *ticket_path(const char *folder, const char *token, const char *kind)
{
	return xasprintf("%s/%s.%s", folder, token, kind);
}

static int write_all(const char *path, const struct buf *text, bool safe)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int ret = -1;

	if (fd < 0)
		return -1;
	if (io_write(fd, text->text, text->length) == 0 &&
	    (!safe || fsync(fd) == 0))
		ret = 0;
	if (close(fd) < 0)
		ret = -1;
	return ret;
}

int ticket_write(const char *path, const struct buf *text, bool safe,
		 struct error *err)
{
	char *draft = xasprintf("%s.new", path);
	int ret = 0;

	if (write_all(draft, text, safe) < 0 || rename(draft, path) < 0) {
		ret = error_errno(err, "cannot write '%s'", path);
		unlink(draft);
	} else if (safe) {
		io_sync_name(path);
	}
	free(draft);
	return ret;
}
