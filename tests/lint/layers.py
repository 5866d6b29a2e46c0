#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the modules' borders in the C files named on standard input, one path a line.

- direction: a module includes only what MAY_USE lists
- privacy: a header below the top of a module folder is the module's own, and no header at
  the top includes a deeper one (it would hand it out)
- foreign libraries: each header of one is included only where LIBRARIES says
- folders of one module do not include each other in a circle
- what cannot log (everything below the daemon and the tool) does not print
- no file is called util, misc, common or helper
"""

import os
import re
import sys

MAY_USE = {
    "base": {"base"},
    "engine": {"base", "engine"},
    "crm": {"base", "engine", "crm"},
    "proto": {"base", "proto"},
    "daemon": {"base", "engine", "crm", "proto", "daemon"},
    "client": {"base", "proto", "client"},
    "client/cli": {"base", "proto", "client", "client/cli"},
}
ANYTHING = {"tests", "bench"}

# Header of a foreign library -> folders that may include it.
LIBRARIES = [
    (r"lmdb\.h", ["engine/store/"]),
    (r"msgpack\.h|msgpack/.*", ["base/"]),
    (r"utf8proc\.h", ["base/"]),
    (r"xxhash\.h|xxh3\.h", ["base/"]),
    (r"event\.h|event2/.*", ["daemon/"]),
    (r"ini\.h", ["daemon/"]),
    (r"openssl/.*", ["daemon/", "client/"]),
    (r"csv\.h", ["client/cli/"]),
    (r"jansson\.h", ["client/cli/"]),
    (r"histedit\.h|editline/.*", ["client/cli/"]),
    (r"cmocka\.h", []),
]

INSTALLED = {"client/cardex.h", "client/cardex_value.h", "client/cardex_report.h",
             "client/cardex_trade.h"}
SILENT = {"base", "engine", "crm", "proto", "client"}
# A failed assertion has nobody above it to tell.
MAY_PRINT = {"base/check.c"}
PRINTING = re.compile(r"\b(?:v?f?printf|f?puts|perror|v?syslog)\s*\(|\bstd(?:err|out)\b")
DUMPING_GROUND = re.compile(r"(?:^|[_.-])(?:utils?|misc|common|helpers?)(?:[_.-]|$)")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)')
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


def module_of(path):
    top = path.split("/")[0]
    if path.startswith("client/cli/"):
        return "client/cli"
    return top if top in MAY_USE or top in ANYTHING else None


def is_private(path):
    """A header that only its own module may include."""
    if module_of(path) == "client/cli":
        return True
    return path.count("/") > 1


def includes_of(text):
    for number, line in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def project_include(path, header, paths):
    """What is wrong with the file `path` including the project's `header`, or None."""
    if path in INSTALLED and f"client/{header}" in INSTALLED:
        return None  # they lie side by side wherever they are installed
    module, target = module_of(path), module_of(header)
    if header not in paths:
        return f'"{header}" is not a path from the root of the project'
    if module in ANYTHING:
        return None
    if target not in MAY_USE[module]:
        return f'{module} may not use {target} ("{header}")'
    if is_private(header) and target != module:
        return f'"{header}" is private to {target}'
    if path.endswith(".h") and not is_private(path) and is_private(header):
        return f'a public header includes the private "{header}"'
    if path in INSTALLED:
        return f'the installed header includes "{header}", which is not installed'
    return None


def system_include(path, header):
    if module_of(path) in ANYTHING:
        return None
    for pattern, folders in LIBRARIES:
        if re.fullmatch(pattern, header) and not path.startswith(tuple(folders)):
            return f"<{header}> belongs in {' or '.join(folders) or 'tests/'} only"
    return None


def printing_lines(path, text):
    if module_of(path) not in SILENT or path in MAY_PRINT:
        return
    blank = COMMENT_OR_STRING.sub(lambda m: "\n" * m.group().count("\n"), text)
    for number, line in enumerate(blank.split("\n"), 1):
        if PRINTING.search(line):
            yield number


def circles(edges):
    """Each circle of folders once, as a list of folders."""
    found, done = [], set()

    def visit(folder, trail):
        if folder in trail:
            found.append(trail[trail.index(folder):] + [folder])
            return
        if folder in done:
            return
        for target in sorted(edges.get(folder, ())):
            visit(target, trail + [folder])
        done.add(folder)

    for folder in sorted(edges):
        visit(folder, [])
    return found


def main():
    paths = {line.strip() for line in sys.stdin if line.strip()}
    files = sorted(p for p in paths if p.endswith((".c", ".h")) and module_of(p))
    findings, edges, examples = [], {}, {}

    for path in sorted(paths):
        for part in path.split("/"):
            if DUMPING_GROUND.search(part):
                findings.append(f"{path}: a name for anything; name the noun")

    for path in files:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for number, own, system in includes_of(text):
            wrong = project_include(path, own, paths) if own else system_include(path, system)
            if wrong:
                findings.append(f"{path}:{number}: {wrong}")
            if own and module_of(own) == module_of(path) and module_of(path) in MAY_USE:
                folder, target = os.path.dirname(path), os.path.dirname(own)
                # The top of a module is its API, which no folder's order depends on.
                if folder != target and target != module_of(own) and folder != module_of(path):
                    edges.setdefault(folder, set()).add(target)
                    examples.setdefault((folder, target), f"{path}:{number}")
        for number in printing_lines(path, text):
            findings.append(f"{path}:{number}: prints; only the daemon and the tool may")

    for circle in circles(edges):
        steps = ", ".join(examples[pair] for pair in zip(circle, circle[1:]))
        findings.append(f"folders in a circle: {' -> '.join(circle)} ({steps})")

    if not files:
        findings.append("no C files found: nothing was checked")
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(files)} C files checked, {len(findings)} findings")
    return 1 if findings else 0


sys.exit(main())
