/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/peek.h"

#include <string.h>

#include "base/argv.h"
#include "base/str.h"
#include "control/desk.h"
#include "tui/grid.h"

#define PEEK_MAX (256 * 1024) /* bytes of one that are shown */
#define INDENT	 4	      /* of a message, as git prints it */

void peek_release(struct peek *peek)
{
	peek_stop(peek);
	pager_release(&peek->lines);
	memset(peek, 0, sizeof(*peek));
}

void peek_stop(struct peek *peek)
{
	aside_stop(&peek->git);
	peek->reading[0] = '\0';
}

void peek_want(struct peek *peek, const char *hex, int64_t now)
{
	if (str_equal(peek->wanted, hex))
		return;
	str_copy(peek->wanted, sizeof(peek->wanted), hex);
	peek->since = now;
}

int64_t peek_wait(const struct peek *peek, int64_t now)
{
	int64_t at = peek->since + PEEK_MS;

	if (!*peek->wanted || str_equal(peek->wanted, peek->reading) ||
	    str_equal(peek->wanted, peek->held))
		return -1;
	/* a clock that was set back does not keep anybody waiting */
	return now >= at || now < peek->since ? 0 : at - now;
}

const char *peek_begin(struct peek *peek)
{
	str_copy(peek->reading, sizeof(peek->reading), peek->wanted);
	return peek->reading;
}

static enum role role_of(const char *line, size_t length, bool head)
{
	if (head)
		return length > 7 && strncmp(line, "commit ", 7) == 0
			       ? ROLE_TITLE
			       : ROLE_DIM;
	return ROLE_PLAIN;
}

/* The message without its indent: it is as wide as a page of its own. */
void peek_done(struct peek *peek, const char *text, size_t length, bool ascii)
{
	const char *end = text + length;
	bool head = true;

	str_copy(peek->held, sizeof(peek->held), peek->reading);
	peek->reading[0] = '\0';
	pager_clear(&peek->lines);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((newline ? newline : end) - text);
		size_t skip =
			size > INDENT && strncmp(text, "    ", INDENT) == 0
				? INDENT
				: 0;

		head = head && size > 0;
		pager_add(&peek->lines, role_of(text, size, head), -1,
			  text + skip, size - skip, ascii);
		text += size + 1;
	}
}

void peek_look(struct peek *peek, const struct repo *repo,
	       const struct asides *asides, int64_t now, bool ascii)
{
	struct argv argv = ARGV_INIT;

	if (*peek->reading && peek->git.is_over) {
		peek_done(peek, peek->git.text.text, peek->git.text.length,
			  ascii);
		aside_stop(&peek->git);
	}
	if (!repo || peek_wait(peek, now) != 0)
		return;
	desk_sum_up_argv(repo, peek_begin(peek), &argv);
	aside_start(&peek->git, asides, (const char *const *)argv.items,
		    PEEK_MAX);
	argv_free(argv.items);
}

void peek_draw(struct grid *grid, struct area area, const struct peek *peek,
	       const struct peek_known *known)
{
	if (*known->weighed)
		grid_text(grid, area.x, area.y + --area.height, area.width,
			  ROLE_DIM, known->weighed);
	if (*known->believed) {
		area.height -= 2;
		grid_text(grid, area.x, area.y + area.height + 1, area.width,
			  ROLE_PLAIN, known->believed);
	}
	if (!str_equal(peek->held, known->hex)) {
		grid_printf(grid, area.x, area.y, area.width, ROLE_TITLE,
			    "commit %s", known->hex);
		grid_text(grid, area.x, area.y + 2, area.width, ROLE_PLAIN,
			  known->subject);
		return;
	}
	for (int i = 0; i < area.height && (size_t)i < peek->lines.count; i++) {
		const struct pager_line *line = &peek->lines.lines[i];

		grid_text(grid, area.x, area.y + i, area.width,
			  line->piece_count ? line->pieces[0].role : ROLE_PLAIN,
			  line->text);
	}
}
