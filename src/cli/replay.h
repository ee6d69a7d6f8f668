/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

/*
 * What `culprit replay` prints of a past bisection.
 */

struct audit;
struct contrast_side;
struct imported;
struct otherwise;
struct session;

/*
 * One object, as the man page has it.  imported: of a log, else NULL; audit:
 * what --check found, or NULL.
 */
void replay_print_json(struct session *session, const char *path,
		       const struct imported *imported,
		       const struct audit *audit);

/* A past with other decisions beside the recorded one; it has been made. */
void replay_print_whatif(struct session *session,
			 const struct otherwise *otherwise);
void replay_json_whatif(struct session *session, const char *path,
			const struct otherwise *otherwise);

/* Two pasts beside each other. */
void replay_print_contrast(const struct contrast_side *one,
			   const struct contrast_side *two);
void replay_json_contrast(const struct contrast_side *one,
			  const struct contrast_side *two);

#endif
