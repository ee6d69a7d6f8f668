/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_PREFLIGHT_CLUSTER_H
#define CONTROL_PREFLIGHT_CLUSTER_H

/*
 * The part of the preflight that is for a cluster: does its scheduler answer,
 * and has a node all that builds and runs need?  Gives it one small job, which
 * writes a file beside the repository's sessions, and waits a minute for it.
 */

#include "control/preflight.h"

/* program: culprit, as nodes should see it.  Nothing is said, and asked, where
   the settings have no cluster.  Returns how many things are wrong. */
int preflight_cluster(const struct settings *settings, struct repo *repo,
		      const char *program, preflight_tell *tell, void *data);

#endif
