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

#include "run/guest.h"
#include "run/local.h"
#include "run/visit.h"

enum kvm_use {
	KVM_AUTO, /* if it is there and works */
	KVM_ALWAYS,
	KVM_NEVER,
};

struct kernel_spec {
	struct local_spec local;
	struct guest_spec guest;
	const char *command; /* instead of the guest's: a shell command, with
				CULPRIT_KERNEL and CULPRIT_PORT; or NULL */
	enum kvm_use kvm;
	const struct visit_spec *visit; /* its host and port are filled in
					   here; or NULL */
};

/*
 * All of the spec is borrowed, for as long as the runner lives.  ERROR_INPUT
 * for a bad regular expression.
 */
int kernel_runner_new(uv_loop_t *loop, const struct kernel_spec *spec,
		      struct runner **out, struct error *err);

#endif
