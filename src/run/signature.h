/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SIGNATURE_H
#define RUN_SIGNATURE_H

/*
 * The signature of a kernel: equal when what would be loaded is equal, though
 * the debug information differs.  A commit that changes comments only has the
 * signature of its parent, and need not be tested.
 *
 * It is syzkaller's (pkg/build/linux.go): the sections of the ELF file in
 * order, without those that are not SHF_ALLOC and those of type SHT_NOBITS or
 * SHT_NOTE; a SHA-256 over the SHA-256 of the data of each.
 *
 * The file may be anything: what is no sound ELF is an error, and memory is
 * bounded however large it is.  It never writes.  It blocks while it reads
 * tens of megabytes, so the loop is no place for it.
 */

#define SIGNATURE_HEX 64

struct error;

struct signature {
	char hex[SIGNATURE_HEX + 1];
};

/*
 * Of the file vmlinux (32 and 64 bits, either byte order).  ERROR_SYSTEM when
 * it cannot be read, ERROR_INPUT when it is no ELF file, is damaged or cut
 * off, or has nothing that is loaded.
 */
int signature_of(const char *path, struct signature *out, struct error *err);

#endif
