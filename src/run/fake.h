/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FAKE_H
#define RUN_FAKE_H

/*
 * A runner that plays a script instead of running anything: for the tests of
 * the engine's loop and of the screen.  It is a real runner: asynchronous,
 * cancellable, and it writes its consoles to the files it is given.
 *
 * The script is text, one line a commit or pattern, first match wins; empty
 * lines and lines that begin with '#' do not count:
 *
 *     COMMIT-PREFIX|* [build=ok|failed|infra[:TEXT]] [sig=HEX] [runs=LETTERS]
 *         [title=TEXT] [ms=N] [built=MS] [kept]
 *
 * A TEXT that holds blanks stands in double quotes.  LETTERS are outcomes by
 * run number (from 0), the last one repeated: . ok, X crashed with title, x
 * crashed with another title, B, T, I, i as in the ledger, and ~ never ends
 * until it is cancelled.  ms is how long each job takes (0: it ends on the
 * next turn of the loop), built how long its build does if not as long.  What
 * is kept can be run whatever is built after it.  What a line does not say: it
 * builds, every run is ok.
 *
 * A job on a commit that no line matches is refused with ERROR_STATE, as are
 * runs of what was not built last in their place, of which there are 16.
 */

struct error;
struct runner;
typedef struct uv_loop_s uv_loop_t;

/* ERROR_INPUT with the line's number when the script is wrong. */
int fake_runner_new(uv_loop_t *loop, const char *script, int slots,
		    struct runner **out, struct error *err);

#endif
