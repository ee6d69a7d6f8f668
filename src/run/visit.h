/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_VISIT_H
#define RUN_VISIT_H

/*
 * What is done in a guest or on a machine over ssh: wait until it is up, copy
 * the reproducer, try a command that must work, run the reproducer until its
 * time is over.  Knows no console and judges no kernel.
 *
 *     waiting -> copying       [on_open: sshd answers]
 *     copying -> checking      [on_copied]
 *     checking -> reproducing  [on_checked: it exited with 0]
 *     reproducing -> reproducing  [on_run: it ended, and there is time left]
 *     any -> over              [finish]
 */

#include <stdbool.h>
#include <stdint.h>

#include "run/ssh.h"

struct visit;

enum visit_end {
	VISIT_DONE,	  /* the reproducer ended, or its time is over */
	VISIT_UNTESTABLE, /* it exited with 125, or could not be started */
	VISIT_NOT_UP,	  /* nobody answered in time */
	VISIT_KEYS,	  /* it answered, but the keys do not fit */
	VISIT_COPY,	  /* the reproducer could not be copied */
	VISIT_CHECK,	  /* what must work does not */
	VISIT_LOST,	  /* the connection broke */
	VISIT_TROUBLE,	  /* there could be none; said by others, not here */
};

/*
 * Does the exit status of a reproducer say that nothing was tried?  125 is git
 * bisect run's word for it; with 126 and 127 a shell says that it could not
 * start what it should.
 */
bool visit_is_untested(int exit_status);

struct visit_spec {
	struct ssh_spec peer;
	int64_t boot_ms;     /* to be up */
	int64_t limit_ms;    /* of the copy and of the check, each */
	int64_t time_ms;     /* of the reproducer, repeats included; 0: one
				run, as long as it likes */
	bool repeat;	     /* while there is time */
	const char *file;    /* copied to VISIT_FILE there; or NULL */
	const char *check;   /* a shell command, or NULL for "true" */
	const char *command; /* that reproduces; NULL: VISIT_FILE */
	/* Each once at most, from the loop; done exactly once.  text says why,
	   in a sentence, "" with VISIT_DONE. */
	void (*up)(void *data);
	void (*testing)(void *data); /* the reproducer begins; or NULL */
	/* Something that was done there has ended, as errand.h has it; before
	   done; or NULL. */
	void (*ran)(void *data, const char *line, int exit_status, int64_t ms);
	void (*done)(void *data, enum visit_end end, const char *text);
	void (*output)(void *data, const char *bytes, size_t length);
	void *data;
};

#define VISIT_FILE "/tmp/culprit-reproducer"

/* The strings are copied, but those of the peer only while it is made. */
struct visit *visit_start(uv_loop_t *loop, const struct visit_spec *spec,
			  struct error *err);

/* No more calls; what runs there is let go.  NULL is fine. */
void visit_free(struct visit *visit);

#endif
