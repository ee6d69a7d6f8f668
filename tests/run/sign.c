/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Prints the kernel signature of each file that is named, or what is wrong
 * with it; 1 when something was.
 */

#include <stdio.h>

#include "base/error.h"
#include "run/signature.h"

int main(int argc, char **argv)
{
	struct signature signature;
	struct error err;
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (signature_of(argv[i], &signature, &err) == 0) {
			puts(signature.hex);
		} else {
			printf("%s\n", err.text);
			status = 1;
		}
	}
	return status;
}
