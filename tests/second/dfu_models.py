# SPDX-License-Identifier: GPL-2.0-or-later
"""
The bootloaders on USB of the second opinion: one row each, from the protocol notes on DfuSe alone.

Where the notes leave a choice, a row does what hurts a careless host most. Times are in seconds
and are the chip's; what a bootloader says of them is in milliseconds and often wrong (notes,
"bwPollTimeout"). A layout string is written as its chip has it, oddities included.
"""

from dataclasses import dataclass

from chip import MODELS

# bState and bStatus (notes, "State machine").
(APP_IDLE, APP_DETACH, IDLE, DNLOAD_SYNC, DNBUSY, DNLOAD_IDLE, MANIFEST_SYNC, MANIFEST,
 WAIT_RESET, UPLOAD_IDLE, ERROR) = range(11)
OK, TARGET, FIRMWARE, VENDOR, UNKNOWN, STALLED = 0, 1, 10, 11, 14, 15

# What a chip at work does with a request: it answers when it is done, stalls, or says "busy".
NAK, STALL, SAY = 'nak', 'stall', 'say'

# When a bootloader that was told to leave is gone: behind its answer, in place of the answer to
# GETSTATUS, or behind the DNLOAD itself. One that is manifestation tolerant stays.
BEHIND, BEFORE, AT_ONCE, STAYS = 'behind', 'before', 'at once', 'stays'


@dataclass(frozen=True)
class Says:
    """bwPollTimeout of each kind of work, in ms."""

    address: int = 0
    erase: int = 50
    mass: int = 100
    program: int = 50


@dataclass(frozen=True)
class Takes:
    """What the work takes: a page by its size, all of flash, and 2048 bytes."""

    page: dict
    mass: float
    program: float


@dataclass(frozen=True)
class Dfu:
    name: str
    chip: object                        # a row of chip.MODELS
    settings: tuple                     # strings of the alternate settings
    says: Says
    takes: Takes
    block: int = 2048                   # wTransferSize
    vid: int = 0x0483
    pid: int = 0xDF11
    usb: int = 0x0100                   # bcdUSB
    device: int = 0x2200                # bcdDevice
    version: int = 0x011A               # bcdDFUVersion
    # bmAttributes: download, upload, will detach; not manifestation tolerant
    attributes: int = 0x0B
    product: str = 'STM32  BOOTLOADER'  # two blanks
    serial: str = ''                    # else from the unique ID
    string_sent: int = 0                # so many bytes come of the first setting's string, not all
    first: tuple = (IDLE, OK)           # state and status when it is entered
    commands: bytes = b'\x00\x21\x41\x92'
    busy: str = NAK
    stalls: int = 0                     # with STALL: how often at least, where work outlasts its time
    endless_from: int = 0               # an erase from here on is never said to be done
    by_request: bool = False            # a block's place counts by its own length
    leaves: str = BEHIND
    address_refused: bool = False       # Set Address under readout protection
    writes_options: bool = True
    loads_options: bool = False         # writing the option bytes evaluates the empty flag anew
    library: bool = False               # made from ST's USB device library
    own: int = 0                        # bytes of flash that the bootloader itself lives in
    otp: tuple = ()                     # (start, length); lock bytes are on the chip's info page
    bank2_options: int = 0              # where 16 bytes more of options are


F4_TAKES = Takes({16384: 0.4, 65536: 1.2, 131072: 2.0}, 16.0, 0.033)
OTP = '@OTP Memory /0x1FFF7800/01*512 e,01*016 e'
FEATURE = '@Device Feature/0xFFFF0000/01*004 e'
FAULTY_START = ERROR, FIRMWARE

DFU_MODELS = {row.name: row for row in (
    # Says 100 ms for a mass erase, and answers nothing until it is done; 104 ms for a block.
    Dfu('f405', MODELS['f407'],
        ('@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg',
         '@Option Bytes  /0x1FFFC000/01*016 e', OTP, FEATURE),
        Says(erase=100, program=104), F4_TAKES, first=FAULTY_START, address_refused=True,
        otp=(0x1FFF7800, 512)),
    # Of its flash string's 166 bytes 112 come, which say half of it.
    Dfu('f427', MODELS['f427'],
        ('@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
         '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e', OTP, FEATURE),
        Says(erase=100, program=104), F4_TAKES, string_sent=112, first=FAULTY_START,
        address_refused=True, otp=(0x1FFF7800, 512), bank2_options=0x1FFEC000),
    # Stalls where it is at work for longer than the 21 ms that it states.
    Dfu('l432', MODELS['l432'],
        ('@Internal Flash  /0x08000000/0128*0002Kg', '@Option Bytes  /0x1FFF7800/01*040 e',
         '@OTP Memory /0x1FFF7000/01*0001Ke'),
        Says(erase=21, mass=21, program=21), Takes({2048: 0.0245}, 0.0246, 0.024),
        first=FAULTY_START, busy=STALL, stalls=2, by_request=True, otp=(0x1FFF7000, 1024)),
    Dfu('f072', MODELS['f072'],
        ('@Internal Flash  /0x08000000/064*0002Kg', '@Option Bytes  /0x1FFFF800/01*016 e'),
        Says(erase=35, mass=35, program=55), Takes({2048: 0.03}, 0.035, 0.054),
        serial='FFFFFFFEFFFF'),
    # One string for all that it has, which is wrong for the second and the third.
    Dfu('g0b1', MODELS['g0b1'], ('@Internal Flash /0x08000000/256*02Kg',) * 3,
        Says(erase=25, mass=50, program=24), Takes({2048: 0.022}, 0.044, 0.022), block=1024,
        usb=0x0200, device=0x0200, product='DFU in FS Mode', busy=SAY, leaves=BEFORE,
        writes_options=False, loads_options=True),
    # Above 0x08100000 it says dfuDNBUSY for ever.
    Dfu('h743', MODELS['h743'],
        ('@Internal Flash   /0x08000000/16*128Kg', '@Option Bytes   /0x5200201C/01*128 e'),
        Says(erase=1000, mass=1000, program=20), Takes({131072: 2.0}, 10.0, 0.019), usb=0x0200,
        device=0x0200, first=FAULTY_START, busy=SAY, endless_from=0x08100000, leaves=BEFORE),
    # Made from ST's library, its flash interface as the template has it; its first 32 KB are itself.
    Dfu('custom', MODELS['f411'],
        ('@Internal Flash   /0x08000000/02*016Ka,02*016Kg,01*064Kg,03*128Kg',),
        Says(address=50, erase=50, mass=50, program=50), F4_TAKES, block=1024, usb=0x0200,
        device=0x0200, product='STM32 DownLoad Firmware Update', commands=b'\x00\x21\x41',
        leaves=BEFORE, library=True, own=0x8000),
    # A copy of the ROM, with a serial number that is none, and away as soon as it is told to leave.
    Dfu('gd32', MODELS['f103'], ('@Internal Flash  /0x08000000/128*001Kg',),
        Says(address=100, erase=100, program=104), Takes({1024: 0.03}, 0.04, 0.054), vid=0x28E9,
        pid=0x0189, device=0x1000, product='GD32 DFU Bootloader', serial='3CBJ',
        first=FAULTY_START, leaves=AT_ONCE),
    # Plain DFU: no addresses, blocks from 0.
    Dfu('plain', MODELS['f103'], ('Upload to Flash 0x8002000',), Says(),
        Takes({1024: 0.03}, 0.03, 0.055), block=1024, vid=0x1EAF, pid=0x0003, device=0x0200,
        version=0x0110, attributes=0x07, product='Maple 003', leaves=STAYS, own=0x2000),
)}
