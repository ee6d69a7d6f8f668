/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/target.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/fixup.h"
#include "control/reproducer.h"
#include "control/settings.h"
#include "control/versions.h"
#include "engine/oid.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "repo/worktree.h"
#include "run/cache.h"
#include "run/command.h"
#include "run/fake.h"
#include "run/kernel.h"
#include "run/machine.h"
#include "run/places.h"
#include "run/program.h"
#include "run/runner.h"

#define GIB (INT64_C(1) << 30)

/* Of the commit that was asked for last in a place. */
struct chosen {
	struct build_choice choice;
	struct kbuild_switch *switches;
	char *cc;
	struct oid tree;
};

struct target_room {
	struct target_spec spec;
	struct runner *runner;
	const char *checkout[TARGET_PLACES_MAX][WORKTREE_ARGV_MAX];
	struct place_spec further[TARGET_PLACES_MAX];
	int further_count;
	struct chosen chosen[TARGET_PLACES_MAX];

	/* for kernels that are built by their own build */
	struct versions *versions;
	struct cache *cache;
	struct kbuild kbuild;
	const char *targets[3]; /* of a machine's build */
	struct visit_spec visit;
	char *reproducer; /* its file, as it is copied */
	char *known_hosts;
};

static struct console_spec console_of(const struct target_spec *spec)
{
	const struct settings *settings = spec->settings;

	return (struct console_spec){
		.oops = spec->rules,
		.kernel = settings->console == READ_KERNEL,
		.crash = settings->crash,
		.ignore = settings->ignore,
		.boot = settings->boot,
	};
}

/* What all of them have; the supply by a command of the user's. */
static struct local_spec local_of(const struct target_room *room)
{
	const struct settings *settings = room->spec.settings;

	return (struct local_spec){
		.supply.builder = { .keeper = room->spec.program,
				    .worktree = room->spec.places[0].worktree,
				    .session = room->spec.session,
				    .checkout = room->checkout[0],
				    .timeout_ms = settings->build_timeout_ms,
				    .output_max = settings->build_output_max },
		.supply.build = settings->build_command,
		.further = room->further,
		.further_count = room->further_count,
		.slots = settings->slots,
		.limits = { .timeout_ms = settings->test_timeout_ms,
			    .silence_ms = settings->test_silence_ms,
			    .settle_ms = settings->test_settle_ms,
			    .output_max = settings->test_output_max,
			    .on_timeout = settings->on_timeout },
		.console = console_of(&room->spec),
	};
}

static int open_command(struct target_room *room, struct error *err)
{
	const struct command_spec spec = {
		.local = local_of(room),
		.test = room->spec.settings->test_command,
	};

	return command_runner_new(room->spec.loop, &spec, &room->runner, err);
}

/* A file that the settings name has to be there before anything begins. */
static int need_file(const char *key, const char *path, struct error *err)
{
	if (!path || access(path, R_OK) == 0)
		return 0;
	error_errno(err, "%s: cannot read '%s'", key, path);
	if (err)
		err->code = ERROR_INPUT;
	return -1;
}

static int need_files(const struct settings *settings, struct error *err)
{
	const struct guest_settings *guest = &settings->guest;

	if (need_file("build.config", settings->build.config, err) < 0 ||
	    need_file("guest.initrd", guest->initrd, err) < 0 ||
	    need_file("guest.image", guest->image, err) < 0 ||
	    need_file("guest.root", guest->root, err) < 0 ||
	    need_file("ssh.host_key", guest->ssh_host_key, err) < 0 ||
	    need_file("ssh.known_hosts", guest->ssh_known_hosts, err) < 0 ||
	    need_file("reproducer.file", guest->repro_file, err) < 0)
		return -1;
	for (char **key = guest->ssh_keys; key && *key; key++)
		if (need_file("ssh.keys", *key, err) < 0)
			return -1;
	for (char **file = settings->build.fragments; file && *file; file++)
		if (need_file("build.fragments", *file, err) < 0)
			return -1;
	return 0;
}

/* $XDG_CACHE_HOME/culprit/kernels; NULL where there is no home. */
static char *cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (!str_empty(cache) && *cache == '/')
		return xasprintf("%s/culprit/kernels", cache);
	return str_empty(home) ? NULL
			       : xasprintf("%s/.cache/culprit/kernels", home);
}

/* Without a cache everything works, only slower. */
static void open_cache(struct target_room *room)
{
	int gib = room->spec.settings->build.cache_gib;
	char *folder = gib > 0 ? cache_folder() : NULL;
	const struct cache_spec spec = { .folder = folder, .limit = gib * GIB };

	if (folder)
		cache_open(&spec, &room->cache, NULL);
	free(folder);
}

static bool has_program(const char *name)
{
	char *path = program_find(name);
	bool there = path;

	free(path);
	return there;
}

/* A node has more of them than the job may use. */
static long processors_of(const struct settings *settings)
{
	if (settings->executor == EXECUTOR_SLURM)
		return settings->slurm.build.cpus ? settings->slurm.build.cpus
						  : 1;
	return sysconf(_SC_NPROCESSORS_ONLN);
}

static int open_kbuild(struct target_room *room, struct error *err)
{
	const struct kernel_settings *build = &room->spec.settings->build;
	long processors = processors_of(room->spec.settings);

	room->versions = versions_load(build->versions, err);
	if (!room->versions)
		return -1;
	open_cache(room);
	room->kbuild = (struct kbuild){
		.arch = build->arch,
		.source = room->spec.places[0].worktree,
		.out = room->spec.places[0].out,
		.config = build->config,
		.fragments = (const char *const *)build->fragments,
		.arguments = (const char *const *)build->arguments,
		.jobs = build->jobs	 ? build->jobs
			: processors > 0 ? (int)processors
					 : 1,
		.ccache = build->ccache && has_program("ccache"),
	};
	return 0;
}

struct ssh_spec target_peer(const struct settings *settings,
			    const char *known_hosts)
{
	const struct guest_settings *guest = &settings->guest;

	return (struct ssh_spec){
		.host = settings->machine.host,
		.port = settings->machine.port,
		.user = guest->ssh_user,
		.known_hosts = known_hosts,
		.host_key_file = guest->ssh_host_key,
		.key_files = (const char *const *)guest->ssh_keys,
		.agent = getenv("SSH_AUTH_SOCK"),
	};
}

/*
 * A guest that is thrown away: its key is pinned if there is one, else the
 * first that it shows is believed.
 */
static const struct visit_spec *visit_of(struct target_room *room)
{
	const struct settings *settings = room->spec.settings;
	const struct guest_settings *guest = &settings->guest;

	room->reproducer = reproducer_file(settings, room->spec.session);
	room->visit = (struct visit_spec){
		.peer = target_peer(settings, guest->ssh_known_hosts),
		.limit_ms = 360 * 1000, /* as syzkaller has it */
		.repeat = guest->repro_repeat,
		.file = room->reproducer,
		.check = guest->repro_check,
		.command = guest->repro_command,
	};
	room->visit.peer.trust_first =
		!guest->ssh_host_key && !guest->ssh_known_hosts;
	return &room->visit;
}

static struct guest_spec guest_of(const struct settings *settings)
{
	const struct guest_settings *guest = &settings->guest;

	return (struct guest_spec){
		.kind = settings->target == TARGET_UML ? GUEST_UML : GUEST_QEMU,
		.arch = settings->build.arch,
		.program = guest->program,
		.initrd = guest->initrd,
		.image = guest->image,
		.root = guest->root,
		.append = guest->append,
		.memory_mib = guest->memory_mib,
		.cpus = guest->cpus,
		.extra = (const char *const *)guest->arguments,
	};
}

static enum maker_clean clean_of(const struct settings *settings)
{
	switch (settings->build.clean) {
	case CLEAN_ALWAYS:
		return MAKER_CLEAN_ALWAYS;
	case CLEAN_ON_FAILURE:
		return MAKER_CLEAN_ON_FAILURE;
	case CLEAN_NEVER:
		break;
	}
	return MAKER_CLEAN_NEVER;
}

/*
 * The modules go with the image; and nothing is taken that was kept, since
 * they are installed from the folder it is built in.
 */
static void build_modules_too(struct target_room *room)
{
	room->targets[0] = kbuild_default_target(room->kbuild.arch);
	room->targets[1] = "all";
	room->kbuild.targets = room->targets;
}

/* What runners of kernels have too; the files that they need are there. */
static int open_local(struct target_room *room, struct local_spec *out,
		      struct error *err)
{
	const struct settings *settings = room->spec.settings;

	*out = local_of(room);
	out->limits.boot_ms = settings->guest.boot_ms;
	out->supply.kernel = settings->guest.kernel;
	out->supply.clean = clean_of(settings);
	if (need_files(settings, err) < 0)
		return -1;
	if (!settings->build.config)
		return 0;
	if (open_kbuild(room, err) < 0)
		return -1;
	out->supply.kbuild = &room->kbuild;
	if (settings->target == TARGET_MACHINE)
		build_modules_too(room);
	else
		out->supply.cache = room->cache;
	return 0;
}

static int open_kernel(struct target_room *room, struct error *err)
{
	const struct settings *settings = room->spec.settings;
	struct kernel_spec spec = {
		.guest = guest_of(settings),
		.command = settings->guest.command,
		.kvm = (enum kvm_use)settings->guest.kvm,
	};

	if (open_local(room, &spec.local, err) < 0)
		return -1;
	if (settings->guest.ssh_user)
		spec.visit = visit_of(room);
	return kernel_runner_new(room->spec.loop, &spec, &room->runner, err);
}

static int open_machine(struct target_room *room, struct error *err)
{
	const struct settings *settings = room->spec.settings;
	const struct machine_settings *machine = &settings->machine;
	struct machine_spec spec = {
		.bringup = { .install = machine->install,
			     .power_cycle = machine->power_cycle,
			     .expected = machine->expected,
			     .image = machine->image,
			     .install_there = machine->install_there,
			     .reboot = machine->reboot_command,
			     .running = machine->running,
			     .every_run = machine->reboot == REBOOT_EVERY_RUN,
			     .limit_ms = settings->build_timeout_ms },
		.console = machine->console,
	};

	if (open_local(room, &spec.local, err) < 0)
		return -1;
	spec.local.slots = 1;
	room->known_hosts = settings_known_hosts(settings);
	spec.visit = visit_of(room);
	spec.bringup.peer = target_peer(settings, room->known_hosts);
	return machine_runner_new(room->spec.loop, &spec, &room->runner, err);
}

static void name_places(struct target_room *room)
{
	const struct target_place *places = room->spec.places;

	room->further_count = room->spec.place_count - 1;
	for (int i = 0; i < room->spec.place_count; i++) {
		worktree_checkout_argv(places[i].worktree, NULL,
				       room->checkout[i]);
		if (i > 0)
			room->further[i - 1] = (struct place_spec){
				.worktree = places[i].worktree,
				.checkout = room->checkout[i],
				.out = places[i].out,
			};
	}
}

int target_open(const struct target_spec *spec, struct target_room **out,
		struct error *err)
{
	struct target_room *room = xcalloc(1, sizeof(*room));
	const struct settings *settings = spec->settings;
	int ret;

	assert(spec->place_count >= 1 &&
	       spec->place_count <= TARGET_PLACES_MAX);
	room->spec = *spec;
	name_places(room);
	if (settings->fake_script)
		ret = fake_runner_new(spec->loop, settings->fake_script,
				      settings->slots, &room->runner, err);
	else if (settings->target == TARGET_COMMAND)
		ret = open_command(room, err);
	else if (settings->target == TARGET_MACHINE)
		ret = open_machine(room, err);
	else
		ret = open_kernel(room, err);
	if (ret < 0)
		target_close(room);
	else
		*out = room;
	return ret;
}

static void forget_choice(struct chosen *chosen)
{
	free(chosen->switches);
	free(chosen->cc);
	chosen->switches = NULL;
	chosen->cc = NULL;
}

void target_close(struct target_room *room)
{
	if (!room)
		return;
	if (room->runner)
		room->runner->ops->free(room->runner);
	for (int i = 0; i < TARGET_PLACES_MAX; i++)
		forget_choice(&room->chosen[i]);
	versions_free(room->versions);
	cache_close(room->cache);
	free(room->reproducer);
	free(room->known_hosts);
	free(room);
}

struct cache *target_cache(const struct target_room *room)
{
	return room->cache;
}

struct runner *target_runner(const struct target_room *room)
{
	return room->runner;
}

static bool reaches(void *data, const char *tag)
{
	return reach_has(data, tag);
}

int target_compiler(const struct kernel_settings *build,
		    const struct versions *versions, struct reach *reach,
		    char **out, struct error *err)
{
	const char *const own[] = { build->cc, NULL };
	const char *const *names =
		build->cc ? own
			  : versions_compilers(versions, build->compiler,
					       reaches, reach, err);

	if (!names)
		return -1;
	return kbuild_find_compiler(names, NULL, getenv("PATH"), out, err);
}

static int choose_compiler(struct target_room *room, const struct oid *like,
			   char **cc, struct error *err)
{
	struct reach *reach;
	int ret;

	if (reach_new(room->spec.repo, like, &reach, err) < 0)
		return -1;
	ret = target_compiler(&room->spec.settings->build, room->versions,
			      reach, cc, err);
	reach_free(reach);
	return ret;
}

int target_choose(struct target_room *room, int place, const struct oid *commit,
		  const struct oid *like, const struct fixup_choice *fixups,
		  const struct build_choice **out, struct error *err)
{
	struct chosen *chosen = &room->chosen[place];
	struct reach *reach = NULL;
	int ret = -1;

	forget_choice(chosen);
	chosen->choice = (struct build_choice){ .patches = fixups->patches,
						.patch_count = fixups->count };
	*out = &chosen->choice;
	if (!room->versions)
		return 0;
	if (repo_tree(room->spec.repo, commit, &chosen->tree, err) < 0 ||
	    reach_new(room->spec.repo, commit, &reach, err) < 0)
		goto out;
	if ((oid_equal(like, commit)
		     ? target_compiler(&room->spec.settings->build,
				       room->versions, reach, &chosen->cc, err)
		     : choose_compiler(room, like, &chosen->cc, err)) < 0)
		goto out;
	chosen->choice.switch_count = versions_switches(
		room->versions, reaches, reach, &chosen->switches);
	chosen->choice.switches = chosen->switches;
	chosen->choice.cc = chosen->cc;
	chosen->choice.tree = chosen->tree.hex;
	ret = 0;
out:
	reach_free(reach);
	return ret;
}
