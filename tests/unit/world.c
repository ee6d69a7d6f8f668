/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "engine/graph.h"

/* An id from a name: its bytes in hex, the rest zero. */
struct oid world_oid(const char *name)
{
	struct oid oid;

	memset(oid.hex, '0', 40);
	oid.hex[40] = '\0';
	for (int i = 0; name[i] && i < 20; i++) {
		oid.hex[2 * i] = "0123456789abcdef"[(name[i] >> 4) & 15];
		oid.hex[2 * i + 1] = "0123456789abcdef"[name[i] & 15];
	}
	return oid;
}

int world_commit(const struct world *world, const char *name)
{
	struct oid oid = world_oid(name);

	return graph_find(world->graph, &oid);
}

const char *world_name(const struct world *world, int commit)
{
	static char name[21];
	const char *hex = graph_oid(world->graph, commit)->hex;
	int length = 0;

	for (; length < 20; length++) {
		char pair[3] = { hex[2 * length], hex[2 * length + 1], 0 };

		name[length] = (char)strtol(pair, NULL, 16);
		if (!name[length])
			break;
	}
	name[length] = '\0';
	return name;
}

/* One word, "name" or "name:parent,parent" or "name?" (not expanded). */
static void add_word(struct world *world, char *word, int date)
{
	char *rest = strchr(word, ':'), *parent;
	bool known_only = word[strlen(word) - 1] == '?';
	int parents[16], count = 0, commit;
	struct oid oid;

	if (rest)
		*rest++ = '\0';
	if (known_only)
		word[strlen(word) - 1] = '\0';
	oid = world_oid(word);
	commit = graph_add(world->graph, &oid, date);
	if (known_only)
		return;
	while (rest && (parent = strsep(&rest, ",")))
		parents[count++] = world_commit(world, parent);
	graph_expand(world->graph, commit, parents, count);
}

void world_init(struct world *world, const char *graph)
{
	char *text = xstrdup(graph), *rest = text, *word;
	int date = 1000;

	memset(world, 0, sizeof(*world));
	world->graph = graph_new();
	while ((word = strsep(&rest, " ")))
		if (*word)
			add_word(world, word, date += 10);
	free(text);
	world->engine = engine_new(world->graph);
}

void world_release(struct world *world)
{
	engine_free(world->engine);
	graph_free(world->graph);
	for (size_t i = 0; i < world->event_count; i++)
		event_free(world->events[i]);
	free(world->events);
}

int world_apply(struct world *world, struct event event)
{
	event.seq = world->seq + 1;
	event.at = 1000 * event.seq;
	array_grow(world->events, world->event_count + 1, &world->event_room);
	world->events[world->event_count] = event_copy(&event);
	world->event_count++;
	if (engine_apply(world->engine, world->events[world->event_count - 1],
			 &world->err) < 0)
		return -1;
	world->seq++;
	return 0;
}

int world_start(struct world *world, const char *policy, bool fix)
{
	char *copy = xstrdup(policy);
	int ret = world_apply(world, (struct event){ .kind = EVENT_START,
						     .by = BY_START,
						     .policy = copy,
						     .fix = fix });

	free(copy);
	return ret;
}

int world_mark(struct world *world, enum actor by, const char *name,
	       enum verdict verdict)
{
	enum symptom symptom = engine_symptom(world->engine);
	const char *policy = by == BY_POLICY && symptom != SYMPTOM_CRASH
				     ? symptom_name(symptom)
				     : NULL;

	return world_apply(world,
			   (struct event){ .kind = EVENT_VERDICT,
					   .by = by,
					   .policy = (char *)(uintptr_t)policy,
					   .commit = world_oid(name),
					   .verdict = verdict });
}

int world_say(struct world *world, enum event_kind kind, const char *name,
	      int64_t number)
{
	return world_apply(world,
			   (struct event){ .kind = kind,
					   .by = BY_PERSON,
					   .commit = name ? world_oid(name)
							  : (struct oid){ "" },
					   .number = number });
}

void world_runs(struct world *world, const char *name, const char *letters)
{
	static const char order[] = ".XBTIi";
	const struct step *step =
		engine_step_of(world->engine, world_commit(world, name));
	int number = step ? step->run_count : 0;

	for (; *letters; letters++)
		world_apply(world,
			    (struct event){
				    .kind = EVENT_RUN,
				    .by = BY_ENGINE,
				    .commit = world_oid(name),
				    .number = number++,
				    .outcome = (enum outcome)(
					    strchr(order, *letters) - order) });
}

int world_build(struct world *world, const char *name, enum build_result result)
{
	return world_apply(world, (struct event){ .kind = EVENT_BUILD,
						  .by = BY_ENGINE,
						  .commit = world_oid(name),
						  .build = result });
}

int world_undo(struct world *world)
{
	return world_say(world, EVENT_UNDO, NULL,
			 engine_undo_target(world->engine));
}

int world_redo(struct world *world)
{
	return world_say(world, EVENT_REDO, NULL,
			 engine_redo_target(world->engine));
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void say_candidates(const struct world *world, const struct plan *plan,
			   char *out, size_t size)
{
	char names[32][21];
	int count = plan->candidate_count < 32 ? plan->candidate_count : 32;
	size_t used = (size_t)snprintf(out, size, "only");

	for (int i = 0; i < count; i++)
		str_copy(names[i], sizeof(names[i]),
			 world_name(world, plan->candidates[i]));
	qsort(names, (size_t)count, sizeof(names[0]), compare_text);
	for (int i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, " %s",
					 names[i]);
}

const char *world_plan(struct world *world)
{
	static char out[200];
	const struct plan *plan = engine_plan(world->engine);

	for (int i = 0; i < plan->wish_count; i++) {
		if (plan->wishes[i].kind != WISH_VERDICT)
			continue;
		snprintf(out, sizeof(out), "%s is %s",
			 world_name(world, plan->wishes[i].commit),
			 verdict_name(plan->wishes[i].verdict));
		return out;
	}
	switch (plan->state) {
	case PLAN_TEST:
		snprintf(out, sizeof(out), "%s %s",
			 plan->needs_person ? "ask about" : "test",
			 world_name(world, plan->commit));
		break;
	case PLAN_FOUND:
		snprintf(out, sizeof(out), "found %s",
			 world_name(world, plan->commit));
		break;
	case PLAN_ONLY_SKIPPED:
		say_candidates(world, plan, out, sizeof(out));
		break;
	case PLAN_MERGE_BASE_BAD:
		snprintf(out, sizeof(out), "merge base %s is bad",
			 world_name(world, plan->commit));
		break;
	case PLAN_NEEDS_RANGE:
		return "range";
	case PLAN_NEEDS_BAD:
		return "needs bad";
	case PLAN_NEEDS_GOOD:
		return "needs good";
	}
	return out;
}
