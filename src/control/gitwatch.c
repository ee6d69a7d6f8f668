/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "control/mirror.h"
#include "engine/engine.h"
#include "repo/gitstate.h"
#include "repo/worktree.h"
#include "session/session.h"

/* The worktree's own git folder; NULL where there is none. */
static char *git_dir_of(const struct control *control)
{
	const char *common = session_repository(control->session);

	if (!common || control->settings.fake_script)
		return NULL;
	return worktree_git_dir(common, control->places[0].worktree);
}

static void stamp_now(const struct control *control, char *out)
{
	char *git_dir = git_dir_of(control);

	*out = '\0';
	if (git_dir)
		gitstate_stamp(git_dir, out);
	free(git_dir);
}

bool gitwatch_touched(const struct control *control)
{
	char now[GITSTATE_STAMP];

	stamp_now(control, now);
	return !str_equal(now, control->git_stamp);
}

bool gitwatch_is_behind(const struct control *control)
{
	return control->mirrored != session_event_count(control->session) ||
	       gitwatch_touched(control);
}

void gitwatch_sync(struct control *control)
{
	struct error err = ERROR_INIT;
	bool taken;
	int ret;

	if (control->failed || !gitwatch_is_behind(control))
		return;
	/* not in step is no reason to stop: whoever looks next is told */
	ret = mirror_sync(control->session, control->repo, &taken, &err);
	control->mirrored = session_event_count(control->session);
	stamp_now(control, control->git_stamp);
	if (ret == 0 && mirror_is_behind(control->session))
		control->git_stamp[0] = '\0'; /* marked just behind it */
	control_tell_new(control);
	if (!taken)
		return;
	control->came_back = false;
	control->places[0].dirty |= control->places[0].building >= 0;
	control->shown = -1;
	control_cancel_build(control, &control->places[0]);
	for (size_t i = 0; i < control->flight_count; i++)
		if (control->flights[i]->needs_place &&
		    control->flights[i]->place == 0)
			control_cancel_runs(control,
					    control->flights[i]->commit);
	places_forget(control, 0);
}

static void head_now(const struct control *control, struct oid *out)
{
	char *git_dir = git_dir_of(control);

	if (!git_dir || !worktree_head(git_dir, out))
		out->hex[0] = '\0';
	free(git_dir);
}

void gitwatch_built(struct control *control)
{
	head_now(control, &control->head);
}

bool gitwatch_moved(const struct control *control)
{
	struct oid now;

	head_now(control, &now);
	return !oid_equal(&now, &control->head);
}
