/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/xalloc.h"
#include "cli/cli.h"
#include "control/contrast.h"
#include "control/otherwise.h"
#include "engine/course.h"

/*
 * Text.
 */

static void add_stop(const struct course *course, size_t at, struct buf *out)
{
	const struct course_stop *stop;

	if (at == course->count && course->end.state == PLAN_TEST) {
		buf_printf(out, "next %-*.*s        ", OID_SHORT, OID_SHORT,
			   course->end.commit.hex);
		return;
	}
	if (at >= course->count) {
		buf_printf(out, "%-25s", "");
		return;
	}
	stop = &course->stops[at];
	buf_printf(out, "%-5s%.*s%s ",
		   stop->verdict == VERDICT_NONE ? "-"
						 : verdict_name(stop->verdict),
		   OID_SHORT, stop->commit.hex, stop->aside ? "*" : " ");
	if (stop->left >= 0)
		buf_printf(out, "%6d", stop->left);
	else
		buf_printf(out, "%6s", "");
}

/* What stands behind a row of two pasts. */
static const char *remark_of(const struct course *one, const struct course *two,
			     size_t at)
{
	const struct course_stop *a = at < one->count ? &one->stops[at] : NULL;
	const struct course_stop *b = at < two->count ? &two->stops[at] : NULL;

	if (!a || !b)
		return "";
	if (!oid_equal(&a->commit, &b->commit))
		return "another commit";
	return a->verdict != b->verdict ? "another verdict" : "";
}

/* The next test has a row too. */
static size_t rows_of(const struct course *course)
{
	return course->count + (course->end.state == PLAN_TEST);
}

/* Both in columns; whatif: what becomes of the first one's, or NULL. */
static void add_table(const struct course *one, const struct course *two,
		      const char *name_one, const char *name_two,
		      const struct whatif *whatif, struct buf *out)
{
	size_t known = whatif && !whatif->known ? whatif->first_changed + 1
						: two->count;
	struct course shown = *two;
	size_t count;

	if (known < shown.count) {
		shown.count = known;
		shown.end.state = PLAN_NEEDS_RANGE;
	}
	count = rows_of(one) > rows_of(&shown) ? rows_of(one) : rows_of(&shown);
	buf_printf(out, "%3s  %-18s %5s   %-18s %5s\n", "#", name_one, "left",
		   name_two, "left");
	for (size_t i = 0; i < count; i++) {
		const char *remark =
			!whatif ? remark_of(one, &shown, i)
			: i < one->count
				? whatif_fate_words(whatif_fate(whatif, i))
				: "";

		buf_printf(out, "%3zu  ", i + 1);
		add_stop(one, i, out);
		buf_puts(out, "  ");
		add_stop(&shown, i, out);
		buf_printf(out, "  %s", remark);
		while (out->length && out->text[out->length - 1] == ' ')
			out->text[--out->length] = '\0';
		buf_putc(out, '\n');
	}
	if (course_sets_aside(one) || course_sets_aside(&shown))
		buf_puts(out, "     * set aside: it contradicts stronger "
			      "verdicts\n");
	buf_putc(out, '\n');
}

void replay_print_whatif(struct session *session,
			 const struct otherwise *otherwise)
{
	const struct whatif *whatif = &otherwise->whatif;
	struct buf out;

	buf_init(&out, 0);
	buf_puts(&out, "What if: ");
	otherwise_name(otherwise, &out);
	buf_putc(&out, '\n');
	add_table(&whatif->recorded, &whatif->imagined, "recorded", "what if",
		  whatif, &out);
	buf_puts(&out, "Recorded: ");
	contrast_end(session, &whatif->recorded.end, &out);
	buf_puts(&out, ".\n");
	otherwise_tell(otherwise, session, &out);
	cli_print(stdout, &out);
	buf_release(&out);
}

void replay_print_contrast(const struct contrast_side *one,
			   const struct contrast_side *two)
{
	struct buf out;

	buf_init(&out, 0);
	add_table(one->course, two->course, one->name, two->name, NULL, &out);
	contrast_tell(one, two, &out);
	cli_print(stdout, &out);
	buf_release(&out);
}

/*
 * JSON.
 */

static void json_oid(struct json *json, const char *key, const struct oid *oid)
{
	json_text(json, key, oid_is_none(oid) ? NULL : oid->hex);
}

static void json_count(struct json *json, const char *key, int value)
{
	if (value < 0)
		json_null(json, key);
	else
		json_number(json, key, value);
}

static void json_stop(struct json *json, const struct course_stop *stop,
		      const char *fate)
{
	json_open_object(json, NULL);
	json_oid(json, "commit", &stop->commit);
	json_text(json, "verdict",
		  stop->verdict == VERDICT_NONE ? NULL
						: verdict_name(stop->verdict));
	json_text(json, "by",
		  stop->verdict == VERDICT_NONE ? NULL : actor_name(stop->by));
	json_bool(json, "set_aside", stop->aside);
	json_count(json, "left", stop->left);
	json_count(json, "steps_left", stop->steps);
	json_oid(json, "midpoint", &stop->midpoint);
	if (fate)
		json_text(json, "fate", fate);
	json_close_object(json);
}

static void json_course_end(struct json *json, const char *key,
			    const struct course_end *end)
{
	bool found = end->state == PLAN_FOUND, test = end->state == PLAN_TEST;

	json_open_object(json, key);
	json_text(json, "state", plan_state_name(end->state));
	json_text(json, "culprit", found ? end->commit.hex : NULL);
	json_text(json, "next", test ? end->commit.hex : NULL);
	json_count(json, "suspects", end->recorded ? -1 : end->suspects);
	json_count(json, "left", test ? end->left : -1);
	json_count(json, "steps_left", test ? end->steps : -1);
	json_close_object(json);
}

/* whatif: its recorded one is this; or NULL. */
static void json_course(struct json *json, const char *key,
			const struct course *course,
			const struct whatif *whatif)
{
	json_open_object(json, key);
	json_open_array(json, "steps");
	for (size_t i = 0; i < course->count; i++)
		json_stop(json, &course->stops[i],
			  whatif ? whatif_fate_name(whatif_fate(whatif, i))
				 : NULL);
	json_close_array(json);
	json_course_end(json, "end", &course->end);
	json_close_object(json);
}

static void json_parting(struct json *json, const struct course *one,
			 const struct course *two)
{
	static const char *const kinds[] = {
		[PARTING_NONE] = "none",     [PARTING_VERDICT] = "verdict",
		[PARTING_COMMIT] = "commit", [PARTING_LENGTH] = "length",
		[PARTING_END] = "end",
	};
	struct parting parting = course_part(one, two);

	json_open_object(json, "parting");
	json_text(json, "kind", kinds[parting.kind]);
	json_number(json, "alike", (int64_t)parting.same);
	json_number(json, "only_one", parting.only_one);
	json_number(json, "only_two", parting.only_two);
	json_number(json, "other_verdicts", parting.verdicts);
	json_bool(json, "same_end", parting.same_end);
	json_close_object(json);
}

/* Each line of a text. */
static void json_lines(struct json *json, const char *key,
		       const struct buf *text)
{
	json_open_array(json, key);
	for (const char *at = text->text, *end; (end = strchr(at, '\n'));
	     at = end + 1) {
		char *line = xstrndup(at, (size_t)(end - at));

		json_text(json, NULL, line);
		free(line);
	}
	json_close_array(json);
}

void replay_json_whatif(struct session *session, const char *path,
			const struct otherwise *otherwise)
{
	const struct whatif *whatif = &otherwise->whatif;
	struct buf out, names, said;
	struct json json;

	buf_init(&names, 0);
	buf_init(&said, 0);
	otherwise_name(otherwise, &names);
	otherwise_tell(otherwise, session, &said);
	cli_json_begin(&json, &out);
	json_text(&json, "file", path);
	json_lines(&json, "what_if", &names);
	json_bool(&json, "known", whatif->known);
	json_course(&json, "recorded", &whatif->recorded, whatif);
	if (whatif->known)
		json_course(&json, "imagined", &whatif->imagined, NULL);
	else
		json_null(&json, "imagined");
	json_course(&json, "all_tests", &whatif->all, NULL);
	json_parting(&json, &whatif->recorded,
		     whatif->known ? &whatif->imagined : &whatif->all);
	json_lines(&json, "said", &said);
	cli_json_end(&json);
	buf_release(&said);
	buf_release(&names);
}

void replay_json_contrast(const struct contrast_side *one,
			  const struct contrast_side *two)
{
	struct buf out, said;
	struct json json;

	buf_init(&said, 0);
	contrast_tell(one, two, &said);
	cli_json_begin(&json, &out);
	json_text(&json, "file", one->name);
	json_text(&json, "compared_to", two->name);
	json_course(&json, "one", one->course, NULL);
	json_course(&json, "two", two->course, NULL);
	json_parting(&json, one->course, two->course);
	json_lines(&json, "said", &said);
	cli_json_end(&json);
	buf_release(&said);
}
