/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A console of any bytes, as a run reads it, whole and in pieces: the same is
 * seen, and what is told of it is clean.  The first byte says how it is read,
 * the second how long the pieces are.
 */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "control/excerpt.h"
#include "control/rules.h"
#include "run/console.h"

enum { KERNEL = 1, GUEST = 2, CRASH = 4, BOOT = 8, RESTART = 16 };

static const struct rules *oops(void)
{
	static struct rules *rules;

	if (!rules)
		rules = rules_load(NULL, 0, NULL);
	need(rules != NULL);
	return rules;
}

static struct console_rules *rules_of(uint8_t how)
{
	const struct console_spec spec = {
		.oops = oops(),
		.kernel = how & KERNEL,
		.crash = how & CRASH ? "(crash|FAIL): *([a-z]*)" : NULL,
		.ignore = "noise|nothing",
		.boot = how & BOOT ? "login:" : NULL,
		.guest = how & GUEST,
		.fatal = how & GUEST ? "kvm run failed" : NULL,
	};
	struct console_rules *rules;

	need(console_rules_new(&spec, &rules, NULL) == 0);
	return rules;
}

static void feed(struct console *console, const uint8_t *bytes, size_t size,
		 size_t piece, uint8_t how)
{
	for (size_t at = 0, length; at < size; at += length) {
		length = size - at < piece ? size - at : piece;
		/* at the same byte, whatever the pieces are */
		if (at < size / 2 && at + length > size / 2)
			length = size / 2 - at;
		if (how & RESTART && at == size / 2)
			console_restart(console, how & GUEST);
		console_feed(console, (const char *)bytes + at, length);
	}
	console_end(console);
}

static void same(const struct console *a, const struct console *b)
{
	struct sight one, two;

	console_look(a, &one);
	console_look(b, &two);
	need(a->booted == b->booted && a->spoke == b->spoke &&
	     a->kernel_spoke == b->kernel_spoke && a->check == b->check &&
	     a->done == b->done && a->fatal == b->fatal &&
	     a->kernel_at == b->kernel_at && a->booted_at == b->booted_at);
	need(strcmp(a->last, b->last) == 0 && fuzz_clean(a->last, false));
	need(one.seen == two.seen && one.panicked == two.panicked &&
	     one.crash_count == two.crash_count);
	for (int i = 0; i < one.crash_count; i++) {
		need(one.at[i] == two.at[i]);
		need(strcmp(one.crashes[i].title, two.crashes[i].title) == 0);
		need(fuzz_clean(one.crashes[i].title, false));
	}
	sight_release(&one);
	sight_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct console_rules *rules;
	struct console whole, pieces;
	struct buf out;

	if (size < 2)
		return 0;
	rules = rules_of(data[0]);
	console_init(&whole, rules);
	console_init(&pieces, rules);
	feed(&whole, data + 2, size - 2, SIZE_MAX, data[0]);
	feed(&pieces, data + 2, size - 2, data[1] + 1u, data[0]);
	same(&whole, &pieces);
	console_release(&whole);
	console_release(&pieces);
	console_rules_free(rules);
	buf_init(&out, 0);
	excerpt_cut(fuzz_file(data + 2, size - 2), oops(), NULL, &out);
	buf_release(&out);
	return 0;
}
