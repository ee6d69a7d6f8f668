/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/adopt.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/agreed.h"
#include "control/begin.h"
#include "control/gitnews.h"
#include "repo/gitstate.h"
#include "repo/repo.h"
#include "session/gitstart.h"
#include "session/session.h"

static int check(const struct gitstate *is, bool fix, struct error *err)
{
	if (!is->under_way)
		return error_set(err, ERROR_STATE,
				 "a bad commit is needed: no git bisect is "
				 "under way here that could be taken over");
	if (oid_is_none(&is->bad))
		return error_set(err, ERROR_STATE,
				 "the git bisect that is under way has no %s "
				 "commit yet: mark one first",
				 is->term_new);
	if (fix && is->goods.count == 0)
		return error_set(err, ERROR_STATE,
				 "the git bisect that is under way has no %s "
				 "commit yet: mark one first",
				 is->term_old);
	return 0;
}

/* Chosen ones; NULL for those that a session has anyway. */
static char *chosen_terms(const struct gitstate *is, bool fix)
{
	if (str_equal(is->term_new, fix ? "fixed" : "bad") &&
	    str_equal(is->term_old, fix ? "broken" : "good"))
		return NULL;
	return xasprintf("%s %s", is->term_new, is->term_old);
}

/* The first ends begin the session; whatever else is marked follows. */
static int begin_with(struct repo *repo, const struct begin *given,
		      const struct gitstate *is, bool fix, struct session **out,
		      struct error *err)
{
	char *terms = chosen_terms(is, fix);
	const char *bad = is->bad.hex;
	const char *good = is->goods.count ? is->goods.items[0].hex : NULL;
	struct begin begin = *given;
	int ret;

	begin.bad = fix ? good : bad;
	begin.goods = fix ? &bad : &good;
	begin.good_count = good ? 1 : 0;
	begin.fix = fix;
	begin.first_parent |= is->first_parent;
	begin.terms = terms;
	ret = begin_session(repo, &begin, out, err);
	free(terms);
	return ret;
}

static int take_rest(struct session *session, struct repo *repo,
		     const struct gitstate *is, struct error *err)
{
	struct agreed none;
	struct gitnews news = { .session = session,
				.repo = repo,
				.is = is,
				.base = &none,
				.written = &none };
	int ret;

	agreed_init(&none);
	ret = gitnews_take(&news, err);
	agreed_release(&none);
	return ret;
}

int adopt_session(struct repo *repo, const struct begin *begin,
		  struct session **out, struct error *err)
{
	char *git_dir = repo_git_dir(repo);
	struct session *session = NULL;
	struct gitstate is;
	int ret = -1;
	bool fix;

	gitstate_init(&is);
	if (gitstate_read(git_dir, &is, err) < 0)
		goto out;
	fix = begin->fix || gitterms_mean_fix(is.term_new, is.term_old);
	if (check(&is, fix, err) < 0 ||
	    begin_with(repo, begin, &is, fix, &session, err) < 0)
		goto out;
	if (take_rest(session, repo, &is, err) < 0) {
		error_prefix(err,
			     "what git bisect has was not all taken over "
			     "into %s",
			     session_dir(session));
		session_close(session);
		goto out;
	}
	*out = session;
	ret = 0;
out:
	gitstate_release(&is);
	free(git_dir);
	return ret;
}
