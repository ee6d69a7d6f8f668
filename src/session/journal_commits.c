/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/journal_commits.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/graph.h"
#include "session/row.h"
#include "session/shape.h"
#include "session/store.h"

#define FEW_PARENTS  4
#define RESERVE_MOST 2000000 /* what a made-up number may cost */

int journal_store_commit(struct journal *journal,
			 const struct commit_record *commit, int64_t seq,
			 struct error *err)
{
	struct row row = row_begin(journal, SQL_STORE_COMMIT);
	struct buf parents;
	int ret;

	buf_init(&parents, 0);
	for (int i = 0; commit->expanded && i < commit->parent_count; i++)
		buf_printf(&parents, "%s%s", i ? " " : "",
			   commit->parents[i].hex);
	row_put_oid(&row, &commit->oid);
	row_put_number(&row, seq);
	row_put_some(&row, commit->expanded ? seq : 0, false);
	row_put_text(&row, commit->expanded ? parents.text : NULL);
	row_put_number(&row, commit->date);
	row_put_some(&row, commit->author_date, false);
	row_put_text(&row, commit->author);
	row_put_text(&row, commit->subject);
	ret = row_write(&row, err);
	buf_release(&parents);
	return ret;
}

int journal_name_commit(struct journal *journal, const struct oid *oid,
			int64_t seq, struct error *err)
{
	struct row row = row_begin(journal, SQL_NAME_COMMIT);

	row_put_oid(&row, oid);
	row_put_number(&row, seq);
	return row_write(&row, err);
}

/*
 * Ids come in no order, so their index is written all over: with the pages of
 * it in memory a million commits take minutes less.
 */
void journal_bulk(struct journal *journal, bool on)
{
	sqlite3_exec(journal->store->db,
		     on ? "PRAGMA cache_size = -131072"
			: "PRAGMA cache_size = -2000",
		     NULL, NULL, NULL);
	if (!on)
		sqlite3_db_release_memory(journal->store->db);
}

/* The columns of the two statements are the same, in the same order. */
static int copy_row(struct journal *journal, struct row *known,
		    struct error *err)
{
	struct row copy = row_begin(journal, SQL_COPY_COMMIT);
	int columns = sqlite3_column_count(known->statement);

	for (int i = 0; i < columns && !copy.bad; i++)
		copy.bad = sqlite3_bind_value(
				   copy.statement, i + 1,
				   sqlite3_column_value(known->statement, i)) !=
			   SQLITE_OK;
	return row_write(&copy, err);
}

int journal_copy_commits(struct journal *journal, struct journal *from,
			 int64_t seq, struct error *err)
{
	struct row known = row_begin(from, SQL_KNOWN_COMMITS);
	int found;

	row_put_number(&known, seq);
	while ((found = row_next(&known, "read", err)) > 0) {
		if (copy_row(journal, &known, err) < 0) {
			found = -1;
			break;
		}
	}
	row_end(&known);
	return found;
}

int journal_count_commits(struct journal *journal, int64_t *out,
			  struct error *err)
{
	struct row row = row_begin(journal, SQL_COUNT_COMMITS);
	int found = row_next(&row, "read", err);

	if (found > 0)
		*out = row_number(&row);
	row_end(&row);
	return found > 0 ? 0 : -1;
}

/*
 * The parents as they stand in the journal, ids with a blank between them;
 * all are known by now.  What is no id is not found.
 */
static int expand(struct journal *journal, int commit, const char *ids,
		  struct graph *graph, struct error *err)
{
	int few[FEW_PARENTS], *parents = few, count = 0, ret = 0;
	size_t most = strlen(ids) / OID_HEX_MIN + 1;

	if (most > FEW_PARENTS)
		parents = xmalloc(most * sizeof(*parents));
	while (*ids && ret == 0) {
		size_t length = strcspn(ids, " ");
		int parent = -1;
		struct oid oid;

		if (length >= OID_HEX_MIN && length <= OID_HEX_MAX) {
			memcpy(oid.hex, ids, length);
			oid.hex[length] = '\0';
			parent = graph_find(graph, &oid);
		}
		if (parent < 0)
			ret = store_damaged(journal->store,
					    "a commit's parent is missing",
					    err);
		else
			parents[count++] = parent;
		ids += length + (ids[length] == ' ');
	}
	if (ret == 0)
		graph_expand(graph, commit, parents, count);
	if (parents != few)
		free(parents);
	return ret;
}

static int add_named(struct journal *journal, struct row *row, int64_t number,
		     struct graph *graph, struct error *err)
{
	struct oid oid = { "" };
	int64_t date;

	row_oid(row, &oid);
	date = row_number(row);
	if (row->bad || oid_is_none(&oid))
		return store_damaged(journal->store,
				     "a commit's id makes no sense", err);
	if (number != (int64_t)graph_count(graph) + 1 ||
	    graph_add(graph, &oid, date) != number - 1)
		return store_damaged(journal->store, "a commit is missing",
				     err);
	return 0;
}

/* Names first: a parent may come after its child. */
static int grow_names(struct journal *journal, int64_t seq, struct graph *graph,
		      struct error *err)
{
	struct row row = row_begin(journal, SQL_NAMED);
	int found;

	row_put_number(&row, graph_count(graph));
	while ((found = row_next(&row, "read", err)) > 0) {
		int64_t number = row_number(&row);

		if (sqlite3_column_int64(row.statement, 3) != seq) {
			found = 0;
			break;
		}
		found = add_named(journal, &row, number, graph, err);
		if (found < 0)
			break;
	}
	row_end(&row);
	return found;
}

static int grow_parents(struct row *row, int64_t seq, struct graph *graph,
			bool *redated, struct error *err)
{
	int found;

	while ((found = row_next(row, "read", err)) > 0) {
		int64_t number = row_number(row), date = row_number(row);
		const char *ids = row_peek_text(row);
		int commit = (int)number - 1;

		if (number < 1)
			return store_damaged(row->journal->store,
					     "a commit's number makes no sense",
					     err);
		if (number > graph_count(graph))
			return 0;
		if (row_number(row) != seq)
			continue;
		if (expand(row->journal, commit, ids ? ids : "", graph, err) <
		    0)
			return -1;
		if (graph_date(graph, commit) != date)
			*redated = true;
	}
	return found;
}

/* From the rows: what is new, and the parents of that. */
static int grow_by_rows(struct journal *journal, int64_t seq,
			struct graph *graph, bool *redated, struct error *err)
{
	int ret, before = graph_count(graph);
	struct row row;

	if (grow_names(journal, seq, graph, err) < 0)
		return -1;
	row = row_begin(journal, SQL_EXPANDED);
	row_put_number(&row, before);
	ret = grow_parents(&row, seq, graph, redated, err);
	row_end(&row);
	return ret;
}

/* 1: done, 0: there is no shape of this event, -1 */
static int grow_by_shape(struct journal *journal, int64_t seq,
			 struct graph *graph, struct error *err)
{
	struct error said = ERROR_INIT;
	struct row row;
	int found;

	row = row_begin(journal, SQL_SHAPE);
	if (!row.statement) /* a read-only session of an older format */
		return 0;
	row_put_number(&row, seq);
	found = row_next(&row, "read", err);
	if (found > 0 &&
	    shape_read(sqlite3_column_blob(row.statement, 0),
		       (size_t)sqlite3_column_bytes(row.statement, 0), graph,
		       &said) < 0)
		found = store_damaged(journal->store, said.text, err);
	row_end(&row);
	return found;
}

int journal_store_shape(struct journal *journal, int64_t seq,
			const struct graph *graph, int first, struct error *err)
{
	struct buf bytes;
	struct row row;
	int ret = 0;

	buf_init(&bytes, 0);
	if (shape_write(&bytes, graph, first)) {
		row = row_begin(journal, SQL_STORE_SHAPE);
		row_put_number(&row, seq);
		if (row.statement && !row.bad)
			row.bad =
				sqlite3_bind_blob64(row.statement, 2,
						    bytes.text, bytes.length,
						    SQLITE_STATIC) != SQLITE_OK;
		if (row.statement)
			ret = row_write(&row, err);
	}
	buf_release(&bytes);
	return ret;
}

int journal_grow(struct journal *journal, int64_t seq, struct graph *graph,
		 bool *redated, struct error *err)
{
	int64_t count;
	struct row row;
	int ret;

	if (journal_count_commits(journal, &count, err) < 0)
		return -1;
	graph_reserve(graph, count < RESERVE_MOST ? (int)count : RESERVE_MOST);
	ret = grow_by_shape(journal, seq, graph, err);
	if (ret == 0)
		ret = grow_by_rows(journal, seq, graph, redated, err);
	if (ret < 0)
		return -1;
	row = row_begin(journal, SQL_EXPANDED_LATER);
	row_put_number(&row, seq);
	ret = grow_parents(&row, seq, graph, redated, err);
	row_end(&row);
	/* a file may come from anybody, and who walks on a circle never ends */
	if (ret == 0 && graph_has_circle(graph))
		ret = store_damaged(journal->store,
				    "a commit is its own ancestor", err);
	return ret;
}

static char *text_or_empty(char *text)
{
	return text ? text : xstrdup("");
}

int journal_tell(struct journal *journal, int first, int count,
		 struct commit_told *out, struct error *err)
{
	struct row row = row_begin(journal, SQL_TELL);
	int found = 1, done = 0;

	row_put_number(&row, (int64_t)first + 1);
	row_put_number(&row, (int64_t)first + count);
	while (done < count && (found = row_next(&row, "read", err)) > 0) {
		struct commit_told *told = &out[done++];

		told->author = text_or_empty(row_text(&row));
		told->subject = text_or_empty(row_text(&row));
		told->author_date = row_number(&row);
	}
	row_end(&row);
	if (done == count)
		return 0;
	while (done-- > 0) {
		free(out[done].author);
		free(out[done].subject);
	}
	return found < 0 ? -1
			 : store_damaged(journal->store, "a commit is missing",
					 err);
}
