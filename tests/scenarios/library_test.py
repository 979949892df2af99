#!/usr/bin/env python3
"""The shipped scenarios are complete: library_test.py PROGRAM, from the repository's root.

Each file names its schema, says what it is about and which bug it finds, stands in the table of
scenarios/README.md, and has its digests. Each bug is found by a scenario or shown by a unit test.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path("scenarios")


def sizes(program, files):
    """Nodes of each scenario, as `check` counts them."""
    command = [program, "check", *map(str, files)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = [re.match(r"(\S+): ok, .*?(\d+) nodes", line) for line in lines]
    return {pathlib.Path(one.group(1)): int(one.group(2)) for one in found if one}


def problems_of(path, bugs, digests, nodes):
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    schema = "../" * (name.count("/") + 1) + "tools/schema/scenario.schema.json"
    if not text.startswith(f"# yaml-language-server: $schema={schema}\n"):
        yield "its first line is not that of the schema"
    if not re.search(r"^about: \S", text, re.MULTILINE):
        yield "says not what it is about"
    if re.search(r"^matrix:", text, re.MULTILINE):
        return  # a study: its runs are judged by its reader
    if not re.search(r"^expect:$", text, re.MULTILINE):
        yield "has no expectations of its own"
    found = re.findall(r"^# Fails with: (\S+)$", text, re.MULTILINE)
    if len(found) != 1 or found[0] not in bugs:
        yield f"fails with {found}, expected one bug of `gossamer-sim list bugs`"
    for seed in (1,) if nodes > 1000 else (1, 2, 3):
        if f"{name} {seed} " not in digests:
            yield f"has no digest of seed {seed}"


def camel(name):
    return "k" + "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def main():
    listed = subprocess.run([sys.argv[1], "list", "bugs"], stdout=subprocess.PIPE, text=True, check=True)
    bugs = [line.split()[0] for line in listed.stdout.splitlines()]
    digests = (ROOT / "digests.txt").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9_/]+\.yaml)` \| (.+) \|$", readme, re.MULTILINE)
    files = sorted(ROOT.rglob("*.yaml"))
    nodes = sizes(sys.argv[1], files)
    problems = [f"{path}: {what}" for path in files for what in problems_of(path, bugs, digests, nodes[path])]
    names = [path.relative_to(ROOT).as_posix() for path in files]
    table = [name for name, _ in rows]
    problems += [f"scenarios/README.md does not name {name}" for name in names if table.count(name) != 1]
    problems += [f"scenarios/README.md names {name}, which is not there" for name in table if name not in names]
    unit = pathlib.Path("tests/core/cluster/bugs_test.cc").read_text(encoding="utf-8")
    everything = "".join(path.read_text(encoding="utf-8") for path in files)
    for bug in bugs:
        if f"# Fails with: {bug}\n" not in everything and f"Bug::{camel(bug)}" not in unit:
            problems.append(f"bug {bug} makes no scenario fail and has no unit test")
    print("\n".join(problems) or f"{len(files)} scenarios, {len(bugs)} bugs")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
