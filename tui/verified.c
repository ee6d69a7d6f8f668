/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/evidence_page.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "tui/pager.h"

#define LETTERS 24

/* Where the columns stand. */
enum { AT_TREE = 19, AT_RESULT = 33, AT_LETTERS = 51 };

static enum role tree_role(const struct verify_tree *tree)
{
	bool told = tree->state == TREE_SHOWS || tree->state == TREE_CLEAN;

	if (!told)
		return tree->state >= TREE_CONFLICT && tree->state != TREE_OPEN
			       ? ROLE_SKIP
			       : ROLE_DIM;
	return (tree->state == TREE_SHOWS) == tree->expected ? ROLE_PLAIN
							     : ROLE_SKIP;
}

static void put_tree(struct page *page, const struct verify *verify,
		     const struct verify_tree *tree)
{
	char id[OID_SHORT + 1];
	struct buf text;

	buf_init(&text, 0);
	if (tree->kind == TREE_PARENT) /* its id stands behind it anyway */
		buf_puts(&text, "parent");
	else
		verify_name_tree(page->engine, verify, tree, &text);
	line_put(&page->line, ROLE_PLAIN, text.text);
	line_to(&page->line, AT_TREE);
	if (tree->commit >= 0)
		line_put(&page->line, ROLE_PLAIN,
			 page_id(page, tree->commit, id));
	line_to(&page->line, AT_RESULT);
	buf_clear(&text);
	verify_say_tree(page->engine, tree, &text);
	if (tree->state == TREE_CONFLICT && !str_empty(tree->revert->text))
		buf_printf(&text, " in %s", tree->revert->text);
	line_put(&page->line, tree_role(tree), text.text);
	buf_clear(&text);
	verify_letters(page->engine, verify, tree, &text);
	if (text.length) {
		line_to(&page->line, AT_LETTERS);
		line_letters(&page->line, LETTERS, text.text);
	}
	page_put(page, tree->commit);
	buf_release(&text);
}

static enum role result_role(enum verify_result result)
{
	return result == VERIFY_CONFIRMED ? ROLE_GOOD : ROLE_SKIP;
}

void page_verify(struct page *page)
{
	struct verify verify;
	char remark[64];
	struct buf text;

	if (!engine_verify(page->engine, &verify) ||
	    (!verify.current && verify.result != VERIFY_OVERTURNED))
		return;
	if (verify.current)
		snprintf(remark, sizeof(remark), "%d run%s of each",
			 verify.runs, verify.runs == 1 ? "" : "s");
	else
		snprintf(remark, sizeof(remark), "of %.*s", OID_SHORT,
			 verify.order->commit.hex);
	page_heading(page, verify.is_done ? "Verified" : "Verifying", remark);
	for (int i = 0; i < verify.count; i++)
		put_tree(page, &verify, &verify.trees[i]);
	buf_init(&text, 0);
	verify_say_result(page->engine, &verify, &text);
	if (text.length)
		page_text(page, result_role(verify.result), text.text);
	buf_release(&text);
}
