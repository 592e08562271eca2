#!/usr/bin/env python3
"""Sums up what `llvm-cov export` says of branches. Used by scripts/coverage.

usage: branches.py ROOT LAYER... [--missed] <export.json

A branch is one outcome of one condition of the source: where a template or an inline
function was compiled many times, it was taken if any of them took it. Not counted: conditions
that the compiler knows the answer of, what COMPTOIR_PLANTED leaves out of the product, and
COMPTOIR_CHECK, whose other outcome stops the process over a bug of our own. Apart, and in the
sums: the outcome of COMPTOIR_RETURN_IF_ERROR and COMPTOIR_ASSIGN_OR_RETURN that passes an error
on. A template or an inline function that nothing calls is in no sum: the compiler makes nothing
of it. A source that no test has in it is named, and the exit status is 1.
"""

import collections
import functools
import json
import os
import pathlib
import re
import sys

EXPANSION = 1  # kind of a region
# The conditions of the macros themselves, as common/base/status.h spells them.
PASSING_ON = ("!comptoir_status.ok()", "!result.ok()")
NEVER = ("!(condition)",)
MACROS = "common/base/status.h"


@functools.lru_cache(maxsize=None)
def lines_of(path):
    with open(path, encoding="utf-8") as source:
        return source.read().split("\n")


def text_of(path, branch):
    line, column, line_end, column_end = branch[:4]
    text = lines_of(path)[line - 1]
    return text[column - 1 : column_end - 1] if line == line_end else text[column - 1 :]


@functools.lru_cache(maxsize=None)
def planted_lines(path):
    """Numbers of the lines in blocks that only a planted bug enters."""
    planted, end = set(), None
    for number, line in enumerate(lines_of(path), 1):
        begins = re.match(r"(\s*)if \(COMPTOIR_PLANTED\(\w+\)(\)| && ).*\{$", line)
        if end is None and begins:
            end = begins.group(1) + "}"
        if end is not None:
            planted.add(number)
        if end is not None and line.startswith(end):
            end = None
    return planted


def is_known(path, branch):
    """Does the compiler know which way it goes, or that it goes nowhere?"""
    before = lines_of(path)[branch[0] - 1][: branch[1] - 1]
    text = text_of(path, branch)
    is_planted = (
        "COMPTOIR_PLANTED(" in text
        or branch[0] in planted_lines(path)
        or re.search(r"(?<!!)COMPTOIR_PLANTED\(\w+\) && ", before)
    )
    return is_planted or text in ("true", "false") or "if constexpr (" in before


def branches_of(function):
    """Yields (file, place, spelling in a macro of ours, true count, false count)."""
    files = function["filenames"]
    parents = {r[6]: (r[5], r[0], r[1]) for r in function["regions"] if r[7] == EXPANSION}
    for branch in function["branches"]:
        file_id = branch[6]
        if is_known(files[file_id], branch):
            continue
        is_of_macro = files[file_id].endswith(MACROS)
        spelling = text_of(files[file_id], branch) if is_of_macro else ""
        place = (branch[0], branch[1])
        while file_id in parents:
            file_id, line, column = parents[file_id]
            place = (line, column) + place
        yield files[file_id], place, spelling, branch[4], branch[5]


def taken_outcomes(export, root, layers):
    """By layer: {(file, place, outcome): [taken, spelling in a macro of ours]}."""
    found = {layer: {} for layer in layers}
    for function in export["data"][0]["functions"]:
        for path, place, spelling, *counts in branches_of(function):
            parts = os.path.relpath(path, root).split("/")
            layer = parts[1] if parts[0] == "common" and len(parts) > 2 else ""
            if layer not in found or spelling in NEVER:
                continue
            for outcome, count in zip((True, False), counts):
                key = ("/".join(parts), place, outcome)
                entry = found[layer].setdefault(key, [False, spelling])
                entry[0] = entry[0] or count > 0
    return found


def absent_sources(export, root, layers):
    present = {os.path.relpath(f["filename"], root) for f in export["data"][0]["files"]}
    absent = []
    for layer in layers:
        for source in pathlib.Path(root, "common", layer).rglob("*.cc"):
            path = os.path.relpath(source, root)
            if path not in present and re.search(r"\bif \(|\? ", source.read_text("utf-8")):
                absent.append(path)
    return sorted(absent)


def share(outcomes):
    taken = sum(entry[0] for entry in outcomes)
    percent = 100 * taken / len(outcomes) if outcomes else 100
    return "%5d of %5d (%4.1f %%)" % (taken, len(outcomes), percent)


def is_passing_on(key, entry):
    return entry[1] in PASSING_ON and key[2]


def print_sums(found):
    for layer, outcomes in found.items():
        passed = [e for k, e in outcomes.items() if is_passing_on(k, e)]
        others = [e for k, e in outcomes.items() if not is_passing_on(k, e)]
        print("%-8s %s; errors passed on %s; without those %s"
              % (layer, share(list(outcomes.values())), share(passed), share(others)))


def print_missed(found):
    for outcomes in found.values():
        missed = collections.defaultdict(list)
        for (path, place, outcome), entry in sorted(outcomes.items()):
            if not entry[0]:
                missed[(path, place[0])].append((place, outcome, entry[1]))
        for (path, line), what in missed.items():
            says = ", ".join(("never %s" % str(o).lower()) + (" in " + m if m else "")
                             for _, o, m in what)
            print("%s:%d: %s" % (path, line, says))


def main():
    arguments = sys.argv[1:]
    missed = "--missed" in arguments
    root, *layers = [a for a in arguments if a != "--missed"]
    export = json.load(sys.stdin)
    found = taken_outcomes(export, root, layers)
    print_missed(found) if missed else print_sums(found)
    absent = absent_sources(export, root, layers)
    for path in absent:
        print("no test has %s in it" % path)
    sys.exit(1 if absent else 0)


main()
