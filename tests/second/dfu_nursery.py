# SPDX-License-Identifier: GPL-2.0-or-later
"""
Boards of dfu_device.py one after the other, for where a Python takes long to start: each line of standard
input has the arguments of one, which runs as a child until a signal ends it.

In the folder where this runs: dfu.pid is the child's number, dfu.err what it says on standard
error, and dfu.ended, which appears when it has ended, its exit status.
"""

import os
import sys

import dfu_device


def put(name, text):
    with open(name + '.new', 'w', encoding='ascii') as file:
        file.write(text)
    os.rename(name + '.new', name)


def run(words):
    """The child: what it says goes to a file, and its status is main's."""
    os.dup2(os.open('dfu.err', os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    dfu_device.main(words)


def main():
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(line.split())
            sys.exit(0)
        put('dfu.pid', '%d\n' % child)
        put('dfu.ended', '%d\n' % (os.waitpid(child, 0)[1]))


if __name__ == '__main__':
    main()
