/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/job_look.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/record.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "run/program.h"
#include "run/ticket.h"

#define GIB (UINT64_C(1) << 30)

/* What links lead to: gcc is one, and its name says no version. */
char *job_look_for(const char *program, int64_t *size)
{
	char *found = program_find(program);
	char *path = found ? realpath(found, NULL) : NULL;
	struct stat st = { .st_size = 0 };

	if (path)
		stat(path, &st);
	*size = st.st_size;
	free(found);
	return path;
}

static void say_program(const char *program, struct buf *out)
{
	int64_t size;
	char *path = job_look_for(program, &size);

	record_text(out, "program", program);
	record_text(out, "path", path);
	if (path)
		record_number(out, "size", size);
	free(path);
}

int job_look(const char *folder, const char *name, int count, char **programs,
	     struct error *err)
{
	char host[256] = "?", *path = xasprintf("%s/%s", folder, name);
	const char *node = getenv("SLURMD_NODENAME");
	struct statvfs room;
	struct buf text;
	int ret;

	gethostname(host, sizeof(host) - 1);
	buf_init(&text, 0);
	record_text(&text, "node", str_empty(node) ? host : node);
	if (statvfs(folder, &room) == 0)
		record_number(&text, "gib",
			      (int64_t)((uint64_t)room.f_bavail *
					room.f_frsize / GIB));
	record_number(&text, "kvm", access("/dev/kvm", R_OK | W_OK) == 0);
	for (int i = 0; i < count; i++)
		say_program(programs[i], &text);
	ret = ticket_write(path, &text, true, err);
	buf_release(&text);
	free(path);
	return ret;
}
