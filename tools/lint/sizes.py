#!/usr/bin/env python3
"""File and function lengths: 600 lines a file (tests 800), 60 lines a function.

What is longer must stand in sizes_ratchet.txt with its length, a date and a reason; it may shrink but not grow.
"""

import argparse
import os
import re
import sys

import common

FILE_LIMIT = 600
TEST_FILE_LIMIT = 800
FUNCTION_LIMIT = 60
RATCHET = "tools/lint/sizes_ratchet.txt"

TYPE_HEAD = re.compile(r"^(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum)\b", re.DOTALL)
NAMESPACE_HEAD = re.compile(r'^(?:inline\s+)?namespace\b|^extern\s*"')
NAME = re.compile(r"([~\w:]+|operator\s*[^\s(]+)\s*\(")


def matching_brace(code, opening):
    depth = 0
    for position in range(opening, len(code)):
        if code[position] == "{":
            depth += 1
        elif code[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    return len(code) - 1


def outside_parentheses(head):
    """The head with everything inside parentheses and braces removed."""
    depth, kept = 0, []
    for character in head:
        if character in "({":
            depth += 1
        if depth == 0:
            kept.append(character)
        if character in ")}":
            depth -= 1
    return "".join(kept)


def classify(head):
    """What an opening brace in a namespace or type begins, judged by the text before it."""
    text = head.strip()
    if NAMESPACE_HEAD.match(text):
        return "scope"
    if TYPE_HEAD.match(text):
        return "scope"
    outer = outside_parentheses(text).replace("operator=", "operator").replace("==", "")
    if "(" not in text or re.search(r"[^=!<>]=(?!=)", outer):
        return "function" if re.search(r"\]\s*\(", text) else "initializer"
    # In a constructor's list `: a_{1}, b_(2)` a brace after a name initializes; one after `)` or `}` is the body.
    after_colon = re.search(r"(?<!:):(?!:)", outer)
    if after_colon and re.search(r"[\w>]$", text):
        return "initializer"
    return "function"


def functions(code):
    """Yields (name, first line, lines) of each function in blanked code; a lambda counts to the function around it."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE)
    head_start, position = 0, 0
    while position < len(code):
        character = code[position]
        if character == "{":
            head = code[head_start:position]
            kind = classify(re.sub(r"^\s*(?:public|private|protected)\s*:", "", head))
            if kind == "scope":
                head_start = position + 1
            else:
                end = matching_brace(code, position)
                if kind == "function":
                    start = head_start + len(head) - len(head.lstrip())
                    start += len(re.match(r"(?:(?:public|private|protected)\s*:\s*)*", code[start:]).group(0))
                    first = code.count("\n", 0, start) + 1
                    last = code.count("\n", 0, end) + 1
                    name = NAME.search(re.sub(r"\[\[.*?\]\]|\bTEST\w*(?=\()", "", code[start:position]))
                    yield (name.group(1) if name else "?", first, last - first + 1)
                    head_start = end + 1
                position = end
        elif character in ";}":
            head_start = position + 1
        position += 1


def measure(path, text):
    """Yields (kind, name, line, length, limit) of everything over its limit in one file."""
    lines = text.count("\n") + (0 if text.endswith("\n") else 1)
    limit = TEST_FILE_LIMIT if path.startswith("tests/") else FILE_LIMIT
    if lines > limit:
        yield ("file", "-", 1, lines, limit)
    for name, line, length in functions(common.blanked(text)):
        if length > FUNCTION_LIMIT:
            yield ("function", name, line, length, FUNCTION_LIMIT)


def parse_ratchet(text, findings):
    """Lines `path kind name length date reason` -> {(path, kind, name): (length, line)}."""
    entries = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split(None, 5)
        if len(fields) < 6 or not fields[3].isdigit() or not re.fullmatch(r"\d{4}-\d\d-\d\d", fields[4]):
            findings.add(RATCHET, number, "ratchet", "expected: path file|function name length yyyy-mm-dd reason")
            continue
        entries[(fields[0], fields[1], fields[2])] = (int(fields[3]), number)
    return entries


def check(files, ratchet_text):
    findings, used = common.Findings("sizes"), set()
    entries = parse_ratchet(ratchet_text, findings)
    for path, text in files:
        for kind, name, line, length, limit in measure(path, text):
            key = (path, kind, name)
            used.add(key)
            permitted = entries.get(key, (limit, 0))[0]
            if length > permitted:
                what = "file" if kind == "file" else f"function {name}"
                findings.add(path, line, f"{kind}-size", f"{what} has {length} lines, at most {permitted}")
    for key, (_, number) in entries.items():
        if key not in used:
            findings.add(RATCHET, number, "ratchet", f"{key[0]} {key[2]} is within the limits now: remove this line")
    return findings


def self_test():
    def function(lines, head="int F(int a)"):
        return head + " {\n" + "  ++a;\n" * (lines - 2) + "}\n"

    def rules(path, text, ratchet=""):
        return check([(path, text)], ratchet).rules()

    constructor = "Foo::Foo(int a)\n    : a_{a},\n      b_(a) "
    in_class = "class Foo final : public Bar {\n public:\n  Foo() : a_{1}, b_{2} {}\n  " + function(61, "int F(int a) const")
    entry = "core/a.cc function F 70 2024-01-31 moves out with the parser\n"
    cases = [
        ("601 lines", rules("core/a.cc", "\n" * 601) == {"file-size"}),
        ("600 lines", not rules("core/a.cc", "\n" * 600)),
        ("800 lines of tests", not rules("tests/a.cc", "\n" * 800)),
        ("801 lines of tests", rules("tests/a.cc", "\n" * 801) == {"file-size"}),
        ("61 lines", rules("core/a.cc", function(61)) == {"function-size"}),
        ("60 lines", not rules("core/a.cc", function(60))),
        ("two of 40", not rules("core/a.cc", function(40) + "\n" + function(40))),
        ("in a namespace", rules("core/a.cc", "namespace a {\n" + function(61) + "}\n") == {"function-size"}),
        ("in a class", rules("core/a.cc", in_class + "};\n") == {"function-size"}),
        ("a constructor", rules("core/a.cc", constructor + function(59, "")) == {"function-size"}),
        ("a TEST", rules("tests/a.cc", function(61, "TEST(A, B)")) == {"function-size"}),
        ("a table is not a function", not rules("core/a.cc", "constexpr int k[] = {\n" + "  1,\n" * 90 + "};\n")),
        ("braces in strings", not rules("core/a.cc", 'const char* F(int a) { return "{"; }\n' + function(60))),
        ("ratchet permits", not rules("core/a.cc", function(70), entry)),
        ("ratchet holds", rules("core/a.cc", function(71), entry) == {"function-size"}),
        ("stale ratchet", rules("core/a.cc", function(50), entry) == {"ratchet"}),
        ("undated ratchet", "ratchet" in rules("core/a.cc", function(70), "core/a.cc function F 70 soon why\n")),
    ]
    return common.self_test("sizes", cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=common.default_root())
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    files = [(path, common.read(arguments.root, path)) for path in common.source_files(arguments.root)]
    ratchet = os.path.join(arguments.root, RATCHET)
    text = common.read(arguments.root, RATCHET) if os.path.exists(ratchet) else ""
    return check(files, text).finish(len(files))


if __name__ == "__main__":
    sys.exit(main())
