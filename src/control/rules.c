/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/rules.h"

#include <libconfig.h>
#include <libiberty/demangle.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "control/table.h"
#include "oops/rules.h"

/*
 * Consoles are not to be trusted.  Mangled names refer back to their own
 * parts, and what refers to what refers back doubles each time: a name with
 * more of these letters is left alone, as is one longer than any real one.
 */
enum { MANGLED_MAX = 512, BACKS_MAX = 24, PLAIN_MAX = 500 };

/* One file of rules, while it is read. */
struct reading {
	struct rules *rules;
	const char *path;
	const config_setting_t *root;
	const config_setting_t *base; /* the root of our own table, or NULL */
	struct error *err;
};

static int wrong(const struct reading *in, const config_setting_t *item,
		 const char *what)
{
	return table_wrong(in->path, item, what, in->err);
}

static int take_text(const struct reading *in, const config_setting_t *item,
		     const char **out)
{
	const char *text = config_setting_get_string(item);

	if (str_empty(text))
		return wrong(in, item, "expected a text in quotes");
	*out = text;
	return 0;
}

/* The texts of a list, or the one text. */
static int text_at(const struct reading *in, const config_setting_t *item,
		   int index, const char **out)
{
	if (config_setting_type(item) == CONFIG_TYPE_STRING)
		return take_text(in, item, out);
	if (!config_setting_is_list(item) && !config_setting_is_array(item))
		return wrong(in, item, "expected texts: [ \"...\", ... ]");
	return take_text(in, config_setting_get_elem(item, (unsigned)index),
			 out);
}

static int text_count(const config_setting_t *item)
{
	return config_setting_is_aggregate(item) ? config_setting_length(item)
						 : 1;
}

static int take_texts(const struct reading *in, const config_setting_t *item,
		      struct texts *out)
{
	for (int i = 0; i < text_count(item); i++) {
		const char *text = NULL;

		if (text_at(in, item, i, &text) < 0)
			return -1;
		texts_add(out, text);
	}
	return 0;
}

static int take_pattern(const struct reading *in, const config_setting_t *item,
			const char *text, struct pattern **out)
{
	char what[200];
	const char *why;
	struct pattern *pattern = pattern_new(text, &why);

	if (!pattern) {
		snprintf(what, sizeof(what), "\"%.100s\" is no pattern: %s",
			 text, why);
		return wrong(in, item, what);
	}
	pattern_free(*out);
	*out = pattern;
	return 0;
}

static int take_patterns(const struct reading *in, const config_setting_t *item,
			 struct patterns *out)
{
	for (int i = 0; i < text_count(item); i++) {
		const char *text = NULL;
		struct pattern *pattern = NULL;

		if (text_at(in, item, i, &text) < 0 ||
		    take_pattern(in, item, text, &pattern) < 0)
			return -1;
		array_grow(out->items, out->count + 1, &out->room);
		out->items[out->count++] = pattern;
	}
	return 0;
}

/* Patterns that are looked for on each line of a console. */
static int take_suppressed(const struct reading *in,
			   const config_setting_t *item)
{
	struct patterns *out = &in->rules->suppressed;
	size_t first = out->count;

	if (take_patterns(in, item, out) < 0)
		return -1;
	for (size_t i = first; i < out->count; i++)
		if (!*pattern_prefix(out->items[i]))
			return wrong(in, item,
				     "expected patterns that begin with text");
	return 0;
}

static const config_setting_t *named_step(const struct reading *in,
					  const char *name)
{
	const config_setting_t *roots[] = { in->root, in->base };

	for (int i = 0; i < 2; i++) {
		const config_setting_t *steps =
			roots[i] ? config_setting_get_member(roots[i], "steps")
				 : NULL;
		const config_setting_t *step =
			steps ? config_setting_get_member(steps, name) : NULL;

		if (step)
			return step;
	}
	return NULL;
}

/* "frames", the name of a step, or a pattern of its own. */
static int take_step(const struct reading *in, const config_setting_t *item,
		     const char *text, struct recipe_step *step)
{
	const config_setting_t *named = named_step(in, text);
	struct pattern *pattern = NULL;

	if (str_equal(text, "frames")) {
		step->frames = true;
		return 0;
	}
	if (named)
		return take_patterns(in, named, &step->lines);
	if (take_pattern(in, item, text, &pattern) < 0)
		return -1;
	array_grow(step->lines.items, 1, &step->lines.room);
	step->lines.items[step->lines.count++] = pattern;
	return 0;
}

static int take_recipe(const struct reading *in, const config_setting_t *item,
		       struct recipe *out)
{
	for (int i = 0; i < text_count(item); i++) {
		const char *text = NULL;

		if (text_at(in, item, i, &text) < 0)
			return -1;
		array_grow(out->steps, out->count + 1, &out->room);
		memset(&out->steps[out->count], 0, sizeof(*out->steps));
		if (take_step(in, item, text, &out->steps[out->count++]) < 0)
			return -1;
	}
	return 0;
}

static int take_picker(const struct reading *in, const config_setting_t *item,
		       enum picker *out)
{
	const char *text = NULL;

	if (take_text(in, item, &text) < 0)
		return -1;
	if (str_equal(text, "stall"))
		*out = PICK_STALL;
	else if (str_equal(text, "hung"))
		*out = PICK_HUNG;
	else
		return wrong(in, item, "expected \"stall\" or \"hung\"");
	return 0;
}

static int take_bool(const struct reading *in, const config_setting_t *item,
		     bool *out)
{
	if (config_setting_type(item) != CONFIG_TYPE_BOOL)
		return wrong(in, item, "expected true or false");
	*out = config_setting_get_bool(item);
	return 0;
}

static int take_title(const struct reading *in, const config_setting_t *item,
		      char **out)
{
	const char *text = NULL;

	if (take_text(in, item, &text) < 0)
		return -1;
	free(*out);
	*out = xstrdup(text);
	return 0;
}

/* Words for names: ^ may begin one, $ may end it. */
static int take_names(const struct reading *in, const config_setting_t *item,
		      struct texts *out)
{
	size_t first = out->count;

	if (take_texts(in, item, out) < 0)
		return -1;
	for (size_t i = first; i < out->count; i++) {
		const char *name = out->items[i] + (out->items[i][0] == '^');
		size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789");

		if (n == 0 || (name[n] && !str_equal(name + n, "$")))
			return wrong(in, item,
				     "expected parts of function names, with "
				     "^ in front or $ behind");
	}
	return 0;
}

static int take_format_item(const struct reading *in,
			    const config_setting_t *item, struct format *format)
{
	const char *name = config_setting_name(item), *text = NULL;

	if (str_equal(name, "alt"))
		return take_texts(in, item, &format->alts);
	if (str_equal(name, "frames"))
		return take_recipe(in, item, &format->frames);
	if (str_equal(name, "second"))
		return take_recipe(in, item, &format->second);
	if (str_equal(name, "origin"))
		return take_recipe(in, item, &format->origin);
	if (str_equal(name, "skip"))
		return take_names(in, item, &format->skip_list);
	if (str_equal(name, "pick"))
		return take_picker(in, item, &format->picker);
	if (str_equal(name, "corrupted"))
		return take_bool(in, item, &format->corrupted);
	if (str_equal(name, "no_stack"))
		return take_bool(in, item, &format->no_stack);
	if (str_equal(name, "title"))
		return take_title(in, item, &format->title);
	if (str_equal(name, "match") || str_equal(name, "full"))
		return take_text(in, item, &text) < 0
			       ? -1
			       : take_pattern(in, item, text,
					      str_equal(name, "full")
						      ? &format->full
						      : &format->match);
	return wrong(in, item, "a format has no such key");
}

static int take_format(const struct reading *in, const config_setting_t *group,
		       const char *header, struct format *format)
{
	if (!config_setting_is_group(group))
		return wrong(in, group, "expected formats: ( { ... }, ... )");
	for (int i = 0; i < config_setting_length(group); i++)
		if (take_format_item(
			    in, config_setting_get_elem(group, (unsigned)i),
			    format) < 0)
			return -1;
	if (!format->match || !format->title)
		return wrong(in, group, "a format needs match and title");
	if (!str_starts(pattern_prefix(format->match), header) ||
	    (format->full && !str_starts(pattern_prefix(format->full), header)))
		return wrong(in, group,
			     "match and full begin with the header's text");
	return 0;
}

/* The formats of this file go before those that are there. */
static int take_formats(const struct reading *in, const config_setting_t *list,
			struct header *header)
{
	size_t count = (size_t)text_count(list);

	if (!config_setting_is_list(list))
		return wrong(in, list, "expected formats: ( { ... }, ... )");
	array_grow(header->formats, header->count + count, &header->room);
	if (header->count)
		memmove(header->formats + count, header->formats,
			header->count * sizeof(*header->formats));
	if (count)
		memset(header->formats, 0, count * sizeof(*header->formats));
	header->count += count;
	for (size_t i = 0; i < count; i++)
		if (take_format(in, config_setting_get_elem(list, (unsigned)i),
				header->text, &header->formats[i]) < 0)
			return -1;
	return 0;
}

static struct header *header_of(struct rules *rules, const char *text,
				size_t place)
{
	for (size_t i = 0; i < rules->header_count; i++)
		if (str_equal(rules->headers[i].text, text))
			return &rules->headers[i];
	array_grow(rules->headers, rules->header_count + 1,
		   &rules->header_room);
	memmove(rules->headers + place + 1, rules->headers + place,
		(rules->header_count - place) * sizeof(*rules->headers));
	rules->header_count++;
	memset(&rules->headers[place], 0, sizeof(*rules->headers));
	rules->headers[place].text = xstrdup(text);
	return &rules->headers[place];
}

static int take_header(const struct reading *in, const config_setting_t *group,
		       size_t place)
{
	const config_setting_t *item;
	const char *text = NULL;
	struct header *header;

	if (!config_setting_is_group(group))
		return wrong(in, group, "expected headers: ( { ... }, ... )");
	item = config_setting_get_member(group, "text");
	if (!item)
		return wrong(in, group, "a header needs its text");
	if (take_text(in, item, &text) < 0)
		return -1;
	header = header_of(in->rules, text, place);
	for (int i = 0; i < config_setting_length(group); i++) {
		const char *name;

		item = config_setting_get_elem(group, (unsigned)i);
		name = config_setting_name(item);
		if (str_equal(name, "formats")) {
			if (take_formats(in, item, header) < 0)
				return -1;
		} else if (str_equal(name, "never")) {
			if (take_patterns(in, item, &header->never) < 0)
				return -1;
		} else if (!str_equal(name, "text")) {
			return wrong(in, item, "a header has no such key");
		}
	}
	return 0;
}

static int take_headers(const struct reading *in, const config_setting_t *list)
{
	size_t before = in->rules->header_count, place = 0;

	if (!config_setting_is_list(list))
		return wrong(in, list, "expected headers: ( { ... }, ... )");
	for (int i = 0; i < config_setting_length(list); i++) {
		if (take_header(in, config_setting_get_elem(list, (unsigned)i),
				place) < 0)
			return -1;
		place = in->rules->header_count - before;
	}
	return 0;
}

static void add_scrub(struct rules *rules, struct pattern *find,
		      const char *put)
{
	array_grow(rules->scrubs, rules->scrub_count + 1, &rules->scrub_room);
	rules->scrubs[rules->scrub_count++] =
		(struct scrub){ find, xstrdup(put) };
}

static void put_type(struct rules *rules, size_t place, struct pattern *pattern,
		     const char *name)
{
	array_grow(rules->types, rules->type_count + 1, &rules->type_room);
	memmove(rules->types + place + 1, rules->types + place,
		(rules->type_count - place) * sizeof(*rules->types));
	rules->types[place] = (struct type){ pattern, xstrdup(name) };
	rules->type_count++;
}

/* Pairs of texts: scrubs, or types, which go before those that are there. */
static int take_pairs(const struct reading *in, const config_setting_t *list,
		      bool scrubs)
{
	if (!config_setting_is_list(list))
		return wrong(in, list, "expected pairs of texts");
	for (int i = 0; i < config_setting_length(list); i++) {
		const config_setting_t *pair =
			config_setting_get_elem(list, (unsigned)i);
		const char *a = NULL, *b = NULL;
		struct pattern *pattern = NULL;

		if (text_count(pair) != 2)
			return wrong(in, pair, "expected two texts");
		if (text_at(in, pair, 0, &a) < 0 ||
		    text_at(in, pair, 1, &b) < 0 ||
		    take_pattern(in, pair, a, &pattern) < 0)
			return -1;
		if (scrubs)
			add_scrub(in->rules, pattern, b);
		else
			put_type(in->rules, (size_t)i, pattern, b);
	}
	return 0;
}

static int take_families(const struct reading *in,
			 const config_setting_t *group)
{
	if (!config_setting_is_group(group))
		return wrong(in, group, "expected families: { name = [...]; }");
	for (int i = 0; i < config_setting_length(group); i++)
		if (take_names(in, config_setting_get_elem(group, (unsigned)i),
			       &in->rules->skip) < 0)
			return -1;
	return 0;
}

/* Lists of texts and of names, by their keys. */
static int take_list(const struct reading *in, const config_setting_t *item)
{
	struct rules *rules = in->rules;
	const struct {
		const char *name;
		struct texts *texts;
		bool names;
	} lists[] = {
		{ "injected", &rules->injected, true },
		{ "syscall_prefixes", &rules->syscall, true },
		{ "stall_anchors", &rules->anchors, true },
		{ "stall_functions", &rules->anchor_self, true },
		{ "hung_first", &rules->hung_first, true },
		{ "hung_merge", &rules->hung_merge, false },
		{ "hung_skip", &rules->hung_skip, true },
		{ "replays", &rules->replays, false },
		{ "inside", &rules->inside, false },
		{ "notices", &rules->notices, false },
		{ "leave_out", &rules->leave_out, false },
		{ "repeats", &rules->repeats, false },
		{ "all_cpus", &rules->all_cpus, false },
		{ "panics", &rules->panics, false },
		{ "broken", &rules->broken, false },
		{ "no_stacks", &rules->no_stacks, false },
		{ "generic_files", &rules->generic_files, false },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (str_equal(config_setting_name(item), lists[i].name))
			return lists[i].names
				       ? take_names(in, item, lists[i].texts)
				       : take_texts(in, item, lists[i].texts);
	return wrong(in, item, "there is no such key");
}

static int take_top(const struct reading *in, const config_setting_t *item)
{
	const char *name = config_setting_name(item);

	if (str_equal(name, "steps"))
		return config_setting_is_group(item)
			       ? 0
			       : wrong(in, item,
				       "expected steps: { name = [...]; }");
	if (str_equal(name, "headers"))
		return take_headers(in, item);
	if (str_equal(name, "skip"))
		return take_families(in, item);
	if (str_equal(name, "ignores"))
		return take_patterns(in, item, &in->rules->ignores);
	if (str_equal(name, "suppressed"))
		return take_suppressed(in, item);
	if (str_equal(name, "stack_starts"))
		return take_patterns(in, item, &in->rules->stack_starts);
	if (str_equal(name, "no_frames"))
		return take_patterns(in, item, &in->rules->no_frames);
	if (str_equal(name, "types"))
		return take_pairs(in, item, false);
	if (str_equal(name, "scrub"))
		return take_pairs(in, item, true);
	return take_list(in, item);
}

static int take_all(const struct reading *in)
{
	for (int i = 0; i < config_setting_length(in->root); i++)
		if (take_top(in, config_setting_get_elem(in->root,
							 (unsigned)i)) < 0)
			return -1;
	return 0;
}

static int add_text(struct reading *in, config_t *config, const char *text)
{
	if (table_read_text(config, text, in->path, in->err) < 0)
		return -1;
	in->root = config_root_setting(config);
	return take_all(in);
}

static int add_file(struct reading *in, const char *path)
{
	config_t config;
	int ret = -1;

	config_init(&config);
	in->path = path;
	if (table_read(&config, path, in->err) == 0) {
		in->root = config_root_setting(&config);
		ret = take_all(in);
	}
	config_destroy(&config);
	return ret;
}

static void add_piece(const char *bytes, size_t length, void *text)
{
	buf_add(text, bytes, length);
}

static char *demangle(const char *name)
{
	bool rust = name[1] == 'R';
	size_t backs = 0;
	struct buf text;
	char *plain = NULL;

	for (const char *at = name; *at; at++)
		backs += rust ? *at == 'B' : *at == 'S' || *at == 'T';
	if (backs > BACKS_MAX || strlen(name) > MANGLED_MAX)
		return NULL;
	buf_init(&text, PLAIN_MAX);
	if (rust_demangle_callback(name, DMGL_NO_OPTS, add_piece, &text)) {
		plain = buf_take(&text);
	} else if (!rust) {
		buf_clear(&text);
		if (cplus_demangle_v3_callback(name, DMGL_NO_OPTS, add_piece,
					       &text))
			plain = buf_take(&text);
	}
	buf_release(&text);
	return plain;
}

static struct rules *load(const char *text, const char *name,
			  const char *const *paths, size_t count,
			  struct error *err)
{
	struct reading in = { .rules = rules_new(), .path = name, .err = err };
	config_t config;
	int ret;

	config_init(&config);
	ret = add_text(&in, &config, text);
	in.base = config_root_setting(&config);
	for (size_t i = 0; i < count && ret == 0; i++)
		ret = add_file(&in, paths[i]);
	config_destroy(&config);
	if (ret < 0) {
		rules_free(in.rules);
		return NULL;
	}
	in.rules->demangle = demangle;
	rules_build(in.rules);
	return in.rules;
}

struct rules *rules_load(const char *const *paths, size_t count,
			 struct error *err)
{
	return load(oops_table, "oops.cfg", paths, count, err);
}

struct rules *rules_parse(const char *text, const char *path, struct error *err)
{
	return load(text, path, NULL, 0, err);
}
