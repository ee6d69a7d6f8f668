# SPDX-License-Identifier: GPL-2.0-or-later
#
# A toy of a kernel, in the test's folder: Makefile, kernel.c and toy.config.
# Its build knows O= and olddefconfig, and what it makes is a program, as
# ARCH=um makes one, which crashes where the file `number` (lib.sh, line_repo)
# says 9 or more.  Sourced after tap.sh.

cat >Makefile <<'TOY'
KCONFIG_CONFIG ?= $(O)/.config
olddefconfig:
	echo CONFIG_TOY=y >>$(KCONFIG_CONFIG)
clean:
	rm -f $(O)/linux $(O)/vmlinux
linux:
	cc -g -I. -o $(O)/vmlinux kernel.c
	cp $(O)/vmlinux $(O)/linux
.PHONY: olddefconfig clean linux
TOY
cat >kernel.c <<'TOY'
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int version =
#include "number"
;

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[argc - 1] : "";

	setvbuf(stdout, NULL, _IONBF, 0);
	if (!strcmp(how, "broken")) {
		puts("no memory for a guest");
		return 1;
	}
	puts("[    0.000000][    T0] Linux version 6.1.0-toy");
	if (!strcmp(how, "hangs"))
		pause();
	puts("[    0.100000][    T1] culprit: started");
	if (!strcmp(how, "dies"))
		return 0;
	puts(strcmp(how, "unfit") ? "culprit: check 0" : "culprit: check 3");
	if (!strcmp(how, "unfit"))
		return 0;
	if (version >= 9) {
		puts("[    1.000000][    T9] BUG: kernel NULL pointer "
		     "dereference, address: 0000000000000000\n"
		     "[    1.000001][    T9] RIP: 0010:toy_write+0x1/0x2\n"
		     "[    1.000002][    T9] Call Trace:\n"
		     "[    1.000003][    T9]  toy_write+0x1/0x2\n"
		     "[    1.000004][    T9]  vfs_write+0x1/0x2\n"
		     "[    1.000005][    T9]  do_syscall_64+0x1/0x2");
		pause();
	}
	puts(strcmp(how, "absent") ? "culprit: done 0" : "culprit: done 127");
	return 0;
}
TOY
echo "CONFIG_TOY=y" >toy.config
