# SPDX-License-Identifier: GPL-2.0-or-later
"""
The chips of the second opinion: memories, flash rules, option bytes and boot selection.

Written from AN2606, AN3155 and AN4221 with no look at the simulator that bootpin ships, so that a
misreading on one side shows as a disagreement. Where the notes leave a choice, the chip does what
hurts a careless host most. Addresses and lengths are in bytes, times in seconds.
"""

import mmap
import os
import struct
from dataclasses import dataclass


def le(value, size=4):
    return value.to_bytes(size, 'little')


class OptionsF1:
    """F1: eight bytes, each followed by its complement (AN2606, option bytes of F1)."""

    factory = bytes([0xA5, 0x5A] + [0xFF, 0x00] * 7)
    equal_start = True              # these ROMs test for the start of the area
    pages_a_bit = 4                 # of write protection

    def __init__(self, chip):
        self.chip = chip
        self.raw = bytearray(self.factory)

    def byte(self, index):
        """Byte @index as loaded at reset: a wrong complement makes it 0xFF."""
        value, complement = self.raw[2 * index], self.raw[2 * index + 1]
        return value if value ^ complement == 0xFF else 0xFF

    def level(self):
        return 0 if self.byte(0) == 0xA5 else 1

    def protected_pages(self):
        pages = set()
        for code in range(32):
            if not self.byte(4 + code // 8) >> code % 8 & 1:
                first = self.pages_a_bit * code
                pages.update(range(first, first + self.pages_a_bit))
        return pages

    def store(self, data):
        """The whole area is erased first: what is not sent is 0xFF, which protects."""
        self.raw[:] = bytes(data[:16]).ljust(16, b'\xff')

    def put(self, index, value):
        self.raw[2 * index:2 * index + 2] = bytes([value, value ^ 0xFF])

    def set_level(self, level):
        if level:
            self.put(0, 0x00)
        else:
            self.raw[:] = self.factory

    def set_protection(self, codes):
        mask = 0xFFFFFFFF
        for code in codes:
            mask &= ~(1 << code % 32)
        for index, value in enumerate(le(mask)):
            self.put(4 + index, value)

    def boots_rom(self, boot0):
        return boot0


class OptionsF0(OptionsF1):
    """F0: the same shape; level 0 is 0xAA, and level 2 exists. A page has 2 KB here."""

    factory = bytes([0xAA, 0x55] + [0xFF, 0x00] * 7)
    pages_a_bit = 2

    def level(self):
        return {0xAA: 0, 0xCC: 2}.get(self.byte(0), 1)


class OptionsF4:
    """F4: OPTCR spread over 16 bytes, no complements."""

    factory = bytes([0xEF, 0xAA]) + b'\xff' * 6 + b'\xff\x0f' + b'\xff' * 6
    equal_start = True

    def __init__(self, chip):
        self.chip = chip
        self.raw = bytearray(self.factory)

    def level(self):
        return {0xAA: 0, 0xCC: 2}.get(self.raw[1], 1)

    def protected_pages(self):
        mask = int.from_bytes(self.raw[8:10], 'little')
        return {sector for sector in range(12) if not mask >> sector & 1}

    def store(self, data):
        self.raw[:len(data[:16])] = data[:16]

    def set_level(self, level):
        self.raw[1] = 0xBB if level else 0xAA

    def set_protection(self, codes):
        mask = int.from_bytes(self.raw[8:10], 'little') | 0xFFF
        for code in codes:
            mask &= ~(1 << code) | 0xF000
        self.raw[8:10] = le(mask, 2)

    def boots_rom(self, boot0):
        return boot0


class OptionsArea:
    """L4 and G0: words at every eighth byte, each followed by its complement."""

    equal_start = False             # data counts from the start of the area, wherever it was sent
    SECR = 0x70                     # BOOT_LOCK is bit 16
    WRP = 0x18, 0x20                # WRP1A, WRP1B: start page in bits 7:0, end page in 23:16
    NOTHING = 0xFF00FFFF            # an area whose start is beyond its end

    def __init__(self, chip):
        self.chip = chip
        self.words = dict.fromkeys(range(0, chip.model.options_len, 8), 0xFFFFFFFF)
        self.words[0] = chip.model.optr
        self.set_protection([])
        if self.SECR in self.words:
            self.words[self.SECR] = 0xFFFEFFFF

    @property
    def raw(self):
        return b''.join(le(word) + le(word ^ 0xFFFFFFFF) for word in self.words.values())

    def level(self):
        return {0xAA: 0, 0xCC: 2}.get(self.words[0] & 0xFF, 1)

    def protected_pages(self):
        pages = set()
        for offset in self.WRP:
            start, end = self.words[offset] & 0xFF, self.words[offset] >> 16 & 0xFF
            pages.update(range(start, end + 1))
        return pages

    def store(self, data):
        """Words that are not sent stay, but for OPTR: what is missing of it becomes 0."""
        data = bytes(data).ljust(4, b'\0')
        for offset in self.words:
            if len(data) >= offset + 4:
                self.words[offset] = int.from_bytes(data[offset:offset + 4], 'little')

    def set_level(self, level):
        self.words[0] = self.words[0] & ~0xFF | (0xBB if level else 0xAA)

    def set_protection(self, codes):
        areas = list(zip(codes[::2], codes[1::2]))[:2]
        for offset in self.WRP:
            start, end = areas.pop(0) if areas else (0xFF, 0)
            self.words[offset] = self.NOTHING & ~0xFF00FF | end << 16 | start

    def boots_rom(self, boot0):
        model, optr = self.chip.model, self.words[0]
        by_pin = (optr >> model.pin_select & 1) == model.pin_selected
        wanted = boot0 if by_pin else not optr >> model.n_boot0 & 1
        locked = self.words.get(self.SECR, 0) >> 16 & 1
        return bool(wanted and optr >> model.n_boot1 & 1 and not locked)


class OptionsH7:
    """H7: images of registers; the level is the second byte. Write protection is not modelled."""

    factory = bytes.fromhex('f0aac61b') * 2 + b'\xff' * 120
    equal_start = True

    def __init__(self, chip):
        self.chip = chip
        self.raw = bytearray(self.factory)

    def level(self):
        return {0xAA: 0, 0xCC: 2}.get(self.raw[1], 1)

    def protected_pages(self):
        return set()

    def store(self, data):
        self.raw[:len(data[:128])] = data[:128]

    def set_level(self, level):
        self.raw[1] = 0xBB if level else 0xAA

    def boots_rom(self, boot0):
        return boot0


def program_f1(old, new):
    """A half-word that is not blank takes nothing but zero."""
    return new if old == b'\xff\xff' or new == b'\0\0' else None


def program_f4(old, new):
    """Bits can be cleared at any time."""
    return bytes(a & b for a, b in zip(old, new))


def program_ecc(old, new):
    """A cell carries ECC and is programmed once; all zero is the exception."""
    return new if old == b'\xff' * len(old) or new == bytes(len(old)) else None


@dataclass(frozen=True)
class Model:
    """One row of the product table of AN2606, and what its family's notes say."""

    name: str
    pid: int
    uart: int                       # protocol version, BCD
    commands: tuple                 # over the UART
    layout: tuple                   # (count, size) of erase units, in order
    ram: tuple                      # what the ROM leaves to the user: [start, end)
    system: tuple                   # system memory
    info: tuple                     # where the size register and the unique ID live
    size_reg: int
    uid_reg: int
    options: type
    options_base: int
    options_len: int
    cell: int                       # what flash programs at once
    unit: int                       # what a Write Memory must be a multiple of
    program: object                 # (old cell, new cell) -> what it holds, None: refused
    i2c: int = 0                    # protocol version, 0: no I2C
    address: int = 0
    bl_id: tuple = ()               # (address, value)
    optr: int = 0                   # OPTR as the board's maker left it
    n_boot1: int = 0                # bits of OPTR
    n_boot0: int = 0
    pin_select: int = 0
    pin_selected: int = 0           # value of that bit with which the BOOT0 pin counts
    empty_check: bool = False
    clears_empty: bool = False      # its ROM clears the flag of the empty check when it starts
    option_key: int = 0             # code that has it launches the option bytes
    two_nacks: bool = False         # a refusal under RDP is sent twice
    long_info_reads: bool = False   # the info page reads right from its start only
    supply: bool = False            # the register at 0xFFFF0000
    early_unprotect: bool = False   # both ACKs of Readout Unprotect before its erase


CLASSIC = (0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92)
L4_OPTIONS = dict(options=OptionsArea, options_base=0x1FFF7800, cell=8, unit=8,
                  program=program_ecc, size_reg=0x1FFF75E0, uid_reg=0x1FFF7590,
                  info=(0x1FFF7500, 0x1FFF7600), system=(0x1FFF0000, 0x1FFF7000),
                  option_key=0x08192A3B, empty_check=True)
F4_COMMON = dict(options=OptionsF4, options_base=0x1FFFC000, options_len=16, cell=1, unit=4,
                 program=program_f4, size_reg=0x1FFF7A22, uid_reg=0x1FFF7A10,
                 info=(0x1FFF7A00, 0x1FFF7B00), system=(0x1FFF0000, 0x1FFF7800), supply=True)

MODELS = {model.name: model for model in (
    Model('f103', 0x410, 0x22, tuple(0x43 if c == 0x44 else c for c in CLASSIC), ((128, 1024),),
          ram=(0x20000200, 0x20005000), system=(0x1FFFF000, 0x1FFFF800),
          info=(0x1FFFF7E0, 0x1FFFF7F4), size_reg=0x1FFFF7E0, uid_reg=0x1FFFF7E8,
          options=OptionsF1, options_base=0x1FFFF800, options_len=16, cell=2, unit=4,
          program=program_f1),
    Model('f407', 0x413, 0x31, CLASSIC, ((4, 16384), (1, 65536), (7, 131072)),
          ram=(0x20003000, 0x20020000), bl_id=(0x1FFF77DE, 0x31), two_nacks=True,
          long_info_reads=True, **F4_COMMON),
    Model('f427', 0x419, 0x31, CLASSIC, ((4, 16384), (1, 65536), (7, 131072)) * 2,
          ram=(0x20003000, 0x20030000), bl_id=(0x1FFF76DE, 0x91), **F4_COMMON),
    Model('f411', 0x431, 0x31, CLASSIC, ((4, 16384), (1, 65536), (3, 131072)),
          ram=(0x20003000, 0x20020000), bl_id=(0x1FFF76DE, 0xD0), i2c=0x11, address=0x39,
          **F4_COMMON),
    Model('l432', 0x435, 0x31, CLASSIC, ((128, 2048),), ram=(0x20003100, 0x2000C000),
          bl_id=(0x1FFF6FFE, 0x91), i2c=0x12, address=0x48, options_len=40, optr=0xFFEFF8AA,
          n_boot1=23, n_boot0=27, pin_select=26, pin_selected=1, **L4_OPTIONS),
    Model('g071', 0x460, 0x31, CLASSIC, ((64, 2048),), ram=(0x20002700, 0x20009000),
          bl_id=(0x1FFF6FFE, 0xB4), i2c=0x12, address=0x51, options_len=128, optr=0xFEFFFEAA,
          n_boot1=25, n_boot0=26, pin_select=24, pin_selected=0, early_unprotect=True,
          **L4_OPTIONS),
    Model('f072', 0x448, 0x31, CLASSIC, ((64, 2048),), ram=(0x20001800, 0x20004000),
          system=(0x1FFFC800, 0x1FFFF7A0), info=(0x1FFFF7A0, 0x1FFFF7D0), size_reg=0x1FFFF7CC,
          uid_reg=0x1FFFF7AC, bl_id=(0x1FFFF6A6, 0xA1), options=OptionsF0,
          options_base=0x1FFFF800, options_len=16, cell=2, unit=4, program=program_f1),
    Model('g0b1', 0x467, 0x31, CLASSIC, ((256, 2048),), ram=(0x20004000, 0x20020000),
          bl_id=(0x1FFF9FFE, 0x92), options_len=128, optr=0xFEFFFEAA, n_boot1=25, n_boot0=26,
          pin_select=24, pin_selected=0, early_unprotect=True, clears_empty=True,
          **{**L4_OPTIONS, 'system': (0x1FFF8000, 0x1FFFF000)}),
    Model('h743', 0x450, 0x31, CLASSIC, ((16, 131072),), ram=(0x20004100, 0x20020000),
          system=(0x1FF00000, 0x1FF1E800), info=(0x1FF1E800, 0x1FF1E900), size_reg=0x1FF1E880,
          uid_reg=0x1FF1E800, bl_id=(0x1FF1E7FE, 0x91), options=OptionsH7,
          options_base=0x5200201C, options_len=128, cell=32, unit=32, program=program_ecc),
)}

FLASH = 0x08000000
SUPPLY = 0xFFFF0000
UID = b'\x31\x00\x2a\x00second!!'


class Chip:
    """One chip. Its flash is the file that was given, mapped: the file always is the flash."""

    def __init__(self, model, path, note):
        self.model = model
        self.note = note            # told what happens
        self.on_reset = lambda: None
        self.away_until = 0         # by the monotonic clock: busy with itself
        self.pages = []
        start = FLASH
        for count, size in model.layout:
            for _ in range(count):
                self.pages.append((start, size))
                start += size
        self.flash = self.map_file(path, start - FLASH)
        self.ram = bytearray(model.ram[1] - 0x20000000)
        self.system = bytearray(b'\x5a' * (model.system[1] - model.system[0]))
        if model.bl_id:
            self.system[model.bl_id[0] - model.system[0]] = model.bl_id[1]
        self.options = model.options(self)
        self.supply = b'\x03'
        options = model.options_base
        self.regions = [
            (FLASH, FLASH + len(self.flash), lambda _: self.flash),
            (*model.ram, lambda _: self.ram[model.ram[0] - 0x20000000:]),
            (options, options + model.options_len, lambda _: self.options.raw),
            (*model.info, self.info),
            (*model.system, lambda _: self.system),
            (SUPPLY, SUPPLY + model.supply, lambda _: self.supply)]
        self.boot0 = True
        self.lost = False           # an error flag of flash that swallows all writes

    @staticmethod
    def map_file(path, size):
        with open(path, 'a+b') as file:
            file.write(b'\xff' * (size - os.path.getsize(path)))
        with open(path, 'r+b') as file:
            return mmap.mmap(file.fileno(), size)

    # -- reset and protection --

    def power_on(self):
        self.empty = self.model.empty_check and self.flash[:4] == b'\xff' * 4
        self.reset()

    def reset(self):
        self.level = self.options.level()
        self.locked_pages = self.options.protected_pages()
        self.lost = False
        wanted = self.empty or self.options.boots_rom(self.boot0)
        self.in_rom = wanted and self.level < 2
        if self.in_rom and self.model.clears_empty:
            self.empty = False
        self.note('reset ' + ('rom' if self.in_rom else 'application'))
        self.on_reset()

    @property
    def protected(self):
        return self.level > 0

    # -- memory --

    def read(self, addr, count):
        """What Read Memory returns; None: no address of this ROM's; short: it ran off an end."""
        for start, end, memory in self.regions:
            if start <= addr < end:
                return bytes(memory(addr)[addr - start:addr - start + count])
        return None

    def info(self, addr):
        start, end = self.model.info
        page = bytearray(end - start)
        if self.model.long_info_reads and addr != start:
            return bytes(page)
        for reg, value in ((self.model.uid_reg, UID),
                           (self.model.size_reg, le(len(self.flash) // 1024, 2))):
            page[reg - start:reg - start + len(value)] = value
        return bytes(page)

    def writes_options(self, addr):
        base = self.model.options_base
        last = base if self.model.options.equal_start else base + self.model.options_len - 1
        return base <= addr <= last

    def can_write(self, addr):
        return (FLASH <= addr < FLASH + len(self.flash) or self.in_ram(addr)
                or self.writes_options(addr) or addr == SUPPLY and self.model.supply)

    def in_ram(self, addr):
        return self.model.ram[0] <= addr < self.model.ram[1]

    def write(self, addr, data):
        """What is not taken is lost without a word, as the ROM's ACK is no proof."""
        if self.in_ram(addr):
            offset = addr - 0x20000000
            data = data[:len(self.ram) - offset]
            self.ram[offset:offset + len(data)] = data
        else:
            self.write_flash(addr - FLASH, data)

    def write_flash(self, offset, data):
        unit, cell = self.model.unit, self.model.cell
        if offset % unit or len(data) % unit:
            self.lost = True
        if self.lost:
            self.note('lost write 0x%08x' % (FLASH + offset))
            return
        for at in range(offset, min(offset + len(data), len(self.flash)), cell):
            new = data[at - offset:at - offset + cell]
            value = self.model.program(self.flash[at:at + cell], new)
            if value is None or self.page_at(FLASH + at) in self.locked_pages:
                self.lost = self.model.program is program_ecc
                self.note('lost cell 0x%08x' % (FLASH + at))
                if self.lost:
                    return
                continue
            self.flash[at:at + cell] = value

    def page_at(self, addr):
        return next(n for n, (start, size) in enumerate(self.pages) if addr < start + size)

    def erase(self, pages):
        """Pages that are not there or protected are passed over in silence."""
        self.lost = False
        for page in pages:
            if page < len(self.pages) and page not in self.locked_pages:
                start, size = self.pages[page]
                self.flash[start - FLASH:start - FLASH + size] = b'\xff' * size

    def mass_erase(self):
        """False: one protected page keeps all of them."""
        if self.locked_pages:
            return False
        self.erase(range(len(self.pages)))
        return True

    def unprotect(self):
        """Level 1 to 0: hardware erases flash whatever is write-protected."""
        self.locked_pages = set()
        self.mass_erase()
        self.ram[:] = bytes(len(self.ram))
        self.options.set_level(0)

    def start(self, addr):
        """Go: what the code at @addr does, as far as its look tells."""
        stack, entry = struct.unpack('<II', self.read(addr, 8).ljust(8, b'\0'))
        if not entry & 1 or not 0x20000000 <= stack <= self.model.ram[1]:
            self.in_rom = False
            self.note('fault 0x%08x' % addr)
            return
        code = self.read(entry & ~1, 256) or b''
        self.in_rom = False
        self.note('go 0x%08x' % addr)
        if self.in_ram(addr) and self.model.option_key and le(self.model.option_key) in code:
            self.power_on()         # OBL_LAUNCH evaluates the empty flag anew
        elif self.in_ram(addr) and le(0x05FA0004) in code:
            self.reset()
