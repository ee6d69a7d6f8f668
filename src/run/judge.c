/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/judge.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "base/buf.h"
#include "run/diagnosis.h"
#include "run/match.h"

#define SHELL_SAW_KILL (128 + SIGKILL) /* a shell's exit code for that */

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

static void say_time(const struct ending *ending, struct buf *text)
{
	if (ending->timeout_ms % 1000 == 0)
		buf_printf(text, "%" PRId64 " s", ending->timeout_ms / 1000);
	else
		buf_printf(text, "%" PRId64 " ms", ending->timeout_ms);
}

static void say_ending(const struct ending *ending, struct buf *text)
{
	switch (ending->why) {
	case CHILD_TIME:
		buf_puts(text, "did not end within ");
		say_time(ending, text);
		break;
	case CHILD_OUTPUT:
		buf_printf(text, "wrote more than %" PRId64 " bytes",
			   ending->output_max);
		break;
	case CHILD_RAN:
	case CHILD_ASKED:
		say_status(ending, text);
		break;
	}
}

static void say_no_boot(const struct ending *ending, struct buf *text)
{
	buf_puts(text, "did not boot");
	if (ending->why == CHILD_TIME) {
		buf_puts(text, " within ");
		say_time(ending, text);
	} else {
		buf_puts(text, ": ");
		say_ending(ending, text);
	}
}

static enum outcome judge_status(int exit_status)
{
	if (exit_status == 0)
		return OUTCOME_OK;
	if (exit_status == 125)
		return OUTCOME_TEST_FAILED;
	return exit_status < 128 ? OUTCOME_CRASHED : OUTCOME_INFRA;
}

enum outcome judge_run(const struct ending *ending, const struct match *match,
		       enum outcome on_timeout, struct buf *text)
{
	if (!match->booted) {
		say_no_boot(ending, text);
		return OUTCOME_BOOT_FAILED;
	}
	if (match->seen == MATCH_CRASH)
		return OUTCOME_CRASHED;
	if (match->seen == MATCH_IGNORED)
		return OUTCOME_IGNORED;
	if (ending->why != CHILD_RAN || ending->exit_status != 0)
		say_ending(ending, text);
	if (ending->why == CHILD_OUTPUT)
		return OUTCOME_TEST_FAILED;
	if (ending->why == CHILD_TIME)
		return on_timeout;
	return judge_status(ending->exit_status);
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
	if (text->length == 0) {
		buf_puts(text, "the checkout: ");
		say_ending(ending, text);
	}
	return BUILD_INFRA;
}
