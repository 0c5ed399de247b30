# SPDX-License-Identifier: GPL-2.0-or-later
"""What the page says, in words for whoever stands at the jig."""

PHASES = {'look': 'looking', 'erase': 'erasing', 'write': 'writing', 'verify': 'verifying',
          'compare': 'comparing', 'keep': 'keeping', 'read': 'reading', 'sum': 'checking',
          'check': 'checking'}

ERRORS = {
    'usage': 'the station is set up wrongly',
    'image': 'the image file is wrong',
    'port': 'the port cannot be used',
    'silent': 'the board does not answer',
    'link': 'the connection failed',
    'protected': 'the chip is write- or read-protected',
    'verify': 'the chip does not hold what was written',
    'ability': 'this chip cannot do that',
    'signal': 'the job was stopped',
}


def text_of(exception):
    """What an exception says, without the numbers of the system."""
    if isinstance(exception, OSError) and exception.strerror:
        return "'%s': %s" % (exception.filename, exception.strerror) if exception.filename else exception.strerror
    return str(exception)


def error(result):
    return ERRORS.get(result['error'], 'something went wrong')
