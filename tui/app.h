/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TUI_APP_H
#define TUI_APP_H

/*
 * The screen without a terminal: what is shown, what a key does, and the
 * orders that follow.  Time, keys and pages come in, a drawn grid goes out, so
 * all of it can be tried in a test.
 *
 * An order that fails becomes the toast, in words; nothing here ends the
 * program but the key that asks for it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/desk.h"
#include "control/mover.h"
#include "control/ponder.h"
#include "engine/course.h"
#include "tui/ask.h"
#include "tui/buildlog.h"
#include "tui/consoles.h"
#include "tui/dialog.h"
#include "tui/help.h"
#include "tui/home.h"
#include "tui/model.h"
#include "tui/pager.h"
#include "tui/palette.h"
#include "tui/peek.h"
#include "tui/range_page.h"
#include "tui/replay.h"
#include "tui/ruling.h"
#include "tui/tail.h"
#include "tui/view_beside.h"
#include "tui/view_commit.h"
#include "tui/view_evidence.h"
#include "tui/view_runs.h"

struct app;
struct grid;
struct helm;
struct keymap;
struct mouse;
struct repo;
struct session;
struct view;

struct app {
	struct session *session;   /* borrowed */
	struct repo *repo;	   /* borrowed, or NULL */
	const char *program;	   /* borrowed */
	const struct keymap *keys; /* borrowed, or NULL: all as usual */
	bool ascii;
	struct helm *helm; /* borrowed, or NULL: there is no other screen */
	bool steered;	   /* it was ours when we looked last */
	bool cursor;	   /* is always seen */
	bool plain;	   /* the clock stands between events */
	int64_t link_ms;   /* the round trip of a slow line, or 0 */
	char who[128];

	const struct view *view;
	const struct view *back; /* what brought it up, NULL: the steps */
	struct model model;
	struct home home;
	struct tail tail;
	struct dialog dialog;
	struct ruling_dialog ruling;
	struct ask ask;
	struct help help;
	struct palette palette;
	struct range_page range;
	struct peek peek;     /* beside it */
	struct asides asides; /* what runs beside the screen */
	struct mover mover;   /* of the worktree, in a session by hand */
	struct runs_view runs;
	struct evidence_view evidence;
	struct commit_view commit;
	struct beside_view beside;
	struct pager log;
	size_t log_events; /* how many it holds */
	int about;    /* the commit that is shown when asked for, -1: the one
			 of the chosen step */
	int range_of; /* the step that was chosen when the range was shown */

	struct consoles consoles;
	struct buildlog build;

	struct replay replay;
	struct course course; /* of it, with the rule's midpoints; empty
				 while an engine is at work */
	size_t course_of;     /* so many events; 0: there is none */
	struct ponder ponder; /* who works it out */
	bool only_replay;     /* nothing will ever happen in this session */

	int selected; /* a commit; -1: the one under test */
	int show;     /* as in struct model_view */
	int64_t now;
	int64_t toast_until;
	int columns, rows; /* of the page drawn last */
	struct {
		int64_t at;
		int x, y;
	} press; /* the last of the mouse, for a second one */

	int range_at;	   /* the range opens when so few are left; 0: never */
	bool range_opened; /* by itself: once */

	bool starts_engine;    /* by itself, where there is work for one */
	int64_t engine_wanted; /* until then, after an order; 0: not */
	struct engine_start engine_start; /* of the one begun last */

	/* what the loop should do */
	bool quit, suspend, repaint;
	enum {
		CALL_NOBODY,
		CALL_NEEDED, /* the person: nothing goes on alone */
		CALL_DONE,
	} call;
	bool looked; /* the model has been made once */
	char *next;  /* with quit: the folder of the session to go over to */
	char next_says[FORM_TEXT]; /* what is said there; raw */
};

void app_init(struct app *app, struct session *session, struct repo *repo,
	      const char *program, bool ascii);
void app_release(struct app *app);

/* What runs beside the screen needs its loop: to be done before that goes. */
void app_stop_asides(struct app *app);

/*
 * When something is to be done though nothing happens, as session_now gives
 * it; -1: never.
 */
int64_t app_due(const struct app *app);

/*
 * Take in what the session's other writers did and what the time is.  A
 * session that cannot be read says so in the toast and stays as it was.
 */
void app_refresh(struct app *app, int64_t now);

/* Has somebody used git bisect in the session's worktree?  Takes it in. */
bool app_look_at_git(struct app *app);

/* Have the course worked out, beside the screen, unless it is there. */
void app_find_course(struct app *app);
bool app_has_course(const struct app *app);
void app_drop_course(struct app *app);

/* The worktree has come to rest (app->mover), or could not be moved. */
void app_moved(struct app *app);

/* Has a file that is shown changed?  Reads it. */
bool app_listen(struct app *app);

/* A slice of work that waits for nothing; false: there was none. */
bool app_work(struct app *app);

/* The model anew, after anything it is made from has changed. */
void app_rebuild(struct app *app);

void app_draw(struct app *app, struct grid *grid);
void app_key(struct app *app, int key);

/* The mouse, on the page that was drawn last. */
void app_mouse(struct app *app, const struct grid *grid,
	       const struct mouse *mouse);

/*
 * At the beginning, and after each order: should there be work for an engine
 * in the next moments and none at work, one is started by app_refresh; unless
 * a person stopped the last one.
 */
void app_want_engine(struct app *app);

/* Start an engine; an error becomes the toast. */
void app_start_engine(struct app *app);

/* The chosen row of the steps, NULL while there are none; another one. */
const struct model_row *app_selected(const struct app *app);
void app_go_to_row(struct app *app, int row);

/* From the steps to the runs, from a run to its console. */
void app_open_line(struct app *app);

/* To the time at which the replay is; or it stays, and the toast says why. */
void app_go_to_time(struct app *app);
/* A foreign log is all there is: begin where it does, on the replay's view. */
void app_begin_replay(struct app *app);
void app_leave_time(struct app *app); /* to the present */

const char *app_id_of(const struct app *app, int commit);

/* Show a line instead of the status for a while. */
void app_say(struct app *app, bool is_error, const char *text);

#endif
