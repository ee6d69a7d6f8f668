/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_EXTEND_H
#define CONTROL_EXTEND_H

/*
 * Brings commits from the repository into the session.
 */

#include <stddef.h>

#include "engine/oid.h"

struct error;
struct repo;
struct session;

/* Everything that matters between these ends. */
int extend_range(struct session *session, struct repo *repo,
		 const struct oid *bad, const struct oid *goods,
		 size_t good_count, struct error *err);

/* These commits by name only, with subject and author. */
int extend_names(struct session *session, struct repo *repo,
		 const struct oid *commits, size_t count, struct error *err);

/*
 * As extend_range, for the session's own ends and, if it is not NULL, one
 * more that a person is about to name: newer says on which side.  With only
 * one end known, that commit by name.
 */
int extend_for(struct session *session, struct repo *repo,
	       const struct oid *further, bool newer, struct error *err);

/*
 * What the plan lacks between the ends, if it does.  ERROR_STATE where it
 * still does afterwards.
 */
int extend_if_needed(struct session *session, struct repo *repo,
		     struct error *err);

#endif
