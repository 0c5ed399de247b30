# SPDX-License-Identifier: GPL-2.0-or-later
"""A server of RFC 2217 made of pyserial's own PortManager: far_server.py TTY PORT-FILE

It serves TTY to one client after the other, on a port of the kernel's choice, which goes into PORT-FILE. A pseudo-terminal
has no parity, RTS or DTR: they are kept here, as if it had.
"""
import os
import socket
import sys
import threading

import serial
import serial.rfc2217


class Kept:
    """A serial port of which PortManager may set anything."""

    def __init__(self, port):
        self.__dict__.update(port=port, parity=serial.PARITY_NONE, stopbits=1, bytesize=8, rtscts=False,
                             xonxoff=False, rts=True, dtr=True, break_condition=False, cts=True, dsr=True,
                             ri=False, cd=True)

    def __getattr__(self, name):
        return getattr(self.port, name)

    def __setattr__(self, name, value):
        if name == "baudrate":
            self.port.baudrate = value
        else:
            self.__dict__[name] = value


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.lock = threading.Lock()

    def write(self, data):
        with self.lock:
            self.sock.sendall(data)


def serve(port, sock):
    client = Client(sock)
    manager = serial.rfc2217.PortManager(Kept(port), client)
    over = threading.Event()

    def back():
        while not over.is_set():
            data = port.read(max(1, port.in_waiting))
            if data:
                try:
                    client.write(b"".join(manager.escape(data)))
                except OSError:
                    return

    thread = threading.Thread(target=back)
    thread.start()
    try:
        while True:
            data = sock.recv(1024)
            if not data:
                break
            port.write(b"".join(manager.filter(data)))
    except OSError:
        pass
    over.set()
    thread.join()


def main():
    port = serial.Serial(sys.argv[1], 115200, timeout=0.05)
    listener = socket.create_server(("127.0.0.1", 0))
    with open(sys.argv[2] + ".new", "w", encoding="ascii") as f:
        f.write(str(listener.getsockname()[1]))
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    while True:
        sock = listener.accept()[0]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with sock:
            serve(port, sock)


main()
