/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "cli/practice.h"
#include "tests/unit/scratch.h"

#define SEEDS 4
#define RUNS  100

/* A folder with the practice repositories of several seeds: 1, 2, 3... */
struct shelf {
	char *dir;
	struct practice made[SEEDS + 1];
};

/* What a shell command in that folder prints; its last newline is dropped. */
static char *say(const struct shelf *shelf, const char *command)
{
	struct buf out;
	char bytes[4096];
	int ends[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (chdir(shelf->dir) == 0)
			execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	buf_init(&out, 0);
	while ((n = read(ends[0], bytes, sizeof(bytes))) > 0)
		buf_add(&out, bytes, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	if (out.length && out.text[out.length - 1] == '\n')
		out.text[--out.length] = '\0';
	return out.text; /* the caller frees */
}

static int64_t count(const struct shelf *shelf, const char *command)
{
	char *text = say(shelf, command);
	int64_t number = -1;

	if (!str_number(text, 0, INT32_MAX, &number))
		fail_msg("%s: says '%s'", command, text);
	free(text);
	return number;
}

static void assert_says(const struct shelf *shelf, const char *command,
			const char *wanted)
{
	char *text = say(shelf, command);

	if (!str_equal(text, wanted))
		fail_msg("%s: says '%s', not '%s'", command, text, wanted);
	free(text);
}

/* The same of each practice repository. */
static void all_say(const struct shelf *shelf, const char *command,
		    const char *wanted)
{
	for (int i = 1; i <= SEEDS; i++) {
		char *whole = xasprintf("cd %d && %s", i, command);

		assert_says(shelf, whole, wanted);
		free(whole);
	}
}

static void all_count(const struct shelf *shelf, const char *command,
		      int64_t low, int64_t high)
{
	for (int i = 1; i <= SEEDS; i++) {
		char *whole = xasprintf("cd %d && %s", i, command);

		assert_in_range(count(shelf, whole), low, high);
		free(whole);
	}
}

static int fill_shelf(void **state)
{
	static const char *const unwanted[] = {
		"GIT_DIR",	  "GIT_INDEX_FILE", "GIT_WORK_TREE",
		"CULPRIT_COMMIT", "CULPRIT_RUN",    "CULPRIT_DEMO_SEED",
		"MAKEFLAGS",	  "MFLAGS",	    "XDG_CONFIG_HOME",
	};
	struct shelf *shelf = xcalloc(1, sizeof(*shelf));
	struct error err = ERROR_INIT;

	shelf->dir = scratch_make();
	*state = shelf;
	setenv("HOME", shelf->dir, 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("LC_ALL", "C", 1);
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
		unsetenv(unwanted[i]);
	for (unsigned i = 1; i <= SEEDS; i++) {
		char *dir = xasprintf("%s/%u", shelf->dir, i);

		if (practice_make(dir, &PRACTICE_KIND(i), &shelf->made[i],
				  &err) < 0) {
			print_error("%s\n", err.text);
			return -1;
		}
		free(dir);
	}
	return 0;
}

static int clear_shelf(void **state)
{
	struct shelf *shelf = *state;

	scratch_remove(shelf->dir);
	free(shelf);
	return 0;
}

static void the_same_seed_gives_the_same_commits(void **state)
{
	struct shelf *shelf = *state;
	struct practice again;
	struct error err = ERROR_INIT;
	char *dir = xasprintf("%s/again", shelf->dir);

	/* whoever makes them, and wherever */
	setenv("GIT_AUTHOR_NAME", "Somebody Else", 1);
	setenv("GIT_COMMITTER_DATE", "1234567890 +0000", 1);
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(practice_make(dir, &PRACTICE_KIND(1), &again, &err),
			 0);
	unsetenv("GIT_AUTHOR_NAME");
	unsetenv("GIT_COMMITTER_DATE");
	unsetenv("TZ");
	assert_true(oid_equal(&again.bad, &shelf->made[1].bad));
	assert_true(oid_equal(&again.good, &shelf->made[1].good));
	assert_true(oid_equal(&again.answer, &shelf->made[1].answer));
	assert_false(oid_equal(&again.bad, &shelf->made[2].bad));
	assert_says(shelf,
		    "git -C 1 for-each-ref >a && "
		    "git -C again for-each-ref >b && cmp a b",
		    "");
	free(dir);
}

static void what_is_returned_are_the_refs(void **state)
{
	struct shelf *shelf = *state;

	assert_says(shelf, "git -C 2 rev-parse master", shelf->made[2].bad.hex);
	assert_says(shelf, "git -C 2 rev-parse v1.0^{commit}",
		    shelf->made[2].good.hex);
	assert_says(shelf, "git -C 2 rev-parse refs/demo/answer",
		    shelf->made[2].answer.hex);
}

static void there_are_300_commits_with_releases(void **state)
{
	all_count(*state, "git rev-list --count master", 280, 330);
	all_count(*state, "git rev-list --count --merges master", 15, 45);
	all_count(*state, "git rev-list --count master ^v1.0", 265, 320);
	all_say(*state,
		"git tag --merged master --sort=creatordate | tr '\\n' ' '",
		"v1.0 v1.1-rc1 v1.1-rc2 v1.1 v1.2-rc1 v1.2-rc2 v1.2 v1.3-rc1 "
		"v1.3-rc2 v1.3 v1.4-rc1 v1.4-rc2 v1.4 ");
	/* one branch that was never merged */
	all_say(*state, "git branch --no-merged master", "  unfinished");
}

static void one_merge_is_a_criss_cross(void **state)
{
	all_count(*state,
		  "for m in $(git rev-list --merges master); do "
		  "test $(git merge-base --all $m^1 $m^2 | wc -l) -lt 2 || "
		  "echo $m; done | wc -l",
		  1, 4);
}

static void the_repository_is_sound_and_clean(void **state)
{
	all_say(*state, "git fsck --strict 2>&1 | grep -v '^dangling'", "");
	all_say(*state, "git status --porcelain --branch", "## master");
	all_say(*state,
		"git log --format=%ct master | sort -rn >../dates && "
		"git log --date-order --format=%ct master | "
		"cmp - ../dates",
		"");
	all_say(*state, "git log --format=%s%b | LC_ALL=C grep -c '[^ -~]'",
		"0");
}

static void the_settings_are_there_unseen_by_git(void **state)
{
	all_count(*state, "grep -c . culprit.cfg", 10, 30);
	all_say(*state, "git ls-files culprit.cfg", "");
	all_say(*state, "git check-ignore culprit.cfg", "culprit.cfg");
}

/* By seed: the file that the culprit changes, and what it takes out there. */
static const struct {
	const char *file, *guard;
} causes[SEEDS + 1] = {
	[1] = { "net/ring.c", "ring->locked = 1" },
	[2] = { "fs/file.c", "held = 1" },
	[3] = { "net/core.c", "readers--" },
	[4] = { "kernel/sched.c", "return !locked;" },
};

/* What keeps the other task out is missing there and in all that came after. */
static void the_answer_is_the_first_commit_with_the_bug(void **state)
{
	struct shelf *shelf = *state;

	for (int i = 1; i <= SEEDS; i++) {
		char *command = xasprintf(
			"cd %d && git grep -L '%s' $(git rev-list master) -- "
			"%s | cut -d: -f1 | sort >../have && "
			"{ git rev-parse refs/demo/answer && git rev-list "
			"--ancestry-path refs/demo/answer..master; } | sort | "
			"cmp - ../have && "
			"git show --format= --name-only refs/demo/answer",
			i, causes[i].guard, causes[i].file);

		assert_says(shelf, command, causes[i].file);
		free(command);
	}
	/* and it is a late one */
	all_say(*state,
		"git merge-base --is-ancestor v1.3 refs/demo/answer && echo x",
		"x");
	all_count(*state, "git rev-list --count refs/demo/answer..master", 10,
		  90);
}

/* Half of a renaming: the new name in the header, the old one in use. */
static const char list_broken[] =
	"git grep -l 'int s_block_count' $(git rev-list master) -- "
	"include/kernel.h | cut -d: -f1 | sort >../new; "
	"git grep -l 'super.s_blocks' $(git rev-list master) -- fs/super.c | "
	"cut -d: -f1 | sort >../old; comm -12 ../new ../old >../broken; ";

static void twelve_commits_in_a_row_are_half_renamed(void **state)
{
	char *command = xasprintf("%s wc -l <../broken", list_broken);

	all_say(*state, command, "12");
	free(command);
	/* a line from the first one on: each has one parent, the next one */
	command = xasprintf("%s for c in $(cat ../broken); do "
			    "git rev-list --parents -1 $c | cut -d' ' -f2-; "
			    "done | sort | comm -12 - ../broken | wc -l",
			    list_broken);
	all_say(*state, command, "11");
	free(command);
	command = xasprintf("%s git merge-base --is-ancestor v1.2 "
			    "$(head -1 ../broken) && git merge-base "
			    "--is-ancestor $(head -1 ../broken) v1.4 && echo x",
			    list_broken);
	all_say(*state, command, "x");
	free(command);
}

static void only_those_twelve_do_not_compile(void **state)
{
	struct shelf *shelf = *state;
	char *command = xasprintf(
		"cd 1 && %s "
		"first=$(git rev-list --topo-order $(cat ../broken) | "
		"grep -Ff ../broken | tail -1) && "
		"last=$(git rev-list --topo-order $(cat ../broken) | "
		"head -1) && "
		"after=$(git rev-list --ancestry-path $last..master | "
		"tail -1) && "
		"for c in $(git rev-list --reverse $first^..$after) $first^ "
		"$(git rev-list master | awk 'NR %% 30 == 1'); do "
		"git checkout -q $c && make -s -j2 >../log 2>&1 && continue; "
		"git rev-parse HEAD; grep -q 'error: .*s_blocks' ../log || "
		"cat ../log; "
		"done | sort -u | cmp - ../broken; git checkout -q master",
		list_broken);

	assert_says(shelf, command, "");
	free(command);
}

static void one_commit_does_not_boot(void **state)
{
	struct shelf *shelf = *state;

	/* it is the only one that looks for /init alone */
	all_say(shelf,
		"git grep -l 'if (!is_there(\"/init\"))' "
		"$(git rev-list master) -- init/main.c | wc -l",
		"1");
	assert_says(shelf,
		    "cd 1 && git checkout -q $(git grep -l "
		    "'if (!is_there(\"/init\"))' $(git rev-list master) -- "
		    "init/main.c | cut -d: -f1) && make -s -j2 && "
		    "{ ./practice >../console; echo $?; "
		    "grep -c 'Kernel panic - not syncing: no init found' "
		    "../console; grep -c 'init: started' ../console; }; "
		    "git checkout -q master",
		    "3\n1\n0");
}

/* The consoles of runs 1 to 60 of a commit, in files console.1... */
static void run_often(const struct shelf *shelf, const char *spec)
{
	char *command = xasprintf(
		"cd 1 && rm -f ../console.* && git checkout -q %s && "
		"make -s -j2 && export CULPRIT_COMMIT=$(git rev-parse HEAD) "
		"&& for i in $(seq %d); do { CULPRIT_RUN=$i ./practice "
		">../console.$i; echo status $? >>../console.$i; } & done; "
		"wait; git checkout -q master",
		spec, RUNS);

	assert_says(shelf, command, "");
	assert_int_equal(count(shelf, "ls console.* | wc -l"), RUNS);
	free(command);
}

static void the_answer_crashes_in_60_of_100_runs(void **state)
{
	struct shelf *shelf = *state;

	run_often(shelf, "refs/demo/answer");
	assert_in_range(count(shelf, "grep -l 'BUG: use-after-free in "
				     "ring_release' console.* | wc -l"),
			RUNS * 45 / 100, RUNS * 75 / 100);
	/* a crash ends the run; else the warning alone makes it fail */
	assert_says(shelf,
		    "grep -L 'status 1' "
		    "$(grep -lE 'BUG|WARNING' console.*)",
		    "");
	assert_says(shelf,
		    "grep -L 'status 0' "
		    "$(grep -LE 'BUG|WARNING' console.*)",
		    "");
	/* all of them have booted, with a screenful of lines */
	assert_int_equal(count(shelf, "grep -l 'init: started' console.* | "
				      "wc -l"),
			 RUNS);
	assert_in_range(count(shelf, "wc -l <console.1"), 18, 40);
}

/* A report as a kernel's, with files and lines, whatever the cause. */
static void the_report_names_the_way_to_the_crash(void **state)
{
	struct shelf *shelf = *state;

	/* in a file of the report, and elsewhere */
	for (int i = 1; i <= SEEDS; i += 3) {
		char *command = xasprintf(
			"cd %d && git checkout -q refs/demo/answer && "
			"make -s -j2 && export CULPRIT_COMMIT=x CULPRIT_RUN && "
			"for CULPRIT_RUN in 1 2 3 4 5 6 7 8 9; do "
			"./practice; done >../consoles; "
			"grep -o ' [a-z_]*+0x[^:]*:[0-9]*$' ../consoles | "
			"sort -u >../ways; "
			"while read -r way at; do f=${at%%:*}; "
			"sed -n ${at#*:}p $f | grep -q 'ENTER()' || echo $at; "
			"grep -q \"${way%%%%+*}(\" $f || echo $way; "
			"done <../ways; "
			"sed 's/.* //; s/:.*//' ../ways | grep -v timer | "
			"sort -u | tr '\\n' ' '; git checkout -q master",
			i);

		assert_says(shelf, command,
			    "fs/file.c init/main.c lib/dump_stack.c "
			    "net/ring.c net/socket.c ");
		free(command);
	}
}

/* Else they would tell the culprit. */
static void others_change_what_the_report_names(void **state)
{
	all_count(*state,
		  "git rev-list --count --no-merges v1.0..master -- net/ring.c "
		  "net/socket.c fs/file.c",
		  4, 24);
	all_count(*state, "git ls-tree -r --name-only master | grep -c '\\.c$'",
		  120, 200);
}

/* An object is made anew when a feature of its area came or went. */
static void an_older_build_leaves_nothing_behind(void **state)
{
	struct shelf *shelf = *state;

	assert_says(shelf,
		    "cd 1 && export CULPRIT_COMMIT=x CULPRIT_RUN=1 && "
		    "git checkout -q v1.4 && make -s -j2 && "
		    "git checkout -q v1.0 && make -s -j2 && "
		    "./practice >../after && make -s clean && make -s -j2 && "
		    "./practice | cmp - ../after; git checkout -q master",
		    "");
}

static void its_parents_never_crash_but_for_the_noise(void **state)
{
	struct shelf *shelf = *state;

	run_often(shelf, "refs/demo/answer^");
	assert_says(shelf, "grep -l BUG: console.*", "");
	assert_in_range(count(shelf, "grep -l 'WARNING: clock went backwards "
				     "in timer_tick' console.* | wc -l"),
			1, RUNS * 15 / 100);
	assert_says(shelf,
		    "grep -L 'status 1' "
		    "$(grep -l WARNING: console.*)",
		    "");
}

static void a_run_can_be_repeated_exactly(void **state)
{
	struct shelf *shelf = *state;

	assert_says(shelf,
		    "cd 1 && git checkout -q refs/demo/answer && make -s -j2 "
		    "&& export CULPRIT_COMMIT=x CULPRIT_RUN && "
		    "for CULPRIT_RUN in 1 2 3 4 5 6; do "
		    "./practice >../one; ./practice >../two; "
		    "cmp ../one ../two; "
		    "CULPRIT_DEMO_SEED=other ./practice >../other; "
		    "cmp -s ../one ../other && echo same; done; "
		    "git checkout -q master",
		    "");
}

static void a_folder_with_something_in_it_is_refused(void **state)
{
	struct shelf *shelf = *state;
	struct practice practice;
	struct error err = ERROR_INIT;
	char *dir = xasprintf("%s/taken", shelf->dir);

	assert_says(shelf, "mkdir taken && echo mine >taken/file", "");
	assert_int_equal(practice_make(dir, &PRACTICE_KIND(1), &practice, &err),
			 -1);
	assert_int_equal(err.code, ERROR_INPUT);
	assert_non_null(strstr(err.text, "is not empty"));
	assert_says(shelf, "ls -A taken && cat taken/file", "file\nmine");
	free(dir);
	dir = xasprintf("%s/taken/file", shelf->dir);
	assert_int_equal(practice_make(dir, &PRACTICE_KIND(1), &practice, &err),
			 -1);
	free(dir);
}

static void an_empty_or_a_nested_folder_will_do(void **state)
{
	struct shelf *shelf = *state;
	struct practice practice;
	struct error err = ERROR_INIT;
	char *dir = xasprintf("%s/empty", shelf->dir);

	assert_says(shelf, "mkdir empty", "");
	assert_int_equal(practice_make(dir, &PRACTICE_KIND(UINT32_MAX),
				       &practice, &err),
			 0);
	assert_says(shelf,
		    "git -C empty rev-list --count master | "
		    "grep -c '^3..$'",
		    "1");
	free(dir);
	dir = xasprintf("%s/not/yet/there", shelf->dir);
	assert_int_equal(practice_make(dir, &PRACTICE_KIND(0), &practice, &err),
			 0);
	assert_says(shelf, "git -C not/yet/there rev-parse master",
		    practice.bad.hex);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_commits),
		cmocka_unit_test(what_is_returned_are_the_refs),
		cmocka_unit_test(there_are_300_commits_with_releases),
		cmocka_unit_test(one_merge_is_a_criss_cross),
		cmocka_unit_test(the_repository_is_sound_and_clean),
		cmocka_unit_test(the_settings_are_there_unseen_by_git),
		cmocka_unit_test(the_answer_is_the_first_commit_with_the_bug),
		cmocka_unit_test(twelve_commits_in_a_row_are_half_renamed),
		cmocka_unit_test(only_those_twelve_do_not_compile),
		cmocka_unit_test(one_commit_does_not_boot),
		cmocka_unit_test(the_answer_crashes_in_60_of_100_runs),
		cmocka_unit_test(the_report_names_the_way_to_the_crash),
		cmocka_unit_test(others_change_what_the_report_names),
		cmocka_unit_test(an_older_build_leaves_nothing_behind),
		cmocka_unit_test(its_parents_never_crash_but_for_the_noise),
		cmocka_unit_test(a_run_can_be_repeated_exactly),
		cmocka_unit_test(a_folder_with_something_in_it_is_refused),
		cmocka_unit_test(an_empty_or_a_nested_folder_will_do),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, fill_shelf, clear_shelf);
}
