/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which options go together.
 */
#include <string.h>

#include "base/same_file.h"
#include "cli/options_check.h"
#include "ports/nodes.h"

/* -s, -S and -e. */
static int check_range(const struct request *o, struct err *e)
{
	bool pages = o->start_page_given || o->erase_pages_given;
	const char *page_opt = o->start_page_given ? "-s" : "-e";

	if (o->range_given && pages)
		return err_set(e, ERR_USAGE, "'%s' and '-S' exclude each other", page_opt);
	if (o->erase_pages_given && !o->erase_pages && o->action == ACT_ERASE)
		return err_set(e, ERR_USAGE, "'-o' with '-e 0' would erase nothing");
	if (o->erase_pages_given && !o->erase_pages &&
	    (o->action == ACT_READ || o->action == ACT_CRC || o->action == ACT_BLANK_CHECK))
		return err_set(e, ERR_USAGE, "'%s' with '-e 0' covers no memory",
			       action_name(o->action));
	if (o->skip_outside && !o->range_given)
		return err_set(e, ERR_USAGE, "'--skip-outside' needs '-S'");
	if ((o->skip_outside || o->offset || o->patches.count) && o->action != ACT_WRITE &&
	    o->action != ACT_COMPARE)
		return err_set(e, ERR_USAGE, "'%s' needs '-w' or '--compare'",
			       o->skip_outside ? "--skip-outside" : o->offset ? "--offset" : "--patch");
	if (o->action == ACT_CRC && o->range_len % 4)
		return err_set(e, ERR_USAGE, "'-C' needs a length that is a multiple of 4");
	return 0;
}

static int check_pins(const struct request *o, struct err *e)
{
	const struct {
		bool given;
		const char *name;
	} ways[] = {
		{ o->pins.gpio, "-i" },
		{ o->pins.wiring, "--wiring" },
		{ o->pins.boot0 || o->pins.nrst, o->pins.boot0 ? "--boot0" : "--nrst" },
	};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].given && first)
			return err_set(e, ERR_USAGE, "'%s' and '%s' exclude each other", first,
				       ways[i].name);
		if (ways[i].given)
			first = ways[i].name;
	}
	if (o->pins.gpiochip && !first)
		return err_set(e, ERR_USAGE,
			       "'--gpiochip' needs a sequence: '-i', '--boot0' or '--nrst'");
	return 0;
}

/* What only a serial port or an I2C bus has. */
static int check_usb(const struct request *o, struct err *e)
{
	const struct {
		bool given;
		const char *name;
	} serial[] = {
		{ o->baud_given || o->baud_auto, "-b" }, { o->mode_given, "-m" }, { o->resume, "-c" },
		{ o->i2c_addr, "-a" }, { o->probe, "--probe" },
		{ o->frame_rx || o->frame_tx, "-F" },
	};

	for (size_t i = 0; i < sizeof(serial) / sizeof(serial[0]); i++)
		if (serial[i].given)
			return err_set(e, ERR_USAGE, "'%s' is not for USB, which '%s' is",
				       serial[i].name, o->port);
	return 0;
}

/* Rate, format and lines of a raw server are set by whoever runs it, and not from here. */
static int check_raw(const struct request *o, struct err *e)
{
	if (o->baud_given || o->baud_auto || o->mode_given)
		return err_set(e, ERR_USAGE, "'%s' is not for tcp://, where the server's own settings "
			       "hold: give them to the server, or use rfc2217://",
			       o->mode_given ? "-m" : "-b");
	return 0;
}

static int check_wire(const struct request *o, struct err *e)
{
	bool is_i2c = o->wire == WIRE_I2C;

	if (!o->port)
		return 0;
	if (o->wire == WIRE_USB)
		return check_usb(o, e);
	if (o->wire == WIRE_RAW && check_raw(o, e) < 0)
		return -1;
	if (!is_i2c && (o->i2c_addr || o->probe))
		return err_set(e, ERR_USAGE, "'%s' is for I2C, which '%s' is not",
			       o->i2c_addr ? "-a" : "--probe", o->port);
	if (!is_i2c)
		return 0;
	if (o->baud_given || o->baud_auto || o->mode_given || o->resume)
		return err_set(e, ERR_USAGE, "'%s' is for serial ports, which '%s' is not",
			       o->baud_given || o->baud_auto ? "-b" : o->mode_given ? "-m" : "-c", o->port);
	if (o->i2c_addr && o->probe)
		return err_set(e, ERR_USAGE, "'-a' and '--probe' exclude each other");
	if (o->probe && !o->pins.gpio && !o->pins.boot0 && !o->pins.nrst)
		return err_set(e, ERR_USAGE,
			       "'--probe' writes to addresses: it needs an entry sequence ('-i', "
			       "'--boot0' and '--nrst') that makes one of them a bootloader");
	if (o->i2c_addr || o->probe)
		return 0;
	return err_set(e, ERR_USAGE, "I2C needs the chip's address: '-a ADDR' ('--list-chips' shows "
		       "which each chip has, '--probe' looks for it, '--chip NAME' narrows that)");
}

static int check_verify(const struct request *o, struct err *e)
{
	bool asked = o->verify != VERIFY_DEFAULT && o->verify != VERIFY_NO;

	if (asked && o->action != ACT_WRITE && o->action != ACT_READ)
		return err_set(e, ERR_USAGE, "'-v' needs '-w' or '-r'");
	if (o->verify == VERIFY_STUB && o->action != ACT_WRITE)
		return err_set(e, ERR_USAGE, "'--verify=stub' needs '-w'");
	if (o->verify == VERIFY_STUB && o->no_stub)
		return err_set(e, ERR_USAGE, "'--verify=stub' and '--no-stub' exclude each other");
	if (o->verify == VERIFY_NO && o->erase_pages_given && !o->erase_pages)
		return err_set(e, ERR_USAGE, "'--no-verify' with '-e 0' could not tell whether the "
			       "flash holds the image");
	return 0;
}

/* These mean something only to a write. */
static int check_write(const struct request *o, struct err *e)
{
	const struct {
		bool given;
		const char *name;
	} needs_write[] = {
		{ o->binary && o->action != ACT_COMPARE, "-f" },
		{ o->verify == VERIFY_NO, "--no-verify" },
		{ o->preserve, "--preserve" },
		{ o->full, "--full" },
		{ o->only_changed, "--only-changed" },
		{ o->no_stub, "--no-stub" },
		{ o->mass_erase, "--mass-erase" },
		{ o->with_option_bytes, "--with-option-bytes" },
	};

	if (o->vdd && o->action != ACT_WRITE && o->action != ACT_ERASE)
		return err_set(e, ERR_USAGE, "'--vdd' needs '-w' or '-o'");
	if (o->action == ACT_WRITE && o->only_changed) {
		const char *other = o->full ? "--full" : o->erase_pages_given ? "-e"
				    : o->mass_erase ? "--mass-erase" : NULL;

		if (other)
			return err_set(e, ERR_USAGE, "'--only-changed' and '%s' exclude each other",
				       other);
	}
	if (o->action == ACT_WRITE) {
		if (o->preserve && o->mass_erase)
			return err_set(e, ERR_USAGE, "'--preserve' and '--mass-erase' exclude each "
				       "other");
		return 0;
	}
	for (size_t i = 0; i < sizeof(needs_write) / sizeof(needs_write[0]); i++)
		if (needs_write[i].given)
			return err_set(e, ERR_USAGE, "'%s' needs '-w'", needs_write[i].name);
	return 0;
}

/* --unlock, --lock, --set-option: what they may go with. */
static int check_protection(const struct request *o, struct err *e)
{
	enum action a = o->action;
	bool alone = a == ACT_CONFIGURE;
	const struct {
		bool given, fits;
		const char *name;
	} rows[] = {
		{ o->unlock, alone || a == ACT_WRITE || a == ACT_ERASE, "--unlock" },
		{ o->lock, alone || a == ACT_WRITE || a == ACT_COMPARE, "--lock" },
		{ o->set_count, alone || a == ACT_WRITE || a == ACT_ERASE || a == ACT_OPTION_BYTES,
		  "--set-option" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given && !rows[i].fits)
			return err_set(e, ERR_USAGE, "'%s' does not go with '%s'", rows[i].name,
				       action_name(a));
	if (o->lock && o->go_given)
		return err_set(e, ERR_USAGE, "'-g' cannot follow '--lock': a protected chip "
			       "refuses Go; the exit part of the pins starts it");
	if (o->lock && o->reset && !o->pins.gpio && !o->pins.nrst && !o->pins.wiring)
		return err_set(e, ERR_USAGE, "'-R' cannot follow '--lock' without pins: the chip is "
			       "then read-protected, so it cannot run the reset routine");
	if (o->lock && o->verify == VERIFY_NO)
		return err_set(e, ERR_USAGE, "'--lock' after '--no-verify' could lock a bad image in");
	if ((o->allow.forever || (o->allow.pin_lost && !o->lock)) && !o->set_count &&
	    !o->with_option_bytes)
		return err_set(e, ERR_USAGE, "'%s' needs '--set-option' or '--with-option-bytes'%s",
			       o->allow.forever ? "--i-know-this-is-forever" : "--i-know-the-pin-is-lost",
			       o->allow.forever ? "" : ", or '--lock'");
	return 0;
}

/* Text, data and JSON never share a stream. */
static int check_streams(const struct request *o, struct err *e)
{
	const struct { const char *name, *file; } rows[] = {
		{ "-r", o->read_file }, { "--trace", o->trace }, { "--preserve", o->preserve_file },
	};

	if (!o->json || strcmp(o->json, "-"))
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].file && !strcmp(rows[i].file, "-"))
			return err_set(e, ERR_USAGE, "'%s -' and '--json' would both write to "
				       "standard output: '--json=FILE' goes to a file", rows[i].name);
	return 0;
}

/* Drawn where there is a plan, or nothing to be done; --dry-run knows the chip by --chip alone. */
static int check_map(const struct request *o, struct err *e)
{
	enum action a = o->action;

	if (!o->map && !o->map_file)
		return 0;
	if (a != ACT_IDENTIFY && a != ACT_WRITE && a != ACT_ERASE)
		return err_set(e, ERR_USAGE, "'--memory-map' does not go with '%s'", action_name(a));
	if (o->dry_run && !o->chip)
		return err_set(e, ERR_USAGE, "'--memory-map' with '--dry-run' needs '--chip'");
	return 0;
}

/* A dry run for a chip that is named needs no port, if it draws a map. */
static bool needs_port(const struct request *o)
{
	return !o->dry_run || !o->chip || (!o->map && !o->map_file);
}

/* Lines are added to the log: a file that has something else in it would be spoiled, or they. */
static int check_log(const struct request *o, struct err *e)
{
	bool clash = same_file(o->log, o->read_file) || same_file(o->log, o->trace) ||
		     same_file(o->log, o->preserve_file) || same_file(o->log, o->map_file);

	for (size_t i = 0; i < o->file_count && !clash; i++)
		clash = same_file(o->log, o->files[i]);
	return clash ? err_set(e, ERR_USAGE, "--log '%s': the job needs that file itself", o->log) : 0;
}

int options_check(const struct request *o, struct err *e)
{
	if (!o->port && needs_port(o))
		return nodes_ask_for_one("", e);
	if (o->resume && o->baud_auto)
		return err_set(e, ERR_USAGE, "'-c' and '-b auto' exclude each other: a bootloader that "
			       "is in step keeps its rate");
	if (o->resume && !o->baud_given && o->wire != WIRE_RAW)
		return err_set(e, ERR_USAGE, "'-c' needs '-b': the rate that the bootloader is in "
			       "step with");
	if (o->go_given && action_changes_protection(o->action))
		return err_set(e, ERR_USAGE, "'-g' cannot follow '%s': the chip resets itself",
			       action_name(o->action));
	if (check_wire(o, e) < 0 || check_pins(o, e) < 0 || check_range(o, e) < 0 ||
	    check_verify(o, e) < 0 || check_protection(o, e) < 0 || check_streams(o, e) < 0 ||
	    check_map(o, e) < 0 || check_log(o, e) < 0)
		return -1;
	return check_write(o, e);
}
