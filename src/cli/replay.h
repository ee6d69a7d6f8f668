/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

/*
 * What `culprit replay` prints of a past bisection.
 */

struct audit;
struct imported;
struct session;

/*
 * One object, as the man page has it.  imported: of a log, else NULL; audit:
 * what --check found, or NULL.
 */
void replay_print_json(struct session *session, const char *path,
		       const struct imported *imported,
		       const struct audit *audit);

#endif
