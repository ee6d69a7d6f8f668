/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_BEGIN_H
#define CONTROL_BEGIN_H

/*
 * Begins a session: checks everything first, makes the folder, stores the
 * range and the start.  What cannot be begun leaves nothing behind.
 */

#include <stdbool.h>

struct error;
struct repo;
struct session;
struct settings;

struct begin {
	const char *bad; /* revisions, as the user wrote them */
	const char *const *goods;
	int good_count; /* 0: walk back over the release tags */
	bool fix;	/* look for the fixing commit: bad is older */
	bool first_parent;
	const char *settings; /* a file, copied into the session; or NULL */
	const char *title;    /* beats the settings' one; or NULL */
	const char *dir;      /* the session's folder; NULL: a new one in the
				 repository */
	const char *who;
	bool recorded;	   /* the ends are what a log says: evidence of it
			      follows, and they are not tested first */
	const char *terms; /* git's, "newer older", where they were chosen */
};

int begin_session(struct repo *repo, const struct begin *begin,
		  struct session **out, struct error *err);

/*
 * The settings of a session, as it was begun with them; without any, they stay
 * as they are.
 */
int begin_read_settings(const struct session *session,
			struct settings *settings, struct error *err);

/* The same by the session's folder, for whoever must not open its journal. */
int begin_settings_of(const char *dir, struct settings *settings,
		      struct error *err);

#endif
