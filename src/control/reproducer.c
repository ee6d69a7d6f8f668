/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/reproducer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/settings.h"
#include "run/compile.h"
#include "run/digest.h"
#include "run/recorder.h"

#define SOURCE_MAX (16 * 1024 * 1024)

bool reproducer_is_source(const struct settings *settings)
{
	return compile_is_source(settings->guest.repro_file);
}

static char *compiled(const char *session)
{
	return xasprintf("%s/reproducer", session);
}

/* What it was made of. */
static char *note_path(const char *session)
{
	return xasprintf("%s/reproducer.from", session);
}

char *reproducer_file(const struct settings *settings, const char *session)
{
	return reproducer_is_source(settings)
		       ? compiled(session)
		       : xstrdup_null(settings->guest.repro_file);
}

const char *reproducer_cc(const struct settings *settings, struct error *err)
{
	const char *cc = settings->guest.repro_cc;

	if (!cc)
		cc = compile_cc(settings->build.arch);
	if (!cc)
		error_set(err, ERROR_INPUT,
			  "how a reproducer is compiled for '%s' is not known "
			  "here: name a compiler with reproducer.cc",
			  settings->build.arch);
	return cc;
}

static int add_file(const char *path, struct buf *out, struct error *err)
{
	if (io_load(path, out, err) < 0)
		return -1;
	if (out->cut)
		return error_set(err, ERROR_INPUT, "'%s' is too large", path);
	return 0;
}

/* The command, and the source by its hash, as a text. */
static int make_note(const struct compile_spec *spec, struct buf *note,
		     struct error *err)
{
	char hash[DIGEST_HEX + 1], **argv;
	struct buf source;
	int ret;

	buf_init(&source, SOURCE_MAX);
	ret = add_file(spec->source, &source, err);
	buf_printf(note, "%s\n", digest_of(source.text, source.length, hash));
	buf_release(&source);
	argv = compile_argv(spec);
	for (char **word = argv; *word; word++)
		buf_printf(note, "%s\n", *word);
	argv_free(argv);
	return ret;
}

static int make_spec(const struct settings *settings, const char *out,
		     struct compile_spec *spec, struct error *err)
{
	const struct guest_settings *guest = &settings->guest;

	*spec = (struct compile_spec){
		.cc = reproducer_cc(settings, err),
		.flags = (const char *const *)guest->repro_cflags,
		.source = guest->repro_file,
		.out = out,
	};
	return spec->cc ? 0 : -1;
}

static bool is_noted(const char *session, const struct buf *note)
{
	char *path = note_path(session);
	struct buf old;
	bool same;

	buf_init(&old, SOURCE_MAX);
	same = add_file(path, &old, NULL) == 0 &&
	       str_equal(old.text, note->text);
	buf_release(&old);
	free(path);
	return same;
}

/*
 * Before it is compiled, and without the one before: a file that is edited in
 * between is compiled once more than needed, and not once too seldom.
 */
static int write_note(const char *session, const char *file,
		      const struct buf *note, struct error *err)
{
	char *path = note_path(session);
	struct recorder record = { .fd = -1 };
	int ret = -1;

	unlink(file);
	if (recorder_open(&record, path, true, err) == 0)
		ret = recorder_write(&record, note->text, note->length, err);
	recorder_close(&record);
	free(path);
	return ret;
}

int reproducer_prepare(uv_loop_t *loop, const struct settings *settings,
		       const char *program, const char *session,
		       void (*done)(void *data, const struct error *err),
		       void *data, struct compile **out, struct error *err)
{
	struct compile_spec spec;
	char *file = compiled(session);
	struct buf note;
	int ret = -1;

	buf_init(&note, 0);
	*out = NULL;
	if (!reproducer_is_source(settings)) {
		ret = 0;
		goto out;
	}
	if (make_spec(settings, file, &spec, err) < 0 ||
	    make_note(&spec, &note, err) < 0)
		goto out;
	spec.keeper = program;
	if (access(file, X_OK) == 0 && is_noted(session, &note))
		ret = 0;
	else if (write_note(session, file, &note, err) == 0)
		ret = compile_start(loop, &spec, done, data, out, err);
out:
	buf_release(&note);
	free(file);
	return ret;
}
