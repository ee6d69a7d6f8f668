/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/needs.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "run/kconfig.h"
#include "run/program.h"

static const struct need needs[] = {
	{ "OBJTOOL", NULL, "gelf.h", "libelf-dev" },
	{ "STACK_VALIDATION", NULL, "gelf.h", "libelf-dev" }, /* before 5.19 */
	{ "UNWINDER_ORC", NULL, "gelf.h", "libelf-dev" },
	{ "MODULE_SIG", NULL, "openssl/opensslv.h", "libssl-dev" },
	{ "SYSTEM_TRUSTED_KEYRING", NULL, "openssl/opensslv.h", "libssl-dev" },
	{ "KERNEL_BZIP2", "bzip2", NULL, "bzip2" },
	{ "KERNEL_LZ4", "lz4", NULL, "lz4" },
	{ "KERNEL_LZO", "lzop", NULL, "lzop" },
	{ "KERNEL_XZ", "xz", NULL, "xz-utils" },
	{ "KERNEL_ZSTD", "zstd", NULL, "zstd" },
	{ "IKHEADERS", "cpio", NULL, "cpio" },
};

#define NEED_COUNT (sizeof(needs) / sizeof(*needs))

const struct need *needs_next(const struct kconfig *config, size_t *at)
{
	while (*at < NEED_COUNT) {
		const struct need *need = &needs[(*at)++];

		if (str_equal(kconfig_value(config, need->option), "y"))
			return need;
	}
	return NULL;
}

const struct need *needs_mostly(const char *arch)
{
	/* objtool's */
	return str_equal(arch, "x86_64") ? &needs[0] : NULL;
}

static bool has_header(const char *name)
{
	static const char *const folders[] = { "/usr/include",
					       "/usr/local/include" };
	bool found = false;

	for (int i = 0; i < 2 && !found; i++) {
		char *path = xasprintf("%s/%s", folders[i], name);

		found = access(path, R_OK) == 0;
		free(path);
	}
	return found;
}

bool need_is_met(const struct need *need)
{
	char *path;
	bool found;

	if (need->header)
		return has_header(need->header);
	path = program_find(need->program);
	found = path != NULL;
	free(path);
	return found;
}
