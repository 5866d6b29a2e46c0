# SPDX-License-Identifier: Apache-2.0
"""The daemon of the story with its clock, and the tool as the story's people use it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time


class Told(Exception):
    """What was told is not what is."""


def claim(what, found, expected):
    if found != expected:
        raise Told("%s: %r, but it should be %r" % (what, found, expected))
    claim.count += 1


claim.count = 0


class Tool:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cardex-story-")
        self.bin = os.environ.get("CARDEX_RELEASE_BIN") or os.environ["CARDEX_BIN"]
        self.environment = dict(os.environ, CARDEX_URI="cardex+unix://" + self.path("socket"))
        self.process = None
        self.time = ("", "")
        with open(self.path("conf"), "w", encoding="utf-8") as file:
            file.write("[store]\npath = %s\n[listen]\nunix = %s\n[clock]\nfile = %s\n"
                       % (self.path("store"), self.path("socket"), self.path("clock")))

    def path(self, name):
        return os.path.join(self.folder, name)

    # ---- the daemon ----

    def now(self, day, clock="09:00:00"):
        """It is that day and time, in Shanghai; the daemon's time does not go back."""
        claim("time goes on", (day, clock) >= self.time, True)
        self.time = (day, clock)
        with open(self.path("clock.new"), "w", encoding="utf-8") as file:
            file.write("%sT%s+08:00\n" % (day, clock))
        os.rename(self.path("clock.new"), self.path("clock"))

    def start(self):
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen([os.path.join(self.bin, "cardexd"), "--config",
                                             self.path("conf")], stderr=log)
        for _ in range(400):
            if self.attempt("ping").returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(self.path("log"), encoding="utf-8") as log:
            raise Told("the daemon does not answer: " + log.read())

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            code = self.process.wait(60)
            self.process = None
            claim("the daemon's exit status", code, 0)

    def remove(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- commands ----

    def attempt(self, *arguments):
        return subprocess.run([os.path.join(self.bin, "cardex"), *arguments],
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", check=False)

    def run(self, *arguments):
        done = self.attempt(*arguments)
        if done.returncode != 0:
            raise Told("cardex %s: %s" % (" ".join(arguments), done.stderr + done.stdout))
        return done.stdout

    def refused(self, words, *arguments):
        """It must fail, and say why in these words."""
        done = self.attempt(*arguments)
        claim("cardex %s fails" % " ".join(arguments), done.returncode != 0, True)
        claim("%r is in %r" % (words, done.stderr), words in done.stderr, True)

    def create(self, kind, /, **fields):
        text = self.run("create", kind, *pairs(fields))
        return int(re.match(r"\w+ (\d+) created", text)[1])

    def update(self, kind, number, /, **fields):
        self.run("update", kind, str(number), *pairs(fields))

    def has(self, command):
        """Whether this build of the tool knows the command."""
        return re.search(r"^  %s\b" % command, self.run("help"), re.M) is not None

    def export(self, kind):
        text = self.run("--raw", "--format", "ndjson", "export", kind)
        return {row["id"]: row for row in map(json.loads, text.splitlines())}

    def reports(self):
        """The names of those there are."""
        return [r["name"] for r in json.loads(self.run("--format", "json", "report"))]

    def report(self, name, **params):
        """Its sections as lists of rows, and all else it says, numbers as they are stored."""
        text = self.run("--raw", "--format", "json", "report", name, *pairs(params))
        answer = json.loads(text)
        return {key: value["rows"] for key, value in answer["sections"].items()}, answer


def pairs(fields):
    return ["%s=%s" % (name.rstrip("_"), value) for name, value in fields.items()]
