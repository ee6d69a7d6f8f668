/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/event.h"
#include "session/row.h"
#include "session/schema.h"
#include "session/store.h"

/* The file itself. */

static int set_meta(struct journal *journal, const char *name,
		    const char *value, struct error *err)
{
	struct row row = row_begin(journal, SQL_SET_META);

	row_put_text(&row, name);
	row_put_text(&row, value);
	return row_write(&row, err);
}

static int fill_new(struct journal *journal, const char *repository,
		    int64_t created, struct error *err)
{
	char number[32];

	if (store_begin_write(journal->store, err) < 0 ||
	    schema_create(journal->store, err) < 0)
		return -1;
	snprintf(number, sizeof(number), "%d", STORE_FORMAT);
	if (set_meta(journal, "schema", number, err) < 0 ||
	    set_meta(journal, "repository", repository, err) < 0)
		return -1;
	snprintf(number, sizeof(number), "%" PRId64, created);
	if (set_meta(journal, "created", number, err) < 0)
		return -1;
	return store_commit(journal->store, err);
}

int journal_create(const char *path, const char *repository, int64_t created,
		   struct error *err)
{
	struct journal journal = { 0 };
	int ret;

	if (store_new(path, &journal.store, err) < 0)
		return -1;
	ret = fill_new(&journal, repository, created, err);
	row_finalize_all(&journal);
	if (ret == 0)
		return store_publish(journal.store, err);
	store_close(journal.store);
	return -1;
}

void journal_remove(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		char *file = xasprintf("%s%s", path, tails[i]);

		unlink(file);
		free(file);
	}
}

static int read_repository(struct journal *journal, struct error *err)
{
	struct row row = row_begin(journal, SQL_META);
	int found;

	row_put_text(&row, "repository");
	found = row_next(&row, "read", err);
	if (found > 0)
		journal->repository = row_text(&row);
	row_end(&row);
	if (found == 0)
		return store_damaged(journal->store,
				     "its repository is not noted", err);
	return found < 0 ? -1 : 0;
}

int journal_open(const char *path, struct journal **out, struct error *err)
{
	struct journal *journal = xcalloc(1, sizeof(*journal));

	if (store_open(path, &journal->store, err) < 0 ||
	    schema_upgrade(journal->store, err) < 0 ||
	    read_repository(journal, err) < 0) {
		journal_close(journal);
		return -1;
	}
	*out = journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	row_finalize_all(journal);
	store_close(journal->store);
	free(journal->repository);
	free(journal);
}

const char *journal_repository(const struct journal *journal)
{
	return journal->repository;
}

int journal_begin_read(struct journal *journal, struct error *err)
{
	return store_begin_read(journal->store, err);
}

int journal_begin_write(struct journal *journal, struct error *err)
{
	return store_begin_write(journal->store, err);
}

int journal_commit(struct journal *journal, struct error *err)
{
	return store_commit(journal->store, err);
}

void journal_rollback(struct journal *journal)
{
	store_rollback(journal->store);
}

int64_t journal_version(struct journal *journal)
{
	struct row row = row_begin(journal, SQL_VERSION);
	int64_t version = -1;

	if (row_next(&row, "read", NULL) > 0)
		version = row_number(&row);
	row_end(&row);
	return version;
}

/* Events. */

static int append_crash(struct journal *journal, int64_t seq, int place,
			const struct crash *crash, struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND_CRASH);
	char *alts = crash_join(crash->alts, crash->alt_count);
	char *near = crash_join(crash->near, crash->near_count);
	int ret;

	row_put_number(&row, seq);
	row_put_number(&row, place);
	row_put_text(&row, crash->title);
	row_put_text(&row, crash->type);
	row_put_text(&row, crash->frame);
	row_put_text(&row, alts);
	row_put_text(&row, near);
	row_put_some(&row, crash->corrupted, false);
	ret = row_write(&row, err);
	free(alts);
	free(near);
	return ret;
}

static int append_phases(struct journal *journal, const struct event *event,
			 struct error *err)
{
	struct row row;

	if (!event->boot_ms && !event->copy_ms)
		return 0;
	row = row_begin(journal, SQL_APPEND_PHASES);
	row_put_number(&row, event->seq);
	row_put_some(&row, event->boot_ms, false);
	row_put_some(&row, event->copy_ms, false);
	return row_write(&row, err);
}

static int append_errand(struct journal *journal, int64_t seq, int place,
			 const struct errand *errand, struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND_ERRAND);

	row_put_number(&row, seq);
	row_put_number(&row, place);
	row_put_text(&row, errand->line);
	row_put_number(&row, errand->exit_status);
	row_put_number(&row, errand->times);
	row_put_number(&row, errand->duration_ms);
	return row_write(&row, err);
}

/* What belongs to an event and stands in tables of its own. */
static int append_parts(struct journal *journal, const struct event *event,
			struct error *err)
{
	for (int i = 0; i < event->crash_count; i++)
		if (append_crash(journal, event->seq, i, &event->crashes[i],
				 err) < 0)
			return -1;
	for (int i = 0; i < event->errand_count; i++)
		if (append_errand(journal, event->seq, i, &event->errands[i],
				  err) < 0)
			return -1;
	return append_phases(journal, event, err);
}

int journal_append(struct journal *journal, const struct event *event,
		   struct error *err)
{
	struct row row = row_begin(journal, SQL_APPEND);
	bool is_run = event->kind == EVENT_RUN;
	bool is_build = event->kind == EVENT_BUILD;
	bool is_start = event->kind == EVENT_START;
	bool has_outcome = is_run || event->kind == EVENT_JUDGE;

	row_put_number(&row, event->seq);
	row_put_number(&row, event->at);
	row_put_text(&row, event_kind_name(event->kind));
	row_put_text(&row, actor_name(event->by));
	row_put_text(&row, event->who);
	row_put_oid(&row, &event->commit);
	row_put_oid(&row, &event->other);
	row_put_some(&row, event->number, false);
	row_put_text(&row, event->outcome || has_outcome
				   ? outcome_name(event->outcome)
				   : NULL);
	row_put_text(&row,
		     event->verdict ? verdict_name(event->verdict) : NULL);
	row_put_text(&row, event->build || is_build
				   ? build_result_name(event->build)
				   : NULL);
	row_put_some(&row, event->fix, is_start);
	row_put_some(&row, event->first_parent, is_start);
	row_put_some(&row, event->exit_status, is_run);
	row_put_some(&row, event->duration_ms, is_run || is_build);
	row_put_text(&row, event->policy);
	row_put_text(&row, event->title);
	row_put_text(&row, event->signature);
	row_put_text(&row, event->text);
	row_put_some(&row, event->steps, false);
	row_put_text(&row, event->wording);
	if (row_write(&row, err) < 0)
		return -1;
	return append_parts(journal, event, err);
}

/* A column of words: NULL stands for the first one. */
#define GET_WORD(row, word, parse)                      \
	do {                                            \
		const char *text_ = row_peek_text(row); \
		if (text_ && !parse(word, text_))       \
			(row)->bad = true;              \
	} while (0)

/* In the order of SQL_EVENT. */
static void get_event(struct row *row, struct event *event)
{
	event->seq = row_number(row);
	event->at = row_number(row);
	GET_WORD(row, &event->kind, event_kind_parse);
	GET_WORD(row, &event->by, actor_parse);
	event->who = row_text(row);
	row_oid(row, &event->commit);
	row_oid(row, &event->other);
	event->number = row_number(row);
	GET_WORD(row, &event->outcome, outcome_parse);
	GET_WORD(row, &event->verdict, verdict_parse);
	GET_WORD(row, &event->build, build_result_parse);
	event->fix = row_number(row) != 0;
	event->first_parent = row_number(row) != 0;
	event->exit_status = (int)row_number(row);
	event->duration_ms = row_number(row);
	event->policy = row_text(row);
	event->title = row_text(row);
	event->signature = row_text(row);
	event->text = row_text(row);
	event->steps = (int)row_number(row);
	event->wording = row_text(row);
}

static void get_crash(struct row *row, struct crash *crash)
{
	char *title = row_text(row);

	crash->title = title ? title : xstrdup("");
	row->bad |= !*crash->title;
	crash->type = row_text(row);
	crash->frame = row_text(row);
	crash->alts = crash_split(row_peek_text(row), &crash->alt_count);
	crash->near = crash_split(row_peek_text(row), &crash->near_count);
	crash->corrupted = row_number(row) != 0;
}

static int get_crashes(struct journal *journal, struct event *event,
		       struct error *err)
{
	struct row row;
	size_t room = 0;
	int found;

	if (event->kind != EVENT_RUN || journal->store->format < FORMAT_CRASHES)
		return 0;
	row = row_begin(journal, SQL_CRASHES);
	row_put_number(&row, event->seq);
	while ((found = row_next(&row, "read", err)) > 0 &&
	       event->crash_count < CRASHES_MAX) {
		array_grow(event->crashes, (size_t)event->crash_count + 1,
			   &room);
		get_crash(&row, &event->crashes[event->crash_count++]);
		if (row.bad) {
			found = store_damaged(journal->store,
					      "a crash makes no sense", err);
			break;
		}
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

static int get_phases(struct journal *journal, struct event *event,
		      struct error *err)
{
	struct row row = row_begin(journal, SQL_PHASES);
	int found;

	row_put_number(&row, event->seq);
	found = row_next(&row, "read", err);
	if (found > 0) {
		event->boot_ms = row_number(&row);
		event->copy_ms = row_number(&row);
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

static int get_errands(struct journal *journal, struct event *event,
		       struct error *err)
{
	struct row row = row_begin(journal, SQL_ERRANDS);
	struct errand errand;
	size_t room = 0;
	int found;

	row_put_number(&row, event->seq);
	while ((found = row_next(&row, "read", err)) > 0 &&
	       event->errand_count < ERRANDS_MAX) {
		errand.line = row_text(&row);
		errand.exit_status = (int)row_number(&row);
		errand.times = (int)row_number(&row);
		errand.duration_ms = row_number(&row);
		if (!errand.line) {
			found = store_damaged(journal->store,
					      "a command makes no sense", err);
			break;
		}
		array_grow(event->errands, (size_t)event->errand_count + 1,
			   &room);
		event->errands[event->errand_count++] = errand;
	}
	row_end(&row);
	return found < 0 ? -1 : 0;
}

/* A session of an older format that is read-only has none. */
static int get_parts(struct journal *journal, struct event *event,
		     struct error *err)
{
	bool is_run = event->kind == EVENT_RUN;

	if (get_crashes(journal, event, err) < 0)
		return -1;
	if ((!is_run && event->kind != EVENT_BUILD) ||
	    journal->store->format < FORMAT_ERRANDS)
		return 0;
	if (is_run && get_phases(journal, event, err) < 0)
		return -1;
	return get_errands(journal, event, err);
}

static int damaged(const struct journal *journal, int64_t seq, const char *how,
		   struct error *err)
{
	char what[96];

	snprintf(what, sizeof(what), "event %" PRId64 " %s", seq, how);
	return store_damaged(journal->store, what, err);
}

int journal_event(struct journal *journal, int64_t seq, struct event **out,
		  struct error *err)
{
	struct row row = row_begin(journal, journal->store->format < FORMAT_SAID
						    ? SQL_EVENT_UNSAID
						    : SQL_EVENT);
	struct event *event = NULL;
	int found;

	row_put_number(&row, seq);
	found = row_next(&row, "read", err);
	if (found > 0) {
		event = xcalloc(1, sizeof(*event));
		get_event(&row, event);
		if (event->seq != seq)
			found = damaged(journal, seq, "is missing", err);
		else if (row.bad)
			found = damaged(journal, seq, "makes no sense", err);
	}
	row_end(&row);
	if (found < 0 || (event && get_parts(journal, event, err) < 0)) {
		event_free(event);
		return -1;
	}
	*out = event;
	return 0;
}
