/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/syzbot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "session/form.h"

/* In the order in which they are tried: the narrower one first. */
static const struct form forms[] = {
	/* the head */
	{ "host", "%i starts bisection %t", EVENT_SAID },
	{ "cause", "bisecting cause commit starting from %h", EVENT_SAID },
	{ "fix", "bisecting fixing commit since %h", EVENT_SAID },
	{ "cause-2018", "searching for guilty commit starting from %h",
	  EVENT_SAID },
	{ "fix-2018", "searching for fixing commit since %h", EVENT_SAID },
	{ "tool", "building syzkaller on %t", EVENT_SAID },
	{ "fetch", "fetch other tags and check if the commit is present",
	  EVENT_SAID },
	{ "fetch-failed", "fetch failed with %t", EVENT_SAID },
	{ "reidentified", "rewritten commit %h reidentified by title '%t'",
	  EVENT_SAID },
	{ "original", "ensuring issue is reproducible on original commit %h",
	  EVENT_SAID },
	/* a test */
	{ "testing-with", "testing commit %h with %i", EVENT_BUILD_BEGIN },
	{ "testing-family", "testing commit %h %p", EVENT_BUILD_BEGIN },
	{ "testing", "testing commit %h", EVENT_BUILD_BEGIN },
	{ "compiler", "compiler: %t", EVENT_SAID },
	{ "signature", "kernel signature: %S", EVENT_BUILD },
	{ "failed-building", "failed building %h: %t", EVENT_BUILD },
	{ "untestable", "failed: %t", EVENT_SAID },
	{ "untestable-2023", "failed testing reproducer on %h: %t",
	  EVENT_SAID },
	{ "given-up", "repro testing failure: %t", EVENT_SAID },
	{ "seems-flaky", "reproducer seems to be flaky", EVENT_SAID },
	{ "flagged-flaky", "Reproducer flagged being flaky", EVENT_SAID },
	{ "representative", "representative crash: %i, types: [%t]",
	  EVENT_SAID },
	{ "undetermined", "unable to determine the verdict: %t", EVENT_SAID },
	{ "undetermined-2023",
	  "too many neither good nor bad results, skipping this commit",
	  EVENT_SAID },
	{ "false-negative", "false negative chance: %t", EVENT_SAID },
	/* the configuration is made smaller */
	{ "config-done", "# configuration already minimized", EVENT_SAID },
	{ "config-drop",
	  "check whether we can drop unnecessary instrumentation", EVENT_SAID },
	{ "config-disabling", "disabling configs for [%t], they are not needed",
	  EVENT_SAID },
	{ "config-nothing", "there was nothing we could disable; skip",
	  EVENT_SAID },
	{ "config-dropped", "the bug reproduces without the instrumentation",
	  EVENT_SAID },
	{ "config-sizes", "kconfig minimization: %t", EVENT_SAID },
	{ "config-chunks", "split chunks (needed=%i): %t", EVENT_SAID },
	{ "config-split", "split chunk #%t", EVENT_SAID },
	{ "config-without", "testing without sub-chunk %t", EVENT_SAID },
	{ "config-can-go", "the chunk can be dropped", EVENT_SAID },
	{ "config-needed", "no need to test this chunk, it's definitely needed",
	  EVENT_SAID },
	{ "config-whole", "no way to further split the chunk", EVENT_SAID },
	{ "config-limit",
	  "we have reached the limit on predicate runs (%n); pretend it "
	  "returns false",
	  EVENT_SAID },
	{ "config-smaller", "minimized to %n configs; suspects: [%t]",
	  EVENT_SAID },
	{ "config-failed", "config minimization failed due to bad Kconfig%t",
	  EVENT_SAID },
	{ "config-original", "proceeding with the original config",
	  EVENT_SAID },
	{ "config-error", "minimizing config failed: %t", EVENT_SAID },
	{ "config-baseline", "testing baseline config failed%t", EVENT_SAID },
	{ "config-base", "base config crashes%t", EVENT_SAID },
	{ "config-half", "trying half%t", EVENT_SAID },
	{ "config-half-bad", "half crashed%t", EVENT_SAID },
	{ "config-halves", "both halves did not crash%t", EVENT_SAID },
	{ "config-resulting", "resulting configs%t", EVENT_SAID },
	{ "config-full", "only full config crashes%t", EVENT_SAID },
	/* the range */
	{ "picked", "picked [%t] out of %n release tags", EVENT_SAID },
	{ "picked-2023", "picked [%t] out of %p", EVENT_SAID },
	{ "release", "testing release %t", EVENT_SAID },
	{ "head", "testing current HEAD %h", EVENT_SAID },
	{ "merge-base", "determining the merge base between %h and %o",
	  EVENT_SAID },
	{ "merge-bases", "expected 1 merge base, got %n", EVENT_SAID },
	{ "merge-base-is", "%h/%t is a merge base, check if it has the bug",
	  EVENT_SAID },
	{ "never-broken",
	  "reproducer does not crash the merge base, so there's no known bad "
	  "commit",
	  EVENT_RESULT },
	{ "oldest-not-fixed",
	  "crash still not fixed/happens on the oldest tested release",
	  EVENT_SAID },
	{ "head-untested", "HEAD had kernel build, boot or test errors",
	  EVENT_SAID },
	/* the search */
	{ "bisect", "# git bisect start %h %o", EVENT_SAID },
	{ "mark-good", "# git bisect good %h", EVENT_VERDICT },
	{ "mark-bad", "# git bisect bad %h", EVENT_VERDICT },
	{ "mark-skip", "# git bisect skip %h", EVENT_VERDICT },
	{ "left",
	  "Bisecting: %n revision%v left to test after this (roughly %k "
	  "step%w)",
	  EVENT_NEXT },
	{ "left-base", "Bisecting: a merge base must be tested", EVENT_NEXT },
	{ "next", "[%h] %t", EVENT_NEXT },
	{ "presence",
	  "determine whether the revision contains the guilty commit",
	  EVENT_SAID },
	{ "presence-crashed", "revision %h crashed and is reachable",
	  EVENT_SAID },
	{ "presence-base", "checking the merge base %h", EVENT_SAID },
	{ "presence-test", "no existing result, test the revision",
	  EVENT_SAID },
	{ "presence-none",
	  "the bug was not introduced yet; pretend that kernel crashed",
	  EVENT_SAID },
	/* git's end */
	{ "first-bad", "%h is the first bad commit", EVENT_RESULT },
	{ "first-bad-2026", "%h is the first 'bad' commit", EVENT_RESULT },
	{ "skipped", "There are only 'skip'ped commits left to test.",
	  EVENT_SAID },
	{ "any-of", "The first bad commit could be any of:", EVENT_SAID },
	{ "any-of-2026",
	  "The first 'bad' commit could be any of:", EVENT_SAID },
	{ "candidate", "%h", EVENT_RESULT },
	{ "no-more", "We cannot bisect more!", EVENT_SAID },
	{ "base-bad", "The merge base %h is bad.", EVENT_RESULT },
	{ "base-fixed",
	  "This means the bug has been fixed between %h and [%t].",
	  EVENT_SAID },
	/* the end */
	{ "error-chance", "accumulated error probability: %t", EVENT_SAID },
	{ "no-release", "failed to detect release: %t", EVENT_SAID },
	{ "no-noop", "failed to detect noop change: %t", EVENT_SAID },
	{ "parent-untested", "parent commit %h wasn't tested", EVENT_SAID },
	{ "culprit-signature", "culprit signature: %S", EVENT_SAID },
	{ "parent-signature", "parent  signature: %S", EVENT_SAID },
	{ "culprit-2019", "kernel signature:   %S", EVENT_SAID },
	{ "previous-2019", "previous signature: %S", EVENT_SAID },
	{ "flaky", "reproducer is flaky (%t repro chance estimate)",
	  EVENT_SAID },
	{ "totals",
	  "revisions tested: %n, total time: %t (build: %i, test: %p)",
	  EVENT_SAID },
	{ "error", "error: %t", EVENT_RESULT },
	{ "not-fixed", "crash still not fixed or there were kernel test errors",
	  EVENT_RESULT },
	{ "not-fixed-2023",
	  "crash still not fixed on HEAD or HEAD had kernel test errors",
	  EVENT_RESULT },
	{ "not-fixed-2019", "the crash still happens on HEAD", EVENT_RESULT },
	{ "not-fixed-2018", "the crash is still unfixed", EVENT_RESULT },
	{ "oldest-bad",
	  "oldest tested release already had the bug or it had kernel test "
	  "errors",
	  EVENT_RESULT },
	{ "oldest-bad-2019",
	  "the crash already happened on the oldest tested release",
	  EVENT_RESULT },
	{ "inconclusive",
	  "bisection is inconclusive, the first bad commit could be any of:",
	  EVENT_SAID },
	{ "inconclusive-fix",
	  "bisection is inconclusive, the first good commit could be any of:",
	  EVENT_SAID },
	{ "culprit", "first bad commit: %h %t", EVENT_RESULT },
	{ "culprit-fix", "first good commit: %h %t", EVENT_RESULT },
	{ "commit-msg", "commit msg: %t", EVENT_SAID },
	{ "to", "recipients (to): [%t]", EVENT_SAID },
	{ "cc", "recipients (cc): [%t]", EVENT_SAID },
	{ "cc-2019", "cc: [%t]", EVENT_SAID },
	{ "crash", "crash: %i", EVENT_SAID },
	{ NULL, NULL, EVENT_NOTE },
};

static const struct {
	const char *name;
	const char *form;
} runs[] = {
	{ "run/", "run #%n: " },
	{ "all/", "all runs: " },
	{ "try/", "try #%n: " },
};

static const struct {
	const char *name;
	const char *form;
	enum outcome outcome;
} values[] = {
	{ "ok", "OK", OUTCOME_OK },
	{ "crashed", "crashed: %i", OUTCOME_CRASHED },
	{ "kernel-crashed", "kernel crashed: %i", OUTCOME_CRASHED },
	{ "boot", "boot failed: %i", OUTCOME_BOOT_FAILED },
	{ "basic", "basic kernel testing failed: %i", OUTCOME_TEST_FAILED },
	{ "infra", "infra problem: %i", OUTCOME_INFRA },
	{ "ignore", "ignore: %i", OUTCOME_IGNORED },
	{ "failed", "failed: %i", OUTCOME_INFRA },
};

enum {
	RUNS = sizeof(runs) / sizeof(*runs),
	VALUES = sizeof(values) / sizeof(*values),
};

static bool read_run(const char *line, size_t length, struct event *event)
{
	for (int i = 0; i < RUNS * VALUES; i++) {
		int run = i / VALUES, value = i % VALUES;
		char form[64];

		if (*line != *runs[run].form)
			continue;
		snprintf(form, sizeof(form), "%s%s", runs[run].form,
			 values[value].form);
		event->kind = EVENT_RUN;
		if (form_read(form, line, length, event)) {
			event->outcome = values[value].outcome;
			event->wording = xasprintf("%s%s", runs[run].name,
						   values[value].name);
			return true;
		}
		form_release(event);
	}
	return false;
}

bool syzbot_read(const char *line, size_t length, struct event *event)
{
	const struct form *form;

	*event = (struct event){ .kind = EVENT_NOTE };
	if (length == 0)
		return false;
	if (read_run(line, length, event))
		return true;
	form = form_find(forms, line, length, event);
	if (form)
		event->wording = xstrdup(form->name);
	return form != NULL;
}

static void write_run(const struct event *event, struct buf *out)
{
	for (int i = 0; i < RUNS * VALUES; i++) {
		int run = i / VALUES, value = i % VALUES;

		if (!str_starts(event->wording, runs[run].name) ||
		    !str_equal(event->wording + strlen(runs[run].name),
			       values[value].name))
			continue;
		form_write(runs[run].form, event, out);
		form_write(values[value].form, event, out);
	}
}

void syzbot_write(const struct event *event, struct buf *out)
{
	const struct form *form;

	if (!event->wording)
		return;
	form = form_named(forms, event->wording);
	if (form)
		form_write(form->form, event, out);
	else if (event->kind == EVENT_RUN)
		write_run(event, out);
}

void syzbot_write_next(const struct event *event, struct buf *out)
{
	form_write("[%h] %t", event, out);
}
