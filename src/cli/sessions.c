/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/command.h"
#include "control/desk.h"
#include "control/sessions.h"
#include "control/sure.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "repo/repo.h"
#include "session/session.h"

static void add_engine(const struct session *session, struct buf *out)
{
	struct engine_process engine;

	desk_engine(session, &engine);
	if (engine.alive)
		buf_printf(out, ", engine %d on %s", engine.pid, engine.host);
}

static void add_change(const struct session *session, struct buf *out)
{
	size_t count = session_event_count(session);
	struct tm local;
	char text[32];
	time_t at;

	if (!count)
		return;
	at = (time_t)(session_event(session, count - 1)->at / 1000);
	localtime_r(&at, &local);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local);
	buf_printf(out, "  %s", text);
}

/* "* 2  test, 7 left, engine 4127 on here  2026-03-02 09:00  title" */
static void add_session(struct session *session, struct buf *out)
{
	struct engine *engine = session_engine(session);
	const struct plan *plan = engine_plan(engine);
	struct sure sure;

	buf_puts(out, plan->paused ? "paused" : plan_state_name(plan->state));
	if (plan->state == PLAN_FOUND)
		buf_printf(
			out, " %.*s", OID_SHORT,
			graph_oid(session_graph(session), plan->commit)->hex);
	else if (plan->believed && sure_glance(session, &sure)) {
		buf_puts(out, ", ");
		sure_say_to_go(&sure, true, out);
	} else if (plan->state == PLAN_TEST && plan->suspects > 0)
		buf_printf(out, ", %d left, ~%d step%s", plan->left,
			   plan->steps, plan->steps == 1 ? "" : "s");
	add_engine(session, out);
	add_change(session, out);
	if (!str_empty(engine_title(engine)))
		buf_printf(out, "  %s", engine_title(engine));
}

static void list(const struct cli *cli, char **names, const char *current,
		 struct buf *out)
{
	for (; *names; names++) {
		struct error err = ERROR_INIT;
		struct session *session;
		char *dir = NULL;

		if (sessions_find(cli->repo, *names, &dir, NULL) < 0)
			continue; /* gone meanwhile */
		buf_printf(out, "%c %s  ", str_equal(dir, current) ? '*' : ' ',
			   *names);
		if (session_open(dir, &session, &err) < 0) {
			buf_puts(out, err.text);
		} else {
			add_session(session, out);
			session_close(session);
		}
		buf_putc(out, '\n');
		free(dir);
	}
}

int cli_sessions(struct cli *cli, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	char **names, *current = NULL;
	struct buf out;

	if (argc > 1)
		return cli_usage(argv[0], "'%s' is one word too many", argv[1]);
	if (repo_open(".", &cli->repo, &err) < 0)
		return cli_fail(&err);
	sessions_current(cli->repo, &current, NULL);
	names = sessions_list(cli->repo);
	buf_init(&out, 0);
	list(cli, names, current, &out);
	if (!*names)
		buf_puts(&out, "this repository has no session: begin one with "
			       "'culprit start BAD GOOD'\n");
	cli_print(stdout, &out);
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
	free(current);
	buf_release(&out);
	return EXIT_OK;
}

/* Without a session that is open: there may be none that can be. */
int cli_switch(struct cli *cli, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct order order = { .argc = argc - 1,
			       .argv = (const char *const *)argv + 1 };
	struct buf say;
	int code = EXIT_OK;

	if (repo_open(".", &cli->repo, &err) < 0)
		return cli_fail(&err);
	buf_init(&say, 0);
	order.repo = cli->repo;
	order.say = &say;
	if (command_order(argv[0], &order, &err) < 0)
		code = cli_fail(&err);
	cli_print(stdout, &say);
	buf_release(&say);
	free(order.next);
	return code;
}
