/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/judge.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "run/console.h"
#include "run/diagnosis.h"

#define SHELL_SAW_KILL (128 + SIGKILL) /* a shell's exit code for that */
#define UNTESTABLE     125	       /* git bisect run's */
#define SSH_LOST       255	       /* ssh's own, when its peer is gone */

/* What syzkaller's monitor calls them, vm/vm.go. */
static const struct monitored lost_connection = {
	"lost connection to test machine",
	"LOST_CONNECTION",
};
static const struct monitored no_output = {
	"no output from test machine",
	"NO_OUTPUT",
};

static void say_status(const struct ending *ending, struct buf *text)
{
	int number = ending->exit_status - 256;

	if (ending->exit_status == SHELL_SAW_KILL)
		buf_puts(text, "exit code 137: killed by signal 9 "
			       "(out of memory?)");
	else if (number < 0)
		buf_printf(text, "exit code %d", ending->exit_status);
	else if (number == SIGKILL)
		buf_puts(text, "killed by signal 9 (out of memory?)");
	else
		buf_printf(text, "killed by signal %d (%s)", number,
			   strsignal(number));
}

static void say_time(int64_t ms, struct buf *text)
{
	if (ms % 1000 == 0)
		buf_printf(text, "%" PRId64 " s", ms / 1000);
	else
		buf_printf(text, "%" PRId64 " ms", ms);
}

static void say_silence(const struct ending *ending, struct buf *text)
{
	buf_puts(text, "no output for ");
	say_time(ending->silence_ms, text);
}

static void say_ending(const struct ending *ending, struct buf *text)
{
	switch (ending->why) {
	case CHILD_TIME:
		buf_puts(text, "did not end within ");
		say_time(ending->timeout_ms, text);
		break;
	case CHILD_OUTPUT:
		buf_printf(text, "wrote more than %" PRId64 " bytes",
			   ending->output_max);
		break;
	case CHILD_RAN:
	case CHILD_ASKED:
		if (ending->silent)
			say_silence(ending, text);
		else
			say_status(ending, text);
		break;
	}
}

static void say_no_boot(const struct ending *ending,
			const struct evidence *evidence, struct buf *text)
{
	bool asked = ending->why == CHILD_ASKED && !ending->silent;

	buf_puts(text, "did not boot");
	if (evidence->visited && evidence->visited->over) {
		buf_printf(text, ": %s", evidence->visited->text);
	} else if (ending->why == CHILD_TIME) {
		buf_puts(text, " within ");
		say_time(ending->timeout_ms, text);
	} else if (!asked) {
		buf_puts(text, ": ");
		say_ending(ending, text);
	}
	if (!evidence->console->spoke && !evidence->mute)
		buf_puts(text, ", without any output");
}

static enum outcome judge_status(int exit_status)
{
	if (exit_status == 0)
		return OUTCOME_OK;
	if (exit_status == UNTESTABLE)
		return OUTCOME_TEST_FAILED;
	return exit_status < 128 ? OUTCOME_CRASHED : OUTCOME_INFRA;
}

/* It came up, and no crash was seen. */
static enum outcome judge_end(const struct ending *ending,
			      const struct evidence *evidence,
			      const struct monitored **monitored)
{
	if (ending->why == CHILD_OUTPUT)
		return OUTCOME_TEST_FAILED;
	if (ending->why == CHILD_TIME)
		return evidence->on_timeout;
	if (ending->silent)
		*monitored = &no_output;
	else if (ending->exit_status == SSH_LOST &&
		 console_tells_boot(evidence->console))
		*monitored = &lost_connection;
	return *monitored ? OUTCOME_CRASHED : judge_status(ending->exit_status);
}

/*
 * A guest is asked by its words: the program's status says nothing, and one
 * that ends before its test has, has died.
 */
static enum outcome judge_guest(const struct ending *ending,
				const struct evidence *evidence,
				const struct monitored **monitored,
				struct buf *text)
{
	const struct console *console = evidence->console;

	if (console->check > 0) {
		buf_printf(text, "the check in the guest failed: exit code %d",
			   console->check);
		return OUTCOME_TEST_FAILED;
	}
	if (visit_is_untested(console->done)) {
		buf_printf(text, "the reproducer's exit code is %d",
			   console->done);
		return OUTCOME_TEST_FAILED;
	}
	if (console->done >= 0)
		return OUTCOME_OK;
	say_ending(ending, text);
	if (ending->why == CHILD_OUTPUT)
		return OUTCOME_TEST_FAILED;
	if (ending->why == CHILD_TIME)
		return evidence->on_timeout;
	*monitored = ending->silent ? &no_output : &lost_connection;
	return OUTCOME_CRASHED;
}

/* It was visited, and no crash was seen. */
static enum outcome judge_visit(const struct ending *ending,
				const struct visited *visited,
				const struct monitored **monitored,
				struct buf *text)
{
	if (!visited->over) { /* the guest died, or fell silent, before it */
		say_ending(ending, text);
		if (ending->why == CHILD_OUTPUT)
			return OUTCOME_TEST_FAILED;
		*monitored = ending->silent ? &no_output : &lost_connection;
		return OUTCOME_CRASHED;
	}
	buf_puts(text, visited->text);
	switch (visited->end) {
	case VISIT_DONE:
		return OUTCOME_OK;
	case VISIT_UNTESTABLE:
	case VISIT_COPY:
	case VISIT_CHECK:
		return OUTCOME_TEST_FAILED;
	case VISIT_LOST:
		*monitored = &lost_connection;
		return OUTCOME_CRASHED;
	case VISIT_NOT_UP: /* told before */
	case VISIT_TROUBLE:
	case VISIT_KEYS:
		break;
	}
	return OUTCOME_INFRA;
}

/* Did the target come up?  A visit knows better than the console. */
static bool is_up(const struct evidence *evidence)
{
	return evidence->visited ? evidence->visited->up ||
					   evidence->visited->end == VISIT_KEYS
				 : evidence->console->booted;
}

/* Whatever runs the guest ended before there was a kernel in it. */
static bool never_began(const struct ending *ending,
			const struct evidence *evidence)
{
	return evidence->guest && !evidence->console->kernel_spoke &&
	       ending->why == CHILD_RAN && ending->exit_status != 0;
}

/*
 * No kernel does that to what runs it, no test to itself: this machine did,
 * which was out of memory perhaps.  A crash that was seen before counts.
 */
static bool was_killed(const struct ending *ending,
		       const struct evidence *evidence)
{
	return ending->why == CHILD_RAN &&
	       (ending->exit_status == 256 + SIGKILL ||
		ending->exit_status == SHELL_SAW_KILL) &&
	       evidence->sight->seen != SEEN_CRASH &&
	       evidence->console->done < 0 &&
	       !(evidence->visited && evidence->visited->over &&
		 evidence->visited->end != VISIT_LOST &&
		 evidence->visited->end != VISIT_NOT_UP);
}

/* Nobody looks at the machine's console any more, and it was needed. */
static bool console_ended(const struct ending *ending,
			  const struct evidence *evidence)
{
	return evidence->apart && ending->why == CHILD_RAN &&
	       !evidence->visited->over;
}

/* Trouble of our own with the machine, whatever its console says. */
static bool judge_machine(const struct ending *ending,
			  const struct evidence *evidence, struct buf *text)
{
	const struct visited *visited = evidence->visited;
	bool crashed =
		visited && visited->up && evidence->sight->seen == SEEN_CRASH;

	if (visited && visited->over && visited->end == VISIT_TROUBLE) {
		buf_puts(text, visited->text);
		return true;
	}
	if (crashed || !console_ended(ending, evidence))
		return false;
	buf_puts(text, "the console command ended: ");
	say_status(ending, text);
	if (evidence->console->last[0])
		buf_printf(text, ": %s", evidence->console->last);
	return true;
}

enum outcome judge_run(const struct ending *ending,
		       const struct evidence *evidence,
		       const struct monitored **monitored, struct buf *text)
{
	*monitored = NULL;
	if (judge_machine(ending, evidence, text))
		return OUTCOME_INFRA;
	if (evidence->console->fatal) {
		buf_puts(text, evidence->console->last);
		return OUTCOME_INFRA;
	}
	if (never_began(ending, evidence)) {
		buf_printf(text, "the guest could not be started: %s",
			   evidence->console->last);
		return OUTCOME_INFRA;
	}
	if (was_killed(ending, evidence)) {
		say_status(ending, text);
		return OUTCOME_INFRA;
	}
	if (!is_up(evidence)) {
		say_no_boot(ending, evidence, text);
		return OUTCOME_BOOT_FAILED;
	}
	if (evidence->sight->seen == SEEN_CRASH)
		return OUTCOME_CRASHED;
	if (evidence->sight->seen == SEEN_IGNORED)
		return OUTCOME_IGNORED;
	if (evidence->boot_only)
		return OUTCOME_OK;
	if (evidence->visited)
		return judge_visit(ending, evidence->visited, monitored, text);
	if (evidence->guest)
		return judge_guest(ending, evidence, monitored, text);
	if (ending->why != CHILD_RAN || ending->exit_status != 0)
		say_ending(ending, text);
	return judge_end(ending, evidence, monitored);
}

enum build_result judge_build(const struct ending *ending,
			      const struct diagnosis *diagnosis,
			      struct buf *text)
{
	if (ending->why != CHILD_RAN) {
		buf_puts(text, "the build ");
		say_ending(ending, text);
		return BUILD_FAILED;
	}
	if (ending->exit_status == 0)
		return BUILD_OK;
	/* No build does that to itself: somebody outside did. */
	if (ending->exit_status >= 256 ||
	    ending->exit_status == SHELL_SAW_KILL) {
		say_status(ending, text);
		return BUILD_INFRA;
	}
	if (diagnosis->trouble) {
		buf_puts(text, diagnosis->trouble);
		return BUILD_INFRA;
	}
	diagnosis_errors(diagnosis, text);
	if (text->length == 0)
		say_status(ending, text);
	return BUILD_FAILED;
}

enum build_result judge_checkout(const struct ending *ending,
				 const struct diagnosis *diagnosis,
				 struct buf *text)
{
	if (ending->why == CHILD_RAN && ending->exit_status == 0)
		return BUILD_OK;
	if (ending->why == CHILD_RAN)
		diagnosis_last(diagnosis, text);
	buf_puts(text, error_advice(text->text));
	if (text->length == 0) {
		buf_puts(text, "the checkout: ");
		say_ending(ending, text);
	}
	return BUILD_INFRA;
}
