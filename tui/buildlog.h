/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_BUILDLOG_H
#define TUI_BUILDLOG_H

/*
 * The build of a commit: its output while it comes, and above it what was
 * started, with which compiler and configuration, how long it takes and how
 * long one usually does, and the first error.
 *
 * A commit may have been built more than once; all that is pinned is of the
 * last time.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/oid.h"
#include "engine/verdict.h"
#include "tui/logview.h"
#include "tui/model.h"

struct grid;
struct session;

struct buildlog {
	int commit; /* -1: none */
	char id[OID_SHORT + 1];
	bool running;
	bool ahead;		 /* of time: nobody has asked for it yet */
	enum verdict tone;	 /* of how it ended, as in struct model */
	char how[96];		 /* "building 3:12, usually 6:43" */
	char why[MODEL_TEXT];	 /* the first line of why it failed, or "" */
	char config[MODEL_TEXT]; /* the kernel's, or "" */
	bool knows_config;	 /* the settings were read */
	struct logview log;	 /* its alarms are errors */
	struct hits commands, warnings;
};

/* It must not be moved. */
void buildlog_init(struct buildlog *build);
void buildlog_release(struct buildlog *build);

/* The build of this commit (-1: none); the same again: no-op. */
void buildlog_open(struct buildlog *build, struct session *session, int commit);

/* The session or the time has changed. */
void buildlog_update(struct buildlog *build, struct session *session,
		     int64_t now, bool ascii);

/* As those of logview. */
bool buildlog_refresh(struct buildlog *build);
bool buildlog_work(struct buildlog *build);

/* A ruler, what is pinned, and the output. */
void buildlog_draw(struct grid *grid, struct area area, struct buildlog *build,
		   bool focused);
/* What is made just now, and how many warnings there are, in one row. */
void buildlog_fact(struct grid *grid, struct area area, struct buildlog *build);

#endif
