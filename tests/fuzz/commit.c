/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A commit object of any bytes, as somebody's repository may have it: what is
 * read of it lies inside of it.
 */
#include "tests/fuzz/fuzz.h"

#include <git2.h>
#include <git2/sys/mempack.h>

#include "base/error.h"
#include "repo/commit_text.h"

static void check(const struct commit_text *text, const char *bytes,
		  size_t size)
{
	const char *end = bytes + size;
	git_oid parent;

	need(text->author >= bytes && text->author <= end &&
	     text->author_length <= (size_t)(end - text->author));
	need(text->message >= bytes && text->message <= end &&
	     text->message_length == (size_t)(end - text->message));
	need(text->date >= 0 && text->author_date >= 0);
	need(text->parent_count >= 0);
	for (int i = 0; i < text->parent_count; i++)
		git_oid_fromstr(&parent, commit_text_parent(text, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	struct commit_text text;
	git_odb_backend *backend = NULL;
	git_odb_object *object;
	git_odb *odb;
	git_oid id;

	git_libgit2_init();
	need(git_odb_new(&odb) == 0 && git_mempack_new(&backend) == 0);
	need(git_odb_add_backend(odb, backend, 1) == 0);
	need(git_odb_write(&id, odb, data, size, GIT_OBJECT_COMMIT) == 0);
	if (commit_text_read(odb, &id, &object, &text, &err) == 0) {
		check(&text, git_odb_object_data(object),
		      git_odb_object_size(object));
		git_odb_object_free(object);
	} else {
		need(err.text[0]);
	}
	git_odb_free(odb);
	return 0;
}
