/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/settings_keys.h"
#include "engine/ahead.h"
#include "engine/verdict.h"

#define MIB (1024 * 1024)

void settings_init(struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->policy = xstrdup("exit-code");
	settings->build_timeout_ms = 3600 * 1000;
	settings->build_output_max = INT64_C(256) * MIB;
	settings->test_timeout_ms = 600 * 1000;
	settings->test_output_max = INT64_C(64) * MIB;
	settings->test_settle_ms = 10 * 1000;
	settings->slots = 1;
	settings->ahead.slots = 1;
	settings->on_timeout = OUTCOME_TEST_FAILED;
	settings->build.compiler = xstrdup("gcc");
	settings->build.ccache = true;
	settings->build.cache_gib = 10;
	settings->guest.memory_mib = 512;
	settings->guest.cpus = 1;
	settings->guest.boot_ms = 600 * 1000;
	settings->slurm.poll_ms = 3 * 1000;
	settings->machine.port = 22;
	settings->machine.reboot_command = xstrdup("reboot");
}

static void build_release(struct kernel_settings *build)
{
	free(build->config);
	argv_free(build->fragments);
	free(build->arch);
	free(build->compiler);
	free(build->cc);
	argv_free(build->arguments);
	free(build->versions);
}

static void guest_release(struct guest_settings *guest)
{
	free(guest->kernel);
	free(guest->program);
	free(guest->command);
	free(guest->initrd);
	free(guest->image);
	free(guest->root);
	free(guest->append);
	argv_free(guest->arguments);
	free(guest->ssh_user);
	free(guest->ssh_host_key);
	free(guest->ssh_known_hosts);
	argv_free(guest->ssh_keys);
	free(guest->repro_file);
	free(guest->repro_command);
	free(guest->repro_check);
	free(guest->repro_cc);
	argv_free(guest->repro_cflags);
}

static void machine_release(struct machine_settings *machine)
{
	free(machine->host);
	free(machine->install);
	free(machine->power_cycle);
	free(machine->console);
	free(machine->expected);
	free(machine->image);
	free(machine->install_there);
	free(machine->reboot_command);
	free(machine->running);
}

void settings_release(struct settings *settings)
{
	free(settings->title);
	free(settings->policy);
	free(settings->oops);
	fixup_specs_release(&settings->fixups);
	build_release(&settings->build);
	guest_release(&settings->guest);
	machine_release(&settings->machine);
	free(settings->slurm.partition);
	argv_free(settings->slurm.options);
	free(settings->build_command);
	free(settings->test_command);
	free(settings->crash);
	free(settings->ignore);
	free(settings->boot);
	free(settings->fake_script);
	memset(settings, 0, sizeof(*settings));
}

static enum reading read_as(const struct settings *settings)
{
	struct policy policy;

	if (settings->console != READ_BY_POLICY)
		return settings->console;
	if (settings->crash)
		return READ_PLAIN;
	policy_parse(&policy, settings->policy, NULL);
	return settings->target == TARGET_COMMAND &&
			       policy.kind == POLICY_EXIT_CODE
		       ? READ_PLAIN
		       : READ_KERNEL;
}

bool settings_keep_kernels(const struct settings *settings)
{
	return settings->build.config && settings->build.cache_gib > 0 &&
	       settings->target != TARGET_MACHINE;
}

static int ahead_of_target(const struct settings *settings)
{
	int least = settings->ahead.slots > 1 ? settings->ahead.slots : 0;
	int usual = settings_keep_kernels(settings) ? 2
		    : settings->build.config	    ? 1
						    : 0;

	if (least > AHEAD_MAX)
		least = AHEAD_MAX;
	return usual > least ? usual : least;
}

int settings_further(const struct settings *settings)
{
	const struct ahead_settings *ahead = &settings->ahead;

	if (ahead->commits == 0)
		return 0;
	if (!settings_keep_kernels(settings))
		return 1 + ahead->commits;
	return ahead->slots < ahead->commits ? ahead->slots : ahead->commits;
}

/*
 * Who has a console read for crashes tests by chance; else the test's exit
 * status says all, as git bisect run has it.
 */
static bool reads_crashes(const struct settings *settings)
{
	return settings->crash || settings->console == READ_KERNEL;
}

static bool is_adaptive(const struct settings *settings)
{
	struct policy policy;

	policy_parse(&policy, settings->policy, NULL);
	return policy.kind == POLICY_ADAPTIVE;
}

/* Where a word was left out, by what the kernel runs on. */
static void fill_in(struct settings *settings)
{
	bool guest = settings->target != TARGET_COMMAND;

	if (settings->ahead.commits < 0)
		settings->ahead.commits = ahead_of_target(settings);
	if (!settings->policy)
		settings->policy =
			xstrdup(guest || reads_crashes(settings) ? "adaptive/5%"
								 : "exit-code");
	if (settings->on_timeout == OUTCOME_COUNT)
		settings->on_timeout = guest ? OUTCOME_OK : OUTCOME_TEST_FAILED;
	if (!settings->build.arch)
		settings->build.arch = xstrdup(
			settings->target == TARGET_UML ? "um" : "x86_64");
	if (settings->confirm < 0)
		settings->confirm = guest;
	if (settings->prior < 0)
		settings->prior = is_adaptive(settings);
	settings->console = read_as(settings);
}

/* What contradicts itself, or is missing; no text: nothing does. */
struct complaint {
	const char *key;
	const char *because; /* the key that asks for it, where it is missing */
	const char *text;
};

static struct complaint complain(const char *key, const char *because,
				 const char *text)
{
	return (struct complaint){ key, because, text };
}

static struct complaint no_complaint(void)
{
	return (struct complaint){ NULL, NULL, NULL };
}

/* Of a machine, or of none. */
static struct complaint machine_complaint(const struct settings *settings)
{
	const struct machine_settings *machine = &settings->machine;

	if (settings->target != TARGET_MACHINE)
		return machine->host ? complain("machine.host", NULL,
						"it is for the target \"ssh\"")
				     : no_complaint();
	if (!machine->host)
		return complain("machine.host", "target",
				"it is needed, the machine's name or address");
	if (!settings->guest.ssh_user)
		return complain("ssh.user", "target",
				"it is needed, whom to log in to the machine "
				"as");
	if (settings->slots > 1)
		return complain("test.slots", NULL,
				"a machine does one run at a time");
	if (!machine->running != !machine->expected)
		return complain(machine->running ? "machine.expected"
						 : "machine.running",
				NULL,
				"it is needed: running and expected belong "
				"together, what the machine says and what it "
				"should say");
	return no_complaint();
}

/* Of jobs of a cluster. */
static struct complaint executor_complaint(const struct settings *settings)
{
	if (settings->executor == EXECUTOR_LOCAL)
		return no_complaint();
	if (settings->target == TARGET_MACHINE)
		return complain("executor", NULL,
				"a machine is brought into its kernel from "
				"here, one run at a time: \"slurm\" is for "
				"the other targets");
	if (!settings_can_run(settings))
		return complain("executor", NULL,
				"there is nothing to give to a cluster: "
				"test.command is missing");
	return no_complaint();
}

/* Of builds ahead. */
static struct complaint ahead_complaint(const struct settings *settings)
{
	const char *kernel = settings->guest.kernel;

	if (settings->ahead.commits == 0 && settings->ahead.slots > 1)
		return complain("build.slots", NULL,
				"with build.ahead = 0 there is one build at a "
				"time");
	if (settings->build_command && kernel && *kernel == '/' &&
	    (settings->ahead.commits > 0 || settings->ahead.slots > 1))
		return complain(settings->ahead.commits > 0 ? "build.ahead"
							    : "build.slots",
				NULL,
				"a kernel with an absolute name would be "
				"written over by the next build: name it "
				"relative to the worktree");
	return no_complaint();
}

/* Of what a guest is made of, or a machine's kernel. */
static struct complaint guest_complaint(const struct settings *settings)
{
	const struct guest_settings *guest = &settings->guest;

	if (settings->test_command)
		return complain("test.command", NULL,
				"a guest is tested by its reproducer, a "
				"command is for the target \"command\"");
	if (settings->build_command && settings->build.config)
		return complain("build.config", NULL,
				"there is build.command too: either a "
				"configuration is built, or a command builds "
				"the kernel");
	if (!settings->build_command && !settings->build.config)
		return complain("build.config", "target",
				"it is needed, the kernel's configuration, or "
				"else build.command, which builds it");
	if (settings->build_command && !guest->kernel)
		return complain(settings->target == TARGET_MACHINE
					? "machine.kernel"
					: "guest.kernel",
				"target",
				"it is needed, what build.command makes");
	if (settings->target == TARGET_UML && guest->ssh_user)
		return complain("ssh.user", NULL,
				"a kernel that is a program here is not "
				"reached by ssh");
	if (!guest->ssh_user &&
	    (guest->repro_file || guest->repro_check || guest->repro_command))
		return complain("ssh.user", "reproducer",
				"it is needed for a reproducer; without ssh "
				"the guest's own programs run it");
	return no_complaint();
}

static struct complaint first_complaint(const struct settings *settings)
{
	bool runs_guest = settings->target != TARGET_COMMAND;

	if (settings->console == READ_KERNEL && settings->crash)
		return complain("test.crash", NULL,
				"it is for other consoles than a kernel's; "
				"more rules for a kernel's go into a file "
				"named by 'oops'");
	if (!runs_guest && settings->symptom == SYMPTOM_NO_BUILD)
		return settings->build_command
			       ? no_complaint()
			       : complain("build.command", "bad",
					  "it is needed, to look for what does "
					  "not build");
	if (settings->fixups.count && !settings_can_run(settings))
		return complain("fixups", NULL,
				"nothing is built that they could be applied "
				"to: there is no test command");
	if (runs_guest)
		return guest_complaint(settings);
	if (settings->build_command && !settings->test_command)
		return complain("test.command", "build.command",
				"it is needed: what is built would not be "
				"tested");
	if (settings->symptom == SYMPTOM_NO_BOOT && !settings->boot)
		return complain("test.boot", "bad",
				"it is needed, the expression by which one "
				"sees that it booted, to look for what does "
				"not boot");
	return no_complaint();
}

static struct complaint complaint(const struct settings *settings)
{
	struct complaint found = first_complaint(settings);

	if (!found.text)
		found = machine_complaint(settings);
	if (!found.text)
		found = ahead_complaint(settings);
	if (!found.text)
		found = executor_complaint(settings);
	return found;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup("");
}

int settings_read(struct settings *settings, const char *path,
		  const char *folder, struct error *err)
{
	char *own = folder ? NULL : folder_of(path);
	struct settings fresh;
	struct complaint wrong_is;
	int ret = -1;

	settings_init(&fresh);
	free(fresh.policy);
	fresh.policy = NULL;
	fresh.on_timeout = OUTCOME_COUNT;
	fresh.confirm = -1;
	fresh.prior = -1;
	fresh.ahead.commits = -1;
	if (settings_keys_read(&fresh, path, folder ? folder : own, err) < 0)
		goto out;
	wrong_is = complaint(&fresh);
	fill_in(&fresh);
	if (wrong_is.text) {
		settings_keys_wrong(path, wrong_is.key, wrong_is.because,
				    wrong_is.text, err);
		goto out;
	}
	settings_release(settings);
	*settings = fresh;
	settings_init(&fresh);
	ret = 0;
out:
	free(own);
	settings_release(&fresh);
	return ret;
}

bool settings_can_run(const struct settings *settings)
{
	return settings->test_command || settings->fake_script ||
	       settings->target != TARGET_COMMAND ||
	       (settings->symptom == SYMPTOM_NO_BUILD &&
		settings->build_command);
}

char *settings_known_hosts(const struct settings *settings)
{
	const char *home = getenv("HOME");

	if (settings->guest.ssh_known_hosts)
		return xstrdup(settings->guest.ssh_known_hosts);
	return str_empty(home) ? NULL : xasprintf("%s/.ssh/known_hosts", home);
}
