/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PROPOSAL_H
#define CONTROL_PROPOSAL_H

/*
 * A start that is still being written: what a form has in its fields, whether
 * that makes sense, and the session that is begun with it.
 *
 * Checking changes nothing and starts no program but git.  A settings file is
 * written only where `keep` asks for one.
 */

#include <stdbool.h>

struct error;
struct repo;
struct session;

#define PROPOSAL_TEXT 512

enum proposal_field {
	PROPOSAL_BAD,
	PROPOSAL_GOOD,	   /* revisions; empty: back over release tags */
	PROPOSAL_SETTINGS, /* a file; with one, none of those below count */
	PROPOSAL_TARGET,   /* chosen, not written */
	PROPOSAL_BUILD,	   /* a shell command */
	PROPOSAL_CONFIG,   /* files, from here on */
	PROPOSAL_INITRD,
	PROPOSAL_HOST,
	PROPOSAL_INSTALL, /* a shell command */
	PROPOSAL_KEY,
	PROPOSAL_TEST, /* a shell command */
	PROPOSAL_REPRO,
	PROPOSAL_POLICY, /* its name, or empty: by the target */
	PROPOSAL_KEEP,	 /* yes or no */
	PROPOSAL_FIELDS,
};

struct proposal {
	char values[PROPOSAL_FIELDS][PROPOSAL_TEXT];
	int target; /* enum target */
	bool keep;  /* the settings, as culprit.cfg of the checkout */
};

enum proposal_finding {
	PROPOSAL_OPEN, /* nothing to say yet */
	PROPOSAL_OK,
	PROPOSAL_NOTE, /* it works, but one should know */
	PROPOSAL_WRONG,
};

struct proposal_checks {
	struct {
		enum proposal_finding finding;
		char text[256]; /* may hold what others wrote */
	} fields[PROPOSAL_FIELDS];
};

/* With the settings file that the checkout has, if it has one. */
void proposal_init(struct proposal *proposal, const struct repo *repo);

/* "command", "uml", "qemu", "ssh"; another one, round and round. */
const char *proposal_target(const struct proposal *proposal);
void proposal_turn_target(struct proposal *proposal, int by);

/* Does the field mean anything beside the others? */
bool proposal_asks(const struct proposal *proposal, enum proposal_field field);

/* Waits for git, which for a whole kernel takes a second. */
void proposal_check(const struct proposal *proposal, struct repo *repo,
		    struct proposal_checks *out);

/*
 * Begin the session, as `culprit start` does, and make it the repository's
 * current one.  On failure nothing is left behind.
 */
int proposal_begin(const struct proposal *proposal, struct repo *repo,
		   const char *who, struct session **out, struct error *err);

#endif
