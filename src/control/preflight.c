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
#include "control/rules.h"
#include "control/settings.h"
#include "control/target.h"
#include "control/versions.h"
#include "engine/oid.h"
#include "oops/rules.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "run/program.h"

/* A kernel's objects, and what its runs write in a night. */
#define ROOM_GIB 8
#define GIB	 (UINT64_C(1) << 30)

struct look {
	const struct settings *settings;
	struct repo *repo;
	preflight_tell *tell;
	void *data;
	int wrong;
};

static void say(struct look *look, enum finding finding, const char *format,
		...) __attribute__((format(printf, 3, 4)));

static void say(struct look *look, enum finding finding, const char *format,
		...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	look->wrong += finding == FINDING_WRONG;
	look->tell(look->data, finding, text);
}

static void need_program(struct look *look, const char *name,
			 const char *package)
{
	char *path = program_find(name);

	if (path)
		say(look, FINDING_OK, "%s: %s", name, path);
	else
		say(look, FINDING_WRONG, "%s is not installed: apt install %s",
		    name, package);
	free(path);
}

static void look_at_file(struct look *look, const char *key, const char *path)
{
	if (!path)
		return;
	if (access(path, R_OK) == 0)
		say(look, FINDING_OK, "%s: %s", key, path);
	else
		say(look, FINDING_WRONG, "%s: cannot read %s: %s", key, path,
		    strerror(errno));
}

static void look_at_files(struct look *look, const char *key,
			  char *const *paths)
{
	for (; paths && *paths; paths++)
		look_at_file(look, key, *paths);
}

static void look_at_room(struct look *look)
{
	const char *folder = repo_common_dir(look->repo);
	struct statvfs room;
	uint64_t gib;

	if (statvfs(folder, &room) < 0) {
		say(look, FINDING_NOTE, "space: cannot ask about %s: %s",
		    folder, strerror(errno));
		return;
	}
	gib = (uint64_t)room.f_bavail * room.f_frsize / GIB;
	say(look, gib < ROOM_GIB ? FINDING_NOTE : FINDING_OK,
	    "space: %" PRIu64 " GiB free for worktree, builds and consoles%s",
	    gib, gib < ROOM_GIB ? ", which a kernel may fill" : "");
}

static void look_at_repository(struct look *look)
{
	if (repo_is_shallow(look->repo))
		say(look, FINDING_WRONG,
		    "repository: a shallow clone, commits are missing from "
		    "it: run 'git fetch --unshallow'");
	else
		say(look, FINDING_OK, "repository: %s",
		    repo_common_dir(look->repo));
	look_at_room(look);
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
		say(look, FINDING_OK, "oops: %s", path);
	else
		say(look, FINDING_WRONG, "oops: %s", err.text);
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
		say(look, FINDING_OK, "compiler: %s for HEAD", path);
	else
		say(look, FINDING_WRONG, "compiler: %s", err.text);
	free(path);
	reach_free(reach);
	versions_free(versions);
}

static void look_at_build(struct look *look)
{
	const struct kernel_settings *build = &look->settings->build;
	char *ccache;

	if (!build->config) {
		if (look->settings->build_command)
			say(look, FINDING_OK, "build: %s",
			    look->settings->build_command);
		return;
	}
	look_at_file(look, "build.config", build->config);
	look_at_files(look, "build.fragments", build->fragments);
	look_at_file(look, "build.versions", build->versions);
	need_program(look, "make", "make");
	need_program(look, "flex", "flex");
	need_program(look, "bison", "bison");
	need_program(look, "bc", "bc");
	look_at_compiler(look);
	ccache = build->ccache ? program_find("ccache") : NULL;
	if (build->ccache && !ccache)
		say(look, FINDING_NOTE,
		    "ccache is not installed: builds take longer without it");
	free(ccache);
}

static void look_at_kvm(struct look *look)
{
	if (look->settings->guest.command)
		return;
	if (access("/dev/kvm", R_OK | W_OK) == 0)
		say(look, FINDING_OK,
		    "kvm: /dev/kvm may be opened; the first run shows whether "
		    "guests boot under it");
	else
		say(look,
		    look->settings->guest.kvm == 1 ? FINDING_WRONG
						   : FINDING_NOTE,
		    "kvm: cannot open /dev/kvm: %s; qemu is slow without it",
		    strerror(errno));
}

static void look_at_keys(struct look *look)
{
	const struct guest_settings *guest = &look->settings->guest;
	struct stat info;

	look_at_files(look, "ssh.keys", guest->ssh_keys);
	for (char *const *key = guest->ssh_keys; key && *key; key++)
		if (stat(*key, &info) == 0 && (info.st_mode & 077))
			say(look, FINDING_NOTE, "ssh.keys: others may read %s",
			    *key);
	if (!guest->ssh_keys && !getenv("SSH_AUTH_SOCK"))
		say(look, FINDING_WRONG,
		    "ssh: there is no key: name some in ssh.keys, or start an "
		    "agent");
	look_at_file(look, "ssh.host_key", guest->ssh_host_key);
	look_at_file(look, "ssh.known_hosts", guest->ssh_known_hosts);
	if (!guest->ssh_host_key && !guest->ssh_known_hosts)
		say(look, FINDING_NOTE,
		    "ssh: no host key is given, the first that a guest shows "
		    "is believed");
}

static void look_at_guest(struct look *look)
{
	const struct guest_settings *guest = &look->settings->guest;

	look_at_file(look, "guest.initrd", guest->initrd);
	look_at_file(look, "guest.image", guest->image);
	look_at_file(look, "guest.root", guest->root);
	if (!guest->initrd && !guest->image && !guest->root && !guest->command)
		say(look, FINDING_NOTE,
		    "guest: neither initrd nor image: the kernel has nothing "
		    "to start");
	if (look->settings->target == TARGET_QEMU) {
		if (guest->program)
			need_program(look, guest->program, "qemu-system");
		else if (!guest->command &&
			 str_equal(look->settings->build.arch, "x86_64"))
			need_program(look, "qemu-system-x86_64",
				     "qemu-system-x86");
		look_at_kvm(look);
	}
	if (guest->ssh_user)
		look_at_keys(look);
	look_at_file(look, "reproducer.file", guest->repro_file);
}

int preflight(const struct settings *settings, struct repo *repo,
	      preflight_tell *tell, void *data)
{
	struct look look = {
		.settings = settings, .repo = repo, .tell = tell, .data = data
	};

	look_at_repository(&look);
	look_at_rules(&look);
	look_at_build(&look);
	if (settings->target != TARGET_COMMAND)
		look_at_guest(&look);
	else if (settings->test_command)
		say(&look, FINDING_OK, "test: %s", settings->test_command);
	else
		say(&look, FINDING_NOTE,
		    "test: there is no command, verdicts are given by hand");
	return look.wrong;
}
