/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SETTINGS_H
#define CONTROL_SETTINGS_H

/*
 * The settings of a session: what to build, what to test, how to judge.  Read
 * from a libconfig file; every mistake in it is said as file:line with the
 * key and what was expected, and nothing is started with a wrong file.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/bug.h"
#include "engine/outcome.h"

struct error;

/* What the output of a test is read as. */
enum reading {
	READ_BY_POLICY, /* not said: a kernel's, but the exit code alone
			      where that is the policy, and by the expression
			      where there is one */
	READ_KERNEL,
	READ_PLAIN, /* only by `crash`, if that is set */
};

struct settings {
	char *title;  /* of the bug that is looked for, or NULL */
	char *policy; /* as policy_parse takes it; never NULL */
	enum matching matching;
	char *oops; /* a file of further rules for crash titles, or NULL;
		       relative to nothing but the working folder */
	char *build_command; /* or NULL */
	int64_t build_timeout_ms;
	int64_t build_output_max;
	char *test_command; /* NULL: verdicts are given by hand */
	int64_t test_timeout_ms;
	int64_t test_output_max;
	int64_t test_silence_ms; /* 0: no limit */
	int64_t test_settle_ms;
	int slots;
	enum outcome on_timeout;
	enum reading console;	     /* never READ_BY_POLICY when read */
	char *crash, *ignore, *boot; /* regular expressions, or NULL */
	/* Only for tests of the program itself: a script for run/fake.h. */
	char *fake_script;
};

/*
 * What holds without a file: everything by hand, and git bisect run's
 * policy.
 */
void settings_init(struct settings *settings);
void settings_release(struct settings *settings);

/* settings must be initialised; on failure it is as it was. */
int settings_read(struct settings *settings, const char *path,
		  struct error *err);

#endif
