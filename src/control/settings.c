/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/settings.h"

#include <libconfig.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/verdict.h"

#define SLOTS_MAX   64
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
	OUTCOME,
	POLICY,
	MATCHING,
	CONSOLE,
	TARGET,
};

struct key {
	const char *name;
	enum type type;
	size_t where; /* in struct settings */
};

#define AT(member) offsetof(struct settings, member)

static const struct key top_keys[] = {
	{ "title", TEXT, AT(title) },
	{ "policy", POLICY, AT(policy) },
	{ "matching", MATCHING, AT(matching) },
	{ "oops", FILE_NAME, AT(oops) },
	{ "target", TARGET, 0 },
	{ NULL, TEXT, 0 },
};

static const struct key build_keys[] = {
	{ "command", TEXT, AT(build_command) },
	{ "timeout", SECONDS, AT(build_timeout_ms) },
	{ "output_limit", MEBIBYTES, AT(build_output_max) },
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

static const struct key fake_keys[] = {
	{ "script", TEXT, AT(fake_script) },
	{ "slots", SLOTS, AT(slots) },
	{ NULL, TEXT, 0 },
};

static const struct group {
	const char *name;
	const struct key *keys;
} groups[] = {
	{ "build", build_keys },
	{ "test", test_keys },
	{ "fake", fake_keys },
	{ NULL, NULL },
};

void settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->policy = xstrdup("exit-code");
	settings->build_timeout_ms = 3600 * 1000;
	settings->build_output_max = INT64_C(256) * MIB;
	settings->test_timeout_ms = 600 * 1000;
	settings->test_output_max = INT64_C(64) * MIB;
	settings->test_settle_ms = 10 * 1000;
	settings->slots = 1;
	settings->on_timeout = OUTCOME_TEST_FAILED;
}

void settings_release(struct settings *settings)
{
	free(settings->title);
	free(settings->policy);
	free(settings->oops);
	free(settings->build_command);
	free(settings->test_command);
	free(settings->crash);
	free(settings->ignore);
	free(settings->boot);
	free(settings->fake_script);
	memset(settings, 0, sizeof(*settings));
}

/* "FILE:LINE: KEY: what was expected" */
static int wrong(const char *path, const config_setting_t *item,
		 const char *expected, struct error *err)
{
	const char *name = config_setting_name(item);

	return error_set(err, ERROR_INPUT, "%s:%u: %s: expected %s", path,
			 config_setting_source_line(item), name ? name : "?",
			 expected);
}

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
	snprintf(expected, sizeof(expected), "a whole number of %s, %d to %d",
		 unit, low, high);
	return wrong(path, item, expected, err);
}

static int take_text(const char *path, const config_setting_t *item,
		     const char **out, struct error *err)
{
	if (config_setting_type(item) != CONFIG_TYPE_STRING ||
	    str_empty(config_setting_get_string(item)))
		return wrong(path, item, "a text in quotes", err);
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
	return wrong(path, item, expected, err);
}

static void put_text(void *where, const char *text)
{
	char **member = where;

	free(*member);
	*member = xstrdup(text);
}

/* A file that the settings name lies beside them. */
static void put_file(void *where, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	char *full =
		*name == '/' || !slash
			? xstrdup(name)
			: xasprintf("%.*s/%s", (int)(slash - path), path, name);

	put_text(where, full);
	free(full);
}

static int take_console(const char *path, const config_setting_t *item,
			const char *text, enum reading *out, struct error *err)
{
	if (str_equal(text, "kernel"))
		*out = READ_KERNEL;
	else if (str_equal(text, "plain"))
		*out = READ_PLAIN;
	else
		return wrong(path, item, "\"kernel\" or \"plain\"", err);
	return 0;
}

static int take_word(const char *path, const config_setting_t *item,
		     const struct key *key, void *where, struct error *err)
{
	const char *text = NULL;
	struct policy policy;
	struct error why;

	if (take_text(path, item, &text, err) < 0)
		return -1;
	if (key->type == REGEX && check_regex(path, item, text, err) < 0)
		return -1;
	if (key->type == POLICY && policy_parse(&policy, text, &why) < 0)
		return error_set(err, ERROR_INPUT, "%s:%u: policy: %s", path,
				 config_setting_source_line(item), why.text);
	if (key->type == MATCHING && matching_parse(where, text, NULL) < 0)
		return wrong(path, item, "any, family or title", err);
	if (key->type == CONSOLE)
		return take_console(path, item, text, where, err);
	if (key->type == FILE_NAME)
		put_file(where, path, text);
	if (key->type == MATCHING || key->type == FILE_NAME)
		return 0;
	if (key->type == TARGET) {
		if (!str_equal(text, "command"))
			return wrong(path, item, "\"command\"", err);
		return 0;
	}
	if (key->type == OUTCOME) {
		if (!outcome_parse(where, text))
			return wrong(path, item,
				     "ok, crashed, boot-failed, test-failed, "
				     "infra or ignored",
				     err);
		return 0;
	}
	put_text(where, text);
	return 0;
}

static int take(struct settings *settings, const char *path,
		const config_setting_t *item, const struct key *key,
		struct error *err)
{
	void *where = (char *)settings + key->where;
	int64_t *wide = where;
	int number;

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
	case SLOTS:
		if (take_number(path, item, 1, SLOTS_MAX, "runs at once",
				&number, err) < 0)
			return -1;
		settings->slots = number;
		return 0;
	case TEXT:
	case FILE_NAME:
	case REGEX:
	case OUTCOME:
	case POLICY:
	case MATCHING:
	case CONSOLE:
	case TARGET:
		break;
	}
	return take_word(path, item, key, where, err);
}

static int unknown(const char *path, const config_setting_t *item,
		   const struct key *keys, bool is_top, struct error *err)
{
	char known[200];
	size_t used = 0;

	known[0] = '\0';
	for (; keys->name; keys++)
		used += (size_t)snprintf(known + used, sizeof(known) - used,
					 "%s%s", used ? ", " : "", keys->name);
	if (is_top)
		snprintf(known + used, sizeof(known) - used, ", build, test");
	return error_set(err, ERROR_INPUT,
			 "%s:%u: there is no key '%s' here: expected one of %s",
			 path, config_setting_source_line(item),
			 config_setting_name(item), known);
}

static int take_group(struct settings *settings, const char *path,
		      const config_setting_t *group, const struct key *keys,
		      bool is_top, struct error *err);

static int take_item(struct settings *settings, const char *path,
		     const config_setting_t *item, const struct key *keys,
		     bool is_top, struct error *err)
{
	const char *name = config_setting_name(item);

	for (const struct key *key = keys; key->name; key++)
		if (str_equal(key->name, name))
			return take(settings, path, item, key, err);
	for (const struct group *group = groups; is_top && group->name;
	     group++) {
		if (!str_equal(group->name, name))
			continue;
		if (!config_setting_is_group(item))
			return wrong(path, item, "a group { ... }", err);
		return take_group(settings, path, item, group->keys, false,
				  err);
	}
	return unknown(path, item, keys, is_top, err);
}

static int take_group(struct settings *settings, const char *path,
		      const config_setting_t *group, const struct key *keys,
		      bool is_top, struct error *err)
{
	int count = config_setting_length(group);

	for (int i = 0; i < count; i++) {
		const config_setting_t *item =
			config_setting_get_elem(group, (unsigned)i);

		if (take_item(settings, path, item, keys, is_top, err) < 0)
			return -1;
	}
	return 0;
}

static enum reading read_as(const struct settings *settings)
{
	struct policy policy;

	if (settings->console != READ_BY_POLICY)
		return settings->console;
	policy_parse(&policy, settings->policy, NULL);
	return settings->crash || policy.kind == POLICY_EXIT_CODE ? READ_PLAIN
								  : READ_KERNEL;
}

int settings_read(struct settings *settings, const char *path,
		  struct error *err)
{
	struct settings fresh;
	config_t config;
	int ret = -1;

	settings_init(&fresh);
	config_init(&config);
	if (config_read_file(&config, path) != CONFIG_TRUE) {
		if (config_error_type(&config) == CONFIG_ERR_FILE_IO)
			error_errno(err, "cannot read the settings %s", path);
		else
			error_set(err, ERROR_INPUT, "%s:%d: %s", path,
				  config_error_line(&config),
				  config_error_text(&config));
		goto out;
	}
	if (take_group(&fresh, path, config_root_setting(&config), top_keys,
		       true, err) < 0)
		goto out;
	if (fresh.build_command && !fresh.test_command) {
		error_set(err, ERROR_INPUT,
			  "%s: build has a command, but test has none", path);
		goto out;
	}
	if (fresh.console == READ_KERNEL && fresh.crash) {
		error_set(err, ERROR_INPUT,
			  "%s: test: crash is for other consoles than a "
			  "kernel's; more rules for a kernel's go into a file "
			  "named by 'oops'",
			  path);
		goto out;
	}
	fresh.console = read_as(&fresh);
	settings_release(settings);
	*settings = fresh;
	settings_init(&fresh);
	ret = 0;
out:
	config_destroy(&config);
	settings_release(&fresh);
	return ret;
}
