/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SYZBOTTOLD_H
#define SESSION_SYZBOTTOLD_H

/*
 * A session that was not read from a log of syzbot's, told as one of them: in
 * syzbot's words of today, as far as it has words for what happened.
 *
 * What was taken back, overruled or set aside is not in it, but the runs are.
 */

struct buf;
struct session;

void syzbottold_write(struct session *session, struct buf *out);

#endif
