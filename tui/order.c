/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/further.h"
#include "tui/grid.h"
#include "tui/help.h"
#include "tui/input.h"
#include "tui/keymap.h"
#include "tui/steer.h"
#include "tui/view.h"
#include "tui/views.h"

/* The first line of what an order says; of a step in time, the way back. */
static void say_outcome(struct app *app, const char *name, const char *said)
{
	const char *way = str_equal(name, "undo")   ? "; redo with "
			  : str_equal(name, "redo") ? "; undo with "
						    : NULL;
	const char *key = str_equal(name, "undo")    ? "C-r"
			  : str_equal(name, "pause") ? "p"
						     : "u";
	char pressed[16];
	struct buf line;

	if (str_empty(said))
		said = name;
	/* where the search stands comes first, and the page has that */
	if (str_equal(name, "pause") && strstr(said, "paused: ")) {
		said = "paused";
		way = "; go on with ";
	}
	buf_init(&line, 0);
	buf_add(&line, said, strcspn(said, "\n"));
	if (way && app->keys)
		key = keymap_hint(app->keys, key, pressed, sizeof(pressed));
	if (way)
		buf_printf(&line, "%s%s", way, key);
	app_say(app, false, line.text);
	buf_release(&line);
}

void order_go_over(struct app *app, char *dir, const char *said)
{
	free(app->next);
	app->next = dir;
	str_copy(app->next_says, sizeof(app->next_says), said);
	app->quit = true;
}

/* Nothing of the session changes by these. */
static bool leaves_it_alone(const char *name)
{
	return str_equal(name, "fork") || str_equal(name, "switch");
}

/*
 * An order with its words and its reason; -1 with an error, nothing said; 1
 * where another screen steers, said.
 */
static int carry_out(struct app *app, const char *name, struct order given,
		     struct error *err)
{
	struct buf say;
	bool moves = false;
	int ret;

	buf_init(&say, 64 * 1024);
	given.session = app->session;
	given.repo = app->repo;
	given.who = app->who;
	given.say = &say;
	given.at_once = true;
	given.moves = &moves;
	ret = leaves_it_alone(name) || steer_may_order(app)
		      ? command_order(name, &given, err)
		      : 1;
	if (ret == 0) {
		say_outcome(app, name, say.text);
		if (str_equal(name, "stop"))
			app->engine_wanted = 0;
		else if (given.next)
			order_go_over(app, given.next, say.text);
		else
			app_want_engine(app);
	}
	buf_release(&say);
	if (moves)
		mover_follow(&app->mover, app->session);
	app_rebuild(app);
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

void order_give(struct app *app, const char *name, const char *first,
		const char *second)
{
	order(app, name, first, second, NULL);
}

/* A number alone is a place in the view. */
static bool go_to_number(struct app *app, const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 9 || text[digits] || !app->view->number)
		return false;
	app->palette.open = false;
	app->view->number(app, (int)strtol(text, NULL, 10));
	return true;
}

/* Words behind the first one, as they were written. */
static char *rest_of(const struct argv *argv)
{
	struct buf text;
	char *rest;

	buf_init(&text, 0);
	for (size_t i = 1; i < argv->count; i++)
		buf_printf(&text, "%s%s", i > 1 ? " " : "", argv->items[i]);
	rest = buf_take(&text);
	buf_release(&text);
	return rest;
}

/* Orders that change no session: is this one?  Carries it out. */
static bool order_screens_own(struct app *app, const struct argv *argv,
			      int *ret)
{
	const char *name = argv->items[0];
	char *rest = rest_of(argv);
	bool ours = true;

	*ret = 0;
	if (str_equal(name, "take-over"))
		steer_take_over(app);
	else if (str_equal(name, "what-if"))
		*ret = view_beside_imagine(app, rest) ? 0 : -1;
	else if (str_equal(name, "compare"))
		*ret = view_beside_compare(app, rest) ? 0 : -1;
	else
		ours = false;
	free(rest);
	return ours;
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

	if (go_to_number(app, palette->text))
		return;
	if (palette_words(palette->text, &argv, &err) < 0)
		goto out;
	words = xcalloc(argv.count + 1, sizeof(*words));
	if (command_words((int)argv.count, argv.items, words, &given, &err) < 0)
		goto out;
	if (order_screens_own(app, &argv, &ret))
		goto out;
	ret = carry_out(app, argv.items[0], given, &err);
out:
	palette->open = ret < 0;
	if (ret < 0)
		text_copy(palette->complaint, sizeof(palette->complaint),
			  *err.text ? err.text : app->home.toast, app->ascii);
	free(words);
	argv_free(argv.items);
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

/* The run that is chosen among the selected step's; NULL: none is. */
static const struct model_run *chosen_run(const struct app *app)
{
	int line = app->home.line;

	if (app->home.focus != PANE_RUNS || !app_selected(app) || line < 1 ||
	    line > app->model.run_count)
		return NULL;
	return &app->model.runs[line - 1];
}

static void ask_about_chosen_run(struct app *app)
{
	const struct model_run *run = chosen_run(app);

	if (!run || strchr(">-", run->letter))
		app_say(app, false, "choose a finished run first (Tab)");
	else
		ask_about_run(&app->ask, app->session, &app->model,
			      app_selected(app)->commit, run->number,
			      app->ascii);
}

static void ask_to_stop(struct app *app)
{
	if (app->model.engine_alive)
		ask_about_flight(&app->ask, ASK_STOP, app->session, &app->model,
				 app->now);
	else
		app_say(app, false, "no engine is at work on this session");
}

static void ask_to_pause(struct app *app)
{
	if (engine_plan(session_engine(app->session))->halted)
		app_say(app, false, "the session is paused already: p goes on");
	else
		ask_about_flight(&app->ask, ASK_PAUSE, app->session,
				 &app->model, app->now);
}

static void answer_dialog(struct app *app)
{
	const char *id = app_id_of(app, app->dialog.commit);
	int choice = app->dialog.form.choice;
	char runs[16];

	snprintf(runs, sizeof(runs), "%d", DIALOG_MORE_RUNS);
	order(app, dialog_command(choice), id,
	      choice == CHOICE_MORE ? runs : NULL,
	      choice == CHOICE_MORE ? NULL : app->dialog.form.reason);
}

static void name_run(const struct app *app, int commit, int run, char *out,
		     size_t size)
{
	snprintf(out, size, "%s#%d", app_id_of(app, commit), run);
}

static void answer_ruling(struct app *app)
{
	char run[OID_HEX_MAX + 16];

	name_run(app, app->ruling.commit, app->ruling.run, run, sizeof(run));
	order(app, ruling_command(app->ruling.form.choice), run, NULL,
	      app->ruling.form.reason);
}

static void answer_imagine(struct app *app)
{
	char words[OID_HEX_MAX + 16];

	imagine_words(&app->beside.imagine, words, sizeof(words));
	view_beside_imagine(app, words);
}

static void answer_ask(struct app *app)
{
	const struct ask *ask = &app->ask;
	char run[OID_HEX_MAX + 16];

	switch (ask->kind) {
	case ASK_LEAVE_OUT:
		name_run(app, ask->commit, ask->run, run, sizeof(run));
		order(app, "judge", run, "ignored", ask->form.reason);
		break;
	case ASK_TAKE_BACK:
		name_run(app, ask->commit, ask->run, run, sizeof(run));
		order(app, "retract", run, NULL, NULL);
		break;
	case ASK_STOP:
		order(app, "stop", NULL, NULL, NULL);
		break;
	case ASK_PAUSE:
		order(app, "pause", "--now", NULL, NULL);
		break;
	case ASK_CONTINUE:
		further_begin(app);
		break;
	case ASK_KEEP:
		view_beside_keep(app);
		break;
	case ASK_FORK:
		snprintf(run, sizeof(run), "%" PRId64, ask->seq);
		order(app, "fork", "--at", run, NULL);
		break;
	}
}

/* On the run that is chosen, or on the crash that is asked about. */
static void open_ruling(struct app *app)
{
	const struct model_run *chosen = chosen_run(app);
	const struct model *model = &app->model;

	if (chosen &&
	    ruling_open(&app->ruling, app->session, app_selected(app)->commit,
			chosen->number, app->ascii))
		return;
	if (chosen)
		app_say(app, false, "this run shows no crash");
	else if (model->asked_commit < 0 ||
		 !ruling_open(&app->ruling, app->session, model->asked_commit,
			      model->asked_run, app->ascii))
		app_say(app, false, "choose a run with a crash first (Tab)");
}

static void toggle_pause(struct app *app)
{
	bool stands = plan_resumes(engine_plan(session_engine(app->session)));

	order(app, stands ? "resume" : "pause", NULL, NULL, NULL);
}

/* Those that ask first are not asked in vain. */
static bool asks_or_orders(int key)
{
	return key == INPUT_CTRL('r') ||
	       (key > ' ' && key < 0x7f && strchr("vaputxPQmRVsC", key));
}

static void say_unused(struct app *app, int key)
{
	struct buf line;

	if (key == INPUT_ESCAPE || (key >= INPUT_UP && key <= INPUT_ANSWER))
		return;
	buf_init(&line, 0);
	help_say_unused(key, app->keys, &line);
	app_say(app, false, line.text);
	buf_release(&line);
}

void order_key(struct app *app, int key)
{
	const struct model_row *row = app_selected(app);

	if (asks_or_orders(key) && !steer_may_order(app))
		return;
	switch (key) {
	case 'O':
		steer_take_over(app);
		break;
	case 'v':
		if (row)
			dialog_open(&app->dialog, app->session, &app->model,
				    row->commit, app->ascii);
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
		ask_about_chosen_run(app);
		break;
	case 'C':
		order(app, "verify", NULL, NULL, NULL);
		break;
	case 'P':
		ask_to_pause(app);
		break;
	case 'Q':
		ask_to_stop(app);
		break;
	case 'f':
		ask_about_fork(&app->ask, app->session, row ? row->commit : -1,
			       app->model.engine_alive, app->ascii);
		break;
	case 'm':
		open_ruling(app);
		break;
	case 'W':
		view_beside_ask_what(app);
		break;
	case 'd':
		if (row)
			views_open_diff(app, row->commit);
		break;
	case 'R':
		app_start_engine(app);
		break;
	default:
		say_unused(app, key);
		break;
	}
}

bool order_asks(const struct app *app)
{
	return app->dialog.form.open || app->ruling.form.open ||
	       app->ask.form.open || app->palette.open ||
	       app->beside.imagine.form.open;
}

void order_update(struct app *app)
{
	dialog_update(&app->dialog, app->session, &app->model, app->ascii);
	ruling_update(&app->ruling, app->session, &app->model, app->ascii);
}

void order_answer(struct app *app, int key)
{
	if (app->dialog.form.open) {
		if (dialog_key(&app->dialog, app->session, &app->model,
			       app->ascii, key) == FORM_APPLY)
			answer_dialog(app);
	} else if (app->ruling.form.open) {
		if (ruling_key(&app->ruling, app->session, &app->model,
			       app->ascii, key) == FORM_APPLY)
			answer_ruling(app);
	} else if (app->ask.form.open) {
		if (form_key(&app->ask.form, key) == FORM_APPLY)
			answer_ask(app);
	} else if (app->beside.imagine.form.open) {
		if (imagine_key(&app->beside.imagine, key) == FORM_APPLY)
			answer_imagine(app);
	} else if (palette_key(&app->palette, &app->model, key) ==
		   PALETTE_APPLY) {
		order_written(app);
	}
}

void order_draw(const struct app *app, struct grid *grid)
{
	if (app->dialog.form.open)
		dialog_draw(grid, &app->dialog);
	if (app->ruling.form.open)
		ruling_draw(grid, &app->ruling);
	if (app->ask.form.open)
		ask_draw(grid, &app->ask);
	if (app->beside.imagine.form.open)
		imagine_draw(grid, &app->beside.imagine);
	if (app->palette.open)
		palette_draw(grid, &app->palette, &app->model);
}
