/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_AUDIT_H
#define CONTROL_AUDIT_H

/*
 * How far a past bisection is to be trusted: do its numbers agree with each
 * other, what would today's rule have said, do its crashes have one title,
 * which steps gained nothing, which verdict is the weakest; and where the
 * graph is known, whether git would have gone the same way.
 *
 * Says what is in the events and no more.  Changes nothing.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct policy;
struct session;

enum audit_kind {
	AUDIT_READING, /* what could not be read */
	AUDIT_NUMBERS, /* what the log counts */
	AUDIT_RULE,    /* verdicts against a policy */
	AUDIT_TITLES,
	AUDIT_WASTE, /* steps that gained nothing */
	AUDIT_WEAKEST,
	AUDIT_SIGNATURES, /* of kernels */
	AUDIT_GRAPH,	  /* midpoints worked out again */
	AUDIT_KIND_COUNT,
};

enum { AUDIT_TRUST = 5 };

struct audit_finding {
	enum audit_kind kind;
	bool doubt; /* it is a reason to look twice */
	char *text; /* a line, no full stop */
};

struct audit {
	struct audit_finding *findings; /* in the order of the kinds */
	size_t finding_count, finding_room;
	char *trust[AUDIT_TRUST]; /* in sum: never NULL */
	int flips;		  /* verdicts that the policy would not give */
};

/* "reading", "numbers", "rule"... */
const char *audit_kind_name(enum audit_kind kind);

/* policy: today's, NULL for the session's own. */
void audit_make(struct audit *audit, struct session *session,
		const struct policy *policy);
void audit_release(struct audit *audit);

/* All of it as lines for a person. */
void audit_write(const struct audit *audit, struct buf *out);

#endif
