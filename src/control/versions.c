/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/versions.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/table.h"
#include "run/kbuild.h"

/* The compilers for what has reached a tag. */
struct row {
	char *reached; /* NULL: everything */
	char **use;    /* ended by NULL */
	size_t count, room;
};

struct family {
	char *name;
	struct row *rows;
	size_t count, room;
};

/* One option that is set or cleared. */
struct rule {
	char *before; /* NULL: always */
	char *name;
	char *value;
};

struct versions {
	struct family *families;
	size_t family_count, family_room;
	struct rule *rules;
	size_t rule_count, rule_room;
};

/* A table while it is read. */
struct reading {
	struct versions *versions;
	const char *path;
	struct error *err;
};

static int wrong(const struct reading *in, const config_setting_t *item,
		 const char *what)
{
	return table_wrong(in->path, item, what, in->err);
}

static config_setting_t *element(const config_setting_t *item, int index)
{
	return config_setting_get_elem(item, (unsigned)index);
}

static int take_text(const struct reading *in, const config_setting_t *item,
		     char **out)
{
	const char *text = config_setting_get_string(item);

	if (str_empty(text))
		return wrong(in, item, "expected a text in quotes");
	free(*out);
	*out = xstrdup(text);
	return 0;
}

/* A tag is part of git's command line sooner or later. */
static int take_tag(const struct reading *in, const config_setting_t *item,
		    char **out)
{
	if (take_text(in, item, out) < 0)
		return -1;
	if (**out == '-' || strpbrk(*out, " \t\n~^:?*[\\"))
		return wrong(in, item, "expected the name of a tag");
	return 0;
}

/* Texts of "[ ... ]"; each goes to `take`. */
static int each_text(const struct reading *in, const config_setting_t *list,
		     int (*take)(const struct reading *in,
				 const config_setting_t *item, void *data),
		     void *data)
{
	if (!config_setting_is_aggregate(list) ||
	    config_setting_is_group(list) || config_setting_length(list) == 0)
		return wrong(in, list, "expected texts: [ \"...\", ... ]");
	for (int i = 0; i < config_setting_length(list); i++) {
		if (take(in, element(list, i), data) < 0)
			return -1;
	}
	return 0;
}

static int take_compiler(const struct reading *in, const config_setting_t *item,
			 void *data)
{
	struct row *row = data;
	char *text = NULL;

	if (take_text(in, item, &text) < 0)
		return -1;
	array_grow(row->use, row->count + 2, &row->room);
	row->use[row->count++] = text;
	row->use[row->count] = NULL;
	return 0;
}

static int take_row(const struct reading *in, const config_setting_t *group,
		    struct row *row, bool last)
{
	if (!config_setting_is_group(group))
		return wrong(in, group,
			     "expected { reached = \"TAG\"; use = [...]; }");
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *item = element(group, i);
		const char *name = config_setting_name(item);
		int ret;

		if (str_equal(name, "reached"))
			ret = take_tag(in, item, &row->reached);
		else if (str_equal(name, "use"))
			ret = each_text(in, item, take_compiler, row);
		else
			ret = wrong(in, item,
				    "a compiler has no such key: "
				    "expected reached or use");
		if (ret < 0)
			return -1;
	}
	if (!row->use)
		return wrong(in, group, "a compiler needs use");
	if (last != !row->reached)
		return wrong(in, group,
			     last ? "expected no reached in the last entry, "
				    "which is for all that is older"
				  : "expected reached = \"TAG\" in every "
				    "entry but the last");
	return 0;
}

static int take_family(const struct reading *in, const config_setting_t *list)
{
	struct versions *versions = in->versions;
	int count = config_setting_length(list);
	struct family *family;

	if (!config_setting_is_list(list) || count == 0)
		return wrong(in, list, "expected compilers: ( { ... }, ... )");
	array_grow(versions->families, versions->family_count + 1,
		   &versions->family_room);
	family = &versions->families[versions->family_count++];
	memset(family, 0, sizeof(*family));
	family->name = xstrdup(config_setting_name(list));
	for (int i = 0; i < count; i++) {
		array_grow(family->rows, family->count + 1, &family->room);
		memset(&family->rows[family->count], 0, sizeof(*family->rows));
		if (take_row(in, element(list, i),
			     &family->rows[family->count++],
			     i + 1 == count) < 0)
			return -1;
	}
	return 0;
}

static int take_families(const struct reading *in,
			 const config_setting_t *group)
{
	if (!config_setting_is_group(group))
		return wrong(in, group,
			     "expected compilers: { gcc = ( ... ); }");
	for (int i = 0; i < config_setting_length(group); i++) {
		if (take_family(in, element(group, i)) < 0)
			return -1;
	}
	return 0;
}

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz_"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

static void add_rule(struct versions *versions, const char *before,
		     const char *name, size_t length, const char *value)
{
	array_grow(versions->rules, versions->rule_count + 1,
		   &versions->rule_room);
	versions->rules[versions->rule_count++] =
		(struct rule){ xstrdup_null(before), xstrndup(name, length),
			       xstrdup(value) };
}

static int take_cleared(const struct reading *in, const config_setting_t *item,
			void *data)
{
	const char *before = data, *text = config_setting_get_string(item);
	size_t length = text ? name_length(text) : 0;

	if (length == 0 || text[length] || str_starts(text, "CONFIG_"))
		return wrong(in, item,
			     "expected the name of an option, without CONFIG_");
	add_rule(in->versions, before, text, length, "n");
	return 0;
}

static int take_set(const struct reading *in, const config_setting_t *item,
		    void *data)
{
	const char *before = data, *text = config_setting_get_string(item);
	size_t length = text ? name_length(text) : 0;

	if (length == 0 || text[length] != '=' || !text[length + 1] ||
	    strchr(text, '\n') || str_starts(text, "CONFIG_"))
		return wrong(in, item,
			     "expected an option with its value, "
			     "\"NAME=VALUE\" without CONFIG_");
	add_rule(in->versions, before, text, length, text + length + 1);
	return 0;
}

static int take_switch(const struct reading *in, const config_setting_t *group)
{
	const config_setting_t *clear, *set, *tag;
	char *before = NULL;
	int ret = -1;

	if (!config_setting_is_group(group))
		return wrong(in, group,
			     "expected { before = \"TAG\"; clear = [...]; }");
	for (int i = 0; i < config_setting_length(group); i++) {
		const char *name = config_setting_name(element(group, i));

		if (!str_equal(name, "before") && !str_equal(name, "clear") &&
		    !str_equal(name, "set"))
			return wrong(in, element(group, i),
				     "a switch has no such key: expected "
				     "before, clear or set");
	}
	tag = config_setting_get_member(group, "before");
	clear = config_setting_get_member(group, "clear");
	set = config_setting_get_member(group, "set");
	if (!clear && !set)
		return wrong(in, group, "a switch needs clear or set");
	if (tag && take_tag(in, tag, &before) < 0)
		goto out;
	if (clear && each_text(in, clear, take_cleared, before) < 0)
		goto out;
	if (set && each_text(in, set, take_set, before) < 0)
		goto out;
	ret = 0;
out:
	free(before);
	return ret;
}

static int take_switches(const struct reading *in, const config_setting_t *list)
{
	if (!config_setting_is_list(list))
		return wrong(in, list, "expected switches: ( { ... }, ... )");
	for (int i = 0; i < config_setting_length(list); i++) {
		if (take_switch(in, element(list, i)) < 0)
			return -1;
	}
	return 0;
}

static int take_all(const struct reading *in, const config_setting_t *root)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *item = element(root, i);
		const char *name = config_setting_name(item);
		int ret;

		if (str_equal(name, "compilers"))
			ret = take_families(in, item);
		else if (str_equal(name, "switches"))
			ret = take_switches(in, item);
		else
			ret = wrong(in, item,
				    "there is no such key: expected "
				    "compilers or switches");
		if (ret < 0)
			return -1;
	}
	return 0;
}

/* What was read of a file or a text, 0 or -1, becomes a table. */
static struct versions *take(const config_t *config, int read, const char *path,
			     struct error *err)
{
	struct versions *versions;
	struct reading in = { .path = path, .err = err };

	if (read < 0)
		return NULL;
	versions = xcalloc(1, sizeof(*versions));
	in.versions = versions;
	if (take_all(&in, config_root_setting(config)) < 0) {
		versions_free(versions);
		return NULL;
	}
	return versions;
}

struct versions *versions_parse(const char *text, const char *path,
				struct error *err)
{
	struct versions *versions;
	config_t config;

	config_init(&config);
	versions = take(&config, table_read_text(&config, text, path, err),
			path, err);
	config_destroy(&config);
	return versions;
}

struct versions *versions_load(const char *path, struct error *err)
{
	struct versions *versions;
	config_t config;

	if (!path)
		return versions_parse(versions_table, "kernel-versions.cfg",
				      err);
	config_init(&config);
	versions = take(&config, table_read(&config, path, err), path, err);
	config_destroy(&config);
	return versions;
}

static void free_family(struct family *family)
{
	for (size_t i = 0; i < family->count; i++) {
		struct row *row = &family->rows[i];

		for (size_t j = 0; j < row->count; j++)
			free(row->use[j]);
		free(row->use);
		free(row->reached);
	}
	free(family->rows);
	free(family->name);
}

void versions_free(struct versions *versions)
{
	if (!versions)
		return;
	for (size_t i = 0; i < versions->family_count; i++)
		free_family(&versions->families[i]);
	for (size_t i = 0; i < versions->rule_count; i++) {
		free(versions->rules[i].before);
		free(versions->rules[i].name);
		free(versions->rules[i].value);
	}
	free(versions->families);
	free(versions->rules);
	free(versions);
}

static const struct family *find_family(const struct versions *versions,
					const char *name, struct error *err)
{
	struct buf known;

	buf_init(&known, 0);
	for (size_t i = 0; i < versions->family_count; i++) {
		if (str_equal(versions->families[i].name, name)) {
			buf_release(&known);
			return &versions->families[i];
		}
		buf_printf(&known, "%s%s", i ? ", " : "",
			   versions->families[i].name);
	}
	error_set(err, ERROR_INPUT,
		  "there are no compilers '%s' in the table of kernel "
		  "versions: expected one of %s",
		  name, known.text);
	buf_release(&known);
	return NULL;
}

const char *const *versions_compilers(const struct versions *versions,
				      const char *family_name,
				      versions_reaches *reaches, void *data,
				      struct error *err)
{
	const struct family *family = find_family(versions, family_name, err);
	size_t i = 0;

	if (!family)
		return NULL;
	/* the last one has no tag */
	while (family->rows[i].reached &&
	       !reaches(data, family->rows[i].reached))
		i++;
	return (const char *const *)family->rows[i].use;
}

int versions_switches(const struct versions *versions,
		      versions_reaches *reaches, void *data,
		      struct kbuild_switch **out)
{
	struct kbuild_switch *switches =
		xcalloc(versions->rule_count + 1, sizeof(*switches));
	int count = 0;

	for (size_t i = 0; i < versions->rule_count; i++) {
		const struct rule *rule = &versions->rules[i];

		if (rule->before && reaches(data, rule->before))
			continue;
		switches[count++] =
			(struct kbuild_switch){ rule->name, rule->value };
	}
	*out = switches;
	return count;
}
