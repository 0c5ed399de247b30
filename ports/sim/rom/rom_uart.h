/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USART bootloader in a simulated chip's ROM (AN3155): a state machine fed with bytes.
 *
 * It has no inter-byte time-out and one receive register: of the bytes that arrive while it works
 * or transmits, the first waits and the others are lost.
 */
#ifndef BOOTPIN_SIM_ROM_UART_H
#define BOOTPIN_SIM_ROM_UART_H

#include "ports/sim/rom/queue.h"
#include "ports/sim/rom/rom.h"

struct rom_uart;

/*
 * @lie: Write Memory is acknowledged and not done. @chip must outlive it. NULL when out of memory.
 */
struct rom_uart *rom_uart_new(struct chip *chip, bool lie);
void rom_uart_free(struct rom_uart *u);

struct bootrom *rom_uart_rom(struct rom_uart *u);

/* The rate that was measured; 0 before that. */
unsigned int rom_uart_baud(const struct rom_uart *u);

/* The rate of what it sent last; 0 if nothing was. */
unsigned int rom_uart_sent_at(const struct rom_uart *u);

/* In step at @baud, as if an earlier program had sent 0x7F. */
void rom_uart_assume_sync(struct rom_uart *u, unsigned int baud);

/*
 * The first activity on the line since reset, ending at @at. @clean: a 0x7F in the right format
 * (auto-baud's pattern). Anything else, or anything before the ROM is ready, spoils a software
 * auto-baud until the next reset (AN2606).
 */
void rom_uart_first(struct rom_uart *u, bool clean, unsigned int baud, nsec_t at);

/* A byte as the receiver got it. */
void rom_uart_byte(struct rom_uart *u, uint8_t byte, bool parity_error, nsec_t at);

/* The bytes that it has sent; a reset takes back those that had not left yet. */
struct queue *rom_uart_answers(struct rom_uart *u);

#endif
