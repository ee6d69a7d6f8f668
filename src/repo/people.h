/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_PEOPLE_H
#define REPO_PEOPLE_H

/*
 * A list of people with their mail addresses: each address once, sorted by
 * it, whatever the case it was written in.
 *
 * Pure text, from anybody: what is no address is not taken, and a name that
 * is no plain line of UTF-8 is left out, its address stays.  So nothing in a
 * list can break the header of a mail.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;

struct person {
	char *address; /* in lower case */
	char *name;    /* or NULL */
	bool to;       /* in To, not only in Cc */
};

struct people {
	struct person *items;
	size_t count, room;
};

#define PEOPLE_MAX 200 /* what comes after them is dropped */

/* A list of zeroes is empty. */
void people_release(struct people *people);

/*
 * Add who stands in a text such as "A U Thor <a@b>", "\"Thor, A U\" <a@b>" or
 * "a@b"; what stands behind the address does not count.  Somebody who is in
 * the list already keeps the name and gets into To if he is to.  false when
 * there is no address.
 */
bool people_add(struct people *people, const char *text, size_t length,
		bool to);

/*
 * Where the address ends in such a text: at its length, or at the first thing
 * that does not belong to it.  0 when there is no address.
 */
size_t people_address_end(const char *text, size_t length);

/* "A U Thor <a@b>" as a mail's header wants it, quoted where it must be. */
void people_format(const struct person *person, struct buf *out);

#endif
