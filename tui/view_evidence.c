/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The evidence.
 *
 * What a script or a large console has to say is found out beside, by this
 * very program: `culprit report --to` at first without asking
 * get_maintainer.pl, `culprit report --crash`, and the mail itself when it is
 * wanted.
 */

#include "tui/view_evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/mail_runs.h"
#include "control/sure.h"
#include "engine/engine.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/evidence.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/view.h"
#include "tui/views.h"

#define REPORT_MAX   (1024 * 1024)
#define WIDE_COLUMNS 140
#define WIDE_LEFT    104 /* of the page, beside the timeline */

void view_evidence_init(struct evidence_view *evidence)
{
	*evidence = (struct evidence_view){ .culprit = -1, .crash_of = -1 };
}

void view_evidence_stop(struct evidence_view *evidence)
{
	aside_stop(&evidence->stat);
	aside_stop(&evidence->told);
	aside_stop(&evidence->crash);
	aside_stop(&evidence->report);
}

void view_evidence_release(struct evidence_view *evidence)
{
	view_evidence_stop(evidence);
	pager_release(&evidence->page);
	pager_release(&evidence->timeline);
	pager_release(&evidence->mail);
	free(evidence->told_first);
}

/*
 * Finding out.
 */

/* culprit report, with up to two more words; NULL for none. */
static void ask_report(struct app *app, struct aside *aside, const char *first,
		       const char *second)
{
	const char *const argv[] = {
		app->program, "--session-dir", session_dir(app->session),
		"report",     first,	       first ? second : NULL,
		NULL
	};

	aside_start(aside, &app->asides, argv, REPORT_MAX);
}

static void ask_stat(struct app *app, int commit)
{
	struct argv argv = ARGV_INIT;

	if (!app->repo)
		return;
	desk_stat_argv(app->repo, app_id_of(app, commit), &argv);
	aside_start(&app->evidence.stat, &app->asides,
		    (const char *const *)argv.items, REPORT_MAX);
	argv_free(argv.items);
}

static void ask_about_culprit(struct app *app, int culprit)
{
	struct evidence_view *evidence = &app->evidence;

	if (culprit == evidence->culprit)
		return;
	evidence->culprit = culprit;
	free(evidence->told_first);
	evidence->told_first = NULL;
	aside_stop(&evidence->told);
	aside_stop(&evidence->stat);
	if (culprit < 0)
		return;
	ask_stat(app, culprit);
	ask_report(app, &evidence->told, "--to", "--no-maintainers");
}

/* At first who is named by the commit; then the script is asked, too. */
static void ask_more_people(struct app *app)
{
	struct evidence_view *evidence = &app->evidence;

	if (!evidence->told.is_over || evidence->told_first)
		return;
	evidence->told_first = xstrdup(evidence->told.text.text);
	if (evidence->told.exit_status == 0)
		ask_report(app, &evidence->told, "--to", NULL);
}

static void ask_crash(struct app *app)
{
	struct evidence_view *evidence = &app->evidence;
	const struct run_state *run;
	char word[OID_HEX_MAX + 16];
	int commit;

	if (!mail_find_run(app->session, &commit, &run)) {
		evidence->crash_of = -1;
		return;
	}
	if (commit == evidence->crash_of && run->number == evidence->crash_run)
		return;
	evidence->crash_of = commit;
	evidence->crash_run = run->number;
	snprintf(word, sizeof(word), "%s#%d", app_id_of(app, commit),
		 run->number);
	ask_report(app, &evidence->crash, "--crash", word);
}

static void save_report(struct app *app)
{
	struct evidence_view *evidence = &app->evidence;
	struct error err = ERROR_INIT;
	char *said;

	evidence->saves = false;
	if (save_write(&evidence->save, evidence->report.text.text,
		       evidence->report.text.length, &err) < 0) {
		app_say(app, true, err.text);
		return;
	}
	said = xasprintf("the report is in %s", evidence->save.path);
	app_say(app, false, said);
	free(said);
}

static void take_report(struct app *app)
{
	struct evidence_view *evidence = &app->evidence;

	if (!evidence->report.is_over)
		return;
	if (evidence->saves)
		save_report(app);
	if (!evidence->shows_mail)
		return;
	pages_fill_text(&evidence->mail, evidence->report.text.text,
			evidence->report.text.length, app->ascii);
}

/*
 * The page.
 */

static const char *text_of(const struct aside *aside)
{
	return aside->is_over && aside->exit_status == 0 ? aside->text.text
							 : NULL;
}

static void fill(struct app *app, int columns)
{
	struct evidence_view *evidence = &app->evidence;
	bool wide = columns >= WIDE_COLUMNS;
	const char *told = text_of(&evidence->told);
	const struct evidence_found found = {
		.stat = text_of(&evidence->stat),
		.told = evidence->told_first && !told ? evidence->told_first
						      : told,
		.told_more = evidence->told.job != NULL,
		.crash = evidence->crash.is_over ? evidence->crash.text.text
						 : NULL,
		.crash_of = evidence->crash_of,
		.crash_run = evidence->crash_run,
	};

	evidence->columns = columns;
	evidence->events = views_event_count(app);
	evidence_fill(&evidence->page, app->session, &found,
		      wide ? WIDE_LEFT : columns, app->ascii);
	evidence_timeline(&evidence->timeline, app->session,
			  columns - WIDE_LEFT - 2, app->ascii);
}

static void enter_evidence(struct app *app)
{
	app->about = -1;
}

static void update_evidence(struct app *app)
{
	const struct plan *plan = engine_plan(session_engine(app->session));

	ask_about_culprit(app, plan->state == PLAN_FOUND ? plan->commit : -1);
	ask_more_people(app);
	ask_crash(app);
	take_report(app);
	app->evidence.columns = 0;
}

static bool asks_evidence(const struct app *app)
{
	return app->evidence.page.asking || app->evidence.mail.asking ||
	       app->evidence.save.asking;
}

/*
 * Keys.
 */

/* The commit of the chosen line, or else what the page is about. */
static int commit_here(const struct app *app)
{
	int link = pager_link(&app->evidence.page);
	const struct plan *plan = engine_plan(session_engine(app->session));

	return link >= 0 ? link : plan->state == PLAN_FOUND ? plan->commit : -1;
}

static void want_report(struct app *app)
{
	struct evidence_view *evidence = &app->evidence;

	if (!evidence->report.job &&
	    (!evidence->report.is_over ||
	     evidence->events != views_event_count(app) || !evidence->saves))
		ask_report(app, &evidence->report, NULL, NULL);
	take_report(app);
}

static void show_mail(struct app *app)
{
	app->evidence.shows_mail = true;
	pager_clear(&app->evidence.mail);
	want_report(app);
}

static void show_console(struct app *app)
{
	const struct evidence_view *evidence = &app->evidence;

	if (evidence->crash_of < 0)
		app_say(app, false, "no run shows the bug yet");
	else
		views_open_run(app, evidence->crash_of, evidence->crash_run);
}

static void run_more(struct app *app)
{
	int commit = commit_here(app);
	char runs[16];

	if (commit < 0) {
		app_say(app, false, "choose a commit first");
		return;
	}
	snprintf(runs, sizeof(runs), "%d", DIALOG_MORE_RUNS);
	order_give(app, "more", app_id_of(app, commit), runs);
}

/* The runs that would help most, where they do. */
static void mend_weakest(struct app *app)
{
	struct sure sure;
	char runs[16];

	if (!sure_find(app->session, &sure) || sure.remedy.commit < 0) {
		app_say(app, false, "a few runs more would help nowhere");
		return;
	}
	snprintf(runs, sizeof(runs), "%d", sure.remedy.runs);
	if (sure.remedy.test)
		order_give(app, "pick", app_id_of(app, sure.remedy.commit),
			   NULL);
	else
		order_give(app, "more", app_id_of(app, sure.remedy.commit),
			   runs);
}

static void say_hash(struct app *app)
{
	int commit = commit_here(app);

	app_say(app, false,
		commit < 0 ? "no commit is chosen" : app_id_of(app, commit));
}

static void key_save(struct app *app, int key)
{
	struct evidence_view *evidence = &app->evidence;

	if (save_key(&evidence->save, key) != SAVE_NAMED)
		return;
	evidence->saves = true;
	want_report(app);
	if (evidence->saves)
		app_say(app, false, "the report is being made");
}

static void key_mail(struct app *app, int key)
{
	struct evidence_view *evidence = &app->evidence;

	if (pager_key(&evidence->mail, key) != PAGER_NOT_OURS)
		return;
	if (key == INPUT_ESCAPE || key == INPUT_BACKSPACE || key == 'm')
		evidence->shows_mail = false;
	else if (key == 'S')
		save_ask(&evidence->save, "culprit-report.txt");
	else
		order_key(app, key);
}

static void key_page(struct app *app, int key)
{
	switch (key) {
	case 'd':
		if (commit_here(app) >= 0)
			views_open_diff(app, commit_here(app));
		break;
	case 'c':
		show_console(app);
		break;
	case 'm':
		show_mail(app);
		break;
	case 'y':
		say_hash(app);
		break;
	case 'S':
		save_ask(&app->evidence.save, "culprit-report.txt");
		break;
	case 'r':
		run_more(app);
		break;
	case 'w':
		mend_weakest(app);
		break;
	default:
		order_key(app, key);
		break;
	}
}

static void key_evidence(struct app *app, int key)
{
	if (app->evidence.save.asking) {
		key_save(app, key);
		return;
	}
	if (app->evidence.shows_mail) {
		key_mail(app, key);
		return;
	}
	switch (views_page_key(app, &app->evidence.page, key)) {
	case PAGER_OPEN:
		views_open_step(app, pager_link(&app->evidence.page));
		break;
	case PAGER_NOT_OURS:
		key_page(app, key);
		break;
	case PAGER_DONE:
		break;
	}
}

static void leave_evidence(struct app *app)
{
	if (app->evidence.shows_mail)
		app->evidence.shows_mail = false;
	else
		views_leave(app);
}

/*
 * Drawing.
 */

static const struct key_hint page_hints[] = {
	{ "Enter", "open step" }, { "d", "diff" },
	{ "c", "console" },	  { "m", "mail report" },
	{ "y", "hash" },	  { "S", "save report" },
	{ "r", "run more" },	  { "w", "mend the weakest" },
	{ "/", "find" },	  { "1", "steps" },
};

static const struct key_hint culprit_hints[] = {
	{ "Enter", "open step" }, { "d", "diff" },
	{ "c", "console" },	  { "m", "mail report" },
	{ "C", "verify" },	  { "S", "save report" },
	{ "r", "run more" },	  { "w", "mend the weakest" },
	{ "/", "find" },	  { "1", "steps" },
};

_Static_assert(sizeof(culprit_hints) == sizeof(page_hints), "as many keys");

static const struct key_hint mail_hints[] = {
	{ "S", "save report" }, { "/", "find" },       { "n", "next" },
	{ "h l", "sideways" },	{ "Esc", "evidence" },
};

static void draw_mail(struct app *app, struct grid *grid)
{
	struct evidence_view *evidence = &app->evidence;
	struct page_look look = {
		.title = "6 Evidence: the report as a mail",
		.remark = evidence->report.job ? "asking whom to tell" : "",
		.hints = mail_hints,
		.hint_count = sizeof(mail_hints) / sizeof(*mail_hints),
		.save = &evidence->save,
	};

	pages_draw(grid, &app->model, &app->home, &look, &evidence->mail);
}

static void draw_evidence(struct app *app, struct grid *grid)
{
	struct evidence_view *evidence = &app->evidence;
	const struct model *model = &app->model;
	bool found = model->culprit >= 0;
	struct page_look look = {
		.title = "6 Evidence",
		.remark = model->culprit < 0 ? "what is known so far"
			  : model->fix	     ? "first fixed commit"
					     : "first bad commit",
		.hints = found ? culprit_hints : page_hints,
		.hint_count = sizeof(page_hints) / sizeof(*page_hints),
		.save = &evidence->save,
	};

	if (evidence->shows_mail) {
		draw_mail(app, grid);
		return;
	}
	if (evidence->columns != grid->columns)
		fill(app, grid->columns);
	if (grid->columns >= WIDE_COLUMNS) {
		look.width = WIDE_LEFT;
		look.beside = &evidence->timeline;
		look.beside_title = "Timeline";
	}
	pages_draw(grid, &app->model, &app->home, &look, &evidence->page);
}

static void choose_evidence(struct app *app, int pane, int line)
{
	struct pager *pager = app->evidence.shows_mail ? &app->evidence.mail
						       : &app->evidence.page;

	if (pane == 0)
		pager_choose(pager, line);
}

const struct view view_evidence = {
	.digit = '6',
	.enter = enter_evidence,
	.update = update_evidence,
	.asks = asks_evidence,
	.key = key_evidence,
	.leave = leave_evidence,
	.choose = choose_evidence,
	.draw = draw_evidence,
};
