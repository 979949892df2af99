#!/usr/bin/env python3
"""gossamer-sim run --real: one scenario against redis-server, gossamer-server and both, beside the simulation.

usage: real_run_test.py <gossamer-sim> [unittest arguments]. gossamer-server is found beside it. Needs redis-server and the
packages python3-jsonschema and python3-yaml.
"""

import copy
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools", "gossamer_sim"))
DEBIAN = "/usr/bin/python3"
try:
    import jsonschema
    import yaml  # noqa: F401
except ImportError as error:
    # Debian's packages belong to Debian's interpreter, which need not be the first in the path.
    if os.path.exists(DEBIAN) and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    sys.exit(f"{error}: apt-get install -y python3-jsonschema python3-yaml")
import schema_test  # noqa: E402

SIMULATOR = ""

SCENARIO = """
version: 1
name: real
about: Six nodes, a primary dies, its replica takes over.
cluster: {shards: 3, replicas_per_shard: 1, config: {cluster-node-timeout: 1s}}
duration: 14s
timeline:
  - {at: 3s, fault: kill, target: {role: primary, one: true}}
  - {at: 9s, action: restart, target: {killed: true}}
expect:
  - {state: covered, by: end}
  - {event: election-won, min: 1}
  - {state: converged, by: end}
  - {invariant: all}
"""

# In the order in which they must happen.
PHASES = ["first_pfail", "first_fail", "election", "promoted", "slots_covered", "cluster_ok"]


def servers_in(directory):
    """The pids of all processes that name the directory, or are in it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as words:
                named = directory.encode() in words.read()
            # redis-server writes another text over its command line.
            inside = os.readlink(f"/proc/{pid}/cwd").startswith(directory)
        except OSError:
            continue
        if named or inside:
            found.append(int(pid))
    return found


class RealRunTest(unittest.TestCase):
    def setUp(self):
        self._temporary = tempfile.TemporaryDirectory()
        self.path = self._temporary.name
        self.nodes = os.path.join(self.path, "nodes")
        self.scenario = os.path.join(self.path, "real.yaml")
        with open(self.scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO)

    def tearDown(self):
        self._temporary.cleanup()

    def command(self, program, *options):
        return [SIMULATOR, "run", self.scenario, "--real", program, "--real-dir", self.nodes, "--simulated-seeds", "20",
                *options]

    def compare(self, program):
        done = subprocess.run(self.command(program, "--json", "--quiet"), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(servers_in(self.nodes), [])
        found = json.loads(done.stdout)
        self.check_schema(found)
        self.assertEqual(found["verdict"], "pass")
        (incident,) = found["incidents"]
        self.assertEqual(len(incident["victims"][0]), 1)
        phases = {row["phase"]: row for row in incident["phases"]}
        times = [phases[name]["real_us"][0] for name in PHASES]
        self.assertNotIn(None, times)
        self.assertEqual(times, sorted(times))
        # Everybody learns of a FAIL after the first; a candidate need not wait for it.
        self.assertGreaterEqual(phases["all_fail"]["real_us"][0], times[1])
        # Nobody is suspected before the node timeout is over, in either world.
        self.assertGreaterEqual(times[0], 1000000)
        for name in PHASES:
            self.assertEqual(phases[name]["simulated"]["runs"], 20, name)
        verdicts = {e["text"]: e["verdict"] for e in found["real"]["runs"][0]["expectations"]}
        self.assertEqual(sorted(verdicts.values()), ["not judged", "pass", "pass", "pass"], verdicts)
        return found

    def check_schema(self, found):
        """What it prints is what `schema real` says, key by key, and other things are not."""
        schema = json.loads(subprocess.run([SIMULATOR, "schema", "real"], stdout=subprocess.PIPE, check=True).stdout)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        self.assertEqual(schema_test.problems(validator, found), [])
        self.assertEqual(schema_test.unnamed(schema, found, schema["definitions"]), [])

        def broken(change):
            other = copy.deepcopy(found)
            change(other)
            return not validator.is_valid(other)
        self.assertFalse(broken(lambda f: f["simulated"].update(seeds=[])))  # interrupted before the simulation
        self.assertFalse(broken(lambda f: f["incidents"][0]["phases"][0]["simulated"].update(p50_us=None)))
        for wrong in (lambda f: f.update(comparison_version=2), lambda f: f.update(verdict="passed"),
                      lambda f: f["real"]["runs"][0].pop("notes"), lambda f: f["incidents"][0]["victims"].append(3),
                      lambda f: f["incidents"][0]["phases"][0].update(phase="pfail"),
                      lambda f: f["incidents"][0]["phases"][0].update(real_us=[1.5]),
                      lambda f: f["incidents"][0]["phases"][0].update(real_rank_percent=[101])):
            self.assertTrue(broken(wrong))

    def simulated_victims(self):
        done = subprocess.run([SIMULATOR, "run", self.scenario, "--json", "--quiet"], stdout=subprocess.PIPE, text=True,
                              check=True)
        return json.loads(done.stdout)["timeline"][0]["nodes"]

    def test_redis(self):
        found = self.compare("redis-server")
        self.assertIn("valkey-8.0 (nearest to redis-server", found["simulated"]["rules"])
        # A seed hits the same nodes in both worlds.
        self.assertEqual(found["incidents"][0]["victims"], [self.simulated_victims()])

    def test_ours(self):
        found = self.compare("gossamer-server")
        self.assertEqual(found["incidents"][0]["victims"], [self.simulated_victims()])

    def test_mixed_by_shard(self):
        found = self.compare("redis-server,gossamer-server")
        self.assertEqual(len(found["real"]["programs"]), 2)
        for node, ours in enumerate([False, True, False, False, True, False]):
            # Ours names its rules on the command line; Redis would refuse the option.
            with open(os.path.join(self.nodes, "seed-1", f"node-{node}", "log"), encoding="utf-8") as log:
                self.assertEqual("Redis version" in log.read(), not ours, node)

    def start(self, program):
        process = subprocess.Popen(self.command(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if "ready after" in line:
                return process
        self.fail("never ready")

    def test_interrupted_it_tells_what_it_knows_and_leaves_nobody(self):
        process = self.start("redis-server")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("Verdict: inconclusive", output)
        self.assertEqual(servers_in(self.nodes), [])

    def test_killed_it_leaves_nobody_either(self):
        process = self.start("redis-server,gossamer-server")
        self.assertEqual(len(servers_in(self.nodes)), 7)  # six, and itself
        process.kill()
        process.communicate(timeout=60)
        # The kernel kills them; it may take a moment.
        end = time.monotonic() + 60
        while servers_in(self.nodes) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(servers_in(self.nodes), [])

    def test_an_option_that_the_program_refuses_is_named(self):
        with open(self.scenario, "w", encoding="utf-8") as file:
            file.write(SCENARIO.replace("cluster-node-timeout: 1s", "cluster-ping-interval: 200ms"))
        done = subprocess.run(self.command("redis-server"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("cluster-ping-interval", done.stderr)
        self.assertIn("Bad directive", done.stderr)
        self.assertEqual(servers_in(self.nodes), [])


if __name__ == "__main__":
    SIMULATOR = os.path.abspath(sys.argv.pop(1))
    unittest.main()
