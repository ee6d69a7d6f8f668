/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/table.h"

#include "base/error.h"

int table_wrong(const char *path, const config_setting_t *item,
		const char *what, struct error *err)
{
	const char *name = config_setting_name(item);
	unsigned line = config_setting_source_line(item);

	/* libconfig has a group begin where what is before it ends */
	if (config_setting_is_group(item) && config_setting_length(item))
		line = config_setting_source_line(
			config_setting_get_elem(item, 0));
	for (; !name && config_setting_parent(item);
	     name = config_setting_name(item))
		item = config_setting_parent(item);
	return error_set(err, ERROR_INPUT, "%s:%u: %s: %s", path, line,
			 name ? name : "the table", what);
}

int table_unread(const config_t *config, const char *path, struct error *err)
{
	if (config_error_type(config) == CONFIG_ERR_FILE_IO)
		return error_errno(err, "cannot read '%s'", path);
	return error_set(err, ERROR_INPUT, "%s:%d: %s", path,
			 config_error_line(config), config_error_text(config));
}
