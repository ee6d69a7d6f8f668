/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "control/settings.h"
#include "tests/unit/files.h"
#include "tests/unit/scratch.h"

struct scene {
	char *folder;
	char *path;
	struct settings settings;
	struct error err;
};

static int begin(void **state)
{
	struct scene *scene = xcalloc(1, sizeof(*scene));

	scene->folder = scratch_make();
	scene->path = xasprintf("%s/a.cfg", scene->folder);
	settings_init(&scene->settings);
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;

	settings_release(&scene->settings);
	scratch_remove(scene->folder);
	free(scene->path);
	free(scene);
	return 0;
}

static int read_bytes(struct scene *scene, const char *text, size_t length)
{
	file_write(scene->path, "we", text, length);
	return settings_read(&scene->settings, scene->path, NULL, &scene->err);
}

static int read_text(struct scene *scene, const char *text)
{
	return read_bytes(scene, text, strlen(text));
}

/* Refused, with "FILE:LINE: " and then what is expected to be said. */
static void refused(struct scene *scene, const char *text, int line,
		    const char *said)
{
	assert_int_equal(read_text(scene, text), -1);
	file_is_wrong(&scene->err, scene->path, line, said);
}

static void without_a_file_all_is_by_hand(void **state)
{
	const struct settings *settings = &((struct scene *)*state)->settings;

	assert_null(settings->title);
	assert_null(settings->build_command);
	assert_null(settings->test_command);
	assert_string_equal(settings->policy, "exit-code");
	assert_int_equal(settings->build_timeout_ms, 3600 * 1000);
	assert_int_equal(settings->test_timeout_ms, 600 * 1000);
	assert_int_equal(settings->build_output_max, 256 * 1024 * 1024);
	assert_int_equal(settings->test_output_max, 64 * 1024 * 1024);
	assert_int_equal(settings->slots, 1);
	assert_int_equal(settings->on_timeout, OUTCOME_TEST_FAILED);
}

static void every_key_has_its_place(void **state)
{
	struct scene *scene = *state;
	const struct settings *settings = &scene->settings;

	assert_int_equal(
		read_text(scene,
			  "title = \"KASAN in f\";\n"
			  "target = \"command\";\n"
			  "policy = \"syzkaller/5/7\";\n"
			  "build: { command = \"make\"; timeout = 1;\n"
			  "  output_limit = 2; };\n"
			  "test = { command = \"./run\"; timeout = 3;\n"
			  "  output_limit = 65536; slots = 64;\n"
			  "  crash = \"(BUG): .*\"; ignore = \"^x|y$\";\n"
			  "  boot = \"Linux [0-9]+\";\n"
			  "  on_timeout = \"crashed\"; };\n"
			  "executor = \"slurm\";\n"
			  "slurm = { partition = \"p\"; width = 7; poll = 9;\n"
			  "  options = [ \"--qos=low\" ]; build_cpus = 8;\n"
			  "  build_memory = 100; build_time = 60;\n"
			  "  run_cpus = 2; run_memory = 50; run_time = 61; "
			  "};\n"),
		0);
	assert_string_equal(settings->title, "KASAN in f");
	assert_string_equal(settings->policy, "syzkaller/5/7");
	assert_string_equal(settings->build_command, "make");
	assert_int_equal(settings->build_timeout_ms, 1000);
	assert_int_equal(settings->build_output_max, 2 * 1024 * 1024);
	assert_string_equal(settings->test_command, "./run");
	assert_int_equal(settings->test_timeout_ms, 3000);
	assert_int_equal(settings->test_output_max,
			 INT64_C(65536) * 1024 * 1024);
	assert_int_equal(settings->slots, 64);
	assert_string_equal(settings->crash, "(BUG): .*");
	assert_string_equal(settings->ignore, "^x|y$");
	assert_string_equal(settings->boot, "Linux [0-9]+");
	assert_int_equal(settings->on_timeout, OUTCOME_CRASHED);
	assert_int_equal(settings->executor, EXECUTOR_SLURM);
	assert_string_equal(settings->slurm.partition, "p");
	assert_string_equal(settings->slurm.options[0], "--qos=low");
	assert_int_equal(settings->slurm.width, 7);
	assert_int_equal(settings->slurm.poll_ms, 9000);
	assert_int_equal(settings->slurm.build.cpus, 8);
	assert_int_equal(settings->slurm.build.memory_mib, 100);
	assert_int_equal(settings->slurm.build.time_ms, 60000);
	assert_int_equal(settings->slurm.run.cpus, 2);
	assert_int_equal(settings->slurm.run.memory_mib, 50);
	assert_int_equal(settings->slurm.run.time_ms, 61000);
	assert_null(settings->fake_script);
}

static void the_script_of_the_tests_has_slots_too(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene, "fake: { slots = 4;\n"
					  "script = \"# one\\n\" \"* ms=1\";"
					  "};"),
			 0);
	assert_string_equal(scene->settings.fake_script, "# one\n* ms=1");
	assert_int_equal(scene->settings.slots, 4);
}

static void an_empty_file_changes_nothing(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene, ""), 0);
	without_a_file_all_is_by_hand(state);
	assert_int_equal(read_text(scene, "# nothing\n/* here */\n"), 0);
	without_a_file_all_is_by_hand(state);
}

static void reading_again_starts_afresh(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene, "title = \"one\";\n"
					  "test: { command = \"x\"; };"),
			 0);
	assert_int_equal(read_text(scene, "policy = \"syzkaller\";"), 0);
	assert_null(scene->settings.title);
	assert_null(scene->settings.test_command);
	assert_string_equal(scene->settings.policy, "syzkaller");
}

static void what_is_refused_changes_nothing(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene, "title = \"one\";"), 0);
	refused(scene, "title = \"two\";\npolicy = \"none\";", 2, "policy");
	assert_string_equal(scene->settings.title, "one");
	assert_string_equal(scene->settings.policy, "exit-code");
}

static void unknown_keys_are_named_with_those_that_are_known(void **state)
{
	struct scene *scene = *state;

	refused(scene, "\n\ntitel = \"x\";", 3,
		"no key 'titel': expected one of title, policy, matching, bad, "
		"prior, confirm, oops, target, executor, fixups, "
		"build, test");
	refused(scene, "build: {\ncmd = \"x\";\n};", 2,
		"no key 'build.cmd': expected one of command, timeout, "
		"output_limit");
	refused(scene, "test: {\n\n\nslot = 1;\n};", 4,
		"no key 'test.slot': expected one of command, timeout, "
		"output_limit, "
		"silence, settle, "
		"slots, console, crash, ignore, boot, on_timeout");
	refused(scene, "command = \"x\";", 1, "no key 'command': expected");
	refused(scene, "test: {\ntest: {}; };", 2,
		"no key 'test.test': expected");
}

static void wrong_types_are_told_what_was_expected(void **state)
{
	struct scene *scene = *state;

	refused(scene, "title = 5;", 1, "title: expected a text in quotes");
	refused(scene, "title = \"\";", 1, "title: expected a text in quotes");
	refused(scene, "policy = 10;", 1, "policy: expected a text in quotes");
	refused(scene, "target = true;", 1, "target: expected");
	refused(scene, "build = \"make\";", 1, "build: expected a group");
	refused(scene, "test = [ \"x\" ];", 1, "test: expected a group");
	refused(scene, "fake = 1;", 1, "fake: expected a group");
	refused(scene, "build: {\ncommand = 1;};", 2,
		"build.command: expected a text in quotes");
	refused(scene, "build: {\ntimeout = \"1h\";};", 2,
		"build.timeout: expected a whole number of seconds, 1 to "
		"604800");
	refused(scene, "build: {\ntimeout = 1.5;};", 2,
		"build.timeout: expected a whole number of seconds");
	refused(scene, "test: {\noutput_limit = true;};", 2,
		"test.output_limit: expected a whole number of MiB, 1 to "
		"65536");
	refused(scene, "test: {\nslots = [ 1 ];};", 2,
		"test.slots: expected a whole number of runs at once, 1 to 64");
	refused(scene, "test: {\ncrash = 7;};", 2,
		"test.crash: expected a text in quotes");
	refused(scene, "test: {\non_timeout = 1;};", 2,
		"test.on_timeout: expected a text in quotes");
	refused(scene, "fake: {\nscript = 1;};", 2,
		"fake.script: expected a text in quotes");
}

static void numbers_have_bounds(void **state)
{
	static const struct {
		const char *key;
		const char *low, *high;
	} keys[] = {
		{ "timeout", "0", "604801" }, { "output_limit", "-1", "65537" },
		{ "silence", "0", "604801" }, { "settle", "0", "604801" },
		{ "slots", "0", "65" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *numbers[] = { keys[i].low, keys[i].high,
					  "99999999999999L", "-5" };

		for (int k = 0; k < 4; k++) {
			char *text = xasprintf("test: {\ncommand = \"x\";\n"
					       "%s = %s;\n};",
					       keys[i].key, numbers[k]);
			char *whole =
				xasprintf("test.%s: expected", keys[i].key);

			refused(scene, text, 3, whole);
			free(whole);
			free(text);
		}
	}
}

static void values_are_checked_where_they_stand(void **state)
{
	struct scene *scene = *state;

	refused(scene, "target = \"vmware\";", 1,
		"target: expected \"command\", \"uml\", \"qemu\" or \"ssh\"");
	refused(scene, "matching = \"most\";", 1,
		"matching: expected \"any\", \"family\" or \"title\"");
	refused(scene, "test: {\nconsole = \"vga\";};", 2,
		"test.console: expected \"kernel\" or \"plain\"");
	refused(scene, "policy = \"syzkaller/10/x\";", 1,
		"policy: 'syzkaller/10/x' is not a policy");
	refused(scene, "policy = \"strict\033[31m\";", 1,
		"policy: it is not a policy: expected exit-code/RUNS");
	refused(scene, "test: {\ncommand = \"x\";\non_timeout = \"skip\";};", 3,
		"test.on_timeout: expected \"ok\", \"crashed\", "
		"\"boot-failed\"");
}

static void regular_expressions_are_tried_at_once(void **state)
{
	struct scene *scene = *state;

	refused(scene, "test: {\ncrash = \"BUG(\";};", 2,
		"test.crash: expected an extended regular expression (");
	refused(scene, "test: {\nignore = \"[z-a]\";};", 2,
		"test.ignore: expected an extended regular expression (");
	refused(scene, "test: {\n\nboot = \"a{2\";};", 3,
		"test.boot: expected an extended regular expression (");
}

static void what_libconfig_cannot_read_has_a_line_too(void **state)
{
	static const char binary[] = "title = \"x\";\n\x01\xff\0\0";
	struct scene *scene = *state;

	refused(scene, "title = \"x\";\ntitle = \"y\";", 2, "");
	refused(scene, "title = \"x\";\n\n}", 3, "");
	refused(scene, "title = \"x", 1, "");
	assert_int_equal(read_bytes(scene, binary, sizeof(binary)), -1);
	assert_true(str_starts(scene->err.text, scene->path));
}

/* Settings are kept with a session, and shown to who is to trust them. */
static void a_file_stands_for_itself(void **state)
{
	static const char hidden[] = "title = \"x\";\n/*\0*/ title = \"y\";";
	struct scene *scene = *state;

	refused(scene, "@include \"absent.cfg\"\n", 1,
		"@include: no other file is read");
	refused(scene, "title = \"x\";\n \t@include \"/dev/zero\"\n", 2,
		"@include: no other file is read");
	assert_int_equal(read_bytes(scene, hidden, sizeof(hidden) - 1), -1);
	assert_true(str_starts(scene->err.text, scene->path));
	assert_non_null(strstr(scene->err.text, ":2: there is a NUL in it"));
	assert_int_equal(read_text(scene, "title = \"a @include \\\"b\\\"\";"),
			 0);
}

static void fixups_are_a_list_of_groups(void **state)
{
	struct scene *scene = *state;
	const struct fixup_specs *fixups = &scene->settings.fixups;
	char *beside = xasprintf("%s/x.patch", scene->folder);
	static const char test[] = " test = { command = \"true\"; };";
	char *text = xasprintf("fixups = ( { patch = \"x.patch\"; if_has = "
			       "\"v1\"; }, { patch = \"/y\"; unless_has = "
			       "\"v2\"; } );%s",
			       test);

	assert_int_equal(read_text(scene, text), 0);
	assert_int_equal(fixups->count, 2);
	assert_string_equal(fixups->items[0].patch, "x.patch");
	assert_string_equal(fixups->items[0].file, beside);
	assert_string_equal(fixups->items[0].if_has, "v1");
	assert_null(fixups->items[0].unless_has);
	assert_null(fixups->items[1].file);
	assert_string_equal(fixups->items[1].unless_has, "v2");
	free(text);
	free(beside);
}

static void a_fixup_that_makes_no_sense_is_refused(void **state)
{
	struct scene *scene = *state;

	refused(scene, "fixups = ( { if_has = \"v1\"; } );", 1,
		"fixups: expected patch = \"FILE or commit\"");
	refused(scene, "fixups = ( { patch = \"-\"; } );", 1, "fixups: ");
	refused(scene, "fixups = ( { patch = 5; } );", 1,
		"fixups.patch: expected a text in quotes");
	refused(scene, "\nfixups = \"x.patch\";", 2,
		"fixups: expected a list of groups");
	assert_int_equal(
		read_text(scene, "fixups = ( { patch = \"x.patch\"; } );"), -1);
	assert_non_null(strstr(
		scene->err.text,
		":1: fixups: nothing is built that they could be applied to"));
}

static void a_build_without_a_test_is_refused(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene, "build: { command = \"make\"; };"),
			 -1);
	assert_non_null(strstr(scene->err.text, scene->path));
	assert_non_null(strstr(scene->err.text, ":1: test.command: it is "));
}

/* The line of the key, else of its group, else of what asks for it. */
static void what_is_missing_has_a_line_too(void **state)
{
	struct scene *scene = *state;

	refused(scene, "\n\nbuild: {\ncommand = \"make\"; };", 4,
		"test.command: it is needed: what is built would not be "
		"tested");
	refused(scene,
		"build: {\ncommand = \"make\"; };\ntest: {\n\ntimeout = 5; };",
		5, "test.command: it is needed");
	refused(scene, "\ntarget = \"uml\";\n", 2,
		"build.config: it is needed");
	refused(scene,
		"target = \"uml\";\nbuild: {\nconfig = \"c\";\n"
		"command = \"make\"; };",
		3, "build.config: there is build.command too");
	refused(scene,
		"target = \"uml\";\nbuild: { config = \"c\"; };\n"
		"reproducer: {\ncheck = \"true\"; };",
		4, "ssh.user: it is needed for a reproducer");
	refused(scene,
		"target = \"command\";\n\n"
		"machine: {\nkernel = \"k\";\nhost = \"h\"; };",
		5, "machine.host: it is for the target \"ssh\"");
}

static void runs_are_counted_by_belief_where_crashes_are_looked_for(
	void **state)
{
	static const struct {
		const char *settings, *policy;
	} cases[] = {
		{ "", "exit-code" },
		{ "test: { command = \"sh t\"; slots = 4; };", "exit-code" },
		{ "test: { command = \"sh t\"; crash = \"BUG\"; };",
		  "adaptive/5%" },
		{ "test: { command = \"sh t\"; console = \"kernel\"; };",
		  "adaptive/5%" },
		{ "policy = \"exit-code\";"
		  "test: { command = \"sh t\"; crash = \"BUG\"; };",
		  "exit-code" },
		{ "policy = \"strict/5%\";", "strict/5%" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(scene, cases[i].settings), 0);
		assert_string_equal(scene->settings.policy, cases[i].policy);
	}
}

static void the_console_is_read_as_the_policy_needs_it(void **state)
{
	static const struct {
		const char *policy, *more;
		enum reading as;
	} cases[] = {
		{ "syzkaller", "", READ_KERNEL },
		{ "syzkaller", "crash = \"BUG\";", READ_PLAIN },
		{ "syzkaller", "console = \"plain\";", READ_PLAIN },
		{ "exit-code", "", READ_PLAIN },
		{ "exit-code", "console = \"kernel\";", READ_KERNEL },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = xasprintf("policy = \"%s\";"
				       "test: { command = \"x\"; %s };",
				       cases[i].policy, cases[i].more);

		assert_int_equal(read_text(scene, text), 0);
		assert_int_equal(scene->settings.console, cases[i].as);
		free(text);
	}
	assert_int_equal(read_text(scene, "test: { command = \"x\";"
					  "console = \"kernel\";"
					  "crash = \"BUG\"; };"),
			 -1);
	assert_non_null(strstr(scene->err.text,
			       "test.crash: it is for other consoles"));
}

static void guests_have_defaults_of_their_own(void **state)
{
	struct scene *scene = *state;
	char *config = xasprintf("%s/x.config", scene->folder);
	char *key = xasprintf("%s/id", scene->folder);

	assert_int_equal(read_text(scene, "target = \"uml\";"
					  "build: { config = \"x.config\"; };"),
			 0);
	assert_int_equal(scene->settings.target, TARGET_UML);
	assert_string_equal(scene->settings.build.config, config);
	assert_string_equal(scene->settings.build.arch, "um");
	assert_string_equal(scene->settings.policy, "adaptive/5%");
	assert_int_equal(scene->settings.on_timeout, OUTCOME_OK);
	assert_int_equal(scene->settings.console, READ_KERNEL);
	assert_int_equal(
		read_text(scene,
			  "target = \"qemu\"; policy = \"syzkaller/3/3\";"
			  "build: { config = \"x.config\"; ccache = false;"
			  " arguments = [ \"W=1\", \"V=1\" ]; };"
			  "guest: { kvm = \"never\"; memory = 300; };"
			  "ssh: { user = \"root\"; keys = [ \"id\" ]; };"
			  "reproducer: { check = \"true\"; };"),
		0);
	assert_string_equal(scene->settings.build.arguments[1], "V=1");
	assert_null(scene->settings.build.arguments[2]);
	assert_string_equal(scene->settings.guest.ssh_keys[0], key);
	assert_false(scene->settings.build.ccache);
	assert_int_equal(scene->settings.guest.memory_mib, 300);
	free(config);
	free(key);
}

static void a_machine_is_a_host_and_how_to_reboot_it(void **state)
{
	static const char head[] = "target = \"ssh\";"
				   "build: { config = \"x.config\"; };"
				   "ssh: { user = \"root\"; };";
	static const struct {
		const char *more, *wrong;
	} cases[] = {
		{ "", "machine.host: it is needed" },
		{ "machine: { host = \"h\"; running = \"x\"; };",
		  "machine.expected: it is needed: running and expected belong "
		  "together" },
		{ "machine: { host = \"h\"; port = 0; };",
		  "machine.port: expected a whole number, 1 to 65535" },
		{ "machine: { host = \"h\"; reboot = \"never\"; };",
		  "\"every-run\" or \"new-kernel\"" },
		{ "machine: { host = \"h\"; }; test: { slots = 2; };",
		  "test.slots: a machine does one run at a time" },
		{ "machine: { host = \"h\"; }; executor = \"slurm\";",
		  "executor: a machine is brought into its kernel from here" },
	};
	struct scene *scene = *state;
	char *text = xasprintf("%s machine: { host = \"h\"; };", head);

	assert_int_equal(read_text(scene, text), 0);
	assert_int_equal(scene->settings.target, TARGET_MACHINE);
	assert_int_equal(scene->settings.machine.port, 22);
	assert_int_equal(scene->settings.machine.reboot, REBOOT_EVERY_RUN);
	assert_string_equal(scene->settings.machine.reboot_command, "reboot");
	free(text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = xasprintf("%s%s", head, cases[i].more);
		assert_int_equal(read_text(scene, text), -1);
		assert_non_null(strstr(scene->err.text, cases[i].wrong));
		free(text);
	}
	assert_int_equal(read_text(scene, "machine: { host = \"h\"; };"), -1);
	assert_non_null(
		strstr(scene->err.text,
		       ":1: machine.host: it is for the target \"ssh\""));
}

static void what_a_guest_lacks_or_cannot_have_is_said(void **state)
{
	static const struct {
		const char *text, *complaint;
	} cases[] = {
		{ "target = \"uml\";", "build.config: it is needed" },
		{ "target = \"uml\"; build: { command = \"make\"; };",
		  "guest.kernel: it is needed" },
		{ "target = \"uml\"; build: { config = \"c\"; };"
		  "test: { command = \"x\"; };",
		  "test.command: a guest is tested by its reproducer" },
		{ "target = \"uml\"; build: { config = \"c\"; };"
		  "ssh: { user = \"root\"; };",
		  "ssh.user: a kernel that is a program here" },
		{ "bad = \"boot-failed\"; test: { command = \"x\"; };",
		  "test.boot: it is needed" },
		{ "bad = \"build-failed\"; test: { command = \"x\"; };",
		  "build.command: it is needed" },
		{ "target = \"qemu\"; build: { config = \"c\"; };"
		  "reproducer: { file = \"r\"; };",
		  "ssh.user: it is needed for a reproducer" },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(read_text(scene, cases[i].text), -1);
		assert_non_null(strstr(scene->err.text, cases[i].complaint));
	}
	refused(scene, "bad = \"slow\";", 1,
		"bad: expected \"crash\", \"boot-failed\" or "
		"\"build-failed\"");
	refused(scene, "build: {\nfragments = \"a\"; };", 2,
		"build.fragments: expected a list of texts in [ ]");
	refused(scene, "build: {\nfragments = [ 1 ]; };", 2,
		"build.fragments: expected texts in quotes");
	refused(scene, "build: {\nccache = 1; };", 2,
		"build.ccache: expected true or false");
	refused(scene, "guest: {\nkvm = \"maybe\"; };", 2,
		"guest.kvm: expected \"auto\", \"always\" or \"never\"");
}

static void rules_for_titles_lie_beside_the_settings(void **state)
{
	struct scene *scene = *state;
	char *beside = xasprintf("%s/mine.cfg", scene->folder);

	assert_int_equal(read_text(scene, "oops = \"mine.cfg\";"), 0);
	assert_string_equal(scene->settings.oops, beside);
	assert_int_equal(read_text(scene, "oops = \"/etc/mine.cfg\";"), 0);
	assert_string_equal(scene->settings.oops, "/etc/mine.cfg");
	free(beside);
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(settings_read(&scene->settings, "/absent.cfg", NULL,
				       &scene->err),
			 -1);
	assert_non_null(strstr(scene->err.text, "/absent.cfg"));
	assert_non_null(strstr(scene->err.text, "No such file"));
	assert_int_equal(settings_read(&scene->settings, scene->folder, NULL,
				       &scene->err),
			 -1);
	assert_non_null(strstr(scene->err.text, scene->folder));
}

#define test(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Builds at once, commits ahead, and worktrees for them. */
static void reads_ahead(struct scene *scene, const char *text, int slots,
			int commits, int further)
{
	assert_int_equal(read_text(scene, text), 0);
	assert_int_equal(scene->settings.ahead.slots, slots);
	assert_int_equal(scene->settings.ahead.commits, commits);
	assert_int_equal(settings_further(&scene->settings), further);
}

static void what_is_built_ahead_is_by_what_may_be(void **state)
{
	struct scene *scene = *state;

	reads_ahead(scene, "test: { command = \"t\"; };", 1, 0, 0);
	/* each stays where it was built, also the one under test */
	reads_ahead(scene,
		    "build: { command = \"b\"; slots = 2; };"
		    "test: { command = \"t\"; };",
		    2, 2, 3);
	reads_ahead(scene,
		    "build: { command = \"b\"; ahead = 1; };"
		    "test: { command = \"t\"; };",
		    1, 1, 2);
	/* kernels are kept beside */
	reads_ahead(scene, "target = \"uml\"; build: { config = \"c\"; };", 1,
		    2, 1);
	reads_ahead(scene,
		    "target = \"uml\"; build: { config = \"c\"; cache = 0; };",
		    1, 1, 2);
	reads_ahead(scene,
		    "target = \"uml\"; build: { config = \"c\"; ahead = 0; };",
		    1, 0, 0);
	/* with its modules */
	reads_ahead(scene,
		    "target = \"ssh\"; build: { config = \"c\"; };"
		    "machine: { host = \"h\"; }; ssh: { user = \"u\"; };",
		    1, 1, 2);
	reads_ahead(scene,
		    "target = \"uml\"; build: { command = \"b\"; };"
		    "guest: { kernel = \"/srv/linux\"; };",
		    1, 0, 0);
}

static void what_would_be_built_over_is_not_built_ahead(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(read_text(scene,
				   "target = \"uml\";"
				   "build: { command = \"b\"; ahead = 1; };"
				   "guest: { kernel = \"/srv/linux\"; };"),
			 -1);
	assert_non_null(
		strstr(scene->err.text,
		       ":1: build.ahead: a kernel with an absolute name"));
	assert_int_equal(read_text(scene,
				   "build: { command = \"b\"; slots = 2; "
				   "ahead = 0; }; test: { command = \"t\"; };"),
			 -1);
	assert_non_null(strstr(scene->err.text,
			       "build.slots: with build.ahead = 0 "
			       "there is one build at a time"));
	refused(scene, "build: {\nslots = 9;};", 2,
		"build.slots: expected a whole number of builds at once, 1 to "
		"8");
	refused(scene, "build: {\nahead = 7;};", 2,
		"build.ahead: expected a whole number of commits, 0 to 6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(without_a_file_all_is_by_hand),
		test(every_key_has_its_place),
		test(the_script_of_the_tests_has_slots_too),
		test(an_empty_file_changes_nothing),
		test(reading_again_starts_afresh),
		test(what_is_refused_changes_nothing),
		test(unknown_keys_are_named_with_those_that_are_known),
		test(wrong_types_are_told_what_was_expected),
		test(numbers_have_bounds),
		test(values_are_checked_where_they_stand),
		test(regular_expressions_are_tried_at_once),
		test(what_libconfig_cannot_read_has_a_line_too),
		test(a_file_stands_for_itself),
		test(fixups_are_a_list_of_groups),
		test(a_fixup_that_makes_no_sense_is_refused),
		test(a_build_without_a_test_is_refused),
		test(what_is_missing_has_a_line_too),
		test(runs_are_counted_by_belief_where_crashes_are_looked_for),
		test(the_console_is_read_as_the_policy_needs_it),
		test(guests_have_defaults_of_their_own),
		test(a_machine_is_a_host_and_how_to_reboot_it),
		test(what_a_guest_lacks_or_cannot_have_is_said),
		test(rules_for_titles_lie_beside_the_settings),
		test(what_is_built_ahead_is_by_what_may_be),
		test(what_would_be_built_over_is_not_built_ahead),
		test(a_file_that_cannot_be_read_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
