/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/logindex.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define OFFSET_BITS 56

static void put_number(unsigned char *out, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(number >> (8 * i));
}

static uint64_t get_number(const unsigned char *in)
{
	uint64_t number = 0;

	for (int i = 7; i >= 0; i--)
		number = number << 8 | in[i];
	return number;
}

void log_record_put(const struct log_record *record,
		    unsigned char out[LOG_RECORD])
{
	put_number(out, (uint64_t)record->kind << OFFSET_BITS |
				(uint64_t)record->offset);
	put_number(out + 8, (uint64_t)record->value);
}

bool log_record_get(struct log_record *record,
		    const unsigned char in[LOG_RECORD])
{
	uint64_t first = get_number(in), second = get_number(in + 8);
	unsigned int kind = (unsigned int)(first >> OFFSET_BITS);

	if (kind < LOG_HEAD || kind >= LOG_KIND_COUNT || second > INT64_MAX)
		return false;
	record->kind = (enum log_kind)kind;
	record->offset = (int64_t)(first & (((uint64_t)1 << OFFSET_BITS) - 1));
	record->value = (int64_t)second;
	return true;
}

void log_index_init(struct log_index *index, int64_t step)
{
	memset(index, 0, sizeof(*index));
	index->step = step;
}

void log_index_release(struct log_index *index)
{
	free(index->points);
	free(index->marks);
	log_index_init(index, index->step);
}

static void add_point(struct log_index *index, int64_t lines)
{
	array_grow(index->points, index->count + 1, &index->room);
	index->points[index->count++] = lines;
}

static int64_t newlines(const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;
	int64_t count = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count;
}

void log_index_feed(struct log_index *index, const char *bytes, size_t length)
{
	while (length) {
		size_t room =
			(size_t)(index->step - index->counted % index->step);
		size_t piece = length < room ? length : room;

		index->lines += newlines(bytes, piece);
		index->counted += (int64_t)piece;
		bytes += piece;
		length -= piece;
		if (piece == room)
			add_point(index, index->lines);
	}
}

static bool take_point(struct log_index *index, const struct log_record *record)
{
	int64_t number = record->offset / index->step;
	int64_t before = index->count ? index->points[index->count - 1] : 0;

	if (number < 1 || record->offset % index->step)
		return false;
	if (number <= (int64_t)index->count)
		return index->points[number - 1] == record->value;
	if (number != (int64_t)index->count + 1 || record->value < before ||
	    record->value - before > index->step)
		return false;
	add_point(index, record->value);
	index->counted = record->offset;
	index->lines = record->value;
	return true;
}

static bool take_mark(struct log_index *index, const struct log_record *record)
{
	for (size_t i = 0; i < index->mark_count; i++)
		if (index->marks[i].kind == record->kind &&
		    index->marks[i].offset == record->offset)
			return true;
	if (index->mark_count == LOG_MARKS)
		return true;
	array_grow(index->marks, index->mark_count + 1, &index->mark_room);
	index->marks[index->mark_count++] = *record;
	return true;
}

bool log_index_take(struct log_index *index, const struct log_record *record)
{
	if (record->kind == LOG_HEAD) {
		if (index->id || record->offset != index->step ||
		    !record->value)
			return false;
		index->id = record->value;
		return true;
	}
	if (!index->id)
		return false;
	return record->kind == LOG_POINT ? take_point(index, record)
					 : take_mark(index, record);
}

/* What is known behind `count` points. */
static struct log_place place_of(const struct log_index *index, size_t count)
{
	return (struct log_place){
		(int64_t)count * index->step,
		count ? index->points[count - 1] : 0,
	};
}

struct log_place log_index_before(const struct log_index *index, int64_t offset)
{
	size_t count = offset > 0 ? (size_t)(offset / index->step) : 0;

	if (offset >= index->counted)
		return (struct log_place){ index->counted, index->lines };
	return place_of(index, count < index->count ? count : index->count);
}

struct log_place log_index_before_line(const struct log_index *index,
				       int64_t line)
{
	size_t low = 0, high = index->count;

	/* the line begins behind its own number of newlines */
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;

		if (index->points[middle - 1] < line)
			low = middle;
		else
			high = middle - 1;
	}
	return place_of(index, low);
}
