/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/fixup_spec.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/table.h"

#define FIXUPS_MAX 64

static int take_word(const config_setting_t *item, const char *path,
		     struct fixup_spec *spec, struct error *err)
{
	const char *name = config_setting_name(item);
	char **where = str_equal(name, "patch")	       ? &spec->patch
		       : str_equal(name, "if_has")     ? &spec->if_has
		       : str_equal(name, "unless_has") ? &spec->unless_has
						       : NULL;

	if (!where)
		return table_wrong(path, item,
				   "there is no such key here: expected patch, "
				   "if_has or unless_has",
				   err);
	if (str_empty(config_setting_get_string(item)))
		return table_wrong(path, item, "expected a text in quotes",
				   err);
	free(*where);
	*where = xstrdup(config_setting_get_string(item));
	return 0;
}

static int read_one(const config_setting_t *group, const char *path,
		    const char *folder, struct fixup_spec *spec,
		    struct error *err)
{
	if (!config_setting_is_group(group))
		return table_wrong(path, group, "expected groups in { }", err);
	for (int i = 0; i < config_setting_length(group); i++)
		if (take_word(config_setting_get_elem(group, (unsigned)i), path,
			      spec, err) < 0)
			return -1;
	if (str_empty(spec->patch) || str_equal(spec->patch, "-"))
		return table_wrong(path, group,
				   "expected patch = \"FILE or commit\"", err);
	if (*spec->patch != '/' && !str_empty(folder))
		spec->file = xasprintf("%s/%s", folder, spec->patch);
	return 0;
}

int fixup_specs_read(const config_setting_t *list, const char *path,
		     const char *folder, struct fixup_specs *out,
		     struct error *err)
{
	struct fixup_specs specs = { NULL, 0 };
	int count = config_setting_length(list);

	if (!config_setting_is_list(list) || count > FIXUPS_MAX)
		return table_wrong(path, list,
				   "expected a list of groups, ( { ... } )",
				   err);
	specs.items = xcalloc((size_t)count + 1, sizeof(*specs.items));
	for (int i = 0; i < count; i++) {
		specs.count++;
		if (read_one(config_setting_get_elem(list, (unsigned)i), path,
			     folder, &specs.items[i], err) < 0) {
			fixup_specs_release(&specs);
			return -1;
		}
	}
	*out = specs;
	return 0;
}

void fixup_specs_release(struct fixup_specs *specs)
{
	for (int i = 0; i < specs->count; i++) {
		free(specs->items[i].patch);
		free(specs->items[i].file);
		free(specs->items[i].if_has);
		free(specs->items[i].unless_has);
	}
	free(specs->items);
	specs->items = NULL;
	specs->count = 0;
}
