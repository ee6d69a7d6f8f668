/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/identity.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "run/tidy.h"

#define SECTIONS_MAX 65536 /* no kernel has as many */
#define NOTE_MAX     65536 /* bytes of a section of notes */
#define GNU_NAME     "GNU" /* with its end */

/* Clean and without what stands around it. */
static void take_text(char *out, size_t size, const char *bytes, size_t length)
{
	char *text = xstrndup(bytes, length);

	str_copy(out, size, text);
	tidy_utf8(out, strlen(out));
	tidy_trim(out);
	tidy_controls(out);
	free(text);
}

static bool read_release(const char *folder, struct identity *out)
{
	char *path = xasprintf("%s/include/config/kernel.release", folder);
	FILE *file = fopen(path, "re");
	char line[128] = "";

	if (file && fgets(line, sizeof(line), file))
		take_text(out->kernel, sizeof(out->kernel), line,
			  strcspn(line, "\n"));
	if (file)
		fclose(file);
	free(path);
	return out->kernel[0] != '\0';
}

static bool find_note(Elf_Data *data, struct identity *out)
{
	GElf_Nhdr note;
	size_t at = 0, name, body;

	while ((at = gelf_getnote(data, at, &note, &name, &body)) > 0) {
		if (note.n_type != NT_GNU_BUILD_ID ||
		    note.n_namesz != sizeof(GNU_NAME) ||
		    memcmp((char *)data->d_buf + name, GNU_NAME,
			   sizeof(GNU_NAME)) != 0 ||
		    note.n_descsz != BUILD_ID_LENGTH)
			continue;
		memcpy(out->build_id, (char *)data->d_buf + body,
		       BUILD_ID_LENGTH);
		return true;
	}
	return false;
}

static bool find_build_id(Elf *elf, struct identity *out)
{
	Elf_Scn *section = NULL;
	size_t count = 0;

	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrnum(elf, &count) < 0 ||
	    count > SECTIONS_MAX)
		return false;
	while ((section = elf_nextscn(elf, section))) {
		GElf_Shdr header;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) ||
		    header.sh_type != SHT_NOTE || header.sh_size > NOTE_MAX)
			continue;
		data = elf_getdata(section, NULL);
		if (data && find_note(data, out))
			return true;
	}
	return false;
}

static bool read_build_id(const char *folder, struct identity *out)
{
	char *path = xasprintf("%s/vmlinux", folder);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf = NULL;

	free(path);
	if (fd >= 0 && elf_version(EV_CURRENT) != EV_NONE)
		elf = elf_begin(fd, ELF_C_READ, NULL);
	out->has_build_id = elf && find_build_id(elf, out);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return out->has_build_id;
}

bool identity_of_build(const char *folder, struct identity *out)
{
	bool release, build_id;

	memset(out, 0, sizeof(*out));
	release = read_release(folder, out);
	build_id = read_build_id(folder, out);
	return release || build_id;
}

bool identity_read(const char *bytes, size_t length, struct running *out)
{
	const char *end = bytes + length, *first, *second;

	memset(out, 0, sizeof(*out));
	first = memchr(bytes, '\n', length);
	if (!first)
		return false;
	take_text(out->boot, sizeof(out->boot), bytes, (size_t)(first - bytes));
	second = memchr(first + 1, '\n', (size_t)(end - first - 1));
	second = second ? second : end;
	take_text(out->kernel, sizeof(out->kernel), first + 1,
		  (size_t)(second - first - 1));
	if (second < end) {
		size_t rest = (size_t)(end - second - 1);

		out->notes_length =
			rest < sizeof(out->notes) ? rest : sizeof(out->notes);
		memcpy(out->notes, second + 1, out->notes_length);
	}
	return out->boot[0] && out->kernel[0];
}

bool identity_matches(const struct identity *identity,
		      const struct running *running)
{
	bool proof = identity->has_build_id &&
		     memmem(running->notes, running->notes_length, GNU_NAME,
			    sizeof(GNU_NAME));

	if (!identity->kernel[0] && !proof)
		return false;
	if (identity->kernel[0] &&
	    !str_equal(identity->kernel, running->kernel))
		return false;
	return !proof || memmem(running->notes, running->notes_length,
				identity->build_id, BUILD_ID_LENGTH);
}
