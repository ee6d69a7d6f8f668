/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_LEASE_H
#define CONTROL_LEASE_H

/*
 * Who is the engine of a session: one process at a time.
 *
 * A lock on the session's lock file that the operating system gives back when
 * the process ends, however it ends; the file's text says who holds it, and is
 * left by who was killed.
 */

#include <stdbool.h>

struct error;
struct lease;

/* ERROR_BUSY, with who holds it, when somebody does. */
int lease_take(const char *path, struct lease **out, struct error *err);
void lease_give_back(struct lease *lease);

/*
 * Did whoever held it last go down with his machine?  What the disk had not
 * taken by then is not there, or is nothing but zeros.
 */
bool lease_after_cut(const struct lease *lease);

/*
 * Does the lock still keep others away?  Not when its file was removed or
 * another one put in its place: then they would lock that one.
 */
bool lease_is_good(const struct lease *lease, const char *path);

/*
 * Look without touching: is it held, and by which process on which host?
 * host has room for size bytes.
 */
bool lease_is_held(const char *path, int *pid, char *host, int size);

#endif
