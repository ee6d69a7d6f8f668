/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_DESCRIBE_H
#define CONTROL_DESCRIBE_H

/*
 * The session in words, the same ones for the command line, the log and the
 * screen's messages.  Commit subjects and titles come through as they are:
 * who prints them makes them harmless.
 */

struct buf;
struct event;
struct repo;
struct session;
struct warnings;

/*
 * One event on one line, without its time: "good 83b0383613b9: boots fine (by
 * me@here)".
 */
void describe_event(struct session *session, const struct event *event,
		    struct buf *out);

/* What is decided, and no more: "good 83b0383613b9". */
void describe_decision(struct session *session, const struct event *event,
		       struct buf *out);

/*
 * What to do now, as git bisect says it: "Bisecting: N revisions left to test
 * after this (roughly M steps)" and the commit, or the end.  Lines end with
 * newlines.
 */
void describe_plan(struct session *session, struct buf *out);

/*
 * How the verifying of a culprit stands, or that it overturned one, a line;
 * nothing where it was not ordered.
 */
void describe_verify(struct session *session, struct buf *out);

/*
 * How often the bug shows where it should, a line; nothing while that is not
 * known.
 */
void describe_rate(struct session *session, struct buf *out);

/* A fixup and where it is applied, without its reason. */
void describe_fixup(const struct event *event, struct buf *out);

/* "X is the first bad commit", in git's words for both directions. */
void describe_culprit(struct session *session, int commit, struct buf *out);

/*
 * Why one should look twice (engine/warnings.h), with what the repository adds
 * to it: a release tag at the culprit.  repo may be NULL.  The caller releases
 * the warnings.
 */
void describe_warnings(struct session *session, struct repo *repo,
		       struct warnings *warnings);

/* The same as lines, "warning: ...". */
void describe_doubts(struct session *session, struct repo *repo,
		     struct buf *out);

/* Only that ends have no history in common (engine/apart.h), if it is so. */
void describe_apart(struct session *session, struct buf *out);

#endif
