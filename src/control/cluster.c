/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/cluster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/xalloc.h"
#include "control/settings.h"
#include "control/target.h"
#include "run/farm.h"
#include "run/runner.h"

#define LOST_MS	      5000 /* NFS shows a new file that late */
#define WIDTH_UNKNOWN 8	   /* where the scheduler does not say what it has */
#define WIDTH_USUAL   64 /* and no more than so many unless the settings say */

struct cluster {
	char *folder, *state;
	struct slurm_spec slurm;
	struct farm_spec farm;
	struct farm_place places[TARGET_PLACES_MAX];
	struct runner *runner;
};

char *cluster_folder(const char *session)
{
	return xasprintf("%s/jobs", session);
}

char *cluster_state(const char *session)
{
	return xasprintf("%s/jobs.state", session);
}

static struct slurm_share share_of(const struct share_settings *settings)
{
	return (struct slurm_share){ .cpus = settings->cpus,
				     .memory_mib = settings->memory_mib,
				     .time_ms = settings->time_ms };
}

struct slurm_spec cluster_slurm(const struct settings *settings,
				const char *program, const char *folder)
{
	const struct slurm_settings *slurm = &settings->slurm;

	return (struct slurm_spec){
		.keeper = program,
		.folder = folder,
		.partition = slurm->partition,
		.options = (const char *const *)slurm->options,
		.build = share_of(&slurm->build),
		.run = share_of(&slurm->run),
	};
}

/* As many runs at once as the cluster has room for when it is ours alone. */
static int width_of(const struct settings *settings, const char *program,
		    void (*say)(void *data, const char *text), void *data)
{
	const struct slurm_settings *slurm = &settings->slurm;
	struct error err = ERROR_INIT;
	int width = 0;

	if (slurm->width)
		return slurm->width;
	if (slurm_capacity(program, slurm->partition, slurm->run.cpus, &width,
			   &err) < 0) {
		if (say)
			say(data, err.text);
		return WIDTH_UNKNOWN;
	}
	if (width < 1)
		return 1;
	return width < WIDTH_USUAL ? width : WIDTH_USUAL;
}

int cluster_open(const struct target_spec *spec, struct target_room *target,
		 void (*say)(void *data, const char *text), void *data,
		 struct cluster **out, struct error *err)
{
	struct cluster *cluster = xcalloc(1, sizeof(*cluster));
	const struct settings *settings = spec->settings;

	cluster->folder = cluster_folder(spec->session);
	cluster->state = cluster_state(spec->session);
	if (mkdir(cluster->folder, 0700) < 0 && errno != EEXIST) {
		error_errno(err, "cannot make '%s'", cluster->folder);
		cluster_close(cluster);
		return -1;
	}
	for (int i = 0; i < spec->place_count; i++)
		cluster->places[i] =
			(struct farm_place){ spec->places[i].worktree,
					     spec->places[i].out };
	cluster->slurm = cluster_slurm(settings, spec->program, spec->session);
	cluster->farm = (struct farm_spec){
		.executor = slurm_new(spec->loop, &cluster->slurm),
		.program = spec->program,
		.session = spec->session,
		.folder = cluster->folder,
		.state = cluster->state,
		.places = cluster->places,
		.place_count = spec->place_count,
		.width = width_of(settings, spec->program, say, data),
		.poll_ms = settings->slurm.poll_ms,
		.lost_ms = LOST_MS,
		.cache = target_cache(target),
		.say = say,
		.data = data,
	};
	if (farm_new(spec->loop, &cluster->farm, &cluster->runner, err) < 0) {
		cluster_close(cluster);
		return -1;
	}
	*out = cluster;
	return 0;
}

void cluster_close(struct cluster *cluster)
{
	if (!cluster)
		return;
	if (cluster->runner)
		cluster->runner->ops->free(cluster->runner);
	free(cluster->folder);
	free(cluster->state);
	free(cluster);
}

struct runner *cluster_runner(const struct cluster *cluster)
{
	return cluster->runner;
}
