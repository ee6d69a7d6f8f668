/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kernel.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/places.h"

/* qemu says so and then does nothing more. */
#define KVM_BROKEN "KVM internal error"

/* What is known of KVM here. */
enum kvm_state {
	KVM_UNTRIED,
	KVM_WORKS, /* a guest came up under it */
	KVM_BROKE,
};

struct kernel_runner {
	struct local_runner local; /* the head */
	struct kernel_spec spec;
	enum kvm_state kvm;
};

/*
 * booted -> done      [on_end]
 * booted -> booted    [on_end: under KVM it did not come up, again without]
 */
struct boot {
	struct job job; /* the head */
	struct kernel_runner *owner;
	bool kvm; /* under it */
};

/* A port of this machine that nobody listens on just now; -1 with an error. */
static int free_port(struct error *err)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), port = -1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 &&
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &length) == 0)
		port = ntohs(address.sin_port);
	else
		error_errno(err, "cannot find a free port for the guest");
	if (fd >= 0)
		close(fd);
	return port;
}

static bool may_use_kvm(const struct kernel_runner *owner)
{
	if (owner->spec.guest.kind != GUEST_QEMU || owner->spec.command)
		return false;
	switch (owner->spec.kvm) {
	case KVM_ALWAYS:
		return true;
	case KVM_NEVER:
		return false;
	case KVM_AUTO:
		break;
	}
	return owner->kvm != KVM_BROKE && access("/dev/kvm", R_OK | W_OK) == 0;
}

static char **make_argv(const struct boot *boot, const char *kernel, int port,
			struct error *err)
{
	const struct kernel_spec *spec = &boot->owner->spec;
	struct guest_spec guest = spec->guest;
	char **argv;

	if (!spec->command) {
		guest.kvm = boot->kvm;
		return guest_argv(&guest, kernel, port, err);
	}
	argv = xcalloc(4, sizeof(*argv));
	argv[0] = xstrdup("sh");
	argv[1] = xstrdup("-c");
	argv[2] = xstrdup(spec->command);
	return argv;
}

static int launch(struct boot *boot, struct error *err);

/* Under KVM for the first time, and it did not come up: is KVM to blame? */
static bool try_without_kvm(struct boot *boot, const struct run_end *end)
{
	struct kernel_runner *owner = boot->owner;
	struct error err;

	if (!boot->kvm || owner->spec.kvm != KVM_AUTO || boot->job.cancelled)
		return false;
	if (end->outcome != OUTCOME_INFRA &&
	    end->outcome != OUTCOME_BOOT_FAILED) {
		owner->kvm = KVM_WORKS;
		return false;
	}
	if (owner->kvm == KVM_WORKS)
		return false;
	owner->kvm = KVM_BROKE;
	return launch(boot, &err) == 0;
}

static void on_end(void *data, const struct run_end *end)
{
	struct boot *boot = data;

	boot->job.trial = NULL;
	if (!try_without_kvm(boot, end))
		job_end(&boot->job, end);
}

static int start_trial(struct boot *boot, const char *kernel, int port,
		       char **argv, struct error *err)
{
	const struct kernel_spec *spec = &boot->owner->spec;
	char *kernel_is = xasprintf("CULPRIT_KERNEL=%s", kernel);
	char *port_is = xasprintf("CULPRIT_PORT=%d", port);
	const char *env[] = { kernel_is, port_is, NULL };
	struct visit_spec visit;
	struct trial_spec trial = local_trial(&boot->owner->local, &boot->job);
	const struct run_request request = job_request(&boot->job);
	int ret;

	trial.argv = (const char *const *)argv;
	trial.guest = true;
	trial.env = env;
	if (spec->visit) {
		visit = *spec->visit;
		visit.peer.host = "127.0.0.1";
		visit.peer.port = port;
		trial.visit = &visit;
	}
	ret = trial_start(boot->owner->local.loop, &trial, &request, on_end,
			  boot, &boot->job.trial, err);
	free(kernel_is);
	free(port_is);
	return ret;
}

static int launch(struct boot *boot, struct error *err)
{
	const struct kernel_spec *spec = &boot->owner->spec;
	char *kernel = places_kernel(boot->owner->local.places,
				     boot->job.request.place, boot->job.commit);
	char **argv = NULL;
	int port = spec->visit ? free_port(err) : 0, ret = -1;

	boot->kvm = may_use_kvm(boot->owner);
	if (access(kernel, R_OK) < 0)
		error_errno(err, "there is no kernel to boot: '%s'", kernel);
	else if (port >= 0)
		argv = make_argv(boot, kernel, port, err);
	if (argv)
		ret = start_trial(boot, kernel, port, argv, err);
	guest_argv_free(argv);
	free(kernel);
	return ret;
}

static int kernel_run(struct runner *runner, const struct run_request *request,
		      run_done *done, void *data, struct error *err)
{
	struct kernel_runner *owner = (struct kernel_runner *)runner;
	struct boot *boot;

	boot = (struct boot *)local_add(&owner->local, sizeof(*boot), request,
					done, data, err);
	if (!boot)
		return -1;
	boot->owner = owner;
	if (launch(boot, err) == 0)
		return 0;
	job_drop(&boot->job);
	return -1;
}

static const struct runner_ops kernel_ops = {
	.build = local_build,
	.run = kernel_run,
	.enough = local_enough,
	.cancel = local_cancel,
	.has = local_has,
	.free = local_free,
	.adopt = local_adopt,
	.image = local_image,
};

int kernel_runner_new(uv_loop_t *loop, const struct kernel_spec *spec,
		      struct runner **out, struct error *err)
{
	struct kernel_runner *owner = xcalloc(1, sizeof(*owner));
	struct local_spec *local = &owner->spec.local;

	owner->spec = *spec;
	local->console.guest = true;
	if (spec->guest.kind == GUEST_QEMU)
		local->console.fatal = KVM_BROKEN;
	if (local_init(&owner->local, loop, local, &kernel_ops, err) < 0) {
		free(owner);
		return -1;
	}
	*out = &owner->local.runner;
	return 0;
}
