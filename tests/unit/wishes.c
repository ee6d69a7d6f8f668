/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The screen's settings: colours for roles, keys for names, and what is said
 * about a file that is wrong.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"
#include "tui/input.h"
#include "tui/wishes.h"

struct scene {
	char *folder, *path;
	struct wishes wishes;
	struct error err;
};

static int begin(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	scene->folder = scratch_make();
	scene->path = xasprintf("%s/screen.cfg", scene->folder);
	unsetenv("COLORFGBG");
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	scratch_remove(scene->folder);
	free(scene->path);
	free(scene);
	return 0;
}

static void write_text(const char *path, const char *text)
{
	file_write(path, "we", text, strlen(text));
}

static int read_text(struct scene *scene, const char *text)
{
	const struct screen_said nothing = { SAID_NOTHING };

	write_text(scene->path, text);
	return wishes_read(&scene->wishes, scene->path, &nothing, &scene->err);
}

static void refused(struct scene *scene, const char *text, int line,
		    const char *said)
{
	assert_int_equal(read_text(scene, text), -1);
	file_is_wrong(&scene->err, scene->path, line, said);
}

/* "red+bold/green", mono as "bold". */
static const char *look_of(const struct theme *theme, enum role role)
{
	static const char *const colours[] = { "black",	 "red",	 "green",
					       "yellow", "blue", "magenta",
					       "cyan",	 "white" };
	static const char *const words[] = { "+bold", "+dim", "+underline",
					     "+reverse" };
	static char out[80];
	struct look look = theme_look(theme, role);
	short both[] = { look.foreground, look.background };
	size_t used = 0;

	for (int i = 0; i < 2; i++) {
		if (both[i] >= 8)
			used += (size_t)snprintf(out + used, sizeof(out) - used,
						 "%s%d", i ? "/" : "", both[i]);
		else if (both[i] >= 0)
			used += (size_t)snprintf(out + used, sizeof(out) - used,
						 "%s%s", i ? "/" : "",
						 colours[both[i]]);
		else
			used += (size_t)snprintf(out + used, sizeof(out) - used,
						 "%s", i ? "" : "own");
	}
	for (int i = 0; i < 4; i++)
		if (look.attributes & 1u << i)
			used += (size_t)snprintf(out + used, sizeof(out) - used,
						 "%s", words[i]);
	return out;
}

static const struct {
	enum role role;
	const char *name, *mono, *few, *dark, *light;
} expected[] = {
	{ ROLE_PLAIN, "plain", "own", "own", "own", "own" },
	{ ROLE_DIM, "dim", "own+dim", "own+dim", "246", "242" },
	{ ROLE_TITLE, "title", "own+bold", "own+bold", "own+bold", "own+bold" },
	{ ROLE_HEADING, "heading", "own+underline", "own+underline",
	  "250+underline", "239+underline" },
	{ ROLE_LINE, "line", "own+dim", "own+dim", "242", "247" },
	{ ROLE_GOOD, "good", "own", "green", "114", "28" },
	{ ROLE_BAD, "bad", "own+bold", "red+bold", "210+bold", "160+bold" },
	{ ROLE_SKIP, "skip", "own", "yellow", "221", "130" },
	{ ROLE_INFRA, "infra", "own", "magenta", "183", "90" },
	{ ROLE_RUNNING, "running", "own", "cyan", "117", "25" },
	{ ROLE_KEY, "key", "own+bold", "own+reverse", "255/238", "16/252" },
	{ ROLE_SELECTED, "selected", "own+reverse", "own+reverse", "255/24",
	  "16/153" },
	{ ROLE_ESCAPE, "escape", "own+reverse", "own+dim+reverse", "16/180",
	  "231/94" },
	{ ROLE_LIVE, "live", "own+reverse", "black/green", "16/114", "231/28" },
	{ ROLE_WAIT, "wait", "own+reverse", "black/yellow", "16/221",
	  "231/130" },
	{ ROLE_LOST, "lost", "own+bold+reverse", "white/red+bold",
	  "231/160+bold", "231/160+bold" },
	{ ROLE_DONE, "done", "own+reverse", "black/cyan", "16/117", "231/25" },
	{ ROLE_MATCH, "match", "own+bold+reverse", "black/yellow", "16/221",
	  "16/222" },
	{ ROLE_RED, "red", "own", "red", "red", "red" },
	{ ROLE_GREEN, "green", "own", "green", "green", "green" },
	{ ROLE_YELLOW, "yellow", "own", "yellow", "yellow", "yellow" },
	{ ROLE_BLUE, "blue", "own", "blue", "blue", "blue" },
	{ ROLE_MAGENTA, "magenta", "own", "magenta", "magenta", "magenta" },
	{ ROLE_CYAN, "cyan", "own", "cyan", "cyan", "cyan" },
};

static void every_role_has_its_looks(void **state)
{
	struct theme theme = { THEME_MONO };

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
		enum role role = expected[i].role;

		assert_string_equal(theme_role_name(role), expected[i].name);
		theme.colours = THEME_MONO;
		assert_string_equal(look_of(&theme, role), expected[i].mono);
		theme.colours = THEME_16;
		assert_string_equal(look_of(&theme, role), expected[i].few);
		theme.colours = THEME_256;
		theme.light = false;
		assert_string_equal(look_of(&theme, role), expected[i].dark);
		theme.light = true;
		assert_string_equal(look_of(&theme, role), expected[i].light);
	}
}

static void no_look_is_invisible_anywhere(void **state)
{
	struct theme theme = { THEME_MONO };

	(void)state;
	for (int role = 0; role < ROLE_COUNT; role++) {
		assert_non_null(theme_role_name(role));
		for (int set = 0; set < 6; set++) {
			struct look look;

			theme.colours = (enum theme_colours)(set % 3);
			theme.light = set >= 3;
			look = theme_look(&theme, role);
			assert_int_not_equal(look.foreground, 8);
			assert_int_not_equal(look.background, 8);
			assert_false(look.foreground == look.background &&
				     look.foreground >= 0);
			/* grey on green, in xterm */
			assert_false(look.foreground == 0 &&
				     look.attributes & LOOK_BOLD);
			if (theme.colours == THEME_MONO)
				assert_true(look.foreground < 0 &&
					    look.background < 0);
		}
	}
}

static void what_is_said_comes_before_no_color(void **state)
{
	(void)state;
	assert_int_equal(theme_colours(COLOUR_AUTO, false, 256), THEME_16);
	assert_int_equal(theme_colours(COLOUR_AUTO, false, 8), THEME_16);
	assert_int_equal(theme_colours(COLOUR_AUTO, true, 256), THEME_MONO);
	assert_int_equal(theme_colours(COLOUR_16, true, 256), THEME_16);
	assert_int_equal(theme_colours(COLOUR_NEVER, false, 256), THEME_MONO);
	assert_int_equal(theme_colours(COLOUR_256, false, 256), THEME_256);
	assert_int_equal(theme_colours(COLOUR_256, false, 88), THEME_16);
	/* vt100 */
	assert_int_equal(theme_colours(COLOUR_256, false, -1), THEME_MONO);
}

static void the_terminal_says_whether_it_is_light(void **state)
{
	(void)state;
	assert_false(theme_is_light(NULL));
	assert_false(theme_is_light(""));
	assert_false(theme_is_light("15;0"));
	assert_false(theme_is_light("15;8"));
	assert_true(theme_is_light("0;15"));
	assert_true(theme_is_light("0;default;7"));
	assert_false(theme_is_light("0;default"));
	assert_false(theme_is_light("0;999"));
}

static void every_setting_has_its_place(void **state)
{
	struct scene *scene = *state;
	const struct wishes *wishes = &scene->wishes;

	assert_int_equal(
		read_text(scene,
			  "screen = {\n"
			  "  colour = \"256\"; background = \"light\";\n"
			  "  mouse = false; ascii = true; cursor = true;\n"
			  "  plain = true; pacing = false; console_colours = "
			  "true;\n"
			  "  attention = \"notify-777\"; range = 16;\n"
			  "  roles = { bad = \"196 on white bold underline\";\n"
			  "            good = \"default\"; };\n"
			  "  keys = { undo = \"U\"; pause = \"C-p\";\n"
			  "           help = \"F1\"; down = \"é\"; };\n"
			  "};\n"),
		0);
	assert_int_equal(wishes->settings.colour, COLOUR_256);
	assert_int_equal(wishes->settings.background, BACKGROUND_LIGHT);
	assert_int_equal(wishes->settings.attention, ATTENTION_NOTIFY_777);
	assert_int_equal(wishes->settings.range, 16);
	assert_false(wishes->settings.mouse);
	assert_true(wishes->settings.ascii);
	assert_true(wishes->settings.cursor);
	assert_true(wishes->settings.plain);
	assert_false(wishes->settings.pacing);
	assert_true(wishes->settings.console_colours);
	assert_true(wishes->theme.light);
	scene->wishes.theme.colours = THEME_256;
	assert_string_equal(look_of(&wishes->theme, ROLE_BAD),
			    "196/white+bold+underline");
	assert_string_equal(look_of(&wishes->theme, ROLE_GOOD), "own");
	/* where these colours are none, the usual ones; without any, none */
	scene->wishes.theme.colours = THEME_16;
	assert_string_equal(look_of(&wishes->theme, ROLE_BAD), "red+bold");
	scene->wishes.theme.colours = THEME_MONO;
	assert_string_equal(look_of(&wishes->theme, ROLE_BAD),
			    "own+bold+underline");
	assert_int_equal(keymap_known(&wishes->keys, 'U'), 'u');
	assert_int_equal(keymap_known(&wishes->keys, 'u'), INPUT_NONE);
	assert_int_equal(keymap_known(&wishes->keys, INPUT_CTRL('p')), 'p');
	assert_int_equal(keymap_known(&wishes->keys, INPUT_F(1)), '?');
	assert_int_equal(keymap_known(&wishes->keys, 0xe9), 'j');
	assert_int_equal(keymap_known(&wishes->keys, 'v'), 'v');
	assert_int_equal(keymap_known(&wishes->keys, INPUT_DOWN), INPUT_DOWN);
}

static void the_command_line_comes_before_the_file(void **state)
{
	struct scene *scene = *state;
	const struct screen_said said = { .colour = SAID_NO,
					  .mouse = SAID_YES,
					  .ascii = SAID_NO,
					  .plain = SAID_YES };
	const struct screen_said always = { .colour = SAID_YES };
	const struct screen_settings *settings = &scene->wishes.settings;

	write_text(scene->path, "screen = { colour = \"256\"; mouse = false; "
				"ascii = true; cursor = true; };\n");
	assert_int_equal(wishes_read(&scene->wishes, scene->path, &said,
				     &scene->err),
			 0);
	assert_int_equal(settings->colour, COLOUR_NEVER);
	assert_true(settings->mouse);
	assert_false(settings->ascii);
	assert_true(settings->cursor);
	assert_true(settings->plain);
	assert_int_equal(wishes_read(&scene->wishes, scene->path, &always,
				     &scene->err),
			 0);
	assert_int_equal(settings->colour, COLOUR_256);
	write_text(scene->path, "screen = { colour = \"never\"; };\n");
	assert_int_equal(wishes_read(&scene->wishes, scene->path, &always,
				     &scene->err),
			 0);
	assert_int_equal(settings->colour, COLOUR_16);
}

static void mistakes_are_said_with_their_line(void **state)
{
	struct scene *scene = *state;

	refused(scene, "scren = { };\n", 1, "expected screen = { ... }");
	refused(scene, "screen = 1;\n", 1, "expected a group");
	refused(scene, "screen = {\n  color = \"auto\";\n};\n", 2,
		"there is no key 'color' here: expected one of colour,");
	refused(scene, "screen = {\n  colour = \"88\";\n};\n", 2,
		"\"auto\", \"never\", \"16\" or \"256\"");
	refused(scene, "screen = {\n  colour = 16;\n};\n", 2, "\"16\"");
	refused(scene, "screen = {\n  range = -1;\n};\n", 2,
		"range: expected a whole number, 0 to 1000");
	refused(scene, "screen = {\n\n  mouse = \"off\";\n};\n", 3,
		"true or false");
	refused(scene, "screen = {\n  attention = \"loud\";\n};\n", 2,
		"\"bell\"");
	refused(scene, "screen = {\n  roles = \"red\";\n};\n", 2, "a group");
	refused(scene, "screen = { roles = {\n  evil = \"red\"; };\n};\n", 2,
		"there is no role 'evil': expected one of plain, dim,");
	refused(scene, "screen = { roles = {\n  bad = \"pink\"; };\n};\n", 2,
		"bad: 'pink' is out of place");
	refused(scene, "screen = { roles = {\n  bad = \"256\"; };\n};\n", 2,
		"'256'");
	refused(scene, "screen = { roles = {\n  bad = \"red blue\"; };\n};\n",
		2, "'blue'");
	refused(scene, "screen = { roles = {\n  bad = \"red on\"; };\n};\n", 2,
		"expected a colour behind on");
	refused(scene, "screen = { roles = {\n  bad = 3; };\n};\n", 2,
		"a text in quotes");
	refused(scene, "screen = { keys = {\n  undoo = \"U\"; };\n};\n", 2,
		"no key is called 'undoo': expected one of down, up,");
	refused(scene, "screen = { keys = {\n  undo = \"UU\"; };\n};\n", 2,
		"undo: 'UU' is no key");
	refused(scene, "screen = { keys = {\n  undo = \"\"; };\n};\n", 2,
		"undo: '' is no key");
	refused(scene, "screen = { keys = {\n  undo = \"\\xc3\"; };\n};\n", 2,
		"is no key");
	refused(scene, "screen = { keys = {\n  undo = \"F13\"; };\n};\n", 2,
		"is no key");
	refused(scene, "screen = { keys = {\n  undo = \"3\"; };\n};\n", 2,
		"undo: 3 always stays what it is");
	refused(scene, "screen = { keys = {\n  undo = \"C-c\"; };\n};\n", 2,
		"always stays");
	refused(scene, "screen = {\n  mouse = maybe;\n};\n", 2, "");
	/* what was read before the mistake does not count either */
	refused(scene, "screen = { mouse = false;\n colour = 1; };\n", 2, "");
	assert_true(scene->wishes.settings.mouse);
}

static void two_names_never_have_the_same_key(void **state)
{
	struct scene *scene = *state;

	refused(scene, "screen = { keys = {\n\n  undo = \"v\"; };\n};\n", 3,
		"verdict and undo have the same key, v");
	refused(scene,
		"screen = { keys = {\n  undo = \"C-r\";\n  pick = \"U\"; };\n"
		"};\n",
		2, "undo and redo have the same key, C-r");
	/* that they change places is no conflict */
	assert_int_equal(read_text(scene, "screen = { keys = { undo = \"v\"; "
					  "verdict = \"u\"; }; };\n"),
			 0);
	assert_int_equal(keymap_known(&scene->wishes.keys, 'v'), 'u');
	assert_int_equal(keymap_known(&scene->wishes.keys, 'u'), 'v');
}

static void hints_are_of_the_keys_to_press(void **state)
{
	struct scene *scene = *state;
	const struct keymap *keys = &scene->wishes.keys;
	char out[64];

	assert_int_equal(read_text(scene,
				   "screen = { keys = { undo = \"C-u\"; "
				   "half-up = \"u\"; previous = \"é\"; }; };"),
			 0);
	assert_string_equal(keymap_hint(keys, "u", out, sizeof(out)), "C-u");
	assert_string_equal(keymap_hint(keys, "n N", out, sizeof(out)), "n é");
	assert_string_equal(keymap_hint(keys, "Enter", out, sizeof(out)),
			    "Enter");
	assert_string_equal(keymap_hint(keys, "", out, sizeof(out)), "");
	assert_string_equal(keymap_hint(keys, "a longer word", out, 5), "a lo");
}

static void every_key_can_be_said_and_is_one_of_its_kind(void **state)
{
	struct keymap map;
	struct error err;
	unsigned line;
	char word[16];

	(void)state;
	keymap_init(&map);
	assert_int_equal(keymap_check(&map, &line, &err), 0);
	for (size_t i = 0; keymap_name(i); i++) {
		int key = keymap_default(i);

		assert_int_equal(
			keymap_key(keymap_word(key, word, sizeof(word))), key);
		assert_int_equal(
			keymap_set(&map, keymap_name(i), word, 1, &err), 0);
		assert_int_equal(keymap_known(&map, key), key);
	}
}

/* With every # in front of a setting taken away, and as it is. */
static void the_example_says_what_is_so_anyway(void **state)
{
	struct scene *scene = *state;
	char *path = xasprintf("%s/data/screen.cfg.example", getenv("srcdir"));
	FILE *file = fopen(path, "re");
	struct wishes usual;
	char line[200], *all = xstrdup(""), *more;
	int settings = 0;

	assert_non_null(file);
	assert_int_equal(read_text(scene, ""), 0);
	usual = scene->wishes;
	while (fgets(line, sizeof(line), file)) {
		char *hash = strstr(line, "\t# ");

		if (hash && strstr(line, " = ")) {
			hash[1] = ' ';
			settings++;
		}
		more = xasprintf("%s%s", all, line);
		free(all);
		all = more;
	}
	assert_int_equal(fclose(file), 0);
	if (read_text(scene, all) < 0)
		fail_msg("%s", scene->err.text);
	for (size_t i = 0; keymap_name(i); i++, settings--) {
		char *said = xasprintf("\t\t  %s = \"", keymap_name(i));

		assert_non_null(strstr(all, said));
		free(said);
	}
	assert_int_equal(settings, 10 + ROLE_COUNT);
	assert_memory_equal(&scene->wishes.settings, &usual.settings,
			    sizeof(usual.settings));
	assert_memory_equal(scene->wishes.keys.pressed, usual.keys.pressed,
			    sizeof(usual.keys.pressed));
	usual.theme.colours = scene->wishes.theme.colours = THEME_16;
	for (int role = 0; role < ROLE_COUNT; role++) {
		char *look = xstrdup(look_of(&usual.theme, role));

		assert_string_equal(look_of(&scene->wishes.theme, role), look);
		free(look);
	}
	free(all);
	free(path);
}

static void without_a_file_all_is_as_usual(void **state)
{
	struct scene *scene = *state;
	const struct screen_said nothing = { SAID_NOTHING };
	char *folder = xasprintf("%s/culprit", scene->folder);
	char *path = xasprintf("%s/screen.cfg", folder);

	setenv("XDG_CONFIG_HOME", scene->folder, 1);
	setenv("COLORFGBG", "0;15", 1);
	assert_int_equal(
		wishes_read(&scene->wishes, NULL, &nothing, &scene->err), 0);
	assert_int_equal(scene->wishes.settings.colour, COLOUR_AUTO);
	assert_int_equal(scene->wishes.settings.attention, ATTENTION_NONE);
	assert_true(scene->wishes.settings.mouse);
	assert_true(scene->wishes.theme.light);
	/* and with one, it counts */
	assert_int_equal(mkdir(folder, 0700), 0);
	write_text(path, "screen = { mouse = false; };\n");
	assert_int_equal(
		wishes_read(&scene->wishes, NULL, &nothing, &scene->err), 0);
	assert_false(scene->wishes.settings.mouse);
	/* one that is named has to be there */
	assert_int_equal(wishes_read(&scene->wishes, "/nowhere/a.cfg", &nothing,
				     &scene->err),
			 -1);
	assert_non_null(strstr(scene->err.text, "/nowhere/a.cfg"));
	free(path);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_has_its_looks),
		cmocka_unit_test(no_look_is_invisible_anywhere),
		cmocka_unit_test(what_is_said_comes_before_no_color),
		cmocka_unit_test(the_terminal_says_whether_it_is_light),
		cmocka_unit_test_setup_teardown(every_setting_has_its_place,
						begin, end),
		cmocka_unit_test_setup_teardown(
			the_command_line_comes_before_the_file, begin, end),
		cmocka_unit_test_setup_teardown(
			mistakes_are_said_with_their_line, begin, end),
		cmocka_unit_test_setup_teardown(
			two_names_never_have_the_same_key, begin, end),
		cmocka_unit_test_setup_teardown(hints_are_of_the_keys_to_press,
						begin, end),
		cmocka_unit_test(every_key_can_be_said_and_is_one_of_its_kind),
		cmocka_unit_test_setup_teardown(
			the_example_says_what_is_so_anyway, begin, end),
		cmocka_unit_test_setup_teardown(without_a_file_all_is_as_usual,
						begin, end),
	};

	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
