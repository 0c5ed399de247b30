# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a bootloader on USB does with its chip when a command says so, and what the notes forbid.

Each function ends in a bStatus. No error comes of a write-protected page or of cells that were
not blank: that work is lost without a word. What a host must not do is noted as a violation.
"""

from chip import FLASH, SUPPLY, Chip, program_f4
from dfu_layout import ERASE, WRITE, lacking, pages
from dfu_models import OK, TARGET, VENDOR


class CustomChip(Chip):
    """A chip whose bootloader lives in its flash: a button is what BOOT0 is to a ROM."""

    def __init__(self, model, path, note, own):
        super().__init__(model, path, note)
        self.own = own

    def reset(self):
        self.level = 0              # code in flash reads flash at any level
        self.locked_pages = self.options.protected_pages()
        self.in_rom = self.boot0 or not vectors(self, FLASH + self.own)
        self.note('reset ' + ('rom' if self.in_rom else 'application'))
        self.on_reset()


def vectors(chip, addr):
    """Whether @addr has a stack pointer in RAM and, behind it, an entry point in Thumb code."""
    table = chip.read(addr, 8) or b''
    stack, entry = int.from_bytes(table[:4], 'little'), int.from_bytes(table[4:8], 'little')
    return len(table) == 8 and 0x20000000 <= stack <= chip.model.ram[1] and entry & 1 == 1


class Faults:
    """What goes wrong without an error: the number of a block or an erase, from 1; 0 is none."""

    def __init__(self, lose=0, flip=0, skip=0):
        self.lose, self.flip, self.skip = lose, flip, skip
        self.blocks = self.erases = 0

    def block(self, data):
        """What of a block arrives in flash; None: nothing."""
        self.blocks += 1
        if self.blocks == self.lose:
            return None
        if self.blocks == self.flip:
            return bytes([data[0] ^ 1]) + data[1:]
        return data

    def skips(self):
        self.erases += 1
        return self.erases == self.skip


class Memory:
    def __init__(self, model, chip, note, faults=None):
        self.model = model
        self.chip = chip
        self.note = note
        self.faults = faults or Faults()
        self.layout = [page for number, text in enumerate(model.settings)
                       for page in pages(text, number)]
        self.otp = bytearray(b'\xff' * (model.otp[1] if model.otp else 0))
        self.bank2 = bytearray(b'\xff' * 8 + b'\xff\x0f' + b'\xff' * 6)

    def violation(self, text):
        self.note('violation ' + text)

    # -- addresses --

    def in_flash(self, addr):
        return FLASH <= addr < FLASH + len(self.chip.flash)

    def in_otp(self, addr):
        return self.otp and self.model.otp[0] <= addr < self.model.otp[0] + len(self.otp)

    def in_bank2(self, addr):
        start = self.model.bank2_options
        return bool(start) and start <= addr < start + len(self.bank2)

    def known(self, addr):
        """Set Address: flash, RAM beyond the bootloader's, system memory, option bytes."""
        return (self.in_otp(addr) or self.in_bank2(addr)
                or self.chip.read(addr, 1) is not None)

    def starts(self, addr):
        return vectors(self.chip, addr)

    def right(self, addr, count, rights, what):
        """Notes where the layout does not allow it."""
        missing = lacking(self.layout, addr, count, rights)
        if missing is not None:
            self.violation('%s outside of the layout at 0x%08x' % (what, missing))
        return missing is None

    # -- work --

    def read(self, addr, count):
        """None: not allowed. Short: it ends there."""
        if self.in_otp(addr):
            data = bytes(self.otp[addr - self.model.otp[0]:][:count])
        elif self.in_bank2(addr):
            data = bytes(self.bank2[addr - self.model.bank2_options:][:count])
        elif addr == SUPPLY and self.chip.model.supply:
            data = (self.chip.supply + b'\xff' * 3)[:count]
        else:
            data = self.chip.read(addr, count)
        if data is None:
            self.violation('read outside of memory at 0x%08x' % addr)
        elif len(data) < count:
            self.violation('read across the end at 0x%08x' % (addr + len(data)))
        return data

    def erase(self, addr):
        if not self.in_flash(addr):
            self.violation('erase outside of flash at 0x%08x' % addr)
            return TARGET
        if not self.right(addr, 1, ERASE, 'erase'):
            return VENDOR
        page = self.chip.page_at(addr)
        if self.chip.pages[page][0] != addr:
            self.note('odd erase within a page at 0x%08x' % addr)
        self.note('erase 0x%08x' % self.chip.pages[page][0])
        if self.faults.skips():
            self.note('skipped 0x%08x' % self.chip.pages[page][0])
        else:
            self.chip.erase([page])
        return OK

    def erase_all(self):
        """[class] acknowledges and does nothing."""
        if self.model.library:
            self.note('ignored erase all')
            return OK
        self.note('erase all')
        if self.faults.skips():
            self.note('skipped all')
        else:
            self.chip.mass_erase()
        return OK

    def write(self, addr, data):
        """A data block, but for option bytes."""
        if self.in_flash(addr):
            return self.write_flash(addr, data)
        if self.chip.in_ram(addr):
            self.check_length(data)
            self.note('write 0x%08x %d' % (addr, len(data)))
            self.chip.write(addr, data)
        elif addr == SUPPLY and self.chip.model.supply:
            self.note('supply %d' % data[0])
            self.chip.supply = data[:1]
        elif self.in_otp(addr):
            self.violation('write to OTP at 0x%08x' % addr)
            at = addr - self.model.otp[0]
            self.otp[at:at + len(data)] = program_f4(self.otp[at:at + len(data)], data)
        else:
            self.violation('write outside of memory at 0x%08x' % addr)
            return TARGET
        return OK

    def check_length(self, data):
        if len(data) < 2:
            self.violation('block of %d byte' % len(data))

    def write_flash(self, addr, data):
        self.check_length(data)
        if len(data) % self.chip.model.unit or addr % self.chip.model.unit:
            self.violation('write at 0x%08x of %d, not in units of %d'
                           % (addr, len(data), self.chip.model.unit))
        if not self.right(addr, len(data), WRITE, 'write'):
            return VENDOR
        self.note('write 0x%08x %d' % (addr, len(data)))
        self.check_blank(addr, data)
        arrived = self.faults.block(data)
        if arrived is None:
            self.note('lost block 0x%08x' % addr)
        else:
            self.chip.write(addr, arrived)
        return OK

    def check_blank(self, addr, data):
        at, cell = addr - FLASH, self.chip.model.cell
        for offset in range(0, len(data), cell):
            old = self.chip.flash[at + offset:at + offset + cell]
            if old != b'\xff' * len(old) and old != data[offset:offset + cell]:
                self.violation('write over 0x%08x, which is not blank' % (addr + offset))
                return

    # -- option bytes --

    def in_options(self, addr):
        model = self.chip.model
        return (model.options_base <= addr < model.options_base + model.options_len
                or self.in_bank2(addr))

    def write_options(self, addr, data):
        """Whether the request is performed; it is followed by a reset."""
        model = self.chip.model
        if addr == self.model.bank2_options and len(data) == len(self.bank2):
            self.note('options of bank 2 ' + data.hex())
            self.bank2[:] = data
            return True
        if addr != model.options_base:
            self.violation('option bytes at 0x%08x, not at their base' % addr)
            return False
        if len(data) != model.options_len:
            self.violation('option bytes of %d, not %d' % (len(data), model.options_len))
        self.note('options ' + data.hex())
        was = self.chip.options.level()
        self.chip.options.store(data)
        now = self.chip.options.level()
        if now != was:
            self.note('rdp %d' % now)
        if was and not now:
            self.chip.unprotect()   # the hardware's mass erase
        return True

    def unprotect(self):
        self.note('rdp 0')
        self.chip.unprotect()
