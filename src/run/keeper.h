/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_KEEPER_H
#define RUN_KEEPER_H

/*
 * The small process between the engine and a command.  It outlives neither:
 * when the engine dies, by kill -9 too, the pipe to it breaks and the keeper
 * kills the command and every descendant, also those that left the process
 * group (it is their subreaper).  When the command ends, what it left running
 * is killed too.
 *
 *     watching -> asking   [a byte on the pipe: the command gets SIGTERM]
 *     watching, asking -> killing  [the pipe breaks, a signal to end, the
 *                                   command ends]
 *     killing -> gone      [no descendant is left, or none of those left may
 *                           be killed, or none of them dies for 10 seconds]
 *
 * Run as `culprit keep -- ARGV...` with the engine's pipe as descriptor 3; a
 * byte on it means that the command is asked to end, its end means stop.  The
 * command gets descriptors 0, 1 and 2 only, and a session (setsid) of its own,
 * so that what it sends to its process group does not reach the keeper.
 *
 * The keeper exits with the command's status, or kills itself by the same
 * signal (without a core).  SIGABRT says that the command could not be
 * started; the reason is written to the command's error output.
 */

/* argc and argv are what follows `keep`: "--" and the command. */
int keeper_main(int argc, char **argv);

#endif
