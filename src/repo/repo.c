/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/repo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "engine/oid.h"
#include "repo/gitcmd.h"
#include "repo/handle.h"

/*
 * Not handled: refs/replace and info/grafts.  git honours them, libgit2 does
 * not, so in a repository that has them git may see other parents than we;
 * whoever reads a range is told (commitgraph.c).
 */

int handle_failed(struct error *err)
{
	const git_error *last = git_error_last();

	return error_set(err, ERROR_GIT, "%s",
			 last ? last->message : "unknown libgit2 error");
}

int handle_oid(git_oid *id, const struct oid *oid, struct error *err)
{
	if (strlen(oid->hex) == GIT_OID_HEXSZ &&
	    git_oid_fromstr(id, oid->hex) == 0)
		return 0;
	return error_set(err, ERROR_GIT, "'%s' is not the name of a commit",
			 oid->hex);
}

/*
 * Extensions that do not change how objects and refs are read, but which
 * libgit2 1.5 refuses unless it is told.
 */
static void allow_extensions(void)
{
	static const char *const harmless[] = {
		"worktreeconfig",
		"relativeworktrees",
		"partialclone",
		"preciousobjects",
	};
	const char *names[sizeof(harmless) / sizeof(*harmless)];

	memcpy(names, harmless, sizeof(names));
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names,
			 sizeof(names) / sizeof(*names));
}

/*
 * libgit2 would work out the id of each object that it reads, a fifth of what
 * reading a range costs.  git does not either: what came out of a pack whole
 * has its checksum right, and `git fsck` is there for the rest.
 */
static void trust_objects(void)
{
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

/*
 * Debian's libgit2 reads all of the machine's certificates when it is begun
 * (15 ms, five times what else it does then), for connections that are never
 * made here: what talks to others is git itself.  It takes a file that cannot
 * be read for none.  A libgit2 that has another library for TLS calls nobody
 * here.
 */
struct mbedtls_x509_crt;
int mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain,
				const char *path);

int mbedtls_x509_crt_parse_file(struct mbedtls_x509_crt *chain,
				const char *path)
{
	(void)chain;
	(void)path;
	return -1;
}

static char *without_slash(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return xstrndup(path, length);
}

/* The value of a key in the repository's own config file; NULL: not set. */
static char *config_value(const char *git_dir, const char *key)
{
	char *path = xasprintf("%s/config", git_dir), *value = NULL;
	git_config *config = NULL;
	git_buf text = { NULL, 0, 0 };

	if (git_config_open_ondisk(&config, path) == 0 &&
	    git_config_get_string_buf(&text, config, key) == 0)
		value = xstrdup(text.ptr);
	git_buf_dispose(&text);
	git_config_free(config);
	free(path);
	return value;
}

static bool is_mine(const char *path)
{
	struct stat info;

	return stat(path, &info) < 0 || info.st_uid == geteuid();
}

/*
 * libgit2 found a repository but would not open it: why, and what to do.
 * said is its own reason.
 */
static int explain(const char *git_dir, int code, const struct error *said,
		   struct error *err)
{
	char *format = config_value(git_dir, "extensions.objectformat");
	char *refs = config_value(git_dir, "extensions.refstorage");
	char *place = without_slash(git_dir);
	int top = (int)strlen(place) - (str_ends(place, "/.git") ? 5 : 0);

	if (format && strcasecmp(format, "sha1") != 0)
		error_set(err, ERROR_GIT,
			  "the repository '%s' names its objects by %s, "
			  "which libgit2 cannot read; convert it to SHA-1",
			  place, format);
	else if (refs && strcasecmp(refs, "files") != 0)
		error_set(err, ERROR_GIT,
			  "the repository '%s' keeps its refs as %s, which "
			  "libgit2 cannot read; use 'git refs migrate "
			  "--ref-format=files'",
			  place, refs);
	else if (code == GIT_EOWNER || !is_mine(git_dir))
		error_set(err, ERROR_GIT,
			  "the repository '%s' belongs to somebody else; if "
			  "you trust it: git config --global --add "
			  "safe.directory '%.*s'",
			  place, top, place);
	else
		error_set(err, ERROR_GIT, "cannot open the repository '%s': %s",
			  place, said->text);
	free(place);
	free(refs);
	free(format);
	return -1;
}

static int open_failed(const char *path, int code, struct error *err)
{
	git_buf found = { NULL, 0, 0 };
	struct error said = ERROR_INIT;
	int ret;

	handle_failed(&said);
	if (access(path, F_OK) < 0)
		return error_errno(err, "cannot open '%s'", path);
	if (git_repository_discover(&found, path, 0, NULL) == 0) {
		ret = explain(found.ptr, code, &said, err);
		git_buf_dispose(&found);
		return ret;
	}
	if (code == GIT_ENOTFOUND)
		return error_set(err, ERROR_GIT,
				 "'%s' is not in a git repository", path);
	return error_set(err, ERROR_GIT, "cannot open '%s': %s", path,
			 said.text);
}

int repo_open(const char *path, struct repo **out, struct error *err)
{
	git_repository *git = NULL;
	struct repo *repo;
	int code;

	git_libgit2_init();
	allow_extensions();
	trust_objects();
	code = git_repository_open_ext(&git, path, 0, NULL);
	if (code < 0) {
		open_failed(path, code, err);
		git_libgit2_shutdown();
		return -1;
	}
	repo = xcalloc(1, sizeof(*repo));
	repo->git = git;
	repo->common_dir = without_slash(git_repository_commondir(git));
	if (git_repository_workdir(git))
		repo->workdir = without_slash(git_repository_workdir(git));
	*out = repo;
	return 0;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->git);
	free(repo->common_dir);
	free(repo->workdir);
	free(repo->misled);
	free(repo);
	git_libgit2_shutdown();
}

const char *repo_common_dir(const struct repo *repo)
{
	return repo->common_dir;
}

char *repo_git_dir(const struct repo *repo)
{
	const char *path = git_repository_path(repo->git);
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return xstrndup(path, length);
}

const char *repo_workdir(const struct repo *repo)
{
	return repo->workdir;
}

int repo_tree(struct repo *repo, const struct oid *commit, struct oid *out,
	      struct error *err)
{
	git_commit *object = NULL;
	git_oid id;

	if (handle_oid(&id, commit, err) < 0)
		return -1;
	if (git_commit_lookup(&object, repo->git, &id) < 0) {
		handle_failed(err);
		return error_prefix(err, "cannot read %s", commit->hex);
	}
	git_oid_tostr(out->hex, sizeof(out->hex), git_commit_tree_id(object));
	git_commit_free(object);
	return 0;
}

static int peel(git_object **commit, git_object *object, struct error *err)
{
	git_object *inner = NULL;
	git_object_t type = git_object_type(object);

	if (git_object_peel(commit, object, GIT_OBJECT_COMMIT) == 0)
		return 0;
	if (type == GIT_OBJECT_TAG &&
	    git_object_peel(&inner, object, GIT_OBJECT_ANY) == 0) {
		type = git_object_type(inner);
		git_object_free(inner);
	}
	return error_set(err, ERROR_GIT, "it is a %s, not a commit",
			 git_object_type2string(type));
}

/*
 * ":/text" and "X^{/text}" search through commit messages, where libgit2 1.5
 * loses 10 kB of memory with each message.  So git looks for those.
 */
static bool is_search(const char *spec)
{
	return str_starts(spec, ":/") || strstr(spec, "^{/");
}

static int ask_git(struct repo *repo, const char *spec, git_object **object,
		   struct error *err)
{
	char *dir = xasprintf("--git-dir=%s", git_repository_path(repo->git));
	const char *argv[] = { dir, "rev-parse", "--verify", spec, NULL };
	struct buf out;
	int ret = -1;

	buf_init(&out, 0);
	if (gitcmd_run(&(struct gitcmd){ .argv = argv, .output = &out }, err) <
	    0)
		goto out;
	out.text[strcspn(out.text, "\n")] = '\0';
	if (git_revparse_single(object, repo->git, out.text) < 0)
		handle_failed(err);
	else
		ret = 0;
out:
	buf_release(&out);
	free(dir);
	return ret;
}

/* git also understands "@~3" and a few others that libgit2 does not. */
static int find(struct repo *repo, const char *spec, git_object **object,
		struct error *err)
{
	if (*spec != '-' && is_search(spec))
		return ask_git(repo, spec, object, err);
	if (git_revparse_single(object, repo->git, spec) == 0)
		return 0;
	handle_failed(err);
	return *spec == '-' ? -1 : ask_git(repo, spec, object, NULL);
}

int repo_resolve(struct repo *repo, const char *spec, struct oid *oid,
		 struct error *err)
{
	git_object *object = NULL, *commit = NULL;
	int ret = -1;

	if (find(repo, spec, &object, err) < 0)
		goto out;
	if (peel(&commit, object, err) < 0)
		goto out;
	git_oid_tostr(oid->hex, sizeof(oid->hex), git_object_id(commit));
	ret = 0;
out:
	if (ret < 0)
		error_prefix(err, "cannot resolve '%s'", spec);
	git_object_free(commit);
	git_object_free(object);
	return ret;
}

int repo_resolve_range(struct repo *repo, const char *spec, struct oid *from,
		       struct oid *to, struct error *err)
{
	const char *dots = strstr(spec, "..");
	struct oid first, second;
	char *left;
	int ret;

	if (!dots || dots[2] == '.')
		return error_set(err, ERROR_INPUT,
				 "'%s' is not a range: A..B is wanted", spec);
	left = xstrndup(spec, (size_t)(dots - spec));
	ret = repo_resolve(repo, *left ? left : "HEAD", &first, err);
	free(left);
	if (ret < 0)
		return -1;
	if (repo_resolve(repo, dots[2] ? dots + 2 : "HEAD", &second, err) < 0)
		return -1;
	*from = first;
	*to = second;
	return 0;
}

/* libgit2 looks in the git dir, which for a linked worktree is not the one. */
bool repo_is_shallow(struct repo *repo)
{
	char *path = xasprintf("%s/shallow", repo->common_dir);
	struct stat info;
	bool found = stat(path, &info) == 0 && info.st_size > 0;

	free(path);
	return found;
}

bool repo_is_changed(struct repo *repo)
{
	git_status_options options;
	git_status_list *list = NULL;
	bool changed;

	if (!repo->workdir)
		return false;
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (git_status_list_new(&list, repo->git, &options) < 0)
		return false;
	changed = git_status_list_entrycount(list) > 0;
	git_status_list_free(list);
	return changed;
}
