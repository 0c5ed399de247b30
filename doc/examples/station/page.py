# SPDX-License-Identifier: GPL-2.0-or-later
"""The page for whoever stands at the jig: on the loopback alone, and nothing on it can be changed."""

import http.server
import json
import os
import threading

FILES = {'/': ('page.html', 'text/html'), '/page.css': ('page.css', 'text/css'),
         '/page.js': ('page.js', 'text/javascript')}
BEAT = 5.0          # seconds without news after which a line says that the station is still there
SLOWEST = 0.2       # between two lines


class News:
    """Wakes those who wait for something new to show."""

    def __init__(self):
        self.condition = threading.Condition()
        self.number = 0

    def tell(self):
        with self.condition:
            self.number += 1
            self.condition.notify_all()

    def wait(self, seen):
        with self.condition:
            self.condition.wait_for(lambda: self.number != seen, BEAT)
            return self.number


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.0'
    timeout = 30
    server_version = 'station'
    sys_version = ''

    def log_message(self, format, *args):   # pylint: disable=redefined-builtin
        pass

    def head(self, status, kind):
        self.send_response(status)
        self.send_header('Content-Type', kind + '; charset=utf-8')
        self.send_header('Cache-Control', 'no-store')
        self.send_header('X-Content-Type-Options', 'nosniff')
        self.send_header('Content-Security-Policy', "default-src 'none'; script-src 'self'; style-src 'self'; "
                         "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        self.end_headers()

    def refuse(self, status, text):
        self.head(status, 'text/plain')
        self.wfile.write((text + '\n').encode())

    def do_GET(self):                       # pylint: disable=invalid-name
        port = self.server.server_address[1]
        # A page of elsewhere whose name was made to lead here has another name in this header.
        if self.headers.get('Host') not in ('127.0.0.1:%d' % port, 'localhost:%d' % port):
            self.refuse(421, 'this page is for this machine alone')
        elif self.path == '/events':
            self.send_events()
        elif self.path in FILES:
            self.send_file(*FILES[self.path])
        else:
            self.refuse(404, 'there is no such page')

    def send_file(self, name, kind):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), 'rb') as file:
            content = file.read()
        self.head(200, kind)
        self.wfile.write(content)

    def send_events(self):
        self.head(200, 'text/event-stream')
        seen = -1
        try:
            while not self.server.stop.is_set():
                seen = self.server.news.wait(seen)
                text = json.dumps(self.server.snapshot())
                self.wfile.write(('data: %s\n\n' % text).encode())
                self.wfile.flush()
                self.server.stop.wait(SLOWEST)
        except OSError:
            pass                            # the browser has gone


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port, news, snapshot, stop):
        try:
            super().__init__(('127.0.0.1', port), Handler)
        except OSError as error:
            error.filename = '127.0.0.1:%d' % port
            raise
        self.news = news
        self.snapshot = snapshot
        self.stop = stop
