/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/mail_runs.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "session/session.h"

#define NAME_WIDTH 19
#define WIDTH	   72

/* "  revert on bad end  0/20 crashed" */
static void put_tree(struct session *session, const struct verify *verify,
		     const struct verify_tree *tree, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct buf name;

	buf_init(&name, 0);
	if (tree->kind == TREE_PARENT)
		buf_puts(&name, "parent");
	else
		verify_name_tree(engine, verify, tree, &name);
	buf_printf(out, "  %-*s", NAME_WIDTH, name.text);
	buf_printf(out, "%.*s  ", OID_SHORT,
		   graph_oid(session_graph(session), tree->base)->hex);
	verify_say_tree(engine, tree, out);
	if (tree->equal >= 0)
		buf_puts(out, ", the same kernel as above");
	if (tree->lost && tree->equal < 0)
		buf_printf(out, ", and %d run%s without an answer", tree->lost,
			   tree->lost == 1 ? "" : "s");
	buf_putc(out, '\n');
	buf_release(&name);
}

/* A paragraph, on lines of a mail. */
static void put_paragraph(const char *text, struct buf *out)
{
	int column = 0;

	for (; *text; text++) {
		int word = (int)strcspn(text + 1, " ");

		if (*text == ' ' && column + word >= WIDTH) {
			buf_putc(out, '\n');
			column = 0;
			continue;
		}
		buf_putc(out, *text);
		column++;
	}
	buf_puts(out, ".\n\n");
}

static void put_result(const struct engine *engine, const struct verify *verify,
		       struct buf *out)
{
	struct buf text;

	buf_init(&text, 0);
	if (!verify->current)
		buf_printf(&text,
			   "The culprit %.*s was overturned: ", OID_SHORT,
			   verify->order->commit.hex);
	else
		buf_puts(&text, verify->is_done ? "Verified: "
						: "Verifying it is not over");
	verify_say_result(engine, verify, &text);
	put_paragraph(text.text, out);
	buf_release(&text);
}

void mail_verify(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	struct verify verify;

	if (!engine_verify(engine, &verify) ||
	    (!verify.current && verify.result != VERIFY_OVERTURNED))
		return;
	put_result(engine, &verify, out);
	for (int i = 0; i < verify.count; i++)
		put_tree(session, &verify, &verify.trees[i], out);
	if (engine_symptom(engine) == SYMPTOM_NO_BUILD)
		buf_puts(out, "\nAll are built alike.\n\n");
	else
		buf_printf(out, "\nAll are built alike, and run %d time%s.\n\n",
			   verify.runs, verify.runs == 1 ? "" : "s");
}
