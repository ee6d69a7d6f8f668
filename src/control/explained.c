/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/explained.h"

#include <stddef.h>

#include "base/str.h"

/* clang-format off */
static const struct {
	const char *name, *text;
} texts[] = {
	{ "demo",
	  "  --batch         without the screen\n"
	  "  --dir D         make it in this folder, which stays\n"
	  "  --seed N        another history, another culprit\n"
	  "  --rate PERCENT  how many of the runs show the bug, by default 60\n"
	  "  --policy POLICY by which rule, by default adaptive\n"
	  "\n"
	  "By the seed the culprit changed a file that the report of its crash\n"
	  "names (three of five), one beside these, or another one.\n" },
	{ "check",
	  "  -c FILE         these settings, by default culprit.cfg at the top\n"
	  "                  of the checkout\n"
	  "\n"
	  "Nothing is begun, and nothing is built.\n" },
	{ "start",
	  "BAD has the bug, GOOD does not; without GOOD older releases are tested\n"
	  "until one is good.\n"
	  "\n"
	  "  -c FILE         what to build and how to test, as culprit.cfg(5) has\n"
	  "                  it; by default culprit.cfg at the top of the checkout\n"
	  "  --build CMD     without a file: the shell command that builds,\n"
	  "  --test CMD      and the one that tests: 0 good, 125 cannot be tested,\n"
	  "                  any other up to 127 bad\n"
	  "  --policy POLICY for these: exit-code, one run a commit; adaptive, as\n"
	  "                  many as a bug needs that does not always show\n"
	  "  --fix           look for the commit that mended it\n"
	  "  --first-parent  follow merges along their first parents only\n"
	  "  --title TEXT    the crash that is looked for, or a part of its title\n"
	  "\n"
	  "With neither file nor --test, verdicts are given by hand.\n"
	  "\n"
	  "  culprit start --build 'make -s' --test 'make check' HEAD v1.1\n"
	  "  culprit start -c uml.cfg v6.8 v6.7\n" },
	{ "run",
	  "  --batch         print the result as git bisect does, and warnings\n"
	  "\n"
	  "Exit status: 0 the culprit is known, 2 a person is needed, 1 an error.\n" },
	{ "import",
	  "Nothing that came with it is run, until 'culprit trust'.\n" },
	{ "trust",
	  "  --yes           let them be run\n" },
	{ "good",
	  "Without COMMIT, the one under test.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "bad",
	  "Without COMMIT, the one under test.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "skip",
	  "Without COMMIT, the one under test; A..B is a range as git has it.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "retract",
	  "  -m WHY          for the log and the report\n" },
	{ "judge",
	  "OUTCOME is one of ok, crashed, boot-failed, test-failed, infra (our side\n"
	  "failed) and ignored.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n"
	  "\n"
	  "  culprit judge 1a2b3c4#3 ignored -m 'the power failed'\n" },
	{ "more",
	  "  culprit more 1a2b3c4 10\n" },
	{ "pin",
	  "It is taken to be wrong once in a million times, where a person's usual\n"
	  "verdict is once in 50, whatever runs of other commits say.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "widen",
	  "Without COMMIT older releases are tested, newest first, until one has not\n"
	  "the bug; the older end counts no more. 'culprit undo' takes it back.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "verify",
	  "  --runs N        so many of each, by default 20\n"
	  "  --no-revert     only the culprit and its parents\n"
	  "  -m WHY          for the log and the report\n"
	  "\n"
	  "'culprit run' then does the work.\n" },
	{ "same",
	  "All runs there are, and those to come, are judged by it.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "other",
	  "All runs there are, and those to come, are judged by it.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "noise",
	  "All runs there are, and those to come, are judged by it.\n"
	  "\n"
	  "  -m WHY          for the log and the report\n" },
	{ "matching",
	  "  any             every crash\n"
	  "  family          those that look like the bug, the default\n"
	  "  title           the very title only\n"
	  "  -m WHY          for the log and the report\n" },
	{ "policy",
	  "  adaptive/RISK%         all runs of all commits weighed at once; what\n"
	  "                         tells most a minute is run next\n"
	  "  strict/RISK%/NOISE%    each commit until that is sure\n"
	  "  syzkaller/RUNS/FIRST   syzbot's table\n"
	  "  exit-code/RUNS         one run, or so many, any of which makes it bad\n"
	  "  -m WHY                 for the log and the report\n"
	  "\n"
	  "The numbers may be left out: 'culprit policy adaptive'.\n" },
	{ "symptom",
	  "  crash           a run crashes, the default\n"
	  "  boot-failed     it does not come up\n"
	  "  build-failed    it does not build\n"
	  "  -m WHY          for the log and the report\n" },
	{ "prior",
	  "  files           by the files that the crash's report names, the default\n"
	  "  none            all alike\n"
	  "  -m WHY          for the log and the report\n"
	  "\n"
	  "Without a word it is told what each commit has.\n" },
	{ "fixup",
	  "PATCH is a file, - for the standard input, or a commit.\n"
	  "\n"
	  "  --if-has GUILTY    only where this commit is an ancestor\n"
	  "  --unless-has FIX   only where that one is not\n"
	  "  -m WHY             for the log and the report\n"
	  "\n"
	  "  culprit fixup add mend.patch --if-has 9f8e7d6 --unless-has 4a6c8e0\n" },
	{ "undo",
	  "Only decisions are taken back: builds and runs stay.\n" },
	{ "fork",
	  "  --at EVENT      a number that 'culprit log' shows, by default the last\n"
	  "\n"
	  "The session it comes from stays as it is.\n" },
	{ "switch",
	  "'culprit sessions' lists them.\n" },
	{ "what-if",
	  "DECISION is an order as one word: 'good COMMIT', 'bad COMMIT',\n"
	  "'skip COMMIT', 'retract COMMIT', 'judge COMMIT#RUN OUTCOME',\n"
	  "'policy POLICY', 'matching WHICH', 'same TITLE', 'other TITLE' or\n"
	  "'noise TITLE'. Nothing is changed by it.\n"
	  "\n"
	  "  --json          for programs\n"
	  "\n"
	  "  culprit what-if 'skip 1a2b3c4' 'noise INFO: task hung'\n" },
	{ "compare",
	  "  origin          the session that this one was forked from\n"
	  "  --json          for programs\n" },
	{ "pause",
	  "  --now           what runs is given up, and made again later\n" },
	{ "status",
	  "  --json          for programs; culprit(1) lists its keys\n" },
	{ "log",
	  "  -f              go on with a line for each event to come\n"
	  "  --format text   every event, the default\n"
	  "  --format git    as 'git bisect replay' takes it\n"
	  "  --format syzbot as syzbot writes it\n"
	  "  --format json   for programs\n" },
	{ "range",
	  "  --all           every commit has a line\n"
	  "  --reverse       oldest first\n" },
	{ "report",
	  "Nothing is sent.\n"
	  "\n"
	  "  --no-maintainers   do not run scripts/get_maintainer.pl\n"
	  "  --to               only whom to tell, one a line\n"
	  "  --crash            only the crash, as the console has it\n" },
	{ "export",
	  "Events, commits, logs, consoles and settings; 'culprit import' takes it,\n"
	  "and 'culprit replay' shows it.\n" },
	{ "next",
	  "Prints the full id only, and needs no session.\n"
	  "\n"
	  "  --repo DIR      of that repository\n"
	  "  --bad C         the newer end\n"
	  "  --good C...     the older ones\n"
	  "  --skip C...     cannot be tested\n"
	  "  --first-parent  follow merges along their first parents only\n"
	  "  --vars          what 'git rev-list --bisect-vars' prints\n" },
	{ "replay",
	  "FILE is a log of syzbot's, the output of 'git bisect log' also in a mail,\n"
	  "an exported session, or a session's folder. On a terminal it is shown on\n"
	  "the screen.\n"
	  "\n"
	  "  --print            the steps as a table\n"
	  "  --json             the same for programs\n"
	  "  --check            how far to trust it\n"
	  "  --export FORMAT    text, git, syzbot or json\n"
	  "  --repo DIR         the repository, for what the log does not say\n"
	  "  --policy POLICY    what --check holds against the verdicts\n"
	  "  --what-if DECISION what would have come of it, see 'help what-if'\n"
	  "  --at STEP          from this step on\n"
	  "  --compare FILE     another past of the same range, or origin\n"
	  "  --continue         go on from there for real, in a session here;\n"
	  "                     without --yes it is only said what would be\n"
	  "  -c FILE            with these settings\n"
	  "\n"
	  "  culprit replay bisect.txt --check --repo ~/linux\n" },
	{ "titles",
	  "One line a file: its name and the title of its first crash, with tabs\n"
	  "between.\n"
	  "\n"
	  "  --json          everything, an object a file\n"
	  "  --all           a line for each crash\n"
	  "  --oops FILE     further rules, see culprit.cfg(5)\n" },
};
/* clang-format on */

const char *command_explained(const char *name)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (str_equal(texts[i].name, name))
			return texts[i].text;
	return NULL;
}
