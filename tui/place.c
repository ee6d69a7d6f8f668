/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/xalloc.h"

#define NAME	 "screen.place"
#define TEXT_MAX 400

static void take_word(struct place *place, const char *name, const char *value)
{
	int64_t number;

	if (str_equal(name, "row") && str_hex(value))
		str_copy(place->row, sizeof(place->row), value);
	if (!str_number(value, 0, 1 << 20, &number))
		return;
	if (str_equal(name, "view") && number < 10)
		place->view = (int)number;
	else if (str_equal(name, "pane"))
		place->pane = (int)number;
	else if (str_equal(name, "run"))
		place->run = (int)number;
	else if (str_equal(name, "paused"))
		place->paused = number != 0;
}

void place_parse(struct place *place, const char *text)
{
	char name[16], value[OID_HEX_MAX + 2];

	memset(place, 0, sizeof(*place));
	while (*text) {
		if (sscanf(text, "%15[a-z] %65[0-9a-f]", name, value) == 2)
			take_word(place, name, value);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

void place_format(const struct place *place, char *out, size_t size)
{
	snprintf(out, size, "view %d\npane %d\nrun %d\npaused %d\n%s%s%s",
		 place->view, place->pane, place->run, place->paused,
		 *place->row ? "row " : "", place->row,
		 *place->row ? "\n" : "");
}

void place_load(struct place *place, const char *folder)
{
	char *path = xasprintf("%s/" NAME, folder);
	FILE *file = fopen(path, "re");
	char text[TEXT_MAX] = "";
	size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[length] = '\0';
	place_parse(place, text);
	if (file)
		fclose(file);
	free(path);
}

void place_save(const struct place *place, const char *folder)
{
	char *path = xasprintf("%s/" NAME, folder);
	FILE *file = fopen(path, "we");
	char text[TEXT_MAX];

	if (file) {
		place_format(place, text, sizeof(text));
		fputs(text, file);
		fclose(file);
	}
	free(path);
}
