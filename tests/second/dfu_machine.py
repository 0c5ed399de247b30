# SPDX-License-Identifier: GPL-2.0-or-later
"""
The state machine of a DfuSe bootloader (protocol notes, "Requests" and "State machine"), as a function of
requests and of time, which is the caller's. It knows no USB but the setup packet.

A request that the notes do not allow where it comes is noted as a violation, and then answered as
they say. Another that is odd, but allowed, is noted as such.
"""

from dataclasses import dataclass

from dfu_models import (
    AT_ONCE, BEFORE, DNBUSY, DNLOAD_IDLE, DNLOAD_SYNC, ERROR, IDLE, MANIFEST, MANIFEST_SYNC, NAK,
    OK, STALL, STALLED, STAYS, TARGET, UNKNOWN, UPLOAD_IDLE, VENDOR)
from chip import FLASH

DETACH, DNLOAD, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT = range(7)
LEAVING_SOON = 0.001
STALLS_WITHIN = 0.5         # seconds behind the end of the work


class Stall(Exception):
    """The request is stalled."""


class Silence(Exception):
    """The device is gone before it answers."""


@dataclass(frozen=True)
class Setup:
    type: int
    request: int
    value: int
    index: int
    length: int


@dataclass
class Work:
    """What a DNLOAD has started: the result that the second GETSTATUS has, and the time."""

    status: int = OK
    takes: float = 0.0
    says: int = 0           # ms
    departs: object = None  # with this the device leaves, and this is called
    endless: bool = False


class Machine:
    """@pace stretches all times of the chip's work."""

    def __init__(self, model, memory, note, pace=1.0):
        self.model = model
        self.memory = memory
        self.note = note
        self.pace = pace
        self.counts = dict.fromkeys(
            ('detach', 'dnload', 'upload', 'getstatus', 'clrstatus', 'getstate', 'abort',
             'early', 'stalled'), 0)
        self.restart()

    def restart(self):
        """As the bootloader is entered."""
        self.state, self.status = self.model.first
        self.pointer = FLASH
        self.setting = 0
        self.pending = self.work = self.departure = None
        self.done_at = self.look_at = 0.0
        self.stalls = 0

    def configured(self):
        """SET_CONFIGURATION: [class] starts anew; of ROMs nothing is known."""
        if self.model.library:
            self.state, self.status = IDLE, OK

    def awake_at(self):
        """Until then the device answers nothing at all."""
        return self.done_at if self.model.busy == NAK else 0.0

    def violation(self, text):
        self.note('violation ' + text)

    @property
    def protected(self):
        return self.memory.chip.protected

    # -- requests --

    def request(self, setup, data, now):
        """The answer's bytes; Stall; Silence. @data are those of an OUT request."""
        if setup.request > ABORT or setup.index:
            self.violation('request %d to interface %d' % (setup.request, setup.index))
            raise Stall
        handler, in_ = self.HANDLERS[setup.request]
        if setup.type != (0xA1 if in_ else 0x21):
            self.violation('request %d with type 0x%02x' % (setup.request, setup.type))
            raise Stall
        self.counts[handler.__name__] += 1
        try:
            if self.stalls_now(now):
                raise Stall
            return handler(self, setup, data, now)
        except Stall:
            self.counts['stalled'] += 1
            raise

    def stalls_now(self, now):
        """Some bootloaders stall whatever comes while they work."""
        if self.model.busy != STALL or self.state != DNBUSY:
            return False
        self.stalls -= 1
        return now < self.done_at + (STALLS_WITHIN if self.stalls >= 0 else 0)

    def detach(self, _setup, _data, now):
        if not self.model.library:
            raise Stall
        self.state, self.status = IDLE, OK
        self.depart(now + LEAVING_SOON, self.memory.chip.reset)
        return b''

    def dnload(self, setup, data, _now):
        if self.state not in (IDLE, DNLOAD_IDLE):
            self.violation('DNLOAD in state %d' % self.state)
            raise Stall
        if len(data) > self.model.block:
            self.violation('DNLOAD of %d, more than %d' % (len(data), self.model.block))
            raise Stall
        if not data:
            self.state = MANIFEST_SYNC
            if self.model.leaves == AT_ONCE:
                self.depart(_now + LEAVING_SOON, self.leave)
            return b''
        if self.writes_options(setup.value, data) and not self.model.writes_options:
            self.violation('option bytes on a chip that does not take them')
            raise Stall
        self.pending = setup.value, data
        self.state = DNLOAD_SYNC
        return b''

    def writes_options(self, block, data):
        return block > 1 and self.memory.in_options(self.place(block, len(data)))

    def upload(self, setup, _data, now):
        if self.state not in (IDLE, UPLOAD_IDLE):
            self.violation('UPLOAD in state %d' % self.state)
            raise Stall
        if setup.length > self.model.block:
            self.violation('UPLOAD of %d, more than %d' % (setup.length, self.model.block))
            raise Stall
        data = self.upload_data(setup.value, setup.length)[:setup.length]
        self.state = UPLOAD_IDLE if len(data) == setup.length else IDLE     # DFU 1.1, 6.2
        return data

    def upload_data(self, block, count):
        if self.model.version != 0x011A:
            return self.memory.chip.flash[self.model.own:][block * self.model.block:][:count]
        if block == 0:
            return self.model.commands
        if block == 1:
            self.violation('UPLOAD of block 1')
            return self.refuse(STALLED)
        if self.protected:
            self.note('protected upload')
            return self.refuse(VENDOR)
        data = self.memory.read(self.place(block, count), count)
        return self.refuse(TARGET) if data is None else data

    def refuse(self, status):
        """[class] puts 15 into bState, and no error into bStatus."""
        self.state, self.status = (STALLED, OK) if self.model.library else (ERROR, status)
        raise Stall

    def getstatus(self, setup, _data, now):
        if setup.length != 6:
            self.note('odd GETSTATUS of %d' % setup.length)
        if now < self.look_at:
            self.counts['early'] += 1
        says = 0
        if self.state == DNLOAD_SYNC:
            says = self.begin(now)
        elif self.state == DNBUSY:
            says = self.go_on(now)
        elif self.state == MANIFEST_SYNC:
            says = self.manifest(now)
        self.look_at = now + says / 1000
        return bytes([self.status]) + says.to_bytes(3, 'little') + bytes([self.state, 0])

    def clrstatus(self, _setup, _data, _now):
        if self.state == ERROR:
            self.state, self.status = IDLE, OK
            return b''
        stuck = self.state > ERROR or self.state == DNBUSY and self.work and self.work.endless
        if not stuck:
            self.violation('CLRSTATUS in state %d' % self.state)
        self.state, self.status = ERROR, UNKNOWN
        self.work = None
        return b''

    def getstate(self, _setup, _data, _now):
        return bytes([self.state])

    def abort(self, _setup, _data, _now):
        if self.state in (IDLE, DNLOAD_SYNC, DNLOAD_IDLE, MANIFEST_SYNC, UPLOAD_IDLE):
            self.state, self.pending = IDLE, None
        else:
            self.violation('ABORT in state %d' % self.state)
        return b''

    HANDLERS = ((detach, False), (dnload, False), (upload, True), (getstatus, True),
                (clrstatus, False), (getstate, True), (abort, False))

    # -- work --

    def begin(self, now):
        """The first GETSTATUS behind a DNLOAD: the work starts."""
        (block, data), self.pending = self.pending, None
        self.work = self.start_work(block, data)
        self.state, self.status = DNBUSY, OK
        takes = self.work.takes * self.pace
        self.done_at = now + takes
        self.stalls = self.model.stalls if self.work.takes * 1000 > self.work.says else 0
        if self.work.departs:
            self.depart(self.done_at + LEAVING_SOON, self.work.departs)
        return self.work.says

    def go_on(self, now):
        if self.work.endless or now < self.done_at or self.work.departs:
            return self.work.says
        self.status = self.work.status
        self.state = ERROR if self.status else DNLOAD_IDLE
        return 0

    def start_work(self, block, data):
        if self.model.version != 0x011A:
            return self.program_plain(block, data)
        if block == 0:
            return self.command(data)
        if block == 1:
            self.violation('DNLOAD of block 1')
            return Work(OK if self.model.library else STALLED)
        return self.program(self.place(block, len(data)), data, block)

    def place(self, block, length):
        """Where block @block lies; see the notes for the two readings of a short one."""
        return self.pointer + (block - 2) * (length if self.model.by_request else self.model.block)

    def command(self, data):
        address = int.from_bytes(data[1:5], 'little')
        says = self.model.says
        if data[0] == 0x21 and len(data) == 5:
            return self.set_address(address)
        if data[0] == 0x92 and len(data) == 1 and 0x92 in self.model.commands:
            self.memory.unprotect()
            return Work(takes=self.model.takes.mass, says=says.mass,
                        departs=self.memory.chip.reset)
        if data[0] == 0x41 and len(data) in (1, 5) and self.protected:
            self.note('protected erase')
            return Work(VENDOR, says=says.erase)
        if data[0] == 0x41 and len(data) == 5:
            return self.erase(address)
        if data[0] == 0x41 and len(data) == 1:
            library = self.model.library
            return Work(self.memory.erase_all(), 0 if library else self.model.takes.mass,
                        says.mass)
        self.violation('command ' + data[:8].hex())
        if self.model.library:
            return Work(endless=len(data) == 5, says=says.address)
        return Work(STALLED)

    def set_address(self, address):
        says = self.model.says.address
        if self.protected and self.model.address_refused:
            self.note('protected address')
            return Work(VENDOR, says=says)
        if not self.memory.known(address):
            self.violation('address 0x%08x' % address)
            return Work(TARGET, says=says)
        self.pointer = address
        return Work(says=says)

    def erase(self, address):
        status = self.memory.erase(address)
        if status:
            return Work(status, says=self.model.says.erase)
        size = self.memory.chip.pages[self.memory.chip.page_at(address)][1]
        endless = self.model.endless_from and address >= self.model.endless_from
        return Work(OK, self.model.takes.page[size], self.model.says.erase, endless=bool(endless))

    def program(self, address, data, block):
        says = self.model.says.program
        if self.protected:
            self.note('protected write')
            return Work(VENDOR, says=says)
        if len(data) < self.model.block and block > 2:
            self.note('odd short block %d' % block)
        self.look_for_setting(address)
        if self.memory.in_options(address):
            return self.program_options(address, data)
        return Work(self.memory.write(address, data),
                    self.model.takes.program * len(data) / 2048, says)

    def program_options(self, address, data):
        if not self.memory.write_options(address, data):
            return Work(says=self.model.says.program)
        chip = self.memory.chip
        restart = chip.power_on if self.model.loads_options else chip.reset
        return Work(takes=0.02, says=self.model.says.program, departs=restart)

    def program_plain(self, block, data):
        address = FLASH + self.model.own + block * self.model.block
        for page in range(len(data) // 1024):
            self.memory.chip.erase([self.memory.chip.page_at(address + 1024 * page)])
        self.note('write 0x%08x %d' % (address, len(data)))
        self.memory.chip.write(address, data)
        return Work(OK, self.model.takes.program, self.model.says.program)

    def look_for_setting(self, address):
        """ROMs go by the address; a host selects the setting that has it all the same."""
        of = {page.setting for page in self.memory.layout
              if page.start <= address < page.start + page.size}
        if of and self.setting not in of:
            self.note('odd setting %d for 0x%08x' % (self.setting, address))

    # -- leaving --

    def depart(self, at, action):
        self.departure = at, action

    def manifest(self, now):
        """Executed only when GETSTATUS is issued."""
        if self.model.leaves == STAYS:
            self.state = IDLE
            return 0
        self.state = MANIFEST
        if self.model.leaves == BEFORE:
            self.depart(now, self.leave)
            raise Silence
        self.depart(now + LEAVING_SOON, self.leave)
        return 1

    def leave(self):
        """The jump; a reset where nothing is to jump to. [class] resets at all times."""
        chip = self.memory.chip
        self.note('leave 0x%08x' % self.pointer)
        if self.model.library or self.protected or not self.memory.starts(self.pointer):
            chip.reset()
        else:
            chip.start(self.pointer)
