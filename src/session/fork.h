/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_FORK_H
#define SESSION_FORK_H

/*
 * A session that begins as another one was at an earlier time, and goes its
 * own way from there.  The other one stays as it is.
 */

#include <stdint.h>

struct error;
struct session;

/*
 * Make one in the new folder dir, with the first events up to the one with
 * this seq: the evidence that these speak of, and the settings, come along.
 * Consoles are shared (hard links) where the file system can, build logs are
 * copied, since a build made again writes them anew.  What was in flight then
 * never ended there.  A note says where it came from, by whom.
 *
 * ERROR_STATE when the folder is there, or there is no such event behind the
 * start; nothing is left behind then.
 */
int fork_session(struct session *session, int64_t seq, const char *dir,
		 const char *who, struct error *err);

#endif
