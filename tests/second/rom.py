# SPDX-License-Identifier: GPL-2.0-or-later
"""
The bootloader's command core, and what a UART (AN3155) and an I2C bus (AN4221) make of it.

The core is a generator: `data = yield n` is the next @n bytes of the host, whenever they come.
What it answers is queued, and a wire takes it from there.
"""

import time
from collections import deque
from dataclasses import dataclass
from functools import reduce

from chip import CLASSIC, FLASH, SUPPLY

ACK, NACK, BUSY = b'\x79', b'\x1f', b'\x76'
ALLOWED = 0x00, 0x01, 0x02, 0x92, 0x93      # under readout protection
TWINS = {0x32: 0x31, 0x45: 0x44, 0x64: 0x63, 0x74: 0x73, 0x83: 0x82, 0x93: 0x92}   # no-stretch
STRETCH_LIMIT = 1.0                         # a pause inside an I2C command resets the ROM


class Refused(Exception):
    """The command ends with @args[0] NACKs."""


class Left(Exception):
    """The bootloader ends; once its last answer is out, @args[0] is called."""


@dataclass
class Answer:
    data: bytes
    due: float          # by the monotonic clock
    busy: bool          # until then a read is answered by BUSY, else stretched
    polled: bool = False


def xor(data):
    return reduce(int.__xor__, data, 0)


def crc(data, poly, value):
    """The CRC unit of the chips: little-endian words, most significant bit first."""
    for at in range(0, len(data), 4):
        value ^= int.from_bytes(data[at:at + 4], 'little')
        for _ in range(32):
            value = (value << 1 ^ (poly if value >> 31 else 0)) & 0xFFFFFFFF
    return value


class Rom:
    """Commands. @slow is what a mass erase takes; a page and a frame take a twentieth of it."""

    def __init__(self, chip, slow):
        self.chip = chip
        self.slow = slow
        self.restart()

    def restart(self):
        """As after a reset: nothing is selected, nothing known of the host."""
        self.queue = deque()
        self.pending = bytearray()
        self.leave = None
        self.busy = self.opened = False
        self.code = None
        self.core = self.run()
        self.want = next(self.core)

    # -- what comes in and goes out --

    def take(self, byte):
        """One byte of the host."""
        if self.core is None:
            return
        self.pending.append(byte)
        if len(self.pending) < self.want:
            return
        data = bytes(self.pending)
        self.pending.clear()
        try:
            self.want = self.core.send(data)
        except Left as left:
            self.core = None
            self.leave = left.args[0]

    def send(self, data, after=0.0):
        self.queue.append(Answer(data, time.monotonic() + after, self.busy))

    def sent(self):
        """The first answer has reached the host."""
        self.queue.popleft()
        if not self.queue and self.leave:
            leave, self.leave = self.leave, None
            leave()

    # -- frames --

    def block(self, count):
        """@count bytes and their XOR."""
        data = yield count + 1
        if xor(data):
            raise Refused(1)
        return data[:-1]

    def size(self):
        """One byte and its complement, a count less one."""
        count, complement = yield 2
        if count ^ complement != 0xFF:
            raise Refused(1)
        return count + 1

    def address(self):
        return int.from_bytes((yield from self.block(4)), 'big')

    def counted(self):
        """Count less one, as many bytes, and the XOR of all that."""
        head = yield 1
        body = yield head[0] + 2
        if xor(head + body):
            raise Refused(1)
        return body[:-1]

    # -- commands --

    def run(self):
        yield from self.entry()
        while True:
            try:
                yield from self.command()
            except Refused as refused:
                for _ in range(refused.args[0]):
                    self.send(NACK)

    def command(self):
        self.busy = self.opened = False
        code, complement = yield 2
        self.code = code
        if code ^ complement != 0xFF or code not in self.commands():
            raise Refused(1)
        if self.chip.protected and code not in ALLOWED:
            self.chip.note('protected %02x' % code)
            raise Refused(self.nacks())
        self.send(ACK)
        self.opened = True
        self.busy = code in TWINS or code == 0xA1
        yield from self.HANDLERS[TWINS.get(code, code)](self) or ()

    def get(self):
        codes = bytes(self.commands())
        self.send(bytes([len(codes), self.version()]) + codes)
        self.send(ACK)

    def get_id(self):
        self.send(b'\x01' + self.chip.model.pid.to_bytes(2, 'big'))
        self.send(ACK)

    def read(self):
        addr = yield from self.address()
        if self.chip.read(addr, 1) is None:
            raise Refused(1)
        self.send(ACK)
        count = yield from self.size()
        data = self.chip.read(addr, count)
        if len(data) < count:
            self.chip.note('hang 0x%08x' % addr)
            raise Left(lambda: None)            # off the end of a memory: a bus fault
        self.send(ACK)
        self.send(data)

    def go(self):
        addr = yield from self.address()
        if not (FLASH <= addr < FLASH + len(self.chip.flash) or self.chip.in_ram(addr)):
            raise Refused(1)
        self.send(ACK)
        raise Left(lambda: self.chip.start(addr))

    def write(self):
        chip = self.chip
        addr = yield from self.address()
        if not chip.can_write(addr):
            raise Refused(1)
        self.send(ACK)
        data = yield from self.counted()
        if addr == SUPPLY and chip.model.supply:
            if len(data) != 4 or data[0] > 4 or data[1:] != b'\xff' * 3:
                raise Refused(1)
            chip.supply = data[:1]
        elif chip.writes_options(addr):
            chip.options.store(data)
            chip.note('options ' + data.hex())
            self.end_with(chip.reset)
        else:
            chip.write(addr, data)
        self.send(ACK, self.slow / 20)

    def erase(self):
        """0x43: one byte a page; FF 00 is all of them, FF and anything else nothing."""
        count = (yield 1)[0]
        rest = yield 1 if count == 0xFF else count + 2
        if count < 0xFF and xor(rest) ^ count:
            raise Refused(1)
        if count < 0xFF:
            self.erase_pages(rest[:-1])
        elif rest[0] == 0:
            self.chip.note('erase all')
            self.chip.mass_erase()
            self.send(ACK, self.slow)
        else:
            self.send(ACK)

    def extended_erase(self):
        pages = yield from self.pages()
        if pages != 0xFFFF:
            self.erase_pages(pages)
            return
        self.chip.note('erase all')
        if not self.chip.mass_erase():
            raise Refused(1)
        self.send(ACK, self.slow)

    def erase_pages(self, pages):
        self.chip.note('erase ' + ' '.join(str(page) for page in pages))
        self.chip.erase(pages)
        self.send(ACK, self.slow / 20 * len(pages))

    def write_protect(self):
        codes = yield from self.codes()
        self.chip.note('protect ' + codes.hex())
        self.chip.options.set_protection(codes)
        self.end_with(self.chip.reset)

    def write_unprotect(self):
        self.chip.note('unprotect')
        self.chip.options.set_protection([])
        self.end_with(self.chip.reset)

    def readout_protect(self):
        self.chip.note('rdp 1')
        self.chip.options.set_level(1)
        self.end_with(self.chip.reset)

    def readout_unprotect(self):
        """Newer ROMs answer before the erase, which takes their RAM away; older ones after it."""
        def erase():
            self.chip.away_until = time.monotonic() + self.slow
            self.chip.unprotect()
            self.chip.reset()
        self.chip.note('rdp 0')
        if self.chip.model.early_unprotect:
            self.send(ACK)
            raise Left(erase)
        self.chip.unprotect()
        self.end_with(self.chip.reset)

    def end_with(self, reset):
        self.send(ACK, self.slow)
        raise Left(reset)

    def checksum(self):
        addr = yield from self.address()
        if not FLASH <= addr < FLASH + len(self.chip.flash):
            raise Refused(1)
        self.send(ACK)
        count = yield from self.checksum_size()
        data = self.chip.read(addr, count)
        if count == 0 or count % 4 or len(data) < count:
            raise Refused(1)
        self.send(ACK)
        poly, value = yield from self.checksum_start()
        self.chip.note('checksum 0x%08x %d' % (addr, count))
        sum_ = crc(data, poly, value).to_bytes(4, 'big')
        self.send(ACK, self.slow)
        self.send(sum_ + bytes([xor(sum_)]))

    HANDLERS = {0x00: get, 0x01: lambda self: self.get_version(), 0x02: get_id, 0x11: read,
                0x21: go, 0x31: write, 0x43: erase, 0x44: extended_erase, 0x63: write_protect,
                0x73: write_unprotect, 0x82: readout_protect, 0x92: readout_unprotect,
                0xA1: checksum}


class UartRom(Rom):
    """AN3155: a stream of bytes, no time limits, everything of a frame under one XOR."""

    def __init__(self, chip, slow, version=0):
        self.rom_version = version or chip.model.uart
        super().__init__(chip, slow)

    def entry(self):
        while (yield 1) != b'\x7f':
            pass
        self.chip.note('sync')
        self.send(ACK)

    def version(self):
        return self.rom_version

    def commands(self):
        return self.chip.model.commands + ((0xA1,) if self.rom_version >= 0x33 else ())

    def nacks(self):
        return 2 if self.chip.model.two_nacks else 1

    def get_version(self):
        self.send(bytes([self.version(), 0, 0]))
        self.send(ACK)

    def pages(self):
        """The pages, or the number of a special erase that this chip has."""
        head = yield 2
        count = int.from_bytes(head, 'big')
        body = yield 1 if count >= 0xFFF0 else 2 * (count + 1) + 1
        if xor(head + body) or 0xFFF0 <= count < 0xFFFF:
            raise Refused(1)            # no chip here has two banks
        if count == 0xFFFF:
            return count
        return [int.from_bytes(body[at:at + 2], 'big') for at in range(0, len(body) - 1, 2)]

    def codes(self):
        return self.counted()

    def checksum_size(self):
        return 4 * int.from_bytes((yield from self.block(4)), 'big')

    def checksum_start(self):
        poly = yield from self.block(4)
        self.send(ACK)
        value = yield from self.block(4)
        self.send(ACK)
        return int.from_bytes(poly, 'big'), int.from_bytes(value, 'big')

    def answers(self):
        """What may go out by now."""
        data = b''
        while self.queue and self.queue[0].due <= time.monotonic():
            data += self.queue[0].data
            self.sent()
        return data


class I2cRom(Rom):
    """AN4221: a frame is a transaction, and whatever has the wrong length is never forgiven."""

    def restart(self):
        super().restart()
        self.last = self.stuck_at = None

    def entry(self):
        yield from ()

    def version(self):
        return self.chip.model.i2c

    def commands(self):
        version = self.version()
        return CLASSIC + (tuple(TWINS) if version >= 0x11 else ()) + (
            (0xA1,) if version >= 0x12 else ())

    def nacks(self):
        return 1

    def get_version(self):
        self.send(bytes([self.version()]))
        self.send(ACK)

    def pages(self):
        """Two frames; the second one's XOR does not cover the count."""
        count = int.from_bytes((yield from self.block(2)), 'big')
        if count == 0xFFFF:
            return count
        if count >= 512:
            raise Refused(1)
        self.send(ACK)
        body = yield from self.block(2 * (count + 1))
        return [int.from_bytes(body[at:at + 2], 'big') for at in range(0, len(body), 2)]

    def codes(self):
        count = yield from self.size()
        self.send(ACK)
        return (yield from self.block(count))

    def checksum_size(self):
        return int.from_bytes((yield from self.block(4)), 'big')

    def checksum_start(self):
        yield from ()
        return 0x04C11DB7, 0xFFFFFFFF

    # -- transactions --

    def write(self, data):
        """What the master sees: 'ok', 'nack' (address), or 'data' (a byte was not taken)."""
        if not self.listens():
            return 'nack'
        if self.queue:
            return self.stick('write where a read was due', 'data')
        for byte in data:
            if self.queue:
                return 'data'
            self.take(byte)
        if not self.queue:
            return self.stick('short frame', 'ok')
        return 'ok'

    def read(self, count):
        """The bytes; 'nack'; or 'stretch': the clock is held until the ROM resets itself."""
        if not self.listens():
            return 'nack'
        if not self.queue:
            return self.stick('read where a write was due', 'stretch')
        answer = self.queue[0]
        if answer.due > time.monotonic():
            if answer.busy and count == 1:
                if not answer.polled:
                    self.chip.note('busy %02x' % self.code)
                answer.polled = True
                return BUSY
            time.sleep(max(0, answer.due - time.monotonic()))
            self.last = time.monotonic()
        if count != len(answer.data):
            return self.stick('read of %d, not %d' % (count, len(answer.data)),
                              answer.data[:count] if count < len(answer.data) else 'stretch')
        self.sent()
        return answer.data

    def stick(self, why, result):
        self.chip.note('stuck: ' + why)
        self.stuck_at = self.last
        return result

    def listens(self):
        """Whether the address is acknowledged; resets itself where a host has been too slow."""
        now = time.monotonic()
        since = self.last
        if self.queue and since is not None:
            since = max(since, self.queue[0].due)
        inside = self.stuck_at is not None or self.opened or self.queue
        if inside and since is not None and now - since > STRETCH_LIMIT:
            self.chip.note('timeout')
            self.chip.reset()
        if self.stuck_at is not None or self.core is None and not self.queue:
            return False
        self.last = now
        return True
