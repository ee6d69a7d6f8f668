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

#include "engine/outcome.h"

struct error;

struct settings {
	char *title;	     /* of the bug that is looked for, or NULL */
	char *policy;	     /* as policy_parse takes it; never NULL */
	char *build_command; /* or NULL */
	int64_t build_timeout_ms;
	int64_t build_output_max;
	char *test_command; /* NULL: verdicts are given by hand */
	int64_t test_timeout_ms;
	int64_t test_output_max;
	int slots;
	enum outcome on_timeout;
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
