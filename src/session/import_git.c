/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"
#include "session/gitargs.h"
#include "session/gitlines.h"
#include "session/gitnames.h"
#include "session/gitsearch.h"
#include "session/gitshow.h"
#include "session/gitwords.h"

/*
 * `git bisect log`, of all versions, as people hand it on: comments that name
 * commits, and the commands.  A commit that `git bisect start` was given has
 * a comment alone, before it.  git itself reads only the commands, with blanks
 * in front of them and "git-bisect" as well; so do we, and what a terminal
 * showed, in the middle of a mail.
 */

/* "# bad: [H] subject", not yet followed by its command. */
struct pending {
	char *term;
	struct oid commit;
	int64_t line;
	size_t event; /* where it is said */
};

struct reading {
	struct draft *draft;
	struct gitnames names;
	struct gitwords words;
	struct gitlines lines;
	struct gitsearches searches;
	struct gitshow show;
	struct oid head; /* that git checked out last, as far as it said */
	struct oid head_before; /* ... at the last command */
	size_t command;		/* the event of that */
	int64_t command_line;
	struct pending *pending;
	size_t pending_count, pending_room;
	bool listing; /* ids alone are candidates */
	int64_t line; /* of the piece that is read */
	bool last_ended;
};

static const char unresolved[] =
	"only its repository knows the commit that is called";

static void take_piece(void *data, const struct gitpiece *piece);

/* Is "# git bisect" typed by root here, or are there commands without? */
static bool is_root(const char *bytes, size_t length)
{
	const char *end = bytes + length, *p = bytes;

	while (p && p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t all = (size_t)((newline ? newline : end) - p), at = 0;

		while (at < all &&
		       (p[at] == ' ' || p[at] == '\t' || p[at] == '>'))
			at++;
		if (all > at + 11 && (memcmp(p + at, "git bisect ", 11) == 0 ||
				      memcmp(p + at, "git-bisect ", 11) == 0))
			return false;
		p = newline ? newline + 1 : NULL;
	}
	return true;
}

static void *git_begin(struct draft *draft, const char *bytes, size_t length)
{
	struct reading *reading = xcalloc(1, sizeof(*reading));

	reading->draft = draft;
	reading->names = (struct gitnames){ .draft = draft,
					    .bytes = bytes,
					    .length = length };
	reading->words.root = is_root(bytes, length);
	gitlines_init(&reading->lines, &reading->words, take_piece, reading);
	reading->lines.printable = gitlines_is_printable(bytes, length);
	gitsearches_init(&reading->searches, draft);
	draft_add(draft, EVENT_START)->text = xstrdup("git");
	return reading;
}

static int git_knows(const struct line *line)
{
	const struct gitwords any = { .newer = NULL };
	struct gitword word;
	struct buf text;
	int most = 0;
	size_t from = 0;

	if (!memmem(line->bytes, line->length, "isect", 5) &&
	    !memchr(line->bytes, '[', line->length) &&
	    !memmem(line->bytes, line->length, "first", 5))
		return 0;
	buf_init(&text, 0);
	gitlines_clean(line, &text);
	while (most < 2 && gitword_find(&any, text.text, from, &word)) {
		if (word.kind == GITWORD_COMMENT ||
		    word.kind == GITWORD_FIRST ||
		    word.kind == GITWORD_POSSIBLE ||
		    word.kind == GITWORD_COMMAND)
			most = 2;
		else if (word.kind != GITWORD_STATUS &&
			 word.kind != GITWORD_NOISE)
			most = 1;
		from = word.end;
	}
	buf_release(&text);
	return most;
}

static void unsure(struct reading *reading, const char *why, const char *word)
{
	gitsearches_unsure(&reading->searches, reading->line, why, word);
}

static bool find_word(struct reading *reading, const struct gitword *word,
		      struct oid *out)
{
	char *id = xstrndup(word->id ? word->id : "", word->id_length);
	bool yes = gitnames_id(&reading->names, id, out) ||
		   (*id && gitnames_name(&reading->names, id, out));

	free(id);
	return yes;
}

/*
 * Verdicts.
 */

static void add_verdict(struct reading *reading, const char *term,
			const struct oid *commit)
{
	struct event *event = draft_add(reading->draft, EVENT_VERDICT);

	event->commit = *commit;
	event->wording = xasprintf("git/%s", term);
	draft_commit(reading->draft, commit);
	gitsearches_mark(&reading->searches);
	reading->listing = false;
}

static void drop_pending(struct reading *reading, size_t at)
{
	struct pending *pending = &reading->pending[at];

	free(pending->term);
	reading->pending_count--;
	memmove(pending, pending + 1,
		(reading->pending_count - at) * sizeof(*pending));
}

/* The commit that the last comment with this term names, which is used up. */
static bool take_pending(struct reading *reading, const char *term,
			 struct oid *commit)
{
	for (size_t i = reading->pending_count; i-- > 0;) {
		const struct pending *pending = &reading->pending[i];

		if (!str_equal(pending->term, term) ||
		    (!oid_is_none(commit) &&
		     !oid_equal(commit, &pending->commit)))
			continue;
		*commit = pending->commit;
		drop_pending(reading, i);
		return true;
	}
	return false;
}

/* Everything that was said in comments alone is a verdict; its first line. */
static int64_t take_all_pending(struct reading *reading, int *count)
{
	int64_t first = 0;

	*count = 0;
	for (size_t i = 0; i < reading->pending_count; i++) {
		struct pending *pending = &reading->pending[i];

		if (gitsearches_knows(&reading->searches, pending->term)) {
			add_verdict(reading, pending->term, &pending->commit);
			(*count)++;
			if (!first)
				first = pending->line;
		}
		free(pending->term);
	}
	reading->pending_count = 0;
	return first;
}

/*
 * Commands.
 */

/* The terms are the first thing to know. */
static bool take_term(struct reading *reading, const struct gitargs *args,
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
		const char *term;

		if (!str_starts(args->words[*at], options[i].option))
			continue;
		if (args->words[*at][length] == '=')
			term = args->words[*at] + length + 1;
		else if (args->words[*at][length] == '\0' &&
			 *at + 1 < args->count)
			term = args->words[++*at];
		else
			continue;
		gitsearches_term(&reading->searches, options[i].newer, term,
				 &reading->words);
		return true;
	}
	return false;
}

/* The commits that a start was given are in comments before it. */
static void take_ends(struct reading *reading, char *const *revs, int count)
{
	int given;

	take_all_pending(reading, &given);
	for (int i = given; i < count; i++) {
		struct oid commit;

		if (given == 0 &&
		    (gitnames_id(&reading->names, revs[i], &commit) ||
		     gitnames_name(&reading->names, revs[i], &commit)))
			add_verdict(reading,
				    gitsearches_word(&reading->searches,
						     i == 0),
				    &commit);
		else
			unsure(reading, unresolved, revs[i]);
	}
}

static void read_start(struct reading *reading, const struct gitargs *args)
{
	int revs = 0;
	char *rev[GITARGS_MAX];
	size_t event = reading->draft->count - 1;

	if (reading->pending_count)
		event = reading->pending[0].event;
	gitsearches_begin(&reading->searches, event, reading->line);
	for (int i = 0; i < args->count && !str_equal(args->words[i], "--");
	     i++) {
		if (take_term(reading, args, &i))
			continue;
		if (str_equal(args->words[i], "--first-parent"))
			gitsearches_first_parent(&reading->searches);
		else if (args->words[i][0] != '-')
			rev[revs++] = args->words[i];
	}
	take_ends(reading, rev, revs);
	reading->head = (struct oid){ "" };
}

/* A verdict on what is checked out. */
static void mark_head(struct reading *reading, const char *term)
{
	struct oid commit = { "" };

	if (take_pending(reading, term, &commit))
		add_verdict(reading, term, &commit);
	else if (!oid_is_none(&reading->head))
		add_verdict(reading, term, &reading->head);
	else
		unsure(reading, "a verdict without its commit:", term);
	reading->head = (struct oid){ "" };
}

static void read_mark(struct reading *reading, const char *term,
		      const struct gitargs *args)
{
	const char *subject = gitargs_subject(args->comment);

	if (args->count == 0)
		mark_head(reading, term);
	for (int i = 0; i < args->count; i++) {
		struct oid commit = { "" };

		if (gitnames_id(&reading->names, args->words[i], &commit)) {
			struct oid same = commit;

			take_pending(reading, term, &same);
		} else if (!take_pending(reading, term, &commit) &&
			   !gitnames_name(&reading->names, args->words[i],
					  &commit)) {
			unsure(reading, unresolved, args->words[i]);
			continue;
		}
		add_verdict(reading, term, &commit);
		if (subject && args->count == 1)
			draft_tell_subject(reading->draft, &commit, subject);
	}
}

static void read_command(struct reading *reading, const struct gitword *word,
			 const char *text)
{
	char *term = xstrndup(word->term, word->term_length);
	struct event *event = draft_add(reading->draft, EVENT_SAID);
	struct gitargs args;

	event->wording = xstrdup("git-command");
	reading->command = reading->draft->count - 1;
	reading->command_line = reading->line;
	reading->head_before = reading->head;
	event->text = xasprintf("%s%s", term, text);
	gitargs_init(&args, text);
	if (str_equal(term, "start"))
		read_start(reading, &args);
	else
		read_mark(reading, term, &args);
	gitargs_release(&args);
	free(term);
}

/*
 * All else.
 */

/* An event that names a commit; NULL: which one, the log does not tell. */
static struct event *add_named(struct reading *reading, enum event_kind kind,
			       const char *wording, const struct gitword *word,
			       const char *text)
{
	struct event *event;
	struct oid commit;
	char *id;

	if (!find_word(reading, word, &commit)) {
		id = xstrndup(word->id ? word->id : "", word->id_length);
		unsure(reading, unresolved, id);
		free(id);
		return NULL;
	}
	draft_tell_subject(reading->draft, &commit, text);
	event = draft_add(reading->draft, kind);
	event->wording = xstrdup(wording);
	event->commit = commit;
	event->text = str_empty(text) ? NULL : xstrdup(text);
	return event;
}

static void read_comment(struct reading *reading, const struct gitword *word,
			 const char *text)
{
	struct event *event =
		add_named(reading, EVENT_SAID, "git-comment", word, text);

	if (!event)
		return;
	event->title = xstrndup(word->term, word->term_length);
	array_grow(reading->pending, reading->pending_count + 1,
		   &reading->pending_room);
	reading->pending[reading->pending_count++] =
		(struct pending){ .term = xstrdup(event->title),
				  .commit = event->commit,
				  .line = reading->line,
				  .event = reading->draft->count - 1 };
}

static void read_result(struct reading *reading, const struct gitword *word,
			const char *text)
{
	static const struct {
		const char *wording;
		enum gitword_kind kind;
		enum result result;
	} table[] = {
		{ "git-first", GITWORD_FIRST, RESULT_FOUND },
		{ "git-first", GITWORD_IS_FIRST, RESULT_FOUND },
		{ "git-possible", GITWORD_POSSIBLE, RESULT_ONLY_SKIPPED },
		{ "git-base-bad", GITWORD_BASE_BAD, RESULT_MERGE_BASE_BAD },
	};
	struct event *event;
	size_t i = 0;

	while (table[i].kind != word->kind)
		i++;
	if (word->kind == GITWORD_FIRST || word->kind == GITWORD_IS_FIRST ||
	    word->kind == GITWORD_POSSIBLE)
		gitsearches_first(&reading->searches, word->term,
				  word->term_length);
	event = add_named(reading, EVENT_RESULT, table[i].wording, word, text);
	if (!event)
		return;
	event->policy = xstrdup(result_name(table[i].result));
	if (word->kind == GITWORD_IS_FIRST)
		gitshow_begin(&reading->show, &event->commit);
}

/* What git checked out; its numbers stood before it. */
static void read_head(struct reading *reading, const struct gitword *word,
		      const char *text)
{
	struct event *last = draft_last(reading->draft);

	if (!find_word(reading, word, &reading->head))
		return;
	draft_tell_subject(reading->draft, &reading->head, text);
	if (!last || last->kind != EVENT_NEXT || !oid_is_none(&last->commit)) {
		last = draft_add(reading->draft, EVENT_NEXT);
		last->wording = xstrdup("git-next");
		last->number = -1;
	}
	last->commit = reading->head;
	last->text = str_empty(text) ? NULL : xstrdup(text);
}

/* git's numbers, and what it checked out, which it says on the next line. */
static void read_next(struct reading *reading, const struct gitword *word,
		      const char *text)
{
	struct event *event;

	if (word->kind == GITWORD_NEXT) {
		read_head(reading, word, text);
		return;
	}
	event = draft_add(reading->draft, EVENT_NEXT);
	event->wording = xstrdup("git-left");
	event->number = word->kind == GITWORD_LEFT ? word->number : -1;
	event->steps = word->steps;
}

static void read_remark(struct reading *reading, const struct gitword *word,
			const char *text)
{
	struct event *event = draft_add(reading->draft, EVENT_SAID);

	event->wording = xstrdup(word->kind == GITWORD_STATUS ? "git-status"
				 : word->kind == GITWORD_ONLY_SKIPPED
					 ? "git-only-skipped"
					 : "git-any-of");
	event->text = xstrndup(text + word->begin, word->end - word->begin);
	reading->listing = word->kind != GITWORD_STATUS;
	if (word->kind == GITWORD_ANY_OF)
		gitsearches_first(&reading->searches, word->term,
				  word->term_length);
}

/* The text behind a saying, up to the next one, without blanks around it. */
static char *text_of(const char *text, const struct gitword *word, size_t end)
{
	size_t begin = word->end;

	if (!gitword_has_text(word->kind))
		return xstrdup("");
	if (word->kind != GITWORD_COMMAND)
		begin += strspn(text + begin, " \t");
	while (end > begin && isspace((unsigned char)text[end - 1]))
		end--;
	return end > begin ? xstrndup(text + begin, end - begin) : xstrdup("");
}

static void read_word(struct reading *reading, const struct gitpiece *piece,
		      const struct gitword *word, size_t end)
{
	char *text = text_of(piece->text, word, end);

	if (word->kind == GITWORD_COMMENT)
		read_comment(reading, word, text);
	else if (word->kind == GITWORD_COMMAND)
		read_command(reading, word, text);
	else if (word->kind == GITWORD_FIRST ||
		 word->kind == GITWORD_POSSIBLE ||
		 word->kind == GITWORD_IS_FIRST ||
		 word->kind == GITWORD_BASE_BAD)
		read_result(reading, word, text);
	else if (word->kind == GITWORD_NEXT || word->kind == GITWORD_LEFT ||
		 word->kind == GITWORD_BASE)
		read_next(reading, word, text);
	else
		read_remark(reading, word, piece->text);
	free(text);
}

/* An id alone, where git lists what may be the culprit. */
static bool read_candidate(struct reading *reading, const char *text)
{
	struct event *event;
	struct oid commit;

	if (!reading->listing || strlen(text) != 40 ||
	    !gitnames_id(&reading->names, text, &commit))
		return false;
	event = draft_add(reading->draft, EVENT_RESULT);
	event->wording = xstrdup("git-possible");
	event->commit = commit;
	event->policy = xstrdup(result_name(RESULT_ONLY_SKIPPED));
	draft_commit(reading->draft, &commit);
	return true;
}

/* "commit H" of git show, for a commit that the log knows. */
static void look_for_show(struct reading *reading, const char *text)
{
	struct oid commit;
	int before = (int)reading->draft->commit_count;

	if (!str_starts(text, "commit ") ||
	    !oid_parse(&commit, text + strlen("commit ")))
		return;
	for (int i = 0; i < before; i++)
		if (oid_equal(&reading->draft->commits[i].oid, &commit))
			gitshow_begin(&reading->show, &commit);
}

static void note_piece(struct reading *reading, const struct gitpiece *piece)
{
	for (int i = 0; i < piece->count; i++)
		draft_note(reading->draft, &piece->lines[i]);
}

/* What git says of a command that it does not carry out. */
static bool is_refusal(const char *text)
{
	return str_starts(text, "error: Invalid command:") ||
	       str_starts(text, "error: Bad rev input") ||
	       str_starts(text, "Bad rev input") ||
	       str_starts(text, "fatal: unknown command") ||
	       str_starts(text, "error: unknown subcommand");
}

/* No saying is in it: words of a person, or of git on the culprit. */
static void read_other(struct reading *reading, const struct gitpiece *piece)
{
	const char *text = piece->text;

	if (read_candidate(reading, text))
		return;
	if (reading->command_line && is_refusal(text)) {
		gitsearches_refuse(&reading->searches, reading->command,
				   reading->command_line);
		reading->head = reading->head_before;
		reading->command_line = 0;
	}
	if (oid_is_none(&reading->show.commit))
		look_for_show(reading, text);
	else
		gitshow_line(&reading->show, reading->draft, text);
	if (!draft_is_full(reading->draft) && gitword_is_near(text))
		unsure(reading,
		       reading->last_ended
			       ? "a line of git bisect's that is damaged:"
			       : "the log ends within a line:",
		       text);
	note_piece(reading, piece);
}

/* What is said besides the sayings is kept where it may mean something. */
static bool is_remarkable(const char *text, const struct gitword *word)
{
	size_t begin = strspn(text, " \t#$%-");

	return word->begin > begin && word->kind != GITWORD_COMMAND;
}

static void take_piece(void *data, const struct gitpiece *piece)
{
	struct reading *reading = data;
	struct gitword word, next;
	bool more;

	reading->line = piece->lines[0].number;
	reading->last_ended = piece->lines[piece->count - 1].ended;
	more = !draft_is_full(reading->draft) &&
	       gitword_find(&reading->words, piece->text, 0, &word);
	if (!more) {
		read_other(reading, piece);
		return;
	}
	if (word.kind == GITWORD_OTHER || word.kind == GITWORD_NOISE ||
	    is_remarkable(piece->text, &word))
		note_piece(reading, piece);
	for (; more; word = next) {
		more = gitword_find(&reading->words, piece->text, word.end,
				    &next);
		if (word.kind != GITWORD_OTHER && word.kind != GITWORD_NOISE)
			read_word(reading, piece, &word,
				  more ? next.begin : strlen(piece->text));
	}
}

static void git_line(void *data, const struct line *line)
{
	struct reading *reading = data;

	if (draft_is_full(reading->draft)) {
		gitlines_end(&reading->lines);
		draft_unsure(reading->draft, line->number,
			     "there is more than can be followed");
		draft_note(reading->draft, line);
		return;
	}
	gitlines_add(&reading->lines, line);
}

static void git_end(void *data)
{
	struct reading *reading = data;
	int count;
	int64_t line;

	gitlines_end(&reading->lines);
	line = take_all_pending(reading, &count);
	if (count) {
		reading->line = line;
		unsure(reading,
		       "a verdict stands in a comment alone, without its "
		       "command",
		       NULL);
	}
	gitsearches_end(&reading->searches);
	gitlines_release(&reading->lines);
	free(reading->pending);
	free(reading);
}

const struct reader_format format_git = {
	.name = "git",
	.knows = git_knows,
	.begin = git_begin,
	.read = git_line,
	.end = git_end,
};
