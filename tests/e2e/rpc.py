# SPDX-License-Identifier: Apache-2.0
"""A MessagePack-RPC client of thirty lines over Debian's python3-msgpack, and a cardexd in a
temporary folder, for the tests that talk to the daemon as a stranger would."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import msgpack


class Refused(Exception):
    pass


class Client:
    def __init__(self, path, timeout=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
        self.last = 0

    def send(self, method, *params):
        self.last += 1
        self.socket.sendall(msgpack.packb([0, self.last, method, params]))
        return self.last

    def receive(self):
        """The next message, or None at the end of the connection."""
        while True:
            for message in self.unpacker:
                return message
            data = self.socket.recv(65536)
            if not data:
                return None
            self.unpacker.feed(data)

    def call(self, method, *params):
        number = self.send(method, *params)
        while True:
            message = self.receive()
            if message is None:
                raise ConnectionError("closed")
            if message[0] == 1 and message[1] == number:
                if message[2] is not None:
                    raise Refused(message[2])
                return message[3]

    def close(self):
        self.socket.close()


class Daemon:
    """Runs `cardexd` on a store of its own; options are further arguments."""

    def __init__(self, *options, folder=None):
        self.options = options
        self.folder = folder or tempfile.mkdtemp(prefix="cardex-e2e-")
        self.path = os.path.join(self.folder, "socket")
        self.store = os.path.join(self.folder, "store")
        self.process = None

    def launch(self):
        """Starts it and does not wait."""
        binary = os.path.join(os.environ["CARDEX_BIN"], "cardexd")
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([binary, "--store", self.store, "--listen-unix", self.path,
                                         *self.options], stderr=self.log)

    def start(self):
        """Returns the seconds until it answered."""
        begin = time.monotonic()
        self.launch()
        while time.monotonic() < begin + 20:
            try:
                client = Client(self.path)
                client.call("ping")
                client.close()
                return time.monotonic() - begin
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("cardexd ended: " + self.text())
                time.sleep(0.005)
        raise SystemExit("cardexd does not answer: " + self.text())

    def text(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as log:
            return log.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as an operator does; returns its exit code."""
        self.process.terminate()
        return self.process.wait(40)

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
