/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTROL_SETTINGS_H
#define CONTROL_SETTINGS_H

/*
 * The settings of a session: what to build, what to test, how to judge.  Read
 * from a libconfig file; every mistake in it is said as file:line with the
 * key and what was expected, and nothing is started with a wrong file.
 */

#include <stdbool.h>
#include <stdint.h>

#include "control/fixup_spec.h"
#include "engine/bug.h"
#include "engine/outcome.h"
#include "engine/symptom.h"

struct error;

/* What the output of a test is read as. */
enum reading {
	READ_BY_POLICY, /* not said: a kernel's, but the exit code alone
			      where that is the policy, and by the expression
			      where there is one */
	READ_KERNEL,
	READ_PLAIN, /* only by `crash`, if that is set */
};

/* What a kernel (or a program) runs on. */
enum target {
	TARGET_COMMAND,
	TARGET_UML,
	TARGET_QEMU,
	TARGET_MACHINE, /* a real one, "ssh" */
};

/* Where builds and runs are done. */
enum executor_kind {
	EXECUTOR_LOCAL, /* here */
	EXECUTOR_SLURM, /* as jobs of a cluster */
};

/* What a job asks for; 0: what is usual there. */
struct share_settings {
	int cpus, memory_mib;
	int64_t time_ms;
};

struct slurm_settings {
	char *partition; /* or NULL: the usual one */
	char **options;	 /* more words for sbatch; or NULL */
	int width;	 /* runs at once; 0: as many as fit */
	int64_t poll_ms; /* between two questions */
	struct share_settings build, run;
};

/* What is thrown away before a kernel's build. */
enum clean {
	CLEAN_NEVER,
	CLEAN_ON_FAILURE, /* what was compiled, after a build that failed */
	CLEAN_ALWAYS,
};

/* How a kernel is built where no command says it. */
struct kernel_settings {
	char *config;	  /* file, or NULL: nothing of this counts */
	char **fragments; /* lists are ended by NULL, or NULL */
	char *arch;
	char *compiler; /* the family: "gcc", "clang" */
	char *cc;	/* this one and no other, or NULL */
	char **arguments;
	char *versions; /* file, or NULL: the program's own table */
	enum clean clean;
	bool ccache;
	int jobs;      /* 0: as many as there are processors */
	int cache_gib; /* of kernels kept, 0: none */
};

/* How a kernel is booted, and what is done there. */
struct guest_settings {
	char *kernel; /* what build.command makes */
	char *program, *command;
	char *initrd, *image, *root, *append;
	char **arguments;
	int memory_mib, cpus;
	int kvm; /* enum kvm_use */
	int64_t boot_ms;
	/* over ssh, where there is a user; host_key a file */
	char *ssh_user, *ssh_host_key, *ssh_known_hosts;
	char **ssh_keys;
	/* the reproducer */
	char *repro_file, *repro_command, *repro_check;
	char *repro_cc, **repro_cflags; /* for a file in C */
	bool repro_repeat;
};

/* A real machine; who logs in, its kernel and boot limit are as a guest's. */
struct machine_settings {
	char *host; /* or NULL: there is none */
	int port;
	/* shell commands here, or NULL */
	char *install, *power_cycle, *console, *expected;
	/* there: a path, and shell commands; reboot_command never NULL */
	char *image, *install_there, *reboot_command, *running;
	int reboot; /* enum reboot_when */
};

enum reboot_when {
	REBOOT_EVERY_RUN,
	REBOOT_NEW_KERNEL, /* and after a run that did not end well */
};

/*
 * Builds at once, and how many commits may be built before they are asked for.
 * By the target, where neither is said: kernels that are kept in the cache two,
 * those of a machine one, anything else none.  A command may write where the
 * one before it wrote, and its test would then try another commit.
 */
struct ahead_settings {
	int slots, commits;
};

struct settings {
	enum target target;
	int executor; /* enum executor_kind */
	struct slurm_settings slurm;
	struct ahead_settings ahead;
	struct kernel_settings build;
	struct guest_settings guest;
	struct machine_settings machine;
	char *title;  /* of the bug that is looked for, or NULL */
	char *policy; /* as policy_parse takes it; never NULL */
	enum matching matching;
	enum symptom symptom;
	int confirm; /* are the ends tested first: 0, 1; -1 only until that is
			known */
	int prior;   /* weigh commits by the files they change: likewise */
	char *oops;  /* a file of further rules for crash titles, or NULL */
	struct fixup_specs fixups; /* from the start on */
	char *build_command;	   /* or NULL */
	int64_t build_timeout_ms;
	int64_t build_output_max;
	char *test_command; /* NULL: verdicts are given by hand */
	int64_t test_timeout_ms;
	int64_t test_output_max;
	int64_t test_silence_ms; /* 0: no limit */
	int64_t test_settle_ms;
	int slots;
	enum outcome on_timeout;
	enum reading console;	     /* never READ_BY_POLICY when read */
	char *crash, *ignore, *boot; /* regular expressions, or NULL */
	/* Only for tests of the program itself: a script for run/fake.h. */
	char *fake_script;
};

/*
 * What holds without a file: everything by hand, and git bisect run's
 * policy.
 */
void settings_init(struct settings *settings);
void settings_release(struct settings *settings);

/*
 * settings must be initialised; on failure it is as it was.  folder: what
 * names of files in it are relative to, NULL for the file's own.
 */
int settings_read(struct settings *settings, const char *path,
		  const char *folder, struct error *err);

/*
 * The file with the keys of a real machine, on the heap: the settings' own, or
 * ~/.ssh/known_hosts; NULL when there is no home either.
 */
char *settings_known_hosts(const struct settings *settings);

/* Are kernels kept beside what builds them? */
bool settings_keep_kernels(const struct settings *settings);

/*
 * How many worktrees there may be beside the session's own, for builds ahead:
 * one for each build at once where kernels are kept in the cache, else one for
 * each commit whose build has to stay where it is.
 */
int settings_further(const struct settings *settings);

/* Is there anything that an engine could test with? */
bool settings_can_run(const struct settings *settings);

#endif
