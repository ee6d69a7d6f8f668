/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/json.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/verify.h"
#include "session/session.h"

static void json_commit(struct json *json, const char *key,
			struct session *session, int commit)
{
	json_text(json, key,
		  commit < 0 ? NULL
			     : graph_oid(session_graph(session), commit)->hex);
}

static void json_letters(struct json *json, struct session *session,
			 const struct verify *verify,
			 const struct verify_tree *tree)
{
	struct buf letters;

	buf_init(&letters, 0);
	verify_letters(session_engine(session), verify, tree, &letters);
	json_text(json, "letters", letters.text);
	buf_release(&letters);
}

static void json_tree(struct json *json, struct session *session,
		      const struct verify *verify,
		      const struct verify_tree *tree)
{
	const struct event *revert = tree->revert;
	bool made = revert && tree->commit >= 0;

	json_open_object(json, NULL);
	json_text(json, "kind", tree_kind_name(tree->kind));
	json_text(json, "state", tree_state_name(tree->state));
	json_commit(json, "base", session, tree->base);
	json_commit(json, "commit", session, tree->commit);
	json_text(json, "tree", made ? revert->signature : NULL);
	json_text(json, "revert", revert ? revert->policy : NULL);
	json_text(json, "revert_text", revert ? revert->text : NULL);
	json_text(json, "build",
		  tree->build ? build_result_name(tree->build->build) : NULL);
	json_bool(json, "expected", tree->expected);
	json_number(json, "shows", tree->shows);
	json_number(json, "valid", tree->valid);
	json_number(json, "runs", tree->finished);
	json_commit(json, "same_as", session,
		    tree->equal < 0 ? -1 : verify->trees[tree->equal].commit);
	json_letters(json, session, verify, tree);
	json_close_object(json);
}

void cli_json_verify(struct json *json, struct session *session)
{
	struct engine *engine = session_engine(session);
	struct verify verify;
	struct buf said;

	if (!engine_verify(engine, &verify)) {
		json_null(json, "verify");
		return;
	}
	buf_init(&said, 0);
	verify_say(engine, &verify, &said);
	json_open_object(json, "verify");
	json_commit(json, "culprit", session, verify.culprit);
	json_bool(json, "current", verify.current);
	json_bool(json, "done", verify.is_done);
	json_number(json, "runs", verify.runs);
	json_bool(json, "reverts", verify.reverts);
	json_text(json, "result", verify_result_name(verify.result));
	json_text(json, "said", said.text);
	json_open_array(json, "trees");
	for (int i = 0; i < verify.count; i++)
		json_tree(json, session, &verify, &verify.trees[i]);
	json_close_array(json);
	json_close_object(json);
	buf_release(&said);
}
