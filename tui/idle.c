/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/idle.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "tui/input.h"

void idle_init(struct idle *idle)
{
	const char *name = getenv("CULPRIT_IDLE_FD");
	int64_t fd;

	*idle = (struct idle){ .fd = -1 };
	if (name && str_number(name, 0, 1023, &fd))
		idle->fd = (int)fd;
}

void idle_key(struct idle *idle, int key)
{
	idle->keys += key != INPUT_RESIZE && key != INPUT_MOUSE;
}

void idle_drawn(struct idle *idle)
{
	idle->news = true;
}

void idle_tell(struct idle *idle, int columns, int rows)
{
	char text[80];
	int length;

	if (idle->fd < 0 || !idle->news)
		return;
	idle->news = false;
	length = snprintf(text, sizeof(text),
			  "\033_culprit idle %ld %dx%d\033\\", idle->keys,
			  columns, rows);
	if (write(idle->fd, text, (size_t)length) != length)
		idle->fd = -1; /* nobody reads it any more */
}
