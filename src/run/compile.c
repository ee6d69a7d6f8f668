/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/child.h"
#include "run/diagnosis.h"
#include "run/judge.h"
#include "run/program.h"

#define TIMEOUT_MS (300 * 1000)
#define OUTPUT_MAX (1 << 20)

struct compile {
	char *source, *out, *fresh;
	struct child *child;
	struct diagnosis diagnosis;
	void (*done)(void *data, const struct error *err);
	void *data;
};

/* As the kernel calls them, as uname does, and Debian's cross compilers. */
static const struct machine {
	const char *arch, *machine, *cc;
} machines[] = {
	{ "x86_64", "x86_64", "x86_64-linux-gnu-gcc" },
	{ "arm64", "aarch64", "aarch64-linux-gnu-gcc" },
	{ "riscv", "riscv64", "riscv64-linux-gnu-gcc" },
};

bool compile_is_source(const char *name)
{
	return name && str_ends(name, ".c");
}

const char *compile_cc(const char *arch)
{
	struct utsname here;

	if (uname(&here) < 0)
		here.machine[0] = '\0';
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (!str_equal(machines[i].arch, arch))
			continue;
		return str_equal(machines[i].machine, here.machine)
			       ? "gcc"
			       : machines[i].cc;
	}
	return NULL;
}

char **compile_argv(const struct compile_spec *spec)
{
	static const char *const flags[] = { "-static", "-O1", "-pthread", "-w",
					     NULL };
	struct argv argv = ARGV_INIT;

	argv_add(&argv, spec->cc);
	argv_add_all(&argv, flags);
	argv_add(&argv, "-o");
	argv_take(&argv, xasprintf("%s.new", spec->out));
	argv_add(&argv, spec->source);
	argv_add_all(&argv, spec->flags); /* behind, as libraries have to be */
	return argv.items;
}

static void compile_free(struct compile *compile)
{
	diagnosis_release(&compile->diagnosis);
	free(compile->source);
	free(compile->out);
	free(compile->fresh);
	free(compile);
}

static void on_output(void *data, const char *bytes, size_t length)
{
	struct compile *compile = data;

	diagnosis_feed(&compile->diagnosis, bytes, length);
}

static int conclude(struct compile *compile, const struct ending *ending,
		    struct error *err)
{
	struct buf text;
	int ret = 0;

	buf_init(&text, 0);
	diagnosis_end(&compile->diagnosis);
	if (ending->why == CHILD_ASKED)
		ret = error_set(err, ERROR_STATE, "stopped");
	else if (judge_build(ending, &compile->diagnosis, &text) != BUILD_OK)
		ret = error_set(err, ERROR_INPUT, "%.*s",
				(int)strcspn(text.text, "\n"), text.text);
	else if (rename(compile->fresh, compile->out) < 0)
		ret = error_errno(err, "cannot write '%s'", compile->out);
	if (ret < 0) {
		unlink(compile->fresh);
		error_prefix(err, "cannot compile the reproducer '%s'",
			     compile->source);
	}
	buf_release(&text);
	return ret;
}

static void on_end(void *data, enum child_stop why, int exit_status,
		   int64_t duration_ms)
{
	struct compile *compile = data;
	const struct ending ending = { .why = why,
				       .exit_status = exit_status,
				       .timeout_ms = TIMEOUT_MS,
				       .output_max = OUTPUT_MAX };
	struct error err = ERROR_INIT;
	int ret = conclude(compile, &ending, &err);

	(void)duration_ms;
	compile->done(compile->data, ret < 0 ? &err : NULL);
	compile_free(compile);
}

static int need_compiler(const char *cc, struct error *err)
{
	char *path = program_find(cc);
	bool there = path;

	free(path);
	if (there)
		return 0;
	return error_set(err, ERROR_INPUT,
			 "there is no %s to compile the reproducer with: "
			 "install it, or name another with reproducer.cc",
			 cc);
}

static int launch(struct compile *compile, uv_loop_t *loop,
		  const struct compile_spec *spec, struct error *err)
{
	/* the compiler's words are English, for diagnosis.c */
	static const char *const env[] = { "LC_ALL", "LANGUAGE",
					   "LC_MESSAGES=C", NULL };
	char **argv = compile_argv(spec);
	const struct child_spec child = { .keeper = spec->keeper,
					  .argv = (const char *const *)argv,
					  .env = env,
					  .timeout_ms = TIMEOUT_MS,
					  .output_max = OUTPUT_MAX,
					  .on_output = on_output,
					  .on_end = on_end,
					  .data = compile };
	int ret = child_start(loop, &child, &compile->child, err);

	argv_free(argv);
	return ret;
}

/* Of a file: its messages lose it. */
static void begin_diagnosis(struct compile *compile)
{
	const char *slash = strrchr(compile->source, '/');
	char *folder = slash ? xstrndup(compile->source,
					(size_t)(slash - compile->source))
			     : xstrdup(".");

	diagnosis_init(&compile->diagnosis, folder);
	free(folder);
}

int compile_start(uv_loop_t *loop, const struct compile_spec *spec,
		  void (*done)(void *data, const struct error *err), void *data,
		  struct compile **out, struct error *err)
{
	struct compile *compile;

	if (need_compiler(spec->cc, err) < 0)
		return -1;
	compile = xcalloc(1, sizeof(*compile));
	compile->source = xstrdup(spec->source);
	compile->out = xstrdup(spec->out);
	compile->fresh = xasprintf("%s.new", spec->out);
	compile->done = done;
	compile->data = data;
	begin_diagnosis(compile);
	if (launch(compile, loop, spec, err) < 0) {
		compile_free(compile);
		return -1;
	}
	*out = compile;
	return 0;
}

void compile_stop(struct compile *compile)
{
	child_stop(compile->child);
}
