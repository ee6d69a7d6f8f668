/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/screen_settings.h"

#include <libconfig.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/table.h"

enum type {
	TRUTH,
	NUMBER, /* up to NUMBER_MAX */
	WORD,	/* one of words, as its place among them */
	ROLES,	/* groups of names and texts */
	KEYS,
};

static const char *const colours[] = { "auto", "never", "16", "256", NULL };
static const char *const backgrounds[] = { "auto", "dark", "light", NULL };
static const char *const attentions[] = { "none", "bell", "notify",
					  "notify-777", NULL };

#define NUMBER_MAX 1000

#define AT(member) offsetof(struct screen_settings, member)

static const struct key {
	const char *name;
	enum type type;
	size_t where; /* in struct screen_settings */
	const char *const *words;
} keys[] = {
	{ "colour", WORD, AT(colour), colours },
	{ "background", WORD, AT(background), backgrounds },
	{ "roles", ROLES, 0, NULL },
	{ "keys", KEYS, 0, NULL },
	{ "mouse", TRUTH, AT(mouse), NULL },
	{ "console_colours", TRUTH, AT(console_colours), NULL },
	{ "range", NUMBER, AT(range), NULL },
	{ "ascii", TRUTH, AT(ascii), NULL },
	{ "cursor", TRUTH, AT(cursor), NULL },
	{ "plain", TRUTH, AT(plain), NULL },
	{ "pacing", TRUTH, AT(pacing), NULL },
	{ "attention", WORD, AT(attention), attentions },
	{ NULL, TRUTH, 0, NULL },
};

void screen_settings_init(struct screen_settings *settings)
{
	*settings = (struct screen_settings){ .mouse = true, .pacing = true };
}

static bool is_so(enum said said, bool otherwise)
{
	return said == SAID_NOTHING ? otherwise : said == SAID_YES;
}

void screen_settings_apply(struct screen_settings *settings,
			   const struct screen_said *said)
{
	if (said->colour == SAID_NO)
		settings->colour = COLOUR_NEVER;
	else if (said->colour == SAID_YES && settings->colour != COLOUR_256)
		settings->colour = COLOUR_16;
	settings->mouse = is_so(said->mouse, settings->mouse);
	settings->ascii = is_so(said->ascii, settings->ascii);
	settings->cursor = is_so(said->cursor, settings->cursor);
	settings->plain = is_so(said->plain, settings->plain);
}

char *screen_settings_path(void)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	/* the XDG specification: a relative path is as good as none */
	if (!str_empty(base) && *base == '/')
		return xasprintf("%s/culprit/screen.cfg", base);
	return str_empty(home)
		       ? NULL
		       : xasprintf("%s/.config/culprit/screen.cfg", home);
}

/* An enum is as wide as an int here, as enum reading is in settings_keys.c. */
static int take_word(const char *path, const config_setting_t *item,
		     const char *const *words, void *where, struct error *err)
{
	const char *text = config_setting_get_string(item);
	char expected[120];
	int *choice = where, place;

	place = table_word(words, text, expected, sizeof(expected));
	if (place < 0)
		return table_expected(path, item, expected, err);
	*choice = place;
	return 0;
}

/* "FILE:LINE: why": err holds the why. */
static int at_line(const char *path, unsigned line, struct error *err)
{
	struct error why = *err;

	return error_set(err, ERROR_INPUT, "%s:%u: %s", path, line, why.text);
}

static int take_pairs(const char *path, const config_setting_t *group,
		      bool are_keys, const struct screen_asked *asked,
		      struct error *err)
{
	if (!config_setting_is_group(group))
		return table_wrong(path, group, "expected a group { ... }",
				   err);
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *item =
			config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(item);
		const char *value = config_setting_get_string(item);
		unsigned line = config_setting_source_line(item);
		int ret;

		if (!value)
			return table_wrong(path, item,
					   "expected a text in quotes", err);
		ret = are_keys ? asked->key(asked->data, name, value, line, err)
			       : asked->role(asked->data, name, value, err);
		if (ret < 0)
			return at_line(path, line, err);
	}
	return 0;
}

static int take_keys(const char *path, const config_setting_t *group,
		     const struct screen_asked *asked, struct error *err)
{
	unsigned line = 0;

	if (take_pairs(path, group, true, asked, err) < 0)
		return -1;
	if (asked->keys_done(asked->data, &line, err) < 0)
		return at_line(path, line, err);
	return 0;
}

static int take_number(const char *path, const config_setting_t *item,
		       int *where, struct error *err)
{
	char expected[60];

	if (config_setting_type(item) == CONFIG_TYPE_INT &&
	    config_setting_get_int(item) >= 0 &&
	    config_setting_get_int(item) <= NUMBER_MAX) {
		*where = config_setting_get_int(item);
		return 0;
	}
	snprintf(expected, sizeof(expected), "expected a whole number, 0 to %d",
		 NUMBER_MAX);
	return table_wrong(path, item, expected, err);
}

static int take(struct screen_settings *settings, const char *path,
		const config_setting_t *item, const struct key *key,
		const struct screen_asked *asked, struct error *err)
{
	void *where = (char *)settings + key->where;

	switch (key->type) {
	case NUMBER:
		return take_number(path, item, where, err);
	case WORD:
		return take_word(path, item, key->words, where, err);
	case ROLES:
		return take_pairs(path, item, false, asked, err);
	case KEYS:
		return take_keys(path, item, asked, err);
	case TRUTH:
		break;
	}
	if (config_setting_type(item) != CONFIG_TYPE_BOOL)
		return table_wrong(path, item, "expected true or false", err);
	*(bool *)where = config_setting_get_bool(item) != 0;
	return 0;
}

static int unknown(const char *path, const config_setting_t *item,
		   struct error *err)
{
	char known[200] = "";

	for (const struct key *key = keys; key->name; key++)
		str_list(known, sizeof(known), key->name);
	return error_set(err, ERROR_INPUT,
			 "%s:%u: there is no key '%s' here: expected one of %s",
			 path, config_setting_source_line(item),
			 config_setting_name(item), known);
}

static int take_group(struct screen_settings *settings, const char *path,
		      const config_setting_t *group,
		      const struct screen_asked *asked, struct error *err)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *item =
			config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(item);
		const struct key *key = keys;

		while (key->name && !str_equal(key->name, name))
			key++;
		if (!key->name)
			return unknown(path, item, err);
		if (take(settings, path, item, key, asked, err) < 0)
			return -1;
	}
	return 0;
}

/* All stands in one group, so that the file says what it is. */
static int take_root(struct screen_settings *settings, const char *path,
		     const config_setting_t *root,
		     const struct screen_asked *asked, struct error *err)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *item =
			config_setting_get_elem(root, (unsigned)i);

		if (!str_equal(config_setting_name(item), "screen"))
			return error_set(err, ERROR_INPUT,
					 "%s:%u: there is no key '%s' here: "
					 "expected screen = { ... }",
					 path, config_setting_source_line(item),
					 config_setting_name(item));
		if (!config_setting_is_group(item))
			return table_wrong(path, item,
					   "expected a group { ... }", err);
		if (take_group(settings, path, item, asked, err) < 0)
			return -1;
	}
	return 0;
}

int screen_settings_read(struct screen_settings *settings, const char *path,
			 const struct screen_asked *asked, struct error *err)
{
	struct screen_settings fresh = *settings;
	config_t config;
	int ret;

	config_init(&config);
	ret = table_read(&config, path, err);
	if (ret == 0)
		ret = take_root(&fresh, path, config_root_setting(&config),
				asked, err);
	config_destroy(&config);
	if (ret == 0)
		*settings = fresh;
	return ret;
}
