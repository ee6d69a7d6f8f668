/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/errand.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"

void errands_add(struct errands *errands, const char *line, int exit_status,
		 int64_t duration_ms)
{
	struct errand *last =
		errands->count ? &errands->items[errands->count - 1] : NULL;
	size_t length = strnlen(line, ERRAND_LINE_MAX);

	if (last && last->exit_status == exit_status &&
	    strncmp(last->line, line, ERRAND_LINE_MAX) == 0) {
		last->times++;
		last->duration_ms += duration_ms;
		return;
	}
	if (errands->count >= ERRANDS_MAX)
		return;
	errands->items =
		xreallocarray(errands->items, (size_t)errands->count + 1,
			      sizeof(*errands->items));
	errands->items[errands->count++] = (struct errand){
		.line = xstrndup(line, length),
		.exit_status = exit_status,
		.times = 1,
		.duration_ms = duration_ms,
	};
}

void errand_say(const char *const *words, struct buf *out)
{
	if (str_equal(words[0], "sh") && str_equal(words[1], "-c"))
		words += 2;
	for (int i = 0; words[i]; i++)
		buf_printf(out, "%s%s", i ? " " : "", words[i]);
}

void errands_release(struct errands *errands)
{
	errands_free(errands->items, errands->count);
	*errands = (struct errands){ NULL, 0 };
}

struct errand *errands_copy(const struct errand *items, int count)
{
	struct errand *copy;

	if (count == 0)
		return NULL;
	copy = xcalloc((size_t)count, sizeof(*copy));
	for (int i = 0; i < count; i++) {
		copy[i] = items[i];
		copy[i].line = xstrdup(items[i].line);
	}
	return copy;
}

void errands_free(struct errand *items, int count)
{
	for (int i = 0; i < count; i++)
		free(items[i].line);
	free(items);
}
