/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF executables for 32-bit ARM: what is loaded, at the address that it is loaded from (the
 * physical address of its segment, LMA), as objcopy has it. So the first values of variables go to
 * flash, and what begins as zeros (.bss) is not written. (System V ABI, generic, ELF Header, Program
 * Header, Sections; ELF for the Arm Architecture.)
 *
 * Linkers round a segment to pages of the file, so that it can begin with the file's own headers or
 * hold the gap between two sections: where a file has a table of sections, only their bytes count.
 * Where all physical addresses are 0 the file has none, and virtual addresses count.
 *
 * Without libelf the format is refused.
 */
#include <string.h>

#include "parsers/parser.h"

#ifdef HAVE_LIBELF
#include <gelf.h>

#include "parsers/runs.h"

#define MEMORY_END (UINT64_C(1) << 32)
#define SECTION_HEAD 40u		/* bytes of an entry in a 32-bit file */
#define SEGMENTS_MAX 1024u		/* firmware has less than ten */

/* A file under way. */
struct reader {
	Elf *elf;
	const uint8_t *data;
	size_t len;
	size_t segments;
	uint64_t headers_end;		/* of the ELF header and the table of segments behind it */
	bool physical;			/* its physical addresses count */
	struct runs runs;
};

static int elf_fault(const char *doing, struct err *e)
{
	int fault = elf_errno();

	return err_set(e, ERR_IMAGE, "%s: %s", doing,
		       fault ? elf_errmsg(fault) : "is cut off or damaged");
}

static int check_kind(const struct reader *r, const GElf_Ehdr *head, struct err *e)
{
	if (head->e_ident[EI_CLASS] != ELFCLASS32)
		return err_set(e, ERR_IMAGE, "at offset 0x%x: is no 32-bit ELF file", EI_CLASS);
	if (head->e_ident[EI_DATA] != ELFDATA2LSB)
		return err_set(e, ERR_IMAGE, "at offset 0x%x: is no little-endian ELF file", EI_DATA);
	if (head->e_machine != EM_ARM)
		return err_set(e, ERR_IMAGE,
			       "at offset 0x12: is for machine %u, and not for ARM (%u)",
			       head->e_machine, EM_ARM);
	if (head->e_type != ET_EXEC)
		return err_set(e, ERR_IMAGE, "at offset 0x10: is no executable (type %u)%s",
			       head->e_type, head->e_type == ET_REL ?
			       ": an object file, which is yet to be linked" : "");
	if (!r->segments)
		return err_set(e, ERR_IMAGE, "has no segments to load");
	if (r->segments > SEGMENTS_MAX)
		return err_set(e, ERR_IMAGE, "at offset 0x2c: has %zu segments", r->segments);
	return 0;
}

/* Without its end a file would look as if it had no sections. */
static int check_sections(const struct reader *r, const GElf_Ehdr *head, struct err *e)
{
	/* 0: their number is in the first entry. */
	size_t sections = head->e_shnum ? head->e_shnum : 1;

	if (!head->e_shoff)
		return 0;
	if (head->e_shoff > r->len || sections > (r->len - head->e_shoff) / SECTION_HEAD)
		return err_set(e, ERR_IMAGE, "at offset 0x20: its table of sections reaches past "
			       "the end of the file: it was cut off");
	return 0;
}

/* Is the segment loaded from the file? */
static bool is_loaded(const GElf_Phdr *segment)
{
	return segment->p_type == PT_LOAD && segment->p_filesz;
}

static int check_segment(const struct reader *r, size_t i, GElf_Phdr *segment, struct err *e)
{
	if (!gelf_getphdr(r->elf, (int)i, segment))
		return elf_fault("the table of segments", e);
	if (!is_loaded(segment))
		return 0;
	if (segment->p_offset > r->len || segment->p_filesz > r->len - segment->p_offset)
		return err_set(e, ERR_IMAGE,
			       "segment %zu: its 0x%x bytes at offset 0x%x reach past the end of the "
			       "file", i, (unsigned int)segment->p_filesz,
			       (unsigned int)segment->p_offset);
	if (segment->p_filesz > segment->p_memsz)
		return err_set(e, ERR_IMAGE, "segment %zu: has 0x%x bytes in the file, and 0x%x in "
			       "memory", i, (unsigned int)segment->p_filesz,
			       (unsigned int)segment->p_memsz);
	return 0;
}

/* Checks all segments before the first is taken. */
static int check_segments(struct reader *r, struct err *e)
{
	GElf_Phdr segment;

	for (size_t i = 0; i < r->segments; i++) {
		if (check_segment(r, i, &segment, e) < 0)
			return -1;
		r->physical |= is_loaded(&segment) && segment.p_paddr;
	}
	return 0;
}

/* Adds the bytes of [@from, @to) in the file, which are the segment's. */
static int add_part(struct reader *r, const GElf_Phdr *segment, uint64_t from, uint64_t to,
		    struct err *e)
{
	uint64_t base = r->physical ? segment->p_paddr : segment->p_vaddr;
	uint64_t addr = base + (from - segment->p_offset), len = to - from;
	const struct piece piece = { (uint32_t)addr, (uint32_t)len, r->data + from };

	if (addr + len > MEMORY_END) {
		err_set(e, ERR_IMAGE, "%u bytes at 0x%08x run past 4 GB", (unsigned int)len,
			(unsigned int)addr);
		return err_at(e, (uint32_t)addr);
	}
	if (len > r->len - r->runs.used)
		return err_set(e, ERR_IMAGE, "its segments share bytes of the file");
	return runs_add(&r->runs, &piece, e);
}

/* Is it loaded from the file? */
static bool is_contents(const GElf_Shdr *section)
{
	return (section->sh_flags & SHF_ALLOC) && section->sh_type != SHT_NOBITS &&
	       section->sh_size;
}

/* Adds what sections have of the segment. Returns how many there were, or -1. */
static int add_sections(struct reader *r, const GElf_Phdr *segment, struct err *e)
{
	uint64_t start = segment->p_offset, end = start + segment->p_filesz;
	Elf_Scn *scn = NULL;
	GElf_Shdr section;
	int found = 0;

	while ((scn = elf_nextscn(r->elf, scn))) {
		uint64_t from, to;

		if (!gelf_getshdr(scn, &section))
			return elf_fault("the table of sections", e);
		from = section.sh_offset > start ? section.sh_offset : start;
		to = section.sh_offset + section.sh_size < end ? section.sh_offset + section.sh_size
							       : end;
		if (!is_contents(&section) || from >= to)
			continue;
		found = 1;
		if (add_part(r, segment, from, to, e) < 0)
			return -1;
	}
	return found;
}

static int add_segment(struct reader *r, const GElf_Phdr *segment, struct err *e)
{
	uint64_t from = segment->p_offset, to = from + segment->p_filesz;
	int found = add_sections(r, segment, e);

	if (found)
		return found < 0 ? -1 : 0;
	if (from < r->headers_end)
		from = r->headers_end;
	return from < to ? add_part(r, segment, from, to, e) : 0;
}

static int read_file(struct reader *r, struct image *img, struct err *e)
{
	GElf_Phdr segment;
	GElf_Ehdr head;

	if (elf_kind(r->elf) != ELF_K_ELF || !gelf_getehdr(r->elf, &head) ||
	    elf_getphdrnum(r->elf, &r->segments) < 0)
		return elf_fault("at offset 0x0: the ELF header", e);
	if (check_kind(r, &head, e) < 0 || check_sections(r, &head, e) < 0 ||
	    check_segments(r, e) < 0)
		return -1;
	r->headers_end = head.e_phoff == head.e_ehsize
			 ? head.e_phoff + r->segments * head.e_phentsize : head.e_ehsize;
	for (size_t i = 0; i < r->segments; i++) {
		if (!gelf_getphdr(r->elf, (int)i, &segment))
			return elf_fault("the table of segments", e);
		if (is_loaded(&segment) && add_segment(r, &segment, e) < 0)
			return err_wrap(e, "segment %zu", i);
	}
	img->has_start = head.e_entry != 0;
	img->start = (uint32_t)head.e_entry;
	return r->runs.count ? 0 : err_set(e, ERR_IMAGE, "the file holds no data to load");
}

static int fill_image(struct reader *r, struct image *img, const char *name, struct err *e)
{
	uint32_t addr;
	int ret = runs_fill(&r->runs, img, name, &addr, e);

	if (ret <= 0)
		return ret;
	err_set(e, ERR_IMAGE, "two segments give 0x%08x different values", (unsigned int)addr);
	return err_at(e, addr);
}

static int elf_load(const uint8_t *data, size_t len, const char *name, uint32_t base,
		    struct image *img, struct err *e)
{
	struct reader r = { .data = data, .len = len };
	char *image;
	int ret;

	(void)base;
	elf_version(EV_CURRENT);
	ret = runs_init(&r.runs, len, e);
	/* It is not written to: elf_memory is for reading. */
	memcpy(&image, &data, sizeof(image));
	r.elf = ret == 0 ? elf_memory(image, len) : NULL;
	if (ret == 0)
		ret = r.elf ? read_file(&r, img, e) : elf_fault("at offset 0x0", e);
	if (ret == 0)
		ret = fill_image(&r, img, name, e);
	elf_end(r.elf);
	runs_free(&r.runs);
	if (ret == 0)
		return 0;
	image_free(img);
	return err_wrap(e, "%s", name);
}
#endif

const struct parser parser_elf = {
	.name = "elf",
	.title = "ELF",
	.suffixes = ".elf .axf .out",
	.magic = "\177ELF",
	.magic_len = 4,
#ifdef HAVE_LIBELF
	.load = elf_load,
	.addressed = true,
#else
	.advice = "this bootpin was built without libelf; convert it with: "
		  "arm-none-eabi-objcopy -O ihex IN OUT.hex",
#endif
};
