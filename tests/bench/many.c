/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 *     many SESSION-DIR POLICY
 *
 * Makes a session as it is after weeks: 10,000 events, 2,000 runs of 200
 * commits, ten of each, and no search of it comes to its end.  A bad commit
 * crashes in seven runs of ten; there are notes, judgements, builds.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/event.h"
#include "session/session.h"

#define COMMITS 4000
#define TESTED	200
#define RUNS	10
#define EVENTS	10000
#define FIRST	INT64_C(1700000000000) /* ms */

struct many {
	struct session *session;
	struct event *events;
	size_t count;
	size_t told; /* by session_create and the like */
	int64_t now;
};

static const char title[] = "KASAN: use-after-free Read in teapot_pour";
static const char *const details[] = { "looks odd", "seen before on arm64",
				       "the network was slow then" };

static char *own(const char *text)
{
	return (char *)(uintptr_t)text; /* the journal only reads it */
}

static struct oid oid_of(int number)
{
	struct oid oid;

	snprintf(oid.hex, sizeof(oid.hex), "%040x", number + 0x1000000);
	return oid;
}

static void fail(const struct error *err)
{
	fprintf(stderr, "many: %s\n", err->text);
	exit(1);
}

static struct event *add(struct many *many, enum event_kind kind, enum actor by,
			 int commit)
{
	struct event *event;

	if (many->count == EVENTS)
		exit(1);
	event = &many->events[many->count++];
	event->kind = kind;
	event->by = by;
	if (commit >= 0)
		event->commit = oid_of(commit);
	many->now += 1000;
	event->at = many->now;
	return event;
}

static void add_run(struct many *many, int commit, int number, bool bad)
{
	struct event *event = add(many, EVENT_RUN_BEGIN, BY_ENGINE, commit);

	event->number = number;
	event->text = own("vm-1");
	event = add(many, EVENT_RUN, BY_ENGINE, commit);
	event->number = number;
	event->duration_ms = 60000 + number * 100;
	event->boot_ms = 12000;
	event->copy_ms = 900;
	event->outcome = OUTCOME_OK;
	if (bad && number % RUNS < 7) {
		event->outcome = OUTCOME_CRASHED;
		event->title = own(title);
	} else if (number == 9 && commit % 5 == 0) {
		event->outcome = OUTCOME_INFRA;
		event->text = own("no space left on device");
	}
}

static void add_step(struct many *many, int commit, bool bad, size_t until)
{
	struct event *event = add(many, EVENT_BUILD_BEGIN, BY_ENGINE, commit);
	char signature[80];

	event = add(many, EVENT_BUILD, BY_ENGINE, commit);
	event->build = BUILD_OK;
	snprintf(signature, sizeof(signature), "%064d", commit);
	event->signature = xstrdup(signature);
	event->duration_ms = 300000;
	for (int i = 0; i < RUNS; i++)
		add_run(many, commit, i, bad);
	event = add(many, EVENT_VERDICT, BY_PERSON, commit);
	event->verdict = bad ? VERDICT_BAD : VERDICT_GOOD;
	event->who = own("ann@desk");
	for (int i = 0; many->count < until; i++) {
		event = add(many, EVENT_NOTE, BY_PERSON, commit);
		event->who = own("ann@desk");
		event->text = own(details[i % 3]);
	}
}

static void store_commits(struct many *many, struct error *err)
{
	struct commit_record *commits = xcalloc(COMMITS, sizeof(*commits));

	for (int i = 0; i < COMMITS; i++) {
		commits[i].oid = oid_of(i);
		commits[i].parents = i ? &commits[i - 1].oid : NULL;
		commits[i].parent_count = i ? 1 : 0;
		commits[i].expanded = true;
		commits[i].date = commits[i].author_date =
			FIRST / 1000 - (COMMITS - i) * INT64_C(600);
		commits[i].author = own("A U Thor <author@example.com>");
		commits[i].subject = own("drivers: pour tea earlier");
	}
	if (session_store_commits(many->session, commits, COMMITS, err) < 0)
		fail(err);
	free(commits);
}

int main(int argc, char **argv)
{
	struct many many = { .now = FIRST };
	struct error err = ERROR_INIT;
	struct event *start;

	if (argc != 3 || session_create(argv[1], NULL, &many.session, &err) < 0)
		fail(&err);
	many.events = xcalloc(EVENTS, sizeof(*many.events));
	store_commits(&many, &err);
	many.told = session_event_count(many.session);
	start = add(&many, EVENT_START, BY_START, -1);
	start->title = own(title);
	start->policy = argv[2];
	for (int i = 0; i < TESTED; i++) {
		size_t share = (EVENTS - many.told - many.count) /
			       (size_t)(TESTED - i);
		bool bad = i % 2 == 0;

		add_step(&many, bad ? COMMITS - 1 - i / 2 * 19 : i / 2 * 19,
			 bad, many.count + share);
	}
	if (session_append(many.session, many.events, many.count, &err) < 0)
		fail(&err);
	printf("%zu\n", session_event_count(many.session));
	session_close(many.session);
	return 0;
}
