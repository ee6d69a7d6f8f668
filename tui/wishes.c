/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/wishes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static int take_role(void *data, const char *name, const char *value,
		     struct error *err)
{
	struct wishes *wishes = data;

	return theme_set(&wishes->theme, name, value, err);
}

static int take_key(void *data, const char *name, const char *value,
		    unsigned line, struct error *err)
{
	struct wishes *wishes = data;

	return keymap_set(&wishes->keys, name, value, line, err);
}

static int check_keys(void *data, unsigned *line, struct error *err)
{
	struct wishes *wishes = data;

	return keymap_check(&wishes->keys, line, err);
}

static void begin(struct wishes *wishes)
{
	memset(wishes, 0, sizeof(*wishes));
	screen_settings_init(&wishes->settings);
	keymap_init(&wishes->keys);
}

int wishes_read(struct wishes *wishes, const char *path,
		const struct screen_said *said, struct error *err)
{
	const struct screen_asked asked = { take_role, take_key, check_keys,
					    wishes };
	struct screen_settings *settings = &wishes->settings;
	char *own = path ? NULL : screen_settings_path();
	int ret = 0;

	begin(wishes);
	if (own && access(own, F_OK) == 0)
		path = own;
	if (path)
		ret = screen_settings_read(settings, path, &asked, err);
	if (ret < 0)
		begin(wishes);
	screen_settings_apply(settings, said);
	wishes->theme.light =
		settings->background == BACKGROUND_AUTO
			? theme_is_light(getenv("COLORFGBG"))
			: settings->background == BACKGROUND_LIGHT;
	free(own);
	return ret;
}
