/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SHELL_H
#define RUN_SHELL_H

/*
 * Words for a shell that somebody else runs.
 */

/* In quotes, as one word whatever is in it; for the caller to free. */
char *shell_word(const char *word);

#endif
