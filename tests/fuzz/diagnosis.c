/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A build's output of any bytes, whole and in pieces: the same lines tell why
 * it failed, few and clean.  The first byte says how long the pieces are.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "run/diagnosis.h"

static void read_in(struct diagnosis *diagnosis, const uint8_t *bytes,
		    size_t size, size_t piece, struct buf *out)
{
	diagnosis_init(diagnosis, "/src");
	for (size_t at = 0, length; at < size; at += length) {
		length = size - at < piece ? size - at : piece;
		diagnosis_feed(diagnosis, (const char *)bytes + at, length);
	}
	diagnosis_end(diagnosis);
	diagnosis_errors(diagnosis, out);
	buf_putc(out, '\n');
	diagnosis_last(diagnosis, out);
	if (diagnosis->trouble)
		buf_printf(out, "\n%s", diagnosis->trouble);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnosis one, two;
	struct buf whole, pieces;

	if (size == 0)
		return 0;
	buf_init(&whole, 0);
	buf_init(&pieces, 0);
	read_in(&one, data + 1, size - 1, SIZE_MAX, &whole);
	read_in(&two, data + 1, size - 1, data[0] + 1u, &pieces);
	need(strcmp(whole.text, pieces.text) == 0);
	need(fuzz_clean(whole.text, true));
	need(whole.length < (2 * DIAGNOSIS_ERRORS + DIAGNOSIS_LAST + 2) *
				    (DIAGNOSIS_LINE + 2));
	diagnosis_release(&one);
	diagnosis_release(&two);
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
