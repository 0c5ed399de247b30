/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans: which pages are erased and which blocks are written, for which image on which chip; and
 * what is refused, with which class and message.
 */
#include <stdlib.h>
#include <string.h>

#include "job/plan.h"
#include "tests/lib/command.h"
#include "tests/lib/runner.h"

/* A chip that has told its size, as target_identify leaves it. @kb 0: it could not be read. */
static void make_target(struct target *t, uint32_t pid, uint16_t kb)
{
	const struct layout_variant *v;
	struct err e = ERR_INIT;

	*t = (struct target){ .pid = pid, .dev = device_by_pid(pid), .size_known = kb != 0 };
	if (!t->dev) {
		snprintf(t->no_geometry, sizeof(t->no_geometry), "no geometry");
		return;
	}
	t->flash_kb = kb ? kb : t->dev->flash_kb;
	v = t->dev->variants;
	while (v && v->layout && v->flash_kb && v->flash_kb != kb)
		v++;
	ck_assert_msg(geometry_parse(v && v->layout ? v->layout : t->dev->layout,
				     t->dev->flash_start, kb, &t->geometry, &e) == 0,
		      "%s", e.msg);
	t->geometry_known = true;
}

/* "0x08000000+16 0x08000100+4=ff": where, how long, and the value if it is not 5a. */
static void make_image(struct image *img, const char *text)
{
	static uint8_t data[0x41000];
	struct err e = ERR_INIT;
	unsigned int addr, len, value;
	int used;

	while (sscanf(text, " %x+%u%n", &addr, &len, &used) == 2) {
		text += used;
		value = 0x5A;
		if (sscanf(text, "=%x%n", &value, &used) == 1)
			text += used;
		ck_assert_uint_le(len, sizeof(data));
		memset(data, (int)value, len);
		ck_assert_msg(image_add(img, addr, data, len, "fw.hex", &e) == 0, "%s", e.msg);
	}
	ck_assert_msg(*text == '\0', "'%s'?", text);
}

/* "pages 1 2 5-7, blocks 0x08000400+256 ..., beside 3, blank 256" */
static void describe(const struct plan *p, char *text, size_t size)
{
	size_t n = (size_t)snprintf(text, size, p->mass_erase ? "all pages" : "pages");

	for (size_t i = 0; i < p->page_count; i++) {
		size_t first = i;

		while (i + 1 < p->page_count && p->pages[i + 1].number == p->pages[i].number + 1)
			i++;
		n += (size_t)snprintf(text + n, size - n, i > first ? " %u-%u" : " %u",
				      p->pages[first].number, p->pages[i].number);
	}
	n += (size_t)snprintf(text + n, size - n, ", blocks");
	for (size_t i = 0; i < p->block_count; i++)
		n += (size_t)snprintf(text + n, size - n, " %08x+%u", p->blocks[i].addr,
				      p->blocks[i].len);
	if (p->beside_bytes)
		n += (size_t)snprintf(text + n, size - n, ", beside %u",
				      (unsigned int)p->beside_bytes);
	if (p->blank_bytes)
		snprintf(text + n, size - n, ", blank %u", (unsigned int)p->blank_bytes);
}

static int make_plan(struct plan *p, const struct request *o, const struct image *img,
		     const struct target *t, struct err *e)
{
	if (o->action == ACT_ERASE)
		return plan_erase(p, o, t, e);
	if (plan_check_image(o, img, t, e) < 0 || plan_pages(p, o, img, t, e) < 0)
		return -1;
	return plan_blocks(p, img, t, 256, o->full, e);
}

static const struct plan_case {
	uint32_t pid;
	uint16_t kb;
	const char *args, *image;
	int code;
	const char *want;	/* the plan; of a refusal, part of the message */
} cases[] = {
	/* First and last byte of pages. */
	{ 0x410, 64, "-w f", "08000400+1", 0, "pages 1, blocks 08000400+4, beside 1023" },
	{ 0x410, 64, "-w f", "080007ff+1", 0, "pages 1, blocks 080007fc+4, beside 1023" },
	{ 0x410, 64, "-w f", "080003ff+2", 0,
	  "pages 0-1, blocks 080003fc+4 08000400+4, beside 2046" },
	{ 0x410, 64, "-w f", "08000400+1024", 0,
	  "pages 1, blocks 08000400+256 08000500+256 08000600+256 08000700+256" },
	{ 0x410, 64, "-w f", "0800fffc+4", 0, "pages 63, blocks 0800fffc+4, beside 1020" },
	/* Gaps, and several segments in one page. */
	{ 0x410, 64, "-w f", "08000000+4 08001000+4", 0,
	  "pages 0 4, blocks 08000000+4 08001000+4, beside 2040" },
	{ 0x410, 64, "-w f", "08000000+4 08000200+4 080003fc+8", 0,
	  "pages 0-1, blocks 08000000+4 08000200+4 080003fc+4 08000400+4, beside 2032" },
	/* A gap that is shorter than a frame costs none, in a page that is erased, in one frame. */
	{ 0x410, 64, "-w f", "08000000+4 08000010+4", 0,
	  "pages 0, blocks 08000000+20, beside 1016" },
	{ 0x410, 64, "-w f", "08000000+4 08000014+4", 0,
	  "pages 0, blocks 08000000+4 08000014+4, beside 1016" },
	{ 0x410, 64, "-w f", "08000000+4 0800000c+4 0800001a+2", 0,
	  "pages 0, blocks 08000000+28, beside 1014" },
	{ 0x410, 64, "-w f", "080000f8+4 080000fc+4 08000104+4", 0,
	  "pages 0, blocks 080000f8+8 08000104+4, beside 1012" },
	{ 0x410, 64, "-w f", "080003f4+4 08000404+4", 0,
	  "pages 0-1, blocks 080003f4+4 08000404+4, beside 2040" },
	{ 0x410, 64, "-w f -e 0", "08000000+4 08000010+4", 0,
	  "pages, blocks 08000000+4 08000010+4" },
	{ 0x413, 1024, "-w f", "08000000+4 08000010+4", 0,
	  "pages 0, blocks 08000000+20, beside 16376" },
	/* Flash with check bits takes a unit once only, and RAM may be used by somebody. */
	{ 0x435, 256, "-w f", "08000000+8 08000010+8", 0,
	  "pages 0, blocks 08000000+8 08000010+8, beside 2032" },
	{ 0x410, 64, "-w f", "20000400+4 2000040c+4", 0, "pages, blocks 20000400+4 2000040c+4" },
	/*
	 * Units that two segments share are written once; those that none touches are not
	 * written.
	 */
	{ 0x435, 256, "-w f", "08000000+3 08000005+2", 0,
	  "pages 0, blocks 08000000+8, beside 2043" },
	{ 0x435, 256, "-w f", "08000001+1 0800000f+1 08000020+1", 0,
	  "pages 0, blocks 08000000+16 08000020+8, beside 2045" },
	{ 0x450, 2048, "-w f", "08000010+1 0800003f+1", 0,
	  "pages 0, blocks 08000000+64, beside 131070" },
	{ 0x450, 2048, "-w f", "0800001f+1 08000060+1", 0,
	  "pages 0, blocks 08000000+32 08000060+32, beside 131070" },
	/* Sectors of unequal size. */
	{ 0x413, 1024, "-w f", "0800ffff+2", 0,
	  "pages 3-4, blocks 0800fffc+4 08010000+4, beside 81918" },
	{ 0x413, 1024, "-w f", "0801ffff+2", 0,
	  "pages 4-5, blocks 0801fffc+4 08020000+4, beside 196606" },
	{ 0x413, 1024, "-w f", "080e0000+4", 0, "pages 11, blocks 080e0000+4, beside 131068" },
	/* Bank 2 of a half-size part lies behind a gap and has the numbers of the full size. */
	{ 0x450, 1024, "-w f", "08100000+32", 0, "pages 8, blocks 08100000+32, beside 131040" },
	{ 0x450, 1024, "-w f", "08080000+32", ERR_IMAGE, "0x08080000 is in a hole of flash" },
	{ 0x450, 1024, "-w f", "0807fff0+32", ERR_IMAGE, "0x08080000 is in a hole of flash, which is not written" },
	{ 0x450, 1024, "-w f -S 0x08000000", "08100000+32", ERR_IMAGE,
	  "the range 0x08000000 to 0x0807ffff" },
	{ 0x450, 1024, "-o -s 2", "", 0, "pages 2-3 8-11, blocks" },
	/* Blank blocks are not sent, unless all are blank. */
	{ 0x410, 64, "-w f", "08000000+256 08000100+256=ff 08000200+4", 0,
	  "pages 0, blocks 08000000+256 08000200+4, beside 508, blank 256" },
	{ 0x410, 64, "-w f --full", "08000000+256 08000100+256=ff 08000200+4", 0,
	  "pages 0, blocks 08000000+256 08000100+256 08000200+4, beside 508" },
	{ 0x410, 64, "-w f -e 0", "08000000+4=ff", 0, "pages, blocks 08000000+4" },
	{ 0x417, 64, "-w f", "08000000+128=00", 0, "pages 0, blocks, blank 128" },
	{ 0x417, 64, "-w f", "08000000+128=ff", 0, "pages 0, blocks 08000000+128" },
	/* -e and -s: exactly these pages. */
	{ 0x410, 64, "-w f -e 3", "08000400+4", 0, "pages 1-3, blocks 08000400+4, beside 3068" },
	{ 0x410, 64, "-w f -s 1 -e 3", "08000800+4", 0,
	  "pages 1-3, blocks 08000800+4, beside 3068" },
	{ 0x410, 64, "-w f -e 0", "08000400+4", 0, "pages, blocks 08000400+4" },
	{ 0x410, 64, "-w f -e 1", "08000400+4 08000800+4", ERR_IMAGE, "which -e leaves out" },
	{ 0x410, 64, "-w f -s 2 -e 1", "08000400+4", ERR_IMAGE, "is not inside the range" },
	{ 0x410, 64, "-w f -s 62 -e 3", "0800f800+4", ERR_ABILITY, "this chip has no page 64" },
	{ 0x410, 64, "-w f -s 64", "08000000+4", ERR_ABILITY, "this chip has no such page" },
	/* -S is a fence, and with a length the pages that are erased. */
	{ 0x410, 64, "-w f -S 0x08000400", "08000400+4", 0,
	  "pages 1, blocks 08000400+4, beside 1020" },
	{ 0x410, 64, "-w f -S 0x08000400:2048", "08000400+4", 0,
	  "pages 1-2, blocks 08000400+4, beside 2044" },
	{ 0x410, 64, "-w f -S 0x08000400:4", "08000400+5", ERR_IMAGE,
	  "fw.hex: 0x08000400 to 0x08000404 is not inside the range 0x08000400 to 0x08000403" },
	{ 0x410, 64, "-w f -S 0x08000404", "08000400+5", ERR_IMAGE, "is not inside the range" },
	/* RAM and data EEPROM are written and never erased. */
	{ 0x410, 64, "-w f", "20000200+16", 0, "pages, blocks 20000200+16" },
	{ 0x417, 64, "-w f", "08080001+2", 0, "pages, blocks 08080000+4" },
	{ 0x410, 64, "-w f", "08000000+4 20000200+8", 0,
	  "pages 0, blocks 08000000+4 20000200+8, beside 1020" },
	/* Places that are never written. */
	{ 0x410, 64, "-w f", "08000000+4 1ffff800+16", ERR_IMAGE, "0x1ffff800 is in option bytes" },
	{ 0x410, 64, "-w f", "1ffff000+4", ERR_IMAGE, "0x1ffff000 is in system memory" },
	{ 0x413, 1024, "-w f", "1fff7800+4", ERR_IMAGE,
	  "0x1fff7800 is in one-time programmable memory" },
	{ 0x413, 1024, "-w f", "1fffc000+4", ERR_IMAGE, "0x1fffc000 is in option bytes" },
	{ 0x413, 1024, "-w f", "ffff0000+4", ERR_IMAGE, "0xffff0000 is in a register" },
	{ 0x410, 64, "-w f", "60000000+4", ERR_IMAGE, "0x60000000 is in external memory" },
	{ 0x410, 64, "-w f", "20000000+4", ERR_IMAGE, "0x20000000" }, /* the ROM's own RAM */
	{ 0x410, 64, "-w f", "ffff0000+4", ERR_IMAGE, "0xffff0000 is in registers of the core" },
	{ 0x410, 64, "-w f", "0c000000+4", ERR_IMAGE, "0x0c000000 is in no memory; STM32F101x8/" },
	/* Images that do not fit. */
	{ 0x410, 64, "-w f", "0800fffc+8", ERR_IMAGE, "does not fit: 0x08010000 to 0x08010003" },
	{ 0x410, 64, "-w f", "08010000+4", ERR_IMAGE, "0x08010000" },
	{ 0x410, 64, "-w f", "20004ffc+8", ERR_IMAGE, "does not fit: 0x20005000" },
	/* A chip of which nothing is known. */
	{ 0x999, 0, "-w f", "08000000+4", ERR_ABILITY, "no geometry" },
	/* Erase only. */
	{ 0x410, 64, "-o", "", 0, "all pages, blocks" },
	{ 0x410, 64, "-o -s 60", "", 0, "pages 60-63, blocks" },
	{ 0x410, 64, "-o -s 2 -e 3", "", 0, "pages 2-4, blocks" },
	{ 0x410, 64, "-o -S 0x08000400:2048", "", 0, "pages 1-2, blocks" },
	{ 0x410, 64, "-o -S 0x08000404:1020", "", ERR_ABILITY,
	  "0x08000404 is not the start of a page: the nearest are 0x08000400 and 0x08000800" },
	{ 0x410, 64, "-o -S 0x08000400:1023", "", ERR_ABILITY,
	  "0x080007ff is not the end of a page: the nearest are 0x08000400 and 0x08000800" },
	/* Sectors of unequal size, and a hole between banks. */
	{ 0x413, 1024, "-o -S 0x08012000:0x2000", "", ERR_ABILITY,
	  "0x08012000 is not the start of a page: the nearest are 0x08010000 and 0x08020000" },
	{ 0x450, 1024, "-o -S 0x08080000:128k", "", ERR_ABILITY,
	  "0x08080000 is in a hole of flash, from 0x08080000 to 0x080fffff" },
	{ 0x410, 64, "-o -S 0x20001000:1k", "", ERR_ABILITY, "is in RAM, which has no pages" },
	{ 0x410, 64, "-o -S 0x0800fc00:2k", "", ERR_ABILITY,
	  "-S: 0x0800fc00 to 0x080103ff reaches past the end of flash, which is from 0x08000000 to "
	  "0x0800ffff" },
	/* The end of flash is judged before the bounds of pages. */
	{ 0x410, 64, "-o -S 0x0800fc04:2k", "", ERR_ABILITY, "past the end of flash" },
	{ 0x410, 64, "-o -S 0x08010004:2k", "", ERR_ABILITY, "lies past the end of flash" },
	{ 0x410, 128, "-o -S 0x0801fc00:2k", "", ERR_ABILITY, "past the end of flash" },
	/* And where a job only has its image there, the same. */
	{ 0x410, 64, "-w f -S 0x08000000:128k", "08000000+4", ERR_ABILITY,
	  "past the end of flash" },
	{ 0x410, 64, "-w f -S 0x08010000:1k", "08010000+4", ERR_ABILITY, "past the end of flash" },
	{ 0x410, 64, "-w f -S 0x10000000:1k", "10000000+4", ERR_ABILITY, "is in no memory" },
	{ 0x413, 1024, "-w f -S 0x10000000:1k", "10000000+4", ERR_ABILITY, "is in CCM RAM" },
	{ 0x410, 64, "-w f -e 100", "08000000+4", ERR_ABILITY, "this chip has no page 64: it has "
	  "pages 0 to 63 from 0x08000000 on" },
	{ 0x410, 64, "-o -s 63 -e 2", "", ERR_ABILITY, "this chip has no page 64" },
	{ 0x417, 64, "-o", "", 0, "pages 0-511, blocks" }, /* no mass erase */
	{ 0x417, 0, "-o", "", ERR_ABILITY, "size" },
	{ 0x495, 1024, "-o", "", ERR_ABILITY, "wireless stack" },
	{ 0x495, 1024, "-o -s 0 -e 4", "", 0, "pages 0-3, blocks" },
};

START_TEST(plan_erases_and_writes_only_what_it_must)
{
	const struct plan_case *c = &cases[_i];
	struct image img = IMAGE_INIT;
	struct plan p = { 0 };
	struct err e = ERR_INIT;
	struct command command;
	char text[600];
	struct target t;
	int ret;

	ck_assert_msg(command_parse(&command, c->args, "sim:f103", &e) == 0, "%s: %s", c->args, e.msg);
	make_target(&t, c->pid, c->kb);
	make_image(&img, c->image);
	ret = make_plan(&p, &command.o, &img, &t, &e);
	if (c->code) {
		ck_assert_msg(ret < 0 && (int)e.code == c->code && strstr(e.msg, c->want) != NULL,
			      "%03x %s %s: %d %s", c->pid, c->args, c->image, ret ? (int)e.code : 0,
			      e.msg);
	} else {
		ck_assert_msg(ret == 0, "%03x %s %s: %s", c->pid, c->args, c->image, e.msg);
		describe(&p, text, sizeof(text));
		ck_assert_msg(strcmp(text, c->want) == 0, "%03x %s %s: '%s', not '%s'", c->pid,
			      c->args, c->image, text, c->want);
	}
	plan_free(&p);
	image_free(&img);
	command_free(&command);
}
END_TEST

/* Bytes of a unit that the image does not fill are those of blank flash. */
START_TEST(padding_is_blank)
{
	static const struct { uint32_t pid; uint16_t kb; uint8_t pad; } chips[] = {
		{ 0x435, 256, 0xFF }, { 0x417, 64, 0x00 },
	};
	struct request o = { .action = ACT_WRITE };
	struct image img = IMAGE_INIT;
	struct plan p = { 0 };
	struct err e = ERR_INIT;
	uint8_t buf[256];
	struct target t;

	make_target(&t, chips[_i].pid, chips[_i].kb);
	make_image(&img, "08000002+1");
	ck_assert_int_eq(make_plan(&p, &o, &img, &t, &e), 0);
	ck_assert_uint_eq(p.block_count, 1);
	plan_block_data(&p, &p.blocks[0], &img, buf);
	for (uint32_t i = 0; i < p.blocks[0].len; i++)
		ck_assert_uint_eq(buf[i],
				  p.blocks[0].addr + i == 0x08000002 ? 0x5A : chips[_i].pad);
	plan_free(&p);
	image_free(&img);
}
END_TEST

/*
 * Whatever fits into a frame, blocks are whole units, end where frames do, and cover just the
 * image's units.
 */
START_TEST(blocks_cover_the_image_at_any_frame_size)
{
	struct request o = { .action = ACT_WRITE };
	struct image img = IMAGE_INIT;
	struct err e = ERR_INIT;
	struct target t;

	make_target(&t, 0x435, 256);
	make_image(&img, "08000013+700 08001001+5");
	for (uint32_t max = 8; max <= 256; max++) {
		struct plan p = { 0 };
		uint64_t bytes = 0;

		ck_assert_int_eq(plan_pages(&p, &o, &img, &t, &e), 0);
		ck_assert_int_eq(plan_blocks(&p, &img, &t, max, false, &e), 0);
		for (size_t i = 0; i < p.block_count; i++) {
			ck_assert_uint_eq(p.blocks[i].addr % 8, 0);
			ck_assert_uint_eq(p.blocks[i].len % 8, 0);
			ck_assert_uint_le(p.blocks[i].len, max);
			ck_assert(i == 0 ||
				  p.blocks[i].addr >= p.blocks[i - 1].addr + p.blocks[i - 1].len);
			bytes += p.blocks[i].len;
		}
		/* 0x10 to 0x2D0, and one unit. */
		ck_assert_uint_eq(bytes, 0x2C0 + 8);
		plan_free(&p);
	}
	ck_assert_int_lt(plan_blocks(&(struct plan){ 0 }, &img, &t, 7, false, &e), 0);
	ck_assert_int_eq(e.code, ERR_ABILITY);
	image_free(&img);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = runner_case(s, "plan", 0);

	tcase_add_loop_test(t, plan_erases_and_writes_only_what_it_must, 0, COUNT(cases));
	tcase_add_loop_test(t, padding_is_blank, 0, 2);
	tcase_add_test(t, blocks_cover_the_image_at_any_frame_size);
	return runner_run(s);
}
