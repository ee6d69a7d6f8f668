/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What get_maintainer.pl prints, and a commit's message, in any bytes: whoever
 * is found can stand in the header of a mail.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "repo/maintainers.h"
#include "repo/people.h"
#include "repo/trailers.h"

static void check(const struct people *people)
{
	struct buf out;

	buf_init(&out, 0);
	need(people->count <= PEOPLE_MAX);
	for (size_t i = 0; i < people->count; i++) {
		const struct person *person = &people->items[i];
		const char *at = strchr(person->address, '@');

		need(at && at > person->address && at[1]);
		need(!strpbrk(person->address, " \t\r\n<>,;\"()"));
		need(i == 0 ||
		     strcmp(people->items[i - 1].address, person->address) < 0);
		buf_clear(&out);
		people_format(person, &out);
		need(fuzz_clean(out.text, false) &&
		     strstr(out.text, person->address));
	}
	buf_release(&out);
}

static void read_trailers(const char *text, size_t size, struct people *people)
{
	struct trailer trailer;
	size_t at = 0, before = 0;

	while (trailers_next(text, size, &at, &trailer)) {
		need(at > before && at <= size);
		need(trailer.length > 0 && trailer.length <= TRAILER_VALUE_MAX);
		need(trailer.value >= text &&
		     trailer.value + trailer.length <= text + size);
		before = at;
		people_add(people, trailer.value, trailer.length,
			   trailer_is_told(trailer.kind));
		need(people_address_end(trailer.value, trailer.length) <=
		     trailer.length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct people people = { 0 }, told = { 0 };
	/* of its own and without a NUL: nobody may read on */
	char *bytes = malloc(size ? size : 1);

	need(bytes != NULL);
	memcpy(bytes, data, size);
	maintainers_parse(bytes, size, &people);
	check(&people);
	read_trailers(bytes, size, &told);
	check(&told);
	people_release(&people);
	people_release(&told);
	free(bytes);
	return 0;
}
