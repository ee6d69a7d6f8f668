/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_GUEST_H
#define RUN_GUEST_H

/*
 * How a kernel is started: the command line of a guest whose console is the
 * output of that command.  Pure: starts nothing and looks at no file.
 *
 * uml: the kernel is a program of this machine (ARCH=um).  qemu: it boots in
 * a virtual machine that ends when the kernel restarts or panics, with a fresh
 * disk each time.
 */

#include <stdbool.h>

struct error;

enum guest_kind {
	GUEST_UML,
	GUEST_QEMU,
};

struct guest_spec {
	enum guest_kind kind;
	const char *arch;    /* "x86_64", "arm64"; of qemu */
	const char *program; /* qemu's, or NULL for that of the arch */
	const char *initrd;  /* or NULL */
	const char *image;   /* a disk, never written to; or NULL */
	const char *root;    /* uml: a folder to boot from; or NULL */
	const char *append;  /* more words for the kernel, or NULL */
	int memory_mib;
	int cpus;
	bool kvm;
	const char *const *extra; /* more arguments, ended by NULL; or NULL */
};

/*
 * The command that boots this kernel, on the heap, ended by NULL, freed with
 * guest_argv_free.  ssh_port: of this machine, forwarded to the guest's own
 * (qemu only); 0 for no network.  NULL with ERROR_INPUT where the arch's
 * machine is not known.
 */
char **guest_argv(const struct guest_spec *spec, const char *kernel,
		  int ssh_port, struct error *err);
void guest_argv_free(char **argv);

/* The qemu for kernels of this arch; NULL where its machine is not known. */
const char *guest_program(const char *arch);

#endif
