/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SLURM_H
#define RUN_SLURM_H

/*
 * The executor that gives jobs to Slurm, by its own programs: sbatch, squeue,
 * scancel.  Accounting is not needed.
 *
 * A batch is the comment of its jobs, by which they are found whatever became
 * of the process that gave them out.  Slurm never begins one again by itself.
 */

#include <stdint.h>

#include "run/executor.h"

struct error;
typedef struct uv_loop_s uv_loop_t;

/* What a job asks for; 0 or NULL: whatever is usual there. */
struct slurm_share {
	int cpus;
	int memory_mib;
	int64_t time_ms;
};

struct slurm_spec {
	const char *keeper; /* program that keeps the children; absolute */
	const char *folder; /* where jobs begin, which nodes see too */
	const char *partition;
	const char *const *options; /* more words for sbatch, or NULL */
	struct slurm_share build, run;
};

/* All is borrowed, for as long as it lives. */
struct executor *slurm_new(uv_loop_t *loop, const struct slurm_spec *spec);

/*
 * How many jobs with so many processors the partition (NULL: the usual one)
 * has room for when nobody else is there.  Waits for Slurm, so only where
 * there is no loop yet.  ERROR_SYSTEM when it does not answer.
 */
int slurm_capacity(const char *keeper, const char *partition, int cpus,
		   int *out, struct error *err);

/* Exposed for tests: a line of squeue's answer, which is cut up; false when it
   is none. */
bool slurm_read_job(char *line, struct executor_job *out);

/* Whether sinfo's word for a node's state is that of one that takes jobs. */
bool slurm_node_is_well(const char *said);

/* And whether these words of a failed command say that nobody answered. */
bool slurm_is_away(const char *words);

#endif
