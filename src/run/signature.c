/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/xalloc.h"

#define CHUNK 65536

/* A file whose sections are walked. */
struct walk {
	int fd;
	uint64_t size;
	Elf *elf;
	uint8_t *chunk;
	struct sha256_ctx all;
	size_t sections; /* as the header has it */
	int loaded;	 /* of these */
};

static int damaged(struct error *err, const char *what)
{
	return error_set(err, ERROR_INPUT, "the ELF file is damaged: %s", what);
}

/* All the bytes wanted or an error. */
static int read_at(int fd, uint64_t offset, uint8_t *out, size_t length,
		   struct error *err)
{
	while (length > 0) {
		ssize_t got = pread(fd, out, length, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, "reading failed");
		if (got == 0)
			return damaged(err, "it ends too early");
		out += got;
		offset += (uint64_t)got;
		length -= (size_t)got;
	}
	return 0;
}

/*
 * libelf keeps something for each section, and with a count that does not fit
 * into the header there may be as many as the file has room for.  No kernel
 * has 65280 sections.
 */
static int check_header(struct walk *walk, struct error *err)
{
	uint8_t head[sizeof(Elf64_Ehdr)];
	size_t count;

	if (walk->size < sizeof(Elf32_Ehdr))
		return error_set(err, ERROR_INPUT, "it is no ELF file");
	memset(head, 0, sizeof(head));
	if (read_at(walk->fd, 0, head,
		    walk->size < sizeof(head) ? (size_t)walk->size
					      : sizeof(head),
		    err) < 0)
		return -1;
	if (memcmp(head, ELFMAG, SELFMAG) != 0)
		return error_set(err, ERROR_INPUT, "it is no ELF file");
	if (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64)
		return damaged(err, "it has neither 32 nor 64 bits");
	count = head[EI_CLASS] == ELFCLASS64 ? offsetof(Elf64_Ehdr, e_shnum)
					     : offsetof(Elf32_Ehdr, e_shnum);
	walk->sections = head[EI_DATA] == ELFDATA2MSB
				 ? (size_t)head[count] << 8 | head[count + 1]
				 : (size_t)head[count + 1] << 8 | head[count];
	if (walk->sections == 0)
		return damaged(err, "it has no table of sections, or one that "
				    "is too long");
	return 0;
}

static int add_section(struct walk *walk, const GElf_Shdr *section,
		       struct error *err)
{
	uint64_t offset = section->sh_offset, left = section->sh_size;
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx one;

	if (offset > walk->size || left > walk->size - offset)
		return damaged(err, "a section ends behind the file");
	sha256_init(&one);
	while (left > 0) {
		size_t length = left < CHUNK ? (size_t)left : CHUNK;

		if (read_at(walk->fd, offset, walk->chunk, length, err) < 0)
			return -1;
		sha256_update(&one, length, walk->chunk);
		offset += length;
		left -= length;
	}
	sha256_digest(&one, sizeof(digest), digest);
	sha256_update(&walk->all, sizeof(digest), digest);
	walk->loaded++;
	return 0;
}

static bool is_loaded(const GElf_Shdr *section)
{
	return (section->sh_flags & SHF_ALLOC) != 0 &&
	       section->sh_type != SHT_NOBITS && section->sh_type != SHT_NOTE;
}

static int walk_sections(struct walk *walk, struct error *err)
{
	size_t count;

	if (elf_kind(walk->elf) != ELF_K_ELF)
		return error_set(err, ERROR_INPUT, "it is no ELF file");
	if (elf_getshdrnum(walk->elf, &count) < 0)
		return damaged(err, elf_errmsg(-1));
	/* libelf is lenient: a table behind the end has no sections */
	if (count != walk->sections)
		return damaged(err, "its table of sections is cut off");
	for (size_t i = 0; i < count; i++) {
		Elf_Scn *section = elf_getscn(walk->elf, i);
		GElf_Shdr header;

		if (!section || !gelf_getshdr(section, &header))
			return damaged(err, elf_errmsg(-1));
		if (is_loaded(&header) && add_section(walk, &header, err) < 0)
			return -1;
	}
	if (walk->loaded == 0)
		return error_set(err, ERROR_INPUT,
				 "it has no sections that are loaded");
	return 0;
}

static int open_file(struct walk *walk, const char *path, struct error *err)
{
	struct stat st;

	/* without waiting, should it be a pipe */
	walk->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (walk->fd < 0 || fstat(walk->fd, &st) < 0)
		return error_errno(err, "it cannot be opened");
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, "it is no regular file");
	walk->size = (uint64_t)st.st_size;
	return 0;
}

static void put_hex(struct walk *walk, struct signature *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&walk->all, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out->hex[2 * i] = digits[digest[i] >> 4];
		out->hex[2 * i + 1] = digits[digest[i] & 15];
	}
	out->hex[SIGNATURE_HEX] = '\0';
}

int signature_of(const char *path, struct signature *out, struct error *err)
{
	struct walk walk = { .fd = -1 };
	int ret = -1;

	walk.chunk = xmalloc(CHUNK);
	sha256_init(&walk.all);
	if (open_file(&walk, path, err) < 0 || check_header(&walk, err) < 0)
		goto out;
	elf_version(EV_CURRENT);
	walk.elf = elf_begin(walk.fd, ELF_C_READ, NULL);
	if (!walk.elf) {
		damaged(err, elf_errmsg(-1));
		goto out;
	}
	if (walk_sections(&walk, err) < 0)
		goto out;
	put_hex(&walk, out);
	ret = 0;
out:
	if (ret < 0)
		error_prefix(err, "no signature of '%s'", path);
	elf_end(walk.elf);
	if (walk.fd >= 0)
		close(walk.fd);
	free(walk.chunk);
	return ret;
}
