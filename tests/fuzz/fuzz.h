/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

/*
 * What the targets share.  Each is one file that defines
 * LLVMFuzzerTestOneInput, and is linked with libFuzzer's main or with
 * replay.c, which reads the corpus.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void need(bool holds)
{
	if (!holds)
		abort();
}

/* A file of these bytes; its name is good until the next one is asked for. */
static inline const char *fuzz_file(const uint8_t *data, size_t size)
{
	static char path[40];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	need(fd >= 0 && ftruncate(fd, 0) == 0);
	need(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* A copy of its own, ended by a NUL, so that a byte too far is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	need(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* No control character but the newline where that is allowed. */
static inline bool fuzz_clean(const char *text, bool lines)
{
	for (; *text; text++)
		if (((unsigned char)*text < 0x20 &&
		     !(lines && *text == '\n')) ||
		    *text == 0x7f)
			return false;
	return true;
}

/* All of the file, which is none of the test's own; the caller frees. */
static inline char *fuzz_load(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *bytes;
	long size;

	need(file != NULL && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	need(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
	bytes = malloc((size_t)size + 1);
	need(bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	*length = (size_t)size;
	return bytes;
}

static inline void fuzz_store(const char *path, const void *bytes,
			      size_t length)
{
	FILE *file = fopen(path, "we");

	need(file && fwrite(bytes, 1, length, file) == length);
	need(fclose(file) == 0);
}

#endif
