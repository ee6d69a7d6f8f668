/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/practice.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "cli/practice_areas.h"
#include "cli/practice_cause.h"
#include "cli/practice_tree.h"
#include "repo/gitcmd.h"
#include "repo/repo.h"

/*
 * When something happens, in commits of master so far.  A bisection from
 * v1.0 that finds the first half good comes to the three quarters next: that
 * is where the commits are that do not compile.
 */
enum {
	AT_FIRST_SIDE = 16,
	AT_CRISS_CROSS = 92,
	AT_BROKEN = 222,
	AT_NO_BOOT = 241,
	AT_BUG = 248, /* or up to BUG_SPREAD later */
	BUG_SPREAD = 28,
	AT_END = 300,

	BROKEN_LENGTH = 12,
	COMMITS_MAX = 400,
	SIDES_MAX = 3,
};

/* The releases, in the order of practice_version. */
static const int release_at[] = { 0,   12,  34,	 56,  78,  104, 126,
				  148, 170, 192, 214, 243, 260, 276 };

/* A branch that is not merged yet. */
struct side {
	int tip;
	int left; /* commits still to be made */
	int area; /* what it is about */
};

struct history {
	struct buf stream; /* for git fast-import */
	const struct practice_kind *kind;
	uint64_t random;
	int64_t clock;
	struct practice_state states[COMMITS_MAX + 1]; /* by mark, from 1 */
	int count;				       /* the last mark */
	int aside;	       /* commits that master will not have */
	int tip;	       /* of master */
	int line[COMMITS_MAX]; /* master's first parents, oldest first */
	int line_count;
	int line_floor; /* no side branch begins before this one */
	struct side sides[SIDES_MAX];
	int side_count;
	unsigned char changes[PRACTICE_AREAS][PRACTICE_ROWS]; /* ever made */
	unsigned char limits[PRACTICE_AREAS];
	int answer;
	int version;
};

static unsigned below(struct history *history, unsigned limit)
{
	uint64_t x = history->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	history->random = x;
	return (unsigned)((x >> 24) % limit);
}

static int total(const struct history *history)
{
	return history->count - history->aside;
}

static const char *const people[] = {
	"A U Thor <author@example.com>",
	"B Builder <builder@example.com>",
	"C O Mitter <committer@example.com>",
	"D E Veloper <developer@example.org>",
	"R E Viewer <reviewer@example.net>",
	"T Ester <tester@example.org>",
};

enum { PEOPLE = sizeof(people) / sizeof(*people), MAINTAINER = 2 };

static const char *any_person(struct history *history)
{
	return people[below(history, PEOPLE)];
}

static const struct practice_state *state_of(const struct history *history,
					     int mark)
{
	return &history->states[mark];
}

static void put_data(struct history *history, const struct buf *text)
{
	buf_printf(&history->stream, "data %zu\n", text->length);
	buf_add(&history->stream, text->text, text->length);
	buf_putc(&history->stream, '\n');
}

/* The files that differ from the first parent's; all, without one. */
static void put_files(struct history *history, int parent,
		      const struct practice_state *state)
{
	struct buf path, old, new;

	buf_init(&path, 0);
	buf_init(&old, 0);
	buf_init(&new, 0);
	for (int file = 0; practice_path(file, &path); file++) {
		const struct practice_state *before =
			parent ? state_of(history, parent) : NULL;

		if (!practice_has(file, state))
			continue;
		buf_clear(&old);
		buf_clear(&new);
		if (before && practice_has(file, before))
			practice_text(file, before, history->kind, &old);
		practice_text(file, state, history->kind, &new);
		if (str_equal(old.text, new.text))
			continue;
		buf_printf(&history->stream, "M 100644 inline %s\n", path.text);
		put_data(history, &new);
	}
	buf_release(&path);
	buf_release(&old);
	buf_release(&new);
}

/* A commit to be made; parents are marks, 0 for none. */
struct draft {
	int parent, other;
	struct practice_state state;
	const char *subject;
	const char *body; /* or NULL */
};

static int commit(struct history *history, const struct draft *draft)
{
	const char *author =
		draft->other ? people[MAINTAINER] : any_person(history);
	int64_t age = draft->other ? 0 : (int64_t)below(history, 90000);
	struct buf message;

	buf_init(&message, 0);
	buf_printf(&message, "%s\n\n", draft->subject);
	if (draft->body)
		buf_printf(&message, "%s\n\n", draft->body);
	buf_printf(&message, "Signed-off-by: %s\n", author);
	if (!draft->other && below(history, 3) == 0)
		buf_printf(&message, "Reviewed-by: %s\n", any_person(history));

	history->clock += 1800 + below(history, 80000);
	history->count++;
	buf_printf(&history->stream,
		   "commit refs/heads/master\n"
		   "mark :%d\n"
		   "author %s %" PRId64 " +0000\n"
		   "committer %s %" PRId64 " +0000\n",
		   history->count, author, history->clock - age,
		   people[MAINTAINER], history->clock);
	put_data(history, &message);
	buf_release(&message);
	if (draft->parent)
		buf_printf(&history->stream, "from :%d\n", draft->parent);
	if (draft->other)
		buf_printf(&history->stream, "merge :%d\n", draft->other);
	put_files(history, draft->parent, &draft->state);
	history->states[history->count] = draft->state;
	return history->count;
}

static void advance_master(struct history *history, int mark)
{
	history->tip = mark;
	history->line[history->line_count++] = mark;
}

/* From now on side branches begin here at the earliest. */
static void raise_floor(struct history *history)
{
	history->line_floor = history->line_count - 1;
}

/* Change the area itself, and not a feature of it. */
static int work_on_area(struct history *history, int parent, int area)
{
	static const char *const verbs[] = { "allow more", "make room for more",
					     "raise the limit of",
					     "be generous with" };
	struct draft draft = { .parent = parent,
			       .state = *state_of(history, parent) };
	struct buf subject;

	draft.state.limits[area] = ++history->limits[area];
	buf_init(&subject, 0);
	buf_printf(&subject, "%s: %s %s", practice_areas[area].name,
		   verbs[below(history, 4)], practice_areas[area].unit);
	draft.subject = subject.text;
	parent = commit(history, &draft);
	buf_release(&subject);
	return parent;
}

/*
 * Add a feature to an area, or change one.  Each change of a feature gets a
 * number of its own over all branches, so a merge has the newest.
 */
static int work_on_feature(struct history *history, int parent, int area)
{
	static const char *const verbs[] = {
		"tune",	    "simplify",	      "fix a corner case of",
		"speed up", "rework",	      "raise the limit of",
		"clean up", "be strict with",
	};
	static const char *const bodies[] = {
		"This came up in review.",
		"Measured on a machine with two cores, it helps.",
		"No change is expected for those who do not use it.",
		"The old value was chosen long ago and for another machine.",
		"Found by reading the code.",
	};
	struct draft draft = { .parent = parent,
			       .state = *state_of(history, parent) };
	int row = (int)below(history, PRACTICE_ROWS);
	bool new = history->changes[area][row] == 0;
	struct buf subject;

	/* what another branch is just adding cannot be changed here yet */
	for (int i = 0; i < PRACTICE_ROWS && !new; i++) {
		if (draft.state.rows[area][row])
			break;
		row = (row + 1) % PRACTICE_ROWS;
		new = history->changes[area][row] == 0;
	}
	draft.state.rows[area][row] = ++history->changes[area][row];
	buf_init(&subject, 0);
	buf_printf(&subject, "%s: %s %s", practice_areas[area].name,
		   new ? "add" : verbs[below(history, 8)],
		   practice_areas[area].rows[row]);
	draft.subject = subject.text;
	if (below(history, 2))
		draft.body = bodies[below(history, 5)];
	parent = commit(history, &draft);
	buf_release(&subject);
	return parent;
}

/* Most of what happens in an area happens in the files of its features. */
static int work(struct history *history, int parent, int area)
{
	if (below(history, 6) == 0)
		return work_on_area(history, parent, area);
	return work_on_feature(history, parent, area);
}

static int any_area(struct history *history)
{
	return (int)below(history, PRACTICE_AREAS);
}

static void work_on_master(struct history *history)
{
	advance_master(history, work(history, history->tip, any_area(history)));
}

static int merge(struct history *history, int into, int other,
		 const char *subject)
{
	struct draft draft = { .parent = into,
			       .other = other,
			       .state = *state_of(history, into),
			       .subject = subject };

	practice_join(&draft.state, state_of(history, other));
	return commit(history, &draft);
}

static struct side *open_side(struct history *history)
{
	int reach = history->line_count - history->line_floor;
	int back = (int)below(history, (unsigned)(reach < 9 ? reach : 9));
	struct side *side = &history->sides[history->side_count++];

	side->area = any_area(history);
	side->tip = history->line[history->line_count - 1 - back];
	side->left = 2 + (int)below(history, 6);
	return side;
}

static void work_on_side(struct history *history, struct side *side)
{
	int area = below(history, 5) ? side->area : any_area(history);

	side->tip = work(history, side->tip, area);
	side->left--;
}

static void merge_side(struct history *history, int number)
{
	struct side side = history->sides[number];
	struct buf subject;

	buf_init(&subject, 0);
	buf_printf(&subject, "Merge branch '%s-next'",
		   practice_areas[side.area].name);
	history->sides[number] = history->sides[--history->side_count];
	advance_master(history,
		       merge(history, history->tip, side.tip, subject.text));
	buf_release(&subject);
}

static void merge_all_sides(struct history *history)
{
	while (history->side_count)
		merge_side(history, 0);
}

/* Master merges the branch and the branch merges what master was. */
static void criss_cross(struct history *history)
{
	struct side *side;
	struct buf subject;
	int before, its;

	merge_all_sides(history);
	side = open_side(history);
	work_on_side(history, side);
	work_on_side(history, side);
	work_on_master(history);
	before = history->tip;
	its = side->tip;
	side->left = 2;
	buf_init(&subject, 0);
	buf_printf(&subject, "Merge branch '%s-next' (early part)",
		   practice_areas[side->area].name);
	advance_master(history, merge(history, before, its, subject.text));
	buf_clear(&subject);
	buf_printf(&subject, "Merge branch 'master' into %s-next",
		   practice_areas[side->area].name);
	side->tip = merge(history, its, before, subject.text);
	buf_release(&subject);
}

/* A branch that nobody took. */
static void leave_aside(struct history *history, const char *name)
{
	int area = any_area(history), tip = history->tip;

	for (int i = 0; i < 3; i++)
		tip = work(history, tip, area);
	history->aside += 3;
	buf_printf(&history->stream, "reset refs/heads/%s\nfrom :%d\n\n", name,
		   tip);
}

static void release(struct history *history)
{
	const char *version = practice_version(++history->version);
	struct draft draft = { .parent = history->tip,
			       .state = *state_of(history, history->tip) };
	struct buf text;

	buf_init(&text, 0);
	buf_printf(&text, "Practice %s", version);
	draft.subject = text.text;
	draft.state.version = (unsigned char)history->version;
	advance_master(history, commit(history, &draft));
	buf_printf(&history->stream,
		   "tag v%s\nfrom :%d\ntagger %s %" PRId64 " +0000\n", version,
		   history->tip, people[MAINTAINER], history->clock);
	put_data(history, &text);
	buf_release(&text);
}

/*
 * One line without forks or merges, so that it is just these commits that do
 * not compile.
 */
static void break_the_build(struct history *history)
{
	struct draft draft;

	merge_all_sides(history);
	draft = (struct draft){
		.parent = history->tip,
		.state = *state_of(history, history->tip),
		.subject = "fs/super: say count where a count is meant",
		.body = "s_blocks is the number of blocks: s_block_count.",
	};
	draft.state.rename = RENAME_HALF;
	advance_master(history, commit(history, &draft));
	for (int i = 1; i < BROKEN_LENGTH; i++)
		work_on_master(history);
	draft = (struct draft){
		.parent = history->tip,
		.state = *state_of(history, history->tip),
		.subject = "fs/super: convert the last user of s_blocks",
		.body = "It was overlooked, and the build is broken since.",
	};
	draft.state.rename = RENAME_DONE;
	advance_master(history, commit(history, &draft));
	raise_floor(history);
}

static void break_the_boot(struct history *history)
{
	struct draft draft = {
		.parent = history->tip,
		.state = *state_of(history, history->tip),
		.subject = "init: take the program from the root folder",
	};

	draft.state.init = INIT_MISSING;
	advance_master(history, commit(history, &draft));
	draft = (struct draft){
		.parent = history->tip,
		.state = *state_of(history, history->tip),
		.subject = "init: look in /sbin as well",
		.body = "There it is on every system that I have.",
	};
	draft.state.init = INIT_SEARCHED;
	advance_master(history, commit(history, &draft));
	raise_floor(history);
}

static int add_bug(struct history *history, int parent)
{
	const struct practice_cause *cause = practice_cause(history->kind);
	struct draft draft = {
		.parent = parent,
		.state = *state_of(history, parent),
		.subject = cause->subject,
		.body = cause->body,
	};

	draft.state.bug = 1;
	history->answer = commit(history, &draft);
	return history->answer;
}

static void bring_in_the_bug(struct history *history)
{
	struct side *side;

	if (below(history, 2)) {
		advance_master(history, add_bug(history, history->tip));
		return;
	}
	merge_all_sides(history);
	side = open_side(history);
	work_on_side(history, side);
	side->tip = add_bug(history, side->tip);
	side->left = 2;
}

/* An ordinary day. */
static void go_on(struct history *history)
{
	int number;

	if (history->side_count < SIDES_MAX && total(history) > AT_FIRST_SIDE &&
	    below(history, 100) < 14) {
		work_on_side(history, open_side(history));
		return;
	}
	number = (int)below(history, SIDES_MAX + 1);
	if (number >= history->side_count)
		work_on_master(history);
	else if (history->sides[number].left > 0)
		work_on_side(history, &history->sides[number]);
	else
		merge_side(history, number);
}

static void begin(struct history *history, const struct practice_kind *kind)
{
	struct draft draft = { .subject = "Start of the practice kernel" };

	buf_init(&history->stream, 0);
	history->kind = kind;
	history->random = ((uint64_t)kind->seed + 1) * 0x9e3779b97f4a7c15u;
	history->clock = 1609754400; /* a Monday in January 2021 */
	advance_master(history, commit(history, &draft));
}

static void write_history(struct history *history)
{
	int bug_at = AT_BUG + (int)below(history, BUG_SPREAD);
	bool crossed = false, broken = false, halted = false, aside = false;

	while (total(history) < AT_END || history->side_count) {
		int now = total(history);

		if (practice_version(history->version + 1) &&
		    now >= release_at[history->version + 1]) {
			release(history);
		} else if (!crossed && now >= AT_CRISS_CROSS) {
			criss_cross(history);
			crossed = true;
		} else if (!aside && now >= AT_CRISS_CROSS + 30) {
			leave_aside(history, "unfinished");
			aside = true;
		} else if (!broken && now >= AT_BROKEN) {
			break_the_build(history);
			broken = true;
		} else if (!halted && now >= AT_NO_BOOT) {
			break_the_boot(history);
			halted = true;
		} else if (!history->answer && now >= bug_at) {
			bring_in_the_bug(history);
		} else if (now >= AT_END) {
			merge_all_sides(history);
		} else {
			go_on(history);
		}
	}
	buf_printf(&history->stream,
		   "reset refs/heads/master\nfrom :%d\n\n"
		   "reset refs/demo/answer\nfrom :%d\n\n",
		   history->tip, history->answer);
}

/* Is there nothing in the folder, or no such folder? */
static int check_empty(const char *dir, struct error *err)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	bool empty = true;

	if (!entries && errno == ENOENT)
		return 0;
	if (!entries)
		return error_errno(err, "cannot open '%s'", dir);
	while (empty && (entry = readdir(entries)))
		empty = str_equal(entry->d_name, ".") ||
			str_equal(entry->d_name, "..");
	closedir(entries);
	if (!empty)
		return error_set(err, ERROR_INPUT, "'%s' is not empty", dir);
	return 0;
}

static int write_file(const char *dir, const char *name, const char *text,
		      struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *file = fopen(path, "we");
	int ret = 0;

	if (!file || fputs(text, file) < 0)
		ret = error_errno(err, "cannot write '%s'", path);
	if (file && fclose(file) != 0 && ret == 0)
		ret = error_errno(err, "cannot write '%s'", path);
	free(path);
	return ret;
}

static int git(const char *const *argv, const struct buf *input,
	       struct error *err)
{
	return gitcmd_run(&(struct gitcmd){ .argv = argv,
					    .input = input ? input->text : NULL,
					    .input_length =
						    input ? input->length : 0 },
			  err);
}

/* Without the user's template: its hooks are for real work. */
static int make_repository(const char *dir, const struct history *history,
			   struct error *err)
{
	const char *init[] = { "init",	 "-q",		"-b",
			       "master", "--template=", "--object-format=sha1",
			       "--",	 dir,		NULL };
	const char *import[] = { "-C", dir, "fast-import", "--quiet", NULL };
	const char *checkout[] = { "-C",      dir,	"checkout", "-q",
				   "--force", "master", "--",	    NULL };
	/* `git log` shall not tell the answer */
	const char *config[] = { "-C",		dir,
				 "config",	"log.excludeDecoration",
				 "refs/demo/*", NULL };
	char *info = xasprintf("%s/.git/info", dir), *settings = NULL;
	int ret = -1;

	if (git(init, NULL, err) < 0 ||
	    git(import, &history->stream, err) < 0 ||
	    git(config, NULL, err) < 0 || git(checkout, NULL, err) < 0)
		goto out;
	if (mkdir(info, 0777) < 0 && errno != EEXIST) {
		error_errno(err, "cannot make '%s'", info);
		goto out;
	}
	if (write_file(dir, ".git/info/exclude", "/culprit.cfg\n", err) < 0)
		goto out;
	settings = xasprintf("%spolicy = \"%s\";\n", practice_settings,
			     history->kind->policy);
	ret = write_file(dir, "culprit.cfg", settings, err);
out:
	free(settings);
	free(info);
	return ret;
}

static int read_back(const char *dir, struct practice *out, struct error *err)
{
	struct practice found;
	struct repo *repo = NULL;
	int ret = -1;

	if (repo_open(dir, &repo, err) < 0)
		return -1;
	if (repo_resolve(repo, "refs/heads/master", &found.bad, err) == 0 &&
	    repo_resolve(repo, "refs/tags/v1.0", &found.good, err) == 0 &&
	    repo_resolve(repo, "refs/demo/answer", &found.answer, err) == 0) {
		*out = found;
		ret = 0;
	}
	repo_close(repo);
	return ret;
}

int practice_make(const char *dir, const struct practice_kind *kind,
		  struct practice *out, struct error *err)
{
	struct history *history = NULL;
	int ret = -1;

	if (check_empty(dir, err) < 0)
		goto out;
	history = xcalloc(1, sizeof(*history));
	begin(history, kind);
	write_history(history);
	if (make_repository(dir, history, err) < 0)
		goto out;
	ret = read_back(dir, out, err);
out:
	if (ret < 0)
		error_prefix(err, "cannot make the practice repository");
	if (history)
		buf_release(&history->stream);
	free(history);
	return ret;
}
