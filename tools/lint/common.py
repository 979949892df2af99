"""What the lint scripts share: which files are ours, C++ text without comments and strings, findings."""

import os
import re
import sys

TREES = ("core", "sim", "tools", "tests")
SUFFIXES = (".h", ".cc")
ALLOW = re.compile(r"//\s*lint:\s*allow\(([\w-]+)\)\s*(.*)")


def source_files(root, trees=TREES):
    """Yields the paths, relative to root and in order, of our C++ files."""
    for tree in trees:
        for directory, subdirectories, names in os.walk(os.path.join(root, tree)):
            subdirectories[:] = sorted(d for d in subdirectories if d not in ("build", "corpus", "__pycache__"))
            for name in sorted(names):
                if name.endswith(SUFFIXES):
                    yield os.path.relpath(os.path.join(directory, name), root)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


_TOKEN = re.compile(
    r"""
      //[^\n]*
    | /\*.*?\*/
    | R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"
    | "(?:\\.|[^"\\\n])*"
    | (?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'
    """,
    re.VERBOSE | re.DOTALL,
)


def blanked(text):
    """The same text, of the same shape, with comments and the insides of literals turned into spaces."""

    def replace(match):
        token = match.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        opening = token.index('"') if '"' in token and not token.startswith("'") else 0
        return token[: opening + 1] + re.sub(r"[^\n]", " ", token[opening + 1 : -1]) + token[-1]

    return _TOKEN.sub(replace, text)


def allowed_lines(text):
    """Maps a rule's name to the lines on which a comment `// lint: allow(rule) reason` permits it: its own and the next."""
    allowed = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = ALLOW.search(line)
        if match and match.group(2).strip():
            allowed.setdefault(match.group(1), set()).update((number, number + 1))
    return allowed


class Findings:
    """Collects findings and turns them into compiler-style lines and an exit code."""

    def __init__(self, tool):
        self.tool = tool
        self.items = []

    def add(self, path, line, rule, message):
        self.items.append((path, line, rule, message))

    def rules(self):
        return {rule for _, _, rule, _ in self.items}

    def finish(self, checked):
        for path, line, rule, message in sorted(self.items):
            print(f"{path}:{line}: {message} [{rule}]")
        print(f"{self.tool}: {checked} files, {len(self.items)} findings")
        return 1 if self.items else 0


def self_test(tool, cases):
    """Runs (name, passed) pairs and prints those that failed."""
    failed = [name for name, passed in cases if not passed]
    for name in failed:
        print(f"{tool}: self test failed: {name}", file=sys.stderr)
    print(f"{tool}: self test, {len(cases)} cases, {len(failed)} failed")
    return 1 if failed or not cases else 0


def default_root():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
