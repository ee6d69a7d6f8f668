/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kernel.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/jobs.h"
#include "run/places.h"
#include "run/runner.h"
#include "run/trial.h"

/* qemu says so and then does nothing more. */
#define KVM_BROKEN "KVM internal error"
#define TEXTS	   9 /* of a spec, to be copied */

/* What is known of KVM here. */
enum kvm_state {
	KVM_UNTRIED,
	KVM_WORKS, /* a guest came up under it */
	KVM_BROKE,
};

struct kernel_runner {
	struct runner runner; /* the head */
	uv_loop_t *loop;
	struct kernel_spec spec; /* its texts are in `texts` */
	char *texts[TEXTS];
	int text_count;
	struct places *places;
	struct console_rules *rules;
	enum kvm_state kvm;
	struct jobs jobs;
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

static struct kernel_runner *self(struct runner *runner)
{
	return (struct kernel_runner *)runner;
}

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
	struct trial_spec trial = {
		.keeper = spec->supply.builder.keeper,
		.argv = (const char *const *)argv,
		.worktree = places_worktree(boot->owner->places,
					    boot->job.request.place),
		.session = spec->supply.builder.session,
		.slot = boot->job.slot,
		.guest = true,
		.boot_ms = spec->boot_ms,
		.timeout_ms = spec->timeout_ms,
		.silence_ms = spec->silence_ms,
		.settle_ms = spec->settle_ms,
		.output_max = spec->output_max,
		.on_timeout = spec->on_timeout,
		.rules = boot->owner->rules,
		.env = env,
	};
	const struct run_request request = job_request(&boot->job);
	int ret;

	if (spec->visit) {
		visit = *spec->visit;
		visit.peer.host = "127.0.0.1";
		visit.peer.port = port;
		trial.visit = &visit;
	}
	ret = trial_start(boot->owner->loop, &trial, &request, on_end, boot,
			  &boot->job.trial, err);
	free(kernel_is);
	free(port_is);
	return ret;
}

static int launch(struct boot *boot, struct error *err)
{
	const struct kernel_spec *spec = &boot->owner->spec;
	char *kernel = places_kernel(boot->owner->places,
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

static int kernel_build(struct runner *runner,
			const struct build_request *request, build_done *done,
			void *data, struct error *err)
{
	struct kernel_runner *owner = self(runner);

	return places_build(owner->places, &owner->jobs, request, done, data,
			    err);
}

static int kernel_run(struct runner *runner, const struct run_request *request,
		      run_done *done, void *data, struct error *err)
{
	struct kernel_runner *owner = self(runner);
	struct boot *boot;

	if (places_allow_run(owner->places, request, err) < 0)
		return -1;
	boot = (struct boot *)jobs_add(&owner->jobs, sizeof(*boot), request,
				       done, data, err);
	if (!boot)
		return -1;
	boot->owner = owner;
	if (launch(boot, err) == 0)
		return 0;
	job_drop(&boot->job);
	return -1;
}

static void kernel_enough(struct runner *runner, const char *commit)
{
	jobs_enough(&self(runner)->jobs, commit);
}

static void kernel_cancel(struct runner *runner, const char *commit)
{
	places_cancel(self(runner)->places, commit);
	jobs_cancel(&self(runner)->jobs, commit);
}

static enum runner_has kernel_has(const struct runner *runner, int place,
				  const char *commit)
{
	return places_has(((const struct kernel_runner *)runner)->places, place,
			  commit);
}

static void kernel_adopt(struct runner *runner, int place, const char *commit,
			 const char *image)
{
	places_adopt(self(runner)->places, place, commit, image);
}

static char *kernel_image(const struct runner *runner, int place,
			  const char *commit)
{
	return places_image(((const struct kernel_runner *)runner)->places,
			    place, commit);
}

static void kernel_free(struct runner *runner)
{
	struct kernel_runner *owner = self(runner);

	assert(!owner->jobs.first);
	for (int i = 0; i < owner->text_count; i++)
		free(owner->texts[i]);
	places_free(owner->places);
	console_rules_free(owner->rules);
	free(owner);
}

static const struct runner_ops kernel_ops = {
	.build = kernel_build,
	.run = kernel_run,
	.enough = kernel_enough,
	.cancel = kernel_cancel,
	.has = kernel_has,
	.free = kernel_free,
	.adopt = kernel_adopt,
	.image = kernel_image,
};

static const char *copy(struct kernel_runner *owner, const char *text)
{
	char *mine = xstrdup_null(text);

	assert(owner->text_count < TEXTS);
	owner->texts[owner->text_count++] = mine;
	return mine;
}

static void copy_spec(struct kernel_runner *owner,
		      const struct kernel_spec *spec)
{
	struct kernel_spec *mine = &owner->spec;

	*mine = *spec;
	mine->supply.builder.keeper = copy(owner, spec->supply.builder.keeper);
	mine->supply.builder.worktree =
		copy(owner, spec->supply.builder.worktree);
	mine->supply.builder.session =
		copy(owner, spec->supply.builder.session);
	mine->command = copy(owner, spec->command);
	mine->guest.program = copy(owner, spec->guest.program);
	mine->guest.initrd = copy(owner, spec->guest.initrd);
	mine->guest.image = copy(owner, spec->guest.image);
	mine->guest.root = copy(owner, spec->guest.root);
	mine->guest.append = copy(owner, spec->guest.append);
	/* the rules are compiled */
	memset(&mine->console, 0, sizeof(mine->console));
}

int kernel_runner_new(uv_loop_t *loop, const struct kernel_spec *spec,
		      struct runner **out, struct error *err)
{
	struct kernel_runner *owner = xcalloc(1, sizeof(*owner));
	struct console_spec console = spec->console;

	console.guest = true;
	if (spec->guest.kind == GUEST_QEMU)
		console.fatal = KVM_BROKEN;
	if (console_rules_new(&console, &owner->rules, err) < 0) {
		free(owner);
		return -1;
	}
	copy_spec(owner, spec);
	owner->runner.ops = &kernel_ops;
	owner->runner.slots = owner->jobs.slots = spec->slots;
	owner->runner.has_build = true;
	owner->loop = loop;
	owner->places = places_new(loop, &spec->supply, spec->further,
				   spec->further_count);
	owner->spec.further = NULL;
	*out = &owner->runner;
	return 0;
}
