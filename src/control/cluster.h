/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_CLUSTER_H
#define CONTROL_CLUSTER_H

/*
 * From the settings to the executor that they ask for, and the farm that gives
 * it a session's builds and runs.  Gives out nothing itself.
 */

#include "run/slurm.h"

struct error;
struct runner;
struct settings;
struct target_room;
struct target_spec;
struct cluster;

/* A session's folder of tickets; for the caller to free. */
char *cluster_folder(const char *session);

/* And the file that tells of its jobs. */
char *cluster_state(const char *session);

/*
 * The target is what jobs will have too; both are borrowed.  say: something
 * that a person should know.  Waits some seconds for the scheduler where the
 * settings leave it to that how much is done at once.
 */
int cluster_open(const struct target_spec *spec, struct target_room *target,
		 void (*say)(void *data, const char *text), void *data,
		 struct cluster **out, struct error *err);

/* When nothing is under way, before the target; NULL is fine. */
void cluster_close(struct cluster *cluster);

struct runner *cluster_runner(const struct cluster *cluster);

/* What the settings ask Slurm for; borrows from all three. */
struct slurm_spec cluster_slurm(const struct settings *settings,
				const char *program, const char *folder);

#endif
