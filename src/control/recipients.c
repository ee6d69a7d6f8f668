/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/recipients.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/gitenv.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/maintainers.h"
#include "repo/people.h"
#include "repo/repo.h"
#include "repo/show.h"
#include "run/child.h"

#define SCRIPT	   "scripts/get_maintainer.pl"
#define COMMAND	   "./scripts/get_maintainer.pl"
#define OUTPUT_MAX (256 * 1024)
#define PATCH_MAX  (16 * 1024 * 1024)
#define ENOUGH	   3 /* whom the script must name at least */

/* One run of the script. */
struct asking {
	const struct recipients_spec *spec;
	struct buf output;
	struct child_answer answer;
};

/* As `git show` prints it, whatever the user's configuration says. */
static int read_patch(const struct recipients_spec *spec, struct buf *out,
		      struct error *err)
{
	static const char *const options[] = {
		"--src-prefix=a/",
		"--dst-prefix=b/",
		NULL,
	};

	return show_commit(spec->repo, spec->commit->hex, options, out, err);
}

static int write_patch(const struct recipients_spec *spec, char **path,
		       struct error *err)
{
	const char *tmp = getenv("TMPDIR");
	struct buf patch;
	FILE *file;
	int fd, ret = -1;

	*path = NULL;
	buf_init(&patch, PATCH_MAX);
	if (read_patch(spec, &patch, err) < 0)
		goto out;
	*path = xasprintf("%s/culprit-patch.XXXXXX",
			  str_empty(tmp) ? "/tmp" : tmp);
	fd = mkstemp(*path);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		error_errno(err, "cannot write '%s'", *path);
	else if ((fwrite(patch.text, 1, patch.length, file) != patch.length) |
		 fclose(file))
		error_errno(err, "cannot write '%s'", *path);
	else
		ret = 0;
	if (!file && fd >= 0)
		close(fd);
out:
	buf_release(&patch);
	return ret;
}

static int run_script(struct asking *asking, const char *patch, bool blame,
		      struct error *err)
{
	const struct recipients_spec *spec = asking->spec;
	const char *argv[] = { COMMAND,
			       "--multiline",
			       "--rolestats",
			       "--git-min-percent=20",
			       blame ? "--git-blame" : patch,
			       blame ? patch : NULL,
			       NULL };
	const struct child_spec child = {
		.keeper = spec->keeper,
		.argv = argv,
		.env = gitenv_names,
		.cwd = repo_workdir(spec->repo),
		.timeout_ms = spec->timeout_ms,
		.output_max = OUTPUT_MAX,
	};

	asking->answer.said = &asking->output;
	return child_wait(&child, &asking->answer, err);
}

/* The last line that says something: programs put the reason there. */
static const char *last_line(struct buf *output)
{
	char *at;

	while (output->length && output->text[output->length - 1] <= ' ' &&
	       output->text[output->length - 1] >= '\0')
		output->text[--output->length] = '\0';
	at = strrchr(output->text, '\n');
	return at ? at + 1 : output->text;
}

static void say_why(struct asking *asking, struct buf *notes)
{
	buf_puts(notes, SCRIPT);
	if (asking->answer.why == CHILD_TIME)
		buf_printf(notes, " did not end within %d seconds",
			   (int)(asking->spec->timeout_ms / 1000));
	else if (asking->answer.why == CHILD_OUTPUT)
		buf_printf(notes, " wrote more than %d KiB", OUTPUT_MAX / 1024);
	else
		buf_printf(notes, " failed: %.300s",
			   last_line(&asking->output));
	buf_puts(notes, ": nobody is taken from it\n");
}

/* Whom one run names; a run that went wrong names nobody. */
static size_t ask(const struct recipients_spec *spec, const char *patch,
		  bool blame, struct people *people, struct buf *notes)
{
	struct asking asking = { .spec = spec };
	struct error err = ERROR_INIT;
	size_t count = 0;

	buf_init(&asking.output, OUTPUT_MAX);
	if (run_script(&asking, patch, blame, &err) < 0)
		buf_printf(notes, "%s\n", err.text);
	else if (asking.answer.why != CHILD_RAN ||
		 asking.answer.exit_status != 0)
		say_why(&asking, notes);
	else
		count = maintainers_parse(asking.output.text,
					  asking.output.length, people);
	buf_release(&asking.output);
	return asking.answer.ended ? count : 0;
}

static void ask_script(const struct recipients_spec *spec,
		       struct people *people, struct buf *notes)
{
	struct error err = ERROR_INIT;
	size_t said = notes->length, count;
	char *patch;

	if (write_patch(spec, &patch, &err) < 0) {
		buf_printf(notes, "%s\n", err.text);
	} else {
		count = ask(spec, patch, false, people, notes);
		/* as syzkaller: then those whose lines it touched */
		if (count < ENOUGH && notes->length == said)
			count += ask(spec, patch, true, people, notes);
		if (count == 0 && notes->length == said)
			buf_puts(notes, SCRIPT " names nobody\n");
	}
	if (patch)
		unlink(patch);
	free(patch);
}

static bool has_script(const struct repo *repo)
{
	char *path;
	bool has;

	if (!repo_workdir(repo))
		return false;
	path = xasprintf("%s/" SCRIPT, repo_workdir(repo));
	has = access(path, F_OK) == 0;
	free(path);
	return has;
}

void recipients_find(const struct recipients_spec *spec, struct people *people,
		     struct buf *notes)
{
	struct error err = ERROR_INIT;

	if (maintainers_of_commit(spec->repo, spec->commit, people, &err) < 0) {
		buf_printf(notes, "%s\n", err.text);
		return;
	}
	if (spec->script && has_script(spec->repo))
		ask_script(spec, people, notes);
}
