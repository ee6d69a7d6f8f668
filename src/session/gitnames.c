/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitnames.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "engine/oid.h"
#include "session/draft.h"

enum {
	ID_MIN = 7,
	LOOKUPS_MAX = 200,
};

/* The one id in full of the whole log that begins so. */
static bool look_up(struct gitnames *names, const char *word, struct oid *out)
{
	const char *end = names->bytes + names->length, *p = names->bytes;
	size_t length = strlen(word);
	struct oid found = { "" }, oid;

	if (names->lookups++ >= LOOKUPS_MAX)
		return false;
	while ((p = memmem(p, (size_t)(end - p), word, length))) {
		char hex[41] = "";

		if ((p == names->bytes || !isxdigit((unsigned char)p[-1])) &&
		    end - p >= 40)
			memcpy(hex, p, 40);
		p += length;
		if (!oid_parse(&oid, hex) ||
		    (end - p > 40 - (ptrdiff_t)length &&
		     isxdigit((unsigned char)p[40 - length])))
			continue;
		if (!oid_is_none(&found) && !oid_equal(&found, &oid))
			return false;
		found = oid;
	}
	if (oid_is_none(&found))
		return false;
	*out = found;
	return true;
}

bool gitnames_id(struct gitnames *names, const char *word, struct oid *out)
{
	const struct draft *draft = names->draft;
	char hex[41];
	int found = 0;

	str_copy(hex, sizeof(hex), word);
	for (char *p = hex; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (!str_hex(hex) || strlen(word) > 40 || strlen(hex) < ID_MIN)
		return false;
	if (oid_parse(out, hex))
		return true;
	for (size_t i = 0; i < draft->commit_count; i++)
		if (str_starts(draft->commits[i].oid.hex, hex)) {
			*out = draft->commits[i].oid;
			found++;
		}
	if (found)
		return found == 1;
	return look_up(names, hex, out);
}

bool gitnames_name(struct gitnames *names, const char *word, struct oid *out)
{
	const struct draft_names *repository = names->draft->repository;

	return repository && repository->find(repository->data, word, out);
}
