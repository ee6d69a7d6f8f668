/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/cli.h"

#include <getopt.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/graph.h"
#include "engine/oid.h"
#include "engine/outline.h"
#include "session/session.h"

#define RUNS 10 /* letters that are shown */

static const char *verdict_of(const struct outline *outline,
			      const struct outline_row *row,
			      const struct step *step)
{
	if (step && step->verdict != VERDICT_NONE)
		return verdict_name(step->verdict);
	if (outline->skipped[row->first])
		return "skip";
	if (row->commit == outline->next)
		return "next";
	return outline->strata.weights[row->first] ? "?" : "";
}

static void put_runs(struct buf *line, const struct step *step)
{
	struct buf letters;

	buf_init(&letters, 0);
	if (step)
		engine_letters(step, &letters);
	buf_printf(line, "  %-*.*s%c", RUNS, RUNS, letters.text,
		   letters.length > RUNS ? '+' : ' ');
	buf_release(&letters);
}

/* A sign for each kind, the same as on the screen without Unicode. */
static char sign_of(enum outline_sign sign)
{
	static const char signs[] = {
		[OUTLINE_PLAIN] = '|',	 [OUTLINE_DOTS] = ':',
		[OUTLINE_STEP] = 'o',	 [OUTLINE_MERGE] = 'M',
		[OUTLINE_RELEASE] = 'T', [OUTLINE_NEXT] = '*',
	};

	return signs[sign];
}

static void print_commit(struct session *session, const struct outline *outline,
			 const struct outline_row *row, struct buf *line)
{
	const struct step *step =
		engine_step_of(session_engine(session), row->commit);
	const char *release = outline_tag_of(outline, row->commit);

	buf_printf(line, "%-4s%s %.*s  %c", verdict_of(outline, row, step),
		   step && step->set_aside ? "!" : " ", OID_SHORT,
		   graph_oid(session_graph(session), row->commit)->hex,
		   sign_of(row->sign));
	put_runs(line, step);
	if (release)
		buf_printf(line, "  %s,", release);
	buf_printf(line, "  %s", session_subject(session, row->commit));
}

static void print_fold(const struct outline *outline,
		       const struct outline_row *row, struct buf *line)
{
	buf_printf(line, "%*s%c  %*s", 8 + OID_SHORT, "", sign_of(row->sign),
		   RUNS + 3, "");
	outline_say(outline, row, line);
}

static void print_range(struct session *session, struct outline *outline,
			bool reverse)
{
	struct buf line;

	buf_init(&line, 0);
	for (int i = 0; i < outline->row_count; i++) {
		const struct outline_row *row =
			&outline->rows[reverse ? outline->row_count - 1 - i
					       : i];

		buf_clear(&line);
		if (row->commit >= 0)
			print_commit(session, outline, row, &line);
		else
			print_fold(outline, row, &line);
		for (size_t k = 0; k < line.length; k++)
			if (line.text[k] == '\n')
				line.text[k] = ' ';
		while (line.length && line.text[line.length - 1] == ' ')
			line.text[--line.length] = '\0';
		buf_putc(&line, '\n');
		cli_print(stdout, &line);
	}
	buf_release(&line);
}

int cli_range(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "reverse", no_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	bool all = false, reverse = false;
	struct error err = ERROR_INIT;
	struct outline outline;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'a')
			all = true;
		else if (option == 'r')
			reverse = true;
		else
			return cli_bad_option("range", option, argv);
	}
	if (optind < argc)
		return cli_usage("range", "'%s' is one word too many",
				 argv[optind]);
	if (cli_open(cli, &err) < 0)
		return cli_fail(&err);
	outline_init(&outline);
	outline_build(&outline, session_engine(cli->session),
		      session_graph(cli->session));
	if (all)
		outline_open_all(&outline);
	print_range(cli->session, &outline, reverse);
	outline_release(&outline);
	return EXIT_OK;
}
