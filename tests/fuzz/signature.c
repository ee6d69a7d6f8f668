/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel of any bytes has a signature, always the same, or is refused. */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "run/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct error err = ERROR_INIT;
	struct signature one, two;

	if (signature_of(path, &one, &err) < 0) {
		need(err.text[0] && fuzz_clean(err.text, false));
		return 0;
	}
	need(strspn(one.hex, "0123456789abcdef") == SIGNATURE_HEX);
	need(signature_of(path, &two, &err) == 0);
	need(strcmp(one.hex, two.hex) == 0);
	return 0;
}
