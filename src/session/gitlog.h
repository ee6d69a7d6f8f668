/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_GITLOG_H
#define SESSION_GITLOG_H

/*
 * The session as git has a bisection: the text that `git bisect log` would
 * print and `git bisect replay` takes.  What counts now is in it; what was
 * taken back, overruled or set aside is not.
 */

struct buf;
struct session;

/*
 * Marks in the order in which they were given, a skipped range commit by
 * commit, and remarks that were written in such a log.  Git knows one newer
 * end, that marked last: marks that would move it away from the session's are
 * there as remarks only.  Subjects come through as they are, but on one line.
 */
void gitlog_write(struct session *session, struct buf *out);

#endif
