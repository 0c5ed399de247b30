/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes: every field of every simulated chip set and read back, rows of raw bytes computed
 * by hand, guards, damage, faults on the line, and option bytes in an image.
 */
#include "target/optbytes.h"
#include "target/optbytes.h"
#include "target/optbytes_change.h"
#include "target/optbytes_rules.h"
#include "tests/lib/board.h"

#define ALLOWED " --i-know-this-is-forever --i-know-the-pin-is-lost"

/* The blocks of a simulated chip, past its ROM. */
static void peek(const struct board *b, uint32_t pid, struct optbytes *ob)
{
	struct target t = { .pid = pid, .dev = device_by_pid(pid) };
	struct err e = ERR_INIT;

	ck_assert_msg(optbytes_init(ob, &t, &e) == 0, "%s", e.msg);
	for (size_t n = 0; n < ob->blocks; n++)
		ck_assert_int_eq(chip_peek(b->chip, ob->block[n].addr, ob->block[n].raw,
					   ob->len), 0);
}

static uint32_t pid_of(const struct board *b)
{
	return chip_config(b->chip)->model->pid;
}

/* ---- every field ---- */

static const char *const chips[] = {
	"f051", "f091", "f103", "f103xl", "f205", "f303", "f398", "f405", "f412", "f427", "f723",
	"f746", "f767", "g031", "g071", "g0b1", "g431", "g474", "c031", "l053", "l073", "l152",
	"l152xd", "l412", "l432", "l476", "l496", "l4r5", "l552", "u575", "wb55", "h723", "h743",
	"h7a3",
};

/* Bits that differ in two blocks. */
static unsigned int bits_changed(const struct optbytes *a, const struct optbytes *b)
{
	unsigned int bits = 0;

	for (size_t n = 0; n < a->blocks; n++)
		for (uint32_t i = 0; i < a->len; i++)
			bits += (unsigned int)__builtin_popcount(a->block[n].raw[i] ^
								 b->block[n].raw[i]);
	return bits;
}

/*
 * Bytes that are stored besides the value change with it, and nothing else does. A field that leads
 * the reset elsewhere leaves the job without its proof.
 */
static void set_field(const char *spec, const struct opt_field *f)
{
	struct optbytes was, now;
	uint32_t value, copies;
	char args[160];
	struct board b;
	int status;

	board_open(&b, spec);
	peek(&b, pid_of(&b), &was);
	value = opt_value(&was, f) ^ opt_field_max(f);
	snprintf(args, sizeof(args), "--set-option %s=%u" ALLOWED, f->name, value);
	status = board_run(&b, args);
	peek(&b, pid_of(&b), &now);
	ck_assert_msg(status == 0 || (status == 6 && strstr(b.e.msg, "are not proven")),
		      "%s %s: status %d: %s", spec, args, status, b.e.msg);
	ck_assert_msg(opt_value(&now, f) == value, "%s %s: 0x%x is there: %s", spec, args,
		      opt_value(&now, f), b.said);
	copies = was.map->format.complement || was.map->twin ? 2 : 1;
	ck_assert_msg(bits_changed(&was, &now) == copies * f->width, "%s %s: %u bits changed: %s",
		      spec, args, bits_changed(&was, &now), b.said);
	board_close(&b);
}

START_TEST(setting_a_field_changes_that_field_alone)
{
	struct optbytes ob;
	struct board b;

	board_open(&b, chips[_i]);
	peek(&b, pid_of(&b), &ob);
	board_close(&b);
	ck_assert_msg(optbytes_known(&ob), "%s", chips[_i]);
	for (const struct opt_field *f = opt_next(&ob, NULL); f; f = opt_next(&ob, f))
		if (f->guard == OPT_FREE || f->guard == OPT_FOREVER)
			set_field(chips[_i], f);
}
END_TEST

/* ---- rows computed by hand, from the factory's value and the manual's bit ---- */

static const struct {
	const char *spec, *sets;
	uint32_t addr;
	uint8_t len, bytes[8];
} rows[] = {
	{ "f103", "nRST_STOP=0", 0x1FFFF802, 2, { 0xFD, 0x02 } },
	{ "f103", "Data1=0x12", 0x1FFFF806, 2, { 0x12, 0xED } },
	{ "f103", "WRP=0xFFFF7FFE", 0x1FFFF808, 8, { 0xFE, 1, 0x7F, 0x80, 0xFF, 0, 0xFF, 0 } },
	{ "f103xl", "nRST_STDBY=0", 0x1FFFF802, 2, { 0xFB, 0x04 } },
	{ "f051", "VDDA_MONITOR=0", 0x1FFFF802, 2, { 0xDF, 0x20 } },
	{ "f091", "RAM_PARITY_CHECK=0", 0x1FFFF802, 2, { 0xBF, 0x40 } },
	{ "f303", "SRAM_PE=0", 0x1FFFF802, 2, { 0xBF, 0x40 } },
	/* 0xAAEF: BOR_LEV is bits 3:2. */
	{ "f405", "BOR_LEV=0", 0x1FFFC000, 2, { 0xE3, 0xAA } },
	{ "f405", "nWRP=0x7FE", 0x1FFFC008, 2, { 0xFE, 0x07 } },
	{ "f427", "nWRP_BANK2=0xFFE", 0x1FFEC008, 1, { 0xFE } },
	{ "f427", "DB1M=1", 0x1FFFC008, 2, { 0xFF, 0x4F } },
	{ "f746", "BOOT_ADD0=0x2040", 0x1FFF0010, 2, { 0x40, 0x20 } },
	{ "f746", "IWDG_STOP=0", 0x1FFF0008, 2, { 0xFF, 0x40 } },
	{ "f767", "nDBANK=0", 0x1FFF0008, 2, { 0xFF, 0xDF } },
	{ "l053", "BOR_LEV=8", 0x1FF80004, 4, { 0x78, 0x80, 0x87, 0x7F } },
	{ "l053", "WRP1=0x00018000", 0x1FF80008, 8, { 0, 0x80, 0xFF, 0x7F, 1, 0, 0xFE, 0xFF } },
	{ "l073", "WRP2=1", 0x1FF80010, 4, { 1, 0, 0xFE, 0xFF } },
	{ "l152xd", "WRP3=0x80000000", 0x1FF8001C, 4, { 0, 0x80, 0xFF, 0x7F } },
	/* 0xFFEFF8AA: nRST_STDBY is bit 13, NRST_MODE bits 29:28. */
	{ "l432", "nRST_STDBY=0", 0x1FFF7800, 8,
	  { 0xAA, 0xD8, 0xEF, 0xFF, 0x55, 0x27, 0x10, 0x00 } },
	{ "l476", "SRAM2_RST=0", 0x1FFF7800, 4, { 0xAA, 0xF8, 0xEF, 0xFD } },
	{ "l496", "WRP2B_END=0x12", 0x1FFFF820, 8,
	  { 0xFF, 0xFF, 0x12, 0xFF, 0x00, 0x00, 0xED, 0x00 } },
	{ "l4r5", "DBANK=0", 0x1FF00000, 4, { 0xAA, 0xF8, 0xAF, 0xFF } },
	{ "g431", "NRST_MODE=2", 0x1FFF7800, 4, { 0xAA, 0xF8, 0xEF, 0xEF } },
	{ "g474", "WRP2A_STRT=3", 0x1FFFF818, 4, { 0x03, 0xFF, 0x00, 0xFF } },
	/* 0xFFFFFEAA as it ships; the pin counts on simulated boards unless they say otherwise. */
	{ "g071", "IWDG_STOP=0", 0x1FFF7800, 8,
	  { 0xAA, 0xFE, 0xFD, 0xFE, 0x55, 0x01, 0x02, 0x01 } },
	{ "g071,nboot_sel=1", "nBOOT_SEL=0", 0x1FFF7800, 8,
	  { 0xAA, 0xFE, 0xFF, 0xFE, 0x55, 0x01, 0x00, 0x01 } },
	{ "g071", "BOR_EN=1", 0x1FFF7800, 4, { 0xAA, 0xFF, 0xFF, 0xFE } },
	{ "g0b1", "BORF_LEV=0", 0x1FFF7800, 4, { 0xAA, 0xF8, 0xFF, 0xFE } },
	{ "g0b1", "WRP2B_STRT=5", 0x1FFF7850, 4, { 0x05, 0xFF, 0x00, 0xFF } },
	{ "c031", "BORR_LEV=0", 0x1FFF7800, 4, { 0xAA, 0xF8, 0xFF, 0xFE } },
	/* 0x3FFFF1AA */
	{ "wb55", "SRAM2_RST=0", 0x1FFF8000, 4, { 0xAA, 0xF1, 0xFF, 0x3D } },
	/* 0x7FEFF8AA, 0x1FEFF8AA; WRP1BR at 0x4002205C. */
	{ "l552", "WWDG_SW=0", 0x40022040, 4, { 0xAA, 0xF8, 0xE7, 0x7F } },
	{ "u575", "BKPRAM_ECC=0", 0x40022040, 4, { 0xAA, 0xF8, 0xAF, 0x1F } },
	{ "u575", "WRP1B_STRT=1", 0x4002205C, 1, { 0x01 } },
	/* CUR and PRG of FLASH_BOOT; FLASH_WPSN, groups of four sectors on H7A3. */
	{ "h743", "BOOT_ADD0=0x0810", 0x52002040, 8,
	  { 0x10, 0x08, 0xF0, 0x1F, 0x10, 0x08, 0xF0, 0x1F } },
	{ "h723", "nWRP1=0xFE", 0x52002038, 1, { 0xFE } },
	{ "h7a3", "nWRP1=0xFFFFFFFE", 0x52002038, 1, { 0xFE } },
};

START_TEST(setting_makes_the_known_bytes)
{
	char args[100];
	struct board b;

	board_open(&b, rows[_i].spec);
	snprintf(args, sizeof(args), "--set-option %s", rows[_i].sets);
	board_expect(&b, args, 0);
	for (uint32_t i = 0; i < rows[_i].len; i++)
		ck_assert_msg(board_byte(&b, rows[_i].addr + i) == rows[_i].bytes[i],
			      "%s %s: 0x%08x holds 0x%02x, not 0x%02x", rows[_i].spec, args,
			      rows[_i].addr + i, board_byte(&b, rows[_i].addr + i),
			      rows[_i].bytes[i]);
	board_close(&b);
}
END_TEST

/* ---- what is printed ---- */

static const struct { const char *spec, *says[4]; } prints[] = {
	{ "f103", { "RDP                  0xa5 (level 0)\n", "Data0                0xff\n",
		    "write-protected      nothing\n" } },
	{ "f103,wrp=1", { "WRP                  0xfffffffd\n",
			  "write-protected      0x08001000 to 0x08001fff\n" } },
	{ "f405,write-protected", { "write-protected      0x08000000 to 0x080fffff\n" } },
	/* Bank 2 has its own, out of the ROM's sight. */
	{ "h743", { "write-protected      0x08100000 to 0x081fffff: cannot be told\n" } },
	{ "l053,wrp=0", { "write-protected      0x08000000 to 0x08000fff\n" } },
	{ "g071,nboot_sel=1", { "nBOOT_SEL            1\n",
			       "BOOT0 pin            does not lead to the bootloader "
			       "(nBOOT_SEL=0 would)\n" } },
	{ "h563", { "option bytes         0x40022050: f8 ed",
		    "their meaning is not known well enough to be told" } },
	{ "u083", { "their meaning is not known well enough to be told" } },
	{ "wle5", { "their meaning is not known well enough to be told" } },
};

START_TEST(listing_names_fields_and_values)
{
	struct board b;

	board_open(&b, prints[_i].spec);
	board_expect(&b, "--option-bytes", 0);
	for (size_t i = 0; i < COUNT(prints[_i].says) && prints[_i].says[i]; i++)
		ck_assert_msg(strstr(b.said, prints[_i].says[i]) != NULL, "%s: no '%s' in:\n%s",
			      prints[_i].spec, prints[_i].says[i], b.said);
	board_close(&b);
}
END_TEST

/*
 * The option bytes tell of each page how the simulated chip treats it, whether protected
 * by the ROM's own command or by name.
 */
static const struct { const char *spec, *sets; } protections[] = {
	{ "f103,wrp=0+3+31", NULL }, { "f103he,wrp=31", NULL }, { "f205,wrp=1+11", NULL },
	{ "f427,wrp=2+23", NULL }, { "f767,wrp=11", NULL },
	{ "f767,dbank=1", "--set-option nWRP=0xFBE" }, { "l053,wrp=0+15", NULL },
	{ "l073,wrp=47", NULL }, { "l152xd,wrp=95", NULL },
	{ "g071", "--set-option WRP1A_STRT=0 --set-option WRP1A_END=2" },
	{ "g071", "--set-option WRP1B_STRT=63 --set-option WRP1B_END=63" },
	{ "g0b1", "--set-option WRP2A_STRT=1 --set-option WRP2A_END=1" },
	{ "g474", "--set-option WRP2B_STRT=0 --set-option WRP2B_END=127" },
	{ "g474,dbank=0", "--set-option WRP1A_STRT=9 --set-option WRP1A_END=11" },
	{ "l476", "--set-option WRP2A_STRT=255 --set-option WRP2A_END=255" },
	{ "l432", "--set-option WRP1A_STRT=1 --set-option WRP1A_END=1" },
	{ "l552", "--set-option WRP2A_STRT=1 --set-option WRP2A_END=4" },
	{ "u575", "--set-option WRP1A_STRT=0 --set-option WRP1A_END=0" },
	{ "h723", "--set-option nWRP1=0xFE" },
};

START_TEST(protected_pages_are_those_of_the_simulator)
{
	struct target t = { 0 };
	struct optbytes ob;
	struct page p;
	struct board b;
	unsigned int any = 0;

	board_open(&b, protections[_i].spec);
	board_expect(&b, protections[_i].sets ? protections[_i].sets : "--option-bytes", 0);
	peek(&b, pid_of(&b), &ob);
	t.pid = pid_of(&b);
	t.dev = device_by_pid(t.pid);
	t.flash_kb = chip_config(b.chip)->flash_kb;
	t.geometry = chip_flash(b.chip)->geo;
	t.geometry_known = true;
	for (uint32_t n = 0; n < chip_flash(b.chip)->pages; n++) {
		bool want = chip_flash(b.chip)->protected[n];

		if (geometry_page(&t.geometry, n, &p) < 0)
			continue;
		any += want;
		ck_assert_msg(optbytes_page_protected(&ob, &t, p.addr) == want, "%s: page %u: %d",
			      protections[_i].spec, n, want);
	}
	ck_assert_msg(any > 0, "%s", protections[_i].spec);
	board_close(&b);
}
END_TEST

/* ---- guards ---- */

static const struct {
	const char *spec, *args;
	int status;
	const char *says;
} guards[] = {
	{ "f103", "--set-option RDP=0xA5", 9, "--lock and --unlock change it" },
	{ "l432", "--set-option RDP=0xCC" ALLOWED, 9, "--lock and --unlock change it" },
	{ "f103", "--set-option rdp=0" ALLOWED, 9, "--lock and --unlock change it" },
	{ "f103", "--set-option nBOOT_SEL=0", 9, "there are nRST_STOP WDG_SW " },
	{ "f103", "--set-option Data0=256", 9, "a number from 0 to 0xff" },
	{ "f103", "--set-option Data0=x", 9, "a number from 0 to 0xff" },
	{ "f103", "--set-option Data0=-1", 9, "a number from 0 to 0xff" },
	{ "l432", "--set-option PCROP1_STRT=1", 9, "--i-know-this-is-forever" },
	{ "l432", "--set-option PCROP_RDP=1", 9, "--i-know-this-is-forever" },
	{ "g431", "--set-option BOOT_LOCK=1", 9, "--i-know-this-is-forever" },
	{ "g431", "--set-option BOOT_LOCK=1 --i-know-this-is-forever", 9,
	  "--i-know-the-pin-is-lost" },
	{ "g071", "--set-option SEC_SIZE=1", 9, "--i-know-this-is-forever" },
	{ "l552", "--set-option TZEN=1", 9, "--i-know-this-is-forever" },
	{ "h743", "--set-option SECURITY=1", 9, "--i-know-this-is-forever" },
	{ "f427", "--set-option SPRMOD=1", 9, "--i-know-this-is-forever" },
	{ "l053", "--set-option WPRMOD=1", 9, "--i-know-this-is-forever" },
	{ "wb55", "--set-option SFSA=0" ALLOWED, 9, "the chip's own firmware" },
	{ "g071", "--set-option nBOOT_SEL=1", 9, "--i-know-the-pin-is-lost" },
	{ "c031", "--set-option nBOOT_SEL=1", 9, "--i-know-the-pin-is-lost" },
	{ "g071", "--set-option nBOOT1=0", 9, "--i-know-the-pin-is-lost" },
	{ "l432", "--set-option nSWBOOT0=0", 9, "--i-know-the-pin-is-lost" },
	{ "g474", "--set-option nSWBOOT0=0", 9, "--i-know-the-pin-is-lost" },
	{ "wb55", "--set-option nSWBOOT0=0", 9, "--i-know-the-pin-is-lost" },
	{ "f091", "--set-option BOOT_SEL=0", 9, "--i-know-the-pin-is-lost" },
	{ "f303", "--set-option nBOOT1=0", 9, "--i-know-the-pin-is-lost" },
	{ "f427", "--set-option BFB2=1", 9, "--i-know-the-pin-is-lost" },
	{ "f746", "--set-option BOOT_ADD1=0x2040", 9, "--i-know-the-pin-is-lost" },
	{ "h743", "--set-option BOOT_ADD1=0x0800", 9, "--i-know-the-pin-is-lost" },
	{ "l552", "--set-option NSBOOTADD1=0x100000", 9, "--i-know-the-pin-is-lost" },
	{ "h563", "--set-option PRODUCT_STATE=0x5C" ALLOWED, 9, "not known well enough" },
	{ "u083", "--set-option nBOOT0=0", 9, "not known well enough" },
	{ "wle5", "--set-option nBOOT0=0", 9, "not known well enough" },
	{ "f103,rdp=1", "--set-option nRST_STOP=0", 7, "read-protected" },
	{ "f103,rdp=1", "--option-bytes", 7, "read-protected" },
	/* The first of two can be right, and nothing is changed for the second. */
	{ "f103", "--set-option Data0=1 --set-option Data9=1", 9, "'Data9'" },
	/* All at once decide: the pin is given up, but the bit always says the bootloader. */
	{ "g071", "--set-option nBOOT_SEL=1 --set-option nBOOT0=0", 0, "written and verified" },
	/* A field that has the value already needs no leave. */
	{ "g071,nboot_sel=1", "--set-option nBOOT_SEL=1", 0, "nothing to change" },
	{ "f103", "--set-option NRST_STOP=1", 0, "nothing to change" },
};

START_TEST(guarded_field_is_changed_only_when_allowed)
{
	struct optbytes was, now;
	struct board b;

	board_open(&b, guards[_i].spec);
	peek(&b, pid_of(&b), &was);
	board_expect(&b, guards[_i].args, guards[_i].status);
	ck_assert_msg(strstr(guards[_i].status ? b.e.msg : b.said, guards[_i].says) != NULL,
		      "%s %s: no '%s' in: %s\n%s", guards[_i].spec, guards[_i].args,
		      guards[_i].says, b.e.msg, b.said);
	peek(&b, pid_of(&b), &now);
	if (guards[_i].status)
		ck_assert_msg(bits_changed(&was, &now) == 0, "%s %s: changed", guards[_i].spec,
			      guards[_i].args);
	board_close(&b);
}
END_TEST

/*
 * Where write protection stands for code that nobody can read, a sector more is one for ever.
 */
static const struct { const char *spec, *mode, *sector; } pcrop_modes[] = {
	{ "f427", "--set-option SPRMOD=1" ALLOWED, "--set-option nWRP=0x001" },
	{ "l053", "--set-option WPRMOD=1" ALLOWED, "--set-option WRP1=0x0001" },
};

START_TEST(sector_of_unreadable_code_is_added_only_when_allowed)
{
	struct optbytes was, now;
	struct board b;

	board_open(&b, pcrop_modes[_i].spec);
	board_expect(&b, pcrop_modes[_i].mode, 0);
	peek(&b, pid_of(&b), &was);
	board_expect(&b, pcrop_modes[_i].sector, 9);
	board_said(&b, "--i-know-this-is-forever");
	peek(&b, pid_of(&b), &now);
	ck_assert_uint_eq(bits_changed(&was, &now), 0);
	board_close(&b);
}
END_TEST

/* ---- damage ---- */

static const struct { const char *spec; uint32_t addr; const char *set; } damages[] = {
	{ "f103", 0x1FFFF803, "Data0=1" },	/* of USER */
	{ "l053", 0x1FF80006, "BOR_LEV=1" },
	{ "l432", 0x1FFF781C, "nRST_STOP=0" },	/* of WRP1A */
	{ "g474", 0x1FFFF824, "nRST_STOP=0" },	/* of WRP2B, in the second block */
};

START_TEST(damaged_option_bytes_are_told_and_not_written)
{
	uint8_t byte;
	char args[100];
	struct board b;

	board_open(&b, damages[_i].spec);
	byte = board_byte(&b, damages[_i].addr) ^ 0x01;
	ck_assert_int_eq(chip_poke(b.chip, damages[_i].addr, &byte, 1), 0);
	board_expect(&b, "--option-bytes", 0);
	ck_assert_msg(strstr(b.said, "complement of the option bytes at") != NULL, "%s: %s",
		      damages[_i].spec, b.said);
	snprintf(args, sizeof(args), "--set-option %s" ALLOWED, damages[_i].set);
	board_expect(&b, args, 9);
	ck_assert_msg(strstr(b.e.msg, "damaged") != NULL, "%s: %s", damages[_i].spec, b.e.msg);
	ck_assert_int_eq(board_byte(&b, damages[_i].addr), byte);
	board_close(&b);
}
END_TEST

/* ---- faults on the line ---- */

static const uint32_t bases[] = {
	0x1FFFF800, 0x1FFFC000, 0x1FF80000, 0x1FFF7800, 0x40022040, 0x5200201C,
};

#define OF_BLOCK 0x6000u	/* the read under way is of a block; a multiple of 3 */

/* Every third read of a block is spoilt, beginning with the first, second or third. */
static size_t watch_reads(struct tap *t, uint8_t *frame, size_t len)
{
	uint32_t addr = (uint32_t)frame[0] << 24 | (uint32_t)frame[1] << 16 |
			(uint32_t)frame[2] << 8 | frame[3];

	if (t->command != BL_READ || t->frame != 1)
		return len;
	t->times &= ~OF_BLOCK;
	for (size_t i = 0; i < COUNT(bases); i++)
		if (addr == bases[i])
			t->times = (t->times + 1) | OF_BLOCK;
	return len;
}

static bool spoil(struct tap *t, uint8_t *byte, unsigned int which)
{
	if (t->times & OF_BLOCK && t->times % 3 == which && t->command == BL_READ &&
	    t->frame == 2 && t->answer == 3)
		*byte ^= 0x10;
	return true;
}

static bool spoil_1(struct tap *t, uint8_t *byte)
{
	return spoil(t, byte, 1);
}

static bool spoil_2(struct tap *t, uint8_t *byte)
{
	return spoil(t, byte, 2);
}

static bool spoil_3(struct tap *t, uint8_t *byte)
{
	return spoil(t, byte, 0);
}

static size_t lose_frame(struct tap *t, uint8_t *frame, size_t len)
{
	(void)frame;
	return t->command == BL_WRITE && t->frame == 2 && !t->times++ ? 0 : len;
}

/* The RDP byte, of all. */
static size_t lose_byte(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command != BL_WRITE || t->frame != 2 || t->times++)
		return len;
	memmove(frame + 1, frame + 2, len - 2);
	return len - 1;
}

/* Loses a byte 0x7F of the data: 0x7F, sent to find the bootloader, would complete the frame. */
static size_t lose_7f(struct tap *t, uint8_t *frame, size_t len)
{
	uint8_t *byte = memchr(frame + 1, BL_SYNC, len - 1);

	if (t->command != BL_WRITE || t->frame != 2 || t->times++)
		return len;
	if (!byte)
		byte = frame + 3;
	memmove(byte, byte + 1, len - 1 - (size_t)(byte - frame));
	return len - 1;
}

static size_t flip_bit(struct tap *t, uint8_t *frame, size_t len)
{
	if (t->command == BL_WRITE && t->frame == 2 && !t->times++)
		frame[3] ^= 0x40;
	return len;
}

static bool lose_ack(struct tap *t, uint8_t *byte)
{
	(void)byte;
	return !(t->command == BL_WRITE && t->frame == 2 && !t->times++);
}

static bool garble_ack(struct tap *t, uint8_t *byte)
{
	if (t->command == BL_WRITE && t->frame == 2 && !t->times++)
		*byte = 0x39;
	return true;
}

static const struct {
	const char *what;
	size_t (*to_chip)(struct tap *t, uint8_t *frame, size_t len);
	bool (*from_chip)(struct tap *t, uint8_t *byte);
	/*
	 * Without a reset line it may stay so: 0x7F, which a chip behind its reset waits for, would
	 * complete a frame that lost such a byte.
	 */
	bool unproven;
} faults[] = {
	{ "the first of three reads has a flipped bit", watch_reads, spoil_1, false },
	{ "the second of three reads has a flipped bit", watch_reads, spoil_2, false },
	{ "the third of three reads has a flipped bit", watch_reads, spoil_3, false },
	{ "the block is lost", lose_frame, NULL, false },
	{ "a byte of it is lost", lose_byte, NULL, false },
	{ "a byte 0x7f of it is lost", lose_7f, NULL, false },
	{ "a bit of it is flipped", flip_bit, NULL, false },
	{ "its ACK is lost", NULL, lose_ack, true },
	{ "its ACK is garbled", NULL, garble_ack, false },
};
static const char *const fault_chips[] = { "f103", "f405", "l053", "l432", "g071", "h743", "u575" };

/* The one bit is changed, whatever became of a frame. */
START_TEST(spoilt_frame_changes_no_other_bit)
{
	const char *spec = fault_chips[_i % COUNT(fault_chips)];
	size_t n = (size_t)_i / COUNT(fault_chips);
	struct optbytes was, now;
	const char *args = strcmp(spec, "h743") == 0 ? "--set-option NRST_STOP_D1=0"
						     : "--set-option nRST_STOP=0";
	struct board b;
	unsigned int bits;
	int status;

	board_open(&b, spec);
	peek(&b, pid_of(&b), &was);
	b.tap.to_chip = faults[n].to_chip;
	b.tap.from_chip = faults[n].from_chip;
	status = board_run(&b, args);
	ck_assert_msg(status == 0 || (status == 6 && faults[n].unproven && strstr(b.said, " 7f")),
		      "%s, %s: %s\n%s", spec, faults[n].what, b.e.msg, b.said);
	ck_assert_msg(b.tap.times > 0, "%s, %s: it never happened", spec, faults[n].what);
	peek(&b, pid_of(&b), &now);
	bits = bits_changed(&was, &now);
	ck_assert_msg(bits == (was.map->format.complement || was.map->twin ? 2 : 1),
		      "%s, %s: %u bits changed", spec, faults[n].what, bits);
	ck_assert_int_eq(chip_rdp(b.chip), 0);
	board_close(&b);
}
END_TEST

/* ---- an image with option bytes ---- */

#define OB_F1 0x1FFFF800u
#define OB_L4 0x1FFF7800u

static const struct {
	const char *what, *spec, *args;
	uint32_t addr;
	uint8_t len, bytes[16];
	int status;
	const char *says;
	uint32_t look;		/* where the chip then holds @holds */
	uint8_t holds[2];
} images[] = {
	{ "left out", "f103", "-w f", OB_F1, 6, { 0xA5, 0x5A, 0xFD, 2, 0x12, 0xED }, 0,
	  "6 option bytes at 0x1ffff800 are left out", OB_F1 + 4, { 0xFF, 0 } },
	{ "left out, also level 2", "f051", "-w f", OB_F1, 2, { 0xCC, 0x33 }, 0, "left out",
	  OB_F1, { 0xAA, 0x55 } },
	{ "taken", "f103", "-w f --with-option-bytes", OB_F1, 6,
	  { 0xA5, 0x5A, 0xFD, 2, 0x12, 0xED }, 0, "option bytes written and verified",
	  OB_F1 + 4, { 0x12, 0xED } },
	{ "values without complements", "l432", "-w f --with-option-bytes", OB_L4 + 0x18, 4,
	  { 0x01, 0xFF, 0x02, 0xFF }, 0, "written and verified", OB_L4 + 0x18, { 0x01, 0xFF } },
	{ "reserved bits stay", "f405", "-w f --with-option-bytes", 0x1FFFC008, 2, { 0xFE, 0x00 },
	  0, "written and verified", 0x1FFFC008, { 0xFE, 0x00 } },
	{ "a later name wins", "f103", "-w f --with-option-bytes --set-option Data0=0x55",
	  OB_F1 + 4, 2, { 0x12, 0xED }, 0, "Data0: 0xff -> 0x55", OB_F1 + 4, { 0x55, 0xAA } },
	{ "the same as is there", "f103", "-w f --with-option-bytes", OB_F1, 4,
	  { 0xA5, 0x5A, 0xFF, 0 }, 0, "nothing to change", OB_F1, { 0xA5, 0x5A } },
	{ "a wrong complement", "f103", "-w f --with-option-bytes", OB_F1 + 4, 2, { 0x12, 0xEC }, 3,
	  "complement of the option bytes at 0x1ffff804 is wrong", OB_F1 + 4, { 0xFF, 0 } },
	{ "half a word", "l432", "-w f --with-option-bytes", OB_L4 + 0x18, 2, { 0x01, 0xFF }, 3,
	  "part of an option word at 0x1fff7818", OB_L4 + 0x18, { 0xFF, 0xFF } },
	{ "level 1", "f103", "-w f --with-option-bytes", OB_F1, 2, { 0x00, 0xFF }, 3, "--lock",
	  OB_F1, { 0xA5, 0x5A } },
	{ "level 2", "f051", "-w f --with-option-bytes" ALLOWED, OB_F1, 2, { 0xCC, 0x33 }, 3,
	  "for ever", OB_F1, { 0xAA, 0x55 } },
	{ "level 2 of an F4", "f405", "-w f --with-option-bytes" ALLOWED, 0x1FFFC000, 2,
	  { 0xEF, 0xCC }, 3, "for ever", 0x1FFFC000, { 0xEF, 0xAA } },
	{ "level 2 of an L4", "l432", "-w f --with-option-bytes" ALLOWED, OB_L4, 8,
	  { 0xCC, 0xF8, 0xEF, 0xFF, 0x33, 0x07, 0x10, 0x00 }, 3, "for ever", OB_L4,
	  { 0xAA, 0xF8 } },
	{ "level 2 in a register", "u575", "-w f --with-option-bytes" ALLOWED, 0x40022040, 4,
	  { 0xCC, 0xF8, 0xEF, 0x1F }, 3, "for ever", 0x40022040, { 0xAA, 0xF8 } },
	{ "the pin", "g071", "-w f --with-option-bytes", OB_L4, 4, { 0xAA, 0xFE, 0xFF, 0xFF }, 9,
	  "--i-know-the-pin-is-lost", OB_L4 + 2, { 0xFF, 0xFE } },
	{ "for ever", "l432", "-w f --with-option-bytes", OB_L4 + 8, 4,
	  { 0x00, 0x00, 0xFF, 0xFF }, 9, "--i-know-this-is-forever", OB_L4 + 8, { 0xFF, 0xFF } },
	{ "outside the fence", "f103", "-w f --with-option-bytes -S 0x08000000:1k", OB_F1, 2,
	  { 0xA5, 0x5A }, 3, "is not inside the range", OB_F1, { 0xA5, 0x5A } },
	{ "left out, of no matter to the fence", "f103", "-w f -S 0x08000000:1k", OB_F1, 2,
	  { 0xA5, 0x5A }, 0, "left out", OB_F1, { 0xA5, 0x5A } },
	{ "a chip that is not known", "u083", "-w f --with-option-bytes", 0x40022020, 4,
	  { 0xAA, 0xFE, 0xFF, 0xFE }, 9, "not known well enough", 0x40022020, { 0xAA, 0xFE } },
	{ "behind --unlock", "f103,rdp=1", "-w f --with-option-bytes --unlock", OB_F1, 6,
	  { 0xA5, 0x5A, 0xFF, 0, 0x12, 0xED }, 0, "written and verified", OB_F1 + 4,
	  { 0x12, 0xED } },
	{ "behind --unlock, refused before", "f051,rdp=1", "-w f --with-option-bytes --unlock",
	  OB_F1, 2, { 0xCC, 0x33 }, 3, "for ever", OB_F1, { 0xBB, 0x44 } },
};

/* Flash is written first, and not a byte of it when the option bytes are refused. */
START_TEST(refused_option_bytes_leave_flash_unwritten)
{
	uint8_t code[16];
	struct board b;

	board_open(&b, images[_i].spec);
	random_fill(code, sizeof(code), 1);
	board_image(&b, FLASH, code, sizeof(code));
	board_image(&b, images[_i].addr, images[_i].bytes, images[_i].len);
	board_expect(&b, images[_i].args, images[_i].status);
	ck_assert_msg(strstr(images[_i].status ? b.e.msg : b.said, images[_i].says) != NULL,
		      "%s: no '%s' in: %s\n%s", images[_i].what, images[_i].says, b.e.msg, b.said);
	ck_assert_msg((board_byte(&b, FLASH) == code[0]) == (images[_i].status == 0),
		      "%s: flash holds 0x%02x", images[_i].what, board_byte(&b, FLASH));
	for (uint32_t i = 0; i < 2; i++)
		ck_assert_msg(board_byte(&b, images[_i].look + i) == images[_i].holds[i],
			      "%s: 0x%08x holds 0x%02x, not 0x%02x", images[_i].what,
			      images[_i].look + i, board_byte(&b, images[_i].look + i),
			      images[_i].holds[i]);
	board_close(&b);
}
END_TEST

/* Nothing else in the image: there is nothing to erase, or nothing to do. */
START_TEST(image_of_option_bytes_alone_touches_no_flash)
{
	static const uint8_t data[] = { 0x12, 0xED };
	struct board b;

	board_open(&b, "f103,fill=pattern");
	board_remember(&b);
	board_image(&b, OB_F1 + 4, data, sizeof(data));
	board_expect(&b, "-w f", 3);
	ck_assert_msg(strstr(b.e.msg, "nothing but option bytes") != NULL, "%s", b.e.msg);
	board_expect(&b, "-w f --with-option-bytes", 0);
	ck_assert_int_eq(board_byte(&b, OB_F1 + 4), 0x12);
	board_unharmed(&b, "option bytes alone");
	board_close(&b);
}
END_TEST

/* Once the chip is locked its option bytes are out of reach: they come first. */
START_TEST(option_bytes_are_set_before_the_lock)
{
	struct board b;

	board_open(&b, "f103");
	board_expect(&b, "--set-option Data0=7 --lock", 0);
	ck_assert_int_eq(chip_rdp(b.chip), 1);
	ck_assert_int_eq(board_byte(&b, OB_F1 + 4), 7);
	board_close(&b);
}
END_TEST

static Suite *optbytes_suite(void)
{
	Suite *s = suite_create("optbytes");
	TCase *t = runner_case(s, "fields", 60);

	tcase_add_loop_test(t, setting_a_field_changes_that_field_alone, 0, COUNT(chips));
	tcase_add_loop_test(t, setting_makes_the_known_bytes, 0, COUNT(rows));
	tcase_add_loop_test(t, listing_names_fields_and_values, 0, COUNT(prints));
	tcase_add_loop_test(t, protected_pages_are_those_of_the_simulator, 0, COUNT(protections));
	tcase_add_loop_test(t, sector_of_unreadable_code_is_added_only_when_allowed,
			    0, COUNT(pcrop_modes));
	tcase_add_loop_test(t, guarded_field_is_changed_only_when_allowed, 0, COUNT(guards));
	tcase_add_loop_test(t, damaged_option_bytes_are_told_and_not_written, 0, COUNT(damages));
	tcase_add_loop_test(t, spoilt_frame_changes_no_other_bit,
			    0, COUNT(faults) * COUNT(fault_chips));
	tcase_add_loop_test(t, refused_option_bytes_leave_flash_unwritten, 0, COUNT(images));
	tcase_add_test(t, image_of_option_bytes_alone_touches_no_flash);
	tcase_add_test(t, option_bytes_are_set_before_the_lock);
	return s;
}

int main(void)
{
	return runner_run(optbytes_suite());
}
