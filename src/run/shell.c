/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/shell.h"

#include "base/buf.h"

char *shell_word(const char *word)
{
	struct buf out;
	char *text;

	buf_init(&out, 0);
	buf_putc(&out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(&out, "'\\''");
		else
			buf_putc(&out, *word);
	}
	buf_putc(&out, '\'');
	text = buf_take(&out);
	buf_release(&out);
	return text;
}
