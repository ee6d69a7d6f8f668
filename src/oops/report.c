/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/str.h"
#include "oops/cut.h"
#include "oops/frames.h"
#include "oops/title.h"

/*
 * No report is longer; raw titles are cut before they are scrubbed; in a
 * report that is nothing but headers the first few are tried.
 */
enum { SHOWN_MAX = 256 * 1024, RAW_MAX = 4096, PLACES_MAX = 200 };

/* What a title is made of. */
struct making {
	const struct rules *rules;
	const struct format *format; /* or NULL: a raw title */
	const char *text;	     /* the report */
	size_t length;
	const char *stacks; /* the same with what came between */
	size_t stacks_length;
	struct match match;
	struct blame blame, origin;
	size_t raw; /* where the header stands */
};

static bool try_at(struct making *making, const struct header *header,
		   size_t at, bool *partial)
{
	for (size_t i = 0; i < header->count; i++) {
		const struct format *format = &header->formats[i];

		if (!pattern_at(format->match, making->text, making->length, at,
				&making->match))
			continue;
		if (format->full &&
		    !pattern_find(format->full, making->text, making->length, 0,
				  &making->match)) {
			*partial = true;
			continue;
		}
		making->format = format;
		return true;
	}
	return *partial;
}

/* The first place where a format's match fits decides. */
static bool choose_format(struct making *making, const struct header *header)
{
	const char *end = making->text + making->length;
	const char *at = making->text;
	size_t length = strlen(header->text);
	bool partial = false;

	for (int i = 0; i < PLACES_MAX; i++) {
		at = memmem(at, (size_t)(end - at), header->text, length);
		if (!at)
			break;
		if (making->raw == (size_t)-1)
			making->raw = (size_t)(at - making->text);
		if (try_at(making, header, (size_t)(at - making->text),
			   &partial))
			break;
		at += length;
	}
	return partial && !making->format;
}

static void find_functions(struct making *making)
{
	const struct format *format = making->format;

	if (format->frames.count)
		making->blame =
			frames_blame(making->rules, format, &format->frames,
				     making->text, making->length,
				     making->match.start);
	if (format->second.count && !making->blame.name[0] &&
	    !making->blame.injected)
		making->blame =
			frames_blame(making->rules, format, &format->second,
				     making->text, making->length,
				     making->match.start);
	if (format->origin.count)
		making->origin =
			frames_blame(making->rules, format, &format->origin,
				     making->text, making->length,
				     making->match.start);
}

static char *fill(const struct making *making, const char *template,
		  const char *function)
{
	struct buf title;
	char *text;

	buf_init(&title, RAW_MAX);
	title_fill(&title, template, making->text, &making->match, function,
		   making->origin.name);
	title_scrub(making->rules, &title);
	text = buf_take(&title);
	buf_release(&title);
	return text;
}

/* The name without a system call's prefix, the shortest that there is. */
static const char *bare(const struct rules *rules, const char *name)
{
	const char *best = name;

	for (size_t i = 0; i < rules->syscall.count; i++) {
		const char *prefix = rules->syscall.items[i];

		if (str_starts(name, prefix) && name[strlen(prefix)] &&
		    strlen(name + strlen(prefix)) < strlen(best))
			best = name + strlen(prefix);
	}
	return best;
}

static void add_alt(struct report *report, char *title)
{
	struct texts *alts = &report->alts;
	size_t at = 0;
	int order = 1;

	while (at < alts->count && (order = strcmp(alts->items[at], title)) < 0)
		at++;
	if (!*title || (at < alts->count && order == 0) ||
	    str_equal(report->title, title)) {
		free(title);
		return;
	}
	array_grow(alts->items, alts->count + 1, &alts->room);
	memmove(alts->items + at + 1, alts->items + at,
		(alts->count - at) * sizeof(*alts->items));
	alts->items[at] = title;
	alts->count++;
}

static void add_alts(struct report *report, const struct making *making,
		     const char *function)
{
	const struct format *format = making->format;

	add_alt(report, fill(making, format->title, function));
	for (size_t i = 0; i < format->alts.count; i++)
		add_alt(report, fill(making, format->alts.items[i], function));
}

/* The same title with each form of the name that people know it by. */
static void add_all_alts(struct report *report, const struct making *making,
			 const char *function)
{
	const char *name = making->blame.name;

	add_alts(report, making, function);
	if (!*name)
		return;
	add_alts(report, making, name);
	for (size_t i = 0; i < making->rules->syscall.count; i++) {
		const char *prefix = making->rules->syscall.items[i];

		if (str_starts(name, prefix) && name[strlen(prefix)])
			add_alts(report, making, name + strlen(prefix));
	}
}

static void spoil(struct report *report, const char *why)
{
	if (report->corrupted)
		return;
	report->corrupted = true;
	report->why = why;
}

static void raw_title(struct report *report, const struct making *making)
{
	const char *from = making->text + making->raw;
	size_t left = making->length - making->raw;
	const char *end = memchr(from, '\n', left);
	struct buf title;

	buf_init(&title, RAW_MAX);
	buf_add(&title, from, end ? (size_t)(end - from) : left);
	title_scrub(making->rules, &title);
	report->title = buf_take(&title);
	buf_release(&title);
}

static void made_title(struct report *report, struct making *making)
{
	const struct format *format = making->format;
	const char *function, *why;

	find_functions(making);
	function = *making->blame.shown
			   ? making->blame.shown
			   : bare(making->rules, making->blame.name);
	if (format->frames.count && !*function) {
		function = "corrupted";
		spoil(report, "no function found");
	}
	report->title = fill(making, format->title, function);
	add_all_alts(report, making, function);
	for (int i = 0; i < making->blame.near_count; i++)
		texts_add(&report->near, making->blame.near[i]);
	if (format->corrupted)
		spoil(report, "the first lines are missing");
	if (making->blame.injected)
		spoil(report, "a fault injection's stack is mixed in");
	if (format->no_stack)
		return;
	why = frames_broken(making->rules, making->stacks,
			    making->stacks_length);
	if (why)
		spoil(report, why);
}

static void find_executor(struct report *report)
{
	static const char mark[] = " Comm: syz.";
	const char *end = report->text + report->text_length;
	const char *at = report->text;
	const char *why;
	struct pattern *pattern;
	struct match match;

	at = memmem(at, (size_t)(end - at), mark, strlen(mark));
	if (!at)
		return;
	pattern = pattern_new(" Comm: syz.{d}.{d} ", &why);
	if (pattern_find(pattern, report->text, report->text_length,
			 (size_t)(at - report->text), &match) &&
	    match.catches[0].length < 12 && match.catches[1].length < 12)
		snprintf(report->executor, sizeof(report->executor),
			 "proc=%.*s, id=%.*s", (int)match.catches[0].length,
			 report->text + match.catches[0].start,
			 (int)match.catches[1].length,
			 report->text + match.catches[1].start);
	pattern_free(pattern);
}

static void find_frame(struct report *report)
{
	const char *in = strstr(report->title, " in ");

	report->frame = xstrdup(in ? in + 4 : "");
}

/* "[   12.345678]" in a title: two lines have run into each other. */
static bool holds_time(const char *title)
{
	for (const char *at = title; (at = strchr(at, '[')); at++) {
		size_t n = strspn(at + 1, " ") + 1;
		size_t whole = strspn(at + n, "0123456789");

		if (whole && at[n + whole] == '.' &&
		    strspn(at + n + whole + 1, "0123456789"))
			return true;
	}
	return false;
}

static void make(struct report *report, const struct rules *rules,
		 const struct header *header, const struct cut *cut)
{
	struct making making = { .rules = rules,
				 .text = cut->report->text,
				 .length = cut->report->length,
				 .stacks = cut->shown->text + cut->before,
				 .stacks_length =
					 cut->shown->length - cut->before,
				 .raw = (size_t)-1 };
	bool partial = choose_format(&making, header);

	if (making.format)
		made_title(report, &making);
	else if (making.raw != (size_t)-1)
		raw_title(report, &making);
	if (partial)
		spoil(report, "the rest of the report does not fit its first "
			      "line");
	if (str_empty(report->title)) {
		free(report->title);
		report->title = xstrdup(header->text);
	}
	report->type = title_type(rules, report->title);
	find_frame(report);
	if (holds_time(report->title))
		spoil(report, "the title holds a time");
}

void report_make(struct report *report, const struct rules *rules,
		 const char *text, size_t length, size_t start, size_t line)
{
	const struct header *header = rules_oops(rules, text + start, line);
	struct buf shown, body;
	struct cut cut = { &shown, &body, 0 };

	buf_init(&shown, SHOWN_MAX);
	buf_init(&body, SHOWN_MAX);
	cut_report(&cut, rules, text, length, start);
	make(report, rules, header, &cut);
	report->text_length = shown.length;
	report->text = buf_take(&shown);
	find_executor(report);
	buf_release(&shown);
	buf_release(&body);
}

void report_release(struct report *report)
{
	struct texts *lists[] = { &report->alts, &report->near };

	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < lists[i]->count; k++)
			free(lists[i]->items[k]);
		free(lists[i]->items);
	}
	free(report->title);
	free(report->frame);
	free(report->text);
	memset(report, 0, sizeof(*report));
}
