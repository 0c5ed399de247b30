# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium without a screen, through chromedriver: what a person at the page sees and does."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request

PATIENCE = 60.0


class Browser:
    def __init__(self, folder):
        self.driver = subprocess.Popen([shutil.which('chromedriver'), '--port=0'], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.base = None
        for line in self.driver.stdout:
            if 'started successfully on port' in line:
                self.base = 'http://127.0.0.1:%d/session' % int(line.split()[-1].rstrip('.'))
                break
        options = {'binary': shutil.which('chromium'),
                   'args': ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                            '--no-first-run', '--user-data-dir=%s/profile' % folder]}
        answer = self.ask('POST', '', {'capabilities': {'alwaysMatch': {
            'goog:chromeOptions': options}}})
        self.base += '/' + answer['sessionId']

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'},
                                         method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)['value']

    def open(self, address):
        self.ask('POST', '/url', {'url': address})

    def reload(self):
        self.ask('POST', '/refresh', {})

    def run(self, script, *args):
        return self.ask('POST', '/execute/sync', {'script': script, 'args': list(args)})

    def press(self, key):
        self.ask('POST', '/actions', {'actions': [{'type': 'key', 'id': 'keys', 'actions': [
            {'type': 'keyDown', 'value': key}, {'type': 'keyUp', 'value': key}]}]})

    def picture(self, wide, high, path):
        """The page in a window whose inside has that size."""
        self.ask('POST', '/goog/cdp/execute', {'cmd': 'Emulation.setDeviceMetricsOverride', 'params': {
            'width': wide, 'height': high, 'deviceScaleFactor': 1, 'mobile': False}})
        time.sleep(0.3)
        with open(path, 'wb') as file:
            file.write(base64.b64decode(self.ask('GET', '/screenshot')))

    def close(self):
        try:
            self.ask('DELETE', '')
        except OSError:
            pass
        self.driver.terminate()
        self.driver.stdout.close()
        self.driver.wait()
