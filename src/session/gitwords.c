/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitwords.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEX_MIN = 7,
	HEX_FULL = 40,
	TERM_MAX = 40,
	NUMBER_MAX = 1000000000,
	ARGUMENTS_MAX = 64,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* Behind the phrase, whose blanks are any number of blanks; or NULL. */
static const char *skip_phrase(const char *p, const char *phrase)
{
	for (; *phrase; phrase++) {
		if (*phrase == ' ') {
			if (!is_blank(*p))
				return NULL;
			p = skip_blanks(p);
		} else if (*p++ != *phrase) {
			return NULL;
		}
	}
	return p;
}

static size_t hex_length(const char *p)
{
	size_t length = 0;

	while (isxdigit((unsigned char)p[length]))
		length++;
	return length;
}

/* An id that stands for itself. */
static const char *skip_id(const char *p, size_t least, struct gitword *out)
{
	size_t length = hex_length(p);

	if (length < least || length > HEX_FULL ||
	    isalnum((unsigned char)p[length]))
		return NULL;
	out->id = p;
	out->id_length = length;
	return p + length;
}

/* "[H]" */
static const char *skip_bracket(const char *p, size_t least,
				struct gitword *out)
{
	if (*p != '[')
		return NULL;
	p = skip_id(p + 1, least, out);
	return p && *p == ']' ? p + 1 : NULL;
}

static bool is_term_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* A term, with quotes around it since git 2.55. */
static const char *skip_term(const char *p, struct gitword *out)
{
	bool quoted = *p == '\'';

	p += quoted;
	out->term = p;
	while (is_term_char(*p))
		p++;
	out->term_length = (size_t)(p - out->term);
	if (out->term_length == 0 || out->term_length > TERM_MAX ||
	    (quoted && *p != '\''))
		return NULL;
	return p + quoted;
}

static bool is_word(const struct gitword *word, const char *text)
{
	return text && strlen(text) == word->term_length &&
	       memcmp(text, word->term, word->term_length) == 0;
}

static bool is_one_of(const struct gitword *word, const char *const *list)
{
	for (; *list; list++)
		if (is_word(word, *list))
			return true;
	return false;
}

static bool is_known_term(const struct gitwords *words,
			  const struct gitword *word)
{
	static const char *const list[] = {
		"good",	 "bad",	    "skip",    "old",	"new",
		"fixed", "broken",  "unfixed", "works", "working",
		"fails", "failing", "crashes", "slow",	"fast",
		"ok",	 "pass",    "fail",    NULL
	};

	return is_one_of(word, list) || is_word(word, words->newer) ||
	       is_word(word, words->older);
}

/* "# bad: [H]"; without the "#", as Markdown leaves it, only known terms. */
static bool match_comment(const struct gitwords *words, const char *p,
			  bool at_start, struct gitword *out, const char **end)
{
	bool hash = *p == '#';

	if (!hash && !at_start)
		return false;
	p = skip_term(skip_blanks(p + hash), out);
	if (!p || *p != ':' || (!hash && !is_known_term(words, out)))
		return false;
	*end = skip_bracket(skip_blanks(p + 1), HEX_MIN, out);
	out->kind = GITWORD_COMMENT;
	return *end != NULL;
}

/* "# first bad commit: [H]", "# possible first 'bad' commit: [H]" */
static bool match_first(const char *p, bool at_start, struct gitword *out,
			const char **end)
{
	bool hash = *p == '#';
	const char *rest;

	if (!hash && !at_start)
		return false;
	p = skip_blanks(p + hash);
	rest = skip_phrase(p, "possible ");
	out->kind = rest ? GITWORD_POSSIBLE : GITWORD_FIRST;
	p = skip_phrase(rest ? rest : p, "first ");
	p = p ? skip_term(p, out) : NULL;
	p = p ? skip_phrase(p, " commit:") : NULL;
	*end = p ? skip_bracket(skip_blanks(p), HEX_MIN, out) : NULL;
	return *end != NULL;
}

static bool match_remark(const char *p, struct gitword *out, const char **end)
{
	if (*p != '#')
		return false;
	p = skip_blanks(p + 1);
	out->kind = GITWORD_ONLY_SKIPPED;
	*end = skip_phrase(p, "only skipped commits left to test");
	if (*end)
		return true;
	out->kind = GITWORD_STATUS;
	*end = skip_phrase(p, "status: waiting for ");
	if (*end)
		*end += strcspn(*end, "#");
	return *end != NULL;
}

/* "H is the first bad commit", in 2006 without "the" */
static bool match_is_first(const char *p, struct gitword *out, const char **end)
{
	const char *rest;

	p = skip_id(p, HEX_MIN, out);
	rest = p ? skip_phrase(p, " is the first ") : NULL;
	p = rest ? rest : p ? skip_phrase(p, " is first ") : NULL;
	p = p ? skip_term(p, out) : NULL;
	*end = p ? skip_phrase(p, " commit") : NULL;
	out->kind = GITWORD_IS_FIRST;
	return *end != NULL;
}

static const char *skip_number(const char *p, int64_t *out)
{
	int64_t number = 0;

	if (!isdigit((unsigned char)*p))
		return NULL;
	for (; isdigit((unsigned char)*p); p++)
		if ((number = number * 10 + (*p - '0')) > NUMBER_MAX)
			return NULL;
	*out = number;
	return p;
}

static const char *skip_plural(const char *p)
{
	return p + (*p == 's');
}

/* "Bisecting: ..." */
static bool match_left(const char *p, struct gitword *out, const char **end)
{
	const char *rest, *more;
	int64_t steps = 0;

	p = skip_phrase(p, "Bisecting: ");
	if (!p)
		return false;
	out->kind = GITWORD_BASE;
	*end = skip_phrase(p, "a merge base must be tested");
	if (*end)
		return true;
	out->kind = GITWORD_LEFT;
	p = skip_number(p, &out->number);
	p = p ? skip_phrase(p, " revision") : NULL;
	*end = p ? skip_phrase(skip_plural(p), " left to test after this")
		 : NULL;
	if (!*end)
		return false;
	/* git before 1.6.5 said no more */
	rest = skip_phrase(skip_blanks(*end), "(roughly ");
	rest = rest ? skip_number(rest, &steps) : NULL;
	more = rest ? skip_phrase(rest, " step") : NULL;
	if (more && *skip_plural(more) == ')') {
		out->steps = steps > 1000 ? 1000 : (int)steps;
		*end = skip_plural(more) + 1;
	}
	return true;
}

/* The end of a search that could not go on. */
static bool match_no_more(const char *p, struct gitword *out, const char **end)
{
	const char *rest = skip_phrase(p, "The first ");

	rest = rest ? skip_term(rest, out) : NULL;
	*end = rest ? skip_phrase(rest, " commit could be any of:") : NULL;
	out->kind = GITWORD_ANY_OF;
	if (*end)
		return true;
	rest = skip_phrase(p, "The merge base ");
	rest = rest ? skip_id(rest, HEX_MIN, out) : NULL;
	rest = rest ? skip_phrase(rest, " is ") : NULL;
	*end = rest ? skip_term(rest, out) : NULL;
	out->kind = GITWORD_BASE_BAD;
	return *end != NULL;
}

static bool match_noise(const char *p, struct gitword *out, const char **end)
{
	static const char *const list[] = {
		"There are only 'skip'ped commits left to test",
		"We cannot bisect more!",
		"This means the bug has been fixed between ",
		"This means the first ",
		"The property has changed between ",
		"bisect run success",
		"bisect found first ",
		"status: waiting for ",
		"Previous HEAD position was ",
		"HEAD is now at ",
		"Note: checking out ",
		"Note: switching to ",
		"Switched to branch ",
		"We are not bisecting.",
		"Already on ",
		"Checking out files: ",
		"Updating files: ",
	};

	out->kind = GITWORD_NOISE;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		*end = skip_phrase(p, list[i]);
		if (*end) {
			*end += strlen(*end);
			return true;
		}
	}
	return false;
}

/*
 * Commands.
 */

/* How long the word is that a command is given: up to a blank, or to what
   lines that ran together begin with. */
static size_t argument_length(const char *p)
{
	size_t length = hex_length(p);

	if (length == HEX_FULL)
		return length;
	return strcspn(p, " \t#");
}

static bool is_quote(const char *p)
{
	return *p == '\'' || *p == '"' || strncmp(p, "\xe2\x80\x98", 3) == 0;
}

/* Could that be the name of a commit, and not a word of a sentence? */
static bool is_name(const char *p, size_t length)
{
	static const char *const names[] = { "HEAD",	 "BISECT_HEAD",
					     "master",	 "main",
					     "origin",	 "linux-next",
					     "mainline", "stable" };
	bool mark = false;

	if (length == 0)
		return false;
	if (is_quote(p) || (*p == '-' && length > 1))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == length &&
		    memcmp(names[i], p, length) == 0)
			return true;
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)p[i]) &&
		    !strchr("._/~^@{}-+", p[i]))
			return false;
		mark |= isdigit((unsigned char)p[i]) || strchr("~^@/-_", p[i]);
	}
	/* a full stop ends a sentence */
	return p[length - 1] != '.' && (mark || hex_length(p) >= HEX_MIN);
}

struct arguments {
	int count;
	bool named; /* all of them could be names */
	bool full;  /* the first one is an id in full */
};

static struct arguments look_at_arguments(const char *p)
{
	struct arguments out = { .named = true };
	bool paths = false;

	for (p = skip_blanks(p); *p && *p != '#' && out.count < ARGUMENTS_MAX;
	     p = skip_blanks(p)) {
		size_t length = argument_length(p);

		if (strncmp(p, "git", 3) == 0 && out.full)
			break;
		paths |= length == 2 && memcmp(p, "--", 2) == 0;
		if (out.count == 0)
			out.full = hex_length(p) == HEX_FULL;
		if (!paths && !is_name(p, length)) {
			out.named = out.full && out.count > 0;
			break;
		}
		out.count++;
		p += length;
	}
	return out;
}

/* What may stand before a command that is typed. */
static bool is_prompt(const char *text, const char *p)
{
	static const char *const ends[] = { "$",
					    "#",
					    "%",
					    ">",
					    "]",
					    ":",
					    "\xe2\x9d\xaf",
					    "\xc2\xbb",
					    "\xe2\x9e\x9c",
					    "\xe2\x9c\x97",
					    "\xce\xbb",
					    "sudo",
					    "`" };

	while (p > text && is_blank(p[-1]))
		p--;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t length = strlen(ends[i]);

		if ((size_t)(p - text) >= length &&
		    memcmp(p - length, ends[i], length) == 0)
			return true;
	}
	return p == text;
}

/* "# git bisect ...": only a "#" before it. */
static bool is_commented(const char *text, const char *p)
{
	while (p > text && is_blank(p[-1]))
		p--;
	if (p == text || p[-1] != '#')
		return false;
	return skip_blanks(text) == p - 1;
}

/* "git bisect log git bisect start": the lines of a paste ran together. */
static bool follows_log(const char *text, const char *p)
{
	static const char log[] = "bisect log";

	while (p > text && is_blank(p[-1]))
		p--;
	return (size_t)(p - text) >= sizeof(log) - 1 &&
	       memcmp(p - (sizeof(log) - 1), log, sizeof(log) - 1) == 0;
}

static bool is_plausible(const struct gitwords *words, const char *text,
			 const char *p, const struct gitword *word,
			 const char *rest)
{
	struct arguments given = look_at_arguments(rest);
	bool typed = is_prompt(text, p) || follows_log(text, p);

	if (is_word(word, "start"))
		return (typed && given.named) || given.full || *rest == '#' ||
		       is_quote(skip_blanks(rest));
	if (given.full)
		return true;
	if (!typed || !given.named)
		return false;
	return is_known_term(words, word);
}

static bool match_command(const struct gitwords *words, const char *text,
			  const char *p, struct gitword *out, const char **end)
{
	static const char *const others[] = { "terms", "reset",	    "log",
					      "run",   "visualize", "view",
					      "next",  "replay",    "help",
					      NULL };
	const char *rest = skip_phrase(p, "git bisect ");

	if (!rest)
		rest = skip_phrase(p, "git-bisect ");
	rest = rest ? skip_term(rest, out) : NULL;
	if (!rest)
		return false;
	*end = rest;
	out->typed = is_prompt(text, p);
	out->kind = GITWORD_OTHER;
	if (is_one_of(out, others))
		return out->typed;
	if (!is_plausible(words, text, p, out, rest))
		return false;
	if (words->root || !is_commented(text, p))
		out->kind = GITWORD_COMMAND;
	return true;
}

static bool match_line(const struct gitwords *words, const char *p,
		       bool at_start, struct gitword *out, const char **end)
{
	if (match_comment(words, p, at_start, out, end) ||
	    match_first(p, at_start, out, end) || match_remark(p, out, end))
		return true;
	if (at_start && *p == '[') {
		out->kind = GITWORD_NEXT;
		*end = skip_bracket(p, HEX_FULL, out);
		return *end != NULL;
	}
	return match_left(p, out, end) ||
	       (at_start &&
		(match_no_more(p, out, end) || match_noise(p, out, end)));
}

/* Only at these a saying may begin. */
static bool may_begin(const char *text, const char *p, bool at_start)
{
	if (at_start || *p == '#' || *p == 'g' || *p == 'B')
		return true;
	return isxdigit((unsigned char)*p) && p > text &&
	       !isalnum((unsigned char)p[-1]);
}

bool gitword_find(const struct gitwords *words, const char *text, size_t from,
		  struct gitword *out)
{
	const char *first = skip_blanks(text);

	for (const char *p = text + from; *p; p++) {
		bool at_start = p == first;
		const char *end = NULL;

		if (!may_begin(text, p, at_start))
			continue;
		*out = (struct gitword){ .begin = (size_t)(p - text) };
		if ((*p == 'g' && match_command(words, text, p, out, &end)) ||
		    match_line(words, p, at_start, out, &end) ||
		    match_is_first(p, out, &end)) {
			out->end = (size_t)(end - text);
			return true;
		}
	}
	return false;
}

bool gitword_has_text(enum gitword_kind kind)
{
	return kind == GITWORD_COMMENT || kind == GITWORD_FIRST ||
	       kind == GITWORD_POSSIBLE || kind == GITWORD_COMMAND ||
	       kind == GITWORD_NEXT;
}

bool gitword_is_near(const char *text)
{
	static const struct gitwords none = { .newer = NULL };
	struct gitword word = { .term = NULL };
	const char *p = skip_blanks(text), *rest;

	if (*p == '#') {
		rest = skip_blanks(p + 1);
		if (strncmp(rest, "first ", 6) == 0 ||
		    strncmp(rest, "possible first ", 15) == 0)
			return strstr(rest, " commit:") != NULL;
		rest = skip_term(rest, &word);
		return rest && *rest == ':' && *skip_blanks(rest + 1) == '[';
	}
	rest = skip_phrase(p, "git bisect ");
	if (!rest)
		rest = skip_phrase(p, "git-bisect ");
	rest = rest ? skip_term(rest, &word) : NULL;
	if (!rest || !is_known_term(&none, &word))
		return false;
	rest = skip_blanks(rest);
	return hex_length(rest) > 3;
}
