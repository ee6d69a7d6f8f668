/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/settings_keys.h"

#include <libconfig.h>
#include <regex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/settings.h"
#include "control/table.h"
#include "engine/ahead.h"
#include "engine/verdict.h"

#define SLOTS_MAX   64
#define BUILDS_MAX  8
#define WIDTH_MAX   1000
#define LIST_MAX    64
#define SECONDS_MAX (7 * 24 * 3600)
#define MIB_MAX	    (64 * 1024)
#define MIB	    (1024 * 1024)

enum type {
	TEXT,
	FILE_NAME,
	REGEX,
	SECONDS,
	MEBIBYTES,
	SLOTS,
	BUILDS,
	WIDTH,
	AHEAD,
	OUTCOME,
	POLICY,
	MATCHING,
	SYMPTOM,
	CONSOLE,
	TARGET,
	TEXTS,
	FILES,
	TRUTH,
	ANSWER,
	PRIOR,
	CLEAN,
	KVM,
	REBOOT,
	EXECUTOR,
	PORT,
	COUNT_OF_JOBS,
	COUNT_OF_CPUS,
	MEMORY,
	GIBIBYTES,
	FIXUPS,
};

struct key {
	const char *name;
	enum type type;
	size_t where; /* in struct settings */
};

#define AT(member) offsetof(struct settings, member)

/* Where the settings come from. */
struct reader {
	const char *path;
	const char *folder; /* that names of files in it are relative to */
};

static const struct key top_keys[] = {
	{ "title", TEXT, AT(title) },
	{ "policy", POLICY, AT(policy) },
	{ "matching", MATCHING, AT(matching) },
	{ "bad", SYMPTOM, AT(symptom) },
	{ "prior", PRIOR, AT(prior) },
	{ "confirm", ANSWER, AT(confirm) },
	{ "oops", FILE_NAME, AT(oops) },
	{ "target", TARGET, AT(target) },
	{ "executor", EXECUTOR, AT(executor) },
	{ "fixups", FIXUPS, AT(fixups) },
	{ NULL, TEXT, 0 },
};

static const struct key build_keys[] = {
	{ "command", TEXT, AT(build_command) },
	{ "timeout", SECONDS, AT(build_timeout_ms) },
	{ "output_limit", MEBIBYTES, AT(build_output_max) },
	{ "config", FILE_NAME, AT(build.config) },
	{ "fragments", FILES, AT(build.fragments) },
	{ "arch", TEXT, AT(build.arch) },
	{ "compiler", TEXT, AT(build.compiler) },
	{ "cc", TEXT, AT(build.cc) },
	{ "arguments", TEXTS, AT(build.arguments) },
	{ "versions", FILE_NAME, AT(build.versions) },
	{ "clean", CLEAN, AT(build.clean) },
	{ "ccache", TRUTH, AT(build.ccache) },
	{ "jobs", COUNT_OF_JOBS, AT(build.jobs) },
	{ "slots", BUILDS, AT(ahead.slots) },
	{ "ahead", AHEAD, AT(ahead.commits) },
	{ "cache", GIBIBYTES, AT(build.cache_gib) },
	{ NULL, TEXT, 0 },
};

static const struct key guest_keys[] = {
	{ "kernel", TEXT, AT(guest.kernel) },
	{ "program", TEXT, AT(guest.program) },
	{ "command", TEXT, AT(guest.command) },
	{ "initrd", FILE_NAME, AT(guest.initrd) },
	{ "image", FILE_NAME, AT(guest.image) },
	{ "root", FILE_NAME, AT(guest.root) },
	{ "append", TEXT, AT(guest.append) },
	{ "arguments", TEXTS, AT(guest.arguments) },
	{ "memory", MEMORY, AT(guest.memory_mib) },
	{ "cpus", COUNT_OF_CPUS, AT(guest.cpus) },
	{ "kvm", KVM, AT(guest.kvm) },
	{ "boot_timeout", SECONDS, AT(guest.boot_ms) },
	{ NULL, TEXT, 0 },
};

static const struct key machine_keys[] = {
	{ "host", TEXT, AT(machine.host) },
	{ "port", PORT, AT(machine.port) },
	{ "kernel", TEXT, AT(guest.kernel) },
	{ "install", TEXT, AT(machine.install) },
	{ "image", TEXT, AT(machine.image) },
	{ "install_there", TEXT, AT(machine.install_there) },
	{ "reboot", REBOOT, AT(machine.reboot) },
	{ "reboot_command", TEXT, AT(machine.reboot_command) },
	{ "power_cycle", TEXT, AT(machine.power_cycle) },
	{ "console", TEXT, AT(machine.console) },
	{ "running", TEXT, AT(machine.running) },
	{ "expected", TEXT, AT(machine.expected) },
	{ "boot_timeout", SECONDS, AT(guest.boot_ms) },
	{ NULL, TEXT, 0 },
};

static const struct key ssh_keys[] = {
	{ "user", TEXT, AT(guest.ssh_user) },
	{ "keys", FILES, AT(guest.ssh_keys) },
	{ "host_key", FILE_NAME, AT(guest.ssh_host_key) },
	{ "known_hosts", FILE_NAME, AT(guest.ssh_known_hosts) },
	{ NULL, TEXT, 0 },
};

static const struct key repro_keys[] = {
	{ "file", FILE_NAME, AT(guest.repro_file) },
	{ "command", TEXT, AT(guest.repro_command) },
	{ "check", TEXT, AT(guest.repro_check) },
	{ "cc", TEXT, AT(guest.repro_cc) },
	{ "cflags", TEXTS, AT(guest.repro_cflags) },
	{ "repeat", TRUTH, AT(guest.repro_repeat) },
	{ NULL, TEXT, 0 },
};

static const struct key test_keys[] = {
	{ "command", TEXT, AT(test_command) },
	{ "timeout", SECONDS, AT(test_timeout_ms) },
	{ "output_limit", MEBIBYTES, AT(test_output_max) },
	{ "silence", SECONDS, AT(test_silence_ms) },
	{ "settle", SECONDS, AT(test_settle_ms) },
	{ "slots", SLOTS, AT(slots) },
	{ "console", CONSOLE, AT(console) },
	{ "crash", REGEX, AT(crash) },
	{ "ignore", REGEX, AT(ignore) },
	{ "boot", REGEX, AT(boot) },
	{ "on_timeout", OUTCOME, AT(on_timeout) },
	{ NULL, TEXT, 0 },
};

static const struct key slurm_keys[] = {
	{ "partition", TEXT, AT(slurm.partition) },
	{ "options", TEXTS, AT(slurm.options) },
	{ "width", WIDTH, AT(slurm.width) },
	{ "poll", SECONDS, AT(slurm.poll_ms) },
	{ "build_cpus", COUNT_OF_CPUS, AT(slurm.build.cpus) },
	{ "build_memory", MEMORY, AT(slurm.build.memory_mib) },
	{ "build_time", SECONDS, AT(slurm.build.time_ms) },
	{ "run_cpus", COUNT_OF_CPUS, AT(slurm.run.cpus) },
	{ "run_memory", MEMORY, AT(slurm.run.memory_mib) },
	{ "run_time", SECONDS, AT(slurm.run.time_ms) },
	{ NULL, TEXT, 0 },
};

static const struct key fake_keys[] = {
	{ "script", TEXT, AT(fake_script) },
	{ "slots", SLOTS, AT(slots) },
	{ NULL, TEXT, 0 },
};

static const struct group {
	const char *name;
	const struct key *keys;
} groups[] = {
	{ "build", build_keys }, { "test", test_keys },
	{ "guest", guest_keys }, { "machine", machine_keys },
	{ "ssh", ssh_keys },	 { "reproducer", repro_keys },
	{ "slurm", slurm_keys }, { "fake", fake_keys },
	{ NULL, NULL },
};

static int take_number(const char *path, const config_setting_t *item, int low,
		       int high, const char *unit, int *out, struct error *err)
{
	char expected[80];

	if (config_setting_type(item) == CONFIG_TYPE_INT &&
	    config_setting_get_int(item) >= low &&
	    config_setting_get_int(item) <= high) {
		*out = config_setting_get_int(item);
		return 0;
	}
	snprintf(expected, sizeof(expected), "a whole number%s%s, %d to %d",
		 unit ? " of " : "", unit ? unit : "", low, high);
	return table_expected(path, item, expected, err);
}

static int take_text(const char *path, const config_setting_t *item,
		     const char **out, struct error *err)
{
	if (config_setting_type(item) != CONFIG_TYPE_STRING ||
	    str_empty(config_setting_get_string(item)))
		return table_expected(path, item, "a text in quotes", err);
	*out = config_setting_get_string(item);
	return 0;
}

static int check_regex(const char *path, const config_setting_t *item,
		       const char *text, struct error *err)
{
	char why[120], expected[200];
	regex_t regex;
	int failed = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);

	if (!failed) {
		regfree(&regex);
		return 0;
	}
	regerror(failed, &regex, why, sizeof(why));
	snprintf(expected, sizeof(expected),
		 "an extended regular expression (%s)", why);
	return table_expected(path, item, expected, err);
}

static void put_text(void *where, const char *text)
{
	char **member = where;

	free(*member);
	*member = xstrdup(text);
}

/* A file that the settings name lies beside them; on the heap. */
static char *beside(const struct reader *reader, const char *name)
{
	if (*name == '/' || str_empty(reader->folder))
		return xstrdup(name);
	return xasprintf("%s/%s", reader->folder, name);
}

/* A list of texts or of files, in place of what was there. */
static int take_list(const struct reader *reader, const config_setting_t *item,
		     bool files, void *where, struct error *err)
{
	bool is_list =
		config_setting_is_array(item) || config_setting_is_list(item);
	int count = is_list ? config_setting_length(item) : 0;
	char ***member = where;
	char **texts;

	if (!is_list || count > LIST_MAX)
		return table_expected(reader->path, item,
				      "a list of texts in [ ]", err);
	texts = xcalloc((size_t)count + 1, sizeof(*texts));
	for (int i = 0; i < count; i++) {
		const char *text = config_setting_get_string_elem(item, i);

		if (str_empty(text)) {
			argv_free(texts);
			return table_expected(reader->path, item,
					      "texts in quotes", err);
		}
		texts[i] = files ? beside(reader, text) : xstrdup(text);
	}
	argv_free(*member);
	*member = texts;
	return 0;
}

/* One of the words; its place in the list. */
static int take_choice(const struct reader *reader,
		       const config_setting_t *item, const char *text,
		       const char *const *words, void *where, struct error *err)
{
	char expected[120];
	int *choice = where, place;

	place = table_word(words, text, expected, sizeof(expected));
	if (place < 0)
		return table_expected(reader->path, item, expected, err);
	*choice = place;
	return 0;
}

static int take_console(const char *path, const config_setting_t *item,
			const char *text, enum reading *out, struct error *err)
{
	if (str_equal(text, "kernel"))
		*out = READ_KERNEL;
	else if (str_equal(text, "plain"))
		*out = READ_PLAIN;
	else
		return table_expected(path, item, "\"kernel\" or \"plain\"",
				      err);
	return 0;
}

static const char *const targets[] = { "command", "uml", "qemu", "ssh", NULL };
static const char *const executors[] = { "local", "slurm", NULL };
static const char *const reboots[] = { "every-run", "new-kernel", NULL };
static const char *const priors[] = { "none", "files", NULL };
static const char *const cleans[] = { "never", "on-failure", "always", NULL };
static const char *const kvms[] = { "auto", "always", "never", NULL };

static int take_policy(const struct reader *reader,
		       const config_setting_t *item, const char *text,
		       struct error *err)
{
	struct policy policy;
	struct error why;

	if (policy_parse(&policy, text, &why) == 0)
		return 0;
	return table_wrong(reader->path, item, why.text, err);
}

static int take_word(const struct reader *reader, const config_setting_t *item,
		     const struct key *key, void *where, struct error *err)
{
	const char *text = NULL;
	char *file;

	if (take_text(reader->path, item, &text, err) < 0)
		return -1;
	/* clang-format off */
	switch (key->type) {
	case MATCHING:
		if (matching_parse(where, text, NULL) == 0)
			return 0;
		return table_expected(reader->path, item,
			     "\"any\", \"family\" or \"title\"", err);
	case SYMPTOM:
		if (symptom_parse(where, text, NULL) == 0)
			return 0;
		return table_expected(reader->path, item,
			     "\"crash\", \"boot-failed\" or "
			     "\"build-failed\"", err);
	case CONSOLE:
		return take_console(reader->path, item, text, where, err);
	case TARGET:
		return take_choice(reader, item, text, targets, where, err);
	case PRIOR:
		return take_choice(reader, item, text, priors, where, err);
	case CLEAN:
		return take_choice(reader, item, text, cleans, where, err);
	case KVM:
		return take_choice(reader, item, text, kvms, where, err);
	case REBOOT:
		return take_choice(reader, item, text, reboots, where, err);
	case EXECUTOR:
		return take_choice(reader, item, text, executors, where, err);
	case OUTCOME:
		if (outcome_parse(where, text))
			return 0;
		return table_expected(reader->path, item,
			     "\"ok\", \"crashed\", \"boot-failed\", "
			     "\"test-failed\", \"infra\" or \"ignored\"",
			     err);
	case FILE_NAME:
		file = beside(reader, text);
		put_text(where, file);
		free(file);
		return 0;
	case REGEX:
		if (check_regex(reader->path, item, text, err) < 0)
			return -1;
		break;
	case POLICY:
		if (take_policy(reader, item, text, err) < 0)
			return -1;
		break;
	case TEXT: case SECONDS: case MEBIBYTES: case SLOTS: case BUILDS:
	case AHEAD: case WIDTH: case TEXTS:
	case FILES: case TRUTH: case ANSWER: case COUNT_OF_JOBS: case COUNT_OF_CPUS:
	case MEMORY: case GIBIBYTES: case FIXUPS: case PORT:
		break;
	}
	/* clang-format on */
	put_text(where, text);
	return 0;
}

static int take_truth(const struct reader *reader, const config_setting_t *item,
		      bool *out, struct error *err)
{
	if (config_setting_type(item) != CONFIG_TYPE_BOOL)
		return table_expected(reader->path, item, "true or false", err);
	*out = config_setting_get_bool(item) != 0;
	return 0;
}

static int take(struct settings *settings, const struct reader *reader,
		const config_setting_t *item, const struct key *key,
		struct error *err)
{
	void *where = (char *)settings + key->where;
	const char *path = reader->path;
	int64_t *wide = where;
	bool truth = false;
	int number;

	/* clang-format off */
	switch (key->type) {
	case SECONDS:
		if (take_number(path, item, 1, SECONDS_MAX, "seconds", &number,
				err) < 0)
			return -1;
		*wide = INT64_C(1000) * number;
		return 0;
	case MEBIBYTES:
		if (take_number(path, item, 1, MIB_MAX, "MiB", &number, err) <
		    0)
			return -1;
		*wide = INT64_C(1) * MIB * number;
		return 0;
	case BUILDS:
		return take_number(path, item, 1, BUILDS_MAX, "builds at once",
				   where, err);
	case AHEAD:
		return take_number(path, item, 0, AHEAD_MAX, "commits", where,
				   err);
	case WIDTH:
		return take_number(path, item, 1, WIDTH_MAX, "runs at once",
				   where, err);
	case SLOTS:
		return take_number(path, item, 1, SLOTS_MAX, "runs at once",
				   where, err);
	case COUNT_OF_JOBS:
		return take_number(path, item, 1, 1024, "jobs", where, err);
	case COUNT_OF_CPUS:
		return take_number(path, item, 1, 256, "processors", where,
				   err);
	case PORT:
		return take_number(path, item, 1, 65535, NULL, where, err);
	case MEMORY:
		return take_number(path, item, 16, MIB_MAX * 16, "MiB", where,
				   err);
	case GIBIBYTES:
		return take_number(path, item, 0, MIB_MAX, "GiB", where, err);
	case TEXTS: case FILES:
		return take_list(reader, item, key->type == FILES, where, err);
	case TRUTH:
		return take_truth(reader, item, where, err);
	case ANSWER:
		if (take_truth(reader, item, &truth, err) < 0)
			return -1;
		*(int *)where = truth;
		return 0;
	case FIXUPS:
		fixup_specs_release(where);
		return fixup_specs_read(item, path, reader->folder, where, err);
	case TEXT: case FILE_NAME: case REGEX: case OUTCOME: case POLICY:
	case MATCHING: case SYMPTOM: case CONSOLE: case TARGET:
	case PRIOR: case CLEAN: case KVM: case REBOOT: case EXECUTOR:
		break;
	}
	/* clang-format on */
	return take_word(reader, item, key, where, err);
}

static int unknown(const struct reader *reader, const config_setting_t *item,
		   const struct key *keys, bool is_top, struct error *err)
{
	char known[200] = "";
	struct buf whole;

	for (; keys->name; keys++)
		str_list(known, sizeof(known), keys->name);
	if (is_top)
		str_list(known, sizeof(known),
			 "build, test, guest, machine, ssh, reproducer, slurm");
	buf_init(&whole, 0);
	table_key(item, &whole);
	error_set(err, ERROR_INPUT,
		  "%s:%u: there is no key '%s': expected one of %s",
		  reader->path, table_line(item), whole.text, known);
	buf_release(&whole);
	return -1;
}

static int take_group(struct settings *settings, const struct reader *reader,
		      const config_setting_t *group, const struct key *keys,
		      bool is_top, struct error *err);

static int take_item(struct settings *settings, const struct reader *reader,
		     const config_setting_t *item, const struct key *keys,
		     bool is_top, struct error *err)
{
	const char *name = config_setting_name(item);

	for (const struct key *key = keys; key->name; key++)
		if (str_equal(key->name, name))
			return take(settings, reader, item, key, err);
	for (const struct group *group = groups; is_top && group->name;
	     group++) {
		if (!str_equal(group->name, name))
			continue;
		if (!config_setting_is_group(item))
			return table_expected(reader->path, item,
					      "a group { ... }", err);
		return take_group(settings, reader, item, group->keys, false,
				  err);
	}
	return unknown(reader, item, keys, is_top, err);
}

static int take_group(struct settings *settings, const struct reader *reader,
		      const config_setting_t *group, const struct key *keys,
		      bool is_top, struct error *err)
{
	int count = config_setting_length(group);

	for (int i = 0; i < count; i++) {
		const config_setting_t *item =
			config_setting_get_elem(group, (unsigned)i);

		if (take_item(settings, reader, item, keys, is_top, err) < 0)
			return -1;
	}
	return 0;
}

int settings_keys_read(struct settings *settings, const char *path,
		       const char *folder, struct error *err)
{
	const struct reader reader = { path, folder };
	config_t config;
	int ret;

	config_init(&config);
	ret = table_read(&config, path, err);
	if (ret == 0)
		ret = take_group(settings, &reader,
				 config_root_setting(&config), top_keys, true,
				 err);
	config_destroy(&config);
	return ret;
}

/* What stands in the file of it, of what makes it matter, or around it. */
static const config_setting_t *find(const config_t *config, const char *key,
				    const char *because)
{
	const config_setting_t *item = config_lookup(config, key);
	char *group = xstrndup(key, strcspn(key, "."));

	if (!item)
		item = config_lookup(config, group);
	if (!item && because)
		item = config_lookup(config, because);
	free(group);
	return item;
}

int settings_keys_wrong(const char *path, const char *key, const char *because,
			const char *what, struct error *err)
{
	const config_setting_t *item = NULL;
	config_t config;

	config_init(&config);
	if (table_read(&config, path, NULL) == 0)
		item = find(&config, key, because);
	error_set(err, ERROR_INPUT, "%s:%u: %s: %s", path,
		  item ? table_line(item) : 1, key, what);
	config_destroy(&config);
	return -1;
}
