/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/shown.h"
#include "cli/options_check.h"
#include "compat/stm32flash_line.h"

#define LETTERS "a:b:m:r:w:e:vn:g:jkfcChuos:S:F:i:R"
#define PAGES_MAX 0xffff
#define FRAME_RX_MIN 20
#define FRAME_TX_MIN 6
#define FRAME_RX_MAX 256
#define FRAME_TX_MAX 258

struct parsing {
	struct stm32flash_line *l;
	FILE *out, *err;
};

static const uint32_t rates[] = {
	1200, 1800, 2400, 4800, 9600, 14400, 19200, 38400, 56000, 57600, 115200, 128000, 230400,
	256000, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000,
	3000000, 3500000, 4000000,
};

/* ---- what is said ---- */

/* Says what is wrong in stm32flash's words. Returns -1. */
__attribute__((format(printf, 2, 3)))
static int wrong(const struct parsing *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(p->err, fmt, ap);
	va_end(ap);
	return -1;
}

static void print_help(FILE *to)
{
	static const char *const lines[] = {
		"Usage: stm32flash [-bvngfhc] [-[rw] filename] [tty_device | i2c_device]",
		"This is bootpin under the name of stm32flash 0.7; bootpin(1) tells how they differ.",
		"\t-a ADDR      address of the chip on the I2C bus, 7 bits",
		"\t-b RATE      rate of the serial port (57600)",
		"\t-m MODE      data bits, parity and stop bits (8e1)",
		"\t-r FILE      read memory into FILE, - for standard output",
		"\t-w FILE      write FILE into memory, - for standard input",
		"\t-C           sum up memory as a CRC",
		"\t-u           remove write protection",
		"\t-j           protect against reading",
		"\t-k           remove the protection against reading: erases all flash",
		"\t-o           only erase",
		"\t-e N         erase N pages; 0 with -w: erase nothing, and verify",
		"\t-v           verify what was written",
		"\t-n N         times that a frame or a page is tried again (10)",
		"\t-g ADDR      start at ADDR, 0 for the start of flash",
		"\t-S ADDR[:N]  work from ADDR on, on N bytes",
		"\t-F RX[:TX]   longest frames, in bytes",
		"\t-s PAGE      first page, in place of -S",
		"\t-f           take the file as raw bytes",
		"\t-h           this text",
		"\t-c           neither entry sequence nor 0x7F: the chip is in step already",
		"\t-R           reset the chip at the end",
		"\t-i SEQUENCE  pins: [entry][:[exit]] of [-]GPIO, [-]rts, [-]dtr, [-]brk;",
		"\t             a comma waits 100 ms, an & does not",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		fprintf(to, "%s\n", lines[i]);
}

static int wrong_usage(const struct parsing *p, const char *text)
{
	fprintf(p->err, "ERROR: %s\n", text);
	print_help(p->err);
	return -1;
}

/* Refused by bootpin alone. */
static int refuse(const struct parsing *p, int letter, const char *arg, const char *why)
{
	char safe[256];

	return wrong(p, STM32FLASH_OWN "-%c '%s': %s\n", letter, shown(arg, safe, sizeof(safe)), why);
}

/* ---- arguments ---- */

static int number(const struct parsing *p, int letter, const char *arg, uint32_t *val)
{
	if (num_u32(arg, val) == 0)
		return 0;
	return refuse(p, letter, arg, "not a number, decimal without a 0 in front or 0x and "
		      "hexadecimal");
}

static int set_rate(const struct parsing *p, const char *arg)
{
	uint32_t rate;
	bool known;

	if (number(p, 'b', arg, &rate) < 0)
		return -1;
	known = !rate;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		known |= rates[i] == rate;
	p->l->req.baud = rate;
	if (known)
		return 0;
	fprintf(p->err, "Invalid baud rate, valid options are:\n");
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		fprintf(p->err, " %u\n", (unsigned int)rates[i]);
	return -1;
}

static const char *word_of(enum action a)
{
	static const struct { enum action action; const char *word; } words[] = {
		{ ACT_READ, "memory read" }, { ACT_WRITE, "memory write" },
		{ ACT_WRITE_UNPROTECT, "write unprotect" }, { ACT_READOUT_PROTECT, "read protect" },
		{ ACT_READOUT_UNPROTECT, "read unprotect" }, { ACT_ERASE, "flash erase" },
		{ ACT_CRC, "memory crc" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].action == a)
			return words[i].word;
	return "";
}

static int set_action(const struct parsing *p, enum action a)
{
	struct request *o = &p->l->req;

	if (o->action != ACT_IDENTIFY)
		return wrong(p, "ERROR: Invalid options !\n\tCan't execute \"%s\" and \"%s\" at the same "
			     "time.\n", word_of(o->action), word_of(a));
	o->action = a;
	return 0;
}

static int mixed(const struct parsing *p)
{
	return wrong(p, "ERROR: Invalid options, can't specify start page / num pages and start "
		     "address/length\n");
}

static int set_pages(const struct parsing *p, int letter, const char *arg)
{
	struct request *o = &p->l->req;
	uint32_t n;

	if (o->range_given)
		return mixed(p);
	if (number(p, letter, arg, &n) < 0)
		return -1;
	if (letter == 's') {
		o->start_page = n;
		o->start_page_given = true;
		return n > PAGES_MAX ? refuse(p, letter, arg, "no chip has so many pages") : 0;
	}
	if (n > PAGES_MAX)
		return wrong(p, "ERROR: You need to specify a page count between 0 and 0xffff");
	o->erase_pages = n;
	o->erase_pages_given = true;
	return 0;
}

/* Two numbers with a colon between them. *len: 0 where there is none. */
static int two_numbers(const struct parsing *p, int letter, const char *arg, uint32_t *first,
		       uint32_t *second, bool *both)
{
	size_t split = strcspn(arg, ":");
	char text[16];

	*both = arg[split] == ':';
	*second = 0;
	if (split >= sizeof(text))
		return number(p, letter, arg, first);
	memcpy(text, arg, split);
	text[split] = '\0';
	if (number(p, letter, text, first) < 0)
		return -1;
	return *both ? number(p, letter, arg + split + 1, second) : 0;
}

static int set_range(const struct parsing *p, const char *arg)
{
	struct request *o = &p->l->req;

	if (o->start_page_given || o->erase_pages_given)
		return mixed(p);
	if (two_numbers(p, 'S', arg, &o->range_addr, &o->range_len, &o->range_len_given) < 0)
		return -1;
	if (o->range_addr % 4)
		return wrong(p, "ERROR: Start address must be word-aligned\n");
	if (o->range_len_given && !o->range_len)
		return wrong(p, "ERROR: Invalid options, can't specify zero length\n");
	if (!o->range_addr)
		return refuse(p, 'S', arg, "address 0 is no memory to work on");
	if (o->range_len > UINT32_MAX - o->range_addr + 1)
		return refuse(p, 'S', arg, "the range ends beyond 4 GB");
	o->range_given = true;
	return 0;
}

static int set_go(const struct parsing *p, const char *arg)
{
	struct request *o = &p->l->req;

	if (number(p, 'g', arg, &o->go) < 0)
		return -1;
	o->go_given = true;
	return o->go % 4 ? wrong(p, "ERROR: Execution address must be word-aligned\n") : 0;
}

static uint32_t frame_or_default(const struct parsing *p, const char *which, uint32_t len,
				 uint32_t max)
{
	if (len <= max)
		return len;
	fprintf(p->err, "WARNING: Ignore %s length in option -F\n", which);
	return 0;
}

static int set_frame(const struct parsing *p, const char *arg)
{
	struct request *o = &p->l->req;
	uint32_t rx, tx;
	bool both;

	if (two_numbers(p, 'F', arg, &rx, &tx, &both) < 0)
		return -1;
	o->frame_rx = frame_or_default(p, "RX", rx, FRAME_RX_MAX);
	o->frame_tx = frame_or_default(p, "TX", tx, FRAME_TX_MAX);
	if ((!rx || rx >= FRAME_RX_MIN) && (!tx || tx >= FRAME_TX_MIN))
		return 0;
	return wrong(p, "ERROR: current code cannot work with small frames.\n"
		     "min(RX) = %d, min(TX) = %d\n", FRAME_RX_MIN, FRAME_TX_MIN);
}

static int set_mode(const struct parsing *p, const char *arg)
{
	return serial_mode_parse(arg, &p->l->req.mode) < 0 ? wrong(p, "Invalid serial mode\n") : 0;
}

/* ---- the line ---- */

static int take_flag(const struct parsing *p, int letter)
{
	struct request *o = &p->l->req;

	switch (letter) {
	case 'C':
		return set_action(p, ACT_CRC);
	case 'o':
		return set_action(p, ACT_ERASE);
	case 'u':
		return set_action(p, ACT_WRITE_UNPROTECT);
	case 'j':
		return set_action(p, ACT_READOUT_PROTECT);
	case 'k':
		return set_action(p, ACT_READOUT_UNPROTECT);
	case 'v':
		p->l->verify = true;
		return 0;
	case 'f':
		o->binary = true;
		return 0;
	case 'c':
		o->resume = true;
		return 0;
	case 'R':
		o->reset = true;
		return 0;
	default:
		return -1;	/* getopt has said what is wrong */
	}
}

static int take(const struct parsing *p, int letter, const char *arg)
{
	struct request *o = &p->l->req;

	switch (letter) {
	case 'a':
		return number(p, letter, arg, &o->i2c_addr);
	case 'b':
		return set_rate(p, arg);
	case 'm':
		return set_mode(p, arg);
	case 'r':
		o->read_file = arg;
		return set_action(p, ACT_READ);
	case 'w':
		p->l->file[0] = arg;
		return set_action(p, ACT_WRITE);
	case 'e':
	case 's':
		return set_pages(p, letter, arg);
	case 'n':
		return number(p, letter, arg, &o->retries);
	case 'g':
		return set_go(p, arg);
	case 'S':
		return set_range(p, arg);
	case 'F':
		return set_frame(p, arg);
	case 'i':
		o->pins.gpio = arg;
		return 0;
	default:
		return take_flag(p, letter);
	}
}

/* The letters, each of which is judged where it stands. 1: help was asked for. */
static int take_letters(const struct parsing *p, int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, LETTERS)) != -1) {
		if (letter == 'h') {
			print_help(p->err);
			return 1;
		}
		if (take(p, letter, optarg) < 0)
			return -1;
	}
	return 0;
}

static int take_port(const struct parsing *p, char **words, const struct port_ops *const *kinds)
{
	struct stm32flash_line *l = p->l;

	if (words[0] && words[1])
		return wrong_usage(p, "Invalid parameter specified");
	if (!words[0])
		return wrong_usage(p, "Device not specified");
	if (l->verify && l->req.action != ACT_WRITE)
		return wrong_usage(p, "Invalid usage, -v is only valid when writing");
	l->port[0] = l->req.port = words[0];
	l->req.wire = port_wire(kinds, words[0]);
	return 0;
}

bool stm32flash_address_fits(const struct request *o)
{
	return o->i2c_addr >= 0x03 && o->i2c_addr <= 0x77;
}

/* Drops what stm32flash takes and has no use for. */
static void drop_idle(struct request *o)
{
	/* Settings that stm32flash always has, and a raw server never hears of. */
	if (o->wire == WIRE_RAW)
		o->baud_given = o->mode_given = false;
	if (o->wire == WIRE_I2C) {
		o->baud_given = o->mode_given = false;
	} else {
		o->i2c_addr = 0;
	}
	if (o->action != ACT_WRITE)
		o->binary = false;
	if (action_changes_protection(o->action))
		o->reset = false;
}

/* Nobody would know what was written over what was not erased: then it is verified unasked. */
static enum verify_how how_to_verify(const struct stm32flash_line *l)
{
	bool over = l->req.erase_pages_given && !l->req.erase_pages;

	return l->verify || over ? VERIFY_READ : VERIFY_NO;
}

/* As stm32flash does it: every block is sent, and no code is run in the chip's RAM but for -R. */
static void settle_writing(struct stm32flash_line *l)
{
	struct request *o = &l->req;

	if (o->action != ACT_WRITE)
		return;
	o->files = l->file;
	o->file_count = 1;
	o->binary |= !strcmp(l->file[0], "-");
	o->verify = how_to_verify(l);
	o->full = o->no_stub = true;
}

static int settle(const struct parsing *p)
{
	struct request *o = &p->l->req;
	struct err e = ERR_INIT;
	char safe[2 * sizeof(e.msg)];

	o->ports = p->l->port;
	o->port_count = 1;
	drop_idle(o);
	settle_writing(p->l);
	/* A port that it cannot handle is told of as such. */
	if (o->wire == WIRE_USB || (o->wire == WIRE_I2C && !stm32flash_address_fits(o)) ||
	    options_check(o, &e) == 0)
		return 0;
	return wrong(p, STM32FLASH_OWN "%s\n", shown(e.msg, safe, sizeof(safe)));
}

enum stm32flash_goes stm32flash_parse(struct stm32flash_line *l, int argc, char **argv,
				      const struct port_ops *const *kinds, FILE *out, FILE *err)
{
	const struct parsing p = { l, out, err };
	int ret;

	*l = (struct stm32flash_line){ .req = {
		.baud = 57600,
		.baud_given = true,
		.mode = SERIAL_MODE_8E1,
		.mode_given = true,
		.retries = RETRIES_DEFAULT,
		.verify = VERIFY_DEFAULT,
	} };
	ret = take_letters(&p, argc, argv);
	if (ret > 0)
		return STM32FLASH_ENDS;
	if (ret == 0)
		ret = take_port(&p, argv + optind, kinds);
	if (ret == 0)
		ret = settle(&p);
	if (ret < 0)
		fputc('\n', out);
	return ret < 0 ? STM32FLASH_FAILS : STM32FLASH_RUNS;
}
