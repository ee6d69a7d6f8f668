/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BRINGUP_H
#define RUN_BRINGUP_H

/*
 * Brings a real machine into the kernel that was built for it: installs it,
 * reboots the machine, and asks which kernel runs then.  What is done with the
 * machine afterwards is no matter of this (visit.h), nor is its console.
 *
 *     expecting -> reaching    [on_expected: we know what should run]
 *     reaching -> reaching     [on_cycled: it did not answer before]
 *     reaching -> asking       [on_reached]
 *     asking -> copying        [take_first: this kernel is not installed]
 *     asking -> rebooting      [take_first: it is]
 *     asking -> over           [take_first: it runs already, and may go on]
 *     copying -> preparing     [on_copied: the kernel lies there]
 *     preparing -> installing  [on_prepared: a command there is done]
 *     installing -> rebooting  [on_installed: a command here is done]
 *     rebooting -> waiting     [on_rebooting: cut or done]
 *     waiting -> waiting       [it does not answer yet, or has not rebooted]
 *     waiting -> cycling       [its time is over]
 *     reaching, rebooting -> cycling  [it does not answer, or not as it should]
 *     cycling -> reaching, waiting    [on_cycled]
 *     waiting -> over          [take_next: another boot, and its kernel]
 *     any -> over              [finish]
 *
 * A state whose command the spec does not have is passed through.  The power
 * is cycled once at most.  That it is another boot is known by the boot's id,
 * that it is the right kernel by identity.h; a machine that fell back to
 * another kernel is never `up`.
 */

#include <stdbool.h>
#include <stdint.h>

#include "run/ssh.h"

struct bringup;
struct error;

enum bringup_end {
	BRINGUP_UP,	 /* it runs the kernel that it should */
	BRINGUP_NOT_UP,	 /* it does not: nobody answers, or another one runs */
	BRINGUP_TROUBLE, /* that kernel was never tried */
};

/* What is known of a machine from run to run. */
struct bringup_memory {
	bool installed; /* the kernel that is meant */
	bool well;	/* the last run left it so */
	char boot[64];	/* which the last run had; "" */
};

/* All is borrowed until the bringup is freed; each command may be NULL. */
struct bringup_spec {
	struct ssh_spec peer;
	const char *keeper; /* program that keeps the children; absolute */
	const char *cwd;
	const char *const *env; /* changes for the commands here, or NULL */
	const char *commit;	/* for sentences */
	const char *kernel;	/* the file that was built */
	const char *folder;	/* where it was built */
	/* shell commands here */
	const char *install;
	const char *power_cycle;
	const char *expected; /* says what `running` should; NULL: by what was
				 built */
	/* there */
	const char *image;	   /* a path: the kernel is copied to it */
	const char *install_there; /* a shell command, like these */
	const char *reboot;	   /* never NULL */
	const char *running;	   /* or NULL: IDENTITY_COMMAND */
	bool every_run;		   /* reboot though the right kernel runs */
	int64_t boot_ms;	   /* from the reboot to an answer */
	int64_t limit_ms;	   /* of each command here */
	struct bringup_memory *memory;
	/* It is told to boot: what it said till now is over.  At most twice. */
	void (*booting)(void *data);
	/* What commands say. */
	void (*output)(void *data, const char *bytes, size_t length);
	/* Once, from the loop; text is a sentence, "" with BRINGUP_UP. */
	void (*done)(void *data, enum bringup_end end, const char *text);
	void *data;
};

struct bringup *bringup_start(uv_loop_t *loop, const struct bringup_spec *spec);

/* No more calls; what runs here is killed.  NULL is fine. */
void bringup_free(struct bringup *bringup);

#endif
