/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated board: a chip, its ROM, and the wire to it, in virtual time.
 *
 * The same core serves the in-process port "sim:CHIP[,key=value...]", bootpin-sim on a
 * pseudo-terminal, and the rig. Virtual time is in nanoseconds since power-on of the board and
 * moves only forward.
 */
#ifndef BOOTPIN_SIM_H
#define BOOTPIN_SIM_H

#include "ports/port.h"
#include "ports/sim/board/sim_pins.h"
#include "ports/sim/chip/chip.h"
#include "ports/sim/rom/event.h"
#include "ports/sim/rom/rom_dfu.h"

struct sim;

/*
 * Builds a board from "CHIP[,key[=value]...]". The chip has been powered on with BOOT0 high, so
 * that its ROM waits for the first byte. NULL with @e set (ERR_USAGE, or ERR_OTHER for a flash
 * file).
 *
 * The chip:
 *   size=KB           flash size; one that the part is made with
 *   uid=HEX           unique ID, 24 hexadecimal digits in the order of memory
 *   rom=VERSION       bootloader ID byte (0x91) of a known ROM version, or the name of a defect
 *                     to add, or none for a ROM without defects; may be repeated
 *                     (sim_rom_name lists the defects)
 *   dbank=0|1, dualbank=0|1, db1m=0|1
 *                     one bank or two, by the option bit of that name, on chips that have it
 *   nboot_sel=0|1     1: an option bit decides in place of the BOOT0 pin (C0, G0, U0 as they are
 *                     made; default 0)
 *   options=HEX       the beginning of the option bytes, as Write Memory takes it; loaded when
 *                     power comes. rdp= and wrp= go over it
 *   sfsa=PAGE         from this page on flash is the wireless stack's (WB; default 244)
 *   timing=typ|max    flash times from the data sheet
 *   boot=low|high     BOOT0 when power came (default high: the bootloader waits). Later resets
 *                     look at the pin
 *   jumper            BOOT0 is pulled high, not low
 *   wiring=NAME       RTS and DTR are wired as --wiring NAME expects it
 *   rts=PIN[!], dtr=PIN[!]
 *                     the adapter's RTS or DTR is wired to boot0 or nrst; !: through a transistor,
 *                     so that asserted is high
 * Its state:
 *   flash=FILE        contents of flash as raw bytes: loaded if there is such a file, saved by
 *                     sim_free
 *   state=FILE        all of the chip's state: loaded if there is such a file, in place of what
 *                     other keys say of the memories, and saved by sim_free. The chip goes on as it
 *                     was left, under power, but for its RAM
 *   seat=FILE         only of a PORT: each time that it is opened, FILE says which board is there, as
 *                     "key=value,..." beside the keys given here. An empty FILE: none is; no such
 *                     file: the port is not there, either
 *   power-cycle       power was off since that file was saved
 *   fill=WHAT         what flash holds without a file: blank (default); pattern; app: a pattern
 *                     that begins with a vector table, so that it runs; half: its second half a
 *                     pattern; vectors: nothing but a vector table, so that it crashes
 *   watchdog=MS       what runs is reset after so long, again and again
 *   rdp=0|1|2         read-out protection
 *   write-protected   all pages
 *   wrp=N[+M...]      the sectors with these codes, as Write Protect takes them
 *   synced            an earlier program has sent 0x7F and had its ACK
 *   prefeed=HEX[+HEX...]
 *                     and then these bytes, before it was killed; implies synced. Over I2C, each is
 *                     a transaction, and all answers but the last were read
 *   chatter           not the ROM but an application runs, and prints; after a reset, what BOOT0
 *                     says runs, and an application prints
 *   mute              nothing runs: no answers
 *   lie               Write Memory is acknowledged and not done
 * The wire:
 *   bus=uart|i2c|usb  (default uart); what follows is for one of them, as are synced, which
 *                     needs a UART, and prefeed, which USB does not have
 *   baud=RATE         at which an earlier program spoke and the application prints (default
 *                     115200)
 *   autobaud=exact|typ|max
 *                     how far off ROMs are that measure the rate in software (rom/autobaud.h)
 *   maxbaud=RATE      above it one byte in 32 arrives with two of its bits changed, either way
 *   adapter-baud=RATE the adapter makes no higher rate: its driver sets this one instead
 *   latency=MS        answers reach the host so much later
 *   stale=TEXT        these bytes are in the host's input already
 *   echo              the adapter gives back what the host sends
 *   zeros             for each byte that the host sends a 00 comes back; the chip hears nothing
 * An I2C bus:
 *   i2c=VERSION       protocol 1.0, 1.1, 1.2 or 2.0 (default: what the ROM has)
 *   commands=17|19    Get lists so many, whatever the version: a bootloader made from ST's open
 *                     one
 *   late=BYTE         an earlier program has left this byte of an answer unread: all that follows
 *                     comes one byte late, until one more is read or the chip is reset
 *   address=ADDR      7-bit address (default: what the chip has)
 *   scl=HZ            clock (default 400000)
 *   stretch=MS        the adapter gives up when the clock is held for longer
 *   adapter-max=BYTES the adapter refuses longer messages
 *   stranger=ADDR     an EEPROM of 256 bytes at that address; may be repeated
 * USB, on chips whose ROM has it (rom/dfu_model.c); data blocks, erases and class requests are
 * counted from 1 since power came:
 *   dfu=NAME          not the ROM but the bootloader of this name (sim_dfu_name)
 *   leave=WAY         how it leaves: manifest (dfuMANIFEST, then gone), mute (gone without that
 *                     answer), at-once (gone at the empty DNLOAD), stays, reset (as the first,
 *                     but it never jumps); default: as it is known of it
 *   lose=N            data block N is acknowledged and lost
 *   flip=N            one bit of data block N is another
 *   skip-erase=N      erase N is acknowledged and not done
 *   stall=N           class request N is stalled, and not looked at
 *   closed            size register, unique ID and system memory cannot be read
 *   nameless          no layout strings until it has left the bus and come back
 *   stays-away        after 0x92 it starts only when power has been off
 */
struct sim *sim_new(const char *spec, struct err *e);

/*
 * Saves flash=FILE and state=FILE if there are any. Returns 0 or -1; @s is gone in either case.
 * NULL is accepted.
 */
int sim_free(struct sim *s, struct err *e);

struct chip *sim_chip(struct sim *s);

/*
 * The wire, for servers in real time (bootpin-sim, the rig). A byte arrives at the chip at @at,
 * sent at @baud with @mode; @at must not go back. What the chip answers is then fetched byte by
 * byte: sim_next returns true and the byte that is complete on the wire at *@when, in order; false
 * if nothing is under way.
 */
void sim_feed(struct sim *s, uint8_t byte, nsec_t at, unsigned int baud, struct serial_mode mode);
bool sim_next(struct sim *s, uint8_t *byte, nsec_t *when);

/*
 * The I2C bus, with bus=i2c: one transaction, begun at @at, which must not go back. *@done: its
 * end. Returns 0, -ENXIO if no device has acknowledged the address, -EREMOTEIO if a byte was not
 * acknowledged, -ETIMEDOUT if the clock was held for longer than the adapter allows, -EOPNOTSUPP if
 * the message is too long for it (nothing went over the bus). The host reads FF while no device
 * sends. While the clock is held from an earlier transaction, this one begins late or is
 * -ETIMEDOUT.
 */
int sim_i2c_write(struct sim *s, uint8_t addr, const uint8_t *bytes, size_t len, nsec_t at,
		  nsec_t *done);
int sim_i2c_read(struct sim *s, uint8_t addr, uint8_t *buf, size_t len, nsec_t at, nsec_t *done);

/* The same for either direction; a function set by sim_on_transfer is called in its place. */
struct sim_transfer {
	uint8_t addr;
	bool reading;
	uint8_t *bytes;
	size_t len;
};
int sim_i2c_transfer(struct sim *s, const struct sim_transfer *t, nsec_t at, nsec_t *done);

/*
 * For tests that spoil transactions: @fn is called in place of each transfer of the port. It may
 * pass the transfer on by sim_i2c_write or sim_i2c_read. It returns what these return, or any
 * negative errno that an adapter reports.
 */
void sim_on_transfer(struct sim *s,
		     int (*fn)(void *arg, const struct sim_transfer *t, nsec_t at, nsec_t *done),
		     void *arg);

/* How long the adapter lets the clock be held, as I2C_TIMEOUT sets it; stretch= may say less. */
void sim_i2c_allow(struct sim *s, nsec_t limit);

/* The clock in Hz; 0 on a board with a UART. */
unsigned int sim_i2c_clock(const struct sim *s);

/* The 256 bytes of the stranger at @addr, NULL if there is none. */
const uint8_t *sim_stranger(const struct sim *s, uint8_t addr);

/* Has the board a chip with USB? */
bool sim_has_usb(const struct sim *s);

/*
 * USB, with bus=usb. One control transfer, begun at @at, as rom_dfu_control; -ENODEV also if no
 * device is there.
 */
int sim_usb_control(struct sim *s, const struct usb_setup *setup, uint8_t *data, nsec_t at,
		    nsec_t until, nsec_t *done);

/* The same; a function set by sim_on_usb is called in its place. */
int sim_usb_transfer(struct sim *s, const struct usb_setup *setup, uint8_t *data, nsec_t at,
		     nsec_t until, nsec_t *done);

/*
 * For tests that spoil transfers: @fn is called in place of each transfer of the port. It may pass
 * the transfer on by sim_usb_control. It returns what that returns, or any other negative errno.
 */
void sim_on_usb(struct sim *s,
		int (*fn)(void *arg, const struct usb_setup *setup, uint8_t *data, nsec_t at,
			  nsec_t until, nsec_t *done),
		void *arg);

/* Is the device on the bus at @at, and how often has it come to it: its address. */
bool sim_usb_present(struct sim *s, nsec_t at);
unsigned int sim_usb_address(const struct sim *s);

/* Until when the device answers nothing, at @at: rom_dfu_naks_until. */
nsec_t sim_usb_naks_until(struct sim *s, nsec_t at);

/* What its descriptors say. */
struct dfu_face sim_usb_face(const struct sim *s);

/* For tests: the next erase, or the next data block, is acknowledged and not done. */
void sim_usb_skip_erase(struct sim *s);
void sim_usb_lose_block(struct sim *s);

/* Pulls the cable, which is the board's power too, or plugs it in: the pins say what starts. */
void sim_usb_plug(struct sim *s, bool plugged, nsec_t at);

/* Lets the chip go on to @now (end of operations, resets) without input. */
void sim_advance(struct sim *s, nsec_t now);

/*
 * The pins. BOOT0, NRST, SPARE0 and SPARE1 are offsets 0 to 3 of a GPIO chip of the host's, all
 * inputs at first; BOOT0 is pulled low and NRST high. RTS and DTR are the adapter's, asserted by
 * opening a port; their level, and BREAK's, is whether they are asserted. While NRST is low the
 * chip does nothing; when it rises after 20 us or more, BOOT0 decides what starts.
 */

/* Drives a line. @name must be known. */
void sim_set_line(struct sim *s, const char *name, bool level, nsec_t at);

/* Makes a GPIO line an input. */
void sim_release_line(struct sim *s, const char *name, nsec_t at);

/* The same for several lines at once: SIM_BIT of each. */
void sim_drive_lines(struct sim *s, unsigned int mask, unsigned int levels, nsec_t at);
void sim_release_lines(struct sim *s, unsigned int mask, nsec_t at);

/* The level of a line. */
bool sim_line_level(const struct sim *s, const char *name);

/* Called for every change of a level, in order. */
void sim_on_pin(struct sim *s, void (*fn)(void *arg, const struct sim_pin_event *ev), void *arg);

/* Resets the chip with BOOT0 as given; power cycles it. */
void sim_reset(struct sim *s, bool boot0, nsec_t at);
void sim_power_cycle(struct sim *s, bool boot0, nsec_t at);

/* The chip stops for @time before its next answer, as one that is halted does. */
void sim_stall(struct sim *s, nsec_t time);

/*
 * The two halves of sim_next, for a host whose receiver may be set wrongly: what comes over the
 * wire, sent at sim_line_baud in 8E1, and what the adapter puts in of itself (stale, echo, zeros).
 */
bool sim_next_wire(struct sim *s, uint8_t *byte, nsec_t *when);
bool sim_next_adapter(struct sim *s, uint8_t *byte, nsec_t *when);

/* Rate at which the chip sends: the ROM's, or that of the application. */
unsigned int sim_line_baud(const struct sim *s);

/* Called for every command that the ROM has finished. */
void sim_on_event(struct sim *s, void (*fn)(void *arg, const struct rom_event *ev), void *arg);

/*
 * Code that was to run on the chip could not be executed here (no Unicorn engine), or memory for
 * its flash was missing. Returns 0 if neither happened, else -1 with @e set (ERR_ABILITY,
 * ERR_OTHER).
 */
int sim_check(const struct sim *s, struct err *e);

/* Is the engine there that runs code? It is a library that may be missing. */
bool sim_runs_code(void);

/* The rate that the adapter makes when it is set to @baud (adapter-baud=RATE). */
unsigned int sim_adapter_baud(const struct sim *s, unsigned int baud);

/* Virtual time of the board. */
nsec_t sim_now(const struct sim *s);

/* How much later answers reach the host (latency=MS); sim_next does not add it. */
nsec_t sim_latency(const struct sim *s);

#endif
