#!/usr/bin/env python3
"""What the compiled core calls and stores: no clock, randomness, I/O, threads or locale, and no mutable static data."""

import argparse
import os
import re
import subprocess
import sys
import tempfile

import common

# Functions of the C library that would give the core a clock, an input or an output.
BANNED_C = frozenset(
    """
    time clock clock_gettime clock_getres gettimeofday localtime localtime_r gmtime gmtime_r mktime strftime ftime
    nanosleep clock_nanosleep usleep sleep alarm setitimer timer_create
    rand rand_r srand random srandom random_r drand48 lrand48 mrand48 arc4random arc4random_buf getrandom getentropy
    getenv secure_getenv setenv putenv environ getpid gettid getppid gethostname uname getuid sysconf
    setlocale localeconv newlocale uselocale
    open open64 openat openat64 creat close read pread write pwrite writev readv fsync fdatasync rename unlink stat fstat
    fopen fopen64 fdopen fread fwrite fputs fputc putc putchar puts printf fprintf vprintf vfprintf __printf_chk
    __fprintf_chk __vfprintf_chk perror stdout stderr stdin syslog
    socket connect bind listen accept accept4 send sendto sendmsg recv recvfrom recvmsg poll select epoll_create1 epoll_wait
    getaddrinfo eventfd pipe pipe2
    pthread_create pthread_self pthread_mutex_lock fork execve system exit _exit quick_exit atexit signal sigaction kill
    dlopen dlsym mmap madvise
    """.split()
)

BANNED_CXX = re.compile(
    r"std::random_device|std::chrono::_V2::\w+_clock::now|std::thread|std::this_thread|std::mutex|std::condition_variable"
    r"|std::(?:cout|cerr|clog|cin)\b|std::locale|std::basic_[io]?fstream|std::filesystem"
    r"|absl::(?:\w+::)?(?:Now|GetCurrentTimeNanos|SleepFor)\(|absl::(?:\w+::)?random_internal|absl::(?:\w+::)?Mutex::"
    r"|std::mersenne"
)

# The one place where the core speaks to a human: a failed CHECK, just before it aborts.
EXCUSED = {("check.cc.o", name) for name in ("stderr", "fprintf", "__fprintf_chk", "fwrite", "fputs", "fputc", "vfprintf")}

MUTABLE_SECTIONS = re.compile(r"^\.(?:data|bss|tdata|tbss)(?!\.rel\.ro)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def undefined_symbols(nm, library):
    """Yields (object, symbol) for everything the library needs from elsewhere."""
    for line in run(nm, "-C", "-A", "--undefined-only", library).split("\n"):
        match = re.match(r"^(.*?):(?:([^:]+):)?\s+[UwWv] (.*)$", line)
        if match:
            yield os.path.basename(match.group(2) or match.group(1)), match.group(3)


def mutable_data(objdump, library):
    """Yields (object, symbol, section) for every variable in a writable section."""
    current = os.path.basename(library)
    for line in run(objdump, "-t", "-C", library).split("\n"):
        header = re.match(r"^(\S+):\s+file format", line)
        if header:
            current = os.path.basename(header.group(1))
            continue
        # absl/status/status.h includes <iostream>, and whoever includes that keeps its initialiser. Streams themselves are found.
        if "std::__ioinit" in line:
            continue
        # Constants that are built at their first use carry a constant's name; banned.py sees to it that they are const.
        if re.search(r"\bDW\.ref\.|(?:::|\s)k[A-Z]\w*(?:\[abi:\w+\])?$", line):
            continue
        match = re.match(r"^[0-9a-f]{8,} (.{7}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(.*)$", line)
        if match and match.group(1)[6] in "O " and match.group(4).strip() != match.group(2) and MUTABLE_SECTIONS.match(match.group(2)):
            yield current, match.group(4).strip(), match.group(2)


def check_library(library, nm, objdump, findings):
    name = os.path.basename(library)
    for member, symbol in undefined_symbols(nm, library):
        plain = symbol.split("@")[0]
        if (member, plain) in EXCUSED:
            continue
        if plain in BANNED_C or BANNED_CXX.search(symbol):
            findings.add(f"{name}({member})", 0, "symbol", f"needs {symbol}")
    for member, symbol, section in mutable_data(objdump, library):
        findings.add(f"{name}({member})", 0, "mutable", f"keeps {symbol} in {section}; constants are constexpr")


def self_test(compiler, nm, objdump):
    bad = {
        "clock": ("symbol", "#include <chrono>\nlong F() { return std::chrono::steady_clock::now().time_since_epoch().count(); }"),
        "time": ("symbol", "#include <ctime>\nlong F() { return time(nullptr); }"),
        "getenv": ("symbol", '#include <cstdlib>\nconst char* F() { return getenv("A"); }'),
        "random": ("symbol", "#include <random>\nunsigned F() { return std::random_device()(); }"),
        "write": ("symbol", '#include <unistd.h>\nlong F() { return write(1, "a", 1); }'),
        "stderr": ("symbol", '#include <cstdio>\nvoid F() { fputs("a", stderr); }'),
        "thread": ("symbol", "#include <thread>\nvoid F() { std::thread([] {}).join(); }"),
        "iostream": ("symbol", "#include <iostream>\nvoid F() { std::cout << 1; }"),
        "global": ("mutable", "int counter = 1;\nint F() { return ++counter; }"),
        "static": ("mutable", "int F() { static int counter; return ++counter; }"),
        "thread_local": ("mutable", "int F() { static thread_local int counter; return ++counter; }"),
        "lazy value": ("mutable", "int G();\nint F() { static const int value = G(); return value; }"),
    }
    good = {
        "constants": "#include <string_view>\nconstexpr std::string_view kNames[] = {\"a\", \"b\"};\n"
                     "std::string_view F(int i) { return kNames[i]; }",
        "virtual": "struct A { virtual ~A() = default; virtual int F(); };\nint A::F() { return 1; }",
        "lazy constant": "#include <string>\nint F() { static const std::string kName(40, 'a'); return kName[3]; }",
        "memory": "#include <vector>\n#include <stdexcept>\nint F(std::vector<int> v) { v.push_back(1); return v.at(0); }",
    }

    def rules(code):
        with tempfile.TemporaryDirectory() as directory:
            source, compiled = os.path.join(directory, "a.cc"), os.path.join(directory, "a.cc.o")
            with open(source, "w", encoding="utf-8") as file:
                file.write(code)
            run(compiler, "-std=c++20", "-O1", "-c", source, "-o", compiled)
            findings = common.Findings("symbols")
            check_library(compiled, nm, objdump, findings)
            return findings.rules()

    cases = [(f"{name} must break {rule}", rule in rules(code)) for name, (rule, code) in bad.items()]
    cases += [(f"{name} must pass", not rules(code)) for name, code in good.items()]
    return common.self_test("symbols", cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("libraries", nargs="*")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test(arguments.compiler, arguments.nm, arguments.objdump)
    findings = common.Findings("symbols")
    for library in arguments.libraries:
        check_library(library, arguments.nm, arguments.objdump, findings)
    return findings.finish(len(arguments.libraries))


if __name__ == "__main__":
    sys.exit(main())
