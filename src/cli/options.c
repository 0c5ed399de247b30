/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "chip/rates.h"
#include "cli/habits.h"
#include "cli/loop_check.h"
#include "cli/options.h"
#include "cli/options_check.h"
#include "cli/several.h"

#define BAUD_MIN 1200
#define BAUD_MAX 4000000
#define RETRIES_MAX 1000000
#define I2C_ADDR_MIN 0x08
#define I2C_ADDR_MAX 0x78
#define PAGES_MAX 0xffff		/* page numbers are 16 bits wide on the wire */
#define WAIT_MAX 86400			/* a day */
#define FRAME_RX_MIN 20			/* stm32flash's limits: no command fits in less */
#define FRAME_TX_MIN 6

#define BARE(opt) opt " '%s': no chip has memory there: 0x is missing? (0x%.*s)"

/* These only print: they end the parsing and need no port. */
static bool prints_only(enum action a)
{
	return a >= ACT_HELP;
}

/* The option that does the protection action @a inside a job. */
static const char *protection_in_job(enum action a)
{
	return a == ACT_READOUT_PROTECT ? "--lock" : "--unlock";
}

static int set_action(void *target, int action, struct err *e)
{
	struct request *o = target;
	enum action a = (enum action)action;
	enum action prot = action_changes_protection(a) ? a : o->action;
	bool writes = a == ACT_WRITE || o->action == ACT_WRITE;

	if (o->action == ACT_IDENTIFY || o->action == a || prints_only(a)) {
		o->action = a;
		return 0;
	}
	err_set(e, ERR_USAGE, "'%s' and '%s' exclude each other", action_name(o->action),
		action_name(a));
	if (writes && action_changes_protection(prot))
		err_append(e, "; inside a job that writes it is '%s'", protection_in_job(prot));
	return -1;
}

static int append(const char ***list, size_t *count, const char *word, struct err *e)
{
	const char **more = realloc(*list, (*count + 1) * sizeof(*more));

	if (!more)
		return err_set(e, ERR_OTHER, "out of memory");
	more[(*count)++] = word;
	*list = more;
	return 0;
}

/* -w, and the FILE of --compare. */
static int add_file(void *target, const char *file, struct err *e)
{
	struct request *o = target;

	for (size_t i = 0; i < o->file_count; i++)
		if (!strcmp(file, "-") && !strcmp(o->files[i], "-"))
			return err_set(e, ERR_USAGE, "'-' (standard input) can be given only once");
	return append(&o->files, &o->file_count, file, e);
}

/* Which names there are depends on the chip; the form does not. */
static int add_set(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	const char *equals = strchr(arg, '=');

	if (!equals || equals == arg || !equals[1])
		return err_set(e, ERR_USAGE, "--set-option '%s': not NAME=VALUE", arg);
	return append(&o->sets, &o->set_count, arg, e);
}

/* A number of @opt from 0 to @max. */
static int set_number(const char *opt, const char *arg, uint32_t max, uint32_t *val, struct err *e)
{
	uint32_t v;

	if (num_u32(arg, &v) < 0 || v > max)
		return err_set(e, ERR_USAGE, "%s '%s': not a number from 0 to %u", opt, arg,
			       (unsigned int)max);
	*val = v;
	return 0;
}

static int set_read(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (o->read_file)
		return err_set(e, ERR_USAGE, "'-r' can be given only once");
	o->read_file = arg;
	return 0;
}

static int set_compare(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (o->file_count)
		return err_set(e, ERR_USAGE, "'--compare' can be given only once");
	return add_file(o, arg, e);
}

static int set_baud(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	uint32_t v;

	o->baud_auto = !strcmp(arg, "auto");
	o->baud_given = !o->baud_auto;
	if (o->baud_auto) {
		o->baud = RATE_STATED;
		return 0;
	}
	if (num_u32(arg, &v) < 0 || (v && v < BAUD_MIN) || v > BAUD_MAX)
		return err_set(e, ERR_USAGE, "-b '%s': a rate is 0 or from %d to %d, or auto", arg,
			       BAUD_MIN, BAUD_MAX);
	o->baud = v;
	return 0;
}

static int set_mode(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (serial_mode_parse(arg, &o->mode) < 0)
		return err_set(e, ERR_USAGE, "-m '%s': not a serial mode like 8e1 or 8n1", arg);
	o->mode_given = true;
	return 0;
}

/* A part of -F: 0 (not limited), or at least @min. */
static bool frame_limit(const char *s, size_t len, uint32_t min, uint32_t *val)
{
	return !num_span(s, len, val) && (!*val || *val >= min);
}

static int set_frame(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	size_t len = strcspn(arg, ":");
	const char *colon = arg[len] ? arg + len : NULL;
	uint32_t rx, tx = 0;

	if (!frame_limit(arg, len, FRAME_RX_MIN, &rx) ||
	    (colon && !frame_limit(colon + 1, strlen(colon + 1), FRAME_TX_MIN, &tx)))
		return err_set(e, ERR_USAGE, "-F '%s': not RX[:TX], at least %d:%d bytes or 0", arg,
			       FRAME_RX_MIN, FRAME_TX_MIN);
	o->frame_rx = rx;
	o->frame_tx = tx;
	return 0;
}

static int set_retries(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	return set_number("-n", arg, RETRIES_MAX, &o->retries, e);
}

static int set_start_page(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	o->start_page_given = true;
	return set_number("-s", arg, PAGES_MAX, &o->start_page, e);
}

static int set_erase_pages(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	o->erase_pages_given = true;
	return set_number("-e", arg, PAGES_MAX, &o->erase_pages, e);
}

static int set_range(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	size_t split = strcspn(arg, ":");
	const char *colon = arg[split] ? arg + split : NULL;
	uint32_t addr, len = 0;

	if (num_address(arg, split, &addr) == NUM_BARE)
		return err_set(e, ERR_USAGE, BARE("-S"), arg, (int)split, arg);
	if (num_span(arg, split, &addr) < 0 || (colon && num_size(colon + 1, &len) < 0))
		return err_set(e, ERR_USAGE, "-S '%s': not ADDR[:LEN]", arg);
	if (!addr)
		return err_set(e, ERR_USAGE, "-S '%s': address 0 is no memory to work on", arg);
	if (addr % 4)
		return err_set(e, ERR_USAGE, "-S '%s': the address is not a multiple of 4", arg);
	if (colon && !len)
		return err_set(e, ERR_USAGE, "-S '%s': the length is 0", arg);
	if (len > UINT32_MAX - addr + 1)
		return err_set(e, ERR_USAGE, "-S '%s': the range ends beyond 4 GB", arg);
	o->range_given = true;
	o->range_addr = addr;
	o->range_len_given = colon != NULL;
	o->range_len = len;
	return 0;
}

static int add_patch(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	return patches_add(&o->patches, arg, e);
}

/* By what addresses move: a number, with a sign if it is down. */
static int set_offset(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	bool down = *arg == '-';
	uint32_t by;

	if (num_size(arg + down, &by) < 0)
		return err_set(e, ERR_USAGE, "--offset '%s': not a number, as 0x08000000 or "
			       "-0x04000000", arg);
	o->offset = down ? -(int64_t)by : by;
	return 0;
}

static int set_verify(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (o->verify == VERIFY_NO)
		return err_set(e, ERR_USAGE, "'--no-verify' and '-v' exclude each other");
	if (!arg)
		o->verify = VERIFY_ASKED;
	else if (!strcmp(arg, "read"))
		o->verify = VERIFY_READ;
	else if (!strcmp(arg, "checksum"))
		o->verify = VERIFY_CHECKSUM;
	else if (!strcmp(arg, "stub"))
		o->verify = VERIFY_STUB;
	else
		return err_set(e, ERR_USAGE, "--verify '%s': must be read, checksum or stub", arg);
	return 0;
}

static int set_no_verify(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	(void)arg;
	if (o->verify != VERIFY_DEFAULT && o->verify != VERIFY_NO)
		return err_set(e, ERR_USAGE, "'-v' and '--no-verify' exclude each other");
	o->verify = VERIFY_NO;
	return 0;
}

static int set_preserve(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	(void)e;
	o->preserve = true;
	o->preserve_file = arg;
	return 0;
}

static int set_go(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	uint32_t addr = 0;

	if (num_address(arg, strlen(arg), &addr) == NUM_BARE && addr % 4 == 0)
		return err_set(e, ERR_USAGE, BARE("-g"), arg, (int)strlen(arg), arg);
	if (set_number("-g", arg, UINT32_MAX, &o->go, e) < 0)
		return -1;
	if (o->go % 4)
		return err_set(e, ERR_USAGE, "-g '%s': the address is not a multiple of 4", arg);
	o->go_given = true;
	return 0;
}

static int set_address(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	uint32_t addr;

	o->i2c_addr = num_u32(arg, &addr) < 0 ? 0 : addr;
	if (o->i2c_addr >= I2C_ADDR_MIN && o->i2c_addr <= I2C_ADDR_MAX)
		return 0;
	err_set(e, ERR_USAGE, "-a '%s': not a 7-bit I2C address from 0x%02x to 0x%02x", arg,
		I2C_ADDR_MIN, I2C_ADDR_MAX);
	/* Data sheets have it with the direction as its lowest bit. */
	if (o->i2c_addr > 0x7F && o->i2c_addr / 2 <= I2C_ADDR_MAX)
		err_append(e, "; an 8-bit address 0x%02x is 0x%02x in 7 bits", o->i2c_addr,
			   o->i2c_addr / 2);
	return -1;
}

/* Volts with up to three decimals, as millivolts. */
static int set_vdd(void *target, const char *arg, struct err *e)
{
	struct request *o = target;
	unsigned int volts, part = 0, unit = 1000;
	const char *p = arg;

	for (volts = 0; *p >= '0' && *p <= '9' && volts < 100; p++)
		volts = volts * 10 + (unsigned int)(*p - '0');
	if (p > arg && *p == '.')
		for (p++; *p >= '0' && *p <= '9' && unit > 1; p++, unit /= 10)
			part = part * 10 + (unsigned int)(*p - '0');
	o->vdd = volts * 1000 + part * unit;
	if (p == arg || *p)
		return err_set(e, ERR_USAGE, "--vdd '%s': must be volts, such as 3.3", arg);
	if (o->vdd < 1800 || o->vdd > 3600)
		return err_set(e, ERR_USAGE, "--vdd '%s': must be 1.8 to 3.6 V", arg);
	return 0;
}

static int set_wait(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (set_number("--wait", arg, WAIT_MAX, &o->wait_s, e) < 0)
		return -1;
	return o->wait_s ? 0 : err_set(e, ERR_USAGE, "--wait '%s': no time at all", arg);
}

static int set_map(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (!arg)
		o->map = true;
	else if (o->map_file)
		return err_set(e, ERR_USAGE, "'--memory-map=FILE' can be given only once");
	else if (!arg[0] || !strcmp(arg, "-"))
		return err_set(e, ERR_USAGE, "--memory-map '%s': no name of a file", arg);
	else
		o->map_file = arg;
	return 0;
}

/* config.h has taken the first one off the command line. */
static int set_config(void *target, const char *arg, struct err *e)
{
	(void)target;
	(void)arg;
	return err_set(e, ERR_USAGE, "'--config' can be given only once, and on a command line");
}

/* Where its lines go is looked up by json_file.h, whatever else is wrong with the command line. */
static int set_json(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (o->json)
		return err_set(e, ERR_USAGE, "'--json' can be given only once");
	if (arg && !arg[0])
		return err_set(e, ERR_USAGE, "--json '': no name of a file");
	o->json = arg ? arg : "-";
	return 0;
}

static int set_log(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	if (!arg[0] || !strcmp(arg, "-"))
		return err_set(e, ERR_USAGE, "--log '%s': must be a regular file", arg);
	o->log = arg;
	return 0;
}

static int set_quiet(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	(void)arg;
	if (o->verbosity > 0)
		return err_set(e, ERR_USAGE, "'--verbose' and '-q' exclude each other");
	o->verbosity = -1;
	return 0;
}

static int set_verbose(void *target, const char *arg, struct err *e)
{
	struct request *o = target;

	(void)arg;
	if (o->verbosity < 0)
		return err_set(e, ERR_USAGE, "'-q' and '--verbose' exclude each other");
	if (o->verbosity < 2)
		o->verbosity++;
	return 0;
}

#define FLAG(member) .flag = offsetof(struct request, member)
#define STRING(member) .string = offsetof(struct request, member)
#define ARG(what) .arg = OPT_REQUIRED, .metavar = what
#define OPTIONAL_ARG(what) .arg = OPT_OPTIONAL, .metavar = what

const struct opt_row option_table[] = {
	{ .heading = "Port",
	  .letter = 'b',
	  .name = "baud",
	  ARG("RATE"),
	  .set = set_baud,
	  .help = "1200 to 4000000, auto, or 0: as the tty is" },
	{ .letter = 'm',
	  .name = "mode",
	  ARG("MODE"),
	  .set = set_mode,
	  .help = "data bits, parity, stop bits (default 8e1)" },
	{ .letter = 'c',
	  .name = "resume",
	  FLAG(resume),
	  .help = "no 0x7F: the bootloader is in step already" },
	{ .letter = 'F',
	  .name = "frame",
	  ARG("RX[:TX]"),
	  .set = set_frame,
	  .help = "largest frame to read and write, in bytes" },
	{ .letter = 'n',
	  .name = "retries",
	  ARG("N"),
	  .set = set_retries,
	  .help = "times a frame or page is tried again (default 10)" },
	{ .letter = 'a',
	  .name = "address",
	  ARG("ADDR"),
	  .set = set_address,
	  .help = "7-bit I2C address" },
	{ .name = "probe",
	  FLAG(probe),
	  .instead_of = "address",
	  .help = "look for the I2C address" },
	{ .letter = 'i',
	  .name = "gpio",
	  ARG("SEQ"),
	  STRING(pins.gpio),
	  .instead_of = "wiring boot0 nrst",
	  .help = "GPIO sequence, [entry][:[exit]]" },
	{ .name = "gpiochip", ARG("NAME"), STRING(pins.gpiochip), .help = "default GPIO chip" },
	{ .name = "boot0", ARG("LINE"), STRING(pins.boot0), .help = "line that drives BOOT0" },
	{ .name = "nrst", ARG("LINE"), STRING(pins.nrst), .help = "line that drives NRST" },
	{ .name = "wiring",
	  ARG("NAME"),
	  STRING(pins.wiring),
	  .instead_of = "boot0 nrst",
	  .help = "preset for RTS and DTR" },
	{ .name = "wait",
	  ARG("SECONDS"),
	  .set = set_wait,
	  .help = "wait for PORT to appear and the chip to answer" },

	{ .heading = "Actions (without one, the chip is identified)",
	  .letter = 'r',
	  .name = "read",
	  ARG("FILE"),
	  .action = ACT_READ,
	  .set = set_read,
	  .help = "read memory into FILE (-: standard output)" },
	{ .letter = 'w',
	  .name = "write",
	  ARG("FILE"),
	  .action = ACT_WRITE,
	  .set = add_file,
	  .help = "program FILE (-: standard input); may be repeated" },
	{ .letter = 'o',
	  .name = "erase",
	  .action = ACT_ERASE,
	  .help = "erase all flash, or a range" },
	{ .letter = 'C',
	  .name = "crc",
	  .action = ACT_CRC,
	  .help = "CRC of all flash, or of a range" },
	{ .name = "compare",
	  ARG("FILE"),
	  .action = ACT_COMPARE,
	  .set = set_compare,
	  .help = "tell whether memory holds FILE" },
	{ .name = "blank-check",
	  .action = ACT_BLANK_CHECK,
	  .help = "tell whether all flash, or a range, is erased" },
	{ .letter = 'u',
	  .name = "write-unprotect",
	  .action = ACT_WRITE_UNPROTECT,
	  .help = "remove write protection" },
	{ .letter = 'j',
	  .name = "readout-protect",
	  .action = ACT_READOUT_PROTECT,
	  .help = "protect against reading" },
	{ .letter = 'k',
	  .name = "readout-unprotect",
	  .action = ACT_READOUT_UNPROTECT,
	  .help = "remove read-out protection: erases all flash" },
	{ .name = "option-bytes",
	  .action = ACT_OPTION_BYTES,
	  .help = "print the option bytes by name" },

	{ .heading = "What is written, erased and read",
	  .letter = 'f',
	  .name = "binary",
	  FLAG(binary),
	  .help = "take every file as raw bytes" },
	{ .letter = 'S',
	  .name = "range",
	  ARG("ADDR[:LEN]"),
	  .set = set_range,
	  .instead_of = "start-page erase-pages",
	  .help = "where to work; an addressed file must lie inside" },
	{ .name = "skip-outside",
	  FLAG(skip_outside),
	  .help = "with -S: leave out what lies outside" },
	{ .name = "offset",
	  ARG("N"),
	  .set = set_offset,
	  .help = "added to all addresses of addressed files" },
	{ .name = "patch",
	  ARG("ADDR=TYPE:VALUE"),
	  .set = add_patch,
	  .help = "data of this unit, over the image; may be repeated" },
	{ .letter = 's',
	  .name = "start-page",
	  ARG("PAGE"),
	  .set = set_start_page,
	  .help = "first page, in place of -S" },
	{ .letter = 'e',
	  .name = "erase-pages",
	  ARG("N"),
	  .set = set_erase_pages,
	  .help = "exactly N pages; 0 with -w: erase nothing" },
	{ .letter = 'v',
	  .name = "verify",
	  OPTIONAL_ARG("HOW"),
	  .set = set_verify,
	  .help = "verify (default): read, checksum or stub" },
	{ .name = "no-verify",
	  .set = set_no_verify,
	  .instead_of = "verify",
	  .help = "do not verify" },
	{ .name = "preserve",
	  OPTIONAL_ARG("FILE"),
	  FLAG(preserve),
	  .set = set_preserve,
	  .help = "keep what shares a page with the image; FILE: a copy" },
	{ .name = "full",
	  FLAG(full),
	  .instead_of = "only-changed",
	  .help = "no shortcut: erase every page, send every frame" },
	{ .name = "no-stub", FLAG(no_stub), .help = "never run a routine in the chip's RAM" },
	{ .name = "mass-erase",
	  FLAG(mass_erase),
	  .help = "allow it for -w where the pages are not known" },
	{ .name = "vdd",
	  ARG("VOLTS"),
	  .set = set_vdd,
	  .help = "supply of the chip: F2, F4, F7 program faster" },
	{ .name = "only-changed",
	  FLAG(only_changed),
	  .help = "erase and write only pages that differ" },
	{ .name = "chip",
	  ARG("NAME|KEY=VALUE,..."),
	  STRING(chip),
	  .help = "which chip it is, or what is not known of it" },

	{ .heading = "Protection and option bytes",
	  .name = "unlock",
	  FLAG(unlock),
	  .help = "if the chip is protected, unprotect it: erases it" },
	{ .name = "lock",
	  FLAG(lock),
	  .help = "at the end, protect it against reading" },
	{ .name = "set-option",
	  ARG("NAME=VALUE"),
	  .set = add_set,
	  .help = "change an option byte; may be repeated" },
	{ .name = "with-option-bytes",
	  FLAG(with_option_bytes),
	  .help = "also program the option bytes of the image" },
	{ .name = "i-know-this-is-forever",
	  FLAG(allow.forever),
	  .help = "allow an option that no erase takes back" },
	{ .name = "i-know-the-pin-is-lost",
	  FLAG(allow.pin_lost),
	  .help = "allow options that close this bootloader's entry" },

	{ .heading = "Afterwards",
	  .letter = 'g',
	  .name = "go",
	  ARG("ADDR"),
	  .set = set_go,
	  .help = "after success, start at ADDR (0: start of flash)" },
	{ .letter = 'R',
	  .name = "reset",
	  FLAG(reset),
	  .instead_of = "go",
	  .help = "reset the chip" },

	{ .heading = "Messages",
	  .name = "dry-run",
	  FLAG(dry_run),
	  .help = "print what would be done; open no port" },
	{ .name = "memory-map",
	  OPTIONAL_ARG("FILE"),
	  .set = set_map,
	  .help = "draw what becomes of the flash; FILE: as SVG" },
	{ .name = "trace",
	  ARG("FILE"),
	  STRING(trace),
	  .help = "write every frame, with its time, to FILE" },
	{ .letter = 'q', .name = "quiet", .set = set_quiet, .help = "errors only" },
	{ .name = "verbose",
	  .set = set_verbose,
	  .instead_of = "quiet",
	  .help = "more" },
	{ .name = "progress", FLAG(progress), .help = "progress also where there is no terminal" },
	{ .name = "json",
	  OPTIONAL_ARG("FILE"),
	  .set = set_json,
	  .help = "a JSON object a line, in FILE or in place of text" },
	{ .name = "log",
	  ARG("FILE"),
	  .set = set_log,
	  .help = "add a line for each board to FILE (CSV)" },
	{ .name = "loop", FLAG(loop), .help = "board after board on each PORT, until a signal" },
	{ .name = "config",
	  ARG("FILE"),
	  .set = set_config,
	  .help = "options from FILE, one a line; those given here win" },
	{ .letter = 'h', .name = "help", .action = ACT_HELP, .help = "this text" },
	{ .letter = 'V', .name = "version", .action = ACT_VERSION, .help = "the version" },
	{ .name = "list-chips", .action = ACT_LIST_CHIPS, .help = "the chips that are known" },
	{ .name = "list-formats", .action = ACT_LIST_FORMATS, .help = "the file formats" },
	{ .name = "list-option-bytes",
	  .action = ACT_LIST_OPTION_BYTES,
	  .help = "the names that --set-option takes" },
	{ .name = "list-ports", .action = ACT_LIST_PORTS, .help = "the ports of this machine" },
	{ .name = "list-simulated",
	  .action = ACT_LIST_SIMULATED,
	  .help = "the chips that sim: takes" },
	{ .name = "list-wirings",
	  .action = ACT_LIST_WIRINGS,
	  .help = "the presets of RTS and DTR" },
	{ 0 }
};

static int set_port(void *target, const char *word, struct err *e)
{
	struct request *o = target;

	if (append(&o->ports, &o->port_count, word, e) < 0)
		return -1;
	o->port = o->ports[0];
	return 0;
}

const char *options_action_word(enum action a)
{
	for (const struct opt_row *r = option_table; r->name && a; r++)
		if (r->action == (int)a)
			return r->name;
	return a == ACT_CONFIGURE ? "configure" : "identify";
}

static bool is_settled(const void *target)
{
	const struct request *o = target;

	return prints_only(o->action);
}

int options_set_action(struct request *o, enum action a, struct err *e)
{
	return set_action(o, (int)a, e);
}

int options_take(struct request *o, char **words, struct err *e)
{
	static const struct optparse parser = {
		.rows = option_table,
		.look = habits_check,
		.act = set_action,
		.word = set_port,
		.enough = is_settled,
	};

	*o = (struct request){
		.baud = RATE_STATED,
		.mode = SERIAL_MODE_8E1,
		.retries = RETRIES_DEFAULT,
	};
	return optparse(&parser, o, words, e) ? 0 : -1;
}

int options_default_port(struct request *o, const char *port, struct err *e)
{
	return o->port_count || !port || !*port ? 0 : set_port(o, port, e);
}

int options_settle(struct request *o, const struct port_ops *const *kinds, struct err *e)
{
	if (o->action == ACT_IDENTIFY && (o->unlock || o->lock || o->set_count))
		o->action = ACT_CONFIGURE;
	/* A chip's map needs no port. */
	if (!o->port && o->chip && o->action == ACT_IDENTIFY && (o->map || o->map_file))
		o->dry_run = true;
	if (o->port)
		o->wire = port_wire(kinds, o->port);
	if (prints_only(o->action))
		return 0;
	if (options_check(o, e) < 0 || loop_check(o, e) < 0 || several_check(o, kinds, e) < 0)
		return -1;
	for (size_t i = 0; i < o->port_count; i++)
		if (port_check(kinds, o->ports[i], e) < 0)
			return -1;
	return 0;
}

int options_parse(struct request *o, const struct port_ops *const *kinds, int argc, char **argv,
		  struct err *e)
{
	return options_take(o, argv + (argc > 0), e) < 0 ? -1 : options_settle(o, kinds, e);
}

void options_free(struct request *o)
{
	free(o->files);
	free(o->sets);
	patches_free(&o->patches);
	free(o->ports);
	o->files = o->sets = o->ports = NULL;
	o->file_count = o->set_count = o->port_count = 0;
}
