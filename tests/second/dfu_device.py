#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A second opinion on DfuSe: a board with a bootloader on USB, plugged into this machine's virtual hub.

    dfu_device.py MODEL --flash FILE --log FILE --state FILE --port N [options]

It is written from the protocol notes alone. FILE of --flash is the flash itself, all the time; it
is made, blank, if it is not there. The log has a line for each thing that happened, in order; a
line that begins with "violation" is something that the notes forbid a host. The state is written
at each reset and at the end: "KEY VALUE" lines.

The board is plugged in while its bootloader runs, and away else. SIGUSR2 is the reset button,
SIGUSR1 is power off and on, SIGHUP lets BOOT0 go (low). With --socket, the pins come from there as
lines "p BOOT0 NRST", 0 or 1; a rising NRST is a reset.
"""

import argparse
import os
import select
import signal
import socket
import sys
import time

from chip import FLASH, UID, Chip
from dfu_machine import Machine
from dfu_memory import CustomChip, Faults, Memory, vectors
from dfu_models import DFU_MODELS
from dfu_usb import Device
from usbip import Link, attach

START = 0.2         # from a reset until the bootloader is on the bus
PATIENCE = 10.0     # until the hub has noticed that a device left
TAKEN_UP = 6.0      # until the kernel configures a device; at times it misses one that was away for a moment


class Board:
    def __init__(self, args):
        self.model = DFU_MODELS[args.model]
        self.state_path = args.state
        self.log = open(args.log, 'a', buffering=1, encoding='ascii')
        self.violations = 0
        self.chip = self.make_chip(args.flash)
        if args.boot0_low:
            self.chip.boot0 = False
        for value in args.protect:
            self.chip.options.set_protection(bytes.fromhex(value))
        if args.rdp:
            self.chip.options.set_level(args.rdp)
        faults = Faults(args.lose, args.flip, args.skip)
        memory = Memory(self.model, self.chip, self.note, faults)
        self.machine = Machine(self.model, memory, self.note, args.pace)
        self.name = args.name
        self.nrst = True
        self.restarted = False
        self.pressed = []           # what signals have asked for
        self.chip.on_reset = self.restart
        self.chip.power_on()

    def make_chip(self, flash):
        if self.model.own:
            return CustomChip(self.model.chip, flash, self.note, self.model.own)
        return Chip(self.model.chip, flash, self.note)

    def note(self, text):
        self.violations += text.startswith('violation ')
        self.log.write(text + '\n')

    def restart(self):
        self.restarted = True
        self.machine.restart()

    def pins(self, boot0, nrst):
        self.chip.boot0 = boot0
        if nrst and not self.nrst:
            self.chip.reset()
        self.nrst = nrst

    def device(self):
        return Device(self.model, self.machine, UID, self.name)

    @property
    def there(self):
        """Whether the bootloader runs."""
        return self.chip.in_rom and self.nrst

    def runs(self):
        if self.there:
            return 'bootloader'
        return 'application' if vectors(self.chip, FLASH + self.model.own) else 'nothing'

    def save_state(self):
        lines = {'runs': self.runs(), 'rdp': self.chip.options.level(),
                 'empty': int(getattr(self.chip, 'empty', 0)), 'violations': self.violations,
                 'options': bytes(self.chip.options.raw).hex(), **self.machine.counts}
        with open(self.state_path + '.new', 'w', encoding='ascii') as file:
            file.write(''.join('%s %s\n' % line for line in lines.items()))
        os.rename(self.state_path + '.new', self.state_path)


class Pins:
    """The socket that the pins come from; one host at a time."""

    def __init__(self, path):
        self.server = self.host = None
        self.rest = b''
        if path:
            self.server = socket.socket(socket.AF_UNIX)
            self.server.bind(path)
            self.server.listen(1)

    def sources(self):
        return [source for source in (self.host or self.server,) if source]

    def receive(self, board):
        if not self.host:
            self.host, _ = self.server.accept()
            return
        data = self.host.recv(4096)
        if not data:
            self.host.close()
            self.host, self.rest = None, b''
            return
        *lines, self.rest = (self.rest + data).split(b'\n')
        for line in lines:
            words = line.split()
            if words[0] == b'p':
                board.pins(words[1] == b'1', words[2] == b'1')
            elif words[0] in (b'w', b'r'):
                self.host.sendall(words[0] + b' nack\n')    # nothing is on I2C


class Plug:
    """Has the board on the bus whenever its bootloader runs."""

    def __init__(self, board, port):
        self.board = board
        self.port = port
        self.link = self.device = None
        self.due = time.monotonic()

    def follow(self, now):
        """After a reset or a start: away, and back if it is the bootloader again."""
        if self.board.restarted or not self.board.there:
            self.unplug(now + START)
        elif self.link and not self.link.configured and now - self.due > TAKEN_UP:
            self.board.note('not configured')
            self.unplug(now)
            self.due = now + START
        if self.link is None and self.board.there and now >= self.due:
            self.device = self.board.device()
            self.link = Link(attach(self.port, now + PATIENCE))
            self.due = now
            self.board.note('plugged')

    def unplug(self, due):
        was = self.board.restarted
        self.board.restarted = False
        if self.link:
            self.link.close()
            self.link = None
            self.board.note('unplugged')
        if was:
            self.due = due
            self.board.save_state()

    def serve(self, now):
        """What the device has to answer by now, and a departure that is due."""
        machine = self.board.machine
        # Behind a reset nobody is there to answer what was asked before it.
        while self.link and self.link.waiting and now >= machine.awake_at() and not self.board.restarted:
            if not self.link.serve(self.device, now):
                break
        if machine.departure and now >= machine.departure[0]:
            _, action = machine.departure
            machine.departure = None
            action()
            self.board.save_state()

    def next_wake(self, now):
        machine = self.board.machine
        times = [now + 0.2]
        if machine.departure:
            times.append(machine.departure[0])
        if self.link and self.link.waiting:
            times.append(machine.awake_at())
        if self.link is None and self.board.there:
            times.append(self.due)
        return max(0.0, min(times) - now)


def run(board, plug, pins):
    """Until the host lets go of the device, or a signal ends the program."""
    while True:
        while board.pressed:
            board.pressed.pop(0)()
        now = time.monotonic()
        plug.serve(now)
        plug.follow(now)
        sources = pins.sources() + ([plug.link.host] if plug.link else [])
        for source in select.select(sources, [], [], plug.next_wake(time.monotonic()))[0]:
            if plug.link is None or source is not plug.link.host:
                pins.receive(board)
            elif not plug.link.receive():
                board.note('let go')
                return


def arguments(words):
    parser = argparse.ArgumentParser(description='a second opinion on bootpin, over USB')
    parser.add_argument('model', choices=sorted(DFU_MODELS))
    for name in '--flash', '--log', '--state':
        parser.add_argument(name, required=True)
    parser.add_argument('--port', type=int, required=True, help='of the virtual hub')
    parser.add_argument('--socket', help='where the pins come from')
    parser.add_argument('--rdp', type=int, default=0, help='readout protection at the start')
    parser.add_argument('--protect', action='append', default=[],
                        help='write protection, by the codes of the command 0x63, in hex')
    parser.add_argument('--boot0-low', action='store_true')
    parser.add_argument('--pace', type=float, default=1.0, help='stretches what the work takes')
    parser.add_argument('--name', help='the string of each setting')
    for name in '--lose', '--flip', '--skip':
        parser.add_argument(name, type=int, default=0,
                            help='number of the block that is lost or flipped; of the erase')
    return parser.parse_args(words)


def main(words):
    args = arguments(words)
    board = Board(args)
    plug = Plug(board, args.port)

    def let_boot0_go():
        board.chip.boot0 = False

    def catch(number, action):
        signal.signal(number, lambda *_: board.pressed.append(action))

    catch(signal.SIGUSR2, board.chip.reset)
    catch(signal.SIGUSR1, board.chip.power_on)
    catch(signal.SIGHUP, let_boot0_go)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run(board, plug, Pins(args.socket))
    finally:
        board.save_state()


if __name__ == '__main__':
    main(sys.argv[1:])
