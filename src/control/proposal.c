/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/proposal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/begin.h"
#include "control/desk.h"
#include "control/orders.h"
#include "control/passing.h"
#include "control/preflight.h"
#include "control/settings.h"
#include "engine/oid.h"
#include "engine/suspects.h"
#include "engine/verdict.h"
#include "repo/reach.h"
#include "repo/repo.h"
#include "repo/show.h"
#include "repo/tags.h"
#include "session/session.h"

static const struct {
	const char *name, *says;
} targets[] = {
	[TARGET_COMMAND] = { "command", "anything that shell commands build "
					"and test" },
	[TARGET_UML] = { "uml", "kernels as programs of this machine" },
	[TARGET_QEMU] = { "qemu", "kernels in virtual machines" },
	[TARGET_MACHINE] = { "ssh", "kernels on a real machine" },
};

enum { TARGETS = sizeof(targets) / sizeof(*targets) };

/* For each field that only some targets have: which. */
static const unsigned asked_by[PROPOSAL_FIELDS] = {
	[PROPOSAL_BUILD] = 1u << TARGET_COMMAND,
	[PROPOSAL_CONFIG] =
		1u << TARGET_UML | 1u << TARGET_QEMU | 1u << TARGET_MACHINE,
	[PROPOSAL_INITRD] = 1u << TARGET_UML | 1u << TARGET_QEMU,
	[PROPOSAL_HOST] = 1u << TARGET_MACHINE,
	[PROPOSAL_INSTALL] = 1u << TARGET_MACHINE,
	[PROPOSAL_KEY] = 1u << TARGET_QEMU | 1u << TARGET_MACHINE,
	[PROPOSAL_TEST] = 1u << TARGET_COMMAND,
	[PROPOSAL_REPRO] = 1u << TARGET_QEMU | 1u << TARGET_MACHINE,
	[PROPOSAL_POLICY] = 1u << TARGET_COMMAND,
};

static char *kept_path(const struct repo *repo)
{
	return repo_workdir(repo)
		       ? xasprintf("%s/culprit.cfg", repo_workdir(repo))
		       : NULL;
}

void proposal_init(struct proposal *proposal, const struct repo *repo)
{
	char *path = kept_path(repo);

	memset(proposal, 0, sizeof(*proposal));
	str_copy(proposal->values[PROPOSAL_BAD], PROPOSAL_TEXT, "HEAD");
	if (path && access(path, F_OK) == 0)
		str_copy(proposal->values[PROPOSAL_SETTINGS], PROPOSAL_TEXT,
			 path);
	free(path);
}

const char *proposal_target(const struct proposal *proposal)
{
	return targets[proposal->target].name;
}

void proposal_turn_target(struct proposal *proposal, int by)
{
	proposal->target = (proposal->target + by + TARGETS) % TARGETS;
}

static const char *value(const struct proposal *proposal,
			 enum proposal_field field)
{
	return proposal->values[field];
}

bool proposal_asks(const struct proposal *proposal, enum proposal_field field)
{
	if (field <= PROPOSAL_SETTINGS)
		return true;
	if (*value(proposal, PROPOSAL_SETTINGS))
		return false;
	return field == PROPOSAL_TARGET || field == PROPOSAL_KEEP ||
	       (asked_by[field] & 1u << proposal->target);
}

/* Without any of that a person tests by hand, and there are no settings. */
static bool has_settings(const struct proposal *proposal)
{
	return proposal->target != TARGET_COMMAND ||
	       *value(proposal, PROPOSAL_BUILD) ||
	       *value(proposal, PROPOSAL_TEST);
}

/*
 * The settings as text.
 */

/* As a shell has it: ~ is at home.  The caller frees. */
static char *path_of(const char *name)
{
	const char *home = getenv("HOME");

	if (str_starts(name, "~/") && !str_empty(home))
		return xasprintf("%s%s", home, name + 1);
	return xstrdup(name);
}

/* A file's name, from wherever one looks. */
static void add_file(const char *name, struct buf *out)
{
	char *path = path_of(name), *full = realpath(path, NULL);

	passing_add_string(full ? full : path, out);
	free(full);
	free(path);
}

static void add_key(const struct proposal *proposal, enum proposal_field field,
		    const char *key, bool file, struct buf *out)
{
	const char *text = value(proposal, field);

	if (!*text || !proposal_asks(proposal, field))
		return;
	buf_printf(out, "\t%s = ", key);
	if (file)
		add_file(text, out);
	else
		passing_add_string(text, out);
	buf_puts(out, ";\n");
}

static void write_settings(const struct proposal *proposal, struct buf *out)
{
	buf_printf(
		out,
		"# see culprit.cfg(5) for all there is\n\ntarget = \"%s\";\n",
		proposal_target(proposal));
	if (proposal->target != TARGET_COMMAND ||
	    *value(proposal, PROPOSAL_BUILD)) {
		buf_puts(out, "build = {\n");
		add_key(proposal, PROPOSAL_BUILD, "command", false, out);
		add_key(proposal, PROPOSAL_CONFIG, "config", true, out);
		buf_puts(out, "};\n");
	}
	if (proposal->target == TARGET_UML || proposal->target == TARGET_QEMU) {
		buf_puts(out, "guest = {\n");
		add_key(proposal, PROPOSAL_INITRD, "initrd", true, out);
		if (proposal->target == TARGET_QEMU)
			buf_puts(out, "\tappend = \"ip=dhcp\";\n");
		buf_puts(out, "};\n");
	}
	if (proposal->target == TARGET_MACHINE) {
		buf_puts(out, "machine = {\n");
		add_key(proposal, PROPOSAL_HOST, "host", false, out);
		add_key(proposal, PROPOSAL_INSTALL, "install", false, out);
		buf_puts(out, "};\n");
	}
	if (*value(proposal, PROPOSAL_KEY) &&
	    proposal_asks(proposal, PROPOSAL_KEY)) {
		buf_puts(out, "ssh = {\n\tuser = \"root\";\n\tkeys = [ ");
		add_file(value(proposal, PROPOSAL_KEY), out);
		buf_puts(out, " ];\n};\n");
	}
	if (*value(proposal, PROPOSAL_REPRO) &&
	    proposal_asks(proposal, PROPOSAL_REPRO)) {
		buf_puts(out, "reproducer = {\n");
		add_key(proposal, PROPOSAL_REPRO, "file", true, out);
		buf_puts(out, "\trepeat = true;\n};\n");
	}
	if (*value(proposal, PROPOSAL_TEST) &&
	    proposal_asks(proposal, PROPOSAL_TEST)) {
		buf_puts(out, "test = {\n");
		add_key(proposal, PROPOSAL_TEST, "command", false, out);
		buf_puts(out, "};\n");
	}
	if (*value(proposal, PROPOSAL_POLICY) &&
	    proposal_asks(proposal, PROPOSAL_POLICY)) {
		buf_puts(out, "policy = ");
		passing_add_string(value(proposal, PROPOSAL_POLICY), out);
		buf_puts(out, ";\n");
	}
}

static int write_to(const struct proposal *proposal, int fd, const char *path,
		    struct error *err)
{
	struct buf text;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int ret = 0;

	buf_init(&text, 0);
	write_settings(proposal, &text);
	if (!file || (fwrite(text.text, 1, text.length, file) != text.length) |
			     fclose(file))
		ret = error_errno(err, "cannot write '%s'", path);
	buf_release(&text);
	return ret;
}

/* In a file that is to be removed; the caller frees its name. */
static int write_passing(const struct proposal *proposal, char **path,
			 struct error *err)
{
	struct buf text;
	int ret;

	buf_init(&text, 0);
	write_settings(proposal, &text);
	ret = passing_write(&text, path, err);
	buf_release(&text);
	return ret;
}

/*
 * Checks.
 */

static void say(struct proposal_checks *checks, enum proposal_field field,
		enum proposal_finding finding, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void say(struct proposal_checks *checks, enum proposal_field field,
		enum proposal_finding finding, const char *format, ...)
{
	va_list args;

	checks->fields[field].finding = finding;
	va_start(args, format);
	vsnprintf(checks->fields[field].text,
		  sizeof(checks->fields[field].text), format, args);
	va_end(args);
}

static bool check_bad(const struct proposal *proposal, struct repo *repo,
		      struct proposal_checks *checks, struct oid *bad)
{
	static const char *const options[] = { "--no-patch", "--format=%s",
					       NULL };
	struct error err = ERROR_INIT;
	struct buf subject;

	if (!*value(proposal, PROPOSAL_BAD)) {
		say(checks, PROPOSAL_BAD, PROPOSAL_OPEN,
		    "a revision that has the bug: HEAD, v6.8, an id");
		return false;
	}
	if (repo_resolve(repo, value(proposal, PROPOSAL_BAD), bad, &err) < 0) {
		say(checks, PROPOSAL_BAD, PROPOSAL_WRONG, "%s", err.text);
		return false;
	}
	buf_init(&subject, 4096);
	show_commit(repo, bad->hex, options, &subject, NULL);
	say(checks, PROPOSAL_BAD, PROPOSAL_OK, "%.*s  %.*s", OID_SHORT,
	    bad->hex, (int)strcspn(subject.text, "\n"), subject.text);
	buf_release(&subject);
	return true;
}

static void check_releases(struct repo *repo, const struct oid *bad,
			   struct proposal_checks *checks)
{
	struct error err = ERROR_INIT;
	struct tag *tags = NULL;
	int count = 0;

	if (tags_releases(repo, bad, &tags, &count, &err) < 0)
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG, "%s", err.text);
	else if (count == 0)
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG,
		    "a good revision is needed: there is no release tag "
		    "(vX.Y) to walk back to");
	else
		say(checks, PROPOSAL_GOOD, PROPOSAL_OK,
		    "empty: back over %d release%s, %s first", count,
		    count == 1 ? "" : "s", tags[0].name);
	tags_free(tags, count);
}

/* How a good revision lies to the bad one: the farthest of all. */
enum lies { LIES_BEHIND, LIES_BESIDE, LIES_APART };

/* One good revision; false: said why not. */
static bool check_one(struct repo *repo, const struct oid *bad,
		      const char *word, struct oid *good, enum lies *lies,
		      struct proposal_checks *checks)
{
	struct error err = ERROR_INIT;
	bool behind = false, ahead = false, related = true;

	if (repo_resolve(repo, word, good, &err) < 0) {
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG, "%s", err.text);
		return false;
	}
	if (oid_equal(good, bad)) {
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG,
		    "%s is the bad commit itself", word);
		return false;
	}
	if (reach_ancestor(repo, good, bad, &behind, &err) < 0 ||
	    (!behind && (reach_ancestor(repo, bad, good, &ahead, &err) < 0 ||
			 reach_related(repo, bad, good, &related, &err) < 0))) {
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG, "%s", err.text);
		return false;
	}
	if (ahead) {
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG,
		    "the bad commit is an ancestor of %s: maybe you mistook "
		    "them",
		    word);
		return false;
	}
	if (!related)
		*lies = LIES_APART;
	else if (!behind && *lies == LIES_BEHIND)
		*lies = LIES_BESIDE;
	return true;
}

static void check_good(const struct proposal *proposal, struct repo *repo,
		       const struct oid *bad, struct proposal_checks *checks)
{
	char *words = xstrdup(value(proposal, PROPOSAL_GOOD)), *rest = words;
	struct oid goods[PROPOSAL_TEXT / 2];
	struct error err = ERROR_INIT;
	int count = 0, commits = 0;
	static const char *const remarks[] = {
		[LIES_BEHIND] = "",
		[LIES_BESIDE] = ("; no ancestor of bad: their merge base is "
				 "tested first"),
		[LIES_APART] = "; no merge base with bad, unrelated histories",
	};
	enum lies lies = LIES_BEHIND;
	bool fine = true;
	char *word;

	while (fine && (word = strsep(&rest, " ")))
		if (*word)
			fine = check_one(repo, bad, word, &goods[count++],
					 &lies, checks);
	free(words);
	if (!fine)
		return;
	if (count == 0)
		check_releases(repo, bad, checks);
	else if (reach_count(repo, bad, goods, count, &commits, &err) < 0)
		say(checks, PROPOSAL_GOOD, PROPOSAL_WRONG, "%s", err.text);
	else
		say(checks, PROPOSAL_GOOD,
		    lies == LIES_BEHIND ? PROPOSAL_OK : PROPOSAL_NOTE,
		    "%d commit%s, ~%d steps%s", commits,
		    commits == 1 ? "" : "s", suspects_steps(commits),
		    remarks[lies]);
}

struct first {
	struct proposal_checks *checks;
	enum proposal_field field;
};

static void tell_first(void *data, enum finding finding, const char *text)
{
	const struct first *first = data;

	if (finding == FINDING_WRONG &&
	    first->checks->fields[first->field].finding == PROPOSAL_OK)
		say(first->checks, first->field, PROPOSAL_NOTE, "%s", text);
}

/* A file of settings, the user's or ours, is said to be right at `field`. */
static void check_settings(const char *path, struct repo *repo,
			   struct proposal_checks *checks,
			   enum proposal_field field)
{
	struct first first = { checks, field };
	struct error err = ERROR_INIT;
	struct settings settings;

	settings_init(&settings);
	if (settings_read(&settings, path, NULL, &err) < 0) {
		say(checks, field, PROPOSAL_WRONG, "%s",
		    field == PROPOSAL_TARGET
			    ? passing_without_place(err.text, path)
			    : err.text);
	} else {
		say(checks, field, PROPOSAL_OK, "%s%s",
		    targets[settings.target].says,
		    settings_can_run(&settings) ? "" : "; tested by hand");
		preflight(&settings, repo, tell_first, &first);
	}
	settings_release(&settings);
}

static void check_file(const struct proposal *proposal,
		       enum proposal_field field,
		       struct proposal_checks *checks, const char *what)
{
	char *path = path_of(value(proposal, field)), size[24];
	struct stat st;

	if (!*path)
		say(checks, field, PROPOSAL_OPEN, "%s", what);
	else if (stat(path, &st) < 0)
		say(checks, field, PROPOSAL_WRONG, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		say(checks, field, PROPOSAL_WRONG, "that is no file");
	else
		say(checks, field, PROPOSAL_OK, "%s",
		    str_size(size, st.st_size));
	free(path);
}

static void check_words(const struct proposal *proposal,
			enum proposal_field field,
			struct proposal_checks *checks, const char *what)
{
	if (*value(proposal, field))
		say(checks, field, PROPOSAL_OK, "%s", "");
	else
		say(checks, field, PROPOSAL_OPEN, "%s", what);
}

static void check_policy(const struct proposal *proposal,
			 struct proposal_checks *checks)
{
	const char *text = value(proposal, PROPOSAL_POLICY);
	struct policy policy;

	if (!*text)
		say(checks, PROPOSAL_POLICY, PROPOSAL_OPEN,
		    "empty: one run a commit; adaptive: more, for a flaky "
		    "bug");
	else if (policy_parse(&policy, text, NULL) < 0)
		say(checks, PROPOSAL_POLICY, PROPOSAL_WRONG,
		    "adaptive, strict, syzkaller or exit-code");
	else
		say(checks, PROPOSAL_POLICY, PROPOSAL_OK, "%s", "");
}

static void check_written(const struct proposal *proposal, struct repo *repo,
			  struct proposal_checks *checks)
{
	struct error err = ERROR_INIT;
	char *path;

	if (!has_settings(proposal)) {
		say(checks, PROPOSAL_TARGET, PROPOSAL_OK, "%s",
		    targets[proposal->target].says);
		return;
	}
	if (checks->fields[PROPOSAL_POLICY].finding == PROPOSAL_WRONG)
		return; /* once is enough */
	if (write_passing(proposal, &path, &err) < 0) {
		say(checks, PROPOSAL_TARGET, PROPOSAL_WRONG, "%s", err.text);
		return;
	}
	check_settings(path, repo, checks, PROPOSAL_TARGET);
	unlink(path);
	free(path);
}

static void check_keep(const struct proposal *proposal, struct repo *repo,
		       struct proposal_checks *checks)
{
	char *path = kept_path(repo);

	if (!proposal->keep)
		say(checks, PROPOSAL_KEEP, PROPOSAL_OPEN,
		    "write culprit.cfg into the checkout");
	else if (!path)
		say(checks, PROPOSAL_KEEP, PROPOSAL_WRONG,
		    "a bare repository has no checkout to keep it in");
	else if (!has_settings(proposal))
		say(checks, PROPOSAL_KEEP, PROPOSAL_WRONG,
		    "there is nothing to keep");
	else if (access(path, F_OK) == 0)
		say(checks, PROPOSAL_KEEP, PROPOSAL_WRONG,
		    "culprit.cfg is there already");
	else
		say(checks, PROPOSAL_KEEP, PROPOSAL_OK, "%s", path);
	free(path);
}

void proposal_check(const struct proposal *proposal, struct repo *repo,
		    struct proposal_checks *out)
{
	struct oid bad;

	memset(out, 0, sizeof(*out));
	if (check_bad(proposal, repo, out, &bad))
		check_good(proposal, repo, &bad, out);
	if (*value(proposal, PROPOSAL_SETTINGS)) {
		char *path = path_of(value(proposal, PROPOSAL_SETTINGS));

		check_settings(path, repo, out, PROPOSAL_SETTINGS);
		free(path);
		return;
	}
	say(out, PROPOSAL_SETTINGS, PROPOSAL_OPEN,
	    "a file, or what stands below");
	check_words(proposal, PROPOSAL_BUILD, out,
		    "a shell command, if anything has to be built");
	check_file(proposal, PROPOSAL_CONFIG, out,
		   "a kernel's .config; make completes it");
	check_file(proposal, PROPOSAL_INITRD, out,
		   "an initramfs, as mkinitramfs of culprit makes one");
	check_words(proposal, PROPOSAL_HOST, out, "its name or address");
	check_words(proposal, PROPOSAL_INSTALL, out,
		    "a shell command here that puts the kernel there");
	check_file(proposal, PROPOSAL_KEY, out, "of root there, for ssh");
	check_words(proposal, PROPOSAL_TEST, out,
		    "a shell command, 0 for good; empty: you test by hand");
	check_file(proposal, PROPOSAL_REPRO, out,
		   "a program or a script that shows the bug");
	check_policy(proposal, out);
	check_written(proposal, repo, out);
	check_keep(proposal, repo, out);
}

/*
 * The beginning.
 */

/* Where the settings are, a file of ours or the user's; NULL: there are none. */
static int settle_settings(const struct proposal *proposal, struct repo *repo,
			   char **path, bool *remove, struct error *err)
{
	int ret;

	*path = NULL;
	*remove = false;
	if (*value(proposal, PROPOSAL_SETTINGS)) {
		*path = path_of(value(proposal, PROPOSAL_SETTINGS));
		return 0;
	}
	if (!has_settings(proposal))
		return 0;
	*remove = true;
	if (!proposal->keep)
		return write_passing(proposal, path, err);
	*path = kept_path(repo);
	if (!*path)
		return error_set(err, ERROR_INPUT,
				 "a bare repository has no checkout to keep "
				 "culprit.cfg in");
	ret = write_to(proposal,
		       open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			    0644),
		       *path, err);
	if (ret < 0) {
		free(*path);
		*path = NULL;
	}
	return ret;
}

int proposal_begin(const struct proposal *proposal, struct repo *repo,
		   const char *who, struct session **out, struct error *err)
{
	char *words = xstrdup(value(proposal, PROPOSAL_GOOD)), *rest = words;
	const char *goods[PROPOSAL_TEXT / 2];
	struct begin begin = { .bad = value(proposal, PROPOSAL_BAD),
			       .goods = goods,
			       .who = who };
	bool remove = false;
	char *path = NULL, *word;
	struct buf said;
	int ret = -1;

	buf_init(&said, 0);
	while ((word = strsep(&rest, " ")))
		if (*word)
			goods[begin.good_count++] = word;
	if (!*begin.bad) {
		error_set(err, ERROR_INPUT, "a bad revision is needed");
		goto out;
	}
	if (settle_settings(proposal, repo, &path, &remove, err) < 0)
		goto out;
	begin.settings = path;
	ret = begin_session(repo, &begin, out, err);
	if (ret < 0 && err && path && remove && !proposal->keep) {
		struct error whole = *err;

		str_copy(err->text, sizeof(err->text),
			 passing_without_place(whole.text, path));
	}
	if (path && remove && (ret < 0 || !proposal->keep))
		unlink(path);
	if (ret == 0 && !desk_can_run(*out) &&
	    orders_begin(*out, repo, &said, err) < 0) {
		session_close(*out);
		*out = NULL;
		ret = -1;
	}
out:
	buf_release(&said);
	free(path);
	free(words);
	return ret;
}
