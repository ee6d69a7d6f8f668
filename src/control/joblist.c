/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/joblist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/io.h"
#include "base/record.h"
#include "base/str.h"
#include "control/cluster.h"
#include "engine/event.h"

#define TEXT_MAX (16 * 1024 * 1024)

/* A line of the last one, which there is. */
static void take(struct joblist_item *item, const char *key, const char *value)
{
	if (str_equal(key, "commit"))
		item->commit = value;
	else if (str_equal(key, "number"))
		item->number = (int)record_value(value);
	else if (str_equal(key, "id"))
		item->id = value;
	else if (str_equal(key, "state"))
		item->state = value;
	else if (str_equal(key, "node"))
		item->node = value;
	else if (str_equal(key, "words"))
		item->words = value;
	else if (str_equal(key, "since"))
		item->since = record_value(value);
}

void joblist_read(struct joblist *list, const char *session)
{
	char *path = cluster_state(session), *at, *value;
	const char *key;
	size_t room = 0;

	memset(list, 0, sizeof(*list));
	at = list->text = io_text(path, TEXT_MAX);
	free(path);
	while (record_next(&at, &key, &value)) {
		if (str_equal(key, "away")) {
			list->away = value;
		} else if (str_equal(key, "job")) {
			array_grow(list->items, (size_t)list->count + 1, &room);
			list->items[list->count++] = (struct joblist_item){
				.build = str_equal(value, "build"),
				.commit = "",
				.state = "waits",
				.node = "",
				.words = "",
			};
		} else if (list->count) {
			take(&list->items[list->count - 1], key, value);
		}
	}
}

void joblist_release(struct joblist *list)
{
	free(list->items);
	free(list->text);
	memset(list, 0, sizeof(*list));
}

const struct joblist_item *joblist_find(const struct joblist *list,
					const char *commit, int number)
{
	for (int i = 0; i < list->count; i++) {
		const struct joblist_item *item = &list->items[i];

		if (item->build == (number < 0) &&
		    (item->build || item->number == number) &&
		    str_equal(item->commit, commit))
			return item;
	}
	return NULL;
}

bool joblist_waits(const struct joblist *list, const char *commit, int number)
{
	const struct joblist_item *item = joblist_find(list, commit, number);

	return item && !str_equal(item->state, "runs");
}

char *joblist_say(const struct joblist_item *item, char *out, size_t size)
{
	const char *id = item->id ? item->id : "?";

	if (str_equal(item->state, "runs"))
		snprintf(out, size, "%s, job %s", item->node, id);
	else if (str_equal(item->state, "queued") && *item->words)
		snprintf(out, size, "%s, job %s", item->words, id);
	else
		str_copy(out, size, item->state);
	return out;
}

/* Its errands end with "slurm: job 17_3 on n2", whatever executor it was. */
char *joblist_say_past(const struct event *run, char *out, size_t size)
{
	const char *line = run->errand_count
				   ? run->errands[run->errand_count - 1].line
				   : "";
	const char *job = strstr(line, ": job "),
		   *on = job ? strstr(job, " on ") : NULL;
	size_t word = strspn(line, "abcdefghijklmnopqrstuvwxyz");

	*out = '\0';
	if (on && line + word == job)
		snprintf(out, size, "%s, %.*s", on + strlen(" on "),
			 (int)(on - job) - 2, job + 2);
	return out;
}
