/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control/setup.h"

#include "base/buf.h"
#include "base/str.h"
#include "control/settings.h"

#define COMMAND_MAX 500 /* bytes shown */

/* A text of the user's on one line: blanks are one, long ones are cut. */
static void put_word(const char *text, struct buf *out)
{
	size_t begin = out->length;
	bool gap = false;

	for (; *text && out->length - begin < COMMAND_MAX; text++) {
		if ((unsigned char)*text <= ' ') {
			gap = out->length > begin;
			continue;
		}
		if (gap)
			buf_putc(out, ' ');
		gap = false;
		buf_putc(out, *text);
	}
	if (*text)
		buf_puts(out, "...");
}

static void put(const char *what, const char *how, struct buf *out)
{
	if (str_empty(how))
		return;
	buf_printf(out, "%s: ", what);
	put_word(how, out);
	buf_putc(out, '\n');
}

static void put_list(const char *what, char *const *list, struct buf *out)
{
	if (!list || !*list)
		return;
	buf_printf(out, "%s:", what);
	for (; *list; list++) {
		buf_putc(out, ' ');
		put_word(*list, out);
	}
	buf_putc(out, '\n');
}

static void put_build(const struct settings *settings, const char *compiler,
		      struct buf *out)
{
	const struct kernel_settings *build = &settings->build;

	if (settings->build_command) {
		put("built by", settings->build_command, out);
		return;
	}
	if (!build->config)
		return;
	put("kernel configuration", build->config, out);
	put_list("with fragments", build->fragments, out);
	put("architecture", build->arch, out);
	put("compiler", compiler ? compiler : build->cc, out);
	put_list("make arguments", build->arguments, out);
}

static void put_guest(const struct settings *settings, struct buf *out)
{
	const struct guest_settings *guest = &settings->guest;

	if (guest->command)
		put("booted by", guest->command, out);
	else
		buf_printf(out, "booted in: %s, %d MiB, %d processor%s\n",
			   settings->target == TARGET_UML ? "User-Mode Linux"
			   : guest->program		  ? guest->program
							  : "qemu",
			   guest->memory_mib, guest->cpus,
			   guest->cpus == 1 ? "" : "s");
	put("initramfs", guest->initrd, out);
	put("disk", guest->image, out);
	put("root folder", guest->root, out);
	put("kernel command line, besides", guest->append, out);
	put_list("machine arguments", guest->arguments, out);
	put("reproducer", guest->repro_file, out);
	put("run in it", guest->repro_command, out);
}

static void put_machine(const struct settings *settings, struct buf *out)
{
	const struct machine_settings *machine = &settings->machine;

	put("booted on", machine->host, out);
	put("installed by", machine->install, out);
	put("installed there by", machine->install_there, out);
	put("rebooted by",
	    machine->power_cycle ? machine->power_cycle
				 : machine->reboot_command,
	    out);
	put("console", machine->console, out);
	put("reproducer", settings->guest.repro_file, out);
	put("run there", settings->guest.repro_command, out);
}

void setup_describe(const struct settings *settings, const char *compiler,
		    struct buf *out)
{
	put_build(settings, compiler, out);
	if (settings->target == TARGET_MACHINE)
		put_machine(settings, out);
	else if (settings->target != TARGET_COMMAND)
		put_guest(settings, out);
	put("tested by", settings->test_command, out);
	put("a crash is a line with", settings->crash, out);
	put("crashes left aside", settings->ignore, out);
}
