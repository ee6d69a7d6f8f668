/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "oops/words.h"

struct rules *rules_new(void)
{
	return xcalloc(1, sizeof(struct rules));
}

static void free_texts(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

static void free_patterns(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		pattern_free(patterns->items[i]);
	free(patterns->items);
}

static void free_recipe(struct recipe *recipe)
{
	for (size_t i = 0; i < recipe->count; i++)
		free_patterns(&recipe->steps[i].lines);
	free(recipe->steps);
}

static void free_format(struct format *format)
{
	pattern_free(format->match);
	pattern_free(format->full);
	free(format->title);
	free_texts(&format->alts);
	free_recipe(&format->frames);
	free_recipe(&format->second);
	free_recipe(&format->origin);
	free_texts(&format->skip_list);
	words_free(format->skip);
}

static void free_header(struct header *header)
{
	free(header->text);
	free_patterns(&header->never);
	for (size_t i = 0; i < header->count; i++)
		free_format(&header->formats[i]);
	free(header->formats);
}

static void free_built(struct rules *rules)
{
	words_free(rules->hits);
	words_free(rules->skip_words);
	words_free(rules->injected_words);
	words_free(rules->anchor_words);
	words_free(rules->hung_skip_words);
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	struct texts *lists[] = {
		&rules->skip,	    &rules->injected,	 &rules->syscall,
		&rules->anchors,    &rules->anchor_self, &rules->hung_first,
		&rules->hung_merge, &rules->hung_skip,	 &rules->replays,
		&rules->inside,	    &rules->notices,	 &rules->leave_out,
		&rules->repeats,    &rules->all_cpus,	 &rules->panics,
		&rules->broken,	    &rules->no_stacks,	 &rules->generic_files,
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		free_texts(lists[i]);
	for (size_t i = 0; i < rules->header_count; i++)
		free_header(&rules->headers[i]);
	free(rules->headers);
	free_patterns(&rules->ignores);
	free_patterns(&rules->suppressed);
	free_patterns(&rules->stack_starts);
	free_patterns(&rules->no_frames);
	for (size_t i = 0; i < rules->type_count; i++) {
		pattern_free(rules->types[i].pattern);
		free(rules->types[i].name);
	}
	free(rules->types);
	for (size_t i = 0; i < rules->scrub_count; i++) {
		pattern_free(rules->scrubs[i].find);
		free(rules->scrubs[i].put);
	}
	free(rules->scrubs);
	free_built(rules);
	free(rules);
}

static void add_all(struct words *words, const struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		words_add(words, texts->items[i]);
}

static struct words *build(const struct texts *texts)
{
	struct words *words = words_new();

	add_all(words, texts);
	words_build(words);
	return words;
}

void rules_build(struct rules *rules)
{
	free_built(rules);
	rules->hits = words_new();
	for (size_t i = 0; i < rules->header_count; i++) {
		struct header *header = &rules->headers[i];

		words_add(rules->hits, header->text);
		for (size_t k = 0; k < header->count; k++) {
			words_free(header->formats[k].skip);
			header->formats[k].skip =
				build(&header->formats[k].skip_list);
		}
	}
	for (size_t i = 0; i < rules->suppressed.count; i++)
		words_add(rules->hits,
			  pattern_prefix(rules->suppressed.items[i]));
	add_all(rules->hits, &rules->panics);
	add_all(rules->hits, &rules->broken);
	words_build(rules->hits);
	rules->skip_words = build(&rules->skip);
	rules->injected_words = build(&rules->injected);
	rules->anchor_words = build(&rules->anchors);
	rules->hung_skip_words = build(&rules->hung_skip);
}

void texts_add(struct texts *texts, const char *text)
{
	array_grow(texts->items, texts->count + 1, &texts->room);
	texts->items[texts->count++] = xstrdup(text);
}

bool texts_in(const struct texts *texts, const char *text, size_t length)
{
	for (size_t i = 0; i < texts->count; i++)
		if (memmem(text, length, texts->items[i],
			   strlen(texts->items[i])))
			return true;
	return false;
}

bool patterns_find(const struct patterns *patterns, const char *text,
		   size_t length, struct match *match)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_find(patterns->items[i], text, length, 0, match))
			return true;
	return false;
}

const struct header *rules_oops(const struct rules *rules, const char *line,
				size_t length)
{
	struct match match;

	if (!words_any(rules->hits, line, length))
		return NULL;
	for (size_t i = 0; i < rules->header_count; i++) {
		const struct header *header = &rules->headers[i];

		if (memmem(line, length, header->text, strlen(header->text)) &&
		    !patterns_find(&header->never, line, length, &match))
			return patterns_find(&rules->ignores, line, length,
					     &match)
				       ? NULL
				       : header;
	}
	return NULL;
}
