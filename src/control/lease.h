/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_LEASE_H
#define CONTROL_LEASE_H

/*
 * Who is the engine of a session: one process at a time.
 *
 * A lock on the session's lock file that the operating system gives back when
 * the process ends, however it ends; the file's text says who holds it, and is
 * left by who was killed, or is not sure that the disk has all that he built.
 *
 *     (nothing) -> held          [lease_take]
 *     held -> unlocked           [lease_unlock]: another one may begin
 *     held, unlocked -> nothing  [lease_give_back, lease_leave]
 */

#include <stdbool.h>

struct error;
struct lease;

/* ERROR_BUSY, with who holds it, when somebody does. */
int lease_take(const char *path, struct lease **out, struct error *err);

/* Others may take it; the name stays until one of the two below. */
void lease_unlock(struct lease *lease);

/* All is on the disk: no name is left, but that of who has taken it since. */
void lease_give_back(struct lease *lease); /* NULL is fine */

/*
 * It may not be.  Where after_cut says so already, and nothing was done about
 * it, that is left as it was found.
 */
void lease_leave(struct lease *lease);

/*
 * Did whoever held it last, and left his name, go down with his machine?  What
 * the disk had not taken by then is not there, or is nothing but zeros.
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
