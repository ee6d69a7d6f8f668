/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/maker.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/builder.h"
#include "run/cache.h"
#include "run/patch.h"
#include "run/recorder.h"
#include "run/signature.h"

/* Names in an entry of the cache. */
#define KEPT_KERNEL    "kernel"
#define KEPT_SIGNATURE "signature"
#define KEPT_CONFIG    "config"

enum { KEPT_MAX = 16 };

/* A kernel in the cache; it stays there as long as its entry is held. */
struct kept {
	char *commit, *image;
	struct cache_entry *entry;
};

struct maker {
	struct maker_spec spec;
	uv_timer_t soon; /* calls back for a kernel that was kept */
	bool failed;	 /* the last build */

	char *image, *made; /* the kernel made last, where it was built */
	struct kept
		kept[KEPT_MAX]; /* in the cache; asked for last: at the end */
	size_t kept_count;

	/* the one under way */
	struct kbuild kbuild;
	struct kbuild_steps steps;
	const char *const **commands;
	struct builder_work work;
	char *commit, *key, *cc;
	char *config; /* what it is configured with, part of the key */
	struct signature signature;
	struct cache_entry *fresh; /* made by another thread */
	struct error not_kept;	   /* why there is none */
	char *log;
	build_done *done;
	void *data;
};

static void forget_made(struct maker *maker)
{
	free(maker->image);
	free(maker->made);
	maker->image = maker->made = NULL;
}

/* Its place, or kept_count. */
static size_t find_kept(const struct maker *maker, const char *commit)
{
	size_t i = 0;

	while (i < maker->kept_count &&
	       !str_equal(maker->kept[i].commit, commit))
		i++;
	return i;
}

static struct kept take_out(struct maker *maker, size_t at)
{
	struct kept kept = maker->kept[at];

	maker->kept_count--;
	memmove(&maker->kept[at], &maker->kept[at + 1],
		(maker->kept_count - at) * sizeof(kept));
	return kept;
}

static void drop_kept(struct maker *maker, size_t at)
{
	struct kept kept = take_out(maker, at);

	cache_entry_release(kept.entry);
	free(kept.commit);
	free(kept.image);
}

static void forget_job(struct maker *maker)
{
	kbuild_steps_release(&maker->steps);
	free(maker->commands);
	free(maker->commit);
	free(maker->key);
	free(maker->cc);
	free(maker->config);
	free(maker->log);
	memset(&maker->steps, 0, sizeof(maker->steps));
	maker->commands = NULL;
	maker->commit = maker->key = maker->cc = maker->config = NULL;
	maker->log = NULL;
	maker->not_kept.code = ERROR_NONE;
}

/* Takes the entry; the one that nobody asked for the longest is let go, so
   that the cache can keep within its limit. */
static void take_entry(struct maker *maker, struct cache_entry *entry)
{
	if (maker->kept_count == KEPT_MAX)
		drop_kept(maker, 0);
	maker->kept[maker->kept_count++] = (struct kept){
		.commit = xstrdup(maker->commit),
		.image = xasprintf("%s/" KEPT_KERNEL, cache_entry_path(entry)),
		.entry = entry,
	};
}

/*
 * Does the kernel take in files that lie outside of its sources?  Then the key
 * does not say what it is, and it is not kept.
 */
static bool takes_files(const char *config)
{
	static const char *const options[] = { "CONFIG_INITRAMFS_SOURCE=\"",
					       "CONFIG_EXTRA_FIRMWARE=\"" };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		const char *at = strstr(config, options[i]);

		if (at && (at == config || at[-1] == '\n') &&
		    at[strlen(options[i])] != '"')
			return true;
	}
	return false;
}

static bool keeps(const struct maker *maker)
{
	return maker->spec.cache && !takes_files(maker->config);
}

/* Variables of the user's that a kernel's build takes as its own. */
static void add_environment(struct buf *key)
{
	static const char *const names[] = { "CROSS_COMPILE", "KAFLAGS",
					     "KCFLAGS",	      "KCPPFLAGS",
					     "LLVM",	      "LLVM_IAS" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (getenv(names[i]))
			buf_printf(key, "%s=%s\n", names[i], getenv(names[i]));
}

/*
 * What the sources, what is changed in them, the configuration and the compiler
 * are; two builds with the same key are the same.  A compiler is known by its
 * file.  What the configuration is read from is read once: edited in between, a
 * kernel would be kept under the key of another.
 */
static int make_key(struct maker *maker, const struct build_choice *choice,
		    struct error *err)
{
	const struct kbuild *kbuild = &maker->kbuild;
	struct stat cc = { .st_size = 0 };
	struct buf config, key;
	int ret;

	buf_init(&config, 0);
	ret = kbuild_merge(kbuild, &config, err);
	maker->config = buf_take(&config);
	buf_release(&config);
	if (ret < 0)
		return -1;
	buf_init(&key, 0);
	if (kbuild->cc)
		stat(kbuild->cc, &cc);
	buf_printf(&key, "tree %s\narch %s\ncc %s %lld %lld\n", choice->tree,
		   kbuild->arch, kbuild->cc ? kbuild->cc : "-",
		   (long long)cc.st_size, (long long)cc.st_mtime);
	for (int i = 0; kbuild->arguments && kbuild->arguments[i]; i++)
		buf_printf(&key, "argument %s\n", kbuild->arguments[i]);
	for (int i = 0; kbuild->targets && kbuild->targets[i]; i++)
		buf_printf(&key, "target %s\n", kbuild->targets[i]);
	for (int i = 0; i < choice->patch_count; i++)
		buf_printf(&key, "fixup %s\n", choice->patches[i].hash);
	add_environment(&key);
	buf_puts(&key, maker->config);
	maker->key = buf_take(&key);
	buf_release(&key);
	return 0;
}

/* The signature that was kept with a kernel, or "". */
static void read_signature(const struct cache_entry *entry,
			   struct signature *out)
{
	char *path = xasprintf("%s/" KEPT_SIGNATURE, cache_entry_path(entry));
	FILE *file = fopen(path, "re");

	out->hex[0] = '\0';
	if (file && !fgets(out->hex, sizeof(out->hex), file))
		out->hex[0] = '\0';
	out->hex[strcspn(out->hex, "\n")] = '\0';
	if (file)
		fclose(file);
	free(path);
}

static void on_soon(uv_timer_t *timer)
{
	struct maker *maker = timer->data;
	struct build_end end = { .result = BUILD_OK };
	struct signature signature = maker->signature;

	if (signature.hex[0])
		end.signature = signature.hex;
	forget_job(maker);
	maker->done(maker->data, &end);
}

/* As the log has its commands; takes the words. */
static void log_take(const struct maker *maker, char *words)
{
	struct recorder record = { .fd = -1 };
	char *line = xasprintf("$ # %s\n", words);

	if (recorder_open_log(&record, maker->log, false, NULL) == 0)
		recorder_write(&record, line, strlen(line), NULL);
	recorder_close(&record);
	free(line);
	free(words);
}

static void log_kept(const struct maker *maker)
{
	log_take(maker,
		 xasprintf("a kernel of the same sources, configuration "
			   "and compiler was kept: %s",
			   maker->kept[find_kept(maker, maker->commit)].image));
}

/* Is one kept?  Trouble with the cache is no trouble of the build's. */
static bool take_kept(struct maker *maker)
{
	struct cache_entry *entry = NULL;

	if (!keeps(maker) ||
	    cache_find(maker->spec.cache, maker->key, &entry, NULL) < 0 ||
	    !entry)
		return false;
	take_entry(maker, entry);
	read_signature(entry, &maker->signature);
	log_kept(maker);
	uv_timer_start(&maker->soon, on_soon, 0, 0);
	return true;
}

/*
 * A build that is cut short, by whatever, leaves objects that are half
 * written; this file says that one has begun and not ended.
 */
static char *unfinished(const struct maker *maker)
{
	return xasprintf("%s/.unfinished", maker->kbuild.out);
}

static bool was_cut_short(const struct maker *maker)
{
	char *mark = unfinished(maker);
	bool yes = access(mark, F_OK) == 0;

	free(mark);
	return yes;
}

static int prepare(void *data, struct error *err)
{
	struct maker *maker = data;
	struct recorder file = { .fd = -1 };
	char *mark;
	int ret;

	if (kbuild_prepare(&maker->kbuild, maker->config, err) < 0)
		return -1;
	mark = unfinished(maker);
	ret = recorder_open(&file, mark, true, err);
	recorder_close(&file);
	free(mark);
	return ret;
}

/*
 * Killed is not ended: a signal is 256 and more.  But make that was asked to
 * end removes what is half made first, as after a Ctrl-C.
 */
static void mark_ended(const struct maker *maker, const struct build_end *end)
{
	char *mark = unfinished(maker);
	bool ended = end->exit_status < 256;

	/* what was to be cleaned away may still be there */
	if (end->cancelled)
		ended = (ended || end->exit_status == 256 + SIGTERM) &&
			maker->kbuild.clean == KBUILD_KEEP;
	if (ended)
		unlink(mark);
	free(mark);
}

/* In another thread: touches only what is its own of the maker. */
static void keep(struct maker *maker, const char *image)
{
	char *config = kbuild_config(&maker->kbuild);
	const struct cache_file files[] = {
		{ .name = KEPT_KERNEL, .from = image },
		{ .name = KEPT_SIGNATURE, .text = maker->signature.hex },
		{ .name = KEPT_CONFIG, .from = config },
	};

	cache_put(maker->spec.cache, maker->key, files, 3, &maker->fresh,
		  &maker->not_kept);
	free(config);
}

static int make_products(void *data, char *signature, struct error *err)
{
	struct maker *maker = data;
	char *vmlinux = kbuild_vmlinux(&maker->kbuild);
	char *image = kbuild_image(&maker->kbuild);

	(void)err;
	/* a kernel without a signature can be tested all the same */
	if (signature_of(vmlinux, &maker->signature, NULL) < 0)
		maker->signature.hex[0] = '\0';
	memcpy(signature, maker->signature.hex, sizeof(maker->signature.hex));
	if (keeps(maker))
		keep(maker, image);
	free(vmlinux);
	free(image);
	return 0;
}

static void on_built(void *data, const struct build_end *end)
{
	struct maker *maker = data;

	mark_ended(maker, end);
	if (maker->not_kept.code != ERROR_NONE)
		log_take(maker, xstrdup(maker->not_kept.text));
	maker->failed = !end->cancelled && end->result == BUILD_FAILED;
	if (end->result == BUILD_OK && !end->cancelled) {
		if (maker->fresh) {
			take_entry(maker, maker->fresh);
		} else {
			maker->image = kbuild_image(&maker->kbuild);
			maker->made = xstrdup(maker->commit);
		}
	} else {
		cache_entry_release(maker->fresh);
	}
	maker->fresh = NULL;
	forget_job(maker);
	maker->done(maker->data, end);
}

static enum kbuild_clean clean_of(const struct maker *maker)
{
	if (was_cut_short(maker))
		return KBUILD_CLEAN;
	switch (maker->spec.clean) {
	case MAKER_CLEAN_ALWAYS:
		return KBUILD_CLEAN;
	case MAKER_CLEAN_ON_FAILURE:
		return maker->failed ? KBUILD_CLEAN : KBUILD_KEEP;
	case MAKER_CLEAN_NEVER:
		break;
	}
	return KBUILD_KEEP;
}

static int plan(struct maker *maker, const struct build_choice *choice,
		struct error *err)
{
	maker->cc = xstrdup_null(choice->cc);
	maker->kbuild = maker->spec.kbuild;
	maker->kbuild.cc = maker->cc;
	maker->kbuild.switches = choice->switches;
	maker->kbuild.switch_count = choice->switch_count;
	maker->kbuild.clean = clean_of(maker);
	if (kbuild_plan(&maker->kbuild, &maker->steps, err) < 0)
		return -1;
	maker->commands = xcalloc((size_t)maker->steps.count + 1,
				  sizeof(*maker->commands));
	for (int i = 0; i < maker->steps.count; i++)
		maker->commands[i] =
			(const char *const *)maker->steps.items[i].argv;
	return make_key(maker, choice, err);
}

/* So many of the first steps may fail. */
static size_t optional_steps(const struct maker *maker)
{
	size_t count = 0;

	while (count < (size_t)maker->steps.count &&
	       !maker->steps.items[count].required)
		count++;
	return count;
}

int maker_make(struct maker *maker, const struct build_request *request,
	       build_done *done, void *data, struct error *err)
{
	size_t kept;

	if (maker->commit)
		return error_set(err, ERROR_BUSY,
				 "cannot build while %s is worked on",
				 maker->commit);
	kept = find_kept(maker, request->commit);
	if (kept < maker->kept_count) /* it may come out otherwise now */
		drop_kept(maker, kept);
	maker->commit = xstrdup(request->commit);
	maker->log = xstrdup(request->log);
	maker->done = done;
	maker->data = data;
	if (plan(maker, request->choice, err) < 0)
		goto failed;
	if (take_kept(maker))
		return 0;
	forget_made(maker);
	maker->work = (struct builder_work){
		.prepare = prepare,
		.optional = optional_steps(maker),
		.commands = (const char *const *const *)maker->commands,
		.products = make_products,
		.in_order = true,
		.env = kbuild_environment(),
		.data = maker,
	};
	if (builder_build(maker->spec.builder, request, &maker->work, on_built,
			  maker, err) == 0)
		return 0;
failed:
	forget_job(maker);
	return -1;
}

void maker_adopt(struct maker *maker, const char *commit, const char *image)
{
	forget_made(maker);
	maker->image = xstrdup(image);
	maker->made = xstrdup(commit);
}

enum runner_has maker_has(const struct maker *maker, const char *commit)
{
	if (find_kept(maker, commit) < maker->kept_count)
		return RUNNER_HAS_KEPT;
	return str_equal(maker->made, commit) ? RUNNER_HAS_THERE
					      : RUNNER_HAS_NOT;
}

const char *maker_image(struct maker *maker, const char *commit)
{
	size_t at = find_kept(maker, commit);

	if (at < maker->kept_count) {
		struct kept kept = take_out(maker, at);

		maker->kept[maker->kept_count++] = kept;
		return kept.image;
	}
	return str_equal(maker->made, commit) ? maker->image : NULL;
}

struct maker *maker_new(uv_loop_t *loop, const struct maker_spec *spec)
{
	struct maker *maker = xcalloc(1, sizeof(*maker));

	maker->spec = *spec;
	uv_timer_init(loop, &maker->soon);
	maker->soon.data = maker;
	return maker;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void maker_free(struct maker *maker)
{
	if (!maker)
		return;
	assert(!maker->commit);
	forget_made(maker);
	while (maker->kept_count)
		drop_kept(maker, maker->kept_count - 1);
	uv_close((uv_handle_t *)&maker->soon, on_closed);
}
