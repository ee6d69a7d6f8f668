/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "control/describe.h"
#include "engine/engine.h"
#include "session/gitlog.h"
#include "session/session.h"
#include "session/syzbotlog.h"
#include "session/syzbottold.h"

#define LOOK_MS 500

static void add_time(struct buf *out, int64_t at)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm local;
	char text[32];

	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
	buf_puts(out, text);
}

/* The events from this one on; how many there are now. */
static size_t print_text(struct session *session, size_t from)
{
	const struct engine *engine = session_engine(session);
	size_t count = engine_event_count(engine);
	struct buf line;

	buf_init(&line, 0);
	for (size_t i = from; i < count; i++) {
		const struct event *event = engine_event(engine, i);

		buf_clear(&line);
		buf_printf(&line, "%4" PRId64 "  ", event->seq);
		add_time(&line, event->at);
		buf_printf(&line, "  %s",
			   engine_is_undone(engine, event->seq) ? "(undone) "
								: "");
		describe_event(session, event, &line);
		/* an event is one line, whatever its texts hold */
		for (size_t k = 0; k < line.length; k++)
			if (line.text[k] == '\n')
				line.text[k] = ' ';
		buf_putc(&line, '\n');
		cli_print(stdout, &line);
	}
	buf_release(&line);
	return count;
}

/* Until nobody reads it any more.  Events are rare: a look twice a second. */
static int follow(struct session *session, size_t printed, struct error *err)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };

	while (fflush(stdout) == 0) {
		poll(&reader, 1, LOOK_MS);
		if (reader.revents & (POLLERR | POLLHUP | POLLNVAL))
			break;
		if (!session_is_behind(session))
			continue;
		if (session_refresh(session, NULL, err) < 0)
			return -1;
		printed = print_text(session, printed);
	}
	return 0;
}

static void print_git(struct session *session)
{
	struct buf out;

	buf_init(&out, 0);
	gitlog_write(session, &out);
	cli_print(stdout, &out);
	buf_release(&out);
}

/* As it stood, byte by byte, where that goes to a file or another program. */
static void print_syzbot(struct session *session)
{
	const struct event *start = engine_start_event(session_engine(session));
	struct buf out;

	buf_init(&out, 0);
	if (start && start->by == BY_IMPORT && str_equal(start->text, "syzbot"))
		syzbotlog_write(session_engine(session), session_graph(session),
				&out);
	else
		syzbottold_write(session, &out);
	if (isatty(STDOUT_FILENO))
		cli_print(stdout, &out);
	else
		fwrite(out.text, 1, out.length, stdout);
	buf_release(&out);
}

static void json_oid(struct json *json, const char *key, const struct oid *oid)
{
	if (!oid_is_none(oid))
		json_text(json, key, oid->hex);
}

static void json_texts(struct json *json, const char *key, char *const *texts,
		       int count)
{
	json_open_array(json, key);
	for (int i = 0; i < count; i++)
		json_text(json, NULL, texts[i]);
	json_close_array(json);
}

static void json_crashes(struct json *json, const struct event *event)
{
	json_open_array(json, "crashes");
	for (int i = 0; i < event->crash_count; i++) {
		const struct crash *crash = &event->crashes[i];

		json_open_object(json, NULL);
		json_text(json, "title", crash->title);
		json_texts(json, "alt_titles", crash->alts, crash->alt_count);
		json_text(json, "type", crash->type);
		json_text(json, "frame", crash->frame);
		json_texts(json, "stack", crash->near, crash->near_count);
		json_bool(json, "corrupted", crash->corrupted);
		json_close_object(json);
	}
	json_close_array(json);
}

/* What was started, how it ended (-1: it was cut short), and how often. */
static void json_errands(struct json *json, const struct event *event)
{
	json_open_array(json, "commands");
	for (int i = 0; i < event->errand_count; i++) {
		const struct errand *errand = &event->errands[i];

		json_open_object(json, NULL);
		json_text(json, "line", errand->line);
		json_number(json, "exit_status", errand->exit_status);
		json_number(json, "times", errand->times);
		json_number(json, "duration_ms", errand->duration_ms);
		json_close_object(json);
	}
	json_close_array(json);
}

static void json_event(struct json *json, const struct engine *engine,
		       const struct event *event)
{
	json_open_object(json, NULL);
	json_number(json, "seq", event->seq);
	json_number(json, "at_ms", event->at);
	json_text(json, "kind", event_kind_name(event->kind));
	json_text(json, "by", actor_name(event->by));
	json_text(json, "who", event->who);
	json_bool(json, "undone", engine_is_undone(engine, event->seq));
	json_oid(json, "commit", &event->commit);
	json_oid(json, "from", &event->other);
	json_number(json, "number", event->number);
	if (event->kind == EVENT_RUN || event->kind == EVENT_JUDGE)
		json_text(json, "outcome", outcome_name(event->outcome));
	if (event->kind == EVENT_BUILD)
		json_text(json, "build", build_result_name(event->build));
	if (event->kind == EVENT_VERDICT)
		json_text(json, "verdict", verdict_name(event->verdict));
	if (event->kind == EVENT_RUN || event->kind == EVENT_BUILD) {
		json_number(json, "exit_status", event->exit_status);
		json_number(json, "duration_ms", event->duration_ms);
		json_errands(json, event);
	}
	if (event->kind == EVENT_RUN) {
		json_number(json, "boot_ms", event->boot_ms);
		json_number(json, "copy_ms", event->copy_ms);
	}
	if (event->kind == EVENT_START) {
		json_bool(json, "fix", event->fix);
		json_bool(json, "first_parent", event->first_parent);
	}
	json_text(json, "policy", event->policy);
	json_text(json, "title", event->title);
	if (event->kind == EVENT_RUN)
		json_crashes(json, event);
	json_text(json, "signature", event->signature);
	json_text(json, "text", event->text);
	if (event->kind == EVENT_NEXT)
		json_number(json, "steps", event->steps);
	if (event->by == BY_IMPORT)
		json_text(json, "wording", event->wording);
	json_close_object(json);
}

static void print_json(struct session *session)
{
	const struct engine *engine = session_engine(session);
	struct buf out;
	struct json json;

	cli_json_begin(&json, &out);
	json_open_array(&json, "events");
	for (size_t i = 0; i < engine_event_count(engine); i++)
		json_event(&json, engine, engine_event(engine, i));
	json_close_array(&json);
	cli_json_end(&json);
}

bool cli_is_log_format(const char *format)
{
	return str_equal(format, "text") || str_equal(format, "json") ||
	       str_equal(format, "git") || str_equal(format, "syzbot");
}

size_t cli_log_as(struct session *session, const char *format)
{
	if (str_equal(format, "text"))
		return print_text(session, 0);
	if (str_equal(format, "json"))
		print_json(session);
	else if (str_equal(format, "git"))
		print_git(session);
	else
		print_syzbot(session);
	return 0;
}

int cli_log(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'F' },
		{ "follow", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	struct error err = ERROR_INIT;
	const char *format = "text";
	bool follows = false;
	size_t printed = 0;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":f", options, NULL)) != -1) {
		if (option == 'f')
			follows = true;
		else if (option == 'F')
			format = optarg;
		else
			return cli_bad_option("log", option, argv);
	}
	if (optind < argc)
		return cli_usage("log", "'%s' is one word too many",
				 argv[optind]);
	if (!cli_is_log_format(format))
		return cli_usage("log",
				 "'%s' is not a format: expected text, git, "
				 "syzbot or json",
				 format);
	if (follows && !str_equal(format, "text"))
		return cli_usage("log", "only the text can be followed");
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	printed = cli_log_as(cli->session, format);
	if (follows && follow(cli->session, printed, &err) < 0)
		return cli_fail(&err);
	return EXIT_OK;
}
