/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/tale.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/import.h"
#include "session/session.h"
#include "tests/unit/scratch.h"

#define BEGIN_MS 1772442000000 /* 2026-03-02 09:00:00 UTC */

/* The clock of all that is linked into the test: it stands where it is set. */
static int64_t clock_ms;

int clock_gettime(clockid_t id, struct timespec *out)
{
	if (id != CLOCK_REALTIME || !clock_ms)
		return (int)syscall(SYS_clock_gettime, id, out);
	out->tv_sec = clock_ms / 1000;
	out->tv_nsec = clock_ms % 1000 * 1000000;
	return 0;
}

void tale_pass(struct tale *tale, int64_t ms)
{
	tale->now += ms;
	clock_ms = tale->now;
}

void tale_begin(struct tale *tale)
{
	char *dir;

	memset(tale, 0, sizeof(*tale));
	tale->now = BEGIN_MS;
	clock_ms = BEGIN_MS;
	tale->folder = scratch_make();
	dir = xasprintf("%s/session", tale->folder);
	assert_return_code(
		session_create(dir, NULL, &tale->session, &tale->err), 0);
	free(dir);
}

void tale_end(struct tale *tale)
{
	session_close(tale->session);
	scratch_remove(tale->folder);
	clock_ms = 0;
}

struct oid tale_oid(int number)
{
	struct oid oid = { "" };

	/* spread, so that the short ids differ in their first digits */
	snprintf(oid.hex, sizeof(oid.hex), "%08x%032x",
		 (unsigned int)number * 2654435761U, (unsigned int)number);
	return oid;
}

static const struct tale_name *name_of(const struct tale_name *names,
				       int number)
{
	for (; names && names->hex; names++) {
		if (names->number == number)
			return names;
	}
	return NULL;
}

void tale_commits(struct tale *tale, int count, const struct tale_name *names)
{
	struct commit_record *commits =
		xcalloc((size_t)count, sizeof(*commits));

	for (int i = 0; i < count; i++) {
		const struct tale_name *name = name_of(names, i);
		struct commit_record *commit = &commits[i];

		commit->oid = tale_oid(i);
		if (name)
			assert_true(oid_parse(&commit->oid, name->hex));
		commit->parents = i ? &commits[i - 1].oid : NULL;
		commit->parent_count = i ? 1 : 0;
		commit->expanded = true;
		commit->date = 1650000000 + i * 60;
		commit->author_date = commit->date;
		commit->author = "A U Thor <author@example.com>";
		commit->subject = name ? name->subject : "a commit";
	}
	assert_return_code(session_store_commits(tale->session, commits,
						 (size_t)count, &tale->err),
			   0);
	free(commits);
}

int tale_tell(struct tale *tale, struct event event)
{
	return session_append(tale->session, &event, 1, &tale->err);
}

static char *own(const char *text)
{
	return (char *)(uintptr_t)text; /* the journal only reads it */
}

static struct event about(enum event_kind kind, enum actor by, const char *hex)
{
	struct event event = { .kind = kind, .by = by };

	assert_true(oid_parse(&event.commit, hex));
	return event;
}

static void must_tell(struct tale *tale, struct event event)
{
	if (tale_tell(tale, event) < 0)
		fail_msg("%s: %s", event_kind_name(event.kind), tale->err.text);
}

void tale_start(struct tale *tale, const char *title, const char *policy)
{
	must_tell(tale, (struct event){ .kind = EVENT_START,
					.by = BY_START,
					.title = own(title),
					.policy = own(policy) });
}

int tale_mark(struct tale *tale, enum actor by, const char *hex,
	      enum verdict verdict, const char *why)
{
	struct event event = about(EVENT_VERDICT, by, hex);

	event.verdict = verdict;
	event.text = own(why);
	event.who = own(by == BY_POLICY ? "syzkaller-2020.01" : "ann@desk");
	return tale_tell(tale, event);
}

void tale_build_like(struct tale *tale, const char *hex, const char *like,
		     const char *signature, int seconds)
{
	struct event event = about(EVENT_BUILD, BY_ENGINE, hex);
	struct event begin = about(EVENT_BUILD_BEGIN, BY_ENGINE, hex);

	if (like)
		assert_true(oid_parse(&begin.other, like));
	must_tell(tale, begin);
	tale_pass(tale, seconds * 1000);
	event.build = BUILD_OK;
	event.signature = own(signature);
	event.duration_ms = seconds * 1000;
	must_tell(tale, event);
}

void tale_build(struct tale *tale, const char *hex, const char *signature,
		int seconds)
{
	tale_build_like(tale, hex, NULL, signature, seconds);
}

void tale_verify(struct tale *tale, const char *culprit, int runs)
{
	struct event event = about(EVENT_VERIFY, BY_PERSON, culprit);

	event.number = runs;
	must_tell(tale, event);
}

void tale_revert(struct tale *tale, const char *culprit, const char *on,
		 const char *made)
{
	struct commit_record commit = { .author = "culprit",
					.subject = "Revert \"it\"" };
	struct event event = about(EVENT_REVERT, BY_ENGINE, made);

	commit.oid = event.commit;
	assert_return_code(session_store_commits(tale->session, &commit, 1,
						 &tale->err),
			   0);
	assert_true(oid_parse(&event.other, on));
	event.title = own(culprit);
	event.policy = own(made_name(MADE_OK));
	must_tell(tale, event);
}

static void end_run(struct event *event, char letter)
{
	event->kind = EVENT_RUN;
	switch (letter) {
	case 'X':
	case 'x':
		event->outcome = OUTCOME_CRASHED;
		event->title = own(letter == 'X' ? TALE_TITLE
						 : "WARNING in other_thing");
		event->exit_status = 1;
		break;
	case 'B':
		event->outcome = OUTCOME_BOOT_FAILED;
		event->title = own("INFO: task hung in add_early_randomness");
		break;
	case 'T':
		event->outcome = OUTCOME_TEST_FAILED;
		event->text = own("executor exit status 67");
		break;
	case 'I':
		event->outcome = OUTCOME_INFRA;
		event->text = own("no space left on device");
		break;
	default:
		event->outcome = OUTCOME_OK;
		break;
	}
}

static int count_runs(const struct tale *tale, const char *hex)
{
	struct event event = about(EVENT_RUN, BY_ENGINE, hex);
	const struct step *step = engine_step_of(
		session_engine(tale->session),
		graph_find(session_graph(tale->session), &event.commit));

	return step ? step->run_count : 0;
}

void tale_runs(struct tale *tale, const char *hex, const char *letters,
	       int seconds)
{
	int before = count_runs(tale, hex);

	for (int i = 0; letters[i]; i++) {
		struct event event = about(EVENT_RUN_BEGIN, BY_ENGINE, hex);
		char where[16];

		snprintf(where, sizeof(where), "vm-%d", i);
		event.number = before + i;
		event.text = where;
		must_tell(tale, event);
		if (letters[i] == '>')
			continue;
		event.text = NULL;
		tale_pass(tale, seconds * 1000);
		event.duration_ms = seconds * 1000;
		event.boot_ms = seconds * 300;
		event.copy_ms = seconds * 30;
		end_run(&event, letters[i]);
		must_tell(tale, event);
	}
}

static const struct tale_name binder_names[] = {
	{ 0, "4b0986a3613c92f4ec1bdc7f60ec66fea135991f", "Linux 5.18" },
	{ 8992, "ecf0aa5317b0ad6bb015128a5b763c954fd58708",
	  "Merge tag 'arm-multiplatform-5.19-1' of soc/soc" },
	{ 13402, "6f9b5ed8caddfbc94af8307c557ed57a8ec5c65c",
	  "Merge tag 'char-misc-5.19-rc1' of gregkh/char-misc" },
	{ 15862, "9dee097b6e618047258305cd9409c6988b62051d",
	  "Merge branch 'master' of herbert/cryptodev-2.6" },
	{ 16900, "b901bbbc6d72937bbebc0e5a8ef184c0c2640143",
	  "Merge branch 'next' of virt/kvm/kvm" },
	{ 17434, "5bb4dddc4352ead9fbe7deb4853b529ab8a20b65",
	  "Merge branch 'for-next' of tj/cgroup" },
	{ 17567, "83b0383613b9d9d6b8c79f65289907872e703295",
	  "mm: shrinkers: add scan interface for shrinker debugfs" },
	{ 17701, "9d27f2f1487a84c93a4fab1b9f577999c9c33723",
	  "Merge branch 'mm-nonmm-unstable' into mm-everything" },
	{ 17957, "6012273897fefb12566580efedee10bb06e5e6ed", "" },
	{ 0, NULL, NULL },
};

static const struct {
	const char *hex, *signature, *letters;
	enum verdict verdict;
} told[] = {
	{ "6012273897fefb12566580efedee10bb06e5e6ed", "d35b4db1aef8979646",
	  "XXTXXXXXXXXXXXXXXXXX", VERDICT_BAD },
	{ "4b0986a3613c92f4ec1bdc7f60ec66fea135991f", "a2850c602aae1678e4",
	  "..........", VERDICT_GOOD },
	{ "ecf0aa5317b0ad6bb015128a5b763c954fd58708", "787470891b5a61cd8d",
	  "..........", VERDICT_GOOD },
	{ "6f9b5ed8caddfbc94af8307c557ed57a8ec5c65c", "900286704ffc4d7c31",
	  "BBBBBB....", VERDICT_GOOD },
	{ "9dee097b6e618047258305cd9409c6988b62051d", "680430996519a2abad",
	  "..........", VERDICT_GOOD },
	{ "b901bbbc6d72937bbebc0e5a8ef184c0c2640143", "5b3eceb4e3071a4faf",
	  "..........", VERDICT_GOOD },
	{ "5bb4dddc4352ead9fbe7deb4853b529ab8a20b65", "e6b95d687b1243e5ef",
	  "..........", VERDICT_GOOD },
	{ "9d27f2f1487a84c93a4fab1b9f577999c9c33723", "3f4afe2ce65ac6890a",
	  "XXXXXXXXXX", VERDICT_BAD },
	{ "83b0383613b9d9d6b8c79f65289907872e703295", "b06eb5b26953497faa",
	  "TXXX>>", VERDICT_NONE },
};

const char tale_console[] =
	"[   41.337120][  T27] IPv6: ADDRCONF(NETDEV_CHANGE): wlan1: link "
	"becomes ready\r\n"
	"[   43.902213][  T27] ------------[ cut here ]------------\r\n"
	"[   43.903554][  T27] kernel BUG at "
	"drivers/android/binder_alloc.c:820!\r\n"
	"[   43.905101][  T27] invalid opcode: 0000 [#1] PREEMPT SMP KASAN\r\n"
	"[   43.906447][  T27] CPU: 1 PID: 27 Comm: kworker/1:1 Not tainted "
	"5.19.0-rc2-syzkaller #0\r\n"
	"[   43.910391][  T27] Workqueue: events binder_deferred_func\r\n"
	"[   43.911608][  T27] RIP: 0010:binder_alloc_deferred_release+0x4c7/"
	"0x690 drivers/android/binder_alloc.c:820\r\n"
	"[   43.917333][  T27] RSP: 0018:ffffc90000a2fbd8 EFLAGS: 00010282\r\n"
	"[   43.920422][  T27] R\033[31mDX: 1ffff\x9b"
	"0m d174e \xff caf\xc3\xa9 "
	"\xe2\x80\xae"
	"evil\033]0;title\a\r\n"
	"[   43.922130][  T27] \tRBP: \xe4\xb8\xad\xe6\x96\x87 R08: 0\r\n";

static void write_console(struct tale *tale, const char *hex, int run)
{
	struct oid oid;
	FILE *file;
	char *path;

	assert_true(oid_parse(&oid, hex));
	path = session_console(tale->session, &oid, run);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(tale_console, file);
	fclose(file);
	free(path);
}

void tale_of_binder(struct tale *tale)
{
	struct event release = { .kind = EVENT_RELEASE, .by = BY_ENGINE };
	size_t count = sizeof(told) / sizeof(*told);

	tale_commits(tale, 17958, binder_names);
	tale_start(tale, TALE_TITLE, "syzkaller/10/20");
	must_tell(tale, (struct event){ .kind = EVENT_ENGINE,
					.by = BY_ENGINE,
					.number = 4127,
					.text = own("buildbox") });
	assert_return_code(
		tale_mark(tale, BY_START, told[0].hex, VERDICT_BAD, NULL), 0);
	oid_parse(&release.commit, told[1].hex);
	release.text = own("v5.18");
	must_tell(tale, release);
	for (size_t i = 0; i < count; i++) {
		tale_build(tale, told[i].hex, told[i].signature, 403);
		tale_runs(tale, told[i].hex, told[i].letters, i ? 44 : 25);
		tale_pass(tale, 4000);
		if (told[i].verdict == VERDICT_NONE)
			continue;
		assert_return_code(tale_mark(tale, BY_POLICY, told[i].hex,
					     told[i].verdict, NULL),
				   0);
	}
	write_console(tale, told[count - 1].hex, 5);
	tale_pass(tale, 17000);
}

void tale_of_seed(struct tale *tale, const char *seed)
{
	const char *source = getenv("srcdir");
	char *path = xasprintf("%s/tests/data/seeds/%s.txt",
			       source ? source : ".", seed);

	if (import_file(tale->session, path, NULL, &tale->err) < 0)
		fail_msg("%s: %s", path, tale->err.text);
	free(path);
}

void tale_seed_step(struct tale *tale, int verdicts)
{
	size_t count = session_event_count(tale->session), at = 0;

	while (at < count && verdicts > 0)
		verdicts -= session_event(tale->session, at++)->kind ==
			    EVENT_VERDICT;
	/* git's numbers stand behind the verdict */
	while (at < count &&
	       (session_event(tale->session, at)->kind == EVENT_NEXT ||
		session_event(tale->session, at)->kind == EVENT_VERDICT))
		at++;
	assert_return_code(session_go(tale->session, at, &tale->err), 0);
}

struct tale binder;

int tell_binder(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tale_begin(&binder);
	tale_of_binder(&binder);
	return 0;
}

int forget_binder(void **state)
{
	(void)state;
	tale_end(&binder);
	return 0;
}
