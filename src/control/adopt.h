/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_ADOPT_H
#define CONTROL_ADOPT_H

/*
 * Begins a session with what a git bisect, that a person has under way, has
 * come to: its ends, its skipped commits, its terms, the remarks in its log.
 * It is read only; the person's own bisection stays as it is, and goes its own
 * way from then on.
 */

struct begin;
struct error;
struct repo;
struct session;

/*
 * begin says all that git does not: settings, title, folder.  ERROR_STATE
 * when there is no bisection in the worktree that the repository was opened
 * in, or when it lacks an end.
 */
int adopt_session(struct repo *repo, const struct begin *begin,
		  struct session **out, struct error *err);

#endif
