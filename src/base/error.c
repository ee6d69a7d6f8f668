/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return -1;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}

const char *error_advice(const char *words)
{
	static const char *const full[] = {
		"No space left on device",
		"Disk quota exceeded",
	};

	for (size_t i = 0; i < sizeof(full) / sizeof(full[0]); i++)
		if (strstr(words, full[i]))
			return "; make room there";
	/* git does not say why */
	return strstr(words, "unable to write ")
		       ? "; if its disk is full, make room there"
		       : "";
}

int error_errno(struct error *err, const char *format, ...)
{
	int saved = errno;
	size_t used;
	va_list args;

	if (!err)
		return -1;
	err->code = ERROR_SYSTEM;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s%s",
		 strerror(saved), error_advice(strerror(saved)));
	return -1;
}

int error_prefix(struct error *err, const char *format, ...)
{
	char old[sizeof(err->text)];
	size_t used;
	va_list args;

	if (!err)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", old);
	return -1;
}
