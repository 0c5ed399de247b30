/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/bytes.h"
#include "chip/stub.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define VECTORS 8	/* bytes: stack pointer, entry point */
#define ROUND 16

/* Not used, but H74x V9.1 starts nothing whose stack begins close to the end of RAM (AN2606). */
#define STACK_ABOVE 512

struct code {
	const uint16_t *half;	/* an even number, so that the literals are aligned */
	size_t halves;
	const uint32_t *literal;
	size_t literals;
};

static size_t assemble_stub(uint8_t *stub, uint32_t at, const struct code *c)
{
	size_t n = VECTORS;

	memset(stub, 0, STUB_MAX);
	put_le32(stub, at + STACK_ABOVE);
	put_le32(stub + 4, (at + VECTORS) | 1);
	for (size_t i = 0; i < c->halves; i++, n += 2)
		put_le16(stub + n, c->half[i]);
	for (size_t i = 0; i < c->literals; i++, n += 4)
		put_le32(stub + n, c->literal[i]);
	return (n + ROUND - 1) / ROUND * ROUND;
}

/* Armv6-M Architecture Reference Manual, AIRCR. */
size_t stub_reset(uint8_t *stub, uint32_t at)
{
	static const uint16_t half[] = {
		0x4802,			/*	ldr	r0, =AIRCR */
		0x4903,			/*	ldr	r1, =VECTKEY | SYSRESETREQ */
		0x6001,			/*	str	r1, [r0] */
		0xF3BF, 0x8F4F,		/*	dsb */
		0xE7FE,			/*	b	. */
	};
	static const uint32_t literal[] = { 0xE000ED0C, 0x05FA0004 };

	return assemble_stub(stub, at,
			     &(struct code){ half, COUNT(half), literal, COUNT(literal) });
}

/*
 * Where the flash registers of the families with an empty check are (CMSIS device headers). In all
 * of them KEYR is at 0x08, OPTKEYR at 0x0C and CR at 0x14, with LOCK in bit 31, OPTLOCK in bit 30
 * and OBL_LAUNCH in bit 27. F0 and L0 have others, but no RAM that their ROM leaves to code.
 */
static const struct { const char *family; uint32_t regs;
} flash_regs[] = {
	{ "L4", 0x40022000 }, { "L4+", 0x40022000 }, { "G0", 0x40022000 }, { "C0", 0x40022000 },
	{ "U0", 0x40022000 }, { "WB", 0x58004000 }, { "WL", 0x58004000 },
};

static uint32_t regs_of(const struct device *d)
{
	for (size_t i = 0; i < COUNT(flash_regs); i++)
		if (strcmp(flash_regs[i].family, d->family) == 0)
			return flash_regs[i].regs;
	return 0;
}

/* A key for what is open already is a fault on some: the locks are looked at. */
size_t stub_launch(uint8_t *stub, uint32_t at, const struct device *d)
{
	static const uint16_t half[] = {
		0x4809,			/*	ldr	r0, =regs */
		0x6941,			/*	ldr	r1, [r0, #CR] */
		0x2900,			/*	cmp	r1, #0 */
		0xD503,			/*	bpl	1f	@ no LOCK */
		0x4A08,			/*	ldr	r2, =KEY1 */
		0x6082,			/*	str	r2, [r0, #KEYR] */
		0x4A08,			/*	ldr	r2, =KEY2 */
		0x6082,			/*	str	r2, [r0, #KEYR] */
		0x0049,			/* 1:	lsls	r1, r1, #1 */
		0xD503,			/*	bpl	2f	@ no OPTLOCK */
		0x4A07,			/*	ldr	r2, =OPTKEY1 */
		0x60C2,			/*	str	r2, [r0, #OPTKEYR] */
		0x4A07,			/*	ldr	r2, =OPTKEY2 */
		0x60C2,			/*	str	r2, [r0, #OPTKEYR] */
		0x4A07,			/* 2:	ldr	r2, =OBL_LAUNCH */
		0x6142,			/*	str	r2, [r0, #CR] */
		0xF3BF, 0x8F4F,		/*	dsb */
		0xE7FE,			/*	b	. */
		0xBF00,			/*	nop */
	};
	const uint32_t literal[] = {
		regs_of(d), 0x45670123, 0xCDEF89AB, 0x08192A3B, 0x4C5D6E7F, 1u << 27,
	};

	if (!literal[0])
		return 0;
	return assemble_stub(stub, at,
			     &(struct code){ half, COUNT(half), literal, COUNT(literal) });
}
