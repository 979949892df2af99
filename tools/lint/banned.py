#!/usr/bin/env python3
"""Constructs that would break determinism or the core's promises: clocks, hidden randomness, globals, I/O, floats.

A line is excused by `// lint: allow(rule) reason` on it or on the line before. Reading text finds the direct ways only;
tools/lint/symbols.py looks at what the compiled core really calls.
"""

import argparse
import re
import sys

import common
import sizes

CORE = ("core/",)
BOTH = ("core/", "sim/")
INTEGER_ONLY = ("core/base/", "core/slots/", "core/bus/", "core/cluster/", "sim/engine/", "sim/model/")

# (rule, trees, pattern, message, texts that must be found, texts that must pass)
RULES = (
    ("clock", BOTH,
     r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock)\b|\babsl::(?:Now|GetCurrentTimeNanos)\b"
     r"|\bstd::(?:time|clock)\s*\(|(?<![\w.>:])(?:time\s*\(\s*(?:nullptr|NULL|0|&)|clock_gettime|gettimeofday|localtime|gmtime"
     r"|clock\s*\(\s*\))",
     "reads a clock; time is an argument",
     ("auto t = std::chrono::steady_clock::now();", "time(nullptr);", "gettimeofday(&tv, 0);", "absl::Now();", "std::time(0);"),
     ("Instant time() const;", "x.time(0);", "event.time(now);", "// time(nullptr)", 'Log("time(nullptr)");')),
    ("sleep", BOTH,
     r"\b(?:usleep|nanosleep|sleep_for|sleep_until|absl::SleepFor)\b", "sleeps; the host decides when to call",
     ("std::this_thread::sleep_for(x);",), ("int asleep = 1;",)),
    ("random", BOTH,
     r"\brandom_device\b|\babsl::(?:InsecureBitGen|BitGen|Uniform|Bernoulli)\b|\bstd::(?:mt19937(?:_64)?|minstd_rand0?|random_shuffle"
     r"|shuffle|sample|default_random_engine)\b|\b\w+_distribution\b\s*<|(?<![\w.>:])(?:s?rand|s?random|[dlm]rand48|getrandom"
     r"|arc4random)\s*\(|\bstd::s?rand\s*\(|^\s*#\s*include\s*<random>",
     "randomness from elsewhere; use core/base/rng.h",
     ("int x = rand();", "std::random_device d;", "std::shuffle(a, b, g);", "#include <random>", "absl::BitGen gen;",
      "std::uniform_int_distribution<int> d(0, 9);", "srandom(7);"),
     ("rng.Shuffle(&items);", "int operand(int);", "stream.random(3);")),
    ("environment", BOTH,
     r"\b(?:secure_)?getenv\s*\(|\bsetenv\s*\(|\benviron\b|\bgetpid\s*\(|\bgethostname\s*\(|\bthis_thread\b|\bpthread_self\b",
     "depends on the process it runs in", ('getenv("HOME");', "auto p = getpid();"), ("environment_ = 1;",)),
    ("locale", BOTH,
     r"\bstd::locale\b|\bsetlocale\s*\(|^\s*#\s*include\s*<(?:locale|clocale)>", "depends on the locale",
     ('std::locale::global(std::locale("C"));',), ("int locale = 0;",)),
    ("thread", BOTH,
     r"^\s*#\s*include\s*<(?:thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|semaphore|barrier|latch|pthread\.h)>"
     r"|\bthread_local\b|\bstd::(?:j?thread|async|mutex|atomic)\b|\babsl::Mutex\b",
     "threads belong to the tools",
     ("#include <thread>", "thread_local int x;", "std::mutex mu;"), ("int thread = 0;", "#include <vector>")),
    ("io", CORE,
     r"^\s*#\s*include\s*<(?:iostream|fstream|filesystem|sstream|syncstream)>|\bstd::(?:cout|cerr|clog|cin)\b"
     r"|(?<![\w.>])(?:std::)?(?:printf|puts|putchar|fopen|fwrite|fread|fputs|fprintf)\s*\(",
     "the core performs no I/O and logs nothing; it emits events",
     ("#include <iostream>", 'std::cout << 1;', 'printf("x");', 'std::fprintf(stderr, "x");'),
     ("#include <string>", "int snprintf_count;")),
    ("stream", ("sim/",),
     r"^\s*#\s*include\s*<iostream>|\bstd::(?:cout|cerr|clog|cin)\b", "write to a stream that the caller passes",
     ("#include <iostream>",), ("#include <ostream>",)),
    ("throw", CORE, r"\bthrow\b|\bcatch\s*\(|\btry\s*\{", "no exceptions in the core; refuse with a status",
     ("throw 1;", "try { F(); }", "} catch (...) {"), ("int throwaway = 0;",)),
    ("float", INTEGER_ONLY, r"\b(?:float|double)\b", "integers and ratios only in this layer",
     ("double x = 0;", "float f;"), ("int doubled = 2;",)),
    ("long-double", BOTH, r"\blong\s+double\b", "differs between machines", ("long double x;",), ("long doubled;",)),
    ("hash-value", BOTH,
     r"\bstd::hash\s*<[^;]*?>\s*(?:\{\s*\}|\(\s*\))\s*\(|\babsl::Hash\s*<[^;]*?>\s*(?:\{\s*\}|\(\s*\))\s*\(|\babsl::HashOf\s*\(",
     "this hash value differs between libraries or processes; use core/base/hash.h",
     ("auto h = std::hash<int>{}(3);", "absl::Hash<std::string>()(s);", "absl::HashOf(a, b);"),
     ("absl::flat_hash_map<int, int> m;", "template <> struct std::hash<Foo> {")),
    ("pointer-key", BOTH,
     r"\b(?:std::(?:multi)?(?:map|set)|absl::btree_(?:multi)?(?:map|set))\s*<\s*(?:const\s+)?[\w:]+\s*(?:const\s*)?\*",
     "ordered by address; order by an id",
     ("std::map<Node*, int> m;", "absl::btree_set<const Node*> s;"), ("std::map<int, Node*> m;",)),
    ("global-static", BOTH,
     r"^\s*(?:inline\s+)?(?:static|thread_local)\s+(?:inline\s+)?(?!.*\b(?:const|constexpr|consteval|constinit|assert)\b)[^()=;{}]*[={;]"
     r"|\bstatic\s+(?!.*\b(?:const|constexpr|consteval|constinit)\b)[\w:<>, ]+[*&]?\s+\w+\s*(?:=|\{|;)",
     "mutable state outside of objects",
     ("static int counter = 0;", "  static std::vector<int> cache;", "inline static int x{0};", "if (a) { static int y; }"),
     ("static constexpr int kMax = 3;", "static int F(int a);", "static const char* const kName = 0;",
      "static Foo Make();", "static_assert(sizeof(int) == 4);")),
)

UNORDERED = re.compile(
    r"\b(?:absl::(?:flat|node)_hash_(?:map|set)|std::unordered_(?:multi)?(?:map|set))\s*<[^;(){}]*>\s*[&*]?\s*(\w+)\s*(?=[;={,)(])")
GLOBAL_WORDS = re.compile(
    r"^(?:using|typedef|namespace|class|struct|union|enum|template|extern|friend|static_assert|public|private|protected|concept"
    r"|static|inline\s+static|thread_local|asm)\b|\b(?:const|constexpr|consteval|constinit|operator|requires)\b")


def check_patterns(path, code, excused, findings):
    lines = code.split("\n")
    for rule, trees, pattern, message, _, _ in COMPILED:
        if not path.startswith(trees) or (path, rule) in EXCUSED:
            continue
        for number, line in enumerate(lines, 1):
            if pattern.search(line) and number not in excused.get(rule, ()):
                findings.add(path, number, rule, message)


def unordered_names(code):
    return set(UNORDERED.findall(code))


def check_iteration(path, code, names, excused, findings):
    """Loops over containers that this file or its header declares as hash maps or sets."""
    if not names:
        return
    any_name = "|".join(sorted(re.escape(name) for name in names))
    loop = re.compile(rf"\bfor\s*\([^;{{}}]*?:\s*[\w.>()*-]*?\b(?:{any_name})\s*\)|(?<![\w])(?:{any_name})\s*(?:\.|->)\s*c?begin\s*\(")
    for match in loop.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        if line not in excused.get("unordered", ()):
            findings.add(path, line, "unordered", "iterates a hash container: the order differs between processes")


def namespace_statements(code):
    """Yields (line, text) of every statement that stands directly in a namespace."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE)
    kinds, start = [], 0
    for position, character in enumerate(code):
        inside = all(kind == "namespace" for kind in kinds)
        if character == "{":
            head = code[start:position].strip()
            kind = "namespace" if sizes.NAMESPACE_HEAD.match(head) else sizes.classify(head)
            kinds.append(kind)
            if inside and kind == "namespace":
                start = position + 1
        elif character == "}" and kinds:
            # A function ends here; a type, a table or a braced value goes on to its semicolon.
            if kinds.pop() in ("namespace", "function") and all(kind == "namespace" for kind in kinds):
                start = position + 1
        elif character == ";" and inside:
            text = code[start:position]
            yield code.count("\n", 0, start + len(text) - len(text.lstrip())) + 1, text.strip()
            start = position + 1


def check_globals(path, code, excused, findings):
    for line, text in namespace_statements(code):
        before_value = re.split(r"=(?!=)|\{", text, maxsplit=1)[0]
        if not text or "(" in before_value or GLOBAL_WORDS.search(before_value) or " " not in re.sub(r"\s+", " ", before_value):
            continue
        if line not in excused.get("global", ()):
            findings.add(path, line, "global", "a mutable variable in a namespace")


def check_text(path, text, findings, partner=""):
    if not path.startswith(BOTH):
        return
    code, excused = common.blanked(text), common.allowed_lines(text)
    check_patterns(path, code, excused, findings)
    names = unordered_names(code) | unordered_names(common.blanked(partner))
    check_iteration(path, code, names, excused, findings)
    check_globals(path, code, excused, findings)


def compiled():
    return tuple((rule, trees, re.compile(pattern), message, bad, good) for rule, trees, pattern, message, bad, good in RULES)


# The one place where the core speaks to a human: a failed CHECK, just before it aborts.
EXCUSED = {("core/base/check.cc", "io")}

COMPILED = compiled()


def rules_for(path, text, partner=""):
    findings = common.Findings("banned")
    check_text(path, text, findings, partner)
    return findings.rules()


def self_test():
    cases = []
    for rule, trees, _, _, bad, good in RULES:
        path = trees[-1] + ("a.cc" if trees[-1].count("/") > 1 else "engine/a.cc" if trees[-1] == "sim/" else "base/a.cc")
        for text in bad:
            cases.append((f"{path}: {text} must break {rule}", rule in rules_for(path, text)))
            cases.append((f"{rule} is excused", rule not in rules_for(path, f"{text}  // lint: allow({rule}) because")))
            cases.append((f"{rule} needs a reason", rule in rules_for(path, f"{text}  // lint: allow({rule})")))
            cases.append((f"{rule} leaves tools/ alone", not rules_for("tools/x/a.cc", text)))
        for text in good:
            cases.append((f"{path}: {text} must not break {rule}", rule not in rules_for(path, text)))
    loops = "absl::flat_hash_map<int, std::vector<int>> peers_;\nvoid F() {\n  for (const auto& [a, b] : peers_) {}\n}\n"
    cases += [
        ("loop over a hash map", "unordered" in rules_for("sim/model/a.cc", loops)),
        ("declared in the header", "unordered" in rules_for("core/bus/a.cc", "void F() { for (auto& x : s_) {} }",
                                                            "std::unordered_set<int> s_;")),
        ("begin()", "unordered" in rules_for("core/bus/a.cc", "std::unordered_set<int> s_;\nauto i = s_.begin();")),
        ("lookup", "unordered" not in rules_for("core/bus/a.cc", "std::unordered_set<int> s_;\nbool b() { return s_.find(1) == s_.end(); }")),
        ("vector", "unordered" not in rules_for("core/bus/a.cc", "std::vector<int> s_;\nvoid F() { for (int x : s_) {} }")),
        ("global", "global" in rules_for("core/bus/a.cc", "namespace a {\nint counter = 0;\n}")),
        ("global list", "global" in rules_for("core/bus/a.cc", "namespace {\nstd::vector<int> cache{1, 2};\n}")),
        ("global after a function", "global" in rules_for("core/bus/a.cc", "void F() { int a; }\nint counter;\n")),
        ("constant with a braced part", not rules_for("core/bus/a.cc", "inline constexpr size_t k = (size_t{5} << 20) + 2;\nint F();\n")),
        ("global with a braced part", "global" in rules_for("core/bus/a.cc", "size_t k = (size_t{5} << 20) + 2;\n")),
        ("constants", not rules_for("core/bus/a.cc", "namespace a {\nconstexpr int k[] = {1, 2};\nconst int j = 3;\n}")),
        ("functions", not rules_for("core/bus/a.cc", "namespace a {\nint F(int b = 3);\nstruct S { int x = 0; };\nusing T = int;\n}")),
        ("members and locals", not rules_for("core/bus/a.cc", "class A {\n  int x_ = 0;\n};\nint F() {\n  int y = 0;\n  return y;\n}\n")),
    ]
    return common.self_test("banned", cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=common.default_root())
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    findings, paths = common.Findings("banned"), list(common.source_files(arguments.root, ("core", "sim")))
    for path in paths:
        header = path[:-3] + ".h"
        partner = common.read(arguments.root, header) if path.endswith(".cc") and header in paths else ""
        check_text(path, common.read(arguments.root, path), findings, partner)
    return findings.finish(len(paths))


if __name__ == "__main__":
    sys.exit(main())
