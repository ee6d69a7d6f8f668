/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as JSON: one line of valid UTF-8 whose strings end where they do. */
#include "tests/fuzz/fuzz.h"

#include "base/json.h"
#include "base/utf8.h"

/* Behind a string's last quote; NULL: it is none. */
static const char *behind_string(const char *at)
{
	size_t used;

	if (*at++ != '"')
		return NULL;
	while (*at != '"') {
		uint32_t c = utf8_decode(at, strlen(at), &used);

		if (c == UTF8_NONE || c < 0x20)
			return NULL;
		if (c == '\\') {
			if (!strchr("\"\\/bfnrtu", at[1]))
				return NULL;
			used = at[1] == 'u' ? 6 : 2;
			if (at[1] == 'u' &&
			    strspn(at + 2, "0123456789abcdefABCDEF") < 4)
				return NULL;
		}
		at += used;
	}
	return at + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct json json;
	struct buf out;
	const char *at;

	buf_init(&out, 0);
	json_init(&json, &out);
	json_open_object(&json, NULL);
	json_text(&json, "a", text);
	json_text(&json, "b", text);
	json_close_object(&json);
	at = strchr(out.text, ':');
	need(at != NULL);
	at = behind_string(at + 1 + strspn(at + 1, " "));
	need(at && *at == ',');
	at += 1 + strspn(at + 1, " \n");
	at = behind_string(at);
	need(at && *at == ':');
	at += 1 + strspn(at + 1, " ");
	at = behind_string(at);
	need(at && strcmp(at + strspn(at, " \n"), "}") == 0);
	buf_release(&out);
	free(text);
	return 0;
}
