# SPDX-License-Identifier: GPL-2.0-or-later
"""
The device's side of USB/IP on a socket that was given to the kernel's virtual host controller
(Documentation/usb/usbip_protocol.rst). Control transfers on endpoint 0 are all there is here.
"""

import os
import socket
import struct
import time
from dataclasses import dataclass

from dfu_machine import Setup, Silence, Stall

ATTACH = '/sys/devices/platform/vhci_hcd.0/attach'
CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
SET_CONFIGURATION = 9
HEADER = struct.Struct('>IIIII28s')
SUBMIT = struct.Struct('>IIIII')
FULL_SPEED = 2
EPIPE, ECONNRESET = 32, 104


@dataclass
class Transfer:
    number: int
    in_: bool
    setup: Setup
    data: bytes


def attach(port, deadline):
    """Plugs a new device in at @port of the virtual hub; the end of its socket that is ours."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    line = b'%d %d %d %d' % (port, theirs.fileno(), port + 1, FULL_SPEED)
    while True:
        try:
            fd = os.open(ATTACH, os.O_WRONLY)
            try:
                os.write(fd, line)
            finally:
                os.close(fd)
            break
        except OSError:             # the port still has the device that has just left
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    theirs.close()
    return ours


class Link:
    """A device that is plugged in. The transfers that came wait in order until serve answers."""

    def __init__(self, host):
        self.host = host
        self.waiting = []
        self.configured = False     # whether the host has taken it up

    def receive(self):
        """Takes one message. False: the host has let go."""
        head = self.exactly(HEADER.size)
        if head is None:
            return False
        command, number, _, in_, _, body = HEADER.unpack(head)
        if command == CMD_SUBMIT:
            length = SUBMIT.unpack_from(body)[1]
            setup = Setup(*struct.unpack('<BBHHH', body[20:28]))
            data = b'' if in_ else self.exactly(length)
            if data is None:
                return False
            self.configured |= setup.type == 0 and setup.request == SET_CONFIGURATION
            self.waiting.append(Transfer(number, bool(in_), setup, data))
            return True
        if command == CMD_UNLINK:
            self.give_up(number, int.from_bytes(body[:4], 'big'))
            return True
        return False

    def give_up(self, number, which):
        """A transfer that is given up is answered by its unlink alone."""
        before = len(self.waiting)
        self.waiting = [transfer for transfer in self.waiting if transfer.number != which]
        self.reply(RET_UNLINK, number, -ECONNRESET if len(self.waiting) < before else 0, 0)

    def serve(self, device, now):
        """Answers the first transfer. False: the device leaves in place of an answer."""
        transfer = self.waiting.pop(0)
        try:
            data = device.request(transfer.setup, transfer.data, now)
        except Stall:
            self.reply(RET_SUBMIT, transfer.number, -EPIPE, 0)
        except Silence:
            return False
        else:
            length = len(data) if transfer.in_ else len(transfer.data)
            self.reply(RET_SUBMIT, transfer.number, 0, length, data if transfer.in_ else b'')
        return True

    def reply(self, command, number, status, length, data=b''):
        head = struct.pack('>IIIIIiIIIIQ', command, number, 0, 0, 0, status, length, 0, 0, 0, 0)
        try:
            self.host.sendall(head + data)
        except OSError:
            pass                    # noticed when receiving

    def exactly(self, count):
        data = b''
        while len(data) < count:
            try:
                part = self.host.recv(count - len(data))
            except OSError:
                return None
            if not part:
                return None
            data += part
        return data

    def close(self):
        self.host.close()
