/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SYZBOTLOG_H
#define SESSION_SYZBOTLOG_H

/*
 * The session as a log of syzbot's.  One that was read from such a log gives
 * it back byte by byte, from its events; what was decided since is not in it.
 */

struct buf;
struct engine;
struct graph;

/* graph is the engine's. */
void syzbotlog_write(const struct engine *engine, const struct graph *graph,
		     struct buf *out);

#endif
