/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/gitshow.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "session/draft.h"

void gitshow_begin(struct gitshow *show, const struct oid *commit)
{
	*show = (struct gitshow){ .commit = *commit };
}

/* "Tue Jun 14 23:13:47 2022 +0200" in seconds since 1970; 0: no. */
static int64_t read_date(const char *text)
{
	struct tm tm = { 0 };
	const char *zone = strptime(text, "%a %b %d %H:%M:%S %Y", &tm);
	int minutes;

	if (!zone)
		return 0;
	minutes = (int)strtol(zone, NULL, 10) % 10000;
	minutes = minutes / 100 * 60 + minutes % 100;
	return timegm(&tm) - minutes * 60;
}

bool gitshow_line(struct gitshow *show, struct draft *draft, const char *text)
{
	struct draft_commit *commit;

	if (oid_is_none(&show->commit))
		return false;
	commit = draft_commit(draft, &show->commit);
	text += strspn(text, " \t");
	if (str_starts(text, "commit ") || str_starts(text, "Merge: ") ||
	    (!*text && !show->dated))
		return true;
	if (str_starts(text, "Author:")) {
		text += strlen("Author:");
		if (!commit->author)
			commit->author = xstrdup(text + strspn(text, " \t"));
		return true;
	}
	if (str_starts(text, "Date:")) {
		text += strlen("Date:");
		commit->author_date = read_date(text + strspn(text, " \t"));
		show->dated = true;
		return true;
	}
	if (!*text)
		return true;
	if (show->dated)
		draft_tell_subject(draft, &show->commit, text);
	show->commit = (struct oid){ "" };
	return false;
}
