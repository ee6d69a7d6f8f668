/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The session at any time: its steps as they were then, what happened there,
 * and where in the whole that is.
 */

#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"
#include "control/contrast.h"
#include "control/desk.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/further.h"
#include "tui/input.h"
#include "tui/line.h"
#include "tui/order.h"
#include "tui/panes.h"
#include "tui/views.h"

enum { PANE_TIME = PANE_COUNT }; /* what one can click on beside the ledger */

#define TALL_ROWS 28
#define FULL_ROWS 20
#define TALE_MOST 12 /* rows: beyond, the eye has far to go */

/* Rows of each part; 0: there is no room for it. */
struct layout {
	int ledger; /* with its heads, and its ruler above */
	int tale;   /* without its ruler */
	int line;   /* of time, likewise */
};

/* The same at all times of a replay, so that nothing jumps. */
static struct layout layout_of(int rows, int steps)
{
	struct layout at = { 0 };

	if (rows >= FULL_ROWS) {
		at.tale = rows >= TALL_ROWS ? 5 : 3;
		at.line = rows >= TALL_ROWS ? 3 : 2;
	}
	at.ledger = rows - 4 - (at.tale ? at.tale + 1 : 0) -
		    (at.line ? at.line + 1 : 0);
	for (; at.tale && at.tale < TALE_MOST && at.ledger > steps + 2;
	     at.ledger--)
		at.tale++;
	return at;
}

/* The present is read, whatever time is shown. */
static void update_replay(struct app *app)
{
	struct replay *replay = &app->replay;

	if (!app->model.engine_alive)
		app_find_course(app);
	if (session_event_count(app->session) == replay->count)
		return;
	session_go(app->session, SIZE_MAX, NULL);
	replay_read(replay, app->session, app->ascii);
	if (app->model.engine_alive)
		app_drop_course(app);
	app_go_to_time(app);
}

/* From a step that was chosen one comes to when it was settled. */
static void enter_replay(struct app *app)
{
	struct replay *replay = &app->replay;
	const struct model *model = &app->model;

	update_replay(app);
	if (!replay_at_end(replay) || app->selected < 0 ||
	    model->selected == model->testing)
		return;
	replay_jump(replay, model->selected);
	app_go_to_time(app);
}

static void leave(struct app *app)
{
	app_leave_time(app);
	if (app->only_replay)
		app->quit = true;
	else
		views_go(app, &view_steps);
}

/* A step is where it has its verdict. */
static void step_by(struct replay *replay, int by)
{
	int step = replay_step(replay);

	if (by < 0 && step >= 0 && replay->place > replay->steps[step].end)
		by++;
	if (by > 0 && step >= 0 && replay->place < replay->steps[step].end)
		by--;
	replay_jump(replay, step + by);
}

static bool moving_key(struct replay *replay, int key)
{
	switch (key) {
	case '.':
	case INPUT_RIGHT:
		replay_move(replay, 1);
		return true;
	case ',':
	case INPUT_LEFT:
		replay_move(replay, -1);
		return true;
	case ']':
		replay_turn(replay, 1);
		return true;
	case '[':
		replay_turn(replay, -1);
		return true;
	case 'j':
	case INPUT_DOWN:
		step_by(replay, 1);
		return true;
	case 'k':
	case INPUT_UP:
		step_by(replay, -1);
		return true;
	case 'g':
	case INPUT_HOME:
		replay_jump(replay, -1);
		return true;
	case 'G':
	case INPUT_END:
		replay_jump(replay, replay->step_count);
		return true;
	default:
		return false;
	}
}

static void key_replay(struct app *app, int key)
{
	struct replay *replay = &app->replay;

	if (moving_key(replay, key)) {
		app_go_to_time(app);
		return;
	}
	switch (key) {
	case ' ':
		replay_toggle(replay, app->now);
		app_go_to_time(app);
		break;
	case '>':
		replay_speed(replay, 1, app->now);
		break;
	case '<':
		replay_speed(replay, -1, app->now);
		break;
	case 'c':
		replay->by_clock = !replay->by_clock;
		break;
	case 'd':
		view_beside_ask_other(app);
		break;
	case 'L':
		further_ask(app);
		break;
	case INPUT_ENTER:
		views_go(app, &view_runs);
		break;
	case INPUT_ESCAPE:
	case INPUT_BACKSPACE:
		/* one too many must not end the program */
		if (app->only_replay)
			app_say(app, false, "q leaves the replay");
		else
			leave(app);
		break;
	default:
		order_key(app, key);
		break;
	}
}

static void go_to_step(struct app *app, int number)
{
	replay_jump(&app->replay, number - 1);
	app_go_to_time(app);
}

/* What of it fits into a row; *text is then behind that. */
static size_t take_row(const char **text, int width)
{
	size_t length = line_fits(*text, strcspn(*text, "\n"), width);

	*text += length;
	*text += strspn(*text, " \n");
	return length;
}

static int rows_of(const char *text, int width)
{
	int rows = 0;

	for (; *text; rows++)
		take_row(&text, width);
	return rows;
}

/* A sentence a line; one behind another where there is no room for that. */
static void draw_sentences(struct grid *grid, struct area area, char *sentences)
{
	bool tight = rows_of(sentences, area.width) > area.height;
	const char *text = sentences;

	for (char *c = sentences; tight && *c; c++)
		if (*c == '\n' && c[1])
			*c = ' ';
	for (int y = 0; y < area.height && *text; y++) {
		const char *row = text;
		char line[1024];

		snprintf(line, sizeof(line), "%.*s",
			 (int)take_row(&text, area.width), row);
		grid_text(grid, area.x, area.y + y, area.width, ROLE_PLAIN,
			  line);
		if (*text && y == area.height - 1)
			grid_text(grid, area.x + area.width - 1, area.y + y, 1,
				  ROLE_DIM, "~");
	}
}

/* The stop of a step, or NULL. */
static const struct course_stop *stop_of(const struct app *app, int step)
{
	const struct oid *oid;
	int at;

	if (step < 0 || step >= app->replay.step_count)
		return NULL;
	oid = graph_oid(session_present_graph(app->session),
			app->replay.steps[step].commit);
	at = course_find(&app->course, oid);
	return at < 0 ? NULL : &app->course.stops[at];
}

/* That the rule was followed is worth a word only of somebody else's log. */
static void add_midpoint(const struct app *app, int step, struct buf *out)
{
	const struct course_stop *stop = stop_of(app, step);
	const struct event *start =
		engine_start_event(session_engine(app->session));

	if (stop && start &&
	    (start->by == BY_IMPORT || !course_follows_rule(stop)))
		contrast_midpoint(stop, out);
}

/* What one is told of may be anybody's words. */
static void draw_tale(struct app *app, struct grid *grid, struct area area)
{
	struct engine *engine = session_engine(app->session);
	int at = replay_step(&app->replay);
	const struct step *step = at < 0 ? NULL : engine_step(engine, at);
	const char *line, *end;
	struct buf raw, clean;

	panes_ruler(grid, area, "What happened here", false, "");
	buf_init(&raw, 64 * 1024);
	buf_init(&clean, 0);
	if (step)
		desk_recount(app->session, step, &raw);
	if (step)
		add_midpoint(app, at, &raw);
	else
		buf_puts(&raw, "The search has not begun.\n");
	for (line = raw.text; (end = strchr(line, '\n')); line = end + 1) {
		text_clean(&clean, line, (size_t)(end - line), 1000,
			   grid->ascii);
		buf_putc(&clean, '\n');
	}
	area.x += 1;
	area.y += 1;
	area.width -= 2;
	area.height -= 1;
	draw_sentences(grid, area, clean.text);
	buf_release(&raw);
	buf_release(&clean);
}

static const char *letter_of(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_GOOD:
		return "G";
	case VERDICT_BAD:
		return "B";
	case VERDICT_SKIP:
		return "S";
	case VERDICT_NONE:
	case VERDICT_COUNT:
		break;
	}
	return ".";
}

/*
 * The steps as letters in a row, those around the present one if need be; a
 * mark below those that the rule would not have tested.
 */
static void draw_time(struct app *app, struct grid *grid, struct area area)
{
	const struct replay *replay = &app->replay;
	int at = replay_step(replay), room = area.width - 8, apart = 3;
	int y = area.y + 1, first = 0, shown = replay->step_count;

	panes_ruler(grid, area, "Timeline", false, "");
	while (apart > 1 && shown * apart > room)
		apart--;
	if (shown * apart > room) {
		shown = room / apart;
		first = at - shown / 2;
		if (first > replay->step_count - shown)
			first = replay->step_count - shown;
		if (first < 0)
			first = 0;
	}
	grid_text(grid, area.x + 1, y, 5, ROLE_DIM, "step");
	for (int i = 0; i < shown; i++) {
		const struct replay_step *step = &replay->steps[first + i];
		int x = area.x + 7 + i * apart;
		const struct course_stop *stop;
		char number[16];

		if (i + 1 < shown)
			grid_repeat(grid, x + 1, y, apart - 1, ROLE_LINE,
				    GLYPH_HLINE);
		grid_hot_line(grid, x - (apart > 1), y, apart, PANE_TIME,
			      first + i);
		grid_hot_line(grid, x - (apart > 1), y + 1, apart, PANE_TIME,
			      first + i);
		grid_text(grid, x, y, 1,
			  first + i > at ? ROLE_DIM
					 : panes_verdict_role(step->verdict),
			  letter_of(step->verdict));
		stop = stop_of(app, first + i);
		if (first + i == at)
			grid_text(grid, x, y + 1, 1, ROLE_TITLE, "^");
		else if (stop && !course_follows_rule(stop))
			grid_text(grid, x, y + 1, 1, ROLE_SKIP, "!");
		snprintf(number, sizeof(number), "%d", first + i + 1);
		if (area.height > 3 &&
		    ((first + i + 1) % 5 == 0 || first + i == 0))
			grid_text(grid, x, y + 2, 4, ROLE_DIM, number);
	}
}

static void draw_pace(struct app *app, struct grid *grid, int y)
{
	const struct replay *replay = &app->replay;
	char speed[16];
	int x = 1;

	x += grid_text(grid, x, y, 8,
		       replay->playing ? ROLE_RUNNING : ROLE_TITLE,
		       replay->playing	       ? "PLAYS"
		       : replay_at_end(replay) ? "AT END"
					       : "STANDS");
	grid_printf(grid, x, y, grid->columns - 1 - x, ROLE_PLAIN,
		    "   event %zu of %zu   speed %s   clock: %s", replay->place,
		    replay->count, replay_speed_word(speed, replay),
		    replay->by_clock ? "as it was, no wait over 2 s"
				     : "every step alike");
}

/* Steps that are still to come, below those that were. */
static void draw_future(struct app *app, struct grid *grid, struct area area)
{
	const struct replay *replay = &app->replay;
	int next = app->model.row_count;
	int subjects = panes_subjects(&app->model, grid->columns);

	for (int y = 0; y < area.height && next < replay->step_count; y++) {
		const struct replay_step *step = &replay->steps[next++];
		int more = replay->step_count - next;

		if (y == area.height - 1 && more > 0) {
			grid_printf(grid, 3, area.y + y, area.width - 4,
				    ROLE_DIM, "... %d more steps to come",
				    more + 1);
			return;
		}
		grid_hot_line(grid, 0, area.y + y, area.width, PANE_TIME,
			      next - 1);
		grid_printf(grid, 0, area.y + y, area.width, ROLE_DIM,
			    "%3d%s %-7s %s  %s", next,
			    area.width >= 100 ? " " : "",
			    verdict_word(step->verdict), step->id,
			    subjects ? "" : step->subject);
		if (subjects)
			grid_text(grid, subjects, area.y + y,
				  area.width - 1 - subjects, ROLE_DIM,
				  step->subject);
	}
}

static void draw_replay(struct app *app, struct grid *grid)
{
	static const struct key_hint hints[] = {
		{ "Space", "play" }, { ". ,", "event" }, { "j k", "step" },
		{ "[ ]", "turn" },   { "W", "what if" }, { "d", "compare" },
		{ "L", "continue" }, { "< >", "speed" }, { "c", "clock" },
		{ "Enter", "runs" },
	};
	struct layout at = layout_of(grid->rows, app->replay.step_count);
	struct area area = { 0, 1, grid->columns, 1 };
	struct home home = { .focus = PANE_LEDGER };
	int rows = app->model.row_count + 1;
	char left[64] = "";

	if (frame_too_small(grid))
		return;
	frame_title(grid, &app->model);
	if (app->model.suspects > 0 && app->model.culprit < 0)
		snprintf(left, sizeof(left), "%d left, ~%d steps",
			 app->model.left, app->model.steps);
	panes_ruler(grid, area, "8 Replay", true, left);
	area.y = 2;
	area.height = rows < at.ledger ? rows : at.ledger;
	panes_ledger(grid, area, &app->model, &home, false);
	area.y += area.height;
	area.height = at.ledger - area.height;
	draw_future(app, grid, area);
	area.y += area.height;
	area.height = at.tale + 1;
	if (at.tale)
		draw_tale(app, grid, area);
	area.y += area.height;
	area.height = at.line + 1;
	if (at.line)
		draw_time(app, grid, area);
	if (*app->home.toast)
		frame_toast(grid, grid->rows - 2, &app->home);
	else
		draw_pace(app, grid, grid->rows - 2);
	frame_keys(grid, hints, sizeof(hints) / sizeof(*hints), "leave");
}

/* A row of the ledger, and a step of the timeline, are where it was settled. */
static void choose_replay(struct app *app, int pane, int line)
{
	if (pane != PANE_LEDGER && pane != PANE_TIME)
		return;
	replay_jump(&app->replay, line);
	app_go_to_time(app);
}

const struct view view_replay = {
	.digit = '8',
	.enter = enter_replay,
	.update = update_replay,
	.key = key_replay,
	.number = go_to_step,
	.leave = leave,
	.choose = choose_replay,
	.draw = draw_replay,
};
