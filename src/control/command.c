/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/command.h"

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "control/mirror.h"
#include "control/orders.h"

const struct command commands[] = {
	{ "demo",
	  "[--batch] [--dir D] [--seed N] [--rate PERCENT] [--policy POLICY]",
	  NULL, "make a practice repository and bisect it for real",
	  GROUP_BEGIN, NULL },
	{ "check", "[-c FILE]", NULL,
	  "is all there that a bisection with these settings needs",
	  GROUP_BEGIN, NULL },
	{ "start",
	  "[-c FILE] [--build CMD] [--test CMD] [--policy POLICY] "
	  "[--fix] [--first-parent] [--title TEXT] [BAD [GOOD...]]",
	  NULL, "begin a session; without BAD, from the git bisect under way",
	  GROUP_BEGIN, NULL },
	{ "run", "[--batch]", "R",
	  "build, run and judge until done or a person is needed", GROUP_BEGIN,
	  NULL },
	{ "import", "FILE", NULL,
	  "take in a session that was exported elsewhere", GROUP_BEGIN, NULL },
	{ "trust", "[--yes]", NULL,
	  "see the settings that came with an import; let them be run",
	  GROUP_BEGIN, NULL },
	{ "good", "[COMMIT...] [-m WHY]", "v g",
	  "this commit does not have the bug", GROUP_DECIDE, order_good },
	{ "bad", "[COMMIT] [-m WHY]", "v b", "this commit has the bug",
	  GROUP_DECIDE, order_bad },
	{ "skip", "[COMMIT|A..B...] [-m WHY]", "v s",
	  "this commit, or this range, cannot be tested", GROUP_DECIDE,
	  order_skip },
	{ "pin", "COMMIT [good|bad] [-m WHY]", "v !",
	  "its verdict, or this one, is beyond doubt", GROUP_DECIDE,
	  order_pin },
	{ "retract", "COMMIT|COMMIT#RUN [-m WHY]", "v e",
	  "take the verdict on a commit back, or the word on a run",
	  GROUP_DECIDE, order_retract },
	{ "judge", "COMMIT#RUN OUTCOME [-m WHY]", "x", "overrule one run",
	  GROUP_DECIDE, order_judge },
	{ "more", "COMMIT N", "v r", "run a commit N more times", GROUP_DECIDE,
	  order_more },
	{ "pick", "COMMIT", "t", "test this commit next", GROUP_DECIDE,
	  order_pick },
	{ "widen", "[COMMIT] [-m WHY]", NULL,
	  "the range is too narrow: test older releases, or this commit",
	  GROUP_DECIDE, order_widen },
	{ "verify", "[--runs N] [--no-revert] [-m WHY]", "C",
	  "run the culprit and its parent again, and what is left without it",
	  GROUP_DECIDE, order_verify },
	{ "same", "TITLE|COMMIT#RUN [-m WHY]", "m s",
	  "crashes of this title are the bug", GROUP_DECIDE, order_same },
	{ "other", "TITLE|COMMIT#RUN [-m WHY]", "m o",
	  "crashes of this title are another bug", GROUP_DECIDE, order_other },
	{ "noise", "TITLE|COMMIT#RUN [-m WHY]", "m n",
	  "crashes of this title are as good as none", GROUP_DECIDE,
	  order_noise },
	{ "matching", "any|family|title [-m WHY]", NULL, "which crashes decide",
	  GROUP_DECIDE, order_matching },
	{ "policy", "POLICY [-m WHY]", NULL,
	  "by which rule runs become verdicts", GROUP_DECIDE, order_policy },
	{ "symptom", "crash|boot-failed|build-failed [-m WHY]", NULL,
	  "what makes a commit bad", GROUP_DECIDE, order_symptom },
	{ "prior", "[files|none] [-m WHY]", NULL,
	  "what commits are weighed by before any test, and how much each had",
	  GROUP_DECIDE, order_prior },
	{ "fixup",
	  "add PATCH [--if-has GUILTY] [--unless-has FIX] [-m WHY] | list | "
	  "drop N [-m WHY]",
	  NULL, "patches that are applied before a build", GROUP_DECIDE,
	  order_fixup },
	{ "undo", "[N]", "u", "take the last N decisions back", GROUP_TIME,
	  order_undo },
	{ "redo", "[N]", "C-r", "let the last N undone decisions count again",
	  GROUP_TIME, order_redo },
	{ "fork", "[NAME] [--at EVENT]", "f",
	  "go another way from an earlier event, in a session of its own",
	  GROUP_TIME, order_fork },
	{ "switch", "NAME", NULL, "make another session the current one",
	  GROUP_TIME, order_switch },
	{ "what-if", "DECISION... [--json]", "W",
	  "what would have come of another decision", GROUP_TIME, NULL },
	{ "compare", "FILE|origin [--json]", NULL,
	  "where another past, or a fork's origin, went another way",
	  GROUP_TIME, NULL },
	{ "sessions", "", NULL, "the sessions of this repository", GROUP_TIME,
	  NULL },
	{ "pause", "[--now]", "p P",
	  "start nothing new; what runs may end, or is given up now",
	  GROUP_ENGINE, order_pause },
	{ "resume", "", "p", "go on; trouble on our side is mended",
	  GROUP_ENGINE, order_resume },
	{ "stop", "", "Q", "end the engine process; what runs is given up",
	  GROUP_ENGINE, order_stop },
	{ "take-over", "", "O",
	  "the screen, and it steers the session where another one did",
	  GROUP_ENGINE, NULL },
	{ "reset", "", NULL,
	  "leave the session: its worktree goes, its evidence stays",
	  GROUP_ENGINE, order_reset },
	{ "note", "TEXT", NULL, "write a remark into the session", GROUP_ENGINE,
	  order_note },
	{ "status", "[--json]", NULL, "where the bisection stands", GROUP_LOOK,
	  NULL },
	{ "log", "[-f] [--format text|git|syzbot|json]", NULL,
	  "every event of the session", GROUP_LOOK, NULL },
	{ "range", "[--all] [--reverse]", NULL,
	  "what is suspect, and what was ruled out by which step", GROUP_LOOK,
	  NULL },
	{ "report", "[--no-maintainers] [--to [COMMIT] | --crash [COMMIT#RUN]]",
	  NULL, "a mail that tells others what was found", GROUP_LOOK, NULL },
	{ "export", "FILE", NULL,
	  "the whole session with its evidence as one file", GROUP_LOOK, NULL },
	{ "next",
	  "[--repo DIR] --bad C --good C... [--skip C...] [--first-parent] "
	  "[--vars]",
	  NULL, "the commit that git bisect would test", GROUP_LOOK, NULL },
	{ "replay",
	  "[FILE] [--print|--json|--check|--export FORMAT] [--repo DIR] "
	  "[--policy POLICY] [--what-if DECISION]... [--at STEP] "
	  "[--compare FILE|origin] [--continue [-c FILE] [--yes]]",
	  NULL, "any past bisection: syzbot's, git's, your own", GROUP_LOOK,
	  NULL },
	{ "titles", "[--json] [--all] [--oops FILE] FILE...|-", NULL,
	  "the crashes on these consoles", GROUP_LOOK, NULL },
	{ "help", "[COMMAND]", "?", "what there is to order", GROUP_LOOK,
	  NULL },
	{ NULL, NULL, NULL, NULL, GROUP_COUNT, NULL },
};

static const char *const group_names[GROUP_COUNT] = {
	[GROUP_BEGIN] = "Begin", [GROUP_DECIDE] = "Decide",
	[GROUP_TIME] = "Time",	 [GROUP_ENGINE] = "Engine",
	[GROUP_LOOK] = "Look",
};

const struct command *command_find(const char *name)
{
	for (const struct command *command = commands; command->name; command++)
		if (str_equal(command->name, name))
			return command;
	return NULL;
}

const char *command_group_name(enum command_group group)
{
	return group_names[group];
}

/* These options are words to the order itself. */
static bool is_its_own(const char *name, const char *option)
{
	return (str_equal(name, "fixup") &&
		(str_equal(option, "--if-has") ||
		 str_equal(option, "--unless-has"))) ||
	       (str_equal(name, "verify") &&
		(str_equal(option, "--runs") ||
		 str_equal(option, "--no-revert"))) ||
	       (str_equal(name, "pause") && str_equal(option, "--now")) ||
	       (str_equal(name, "fork") && str_equal(option, "--at"));
}

int command_words(int argc, char *const *argv, const char **words,
		  struct order *order, struct error *err)
{
	bool only_words = false;

	order->argc = 0;
	order->argv = words;
	for (int i = 1; i < argc; i++) {
		if (!only_words && str_equal(argv[i], "--")) {
			only_words = true;
		} else if (!only_words && str_equal(argv[i], "-m")) {
			if (++i == argc)
				return error_set(err, ERROR_USAGE,
						 "-m needs a reason");
			order->why = argv[i];
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] &&
			   !is_its_own(argv[0], argv[i])) {
			return error_set(err, ERROR_USAGE,
					 "'%s' is not an option here", argv[i]);
		} else {
			words[order->argc++] = argv[i];
		}
	}
	return 0;
}

int command_order(const char *name, struct order *order, struct error *err)
{
	const struct command *command = command_find(name);
	int ret;

	if (!command || !command->carry_out)
		return error_set(err, ERROR_USAGE,
				 "'%s' is not an order: see 'culprit help'",
				 name);
	/* `switch` is ordered without one */
	if (order->session)
		mirror_look(order->session, order->repo, order->moves,
			    order->say);
	ret = command->carry_out(order, err);
	if (ret == 0 && order->session)
		mirror_look(order->session, order->repo, order->moves,
			    order->say);
	return ret;
}
