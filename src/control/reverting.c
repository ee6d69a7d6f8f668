/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "control/mended.h"
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
	char *path, *group;
	int commit;		 /* which is taken back */
	const struct oid *again; /* what it was when it was made before */
	struct reverted out;
	struct error err; /* MADE_TROUBLE: why */
	bool failed;
};

static void reverting_free(struct reverting *reverting)
{
	reverted_release(&reverting->out);
	free(reverting->path);
	free(reverting->group);
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
				 reverting->out.where);
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
	/* the same as before is no news */
	if (reverting->failed || !reverting->again ||
	    reverting->out.made != MADE_OK ||
	    !oid_equal(&reverting->out.oid, reverting->again))
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

static void start(struct control *control, int base, int commit,
		  const struct oid *again)
{
	const char *common = session_repository(control->session);
	struct reverting *reverting = xcalloc(1, sizeof(*reverting));

	reverted_init(&reverting->out);
	reverting->control = control;
	reverting->commit = commit;
	reverting->again = again;
	reverting->path = session_revert(control->session);
	if (common)
		reverting->group =
			mended_group(common, session_dir(control->session));
	reverting->spec = (struct revert_spec){
		.common_dir = common,
		.path = reverting->path,
		.base = *control_oid(control, base),
		.commit = *control_oid(control, commit),
		.parent = parent_of(control, commit),
		.group = reverting->group,
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

void reverting_start(struct control *control, const struct wish *wish)
{
	start(control, wish->commit, wish->like, NULL);
}

/* The revert that made a commit; NULL: it is one that was there. */
static const struct event *revert_of(struct control *control, int commit)
{
	const struct engine *engine = session_engine(control->session);
	const struct oid *oid = control_oid(control, commit);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_REVERT &&
		    oid_equal(&event->commit, oid))
			return event;
	}
	return NULL;
}

bool reverting_again(struct control *control, int commit)
{
	const struct graph *graph = session_graph(control->session);
	const struct event *revert = revert_of(control, commit);
	struct oid taken;
	bool there = true;

	if (!revert || !oid_parse(&taken, revert->title) ||
	    revert_is_there(session_repository(control->session),
			    &revert->commit, &there, NULL) < 0 ||
	    there)
		return false;
	if (!control->reverting)
		start(control, graph_find(graph, &revert->other),
		      graph_find(graph, &taken), &revert->commit);
	return true;
}

void reverting_clean(struct control *control)
{
	const char *common = session_repository(control->session);
	char *path = session_revert(control->session);
	struct buf kept;

	buf_init(&kept, 0);
	if (common)
		revert_clean(common, path, &kept, NULL);
	buf_release(&kept);
	free(path);
}
