/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/grid.h"
#include "tui/input.h"
#include "tui/views.h"

#define TOAST_MS  10000
#define WANTED_MS 3000
#define HALF	  10

void app_init(struct app *app, struct session *session, struct repo *repo,
	      const char *program, bool ascii)
{
	memset(app, 0, sizeof(*app));
	app->session = session;
	app->repo = repo;
	app->program = program;
	app->ascii = ascii;
	app->view = views_find('1');
	app->log.follow = true;
	app->runs_of = -1;
	app->selected = -1;
	app->show = SHOW_NEWEST;
	desk_who(app->who, sizeof(app->who));
	model_init(&app->model);
	tail_init(&app->tail);
}

void app_release(struct app *app)
{
	model_release(&app->model);
	tail_release(&app->tail);
	pager_release(&app->log);
	pager_release(&app->commit);
	pager_release(&app->evidence);
	pager_release(&app->runs);
}

void app_say(struct app *app, bool is_error, const char *text)
{
	struct buf line;

	buf_init(&line, 0);
	text_clean(&line, text, strcspn(text, "\n"), 400, app->ascii);
	str_copy(app->home.toast, sizeof(app->home.toast), line.text);
	app->home.toast_is_error = is_error;
	app->toast_until = app->now + TOAST_MS;
	buf_release(&line);
}

/* The model anew, after anything it is made from has changed. */
static void rebuild(struct app *app)
{
	struct model_view view = {
		.now = app->now,
		.selected = app->selected,
		.show = app->show,
		.ascii = app->ascii,
		.can_run = desk_can_run(app->session),
	};

	desk_engine(app->session, &view.engine);
	model_build(&app->model, app->session, &view);
	if (app->home.line > app->model.run_count)
		app->home.line = app->model.run_count;
	tail_open(&app->tail, app->model.console);
	tail_read(&app->tail);
	views_update(app);
}

/* Did a person end the last engine, on purpose? */
static bool was_stopped(const struct app *app)
{
	const struct engine *engine = session_engine(app->session);

	for (size_t i = engine_event_count(engine); i-- > 0;) {
		const struct event *event = engine_event(engine, i);

		if (event->kind == EVENT_ENGINE_GONE)
			return !str_empty(event->text);
		if (event->kind == EVENT_ENGINE)
			break;
	}
	return false;
}

void app_want_engine(struct app *app)
{
	if (app->starts_engine && desk_can_run(app->session) &&
	    !was_stopped(app))
		app->engine_wanted = app->now + WANTED_MS;
}

/* An engine that is alive may just be leaving: look again a little later. */
static void start_wanted_engine(struct app *app)
{
	if (app->now >= app->engine_wanted ||
	    !plan_has_work(engine_plan(session_engine(app->session)))) {
		app->engine_wanted = 0;
	} else if (!app->model.engine_alive) {
		app->engine_wanted = 0;
		app_start_engine(app);
	}
}

void app_refresh(struct app *app, int64_t now)
{
	struct error err = ERROR_INIT;

	app->now = now;
	if (session_refresh(app->session, NULL, &err) < 0)
		app_say(app, true, err.text);
	if (now >= app->toast_until)
		app->home.toast[0] = '\0';
	rebuild(app);
	if (app->engine_wanted)
		start_wanted_engine(app);
}

bool app_read_log(struct app *app)
{
	return tail_read(&app->tail);
}

void app_start_engine(struct app *app)
{
	struct error err = ERROR_INIT;

	if (app->model.engine_alive) {
		app_say(app, false, "an engine is at work already");
		return;
	}
	if (!desk_can_run(app->session)) {
		app_say(app, true,
			"this session has no test command: drive it by hand");
		return;
	}
	if (desk_start_engine(app->session, app->program, &err) < 0)
		app_say(app, true, err.text);
	else
		app_say(app, false, "an engine has been started");
	rebuild(app);
}

/* An order with its words and its reason; -1 with an error, nothing said. */
static int carry_out(struct app *app, const char *name, struct order given,
		     struct error *err)
{
	struct buf say;
	int ret;

	buf_init(&say, 64 * 1024);
	given.session = app->session;
	given.repo = app->repo;
	given.who = app->who;
	given.say = &say;
	ret = command_order(name, &given, err);
	if (ret == 0) {
		app_say(app, false, *say.text ? say.text : name);
		app_want_engine(app);
	}
	buf_release(&say);
	rebuild(app);
	return ret;
}

/* Carry out an order with up to two arguments; NULL for none. */
static void order(struct app *app, const char *name, const char *first,
		  const char *second, const char *why)
{
	const char *const arguments[] = { first, second, NULL };
	struct error err = ERROR_INIT;
	struct order given = {
		.why = str_empty(why) ? NULL : why,
		.argc = !first	  ? 0
			: !second ? 1
				  : 2,
		.argv = arguments,
	};

	if (carry_out(app, name, given, &err) < 0)
		app_say(app, true, err.text);
}

/* What was written is not lost when it is wrong. */
static void order_written(struct app *app)
{
	struct palette *palette = &app->palette;
	struct order given = { .argc = 0 };
	struct error err = ERROR_INIT;
	struct argv argv = ARGV_INIT;
	const char **words = NULL;
	int ret = -1;

	if (palette_words(palette->text, &argv, &err) < 0)
		goto out;
	words = xcalloc(argv.count + 1, sizeof(*words));
	if (command_words((int)argv.count, argv.items, words, &given, &err) < 0)
		goto out;
	ret = carry_out(app, argv.items[0], given, &err);
out:
	palette->open = ret < 0;
	if (ret < 0)
		text_copy(palette->complaint, sizeof(palette->complaint),
			  err.text, app->ascii);
	free(words);
	argv_free(argv.items);
}

const char *app_id_of(const struct app *app, int commit)
{
	return graph_oid(session_graph(app->session), commit)->hex;
}

const struct model_row *app_selected(const struct app *app)
{
	return app->model.selected < 0 ? NULL
				       : &app->model.rows[app->model.selected];
}

static void accept_leaning(struct app *app)
{
	const struct model *model = &app->model;
	enum verdict leaning = model->rule.shown ? model->rule.judgement.leaning
						 : VERDICT_NONE;

	if (model->testing < 0)
		app_say(app, false, "nothing is under test");
	else if (leaning == VERDICT_NONE)
		app_say(app, false, "the runs lean to no verdict yet");
	else
		order(app, verdict_name(leaning),
		      app_id_of(app, model->rows[model->testing].commit), NULL,
		      "accepted early");
}

static void ignore_run(struct app *app)
{
	const struct model_row *row = app_selected(app);
	char run[OID_HEX_MAX + 16];
	int line = app->home.line;

	if (app->home.focus != PANE_RUNS || !row || line < 1 ||
	    line > app->model.run_count ||
	    strchr(">-", app->model.runs[line - 1].letter)) {
		app_say(app, false, "choose a finished run first (Tab)");
		return;
	}
	snprintf(run, sizeof(run), "%s#%d", app_id_of(app, row->commit),
		 app->model.runs[line - 1].number);
	order(app, "judge", run, "ignored", NULL);
}

static void answer_dialog(struct app *app)
{
	const char *id = app_id_of(app, app->dialog.commit);
	char runs[16];

	app->dialog.open = false;
	snprintf(runs, sizeof(runs), "%d", DIALOG_MORE_RUNS);
	order(app, dialog_command(app->dialog.choice), id,
	      app->dialog.choice == CHOICE_MORE ? runs : NULL,
	      app->dialog.reason);
}

static void answer_ruling(struct app *app)
{
	char run[OID_HEX_MAX + 16];

	app->ruling.open = false;
	snprintf(run, sizeof(run), "%s#%d", app_id_of(app, app->ruling.commit),
		 app->ruling.run);
	order(app, ruling_command(app->ruling.choice), run, NULL,
	      app->ruling.reason);
}

/* On the run that is chosen, or on the crash that is asked about. */
static void open_ruling(struct app *app)
{
	const struct model_row *row = app_selected(app);
	const struct model *model = &app->model;
	int line = app->home.line;
	bool chosen = app->home.focus == PANE_RUNS && row && line > 0 &&
		      line <= model->run_count;

	if (chosen && ruling_open(&app->ruling, app->session, row->commit,
				  model->runs[line - 1].number, app->ascii))
		return;
	if (chosen)
		app_say(app, false, "this run shows no crash");
	else if (model->asked_commit < 0 ||
		 !ruling_open(&app->ruling, app->session, model->asked_commit,
			      model->asked_run, app->ascii))
		app_say(app, false, "choose a run with a crash first (Tab)");
}

/* Another row of the ledger; on the one under test the view follows it. */
void app_go_to_row(struct app *app, int row)
{
	const struct model *model = &app->model;

	if (!model->row_count)
		return;
	row = row < 0			? 0
	      : row >= model->row_count ? model->row_count - 1
					: row;
	if (row == model->selected)
		return;
	app->selected = row == model->testing ? -1 : model->rows[row].commit;
	app->show = SHOW_NEWEST;
	app->home.line = 0;
	rebuild(app);
}

static void go_by(struct app *app, int lines)
{
	struct home *home = &app->home;

	switch (home->focus) {
	case PANE_LEDGER:
		app_go_to_row(app, app->model.selected + lines);
		break;
	case PANE_RUNS:
		home->line += lines;
		if (home->line > app->model.run_count)
			home->line = app->model.run_count;
		if (home->line < 0)
			home->line = 0;
		break;
	case PANE_CONSOLE:
		tail_scroll(&app->tail, lines);
		break;
	case PANE_COUNT:
		break;
	}
}

static void go_to_end(struct app *app, bool last)
{
	if (app->home.focus != PANE_CONSOLE)
		go_by(app, last ? 1 << 20 : -(1 << 20));
	else if (last)
		tail_follow(&app->tail);
	else
		tail_start(&app->tail,
			   home_console_rows(app->columns, app->rows,
					     &app->model));
}

/* Enter: from the steps to the runs, from a run to its console. */
void app_open_line(struct app *app)
{
	int line = app->home.line;

	if (app->home.focus == PANE_LEDGER) {
		app->home.focus = PANE_RUNS;
		return;
	}
	if (app->home.focus != PANE_RUNS)
		return;
	if (line > 0 && app->model.runs[line - 1].letter == '-') {
		app_say(app, false, "this run has not begun");
		return;
	}
	app->show = line ? app->model.runs[line - 1].number : SHOW_BUILD;
	app->home.focus = PANE_CONSOLE;
	rebuild(app);
}

static void toggle_pause(struct app *app)
{
	bool paused = engine_plan(session_engine(app->session))->paused;

	order(app, paused ? "resume" : "pause", NULL, NULL, NULL);
}

static void toggle_follow(struct app *app)
{
	if (app->tail.follow)
		app->tail.follow = false;
	else
		tail_follow(&app->tail);
}

static void move_focus(struct app *app, int by)
{
	app->home.focus = (enum pane)(((int)app->home.focus + by + PANE_COUNT) %
				      PANE_COUNT);
}

static bool moving_key(struct app *app, int key)
{
	switch (key) {
	case 'j':
	case INPUT_DOWN:
		go_by(app, 1);
		return true;
	case 'k':
	case INPUT_UP:
		go_by(app, -1);
		return true;
	case INPUT_CTRL('d'):
	case INPUT_PAGE_DOWN:
		go_by(app, HALF);
		return true;
	case INPUT_CTRL('u'):
	case INPUT_PAGE_UP:
		go_by(app, -HALF);
		return true;
	case 'g':
	case INPUT_HOME:
		go_to_end(app, false);
		return true;
	case 'G':
	case INPUT_END:
		go_to_end(app, true);
		return true;
	case INPUT_TAB:
		move_focus(app, 1);
		return true;
	case INPUT_BACK_TAB:
		move_focus(app, -1);
		return true;
	case INPUT_ENTER:
		app_open_line(app);
		return true;
	case INPUT_ESCAPE:
		app->home.focus = PANE_LEDGER;
		return true;
	case 'F':
		toggle_follow(app);
		return true;
	default:
		return false;
	}
}

void app_order_key(struct app *app, int key)
{
	const struct model_row *row = app_selected(app);

	switch (key) {
	case 'v':
		if (row)
			dialog_open(&app->dialog, app->session, &app->model,
				    app->ascii);
		break;
	case 'a':
		accept_leaning(app);
		break;
	case 'p':
		toggle_pause(app);
		break;
	case 'u':
		order(app, "undo", NULL, NULL, NULL);
		break;
	case INPUT_CTRL('r'):
		order(app, "redo", NULL, NULL, NULL);
		break;
	case 't':
		if (row)
			order(app, "pick", app_id_of(app, row->commit), NULL,
			      NULL);
		break;
	case 'x':
		ignore_run(app);
		break;
	case 'm':
		open_ruling(app);
		break;
	case 'R':
		app_start_engine(app);
		break;
	default:
		break;
	}
}

void app_home_key(struct app *app, int key)
{
	if (!moving_key(app, key))
		app_order_key(app, key);
}

void app_key(struct app *app, int key)
{
	if (key == INPUT_NONE)
		return;
	app->home.toast[0] = '\0';
	if (key == INPUT_CTRL('z')) {
		app->suspend = true;
		return;
	}
	if (key == INPUT_CTRL('l')) {
		app->repaint = true;
		return;
	}
	if (app->help.open) {
		help_key(&app->help, key);
		return;
	}
	if (app->dialog.open) {
		if (dialog_key(&app->dialog, key) == DIALOG_APPLY)
			answer_dialog(app);
		return;
	}
	if (app->ruling.open) {
		if (ruling_key(&app->ruling, key) == DIALOG_APPLY)
			answer_ruling(app);
		return;
	}
	if (app->palette.open) {
		if (palette_key(&app->palette, &app->model, key) ==
		    PALETTE_APPLY)
			order_written(app);
		return;
	}
	if (views_ask(app)) {
		views_key(app, key);
		return;
	}
	if (key == '?') {
		app->help = (struct help){ .open = true };
		return;
	}
	if (key == ':') {
		palette_open(&app->palette);
		return;
	}
	if (views_find(key)) {
		views_go(app, views_find(key));
		return;
	}
	if (key == 'q' && app->view != views_find('1')) {
		views_go(app, views_find('1'));
		return;
	}
	if (key == 'q') {
		app->quit = true;
		return;
	}
	if (key == INPUT_CTRL('c')) {
		app_say(app, false, "q leaves the screen; the engine goes on");
		return;
	}
	views_key(app, key);
}

void app_draw(struct app *app, struct grid *grid)
{
	app->columns = grid->columns;
	app->rows = grid->rows;
	views_draw(app, grid);
	if (app->dialog.open)
		dialog_draw(grid, &app->dialog);
	if (app->ruling.open)
		ruling_draw(grid, &app->ruling);
	if (app->palette.open)
		palette_draw(grid, &app->palette, &app->model);
	if (app->help.open)
		help_draw(grid, &app->help);
}
