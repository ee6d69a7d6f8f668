/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_MAINTAINERS_H
#define REPO_MAINTAINERS_H

/*
 * Whom to tell of what a commit did: those who answer for it, and those whom
 * the kernel's own scripts/get_maintainer.pl names.  Syzkaller's rules
 * (pkg/vcs/git.go, linux.go): who is only in a Cc of the message is not told.
 *
 * Reads; never runs the script, which is the caller's to do.
 */

#include <stddef.h>

struct buf;
struct error;
struct oid;
struct people;
struct repo;

/*
 * Add the author of the commit and who signed, reviewed, acked or tested it,
 * all to To.  The mailing list of stable kernels is never added.
 */
int maintainers_of_commit(struct repo *repo, const struct oid *commit,
			  struct people *people, struct error *err);

/*
 * Add those whom the script's output names, a line each with a role behind:
 * maintainers and lists to To, others to Cc; linux-kernel to To only where no
 * other list is named.  What is no such line is passed over.  Returns how
 * many lines named somebody.
 */
size_t maintainers_parse(const char *output, size_t length,
			 struct people *people);

/* The links that a commit's message has, a line each; ten at most. */
int maintainers_links(struct repo *repo, const struct oid *commit,
		      struct buf *out, struct error *err);

#endif
