#!/usr/bin/env python3
"""Sixty gossamer-servers on this machine that redis-cli makes a cluster; six are killed: their logs against the simulator.

usage: sixty_test.py <gossamer-server> <gossamer-sim> [unittest arguments], from the root of the repository.
GOSSAMER_INTEROP_ROUNDS: so many kills one after the other, 1 without it.

sixty.yaml is simulated with 100 seeds. For each figure it gives a least and a greatest value. A hundred and first draw of the
same distribution lies outside of them with probability 2/101. The measured value must lie between them, widened by a tenth of
themselves: that is the other work on this machine, of which the simulator knows nothing, and the 2 % above.
"""

import datetime
import json
import os
import re
import subprocess
import time

import case
import servers
from servers import differences, until, until_agree

SCENARIO = os.path.join(case.HERE, "sixty.yaml")
ROUNDS = int(os.environ.get("GOSSAMER_INTEROP_ROUNDS", "1"))
SHARDS = 30
TIMEOUT_MS = 5000
# Shards in which a round kills: the primaries of the first four, the replicas of the others. A round takes shards that no other
# has disturbed: who was restarted is pinged by all at once for a while.
SHARDS_A_ROUND = 6
WIDER = 0.1
LINE = re.compile(r"\d+:[MS] (\d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d{3}) [.*#-] (.*)")


def events(server, since):
    """(milliseconds after `since`, text) of each line of a log that is not older."""
    for line in LINE.finditer(server.log()):
        moment = datetime.datetime.strptime(line[1], "%d %b %Y %H:%M:%S.%f").timestamp()
        if moment >= since:
            yield (moment - since) * 1000, line[2]


def figures(live, victims, since):
    """The moments of sim/report/README.md, in milliseconds after the kill, out of the logs of those that live."""
    suspected, failed, promoted, serving = [], {}, [], []
    for server in live:
        for at, text in events(server, since):
            if match := re.match(r"Node (\w+) possibly failing", text):
                suspected.append(at)
            elif match := re.match(r"Marking node (\w+) as failing|FAIL message about (\w+)", text):
                failed.setdefault((server, match[1] or match[2]), at)
            elif text.startswith("Promoted to primary"):
                promoted.append(at)
            elif text == "Cluster state changed: ok":
                serving.append(at)
    about = [at for (_, name), at in failed.items() if name in victims]
    return {"first_pfail": min(suspected), "first_fail": min(about), "all_fail": max(about), "promoted": max(promoted),
            "cluster_ok": max(serving)}


class SixtyTest(case.Case):
    # Sixty processes that save at once would measure the disk; in the scenario a save takes no time.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

    def simulate(self):
        out = subprocess.run([case.programs["simulator"], "run", SCENARIO, "--seeds", "1..100", "--json", "--rules", "gossamer",
                              "--quiet"], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(out.returncode, 0, out.stdout)
        result = json.loads(out.stdout)
        for phase in result["phases"]:
            self.assertEqual(phase["missing"], 0, phase["phase"])
        return {phase["phase"]: {key[:-3]: phase[key] / 1000 for key in phase if key.endswith("_us")}
                for phase in result["phases"]}

    def form(self):
        """Sixty blank processes; redis-cli gives them slots and epochs, lets them meet, and attaches the replicas."""
        sixty = [self.fleet.ours(TIMEOUT_MS, port=port, gossamer_failover_without_data="yes")
                 for port in servers.free_ports(2 * SHARDS)]
        for server in sixty:
            self.assertEqual((server.info()["cluster_known_nodes"], server.info()["cluster_slots_assigned"]), ("1", "0"))
        began = time.monotonic()
        said = self.redis_cli("--cluster", "create", *(f"127.0.0.1:{server.port}" for server in sixty),
                              "--cluster-replicas", 1, "--cluster-yes")
        self.assertIn("[OK] All 16384 slots covered.", said)
        self.until_at_rest(sixty)
        print(f"\nsixty met and agreed {time.monotonic() - began:.1f} s after the first command")
        # The first half are primaries. Whose replica each of the others is, redis-cli draws.
        self.primaries = sixty[:SHARDS]
        by_primary = {node["primary"]: name for name, node in sixty[0].nodes().items() if "slave" in node["flags"]}
        by_id = {server.id: server for server in sixty}
        self.replicas = [by_id[by_primary[server.id]] for server in self.primaries]
        self.assertEqual({server.port for server in self.replicas}, {server.port for server in sixty[SHARDS:]})

    def until_at_rest(self, sixty):
        until(lambda: all(s.info()["cluster_state"] == "ok" for s in sixty), "cluster_state:ok everywhere")
        until_agree(sixty, "all to agree")

    def measure(self, round_):
        first = round_ * SHARDS_A_ROUND
        victims = [*self.primaries[first:first + 4], *self.replicas[first + 4:first + 6]]
        live = [server for server in self.fleet.servers if server not in victims]
        names = {server.id for server in victims}
        self.assertEqual([server.role for server in victims], ["master"] * 4 + ["slave"] * 2)
        since = time.time()
        for server in victims:
            server.process.kill()
        for server in victims:
            server.kill()

        def over():
            return all(s.info()["cluster_state"] == "ok" and
                       sum("fail" in node["flags"] for node in s.nodes().values()) == len(victims) for s in live)

        # Nobody asks anything meanwhile: it would cost them time.
        time.sleep(2.5 * TIMEOUT_MS / 1000)
        until(over, "all to serve without the victims")
        for server in live:
            for _, text in events(server, since):
                if match := re.match(r"Marking node (\w+)|FAIL message about (\w+)", text):
                    self.assertIn(match[1] or match[2], names)
        self.assertEqual(sum(text.startswith("Promoted") for s in live for _, text in events(s, since)), 4)
        # The first of the four is the best candidate at that moment, as in the simulator, and does not wait.
        self.assertTrue(any(re.match(r"Election for the failed primary \w+ starts in 0 ms", text)
                            for s in live for _, text in events(s, since)))
        found = figures(live, names, since)
        for server in victims:
            server.start()
        self.until_at_rest(self.fleet.servers)
        return found

    def test_six_die_as_in_the_simulator(self):
        simulated = self.simulate()
        self.form()
        outside = []
        for round_ in range(ROUNDS):
            # All met at once and ping at once; simulated, that is forgotten after five node timeouts.
            time.sleep(5 * TIMEOUT_MS / 1000)
            self.assertEqual(differences(self.fleet.servers), [])
            measured = self.measure(round_)
            print(f"\nround {round_ + 1}, ms after the kill\n{'':12}{'measured':>9}{'least':>8}{'p50, p99 of 100 seeds':>22}{'greatest':>10}")
            for phase, value in measured.items():
                s = simulated[phase]
                low, high = s["min"] * (1 - WIDER), s["max"] * (1 + WIDER)
                print(f"{phase:12}{value:9.0f}{s['min']:8.0f}{s['p50']:11.0f}{s['p99']:11.0f}{s['max']:10.0f}"
                      f"{'' if low <= value <= high else '  outside'}")
                if not low <= value <= high:
                    outside.append((round_ + 1, phase, value))
        self.assertEqual(outside, [])


if __name__ == "__main__":
    case.main()
