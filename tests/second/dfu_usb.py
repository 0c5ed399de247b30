# SPDX-License-Identifier: GPL-2.0-or-later
"""
Descriptors and standard requests of a DFU device (protocol notes, "Descriptors"; USB 2.0, chapter 9).

The interface has number 0, no endpoint but 0, and one alternate setting for each memory.
"""

from dfu_machine import Stall

DEVICE, CONFIG, STRING, FUNCTIONAL = 1, 2, 3, 0x21
MAKER, PRODUCT, SERIAL, SETTINGS = 1, 2, 3, 4       # indices of strings; of settings: the first


def le16(value):
    return value.to_bytes(2, 'little')


def device_descriptor(model):
    return (bytes([18, DEVICE]) + le16(model.usb) + bytes([0, 0, 0, 64]) + le16(model.vid)
            + le16(model.pid) + le16(model.device) + bytes([MAKER, PRODUCT, SERIAL, 1]))


def functional_descriptor(model):
    return (bytes([9, FUNCTIONAL, model.attributes]) + le16(255) + le16(model.block)
            + le16(model.version))


def config_descriptor(model):
    interfaces = b''.join(bytes([9, 4, 0, number, 0, 0xFE, 1, 2, SETTINGS + number])
                          for number in range(len(model.settings)))
    rest = interfaces + functional_descriptor(model)
    return bytes([9, CONFIG]) + le16(9 + len(rest)) + bytes([1, 1, 0, 0xC0, 50]) + rest


def string_descriptor(text):
    data = text.encode('utf-16-le')
    return bytes([len(data) + 2, STRING]) + data


def serial_number(uid):
    """Of the unique ID's three words: the sum of the first and the last, and half of the second."""
    words = [int.from_bytes(uid[at:at + 4], 'little') for at in (0, 4, 8)]
    return '%08X%04X' % (words[0] + words[2] & 0xFFFFFFFF, words[1] >> 16)


class Device:
    """@machine has the class requests. @name: replaces the strings of the settings."""

    def __init__(self, model, machine, uid, name=None):
        self.model = model
        self.machine = machine
        self.configuration = 0
        settings = [name] * len(model.settings) if name else model.settings
        texts = ['STMicroelectronics', model.product, model.serial or serial_number(uid), *settings]
        self.strings = [bytes([4, STRING, 0x09, 0x04])] + [string_descriptor(t) for t in texts]
        if model.string_sent:
            self.strings[SETTINGS] = self.strings[SETTINGS][:model.string_sent]

    def request(self, setup, data, now):
        """The answer's bytes; Stall or Silence (dfu_machine)."""
        if setup.type & 0x60 == 0:
            return self.standard(setup)[:setup.length]
        if setup.type & 0x60 == 0x20:
            return self.machine.request(setup, data, now)
        raise Stall

    def standard(self, setup):
        if setup.request == 6:
            return self.descriptor(setup.value >> 8, setup.value & 0xFF)
        if setup.request == 0:
            return bytes(2)
        if setup.request == 8:
            return bytes([self.configuration])
        if setup.request == 9 and setup.value < 2:
            self.configuration = setup.value
            self.machine.configured()
            return b''
        if setup.request == 10:
            return bytes([self.machine.setting])
        if setup.request == 11 and setup.value < len(self.model.settings) and not setup.index:
            self.machine.setting = setup.value
            return b''
        if setup.request == 1:
            return b''
        raise Stall

    def descriptor(self, kind, index):
        if kind == DEVICE:
            return device_descriptor(self.model)
        if kind == CONFIG and index == 0:
            return config_descriptor(self.model)
        if kind == FUNCTIONAL:
            return functional_descriptor(self.model)
        if kind == STRING and index < len(self.strings):
            return self.strings[index]
        raise Stall
