/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option bytes: every field of every simulated chip set and read back, rows of raw bytes computed by
 * hand, guards, damage, faults on the line, and option bytes in an image.
 */
#include "../src/optbytes.h"
#include "../src/optbytes_private.h"
#include "host_rig.h"

#define ALLOWED " --i-know-this-is-forever --i-know-the-pin-is-lost"

/* The blocks of a simulated chip, past its ROM. */
static void peek(const struct host *h, uint32_t pid, struct optbytes *ob)
{
	struct target t = { .pid = pid, .dev = device_by_pid(pid) };
	struct err e = ERR_INIT;

	ck_assert_msg(optbytes_init(ob, &t, &e) == 0, "%s", e.msg);
	for (size_t n = 0; n < ob->blocks; n++)
		ck_assert_int_eq(chip_peek(h->chip, ob->block[n].addr, ob->block[n].raw, ob->len), 0);
}

static uint32_t pid_of(const struct host *h)
{
	return chip_config(h->chip)->model->pid;
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
 * What is stored besides the value changes with it, and nothing else does. A field that leads the
 * reset elsewhere leaves the job without its proof.
 */
static void set_field(const char *spec, const struct opt_field *f)
{
	struct optbytes was, now;
	uint32_t value, copies;
	char args[160];
	struct host h;
	int status;

	host_open(&h, spec);
	peek(&h, pid_of(&h), &was);
	value = opt_value(&was, f) ^ opt_field_max(f);
	snprintf(args, sizeof(args), "--set-option %s=%u" ALLOWED, f->name, value);
	status = host_run(&h, args);
	peek(&h, pid_of(&h), &now);
	ck_assert_msg(status == 0 || (status == 6 && strstr(h.e.msg, "are not proven")),
		      "%s %s: status %d: %s", spec, args, status, h.e.msg);
	ck_assert_msg(opt_value(&now, f) == value, "%s %s: 0x%x is there: %s", spec, args,
		      opt_value(&now, f), h.said);
	copies = was.map->format.complement || was.map->twin ? 2 : 1;
	ck_assert_msg(bits_changed(&was, &now) == copies * f->width, "%s %s: %u bits changed: %s",
		      spec, args, bits_changed(&was, &now), h.said);
	host_close(&h);
}

START_TEST(every_field)
{
	struct optbytes ob;
	struct host h;

	host_open(&h, chips[_i]);
	peek(&h, pid_of(&h), &ob);
	host_close(&h);
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

START_TEST(known_row)
{
	char args[100];
	struct host h;

	host_open(&h, rows[_i].spec);
	snprintf(args, sizeof(args), "--set-option %s", rows[_i].sets);
	host_expect(&h, args, 0);
	for (uint32_t i = 0; i < rows[_i].len; i++)
		ck_assert_msg(host_byte(&h, rows[_i].addr + i) == rows[_i].bytes[i],
			      "%s %s: 0x%08x holds 0x%02x, not 0x%02x", rows[_i].spec, args,
			      rows[_i].addr + i, host_byte(&h, rows[_i].addr + i),
			      rows[_i].bytes[i]);
	host_close(&h);
}
END_TEST

/* ---- what is printed ---- */

static const struct { const char *spec, *says[4]; } prints[] = {
	{ "f103", { "RDP                  0xa5 (level 0)\n", "Data0                0xff\n",
		    "write-protected      nothing\n" } },
	{ "f103,wrp=1", { "WRP                  0xfffffffd\n",
			  "write-protected      0x08001000 to 0x08001fff\n" } },
	{ "f405,write-protected", { "write-protected      0x08000000 to 0x080fffff\n" } },
	{ "l053,wrp=0", { "write-protected      0x08000000 to 0x08000fff\n" } },
	{ "g071,nboot_sel=1", { "nBOOT_SEL            1\n",
			       "BOOT0 pin            does not lead to the bootloader (nBOOT_SEL)\n" } },
	{ "h563", { "option bytes         0x40022050: f8 ed",
		    "their meaning is not known well enough to be told" } },
	{ "u083", { "their meaning is not known well enough to be told" } },
	{ "wle5", { "their meaning is not known well enough to be told" } },
};

START_TEST(printed)
{
	struct host h;

	host_open(&h, prints[_i].spec);
	host_expect(&h, "--option-bytes", 0);
	for (size_t i = 0; i < COUNT(prints[_i].says) && prints[_i].says[i]; i++)
		ck_assert_msg(strstr(h.said, prints[_i].says[i]) != NULL, "%s: no '%s' in:\n%s",
			      prints[_i].spec, prints[_i].says[i], h.said);
	host_close(&h);
}
END_TEST

/*
 * What the option bytes say of each page is what the simulated chip does to it, whether protected by
 * the ROM's own command or by name.
 */
static const struct { const char *spec, *sets; } protections[] = {
	{ "f103,wrp=0+3+31", NULL }, { "f103he,wrp=31", NULL }, { "f205,wrp=1+11", NULL },
	{ "f427,wrp=2+23", NULL }, { "f767,wrp=11", NULL }, { "l053,wrp=0+15", NULL },
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

START_TEST(pages)
{
	struct target t = { 0 };
	struct optbytes ob;
	struct page p;
	struct host h;
	unsigned int any = 0;

	host_open(&h, protections[_i].spec);
	host_expect(&h, protections[_i].sets ? protections[_i].sets : "--option-bytes", 0);
	peek(&h, pid_of(&h), &ob);
	t.pid = pid_of(&h);
	t.dev = device_by_pid(t.pid);
	t.flash_kb = chip_config(h.chip)->flash_kb;
	t.geometry = chip_flash(h.chip)->geo;
	t.geometry_known = true;
	for (uint32_t n = 0; n < chip_flash(h.chip)->pages; n++) {
		bool want = chip_flash(h.chip)->protected[n];

		if (geometry_page(&t.geometry, n, &p) < 0)
			continue;
		any += want;
		ck_assert_msg(optbytes_page_protected(&ob, &t, p.addr) == want, "%s: page %u: %d",
			      protections[_i].spec, n, want);
	}
	ck_assert_msg(any > 0, "%s", protections[_i].spec);
	host_close(&h);
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
	{ "f103", "--set-option nBOOT_SEL=0", 2, "there are RDP WDG_SW nRST_STOP" },
	{ "f103", "--set-option Data0=256", 2, "a number from 0 to 0xff" },
	{ "f103", "--set-option Data0=x", 2, "a number from 0 to 0xff" },
	{ "f103", "--set-option Data0=-1", 2, "a number from 0 to 0xff" },
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
	{ "f103", "--set-option Data0=1 --set-option Data9=1", 2, "'Data9'" },
	/* All at once decide: the pin is given up, but the bit always says the bootloader. */
	{ "g071", "--set-option nBOOT_SEL=1 --set-option nBOOT0=0", 0, "written and verified" },
	/* What is so already needs no leave. */
	{ "g071,nboot_sel=1", "--set-option nBOOT_SEL=1", 0, "nothing to change" },
	{ "f103", "--set-option NRST_STOP=1", 0, "nothing to change" },
};

START_TEST(guarded)
{
	struct optbytes was, now;
	struct host h;

	host_open(&h, guards[_i].spec);
	peek(&h, pid_of(&h), &was);
	host_expect(&h, guards[_i].args, guards[_i].status);
	ck_assert_msg(strstr(guards[_i].status ? h.e.msg : h.said, guards[_i].says) != NULL,
		      "%s %s: no '%s' in: %s\n%s", guards[_i].spec, guards[_i].args,
		      guards[_i].says, h.e.msg, h.said);
	peek(&h, pid_of(&h), &now);
	if (guards[_i].status)
		ck_assert_msg(bits_changed(&was, &now) == 0, "%s %s: changed", guards[_i].spec,
			      guards[_i].args);
	host_close(&h);
}
END_TEST

static Suite *optbytes_suite(void)
{
	Suite *s = suite_create("optbytes");
	TCase *t = tcase_create("fields");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_field, 0, COUNT(chips));
	tcase_add_loop_test(t, known_row, 0, COUNT(rows));
	tcase_add_loop_test(t, printed, 0, COUNT(prints));
	tcase_add_loop_test(t, pages, 0, COUNT(protections));
	tcase_add_loop_test(t, guarded, 0, COUNT(guards));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return host_main(optbytes_suite());
}
