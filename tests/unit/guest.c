/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/guest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"

/* The command of a guest in one line. */
static void assert_boots(const struct guest_spec *spec, int ssh_port,
			 const char *expected)
{
	struct error err = ERROR_INIT;
	char **argv = guest_argv(spec, "/k/image", ssh_port, &err);
	struct buf line;

	assert_non_null(argv);
	buf_init(&line, 0);
	for (int i = 0; argv[i]; i++)
		buf_printf(&line, "%s%s", i ? " | " : "", argv[i]);
	assert_string_equal(line.text, expected);
	buf_release(&line);
	guest_argv_free(argv);
}

static void a_uml_kernel_is_a_program_with_its_console_as_output(void **state)
{
	(void)state;
	assert_boots(&(struct guest_spec){ .kind = GUEST_UML,
					   .initrd = "/i.gz",
					   .append = "quiet  run=1",
					   .memory_mib = 64 },
		     0,
		     "/k/image | mem=64M | con0=fd:0,fd:1 | con=null | "
		     "panic=-1 | initrd=/i.gz | quiet | run=1");
}

static void a_uml_kernel_may_boot_from_a_folder(void **state)
{
	(void)state;
	assert_boots(&(struct guest_spec){ .kind = GUEST_UML,
					   .root = "/srv/root",
					   .memory_mib = 32 },
		     0,
		     "/k/image | mem=32M | con0=fd:0,fd:1 | con=null | "
		     "panic=-1 | root=/dev/root | rootfstype=hostfs | "
		     "rootflags=/srv/root | rw");
}

static void qemu_ends_when_its_kernel_does(void **state)
{
	(void)state;
	assert_boots(&(struct guest_spec){ .kind = GUEST_QEMU,
					   .arch = "x86_64",
					   .initrd = "/i.gz",
					   .memory_mib = 256,
					   .cpus = 2 },
		     0,
		     "qemu-system-x86_64 | -machine | pc | -accel | tcg | "
		     "-cpu | max | -smp | 2 | -m | 256 | -display | none | "
		     "-nodefaults | -no-reboot | -serial | stdio | -kernel | "
		     "/k/image | -initrd | /i.gz | -append | console=ttyS0 "
		     "earlyprintk=serial panic=-1");
}

static void with_ssh_a_port_is_forwarded_and_nothing_else_reached(void **state)
{
	static const char *const extra[] = { "-device", "x", NULL };

	(void)state;
	assert_boots(&(struct guest_spec){ .kind = GUEST_QEMU,
					   .arch = "x86_64",
					   .program = "/opt/qemu",
					   .memory_mib = 256,
					   .cpus = 1,
					   .kvm = true,
					   .append = "ip=dhcp",
					   .extra = extra },
		     2222,
		     "/opt/qemu | -machine | pc | -accel | kvm | -cpu | host | "
		     "-smp | 1 | -m | 256 | -display | none | -nodefaults | "
		     "-no-reboot | -serial | stdio | -kernel | /k/image | "
		     "-netdev | user,id=net,restrict=on,"
		     "hostfwd=tcp:127.0.0.1:2222-:22 | -device | "
		     "virtio-net-pci,netdev=net,romfile= | -append | "
		     "console=ttyS0 earlyprintk=serial panic=-1 ip=dhcp | "
		     "-device | x");
}

static void a_disk_is_never_written_to_whatever_its_name(void **state)
{
	(void)state;
	assert_boots(&(struct guest_spec){ .kind = GUEST_QEMU,
					   .arch = "arm64",
					   .image = "/a,b.img",
					   .memory_mib = 512,
					   .cpus = 1 },
		     0,
		     "qemu-system-aarch64 | -machine | virt | -accel | tcg | "
		     "-cpu | max | -smp | 1 | -m | 512 | -display | none | "
		     "-nodefaults | -no-reboot | -serial | stdio | -kernel | "
		     "/k/image | -drive | "
		     "file=/a,,b.img,if=virtio,snapshot=on | -append | "
		     "console=ttyAMA0 panic=-1");
}

static void an_unknown_machine_needs_a_command_of_the_users(void **state)
{
	const struct guest_spec spec = { .kind = GUEST_QEMU, .arch = "m68k" };
	struct error err = ERROR_INIT;

	(void)state;
	assert_null(guest_argv(&spec, "/k", 0, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_string_equal(err.text,
			    "how qemu boots a kernel of 'm68k' is not known "
			    "here: give the whole command with guest.command");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_uml_kernel_is_a_program_with_its_console_as_output),
		cmocka_unit_test(a_uml_kernel_may_boot_from_a_folder),
		cmocka_unit_test(qemu_ends_when_its_kernel_does),
		cmocka_unit_test(
			with_ssh_a_port_is_forwarded_and_nothing_else_reached),
		cmocka_unit_test(a_disk_is_never_written_to_whatever_its_name),
		cmocka_unit_test(
			an_unknown_machine_needs_a_command_of_the_users),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
