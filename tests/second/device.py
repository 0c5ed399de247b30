#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A second opinion on the bootloader's side of AN3155 and AN4221, on a pseudo-terminal or a socket.

    device.py MODEL --flash FILE --log FILE [--pty LINK | --socket PATH] [options]

FILE is the flash itself, all the time; it is made, blank, if it is not there. The log has one line
for each thing that happened to the chip. SIGUSR2 is a reset, with BOOT0 as it is. With --pty, LINK
becomes a name of the terminal. A socket carries both wires and the pins, as lines of text:

    u HEX          bytes on the UART, both ways
    w ADDR HEX     an I2C write;       answered: w ok | w nack | w data | w stretch
    r ADDR COUNT   an I2C read;        answered: r HEX | r nack | r stretch
    p BOOT0 NRST   the pins, 0 or 1; a rising NRST is a reset
"""

import argparse
import os
import select
import signal
import socket
import sys
import time
import tty

from chip import MODELS, Chip
from rom import I2cRom, UartRom


class Board:
    """A chip with its two bootloader interfaces. The first one that is spoken to is the one."""

    def __init__(self, args):
        self.log = open(args.log, 'a', buffering=1, encoding='ascii')
        self.chip = Chip(MODELS[args.model], args.flash, self.note)
        self.nrst = True
        if args.boot0_low:
            self.chip.boot0 = False
        for value in args.protect:
            self.chip.options.set_protection(bytes.fromhex(value))
        if args.rdp:
            self.chip.options.set_level(args.rdp)
        self.uart = UartRom(self.chip, args.slow, args.uart_version)
        self.i2c = I2cRom(self.chip, args.slow)
        self.chip.on_reset = self.restart
        self.chip.power_on()

    def note(self, text):
        self.log.write(text + '\n')

    def restart(self):
        self.selected = None
        self.uart.restart()
        self.i2c.restart()

    def pins(self, boot0, nrst):
        self.chip.boot0 = boot0
        if nrst and not self.nrst:
            self.chip.reset()
        self.nrst = nrst

    def there(self, wire):
        return (self.chip.in_rom and self.nrst and time.monotonic() >= self.chip.away_until
                and self.selected in (None, wire))

    def uart_bytes(self, data):
        for byte in data:
            if self.there(self.uart):
                self.uart.take(byte)
                if self.uart.queue:
                    self.selected = self.uart

    def transfer(self, address, what):
        """An I2C write of bytes, or read of a number of them."""
        if not self.there(self.i2c) or address != self.chip.model.address:
            return 'nack'
        self.selected = self.i2c
        return self.i2c.read(what) if isinstance(what, int) else self.i2c.write(what)


def serve_pty(board, link):
    """The slave stays open here, so that nobody's closing it matters."""
    master, slave = os.openpty()
    tty.setraw(slave)
    if os.path.islink(link):
        os.unlink(link)
    os.symlink(os.ttyname(slave), link)
    while True:
        if select.select([master], [], [], 0.002 if board.uart.queue else 0.2)[0]:
            board.uart_bytes(os.read(master, 4096))
        os.write(master, board.uart.answers())


def carry_out(board, line):
    """One line of the socket; the answer, if it has one."""
    verb, *words = line.split()
    if verb == 'u':
        board.uart_bytes(bytes.fromhex(words[0]))
    elif verb == 'p':
        board.pins(words[0] == '1', words[1] == '1')
    else:
        what = int(words[1]) if verb == 'r' else bytes.fromhex(words[1])
        result = board.transfer(int(words[0], 0), what)
        return '%s %s\n' % (verb, result.hex() if isinstance(result, bytes) else result)
    return ''


def serve_socket(board, path):
    """One host at a time."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(1)
    while True:
        host, _ = server.accept()
        rest = b''
        while True:
            if select.select([host], [], [], 0.002 if board.uart.queue else 0.2)[0]:
                data = host.recv(4096)
                if not data:
                    break
                *lines, rest = (rest + data).split(b'\n')
                for line in lines:
                    host.sendall(carry_out(board, line.decode()).encode())
            data = board.uart.answers()
            if data:
                host.sendall(b'u %s\n' % data.hex().encode())
        host.close()


def main():
    parser = argparse.ArgumentParser(description='a second opinion on bootpin')
    parser.add_argument('model', choices=sorted(MODELS))
    parser.add_argument('--flash', required=True)
    parser.add_argument('--log', required=True)
    parser.add_argument('--pty')
    parser.add_argument('--socket')
    parser.add_argument('--rdp', type=int, default=0, help='readout protection at the start')
    parser.add_argument('--protect', action='append', default=[], help='codes of 0x63, in hex')
    parser.add_argument('--slow', type=float, default=0.0, help='seconds that a mass erase takes')
    parser.add_argument('--boot0-low', action='store_true')
    parser.add_argument('--uart-version', type=lambda text: int(text, 16), default=0)
    args = parser.parse_args()
    board = Board(args)
    signal.signal(signal.SIGUSR2, lambda *_: board.chip.reset())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if args.pty:
        serve_pty(board, args.pty)
    else:
        serve_socket(board, args.socket)


if __name__ == '__main__':
    main()
