/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/named.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "engine/outcome.h"

bool named_is_id(const char *word)
{
	return strlen(word) >= NAMED_DIGITS && str_hex(word);
}

int named_commit(const struct graph *graph, const char *digits, struct oid *oid,
		 struct error *err)
{
	size_t length = strlen(digits);
	int found = -1;

	for (int i = 0; i < graph_count(graph); i++) {
		if (strncmp(graph_oid(graph, i)->hex, digits, length) != 0)
			continue;
		if (found >= 0)
			return error_set(err, ERROR_INPUT,
					 "'%s' fits more than one commit",
					 digits);
		found = i;
	}
	if (found < 0)
		return error_set(err, ERROR_INPUT,
				 "no commit of the session begins with '%s'",
				 digits);
	*oid = *graph_oid(graph, found);
	return 0;
}

bool named_split(const char *word, char **commit, int64_t *run)
{
	const char *mark = strrchr(word, '#');

	if (!mark || mark == word || strchr(word, ' ') ||
	    !str_number(mark + 1, 0, INT32_MAX, run))
		return false;
	*commit = xstrndup(word, (size_t)(mark - word));
	return true;
}

int named_run(const char *word, char **commit, int64_t *run, struct error *err)
{
	if (named_split(word, commit, run))
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%s' does not name a run: expected COMMIT#RUN, as in "
			 "83b0383613b9#3",
			 word);
}

int named_outcome(const char *word, enum outcome *outcome, struct error *err)
{
	if (outcome_parse(outcome, word))
		return 0;
	return error_set(err, ERROR_USAGE,
			 "'%s' is not an outcome: expected ok, crashed, "
			 "boot-failed, test-failed, infra or ignored",
			 word);
}
