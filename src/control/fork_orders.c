/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/orders.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/mended.h"
#include "control/sessions.h"
#include "engine/engine.h"
#include "session/fork.h"
#include "session/session.h"

static const char usage[] = "usage: culprit fork [NAME] [--at EVENT]";

/* The words of a fork. */
struct wish_to_fork {
	const char *name; /* or NULL */
	int64_t at;
};

static int read_words(const struct order *order, struct wish_to_fork *wish,
		      struct error *err)
{
	for (int i = 0; i < order->argc; i++) {
		const char *word = order->argv[i];

		if (str_equal(word, "--at")) {
			if (++i == order->argc)
				return error_set(err, ERROR_USAGE, "%s", usage);
			if (!str_number(order->argv[i], 1, INT64_MAX,
					&wish->at))
				return error_set(err, ERROR_USAGE,
						 "'%s' is not an event's "
						 "number: see 'culprit log'",
						 order->argv[i]);
		} else if (wish->name || word[0] == '-') {
			return error_set(err, ERROR_USAGE, "%s", usage);
		} else {
			wish->name = word;
		}
	}
	return 0;
}

static const char *name_of(const char *dir)
{
	return strrchr(dir, '/') + 1;
}

/* The fork is the current session where the one it comes from lies. */
static int take_over(const struct order *order, const char *dir,
		     struct error *err)
{
	if (!order->repo || !sessions_has(order->repo, order->session)) {
		buf_printf(order->say, "it is in %s\n", dir);
		return 0;
	}
	return sessions_make_current(order->repo, dir, err);
}

int order_fork(struct order *order, struct error *err)
{
	struct wish_to_fork wish = { .name = NULL };
	char *dir = NULL;
	int ret = -1;

	if (session_refresh(order->session, NULL, err) < 0)
		return -1;
	/* at an earlier time that is what is seen */
	wish.at = (int64_t)engine_event_count(session_engine(order->session));
	if (read_words(order, &wish, err) < 0 ||
	    sessions_beside(order->session, wish.name, &dir, err) < 0)
		return -1;
	if (fork_session(order->session, wish.at, dir, order->who, err) < 0)
		goto out;
	mended_keep(order->session, (size_t)wish.at, dir);
	buf_printf(order->say,
		   "session %s goes on from event %" PRId64 "; %s stays as it "
		   "is\n",
		   name_of(dir), wish.at, name_of(session_dir(order->session)));
	if (take_over(order, dir, err) < 0)
		goto out;
	order->next = dir;
	dir = NULL;
	ret = 0;
out:
	free(dir);
	return ret;
}

int order_switch(struct order *order, struct error *err)
{
	char *dir = NULL;

	if (order->argc != 1)
		return error_set(err, ERROR_USAGE,
				 "usage: culprit switch NAME");
	if (!order->repo)
		return error_set(err, ERROR_STATE,
				 "the repository is not at hand: name the "
				 "session with --session-dir");
	if (sessions_find(order->repo, order->argv[0], &dir, err) < 0)
		return -1;
	if (sessions_make_current(order->repo, dir, err) < 0) {
		free(dir);
		return -1;
	}
	buf_printf(order->say, "session %s is the current one\n",
		   order->argv[0]);
	order->next = dir;
	return 0;
}
