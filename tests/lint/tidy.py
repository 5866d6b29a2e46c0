#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs clang-tidy over the C files of a compile_commands.json: tidy.py SOURCE BUILD."""

import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time


def config_of(directory, root, seen):
    """The texts of the .clang-tidy files that apply to a folder."""
    path = os.path.join(directory, ".clang-tidy")
    if os.path.exists(path) and path not in seen:
        with open(path, encoding="utf-8") as file:
            seen[path] = file.read()
    if directory == root or directory == "/":
        return
    config_of(os.path.dirname(directory), root, seen)


def preprocessed(entry):
    """What the compiler would see, comments too, as NOLINT is a comment."""
    words = [w for w in shlex.split(entry["command"]) if not w.endswith("ccache")]
    words = ["clang"] + words[1:]
    for flag in ("-o", "-c"):
        if flag in words:
            at = words.index(flag)
            del words[at:at + (2 if flag == "-o" else 1)]
    words += ["-E", "-C", "-P", "-w", "-Wno-unknown-warning-option"]
    return subprocess.run(words, cwd=entry["directory"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def key_of(entry, root, version):
    digest = hashlib.sha256()
    configs = {}
    config_of(os.path.dirname(entry["file"]), root, configs)
    with open(entry["file"], encoding="utf-8") as file:
        own = file.read()
    texts = [own, entry["command"], *configs.values()]
    for part in (version, preprocessed(entry), *(t.encode() for t in texts)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def check(entry, root, build, version, cache):
    """One file: (path, findings text, was it in the cache, seconds)."""
    start = time.monotonic()
    path = os.path.relpath(entry["file"], root)
    try:
        mark = os.path.join(cache, key_of(entry, root, version))
    except subprocess.CalledProcessError as error:
        return path, error.stderr.decode(errors="replace"), False, 0
    if os.path.exists(mark):
        return path, "", True, 0
    words = ["clang-tidy", "--quiet", "-p", build, entry["file"],
             "--extra-arg=-Wno-unknown-warning-option",
             "--extra-arg=-Wno-ignored-optimization-argument"]
    run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode == 0:
        with open(mark, "w", encoding="utf-8"):
            pass
        return path, "", False, time.monotonic() - start
    text = run.stdout.decode(errors="replace") or run.stderr.decode(errors="replace")
    return path, text, False, time.monotonic() - start


def main():
    root, build = (os.path.realpath(p) for p in sys.argv[1:3])
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    # Generated files are in the build folder, and may be below the root as it is.
    entries = [e for e in entries
               if e["file"].startswith(root + "/") and not e["file"].startswith(build + "/")
               and os.path.exists(e["file"])]
    # A file that two targets compile is the same file to clang-tidy.
    entries = list({e["file"]: e for e in entries}.values())
    cache = os.path.join(build, "tidy-cache")
    os.makedirs(cache, exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE,
                             check=True).stdout

    jobs = len(os.sched_getaffinity(0))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(lambda e: check(e, root, build, version, cache), entries))

    bad = [r for r in results if r[1]]
    for path, text, _, _ in bad:
        print(f"{path}:\n{text}", file=sys.stderr)
    cached = sum(r[2] for r in results)
    slowest = max(results, key=lambda r: r[3], default=("", "", False, 0))
    if not results:
        print("no C files found: nothing was checked", file=sys.stderr)
    print(f"{len(results)} C files checked ({cached} unchanged since a clean run), "
          f"{len(bad)} with findings; slowest {slowest[0]} {slowest[3]:.1f} s")
    return 1 if bad or not results else 0


sys.exit(main())
