/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/copy.h"
#include "run/kconfig.h"
#include "run/program.h"
#include "run/recorder.h"

/*
 * What ends up in the kernel and would differ from build to build, see
 * Documentation/kbuild/reproducible-builds.rst.  An empty LOCALVERSION that
 * is set keeps git's state out of the release.
 */
static const char *const fixed[] = {
	"KBUILD_BUILD_TIMESTAMP=Sat Jan  1 00:00:00 UTC 2000",
	"KBUILD_BUILD_USER=culprit",
	"KBUILD_BUILD_HOST=culprit",
	"KBUILD_BUILD_VERSION=1",
	"LOCALVERSION=",
};

static const struct target {
	const char *arch;
	const char *folder; /* below arch/; NULL: as arch */
	const char *name;
} targets[] = {
	{ "um", NULL, "linux" },       { "x86_64", "x86", "bzImage" },
	{ "i386", "x86", "bzImage" },  { "x86", "x86", "bzImage" },
	{ "s390", NULL, "bzImage" },   { "arm64", NULL, "Image.gz" },
	{ "riscv", NULL, "Image.gz" }, { "arm", NULL, "zImage" },
	{ "powerpc", NULL, "zImage" }, { "loongarch", NULL, "vmlinuz.efi" },
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const struct target *find_target(const char *arch)
{
	for (size_t i = 0; i < COUNT(targets); i++) {
		if (str_equal(targets[i].arch, arch))
			return &targets[i];
	}
	return NULL;
}

const char *kbuild_default_target(const char *arch)
{
	const struct target *target = find_target(arch);

	return target ? target->name : "vmlinux";
}

const char *kbuild_stage_name(enum kbuild_stage stage)
{
	switch (stage) {
	case KBUILD_STAGE_CLEAN:
		return "clean";
	case KBUILD_STAGE_CONFIGURE:
		return "configure";
	case KBUILD_STAGE_SETTLE:
		return "settle";
	case KBUILD_STAGE_BUILD:
		return "build";
	}
	return "?";
}

const char *const *kbuild_environment(void)
{
	/*
	 * The words of compilers are English, for diagnosis.c, and nothing
	 * but the recipe says where and how.
	 */
	static const char *const changes[] = {
		"LC_ALL",	 "LANGUAGE",	   "LC_MESSAGES=C",
		"MAKEFLAGS",	 "MAKELEVEL",	   "MFLAGS",
		"KBUILD_OUTPUT", "KCONFIG_CONFIG", NULL,
	};

	return changes;
}

static int check(const struct kbuild *kbuild, struct error *err)
{
	if (str_empty(kbuild->config))
		return error_set(err, ERROR_INPUT,
				 "no kernel configuration is given: name the "
				 ".config file to build with");
	if (str_empty(kbuild->arch))
		return error_set(err, ERROR_INPUT, "no architecture is given");
	if (!kbuild->source || *kbuild->source != '/')
		return error_set(err, ERROR_INPUT,
				 "the source folder must be an absolute path");
	if (!kbuild->out || *kbuild->out != '/')
		return error_set(err, ERROR_INPUT,
				 "the output folder must be an absolute path");
	if (str_equal(kbuild->source, kbuild->out))
		return error_set(err, ERROR_INPUT,
				 "'%s' is the source folder: a kernel is built "
				 "in a folder of its own",
				 kbuild->out);
	return 0;
}

/* What every make is given, so that all see the same kernel. */
static struct argv make_words(const struct kbuild *kbuild)
{
	struct argv words = ARGV_INIT;

	argv_add_all(&words, (const char *const[]){ "make", "-C",
						    kbuild->source, NULL });
	argv_take(&words, xasprintf("O=%s", kbuild->out));
	argv_take(&words, xasprintf("ARCH=%s", kbuild->arch));
	if (kbuild->cc)
		argv_take(&words,
			  xasprintf("CC=%s%s", kbuild->ccache ? "ccache " : "",
				    kbuild->cc));
	else if (kbuild->ccache)
		argv_add(&words, "CC=ccache gcc");
	for (size_t i = 0; i < COUNT(fixed); i++)
		argv_add(&words, fixed[i]);
	argv_add_all(&words, kbuild->arguments);
	return words;
}

static void add_step(struct kbuild_steps *steps, size_t *room,
		     enum kbuild_stage stage, char **take, bool required)
{
	array_grow(steps->items, (size_t)steps->count + 1, room);
	steps->items[steps->count++] =
		(struct kbuild_step){ stage, take, required };
}

static char *next_config(const struct kbuild *kbuild)
{
	return xasprintf("%s/.config.next", kbuild->out);
}

static char **settle_words(const struct kbuild *kbuild)
{
	struct argv words = ARGV_INIT;

	argv_add_all(&words,
		     (const char *const[]){
			     "sh", "-c",
			     "cmp -s \"$1\" \"$2\" || mv -f \"$1\" \"$2\"",
			     "sh", NULL });
	argv_take(&words, next_config(kbuild));
	argv_take(&words, kbuild_config(kbuild));
	return words.items;
}

int kbuild_plan(const struct kbuild *kbuild, struct kbuild_steps *out,
		struct error *err)
{
	struct kbuild_steps steps = { NULL, 0 };
	struct argv words;
	size_t room = 0;

	if (check(kbuild, err) < 0)
		return -1;
	if (kbuild->clean != KBUILD_KEEP) {
		words = make_words(kbuild);
		argv_add(&words, "clean");
		/* A folder that was never built in cannot always be cleaned. */
		add_step(&steps, &room, KBUILD_STAGE_CLEAN, words.items, false);
	}
	words = make_words(kbuild);
	argv_take(&words,
		  xasprintf("KCONFIG_CONFIG=%s/.config.next", kbuild->out));
	argv_add(&words, "olddefconfig");
	add_step(&steps, &room, KBUILD_STAGE_CONFIGURE, words.items, true);
	add_step(&steps, &room, KBUILD_STAGE_SETTLE, settle_words(kbuild),
		 true);
	words = make_words(kbuild);
	argv_take(&words,
		  xasprintf("-j%d", kbuild->jobs > 0 ? kbuild->jobs : 1));
	if (kbuild->targets && kbuild->targets[0])
		argv_add_all(&words, kbuild->targets);
	else
		argv_add(&words, kbuild_default_target(kbuild->arch));
	add_step(&steps, &room, KBUILD_STAGE_BUILD, words.items, true);
	*out = steps;
	return 0;
}

int kbuild_merge(const struct kbuild *kbuild, struct buf *out,
		 struct error *err)
{
	struct kconfig config;
	int ret = -1;

	kconfig_init(&config);
	if (check(kbuild, err) < 0)
		goto out;
	if (kconfig_read(&config, kbuild->config, err) < 0)
		goto out;
	for (const char *const *path = kbuild->fragments; path && *path;
	     path++) {
		if (kconfig_read(&config, *path, err) < 0)
			goto out;
	}
	for (int i = 0; i < kbuild->switch_count; i++)
		kconfig_set(&config, kbuild->switches[i].name,
			    kbuild->switches[i].value);
	kconfig_write(&config, out);
	ret = 0;
out:
	kconfig_release(&config);
	return ret;
}

int kbuild_prepare(const struct kbuild *kbuild, const char *config,
		   struct error *err)
{
	struct recorder file = { .fd = -1 };
	char *path;
	int ret = -1;

	if (copy_make_folders(kbuild->out, 0777, err) < 0)
		return -1;
	path = next_config(kbuild);
	if (recorder_open(&file, path, true, err) == 0)
		ret = recorder_write(&file, config, strlen(config), err);
	recorder_close(&file);
	free(path);
	return ret;
}

void kbuild_steps_release(struct kbuild_steps *steps)
{
	for (int i = 0; i < steps->count; i++)
		argv_free(steps->items[i].argv);
	free(steps->items);
	steps->items = NULL;
	steps->count = 0;
}

char *kbuild_image(const struct kbuild *kbuild)
{
	const struct target *target = find_target(kbuild->arch);
	const char *folder =
		target && target->folder ? target->folder : kbuild->arch;
	const char *name = kbuild->targets && kbuild->targets[0]
				   ? kbuild->targets[0]
				   : kbuild_default_target(kbuild->arch);

	if (str_equal(name, "linux") || str_equal(name, "vmlinux"))
		return xasprintf("%s/%s", kbuild->out, name);
	return xasprintf("%s/arch/%s/boot/%s", kbuild->out, folder, name);
}

char *kbuild_vmlinux(const struct kbuild *kbuild)
{
	return xasprintf("%s/vmlinux", kbuild->out);
}

char *kbuild_config(const struct kbuild *kbuild)
{
	return xasprintf("%s/.config", kbuild->out);
}

int kbuild_find_compiler(const char *const *names, const char *bin_dir,
			 const char *path, char **out, struct error *err)
{
	struct buf list;
	char *found = NULL;

	for (const char *const *name = names; *name && !found; name++) {
		found = program_in(*name, bin_dir);
		if (!found)
			found = program_in(*name, path);
	}
	if (found) {
		*out = found;
		return 0;
	}
	buf_init(&list, 0);
	for (const char *const *name = names; *name; name++)
		buf_printf(&list, "%s%s", name == names ? "" : " or ", *name);
	error_set(err, ERROR_INPUT, "there is no %s in %s%sPATH", list.text,
		  bin_dir ? bin_dir : "", bin_dir ? " or " : "");
	buf_release(&list);
	return -1;
}
