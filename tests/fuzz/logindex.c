/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An index file of any bytes, then a log that goes on where it ends: what it
 * says of a place is never behind that place, nor behind what is known.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/logindex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
	if (!holds)
		abort();
}

static void check(const struct log_index *index, int64_t at)
{
	struct log_place place = log_index_before(index, at);

	need(place.offset >= 0 && place.offset <= at);
	need(place.offset <= index->counted && place.lines >= 0);
	need(place.lines <= index->lines);
	place = log_index_before_line(index, at);
	need(place.offset >= 0 && place.offset <= index->counted);
	need(place.lines >= 0 && (place.lines <= at || !place.offset));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_record record;
	struct log_index index;
	int64_t before;

	log_index_init(&index, 16);
	for (; size >= LOG_RECORD; data += LOG_RECORD, size -= LOG_RECORD) {
		unsigned char again[LOG_RECORD];

		if (!log_record_get(&record, data) ||
		    !log_index_take(&index, &record))
			break;
		log_record_put(&record, again);
		for (int i = 0; i < LOG_RECORD; i++)
			need(again[i] == data[i]);
	}
	need(index.mark_count <= LOG_MARKS);
	before = index.counted;
	if (before < INT64_MAX - (int64_t)size) {
		log_index_feed(&index, (const char *)data, size);
		need(index.counted == before + (int64_t)size);
	}
	for (int64_t at = 0; at < 100; at++)
		check(&index, at);
	check(&index, before);
	check(&index, index.counted);
	check(&index, INT64_MAX);
	log_index_release(&index);
	return 0;
}
