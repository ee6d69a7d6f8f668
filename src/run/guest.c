/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/guest.h"

#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "base/xalloc.h"

/* What differs between qemu's machines for a kernel with a serial console. */
static const struct machine {
	const char *arch, *program, *machine, *console, *net;
} machines[] = {
	{ "x86_64", "qemu-system-x86_64", "pc",
	  "console=ttyS0 earlyprintk=serial",
	  "virtio-net-pci,netdev=net,romfile=" },
	{ "arm64", "qemu-system-aarch64", "virt", "console=ttyAMA0",
	  "virtio-net-device,netdev=net" },
	{ "riscv", "qemu-system-riscv64", "virt", "console=ttyS0",
	  "virtio-net-device,netdev=net" },
};

static void add_pair(struct argv *words, const char *option, char *value)
{
	argv_add(words, option);
	argv_take(words, value);
}

/* The kernel's words become arguments of the program, split at blanks. */
static void add_append(struct argv *words, const char *append)
{
	while (append && *append) {
		size_t length = strcspn(append, " ");

		if (length)
			argv_take(words, xstrndup(append, length));
		append += length + (append[length] == ' ');
	}
}

static void uml_words(struct argv *words, const struct guest_spec *spec,
		      const char *kernel)
{
	argv_add(words, kernel);
	argv_take(words, xasprintf("mem=%dM", spec->memory_mib));
	argv_add(words, "con0=fd:0,fd:1");
	argv_add(words, "con=null");
	argv_add(words, "panic=-1");
	if (spec->initrd)
		argv_take(words, xasprintf("initrd=%s", spec->initrd));
	if (spec->root) {
		argv_add(words, "root=/dev/root");
		argv_add(words, "rootfstype=hostfs");
		argv_take(words, xasprintf("rootflags=%s", spec->root));
		argv_add(words, "rw");
	}
	if (spec->image)
		argv_take(words, xasprintf("ubd0r=%s", spec->image));
	add_append(words, spec->append);
	argv_add_all(words, spec->extra);
}

static const struct machine *find_machine(const char *arch)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (str_equal(machines[i].arch, arch))
			return &machines[i];
	return NULL;
}

/* A comma in a file's name would begin another option of qemu's. */
static char *quote_commas(const char *prefix, const char *name,
			  const char *suffix)
{
	struct buf out;
	char *text;

	buf_init(&out, 0);
	buf_puts(&out, prefix);
	for (; *name; name++) {
		if (*name == ',')
			buf_putc(&out, ',');
		buf_putc(&out, *name);
	}
	buf_puts(&out, suffix);
	text = buf_take(&out);
	buf_release(&out);
	return text;
}

static void qemu_words(struct argv *words, const struct guest_spec *spec,
		       const struct machine *machine, const char *kernel,
		       int ssh_port)
{
	const char *append = spec->append ? spec->append : "";

	argv_add(words, spec->program ? spec->program : machine->program);
	add_pair(words, "-machine", xstrdup(machine->machine));
	add_pair(words, "-accel", xstrdup(spec->kvm ? "kvm" : "tcg"));
	add_pair(words, "-cpu", xstrdup(spec->kvm ? "host" : "max"));
	add_pair(words, "-smp", xasprintf("%d", spec->cpus));
	add_pair(words, "-m", xasprintf("%d", spec->memory_mib));
	add_pair(words, "-display", xstrdup("none"));
	argv_add(words, "-nodefaults");
	argv_add(words, "-no-reboot");
	add_pair(words, "-serial", xstrdup("stdio"));
	add_pair(words, "-kernel", xstrdup(kernel));
	if (spec->initrd)
		add_pair(words, "-initrd", xstrdup(spec->initrd));
	if (spec->image)
		add_pair(words, "-drive",
			 quote_commas("file=", spec->image,
				      ",if=virtio,snapshot=on"));
	if (ssh_port) {
		add_pair(words, "-netdev",
			 xasprintf("user,id=net,restrict=on,"
				   "hostfwd=tcp:127.0.0.1:%d-:22",
				   ssh_port));
		add_pair(words, "-device", xstrdup(machine->net));
	}
	add_pair(words, "-append",
		 xasprintf("%s panic=-1%s%s", machine->console,
			   *append ? " " : "", append));
	argv_add_all(words, spec->extra);
}

char **guest_argv(const struct guest_spec *spec, const char *kernel,
		  int ssh_port, struct error *err)
{
	const struct machine *machine;
	struct argv words = ARGV_INIT;

	if (spec->kind == GUEST_UML) {
		uml_words(&words, spec, kernel);
		return words.items;
	}
	machine = find_machine(spec->arch);
	if (!machine) {
		error_set(err, ERROR_INPUT,
			  "how qemu boots a kernel of '%s' is not known here: "
			  "give the whole command with guest.command",
			  spec->arch);
		return NULL;
	}
	qemu_words(&words, spec, machine, kernel, ssh_port);
	return words.items;
}

const char *guest_program(const char *arch)
{
	const struct machine *machine = find_machine(arch);

	return machine ? machine->program : NULL;
}

void guest_argv_free(char **argv)
{
	argv_free(argv);
}
