/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_SESSION_WORLD_H
#define TESTS_UNIT_SESSION_WORLD_H

/*
 * For tests of a session: one in a folder of its own, commits from pictures,
 * events in few words, and all that can be seen of a session as one text.
 * Included after cmocka.
 */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tests/unit/scratch.h"

struct world {
	char *folder;
	char *dir; /* of the session */
	struct session *session;
	struct session *other; /* another handle, when a test opens it */
	struct error err;
};

#define ok(expression) assert_return_code((expression), 0)

/* The id that is this letter 40 times. */
static inline struct oid id(char letter)
{
	struct oid oid = { "" };

	memset(oid.hex, letter, 40);
	return oid;
}

/*
 * Store commits given as a picture: "b:a c:b" is b with the parent a, and c
 * with the parent b; a letter alone is a commit known by name only.
 */
static inline int store(struct session *session, const char *picture,
			struct error *err)
{
	struct commit_record commits[16];
	struct oid parents[16][4];
	size_t count = 0;

	for (const char *p = picture; *p; p += strspn(p, " ")) {
		struct commit_record *commit = &commits[count];

		*commit = (struct commit_record){
			.oid = id(*p),
			.date = *p * 100,
			.author_date = *p * 10,
			.author = p[1] == ':' ? "A U Thor <a@u>" : "",
			.parents = parents[count],
			.subject = p[1] == ':' ? "told" : "",
		};
		if (*++p == ':') {
			commit->expanded = true;
			while (*++p && *p != ' ')
				parents[count][commit->parent_count++] = id(*p);
		}
		count++;
	}
	return session_store_commits(session, commits, count, err);
}

static inline struct event start(void)
{
	static char policy[] = "syzkaller", title[] = "BUG: it's a \"bug\"";

	return (struct event){ .kind = EVENT_START,
			       .by = BY_START,
			       .policy = policy,
			       .title = title };
}

static inline struct event verdict(char commit, enum verdict given)
{
	static char who[] = "me@here";

	return (struct event){ .kind = EVENT_VERDICT,
			       .by = BY_PERSON,
			       .who = who,
			       .commit = id(commit),
			       .verdict = given };
}

static inline int append(struct session *session, struct event event,
			 struct error *err)
{
	return session_append(session, &event, 1, err);
}

static inline int note(struct session *session, int64_t number,
		       struct error *err)
{
	static char text[] = "a note";

	return append(session,
		      (struct event){ .kind = EVENT_NOTE,
				      .by = BY_PERSON,
				      .number = number,
				      .text = text },
		      err);
}

static inline size_t count_of(struct session *session)
{
	return engine_event_count(session_engine(session));
}

/* All that can be seen of a session, as text; the caller frees. */
static inline char *state_of(struct session *session)
{
	struct engine *engine = session_engine(session);
	const struct graph *graph = session_graph(session);
	const struct plan *plan = engine_plan(engine);
	struct buf out;
	char *text;

	buf_init(&out, 0);
	for (int i = 0; i < graph_count(graph); i++) {
		const int *parents;
		int count = graph_parents(graph, i, &parents);

		buf_printf(&out, "%d %s %d %d %s %s:", i,
			   graph_oid(graph, i)->hex, (int)graph_date(graph, i),
			   graph_is_expanded(graph, i),
			   session_subject(session, i),
			   session_author(session, i));
		while (count-- > 0)
			buf_printf(&out, " %d", *parents++);
		buf_putc(&out, '\n');
	}
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		buf_printf(&out, "%d %s %s %s %d undone %d\n", (int)event->seq,
			   event_kind_name(event->kind), actor_name(event->by),
			   event->commit.hex, (int)event->number,
			   engine_is_undone(engine, event->seq));
	}
	for (int i = 0; i < engine_step_count(engine); i++) {
		const struct step *step = engine_step(engine, i);

		buf_printf(&out, "step %d runs %d %s aside %d left %d\n",
			   step->commit, step->run_count,
			   verdict_name(step->verdict), step->set_aside,
			   step->left_after);
	}
	buf_printf(&out, "plan %d commit %d bad %d goods %d suspects %d %s\n",
		   (int)plan->state, plan->commit, plan->bad, plan->good_count,
		   plan->suspects, engine_title(engine));
	text = buf_take(&out);
	buf_release(&out);
	return text;
}

static inline void assert_same_state(struct session *a, struct session *b)
{
	char *one = state_of(a), *two = state_of(b);

	assert_string_equal(one, two);
	free(one);
	free(two);
}

/* What another process, which opens the session now, sees is the same. */
static inline void assert_kept(struct world *world)
{
	struct session *fresh;

	ok(session_open(world->dir, &fresh, &world->err));
	assert_same_state(world->session, fresh);
	session_close(fresh);
}

static inline int setup(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->folder = scratch_make();
	world->dir = xasprintf("%s/a %%41?#/the session", world->folder);
	*state = world;
	if (session_create(world->dir, "/repo/.git", &world->session,
			   &world->err) < 0) {
		print_message("%s\n", world->err.text);
		return -1;
	}
	return 0;
}

static inline int teardown(void **state)
{
	struct world *world = *state;

	session_close(world->session);
	session_close(world->other);
	scratch_remove(world->folder);
	free(world->dir);
	free(world);
	return 0;
}

/* A search that has begun: a, b, c and d, of which a is good and d bad. */
static inline void begin(struct world *world)
{
	struct event events[3] = { start(), verdict('d', VERDICT_BAD),
				   verdict('a', VERDICT_GOOD) };

	ok(store(world->session, "d:c c:b b:a a:", &world->err));
	ok(session_append(world->session, events, 3, &world->err));
}

static inline void close_it(struct world *world)
{
	session_close(world->session);
	world->session = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
