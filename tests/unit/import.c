/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs of others become sessions: what is in the events, what the fold makes
 * of them, and the way back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "session/draft.h"
#include "session/gitlog.h"
#include "session/import.h"
#include "session/session.h"
#include "session/syzbotlog.h"
#include "tests/unit/scratch.h"

struct world {
	char *folder;
	struct session *session;
	struct imported imported;
	struct error err;
	int sessions;
};

static int set_up(void **state)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->folder = scratch_make();
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	session_close(world->session);
	scratch_remove(world->folder);
	free(world);
	return 0;
}

/* A new session of these bytes; that of before is closed. */
static void read_bytes(struct world *world, const char *bytes, size_t length)
{
	char *dir = xasprintf("%s/%d", world->folder, world->sessions++);

	session_close(world->session);
	world->session = NULL;
	assert_return_code(
		session_create(dir, NULL, &world->session, &world->err), 0);
	if (import_bytes(world->session, "a/log.txt", bytes, length, NULL,
			 &world->imported, &world->err) < 0)
		fail_msg("%s", world->err.text);
	free(dir);
}

static void read_text(struct world *world, const char *text)
{
	read_bytes(world, text, strlen(text));
}

static char *load(const char *folder, const char *name, size_t *length)
{
	const char *source = getenv("srcdir");
	char *path = xasprintf("%s/tests/data/%s/%s.txt", source ? source : ".",
			       folder, name);
	FILE *file = fopen(path, "r");
	char *bytes = xmalloc(1 << 20);

	assert_non_null(file);
	*length = fread(bytes, 1, (1 << 20) - 1, file);
	bytes[*length] = '\0';
	fclose(file);
	free(path);
	return bytes;
}

static char *seed(const char *name, size_t *length)
{
	return load("seeds", name, length);
}

static void read_seed(struct world *world, const char *name)
{
	size_t length;
	char *bytes = seed(name, &length);

	read_bytes(world, bytes, length);
	free(bytes);
}

static struct engine *fold(struct world *world)
{
	return session_engine(world->session);
}

static void assert_round_trip(struct world *world, const char *bytes,
			      size_t length)
{
	struct buf out;

	buf_init(&out, 0);
	syzbotlog_write(fold(world), session_graph(world->session), &out);
	if (out.length != length || memcmp(out.text, bytes, length) != 0) {
		size_t at = 0;

		while (at < length && at < out.length &&
		       out.text[at] == bytes[at])
			at++;
		fail_msg("differs at byte %zu of %zu: '%.60s' is written for "
			 "'%.60s'",
			 at, length, out.text + at, bytes + at);
	}
	buf_release(&out);
}

static const struct step *step_of(struct world *world, const char *hex)
{
	for (int i = 0; i < engine_step_count(fold(world)); i++) {
		const struct step *step = engine_step(fold(world), i);

		if (str_starts(graph_oid(session_graph(world->session),
					 step->commit)
				       ->hex,
			       hex))
			return step;
	}
	fail_msg("%s is no step", hex);
	return NULL;
}

static void every_seed_comes_back_byte_by_byte(void **state)
{
	static const char *const seeds[] = { "000", "001", "002", "003",
					     "004" };

	for (int i = 0; i < 5; i++) {
		struct world *world = *state;
		size_t length;
		char *bytes = seed(seeds[i], &length);

		read_bytes(world, bytes, length);
		assert_round_trip(world, bytes, length);
		assert_string_equal(world->imported.format, "syzbot");
		assert_int_equal(world->imported.unsure_line, 0);
		free(bytes);
	}
}

static void a_seed_is_what_it_says(void **state)
{
	struct world *world = *state;
	const struct step *step;
	const struct plan *plan;
	struct buf letters;

	read_seed(world, "000");
	buf_init(&letters, 0);
	assert_int_equal(engine_step_count(fold(world)), 16);
	step = step_of(world, "60122738");
	assert_int_equal(step->position, 1);
	assert_int_equal(step->verdict, VERDICT_BAD);
	assert_int_equal(step->left_after, -1);
	engine_letters(step, &letters);
	assert_string_equal(letters.text, "XXTXXXXXXXXXXXXXXXXX");
	step = step_of(world, "4b0986a3");
	assert_string_equal(step->release, "v5.18");
	assert_int_equal(step->left_after, 8985);
	assert_int_equal(step->steps_after, 13);
	step = step_of(world, "6f9b5ed8");
	assert_int_equal(step->given->by, BY_IMPORT);
	assert_int_equal(step->verdict, VERDICT_GOOD);
	buf_clear(&letters);
	engine_letters(step, &letters);
	assert_string_equal(letters.text, "BBBBBB....");
	assert_string_equal(run_title(&step->runs[0]),
			    "INFO: task hung in add_early_randomness");
	assert_string_equal(step->compiler,
			    "gcc (GCC) 10.2.1 20210217, GNU ld (GNU Binutils "
			    "for Debian) 2.35.2");
	assert_int_equal(engine_judge(fold(world), step->commit).verdict,
			 VERDICT_SKIP);
	plan = engine_plan(fold(world));
	assert_int_equal(plan->state, PLAN_FOUND);
	assert_true(plan->recorded);
	assert_int_equal(plan->wish_count, 0);
	assert_string_equal(
		graph_oid(session_graph(world->session), plan->commit)->hex,
		"42086abba43463fbf495cb80173600284b4c4e8c");
	assert_string_equal(session_subject(world->session, plan->commit),
			    "mm: start tracking VMAs with maple tree");
	assert_string_equal(session_author(world->session, plan->commit),
			    "Liam R. Howlett <Liam.Howlett@Oracle.com>");
	assert_int_equal(session_author_date(world->session, plan->commit),
			 1655233227);
	buf_release(&letters);
}

/* The time after so many events: what is tested, what the log said is left. */
static void a_seed_can_be_looked_at_while_it_goes_on(void **state)
{
	struct world *world = *state;
	const struct plan *plan;
	size_t at = 0, verdicts = 0;

	read_seed(world, "000");
	while (verdicts < 3)
		verdicts += session_event(world->session, at++)->kind ==
			    EVENT_VERDICT;
	at++; /* git's numbers */
	assert_return_code(session_go(world->session, at, &world->err), 0);
	plan = engine_plan(fold(world));
	assert_int_equal(plan->state, PLAN_TEST);
	assert_true(plan->recorded);
	assert_int_equal(plan->left, 4485);
	assert_int_equal(plan->steps, 12);
	assert_true(str_starts(
		graph_oid(session_graph(world->session), plan->commit)->hex,
		"6f9b5ed8"));
	assert_int_equal(engine_step_count(fold(world)), 3);
}

static void a_run_may_have_output_behind_it(void **state)
{
	struct world *world = *state;
	const struct step *step;

	read_seed(world, "004");
	step = step_of(world, "c6f0a816");
	assert_int_equal(step->run_count, 10);
	assert_int_equal(step->runs[0].outcome, OUTCOME_TEST_FAILED);
	assert_non_null(strstr(step->runs[0].fact->text,
			       "\n/syzkaller/jobs/linux/workdir/repro.prog: "
			       "Broken pipe\n"));
	step = step_of(world, "18d58114");
	assert_int_equal(step->verdict, VERDICT_SKIP);
	assert_int_equal(step->build->build, BUILD_FAILED);
	assert_string_equal(step->build->text,
			    "net/xdp/xsk_buff_pool.c:7:10: fatal error: "
			    "linux/dma-noncoherent.h: No such file or "
			    "directory");
	assert_string_equal(step->compiler, "gcc (GCC) 8.1.0");
}

static void times_are_kept_where_the_log_has_them(void **state)
{
	struct world *world = *state;
	const struct event *first, *last;

	read_seed(world, "001");
	first = engine_start_event(fold(world));
	assert_int_equal(first->at, 1677709202119);
	last = engine_event(fold(world), engine_event_count(fold(world)) - 1);
	assert_int_equal(last->at - first->at, 20602238);
}

/* Cut at any byte: what came before stays, and comes back as it was. */
static void a_seed_may_be_cut_at_any_byte(void **state)
{
	struct world *world = *state;
	size_t length;
	char *bytes = seed("004", &length);
	int verdicts = 0;

	for (size_t cut = 0; cut <= length; cut += cut < 4000 ? 97 : 331) {
		int count = 0;

		read_bytes(world, bytes, cut);
		assert_round_trip(world, bytes, cut);
		for (size_t i = 0; i < engine_event_count(fold(world)); i++)
			count += engine_event(fold(world), i)->kind ==
				 EVENT_VERDICT;
		assert_true(count >= verdicts);
		verdicts = count;
	}
	assert_int_equal(verdicts, 27);
	free(bytes);
}

#define A	  "0000000000000000000000000000000000000aaa"
#define B	  "0000000000000000000000000000000000000bbb"
#define A_SKIPPED "0000000000000000000000000000000000000ccc"

static void what_is_not_understood_is_kept_and_said(void **state)
{
	static const char log[] = "bisecting cause commit starting from " A "\n"
				  "a line of a later year\n"
				  "and another\n"
				  "testing commit " A " gcc\n"
				  "all runs: OK\n";
	struct world *world = *state;
	const struct event *note = NULL;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_int_equal(world->imported.unsure_line, 2);
	assert_int_equal(world->imported.noted, 2);
	for (size_t i = 0; i < engine_event_count(fold(world)); i++)
		if (engine_event(fold(world), i)->kind == EVENT_NOTE)
			note = engine_event(fold(world), i);
	assert_non_null(note);
	assert_int_equal(note->number, 2);
	assert_string_equal(note->text, "a line of a later year\nand another");
	assert_int_equal(step_of(world, A)->run_count, 10);
}

static void no_byte_is_lost_of_junk(void **state)
{
	static const char junk[] = "\0\\x\0\n\n\xff\x1b[31m\n\\0 and \0\n"
				   "bisecting cause commit starting from " A
				   "\r\n\n\n# git bisect bad " B "\n"
				   "run #0: OK\nHEAD\0";
	struct world *world = *state;
	size_t length = 10 * 1024 * 1024;
	char *line = xmalloc(length);

	read_bytes(world, junk, sizeof(junk) - 1);
	assert_round_trip(world, junk, sizeof(junk) - 1);
	assert_int_equal(world->imported.unsure_line, 1);
	memset(line, 'x', length);
	memcpy(line + 100, "\nrun #0: crashed: ", 18);
	line[length - 100] = '\n';
	read_bytes(world, line, length);
	assert_round_trip(world, line, length);
	read_bytes(world, "", 0);
	assert_round_trip(world, "", 0);
	assert_null(world->imported.format);
	free(line);
}

/* Lines with and without NULs take turns, so that no two share a note. */
static void junk_makes_no_more_events_than_can_be_followed(void **state)
{
	struct world *world = *state;
	size_t length = (size_t)DRAFT_EVENTS_MAX * 8;
	char *bytes = xmalloc(length);

	for (size_t i = 0; i < length; i += 4)
		memcpy(bytes + i, "\0\n\\\n", 4);
	read_bytes(world, bytes, length);
	assert_true(engine_event_count(fold(world)) < DRAFT_EVENTS_MAX + 100);
	assert_round_trip(world, bytes, length);
	free(bytes);
}

static void times_beyond_reason_are_none(void **state)
{
	struct world *world = *state;
	struct buf log;

	buf_init(&log, 0);
	buf_puts(&log, "bisecting cause commit starting from " A "\n"
		       "revisions tested: 3, total time: nanh (build: 1s, "
		       "test: 1s)\n"
		       "revisions tested: 3, total time: ");
	for (int i = 0; i < 2500; i++)
		buf_puts(&log, "1e9h");
	buf_puts(&log, " (build: 1s, test: 1s)\n" A " is the first bad commit\n"
		       "Date:   Wed Mar 1 22:20:02 2023 2000000100\n");
	read_bytes(world, log.text, log.length);
	for (size_t i = 0; i < engine_event_count(fold(world)); i++)
		assert_int_equal(engine_event(fold(world), i)->duration_ms, 0);
	assert_int_equal(session_author_date(world->session, 0), 1677705602);
	buf_release(&log);
}

static void runs_that_come_twice_are_notes(void **state)
{
	static const char log[] = "testing commit " A "\n"
				  "all runs: OK\n"
				  "run #1: OK\n"
				  "all runs: OK\n"
				  "testing commit " A "\n"
				  "run #0: crashed: BUG: x\n"
				  "run #0: OK\n"
				  "run #1: OK\n";
	struct world *world = *state;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_int_equal(world->imported.unsure_line, 3);
	assert_int_equal(world->imported.noted, 3);
	/* those of both tests, one behind the other */
	assert_int_equal(step_of(world, A)->run_count, 12);
	assert_int_equal(step_of(world, A)->runs[10].outcome, OUTCOME_CRASHED);
}

static void errors_of_a_build_may_stand_behind_a_note(void **state)
{
	static const char log[] = "testing commit " A "\n"
				  "\n"
				  "a.c:1: error: one\n"
				  "testing commit " B "\n"
				  "kernel signature: x\n"
				  "run #0: OK\n"
				  "who knows\n"
				  "run #1: failed: ssh\n"
				  "of run 1\n";
	struct world *world = *state;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_string_equal(step_of(world, A)->build->text,
			    "a.c:1: error: one");
	assert_string_equal(step_of(world, B)->runs[1].fact->text, "of run 1");
}

static void output_ends_where_something_else_is_said(void **state)
{
	static const char log[] = "testing commit " A "\n"
				  "an error\n"
				  "compiler: gcc\n"
				  "\n"
				  "another error\n"
				  "testing commit " B "\n"
				  "all runs: failed: ssh\n"
				  "of all runs\n";
	struct world *world = *state;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_string_equal(step_of(world, A)->build->text, "an error");
	assert_string_equal(step_of(world, B)->runs[0].fact->text,
			    "of all runs");
}

static void what_was_not_begun_has_no_runs(void **state)
{
	static const char log[] = "testing commit " A "\n"
				  "run #0: OK\n"
				  "failed building " B ": no patch\n"
				  "run #1: OK\n"
				  "# git bisect skip " B "\n";
	struct world *world = *state;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_int_equal(world->imported.unsure_line, 4);
	assert_int_equal(step_of(world, A)->run_count, 1);
	assert_int_equal(step_of(world, B)->run_count, 0);
	assert_int_equal(step_of(world, B)->verdict, VERDICT_SKIP);
}

static void lines_may_end_in_cr_lf(void **state)
{
	static const char log[] = "testing commit " A "\r\n"
				  "run #0: OK\r\n"
				  "# git bisect good " A "\r\n";
	struct world *world = *state;

	read_text(world, log);
	assert_round_trip(world, log, strlen(log));
	assert_int_equal(world->imported.unsure_line, 0);
	assert_int_equal(step_of(world, A)->verdict, VERDICT_GOOD);
}

static void read_era(struct world *world, const char *name)
{
	size_t length;
	char *bytes = load("eras", name, &length);

	read_bytes(world, bytes, length);
	assert_round_trip(world, bytes, length);
	if (world->imported.unsure_line)
		fail_msg("%s:%d: %s", name, (int)world->imported.unsure_line,
			 world->imported.unsure);
	free(bytes);
}

static void every_era_is_read_to_its_end(void **state)
{
	static const struct {
		const char *name;
		bool fix;
		int steps;
		enum result result;
		const char *letters; /* of the first step */
	} eras[] = {
		{ "a", false, 4, RESULT_FOUND, "X.B" },
		{ "b", true, 2, RESULT_NOT_FIXED, "X." },
		{ "b2", false, 4, RESULT_OLDEST_BAD, "XXXXXXXXXX" },
		{ "c", false, 6, RESULT_FOUND, "XXXXXXXXXX" },
		{ "d", false, 4, RESULT_ONLY_SKIPPED, "X..I" },
		{ "e", true, 3, RESULT_ONLY_SKIPPED, "X.." },
		{ "f", false, 3, RESULT_OLDEST_BAD, "XXXXXXXXXXXXXXXXXXXX" },
		{ "g", false, 2, RESULT_ERROR, "iXT." },
		{ "h", true, 4, RESULT_FOUND, "XX." },
		{ "i", true, 2, RESULT_NEVER_BROKEN, "XXXXXXXXXXXXXXXXXXXX" },
		{ "j", false, 4, RESULT_FOUND,
		  "XXXXXXXXXXXXXXXXXXXXXx..........." },
	};

	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
		struct world *world = *state;
		struct buf letters;

		read_era(world, eras[i].name);
		buf_init(&letters, 0);
		assert_int_equal(engine_is_fix(fold(world)), eras[i].fix);
		assert_int_equal(engine_step_count(fold(world)), eras[i].steps);
		assert_int_equal(engine_result(fold(world), NULL),
				 eras[i].result);
		engine_letters(engine_step(fold(world), 0), &letters);
		assert_string_equal(letters.text, eras[i].letters);
		buf_release(&letters);
	}
}

#define ERA(n) "abcd00000000000000000000000000000000000" #n

static void what_only_one_era_says_is_in_the_events(void **state)
{
	struct world *world = *state;
	const struct plan *plan;
	const struct step *step;

	read_era(world, "b2");
	step = step_of(world, ERA(3));
	assert_string_equal(step->build->text, "arch/x86/foo.c:1: error: one\n"
					       "arch/x86/foo.c:2: error: two");
	assert_null(step->given);
	read_era(world, "d");
	step = step_of(world, ERA(3));
	assert_int_equal(step->left_after, 3);
	plan = engine_plan(fold(world));
	assert_int_equal(plan->state, PLAN_ONLY_SKIPPED);
	assert_int_equal(plan->candidate_count, 2);
	read_era(world, "g");
	step = step_of(world, ERA(1));
	assert_string_equal(step->runs[2].fact->text,
			    "Warning: Permanently added");
	assert_string_equal(step->compiler, "Debian clang version 15.0.7");
	assert_int_equal(engine_start_event(fold(world))->at, 1683698400500);
	step = step_of(world, ERA(3));
	assert_string_equal(step->build->text,
			    "drivers/x.c:9:1: error: expected ';'\n"
			    "drivers/x.c:10:1: error: and more");
	assert_string_equal(step->release, "v6.2");
}

static char *quote_lines(const char *bytes, size_t length, size_t *out)
{
	struct buf text;
	char *mail;

	buf_init(&text, 0);
	buf_puts(&text, "Somebody wrote:\n\n");
	for (size_t i = 0; i < length; i++) {
		if (i == 0 || bytes[i - 1] == '\n')
			buf_puts(&text, "> ");
		buf_putc(&text, bytes[i]);
	}
	buf_puts(&text, "\nThat is wrong.\n");
	*out = text.length;
	mail = buf_take(&text);
	buf_release(&text);
	return mail;
}

/* As mails have it; and it comes back with what the mail put there. */
static void a_log_may_be_quoted(void **state)
{
	static const char *const eras[] = { "c", "f", "g", "h", "i", "j", "k" };
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(eras) / sizeof(*eras); i++) {
		size_t length, quoted;
		char *bytes = load("eras", eras[i], &length);
		char *mail = quote_lines(bytes, length, &quoted);
		int steps, runs;

		read_bytes(world, bytes, length);
		steps = engine_step_count(fold(world));
		runs = engine_step(fold(world), 0)->run_count;
		read_bytes(world, mail, quoted);
		assert_string_equal(world->imported.format, "syzbot");
		assert_int_equal(world->imported.unsure_line, 0);
		assert_int_equal(engine_step_count(fold(world)), steps);
		assert_int_equal(engine_step(fold(world), 0)->run_count, runs);
		assert_round_trip(world, mail, quoted);
		free(mail);
		free(bytes);
	}
}

/* A part of a log is what it says, and nothing that it does not say. */
static void a_log_may_begin_in_the_middle(void **state)
{
	struct world *world = *state;
	size_t length;
	char *bytes = load("eras", "h", &length), *from;

	from = strstr(bytes, "determine whether");
	read_text(world, from);
	assert_round_trip(world, from, strlen(from));
	assert_string_equal(world->imported.format, "syzbot");
	assert_int_equal(world->imported.unsure_line, 0);
	assert_true(engine_is_fix(fold(world)));
	assert_int_equal(engine_plan(fold(world))->state, PLAN_FOUND);
	from = strstr(bytes, "accumulated error");
	read_text(world, from);
	assert_round_trip(world, from, strlen(from));
	assert_true(engine_is_fix(fold(world)));
	assert_int_equal(engine_plan(fold(world))->state, PLAN_FOUND);
	free(bytes);
}

static int count_verdicts(struct world *world)
{
	int count = 0;

	for (size_t i = 0; i < engine_event_count(fold(world)); i++)
		count += engine_event(fold(world), i)->kind == EVENT_VERDICT;
	return count;
}

/* Wherever a log breaks off: what came before is read as it was. */
static void any_log_may_be_cut_at_any_byte(void **state)
{
	static const struct {
		const char *folder, *name;
		int step;
	} logs[] = {
		{ "seeds", "000", 1511 },    { "seeds", "001", 1701 },
		{ "seeds", "002", 1301 },    { "seeds", "003", 1201 },
		{ "eras", "a", 211 },	     { "eras", "c", 307 },
		{ "eras", "d", 223 },	     { "eras", "e", 199 },
		{ "eras", "g", 173 },	     { "eras", "h", 331 },
		{ "eras", "j", 401 },	     { "eras", "k", 311 },
		{ "gitlogs", "mail", 97 },   { "gitlogs", "filled", 71 },
		{ "gitlogs", "robot", 101 }, { "gitlogs", "terminal", 89 }
	};

	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		struct world *world = *state;
		size_t length;
		char *bytes = load(logs[i].folder, logs[i].name, &length);
		int verdicts = 0;

		for (size_t cut = 0; cut < length;
		     cut += (size_t)logs[i].step) {
			int count;

			read_bytes(world, bytes, cut);
			count = count_verdicts(world);
			if (count < verdicts)
				fail_msg("%s cut at %zu: %d verdicts, there "
					 "were "
					 "%d",
					 logs[i].name, cut, count, verdicts);
			verdicts = count;
			if (!str_equal(logs[i].folder, "gitlogs"))
				assert_round_trip(world, bytes, cut);
		}
		free(bytes);
	}
}

static void in_a_search_for_a_fix_bad_means_fixed(void **state)
{
	struct world *world = *state;
	const struct step *step;

	read_era(world, "h");
	assert_int_equal(step_of(world, ERA(1))->verdict, VERDICT_BAD);
	assert_int_equal(step_of(world, ERA(2))->verdict, VERDICT_GOOD);
	assert_int_equal(step_of(world, ERA(3))->verdict, VERDICT_GOOD);
	/* the bug was not there yet: git was told that it crashed */
	step = step_of(world, ERA(4));
	assert_int_equal(step->verdict, VERDICT_BAD);
	assert_int_equal(step->run_count, 0);
}

/* A person's word is stronger than what a log says came of it. */
static void a_decision_ends_what_was_recorded(void **state)
{
	struct world *world = *state;
	struct event bad = { .kind = EVENT_VERDICT,
			     .by = BY_PERSON,
			     .verdict = VERDICT_BAD };
	struct event undo = { .kind = EVENT_UNDO, .by = BY_PERSON };

	read_seed(world, "000");
	assert_true(oid_parse(&bad.commit,
			      "6f9b5ed8caddfbc94af8307c557ed57a8ec5c65c"));
	assert_return_code(session_append(world->session, &bad, 1, &world->err),
			   0);
	assert_false(engine_plan(fold(world))->recorded);
	assert_int_equal(engine_plan(fold(world))->state, PLAN_NEEDS_RANGE);
	assert_int_equal(engine_result(fold(world), NULL), RESULT_FOUND);
	undo.number = engine_undo_target(fold(world));
	assert_return_code(
		session_append(world->session, &undo, 1, &world->err), 0);
	assert_true(engine_plan(fold(world))->recorded);
	assert_int_equal(engine_plan(fold(world))->state, PLAN_FOUND);
}

static void only_a_log_says_what_logs_say(void **state)
{
	struct world *world = *state;
	struct event said = { .kind = EVENT_RESULT, .by = BY_PERSON };

	read_seed(world, "003");
	assert_int_equal(session_append(world->session, &said, 1, &world->err),
			 -1);
	assert_string_equal(world->err.text,
			    "only a log that is read says 'result'");
	said.by = BY_IMPORT;
	assert_int_equal(session_append(world->session, &said, 1, &world->err),
			 -1);
	assert_string_equal(world->err.text,
			    "'' is not what a log can come to");
}

static void a_log_of_git_is_read_in_all_its_wordings(void **state)
{
	static const char *const logs[] = {
		/* given at the start; git before 2.55 and after */
		"# bad: [" A "] one\n# good: [" B "] two\n"
		"git bisect start 'v6' 'v5'\n"
		"# first bad commit: [" A "] one\n",
		"# bad: [" A "] one\n# good: [" B "] two\n"
		"git bisect start 'v6' 'v5'\n"
		"# first 'bad' commit: [" A "] one\n",
		/* one by one, in a mail, by git 1.5 */
		"git bisect start\n# status: waiting for both\n"
		"# bad: [" A "] one\ngit bisect bad " A "\n"
		"# good: [" B "] two\ngit bisect good " B "\n"
		"# first bad commit: [" A "] one\n",
		"> git-bisect start\n> # bad: [" A "] one\n>  git-bisect bad " A
		"\r\n> # good: [" B "] two\n> git-bisect good " B "\n"
		"> # first bad commit: [" A "] one\n",
		/* terms of one's own, by both ways of giving them */
		"# new: [" A "] one\n# old: [" B "] two\n"
		"git bisect start 'v6' 'v5'\n"
		"# first new commit: [" A "] one\n",
		"git bisect start '--term-bad' 'ugly' '--term-good=nice'\n"
		"# ugly: [" A "] one\ngit bisect ugly " A "\n"
		"# nice: [" B "] two\ngit bisect nice " B "\n"
		"# first ugly commit: [" A "] one\n",
	};

	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		struct world *world = *state;

		read_text(world, logs[i]);
		if (world->imported.unsure_line)
			fail_msg("log %zu: %s", i, world->imported.unsure);
		assert_string_equal(world->imported.format, "git");
		assert_int_equal(engine_step_count(fold(world)), 2);
		assert_int_equal(step_of(world, A)->verdict, VERDICT_BAD);
		assert_int_equal(step_of(world, B)->verdict, VERDICT_GOOD);
		assert_int_equal(engine_plan(fold(world))->state, PLAN_FOUND);
		assert_string_equal(session_subject(world->session, 0), "one");
	}
}

static void a_log_of_git_may_skip_and_search_for_a_fix(void **state)
{
	static const char log[] =
		"git bisect start '--term-old=broken' '--term-new=fixed' "
		"'--first-parent'\n"
		"# fixed: [" A "] one\ngit bisect fixed " A "\n"
		"# broken: [" B "] two\ngit bisect broken " B "\n"
		"# skip: [" A_SKIPPED "] three\ngit bisect skip " A_SKIPPED "\n"
		"# only skipped commits left to test\n"
		"# possible first fixed commit: [" A "] one\n"
		"# possible first fixed commit: [" A_SKIPPED "] three\n";
	struct world *world = *state;

	read_text(world, log);
	assert_int_equal(world->imported.unsure_line, 0);
	assert_true(engine_is_fix(fold(world)));
	assert_true(engine_start_event(fold(world))->first_parent);
	assert_int_equal(step_of(world, A)->verdict, VERDICT_GOOD);
	assert_int_equal(step_of(world, B)->verdict, VERDICT_BAD);
	assert_int_equal(step_of(world, A_SKIPPED)->verdict, VERDICT_SKIP);
	assert_int_equal(engine_plan(fold(world))->state, PLAN_ONLY_SKIPPED);
	assert_int_equal(engine_plan(fold(world))->candidate_count, 2);
}

static void a_terminal_may_be_read_instead_of_a_log(void **state)
{
	static const char session[] =
		"git bisect start\n"
		"Bisecting: 5 revisions left to test after this (roughly 3 "
		"steps)\n"
		"[" A "] one\n"
		"git bisect bad\n"
		"Bisecting: 2 revisions left to test after this (roughly 1 "
		"step)\n"
		"[" B "] two\n"
		"git bisect good\n" A " is the first bad commit\n";
	struct world *world = *state;

	read_text(world, session);
	assert_string_equal(world->imported.format, "git");
	assert_int_equal(world->imported.unsure_line, 0);
	assert_int_equal(step_of(world, A)->verdict, VERDICT_BAD);
	assert_int_equal(step_of(world, A)->left_after, 2);
	assert_int_equal(step_of(world, B)->verdict, VERDICT_GOOD);
	assert_int_equal(engine_plan(fold(world))->state, PLAN_FOUND);
}

static void comments_without_commands_are_verdicts_too(void **state)
{
	struct world *world = *state;

	read_text(world, "# bad: [" A "] one\n# good: [" B "] two\n");
	assert_int_equal(world->imported.unsure_line, 1);
	assert_int_equal(step_of(world, A)->verdict, VERDICT_BAD);
	assert_int_equal(step_of(world, B)->verdict, VERDICT_GOOD);
}

static void what_only_a_repository_knows_is_said(void **state)
{
	struct world *world = *state;

	read_text(world, "git bisect start\ngit bisect bad v6.0\n"
			 "# good: [" B "] two\ngit bisect good " B "\n");
	assert_int_equal(world->imported.unsure_line, 2);
	assert_string_equal(world->imported.unsure,
			    "only its repository knows the commit that is "
			    "called 'v6.0'");
	assert_int_equal(step_of(world, B)->verdict, VERDICT_GOOD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_seed_comes_back_byte_by_byte),
		TEST(a_seed_is_what_it_says),
		TEST(a_seed_can_be_looked_at_while_it_goes_on),
		TEST(a_run_may_have_output_behind_it),
		TEST(times_are_kept_where_the_log_has_them),
		TEST(a_seed_may_be_cut_at_any_byte),
		TEST(what_is_not_understood_is_kept_and_said),
		TEST(no_byte_is_lost_of_junk),
		TEST(junk_makes_no_more_events_than_can_be_followed),
		TEST(times_beyond_reason_are_none),
		TEST(runs_that_come_twice_are_notes),
		TEST(every_era_is_read_to_its_end),
		TEST(what_only_one_era_says_is_in_the_events),
		TEST(a_log_may_be_quoted),
		TEST(a_log_may_begin_in_the_middle),
		TEST(any_log_may_be_cut_at_any_byte),
		TEST(in_a_search_for_a_fix_bad_means_fixed),
		TEST(a_decision_ends_what_was_recorded),
		TEST(only_a_log_says_what_logs_say),
		TEST(a_log_of_git_is_read_in_all_its_wordings),
		TEST(a_log_of_git_may_skip_and_search_for_a_fix),
		TEST(a_terminal_may_be_read_instead_of_a_log),
		TEST(comments_without_commands_are_verdicts_too),
		TEST(what_only_a_repository_knows_is_said),
		TEST(errors_of_a_build_may_stand_behind_a_note),
		TEST(output_ends_where_something_else_is_said),
		TEST(what_was_not_begun_has_no_runs),
		TEST(lines_may_end_in_cr_lf),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
