/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commit of the chosen row, or another one that was asked for.  git is
 * not waited for: what the session knows stands there at once.
 */

#include "tui/view_commit.h"

#include <stddef.h>
#include <stdio.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/str.h"
#include "engine/graph.h"
#include "session/session.h"
#include "tui/app.h"
#include "tui/input.h"
#include "tui/order.h"
#include "tui/pages.h"
#include "tui/told.h"
#include "tui/view.h"
#include "tui/views.h"

#define COMMIT_MAX   (4 * 1024 * 1024) /* bytes of one that are shown */
#define TOLD_MAX     (64 * 1024)
#define WIDE_COLUMNS 140

void view_commit_stop(struct commit_view *commit)
{
	aside_stop(&commit->git);
	aside_stop(&commit->told);
}

void view_commit_release(struct commit_view *commit)
{
	view_commit_stop(commit);
	pager_release(&commit->whole);
	pager_release(&commit->message);
	pager_release(&commit->diff);
}

static int left_columns(int columns)
{
	return columns * 45 / 100;
}

/*
 * Finding out.
 */

static void ask_git(struct app *app)
{
	struct argv argv = ARGV_INIT;

	desk_show_argv(app->repo, app->commit.id, &argv);
	aside_start(&app->commit.git, &app->asides,
		    (const char *const *)argv.items, COMMIT_MAX);
	argv_free(argv.items);
}

static void ask_told(struct app *app)
{
	const char *const argv[] = {
		app->program,
		"--session-dir",
		session_dir(app->session),
		"report",
		"--to",
		app->commit.id,
		"--no-maintainers",
		NULL,
	};

	aside_start(&app->commit.told, &app->asides, argv, TOLD_MAX);
}

static void enter_commit(struct app *app)
{
	struct commit_view *commit = &app->commit;
	const struct model_row *row = app_selected(app);
	int which = app->about >= 0 ? app->about : row ? row->commit : -1;
	const char *id = which < 0 ? "" : app_id_of(app, which);

	if (str_equal(id, commit->id))
		return;
	str_copy(commit->id, sizeof(commit->id), id);
	aside_stop(&commit->git);
	aside_stop(&commit->told);
	commit->whole.line = commit->whole.top = 0;
	commit->message.line = commit->message.top = 0;
	commit->diff.line = commit->diff.top = 0;
	commit->whole.left = commit->message.left = commit->diff.left = 0;
	commit->in_diff = false;
	commit->columns = 0;
	if (which < 0 || !app->repo)
		return;
	ask_git(app);
	ask_told(app);
}

/*
 * Filling.
 */

static void add_text(struct pager *pager, enum role role, const char *text,
		     bool ascii)
{
	struct line line;

	line_init(&line, ascii);
	line_put(&line, role, text);
	pager_add_line(pager, -1, &line);
	line_release(&line);
}

/* What the session knows, as git would put it. */
static void add_known(struct app *app, struct pager *pager)
{
	const struct commit_view *commit = &app->commit;
	struct oid oid;
	struct buf text;
	int which;

	if (!oid_parse(&oid, commit->id)) {
		add_text(pager, ROLE_DIM, "no commit is chosen", app->ascii);
		return;
	}
	which = graph_find(session_graph(app->session), &oid);
	buf_init(&text, 0);
	buf_printf(&text, "commit %s\n", commit->id);
	if (!str_empty(session_author(app->session, which)))
		buf_printf(&text, "Author:     %s\n",
			   session_author(app->session, which));
	if (!str_empty(session_subject(app->session, which)))
		buf_printf(&text, "\n    %s\n",
			   session_subject(app->session, which));
	buf_putc(&text, '\n');
	pages_add_message(pager, text.text, text.length, app->ascii);
	buf_release(&text);
	add_text(pager, ROLE_DIM,
		 app->repo ? "reading the rest"
			   : "the repository is not at hand: this is all the "
			     "session knows of it",
		 app->ascii);
}

static void add_message(struct app *app, struct pager *pager, int columns)
{
	const struct commit_view *commit = &app->commit;
	const struct buf *text = &commit->git.text;

	if (!commit->git.is_over) {
		add_known(app, pager);
		return;
	}
	pages_add_message(pager, text->text,
			  pages_find_diff(text->text, text->length),
			  app->ascii);
	if (!commit->told.is_over || commit->told.exit_status != 0)
		return;
	pager_add_ruler(pager, "Tell", "");
	if (!told_add(pager, commit->told.text.text, columns, app->ascii))
		add_text(pager, ROLE_DIM, "nobody is named", app->ascii);
	pager_add_gap(pager);
}

static void add_diff(struct app *app, struct pager *pager)
{
	const struct commit_view *commit = &app->commit;
	const struct buf *text = &commit->git.text;
	size_t from;

	if (!commit->git.is_over)
		return;
	from = pages_find_diff(text->text, text->length);
	pages_add_diff(pager, text->text + from, text->length - from,
		       app->ascii);
	if (text->cut)
		add_text(pager, ROLE_SKIP,
			 "it is longer than what is shown here: see git show",
			 app->ascii);
	else if (from == text->length)
		add_text(pager, ROLE_DIM, "it changes no file", app->ascii);
}

static void go_to_diff(struct commit_view *commit)
{
	if (!commit->wants_diff || !commit->git.is_over)
		return;
	commit->wants_diff = false;
	commit->in_diff = true;
	commit->whole.line = commit->whole.top = commit->diff_at;
}

static void fill(struct app *app, int columns)
{
	struct commit_view *commit = &app->commit;

	commit->columns = columns;
	commit->has_git = commit->git.is_over;
	commit->has_told = commit->told.is_over;
	pager_clear(&commit->message);
	pager_clear(&commit->diff);
	pager_clear(&commit->whole);
	add_message(app, &commit->message, left_columns(columns));
	add_diff(app, &commit->diff);
	add_message(app, &commit->whole, columns);
	commit->diff_at = commit->whole.count;
	add_diff(app, &commit->whole);
	go_to_diff(commit);
}

static void update_commit(struct app *app)
{
	struct commit_view *commit = &app->commit;

	/* once all is there, nothing of it changes any more */
	if (!commit->columns || commit->has_git != commit->git.is_over ||
	    commit->has_told != commit->told.is_over)
		fill(app, app->columns);
}

/*
 * Keys.
 */

static bool is_wide(const struct app *app)
{
	return app->columns >= WIDE_COLUMNS;
}

static struct pager *reading(struct app *app)
{
	struct commit_view *commit = &app->commit;

	return !is_wide(app)	 ? &commit->whole
	       : commit->in_diff ? &commit->diff
				 : &commit->message;
}

void views_open_diff(struct app *app, int commit)
{
	const struct view *from = app->view;

	app->about = commit;
	app->commit.wants_diff = true;
	views_go(app, &view_commit);
	if (from != &view_commit)
		app->back = from;
	go_to_diff(&app->commit);
}

static bool asks_commit(const struct app *app)
{
	return app->commit.whole.asking || app->commit.message.asking ||
	       app->commit.diff.asking;
}

static void key_commit(struct app *app, int key)
{
	struct commit_view *commit = &app->commit;

	if (views_page_key(app, reading(app), key) != PAGER_NOT_OURS)
		return;
	if (key == 'd') {
		commit->wants_diff = true;
		go_to_diff(commit);
	} else if (key == INPUT_TAB || key == INPUT_BACK_TAB) {
		commit->in_diff = !commit->in_diff;
	} else if (key == 'y') {
		app_say(app, false, commit->id);
	} else {
		order_key(app, key);
	}
}

static void choose_commit(struct app *app, int pane, int line)
{
	app->commit.in_diff = pane == 1;
	pager_choose(reading(app), line);
}

/*
 * Drawing.
 */

static const struct key_hint hints[] = {
	{ "d", "diff" },       { "/", "find" },	    { "n", "next" },
	{ "h l", "sideways" }, { "y", "hash" },	    { "1", "steps" },
	{ "3", "runs" },       { "6", "evidence" },
};

static const struct key_hint wide_hints[] = {
	{ "Tab", "pane" },     { "/", "find" },	    { "n", "next" },
	{ "h l", "sideways" }, { "y", "hash" },	    { "1", "steps" },
	{ "3", "runs" },       { "6", "evidence" },
};

static void draw_commit(struct app *app, struct grid *grid)
{
	struct commit_view *commit = &app->commit;
	struct page_look look = {
		.title = "7 Commit",
		.remark = commit->id,
		.hints = hints,
		.hint_count = sizeof(hints) / sizeof(*hints),
	};

	if (commit->columns != grid->columns)
		fill(app, grid->columns);
	if (!is_wide(app)) {
		pages_draw(grid, &app->model, &app->home, &look,
			   &commit->whole);
		return;
	}
	look.hints = wide_hints;
	look.hint_count = sizeof(wide_hints) / sizeof(*wide_hints);
	look.width = left_columns(grid->columns);
	look.beside = &commit->diff;
	look.beside_title = "Diff";
	look.beside_focused = commit->in_diff;
	pages_draw(grid, &app->model, &app->home, &look, &commit->message);
}

const struct view view_commit = {
	.digit = '7',
	.enter = enter_commit,
	.update = update_commit,
	.asks = asks_commit,
	.key = key_commit,
	.choose = choose_commit,
	.draw = draw_commit,
};
