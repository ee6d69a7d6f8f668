/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/import.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "session/draft.h"
#include "session/formats.h"
#include "session/session.h"

static int64_t count_notes(const struct draft *draft)
{
	int64_t count = 0;

	for (size_t i = 0; i < draft->count; i++) {
		const struct event *event = &draft->events[i];

		if (event->kind != EVENT_NOTE)
			continue;
		count +=
			!str_ends(event->wording ? event->wording : "", "open");
		for (const char *p = event->text; *p; p++)
			count += *p == '\n';
	}
	return count;
}

static void draft_log(struct draft *draft, const char *name, const char *bytes,
		      size_t length, struct imported *out)
{
	const char *slash = strrchr(name, '/');
	const struct reader_format *format;

	out->cut = length > IMPORT_MAX;
	if (out->cut)
		length = IMPORT_MAX;
	out->lines = formats_read(draft, bytes, length, &format);
	out->format = format ? format->name : NULL;
	draft->events[0].who = xstrdup(slash ? slash + 1 : name);
	if (out->cut)
		draft_add(draft, EVENT_SAID)->wording = xstrdup("too-long");
	out->noted = count_notes(draft);
	out->unsure_line = draft->unsure_line;
	str_copy(out->unsure, sizeof(out->unsure), draft->unsure);
	str_copy(out->link, sizeof(out->link), draft->link);
}

static int store_commits(struct session *session, const struct draft *draft,
			 struct error *err)
{
	struct commit_record *records =
		xcalloc(draft->commit_count + 1, sizeof(*records));
	int ret;

	for (size_t i = 0; i < draft->commit_count; i++) {
		const struct draft_commit *commit = &draft->commits[i];

		records[i] = (struct commit_record){
			.oid = commit->oid,
			.author_date = commit->author_date,
			.author = commit->author,
			.subject = commit->subject,
		};
	}
	ret = session_store_commits(session, records, draft->commit_count, err);
	free(records);
	return ret;
}

int import_bytes(struct session *session, const char *name, const char *bytes,
		 size_t length, const struct draft_names *names,
		 struct imported *out, struct error *err)
{
	struct imported nobody_asked;
	struct draft draft;
	int ret;

	if (!out)
		out = &nobody_asked;
	memset(out, 0, sizeof(*out));
	draft_init(&draft);
	draft.repository = names;
	draft_log(&draft, name, bytes, length, out);
	ret = store_commits(session, &draft, err);
	if (ret == 0)
		ret = session_append(session, draft.events, draft.count, err);
	draft_release(&draft);
	return ret;
}

int import_load(const char *path, struct buf *out, struct error *err)
{
	int fd = str_equal(path, "-") ? dup(STDIN_FILENO)
				      : open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	out->limit = IMPORT_MAX + 1;
	ret = io_read_all(fd, out);
	if (ret < 0)
		error_errno(err, "cannot read '%s'", path);
	close(fd);
	return ret;
}

int import_file(struct session *session, const char *path, struct imported *out,
		struct error *err)
{
	struct buf bytes;
	int ret;

	buf_init(&bytes, 0);
	ret = import_load(path, &bytes, err);
	if (ret == 0)
		ret = import_bytes(session, path, bytes.text, bytes.length,
				   NULL, out, err);
	buf_release(&bytes);
	return ret;
}

bool import_recall(struct session *session, struct imported *out)
{
	const struct engine *engine = session_engine(session);
	const struct event *start = engine_start_event(engine);

	if (!start || start->by != BY_IMPORT)
		return false;
	memset(out, 0, sizeof(*out));
	out->format = formats_name(start->text);
	out->lines = -1;
	for (size_t i = 0; i < engine_event_count(engine); i++) {
		const struct event *event = engine_event(engine, i);

		if (event->kind != EVENT_SAID)
			continue;
		out->cut |= str_equal(event->wording, "too-long");
		if (!str_equal(event->wording, "unsure"))
			continue;
		out->unsure_line = event->number;
		str_copy(out->unsure, sizeof(out->unsure),
			 event->text ? event->text : "");
	}
	return true;
}
