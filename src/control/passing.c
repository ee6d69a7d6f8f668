/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/passing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xalloc.h"

void passing_add_string(const char *text, struct buf *out)
{
	buf_putc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void add_command(const char *group, const char *command, struct buf *out)
{
	if (!command)
		return;
	buf_printf(out, "%s = {\n\tcommand = ", group);
	passing_add_string(command, out);
	buf_puts(out, ";\n};\n");
}

void passing_settings(const struct passing *said, struct buf *out)
{
	buf_puts(out, "# as the words of `culprit start` had it; see "
		      "culprit.cfg(5)\n\n");
	add_command("build", said->build, out);
	add_command("test", said->test, out);
	if (!said->policy)
		return;
	buf_puts(out, "policy = ");
	passing_add_string(said->policy, out);
	buf_puts(out, ";\n");
}

int passing_write(const struct buf *text, char **path, struct error *err)
{
	const char *folder = getenv("TMPDIR");
	char *name = xasprintf("%s/culprit.XXXXXX",
			       str_empty(folder) ? "/tmp" : folder);
	int fd = mkostemp(name, O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || io_write(fd, text->text, text->length) < 0)
		ret = error_errno(err, "cannot write '%s'", name);
	if (fd >= 0 && close(fd) < 0 && ret == 0)
		ret = error_errno(err, "cannot write '%s'", name);
	if (ret == 0) {
		*path = name;
		return 0;
	}
	if (fd >= 0)
		unlink(name);
	free(name);
	return -1;
}

const char *passing_without_place(const char *text, const char *path)
{
	if (!str_starts(text, path))
		return text;
	text += strlen(path);
	return text + strspn(text, ":0123456789 ");
}
