/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/frame.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "tui/grid.h"
#include "tui/home.h"
#include "tui/keymap.h"
#include "tui/model.h"

#define MIN_COLUMNS  40
#define MIN_ROWS     10
#define FULL_COLUMNS 80
#define WIDE_COLUMNS 100

bool frame_too_small(struct grid *grid)
{
	if (grid->columns >= MIN_COLUMNS && grid->rows >= MIN_ROWS)
		return false;
	grid_printf(grid, 0, 0, grid->columns, ROLE_PLAIN,
		    "too small: %dx%d, %dx%d needed", grid->columns, grid->rows,
		    MIN_COLUMNS, MIN_ROWS);
	return true;
}

/* Without the trees that only verify a culprit. */
static int count_steps(const struct model *model)
{
	int count = 0;

	for (int i = 0; i < model->row_count; i++)
		count += model->rows[i].position > 0;
	return count;
}

static enum role badge_role(enum badge badge)
{
	switch (badge) {
	case BADGE_LIVE:
		return ROLE_LIVE;
	case BADGE_LOST:
		return ROLE_LOST;
	case BADGE_DONE:
	case BADGE_REPLAY:
		return ROLE_DONE;
	case BADGE_IDLE:
	case BADGE_PAUSED:
	case BADGE_ASKS:
	case BADGE_HAND:
	case BADGE_COUNT:
		break;
	}
	return ROLE_WAIT;
}

void frame_title(struct grid *grid, const struct model *model)
{
	bool wide = grid->columns >= WIDE_COLUMNS;
	const char *gap = wide ? "   " : " ";
	char time[24], rough[16], badge[16];
	struct buf right;
	int end = grid->columns - 1, x = 1;

	buf_init(&right, 0);
	if (model->replay_steps)
		buf_printf(&right, "%sstep %d of %d", gap, model->replay_step,
			   model->replay_steps);
	else if (model->step >= 0)
		buf_printf(&right, "%sstep %d", gap, model->step);
	else
		buf_printf(&right, "%s%d %s", gap, count_steps(model),
			   count_steps(model) == 1 ? "step" : "steps");
	if (model->elapsed_ms >= 0 && grid->columns >= 60 &&
	    (!model->replay_steps || model->replay_ms >= 1000))
		buf_printf(&right, "%s%s", gap,
			   wide ? str_duration(time, model->elapsed_ms)
				: model_short(time, model->elapsed_ms));
	if (model->replay_ms >= 1000 && grid->columns >= FULL_COLUMNS)
		buf_printf(&right, " of %s",
			   model_short(time, model->replay_ms));
	else if (model->left_ms >= 0 && grid->columns >= FULL_COLUMNS)
		buf_printf(&right, "%s%s left", gap,
			   model_rough(rough, model->left_ms));
	if (model->link_ms > 0 && grid->columns >= FULL_COLUMNS)
		buf_printf(&right, "%slink %dms", gap, (int)model->link_ms);
	snprintf(badge, sizeof(badge), " %s ", badge_word(model->badge));
	grid_right(grid, end, 0, ROLE_PLAIN, right.text);
	end -= text_width(right.text);
	grid_right(grid, end, 0, badge_role(model->badge), badge);
	end -= text_width(badge) + 1;
	if (model->reads) {
		grid_right(grid, end, 0, ROLE_WAIT, " READS ");
		end -= 8;
	}
	buf_release(&right);
	if (wide)
		x += grid_text(grid, x, 0, 9, ROLE_PLAIN, "culprit") + 2;
	else if (!*model->title)
		grid_text(grid, x, 0, end - x, ROLE_PLAIN, "culprit");
	grid_text(grid, x, 0, end - x, ROLE_TITLE, model->title);
}

static const char *shown_key(const struct grid *grid, const char *key,
			     char *out, size_t size)
{
	return grid->keys ? keymap_hint(grid->keys, key, out, size) : key;
}

/* One of several keys is its own to click on. */
void frame_toast(struct grid *grid, int y, const struct home *home)
{
	grid_text(grid, 1, y, grid->columns - 2,
		  home->toast_is_error ? ROLE_BAD : ROLE_TITLE, home->toast);
}

int frame_key(struct grid *grid, int x, int y, const char *key)
{
	char word[24], shown[32];
	int begin = x;

	for (key += strspn(key, " "); *key; key += strspn(key, " ")) {
		size_t length = strcspn(key, " ");
		int width;

		snprintf(word, sizeof(word), "%.*s", (int)length, key);
		key += length;
		if (x > begin)
			x += grid_text(grid, x, y, 1, ROLE_KEY, " ");
		width = grid_text(grid, x, y, 14, ROLE_KEY,
				  shown_key(grid, word, shown, sizeof(shown)));
		grid_hot_key(grid, x, y, width, keymap_key(word));
		x += width;
	}
	return x - begin;
}

static int hint_width(const struct grid *grid, const struct key_hint *hint)
{
	char shown[32];

	return text_width(shown_key(grid, hint->key, shown, sizeof(shown))) +
	       1 + text_width(hint->text) + 2;
}

static int draw_hint(struct grid *grid, int x, const struct key_hint *hint)
{
	int y = grid->rows - 1, width;

	x += frame_key(grid, x, y, hint->key) + 1;
	width = grid_text(grid, x, y, grid->columns - x, ROLE_PLAIN,
			  hint->text);
	if (!strchr(hint->key, ' '))
		grid_hot_key(grid, x - 1, y, width + 1, keymap_key(hint->key));
	return x + width + 2;
}

void frame_keys(struct grid *grid, const struct key_hint *hints, size_t count,
		const char *leave)
{
	const struct key_hint last[] = { { "?", "help" }, { "q", leave } };
	int x = 1, end = grid->columns - hint_width(grid, &last[0]) -
			 hint_width(grid, &last[1]) + 2;

	for (size_t i = 0; i < count; i++)
		if (x + hint_width(grid, &hints[i]) <= end)
			x = draw_hint(grid, x, &hints[i]);
	draw_hint(grid, draw_hint(grid, x, &last[0]), &last[1]);
}
