/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main of a fuzz target where there is no libFuzzer: reads the files of
 * its corpus, or those that are named, each as it is and then with some bytes
 * changed, cut off or doubled, always in the same way.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>

#include "base/xalloc.h"

#ifdef FUZZING
extern const int replay_is_left_out;
const int replay_is_left_out = 1;
#else

#define CHANGES 25
#define MOST	65536 /* bytes of a file */

int __attribute__((weak)) LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static unsigned draw(unsigned *seed, size_t below)
{
	*seed = *seed * 1103515245 + 12345;
	return below ? (*seed >> 8) % (unsigned)below : 0;
}

static size_t change(unsigned char *bytes, size_t size, unsigned *seed)
{
	static const unsigned char odd[] = { 0, '\n', 0x1b, 0x7f, 0x80, 0xff };
	size_t at = draw(seed, size), length = draw(seed, size - at);

	switch (size ? draw(seed, 5) : 4) {
	case 0:
		bytes[at] = (unsigned char)draw(seed, 256);
		return size;
	case 1:
		bytes[at] = odd[draw(seed, sizeof(odd))];
		return size;
	case 2:
		memmove(bytes + at, bytes + at + length, size - at - length);
		return size - length;
	case 3:
		if (size + length > MOST)
			return size;
		memmove(bytes + at + length, bytes + at, size - at);
		return size + length;
	default:
		return at;
	}
}

/* In a copy of its own, so that a byte too far is seen. */
static void run(const unsigned char *bytes, size_t size)
{
	unsigned char *copy = malloc(size ? size : 1);

	need(copy != NULL);
	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_file(const char *path)
{
	unsigned char *bytes = malloc(MOST);
	size_t length, size = 0;
	char *whole = fuzz_load(path, &length);
	unsigned seed = (unsigned)length;

	need(bytes != NULL);
	run((unsigned char *)whole, length);
	length = length < MOST ? length : MOST;
	for (int i = 0; i < CHANGES; i++) {
		if (i % 5 == 0) {
			memcpy(bytes, whole, length);
			size = length;
		}
		size = change(bytes, size, &seed);
		run(bytes, size);
	}
	free(bytes);
	free(whole);
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_seed, alphasort);

	if (count < 0) {
		perror(folder);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		char *path = xasprintf("%s/%s", folder, entries[i]->d_name);

		run_file(path);
		free(path);
		printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return count == 0;
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir"), *name = strrchr(argv[0], '/');
	char *folder;
	int ret = 0;

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	folder = xasprintf("%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
			   name ? name + 1 : argv[0]);
	if (argc == 1)
		ret = run_folder(folder);
	free(folder);
	return ret;
}

#endif
