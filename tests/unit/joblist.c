/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a farm wrote of its jobs, read for screens.
 */

#include "control/joblist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "engine/errand.h"
#include "engine/event.h"
#include "run/ticket.h"
#include "tests/unit/scratch.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const char four[] = "job build\ncommit " B "\nnumber 0\nid 16\n"
			   "state queued\nnode \nwords Priority\nsince 9000\n"
			   "job run\ncommit " A "\nnumber 3\nid 17_3\n"
			   "state runs\nnode n2\nwords RUNNING\nsince 5000\n"
			   "job run\ncommit " A "\nnumber 4\nid 17_4\n"
			   "state queued\nnode \nwords JobArrayTaskLimit\n"
			   "job run\ncommit " A "\nnumber 5\nstate waits\n";

static int begin(void **state)
{
	*state = scratch_make();
	return 0;
}

static int end(void **state)
{
	scratch_remove(*state);
	return 0;
}

static void write_state(const char *session, const char *text)
{
	char *path = xasprintf("%s/jobs.state", session);
	struct buf buf;

	buf_init(&buf, 0);
	buf_puts(&buf, text);
	assert_int_equal(ticket_write(path, &buf, false, NULL), 0);
	buf_release(&buf);
	free(path);
}

static void a_session_without_a_cluster_has_none(void **state)
{
	struct joblist list;

	joblist_read(&list, *state);
	assert_int_equal(list.count, 0);
	assert_null(list.away);
	assert_null(joblist_find(&list, A, 3));
	joblist_release(&list);
}

static void a_job_is_found_by_what_it_does(void **state)
{
	const struct joblist_item *item;
	struct joblist list;

	write_state(*state, four);
	joblist_read(&list, *state);
	assert_int_equal(list.count, 4);
	item = joblist_find(&list, A, 3);
	assert_non_null(item);
	assert_false(item->build);
	assert_string_equal(item->id, "17_3");
	assert_string_equal(item->node, "n2");
	assert_int_equal(item->since, 5000);
	item = joblist_find(&list, B, -1);
	assert_non_null(item);
	assert_true(item->build);
	assert_string_equal(item->words, "Priority");
	assert_true(joblist_waits(&list, B, -1));
	assert_false(joblist_waits(&list, A, 3));
	assert_true(joblist_waits(&list, A, 4));
	/* what is no job at all waits for no node */
	assert_false(joblist_waits(&list, A, 9));
	/* neither the run of another commit nor a build there is none of */
	assert_null(joblist_find(&list, B, 3));
	assert_null(joblist_find(&list, B, 0));
	assert_null(joblist_find(&list, A, -1));
	joblist_release(&list);
}

/* What is said of the run with this number. */
static void says(const char *session, int number, size_t size, const char *what)
{
	const struct joblist_item *item;
	struct joblist list;
	char text[64];

	joblist_read(&list, session);
	item = joblist_find(&list, A, number);
	assert_non_null(item);
	assert_string_equal(joblist_say(item, text, size), what);
	joblist_release(&list);
}

static void where_it_is_or_why_it_waits_is_said(void **state)
{
	write_state(*state, four);
	says(*state, 3, 64, "n2, job 17_3");
	says(*state, 4, 64, "JobArrayTaskLimit, job 17_4");
	says(*state, 5, 64, "waits");
	says(*state, 3, 8, "n2, job");
	write_state(*state, "job run\ncommit " A "\nnumber 3\nstate stopping\n"
			    "id 17_3\nnode n2\n");
	says(*state, 3, 64, "stopping");
	/* an id that is not known yet, a reason that is none */
	write_state(*state, "job run\ncommit " A "\nnumber 3\nstate runs\n"
			    "node n1\n"
			    "job run\ncommit " A "\nnumber 4\nstate queued\n"
			    "id 8\nwords \n");
	says(*state, 3, 64, "n1, job ?");
	says(*state, 4, 64, "queued");
}

static void a_scheduler_that_is_away_is_named(void **state)
{
	struct joblist list;

	write_state(*state, "away slurm\njob run\ncommit " A "\nnumber 1\n");
	joblist_read(&list, *state);
	assert_string_equal(list.away, "slurm");
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].state, "waits");
	joblist_release(&list);
}

/* Whatever is cut off, and whatever stands there. */
static void no_text_breaks_it(void **state)
{
	char text[sizeof(four)], said[16];
	struct joblist list;

	for (size_t length = 0; length < sizeof(four); length++) {
		memcpy(text, four, length);
		text[length] = '\0';
		write_state(*state, text);
		joblist_read(&list, *state);
		assert_true(list.count <= 4);
		for (int i = 0; i < list.count; i++) {
			assert_non_null(list.items[i].commit);
			joblist_say(&list.items[i], said, sizeof(said));
			assert_true(strlen(said) < sizeof(said));
		}
		joblist_release(&list);
	}
	write_state(*state, "number 4\nid 7\n\n\njob\nnumber many\n since -1");
	joblist_read(&list, *state);
	assert_int_equal(list.count, 1);
	joblist_release(&list);
}

static void past(const char *line, const char *said)
{
	struct errands errands = { NULL, 0 };
	struct event run = { .kind = EVENT_RUN };
	char text[32];

	if (line) {
		errands_add(&errands, "make -s", 0, 5);
		errands_add(&errands, line, 0, 0);
	}
	run.errands = errands.items;
	run.errand_count = errands.count;
	assert_string_equal(joblist_say_past(&run, text, sizeof(text)), said);
	errands_release(&errands);
}

static void a_run_that_is_over_says_where_it_was(void **state)
{
	(void)state;
	past("slurm: job 17_3 on n2", "n2, job 17_3");
	past("other: job a.b on host.example.org", "host.example.org, job a.b");
	past(NULL, "");
	past("make -s -j2", "");
	past("slurm: job 17_3", "");
	past("./test: job 7 on the way", "");
	past("slurm: job 17_3 on a-node-with-a-very-long-name",
	     "a-node-with-a-very-long-name, j");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_session_without_a_cluster_has_none, begin, end),
		cmocka_unit_test_setup_teardown(a_job_is_found_by_what_it_does,
						begin, end),
		cmocka_unit_test_setup_teardown(
			where_it_is_or_why_it_waits_is_said, begin, end),
		cmocka_unit_test_setup_teardown(
			a_scheduler_that_is_away_is_named, begin, end),
		cmocka_unit_test_setup_teardown(no_text_breaks_it, begin, end),
		cmocka_unit_test(a_run_that_is_over_says_where_it_was),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
