#!/usr/bin/env python3
"""Who may include whom, as ARCHITECTURE.md has it. Reads text, not a build.

usage: includes.py [TOP]    TOP: folder of the sources (default: this project)
"""
import os
import re
import sys

# What each layer names itself. It may also include what these may.
MAY_INCLUDE = {
    "common/base": [],
    "common/platform": ["common/base"],
    "common/crdt": ["common/base"],
    "common/journal": ["common/base"],
    "common/store": ["common/base"],
    "common/retail": ["common/crdt", "common/journal", "common/store"],
    "common/ledger": ["common/retail", "common/journal", "common/store"],
    "common/sync": ["common/journal"],
    "common/identity": ["common/journal"],
    "common/replica": ["common/ledger", "common/sync", "common/identity"],
    "common/rpc": ["common/replica"],
    "common/daemon": ["common/rpc", "common/platform"],
    "node": ["common/daemon"],
    "hub": ["common/daemon"],
    # Speaks only the public services; of ours it shares the vocabulary.
    "cli": ["common/base"],
}

# No file, socket, thread, clock, own randomness or logging: see 'pure' in
# ARCHITECTURE.md.
PURE = ["common/crdt", "common/journal", "common/retail", "common/sync"]

# Generated messages of each package, and the layers that may name them.
MESSAGES = {
    "journal": ["common/journal", "common/retail", "common/ledger", "common/sync",
                "common/identity", "common/replica", "common/rpc", "common/daemon", "node", "hub"],
    "retail": ["common/retail", "common/ledger", "common/replica", "common/rpc", "common/daemon",
               "node", "hub", "cli"],
    "sync": ["common/sync", "common/replica", "common/rpc", "common/daemon", "node", "hub"],
    "shop": ["common/retail", "common/rpc", "common/daemon", "node", "hub", "cli"],
    "coop": ["common/retail", "common/rpc", "common/daemon", "node", "hub", "cli"],
    "admin": ["common/rpc", "common/daemon", "node", "hub", "cli"],
    "rpc": ["common/rpc"],
}

SPEAK_GRPC = ["common/rpc", "common/daemon", "node", "hub", "cli"]

# Of the store, what is not the interface is opened by whoever composes a program.
STORE_INTERFACE = "common/store/store.h"
OPEN_STORES = ["common/store", "common/daemon", "node", "hub"]

PURE_BANS = [
    (r"<(fstream|iostream|filesystem|unistd\.h|fcntl\.h|sys/.*)>",
     "take the bytes as an argument; files are of common/platform"),
    (r"<(thread|mutex|shared_mutex|condition_variable|future|semaphore|pthread\.h)>|.common/base/mutex\.h.",
     "be called by one thread at a time; threads are of common/ledger and common/replica"),
    (r"<random>", "take a comptoir::Random& (common/base/clock.h)"),
    (r"<(ctime|time\.h)>|.absl/time/clock\.h.",
     "take the time as an argument, in milliseconds (common/base/clock.h)"),
    (r"<spdlog/.*>", "return a Status; logging is of common/platform"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")')


def reachable(layer):
    """The layers that `layer` may include, itself among them."""
    seen, left = set(), [layer]
    while left:
        each = left.pop()
        if each not in seen:
            seen.add(each)
            left.extend(MAY_INCLUDE[each])
    return seen


def layer_of(path):
    """The layer that a path from the top lies in, or None."""
    parts = path.split("/")
    for length in (2, 1):
        name = "/".join(parts[:length])
        if len(parts) > length and name in MAY_INCLUDE:
            return name
    return None


def refuse_layer(layer, header):
    target = layer_of(header)
    if header.startswith("tests/"):
        return "nothing of the product includes tests: move what both need into common/"
    if header.startswith("common/") and target is None:
        return "there is no such layer: add it to tests/layering/includes.py and ARCHITECTURE.md"
    if target is None or target == layer:
        return None
    if target not in reachable(layer):
        if {layer, target} == {"node", "hub"}:
            return "node and hub never include each other: put what both need into common/daemon"
        if layer == "cli":
            return "cli speaks only the public services: ask for it over proto/comptoir"
        below = ", ".join(sorted(reachable(layer) - {layer})) or "nothing of ours"
        return (f"{layer} may include {below}: move what it needs down into one of these, "
                "or what needs it up into a layer that may include both")
    if target == "common/store" and header != STORE_INTERFACE and layer not in OPEN_STORES:
        return f"use the interface, {STORE_INTERFACE}; whoever composes the program opens a store"
    return None


def refuse_generated(layer, header):
    match = re.fullmatch(r"comptoir/(\w+)/v1/\w+(\.grpc)?\.pb\.h", header)
    if match is None:
        return None
    package, grpc = match.groups()
    if grpc and layer not in SPEAK_GRPC:
        return f"{layer} does not speak gRPC: use the messages (.pb.h) and let common/rpc carry them"
    if layer not in MESSAGES.get(package, []):
        return (f"messages of comptoir.{package} are not for {layer}: "
                "translate them in a layer above, or take plain arguments")
    return None


def refuse_part(layer, path, header):
    """Of other people's parts, those that have one place."""
    if header.startswith("rocksdb/") and not re.match(r"common/store/rocks_store[\w.]*$", path):
        return f"only common/store/rocks_store.* names RocksDB: use {STORE_INTERFACE}"
    if re.match(r"(grpc|grpcpp|grpc\+\+)/", header) and layer not in SPEAK_GRPC:
        return f"{layer} does not speak gRPC: be driven by common/rpc"
    if header.startswith("spdlog/") and path != "common/platform/logging.cc":
        return "only common/platform/logging.cc names spdlog: use common/platform/logging.h"
    # But to tell the one that gRPC uses how to behave.
    if header.startswith("absl/synchronization/") and path != "common/daemon/program.cc":
        return ("the distribution's absl::Mutex gives false races under the thread sanitizer: "
                "use common/base/mutex.h")
    return None


def refuse_everywhere(header):
    """What breaks under the thread sanitizer whoever includes it, tests among them."""
    if header in ("google/protobuf/struct.pb.h", "google/protobuf/map.h"):
        return ("the distribution's map fields are laid out differently under the thread "
                "sanitizer: use a message of ours without maps, or <nlohmann/json.hpp> in a test")
    return None


def refuse_impure(layer, written):
    if layer not in PURE:
        return None
    for pattern, instead in PURE_BANS:
        if re.search(pattern, written):
            return f"{layer} is pure: {instead}"
    return None


def check_file(top, path):
    layer = layer_of(path)
    with open(os.path.join(top, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if match is None:
                continue
            written = match.group(1)
            header = written[1:-1]
            why = refuse_everywhere(header)
            if layer is not None:
                why = (why or refuse_layer(layer, header) or refuse_generated(layer, header)
                       or refuse_part(layer, path, header) or refuse_impure(layer, written))
            if why:
                yield f"{path}:{number}: includes {header}: {why}"


def sources(top):
    for room in sorted(MAY_INCLUDE) + ["tests"]:
        for folder, _, names in os.walk(os.path.join(top, room)):
            for name in sorted(names):
                if name.endswith((".h", ".cc")):
                    yield os.path.relpath(os.path.join(folder, name), top)


def main():
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    top = sys.argv[1] if len(sys.argv) > 1 else default
    paths = list(sources(top))
    found = [message for path in paths for message in check_file(top, path)]
    for message in found:
        print(message)
    print(f"{len(paths)} files, {len(found)} includes that may not be")
    if not paths:
        print(f"no sources under {top}")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
