/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xalloc.h"

#define STEPS_MAX   100000 /* of one try at one place */
#define DEPTH_MAX   10000
#define HEAP_KIB    8192
#define STACK_BYTES (256 * 1024)

struct match {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack; /* or NULL: no machine code here */
	bool gave_up;
};

static bool has_capital(const char *text)
{
	for (; *text; text++) {
		/* \S is no capital */
		if (*text == '\\' && text[1])
			text++;
		else if (isupper((unsigned char)*text))
			return true;
	}
	return false;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* Only a pattern with characters beyond ASCII has to know what those are. */
static uint32_t options_of(const char *pattern)
{
	uint32_t options = PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;

	if (!has_capital(pattern))
		options |= PCRE2_CASELESS;
	return options |
	       (is_ascii(pattern) ? PCRE2_NEVER_UTF
				  : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF);
}

static int no_pattern(const char *pattern, int code, size_t at,
		      struct error *err)
{
	PCRE2_UCHAR why[128];

	if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
		why[0] = '\0';
	return error_set(err, ERROR_INPUT,
			 "'%s' is no regular expression, at %zu: %s", pattern,
			 at + 1, (const char *)why);
}

static void *or_abort(void *made)
{
	if (!made)
		abort(); /* out of memory */
	return made;
}

int match_new(const char *pattern, struct match **out, struct error *err)
{
	struct match *match;
	pcre2_compile_context *how =
		or_abort(pcre2_compile_context_create(NULL));
	pcre2_code *code;
	size_t at = 0;
	int number = 0;

	/* consoles end lines both ways */
	pcre2_set_newline(how, PCRE2_NEWLINE_ANYCRLF);
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     options_of(pattern), &number, &at, how);
	pcre2_compile_context_free(how);
	if (!code)
		return no_pattern(pattern, number, at, err);
	match = xcalloc(1, sizeof(*match));
	match->code = code;
	match->data =
		or_abort(pcre2_match_data_create_from_pattern(code, NULL));
	match->context = or_abort(pcre2_match_context_create(NULL));
	pcre2_set_match_limit(match->context, STEPS_MAX);
	pcre2_set_depth_limit(match->context, DEPTH_MAX);
	pcre2_set_heap_limit(match->context, HEAP_KIB);
	/* where it cannot be made, it is interpreted */
	if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0) {
		match->stack = or_abort(
			pcre2_jit_stack_create(32 * 1024, STACK_BYTES, NULL));
		pcre2_jit_stack_assign(match->context, NULL, match->stack);
	}
	*out = match;
	return 0;
}

void match_free(struct match *match)
{
	if (!match)
		return;
	pcre2_match_context_free(match->context);
	pcre2_jit_stack_free(match->stack);
	pcre2_match_data_free(match->data);
	pcre2_code_free(match->code);
	free(match);
}

bool match_find(struct match *match, const char *bytes, size_t length,
		size_t from, struct match_span *span)
{
	const size_t *found;
	int count = pcre2_match(match->code, (PCRE2_SPTR)bytes, length, from, 0,
				match->data, match->context);

	if (count < 0) {
		match->gave_up |= count != PCRE2_ERROR_NOMATCH;
		return false;
	}
	found = pcre2_get_ovector_pointer(match->data);
	/* \K can turn a match about */
	span->start = found[0] < found[1] ? found[0] : found[1];
	span->end = found[1];
	return true;
}

bool match_gave_up(const struct match *match)
{
	return match->gave_up;
}
