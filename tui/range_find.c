/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/range_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/desk.h"
#include "engine/graph.h"
#include "engine/strata.h"
#include "session/session.h"
#include "tui/match.h"

/* What one slice does: a few milliseconds. */
#define READ_AT_ONCE 2048
#define TAKE_AT_ONCE 8192
#define LOOK_AT_ONCE 8192

#define GIT_MAX	  (64 * 1024 * 1024) /* bytes: a million and a half of ids */
#define ENDS_MOST 16384 /* of the range that git is told, for its words */

void range_find_release(struct range_find *find)
{
	range_find_stop(find);
	aside_stop(&find->git);
	match_free(find->match);
	free(find->touched);
	*find = (struct range_find){ .state = FIND_RESTS };
}

static bool is_of_paths(const char *wanted)
{
	return strncmp(wanted, "-- ", 3) == 0 &&
	       wanted[3 + strspn(wanted + 3, " ")];
}

int range_find_begin(struct range_find *find, const char *wanted,
		     struct error *err)
{
	struct match *match = NULL;

	if (!is_of_paths(wanted) && match_new(wanted, &match, err) < 0)
		return -1;
	range_find_release(find);
	str_copy(find->wanted, sizeof(find->wanted), wanted);
	find->of_paths = !match;
	find->match = match;
	return 0;
}

bool range_find_has(const struct range_find *find)
{
	return *find->wanted;
}

/*
 * Asking git.
 */

/* The commits of the line that no other one of it has; and, with a ^, the
   parents that do not belong to it. */
static void name_ends(const struct strata *strata, const struct graph *graph,
		      struct argv *out)
{
	bool *has_child = xcalloc((size_t)graph_count(graph) + 1, sizeof(bool));
	size_t heads;
	const int *parents;

	for (int i = 0; i < strata->count; i++) {
		int n = graph_parents(graph, strata->commits[i], &parents);

		for (int k = 0; k < n; k++)
			has_child[parents[k]] = true;
	}
	for (int i = 0; i < strata->count; i++)
		if (!has_child[strata->commits[i]])
			argv_add(out,
				 graph_oid(graph, strata->commits[i])->hex);
	heads = out->count;
	for (int c = 0; c < graph_count(graph); c++)
		if (has_child[c] && strata_place(strata, c) < 0 &&
		    out->count < heads + ENDS_MOST)
			argv_take(out,
				  xasprintf("^%s", graph_oid(graph, c)->hex));
	free(has_child);
}

static void ask_git(struct range_find *find, const struct strata *strata,
		    const struct graph *graph, const struct repo *repo,
		    const struct asides *asides)
{
	struct argv ends = ARGV_INIT, argv = ARGV_INIT;

	name_ends(strata, graph, &ends);
	desk_touched_argv(repo, &ends, find->wanted + 3, &argv);
	aside_start(&find->git, asides, (const char *const *)argv.items,
		    GIT_MAX);
	find->taken = 0;
	argv_free(ends.items);
	argv_free(argv.items);
}

static void take_line(struct range_find *find, const struct graph *graph,
		      const struct strata *strata, const char *line,
		      size_t length)
{
	char hex[OID_HEX_MAX + 1];
	struct oid oid;
	int commit;

	if (length > OID_HEX_MAX)
		return;
	memcpy(hex, line, length);
	hex[length] = '\0';
	commit = oid_parse(&oid, hex) ? graph_find(graph, &oid) : -1;
	if (strata_place(strata, commit) < 0 || commit >= find->touched_of ||
	    find->touched[commit])
		return;
	find->touched[commit] = true;
	find->touches++;
}

/* Some of the lines that git said. */
static void take_in(struct range_find *find, const struct graph *graph,
		    const struct strata *strata)
{
	const struct buf *text = &find->git.text;

	for (int i = 0; i < TAKE_AT_ONCE; i++) {
		const char *line = text->text + find->taken, *end;

		end = find->taken < text->length
			      ? memchr(line, '\n', text->length - find->taken)
			      : NULL;
		if (!end) {
			aside_stop(&find->git);
			find->state = FIND_LOOKS;
			return;
		}
		take_line(find, graph, strata, line, (size_t)(end - line));
		find->taken += (size_t)(end - line) + 1;
	}
}

/* true: git has said it all. */
static bool hear_git(struct range_find *find, const struct graph *graph)
{
	if (!find->git.is_over || find->git.exit_status != 0)
		return false;
	free(find->touched);
	find->touched_of = graph_count(graph);
	find->touched =
		xcalloc((size_t)find->touched_of + 1, sizeof(*find->touched));
	find->touches = 0;
	find->taken = 0;
	find->state = FIND_TAKES;
	return true;
}

/*
 * Looking.
 */

void range_find_move(struct range_find *find, const struct strata *strata,
		     int begin)
{
	find->begin = find->at = begin;
	find->left = strata->count;
}

void range_find_on(struct range_find *find, const struct strata *strata,
		   const struct graph *graph, const struct repo *repo,
		   const struct asides *asides, bool older, int begin)
{
	range_find_stop(find);
	find->older = older;
	range_find_move(find, strata, begin);
	if (!find->of_paths) {
		find->state = find->read < graph_count(graph) ? FIND_READS
							      : FIND_LOOKS;
	} else if (find->touched && find->touched_of == graph_count(graph)) {
		find->state = FIND_LOOKS;
	} else {
		find->state = FIND_WAITS;
		aside_stop(&find->git);
		if (repo)
			ask_git(find, strata, graph, repo, asides);
	}
}

bool range_find_has_work(const struct range_find *find)
{
	return find->state == FIND_WAITS ? find->git.is_over || !find->git.job
					 : find->state != FIND_RESTS;
}

static void read_on(struct range_find *find, struct session *session)
{
	int left = graph_count(session_graph(session)) - find->read;

	if (left > READ_AT_ONCE)
		left = READ_AT_ONCE;
	session_read_texts(session, find->read, left);
	find->read += left;
	if (find->read >= graph_count(session_graph(session)))
		find->state = FIND_LOOKS;
}

static bool has(struct match *match, const char *text)
{
	struct match_span span;

	return match_find(match, text, strlen(text), 0, &span);
}

static bool is_wanted(const struct range_find *find, struct session *session,
		      int commit)
{
	if (find->of_paths)
		return commit < find->touched_of && find->touched[commit];
	return has(find->match, session_subject(session, commit)) ||
	       has(find->match, session_author(session, commit)) ||
	       has(find->match, graph_oid(session_graph(session), commit)->hex);
}

static enum range_found look_on(struct range_find *find,
				struct session *session,
				const struct strata *strata)
{
	int count = strata->count;

	for (int i = 0; i < LOOK_AT_ONCE && find->left > 0; i++, find->left--) {
		find->at += find->older ? 1 : count - 1;
		find->at = (find->at + count) % count;
		if (!is_wanted(find, session, strata->commits[find->at]))
			continue;
		find->state = FIND_RESTS;
		return (find->older ? find->at <= find->begin
				    : find->at >= find->begin)
			       ? FOUND_FURTHER
			       : FOUND_PLACE;
	}
	if (find->left > 0)
		return FOUND_NOT_YET;
	find->state = FIND_RESTS;
	return FOUND_NOTHING;
}

enum range_found range_find_slice(struct range_find *find,
				  struct session *session,
				  const struct strata *strata)
{
	const struct graph *graph = session_graph(session);

	switch (find->state) {
	case FIND_READS:
		read_on(find, session);
		return FOUND_NOT_YET;
	case FIND_WAITS:
		if (hear_git(find, graph))
			return FOUND_NOT_YET;
		find->state = FIND_RESTS;
		return FOUND_TROUBLE;
	case FIND_TAKES:
		take_in(find, graph, strata);
		return FOUND_NOT_YET;
	case FIND_LOOKS:
		return look_on(find, session, strata);
	case FIND_RESTS:
		break;
	}
	return FOUND_NOTHING;
}

/* What git is still asked is given up with it. */
void range_find_stop(struct range_find *find)
{
	if (find->state == FIND_WAITS || find->state == FIND_TAKES) {
		aside_stop(&find->git);
		free(find->touched);
		find->touched = NULL;
	}
	find->state = FIND_RESTS;
}
