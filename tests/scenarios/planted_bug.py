#!/usr/bin/env python3
"""A scenario passes, and finds the bug that its head names.

planted_bug.py PROGRAM FILE: runs FILE as it is and with the bug of its line "# Fails with: NAME".
"""

import re
import subprocess
import sys


def run(program, file, *more):
    command = [program, "run", "--quiet", file, *more]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def main():
    program, file = sys.argv[1:]
    with open(file, encoding="utf-8") as text:
        bugs = re.findall(r"^# Fails with: (\S+)$", text.read(), re.MULTILINE)
    if len(bugs) != 1:
        sys.exit(f"{file}: {len(bugs)} lines '# Fails with: NAME', expected one")
    code, text = run(program, file)
    if code != 0:
        sys.exit(f"{text}\n{file}: exit code {code} without a bug, expected 0")
    code, text = run(program, file, "--bugs", bugs[0])
    print(text)
    if code != 1:
        sys.exit(f"{file}: exit code {code} with {bugs[0]}, expected 1")


if __name__ == "__main__":
    main()
