/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

char *program_in(const char *name, const char *path)
{
	while (path && *path) {
		size_t length = strcspn(path, ":");
		char *full = xasprintf("%.*s/%s", (int)length, path, name);

		if (length > 0 && is_program(full))
			return full;
		free(full);
		path += length;
		path += *path == ':';
	}
	return NULL;
}

char *program_find(const char *name)
{
	if (strchr(name, '/'))
		return is_program(name) ? xstrdup(name) : NULL;
	return program_in(name, getenv("PATH"));
}
