/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_JSON_H
#define BASE_JSON_H

/*
 * Writes JSON into a buf: commas, quotes and escapes are its care, the
 * nesting is the caller's.  Never reads JSON.  Bytes that are not UTF-8 come
 * out as U+FFFD, so the result is always valid.
 *
 * In an object give every value its key; in an array give NULL.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct json {
	struct buf *out; /* borrowed */
	bool comma;	 /* a value stands before this place */
};

void json_init(struct json *json, struct buf *out);

void json_open_object(struct json *json, const char *key);
void json_close_object(struct json *json);
void json_open_array(struct json *json, const char *key);
void json_close_array(struct json *json);

/* NULL text gives null. */
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, int64_t number);
void json_real(struct json *json, const char *key, double number); /* or null,
						for what is no number */
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
