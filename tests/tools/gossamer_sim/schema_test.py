#!/usr/bin/env python3
"""The JSON Schemas against what they describe, with a validator that is not ours.

Shipped scenarios and the examples of their README are valid, mistakes are not, reports are valid and all their keys are
named, every line of --events is valid. usage: schema_test.py <gossamer-sim>, from the root of the repository. Exits with 77 (skipped) without the
packages python3-jsonschema and python3-yaml.
"""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error}; apt-get install python3-jsonschema python3-yaml")
    sys.exit(77)

HEAD = "version: 1\nname: x\n"

# What the loader refuses and a schema can see.
MISTAKES = (
    "version: 2\nname: x\n",
    "name: x\n",
    HEAD + "clustr: {}\n",
    HEAD + "duration: 60\n",
    HEAD + "duration: 1m1h\n",
    HEAD + "duration: s\n",
    HEAD + "rules: valkey-7\n",
    HEAD + "rules: {bugs: []}\n",
    HEAD + "network: {loss: 5}\n",
    HEAD + "network: {bandwidth: 10mbps}\n",
    HEAD + "network: {latency: [1ms]}\n",
    HEAD + "network: {latency: {q50: 1ms}}\n",
    HEAD + "cluster: {shards: 0}\n",
    HEAD + "cluster: {config: {cluster-node-timeout: 15}}\n",
    HEAD + "cluster: {config: {cluster-nod-timeout: 15s}}\n",
    HEAD + "timeline: [{at: 1s, target: {node: 0}}]\n",
    HEAD + "timeline: [{at: 1s, fault: kill, action: restart, target: {node: 0}}]\n",
    HEAD + "timeline: [{at: 1s, fault: partion, target: {node: 0}}]\n",
    HEAD + "timeline: [{at: 1s, fault: kill}]\n",
    HEAD + "timeline: [{at: 1s, fault: kill, target: {}}]\n",
    HEAD + "timeline: [{at: 1s, fault: kill, target: {node: 0}, factor: 3}]\n",
    HEAD + "timeline: [{at: 1s, fault: partition, target: {node: 0}, between: [{node: 0}, {node: 1}]}]\n",
    HEAD + "timeline: [{at: 1s, fault: partition, between: [{node: 0}]}]\n",
    HEAD + "timeline: [{at: 1s, action: reset, target: {node: 0}, mode: force}]\n",
    HEAD + "timeline: [{at: 1s, action: config-set, target: {node: 0}, config: {tls-cluster: true}}]\n",
    HEAD + "timeline: [{at: 1s, fault: kill, target: {nodes: 0..3}}]\n",
    HEAD + "expect: []\n",
    HEAD + "expect: [{never: true}]\n",
    HEAD + "expect: [{metric: fail, max: 1s}]\n",
    HEAD + "expect: [{invariant: all, max: 3}]\n",
    HEAD + "expect: [{state: ok, event: promoted, by: end}]\n",
)


# Nodes that have names.
NAMED = """version: 1
name: named
cluster: {{config: {{cluster-node-timeout: 2s}}, start: {{nodes_conf: {}}}}}
duration: 30s
timeline:
  - {{at: 10s, fault: kill, target: {{node: 1}}, for: 10s}}
"""

# A run with most events: strangers meet, a death, a return, a reset, failovers, epochs and slots that move, bad bytes.
EVENTFUL = """version: 1
name: eventful
cluster:
  {shards: 4, replicas_per_shard: 2, start: meet, config: {cluster-node-timeout: 1s, cluster-link-sendbuf-limit: 8KiB}}
replication: {write_rate: 1MB/s}
duration: 120s
timeline:
  - {at: 20s, fault: kill, target: {shard: 0, role: primary}, for: 15s}
  - {at: 22s, fault: pause, target: {shard: 1, role: primary}, for: 5s}
  - {at: 40s, action: failover, target: {shard: 2, role: replica, one: true}}
  - {at: 42s, action: failover, target: {node: [8, 9]}, mode: force}
  - {at: 44s, action: failover, target: {shard: 3, role: replica, one: true}, mode: takeover}
  - {at: 50s, action: migrate-slots, target: {node: 1}, to: {node: 2}, slots: 5000-5010}
  - {at: 52s, fault: disk-full, target: {node: 2}, for: 3s}
  - {at: 55s, fault: corrupt, target: {node: 3}, probability: 50%, for: 4s}
  - {at: 62s, action: address-change, target: {node: 5}}
  - {at: 66s, fault: partition, target: {shard: 1}, for: 10s}
  - {at: 90s, action: reset, target: {node: 11}, mode: hard}
  - {at: 92s, action: meet, target: {node: 0}, to: {node: 11}}
  - {at: 94s, action: forget, target: {all: true}, to: {node: 10}}
  - {at: 100s, fault: blackhole, target: {node: 4}, for: 10s}
"""

# What no line may be.
BAD_LINES = (
    {"t_us": 1, "event": "fail-sett", "node": 0, "subject": 1},
    {"t_us": 1, "event": "fail-set", "subject": 1},
    {"event": "fail-set", "node": 0, "subject": 1},
    {"t_us": -1, "event": "fail-set", "node": 0, "subject": 1},
    {"t_us": 1, "event": "fail-set", "node": "0", "subject": 1},
    {"t_us": 1, "event": "fail-set", "node": 0, "subject": 1.5},
    {"t_us": 1, "event": "pfail-cleared", "node": 0, "subject": 1, "value": 3},
    {"t_us": 1, "event": "vote-sent", "node": 0, "subject": 1},
    {"t_us": 1, "event": "incident", "number": 0, "what": "kil", "victims": [0]},
    {"t_us": 1, "event": "incident", "number": 0, "what": "kill", "victims": 0},
    {"t_us": 1, "event": "end", "node": 0},
)


class Loader(yaml.SafeLoader):
    """Scalars as the scenario language reads them: without YAML 1.1's yes, 010 and 1:30."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    ("null", r"~|null|", "~n\0"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def output(program, *arguments):
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def problems(validator, value):
    return [f"{'/'.join(map(str, e.absolute_path)) or '.'}: {e.message[:200]}" for e in validator.iter_errors(value)]


def unnamed(schema, value, definitions, where=""):
    """Keys of `value` that no branch of `schema` names."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema:
        found = [branch for branch in schema["anyOf"] if not unnamed(branch, value, definitions, where)]
        return [] if found else min((unnamed(b, value, definitions, where) for b in schema["anyOf"]), key=len)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [problem for item in value for problem in unnamed(items, item, definitions, where + "[]")]
    if not isinstance(value, dict):
        return []
    found, names, more = [], schema.get("properties", {}), schema.get("additionalProperties")
    for key, item in value.items():
        if key not in names and more is None:
            found.append(f"{where}.{key}")
        else:
            found += unnamed(names.get(key, more), item, definitions, f"{where}.{key}")
    return found


def check_scenarios(validator):
    failures = []
    for path in sorted(glob.glob("scenarios/**/*.yaml", recursive=True)):
        with open(path, encoding="utf-8") as file:
            failures += [f"{path}: {problem}" for problem in problems(validator, yaml.load(file, Loader))]
    with open("scenarios/README.md", encoding="utf-8") as file:
        examples = re.findall(r"^```yaml\n(version: .*?)^```", file.read(), re.MULTILINE | re.DOTALL)
    if len(examples) < 3:
        failures.append(f"scenarios/README.md: {len(examples)} examples found")
    for text in examples:
        failures += [f"scenarios/README.md: {problem}" for problem in problems(validator, yaml.load(text, Loader))]
    for text in MISTAKES:
        if validator.is_valid(yaml.load(text, Loader)):
            failures.append(f"passes, but is wrong: {text}")
    return failures


def check_reports(program, validator):
    failures = []
    quick = "scenarios/quickstart.yaml"
    for arguments in ((quick,), (quick, "--seeds", "1..2"), (quick, "scenarios/partition/minority_primary.yaml")):
        report = json.loads(output(program, "run", "--json", *arguments))
        found = problems(validator, report)
        definitions = validator.schema["definitions"]
        found += [f"{key} is not in the schema" for key in sorted(set(unnamed(validator.schema, report, definitions)))]
        failures += [f"run --json {' '.join(arguments)}: {problem}" for problem in found]
    report = json.loads(output(program, "run", "--json", quick))
    del report["digest"]
    if validator.is_valid(report):
        failures.append("a report without its digest passes")
    return failures


def check_events(program, validator):
    failures, kinds = [], set()
    with tempfile.TemporaryDirectory() as directory:
        eventful = os.path.join(directory, "eventful.yaml")
        with open(eventful, "w", encoding="utf-8") as file:
            file.write(EVENTFUL)
        named = os.path.join(directory, "named.yaml")
        with open(named, "w", encoding="utf-8") as file:
            file.write(NAMED.format(os.path.abspath("tests/golden/data/nodes_conf/valkey/steady-19400.conf")))
        for scenario in ("scenarios/quickstart.yaml", eventful, named):
            lines = [json.loads(line) for line in output(program, "run", "--quiet", "--events", "-", scenario).splitlines()]
            if not lines or lines[-1]["event"] != "end":
                failures.append(f"{scenario}: no events, or no end")
            # One of each kind and set of keys is enough: validation is slow.
            for line in {(line["event"], *line): line for line in lines}.values():
                failures += [f"{line}: {problem}" for problem in problems(validator, line)]
            kinds |= {line["event"] for line in lines}
    if len(kinds) < 35:
        failures.append(f"only {len(kinds)} kinds of events: {sorted(kinds)}")
    failures += [f"passes, but is wrong: {line}" for line in BAD_LINES if validator.is_valid(line)]
    return failures


def main():
    program = sys.argv[1]
    validators = {}
    for word in ("scenario", "report", "events", "real"):
        schema = json.loads(output(program, "schema", word))
        jsonschema.Draft7Validator.check_schema(schema)
        validators[word] = jsonschema.Draft7Validator(schema)
    failures = check_scenarios(validators["scenario"]) + check_reports(program, validators["report"])
    failures += check_events(program, validators["events"])
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
