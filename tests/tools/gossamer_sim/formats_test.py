#!/usr/bin/env python3
"""Every text that gossamer-sim writes for another program, read by that program or by its official reader.

usage: formats_test.py <gossamer-sim>, from the root of the repository. Exits with 77 (skipped) without the packages that
read Prometheus text, JUnit XML and Markdown; shells and mandoc are tried where they are installed.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

DEBIAN = "/usr/bin/python3"

try:
    import junitparser
    import markdown_it
    from prometheus_client.parser import text_string_to_metric_families
except ImportError as error:
    # Debian's packages belong to Debian's interpreter, which need not be the first in the path.
    if os.path.exists(DEBIAN) and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    print(f"skipped: {error}; apt-get install python3-prometheus-client python3-junitparser python3-markdown-it")
    sys.exit(77)

PROGRAM = sys.argv[1]
# Names that each format must hold, and an expectation that no seed meets.
SCENARIO = """version: 1
name: hostile
about: 'quotes " and '' | pipes, <tags> & `ticks`, a, comma'
cluster: {shards: 3, replicas_per_shard: 1, config: {cluster-node-timeout: 2s}}
duration: 30s
timeline:
  - {at: 10s, fault: kill, target: {node: 0}}
  - {at: 20s, fault: kill, target: {node: 1}}
expect:
  - {state: covered, within: 1s, after: 10s}
  - {event: fail-set, about: live, never: true}
"""
SEEDS = 3


def check(what, condition):
    if not condition:
        raise AssertionError(what)


def run(*arguments, codes=(0,)):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    check(f"{arguments}: {done.returncode}\n{done.stderr}", done.returncode in codes)
    return done.stdout


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def check_prometheus(path):
    families = list(text_string_to_metric_families(read(path)))
    check("metrics", len(families) > 5)
    for family in families:
        check(f"{family.name} has help", family.documentation)
        check(f"{family.name} has a type", family.type != "unknown")
        check(f"{family.name} has samples", family.samples)
    passed = [f for f in families if f.name == "gossamer_run_passed"][0]
    check("a sample per seed", {s.labels["seed"] for s in passed.samples} == {"1", "2", "3"})
    check("no seed passed", all(s.value == 0 for s in passed.samples))


def check_junit(path):
    suites = list(junitparser.JUnitXml.fromfile(path))
    check("a suite per file", len(suites) == 1)
    cases = list(suites[0])
    check("a case per expectation and one for the run", len(cases) == 3 * SEEDS == suites[0].tests)
    failed = [c for c in cases if any(isinstance(r, junitparser.Failure) for r in c.result)]
    check("the failures", len(failed) == SEEDS == suites[0].failures)
    check("the command", all("--seed" in c.result[0].message for c in failed))
    check("the seeds", {p.name: p.value for p in suites[0].properties()}["failed_seeds"] == "1-3")


def check_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    check("a row per incident", len(rows) == 1 + 2 * SEEDS)
    check("as many fields in each", len({len(row) for row in rows}) == 1)
    first = dict(zip(rows[0], rows[1]))
    check("its values", (first["seed"], first["victim_nodes"], first["fault"]) == ("1", "0", "kill"))


def check_markdown(path):
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse(read(path))
    widths = []
    tables = 0
    for token in tokens:
        if token.type == "table_open":
            tables += 1
            widths = []
        elif token.type == "tr_open":
            widths.append(0)
        elif token.type in ("td_open", "th_open"):
            widths[-1] += 1
        elif token.type == "table_close":
            check("a table's rows are alike", len(widths) > 1 and len(set(widths)) == 1)
    check("a table per incident and one of expectations", tables == 3)
    check("no markup of the scenario's", not any(t.type.startswith("html") for t in tokens))
    commands = [t.content for t in tokens if t.type == "fence"]
    check("commands", len(commands) == SEEDS and all("--seed" in c for c in commands))


def check_json(text):
    check("the summary", json.loads(text)["failed_seeds"] == [1, 2, 3])


def check_shells(directory):
    syntax = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-config", "-n"]}
    load = {
        "bash": "source {0} && complete -p gossamer-sim",
        "zsh": "autoload -Uz compinit && compinit -u -D && source {0} && print $_comps[gossamer-sim]",
        "fish": "source {0}; complete -C 'gossamer-sim run --transport '",
    }
    expected = {"bash": "-F _gossamer_sim gossamer-sim", "zsh": "_gossamer_sim", "fish": "shadow"}
    for shell, command in syntax.items():
        if not shutil.which(shell):
            print(f"{shell} is not installed: not tried")
            continue
        script = os.path.join(directory, f"completion.{shell}")
        with open(script, "w", encoding="utf-8") as file:
            file.write(run("completion", shell))
        subprocess.run([*command, script], check=True, stdin=subprocess.DEVNULL)
        options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
        done = subprocess.run([shell, *options, "-c", load[shell].format(script)], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, env={**os.environ, "HOME": directory})
        check(f"{shell}: {done.stdout}{done.stderr}", expected[shell] in done.stdout and not done.stderr)


def check_manual(directory):
    page = os.path.join(directory, "gossamer-sim.1")
    with open(page, "w", encoding="utf-8") as file:
        file.write(run("man"))
    if not shutil.which("mandoc"):
        print("mandoc is not installed: not tried")
        return
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, check=False)
    # The page has no date, so that every build writes the same one.
    wrong = [line for line in lint.stdout.splitlines() if "missing date" not in line]
    check("\n".join(wrong), not wrong)
    text = subprocess.run(["mandoc", "-T", "html", page], capture_output=True, text=True, check=True).stdout
    check("its sections", all(f">{name}<" in text for name in ("SYNOPSIS", "COMMANDS", "EXAMPLES")))


def main():
    with tempfile.TemporaryDirectory() as directory:
        scenario = os.path.join(directory, "hostile.yaml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        checks = {"prometheus": check_prometheus, "junit": check_junit, "csv": check_csv, "markdown": check_markdown}
        options = []
        for name in checks:
            options += [f"--{name}", os.path.join(directory, name)]
        check_json(run("run", "--quiet", "--json", "--seeds", f"1..{SEEDS}", *options, scenario, codes=(1,)))
        for name, reader in checks.items():
            reader(os.path.join(directory, name))
        check_shells(directory)
        check_manual(directory)


main()
