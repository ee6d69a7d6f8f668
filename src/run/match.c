/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/match.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "run/tidy.h"

struct rule {
	regex_t regex;
	bool set;
};

struct match_rules {
	struct rule crash;
	struct rule ignore;
	struct rule boot;
};

static int compile(struct rule *rule, const char *name, const char *pattern,
		   struct error *err)
{
	char why[128];
	int code;

	if (!pattern)
		return 0;
	code = regcomp(&rule->regex, pattern, REG_EXTENDED);
	if (code == 0) {
		rule->set = true;
		return 0;
	}
	regerror(code, &rule->regex, why, sizeof(why));
	return error_set(err, ERROR_INPUT,
			 "%s: '%s' is no regular expression: %s", name, pattern,
			 why);
}

int match_rules_new(const char *crash, const char *ignore, const char *boot,
		    struct match_rules **out, struct error *err)
{
	struct match_rules *rules = xcalloc(1, sizeof(*rules));

	if (compile(&rules->crash, "crash", crash, err) < 0 ||
	    compile(&rules->ignore, "ignore", ignore, err) < 0 ||
	    compile(&rules->boot, "boot", boot, err) < 0) {
		match_rules_free(rules);
		return -1;
	}
	*out = rules;
	return 0;
}

static void rule_release(struct rule *rule)
{
	if (rule->set)
		regfree(&rule->regex);
}

void match_rules_free(struct match_rules *rules)
{
	if (!rules)
		return;
	rule_release(&rules->crash);
	rule_release(&rules->ignore);
	rule_release(&rules->boot);
	free(rules);
}

static bool matches(const struct rule *rule, const char *line)
{
	return rule->set && regexec(&rule->regex, line, 0, NULL, 0) == 0;
}

/* title has room for a whole line; a part that says nothing gives "crash". */
static void take_title(char *title, const char *line, const regmatch_t found[2])
{
	const regmatch_t *part = &found[found[1].rm_eo > found[1].rm_so];
	size_t length = (size_t)(part->rm_eo - part->rm_so);

	memcpy(title, line + part->rm_so, length);
	/* In the C locale a match may begin or end inside a character. */
	tidy_utf8(title, length);
	tidy_trim(title);
	tidy_controls(title);
	tidy_cut(title, MATCH_TITLE_MAX);
	if (!*title)
		memcpy(title, "crash", sizeof("crash"));
}

static void look_for_crash(struct match *match, const char *line)
{
	const struct match_rules *rules = match->rules;
	char title[LINES_MAX + 1];
	regmatch_t found[2];
	bool ignored;

	if (regexec(&rules->crash.regex, line, 2, found, 0) != 0)
		return;
	take_title(title, line, found);
	ignored = matches(&rules->ignore, title);
	if (ignored && match->seen == MATCH_IGNORED)
		return;
	match->seen = ignored ? MATCH_IGNORED : MATCH_CRASH;
	memcpy(match->title, title, strlen(title) + 1);
}

static void take_line(void *data, char *line)
{
	struct match *match = data;

	if (!match->booted)
		match->booted = matches(&match->rules->boot, line);
	if (match->rules->crash.set && match->seen != MATCH_CRASH)
		look_for_crash(match, line);
}

void match_init(struct match *match, const struct match_rules *rules)
{
	match->rules = rules;
	match->booted = !rules->boot.set;
	match->seen = MATCH_NOTHING;
	match->title[0] = '\0';
	lines_init(&match->lines, take_line, match);
}

void match_feed(struct match *match, const char *bytes, size_t length)
{
	lines_feed(&match->lines, bytes, length);
}

void match_end(struct match *match)
{
	lines_end(&match->lines);
}
