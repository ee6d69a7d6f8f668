/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/form.h"
#include "session/import_syzbot_inside.h"
#include "session/syzbot.h"

/* Lines of a build's errors, of a run's output: syzkaller prints 20. */
enum { OUTPUT_MAX = 100 };

/* Lines that other texts have as well; of a mark, git's "#" may be a prompt. */
static int how_sure(const struct event *event)
{
	static const char *const common[] = {
		"compiler", "untestable", "error",	 "crash",
		"cc-2019",  "commit-msg", "next",	 "left",
		"skipped",  "left-base",  "candidate",	 "first-bad",
		"any-of",   "no-more",	  "any-of-2026", "first-bad-2026",
		"base-bad", "base-fixed",
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (str_equal(event->wording, common[i]))
			return 0;
	if (str_starts(event->wording, "config-"))
		return event->text ? 0 : 2;
	return str_starts(event->wording, "mark-") ||
			       str_equal(event->wording, "bisect") ||
			       str_equal(event->wording, "host")
		       ? 1
		       : 2;
}

static int syzbot_knows(const struct line *line)
{
	struct event event;
	int sure;

	if (!syzbot_read(line->bytes, line->length, &event))
		return 0;
	sure = how_sure(&event);
	free(event.wording);
	form_release(&event);
	return sure;
}

static void *syzbot_begin(struct draft *draft, const char *bytes, size_t length)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));
	struct event *event;

	(void)bytes;
	(void)length;
	reading->draft = draft;
	event = draft_add(draft, EVENT_START);
	event->policy = xstrdup("syzkaller");
	event->text = xstrdup("syzbot");
	event = draft_add(draft, EVENT_MATCHING);
	event->policy = xstrdup("any");
	return reading;
}

/* One more line behind a text; empty ones count. */
static void add_line(char **text, const struct line *line)
{
	char *longer;

	if (*text)
		longer = xasprintf("%s\n%.*s", *text, (int)line->length,
				   line->bytes);
	else
		longer = xstrndup(line->bytes, line->length);
	free(*text);
	*text = longer;
}

/* git's own words on the culprit tell who wrote it and when. */
static void read_git_line(struct reading *reading, const struct line *line)
{
	char *text = xstrndup(line->bytes, line->length);

	gitshow_line(&reading->show, reading->draft, text);
	free(text);
}

/* A blank line belongs to the record before it, one at most. */
static bool read_blank(struct reading *reading, const struct line *line)
{
	struct event *last = draft_last(reading->draft);
	char *wording;

	if (line->length > 0 || !line->ended || !last || !last->wording ||
	    last->kind == EVENT_NOTE || last->kind == EVENT_RUN ||
	    last->kind == EVENT_BUILD || last->kind == EVENT_BUILD_BEGIN ||
	    str_ends(last->wording, "+"))
		return false;
	wording = xasprintf("%s+", last->wording);
	free(last->wording);
	last->wording = wording;
	return true;
}

/* Output belongs to a text as long as it stays within bounds. */
static bool read_output(struct reading *reading, const struct line *line)
{
	struct event *event;

	if (memchr(line->bytes, '\0', line->length) ||
	    line->length > DRAFT_NOTE_MAX || !line->ended)
		return false;
	if (reading->owner == OWNER_TEST) {
		struct event build = { .kind = EVENT_BUILD,
				       .build = BUILD_FAILED };

		if (line->length == 0)
			return false;
		build.wording = xstrdup("errors");
		reading_build(reading, &build);
		reading_own_last(reading);
		reading->owner = OWNER_BUILD;
	} else if (reading->owner != OWNER_RUN &&
		   reading->owner != OWNER_BUILD) {
		return false;
	}
	event = &reading->draft->events[reading->owned];
	if (reading->draft->noting || reading->output >= OUTPUT_MAX ||
	    reading->draft->count != reading->after)
		return false;
	reading->output++;
	add_line(&event->text, line);
	return true;
}

static void read_preface(struct reading *reading, const struct line *line)
{
	reading->blank = line->length == 0;
	if (line->length > 0 && !reading->preface_line)
		reading->preface_line = line->number;
}

/* Behind a mail a log has its beginning, after an empty line. */
static void end_preface(struct reading *reading, bool beginning)
{
	if (!reading->begun && reading->preface_line &&
	    !(beginning && reading->blank))
		draft_unsure(reading->draft, reading->preface_line,
			     "a line that is none of this log's language");
	reading->begun = true;
}

static void read_other(struct reading *reading, const struct line *line)
{
	if (read_output(reading, line))
		return;
	if (reading->owner == OWNER_GIT)
		read_git_line(reading, line);
	else if (read_blank(reading, line))
		return;
	else if (!reading->begun)
		read_preface(reading, line);
	else if (reading->owner != OWNER_REPORT && line->length > 0 &&
		 line->ended)
		draft_unsure(reading->draft, line->number,
			     "a line that is none of this log's language");
	if (!line->ended && line->length > 0)
		draft_unsure(reading->draft, line->number,
			     "the log ends within a line");
	draft_note(reading->draft, line);
}

/* Of a line that was cut off a text may lack its end. */
static bool is_whole(const struct line *line, const struct event *event)
{
	return line->ended ||
	       (!event->title && !event->text && !event->signature);
}

static void syzbot_line(void *data, const struct line *line)
{
	struct reading *reading = data;
	struct event event;
	bool beginning;

	reading->line = line->number;
	if (reading->owner == OWNER_REPORT || draft_is_full(reading->draft) ||
	    line->length > DRAFT_NOTE_MAX ||
	    !syzbot_read(line->bytes, line->length, &event)) {
		if (draft_is_full(reading->draft))
			draft_unsure(reading->draft, line->number,
				     "there is more than can be followed");
		read_other(reading, line);
		return;
	}
	beginning = event.kind == EVENT_SAID && event.wording &&
		    (str_starts(event.wording, "cause") ||
		     str_starts(event.wording, "fix"));
	if (is_whole(line, &event) && reading_record(reading, &event)) {
		end_preface(reading, beginning);
		return;
	}
	free(event.wording);
	form_release(&event);
	read_other(reading, line);
}

static void syzbot_end(void *data)
{
	struct reading *reading = data;
	struct draft *draft = reading->draft;

	draft->events[0].fix = reading->fix;
	for (size_t i = 0; i < draft->count && reading->fix; i++) {
		struct event *event = &draft->events[i];

		/* git's "bad" is the newer side: fixed */
		if (event->kind == EVENT_VERDICT &&
		    event->verdict != VERDICT_SKIP)
			event->verdict = event->verdict == VERDICT_BAD
						 ? VERDICT_GOOD
						 : VERDICT_BAD;
	}
	free(reading->compiler);
	free(reading->release);
	free(reading);
}

const struct reader_format format_syzbot = {
	.name = "syzbot",
	.quotes = true,
	.knows = syzbot_knows,
	.begin = syzbot_begin,
	.read = syzbot_line,
	.end = syzbot_end,
};
