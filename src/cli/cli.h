/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/*
 * The command line: one function a subcommand, and what they share.  Reads
 * words and prints words; all else happens in the layers below.
 */

#include <stdbool.h>
#include <stdio.h>

#include "control/screen_settings.h"

struct buf;
struct command;
struct error;
struct engine;
struct event;
struct json;
struct repo;
struct session;

/* Exit codes, as the man page has them. */
enum { EXIT_OK = 0, EXIT_ERROR = 1, EXIT_NEEDS_PERSON = 2 };

/* What stands before the subcommand, and what is opened by it. */
struct cli {
	const char *program;	 /* absolute path of this program */
	const char *session_dir; /* --session-dir, or NULL */
	struct screen_said said; /* of the screen */
	bool takes_over;	 /* the screen does */
	const char *screen_word; /* the last option that said it, or NULL */
	struct repo *repo;	 /* opened by cli_open, or NULL */
	struct session *session; /* likewise */
};

/* Each gets its own words, argv[0] being its name; returns the exit code. */
int cli_check(struct cli *cli, int argc, char **argv);
int cli_start(struct cli *cli, int argc, char **argv);
int cli_run(struct cli *cli, int argc, char **argv);
int cli_order(struct cli *cli, int argc, char **argv);
int cli_status(struct cli *cli, int argc, char **argv);
int cli_log(struct cli *cli, int argc, char **argv);
int cli_range(struct cli *cli, int argc, char **argv);
int cli_report(struct cli *cli, int argc, char **argv);
int cli_titles(struct cli *cli, int argc, char **argv);
int cli_next(struct cli *cli, int argc, char **argv);
int cli_demo(struct cli *cli, int argc, char **argv);
int cli_export(struct cli *cli, int argc, char **argv);
int cli_import(struct cli *cli, int argc, char **argv);
int cli_trust(struct cli *cli, int argc, char **argv);
int cli_sessions(struct cli *cli, int argc, char **argv);
int cli_switch(struct cli *cli, int argc, char **argv);
int cli_replay(struct cli *cli, int argc, char **argv);
int cli_what_if(struct cli *cli, int argc, char **argv);
int cli_compare(struct cli *cli, int argc, char **argv);
int cli_help(struct cli *cli, int argc, char **argv);
int cli_complete(struct cli *cli, int count, char **words);
int cli_take_over(struct cli *cli, int argc, char **argv);
int cli_screen(struct cli *cli);

/* The same of a session that is over: nothing is started by itself. */
int cli_screen_past(struct cli *cli);

/* Is the word an option of the screen?  Takes it. */
bool cli_screen_option(struct cli *cli, const char *word);

/* These words, one by one from 0 on; NULL behind the last. */
const char *cli_screen_word(size_t place);

/*
 * Open the session: of --session-dir, or the repository's current one.  The
 * repository is opened too where there is one.
 */
int cli_open(struct cli *cli, struct error *err);
void cli_close(struct cli *cli);

/* Open the repository of the session, if it is there and none is open. */
void cli_find_repository(struct cli *cli);

/*
 * Without -c, a culprit.cfg at the top of the checkout is the settings: its
 * path, for the caller to free, or NULL.
 */
char *cli_default_settings(const struct repo *repo);

/* "culprit: what failed" on standard error; returns EXIT_ERROR. */
int cli_fail(const struct error *err);

/* What a person should know of how the history was read, to standard error. */
void cli_remark(const struct repo *repo);

/* For wrong words: the message, and the one line of usage of the command. */
int cli_usage(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same for the option at which getopt stopped: what it returned, ':' for
 * one that lacks its word if the letters it was given begin with ':'.
 */
int cli_bad_option(const char *name, int option, char *const *argv);

/*
 * Print text from anywhere, line by line, made harmless: what is not
 * printable comes out as visible stand-ins.
 */
void cli_print(FILE *file, const struct buf *text);

/*
 * What --json prints: an object in a buf that is begun here.  Its end prints
 * and releases it.
 */
void cli_json_begin(struct json *json, struct buf *out);
void cli_json_end(struct json *json);

/* How the verifying of the culprit stands: an object, or null. */
void cli_json_verify(struct json *json, struct session *session);

/* The rule of the session, as one writes it, under "policy". */
void cli_json_policy(struct json *json, const struct engine *engine);

/*
 * The events of a session as text, json, git or syzbot; for text, how many
 * there were.
 */
bool cli_is_log_format(const char *format);
size_t cli_log_as(struct session *session, const char *format);

/* The steps as `status` shows them, a line each. */
void cli_add_steps(struct session *session, struct buf *out);

/* Do the work of `run`; then what it came to.  Returns the exit code. */
int cli_work(struct cli *cli, bool stay, int ready_fd);

/* That of `run --stay`, by which screens start one. */
#define CLI_READY_FD 3

#endif
