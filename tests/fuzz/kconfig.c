/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's configuration of any bytes: what is written of it can be read,
 * and says the same.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "run/kconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct error err = ERROR_INIT;
	struct kconfig one, two;
	struct buf first, second;

	kconfig_init(&one);
	kconfig_init(&two);
	buf_init(&first, 0);
	buf_init(&second, 0);
	if (kconfig_read(&one, path, &err) < 0) {
		need(str_starts(err.text, path));
		need(fuzz_clean(err.text, false));
	} else {
		kconfig_write(&one, &first);
		path = fuzz_file((const uint8_t *)first.text, first.length);
		need(kconfig_read(&two, path, &err) == 0);
		kconfig_write(&two, &second);
		need(str_equal(first.text, second.text));
	}
	kconfig_release(&one);
	kconfig_release(&two);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
