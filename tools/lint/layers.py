#!/usr/bin/env python3
"""Layering by #include: who may include whom, which foreign headers, no cycles between directories, no unbuilt file."""

import argparse
import os
import re
import sys

import common

# Module -> core modules that it may include besides itself. The order is the order of the layers, from the ground up.
CORE = {
    "base": (),
    "slots": ("base",),
    "bus": ("base", "slots"),
    "cluster": ("base", "slots", "bus"),
    "resp": ("base",),
    "keyspace": ("base", "slots"),
    "replication": ("base", "resp"),
    "persistence": ("base", "keyspace"),
    "commands": ("base", "slots", "bus", "cluster", "resp", "keyspace", "replication", "persistence"),
    "node": ("base", "slots", "bus", "cluster", "resp", "keyspace", "replication", "persistence", "commands"),
}

# Foreign headers with a directory or an extension in their name; the C++ library's own names have neither.
FOREIGN_CORE = ("absl/",)
FOREIGN_SIM = FOREIGN_CORE + ("yaml-cpp/", "nlohmann/", "google/protobuf/")
# Part of the C++ library for our purposes.
STANDARD_WITH_EXTENSION = ("immintrin.h", "xmmintrin.h", "emmintrin.h", "nmmintrin.h", "arm_neon.h")

# Named by a CMake module rather than by a CMakeLists.txt.
LISTED_ELSEWHERE = ("tools/cmake/fuzz_replay_main.cc",)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def module_of(path):
    """core/bus/codec.h -> core/bus; a file right inside a tree belongs to the tree."""
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def may_include(source, target):
    """Whether a file of ours may include another one of ours; None, or the rule it breaks."""
    tree, other = source.split("/")[0], target.split("/")[0]
    if other in ("tools", "tests"):
        if tree == other or (tree == "tests" and other == "tools"):
            return None
        return f"nothing outside {other}/ includes {other}/"
    if tree in ("tools", "tests"):
        return None
    if tree == "core" and other == "sim":
        return "core/ stands below sim/ and may not include it"
    if tree == "core":
        module, wanted = module_of(source)[5:], module_of(target)[5:]
        if module not in CORE:
            return f"core/{module} is not in the table of modules (tools/lint/layers.py)"
        if wanted != module and wanted not in CORE[module]:
            below = ", ".join(CORE[module]) or "nothing"
            return f"core/{module} may include {below} of core/, not {wanted}"
    if module_of(source) == "sim/engine" and other == "sim" and module_of(target) != "sim/engine":
        return "sim/engine is the ground of sim/ and includes nothing else of it"
    return None


def foreign_allowed(source, header):
    tree = source.split("/")[0]
    if tree not in ("core", "sim"):
        return True
    if "/" not in header and ("." not in header or header in STANDARD_WITH_EXTENSION):
        return True
    return header.startswith(FOREIGN_CORE if tree == "core" else FOREIGN_SIM)


def check_text(root, path, text, findings, edges):
    # Blank the comments but keep the quoted names: look them up in the original at the same place.
    code = common.blanked(text)
    for match in INCLUDE.finditer(text):
        if code[match.start() : match.start(2)].strip() != match.group(0)[: match.start(2) - match.start()].strip():
            continue
        line = text.count("\n", 0, match.start()) + 1
        quoted, name = match.group(1) == '"', match.group(2)
        if name.split("/")[0] not in common.TREES or not quoted:
            check_foreign(path, line, quoted, name, findings)
            continue
        problem = may_include(path, name)
        if problem:
            findings.add(path, line, "layer", problem)
        if name.endswith(".cc"):
            findings.add(path, line, "include-source", "a source file is not included")
        if root and not name.endswith(".pb.h") and not os.path.exists(os.path.join(root, name)):
            findings.add(path, line, "include-path", f'"{name}": no such file from the root of the repository')
        edges.setdefault(module_of(path), {}).setdefault(module_of(name), f"{path}:{line}")


def check_foreign(path, line, quoted, name, findings):
    if quoted and "/" not in name:
        findings.add(path, line, "include-path", f'"{name}": write our includes from the root of the repository')
    elif not foreign_allowed(path, name):
        findings.add(path, line, "foreign", f"{path.split('/')[0]}/ may not include <{name}>")


def find_cycle(edges):
    """A cycle between modules of core and sim as a list of modules, or None."""
    state, trail = {}, []

    def visit(module):
        state[module] = "open"
        trail.append(module)
        for other in sorted(edges.get(module, {})):
            if other == module or other.split("/")[0] not in ("core", "sim"):
                continue
            if state.get(other) == "open":
                return trail[trail.index(other) :] + [other]
            if other not in state:
                cycle = visit(other)
                if cycle:
                    return cycle
        trail.pop()
        state[module] = "done"
        return None

    for module in sorted(edges):
        if module not in state and module.split("/")[0] in ("core", "sim"):
            cycle = visit(module)
            if cycle:
                return cycle
    return None


def check_cycles(edges, findings):
    cycle = find_cycle(edges)
    if cycle:
        where, line = edges[cycle[0]][cycle[1]].rsplit(":", 1)
        findings.add(where, int(line), "cycle", "directories include each other: " + " -> ".join(cycle))


def is_listed(path, build_file):
    """Whether the CMakeLists.txt (its directory, its text) names the source."""
    directory, text = build_file
    name = re.escape(os.path.relpath(path, directory or "."))
    return re.search(rf"(?<![\w./-]){name}(?![\w./-])", re.sub(r"#[^\n]*", "", text)) is not None


def check_listed(root, path, findings):
    """A file that no CMakeLists.txt names is compiled by nobody, and no header check sees it."""
    directory = os.path.dirname(path)
    while True:
        build_file = os.path.join(root, directory, "CMakeLists.txt")
        if os.path.exists(build_file):
            if is_listed(path, (directory, common.read(root, os.path.join(directory, "CMakeLists.txt")))):
                return
        if not directory:
            break
        directory = os.path.dirname(directory)
    findings.add(path, 1, "unlisted", "no CMakeLists.txt above it names this file")


def check_tree(root):
    findings, edges, count = common.Findings("layers"), {}, 0
    for path in common.source_files(root):
        count += 1
        check_text(root, path, common.read(root, path), findings, edges)
        if path not in LISTED_ELSEWHERE:
            check_listed(root, path, findings)
    check_cycles(edges, findings)
    return findings.finish(count)


def rules_for(path, text):
    findings = common.Findings("layers")
    check_text(None, path, text, findings, {})
    return findings.rules()


def self_test():
    bad = [
        ("core/base/a.h", '#include "core/slots/b.h"\n', "layer"),
        ("core/bus/a.h", '#include "core/cluster/b.h"\n', "layer"),
        ("core/cluster/a.cc", '#include "sim/engine/b.h"\n', "layer"),
        ("core/cluster/a.cc", "// text\n  #  include \"sim/engine/b.h\"\n", "layer"),
        ("core/resp/a.cc", '#include "core/bus/b.h"\n', "layer"),
        ("core/novel/a.cc", '#include "core/base/b.h"\n', "layer"),
        ("sim/model/a.cc", '#include "tools/gossamer_sim/b.h"\n', "layer"),
        ("sim/engine/a.cc", '#include "sim/model/b.h"\n', "layer"),
        ("tools/gossamer_sim/a.cc", '#include "tests/support/b.h"\n', "layer"),
        ("core/base/a.h", '#include "b.h"\n', "include-path"),
        ("sim/model/a.cc", '#include "core/base/b.cc"\n', "include-source"),
        ("core/base/a.cc", "#include <yaml-cpp/yaml.h>\n", "foreign"),
        ("core/base/a.cc", "#include <sys/socket.h>\n", "foreign"),
        ("core/base/a.cc", "#include <unistd.h>\n", "foreign"),
        ("sim/report/a.cc", "#include <CLI/CLI.hpp>\n", "foreign"),
        ("core/base/a.cc", '#include "nlohmann/json.hpp"\n', "foreign"),
    ]
    good = [
        ("core/cluster/a.cc", '#include "core/bus/b.h"\n#include <vector>\n#include "absl/status/status.h"\n'),
        ("core/cluster/a.cc", '// #include "sim/engine/b.h"\n/*\n#include "sim/engine/b.h"\n*/\n'),
        ("sim/scenario/a.cc", "#include <yaml-cpp/yaml.h>\n#include <nlohmann/json.hpp>\n"),
        ("tests/core/base/a.cc", '#include "core/base/b.h"\n#include <gtest/gtest.h>\n#include "tests/support/c.h"\n'),
        ("tools/gossamer_sim/a.cc", "#include <CLI/CLI.hpp>\n#include <unistd.h>\n"),
    ]
    cases = [(f"{path}: {text!r} must break {rule}", rule in rules_for(path, text)) for path, text, rule in bad]
    cases += [(f"{path}: {text!r} must pass", not rules_for(path, text)) for path, text in good]
    ring = {"sim/model": {"sim/check": "sim/model/a.h:1"}, "sim/check": {"sim/model": "sim/check/a.h:1"}}
    cases.append(("a cycle is found", find_cycle(ring) is not None))
    cases.append(("a chain is no cycle", find_cycle({"sim/model": {"sim/engine": "sim/model/a.h:1"}}) is None))
    build_file = ("core/base", "gossamer_layer(base HEADERS time.h # rng.h\n)")
    cases.append(("a listed file", is_listed("core/base/time.h", build_file)))
    cases.append(("an unlisted file", not is_listed("core/base/me.h", build_file)))
    cases.append(("a file in a comment", not is_listed("core/base/rng.h", build_file)))
    return common.self_test("layers", cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=common.default_root())
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    return self_test() if arguments.self_test else check_tree(arguments.root)


if __name__ == "__main__":
    sys.exit(main())
