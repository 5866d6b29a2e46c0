#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input, from a client, a file or a disk: each gets one clear error, nothing is lost, and the
other connections go on. A bystander's connection works all through it."""

import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import msgpack  # noqa: E402
from rpc import Client, Daemon, Refused  # noqa: E402


def check(what, good, detail=""):
    if not good:
        raise SystemExit("FAILED: %s %r" % (what, detail))
    print("ok: " + what)


def raw(path, data):
    """Sends bytes; returns the messages that come back before the connection ends."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(path)
    answers = msgpack.Unpacker(raw=False, strict_map_key=False)
    try:
        connection.sendall(data)
        while True:
            part = connection.recv(65536)
            if not part:
                break
            answers.feed(part)
    except (BrokenPipeError, ConnectionResetError):
        pass
    connection.close()
    return list(answers)


def refused(client, *call):
    try:
        client.call(*call)
    except Refused as why:
        return why.args[0]
    raise SystemExit("FAILED: accepted: %r" % (call,))


def bad_bytes(daemon, bystander):
    cases = {
        "an array of four thousand million elements": (b"\xdd\xff\xff\xff\xff", "TOO_LARGE"),
        "a map of four thousand million pairs": (b"\x94\x00\x01\xa4ping\xdf\xff\xff\xff\xff", "TOO_LARGE"),
        "100,000 nested arrays": (b"\x91" * 100000, ""),
        "nested arrays inside a request": (b"\x94\x00\x01\xa4ping" + b"\x91" * 100000, "TOO_DEEP"),
        "a chain of huge headers": (b"\x94\x00\x01\xa4ping" + b"\xdc\xff\xff" * 20, "TOO_LARGE"),
        "a string over the limit": (b"\x94\x00\x01\xa4ping\x91\xdb\x7f\xff\xff\xff", "TOO_LARGE"),
        "the byte that means nothing": (b"\xc1", "MALFORMED"),
        "an extension type": (b"\x94\x00\x01\xa4ping\x91\xd4\x05\x00", "MALFORMED"),
        "a response instead of a request": (msgpack.packb([1, 1, None, None]), "MALFORMED"),
        "a number instead of a message": (b"\x07", "MALFORMED"),
        "HTTP": (b"GET / HTTP/1.1\r\n\r\n", "MALFORMED"),
    }
    for what, (data, name) in cases.items():
        answers = raw(daemon.path, data)
        check(what + " closes only its own connection", bystander.call("ping") == "pong")
        check(what + " is answered once", len(answers) == 1, answers)
        if name:
            check(what + " is named", name in repr(answers[0]), answers)


def bad_requests(client):
    made = client.call("create", "customer", {"name": "甲", "tax_id": "911100001"})
    cases = [
        ("an unknown method", ["destroy"], "UNKNOWN_METHOD"),
        ("an unknown type", ["get", "client", 1], "NO_TYPE"),
        ("a missing parameter", ["get", "customer"], "INVALID_ARGUMENT"),
        ("an unknown option", ["get", "customer", 1, {"fast": True}], "INVALID_ARGUMENT"),
        ("invalid UTF-8", ["create", "customer", {"name": b"\xff\xfe".decode("latin-1").encode("latin-1")}],
         "TYPE"),
        ("an unknown field", ["create", "customer", {"name": "x", "shoe_size": 43}], "NO_FIELD"),
        ("a wrong type", ["create", "customer", {"name": 5}], "TYPE"),
        ("a missing required field", ["create", "contact", {"name": "x"}], "REQUIRED"),
        ("a duplicate unique key", ["create", "customer", {"name": "乙", "tax_id": "911100001"}], "UNIQUE"),
        ("a dangling reference", ["create", "contact", {"name": "x", "customer": 999}],
         "DANGLING_REFERENCE"),
        ("a field of the store's", ["create", "customer", {"name": "x", "order_count": 1}],
         "READ_ONLY_FIELD"),
        ("a label that is none", ["create", "customer", {"name": "x", "kind": "huge"}], "TYPE"),
        ("a filter of nonsense", ["query", "customer", {"filter": ["~~", "name", 1]}], "INVALID_ARGUMENT"),
        ("a filter that is too deep", ["query", "customer", {"filter": ["not", ["not", ["not", ["not",
         ["not", ["not", ["not", ["not", ["not", ["null", "name"]]]]]]]]]]}], "TOO_DEEP"),
        ("a forged continuation", ["query", "customer", {"after": b"\x01" * 60}], ""),
        ("a wrong revision", ["update", "customer", made[0], {"name": "丙"}, {"if_rev": 7}],
         "CONFLICT_REV"),
        ("a record that is not there", ["get", "customer", 10 ** 9], "NOT_FOUND"),
    ]
    for what, call, name in cases:
        error = refused(client, *call)
        check(what + " is refused by name", error.startswith(name) and ": " in error, error)
    bad = msgpack.packb([0, 77, "create", ["customer", {"name": "@@"}]]).replace(b"@@", b"\xc3\x28")
    client.socket.sendall(bad)
    answer = client.receive()
    check("invalid UTF-8 in a string is refused by name", "MALFORMED" in str(answer[2]), answer)
    batch = [["create", "customer", {"name": "丁"}], ["create", "contact", {"name": "x"}]]
    before = client.call("count", "customer", None)
    error = refused(client, "batch", batch)
    check("a batch is all or nothing", client.call("count", "customer", None) == before)
    check("a batch names its failing operation", "operation 1" in error, error)
    check("nothing was lost", client.call("get", "customer", made[0])[2][0] == made[0])


def too_large(daemon, bystander):
    """Over the limit that holds before hello, and the one that holds after it."""
    text = "x" * 100000
    answers = raw(daemon.path, msgpack.packb([0, 1, "create", ["customer", {"name": text}]]))
    check("a large message before hello is refused", "TOO_LARGE" in repr(answers), answers)
    client = Client(daemon.path)
    limits = client.call("hello", {"client": "test"})
    check("hello tells the limits", "limits" in limits, limits)
    error = refused(client, "create", "customer", {"name": text})
    check("after hello the field's own limit holds", error.startswith("TOO_LONG"), error)
    client.close()
    check("the bystander goes on", bystander.call("ping") == "pong")


def broken_schema():
    daemon = Daemon()
    path = os.path.join(daemon.folder, "extra.schema")
    config = os.path.join(daemon.folder, "cardexd.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write("extend type customer {\n  colour strng(10)\n}\n")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[store]\npath = %s\nschema = %s\n[listen]\nunix = %s\n"
                   % (daemon.store, path, daemon.path))
    ended = subprocess.run([os.path.join(os.environ["CARDEX_BIN"], "cardexd"), "--config", config],
                           stderr=subprocess.PIPE, encoding="utf-8", timeout=30)
    check("a broken schema file stops the start", ended.returncode == 1, ended)
    check("… and says where", "2" in ended.stderr and "strng" in ended.stderr, ended.stderr)
    daemon.remove()


def corrupt_row():
    daemon = Daemon()
    daemon.start()
    client = Client(daemon.path)
    good = client.call("create", "customer", {"name": "untouched"})[0]
    bad = client.call("create", "customer", {"name": "MARKER-OF-THE-ROW-TO-DAMAGE",
                                             "description": "MARKER-OF-THE-DESCRIPTION"})[0]
    client.close()
    daemon.stop()
    with open(daemon.store, "r+b") as file:
        data = file.read()
        at = data.find(b"MARKER-OF-THE-DESCRIPTION")
        while at >= 0:
            file.seek(at)
            file.write(b"m")
            at = data.find(b"MARKER-OF-THE-DESCRIPTION", at + 1)
    daemon.start()
    client = Client(daemon.path)
    error = refused(client, "get", "customer", bad)
    check("a damaged row is noticed", error.startswith("CORRUPT") and str(bad) in error, error)
    check("the others are served", client.call("get", "customer", good)[2][0] == good)
    report = client.call("check")
    check("check finds it", report["findings"] >= 1, report)
    client.close()
    daemon.remove()


def truncated_file():
    daemon = Daemon()
    daemon.start()
    client = Client(daemon.path)
    for number in range(200):
        client.send("create", "customer", {"name": "n%d" % number})
    for number in range(200):
        client.receive()
    client.close()
    daemon.stop()
    os.truncate(daemon.store, os.path.getsize(daemon.store) // 2 // 4096 * 4096)
    ended = subprocess.run([os.path.join(os.environ["CARDEX_BIN"], "cardexd"), "--store", daemon.store,
                            "--listen-unix", daemon.path], stderr=subprocess.PIPE, encoding="utf-8",
                           timeout=30)
    check("a truncated file is refused with a clear text", ended.returncode == 1, ended)
    daemon.remove()


def full_disk():
    """A small tmpfs; needs root."""
    daemon = Daemon()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", daemon.folder],
                             stderr=subprocess.DEVNULL).returncode == 0
    if not mounted:
        print("not tried: a full disk (mounting a tmpfs is not permitted here)")
        daemon.remove()
        return
    try:
        daemon.start()
        client = Client(daemon.path)
        client.call("hello", {"client": "filler"})
        done, error = [], None
        for number in range(20000):
            try:
                done.append(client.call("create", "customer", {"name": "n%d" % number,
                                                               "description": "x" * 1000})[0])
            except Refused as why:
                error = why.args[0]
                break
        check("a full disk is STORAGE_FULL", error is not None and error.startswith("STORAGE_FULL"),
              error)
        check("what was acknowledged is readable", all(client.call("get", "customer", record)
                                                       for record in done[:50] + done[-50:]))
        client.call("delete", "customer", done[0])
        check("a delete still works", True)
        client.call("ping")
        client.close()
        check("the daemon ends cleanly", daemon.stop() == 0, daemon.text())
        daemon.start()
        client = Client(daemon.path)
        check("and opens again with everything",
              client.call("count", "customer", None, {"allow_scan": True}) == len(done) - 1)
        client.close()
    finally:
        if daemon.process.poll() is None:
            daemon.kill()
        daemon.log.close()
        subprocess.run(["umount", daemon.folder])
        daemon.remove()


def main():
    daemon = Daemon()
    daemon.start()
    try:
        bystander = Client(daemon.path)
        bystander.call("hello", {"client": "bystander"})
        bad_bytes(daemon, bystander)
        bad_requests(bystander)
        too_large(daemon, bystander)
        report = bystander.call("check")
        check("the store is sound after all that", report["findings"] == 0, report)
        check("the daemon ends cleanly", daemon.stop() == 0)
    finally:
        daemon.remove()
    broken_schema()
    corrupt_row()
    truncated_file()
    full_disk()


main()
