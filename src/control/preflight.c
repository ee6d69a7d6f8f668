/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/preflight.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/fixup.h"
#include "control/inquiry.h"
#include "control/needs.h"
#include "control/reproducer.h"
#include "control/rules.h"
#include "control/settings.h"
#include "control/target.h"
#include "control/versions.h"
#include "engine/oid.h"
#include "oops/rules.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "run/guest.h"
#include "run/identity.h"
#include "run/kconfig.h"
#include "run/program.h"
#include "run/ssh_key.h"

/* A kernel's objects, and what its runs write in a night. */
#define ROOM_GIB 8
#define GIB	 (UINT64_C(1) << 30)

struct look {
	const struct settings *settings;
	struct repo *repo;
	struct findings findings;
};

void finding_say(struct findings *findings, enum finding finding,
		 const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	findings->wrong += finding == FINDING_WRONG;
	findings->tell(findings->data, finding, text);
}

static void need_program(struct look *look, const char *name,
			 const char *package)
{
	char *path = program_find(name);

	if (path)
		finding_say(&look->findings, FINDING_OK, "%s: %s", name, path);
	else
		finding_say(&look->findings, FINDING_WRONG,
			    "%s is not installed: apt install %s", name,
			    package);
	free(path);
}

static void look_at_file(struct look *look, const char *key, const char *path)
{
	if (!path)
		return;
	if (access(path, R_OK) == 0)
		finding_say(&look->findings, FINDING_OK, "%s: %s", key, path);
	else
		finding_say(&look->findings, FINDING_WRONG,
			    "%s: cannot read '%s': %s", key, path,
			    strerror(errno));
}

static void look_at_room(struct look *look)
{
	const char *folder = repo_common_dir(look->repo);
	int trees = 1 + settings_further(look->settings);
	char what[40] = "worktree";
	struct statvfs room;
	uint64_t gib;
	bool scarce;

	if (statvfs(folder, &room) < 0) {
		finding_say(&look->findings, FINDING_NOTE,
			    "space: cannot ask about %s: %s", folder,
			    strerror(errno));
		return;
	}
	gib = (uint64_t)room.f_bavail * room.f_frsize / GIB;
	if (trees > 1)
		snprintf(what, sizeof(what), "up to %d worktrees", trees);
	scarce = gib < (uint64_t)ROOM_GIB * (uint64_t)trees;
	finding_say(&look->findings, scarce ? FINDING_NOTE : FINDING_OK,
		    "space: %" PRIu64
		    " GiB free for %s, builds and consoles%s%s",
		    gib, what, scarce ? ", which a kernel may fill" : "",
		    scarce && trees > 1
			    ? "; build.ahead = 0 needs one worktree only"
			    : "");
}

static void look_at_repository(struct look *look)
{
	if (repo_is_shallow(look->repo))
		finding_say(
			&look->findings, FINDING_WRONG,
			"repository: a shallow clone, commits are missing from "
			"it: run 'git fetch --unshallow'");
	else
		finding_say(&look->findings, FINDING_OK, "repository: %s",
			    repo_common_dir(look->repo));
	if (repo_is_changed(look->repo))
		finding_say(
			&look->findings, FINDING_NOTE,
			"repository: %s has uncommitted changes: they are left "
			"alone, and are no part of what is tested",
			repo_workdir(look->repo));
	look_at_room(look);
}

static void look_at_fixups(struct look *look)
{
	const struct fixup_specs *specs = &look->settings->fixups;

	for (int i = 0; i < specs->count; i++) {
		struct error err = ERROR_INIT;
		struct fixup fixup;

		if (fixup_read(look->repo, &specs->items[i], &fixup, &err) <
		    0) {
			finding_say(&look->findings, FINDING_WRONG, "fixup: %s",
				    err.text);
			continue;
		}
		finding_say(&look->findings, FINDING_OK, "fixup: %s",
			    fixup.name);
		fixup_release(&fixup);
	}
}

static void look_at_rules(struct look *look)
{
	const char *path = look->settings->oops;
	struct rules *rules;
	struct error err;

	if (!path)
		return;
	rules = rules_load(&path, 1, &err);
	if (rules)
		finding_say(&look->findings, FINDING_OK, "oops: %s", path);
	else
		finding_say(&look->findings, FINDING_WRONG, "oops: %s",
			    err.text);
	rules_free(rules);
}

/* For the commit that is checked out; older ones may ask for another. */
static void look_at_compiler(struct look *look)
{
	const struct kernel_settings *build = &look->settings->build;
	struct error err = ERROR_INIT;
	struct versions *versions = versions_load(build->versions, &err);
	struct reach *reach = NULL;
	char *path = NULL;
	struct oid head;

	if (!versions || repo_resolve(look->repo, "HEAD", &head, &err) < 0 ||
	    reach_new(look->repo, &head, &reach, &err) < 0)
		goto out;
	target_compiler(build, versions, reach, &path, &err);
out:
	if (path)
		finding_say(&look->findings, FINDING_OK,
			    "compiler: %s for HEAD", path);
	else
		finding_say(&look->findings, FINDING_WRONG, "compiler: %s",
			    err.text);
	free(path);
	reach_free(reach);
	versions_free(versions);
}

static void say_need(struct look *look, enum finding finding,
		     const struct need *need, const char *why)
{
	if (need->header)
		finding_say(&look->findings, finding,
			    "<%s> is not there, which %s%s: "
			    "apt install %s",
			    need->header,
			    finding == FINDING_WRONG ? "CONFIG_" : "", why,
			    need->package);
	else
		finding_say(&look->findings, finding,
			    "%s is not installed, which CONFIG_%s: "
			    "apt install %s",
			    need->program, why, need->package);
}

static void look_at_needs(struct look *look, const struct kconfig *config)
{
	const struct need *need;
	bool missing = false;
	size_t at = 0;
	char why[64];

	while ((need = needs_next(config, &at))) {
		if (need_is_met(need))
			continue;
		snprintf(why, sizeof(why), "%s asks for", need->option);
		say_need(look, FINDING_WRONG, need, why);
		missing = true;
	}
	need = needs_mostly(look->settings->build.arch);
	if (need && !missing && !need_is_met(need))
		say_need(look, FINDING_NOTE, need,
			 "kernels of this architecture mostly need");
}

static void read_config(struct look *look, const char *key, const char *path,
			struct kconfig *config)
{
	struct error err;

	if (access(path, R_OK) < 0 || kconfig_read(config, path, &err) == 0)
		look_at_file(look, key, path);
	else
		finding_say(&look->findings, FINDING_WRONG, "%s: %s", key,
			    err.text);
}

static void look_at_config(struct look *look)
{
	const struct kernel_settings *build = &look->settings->build;
	struct kconfig config;

	kconfig_init(&config);
	read_config(look, "build.config", build->config, &config);
	for (char **file = build->fragments; file && *file; file++)
		read_config(look, "build.fragments", *file, &config);
	if (!str_equal(build->arch, "um") &&
	    str_equal(kconfig_value(&config, "UML"), "y"))
		finding_say(&look->findings, FINDING_WRONG,
			    "build.config: it is one of ARCH=um, and "
			    "build.arch is %s",
			    build->arch);
	look_at_needs(look, &config);
	kconfig_release(&config);
}

static void look_at_build(struct look *look)
{
	const struct kernel_settings *build = &look->settings->build;
	char *ccache;

	if (!build->config) {
		if (look->settings->build_command)
			finding_say(&look->findings, FINDING_OK, "build: %s",
				    look->settings->build_command);
		return;
	}
	look_at_config(look);
	look_at_file(look, "build.versions", build->versions);
	need_program(look, "make", "make");
	need_program(look, "flex", "flex");
	need_program(look, "bison", "bison");
	need_program(look, "bc", "bc");
	look_at_compiler(look);
	ccache = build->ccache ? program_find("ccache") : NULL;
	if (build->ccache && !ccache)
		finding_say(&look->findings, FINDING_NOTE,
			    "ccache is not installed: builds take longer "
			    "without it");
	free(ccache);
}

static void look_at_kvm(struct look *look)
{
	if (access("/dev/kvm", R_OK | W_OK) == 0)
		finding_say(&look->findings, FINDING_OK,
			    "kvm: /dev/kvm may be opened; the first run shows "
			    "whether "
			    "guests boot under it");
	else
		finding_say(&look->findings,
			    look->settings->guest.kvm == 1 ? FINDING_WRONG
							   : FINDING_NOTE,
			    "kvm: cannot open /dev/kvm: %s; qemu is slow "
			    "without it",
			    strerror(errno));
}

/* One with a passphrase is of use where an agent has it. */
static void look_at_key(struct look *look, const char *path)
{
	struct ssh_key *key = NULL;
	struct error err;
	struct stat info;

	if (access(path, R_OK) == 0 && ssh_key_load(path, &key, &err) < 0) {
		finding_say(&look->findings,
			    getenv("SSH_AUTH_SOCK") ? FINDING_NOTE
						    : FINDING_WRONG,
			    "ssh.keys: %s", err.text);
		return;
	}
	ssh_key_free(key);
	look_at_file(look, "ssh.keys", path);
	if (stat(path, &info) == 0 && (info.st_mode & 077))
		finding_say(&look->findings, FINDING_NOTE,
			    "ssh.keys: others may read %s", path);
}

static void look_at_keys(struct look *look)
{
	const struct guest_settings *guest = &look->settings->guest;

	for (char *const *key = guest->ssh_keys; key && *key; key++)
		look_at_key(look, *key);
	if (!guest->ssh_keys && !getenv("SSH_AUTH_SOCK"))
		finding_say(&look->findings, FINDING_WRONG,
			    "ssh: there is no key: name some in ssh.keys, or "
			    "start an "
			    "agent");
	look_at_file(look, "ssh.host_key", guest->ssh_host_key);
	look_at_file(look, "ssh.known_hosts", guest->ssh_known_hosts);
	if (!guest->ssh_host_key && !guest->ssh_known_hosts &&
	    look->settings->target != TARGET_MACHINE)
		finding_say(&look->findings, FINDING_NOTE,
			    "ssh: no host key is given, the first that a guest "
			    "shows "
			    "is believed");
}

static void look_at_qemu(struct look *look)
{
	const struct guest_settings *guest = &look->settings->guest;
	const char *arch = look->settings->build.arch;
	const char *program = guest_program(arch);

	if (guest->command)
		return;
	if (!program)
		finding_say(&look->findings, FINDING_WRONG,
			    "build.arch: how qemu boots a kernel of '%s' is "
			    "not known "
			    "here: give the whole command with guest.command",
			    arch);
	else if (guest->program)
		need_program(look, guest->program, "qemu-system");
	else
		need_program(look, program,
			     str_equal(arch, "x86_64")	? "qemu-system-x86"
			     : str_equal(arch, "arm64") ? "qemu-system-arm"
							: "qemu-system-misc");
	look_at_kvm(look);
}

static void look_at_reproducer(struct look *look)
{
	struct error err = ERROR_INIT;
	const char *cc;
	char *path;

	look_at_file(look, "reproducer.file", look->settings->guest.repro_file);
	if (!reproducer_is_source(look->settings))
		return;
	cc = reproducer_cc(look->settings, &err);
	path = cc ? program_find(cc) : NULL;
	if (path)
		finding_say(&look->findings, FINDING_OK,
			    "reproducer: to be compiled by %s", path);
	else if (cc)
		finding_say(&look->findings, FINDING_WRONG,
			    "reproducer: there is no %s to compile it with: "
			    "install "
			    "it, or name another with reproducer.cc",
			    cc);
	else
		finding_say(&look->findings, FINDING_WRONG, "reproducer: %s",
			    err.text);
	free(path);
}

static void look_at_guest(struct look *look)
{
	const struct guest_settings *guest = &look->settings->guest;

	look_at_file(look, "guest.initrd", guest->initrd);
	look_at_file(look, "guest.image", guest->image);
	look_at_file(look, "guest.root", guest->root);
	if (!guest->initrd && !guest->image && !guest->root && !guest->command)
		finding_say(&look->findings, FINDING_NOTE,
			    "guest: neither initrd nor image: the kernel has "
			    "nothing "
			    "to start");
	if (look->settings->target == TARGET_QEMU &&
	    look->settings->executor == EXECUTOR_LOCAL)
		look_at_qemu(look);
	if (guest->ssh_user)
		look_at_keys(look);
	look_at_reproducer(look);
}

/* That one may log in, and its key is known, shows when one does. */
static void look_at_machine(struct look *look)
{
	const struct machine_settings *machine = &look->settings->machine;
	struct running running;
	struct error err = ERROR_INIT;

	look_at_keys(look);
	if (inquire(look->settings, &running, &err) == 0)
		finding_say(&look->findings, FINDING_OK, "machine: %s runs %s",
			    machine->host, running.kernel);
	else
		finding_say(&look->findings, FINDING_WRONG, "machine: %s",
			    err.text);
	if (!machine->install && !machine->image && !machine->install_there)
		finding_say(
			&look->findings, FINDING_NOTE,
			"machine: nothing installs the kernel there: neither "
			"install nor image nor install_there");
	if (!machine->console)
		finding_say(
			&look->findings, FINDING_NOTE,
			"machine: there is no console: of a kernel that dies "
			"nothing is known but that");
	if (!machine->power_cycle)
		finding_say(
			&look->findings, FINDING_NOTE,
			"machine: there is no power_cycle: after a kernel that "
			"hangs somebody has to switch it off and on");
	look_at_reproducer(look);
}

int preflight(const struct settings *settings, struct repo *repo,
	      preflight_tell *tell, void *data)
{
	struct look look = { .settings = settings,
			     .repo = repo,
			     .findings = { tell, data, 0 } };

	look_at_repository(&look);
	look_at_rules(&look);
	look_at_fixups(&look);
	look_at_build(&look);
	if (settings->target == TARGET_MACHINE)
		look_at_machine(&look);
	else if (settings->target != TARGET_COMMAND)
		look_at_guest(&look);
	else if (settings->test_command)
		finding_say(&look.findings, FINDING_OK, "test: %s",
			    settings->test_command);
	else
		finding_say(&look.findings, FINDING_NOTE,
			    "test: there is no command, verdicts are given by "
			    "hand");
	return look.findings.wrong;
}
