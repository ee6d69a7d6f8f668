/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/gitenv.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

/* git rev-parse --local-env-vars, but for what sets its configuration. */
const char *const gitenv_names[] = {
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_CEILING_DIRECTORIES",
	"GIT_COMMON_DIR",
	"GIT_DIR",
	"GIT_GRAFT_FILE",
	"GIT_IMPLICIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_INTERNAL_SUPER_PREFIX",
	"GIT_NAMESPACE",
	"GIT_OBJECT_DIRECTORY",
	"GIT_PREFIX",
	"GIT_SHALLOW_FILE",
	"GIT_WORK_TREE",
	NULL,
};

bool gitenv_has(const char *variable)
{
	for (const char *const *name = gitenv_names; *name; name++)
		if (str_starts(variable, *name) &&
		    variable[strlen(*name)] == '=')
			return true;
	return false;
}
