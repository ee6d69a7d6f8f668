/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/form.h"

/*
 * `git bisect log`, of all versions: comments that name commits, and the
 * commands.  A commit that `git bisect start` was given has a comment alone,
 * before it.  git itself reads only the commands, with blanks in front of
 * them and "git-bisect" as well; so do we, and quoted in a mail.
 */

enum { WORDS_MAX = 64 };

/* "# bad: [H] subject", not yet followed by its command. */
struct pending {
	char *term;
	struct oid commit;
};

struct reading {
	struct draft *draft;
	struct oid head;     /* that git checked out last, as far as it said */
	char *newer, *older; /* the terms, once they are known */
	struct pending *pending;
	size_t pending_count, pending_room;
	bool fix;
};

/* The line without what mails put in front, and without blanks behind. */
static struct line trim(const struct line *line)
{
	struct line out = *line;

	while (out.length && strchr("> \t", *out.bytes) && *out.bytes) {
		out.bytes++;
		out.length--;
	}
	while (out.length &&
	       (isspace((unsigned char)out.bytes[out.length - 1])))
		out.length--;
	return out;
}

static const struct form forms[] = {
	{ "git-first", "# first '%i' commit: [%h] %t", EVENT_RESULT },
	{ "git-first", "# first %i commit: [%h] %t", EVENT_RESULT },
	{ "git-first", "# first %i commit: [%h]", EVENT_RESULT },
	{ "git-possible", "# possible first '%i' commit: [%h] %t",
	  EVENT_RESULT },
	{ "git-possible", "# possible first %i commit: [%h] %t", EVENT_RESULT },
	{ "git-possible", "# possible first %i commit: [%h]", EVENT_RESULT },
	{ "git-only-skipped", "# only skipped commits left to test",
	  EVENT_SAID },
	{ "git-status", "# status: %t", EVENT_SAID },
	{ "git-comment", "# %i: [%h] %t", EVENT_SAID },
	{ "git-comment", "# %i: [%h]", EVENT_SAID },
	/* what git printed, in the transcript of a terminal */
	{ "git-first", "%h is the first '%i' commit", EVENT_RESULT },
	{ "git-first", "%h is the first %i commit", EVENT_RESULT },
	{ "git-left",
	  "Bisecting: %n revision%v left to test after this (roughly %k "
	  "step%w)",
	  EVENT_NEXT },
	{ "git-next", "[%h] %t", EVENT_NEXT },
	{ "git-command", "git bisect %t", EVENT_SAID },
	{ "git-command", "git-bisect %t", EVENT_SAID },
	{ NULL, NULL, EVENT_NOTE },
};

static const struct form *read_form(const struct line *line,
				    struct event *event)
{
	struct line plain = trim(line);

	*event = (struct event){ .kind = EVENT_NOTE };
	return plain.length ? form_find(forms, plain.bytes, plain.length, event)
			    : NULL;
}

static bool git_knows(const struct line *line)
{
	struct event event;
	const struct form *form = read_form(line, &event);
	bool yes = form && event.kind == EVENT_SAID &&
		   !str_equal(form->name, "git-status");

	form_release(&event);
	return yes;
}

static void *git_begin(struct draft *draft)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));

	reading->draft = draft;
	draft_add(draft, EVENT_START)->text = xstrdup("git");
	return reading;
}

/* Words as sq_quote of git and a shell have them; how many. */
static int split_words(const char *text, char *words[WORDS_MAX])
{
	int count = 0;

	while (count < WORDS_MAX) {
		struct buf word;
		bool quoted = false;

		text += strspn(text, " \t");
		if (!*text)
			break;
		buf_init(&word, 0);
		for (; *text && (quoted || !strchr(" \t", *text)); text++) {
			if (*text == '\'')
				quoted = !quoted;
			else if (*text == '\\' && !quoted && text[1])
				buf_putc(&word, *++text);
			else
				buf_putc(&word, *text);
		}
		words[count++] = buf_take(&word);
		buf_release(&word);
	}
	return count;
}

static void set_term(char **term, const char *word)
{
	free(*term);
	*term = xstrdup(word);
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (str_equal(word, *list))
			return true;
	return false;
}

/* Words of people's own for the two sides, where no start told them. */
static const char *const words_of_new[] = { "bad", "new", NULL };
static const char *const words_of_old[] = { "good", "old", NULL };
static const char *const words_of_fixed[] = { "fixed",	"fast",	   "ok",
					      "works",	"working", "passes",
					      "solved", NULL };
static const char *const words_of_broken[] = { "broken",  "unfixed", "slow",
					       "buggy",	  "fails",   "failing",
					       "crashes", NULL };

/* Which side a term is: 1 newer, -1 older, 0 not known. */
static int side_of(const struct reading *reading, const char *term)
{
	if (reading->newer && str_equal(term, reading->newer))
		return 1;
	if (reading->older && str_equal(term, reading->older))
		return -1;
	if (is_one_of(term, words_of_new) || is_one_of(term, words_of_fixed))
		return 1;
	if (is_one_of(term, words_of_old) || is_one_of(term, words_of_broken))
		return -1;
	return 0;
}

/* A search for a fix is one whose terms say so. */
static void note_direction(struct reading *reading, const char *term)
{
	if ((!reading->older && is_one_of(term, words_of_fixed)) ||
	    (!reading->newer && is_one_of(term, words_of_broken)))
		reading->fix = true;
}

static void add_verdict(struct reading *reading, const char *term,
			const struct oid *commit)
{
	struct event *event = draft_add(reading->draft, EVENT_VERDICT);
	int side = side_of(reading, term);

	note_direction(reading, term);
	event->commit = *commit;
	event->wording = xasprintf("git/%s", term);
	event->verdict = str_equal(term, "skip") ? VERDICT_SKIP
			 : side > 0		 ? VERDICT_BAD
						 : VERDICT_GOOD;
	draft_commit(reading->draft, commit);
}

/* The commit that the last comment with this term names, which is used up. */
static bool take_pending(struct reading *reading, const char *term,
			 struct oid *commit)
{
	for (size_t i = reading->pending_count; i-- > 0;) {
		struct pending *pending = &reading->pending[i];

		if (!str_equal(pending->term, term))
			continue;
		if (!oid_is_none(commit) &&
		    !oid_equal(commit, &pending->commit))
			continue;
		*commit = pending->commit;
		free(pending->term);
		reading->pending_count--;
		memmove(pending, pending + 1,
			(reading->pending_count - i) * sizeof(*pending));
		return true;
	}
	return false;
}

/* A commit in full, or cut to so many digits that only one has. */
static bool find_commit(const struct reading *reading, const char *word,
			struct oid *out)
{
	const struct draft *draft = reading->draft;
	int found = 0;

	if (oid_parse(out, word))
		return true;
	if (!str_hex(word) || strlen(word) < 7)
		return false;
	for (size_t i = 0; i < draft->commit_count; i++)
		if (str_starts(draft->commits[i].oid.hex, word)) {
			*out = draft->commits[i].oid;
			found++;
		}
	return found == 1;
}

/* Everything that was said in comments alone was given to the start. */
static int take_all_pending(struct reading *reading)
{
	int taken = (int)reading->pending_count;

	for (size_t i = 0; i < reading->pending_count; i++) {
		struct pending *pending = &reading->pending[i];

		add_verdict(reading, pending->term, &pending->commit);
		free(pending->term);
	}
	reading->pending_count = 0;
	return taken;
}

/* The terms are the first thing to know. */
static bool take_term(struct reading *reading, char *const *words, int count,
		      int *at)
{
	static const struct {
		const char *option;
		bool newer;
	} options[] = { { "--term-new", true },
			{ "--term-bad", true },
			{ "--term-old", false },
			{ "--term-good", false } };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		size_t length = strlen(options[i].option);
		char **term =
			options[i].newer ? &reading->newer : &reading->older;

		if (!str_starts(words[*at], options[i].option))
			continue;
		if (words[*at][length] == '=')
			set_term(term, words[*at] + length + 1);
		else if (words[*at][length] == '\0' && *at + 1 < count)
			set_term(term, words[++*at]);
		else
			continue;
		note_direction(reading, *term);
		if ((options[i].newer && is_one_of(*term, words_of_fixed)) ||
		    (!options[i].newer && is_one_of(*term, words_of_broken)))
			reading->fix = true;
		return true;
	}
	return false;
}

static void read_start(struct reading *reading, const struct line *line,
		       char *const *words, int count)
{
	int revs = 0, given = 0;
	const char *rev[WORDS_MAX];

	for (int i = 1; i < count; i++) {
		if (str_equal(words[i], "--"))
			break;
		if (take_term(reading, words, count, &i))
			continue;
		if (str_equal(words[i], "--first-parent"))
			reading->draft->events[0].first_parent = true;
		else if (words[i][0] != '-')
			rev[revs++] = words[i];
	}
	given = take_all_pending(reading);
	for (int i = 0; i < revs && given < revs; i++) {
		struct oid commit;

		if (given == 0 && find_commit(reading, rev[i], &commit))
			add_verdict(reading, i ? "good" : "bad", &commit);
		else if (i >= given)
			draft_unsure(reading->draft, line->number,
				     "only its repository knows which commit "
				     "'%.60s' was",
				     rev[i]);
	}
}

static void read_mark(struct reading *reading, const struct line *line,
		      char *const *words, int count)
{
	const char *term = words[0];

	if (!str_equal(term, "skip") && !side_of(reading, term))
		draft_unsure(reading->draft, line->number,
			     "'%.60s' is no term that was told; taken for the "
			     "older side",
			     term);
	for (int i = 1; i < count; i++) {
		struct oid commit = { "" };

		if (find_commit(reading, words[i], &commit)) {
			struct oid same = commit;

			take_pending(reading, term, &same);
		} else if (!take_pending(reading, term, &commit)) {
			draft_unsure(reading->draft, line->number,
				     "only its repository knows which commit "
				     "'%.60s' was",
				     words[i]);
			continue;
		}
		add_verdict(reading, term, &commit);
	}
	if (count < 2 && !oid_is_none(&reading->head))
		add_verdict(reading, term, &reading->head);
	else if (count < 2)
		draft_unsure(reading->draft, line->number,
			     "a verdict without its commit");
}

static void read_command(struct reading *reading, const struct line *line,
			 struct event *event)
{
	char *words[WORDS_MAX];
	int count = split_words(event->text, words);

	draft_take(reading->draft, event);
	if (count > 0 && str_equal(words[0], "start"))
		read_start(reading, line, words, count);
	else if (count > 0)
		read_mark(reading, line, words, count);
	for (int i = 0; i < count; i++)
		free(words[i]);
}

static void read_comment(struct reading *reading, struct event *event)
{
	array_grow(reading->pending, reading->pending_count + 1,
		   &reading->pending_room);
	reading->pending[reading->pending_count++] =
		(struct pending){ xstrdup(event->title), event->commit };
	draft_tell_subject(reading->draft, &event->commit, event->text);
	draft_take(reading->draft, event);
}

static void read_next(struct reading *reading, struct event *event)
{
	if (str_equal(event->wording, "git-next")) {
		event->number = -1;
		reading->head = event->commit;
		draft_commit(reading->draft, &event->commit);
		draft_tell_subject(reading->draft, &event->commit, event->text);
	}
	draft_take(reading->draft, event);
}

static void read_result(struct reading *reading, struct event *event)
{
	bool found = str_equal(event->wording, "git-first");

	draft_tell_subject(reading->draft, &event->commit, event->text);
	draft_commit(reading->draft, &event->commit);
	event->policy = xstrdup(
		result_name(found ? RESULT_FOUND : RESULT_ONLY_SKIPPED));
	draft_take(reading->draft, event);
}

static void git_line(void *data, const struct line *line)
{
	struct reading *reading = data;
	const struct form *form = NULL;
	struct event event;

	if (draft_is_full(reading->draft))
		draft_unsure(reading->draft, line->number,
			     "there is more than can be followed");
	else if (line->length <= DRAFT_NOTE_MAX)
		form = read_form(line, &event);
	if (!form) {
		struct line plain = trim(line);

		if (plain.length && *plain.bytes != '#' &&
		    !draft_is_full(reading->draft))
			draft_unsure(reading->draft, line->number,
				     line->ended ? "a line that is none of git "
						   "bisect's"
						 : "the log ends within a "
						   "line");
		draft_note(reading->draft, line);
		return;
	}
	event.wording = xstrdup(form->name);
	if (str_equal(form->name, "git-command"))
		read_command(reading, line, &event);
	else if (str_equal(form->name, "git-comment"))
		read_comment(reading, &event);
	else if (event.kind == EVENT_NEXT)
		read_next(reading, &event);
	else if (event.kind == EVENT_RESULT)
		read_result(reading, &event);
	else
		draft_take(reading->draft, &event);
}

static void git_end(void *data)
{
	struct reading *reading = data;
	struct draft *draft = reading->draft;

	if (take_all_pending(reading))
		draft_unsure(draft, 1,
			     "verdicts stand in comments alone, without their "
			     "commands");
	draft->events[0].fix = reading->fix;
	for (size_t i = 0; i < draft->count && reading->fix; i++) {
		struct event *event = &draft->events[i];

		if (event->kind == EVENT_VERDICT &&
		    event->verdict != VERDICT_SKIP)
			event->verdict = event->verdict == VERDICT_BAD
						 ? VERDICT_GOOD
						 : VERDICT_BAD;
	}
	free(reading->pending);
	free(reading->newer);
	free(reading->older);
	free(reading);
}

const struct reader_format format_git = {
	.name = "git",
	.knows = git_knows,
	.begin = git_begin,
	.read = git_line,
	.end = git_end,
};
