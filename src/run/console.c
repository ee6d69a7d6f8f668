/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/console.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "oops/report.h"
#include "oops/scan.h"
#include "oops/title.h"
#include "run/tidy.h"

struct rule {
	regex_t regex;
	bool set;
};

struct console_rules {
	const struct rules *oops;
	bool kernel;
	struct rule crash;
	struct rule ignore;
	struct rule boot;
	bool guest;
	char *fatal; /* or NULL */
};

static int compile(struct rule *rule, const char *name, const char *pattern,
		   struct error *err)
{
	char why[128];
	int code;

	if (!pattern)
		return 0;
	code = regcomp(&rule->regex, pattern, REG_EXTENDED);
	if (code == 0) {
		rule->set = true;
		return 0;
	}
	regerror(code, &rule->regex, why, sizeof(why));
	return error_set(err, ERROR_INPUT,
			 "%s: '%s' is no regular expression: %s", name, pattern,
			 why);
}

int console_rules_new(const struct console_spec *spec,
		      struct console_rules **out, struct error *err)
{
	struct console_rules *rules = xcalloc(1, sizeof(*rules));

	rules->oops = spec->oops;
	rules->kernel = spec->kernel;
	rules->guest = spec->guest;
	rules->fatal = xstrdup_null(spec->fatal);
	if (compile(&rules->crash, "crash", spec->crash, err) < 0 ||
	    compile(&rules->ignore, "ignore", spec->ignore, err) < 0 ||
	    compile(&rules->boot, "boot", spec->boot, err) < 0) {
		console_rules_free(rules);
		return -1;
	}
	*out = rules;
	return 0;
}

static void rule_release(struct rule *rule)
{
	if (rule->set)
		regfree(&rule->regex);
}

void console_rules_free(struct console_rules *rules)
{
	if (!rules)
		return;
	rule_release(&rules->crash);
	rule_release(&rules->ignore);
	rule_release(&rules->boot);
	free(rules->fatal);
	free(rules);
}

static bool matches(const struct rule *rule, const char *text)
{
	return rule->set && regexec(&rule->regex, text, 0, NULL, 0) == 0;
}

/* title has room for a whole line; a part that says nothing gives "crash". */
static void cut_title(char *title, const char *line, const regmatch_t found[2])
{
	const regmatch_t *part = &found[found[1].rm_eo > found[1].rm_so];
	size_t length = (size_t)(part->rm_eo - part->rm_so);

	memcpy(title, line + part->rm_so, length);
	/* In the C locale a match may begin or end inside a character. */
	tidy_utf8(title, length);
	tidy_trim(title);
	tidy_controls(title);
	tidy_cut(title, CRASH_TITLE_MAX);
}

static char *make_title(const struct console_rules *rules, const char *line,
			const regmatch_t found[2])
{
	char text[LINES_MAX + 1];
	struct buf title;
	char *made;

	cut_title(text, line, found);
	buf_init(&title, 0);
	buf_puts(&title, text);
	if (rules->oops)
		title_replace(rules->oops, &title);
	made = title.length > 0 ? buf_take(&title) : xstrdup("crash");
	buf_release(&title);
	return made;
}

/* A title that is there already tells nothing new. */
static void add_found(struct console *console, char *title)
{
	for (int i = 0; i < console->found_count; i++) {
		if (str_equal(console->found[i].title, title)) {
			free(title);
			return;
		}
	}
	if (!console->found)
		console->found = xcalloc(CRASHES_MAX, sizeof(*console->found));
	console->found_at[console->found_count] =
		console->origin + console->lines.begin;
	console->found[console->found_count++].title = title;
}

/* What stands behind a word at the line's beginning or a time stamp's end. */
static const char *behind(const char *line, const char *word)
{
	const char *at = strstr(line, word);

	if (!at || (at > line && at[-1] != ' '))
		return NULL;
	return at + strlen(word);
}

static void take_code(const char *line, const char *word, int *code)
{
	const char *digits = behind(line, word);
	int64_t number;

	if (digits && str_number(digits, 0, 255, &number))
		*code = (int)number;
}

static void listen(struct console *console, const char *line)
{
	if (console->fatal)
		return;
	if (console->rules->fatal && strstr(line, console->rules->fatal))
		console->fatal = true;
	if (behind(line, "culprit: started"))
		console->booted = true;
	take_code(line, "culprit: check ", &console->check);
	take_code(line, "culprit: done ", &console->done);
	if (!console->kernel_spoke)
		console->kernel_spoke = strstr(line, CONSOLE_KERNEL) != NULL;
	if (line[strspn(line, " ")]) {
		str_copy(console->last, sizeof(console->last), line);
		tidy_utf8(console->last, strlen(console->last));
		tidy_controls(console->last);
	}
}

static void take_line(void *data, char *line)
{
	struct console *console = data;
	const struct rule *crash = &console->rules->crash;
	regmatch_t found[2];

	if (console->kernel_at < 0 && strstr(line, CONSOLE_KERNEL))
		console->kernel_at = console->origin + console->lines.begin;
	if (console->rules->guest)
		listen(console, line);
	if (console->awaits) {
		console->began = strstr(line, CONSOLE_KERNEL) != NULL;
		console->awaits = !console->began;
		return;
	}
	if (!console->booted)
		console->booted = matches(&console->rules->boot, line);
	if (console->booted && console->booted_at < 0)
		console->booted_at = console->origin + console->lines.begin;
	if (crash->set && console->found_count < CRASHES_MAX &&
	    regexec(&crash->regex, line, 2, found, 0) == 0)
		add_found(console, make_title(console->rules, line, found));
}

void console_init(struct console *console, const struct console_rules *rules)
{
	memset(console, 0, sizeof(*console));
	console->rules = rules;
	console->booted = !rules->boot.set && !rules->guest;
	console->check = console->done = -1;
	console->kernel_at = -1;
	console->booted_at = console->booted ? 0 : -1;
	lines_init(&console->lines, take_line, console);
	if (rules->kernel && rules->oops)
		console->scan = scan_new(rules->oops, CRASHES_MAX);
}

void console_release(struct console *console)
{
	crashes_free(console->found, console->found_count);
	scan_free(console->scan);
}

/* Up to the line by which a kernel begins; how many bytes were taken. */
static size_t pass_over(struct console *console, const char *bytes,
			size_t length)
{
	size_t taken = 0;

	while (console->awaits && taken < length) {
		const char *newline =
			memchr(bytes + taken, '\n', length - taken);
		size_t piece = newline ? (size_t)(newline - bytes) + 1 - taken
				       : length - taken;

		lines_feed(&console->lines, bytes + taken, piece);
		taken += piece;
	}
	return taken;
}

void console_feed(struct console *console, const char *bytes, size_t length)
{
	size_t over = pass_over(console, bytes, length);

	console->spoke |= length > 0;
	console->scanned += (int64_t)over;
	if (over == length)
		return;
	lines_feed(&console->lines, bytes + over, length - over);
	if (console->scan)
		scan_feed(console->scan, bytes + over, length - over);
}

void console_restart(struct console *console, bool awaits)
{
	const struct console_rules *rules = console->rules;
	int64_t origin = console->origin + console->lines.fed;

	console_release(console);
	console_init(console, rules);
	console->origin = origin;
	console->scanned = origin;
	console->awaits = awaits;
}

void console_end(struct console *console)
{
	lines_end(&console->lines);
	if (console->scan)
		scan_end(console->scan);
}

bool console_tells_boot(const struct console *console)
{
	return console->rules->kernel && console->rules->boot.set;
}

size_t console_count(const struct console *console)
{
	return (size_t)console->found_count +
	       (console->scan ? scan_seen(console->scan) : 0);
}

/* Looking. */

static char **texts_of(const struct texts *texts, int *count)
{
	char **copy = xcalloc(CRASH_TEXTS_MAX, sizeof(*copy));

	*count = 0;
	for (size_t i = 0; i < texts->count && *count < CRASH_TEXTS_MAX; i++)
		copy[(*count)++] = xstrdup(texts->items[i]);
	return copy;
}

static struct crash crash_of(const struct report *report)
{
	struct crash crash = {
		.title = xstrdup(report->title),
		.type = xstrdup(report->type),
		.frame = str_empty(report->frame) ? NULL
						  : xstrdup(report->frame),
		.corrupted = report->corrupted,
	};

	crash.alts = texts_of(&report->alts, &crash.alt_count);
	crash.near = texts_of(&report->near, &crash.near_count);
	return crash;
}

/*
 * The start of a kernel: this run's own when nothing was before it, not even
 * another start.
 */
static bool is_start(const struct console *console, const struct report *report,
		     size_t index)
{
	return index == 0 && !console->began &&
	       str_equal(report->type, "REBOOT");
}

/* Takes the crash, whose first line begins at that byte. */
static void see(const struct console *console, struct crash crash, int64_t at,
		struct sight *out)
{
	enum console_seen seen = matches(&console->rules->ignore, crash.title)
					 ? SEEN_IGNORED
					 : SEEN_CRASH;

	if (seen > out->seen) { /* those before are set aside */
		for (int i = 0; i < out->crash_count; i++)
			crash_release(&out->crashes[i]);
		out->crash_count = 0;
		out->seen = seen;
	}
	if (seen != out->seen || out->crash_count == CRASHES_MAX) {
		crash_release(&crash);
		return;
	}
	out->at[out->crash_count] = at;
	out->crashes[out->crash_count++] = crash;
}

static void see_report(const struct console *console,
		       const struct report *report, size_t index,
		       struct sight *out)
{
	out->panicked |= report->panicked;
	if (!is_start(console, report, index))
		see(console, crash_of(report),
		    console->scanned + (int64_t)report->start, out);
}

void console_look(const struct console *console, struct sight *out)
{
	size_t count = console->scan ? scan_seen(console->scan) : 0;

	memset(out, 0, sizeof(*out));
	if (console_count(console) == 0)
		return;
	out->crashes = xcalloc(CRASHES_MAX, sizeof(*out->crashes));
	for (int i = 0; i < console->found_count; i++)
		see(console,
		    (struct crash){ .title = xstrdup(console->found[i].title) },
		    console->found_at[i], out);
	for (size_t i = 0; i < count; i++) {
		struct report open;

		if (i < scan_count(console->scan)) {
			see_report(console, scan_report(console->scan, i), i,
				   out);
		} else if (scan_look(console->scan, i, &open)) {
			see_report(console, &open, i, out);
			report_release(&open);
		}
	}
}

void sight_release(struct sight *sight)
{
	crashes_free(sight->crashes, sight->crash_count);
	memset(sight, 0, sizeof(*sight));
}
