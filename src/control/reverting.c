/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "engine/commit.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/graph.h"
#include "repo/revert.h"
#include "repo/worktree.h"
#include "session/session.h"

/* A revert under way, in the loop's pool of threads. */
struct reverting {
	struct control *control;
	uv_work_t thread;
	struct revert_spec spec;
	char *path;
	int commit; /* which is taken back */
	struct reverted out;
	struct error err; /* MADE_TROUBLE: why */
	bool failed;
};

static void reverting_free(struct reverting *reverting)
{
	reverted_release(&reverting->out);
	free(reverting->path);
	free(reverting);
}

static void make(uv_work_t *thread)
{
	struct reverting *reverting = thread->data;

	reverting->failed = revert_make(&reverting->spec, &reverting->out,
					&reverting->err) < 0;
}

/* By name only: what is made here lies in no range. */
static bool store(struct control *control, const struct reverting *reverting)
{
	char *subject =
		xasprintf("Revert \"%s\"",
			  session_subject(control->session, reverting->commit));
	const struct commit_record record = { .oid = reverting->out.oid,
					      .author = "culprit",
					      .subject = subject };
	int ret = session_store_commits(control->session, &record, 1,
					&control->err);

	free(subject);
	if (ret < 0)
		control_fail(control);
	return ret == 0;
}

/* What a person is asked to mend is named with the place where it is. */
static char *words_of(const struct reverting *reverting)
{
	if (reverting->failed)
		return xstrdup(reverting->err.text);
	if (reverting->out.made == MADE_CONFLICT)
		return xasprintf("%s (in %s)", reverting->out.paths.text,
				 reverting->path);
	return NULL;
}

/* Returns whether all was stored. */
static bool tell(struct control *control, const struct reverting *reverting)
{
	enum made made = reverting->failed ? MADE_TROUBLE : reverting->out.made;
	char *text = words_of(reverting);
	struct event event = {
		.kind = EVENT_REVERT,
		.other = reverting->spec.base,
		.number = reverting->spec.parent,
		.policy = control_text(made_name(made)),
		.title = control_text(reverting->spec.commit.hex),
		.text = text,
	};
	bool told = true;

	if (made == MADE_OK) {
		event.commit = reverting->out.oid;
		event.signature = control_text(reverting->out.tree.hex);
		told = !control->failed && store(control, reverting);
	}
	told = told && control_append(control, &event);
	free(text);
	return told;
}

static void on_made(uv_work_t *thread, int status)
{
	struct reverting *reverting = thread->data;
	struct control *control = reverting->control;

	if (status < 0) {
		error_set(&reverting->err, ERROR_SYSTEM, "%s",
			  uv_strerror(status));
		reverting->failed = true;
	}
	control->reverting = NULL;
	tell(control, reverting);
	reverting_free(reverting);
	control_pump_soon(control);
}

static int parent_of(const struct control *control, int commit)
{
	const int *parents;

	return graph_parents(session_graph(control->session), commit,
			     &parents) > 1
		       ? 1
		       : 0;
}

void reverting_start(struct control *control, const struct wish *wish)
{
	const char *common = session_repository(control->session);
	struct reverting *reverting = xcalloc(1, sizeof(*reverting));

	reverted_init(&reverting->out);
	reverting->control = control;
	reverting->commit = wish->like;
	reverting->path = session_revert(control->session);
	reverting->spec = (struct revert_spec){
		.common_dir = common,
		.path = reverting->path,
		.base = *control_oid(control, wish->commit),
		.commit = *control_oid(control, wish->like),
		.parent = parent_of(control, wish->like),
	};
	reverting->thread.data = reverting;
	control->came_back = false;
	if (common && uv_queue_work(&control->loop, &reverting->thread, make,
				    on_made) == 0) {
		control->reverting = reverting;
		return;
	}
	error_set(&reverting->err, ERROR_STATE,
		  common ? "no thread could be started"
			 : "this session has no repository");
	reverting->failed = true;
	tell(control, reverting);
	reverting_free(reverting);
	control_pump_soon(control);
}

void reverting_clean(struct control *control)
{
	const char *common = session_repository(control->session);
	char *path = session_revert(control->session);

	if (common)
		worktree_remove(common, path, NULL);
	free(path);
}
