/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_KERNEL_H
#define RUN_KERNEL_H

/*
 * Targets `uml` and `qemu`: what was built is a kernel, and each run boots it
 * in a guest of its own, which is fresh and thrown away.
 *
 * Without ssh the guest's own programs run the reproducer, and say how far
 * they are in words (console.h).  With ssh it is visited (visit.h).
 *
 * qemu uses KVM where a guest has really booted under it, or where it has not
 * been tried yet: a run that fails to come up in its first try under KVM is
 * begun again without, and so are all after it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "engine/outcome.h"
#include "run/console.h"
#include "run/guest.h"
#include "run/supply.h"
#include "run/visit.h"

struct error;
struct place_spec;
struct runner;

enum kvm_use {
	KVM_AUTO, /* if it is there and works */
	KVM_ALWAYS,
	KVM_NEVER,
};

struct kernel_spec {
	struct supply_spec supply;
	const struct place_spec *further; /* worktrees, for builds ahead */
	int further_count;
	struct guest_spec guest;
	const char *command; /* instead of the guest's: a shell command, with
				CULPRIT_KERNEL and CULPRIT_PORT; or NULL */
	enum kvm_use kvm;
	const struct visit_spec *visit; /* its host and port are filled in
					   here; or NULL */
	int slots;
	int64_t boot_ms, timeout_ms, silence_ms, settle_ms, output_max;
	enum outcome on_timeout;
	struct console_spec console; /* its rules must outlive the runner */
};

/*
 * The strings are copied, but for those of lists, of the kernel's build and of
 * the visit, which must outlive the runner.  ERROR_INPUT for a bad regular expression, an unknown
 * arch.
 */
int kernel_runner_new(uv_loop_t *loop, const struct kernel_spec *spec,
		      struct runner **out, struct error *err);

#endif
